"""Where no heading says what a column is, what it holds may; what two columns could be is asked."""

import pytest

from app.workbook.columns import (
    ACCOUNTS,
    PEOPLE,
    ROSTER,
    AmbiguousColumns,
    NoTableFound,
    data_rows,
    find_tables,
    table_remarks,
)
from app.workbook.reading import Cell
from tests.app.workbook.test_columns import HEADING, ID, OTHER_ID, PERSON, book_of, sheet_of, table_of

CARD = "6217000000000000129"
OTHER_CARD = "6228584014259577928"


def rows_of(heading: list[Cell], *rows: list[Cell]) -> list[list[Cell]]:
    return [heading, *rows]


def test_an_unknown_heading_over_ids() -> None:
    table = table_of(rows_of(["姓名", "公民号"], ["甲", ID], ["乙", OTHER_ID]))
    assert (table.columns["id_number"], table.headings["id_number"]) == (1, "公民号")


def test_what_was_found_by_content_is_said() -> None:
    book = book_of(sheet_of(rows_of(["姓名", "公民号", None], ["甲", ID, "13800000000"])))
    (remark,) = table_remarks(book, find_tables(book, ROSTER))
    assert remark.code == "sheet.columns_by_content"
    assert "“公民号”读作“身份证号码”、“C 列”读作“联系电话”" in remark.sentence


def test_nine_tenths_are_enough_and_no_less() -> None:
    wrong: list[list[Cell]] = [["丙", "330624195810179115"]]
    nine: list[list[Cell]] = [["甲", ID]] * 9
    assert table_of([["姓名", "号"], *nine, *wrong]).columns["id_number"] == 1
    with pytest.raises(NoTableFound):
        table_of([["姓名", "号"], *nine[:8], *wrong])


def test_two_columns_of_ids_are_asked() -> None:
    with pytest.raises(AmbiguousColumns, match="B 列“甲号”、C 列“乙号”都可能是“身份证号码”"):
        table_of(rows_of(["姓名", "甲号", "乙号"], ["甲", ID, OTHER_ID]))
    assert table_of(rows_of(["姓名", "甲号", "乙号"], ["甲", ID, ID])).columns["id_number"] == 1


@pytest.mark.parametrize("heading", ["配偶身份证号", "残疾证号", "监护人身份证号", "原证号", "户主身份证号"])
def test_a_heading_that_says_something_else_is_believed(heading: str) -> None:
    with pytest.raises(NoTableFound):
        table_of(rows_of(["姓名", "享受对象", heading], ["甲", "乙", ID]), PEOPLE)


def test_ids_stored_as_numbers_are_no_ids() -> None:
    with pytest.raises(NoTableFound):
        table_of(rows_of(["姓名", "号"], ["甲", 330624195810179114.0]))


def test_cards_and_phones() -> None:
    table = table_of(
        rows_of(["姓名", "证件号", "打款的号", "手机串"], ["甲", ID, CARD, 13800000000.0]), ACCOUNTS
    )
    assert (table.columns["account"], table.columns["phone"]) == (2, 3)
    with pytest.raises(AmbiguousColumns, match="账号"):
        table_of(rows_of(["姓名", "证件号", "甲卡", "乙卡"], ["甲", ID, CARD, OTHER_CARD]), ACCOUNTS)
    # a card number in a roster is nothing it needs: two of them are left alone
    assert (
        "account"
        not in table_of(rows_of(["姓名", "证件号", "甲卡", "乙卡"], ["甲", ID, CARD, OTHER_CARD])).columns
    )


def test_names_only_where_they_are_needed() -> None:
    people: list[list[Cell]] = [["何水健", ID, "汉族", "小学"], ["高柏", OTHER_ID, "汉族", "小学"]]
    assert table_of([["那个人", "身份证号", "族", "学历"], *people]).columns["name"] == 0
    assert table_of([["姓名", "身份证号", "族", "学历"], *people]).header.by_content == ()


def test_a_birth_date_is_one_that_the_ids_say() -> None:
    rows: list[list[Cell]] = [
        ["甲", ID, "1958-10-17", "2020-01-01"],
        ["乙", OTHER_ID, "19870613", "2020-01-01"],
    ]
    table = table_of([["姓名", "身份证号", "何时生", "办证日"], *rows], PEOPLE)
    assert table.columns["birth"] == 2


def test_no_heading_at_all() -> None:
    rows: list[list[Cell]] = [
        ["云溪镇名册"],
        ["上溪村", "何水健", ID, "户主"],
        ["上溪村", "高柏", OTHER_ID, "配偶"],
    ]
    table = table_of(rows, PEOPLE)
    assert dict(table.columns) == {"village": 0, "name": 1, "id_number": 2, "relation": 3}
    assert table.headings["name"] == "B 列"
    assert [row.number for row in data_rows(table)] == [2, 3]
    assert [row.number for row in data_rows(table_of(rows[1:], PEOPLE))] == [1, 2]


def test_headings_of_which_none_is_known() -> None:
    rows: list[list[Cell]] = [["某某", "号码串"], ["何水健", ID], ["高柏", OTHER_ID]]
    table = table_of(rows, PEOPLE)
    assert table.headings["name"] == "某某"
    assert [row.number for row in data_rows(table)] == [2, 3]


def test_a_sheet_without_headings_beside_one_with_them_is_not_guessed() -> None:
    book = book_of(sheet_of([HEADING, PERSON], "甲"), sheet_of([["何水健", ID], ["高柏", OTHER_ID]], "乙"))
    assert [table.sheet.name for table in find_tables(book, ROSTER)] == ["甲"]


def test_amounts_are_never_guessed() -> None:
    table = table_of([["何水健", ID, 100.5], ["高柏", OTHER_ID, 200.5]])
    assert "amount" not in table.columns
