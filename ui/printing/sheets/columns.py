"""How wide each column is and how large its text: the largest type at which the paper holds every word and number whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from app.reports.sheet_model import SheetModel
from ui.printing.breaking import longest_piece
from ui.printing.fonts import Face, Role, face
from ui.printing.ink import Side

PAD: Final = 0.35
"""Blank at either side of a cell, in characters."""
_ROUNDING: Final = 0.05
"""What a text may be wider in another size than its size says, in characters."""
_WAYS: Final = ((14.0, 9.0), (10.0, 8.0), (8.0, 7.0), (6.0, 6.5), (4.0, 6.0), (0.0, 6.0))
"""What is tried in turn: (characters from which on a text is wrapped, the least part of the largest type, in 10.5ths)."""
_USUAL: Final = 10.5
_MEASURED: Final = 10.0
_ROWS_A_STEP: Final = 200
_SIDES: Final = {"left": Side.AlignLeft, "center": Side.AlignHCenter, "right": Side.AlignRight}


@dataclass(frozen=True)
class Need:
    """Of a column, in characters: the least it can do with, what it would take if it could."""

    least: float
    whole: float

    def wrapped_from(self, characters: float) -> float:
        """What it takes when its texts are wrapped from so many characters on."""
        return max(self.least, min(self.whole, characters + 2 * PAD))


@dataclass(frozen=True)
class Columns:
    """The columns of a sheet on its paper, in dots."""

    text: Face
    heading: Face
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    sides: tuple[Side, ...]

    @cached_property
    def pad(self) -> float:
        """Blank at either side of a cell."""
        return self.text.em * PAD

    @property
    def right(self) -> float:
        """Where the table ends."""
        return self.lefts[-1] + self.widths[-1]

    @cached_property
    def inner(self) -> tuple[float, ...]:
        """How wide a text in each column may be."""
        return tuple(width - 2 * self.pad for width in self.widths)


def needs_of(model: SheetModel) -> Iterator[list[Need] | None]:
    """What each column needs, last; before it None after every few hundred rows, so that whoever waits can breathe."""
    measure = face(Role.TEXT, _MEASURED)
    seen: list[set[str]] = [set() for _ in model.columns]
    for count, texts in enumerate(_texts(model), 1):
        for place, text in enumerate(texts):
            seen[place].add(text)
        if count % _ROWS_A_STEP == 0:
            yield None
    yield [
        _need(measure, column.heading, texts, wraps=column.wrap and column.side != "right")
        for column, texts in zip(model.columns, seen, strict=True)
    ]


def _texts(model: SheetModel) -> Iterator[Sequence[str]]:
    if model.has_totals:  # no other sums are longer; their labels stand over several columns
        yield model.texts(model.sums(model.rows))
    for group in model.groups:
        yield from map(model.texts, group.rows)


def _need(measure: Face, heading: str, texts: Iterable[str], *, wraps: bool) -> Need:
    em, written = measure.em, [text for text in texts if text]
    head = max(longest_piece(measure, heading), min(2 * em, measure.width(heading))) / em
    whole = max((measure.width(text) for text in written), default=0.0) / em
    unbroken = max((longest_piece(measure, text) for text in written), default=0.0) / em if wraps else whole
    spare = 2 * PAD + _ROUNDING
    least = max(unbroken, head) + spare
    return Need(least, max(least, whole + spare, min(measure.width(heading) / em, 4.0) + spare))


def fitted(model: SheetModel, needs: Sequence[Need], sizes: Sequence[float], width: float) -> Columns:
    """The columns in a width, filling it: large type and few wrapped cells, and nothing cut inside a word or a number."""
    points, begin = _chosen(needs, sizes, width)
    widths = _spread(begin, [need.whole * points * 10 for need in needs], width)
    lefts = tuple(sum(widths[:place]) for place in range(len(widths)))
    sides = tuple(_SIDES[column.side] for column in model.columns)
    return Columns(face(Role.TEXT, points), face(Role.HEADING, points), lefts, tuple(widths), sides)


def _chosen(needs: Sequence[Need], sizes: Sequence[float], width: float) -> tuple[float, list[float]]:
    for characters, least in _WAYS:
        for points in sizes:
            begin = [need.wrapped_from(characters) * points * 10 for need in needs]
            if sum(begin) <= width and points * _USUAL >= least * sizes[0]:
                return points, begin
    return sizes[-1], [need.least * sizes[-1] * 10 for need in needs]


def _spread(begin: Sequence[float], wanted: Sequence[float], width: float) -> list[float]:
    """The widths grown towards what each column wants, then all alike, so that together they are exactly `width`."""
    spare = width - sum(begin)
    lacking = [max(0.0, most - least) for least, most in zip(begin, wanted, strict=True)]
    share = min(1.0, max(0.0, spare) / sum(lacking)) if sum(lacking) else 0.0
    grown = [least + lack * share for least, lack in zip(begin, lacking, strict=True)]
    return [one * width / sum(grown) for one in grown]
