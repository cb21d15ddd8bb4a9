"""The notice on paper: a sheet a village, on A4 or A3, in type that is read standing, with a code to check it by."""

from collections.abc import Sequence
from typing import Final

from app.notices.steps import NoticeLine, Posted, VillageList, counted_as, rows_sha256
from app.reports.sheet_model import Group, SheetModel
from app.workbook.table_columns import Column, Kind
from models.domain.masking import has_leak
from models.domain.period import period_text

_BLANK: Final = "＿＿＿＿＿＿＿＿"
_ALWAYS_SHOWN: Final = frozenset({"number", "name", "fen"})
_GROUP: Final = 4


def notice_sheets(posted: Posted, villages: Sequence[VillageList]) -> list[SheetModel]:
    """A sheet of each village; what they show is what `village_lists` masked and checked."""
    return [_sheet(posted, village) for village in villages]


def notice_code(posted: Posted, head: str) -> str:
    """What the notice's QR code says: document, period, days, the list's check and the trail's head; nobody's name.

    A run of digits that might be a number of somebody's is left out (DOMAIN §8).
    """
    check = rows_sha256(posted.lists)[:16]
    groups = " ".join(check[place : place + _GROUP] for place in range(0, len(check), _GROUP))
    parts = (
        f"{posted.township}财政所公示", posted.policy.document, period_text(posted.batch.period),
        f"{posted.first_day} 至 {posted.last_day}", f"名单 {groups}", f"日志 {head[:_GROUP]} {head[_GROUP:]}",
    )  # fmt: skip
    return "\n".join(part for part in parts if not has_leak(part))


def _sheet(posted: Posted, village: VillageList) -> SheetModel:
    office, period = f"{posted.township}财政所", period_text(posted.batch.period)
    columns = [(column, field) for column, field in _columns(posted) if _is_shown(field, village.lines)]
    return SheetModel(
        "notice",
        f"{posted.township}{posted.program}{period}发放公示",
        [column for column, _ in columns],
        [Group([[getattr(line, field) for _, field in columns] for line in village.lines])],
        preface=[f"根据{posted.policy.document}，现将{posted.program}（{period}）的发放对象和金额公示如下。"],
        left=f"村（社区）：{village.village}　共 {len(village.lines):,} 行",
        notes=[
            f"公示时间：{posted.first_day} 至 {posted.last_day}",
            f"对公示内容有异议的，请在公示期内向{office}反映。",
            f"异议电话：{posted.phone or _BLANK}",
        ],
        signatures=[f"公示单位：{office}（盖章）", f"张贴日期：{posted.posted_on}"],
        landscape=False,
        page_sums=True,
    )


def _is_shown(field: str, lines: Sequence[NoticeLine]) -> bool:
    return field in _ALWAYS_SHOWN or any(getattr(line, field) for line in lines)


def _columns(posted: Posted) -> list[tuple[Column, str]]:
    """The columns that a list may have, each with the field of `NoticeLine` that it shows."""
    policy = posted.policy
    who = "公示编号" if policy.listing == "number" else "户主姓名" if policy.target == "household" else "姓名"
    return [
        (Column("序号", Kind.COUNT, align="center"), "number"),
        (Column(who, align="center"), "name"),
        (Column("身份证号", align="center", wrap=False), "id_masked"),
        (Column("组", align="center"), "group"),
        (Column(counted_as(policy), align="right"), "quantity"),
        (Column("标准（元）", align="right"), "rate"),
        (Column("金额（元）", Kind.MONEY, total=True), "fen"),
        (Column("备注"), "remark"),
    ]
