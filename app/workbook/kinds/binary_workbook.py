"""An .xlsb workbook, read by our own pass over its records: sparse, and with errors and hidden rows. Layouts by [MS-XLSB]."""

import marshal
import math
import struct
from collections.abc import Iterator
from typing import Final

from app.workbook.cell_values import DATE, DATE_1904, DURATION, ERROR
from app.workbook.kinds.gate import Package
from app.workbook.kinds.old_workbook import ERROR_TEXTS, number_of_rk
from app.workbook.kinds.sheet_notes import Notes
from app.workbook.kinds.xlsx_parts import BUILTIN_DATES, BUILTIN_DURATION, Styles, kind_of_format, relations
from app.workbook.process import frames
from app.workbook.unreadable import DamagedWorkbook

_ROW, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = 0, 2, 3, 4, 5, 6, 7
_FORMULA_TEXT, _FORMULA_NUMBER, _FORMULA_BOOL, _FORMULA_ERROR = 8, 9, 10, 11
_RICH_TEXT: Final = 62
_SHARED_ITEM, _FONT, _FORMAT, _STYLE, _COLUMN = 19, 43, 44, 47, 60
_SHEET, _WORKBOOK_FACTS, _MERGE = 156, 153, 176
_BEGIN_STYLES, _END_STYLES = 617, 618
_BEGIN_DATA, _END_DATA = 145, 146
_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
_BLANK: Final = 0xFFFFFFFF


def records(blocks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """The records of a part: (kind, its bytes). Raises IndexError where the part ends inside one."""
    held, place = b"", 0
    for block in blocks:
        held, place = held[place:] + block, 0
        while True:
            try:
                kind, start = held[place], place + 1
                if kind & 0x80:
                    kind = kind & 0x7F | held[start] << 7
                    start += 1
                length = shift = 0
                while True:
                    byte = held[start]
                    start += 1
                    length |= (byte & 0x7F) << shift
                    shift += 7
                    if not byte & 0x80 or shift == 28:
                        break
            except IndexError:
                break
            if start + length > len(held):
                break
            yield kind, held[start : start + length]
            place = start + length
    if place < len(held):
        raise IndexError


def _wide_string(record: bytes, place: int) -> tuple[str, int]:
    """A text of 16-bit characters and the place after it."""
    length = struct.unpack_from("<I", record, place)[0]
    if length == _BLANK:
        return "", place + 4
    end = place + 4 + 2 * length
    if end > len(record):
        raise IndexError
    return record[place + 4 : end].decode("utf-16-le"), end


def read_binary(package: Package, part: str, send: frames.Send) -> None:
    """Send the sheets of an .xlsb. Raises DamagedWorkbook and what the gate raises."""
    try:
        _Reading(package, part).send(send)
    except (struct.error, IndexError, UnicodeDecodeError) as fault:
        raise DamagedWorkbook(name=package.name) from fault


class _Reading:
    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        related = relations(package, part)
        self._since_1904 = False
        self._sheets: list[tuple[str, bool, str]] = []
        for kind, record in records(package.blocks(part)):
            if kind == _SHEET:
                self._list(record, related)
            elif kind == _WORKBOOK_FACTS:
                self._since_1904 = bool(record[0] & 1)
        by_kind = {kind: package.find(target) for kind, target in related.values()}
        self._styles = self._read_styles(by_kind.get("styles"))
        self._texts = self._read_texts(by_kind.get("sharedStrings"))

    def _list(self, record: bytes, related: dict[str, tuple[str, str]]) -> None:
        target, place = _wide_string(record, 8)
        name, _ = _wide_string(record, place)
        kind, part = related.get(target, ("", ""))
        if kind != "worksheet":
            return
        found = self._package.find(part)
        if found is None:
            raise IndexError
        self._sheets.append((name, struct.unpack_from("<I", record)[0] != 0, found))

    def _read_texts(self, part: str | None) -> list[str]:
        if part is None:
            return []
        return [
            _wide_string(record, 1)[0]
            for kind, record in records(self._package.blocks(part))
            if kind == _SHARED_ITEM
        ]

    def _read_styles(self, part: str | None) -> Styles:
        styles = Styles()
        if part is None:
            return styles
        codes: dict[int, int] = {}
        struck_fonts: list[bool] = []
        in_cells = False
        for kind, record in records(self._package.blocks(part)):
            if kind == _FORMAT:
                codes[struct.unpack_from("<H", record)[0]] = kind_of_format(_wide_string(record, 2)[0])
            elif kind == _FONT:
                struck_fonts.append(bool(struct.unpack_from("<H", record, 2)[0] & 0x08))
            elif kind in (_BEGIN_STYLES, _END_STYLES):
                in_cells = kind == _BEGIN_STYLES
            elif kind == _STYLE and in_cells:
                _, code, font = struct.unpack_from("<HHH", record)
                found = codes.get(code)
                if found is None:
                    found = DATE if code in BUILTIN_DATES else DURATION if code == BUILTIN_DURATION else 0
                if font < len(struck_fonts) and struck_fonts[font]:
                    styles.struck.add(len(styles.date_kinds))
                styles.date_kinds.append(DATE_1904 if found == DATE and self._since_1904 else found)
        return styles

    def send(self, send: frames.Send) -> None:
        """Send every sheet."""
        if not self._sheets:
            raise IndexError
        send(frames.SHEETS, marshal.dumps([(name, hidden, 0) for name, hidden, _ in self._sheets]))
        for place, (_, _, part) in enumerate(self._sheets):
            merges = sorted(
                (first, last, column)
                for kind, record in records(self._package.blocks(part))
                if kind == _MERGE
                for first, last, column in (struct.unpack_from("<III", record),)
                if last > first
            )
            send(frames.SHEET, frames.pack_sheet(place, merges))
            self._send_rows(place, part, send)

    def _send_rows(self, place: int, part: str, send: frames.Send) -> None:
        sender, notes = frames.RowsSender(send, place), Notes()
        row, is_hidden, is_struck = -1, False, False
        cells: dict[int, object] = {}
        marks: list[tuple[int, int]] = []

        def end_row() -> None:
            if cells:
                line: list[object] = [""] * (max(cells) + 1)
                for column, value in cells.items():
                    line[column] = value
                sender.row(row + 1, line, list(marks))
                if is_hidden:
                    notes.hidden_rows.append(row + 1)
                if is_struck:
                    notes.struck_rows.append(row + 1)
            cells.clear()
            marks.clear()

        for kind, record in records(self._package.blocks(part)):
            if kind == _ROW:
                end_row()
                following = struct.unpack_from("<I", record)[0]
                if not row < following < _LAST_ROW:
                    raise IndexError
                row, is_hidden, is_struck = following, bool(record[11] & 0x10), False
            elif _RK <= kind <= _FORMULA_ERROR or kind == _RICH_TEXT:
                column, style = struct.unpack_from("<II", record)
                style &= 0xFFFFFF
                if column >= _LAST_COLUMN or row < 0:
                    raise IndexError
                value, mark = self._value(kind, record, style)
                if value == "" and mark == 0:
                    continue
                if mark == ERROR:
                    notes.error(row + 1, column, str(value))
                if column in cells:
                    notes.repeated(row + 1, column)
                cells[column] = value
                if mark:
                    marks.append((column, mark))
                is_struck = is_struck or self._styles.is_struck(style)
            elif kind == _COLUMN:
                first, last, width, _, bits = struct.unpack_from("<IIIIH", record)
                if bits & 1 or not width:
                    notes.hidden_columns.append((first, last + 1))
        end_row()
        sender.flush()
        notes.hidden_columns = [run for run in notes.hidden_columns if run[0] < sender.width]
        send(frames.SHEET_END, frames.pack_end(place, sender.width, notes, None, None))

    def _value(self, kind: int, record: bytes, style: int) -> tuple[object, int]:
        if kind in (_REAL, _FORMULA_NUMBER):
            number: float = struct.unpack_from("<d", record, 8)[0]
            return (number, self._styles.date_kind(style)) if math.isfinite(number) else ("#NUM!", ERROR)
        if kind == _RK:
            return number_of_rk(struct.unpack_from("<I", record, 8)[0]), self._styles.date_kind(style)
        if kind == _SHARED:
            return self._texts[struct.unpack_from("<I", record, 8)[0]], 0
        if kind in (_TEXT, _FORMULA_TEXT):
            return _wide_string(record, 8)[0], 0
        if kind == _RICH_TEXT:
            return _wide_string(record, 9)[0], 0
        if kind in (_BOOL, _FORMULA_BOOL):
            return bool(record[8]), 0
        return ERROR_TEXTS.get(record[8], "#N/A"), ERROR
