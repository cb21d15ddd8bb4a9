"""Where rows go when repeated rows of a sheet become many."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Final

LAST_ROW: Final = 1_048_576
_RANGE: Final = re.compile(
    r"(\$?[A-Za-z]{1,3}\$?)([1-9][0-9]*)(?::(\$?[A-Za-z]{1,3}\$?)([1-9][0-9]*))?"
).fullmatch
_ROWS: Final = re.compile(r"(\$?)([1-9][0-9]*):(\$?)([1-9][0-9]*)").fullmatch


class Growth:
    """The repeated rows of one sheet (Excel numbers) and how many rows each becomes, one at least."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        self.counts = dict(sorted(counts.items()))
        self._rows = list(self.counts)
        self._added = [0, *accumulate(count - 1 for count in self.counts.values())]

    @property
    def grows(self) -> bool:
        """Whether any row moves."""
        return self._added[-1] > 0

    @property
    def added(self) -> int:
        """How many rows the sheet gets more."""
        return self._added[-1]

    def first(self, row: int) -> int:
        """Where a row stands afterwards; of a repeated row, where its first stands."""
        return row + self._added[bisect_left(self._rows, row)]

    def last(self, row: int) -> int:
        """Where a row stands afterwards; of a repeated row, where its last stands."""
        return min(row + self._added[bisect_right(self._rows, row)], LAST_ROW)

    def range(self, ref: str) -> str:
        """A range such as C5:D9, or a cell, or rows 1:4: it spans afterwards what it spanned before, repeated rows and all."""
        if found := _RANGE(ref):
            start, first, end, last = found[1], int(found[2]), found[3] or found[1], int(found[4] or found[2])
            top, bottom = self.first(first), self.last(last)
            return f"{start}{top}" if not found[3] and top == bottom else f"{start}{top}:{end}{bottom}"
        if found := _ROWS(ref):
            return f"{found[1]}{self.first(int(found[2]))}:{found[3]}{self.last(int(found[4]))}"
        return ref

    def ranges(self, refs: str) -> str:
        """Several, with blanks between (sqref)."""
        return " ".join(map(self.range, refs.split()))

    def cell(self, ref: str) -> str:
        """One cell; of a repeated row, the cell in its first."""
        found = _RANGE(ref)
        return f"{found[1]}{self.first(int(found[2]))}" if found and not found[3] else self.range(ref)


NO_GROWTH: Final = Growth({})


class Growths:
    """The growth of every sheet of a workbook, by the sheet's name as formulas write it."""

    def __init__(self, by_sheet: Iterable[tuple[str, Growth]]) -> None:
        self._by_sheet = {name.casefold(): growth for name, growth in by_sheet}
        self.grows = any(growth.grows for growth in self._by_sheet.values())

    def of(self, sheet: str) -> Growth:
        """The growth of a sheet; none for a sheet that is not of this workbook."""
        return self._by_sheet.get(sheet.casefold(), NO_GROWTH)
