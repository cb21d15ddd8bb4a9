"""From findings to the marked workbook: the right cell, the right words, and the command that writes it."""

import contextlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.cli import main
from app.desk import Desk
from app.enrolment.survival import SURVIVAL_FINDINGS
from app.intake import findings
from app.intake.allotments import AMOUNTS
from app.intake.findings import KIND_TITLES, Finding
from app.intake.marked import WouldOverwriteUnasked, mark_of, refuse_marking_over
from app.registry.history import HISTORY_FINDINGS
from app.workbook.columns import ROSTER, find_tables
from app.workbook.marks import FILLS, MARK_HEADING, SUMMARY_SHEET
from app.workbook.reading import open_workbook
from tests.app.workbook.crafted import workbook
from tests.conftest import PASSWORD, SAMPLES

RED, YELLOW = FILLS["error"], FILLS["warning"]


@pytest.mark.parametrize(
    "table",
    [findings.PEOPLE, findings.ACCOUNTS, findings.ROSTER, AMOUNTS, HISTORY_FINDINGS, SURVIVAL_FINDINGS],
)
def test_every_kind_of_finding_has_a_name_for_the_page(table: Mapping[str, object]) -> None:
    assert set(table) <= set(KIND_TITLES)


def test_of_two_columns_with_one_heading_the_one_that_the_table_reads_is_marked(tmp_path: Path) -> None:
    """Two levels: 户主 姓名, 户主 身份证号, 享受人 姓名, 享受人 身份证号."""
    rows: list[list[object]] = [
        ["户主", None, "享受对象", None, "补贴金额（元）"],
        ["姓名", "身份证号", "姓名", "身份证号", None],
        ["张三", "330624195703145103", "李四", "330624195703145103", 5],
    ]
    path = workbook(tmp_path / "a.xlsx", {"一村": rows}, merges=["A1:B1", "C1:D1", "E1:E2"])
    table = find_tables(open_workbook(path), ROSTER)[0]
    assert table.columns["id_number"] == 3
    made = mark_of(Finding("一村", 3, "身份证号", "", "error", "id.checksum", "。"), table)
    assert (made.column, made.kind) == (3, "身份证号校验位不对")
    assert mark_of(Finding("一村", 3, "姓名", "", "error", "name.missing", "。"), table).column == 2


def test_a_finding_without_a_column_marks_the_first_of_the_table(tmp_path: Path) -> None:
    rows: list[list[object]] = [[None, "姓名", "身份证号", "金额"], [None, "张三", "330624195703145103", 5]]
    table = find_tables(open_workbook(workbook(tmp_path / "a.xlsx", {"一村": rows})), ROSTER)[0]
    assert mark_of(Finding("一村", 2, "", "", "error", "id.missing", "。"), table).column == 1
    assert mark_of(Finding("别处", 2, "姓名", "", "error", "id.missing", "。"), None).column is None


class Clerk:
    """The clerk at the command line."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self._office = str(desk.store.folder)
        monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)

    def __call__(self, *words: object, code: int) -> tuple[dict[str, Any], str]:
        out, err = io.StringIO(), io.StringIO()
        arguments = [
            *map(str, words),
            "--office",
            self._office,
            "--as",
            "经办甲",
            "--date",
            "2024-06-03",
            "--json",
        ]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            assert main(arguments) == code, err.getvalue()
        return json.loads(out.getvalue()), err.getvalue()


@pytest.fixture
def clerk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    return Clerk(desk, monkeypatch)


PEOPLE = SAMPLES / "yunxi" / "户籍底册.xlsx"


def test_the_command_gives_the_workbook_back_marked(clerk: Clerk, tmp_path: Path) -> None:
    out = tmp_path / "回单.xlsx"
    answer, said = clerk("import", "people", PEOPLE, "--dry-run", "--marked", out, code=1)
    assert answer["marked"] == str(out)
    assert said.strip() == f"错误回单已写到 {out}。"
    book: Any = openpyxl.load_workbook(out)
    sheet = book[answer["findings"][0]["sheet"]]
    coloured = {
        (cell.row, cell.fill.fgColor.rgb)
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.patternType == "solid" and cell.fill.fgColor.rgb in (RED, YELLOW)
    }
    levels = {"error": RED, "warning": YELLOW}
    assert coloured == {(found["row"], levels[found["level"]]) for found in answer["findings"]}
    headings = {cell.value: cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    for found in answer["findings"]:
        cell = sheet.cell(found["row"], headings[found["column"]])
        assert str(cell.value or "").upper() == found["written"]
        assert found["sentence"] in cell.comment.text
        assert found["sentence"] in sheet.cell(found["row"], headings[MARK_HEADING]).value


def test_the_marked_workbook_dropped_in_again_is_read_as_the_file_itself(
    clerk: Clerk, tmp_path: Path
) -> None:
    for number, path in enumerate((PEOPLE, SAMPLES / "yunxi-old-xls" / "户籍底册.xls")):
        out = tmp_path / f"回单{number}.xlsx"
        first, _ = clerk("import", "people", path, "--dry-run", "--marked", out, code=1)
        second, _ = clerk("import", "people", out, "--dry-run", code=1)
        assert {**second, "marked": str(out)} == first


def test_rejected_rows_still_say_so_and_a_file_taken_in_before_can_still_be_marked(
    clerk: Clerk, tmp_path: Path
) -> None:
    first, again = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    answer, _ = clerk("import", "people", PEOPLE, "--marked", first, code=1)
    refused, said = clerk("import", "people", PEOPLE, "--marked", again, code=2)
    assert refused["already"] == answer["run"]
    assert str(again) in said
    assert first.read_bytes() == again.read_bytes()


def test_the_file_itself_is_never_the_target_and_nothing_is_imported_then(
    clerk: Clerk, tmp_path: Path
) -> None:
    path = tmp_path / "户籍底册.xlsx"
    path.write_bytes(PEOPLE.read_bytes())
    for out in (path, tmp_path / "户籍底册.xls"):  # which would be written as .xlsx
        answer, said = clerk("import", "people", path, "--marked", out, code=2)
        assert answer["refused"] == "WouldOverwriteInput"
        assert "不能写在它上面" in said
    assert path.read_bytes() == PEOPLE.read_bytes()
    assert clerk("import", "list-runs", code=0)[0]["runs"] == []


def test_a_file_that_nobody_named_is_not_written_over(tmp_path: Path) -> None:
    handed_in, kept = tmp_path / "底册.csv", tmp_path / "回单.xlsx"
    kept.write_bytes(b"another workbook")
    with pytest.raises(WouldOverwriteUnasked, match=r"会写成“回单.xlsx”，而这个文件已经有了"):
        refuse_marking_over(handed_in, tmp_path / "回单.csv")
    refuse_marking_over(handed_in, kept)  # this one was named
    refuse_marking_over(handed_in, tmp_path / "新回单.csv")


def test_an_old_workbook_comes_back_as_xlsx_and_says_why(clerk: Clerk, tmp_path: Path) -> None:
    path = SAMPLES / "yunxi-old-xls" / "户籍底册.xls"
    answer, said = clerk("import", "people", path, "--dry-run", "--marked", tmp_path / "回单.xls", code=1)
    assert answer["marked"] == str(tmp_path / "回单.xlsx")
    assert "另做一份" in said
    assert openpyxl.load_workbook(tmp_path / "回单.xlsx").sheetnames[0] == SUMMARY_SHEET


def test_when_the_disk_fails_the_import_stands_and_the_exit_code_tells(clerk: Clerk, tmp_path: Path) -> None:
    in_the_way = tmp_path / "文件"
    in_the_way.write_text("不是文件夹", encoding="utf-8")
    answer, said = clerk("import", "people", PEOPLE, "--marked", in_the_way / "a.xlsx", code=3)
    assert answer["run"] == 1
    assert answer["marked"] is None
    assert "无法写入" in said
    assert [run["run"] for run in clerk("import", "list-runs", code=0)[0]["runs"]] == [1]
