"""A marked workbook made anew from the values of one that cannot be patched: .xls, .xlsb, .ods, text tables.

Text stays text, so that no digit is lost; dates stay dates; merges over several rows stay, because reading fills them.
"""

import io
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.workbook.cell_values import Cell, ErrorCell, held_cells
from app.workbook.columns import is_ours
from app.workbook.marks import (
    FILLS,
    MARK_HEADING,
    MARK_WIDTH,
    NOTE_AUTHOR,
    PAGE_WIDTHS,
    Look,
    Mark,
    Merged,
    PageCell,
    Summary,
    mark_height,
    marks_by_sheet,
    page,
    row_height,
    sheet_marks,
    shortened,
    summary_name,
)
from app.workbook.reading import Sheet, Workbook
from app.workbook.writing import DEFAULT_FONT, sheet_names

_WIDEST: Final = 40
_NARROWEST: Final = 8
_SAMPLE_ROWS: Final = 2_000
_NUMBERS: Final[Mapping[type, str]] = {
    str: "@",
    type(None): "@",
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}
_ERRORS: Final = frozenset(("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"))
_FIRST_DATE: Final = date(1900, 3, 1)
"""Before it Excel and the calendar count days differently: such a date is written as text."""


def marked_copy(
    workbook: Workbook, marks: Sequence[Mark], headings: Mapping[str, int], summary: Summary
) -> bytes:
    """The workbook's values as an .xlsx with its marks. Raises what reading the cells raises."""
    by_sheet = marks_by_sheet(marks)
    copies = [
        _SheetCopy(sheet, by_sheet.get(sheet.name, []), headings.get(sheet.name, 0))
        for sheet in workbook.sheets
        if not is_ours(sheet)
    ]
    names = sheet_names([copy.sheet.name for copy in copies])
    renamed = dict(zip((copy.sheet.name for copy in copies), names, strict=True))
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    formats = _Formats(book)
    _write_page(book.add_worksheet(summary_name(names)), page(summary, marks), formats, renamed)
    for copy, name in zip(copies, names, strict=True):
        copy.write(book.add_worksheet(name), formats)
    book.close()
    return out.getvalue()


class _Formats:
    """The formats of the copy, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def make(self, **properties: object) -> Format:
        """The format with these properties of xlsxwriter."""
        wanted = {"font_name": DEFAULT_FONT, "font_charset": 134, "valign": "vcenter", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def cell(self, number: str, level: str | None, *, bold: bool = False) -> Format:
        """The format of a copied cell."""
        fill = {"bg_color": f"#{FILLS[level][2:]}"} if level else {}
        head = {"bold": True, "align": "center", "text_wrap": True, "border": 1} if bold else {}
        return self.make(num_format=number, **fill, **head)

    def look(self, look: Look) -> Format:
        """The format of a cell of the page."""
        facts: dict[str, object] = {"text_wrap": True}
        if look is Look.TITLE:
            facts |= {"bold": True, "font_size": 16}
        elif look is not Look.TEXT:
            facts |= {"border": 1}
            facts |= {} if look is Look.CELL else {"align": "center"}
        if look is Look.HEADING:
            facts |= {"bold": True, "bg_color": "#E7E6E6"}
        if look in (Look.ERROR, Look.WARNING):
            facts |= {"bg_color": f"#{FILLS[look.value][2:]}"}
        if look is Look.LINK:
            facts |= {"font_color": "#0563C1", "underline": 1}
        return self.make(**facts)


def _write_page(
    sheet: Worksheet, rows: Sequence[Sequence[PageCell]], formats: _Formats, renamed: Mapping[str, str]
) -> None:
    for column, width in enumerate(PAGE_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    sheet.set_tab_color("#C00000")
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for number, row in enumerate(rows):
        sheet.set_row(number, row_height(row))
        if len(row) == 1:
            sheet.merge_range(number, 0, number, len(PAGE_WIDTHS) - 1, "", formats.look(row[0].look))
        for column, cell in enumerate(row):
            made = formats.look(cell.look)
            if isinstance(cell.value, int):
                sheet.write_number(number, column, cell.value, made)
            elif cell.to_cell and cell.to_sheet in renamed:
                quoted = renamed[cell.to_sheet].replace("'", "''")
                sheet.write_url(number, column, f"internal:'{quoted}'!{cell.to_cell}", made, cell.value)
            else:
                sheet.write_string(number, column, shortened(cell.value), made)


class _SheetCopy:
    """One sheet of the copy: looked over when made, so that what cannot be read is said before anything is written."""

    def __init__(self, sheet: Sheet, own: Sequence[Mark], heading_row: int) -> None:
        self.sheet = sheet
        self._heading_row = heading_row
        self._widths: dict[int, int] = {}
        merges = sheet.grid.merges
        self._merges = [
            (first + 1, column, last + 1, column)
            for first, last, column in zip(merges.first_rows, merges.last_rows, merges.columns, strict=True)
        ]
        self._marks = sheet_marks(own, Merged(self._merges))
        last_column, old_column = -1, None
        for number, cells in sheet.rows():
            if number == heading_row and MARK_HEADING in cells:
                old_column = cells.index(MARK_HEADING)
            last_column = max(last_column, self._measured(number, cells))
        marked = (column for levels in self._marks.levels.values() for column in levels)
        last_column = max(last_column, *marked, 0)
        self._replaces = old_column is not None
        self._column = last_column + 1 if old_column is None else old_column

    def _measured(self, number: int, cells: Sequence[Cell]) -> int:
        """The last column that holds anything; the columns' widths are those of the longest of the first texts."""
        last = -1
        for column, cell in held_cells(cells):
            if cell is None:
                continue
            last = column
            if self._heading_row <= number <= self._heading_row + _SAMPLE_ROWS:
                wide = len(str(cell).encode("gb18030", "replace")) + 2
                self._widths[column] = min(_WIDEST, max(self._widths.get(column, _NARROWEST), wide))
        return last

    def write(self, out: Worksheet, formats: _Formats) -> None:
        """Cells with their marks, row by row, then what belongs to the sheet as a whole."""
        marks = self._marks
        # reading leaves out long runs of blank rows; a row that is left must not be written any more
        waiting = sorted({*marks.levels, *marks.lines})
        place = 0
        for number, cells in self.sheet.rows():
            while place < len(waiting) and waiting[place] < number:
                self._row(out, formats, waiting[place], ())
                place += 1
            place += place < len(waiting) and waiting[place] == number
            self._row(out, formats, number, cells)
        for number in waiting[place:]:
            self._row(out, formats, number, ())
        self._merge(out)
        if marks.lines:
            self._widths[self._column] = MARK_WIDTH
        for column, width in self._widths.items():
            out.set_column(column, column, width)
        if self._heading_row:
            out.freeze_panes(self._heading_row, 0)
        if self.sheet.hidden:
            out.hide()

    def _row(self, out: Worksheet, formats: _Formats, number: int, cells: Sequence[Cell]) -> None:
        is_heading = number == self._heading_row
        if height := mark_height(self._marks.lines.get(number, "")):
            out.set_row(
                number - 1, height
            )  # before its cells, which are written away one row after the other
        levels = dict(self._marks.levels.get(number, {}))
        for column, cell in held_cells(cells):
            level = levels.pop(column, None)
            if self._replaces and column == self._column and number >= self._heading_row:
                continue
            if cell is None and level is None:
                continue
            _write_cell(out, number - 1, column, cell, formats, level, bold=is_heading)
        for column, level in levels.items():
            _write_cell(out, number - 1, column, None, formats, level, bold=False)
        for column in self._marks.levels.get(number, {}):
            _write_note(out, number - 1, column, self._marks.notes.get((number, column), ""))
        if is_heading and self._marks.lines:
            out.write_string(number - 1, self._column, MARK_HEADING, formats.cell("@", None, bold=True))
        elif number in self._marks.lines:
            made = formats.make(text_wrap=True, num_format="@")
            out.write_string(number - 1, self._column, shortened(self._marks.lines[number]), made)

    def _merge(self, out: Worksheet) -> None:
        """Merges as they were, save those that lie over one another, for which Excel refuses a file."""
        ends: dict[int, int] = {}
        for first_row, column, last_row, _ in self._merges:
            if first_row > ends.get(column, 0):
                # merge_range would write the cells, and their rows are written already
                out.merge.append((first_row - 1, column, last_row - 1, column))
                ends[column] = last_row


def _write_note(out: Worksheet, row: int, column: int, text: str) -> None:
    if text:
        height = 18 * (2 + sum(1 + len(part) // 18 for part in text.split("\n")))
        look = {"author": NOTE_AUTHOR, "width": 280, "height": max(70, height), "font_name": DEFAULT_FONT}
        out.write_comment(row, column, shortened(text), look)


def _write_cell(
    out: Worksheet, row: int, column: int, cell: Cell, formats: _Formats, level: str | None, *, bold: bool
) -> None:
    kind = type(cell)
    if isinstance(cell, date) and (cell.date() if isinstance(cell, datetime) else cell) < _FIRST_DATE:
        cell, kind = cell.isoformat(), str
    made = formats.cell(_NUMBERS.get(kind, "General"), level, bold=bold)
    if cell is None:
        out.write_blank(row, column, None, made)
    elif isinstance(cell, ErrorCell) and cell in _ERRORS:
        out.write_formula(row, column, f"={cell}", formats.cell("General", level, bold=bold), cell)
    elif isinstance(cell, bool):
        out.write_boolean(row, column, cell, made)
    elif isinstance(cell, (int, float)) and math.isfinite(cell):
        out.write_number(row, column, cell, made)
    elif isinstance(cell, (datetime, date, time, timedelta)):
        out.write_datetime(row, column, cell, made)
    else:
        out.write_string(row, column, shortened(str(cell)), made)
