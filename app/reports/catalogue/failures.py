"""What did not go as it should: 失败与补发明细, 停发追回表, 历年退回登记."""

from typing import Final

from app.reports.catalogue import looks, parameters
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import SUBTOTAL, Group, Row, SheetModel
from app.returns.days import CAME_BACK_SQL, WENT_ON_SQL
from app.workbook.table_columns import Column
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.matching import REASON_NAMES, ReasonClass, what_to_do
from models.domain.period import period_text

_SPAN: Final = (parameters.FIRST, parameters.LAST)
_WHO: Final = (looks.BATCH, looks.PROGRAM, looks.PERIOD, looks.VILLAGE, looks.NAME, looks.ID_NUMBER)
_KIND: Final = Column("原因类别", width=9, align="center")
_WHAT_NEXT: Final = Column("处理情况", width=24)

FAILURE_COLUMNS: Final = (
    looks.SERIAL, *_WHO, looks.named(looks.NAME, "收款人"), looks.ACCOUNT, looks.money("金额", 13),
    looks.named(looks.DAY, "失败日期"), _KIND, looks.REASON, _WHAT_NEXT,
)  # fmt: skip

# every attempt that failed or bounced, and what its payment was made again as
_CAME_BACK: Final = """FROM attempt a JOIN payment p ON p.id = a.payment_id JOIN batch b ON b.id = p.batch_id
      JOIN program g ON g.id = p.program_id JOIN village v ON v.id = p.village_id
      LEFT JOIN payment s ON s.source_id = p.id AND s.bucket <> 'stopped' LEFT JOIN batch c ON c.id = s.batch_id
     WHERE a.state IN ('failed', 'bounced')"""

_FAILURES: Final = f"""
    SELECT CASE a.state WHEN 'failed' THEN 0 ELSE 1 END, b.number, g.name, p.period, v.name, p.name, p.id_number, a.name,
           a.account_number, a.fen, {CAME_BACK_SQL} AS failed_on,
           a.reason_class, a.reason, p.bucket, s.bucket, c.number, p.reason
      {_CAME_BACK} AND (?3 = '' OR g.code = ?3) AND substr(failed_on, 1, 7) BETWEEN ?1 AND ?2
     ORDER BY 1, failed_on, b.id, p.line"""


def _failures(asked: Asked) -> list[SheetModel]:
    groups: dict[int, list[Row]] = {0: [], 1: []}
    for kind, *who, reason_class, reason, bucket, successor, again, closed in asked.store.rows(
        _FAILURES, (asked["from"], asked["until"], asked["program"])
    ):
        rows = groups[kind]
        batch, program, period, *rest = who
        rows.append(
            [len(rows) + 1, batch, program, period_text(period), *rest, _reason_name(reason_class), reason,
             _became(bucket, reason_class, successor, again, closed)]
        )  # fmt: skip
    return [
        SheetModel(
            name="失败与补发明细",
            title=f"{asked.township}发放失败与补发明细表（{looks.span_text(asked['from'], asked['until'])}）",
            columns=FAILURE_COLUMNS,
            groups=[
                Group(rows, title, SUBTOTAL)
                for rows, title in zip(groups.values(), ("一、银行退回（发放失败）", "二、到账后退票"), strict=True)
                if rows
            ],
            left=asked.office,
            in_words="金额",
            notes=["一笔款多次失败的，每次各列一行。"],
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            page_sums=True,
            frozen_columns=2,
        )
    ]  # fmt: skip


def _reason_name(reason_class: str) -> str:
    return REASON_NAMES[ReasonClass(reason_class)] if reason_class else ""


def _became(bucket: str, reason_class: str, successor: str | None, again: str | None, closed: str) -> str:
    """What was done about a failure, or what is to be done."""
    if bucket == Bucket.REISSUED and successor is not None:
        return f"已补发：{again}（{BUCKET_NAMES[Bucket(successor)]}）"
    if bucket == Bucket.CLOSED_UNPAID:
        return f"关闭未付：{closed}"
    if bucket in (Bucket.FAILED, Bucket.RETURNED):
        advice = what_to_do(ReasonClass(reason_class)) if reason_class else ""
        return f"待补发。{advice}"
    return BUCKET_NAMES[Bucket(bucket)]


FAILURES: Final = Report(
    name="failures",
    title="失败与补发明细",
    about="一段时间内银行没付成和退票的每一笔：原因、是否已补发、怎样处理。",
    parameters=(*_SPAN, parameters.PROGRAM),
    sheets=_failures,
    columns=FAILURE_COLUMNS,
    grouping="先发放失败，后退票",
)


# -- stopped and recovered ---------------------------------------------------------------------------------------------

STOP_COLUMNS: Final = (
    looks.SERIAL, *_WHO, looks.money("原应发金额", 13, total=False), looks.money("停发金额", 13), looks.money("追回金额", 13),
    looks.DAY, looks.REASON,
)  # fmt: skip

_STOPS: Final = """
    SELECT b.number, g.name, p.period, v.name, p.name, p.id_number, p.owed_fen,
           CASE p.bucket WHEN 'stopped' THEN p.owed_fen ELSE 0 END, p.recovered_fen, p.changed_on, p.reason
      FROM payment p JOIN batch b ON b.id = p.batch_id JOIN program g ON g.id = p.program_id JOIN village v ON v.id = p.village_id
     WHERE {which} AND b.state <> 'cancelled' AND (?3 = '' OR g.code = ?3) AND substr(p.changed_on, 1, 7) BETWEEN ?1 AND ?2
     ORDER BY p.changed_on, b.id, p.line"""


def _stops(asked: Asked) -> list[SheetModel]:
    given = (asked["from"], asked["until"], asked["program"])
    groups = []
    for title, which in (
        ("一、停发", "p.bucket = 'stopped' AND b.kind = 'regular'"),
        ("二、追回", "p.recovered_fen > 0"),
    ):
        rows: list[Row] = [
            [number, batch, program, period_text(period), *rest]
            for number, (batch, program, period, *rest) in enumerate(
                asked.store.rows(_STOPS.format(which=which), given), 1
            )
        ]
        if rows:
            groups.append(Group(rows, title, SUBTOTAL))
    return [
        SheetModel(
            name="停发追回表",
            title=f"{asked.township}补贴停发、追回情况表（{looks.span_text(asked['from'], asked['until'])}）",
            columns=STOP_COLUMNS,
            groups=groups,
            left=asked.office,
            notes=[
                "追回多次的，列累计追回金额和最近一次的日期、原因。",
                "补发批次里停下的款项仍待处理，列在“失败与补发明细”。",
            ],
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            page_sums=True,
            frozen_columns=2,
        )
    ]


STOPS: Final = Report(
    name="stops",
    title="停发追回表",
    about="一段时间内停发的和追回的每一笔，写明日期和原因。",
    parameters=(*_SPAN, parameters.PROGRAM),
    sheets=_stops,
    columns=STOP_COLUMNS,
    grouping="先停发，后追回",
)


# -- what came back in earlier years -----------------------------------------------------------------------------------

BACKLOG_COLUMNS: Final = (
    looks.SERIAL, Column("年度", width=7, align="center"), *_WHO, looks.money("退回金额", 13),
    looks.named(looks.DAY, "退回日期"), looks.REASON, Column("退回凭证", width=16, align="center", wrap=False),
    looks.named(looks.DOCUMENT, "资金来源文号"), looks.money("已处理金额", 13), looks.money("结存金额", 13), _WHAT_NEXT,
)  # fmt: skip

_BACKLOG: Final = f"""
    SELECT substr({CAME_BACK_SQL}, 1, 4) AS year, iif({WENT_ON_SQL} IS NULL, 0, a.fen), a.fen, p.bucket, a.reason_class, s.bucket,
           c.number, p.reason, b.number, g.name, p.period, v.name, p.name, p.id_number, a.fen, {CAME_BACK_SQL} AS failed_on, a.reason,
           coalesce((SELECT max(w.month || ' 记-' || printf('%04d', w.number)) FROM voucher w
             WHERE w.batch_id = b.id AND (a.state = 'failed' AND w.event = 'fail' AND w.posted_on = a.answered_on
                OR a.state = 'bounced' AND w.event = 'bounce' AND w.summary LIKE '%第 ' || p.line || ' 行 %')), ''),
           coalesce((SELECT group_concat(m.document, '、') FROM batch_funding f JOIN allotment m ON m.id = f.allotment_id
             WHERE f.batch_id = coalesce(b.source_batch_id, b.id)), '')
      {_CAME_BACK} AND year <= ?1 AND coalesce(substr({WENT_ON_SQL}, 1, 4), '9999') > year
     ORDER BY 1, failed_on, b.id, p.line"""


def _backlog(asked: Asked) -> list[SheetModel]:
    groups: dict[str, list[Row]] = {}
    for number, (
        year,
        settled,
        fen,
        bucket,
        kind,
        successor,
        again,
        closed,
        batch,
        program,
        period,
        *rest,
    ) in enumerate(asked.store.rows(_BACKLOG, (asked["year"],)), 1):
        groups.setdefault(year, []).append(
            [number, year, batch, program, period_text(period), *rest, settled, fen - settled,
             _became(bucket, kind, successor, again, closed)]
        )  # fmt: skip
    return [
        SheetModel(
            name="历年退回登记",
            title=f"{asked.township}历年退回资金登记表（{asked['year']}年及以前退回，截至{asked.today}）",
            columns=BACKLOG_COLUMNS,
            groups=[Group(rows, f"{year}年退回", SUBTOTAL) for year, rows in groups.items()],
            left=asked.office,
            in_words="结存金额",
            notes=["列当年年底前没有补发报盘或关闭的退回款；以后年度处理的，在“已处理金额”中反映。"],
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            page_sums=True,
            frozen_columns=2,
        )
    ]


BACKLOG: Final = Report(
    name="backlog",
    title="历年退回登记",
    about="各年退回后当年没有发出去的钱：原凭证、原指标、处理了多少、还结存多少。",
    parameters=(parameters.YEAR,),
    sheets=_backlog,
    columns=BACKLOG_COLUMNS,
    grouping="按退回年度",
)
