"""What is printed on: sheets by their size in millimetres, and documents as pages that paint themselves.

Everything is laid out in dots of 1/720 inch, a tenth of a typographic point, whatever it is painted on: the preview, the
PDF and every printer then break lines and pages at the same places.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize

if TYPE_CHECKING:
    from ui.printing.ink import Ink

DOTS_PER_INCH: Final = 720
_MM_PER_INCH: Final = 25.4
_NO_MARGINS: Final = QMarginsF(0, 0, 0, 0)


def mm(length: float) -> float:
    """Millimetres in dots."""
    return length * DOTS_PER_INCH / _MM_PER_INCH


@dataclass(frozen=True)
class Paper:
    """A sheet as it lies before its reader: its name in a shop, its width, height and margin in millimetres."""

    name: str
    width: float
    height: float
    margin: float = 15.0

    @property
    def whole(self) -> QRectF:
        """The sheet in dots."""
        return QRectF(0, 0, mm(self.width), mm(self.height))

    @property
    def inside(self) -> QRectF:
        """What lies within the margins, in dots."""
        edge = mm(self.margin)
        return self.whole.adjusted(edge, edge, -edge, -edge)

    def layout(self) -> QPageLayout:
        """The sheet as Qt names it: upright, turned where it is wider than high, without margins of its own."""
        wide = self.width > self.height
        upright = QSizeF(min(self.width, self.height), max(self.width, self.height))
        size = QPageSize(
            upright, QPageSize.Unit.Millimeter, self.name, QPageSize.SizeMatchPolicy.FuzzyOrientationMatch
        )
        turned = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
        return QPageLayout(size, turned, _NO_MARGINS, QPageLayout.Unit.Millimeter, _NO_MARGINS)


A4: Final = Paper("A4", 210, 297)
A4_WIDE: Final = Paper("A4 横向", 297, 210, 12.0)
A5_WIDE: Final = Paper("A5 横向", 210, 148, 12.0)
A3: Final = Paper("A3", 297, 420, 20.0)
VOUCHER: Final = Paper("凭证纸 240×140", 240, 140, 9.0)


@dataclass(frozen=True)
class Place:
    """Which page of how many."""

    number: int
    of: int

    @property
    def words(self) -> str:
        """As it stands at the foot of a page."""
        return f"第 {self.number} 页　共 {self.of} 页"

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return self.number == self.of


Page = Callable[["Ink", Place], None]
"""One page: paints itself when somebody wants to see it."""


@dataclass(frozen=True)
class Document:
    """Something to print: its name, the paper, and its pages, laid out one by one as they are asked for.

    `pages` starts over at every call; now and then it gives None, for whoever waits to look whether to go on. `lines` is how
    many rows of people or money go out with it.
    """

    name: str
    paper: Paper
    pages: Callable[[], Iterator[Page | None]]
    lines: int = 1
