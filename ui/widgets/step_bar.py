"""Steps across the top: what was done by whom and when, what is next, what is still to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ui.theme import Tone, colour, ground


class At(Enum):
    """Where a step is."""

    DONE = "done"
    NOW = "now"
    TO_COME = "to_come"
    REFUSED = "refused"


_SIGNS = {At.DONE: "✓", At.NOW: "●", At.TO_COME: "○", At.REFUSED: "✕"}
_TONES = {At.DONE: Tone.GOOD, At.NOW: Tone.CALM, At.TO_COME: Tone.MUTED, At.REFUSED: Tone.BAD}


@dataclass(frozen=True)
class Step:
    """One step: its name, where it is, who did it, when."""

    name: str
    at: At
    who: str = ""
    when: str = ""


class StepBar(QWidget):
    """Arrows in a row, the one that is next filled."""

    def __init__(self, *, slim: bool = False) -> None:
        super().__init__()
        self.steps: Sequence[Step] = ()
        self._slim = slim

    def fill(self, steps: Sequence[Step]) -> None:
        """Show these steps."""
        self.steps = steps
        self.setAccessibleDescription("，".join(f"{s.name}{s.who}{s.when}" for s in steps))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Three short lines, or one where it is slim."""
        lines = 1 if self._slim else 3
        return QSize(400, lines * self.fontMetrics().height() + 12)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Never lower than its words."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Arrow after arrow."""
        if not self.steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self.steps)
        tip = min(12.0, width * 0.1)
        height = float(self.height() - 1)
        for place, step in enumerate(self.steps):
            tone = _TONES[step.at]
            left, right = place * width, (place + 1) * width - 3
            shape = QPolygonF(
                [
                    QPointF(left, 0), QPointF(right - tip, 0), QPointF(right, height / 2), QPointF(right - tip, height),
                    QPointF(left, height), QPointF(left + (tip if place else 0), height / 2),
                ]
            )  # fmt: skip
            painter.setPen(QPen(colour(tone), 1) if step.at is At.NOW else Qt.PenStyle.NoPen)
            painter.setBrush(ground(tone))
            painter.drawPolygon(shape)
            self._words(painter, step, QRectF(left + tip + 5, 2, width - 2 * tip - 8, height - 4), tone)
        painter.end()

    def _words(self, painter: QPainter, step: Step, room: QRectF, tone: Tone) -> None:
        font = QFont(self.font())
        font.setBold(step.at is At.NOW)
        painter.setFont(font)
        painter.setPen(colour(tone))
        line = float(self.fontMetrics().height())
        lines = [(f"{_SIGNS[step.at]} {step.name}", colour(tone))]
        if not self._slim:
            plain: QColor = self.palette().color(QPalette.ColorRole.WindowText)
            lines += [line for line in ((step.who, plain), (step.when, colour(Tone.MUTED))) if line[0]]
        top = room.top() + (room.height() - line * len(lines)) / 2
        metrics = painter.fontMetrics()
        for text, pen in lines:
            painter.setPen(pen)
            if text == step.when and metrics.horizontalAdvance(text) > room.width():
                text = text[5:]  # the day without its year
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(QRectF(room.left(), top, room.width(), line), Qt.AlignmentFlag.AlignVCenter, cut)
            top += line
            painter.setFont(self.font())
