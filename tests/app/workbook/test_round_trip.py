"""What is written is read: grids of any cells in any kind of file, and rows of any shape by patterns as by the parser."""

import csv
import html
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from app.workbook.cell_values import Cell, date_of_serial
from app.workbook.kinds import row_shapes
from app.workbook.kinds.sheet_look import look_at
from app.workbook.kinds.sheet_xml import SheetReader
from app.workbook.kinds.xlsx_parts import SharedStrings, read_styles
from app.workbook.reading import read_workbook
from tests.corpus.packages import MAIN, STYLES, ods, worksheet
from tests.corpus.table_cases import row, table, text, value

Grid = list[list[Cell]]

WORDS = st.text("上溪村赵钱孙𬭩·（）,;|\t\"'<>&_x0 9aZ", min_size=1, max_size=12).filter(
    lambda word: word == word.strip() and word[0] not in "=<"
)
NUMBERS = st.floats(-1e15, 1e15, allow_nan=False).map(lambda number: float(f"{number:.6g}")) | st.integers(
    0, 10**6
).map(float)
DAYS = st.dates(date(1900, 3, 1), date(2999, 12, 31))
GRIDS = st.lists(
    st.lists(st.none() | WORDS | NUMBERS | st.booleans() | DAYS, min_size=1, max_size=6),
    min_size=1,
    max_size=8,
)
TEXT_GRIDS: st.SearchStrategy[Grid] = st.lists(
    st.lists(st.none() | WORDS, min_size=2, max_size=6), min_size=1, max_size=8
)


def by_openpyxl(grid: Grid) -> bytes:
    book = openpyxl.Workbook()
    for number, cells in enumerate(grid, 1):
        for column, cell in enumerate(cells, 1):
            if cell is not None:
                book.active.cell(number, column).value = cell  # type: ignore[union-attr]
                if isinstance(cell, str):
                    book.active.cell(number, column).data_type = "s"  # type: ignore[union-attr]
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def by_xlsxwriter(grid: Grid, *, inline: bool = False) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"constant_memory": inline, "in_memory": not inline})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for number, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif isinstance(cell, bool):
                sheet.write_boolean(number, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), day)
            elif cell is not None:
                sheet.write_number(number, column, cell)
    book.close()
    return made.getvalue()


def by_ods(grid: Grid) -> bytes:
    def cell_of(cell: Cell) -> str:
        if cell is None:
            return "<table:table-cell/>"
        if isinstance(cell, str):
            return text("", f'office:string-value="{html.escape(cell).replace(chr(9), "&#9;")}"')
        if isinstance(cell, bool):
            return value("boolean", f'office:boolean-value="{str(cell).lower()}"')
        if isinstance(cell, date):
            return value("date", f'office:date-value="{cell.isoformat()}"')
        return value("float", f'office:value="{cell!r}"')

    return ods(table("".join(row(*map(cell_of, cells)) for cells in grid)))


def trimmed(cells: list[Cell]) -> list[Cell]:
    """A row without what is blank at its end; blanks only are blank."""
    kept = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
    while kept and kept[-1] is None:
        kept.pop()
    return kept


def filled(grid: Grid) -> dict[int, list[Cell]]:
    """Row → cells, rows that hold nothing left out."""
    return {number: kept for number, cells in enumerate(grid, 1) if (kept := trimmed(cells))}


def read(body: bytes, name: str) -> dict[int, list[Cell]]:
    (sheet,) = read_workbook(body, name).sheets
    assert sheet.remarks == []
    return {number: kept for number, cells in sheet.rows() if (kept := trimmed(cells))}


@pytest.mark.parametrize(
    "write",
    [by_openpyxl, by_xlsxwriter, lambda grid: by_xlsxwriter(grid, inline=True), by_ods],
    ids=["openpyxl", "xlsxwriter", "inline", "ods"],
)
@settings(max_examples=40, deadline=None)
@given(grid=GRIDS)
def test_workbooks_read_back_to_what_was_written(write: Callable[[Grid], bytes], grid: Grid) -> None:
    if all(cell is None for cells in grid for cell in cells):
        return
    assert read(write(grid), "a") == filled(grid)


@settings(max_examples=80, deadline=None)
@given(
    grid=TEXT_GRIDS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    separator=st.sampled_from(",\t;|"),
)
def test_text_tables_read_back_to_what_was_written(grid: Grid, encoding: str, separator: str) -> None:
    made = io.StringIO()
    rows: Grid = [["姓名"] * 6, *grid]
    # every cell in quotes and as many of them in each row: what stands in the cells decides nothing
    wide = [[str(cell or "") for cell in (*cells, *[None] * (6 - len(cells)))] for cells in rows]
    csv.writer(made, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(wide)
    assert read(made.getvalue().encode(encoding), "a.csv") == filled(rows)


@settings(max_examples=80, deadline=None)
@given(grid=TEXT_GRIDS, encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_pages_read_back_to_what_was_written(grid: Grid, encoding: str) -> None:
    rows: Grid = [["姓名"], *grid]
    tidy: Grid = [[" ".join(str(cell).split()) if cell else None for cell in cells] for cells in rows]
    made = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell or ''))}</td>" for cell in cells) + "</tr>"
        for cells in tidy
    )
    assert read(f"<table>{made}</table>".encode(encoding), "a.xls") == filled(tidy)


# -- patterns and parser ----------------------------------------------------------------------------------------


STRINGS = SharedStrings(["甲", "乙", "丙&丁"], {2})
CELLS = st.sampled_from(
    [
        '<c r="@"><v>1.5</v></c>', '<c r="@" s="1"><v>45366</v></c>', '<c r="@" s="1"/>', '<c r="@" s="5" t="s"><v>1</v></c>',
        '<c r="@" t="s"><v>0</v></c>', '<c r="@" t="s"><v>2</v></c>', '<c r="@" t="str"><f>A1</f><v>a&amp;b</v></c>',
        '<c r="@" t="str"><v></v></c>', '<c r="@"><v/></c>', '<c r="@" t="inlineStr"><is><t>&#20013;</t></is></c>', '<c r="@" t="inlineStr"><is><t/></is></c>',
        '<c r="@" t="inlineStr"><is><t xml:space="preserve"> 甲 </t></is></c>', '<c r="@" t="e"><v>#N/A</v></c>', '<c r="@" t="b"><v>1</v></c>',
        '<c r="@"><f>A1*2</f><v>3</v></c>', '<c r="@"><f>A1*2</f></c>', '<c r="@"><v>1_0</v></c>', '<c r="@"><v>-3E+2</v></c>', '<c r="@"> <v>7</v>\n</c>', "",
    ]
)  # fmt: skip
ROWS = st.tuples(
    st.sampled_from(["", ' spans="1:4"', ' hidden="1"', ' ht="15" customHeight="1"']),
    st.lists(CELLS, max_size=4),
)


@settings(max_examples=150, deadline=None)
@given(
    kinds=st.lists(ROWS, min_size=1, max_size=5),
    order=st.lists(st.integers(0, 4), max_size=60),
    gap=st.integers(1, 3),
)
def test_patterns_read_what_the_parser_reads(
    kinds: list[tuple[str, list[str]]], order: list[int], gap: int
) -> None:
    made = ""
    for place, kind in enumerate(order):
        number = 1 + place * gap
        facts, inside = kinds[kind % len(kinds)]
        made += (
            f'<row r="{number}"{facts}>'
            + "".join(cell.replace("@", f"{chr(65 + column)}{number}") for column, cell in enumerate(inside))
            + "</row>"
        )
    part = worksheet(f"<sheetData>{made}</sheetData>").encode()
    styles = read_styles(f'<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>'.encode(), since_1904=False)
    look = look_at([part])
    learned, parsed = (
        read_by(SheetReader(look, STRINGS, styles, scattered), part) for scattered in (False, True)
    )
    assert learned == parsed
    assert look.tally is None or learned[1] == look.tally.cells


def read_by(reader: SheetReader, part: bytes) -> tuple[object, int, object]:
    rows = {}
    before, row_shapes._LEARN_AFTER = row_shapes._LEARN_AFTER, 2  # type: ignore[misc]
    try:
        for runs in reader.runs([part]):
            for run in runs:
                for place, cells in enumerate(run.rows):
                    marks = sorted((column, mark) for at, column, mark in run.marks if at == place)
                    rows[run.first + place] = (list(cells), marks)
    finally:
        row_shapes._LEARN_AFTER = before  # type: ignore[misc]
    notes = reader.notes
    tally = reader.found.tally
    said = (
        list(notes.hidden_rows),
        list(notes.struck_rows),
        sorted(notes.errors),
        notes.without_values,
        notes.odds,
    )
    return rows, tally.cells, (tally.check, said)


@given(st.dates(date(1900, 3, 1), date(9999, 12, 31)), st.integers(0, 86_399))
def test_serials_are_dates(day: date, second: int) -> None:
    serial = (day - date(1899, 12, 30)).days + second / 86_400
    moment = datetime(day.year, day.month, day.day) + timedelta(seconds=second)
    assert date_of_serial(serial) == (moment if second else day)
    if day >= date(1904, 1, 2):
        assert date_of_serial(serial - 1462, True) == (moment if second else day)
