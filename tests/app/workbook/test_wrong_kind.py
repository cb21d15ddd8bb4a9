"""A roster or a list of accounts that is read as 户籍底册 says so; a people file does not."""

import pytest

from app.workbook.columns import PEOPLE, ROSTER, Form, find_tables, table_remarks
from app.workbook.reading import Cell
from tests.app.workbook.test_columns import ID, book_of, sheet_of


def said(heading: list[Cell], row: list[Cell], form: Form = PEOPLE) -> list[str]:
    book = book_of(sheet_of([heading, row]))
    return [
        one.sentence
        for one in table_remarks(book, find_tables(book, form))
        if one.code == "sheet.looks_like_another"
    ]


@pytest.mark.parametrize(
    ("heading", "row", "kind", "named"),
    [
        (["村", "姓名", "身份证号", "补贴金额（元）"], ["上溪村", "何水健", ID, 50], "花名册", "补贴金额"),
        (
            ["姓名", "身份证号", "补贴面积（亩）", "开户银行", "账号"],
            ["何水健", ID, 3.2, "农商行", "62284"],
            "花名册",
            "补贴面积",
        ),
        (["姓名", "身份证号", "开户银行", "账号"], ["何水健", ID, "农商行", "62284"], "账户清册", "账号"),
    ],
)
def test_another_kind_is_told(heading: list[Cell], row: list[Cell], kind: str, named: str) -> None:
    (sentence,) = said(heading, row)
    assert f"像是{kind}" in sentence
    assert named in sentence


@pytest.mark.parametrize(
    ("heading", "row", "form"),
    [
        (["村", "姓名", "身份证号", "联系电话"], ["上溪村", "何水健", ID, "13800000000"], PEOPLE),
        (["户编号", "与户主关系", "姓名", "身份证号", "账号"], ["1", "户主", "何水健", ID, "62284"], PEOPLE),
        (["村", "姓名", "身份证号", "补贴金额（元）"], ["上溪村", "何水健", ID, 50], ROSTER),
    ],
)
def test_what_is_right_is_left_alone(heading: list[Cell], row: list[Cell], form: Form) -> None:
    assert said(heading, row, form) == []
