"""The rows of an .xlsx sheet by expat: slow, and right about everything XML allows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384


class BrokenSheet(Exception):
    """The XML cannot be read to its end, or points at what is not there."""


class BeyondSheet(BrokenSheet):
    """A cell below the last row or beyond the last column that a sheet has."""


class OutOfOrder(Exception):
    """A row or cell belongs above what was read before."""

    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__(row)


def check_place(row: int, column: int) -> None:
    """Raises BrokenSheet for a row from 1 and a column from 0 that no sheet has."""
    if row > LAST_ROW or column >= LAST_COLUMN:
        raise BeyondSheet
    if row < 1:
        raise BrokenSheet


@dataclass(slots=True)
class ExpatCell:
    """A cell as expat gives it."""

    reference: str | None
    style: int
    kind: str
    value: str | None = None
    inline: str | None = None
    has_formula: bool = False
    struck: bool = False


class ExpatRows:
    """Reads rows with all their attributes; feed it whole rows, or a whole part."""

    def __init__(self, take: "Callable[[int | None, dict[str, str], list[ExpatCell]], None]") -> None:
        self._take = take
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._attributes: dict[str, str] = {}
        self._cells: list[ExpatCell] = []
        self._cell: ExpatCell | None = None
        self._texts: list[str] | None = None
        self._phonetic = 0
        self._inside = False
        self._struck_runs = self._plain_runs = 0

    def feed(self, text: str | bytes, *, last: bool = False) -> None:
        """Raises BrokenSheet."""
        try:
            self._parser.Parse(text, last)
        except (expat.ExpatError, UnicodeError, ValueError) as fault:
            raise BrokenSheet from fault

    def _refuse(self, *_: object) -> None:
        raise BrokenSheet

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag[tag.find(":") + 1 :]
        if not self._inside:
            self._inside = tag == "sheetData"
        elif tag == "c":
            self._cell = ExpatCell(
                attributes.get("r"), whole_number(attributes.get("s", "0")), attributes.get("t", "n")
            )
            self._cells.append(self._cell)
        elif tag in ("v", "t"):
            self._texts = []
        elif tag == "f":
            if self._cell is not None:
                self._cell.has_formula = True
        elif tag == "rPh":
            self._phonetic += 1
        elif tag == "row":
            self._attributes, self._cells = attributes, []
        elif tag == "is":
            self._struck_runs = self._plain_runs = 0
        elif tag == "r":
            self._plain_runs += 1
        elif tag == "strike" and attributes.get("val", "1") not in ("0", "false"):
            self._struck_runs += 1

    def _end(self, tag: str) -> None:
        tag = tag[tag.find(":") + 1 :]
        cell = self._cell
        if tag == "v":
            if cell is not None and self._texts is not None:
                cell.value = "".join(self._texts)
            self._texts = None
        elif tag == "t":
            if cell is not None and self._texts is not None and not self._phonetic:
                cell.inline = (cell.inline or "") + "".join(self._texts)
            self._texts = None
        elif tag == "is":
            if cell is not None:
                cell.inline = cell.inline or ""
                cell.struck = 0 < self._plain_runs <= self._struck_runs
        elif tag == "c":
            self._cell = None
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag == "sheetData":
            self._inside = False
        elif tag == "row" and self._inside:
            number = self._attributes.get("r")
            self._take(None if number is None else whole_number(number), self._attributes, self._cells)
            self._cells = []

    def _characters(self, text: str) -> None:
        if self._texts is not None:
            self._texts.append(text)


def whole_number(text: str) -> int:
    """A number of digits only. Raises BrokenSheet."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BrokenSheet
    return int(text)
