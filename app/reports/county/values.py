"""What the tags of a county's form stand for: the figures of the monthly return, the registry, the month's batches, the payments of one.

A figure is computed once, when the first tag asks for it; money goes into a cell as a number, IDs and accounts as text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from app.batches.steps import BatchRow, load_batch
from app.ledger.books import APPROVED, bank_book
from app.ledger.queries import month_of
from app.reports.county.tags import (
    BALANCE,
    FIGURE_TAGS,
    IN_WORDS,
    SETS_BY_MARK,
    SPANS,
    tag_key,
)
from app.reports.figures import monthly_figures
from app.reports.monthly_return import NONE, Figures, MonthlyReturn, ProgramFigures
from app.returns.days import CAME_BACK_SQL
from app.workbook.filling.tags import BLANK, Filling, count, money
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState
from models.domain.flows.report_flow import REPORT_STATE_NAMES
from models.domain.money import Fen
from models.domain.period import period_text
from models.domain.words import amount_in_words
from models.store.opening import Store

Row = Mapping[str, Filling]

_LIVE: Final = ", ".join(f"'{state.value}'" for state in APPROVED)
_FAILED: Final = f"('{Bucket.FAILED}', '{Bucket.RETURNED}')"
_KIND_NAMES: Final = {"regular": "发放", "reissue": "补发"}


@dataclass(frozen=True)
class Asked:
    """What a form is filled for: the month, the batch where one is chosen, who fills it on which day ('YYYY-MM-DD')."""

    month: str
    batch: str = ""
    operator: str = ""
    day: str = ""


class FormValues:
    """The value of every tag. Raises NotMonth, NoSuchBatch when made."""

    def __init__(self, store: Store, asked: Asked) -> None:
        self._store = store
        self._asked = asked
        self.month = month_of(asked.month)
        self.batch: BatchRow | None = load_batch(store, asked.batch) if asked.batch else None

    def value_of(self, written: str) -> Filling:
        """What stands in a tag's place outside a repeated row; nothing for a tag that means something only there."""
        name = tag_key(written)
        if name in self._of_return:
            return self._of_return[name]
        made = self._single.get(name)
        return BLANK if made is None else made()

    def rows_of(self, written: str) -> Sequence[Row] | None:
        """The rows that a mark stands for, None for what is no mark."""
        name = tag_key(written)
        if name not in SETS_BY_MARK:
            return None
        if name not in self._rows:
            self._rows[name] = [
                {"序号": count(place), **row} for place, row in enumerate(self._row_makers[name](), 1)
            ]
        return self._rows[name]

    # -- single values ---------------------------------------------------------------------------------------------

    @cached_property
    def _figures(self) -> MonthlyReturn:
        return monthly_figures(self._store, self.month)

    @cached_property
    def _of_return(self) -> dict[str, Filling]:
        found = self._figures
        totals = {"month": found.month_total, "before": found.before_total, "year": found.year_total}
        row = _figure_row(totals["month"], totals["before"], totals["year"])
        words = {
            f"{SPANS[span]}{name}{IN_WORDS}": _in_words(getattr(totals[span], field))
            for span in ("month", "year")
            for field, (name, _, _) in FIGURE_TAGS.items()
            if field.endswith("_fen")
        }
        return {**row, **words, f"{BALANCE}{IN_WORDS}": _in_words(totals["year"].balance_fen)}

    @cached_property
    def _single(self) -> dict[str, Callable[[], Filling]]:
        store, month, office = self._store, self.month, self._office
        return {
            "镇名": lambda: Filling(office[0]),
            "单位": lambda: Filling(f"{office[0]}财政所"),
            "区划代码": lambda: Filling(office[1]),
            "月份": lambda: Filling(period_text(month)),
            "年": lambda: count(int(month[:4])),
            "月": lambda: count(int(month[5:])),
            "填报日期": lambda: Filling(_day_text(self._asked.day)),
            "制表人": lambda: Filling(self._asked.operator),
            "月报状态": lambda: Filling(REPORT_STATE_NAMES[self._figures.state]),
            "项目数": lambda: count(len(self._figures.rows)),
            "村数": lambda: count(store.value("SELECT count(*) FROM village")),
            "户数": lambda: count(store.value("SELECT count(*) FROM household")),
            "人口数": lambda: count(store.value("SELECT count(*) FROM person")),
            "专户余额": lambda: money(bank_book(store, month).closing_fen),
            **self._of_batch,
        }

    @cached_property
    def _office(self) -> tuple[str, str]:
        row = self._store.row("SELECT township, code FROM office")
        return ("", "") if row is None else (str(row[0]), str(row[1]))

    @cached_property
    def _of_batch(self) -> dict[str, Callable[[], Filling]]:
        batch = self.batch
        if batch is None:
            return {}
        program, document, payments, fen = self._store.rows(
            "SELECT g.name, y.document, count(p.id), coalesce(sum(p.owed_fen), 0) FROM batch b JOIN program g ON g.id = b.program_id"
            " JOIN policy y ON y.id = b.policy_id LEFT JOIN payment p ON p.batch_id = b.id AND p.bucket <> 'stopped'"
            " WHERE b.id = ? GROUP BY b.id",
            (batch.id,),
        )[0]
        return {
            "批次编号": lambda: Filling(batch.number),
            "批次项目": lambda: Filling(program),
            "批次期间": lambda: Filling(period_text(batch.period)),
            "批次文号": lambda: Filling(document),
            "批次状态": lambda: Filling(BATCH_STATE_NAMES[batch.state]),
            "批次笔数": lambda: count(payments),
            "批次金额": lambda: money(fen),
            "批次金额大写": lambda: _in_words(fen),
        }

    # -- repeated rows ---------------------------------------------------------------------------------------------

    @cached_property
    def _rows(self) -> dict[str, Sequence[Row]]:
        return {}

    @property
    def _row_makers(self) -> Mapping[str, Callable[[], Iterator[Row]]]:
        return {
            "每个项目一行": self._programs,
            "每个部门一行": self._departments,
            "每个村一行": self._villages,
            "每个批次一行": self._batches,
            "每人一行": self._people,
            "每笔失败一行": self._failures,
            "每条指标一行": self._allotments,
        }

    def _programs(self) -> Iterator[Row]:
        for row in self._figures.rows:
            yield {
                "主管部门": Filling(row.department),
                "项目编码": Filling(row.code),
                "项目名称": Filling(row.name),
                "文号": Filling("、".join(row.documents)),
                "资金级次": Filling("、".join(row.levels)),
                **_figure_row(row.month, row.before, row.year),
                "发放日期": Filling("、".join(day[5:] for day in row.paid_on)),
                "备注": Filling(row.remark),
            }

    def _departments(self) -> Iterator[Row]:
        for name, rows in self._figures.departments.items():
            sums = (_summed(rows, span) for span in ("month", "before", "year"))
            yield {"主管部门": Filling(name), **_figure_row(*sums)}

    def _villages(self) -> Iterator[Row]:
        for name, code, *figures in self._store.rows(_VILLAGES, (f"{self.month[:4]}-01", self.month)):
            yield {
                "村名": Filling(name),
                "村编码": Filling(code),
                **{tag: _number(tag, value) for tag, value in zip(_VILLAGE_TAGS, figures, strict=True)},
            }

    def _batches(self) -> Iterator[Row]:
        for number, program, department, period, kind, state, day, *figures in self._store.rows(
            _BATCHES, (self.month,)
        ):
            yield {
                "批次编号": Filling(number),
                "项目名称": Filling(program),
                "主管部门": Filling(department),
                "期间": Filling(period_text(period)),
                "种类": Filling(_KIND_NAMES[kind]),
                "状态": Filling(BATCH_STATE_NAMES[BatchState(state)]),
                "审批日期": Filling(day),
                **{tag: _number(tag, value) for tag, value in zip(_BATCH_TAGS, figures, strict=True)},
            }

    def _people(self) -> Iterator[Row]:
        if self.batch is None:
            return
        for row in self._store.each(
            f"{_PAYMENTS} WHERE p.batch_id = ? AND p.bucket <> 'stopped' ORDER BY p.line", (self.batch.id,)
        ):
            yield _payment_row(row)

    def _failures(self) -> Iterator[Row]:
        where, parameter = (
            ("substr(came_back, 1, 7) = ?", self.month)
            if self.batch is None
            else ("p.batch_id = ?", self.batch.id)
        )
        for *row, program, number, day, reason in self._store.each(
            _FAILURES.format(where=where), (parameter,)
        ):
            yield {
                **_payment_row(row),
                "项目名称": Filling(program),
                "批次编号": Filling(number),
                "失败日期": Filling(day or ""),
                "失败原因": Filling(reason),
            }

    def _allotments(self) -> Iterator[Row]:
        for one in self._figures.allotments:
            yield {
                "主管部门": Filling(one.department),
                "项目名称": Filling(one.program),
                "文号": Filling(one.document),
                "资金级次": Filling(one.level),
                "年度": count(one.year),
                "下达日期": Filling(one.issued_on),
                "指标金额": money(one.allotted_fen),
                "到账金额": money(one.received_fen),
                "已用金额": money(one.used_fen),
                "可用余额": money(one.limit_fen - one.used_fen),
            }


def _figure_row(month: Figures, before: Figures, year: Figures) -> dict[str, Filling]:
    """The figures of three spans under their tags, and 结余."""
    row = {
        f"{SPANS[span]}{name}": _number(name, getattr(found, field))
        for span, found in (("month", month), ("before", before), ("year", year))
        for field, (name, _, _) in FIGURE_TAGS.items()
    }
    return {**row, BALANCE: money(year.balance_fen)}


def _summed(rows: Sequence[ProgramFigures], span: str) -> Figures:
    return sum((getattr(row, span) for row in rows), NONE)


def _number(tag: str, value: int) -> Filling:
    return money(value) if "金额" in tag else count(value)


def _in_words(fen: int) -> Filling:
    sign = "负" if fen < 0 else ""
    return Filling(sign + amount_in_words(Fen(abs(fen))))


def _day_text(day: str) -> str:
    return f"{int(day[:4])}年{int(day[5:7])}月{int(day[8:])}日" if day else ""


_PAYMENT_TAGS: Final = (
    "村名", "组", "户主姓名", "户主身份证号", "享受人", "享受人身份证号", "收款人姓名", "收款人身份证号", "账号", "户名", "开户银行",
    "联系电话", "数量", "标准",
)  # fmt: skip


def _payment_row(row: Sequence[object]) -> dict[str, Filling]:
    *texts, fen, bucket, reason = row
    found = {tag: Filling(str(text)) for tag, text in zip(_PAYMENT_TAGS, texts, strict=True)}
    return {
        **found,
        "金额": money(int(str(fen))),
        "去向": Filling(BUCKET_NAMES[Bucket(str(bucket))]),
        "原因": Filling(str(reason)),
    }


_PAYMENT_COLUMNS: Final = (
    "v.name, p.group_text, p.head_name, p.head_id_number, p.name, p.id_number, p.payee_name, p.payee_id_number,"
    " p.account_number, p.account_holder, p.bank, p.phone, p.quantity_text, p.rate_text, p.owed_fen, p.bucket, p.reason"
)
_PAYMENTS: Final = f"SELECT {_PAYMENT_COLUMNS} FROM payment p JOIN village v ON v.id = p.village_id"
_FAILURES: Final = f"""
    SELECT {_PAYMENT_COLUMNS}, g.name, b.number, {CAME_BACK_SQL} AS came_back, a.reason
      FROM attempt a JOIN payment p ON p.id = a.payment_id JOIN village v ON v.id = p.village_id
      JOIN batch b ON b.id = p.batch_id JOIN program g ON g.id = b.program_id
     WHERE a.state IN ('failed', 'bounced') AND {{where}} ORDER BY came_back, b.id, p.line"""

# figures of the payments `p` of batches `b`: now, whatever became of them since the approval
_OWED: Final = "b.kind = 'regular' AND p.bucket <> 'stopped'"
_PAID_FEN: Final = "CASE WHEN p.bucket = 'paid' THEN p.owed_fen - p.recovered_fen ELSE 0 END"
_THIS_MONTH: Final = "substr(b.approved_on, 1, 7) = ?2"

_VILLAGE_TAGS: Final = (
    "本月应发笔数", "本月应发户数", "本月应发金额", "本月发放笔数", "本月发放金额", "本月失败笔数", "本月失败金额", "累计应发金额",
    "累计发放金额",
)  # fmt: skip
_VILLAGES: Final = f"""
    SELECT v.name, v.code,
           count(CASE WHEN {_OWED} AND {_THIS_MONTH} THEN 1 END),
           count(DISTINCT CASE WHEN {_OWED} AND {_THIS_MONTH} THEN b.id || '/' || p.household_id END),
           coalesce(sum(CASE WHEN {_OWED} AND {_THIS_MONTH} THEN p.owed_fen END), 0),
           count(CASE WHEN p.bucket = 'paid' AND {_THIS_MONTH} THEN 1 END),
           coalesce(sum(CASE WHEN {_THIS_MONTH} THEN {_PAID_FEN} END), 0),
           count(CASE WHEN p.bucket IN {_FAILED} AND {_THIS_MONTH} THEN 1 END),
           coalesce(sum(CASE WHEN p.bucket IN {_FAILED} AND {_THIS_MONTH} THEN p.owed_fen END), 0),
           coalesce(sum(CASE WHEN {_OWED} THEN p.owed_fen END), 0),
           coalesce(sum({_PAID_FEN}), 0)
      FROM village v LEFT JOIN (payment p JOIN batch b ON b.id = p.batch_id AND b.state IN ({_LIVE})
           AND substr(b.approved_on, 1, 7) BETWEEN ?1 AND ?2) ON p.village_id = v.id
     GROUP BY v.id ORDER BY v.code, v.id"""

_BATCH_TAGS: Final = ("应发笔数", "应发金额", "发放笔数", "发放金额", "失败笔数", "失败金额")
_BATCHES: Final = f"""
    SELECT b.number, g.name, g.department, b.period, b.kind, b.state, b.approved_on,
           count(CASE WHEN p.bucket <> 'stopped' THEN 1 END), coalesce(sum(CASE WHEN p.bucket <> 'stopped' THEN p.owed_fen END), 0),
           count(CASE WHEN p.bucket = 'paid' THEN 1 END), coalesce(sum({_PAID_FEN}), 0),
           count(CASE WHEN p.bucket IN {_FAILED} THEN 1 END),
           coalesce(sum(CASE WHEN p.bucket IN {_FAILED} THEN p.owed_fen END), 0)
      FROM batch b JOIN program g ON g.id = b.program_id JOIN payment p ON p.batch_id = b.id
     WHERE substr(b.approved_on, 1, 7) = ?1 AND b.state IN ({_LIVE}) GROUP BY b.id ORDER BY b.approved_on, b.id"""
