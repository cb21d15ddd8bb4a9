"""结余条: what an allotment has used, what is left of what was received, what has not come; figures stand with the colours."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from models.domain.money import Fen, yuan_text
from ui.theme import Tone, colour, ground

_THICK = 14
_SPACE = 5
_BETWEEN = 16


class BalanceBar(QWidget):
    """One bar: 已用, 可用, 未到账 of what is allotted; with its words above and below."""

    def __init__(self) -> None:
        super().__init__()
        self.allotted = self.received = self.used = self.available = Fen(0)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def fill(self, allotted: int, received: int, used: int, available: int) -> None:
        """Show these figures, in fen; of several allotments `available` is summed: one's surplus is not the other's."""
        self.allotted, self.received, self.used = Fen(allotted), Fen(received), Fen(used)
        self.available = Fen(available)
        self.setAccessibleDescription(
            "，".join(f"{words} {yuan_text(fen)} 元" for words, fen, _ in self._parts())
        )
        self.updateGeometry()
        self.update()

    def _parts(self) -> list[tuple[str, Fen, Tone]]:
        return [
            ("已用", self.used, Tone.CALM),
            ("可用", self.available, Tone.GOOD),
            ("未到账", Fen(max(self.allotted - self.received, 0)), Tone.MUTED),
        ]

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """A line of words above the bar, and below it as many as they need."""
        return QSize(320, self.heightForWidth(max(320, self.width())))

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        """In a narrow card, or in large letters, the figures stand under each other."""
        lines = 1 + len(self._legend_lines(width))
        return lines * self.fontMetrics().height() + _THICK + 2 * _SPACE + 2

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Never lower than its words."""
        return QSize(220, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Words, bar, legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = float(self.fontMetrics().height())
        self._words(painter, line)
        top = line + _SPACE
        whole = max(self.allotted, self.received, self.used, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.palette().color(QPalette.ColorRole.Midlight)))
        painter.drawRoundedRect(QRectF(0, top, self.width(), _THICK), 3, 3)
        left = 0.0
        for place, (_, fen, tone) in enumerate(self._parts()):
            width = self.width() * max(fen, 0) / whole
            if width > 0 and place < 2:
                painter.setBrush(colour(tone))
                painter.drawRoundedRect(QRectF(left, top, max(width, 2), _THICK), 3, 3)
            elif width > 0:
                painter.setBrush(ground(tone))
                painter.setPen(QPen(colour(tone), 1, Qt.PenStyle.DashLine))
                painter.drawRoundedRect(QRectF(left + 1, top + 0.5, max(width - 2, 2), _THICK - 1), 3, 3)
                painter.setPen(Qt.PenStyle.NoPen)
            left += width
        self._legend(painter, top + _THICK + _SPACE, line)
        painter.end()

    def _words(self, painter: QPainter, line: float) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        room = QRectF(0, 0, self.width(), line)
        share = f"已用 {self.used * 100 // self.allotted}%" if self.allotted else ""
        metrics = painter.fontMetrics()
        wide = self.width() - metrics.horizontalAdvance(share) - 12
        words = f"指标 {yuan_text(self.allotted)}"
        both = f"{words}　到账 {yuan_text(self.received)}"
        words = both if metrics.horizontalAdvance(both) <= wide else words
        cut = metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)

    def _legend_lines(self, width: int) -> list[list[tuple[str, Tone]]]:
        """The figures with their colours, as many beside each other as there is room for."""
        lines: list[list[tuple[str, Tone]]] = [[]]
        left = 0
        for words, fen, tone in self._parts():
            if words == "未到账" and not fen:
                continue
            text = f"■ {words} {yuan_text(fen)}"
            wide = self.fontMetrics().horizontalAdvance(text)
            if left and left + wide > width:
                lines.append([])
                left = 0
            lines[-1].append((text, Tone.BAD if fen < 0 else tone))
            left += wide + _BETWEEN
        return lines

    def _legend(self, painter: QPainter, top: float, line: float) -> None:
        for place, texts in enumerate(self._legend_lines(self.width())):
            left = 0.0
            for text, tone in texts:
                painter.setPen(colour(tone))
                painter.drawText(
                    QRectF(left, top + place * line, self.width() - left, line),
                    Qt.AlignmentFlag.AlignVCenter,
                    text,
                )
                left += painter.fontMetrics().horizontalAdvance(text) + _BETWEEN
