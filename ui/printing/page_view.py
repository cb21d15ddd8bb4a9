"""The pages of a document under each other on the screen; a page is painted when it comes into sight, and only then."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from ui.printing.ink import Ink
from ui.printing.paper import DOTS_PER_INCH, Page, Paper, Place

GAP: Final = 14
_KEPT: Final = 8
"""How many painted pages are kept; a page at 200 % is some 15 MB."""
_GROUND: Final = QColor("#7d8694")
FIT_WIDTH: Final = 0.0
FIT_PAGE: Final = -1.0
LEAST_ZOOM, MOST_ZOOM = 0.25, 4.0


class PageView(QAbstractScrollArea):
    """`at` carries the number of the page that is in sight, `zoomed` the zoom that was asked by the wheel."""

    at = Signal(int)
    zoomed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper: Paper | None = None
        self._pages: Sequence[Page] = ()
        self._zoom = FIT_WIDTH
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._at = 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def show_pages(self, paper: Paper, pages: Sequence[Page]) -> None:
        """Show these pages; those that are in sight are painted anew, for they say how many there are."""
        self._paper, self._pages = paper, pages
        self._kept.clear()
        self._fit()

    def set_zoom(self, zoom: float) -> None:
        """1.0 is the paper's own size; FIT_WIDTH and FIT_PAGE follow the window."""
        here = self._at
        self._zoom = zoom
        self._kept.clear()
        self._fit()
        self.go_to(here)

    @property
    def zoom(self) -> float:
        """What the paper's size is multiplied with now."""
        if self._paper is None:
            return 1.0
        room = self.viewport().size()
        if self._zoom == FIT_WIDTH:
            return max(LEAST_ZOOM, (room.width() - 2 * GAP) / self._natural().width())
        if self._zoom == FIT_PAGE:
            natural = self._natural()
            by_width = (room.width() - 2 * GAP) / natural.width()
            return max(LEAST_ZOOM / 2, min(by_width, (room.height() - 2 * GAP) / natural.height()))
        return self._zoom

    def _natural(self) -> QSize:
        """The paper at 100 %, in the screen's pixels."""
        assert self._paper is not None  # asked only when there is one  # noqa: S101
        dots = self._paper.whole
        scale = self.logicalDpiX() / DOTS_PER_INCH
        return QSize(round(dots.width() * scale), round(dots.height() * scale))

    def _page_size(self) -> QSize:
        return self._natural() * self.zoom

    def go_to(self, number: int) -> None:
        """Bring a page to the upper edge."""
        if self._paper is not None:
            self.verticalScrollBar().setValue((number - 1) * (self._page_size().height() + GAP))

    def _fit(self) -> None:
        if self._paper is None:
            return
        size, room = self._page_size(), self.viewport().size()
        whole = len(self._pages) * (size.height() + GAP) + GAP
        upright, across = self.verticalScrollBar(), self.horizontalScrollBar()
        upright.setRange(0, max(0, whole - room.height()))
        upright.setPageStep(room.height())
        upright.setSingleStep(60)
        across.setRange(0, max(0, size.width() + 2 * GAP - room.width()))
        across.setPageStep(room.width())
        self.viewport().update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """The pages in sight."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), _GROUND)
        if self._paper is None:
            return
        size, room = self._page_size(), self.viewport().size()
        left = max(GAP, (room.width() - size.width()) // 2) - self.horizontalScrollBar().value()
        step, top = size.height() + GAP, self.verticalScrollBar().value()
        first = max(0, top // step)
        for place in range(first, min(len(self._pages), (top + room.height()) // step + 1)):
            box = QRect(left, GAP + place * step - top, size.width(), size.height())
            painter.drawPixmap(box.topLeft(), self._pixmap(place, size))

    def _pixmap(self, place: int, size: QSize) -> QPixmap:
        if place in self._kept:
            self._kept.move_to_end(place)
            return self._kept[place]
        assert self._paper is not None  # asked only when there is one  # noqa: S101
        image = page_image(self._paper, self._pages, place + 1, size, self.devicePixelRatioF())
        self._kept[place] = QPixmap.fromImage(image)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return self._kept[place]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Another room: what follows the window is painted anew."""
        super().resizeEvent(event)
        if self._zoom in (FIT_WIDTH, FIT_PAGE):
            self._kept.clear()
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  # Qt's name
        """Ctrl and the wheel zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = 1.1 if event.angleDelta().y() > 0 else 1 / 1.1
            self.zoomed.emit(min(MOST_ZOOM, max(LEAST_ZOOM, self.zoom * factor)))
            event.accept()
            return
        super().wheelEvent(event)

    @Slot(int)
    def _scrolled(self, top: int) -> None:
        if self._paper is None:
            return
        number = min(
            len(self._pages), (top + self.viewport().height() // 2) // (self._page_size().height() + GAP) + 1
        )
        if number != self._at:
            self._at = number
            self.at.emit(number)
        self.viewport().update()


def page_image(paper: Paper, pages: Sequence[Page], number: int, size: QSize, ratio: float = 1.0) -> QImage:
    """One page as a picture of that size, in pixels of a screen that has `ratio` dots for each."""
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = image.width() / paper.whole.width()
        painter.scale(scale, scale)
        pages[number - 1](Ink(painter), Place(number, len(pages)))
    finally:
        painter.end()
    image.setDevicePixelRatio(ratio)
    return image
