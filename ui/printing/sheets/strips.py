"""A sheet's lines as strips of paper: rows, titles of groups, sums; each as high as its text, in runs that stay together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from app.reports.sheet_model import PAGE_SUM, Group, Row, SheetModel
from ui.printing.breaking import broken
from ui.printing.sheets.columns import Columns

_ROW_HEIGHT: Final = 1.75
"""Of a row of one line, in characters."""
NOTHING: Final = "本表没有记录"
_ROWS_WITH_THE_END: Final = 2
"""Rows that stand over the last sums and signatures, so that these never stand on a page alone."""


class Kind(Enum):
    """What a strip is."""

    ROW = "row"
    SUMS = "sums"
    WIDE = "wide"
    """One text across the whole table."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of the table: the lines of text of each cell (one cell where it is `WIDE`), and the row that it counts as.

    `closes`: it sums up the section, so that the page's own sums stand before it. `label` are the places, first and last,
    over which the label of sums stands.
    """

    kind: Kind
    cells: Sequence[Sequence[str]]
    height: float
    row: Row | None = None
    closes: bool = False
    label: tuple[int, int] = (0, -1)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Strips that stay on one page; `ends` where a section's notes and signatures follow."""

    strips: Sequence[Strip]
    ends: bool = False

    @property
    def height(self) -> float:
        """All of them."""
        return sum(strip.height for strip in self.strips)


class Cutter:
    """Makes strips for the columns of one sheet."""

    def __init__(self, model: SheetModel, columns: Columns) -> None:
        self.model, self.columns = model, columns
        self._inner = columns.inner
        self._spare = columns.text.em * _ROW_HEIGHT - columns.text.height

    def row(self, row: Row) -> Strip:
        """A row of the table."""
        cells = self._broken(self.model.texts(row))
        return Strip(Kind.ROW, cells, self._height(max(map(len, cells))), row)

    def sums(self, sums: Row, *, closes: bool = False) -> Strip:
        """A row of sums; its label stands over the empty cells beside it, too."""
        texts = self.model.texts(sums)
        first = last = self.model.label_place
        while first and not texts[first - 1]:
            first -= 1
        while last + 1 < len(texts) and not texts[last + 1]:
            last += 1
        label, texts[self.model.label_place] = texts[self.model.label_place], ""
        cells = self._broken(texts)
        room = sum(self.columns.widths[first : last + 1]) - 2 * self.columns.pad
        cells[first] = broken(self.columns.heading, label, room)
        return Strip(Kind.SUMS, cells, self._height(max(map(len, cells))), None, closes, (first, last))

    def _broken(self, texts: Sequence[str]) -> list[Sequence[str]]:
        text = self.columns.text
        return [
            (words,) if not words or text.width(words) <= wide else broken(text, words, wide)
            for words, wide in zip(texts, self._inner, strict=True)
        ]

    def wide(self, words: str, *, closes: bool = False) -> Strip:
        """A text across the whole table."""
        lines = broken(self.columns.text, words, self.columns.right - 2 * self.columns.pad)
        return Strip(Kind.WIDE, [lines], self._height(len(lines)), closes=closes)

    def page_sums(self, rows: Sequence[Row]) -> Strip:
        """本页小计 of the rows of a page."""
        return self.sums(self.model.sums(rows, PAGE_SUM))

    def _height(self, lines: int) -> float:
        return lines * self.columns.text.height + self._spare

    def bundles(self, groups: Sequence[Group], *, total: bool) -> Iterator[Bundle]:
        """The lines of one section: titles with their first row, sums with the rows before them.

        `total`: the sheet's own sums stand at the end.
        """
        for place, group in enumerate(groups):
            ends = place == len(groups) - 1
            strips = [self.wide(group.title)] if group.title else []
            keep_from = len(group.rows) - (_ROWS_WITH_THE_END if ends else 1)
            for count, row in enumerate(group.rows):
                strips.append(self.row(row))
                if count < keep_from:
                    yield Bundle(strips)
                    strips = []
            if ends and not self.model.row_count:
                strips.append(self.wide(NOTHING))
            yield Bundle([*strips, *self._closing(group, total=ends and total)], ends=ends)

    def _closing(self, group: Group, *, total: bool) -> Iterator[Strip]:
        """The sums after a group, and the sheet's own after the last."""
        model, alone = self.model, self.model.group_pages
        if group.subtotal:
            sums = model.sums(group.rows, group.subtotal)
            yield self.sums(sums, closes=alone)
            if alone and model.in_words:
                yield self._in_words(sums, group.subtotal)
        if total and model.total_label and model.has_totals:
            sums = model.total
            yield self.sums(sums, closes=True)
            if model.in_words:
                yield self._in_words(sums, model.total_label)

    def _in_words(self, sums: Row, label: str) -> Strip:
        return self.wide(f"{label}（大写）：{self.model.words_of(sums)}", closes=True)
