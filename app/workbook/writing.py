"""Workbooks that the program writes, in one place: typed columns, live totals, ready for printing on A4.

The paper is an office's: 小标宋 over 宋体, text wrapped in rows tall enough for it, headings repeated on every page and page
x of y. Where pages end is left to WPS and Excel: their fonts, and so their widths, differ from machine to machine.
Streaming: rows may come from a query and are never held. The same sheets and the same `created` give the same bytes.
Text is always written as text, so that nothing an office typed can become a formula.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.workbook.columns import column_letters
from app.workbook.safe_file import replacing
from models.domain.refusal import Refusal

MOST_ROWS: Final = 1_048_576
LONGEST_TEXT: Final = 32_767
LONGEST_SHEET_NAME: Final = 31
TITLE_FONT: Final = "方正小标宋简体"
HEADING_FONT: Final = "黑体"
DEFAULT_FONT: Final = "宋体"
"""The fonts of official papers, by the names that Windows and WPS know; elsewhere a Chinese font stands in (charset 134)."""
TABLE_SIZE: Final = 10.5

_GB2312: Final = 134
_A4: Final = 9
_MARGINS: Final = {"left": 0.45, "right": 0.45, "top": 0.6, "bottom": 0.7}
# a column of n characters is 7n + 5 pixels of 3/4 pt, of which the cell's own edges take some
_CHARACTER_PT: Final = 5.25
_EDGES_PT: Final = 3.75
_PADDING_PT: Final = 4.5
_INDENT_PT: Final = 6.75
_LINE_RATIO: Final = 1.3
_FOOTER: Final = "&C第 &P 页 共 &N 页"
_FORBIDDEN_IN_SHEET_NAMES: Final = str.maketrans("[]:*?/\\", "［］：＊？／＼")


class TooManyRows(Refusal):
    """More rows than a sheet of Excel can hold."""

    form = "工作表“{sheet}”超过 Excel 每张表 {most} 行的上限，没有写出文件。请按村或按年度分开导出。"


class TextTooLong(Refusal):
    """A text longer than a cell of Excel can hold."""

    form = "工作表“{sheet}”第 {row} 行“{heading}”有 {length} 个字，超过 Excel 每格 {most} 个字的上限，没有写出文件。请缩短后重试。"


class NumberTooLarge(Refusal):
    """A number that Excel, with its 15 digits, would round."""

    form = "工作表“{sheet}”第 {row} 行“{heading}”的数超过 15 位，Excel 存不准，没有写出文件。请核对这个数。"


class Kind(Enum):
    """What a column holds: how its values are given, and how Excel shows them."""

    TEXT = "@"
    """str; IDs, accounts and document numbers too: they are never numbers."""
    COUNT = "#,##0"
    """int."""
    MONEY = "#,##0.00"
    """Fen as int, shown as yuan."""
    QUANTITY = "#,##0.00##"
    """int in 1/10000 of the unit (areas)."""
    RATE = "0.00##"
    """int in 1/10000 yuan."""
    DATE = "yyyy-mm-dd"
    """date."""


_PLACES: Final[Mapping[Kind, int]] = {Kind.COUNT: 0, Kind.MONEY: 2, Kind.QUANTITY: 4, Kind.RATE: 4}
_EXACT: Final = 10**15


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it holds, its width in characters; `total` sums it, `group` is a heading above several.

    `align` is "left", "center" or "right", "" for what its kind asks for. Text wraps; with `wrap` False (IDs, codes) it
    is made smaller instead where it does not fit, as figures always are.
    """

    heading: str
    kind: Kind = Kind.TEXT
    width: float = 12
    total: bool = False
    group: str = ""
    align: str = ""
    wrap: bool = True


@dataclass(frozen=True)
class Formula:
    """A live formula with the value it has now: a number in the unit of its column's kind (fen for money), or a word.

    In `expression`, `{row}` is the Excel row and `{column}` the letters of its own cell.
    """

    expression: str
    value: int | str


@dataclass(frozen=True)
class Joined:
    """A value that stands once over `count` rows; `place` (from 0) is the row's place among them.

    Nothing may be computed from the rows below the first: they are empty, as WPS and LibreOffice would make them.
    """

    value: object
    place: int
    count: int


@dataclass(frozen=True)
class Line:
    """A row that is set off from the others: a 小计 or 合计 of the caller's own, or the heading of a section."""

    cells: Sequence[object]
    bold: bool = True


@dataclass(frozen=True)
class SheetSpec:
    """A sheet to be written. `rows` is consumed once; a row is a sequence of values in column order, or a `Line`.

    `title` stands over the table, `preface` under it, a paragraph each, `left` and `right` (the unit: 单位：元) on a line
    between; `notes` stand under the table, a paragraph each, then `signatures` side by side. With a `total` column a 合计
    row of SUM formulas follows the rows; `total_label` goes into the first column. `size` is the table's type in pt.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object] | Line]
    title: str = ""
    preface: Sequence[str] = ()
    left: str = ""
    right: str = ""
    total_label: str = "合计"
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    landscape: bool = True
    frozen_columns: int = 0
    autofilter: bool = True
    size: float = TABLE_SIZE

    @property
    def header_rows(self) -> int:
        """How many rows the heading has: two where columns are grouped."""
        return 2 if any(column.group for column in self.columns) else 1

    @property
    def first_row(self) -> int:
        """The Excel number of the first row under the heading, for formulas."""
        return 1 + bool(self.title) + len(self.preface) + bool(self.left or self.right) + self.header_rows


def write_workbook(
    path: Path, sheets: Sequence[SheetSpec], *, created: datetime, inputs: Iterable[Path] = ()
) -> None:
    """Write `sheets` to `path` (.xlsx), whole or not at all; `created` is the time it says it was made.

    Raises WouldOverwriteInput when `path` is one of `inputs`, TooManyRows, TextTooLong, NumberTooLarge, and the
    WorldErrors of models.store.durable; then nothing is written.
    """
    with replacing(path, inputs) as part:
        book = xlsxwriter.Workbook(str(part), {"constant_memory": True})
        try:
            book.set_properties({"created": created})
            formats = _Formats(book)
            for name, spec in zip(sheet_names([spec.name for spec in sheets]), sheets, strict=True):
                _SheetWriter(book.add_worksheet(name), name, spec, formats).write()
        except BaseException:
            _abandon(book)
            raise
        try:
            book.close()
        except FileCreateError as error:
            raise error.args[0] from None  # the OSError itself: `replacing` has a sentence for it


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names that Excel accepts, in order: no forbidden signs, at most 31 long, none twice (case apart), none empty."""
    taken: set[str] = set()
    names = []
    for place, text in enumerate(wanted, 1):
        clean = re.sub(r"[\x00-\x1f]", "", text).translate(_FORBIDDEN_IN_SHEET_NAMES).strip().strip("'")
        base = _shortened(clean, LONGEST_SHEET_NAME) or f"表{place}"
        name, again = base, 1
        while name.casefold() in taken or name.casefold() == "history":
            again += 1
            name = _shortened(base, LONGEST_SHEET_NAME - len(f"（{again}）")) + f"（{again}）"
        taken.add(name.casefold())
        names.append(name)
    return names


def _shortened(text: str, most: int) -> str:
    """The text cut to `most` UTF-16 units, as Excel counts, no character cut in two."""
    while len(text.encode("utf-16-le")) > 2 * most:
        text = text[:-1]
    return text.strip().strip("'")


def _abandon(book: xlsxwriter.Workbook) -> None:
    """Close and remove the rows kept aside for a workbook that will not be written."""
    for sheet in book.worksheets():
        sheet.row_data_fh.close()
        Path(sheet.row_data_filename).unlink(missing_ok=True)
    book.fileclosed = 1  # its destructor would write the file after all


class _Formats:
    """The cell formats of a workbook, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def make(self, **properties: object) -> Format:
        """The format with these properties of xlsxwriter, in the middle of its row and in `DEFAULT_FONT` unless told."""
        wanted = {"font_name": DEFAULT_FONT, "font_charset": _GB2312, "valign": "vcenter", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def cell(self, column: Column, size: float, *, bold: bool) -> Format:
        """The format of a table cell."""
        align = _align(column)
        return self.make(
            font_size=size,
            num_format=column.kind.value,
            align=align,
            indent=int(_indented(column)),
            border=1,
            bold=bold,
            **({"text_wrap": True} if _wraps(column) else {"shrink": True}),
        )


def _align(column: Column) -> str:
    return column.align or {Kind.TEXT: "left", Kind.DATE: "center"}.get(column.kind, "right")


def _wraps(column: Column) -> bool:
    return column.kind is Kind.TEXT and column.wrap


def _indented(column: Column) -> bool:
    return column.kind is Kind.TEXT and _align(column) == "left"


def _column_pt(column: Column) -> float:
    return column.width * _CHARACTER_PT + _EDGES_PT


def _lines(text: str, room_pt: float, size: float) -> int:
    """How many lines a text takes in so much room; a Chinese character is as wide as the type is high, others half."""
    if not text:
        return 1
    halves = max(2, int(2 * room_pt / size) // 2 * 2)
    # GB 18030 has one byte for what is half as wide, and at least two for the rest
    return sum(max(1, -(-len(part.encode("gb18030", "replace")) // halves)) for part in text.split("\n"))


class _SheetWriter:
    """Writes one sheet from the top down: in constant memory a row that was left cannot be written again."""

    def __init__(self, sheet: Worksheet, name: str, spec: SheetSpec, formats: _Formats) -> None:
        self._sheet = sheet
        self._name = name
        self._spec = spec
        self._formats = formats
        self._last = len(spec.columns) - 1
        self._sums = [0] * len(spec.columns)
        self._row = 0
        self._widths = [_column_pt(column) for column in spec.columns]
        # the room for text in the columns that wrap
        self._rooms = {
            place: _column_pt(column) - _PADDING_PT - _INDENT_PT * _indented(column)
            for place, column in enumerate(spec.columns)
            if _wraps(column)
        }
        self._cells = {
            bold: [formats.cell(column, spec.size, bold=bold) for column in spec.columns]
            for bold in (False, True)
        }
        self._row_pt = spec.size * 1.6

    def write(self) -> None:
        """Everything, top to bottom, then what belongs to the sheet as a whole."""
        spec, sheet = self._spec, self._sheet
        sheet.set_default_row(self._row_pt)
        for place, column in enumerate(spec.columns):
            sheet.set_column(place, place, column.width)
        first_heading = self._opening()
        first_row = self._row
        for row in spec.rows:
            if isinstance(row, Line):
                self._line(row.cells, bold=row.bold)
            else:
                self._line(row, bold=False)
        last_row = self._row - 1
        if any(column.total for column in spec.columns):
            self._totals(first_row, last_row)
        self._closing()
        sheet.freeze_panes(first_row, spec.frozen_columns)
        if spec.autofilter:
            sheet.autofilter(first_row - 1, 0, max(last_row, first_row - 1), self._last)
        self._page(first_heading, first_row - 1, self._row - 1)

    def _page(self, first_heading: int, last_heading: int, last_row: int) -> None:
        sheet = self._sheet
        sheet.set_paper(_A4)
        if self._spec.landscape:
            sheet.set_landscape()
        else:
            sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(**_MARGINS)
        sheet.center_horizontally()
        sheet.repeat_rows(first_heading, last_heading)
        sheet.set_footer(_FOOTER)
        sheet.print_area(0, 0, last_row, self._last)

    def _opening(self) -> int:
        """Title, preface, unit line and heading; gives the first row of the heading."""
        spec, formats = self._spec, self._formats
        if spec.title:
            size = spec.size + 8
            made = formats.make(font_name=TITLE_FONT, font_size=size, align="center", text_wrap=True)
            self._paragraph(spec.title, made, size, spare_pt=12)
        for text in spec.preface:
            self._paragraph(text, self._text("left", text_wrap=True), spec.size, spare_pt=6)
        if spec.left or spec.right:
            self._tall(self._row_pt)
            if spec.left:
                self._sheet.write_string(self._row, 0, spec.left, self._text("left"))
            if spec.right and (self._last or not spec.left):
                self._sheet.write_string(self._row, self._last, spec.right, self._text("right"))
            self._row += 1
        first_heading = self._row
        self._heading()
        return first_heading

    def _text(self, align: str, **properties: object) -> Format:
        """The format of what stands around the table."""
        return self._formats.make(font_size=self._spec.size, align=align, **properties)

    def _tall(self, height_pt: float) -> None:
        """Set the height of the row that is next."""
        self._sheet.set_row(self._row, round(height_pt * 4) / 4)

    def _paragraph(self, text: str, made: Format, size: float, *, spare_pt: float) -> None:
        """A row of text across the whole table, as high as it needs."""
        lines = _lines(text, sum(self._widths) - _PADDING_PT, size)
        self._tall(lines * size * _LINE_RATIO + spare_pt)
        self._sheet.write_string(self._row, 0, text, made)
        for place in range(1, self._last + 1):
            self._sheet.write_blank(self._row, place, None, made)
        self._merge(self._row, 0, self._row, self._last)
        self._row += 1

    def _merge(self, first_row: int, first: int, last_row: int, last: int) -> None:
        # merge_range would write the cells itself, and a merge over two rows would end the first before it is full
        if (first_row, first) != (last_row, last):
            self._sheet.merge.append((first_row, first, last_row, last))

    def _heading(self) -> None:
        """The heading in one row or two."""
        spec, size = self._spec, self._spec.size
        made = self._formats.make(
            font_name=HEADING_FONT, font_size=size, align="center", text_wrap=True, border=1, bg_color="#F2F2F2"
        )  # fmt: skip
        grouped = spec.header_rows > 1
        if grouped:
            self._tall(self._row_pt)
            for first, last, group in _runs(spec.columns):
                text = group or spec.columns[first].heading
                for place in range(first, last + 1):
                    self._sheet.write_string(self._row, place, text if place == first else "", made)
                self._merge(self._row, first, self._row + (not group), last)
            self._row += 1
        lines = max(
            _lines(column.heading, width - _PADDING_PT, size) - (grouped and not column.group)
            for column, width in zip(spec.columns, self._widths, strict=True)
        )
        self._tall(max(1, lines) * size * _LINE_RATIO + 10)
        for place, column in enumerate(spec.columns):
            self._sheet.write_string(
                self._row, place, "" if grouped and not column.group else column.heading, made
            )
        self._row += 1

    def _line(self, cells: Sequence[object], *, bold: bool) -> None:
        lines = 1
        for place, room in self._rooms.items():
            cell = cells[place]
            text, share = (cell.value, cell.count) if isinstance(cell, Joined) else (cell, 1)
            if isinstance(text, str) and text:
                lines = max(lines, -(-_lines(text, room, self._spec.size) // share))
        if lines > 1:
            self._tall(lines * self._spec.size * _LINE_RATIO + 4)
        for place, (column, value) in enumerate(zip(self._spec.columns, cells, strict=True)):
            if column.total and not bold:
                amount = value.value if isinstance(value, Formula) else value
                self._sums[place] += amount if isinstance(amount, int) else 0
            if isinstance(value, Joined):
                if value.place == 0:
                    self._merge(self._row, place, self._row + value.count - 1, place)
                value = value.value if value.place == 0 else None
            self._cell(place, column, value, bold=bold)
        self._row += 1
        if self._row >= MOST_ROWS:
            raise TooManyRows(sheet=self._name, most=MOST_ROWS)

    def _cell(self, place: int, column: Column, value: object, *, bold: bool) -> None:
        cell_format = self._cells[bold][place]
        if value is None or value == "":
            self._sheet.write_blank(self._row, place, None, cell_format)
        elif isinstance(value, str):
            if len(value.encode("utf-16-le")) > 2 * LONGEST_TEXT:
                raise TextTooLong(
                    sheet=self._name,
                    row=self._row + 1,
                    heading=column.heading,
                    length=len(value),
                    most=LONGEST_TEXT,
                )
            # a word in a column of figures (合计 of a Line, a reason) is still text
            self._sheet.write_string(self._row, place, value, cell_format)
        elif isinstance(value, Formula):
            letters = column_letters(place)
            expression = value.expression.format(row=self._row + 1, column=letters)
            shown = value.value if isinstance(value.value, str) else float(self._number(column, value.value))
            self._sheet.write_formula(
                self._row, place, "=" + expression.removeprefix("="), cell_format, shown
            )
        elif isinstance(value, date):
            self._sheet.write_datetime(self._row, place, value, cell_format)
        elif isinstance(value, int) and not isinstance(value, bool) and column.kind in _PLACES:
            self._sheet.write_number(self._row, place, self._number(column, value), cell_format)
        else:
            raise TypeError(f"{column.heading}: {type(value).__name__} in a column of {column.kind.name}")

    def _number(self, column: Column, value: int) -> Decimal:
        """The number as the file states it, all of its digits; Excel keeps 15."""
        if abs(value) >= _EXACT:
            raise NumberTooLarge(sheet=self._name, row=self._row + 1, heading=column.heading)
        return Decimal(value).scaleb(-_PLACES[column.kind])

    def _totals(self, first_row: int, last_row: int) -> None:
        cells: list[object] = []
        for place, column in enumerate(self._spec.columns):
            if column.total:
                letters = column_letters(place)
                expression = (
                    f"SUM({letters}{first_row + 1}:{letters}{last_row + 1})" if last_row >= first_row else "0"
                )
                cells.append(Formula(expression, self._sums[place]))
            else:
                cells.append(self._spec.total_label if place == 0 else None)
        self._line(cells, bold=True)

    def _closing(self) -> None:
        """Notes and signatures."""
        spec = self._spec
        for text in spec.notes:
            self._paragraph(text, self._text("left", text_wrap=True), spec.size, spare_pt=5)
        if spec.signatures:
            self._row += 1
            self._tall(self._row_pt * 1.4)
            for place, label in zip(self._signature_places(), spec.signatures, strict=False):
                self._sheet.write_string(self._row, place, label, self._text("left"))
            self._row += 1

    def _signature_places(self) -> list[int]:
        """The columns where the signatures begin, spread evenly over the paper; fewer where the table has no more."""
        share = sum(self._widths) / len(self._spec.signatures)
        edges = [sum(self._widths[:place]) for place in range(self._last + 1)]
        places: list[int] = []
        for number in range(len(self._spec.signatures)):
            free = range(places[-1] + 1 if places else 0, self._last + 1)
            if free:
                places.append(min(free, key=lambda place: abs(edges[place] - number * share)))
        return places


def _runs(columns: Sequence[Column]) -> Iterator[tuple[int, int, str]]:
    """Neighbouring columns of one group as (first, last, group); columns of none stand alone."""
    first = 0
    while first < len(columns):
        group = columns[first].group
        last = first
        while group and last + 1 < len(columns) and columns[last + 1].group == group:
            last += 1
        yield first, last, group
        first = last + 1
