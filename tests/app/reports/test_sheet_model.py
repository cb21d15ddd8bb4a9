"""A sheet model: sums and derived columns are those of its rows, however they are cut into groups and pages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.sheet_model import (
    PAGE_SUM,
    Difference,
    Group,
    Row,
    Share,
    SheetModel,
    cell_text,
    filled,
    masked,
)
from app.workbook.table_columns import Column, Kind
from models.domain.money import Fen
from models.domain.words import amount_in_words

COLUMNS = (
    Column("序号", Kind.COUNT, 6),
    Column("姓名", width=10),
    Column("身份证号", width=20, private="id"),
    Column("到账", Kind.MONEY, total=True),
    Column("已用", Kind.MONEY, total=True),
    Column("结余", Kind.MONEY, total=True),
    Column("执行率", Kind.SHARE),
)
DERIVED: dict[str, Difference | Share] = {
    "结余": Difference(("到账",), ("已用",)),
    "执行率": Share("已用", "到账"),
}


def rows_of(amounts: list[tuple[int, int]]) -> list[Row]:
    return [
        filled(COLUMNS, DERIVED, [number, "张三", "330624195810179114", received, used, None, None])
        for number, (received, used) in enumerate(amounts, 1)
    ]


def model(groups: list[Group], **more: object) -> SheetModel:
    return SheetModel("表", "标题", COLUMNS, groups, derived=DERIVED, in_words="结余", **more)  # type: ignore[arg-type]


AMOUNTS = st.lists(st.tuples(st.integers(0, 10**11), st.integers(0, 10**11)), max_size=30)


@given(AMOUNTS, st.integers(1, 7))
def test_pages_and_groups_add_up_to_the_total(amounts: list[tuple[int, int]], each: int) -> None:
    rows = rows_of(amounts)
    groups = [Group(rows[at : at + each], f"第 {at} 组", "小计") for at in range(0, len(rows), each)]
    sheet = model(groups)
    whole = sheet.total
    assert whole[1] == "合计"
    received, used = sum(one for one, _ in amounts), sum(two for _, two in amounts)
    assert whole[3:6] == [received, used, received - used]
    assert whole[6] == (None if not received else sheet.sums(rows)[6])
    for place in (3, 4, 5):
        parts = [sheet.sums(group.rows, PAGE_SUM)[place] for group in groups]
        assert sum(part for part in parts if isinstance(part, int)) == whole[place]
    assert sheet.words_of(whole) == amount_in_words(Fen(received - used))
    assert list(sheet.rows) == rows
    assert sheet.row_count == len(rows)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(1, 3, "33.33%"), (2, 3, "66.67%"), (5, 5, "100.00%"), (0, 9, "0.00%"), (9, 0, "")],
)
def test_a_share_is_rounded_once(part: int, whole: int, shown: str) -> None:
    row = rows_of([(whole, part)])[0]
    assert cell_text(COLUMNS[6], row[6]) == shown


def test_cells_are_read_as_their_columns_say() -> None:
    assert model([]).texts([3, "王五", "x", 123456789, 0, -5, None]) == [
        "3",
        "王五",
        "x",
        "1,234,567.89",
        "0.00",
        "-0.05",
        "",
    ]
    assert cell_text(Column("面积", Kind.QUANTITY), 25_000) == "2.50"
    assert cell_text(Column("费用", Kind.QUANTITY), 186_000_000) == "18,600.00"  # as 金额 beside it
    assert cell_text(Column("标准", Kind.RATE), 1_005_800) == "100.58"
    assert cell_text(Column("人数", Kind.COUNT), 12_345) == "12,345"
    assert cell_text(Column("日期", Kind.DATE), date(2024, 6, 3)) == "2024-06-03"


def test_masking_hides_private_columns_and_nothing_else() -> None:
    sheet = model([Group(rows_of([(100, 40)]), "甲", "小计")], made="制表：甲")
    hidden = masked(sheet)
    assert next(iter(hidden.rows))[2] == "330624********9114"
    assert [list(row)[:2] + list(row)[3:] for row in hidden.rows] == [
        list(row)[:2] + list(row)[3:] for row in sheet.rows
    ]
    assert (hidden.groups[0].title, hidden.groups[0].subtotal, hidden.made) == ("甲", "小计", "制表：甲")
    assert next(iter(sheet.rows))[2] == "330624195810179114"
    plain = SheetModel("表", "标题", (Column("甲"),), [Group([["x"]])])
    assert masked(plain) is plain


def test_the_label_of_the_sums_stands_where_there_is_room() -> None:
    assert model([]).label_place == 1
    narrow = SheetModel("表", "标题", (Column("序号", width=5), Column("金额", Kind.MONEY, total=True)), [])
    assert narrow.label_place == 0
