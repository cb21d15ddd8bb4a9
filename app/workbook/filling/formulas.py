"""Formulas whose rows move: references in them follow, ranges that span a repeated row span all of its rows.

In a repeated row a formula is copied down as a spreadsheet does it: what points at its own row, or at the one before
(a running balance), moves along; what is fixed by $ does not, and means the whole block where it means the repeated row.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.workbook.filling.growth import Growth, Growths
from app.workbook.marks import letters
from app.workbook.patching.xml import CannotPatch

_TOKEN: Final = re.compile(
    r"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<sheet>(?:'(?:[^']|'')+'|\[[0-9]+\][\w.]*|[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!)?
    (?: (?P<c1>\$?[A-Za-z]{1,3})(?P<r1>\$?[1-9][0-9]{0,6})(?::(?P<c2>\$?[A-Za-z]{1,3})(?P<r2>\$?[1-9][0-9]{0,6}))?
      | (?P<r3>\$?[1-9][0-9]{0,6}):(?P<r4>\$?[1-9][0-9]{0,6}) )
    (?![\w.(!\[])
  | (?P<call>[^\W\d][\w.]*\()
  | (?P<other>'(?:[^']|'')+'!|[^\W\d][\w.]*|[0-9]+(?:\.[0-9]*)?(?:[Ee][+-]?[0-9]+)?|\[[^\[\]]*\]|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OVER_MANY: Final = frozenset(
    {
        "SUM", "SUBTOTAL", "AGGREGATE", "AVERAGE", "AVERAGEA", "COUNT", "COUNTA", "COUNTBLANK", "MAX", "MIN", "PRODUCT",
        "SUMPRODUCT", "SUMIF", "SUMIFS", "COUNTIF", "COUNTIFS", "AVERAGEIF", "AVERAGEIFS", "LARGE", "SMALL", "RANK",
    }
)  # fmt: skip
"""Functions that take ranges: where one is given the single cell of a repeated row, all its rows are meant."""


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a reference: its column as written with its $, '' for whole rows; its row, and whether $ holds it."""

    column: str
    row: int
    is_fixed: bool

    def at(self, row: int) -> str:
        return f"{self.column}{'$' if self.is_fixed else ''}{row}"

    def moved(self, rows: int, columns: int) -> "_End":
        """Copied so many rows and columns on."""
        column = self.column
        if column and not column.startswith("$") and columns:
            column = letters(_number(column) + columns)
        return replace(self, column=column, row=self.row if self.is_fixed else self.row + rows)


@dataclass(frozen=True, slots=True)
class _Ref:
    """A reference: the sheet's name ('' for the formula's own) and as written, one end or two; `means_all` where a single cell stands for many."""

    sheet: str
    prefix: str
    start: _End
    end: _End | None
    means_all: bool

    def moved(self, growth: Growth) -> str:
        """Where it points after the rows have grown."""
        top = growth.first(self.start.row)
        if self.end is not None:
            return f"{self.prefix}{self.start.at(top)}:{self.end.at(growth.last(self.end.row))}"
        bottom = growth.last(self.start.row)
        if self.means_all and bottom > top:
            return f"{self.prefix}{self.start.at(top)}:{self.start.at(bottom)}"
        return f"{self.prefix}{self.start.at(top)}"

    def copied(self, growth: Growth, own: int, place: int) -> str:
        """Where it points in the copy number `place` (from 0) of the repeated row `own` of its sheet."""

        def row(end: _End, plain: int) -> int:
            if end.is_fixed or end.row not in (own, own - 1):
                return plain
            return growth.first(own) + place + end.row - own

        start = row(self.start, growth.first(self.start.row))
        if self.end is None:
            return f"{self.prefix}{self.start.at(start)}"
        return f"{self.prefix}{self.start.at(start)}:{self.end.at(row(self.end, growth.last(self.end.row)))}"


class FormulaText:
    """A formula taken apart: what is no reference stays as written."""

    def __init__(self, pieces: Sequence[str | _Ref]) -> None:
        self._pieces = pieces

    @classmethod
    def of(cls, written: str, *, means_all: bool = False) -> "FormulaText":
        """Take a formula apart (without its =); `means_all` for a chart's series, where a cell of a repeated row is all of them."""
        return cls(list(_pieces(written, means_all=means_all)))

    @property
    def texts(self) -> list[str]:
        """The texts in quotes that stand in it."""
        return [piece for piece in self._pieces if isinstance(piece, str) and piece.startswith('"')]

    @property
    def single_cells(self) -> list[tuple[str, str, int]]:
        """(sheet, '' for its own; column's letters; row) of every cell it takes by itself: no range, and no cell that means all its rows."""
        return [
            (piece.sheet, piece.start.column.lstrip("$").upper(), piece.start.row)
            for piece in self._pieces
            if not isinstance(piece, str) and piece.end is None and not piece.means_all
        ]

    def translated(self, rows: int, columns: int) -> "FormulaText":
        """As it reads in another cell of a shared formula."""
        return FormulaText(
            [
                piece if isinstance(piece, str) else replace(
                    piece, start=piece.start.moved(rows, columns), end=piece.end and piece.end.moved(rows, columns),
                )
                for piece in self._pieces
            ]
        )  # fmt: skip

    def moved(self, home: str, growths: Growths) -> str:
        """As it reads after the rows have grown, in a cell of sheet `home` that is not repeated."""
        return "".join(
            piece if isinstance(piece, str) else piece.moved(growths.of(piece.sheet or home))
            for piece in self._pieces
        )

    def copied(self, home: str, growths: Growths, own: int, place: int) -> str:
        """As it reads in the copy number `place` of the repeated row `own` of sheet `home`.

        On another sheet, a row that grows as much as this one goes along with it.
        """
        count = growths.of(home).counts[own]
        return "".join(self._copied(piece, home, growths, own, place, count) for piece in self._pieces)

    @staticmethod
    def _copied(piece: str | _Ref, home: str, growths: Growths, own: int, place: int, count: int) -> str:
        if isinstance(piece, str):
            return piece
        growth = growths.of(piece.sheet or home)
        if not piece.sheet or piece.sheet.casefold() == home.casefold():
            return piece.copied(growth, own, place)
        if piece.end is None and growth.counts.get(piece.start.row) == count:
            return piece.copied(growth, piece.start.row, place)
        return piece.moved(growth)


def _pieces(written: str, *, means_all: bool) -> Iterator[str | _Ref]:
    calls: list[str] = []
    before = ""
    for found in _TOKEN.finditer(written):
        piece = found[0]
        if found["r1"] or found["r3"]:
            after = written[found.end() :].lstrip()[:1]
            alone = before in ("(", ",", ";") and after in (")", ",", ";")
            over_many = alone and bool(calls) and calls[-1] in _OVER_MANY
            yield _ref(found, means_all=means_all or over_many)
        else:
            yield piece
            if found["call"]:
                calls.append(piece[:-1].upper())
                piece = "("
            elif piece == "(":
                calls.append("")
            elif piece == ")" and calls:
                calls.pop()
        before = piece if piece.strip() else before


def _ref(found: "re.Match[str]", *, means_all: bool) -> _Ref:
    prefix = found["sheet"] or ""
    sheet = prefix[:-1]
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    if ":" in sheet:
        raise CannotPatch(part="公式", cause=f"“{found[0]}”一次引用几张工作表")
    if found["r3"]:
        return _Ref(sheet, prefix, _end("", found["r3"]), _end("", found["r4"]), means_all)
    end = _end(found["c2"], found["r2"]) if found["c2"] else None
    return _Ref(sheet, prefix, _end(found["c1"], found["r1"]), end, means_all)


def _end(column: str, row: str) -> _End:
    return _End(column, int(row.lstrip("$")), row.startswith("$"))


def _number(column: str) -> int:
    number = 0
    for letter in column.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
