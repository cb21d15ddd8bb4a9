"""Cells of a table that hold a text in pieces, some of which stand out: what differs between two numbers."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.intake.before_after import Piece
from ui.theme import Tone, colour, ground

PIECES = Qt.ItemDataRole.UserRole + 1
"""The role under which a cell's pieces are kept; its text is all of them together."""
_LEFT = 6


class PiecesDelegate(QStyledItemDelegate):
    """Draws pieces one after the other; those that differ bold, underlined, on a ground of the tone."""

    def __init__(self, tone: Tone) -> None:
        super().__init__()
        self._tone = tone

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The cell's own look without its text, then the pieces."""
        pieces: list[Piece] = index.data(PIECES) or []
        bare: Any = QStyleOptionViewItem(option)  # the stubs know none of its facts
        self.initStyleOption(bare, index)
        bare.text = ""
        style = QApplication.style() if bare.widget is None else bare.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, bare.widget)
        is_chosen = bool(bare.state & QStyle.StateFlag.State_Selected)
        usual = bare.palette.highlightedText().color() if is_chosen else bare.palette.text().color()
        painter.save()
        painter.setClipRect(bare.rect)
        left = bare.rect.left() + _LEFT
        for text, differs in pieces:
            painter.setFont(_standing_out(bare.font) if differs else bare.font)
            width = painter.fontMetrics().horizontalAdvance(text)
            place = QRect(left, bare.rect.top(), width, bare.rect.height())
            if differs:
                painter.fillRect(place.adjusted(0, 3, 0, -3), ground(self._tone))
            painter.setPen(QColor(colour(self._tone)) if differs else usual)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            left += width
        painter.restore()


def _standing_out(font: QFont) -> QFont:
    """Bold and underlined: never said by the colour alone."""
    made = QFont(font)
    made.setBold(True)
    made.setUnderline(True)
    return made
