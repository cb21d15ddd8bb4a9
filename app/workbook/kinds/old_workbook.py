"""An old binary workbook (.xls, .et: BIFF5 and BIFF8), read by our own pass over its records. Layouts by [MS-XLS].

The library that reads these files gives errors as empty text, tells neither hidden rows nor struck-through fonts, makes
times of negative numbers, and gives up on files that Excel opens; all of it stands plainly in the records.
"""

import codecs
import marshal
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from app.workbook.cell_values import DATE, DATE_1904, DURATION, ERROR, NO_VALUE
from app.workbook.kinds.compound_file import BrokenCompound, CompoundFile
from app.workbook.kinds.sheet_notes import Notes
from app.workbook.kinds.xlsx_parts import BUILTIN_DATES, BUILTIN_DURATION, Styles, kind_of_format
from app.workbook.process import frames
from app.workbook.unreadable import (
    DamagedWorkbook,
    EncryptedWorkbook,
    NoSheets,
    NotAWorkbook,
    NotYetReadable,
    UnreadableWorkbook,
)

ERROR_TEXTS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _CODEPAGE, _DATEMODE = 0x0809, 0x000A, 0x002F, 0x0085, 0x0042, 0x0022
_FONT, _FORMAT, _FORMAT_OLD, _XF, _SST, _CONTINUE = 0x0031, 0x041E, 0x001E, 0x00E0, 0x00FC, 0x003C
_ROW, _COLINFO, _FILTERMODE, _MERGED = 0x0208, 0x007D, 0x009B, 0x00E5
_NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA, _STRING = 0x0203, 0x027E, 0x00BD, 0x0205, 0x0006, 0x0207
_LABELSST, _LABEL, _RSTRING = 0x00FD, 0x0204, 0x00D6
_FORMULAS: Final = frozenset((_FORMULA, 0x0206, 0x0406))
"""Some writers put the record of an older version into a newer file."""
_CELLS: Final = _FORMULAS | {_NUMBER, _RK, _MULRK, _BOOLERR, _LABELSST, _LABEL, _RSTRING}
_STRUCK: Final = 0x08
_HIDDEN_ROW: Final = 0x20
_BIFF5, _BIFF8 = 0x0500, 0x0600
_WORKSHEET: Final = 0
_CODEPAGES: Final = {
    367: "ascii",
    1200: "utf-16-le",
    10000: "mac-roman",
    32768: "mac-roman",
    32769: "cp1252",
    936: "gb18030",
    1252: "cp1252",
}


class BrokenRecords(Exception):
    """The records break off or point at what is not there."""


def read_old_workbook(body: bytes, name: str, send: frames.Send) -> None:
    """Send the sheets of an .xls. Raises EncryptedWorkbook, NotAWorkbook, NotYetReadable, NoSheets, DamagedWorkbook."""
    try:
        compound = CompoundFile(body)
        streams = set(compound)
        if not streams & {"workbook", "book"}:
            raise _refusal(streams, name, is_cut_short=compound.is_cut_short)
        reading = _Workbook(compound.read("workbook" if "workbook" in streams else "book"), name)
        kept = [sheet for sheet in reading.sheets if sheet.kind == _WORKSHEET]
        if not kept:
            raise NoSheets(name=name)
        send(frames.SHEETS, marshal.dumps([(sheet.name, sheet.hidden, 0) for sheet in kept]))
        for place, sheet in enumerate(kept):
            reading.send_sheet(place, sheet, send)
    except (BrokenCompound, BrokenRecords, struct.error, IndexError, UnicodeError) as fault:
        raise DamagedWorkbook(name=name) from fault


def _refusal(streams: set[str], name: str, *, is_cut_short: bool) -> UnreadableWorkbook:
    """Why a compound file is no old workbook."""
    if "encryptedpackage" in streams:
        return EncryptedWorkbook(name=name)
    if "worddocument" in streams:
        return NotAWorkbook(name=name, kind="Word 文档")
    if "powerpoint document" in streams:
        return NotAWorkbook(name=name, kind="演示文稿")
    if is_cut_short:
        return DamagedWorkbook(name=name)
    return NotAWorkbook(name=name, kind="认不出的 Office 文件")


@dataclass
class _Sheet:
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    kind: int
    place: int


@dataclass
class _Rows:
    """A sheet's cells, row → column → (value, mark), all from 0."""

    cells: dict[int, dict[int, tuple[object, int]]] = field(default_factory=dict)
    merges: list[tuple[int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    notes: Notes = field(default_factory=Notes)


class _Workbook:
    """The records before the sheets: their list, texts and styles."""

    def __init__(self, stream: bytes, name: str) -> None:
        self._stream = stream
        self.sheets: list[_Sheet] = []
        self._texts: list[str] = []
        self._codec = "cp1252"
        self._since_1904 = False
        self._is_new = True
        self._formats: dict[int, int] = {}
        self._struck_fonts: list[bool] = []
        self._styles = Styles()
        self._read_globals(name)

    def _read_globals(self, name: str) -> None:
        kind, first = next(self._records(0, with_bof=True), (0, b""))
        if kind != _BOF:
            raise BrokenRecords
        version = struct.unpack_from("<H", first)[0]
        if version not in (_BIFF5, _BIFF8):
            raise NotYetReadable(name=name, kind="很旧的 Excel（2.0–4.0）文件")
        self._is_new = version == _BIFF8
        styles: list[tuple[int, int]] = []
        for kind, record in self._records(0):
            if kind == _FILEPASS:
                raise EncryptedWorkbook(name=name)
            if kind == _CODEPAGE:
                self._codec = self._codec_of(struct.unpack_from("<H", record)[0])
            elif kind == _DATEMODE:
                self._since_1904 = record[0] == 1
            elif kind == _BOUNDSHEET:
                place, state, sheet_kind = struct.unpack_from("<IBB", record)
                self.sheets.append(_Sheet(self._short_text(record, 6), bool(state & 3), sheet_kind, place))
            elif kind == _FONT:
                self._struck_fonts.append(bool(struct.unpack_from("<H", record, 2)[0] & _STRUCK))
            elif kind in (_FORMAT, _FORMAT_OLD):
                self._formats[struct.unpack_from("<H", record)[0]] = kind_of_format(self._format_code(record))
            elif kind == _XF:
                font, code = struct.unpack_from("<HH", record)
                styles.append((font, code))
            elif kind == _SST:
                self._texts = _SharedTexts(record, self._continued).read()
        for font, code in styles:
            self._add_style(font, code)

    @staticmethod
    def _codec_of(page: int) -> str:
        codec = _CODEPAGES.get(page, f"cp{page}")
        try:
            codecs.lookup(codec)
        except LookupError:
            return "cp1252"
        return codec

    def _add_style(self, font: int, code: int) -> None:
        kind = self._formats.get(code)
        if kind is None:
            kind = DATE if code in BUILTIN_DATES else DURATION if code == BUILTIN_DURATION else 0
        font -= font > 4  # there is no font 4
        if font < len(self._struck_fonts) and self._struck_fonts[font]:
            self._styles.struck.add(len(self._styles.date_kinds))
        self._styles.date_kinds.append(DATE_1904 if kind == DATE and self._since_1904 else kind)

    # records

    def _records(self, place: int, *, with_bof: bool = False) -> Iterator[tuple[int, bytes]]:
        """The records of the substream that begins at `place`, without those of substreams inside it.

        `self._continued` are the CONTINUE records that follow the one just given.
        """
        depth, stream = 0, self._stream
        while place + 4 <= len(stream):
            kind, length = struct.unpack_from("<HH", stream, place)
            record = stream[place + 4 : place + 4 + length]
            place += 4 + length
            if kind == _BOF:
                depth += 1
                if with_bof:
                    yield kind, record
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif depth == 1 and kind != _CONTINUE:
                if len(record) < length:
                    raise BrokenRecords
                self._continued: list[bytes] = []
                while place + 4 <= len(stream) and stream[place : place + 2] == b"\x3c\0":
                    more = struct.unpack_from("<H", stream, place + 2)[0]
                    self._continued.append(stream[place + 4 : place + 4 + more])
                    place += 4 + more
                yield kind, record
        if depth > 0:
            raise BrokenRecords

    # texts

    def _short_text(self, record: bytes, place: int) -> str:
        length = record[place]
        if not self._is_new:
            return self._old_text(record[place + 1 : place + 1 + length])
        wide = record[place + 1] & 1
        start = place + 2
        if wide:
            return record[start : start + 2 * length].decode("utf-16-le", "replace")
        return record[start : start + length].decode("latin-1")

    def _text(self, record: bytes, place: int) -> str:
        if not self._is_new:
            length = struct.unpack_from("<H", record, place)[0]
            return self._old_text(record[place + 2 : place + 2 + length])
        return _SharedTexts(record, self._continued).one(place)

    def _old_text(self, text: bytes) -> str:
        """A text of BIFF5 in the workbook's code page; strict, for nothing may be replaced. Raises UnicodeError."""
        if self._codec == "utf-16-le" and len(text) % 2:
            return text.decode("latin-1")
        return text.decode(self._codec)

    def _format_code(self, record: bytes) -> str:
        """A number format, as far as it is there: some writers cut it short."""
        if not self._is_new:
            return self._short_text(record, 2)
        try:
            return self._text(record, 2)
        except BrokenRecords:
            return record[5:].decode("latin-1")

    # sheets

    def send_sheet(self, place: int, sheet: _Sheet, send: frames.Send) -> None:
        """Read a sheet and send it."""
        rows = self._read_sheet(sheet.place)
        send(frames.SHEET, frames.pack_sheet(place, sorted(rows.merges)))
        sender = frames.RowsSender(send, place)
        for number in sorted(rows.cells):
            row = rows.cells[number]
            line: list[object] = [""] * (max(row) + 1)
            for column, (value, _) in row.items():
                line[column] = value
            sender.row(number + 1, line, [(column, mark) for column, (_, mark) in row.items() if mark])
        sender.flush()
        notes = rows.notes
        notes.hidden_columns = [run for run in notes.hidden_columns if run[0] < sender.width]
        notes.hidden_rows.extend(row + 1 for row in sorted(rows.hidden & rows.cells.keys()))
        notes.struck_rows.extend(row + 1 for row in sorted(rows.struck))
        send(frames.SHEET_END, frames.pack_end(place, sender.width, notes, None, None))

    def _read_sheet(self, place: int) -> _Rows:
        rows = _Rows()
        waiting: tuple[int, int, int] | None = None  # a formula whose text is in a later record
        for kind, record in self._records(place):
            if kind in _CELLS:
                if waiting is not None:
                    rows.notes.without_value(waiting[0] + 1, waiting[1])
                    rows.cells.setdefault(waiting[0], {})[waiting[1]] = str(NO_VALUE), ERROR
                waiting = self._cell(kind, record, rows)
            elif kind == _STRING and waiting is not None:
                self._keep(rows, *waiting, self._text(record, 0), 0)
                waiting = None
            elif kind == _ROW:
                if struct.unpack_from("<H", record, 12)[0] & _HIDDEN_ROW:
                    rows.hidden.add(struct.unpack_from("<H", record)[0])
            elif kind == _COLINFO:
                first, last, width, _, bits = struct.unpack_from("<HHHHH", record)
                if bits & 1 or not width:
                    rows.notes.hidden_columns.append((first, last + 1))
            elif kind == _FILTERMODE:
                rows.notes.filtered = True
            elif kind == _MERGED:
                for one in range(struct.unpack_from("<H", record)[0]):
                    first, last, column, _ = struct.unpack_from("<HHHH", record, 2 + 8 * one)
                    if last > first:
                        rows.merges.append((first, last, column))
        return rows

    def _keep(self, rows: _Rows, row: int, column: int, style: int, value: object, mark: int) -> None:
        if value == "":
            return
        cells = rows.cells.setdefault(row, {})
        if column in cells:
            rows.notes.repeated(row + 1, column)
        cells[column] = value, mark
        if mark == ERROR:
            rows.notes.error(row + 1, column, str(value))
        if self._styles.is_struck(style):
            rows.struck.add(row)

    def _cell(self, kind: int, record: bytes, rows: _Rows) -> tuple[int, int, int] | None:
        """Keep a cell; gives the place and style of a formula whose text follows."""
        row, column, style = struct.unpack_from("<HHH", record)
        if kind == _MULRK:
            for one in range((len(record) - 6) // 6):
                style, packed = struct.unpack_from("<HI", record, 4 + 6 * one)
                self._number(rows, row, column + one, style, number_of_rk(packed))
        elif kind == _NUMBER:
            self._number(rows, row, column, style, struct.unpack_from("<d", record, 6)[0])
        elif kind == _RK:
            self._number(rows, row, column, style, number_of_rk(struct.unpack_from("<I", record, 6)[0]))
        elif kind == _LABELSST:
            self._keep(rows, row, column, style, self._texts[struct.unpack_from("<I", record, 6)[0]], 0)
        elif kind in (_LABEL, _RSTRING):
            self._keep(rows, row, column, style, self._text(record, 6), 0)
        elif kind == _BOOLERR:
            self._truth(rows, row, column, style, record[6], is_error=bool(record[7]))
        elif record[12:14] != b"\xff\xff":
            self._number(rows, row, column, style, struct.unpack_from("<d", record, 6)[0])
        elif record[6] == 0:
            return row, column, style
        elif record[6] in (1, 2):
            self._truth(rows, row, column, style, record[8], is_error=record[6] == 2)
        return None

    def _number(self, rows: _Rows, row: int, column: int, style: int, number: float) -> None:
        if math.isfinite(number):
            self._keep(rows, row, column, style, number, self._styles.date_kind(style))
        else:
            self._keep(rows, row, column, style, "#NUM!", ERROR)

    def _truth(self, rows: _Rows, row: int, column: int, style: int, code: int, *, is_error: bool) -> None:
        if is_error:
            self._keep(rows, row, column, style, ERROR_TEXTS.get(code, "#N/A"), ERROR)
        else:
            self._keep(rows, row, column, style, bool(code), 0)


class _SharedTexts:
    """Texts that may go on in CONTINUE records, where a text's characters begin anew with their own width."""

    def __init__(self, record: bytes, continued: list[bytes]) -> None:
        self._parts = [record, *continued]
        self._part = self._place = 0

    def read(self) -> list[str]:
        """All texts of an SST."""
        count = struct.unpack_from("<I", self._parts[0], 4)[0]
        self._place = 8
        texts = []
        for _ in range(count):
            if self._part >= len(self._parts) or self._at_end():
                break  # some writers count more than there are; a cell that points there is refused
            texts.append(self._one())
        return texts

    def one(self, place: int) -> str:
        """The text at a place of the record."""
        self._place = place
        return self._one()

    def _at_end(self) -> bool:
        while self._part < len(self._parts) and self._place >= len(self._parts[self._part]):
            self._part, self._place = self._part + 1, 0
        return self._part >= len(self._parts)

    def _take(self, count: int) -> bytes:
        """Bytes that go over record borders as they are."""
        taken = b""
        while len(taken) < count:
            if self._at_end():
                raise BrokenRecords
            part = self._parts[self._part][self._place : self._place + count - len(taken)]
            taken += part
            self._place += len(part)
        return taken

    def _one(self) -> str:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        text = self._characters(length, wide=bool(flags & 1))
        self._take(4 * runs)
        self._take(extra)
        return text

    def _characters(self, length: int, *, wide: bool) -> str:
        raw: list[bytes] = []
        while length:
            part = self._parts[self._part]
            if self._place >= len(part):
                self._part, self._place = self._part + 1, 0
                if self._part >= len(self._parts) or not self._parts[self._part]:
                    raise BrokenRecords
                wide = bool(self._parts[self._part][0] & 1)
                self._place = 1
                continue
            size = 2 if wide else 1
            count = min(length, (len(part) - self._place) // size)
            if not count:
                raise BrokenRecords
            held = part[self._place : self._place + count * size]
            raw.append(held if wide else held.decode("latin-1").encode("utf-16-le"))
            self._place += count * size
            length -= count
        return b"".join(raw).decode("utf-16-le", "surrogatepass").encode("utf-8", "replace").decode()


def number_of_rk(packed: int) -> float:
    """The number of an RK: a 30-bit integer or the upper half of a double, either of them in hundredths.

    >>> number_of_rk(100 << 2 | 0b11)
    1.0
    """
    if packed & 2:
        whole = packed >> 2
        number = float(whole - (1 << 30) if whole >= 1 << 29 else whole)
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number
