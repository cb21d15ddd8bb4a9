"""What the reports' layouts share: columns that mean the same everywhere, titles, signatures."""

from typing import Final

from app.workbook.table_columns import Column, Kind
from models.domain.period import months_of, period_text

SERIAL: Final = Column("序号", Kind.COUNT, 5, align="center")
DEPARTMENT: Final = Column("主管部门", width=9, align="center")
PROGRAM: Final = Column("补贴项目", width=17)
CODE: Final = Column("项目编码", width=13, align="center", wrap=False)
PERIOD: Final = Column("期间", width=10, align="center")
BATCH: Final = Column("批次号", width=18, align="center", wrap=False)
VILLAGE: Final = Column("村（社区）", width=10, align="center")
GROUP: Final = Column("组", width=6, align="center")
NAME: Final = Column("姓名", width=9, align="center")
ID_NUMBER: Final = Column("身份证号", width=19, align="center", wrap=False, private="id")
PHONE: Final = Column("联系电话", width=12, align="center", wrap=False, private="phone")
ACCOUNT: Final = Column("银行账号", width=20, align="center", wrap=False, private="account")
BANK: Final = Column("开户银行", width=14)
DOCUMENT: Final = Column("文号", width=18, wrap=False)
LEVEL: Final = Column("资金级次", width=8, align="center")
DAY: Final = Column("日期", width=10, align="center", wrap=False)
REASON: Final = Column("原因", width=15)
REMARK: Final = Column("备注", width=13)

FOUR_SIGNATURES: Final = ("单位负责人：", "财政所长：", "审核：", "制表：")


def named(column: Column, heading: str, *, group: str = "", width: float = 0) -> Column:
    """The same column under another heading."""
    return Column(
        heading, column.kind, width or column.width, column.total, group, column.align, column.wrap, column.private
    )  # fmt: skip


def money(heading: str, width: float = 13, *, total: bool = True, group: str = "") -> Column:
    """A column of fen, summed unless told."""
    return Column(heading, Kind.MONEY, width, total=total, group=group)


def count(heading: str, width: float = 7, *, total: bool = True, group: str = "") -> Column:
    """A column of counts, summed unless told."""
    return Column(heading, Kind.COUNT, width, total=total, group=group)


def span_text(first: str, last: str) -> str:
    """Months from–to as a title says them: 2024年6月, 2024年二季度, 2024年, 2024年2月至5月."""
    if first == last:
        return period_text(first)
    year = first[:4]
    for period in (year, *(f"{year}Q{number}" for number in range(1, 5))):
        if months_of(period) == (first, last):
            return period_text(period)
    if first[:4] == last[:4]:
        return f"{period_text(first)}至{int(last[5:])}月"
    return f"{period_text(first)}至{period_text(last)}"
