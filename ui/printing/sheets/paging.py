"""Which strips stand on which page: as many as fit, a page's own sums under them, signatures never alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.reports.sheet_model import Row
from ui.printing.sheets.strips import Bundle, Strip


@dataclass(frozen=True)
class Room:
    """Heights in dots: what a page holds (the first of a section has more above its table), what closes a section, what the
    page's own sums need.
    """

    first: float
    later: float
    closing: float
    page_sums: float


@dataclass
class Plan:
    """One page: its strips; whether it begins a section (the preface stands on it) or ends it (the signatures do)."""

    begins: bool
    strips: list[Strip] = field(default_factory=list)
    ends: bool = False

    @property
    def is_whole_section(self) -> bool:
        """Whether no other page belongs to its section; its own sums would only repeat the section's."""
        return self.begins and self.ends

    @property
    def rows(self) -> list[Row]:
        """The rows that the page's sums are of."""
        return [strip.row for strip in self.strips if strip.row is not None]


def plans(bundles: Iterable[Bundle], room: Room) -> Iterator[Plan]:
    """The pages of one section. What is taller than a page of its own stands there alone rather than nowhere."""
    page, used = Plan(begins=True), room.page_sums
    for bundle in bundles:
        for strips, closes in _parts(bundle, room):
            need = sum(strip.height for strip in strips) + (room.closing if closes else 0)
            if page.strips and used + need > (room.first if page.begins else room.later):
                yield page
                page, used = Plan(begins=False), room.page_sums
            page.strips += strips
            page.ends = closes
            used += need
    yield page


def _parts(bundle: Bundle, room: Room) -> Iterator[tuple[Sequence[Strip], bool]]:
    """The bundle whole, or strip by strip where no page could hold it."""
    if bundle.height + room.page_sums + (room.closing if bundle.ends else 0) <= room.later:
        yield bundle.strips, bundle.ends
        return
    for place, strip in enumerate(bundle.strips, 1):
        yield [strip], bundle.ends and place == len(bundle.strips)
