"""A marked workbook comes back mended: neither the column nor the page that marking added is read as the clerk's own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.desk import Desk
from app.intake.findings import Finding
from app.intake.marked import write_marked_file
from app.registry.queries import preview_people
from app.registry.use_cases import import_people
from app.workbook.columns import PEOPLE, find_tables, headers_of
from app.workbook.marks import MARK_HEADING, SUMMARY_SHEET
from app.workbook.reading import open_workbook
from tests.app.registry.test_people import HEADINGS, row
from tests.builders import id_number
from tests.sheets import codes, workbook

WRONG_ID = id_number(2)[:-1]


def marked(
    desk: Desk, folder: Path, *rows: Sequence[object], mapping: Mapping[str, str] | None = None
) -> Path:
    """A people file taken in, and given back marked."""
    path = workbook(folder / "交来.xlsx", ("底册", rows))
    answer: dict[str, Any] = dict(import_people(desk, path=path, mapping=mapping).answer)
    found = [Finding(**one) for one in answer["findings"]]
    out, _ = write_marked_file(path, folder / "回单.xlsx", PEOPLE, found, answer, mapping)
    return out


def mended(path: Path, changes: Mapping[str, object]) -> Path:
    """The marked workbook with some cells of its table written over, saved under another name."""
    book = openpyxl.load_workbook(path)
    for name, value in changes.items():
        book["底册"][name].value = value
    target = path.with_name("改好.xlsx")
    book.save(target)
    return target


def test_a_mended_row_comes_in_and_nothing_is_said_of_what_marking_added(desk: Desk, tmp_path: Path) -> None:
    out = marked(desk, tmp_path, HEADINGS, row(1), row(2, 身份证号码=WRONG_ID), row(3))
    assert openpyxl.load_workbook(out).sheetnames == [SUMMARY_SHEET, "底册"]
    answer: Any = import_people(desk, path=mended(out, {"G3": id_number(2)})).answer
    assert (answer["rows"], answer["accepted"], answer["unchanged"], codes(answer)) == (3, 3, 2, [])
    assert (answer["unread_sheets"], answer["remarks"]) == ([], [])


def test_a_row_that_the_clerk_emptied_is_blank_though_its_mark_still_stands(
    desk: Desk, tmp_path: Path
) -> None:
    out = marked(desk, tmp_path, HEADINGS, row(1), row(2, 身份证号码=WRONG_ID), row(3))
    emptied = mended(out, {f"{column}3": None for column in "ABCDEFGHIJ"})
    assert "【错误】" in str(openpyxl.load_workbook(emptied)["底册"]["K3"].value)
    answer = preview_people(desk, path=emptied)
    assert (answer["rows"], answer["accepted"], codes(answer)) == (2, 2, [])


def test_the_heading_is_still_the_one_that_the_office_remembers(desk: Desk, tmp_path: Path) -> None:
    """The column 问题与改法 must not make another heading of it."""
    heading = ("村名", "甲姓", "乙姓", "身份证号")
    rows = [("上溪村", "赵甲", "钱乙", id_number(1)), ("上溪村", "孙丙", "李丁", WRONG_ID)]
    out = marked(desk, tmp_path, heading, *rows, mapping={"乙姓": "姓名"})
    answer: Any = import_people(desk, path=mended(out, {"D3": id_number(2)})).answer
    assert [remark["code"] for remark in answer["remarks"]] == ["sheet.mapping_remembered"]
    assert [one[0] for one in desk.store.rows("SELECT name FROM person ORDER BY id")] == ["钱乙", "李丁"]


def test_a_column_that_the_clerk_put_before_the_mark_is_read(desk: Desk, tmp_path: Path) -> None:
    out = marked(desk, tmp_path, HEADINGS[:-2], row(1)[:-2], row(2, 身份证号码=WRONG_ID)[:-2])
    book = openpyxl.load_workbook(out)
    sheet = book["底册"]
    assert sheet["I1"].value == MARK_HEADING
    sheet.insert_cols(9)
    sheet["I1"], sheet["I2"], sheet["I3"], sheet["G3"] = (
        "联系电话",
        "13800000001",
        "13800000002",
        id_number(2),
    )
    book.save(tmp_path / "改好.xlsx")
    answer: Any = import_people(desk, path=tmp_path / "改好.xlsx").answer
    assert (answer["accepted"], codes(answer)) == (2, [])
    phones = desk.store.rows("SELECT phone FROM person ORDER BY id")
    assert [phone for (phone,) in phones] == ["13800000001", "13800000002"]


@pytest.mark.parametrize("levels", [1, 2])
def test_neither_titles_nor_levels_hide_the_column(desk: Desk, tmp_path: Path, levels: int) -> None:
    groups: list[object] = ["农户", None, None, "人员", *[None] * (len(HEADINGS) - 4)]
    above: list[list[object]] = [["上溪村户籍底册"], [], *([groups] if levels == 2 else [])]
    out = marked(desk, tmp_path, *above, HEADINGS, row(1), row(2, 身份证号码=WRONG_ID))
    ((_, header),) = headers_of(open_workbook(out), PEOPLE)
    assert header is not None
    assert header.mark_column == len(HEADINGS)
    assert not any(MARK_HEADING in text for text in (*header.written, *header.keys, *header.unknown))
    (table,) = find_tables(open_workbook(tmp_path / "交来.xlsx"), PEOPLE)
    assert header.fingerprint == table.header.fingerprint


def test_a_page_of_the_clerks_own_with_that_name_is_said_to_be_unread(desk: Desk, tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx", (SUMMARY_SHEET, [["我们自己的汇总"]]), ("底册", [HEADINGS, row(1)]))
    assert preview_people(desk, path=book)["unread_sheets"] == [SUMMARY_SHEET]
