"""Workbooks that the program writes, in one place: typed columns, live totals, ready for printing on A4.

The paper is an office's: 小标宋 over 宋体, text wrapped in rows tall enough for it, headings repeated on every page and page
x of y. Where pages end is left to WPS and Excel: their fonts, and so their widths, differ from machine to machine.
Streaming: rows may come from a query and are never held. The same sheets and the same `created` give the same bytes.
Text is always written as text, so that nothing an office typed can become a formula.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import walk_tb
from typing import Final
from zipfile import ZipFile

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.workbook.cell_looks import (
    DEFAULT_FONT,
    HEADING_FONT,
    INDENT_PT,
    LINE_RATIO,
    PADDING_PT,
    TITLE_FONT,
    Formats,
    column_pt,
    halves_of,
    is_indented,
    lines_of,
    wraps,
)
from app.workbook.columns import column_letters
from app.workbook.safe_file import replacing
from app.workbook.sheet_parts import Banner, Formula, Joined, Line, SheetSpec, sheet_names
from app.workbook.table_columns import Column, Kind
from models.domain.refusal import Refusal

__all__ = [
    "DEFAULT_FONT",
    "Banner",
    "Column",
    "Formula",
    "Joined",
    "Kind",
    "Line",
    "NumberTooLarge",
    "SheetSpec",
    "TextTooLong",
    "TooManyRows",
    "sheet_names",
    "write_workbook",
]

MOST_ROWS: Final = 1_048_576
LONGEST_TEXT: Final = 32_767
_SURELY_SHORT: Final = LONGEST_TEXT // 2
"""Characters that Excel, which counts some of them twice, surely takes."""
_A4: Final = 9
_MARGINS: Final = {"left": 0.45, "right": 0.45, "top": 0.6, "bottom": 0.7}
_BESIDE: Final = "　" * 4
_FOOTER: Final = "&C第 &P 页 共 &N 页"


class TooManyRows(Refusal):
    """More rows than a sheet of Excel can hold."""

    form = "工作表“{sheet}”超过 Excel 每张表 {most} 行的上限，没有写出文件。请按村或按年度分开导出。"


class TextTooLong(Refusal):
    """A text longer than a cell of Excel can hold."""

    form = "工作表“{sheet}”第 {row} 行“{heading}”有 {length} 个字，超过 Excel 每格 {most} 个字的上限，没有写出文件。请缩短后重试。"


class NumberTooLarge(Refusal):
    """A number that Excel, with its 15 digits, would round."""

    form = "工作表“{sheet}”第 {row} 行“{heading}”的数超过 15 位，Excel 存不准，没有写出文件。请核对这个数。"


_PLACES: Final[Mapping[Kind, int]] = {
    Kind.COUNT: 0,
    Kind.MONEY: 2,
    Kind.QUANTITY: 4,
    Kind.RATE: 4,
    Kind.SHARE: 4,
}
_EXACT: Final = 10**15


def write_workbook(
    path: Path, sheets: Sequence[SheetSpec], *, created: datetime, inputs: Iterable[Path] = ()
) -> None:
    """Write `sheets` to `path` (.xlsx), whole or not at all; `created` is the time it says it was made.

    Raises WouldOverwriteInput when `path` is one of `inputs`, TooManyRows, TextTooLong, NumberTooLarge, and the
    WorldErrors of models.store.durable; then nothing is written.
    """
    with (
        replacing(path, inputs) as part,
        TemporaryDirectory(prefix="xiangcai-", ignore_cleanup_errors=True) as aside,
        open(part, "wb") as stream,
    ):
        book = xlsxwriter.Workbook(stream, {"constant_memory": True, "tmpdir": aside})
        try:
            book.set_properties({"created": created})
            formats = Formats(book)
            for name, spec in zip(sheet_names([spec.name for spec in sheets]), sheets, strict=True):
                _SheetWriter(book.add_worksheet(name), name, spec, formats).write()
            book.close()
        except FileCreateError as error:
            _abandon(book)
            fault: OSError = error.args[0]  # `replacing` has a sentence for it
            _abandon_packing(fault)
            raise fault from None
        except BaseException:
            _abandon(book)
            raise


def _abandon(book: xlsxwriter.Workbook) -> None:
    """Let go of a workbook that will not be written, and of the rows kept aside for it."""
    book.fileclosed = 1  # its destructor would write the file after all
    for sheet in book.worksheets():
        with suppress(OSError):  # rows that found no room find none now: the first fault is the one to tell
            sheet.row_data_fh.close()


def _abandon_packing(fault: OSError) -> None:
    """Let go of the package that the library leaves open at a fault: ending, it would write once more and complain aloud."""
    for frame, _ in walk_tb(fault.__traceback__):
        for held in frame.f_locals.values():
            if isinstance(held, ZipFile):
                held.fp = None


class _SheetWriter:
    """Writes one sheet from the top down: in constant memory a row that was left cannot be written again."""

    def __init__(self, sheet: Worksheet, name: str, spec: SheetSpec, formats: Formats) -> None:
        self._sheet = sheet
        self._name = name
        self._spec = spec
        self._formats = formats
        self._last = len(spec.columns) - 1
        self._sums = [0] * len(spec.columns)
        self._row = 0
        self._widths = [column_pt(column) for column in spec.columns]
        # the room for text in the columns that wrap, and how many characters surely stand on one line there
        self._rooms = {
            place: (room, halves_of(room, spec.size) // 2)
            for place, column in enumerate(spec.columns)
            if wraps(column)
            for room in (column_pt(column) - PADDING_PT - INDENT_PT * is_indented(column),)
        }
        self._summed = [place for place, column in enumerate(spec.columns) if column.total]
        self._cells = {
            bold: [formats.cell(column, spec.size, bold=bold) for column in spec.columns]
            for bold in (False, True)
        }
        self._row_pt = spec.size * 1.6
        self._page_starts: list[int] = []

    def write(self) -> None:
        """Everything, top to bottom, then what belongs to the sheet as a whole."""
        spec, sheet = self._spec, self._sheet
        sheet.set_default_row(self._row_pt)
        for place, column in enumerate(spec.columns):
            sheet.set_column(place, place, column.width)
        first_heading = self._opening()
        first_row = self._row
        last_row = first_row - 1
        for row in spec.rows:
            if isinstance(row, Banner):
                self._banner(row)
            elif isinstance(row, Line):
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
        self._page(0 if spec.repeat_title else first_heading, first_row - 1, self._row - 1)

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
        if self._page_starts:
            sheet.set_h_pagebreaks(self._page_starts)
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
        lines = lines_of(text, sum(self._widths) - PADDING_PT, size)
        self._tall(lines * size * LINE_RATIO + spare_pt)
        self._sheet.write_string(self._row, 0, text, made)
        for place in range(1, self._last + 1):
            self._sheet.write_blank(self._row, place, None, made)
        self._merge(self._row, 0, self._row, self._last)
        self._row += 1

    def _banner(self, banner: Banner) -> None:
        """Words across the table, framed as its rows are unless they stand between two of its parts."""
        made = self._text("left", text_wrap=True, border=int(banner.framed), bold=banner.bold, indent=1)
        if banner.page and self._row > self._spec.first_row - 1:
            self._page_starts.append(self._row)
        self._paragraph(banner.text, made, self._spec.size, spare_pt=6)

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
            lines_of(column.heading, width - PADDING_PT, size) - (grouped and not column.group)
            for column, width in zip(spec.columns, self._widths, strict=True)
        )
        self._tall(max(1, lines) * size * LINE_RATIO + 10)
        for place, column in enumerate(spec.columns):
            self._sheet.write_string(
                self._row, place, "" if grouped and not column.group else column.heading, made
            )
        self._row += 1

    def _line(self, cells: Sequence[object], *, bold: bool) -> None:
        self._heighten(cells)
        if not bold:
            for place in self._summed:
                value = cells[place]
                amount = value.value if isinstance(value, Formula) else value
                self._sums[place] += amount if isinstance(amount, int) else 0
        row, sheet = self._row, self._sheet
        for place, (value, made) in enumerate(zip(cells, self._cells[bold], strict=True)):
            # most cells of a long table are short texts: they take the short way
            if type(value) is str and 0 < len(value) <= _SURELY_SHORT:
                sheet.write_string(row, place, value, made)
            else:
                self._cell(place, value, made)
        self._row += 1
        if self._row >= MOST_ROWS:
            raise TooManyRows(sheet=self._name, most=MOST_ROWS)

    def _heighten(self, cells: Sequence[object]) -> None:
        """Make the row that is next as high as its longest text needs."""
        lines = 1
        for place, (room, surely) in self._rooms.items():
            cell = cells[place]
            text, share = (cell.value, cell.count) if isinstance(cell, Joined) else (cell, 1)
            if isinstance(text, str) and (len(text) > surely or "\n" in text):
                lines = max(lines, -(-lines_of(text, room, self._spec.size) // share))
        if lines > 1:
            self._tall(lines * self._spec.size * LINE_RATIO + 4)

    def _cell(self, place: int, value: object, cell_format: Format) -> None:
        column = self._spec.columns[place]
        if isinstance(value, Joined):
            if value.place == 0:
                self._merge(self._row, place, self._row + value.count - 1, place)
            value = value.value if value.place == 0 else None
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
            places = self._signature_places()
            if not places:
                self._sheet.write_string(self._row, 0, _BESIDE.join(spec.signatures), self._text("left"))
            for place, label in zip(places, spec.signatures, strict=False):
                self._sheet.write_string(self._row, place, label, self._text("left"))
            self._row += 1

    def _signature_places(self) -> list[int]:
        """The columns where the signatures begin, spread evenly over the paper; none where one would run into the next."""
        labels, size = self._spec.signatures, self._spec.size
        share = sum(self._widths) / len(labels)
        edges = [sum(self._widths[:place]) for place in range(self._last + 2)]
        places: list[int] = []
        for number in range(len(labels)):
            free = range(places[-1] + 1 if places else 0, self._last + 1)
            if not free:
                return []
            places.append(min(free, key=lambda place: abs(edges[place] - number * share)))
        rooms = [edges[after] - edges[place] for place, after in pairwise([*places, self._last + 1])]
        fits = all(len(label) * size <= room for label, room in zip(labels[:-1], rooms[:-1], strict=True))
        return places if fits else []


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
