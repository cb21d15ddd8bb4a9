"""What a sheet that goes out is made of: lines and what stands around them, before any library writes it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.workbook.cell_looks import TABLE_SIZE
from app.workbook.table_columns import Column

LONGEST_SHEET_NAME: Final = 31
_FORBIDDEN_IN_SHEET_NAMES: Final = str.maketrans("[]:*?/\\", "［］：＊？／＼")


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
class Banner:
    """A line of words across the whole table: the heading of a section, an amount in 大写. `page` begins a page with it."""

    text: str
    bold: bool = True
    page: bool = False
    framed: bool = True


@dataclass(frozen=True)
class SheetSpec:
    """A sheet to be written. `rows` is consumed once; a row is a sequence of values in column order, a `Line` or a `Banner`.

    `title` stands over the table, `preface` under it, a paragraph each, `left` and `right` (the unit: 单位：元) on a line
    between; `notes` stand under the table, a paragraph each, then `signatures` side by side. With a `total` column a 合计
    row of SUM formulas follows the rows; `total_label` goes into the first column. `size` is the table's type in pt.
    What stands over the heading is on every page too where `repeat_title`.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object] | Line | Banner]
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
    repeat_title: bool = False

    @property
    def header_rows(self) -> int:
        """How many rows the heading has: two where columns are grouped."""
        return 2 if any(column.group for column in self.columns) else 1

    @property
    def first_row(self) -> int:
        """The Excel number of the first row under the heading, for formulas."""
        return 1 + bool(self.title) + len(self.preface) + bool(self.left or self.right) + self.header_rows


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
