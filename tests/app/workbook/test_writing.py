"""Exports: exact figures, live totals, text that stays text, ready for A4; the same sheets give the same bytes."""

import csv
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.workbook import writing
from app.workbook.reading import open_workbook
from app.workbook.safe_file import WouldOverwriteInput
from app.workbook.writing import (
    Banner,
    Column,
    Formula,
    Kind,
    Line,
    NumberTooLarge,
    SheetSpec,
    TextTooLong,
    TooManyRows,
    sheet_names,
    write_workbook,
)
from models.domain.money import fen_from_cell
from models.domain.quantity import quantity_from_cell
from tests.office import converted

MADE = datetime(2024, 6, 30, 9, 0)
COLUMNS = (
    Column("序号", Kind.COUNT, 6),
    Column("姓名"),
    Column("身份证号", width=20),
    Column("面积（亩）", Kind.QUANTITY, total=True, group="补贴"),
    Column("金额（元）", Kind.MONEY, 14, total=True, group="补贴"),
    Column("标准", Kind.RATE),
    Column("日期", Kind.DATE),
)
ROWS = [
    (1, "孔水健", "330624195810179114", 124900, 125624, 1005800, date(2024, 3, 1)),
    (2, "=HYPERLINK(1)", "33062419580518084X", 5, 995, None, None),
    (3, "+何柏", "@b", None, 1, 330000, date(1958, 10, 17)),
]


def spec(**changes: object) -> SheetSpec:
    facts: dict[str, object] = {
        "name": "花名册", "columns": COLUMNS, "rows": list(ROWS), "title": "云溪镇发放清册", "left": "填报单位：云溪镇", "right": "单位：元",
        "notes": ["说明：一式两份"], "signatures": ["单位负责人：", "审核：", "制表："], "frozen_columns": 2, **changes,
    }  # fmt: skip
    return SheetSpec(**facts)  # type: ignore[arg-type]


def test_everything_stands_where_it_should(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [spec()], created=MADE)
    rows = [cells for _, cells in open_workbook(path).sheets[0].rows()]
    assert rows[0] == ["云溪镇发放清册", *[None] * 6]
    assert rows[1] == ["填报单位：云溪镇", *[None] * 5, "单位：元"]
    assert rows[2] == ["序号", "姓名", "身份证号", "补贴", None, "标准", "日期"]
    assert rows[3] == [None, None, None, "面积（亩）", "金额（元）", None, None]
    assert rows[4] == [1.0, "孔水健", "330624195810179114", 12.49, 1256.24, 100.58, date(2024, 3, 1)]
    assert rows[5] == [2.0, "=HYPERLINK(1)", "33062419580518084X", 0.0005, 9.95, None, None]
    assert rows[6] == [3.0, "+何柏", "@b", None, 0.01, 33.0, date(1958, 10, 17)]
    assert rows[7] == ["合计", None, None, 12.4905, 1266.2, None, None]
    assert rows[8][0] == "说明：一式两份"
    assert [cell for cell in rows[10] if cell] == ["单位负责人：", "审核：", "制表："]
    assert spec().first_row == 5
    assert spec(title="", left="", right="", columns=COLUMNS[:3]).first_row == 2


def test_formats_formulas_and_page(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [spec(), spec(name="竖排", landscape=False, autofilter=False)], created=MADE)
    book = openpyxl.load_workbook(path)
    sheet = book["花名册"]
    assert (sheet["C5"].number_format, sheet["C5"].data_type) == ("@", "s")
    assert (sheet["B6"].value, sheet["B6"].data_type) == ("=HYPERLINK(1)", "s")
    assert sheet["E5"].number_format == "#,##0.00"
    assert sheet["G5"].number_format == "yyyy-mm-dd"
    assert (sheet["D8"].value, sheet["E8"].value) == ("=SUM(D5:D7)", "=SUM(E5:E7)")
    assert {str(merge) for merge in sheet.merged_cells.ranges} == {
        "A1:G1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4", "G3:G4", "A9:G9",
    }  # fmt: skip
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C5", "A4:G7")
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.print_area == "'花名册'!$A$1:$G$11"
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert book["竖排"].page_setup.orientation == "portrait"
    assert book["竖排"].auto_filter.ref is None
    assert book.properties.created == MADE


def test_an_empty_table_still_has_its_total(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [spec(rows=[])], created=MADE)
    rows = [cells for _, cells in open_workbook(path).sheets[0].rows()]
    assert rows[4] == ["合计", None, None, 0.0, 0.0, None, None]


def test_lines_of_the_caller_are_not_added_again(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    columns = (Column("村"), Column("金额", Kind.MONEY), Column("累计", Kind.MONEY, total=True))
    rows: list[Sequence[object] | Line] = [
        ("上溪村", 100, Formula("B{row}+1", 200)),
        ("下溪村", 250, Formula("=3.5+{column}2*0", 350)),
        Line(("小计", Formula("SUM(B2:B3)", 350), Formula("SUBTOTAL(9,C2:C3)", 550))),
    ]
    write_workbook(path, [SheetSpec("月报", columns, rows)], created=MADE)
    formulas = openpyxl.load_workbook(path)["月报"]
    assert [formulas.cell(row, 3).value for row in (2, 3, 4)] == ["=B2+1", "=3.5+C2*0", "=SUBTOTAL(9,C2:C3)"]
    stored = [cells for _, cells in open_workbook(path).sheets[0].rows()]
    assert stored[3] == ["小计", 3.5, 5.5]
    assert stored[4] == ["合计", None, 5.5]


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, [spec(), spec(name="乙")], created=MADE)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    write_workbook(tmp_path / "c.xlsx", [spec(), spec(name="丙")], created=MADE)
    assert (tmp_path / "a.xlsx").read_bytes() != (tmp_path / "c.xlsx").read_bytes()


TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), max_size=30)
FEN = st.integers(-(10**15) + 1, 10**15 - 1)


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(TEXT, FEN, st.integers(0, 10**12), st.none() | st.dates(date(1900, 3, 1)))))
def test_what_is_written_reads_back(tmp_path: Path, rows: list[tuple[str, int, int, date | None]]) -> None:
    path = tmp_path / "a.xlsx"
    columns = (
        Column("文"),
        Column("金额", Kind.MONEY),
        Column("面积", Kind.QUANTITY),
        Column("日", Kind.DATE),
    )
    write_workbook(path, [SheetSpec("甲", columns, rows)], created=MADE)
    (sheet,) = open_workbook(path).sheets
    read = [cells for _, cells in sheet.rows()][1:]
    assert len(read) == len(rows)
    for (text, fen, quantity, day), cells in zip(rows, read, strict=True):
        assert cells[0] == (text if text.strip() else None)
        assert fen_from_cell(cells[1]) == fen if abs(fen) < 10**14 else isinstance(cells[1], float)
        assert quantity_from_cell(cells[2]) == quantity
        assert cells[3] == day


def test_sheet_names_follow_excels_rules() -> None:
    wanted = ["上溪村", "上溪村", "a/b:c", "A／B：C", "", "History", "'引'", "长" * 40, "长" * 40, "𬭩" * 20]
    names = sheet_names(wanted)
    assert names[:7] == ["上溪村", "上溪村（2）", "a／b：c", "A／B：C（2）", "表5", "History（2）", "引"]
    assert names[7:9] == ["长" * 31, "长" * 28 + "（2）"]
    assert names[9] == "𬭩" * 15
    assert len({name.casefold() for name in names}) == len(names)


@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_sheet_names_become_good_ones(wanted: list[str]) -> None:
    names = sheet_names([text.encode("utf-8", "replace").decode() for text in wanted])
    assert len({name.casefold() for name in names}) == len(wanted)
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not set(name) & set("[]:*?/\\")


def test_limits_are_refused_with_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    columns = (Column("文"), Column("金额", Kind.MONEY))
    with pytest.raises(TextTooLong, match="“甲”第 3 行“文”有 32768 个字"):
        write_workbook(path, [SheetSpec("甲", columns, [("a", 1), ("长" * 32_768, 1)])], created=MADE)
    with pytest.raises(NumberTooLarge, match="第 2 行“金额”"):
        write_workbook(path, [SheetSpec("甲", columns, [("a", 10**15)])], created=MADE)
    monkeypatch.setattr(writing, "MOST_ROWS", 3)
    with pytest.raises(TooManyRows, match="超过 Excel 每张表 3 行"):
        write_workbook(path, [SheetSpec("甲", columns, [("a", 1)] * 3)], created=MADE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [1.5, True, object(), b"x"])
def test_a_value_of_another_type_is_our_mistake(tmp_path: Path, value: object) -> None:
    with pytest.raises(TypeError, match="金额"):
        write_workbook(
            tmp_path / "a.xlsx", [SheetSpec("甲", (Column("金额", Kind.MONEY),), [(value,)])], created=MADE
        )


def test_a_failure_keeps_the_old_file_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    path = tmp_path / "a.xlsx"
    write_workbook(path, [spec()], created=MADE)
    before = path.read_bytes()

    def rows_that_fail() -> Iterator[Sequence[object]]:
        yield ROWS[0]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_workbook(path, [spec(), spec(name="乙", rows=rows_that_fail())], created=MADE)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path, temporary]
    assert list(temporary.iterdir()) == []


def test_the_input_is_never_the_output(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"input")
    with pytest.raises(WouldOverwriteInput):
        write_workbook(path, [spec()], created=MADE, inputs=[path])
    assert path.read_bytes() == b"input"


AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76"  # commas, quotes, UTF-8, figures as shown


@pytest.mark.office
def test_libreoffice_recalculates_the_stored_totals(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [spec(rows=ROWS * 40)], created=MADE)
    rows = list(csv.reader(converted(path, AS_CSV, tmp_path).read_text(encoding="utf-8").splitlines()))
    (total,) = [row for row in rows if row[0] == "合计"]
    assert total[3:5] == ["499.62", "50,648.00"]


def test_rows_are_never_held(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        rows = (
            (number, f"张{number}", f"33062419{number:010d}", number, number, None, None)
            for number in range(count)
        )
        tracemalloc.start()
        try:
            write_workbook(
                tmp_path / f"{count}.xlsx", [spec(rows=rows, notes=(), signatures=())], created=MADE
            )
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # whatever is made once
    assert peak(12_000) < 1.1 * peak(3_000)


def test_a_banner_stands_across_and_begins_a_page(tmp_path: Path) -> None:
    rows = [Banner("甲户"), ROWS[0], Line(["小计", None, None, 1, 2, None, None]), Banner("乙户", page=True), ROWS[1],
            Banner("领取人：", bold=False, framed=False)]  # fmt: skip
    columns = tuple(replace(column, total=False) for column in COLUMNS)
    write_workbook(tmp_path / "a.xlsx", [spec(rows=rows, columns=columns, repeat_title=True)], created=MADE)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert (sheet["A5"].value, sheet["A5"].font.b, sheet["A5"].border.left.style) == ("甲户", True, "thin")
    assert (sheet["A8"].value, sheet["A10"].value, sheet["A10"].border.left.style) == (
        "乙户",
        "领取人：",
        None,
    )
    assert {"A5:G5", "A8:G8", "A10:G10"} <= {str(merge) for merge in sheet.merged_cells.ranges}
    assert [one.id for one in sheet.row_breaks.brk] == [7]
    assert sheet.print_title_rows == "$1:$4"
    assert sheet.auto_filter.ref == "A4:G9"


def test_signatures_of_a_narrow_table_stand_on_one_line(tmp_path: Path) -> None:
    labels = ("单位负责人：", "财政所长：", "审核：", "制表：")
    narrow = (Column("序号", Kind.COUNT, 5), Column("村", width=10), Column("金额", Kind.MONEY, 12))
    write_workbook(
        tmp_path / "a.xlsx",
        [
            spec(columns=narrow, rows=[(1, "甲", 5)], signatures=labels, notes=(), frozen_columns=0),
            spec(signatures=labels),
        ],
        created=MADE,
    )
    first, second = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    (line,) = [row for row in first.iter_rows(values_only=True) if str(row[0]).startswith("单位负责人：")]
    assert all(label in str(line[0]) for label in labels)
    assert list(line[1:]) == [None, None]
    (line,) = [row for row in second.iter_rows(values_only=True) if row[0] == labels[0]]
    assert [cell for cell in line if cell] == list(labels)


_ON_A_SMALL_DISK = """
import resource, signal, sys
from datetime import datetime
from pathlib import Path
from app.workbook.writing import Column, SheetSpec, write_workbook
from models.store.durable import CannotWrite
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))
path, sheets, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
book = [SheetSpec(name=f"表{number}", columns=[Column("村")], rows=[["石泉镇"]] * rows) for number in range(sheets)]
try:
    write_workbook(path, book, created=datetime(2024, 6, 30))
except CannotWrite as no:
    print(no.sentence)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to the size of a file there")
@pytest.mark.parametrize(
    ("sheets", "rows"), [(20, 1), (1, 2_000)], ids=["the workbook", "the rows kept aside"]
)
def test_a_full_disk_is_told_once_and_leaves_nothing(tmp_path: Path, sheets: int, rows: int) -> None:
    """In a process of its own, which may write no file beyond some bytes: what is left open would speak up at its end."""
    path = tmp_path / "清册.xlsx"
    path.write_bytes(b"before")
    done = subprocess.run(
        [sys.executable, "-c", _ON_A_SMALL_DISK, str(path), str(sheets), str(rows)],
        capture_output=True, text=True, check=True, env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert (done.stdout.startswith("无法写入“清册.xlsx”"), done.stderr) == (True, "")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]
