"""What lists a batch's people: 发放清册 with all its columns (DOMAIN §12), and 公示表 as it may hang on a wall."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from app.batches.queries import batch_view
from app.batches.steps import load_batch
from app.notices.queries import notice_preview
from app.reports.catalogue import looks, parameters
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import SUBTOTAL, Group, Row, SheetModel
from app.workbook.table_columns import Column, Kind
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from models.domain.policy import Policy
from models.domain.quantity import NotQuantity, QuantityTooFine, quantity_from_text

_QUANTITY: Final = Column("数量", width=9, align="right", wrap=False)
_RATE: Final = Column("标准", width=9, align="right", wrap=False)
ROSTER_COLUMNS: Final = (
    looks.SERIAL,
    looks.named(looks.NAME, "户主姓名"),
    looks.named(looks.ID_NUMBER, "户主身份证号"),
    looks.named(looks.NAME, "收款人姓名"),
    looks.named(looks.ID_NUMBER, "收款人身份证号"),
    looks.ACCOUNT,
    looks.BANK,
    looks.named(looks.VILLAGE, "村"),
    looks.GROUP,
    looks.named(looks.NAME, "享受人"),
    looks.named(looks.ID_NUMBER, "享受人身份证号"),
    looks.PHONE,
    _QUANTITY,
    _RATE,
    looks.money("金额", 12),
    looks.REMARK,
)  # fmt: skip
"""序号 户主姓名 户主身份证号 收款人姓名 收款人身份证号 银行账号 开户银行 村 组 享受人 享受人身份证号 联系电话 数量 标准 金额 备注."""
_QUANTITY_PLACE: Final = ROSTER_COLUMNS.index(_QUANTITY)


def _roster(asked: Asked) -> list[SheetModel]:
    store = asked.store
    view = batch_view(store, asked["batch"])
    line, batch = view.line, load_batch(store, asked["batch"])
    found = store.rows(
        "SELECT p.line, p.head_name, p.head_id_number, p.payee_name, p.payee_id_number, p.account_number, p.bank, v.name,"
        " p.group_text, p.name, p.id_number, p.phone, p.quantity_text, p.rate_text, p.owed_fen, p.bucket, p.reason"
        " FROM payment p JOIN village v ON v.id = p.village_id WHERE p.batch_id = ? AND p.bucket <> 'stopped'"
        " ORDER BY v.id, p.line",
        (batch.id,),
    )
    rows: list[Row] = [[number, *row[1:15], _remark(row[15], row[16])] for number, row in enumerate(found, 1)]
    columns, rows = _with_quantities(rows)
    stopped, stopped_fen = store.row(
        "SELECT count(*), coalesce(sum(owed_fen), 0) FROM payment WHERE batch_id = ? AND bucket = 'stopped'",
        (batch.id,),
    ) or (0, 0)
    return [
        SheetModel(
            name="发放清册",
            title=f"{asked.township}{line.program_name}{'补发' if batch.is_reissue else '发放'}清册（{line.period_shown}）",
            columns=columns,
            groups=[
                Group(list(part), village, SUBTOTAL)
                for village, part in groupby(rows, key=lambda row: str(row[_VILLAGE_PLACE]))
            ],
            preface=[
                f"批次 {line.number}　依据 {view.document}（第 {view.policy_version} 版政策）　状态：{line.state_name}"
            ],
            left=asked.office,
            in_words="金额",
            notes=[f"另有 {stopped} 笔 {yuan_text(Fen(stopped_fen))} 元停发，不在清册内。"]
            if stopped
            else [],
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            page_sums=True,
            frozen_columns=2,
        )
    ]


_VILLAGE_PLACE: Final = 7


def _remark(bucket: str, reason: str) -> str:
    """What became of a payment that is not simply on its way or paid."""
    if bucket in (Bucket.PENDING, Bucket.IN_FLIGHT, Bucket.PAID):
        return ""
    return "：".join(filter(None, [BUCKET_NAMES[Bucket(bucket)], reason]))


def _with_quantities(rows: list[Row]) -> tuple[Sequence[Column], list[Row]]:
    """Quantities as numbers that can be summed, their unit in the heading, where all are of one unit; else as they are written."""
    units = {str(row[_QUANTITY_PLACE]).partition(" ")[2] for row in rows}
    if len(units) != 1 or not (unit := units.pop()):
        return ROSTER_COLUMNS, rows
    try:
        numbers = [quantity_from_text(str(row[_QUANTITY_PLACE]).partition(" ")[0]) for row in rows]
    except (NotQuantity, QuantityTooFine):  # written by a formula of the office's own
        return ROSTER_COLUMNS, rows
    columns = list(ROSTER_COLUMNS)
    columns[_QUANTITY_PLACE] = Column(f"数量（{unit}）", Kind.QUANTITY, 10, total=True)
    put: list[Row] = [
        [*row[:_QUANTITY_PLACE], number, *row[_QUANTITY_PLACE + 1 :]]
        for row, number in zip(rows, numbers, strict=True)
    ]
    return columns, put


ROSTER: Final = Report(
    name="roster",
    title="发放清册",
    about="一个批次的全部发放明细，按村小计，十六栏齐全，供签字存档。",
    parameters=(parameters.BATCH,),
    sheets=_roster,
    columns=ROSTER_COLUMNS,
    grouping="按村（社区）",
)  # fmt: skip


# -- the list that hangs on the wall ----------------------------------------------------------------------------------


def _notice(asked: Asked) -> list[SheetModel]:
    posted = notice_preview(asked.store, asked["batch"], asked.today)
    policy = posted.policy
    columns = _notice_columns(policy)
    period = period_text(posted.batch.period)
    return [
        SheetModel(
            name=village.village,
            title=f"{posted.township}{posted.program}{period}发放公示",
            columns=columns,
            groups=[
                Group(
                    [
                        [one.number, one.name, *([] if policy.listing == "number" else [one.id_masked]), one.group,
                         one.quantity, one.rate, one.fen]
                        for one in village.lines
                    ]
                )
            ],
            preface=[f"根据{policy.document}，现将{posted.program}（{period}）的发放对象和金额公示如下。"],
            left=f"村（社区）：{village.village}",
            notes=[
                f"公示时间：{posted.first_day} 至 {posted.last_day}",
                f"对公示内容有异议的，请在公示期内向{posted.township}财政所反映。异议电话：{posted.phone or '＿＿＿＿＿＿＿＿＿＿'}",
            ],
            signatures=(f"公示单位：{posted.township}财政所（盖章）", f"张贴日期：{posted.posted_on}"),
            landscape=False,
        )
        for village in posted.lists
    ]  # fmt: skip


def _notice_columns(policy: Policy) -> list[Column]:
    if policy.listing == "number":
        named = [Column("公示编号", width=14, align="center", wrap=False)]
    else:
        who = "户主姓名" if policy.target == "household" else "姓名"
        # the policy has masked it already: it is public, and no private number any more
        named = [
            looks.named(looks.NAME, who, width=13),
            Column("身份证号", width=22, align="center", wrap=False),
        ]
    return [
        looks.SERIAL, *named, looks.GROUP,
        Column(f"数量（{policy.unit}）" if policy.unit else "数量", width=12, align="right"),
        Column("补贴标准（元）", width=13, align="right"),
        looks.money("补贴金额（元）"),
    ]  # fmt: skip


NOTICE: Final = Report(
    name="notice",
    title="公示表",
    about="一个批次按村公示的名单，证件号已遮盖，没有账号、电话和住址。",
    parameters=(parameters.BATCH,),
    sheets=_notice,
    grouping="一村一张",
    landscape=False,
)
