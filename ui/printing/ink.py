"""Writing on a page in dots: words in boxes, rules, squares. One painter, whatever it paints on."""

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ui.printing.breaking import broken
from ui.printing.fonts import Face

Side = Qt.AlignmentFlag
HAIR: Final = 5.0
"""A thin rule, half a point."""
_LAST_USUAL: Final = "\uffff"
BLACK: Final = QColor("#000000")
RED: Final = QColor("#b42318")


class Ink:
    """A painter whose unit is the dot. Into `rare` come the characters beyond U+FFFF that were drawn, each once, in order."""

    def __init__(self, painter: QPainter, rare: dict[str, None] | None = None) -> None:
        self.painter = painter
        self._rare: dict[str, None] = {} if rare is None else rare
        self._font: Face | None = None
        self._colour: QColor | None = None
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)

    def words(
        self, box: QRectF, text: str, face: Face, side: Side = Side.AlignLeft, colour: QColor | None = None
    ) -> None:
        """One line in the middle of the box's height, at a side of it."""
        self.lines(box, [text], face, side, colour)

    def lines(
        self,
        box: QRectF,
        lines: Sequence[str],
        face: Face,
        side: Side = Side.AlignLeft,
        colour: QColor | None = None,
    ) -> None:
        """Lines under each other, together in the middle of the box's height."""
        if self._font is not face:
            self.painter.setFont(face.font)
            self._font = face
        colour = BLACK if colour is None else colour
        if self._colour is not colour:
            self.painter.setPen(colour)
            self._colour = colour
        step = face.height
        base = box.top() + (box.height() - step * len(lines)) / 2 + (step - face.metrics.height()) / 2
        for text in lines:
            if text:
                self.painter.drawText(QPointF(_left(box, text, face, side), base + face.ascent), text)
                if max(text) > _LAST_USUAL:
                    self._note_rare(text, face)
            base += step

    def paragraph(self, box: QRectF, text: str, face: Face, side: Side = Side.AlignLeft) -> float:
        """A text broken at the box's width, from its top; gives the height that it took."""
        lines = broken(face, text, box.width())
        taken = face.height * len(lines)
        self.lines(QRectF(box.left(), box.top(), box.width(), taken), lines, face, side)
        return taken

    def rules(self, lines: Iterable[QLineF], thick: float = HAIR) -> None:
        """Straight lines."""
        self._draw_with(QPen(BLACK, thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        self.painter.drawLines(list(lines))

    def frame(self, box: QRectF, thick: float = HAIR) -> None:
        """A rectangle, empty."""
        self._draw_with(QPen(BLACK, thick))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(box)

    def squares(self, boxes: Iterable[QRectF]) -> None:
        """Rectangles filled black."""
        self._draw_with(QPen(Qt.PenStyle.NoPen))
        self.painter.setBrush(BLACK)
        self.painter.drawRects(list(boxes))

    def _note_rare(self, text: str, face: Face) -> None:
        self._rare |= dict.fromkeys(
            sign for sign in text if sign > _LAST_USUAL and face.metrics.inFontUcs4(ord(sign))
        )

    def _draw_with(self, pen: QPen) -> None:
        self.painter.setPen(pen)
        self._colour = None  # words must take their own again


def _left(box: QRectF, text: str, face: Face, side: Side) -> float:
    if side is Side.AlignLeft:
        return box.left()
    spare = box.width() - face.width(text)
    return box.left() + (spare if side is Side.AlignRight else spare / 2)
