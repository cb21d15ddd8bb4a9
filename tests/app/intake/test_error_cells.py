"""A cell that shows an error, or a formula without a result, is never taken for an empty one."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from app.desk import Desk
from app.enrolment.use_cases import import_roster
from app.programs.use_cases import add_policies
from app.registry.use_cases import import_accounts, import_people
from tests.builders import card_number, id_number
from tests.conftest import found, seat
from tests.sheets import codes, workbook

PEOPLE = ("村", "户编号", "姓名", "身份证号", "与户主关系", "性别", "出生日期", "死亡日期", "联系电话")
GOOD = ("上溪村", "H1", "赵甲", id_number(1), "户主", "男", "1955-01-01", None, "13800000000")


class Error(str):
    """An error as a formula shows it."""


def file_of(path: Path, *rows: tuple[object, ...]) -> Path:
    """A workbook whose `Error` cells are formulas that show them."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("表")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, Error):
                sheet.write_formula(row, column, "=NA()", None, str(cell))
            elif isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif isinstance(cell, (int, float)):
                sheet.write_number(row, column, cell)
    book.close()
    return path


def with_error(heading: str, error: str = "#N/A") -> tuple[object, ...]:
    return tuple(Error(error) if name == heading else cell for name, cell in zip(PEOPLE, GOOD, strict=True))


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
@pytest.mark.parametrize(
    ("heading", "code", "accepted"),
    [
        ("村", "village.unknown", 0),
        ("姓名", "name.missing", 0),
        ("身份证号", "id.format", 0),
        ("性别", "sex.mismatch", 1),
        ("出生日期", "birth.unreadable", 1),
    ],
)
def test_people(desk: Desk, tmp_path: Path, heading: str, code: str, accepted: int, error: str) -> None:
    answer: Any = import_people(
        desk, path=file_of(tmp_path / "a.xlsx", PEOPLE, with_error(heading, error))
    ).answer
    told = {(one["code"], one["column"], one["written"]) for one in answer["findings"]}
    assert (code, heading, error) in told
    assert told <= {(code, heading, error), ("head.missing", "与户主关系", "户主")}
    assert answer["accepted"] == accepted
    assert [remark["code"] for remark in answer["remarks"]] == ["sheet.error_cells"]
    if code != "sex.mismatch":
        assert error in next(one["sentence"] for one in answer["findings"] if one["code"] == code)


def test_an_office_without_villages_does_not_take_an_error_for_one(tmp_path: Path) -> None:
    admin = found(tmp_path / "office", villages=())
    answer = import_people(
        seat(admin, "经办甲"), path=file_of(tmp_path / "a.xlsx", PEOPLE, with_error("村"))
    ).answer
    assert (2, "village.unknown") in codes(answer)
    assert admin.store.rows("SELECT name FROM village") == []
    admin.store.close()


def test_what_is_only_noted_is_left_empty(desk: Desk, tmp_path: Path) -> None:
    rows = [
        with_error("户编号"),
        (*with_error("户编号")[:2], "钱乙", id_number(2), "户主", *[Error("#DIV/0!")] * 4),
    ]
    answer = import_people(desk, path=file_of(tmp_path / "a.xlsx", PEOPLE, *rows)).answer
    assert answer["accepted"] == 2
    assert desk.store.rows("SELECT phone, is_dead, died_on FROM person ORDER BY id") == [
        ("13800000000", 0, None),
        ("", 0, None),
    ]
    assert desk.store.value("SELECT count(DISTINCT household_id) FROM person") == 2


def test_a_row_of_nothing_but_an_error_is_a_row(desk: Desk, tmp_path: Path) -> None:
    only = (None, None, Error("#REF!"), None, None, None, None, None, None)
    answer = import_people(desk, path=file_of(tmp_path / "a.xlsx", PEOPLE, GOOD, only)).answer
    assert (answer["rows"], answer["rejected"]) == (2, 1)


def test_accounts(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=file_of(tmp_path / "a.xlsx", PEOPLE, GOOD))
    heading = ("姓名", "身份证号", "账号")
    path = file_of(tmp_path / "b.xlsx", heading, ("赵甲", id_number(1), Error("#N/A")))
    assert codes(import_accounts(desk, path=path).answer) == [(2, "account.format")]
    path = file_of(tmp_path / "c.xlsx", heading, (Error("#N/A"), id_number(1), card_number(1)))
    assert codes(import_accounts(desk, path=path).answer) == [(2, "name.mismatch")]


POLICIES: list[dict[str, Any]] = [
    {
        "program": "2130122", "document": "新农〔2024〕1号", "from": date(2024, 1, 1), "frequency": "year", "target": "household",
        "family": "per_unit", "unit": "亩", "rate": "100",
    },
    {
        "program": "2081107", "document": "新民〔2024〕2号", "from": date(2024, 1, 1), "frequency": "quarter", "target": "person",
        "family": "fixed", "rate": "100", "months_per_period": 3,
    },
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "heading", "code", "level"),
    [
        ("2130122", "面积", "quantity.not_a_number", "error"),
        ("2130122", "金额", "amount.not_a_number", "error"),
        ("2130122", "标准", "rate.mismatch", "warning"),
        ("2130122", "账号", "account.format", "warning"),
        ("2130122", "姓名", "name.missing", "error"),
        ("2081107", "月数", "quantity.not_a_number", "error"),
    ],
)
def test_rosters(desk: Desk, tmp_path: Path, program: str, heading: str, code: str, level: str) -> None:
    import_people(desk, path=file_of(tmp_path / "a.xlsx", PEOPLE, GOOD))
    add_policies(desk, tables=POLICIES, source_name="policies.toml")
    headings: tuple[str, ...] = ("姓名", "身份证号", "面积", "标准", "金额", "账号", "月数")
    good: dict[str, object] = {"姓名": "赵甲", "身份证号": id_number(1), "面积": 2, "标准": 100, "月数": None}
    good["金额"] = 200 if program == "2130122" else None
    row = tuple(Error("#N/A") if name == heading else good.get(name) for name in headings)
    if program == "2081107":
        headings, row = (*headings[:4], *headings[5:]), (*row[:4], *row[5:])
    answer: Any = import_roster(
        desk, path=file_of(tmp_path / "b.xlsx", headings, row), program=program, period="2024-06"
    ).answer
    told = [
        (one["column"], one["code"], one["level"])
        for one in answer["findings"]
        if one["code"] != "account.missing"
    ]
    assert told == [(heading, code, level)]
    assert answer["accepted"] == (level == "warning")


def test_formulas_without_a_stored_value(desk: Desk, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (PEOPLE, GOOD, ("上溪村", "H2", "钱乙", "=C1&D1", "户主")):
        sheet.append(row)
    for number in range(4, 9):  # drawn down in advance
        sheet.cell(number, 3, f"=C{number - 1}")
    book.save(tmp_path / "a.xlsx")
    answer: Any = import_people(desk, path=tmp_path / "a.xlsx").answer
    assert (answer["rows"], answer["accepted"]) == (2, 1)
    assert [(one["row"], one["code"], one["written"]) for one in answer["findings"]][:1] == [
        (3, "id.format", "公式没有结果")
    ]
    assert [remark["code"] for remark in answer["remarks"]] == ["sheet.formulas_without_value"]


def test_hidden_rows_are_read_and_said(desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("表", [PEOPLE, GOOD]))
    book = openpyxl.load_workbook(path)
    book.worksheets[0].row_dimensions[2].hidden = True
    book.create_sheet("旧表").append(PEOPLE)
    book["旧表"].sheet_state = "hidden"
    book.save(path)
    answer: Any = import_people(desk, path=path).answer
    assert (answer["accepted"], answer["unread_sheets"]) == (1, ["旧表（隐藏）"])
    assert [remark["code"] for remark in answer["remarks"]] == ["sheet.hidden_rows", "sheet.hidden"]
    assert "第 2 行" in answer["remarks"][0]["sentence"]
