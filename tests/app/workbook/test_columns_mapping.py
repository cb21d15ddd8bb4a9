"""A mapping that somebody gives goes before the names; one that the office remembers is known by its heading."""

import pytest

from app.workbook.columns import (
    PEOPLE,
    ROSTER,
    MappedHeadingMissing,
    MappingFitsNoMore,
    Remembered,
    find_tables,
    table_remarks,
)
from app.workbook.reading import Cell
from tests.app.workbook.test_columns import ID, OTHER_ID, book_of, sheet_of, table_of

HEADING: list[Cell] = ["享受的人", "甲号", "乙号", "金额"]
ROW: list[Cell] = ["何水健", ID, OTHER_ID, 100]
MAPPING = {"享受的人": "姓名", "乙号": "id_number"}


def test_headings_are_mapped() -> None:
    assert dict(table_of([HEADING, ROW], mapping=MAPPING).columns) == {"name": 0, "id_number": 2, "amount": 3}


def test_columns_are_mapped_by_their_letters() -> None:
    by_letters = {"A列": "姓名", "C列": "身份证号码"}
    assert table_of([["台账"], HEADING, ROW], mapping=by_letters).header.last == 2
    assert table_of([ROW, ROW], mapping=by_letters).columns["id_number"] == 2


def test_a_group_and_its_heading_together() -> None:
    groups: list[Cell] = [None, "代办人", None, "受益人", None]
    under: list[Cell] = ["金额", "名", "号", "名", "号"]
    row: list[Cell] = [5, "何水健", ID, "高柏", OTHER_ID]
    table = table_of([groups, under, row], mapping={"受益人名": "姓名", "受益人号": "身份证号码"})
    assert (table.columns["name"], table.columns["id_number"]) == (3, 4)


def test_a_heading_that_is_not_there() -> None:
    with pytest.raises(MappedHeadingMissing, match=r"没有“丙号”这一栏.*享受的人、甲号、乙号、金额"):
        table_of([HEADING, ROW], mapping={**MAPPING, "丙号": "备注"})


def remembered() -> dict[str, Remembered]:
    fingerprint = table_of([HEADING, ROW], mapping=MAPPING).header.fingerprint
    return {fingerprint: Remembered("花名册1", {"享受的人": "name", "乙号": "id_number"})}


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_the_same_heading_is_recognised_in_another_order(order: list[int]) -> None:
    rows: list[list[Cell]] = [["七月份"], [HEADING[at] for at in order], [ROW[at] for at in order]]
    book = book_of(sheet_of(rows))
    (table,) = find_tables(book, ROSTER, None, remembered())
    assert table.columns["id_number"] == order.index(2)
    assert [remark.code for remark in table_remarks(book, [table])] == ["sheet.mapping_remembered"]


def test_another_heading_is_another_heading() -> None:
    heading: list[Cell] = [*HEADING, "备注"]
    table = table_of([[*HEADING[:2], "丙", *HEADING[3:]], [*ROW[:2], None, 1]])
    assert table.header.remembered == ""
    (read,) = find_tables(book_of(sheet_of([heading[:2], ROW[:2]])), PEOPLE, None, remembered())
    assert read.header.remembered == ""


def test_a_mapping_given_now_goes_before_a_remembered_one() -> None:
    book = book_of(sheet_of([HEADING, ROW]))
    (table,) = find_tables(book, ROSTER, {"享受的人": "姓名", "甲号": "身份证号码"}, remembered())
    assert table.columns["id_number"] == 1


def test_a_remembered_column_that_holds_something_else() -> None:
    rows: list[list[Cell]] = [HEADING, ["何水健", ID, "甲组", 100], ["高柏", OTHER_ID, "乙组", 100]]
    with pytest.raises(
        MappingFitsNoMore, match="与记住的对照“花名册1”相同，但“乙号”这一栏多数不是身份证号码"
    ):
        find_tables(book_of(sheet_of(rows)), ROSTER, None, remembered())
