"""What stands around the rows of an .xlsx sheet: its merges, its hidden columns, whether a filter is set."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from app.workbook.kinds.xlsx_parts import BrokenPart, local

_RANGE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})").fullmatch
_WHOLE: Final = re.compile(r"[0-9]{1,7}").fullmatch


def column_of(letters: str) -> int:
    """A column's number from 0: A is 0, AA is 26."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


@dataclass
class SheetFrame:
    """Merges over several rows (first row, last row, first column), hidden columns (first, last excluded), all from 0."""

    merges: list[tuple[int, int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    filtered: bool = False


def read_frame(blocks: Iterable[bytes]) -> SheetFrame:
    """Read a sheet's part, or what is before and after its rows. Raises BrokenPart where its XML is not whole."""
    frame = SheetFrame()

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "mergeCell":
            found = _RANGE(attributes.get("ref", ""))
            if found is not None and int(found[4]) > int(found[2]) > 0:
                frame.merges.append((int(found[2]) - 1, int(found[4]) - 1, column_of(found[1])))
        elif tag == "col":
            _add_column(attributes, frame)
        elif tag == "filterColumn":
            frame.filtered = True

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as fault:
        raise BrokenPart from fault
    frame.merges.sort()
    return frame


def _add_column(attributes: dict[str, str], frame: SheetFrame) -> None:
    """A run of columns is hidden when it says so, or when its width is 0."""
    first, last, width = attributes.get("min", ""), attributes.get("max", ""), attributes.get("width", "")
    is_hidden = attributes.get("hidden", "0") not in ("0", "false")
    is_narrow = width != "" and not width.strip("0.")
    if (is_hidden or is_narrow) and _WHOLE(first) and _WHOLE(last) and int(first):
        frame.hidden_columns.append((int(first) - 1, int(last)))
