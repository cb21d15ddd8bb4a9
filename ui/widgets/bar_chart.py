"""A small chart of horizontal bars in parts: what was paid, what failed, what is open. Figures stand beside the colours."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from ui.theme import Tone, colour

_ROW_SPARE = 18


@dataclass(frozen=True)
class Bar:
    """One line: its words, its parts as (figure, tone), and the text at its end."""

    words: str
    parts: Sequence[tuple[int, Tone]]
    text: str


class BarChart(QWidget):
    """Bars under each other, the longest filling the width."""

    def __init__(self, empty: str) -> None:
        super().__init__()
        self.bars: Sequence[Bar] = ()
        self._empty = empty

    def fill(self, bars: Sequence[Bar]) -> None:
        """Show these bars."""
        self.bars = bars
        self.setMinimumHeight(self.sizeHint().height())
        self.setAccessibleDescription("；".join(f"{bar.words} {bar.text}" for bar in bars))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """As high as its bars."""
        return QSize(300, max(1, len(self.bars)) * 2 * (self.fontMetrics().height() + _ROW_SPARE // 2) + 6)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Words above each bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height() + _ROW_SPARE / 2
        if not self.bars:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty
            )
            painter.end()
            return
        most = max(sum(figure for figure, _ in bar.parts) for bar in self.bars) or 1
        top = 0.0
        metrics = QFontMetricsF(self.font())
        text_colour = self.palette().color(QPalette.ColorRole.WindowText)
        for bar in self.bars:
            room = QRectF(0, top, self.width(), line)
            painter.setPen(text_colour)
            wide = self.width() - metrics.horizontalAdvance(bar.text) - 16
            words = metrics.elidedText(bar.words, Qt.TextElideMode.ElideRight, wide)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, bar.text)
            left = 0.0
            painter.setPen(Qt.PenStyle.NoPen)
            ground = QColor(self.palette().color(QPalette.ColorRole.Midlight))
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(0, top + line, self.width(), line * 0.5), 3, 3)
            for figure, tone in bar.parts:
                width = self.width() * figure / most
                painter.setBrush(colour(tone))
                if width > 0:
                    painter.drawRoundedRect(QRectF(left, top + line, max(width, 2), line * 0.5), 3, 3)
                left += width
            top += line * 2
        painter.end()
