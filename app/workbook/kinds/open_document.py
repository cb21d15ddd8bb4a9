"""An .ods workbook, read by our own pass over its content: sparse, however often a row or cell says it is repeated."""

import marshal
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Final
from xml.parsers import expat

from app.workbook.cell_values import DATE_PARTS, ERROR, ISO_DATE, NO_VALUE, parts_of
from app.workbook.kinds.gate import Package
from app.workbook.kinds.sheet_notes import Notes
from app.workbook.kinds.xlsx_parts import BrokenPart
from app.workbook.process import frames
from app.workbook.unreadable import DamagedWorkbook, NotAWorkbook, OutsideSheet, TooLarge

_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
_MOST_CELLS: Final = 40_000_000
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?").fullmatch
_LENGTH: Final = re.compile(
    r"(-?)P(?:([0-9]{1,7})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:[.,]([0-9]+))?S)?)?"
).fullmatch
_NUMERIC: Final = frozenset(("float", "percentage", "currency"))
_UNSEEN: Final = frozenset(("annotation", "ruby-text", "tracked-changes", "shape", "custom-shape", "frame"))
_ERROR_TEXT: Final = re.compile(r"#[A-Z/0!?]+|Err:[0-9]+").match

Start = Callable[[str, dict[str, str]], None]


def read_open_document(package: Package, send: frames.Send) -> None:
    """Send the sheets of an .ods. Raises DamagedWorkbook, NotAWorkbook, OutsideSheet, TooLarge and what the gate raises."""
    part = package.find("content.xml")
    if part is None:
        raise DamagedWorkbook(name=package.name)
    _read(lambda: package.xml_blocks(part), package.name, send)


def read_flat_document(text: str, name: str, send: frames.Send) -> None:
    """Send the sheets of an .fods, an OpenDocument in one XML file. Raises as `read_open_document`."""
    whole = text.encode("utf-8", "surrogatepass")
    _read(lambda: iter((whole,)), name, send)


def _read(blocks: Callable[[], Iterator[bytes]], name: str, send: frames.Send) -> None:
    listing = _Listing()
    try:
        _parse(blocks(), listing.start, listing.end, None)
        if not listing.is_spreadsheet:
            raise NotAWorkbook(name=name, kind="ODF 文档")
        if not listing.tables:
            raise DamagedWorkbook(name=name)
        send(frames.SHEETS, marshal.dumps([(one.name, one.hidden, one.rows) for one in listing.tables]))
        reading = _Reading(listing, name, send)
        _parse(blocks(), reading.start, reading.end, reading.characters)
    except BrokenPart as fault:
        raise DamagedWorkbook(name=name) from fault


def _parse(
    blocks: Iterator[bytes],
    start: Start,
    end: Callable[[str], None],
    characters: Callable[[str], None] | None,
) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    if characters is not None:
        parser.CharacterDataHandler = characters

    def refuse(*_: object) -> None:
        raise BrokenPart

    parser.StartDoctypeDeclHandler = refuse
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeError, ValueError, LookupError) as fault:
        raise BrokenPart from fault


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise BrokenPart
    return max(1, int(text))


@dataclass
class _Table:
    """A sheet as the first pass lists it; `hidden_columns` are runs (first, last excluded)."""

    name: str
    hidden: bool
    rows: int = 0
    filtered: bool = False
    merges: list[tuple[int, int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


class _Listing:
    """The first pass: the sheets, their merges, and the styles that hide or strike through."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.is_spreadsheet = False
        self.struck_styles: set[str] = set()
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = 0
        self._row = self._column = self._next_column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif tag == "style:text-properties":
            if (
                attributes.get(
                    "style:text-line-through-style", attributes.get("style:text-line-through-type", "none")
                )
                != "none"
            ):
                self.struck_styles.add(self._style)
        elif tag == "office:spreadsheet":
            self.is_spreadsheet = True
        elif tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                hidden = attributes.get("table:style-name", "") in self._hidden_styles
                self.tables.append(_Table(attributes.get("table:name", ""), hidden))
                self._row = self._next_column = 0
        elif self._depth != 1:
            return
        elif tag == "table:table-column":
            first = self._next_column
            self._next_column += _times(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility", "visible") != "visible":
                self.tables[-1].hidden_columns.append((first, self._next_column))
        elif tag == "table:table-row":
            self._column = 0
            self.tables[-1].rows += 1
            self.tables[-1].filtered |= attributes.get("table:visibility") == "filter"
            self._times = _times(attributes, "table:number-rows-repeated")
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            tall = _times(attributes, "table:number-rows-spanned")
            if tall > 1:
                self.tables[-1].merges.append((self._row, self._row + tall - 1, self._column))
            self._column += _times(attributes, "table:number-columns-repeated")

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self._depth -= 1
        elif tag == "table:table-row" and self._depth == 1:
            self._row += self._times


class _Reading:
    """The second pass: the rows."""

    def __init__(self, listing: _Listing, name: str, send: frames.Send) -> None:
        self._listing, self._name, self._send = listing, name, send
        self._depth = 0
        self._place = -1
        self._sent = 0
        self._unseen = 0
        self._cells: dict[int, tuple[object, int]] = {}
        self._attributes: dict[str, str] | None = None
        self._paragraphs: list[str] = []
        self._in_paragraph = 0
        self._column = self._row = 0
        self._rows_repeated = 1
        self._row_is_hidden = self._row_is_struck = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._start_table()
        elif self._depth != 1:
            return
        elif tag.rpartition(":")[2] in _UNSEEN:
            self._unseen += 1
        elif self._unseen:
            return
        elif tag == "table:table-row":
            self._cells, self._column = {}, 0
            self._rows_repeated = _times(attributes, "table:number-rows-repeated")
            self._row_is_hidden = attributes.get("table:visibility", "visible") != "visible"
            self._row_is_struck = False
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._attributes, self._paragraphs = attributes, []
        elif tag in ("text:p", "text:h"):
            if self._attributes is not None:
                self._in_paragraph += 1
                self._paragraphs.append("")
        elif self._in_paragraph:
            if tag == "text:s":
                self._paragraphs[-1] += " " * min(_times(attributes, "text:c"), 1000)
            elif tag in ("text:tab", "text:line-break"):
                self._paragraphs[-1] += "\t" if tag == "text:tab" else "\n"

    def end(self, tag: str) -> None:
        if tag == "table:table":
            if self._depth == 1:
                self._end_table()
            self._depth -= 1
        elif self._depth != 1:
            return
        elif tag.rpartition(":")[2] in _UNSEEN:
            self._unseen -= 1
        elif self._unseen:
            return
        elif tag in ("text:p", "text:h"):
            self._in_paragraph = max(0, self._in_paragraph - 1)
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell()
        elif tag == "table:table-row":
            self._end_row()

    def characters(self, text: str) -> None:
        if self._in_paragraph and not self._unseen:
            self._paragraphs[-1] += text

    # tables, rows, cells

    def _start_table(self) -> None:
        self._place += 1
        table = self._listing.tables[self._place]
        self._send(frames.SHEET, frames.pack_sheet(self._place, sorted(table.merges)))
        self._sender, self._notes = frames.RowsSender(self._send, self._place), Notes()
        self._row = 0

    def _end_table(self) -> None:
        table, notes, sender = self._listing.tables[self._place], self._notes, self._sender
        sender.flush()
        notes.filtered = table.filtered
        notes.hidden_columns = [run for run in table.hidden_columns if run[0] < sender.width]
        self._send(frames.SHEET_END, frames.pack_end(self._place, sender.width, notes, None, None))

    def _end_row(self) -> None:
        cells, first = self._cells, self._row + 1
        self._row += self._rows_repeated
        if not cells:
            return
        line: list[object] = [""] * (max(cells) + 1)
        for column, (value, _) in cells.items():
            line[column] = value
        marks = [(column, mark) for column, (_, mark) in cells.items() if mark]
        self._sent += len(line) * self._rows_repeated
        if self._row > _LAST_ROW:
            raise OutsideSheet(name=self._name)
        if self._sent > _MOST_CELLS:
            raise TooLarge(name=self._name, what="展开后的内容", limit=_MOST_CELLS * 8 // 1_000_000)
        for number in range(first, self._row + 1):
            self._sender.row(number, list(line), marks)
            if self._row_is_hidden:
                self._notes.hidden_rows.append(number)
            if self._row_is_struck:
                self._notes.struck_rows.append(number)
            for column, mark in marks:
                if mark == ERROR and line[column] != NO_VALUE:
                    self._notes.error(number, column, str(line[column]))

    def _end_cell(self) -> None:
        attributes = self._attributes
        self._attributes = None
        if attributes is None:
            return
        times = _times(attributes, "table:number-columns-repeated")
        value, mark = self._value(attributes, "\n".join(self._paragraphs))
        first = self._column
        self._column += times
        if value == "":
            return
        if self._column > _LAST_COLUMN:
            raise OutsideSheet(name=self._name)
        for column in range(first, self._column):
            self._cells[column] = (value, mark)
        if attributes.get("table:style-name", "") in self._listing.struck_styles:
            self._row_is_struck = True

    def _value(self, attributes: dict[str, str], text: str) -> tuple[object, int]:
        kind = attributes.get("office:value-type", "")
        if attributes.get("calcext:value-type") == "error" or (
            "table:formula" in attributes and kind != "string" and _ERROR_TEXT(text) is not None
        ):
            return text or "#N/A", ERROR
        if kind in _NUMERIC:
            stored = attributes.get("office:value", "").strip()
            if _NUMBER(stored):
                return float(stored), 0
        elif kind == "date":
            return attributes.get("office:date-value", text), ISO_DATE
        elif kind == "time":
            return _time_of(attributes.get("office:time-value", ""), text)
        elif kind == "boolean":
            return attributes.get("office:boolean-value", "") == "true", 0
        elif kind == "string":
            return attributes.get("office:string-value", text), 0
        if not text and "table:formula" in attributes:
            self._notes.without_value(self._row + 1, self._column)
            return str(NO_VALUE), ERROR
        return text, 0


def _time_of(stored: str, shown: str) -> tuple[object, int]:
    """A time of day below 24 hours, else a length of time; what is shown where it cannot be read."""
    found = _LENGTH(stored)
    if found is None:
        return shown, 0
    sign, days, hours, minutes, seconds, fraction = found.groups()
    length = timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=int(f"{(fraction or '0')[:6]:0<6}"),
    )
    if not sign and length < timedelta(days=1):
        whole, micro = divmod(length.seconds, 60), length.microseconds
        return parts_of(time(whole[0] // 60, whole[0] % 60, whole[1], micro)), DATE_PARTS
    return parts_of(-length if sign else length), DATE_PARTS
