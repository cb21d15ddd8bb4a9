"""Sheet models made up for tests, of any size, with their truth."""

from collections.abc import Sequence

from app.reports.sheet_model import Group, SheetModel
from app.workbook.table_columns import Column, Kind

MONEY = "金额（元）"
COLUMNS = (
    Column("序号", Kind.COUNT, align="center"),
    Column("姓名"),
    Column("身份证号", wrap=False),
    Column("银行账号", wrap=False),
    Column("面积（亩）", Kind.QUANTITY, total=True),
    Column(MONEY, Kind.MONEY, total=True),
    Column("备注"),
)


def row(number: int, fen: int, remark: str = "") -> list[str | int]:
    """One person's row."""
    return [
        number, f"石门{number}", f"3306241957{number:08d}", f"62284800{number:011d}", number * 10_000, fen, remark,
    ]  # fmt: skip


def model(groups: Sequence[Sequence[list[str | int]]], *, titled: bool = True, **more: object) -> SheetModel:
    """A sheet of these groups of rows."""
    made = [
        Group(rows, f"第{place}村" if titled else "", f"第{place}村小计" if titled else "")
        for place, rows in enumerate(groups, 1)
    ]
    words = {
        "preface": ["根据浙财农〔2024〕12号文件发放。"],
        "notes": ["说明：按确权面积。"],
        "signatures": ["单位负责人：", "制表："],
    }
    return SheetModel(
        "test", "石门镇补贴发放清册", COLUMNS, made, left="填报单位：石门镇财政所", **{"in_words": MONEY, "page_sums": True, **words, **more},  # type: ignore[arg-type]
    )  # fmt: skip
