"""The heading of a table, on one line or two: a heading above several columns stands over them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from PySide6.QtCore import QLineF, QRectF

from app.workbook.table_columns import Column
from ui.printing.breaking import balanced
from ui.printing.ink import Ink, Side
from ui.printing.sheets.columns import Columns

_SPARE: Final = 0.7
"""Blank above and under the words, in characters, both together."""


@dataclass(frozen=True)
class HeadingCell:
    """A heading's words, broken, and its place from the table's corner."""

    box: QRectF
    lines: list[str]


class Heading:
    """The cells of a table's heading; `height` dots high."""

    def __init__(self, columns: list[Column], fit: Columns) -> None:
        self._fit = fit
        self._columns = columns
        self._spare = fit.heading.em * _SPARE
        self._upper = self._line(1) if any(column.group for column in columns) else 0.0
        lower = [self._broken(column.heading, fit.widths[place]) for place, column in enumerate(columns)]
        grouped = [
            len(lines)
            for lines, column in zip(lower, columns, strict=True)
            if column.group or not self._upper
        ]
        single = [len(lines) for lines, column in zip(lower, columns, strict=True) if not column.group]
        self.height = self._upper + self._line(max(grouped, default=1))
        self.height = max(self.height, self._line(max(single, default=1)))
        self.cells = list(self._cells(lower))

    def _line(self, count: int) -> float:
        return count * self._fit.heading.height + self._spare

    def _broken(self, words: str, width: float) -> list[str]:
        return balanced(self._fit.heading, words, width - self._fit.pad)

    def _cells(self, lower: list[list[str]]) -> Iterator[HeadingCell]:
        fit = self._fit
        for group, places in groupby(range(len(self._columns)), key=lambda place: self._columns[place].group):
            members = list(places)
            if group:
                wide = sum(fit.widths[place] for place in members)
                box = QRectF(fit.lefts[members[0]], 0, wide, self._upper)
                yield HeadingCell(box, self._broken(group, wide)[:1])
            for place in members:
                top = self._upper if group else 0.0
                box = QRectF(fit.lefts[place], top, fit.widths[place], self.height - top)
                yield HeadingCell(box, lower[place])

    def rules(self, left: float, top: float) -> Iterator[QLineF]:
        """The lines inside the heading and its upper edge; the strip below draws the lower one."""
        for cell in self.cells:
            box = cell.box.translated(left, top)
            yield QLineF(box.topLeft(), box.topRight())
            yield QLineF(box.topLeft(), box.bottomLeft())
            yield QLineF(box.topRight(), box.bottomRight())

    def paint(self, ink: Ink, left: float, top: float) -> None:
        """The words."""
        for cell in self.cells:
            ink.lines(cell.box.translated(left, top), cell.lines, self._fit.heading, Side.AlignHCenter)
