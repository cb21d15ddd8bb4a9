"""The headings of a table: click sorts, with Ctrl also by this one, the funnel opens the filter, sections can be moved."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPalette, QPen, QPolygon
from PySide6.QtWidgets import QHeaderView, QWidget

from app.pages import View

_MARK = 16


class FilterHeader(QHeaderView):
    """`sort_asked` carries (column, also), `filter_asked` (column, where to open)."""

    sort_asked = Signal(int, bool)
    filter_asked = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSectionSize(36)
        self._names: list[str] = []
        self._sorts: dict[str, tuple[int, bool]] = {}
        self._filtered: set[str] = set()
        self._pressed: QPoint | None = None

    def show_view(self, names: list[str], view: View) -> None:
        """Mark which columns are sorted and filtered."""
        self._names = names
        self._sorts = {sort.column: (place, sort.descending) for place, sort in enumerate(view.sorts, 1)}
        self._filtered = {one.column for one in view.filters}
        self.viewport().update()

    def sectionSizeFromContents(self, logical: int) -> QSize:  # noqa: N802  # Qt's name
        """Room for the marks beside the words."""
        size = super().sectionSizeFromContents(logical)
        return QSize(size.width() + _MARK, size.height())

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:  # noqa: N802  # Qt's name
        """The heading with its marks."""
        painter.save()
        super().paintSection(painter, rect, logical)
        painter.restore()
        if logical >= len(self._names):
            return
        name = self._names[logical]
        filtered = name in self._filtered
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self.palette().color(QPalette.ColorRole.Link)
        faint = QColor(self.palette().color(QPalette.ColorRole.PlaceholderText))
        right = rect.right() - 4
        middle = rect.center().y()
        painter.setPen(QPen(strong if filtered else faint, 1.2))
        painter.setBrush(strong if filtered else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(
            QPolygon(
                [
                    QPoint(right - 9, middle - 4),
                    QPoint(right, middle - 4),
                    QPoint(right - 3, middle),
                    QPoint(right - 3, middle + 5),
                    QPoint(right - 6, middle + 3),
                    QPoint(right - 6, middle),
                ]
            )
        )
        if name in self._sorts:
            place, descending = self._sorts[name]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(strong)
            top, foot = (middle + 3, middle - 3) if descending else (middle - 3, middle + 3)
            left = rect.left() + 8
            painter.drawPolygon(QPolygon([QPoint(left - 4, foot), QPoint(left + 4, foot), QPoint(left, top)]))
            if len(self._sorts) > 1:
                font = painter.font()
                font.setPointSizeF(font.pointSizeF() * 0.7)
                painter.setFont(font)
                painter.setPen(strong)
                painter.drawText(QPoint(left + 6, middle + 4), str(place))
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Remember where, to tell a click from a drag."""
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """A click on the funnel filters, elsewhere sorts."""
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        pressed, self._pressed = self._pressed, None
        if (
            pressed is None
            or (at - pressed).manhattanLength() > 4
            or self.cursor().shape() == Qt.CursorShape.SplitHCursor
        ):
            return
        logical = self.logicalIndexAt(at)
        if logical < 0:
            return
        right = self.sectionViewportPosition(logical) + self.sectionSize(logical)
        if right - _MARK - 2 <= at.x() < right - 2:
            self.ask_filter(logical)
        else:
            also = bool(
                event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            )
            self.sort_asked.emit(logical, also)

    def ask_filter(self, logical: int) -> None:
        """Open the filter of a column below its heading."""
        corner = QPoint(self.sectionViewportPosition(logical), self.height())
        self.filter_asked.emit(logical, self.viewport().mapToGlobal(corner))
