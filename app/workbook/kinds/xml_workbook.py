"""Excel's XML workbook of 2003 (XML 表格), which many systems export under the name .xls."""

import marshal
import re
from dataclasses import dataclass, field
from typing import Final

from app.workbook.cell_values import ERROR, ISO_DATE, NO_VALUE
from app.workbook.kinds.sheet_notes import Notes
from app.workbook.kinds.xlsx_parts import BrokenPart, parse
from app.workbook.process import frames
from app.workbook.unreadable import DamagedWorkbook

_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?").fullmatch
_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384


@dataclass
class _Sheet:
    """A sheet being read."""

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, tuple[object, int]]] = field(default_factory=dict)
    merges: list[tuple[int, int, int]] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)


def read_xml_workbook(text: str, name: str, send: frames.Send) -> None:
    """Send its sheets. Raises DamagedWorkbook."""
    reading = _Reading()
    declared = re.match(r"<\?xml[^>]*\?>", text)
    try:
        parse(
            (text[declared.end() :] if declared else text).encode("utf-8", "surrogatepass"),
            reading.start,
            reading.end,
            reading.characters,
        )
    except BrokenPart as fault:
        raise DamagedWorkbook(name=name) from fault
    if not reading.sheets:
        raise DamagedWorkbook(name=name)
    send(frames.SHEETS, marshal.dumps([(one.name, one.hidden, len(one.rows)) for one in reading.sheets]))
    for place, sheet in enumerate(reading.sheets):
        send(frames.SHEET, frames.pack_sheet(place, sorted(sheet.merges)))
        sender = frames.RowsSender(send, place)
        for number in sorted(sheet.rows):
            row = sheet.rows[number]
            cells: list[object] = [""] * (max(row) + 1)
            for column, (value, _) in row.items():
                cells[column] = value
            sender.row(number, cells, [(column, mark) for column, (_, mark) in row.items() if mark])
        sender.flush()
        send(frames.SHEET_END, frames.pack_end(place, sender.width, sheet.notes, None, None))


class _Reading:
    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self._struck_styles: set[str] = set()
        self._style = ""
        self._row = self._column = 0
        self._row_is_hidden = False
        self._after_row = 0
        self._is_in_data = False
        self._kind = ""
        self._texts: list[str] = []
        self._cell_style = ""
        self._has_formula = self._has_value = False
        self._wide = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        facts = {key[key.find(":") + 1 :]: value for key, value in attributes.items()}
        if tag == "Style":
            self._style = facts.get("ID", "")
        elif tag == "Font" and facts.get("StrikeThrough", "0") == "1":
            self._struck_styles.add(self._style)
        elif tag == "Worksheet":
            self.sheets.append(_Sheet(facts.get("Name", "")))
            self._row = self._after_row = 0
        elif not self.sheets:
            return
        elif tag == "Row":
            self._row = self._index(facts, self._row + 1, _LAST_ROW)
            self._column, self._wide = 0, 0
            self._row_is_hidden = facts.get("Hidden", "0") == "1"
            self._after_row = self._row + self._whole(facts.get("Span", "0"))
        elif tag == "Cell":
            self._column = self._index(facts, self._column + 1 + self._wide, _LAST_COLUMN)
            self._wide = self._whole(facts.get("MergeAcross", "0"))
            down = self._whole(facts.get("MergeDown", "0"))
            if down:
                self.sheets[-1].merges.append((self._row - 1, self._row - 1 + down, self._column - 1))
            self._cell_style = facts.get("StyleID", "")
            self._has_formula, self._has_value = "Formula" in facts, False
        elif tag == "Visible":
            self._texts = []
        elif tag == "Data" and self._column:
            self._is_in_data, self._kind, self._texts = True, facts.get("Type", "String"), []

    def end(self, tag: str) -> None:
        if tag == "Data" and self._is_in_data:
            self._is_in_data = False
            self._take("".join(self._texts))
        elif tag == "Cell" and self.sheets and self._has_formula and not self._has_value:
            self.sheets[-1].notes.without_value(self._row, self._column - 1)
            self.sheets[-1].rows.setdefault(self._row, {})[self._column - 1] = (str(NO_VALUE), ERROR)
        elif tag == "Row":
            self._row = max(self._row, self._after_row)
        elif tag == "Visible" and self.sheets:
            self.sheets[-1].hidden = "Hidden" in "".join(self._texts)

    def characters(self, text: str) -> None:
        self._texts.append(text)

    def _take(self, text: str) -> None:
        sheet, row, column = self.sheets[-1], self._row, self._column - 1
        self._has_value = True
        value, mark = self._value(sheet.notes, text, row, column)
        if value == "":
            return
        sheet.rows.setdefault(row, {})[column] = (value, mark)
        if self._row_is_hidden and sheet.notes.hidden_rows[-1:].tolist() != [row]:
            sheet.notes.hidden_rows.append(row)
        if self._cell_style in self._struck_styles and sheet.notes.struck_rows[-1:].tolist() != [row]:
            sheet.notes.struck_rows.append(row)

    def _value(self, notes: Notes, text: str, row: int, column: int) -> tuple[object, int]:
        kind = self._kind
        if kind == "Number":
            if _NUMBER(text.strip()):
                return float(text), 0
            notes.odd(row, column, text)
        elif kind == "DateTime":
            return text.strip(), ISO_DATE
        elif kind == "Boolean" and text.strip() in ("0", "1"):
            return text.strip() == "1", 0
        elif kind == "Error":
            notes.error(row, column, text.strip())
            return text.strip(), ERROR
        return text, 0

    def _index(self, facts: dict[str, str], following: int, most: int) -> int:
        place = self._whole(facts["Index"]) if "Index" in facts else following
        if not 0 < place <= most or ("Index" in facts and place < following):
            raise BrokenPart
        return place

    @staticmethod
    def _whole(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 8):
            raise BrokenPart
        return int(text)
