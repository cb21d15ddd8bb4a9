"""Small pieces of a card: a heading, pairs of words and values, a simple table of texts."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QGridLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.theme import Tone, colour

_ROW_SPARE = 8
_LONGEST_FIGURE = 24


class Heading(QLabel):
    """A bold label some times as large as the text; the frame lets it grow when another text size is chosen."""

    def __init__(self, words: str, larger: float) -> None:
        super().__init__(words)
        self._larger = larger
        self.grow()

    def grow(self) -> None:
        """As large as the application's text asks now."""
        font = QApplication.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * self._larger)
        self.setFont(font)


class Elided(Heading):
    """A heading that is cut in its middle where there is no room; the whole text is its tip."""

    def __init__(self, larger: float) -> None:
        super().__init__("", larger)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str) -> None:
        """Show a text, as much of it as there is room for."""
        self._whole = text
        self._cut()

    def whole(self) -> str:
        """The text, uncut."""
        return self._whole

    def _cut(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideMiddle, max(60, self.width() - 4)
        )
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Another room."""
        super().resizeEvent(event)
        self._cut()


class OneLine(QLabel):
    """A text on one line, cut at its end where there is no room; the whole of it is its tip."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """It gives way to what stands beside it."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """As much of the text as there is room for."""
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        QPainter(self).drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def heading(words: str, larger: float = 1.0) -> QLabel:
    """A heading inside a card."""
    return Heading(words, larger)


def quiet(words: str) -> QLabel:
    """A remark."""
    label = QLabel(words)
    label.setObjectName("quiet")
    label.setWordWrap(True)
    return label


def card(*widgets: QWidget) -> QFrame:
    """Widgets on a sheet of their own."""
    frame = QFrame()
    frame.setObjectName("card")
    box = QVBoxLayout(frame)
    box.setContentsMargins(12, 10, 12, 10)
    box.setSpacing(6)
    for widget in widgets:
        box.addWidget(widget)
    return frame


class Pairs(QWidget):
    """Words and values beside each other, in as many columns as wished."""

    def __init__(self, columns: int = 2) -> None:
        super().__init__()
        self._columns = columns
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(10)
        self.grid.setVerticalSpacing(4)

    def fill(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show these and nothing else."""
        while self.grid.count():
            gone = self.grid.takeAt(0).widget()
            gone.hide()
            gone.deleteLater()
        for place, (words, value) in enumerate(pairs):
            row, column = divmod(place, self._columns)
            shown = QLabel(value or "—")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setWordWrap(not value.isascii() or len(value) > _LONGEST_FIGURE)  # a figure is never broken
            self.grid.addWidget(quiet(words), row, column * 2, Qt.AlignmentFlag.AlignTop)
            self.grid.addWidget(shown, row, column * 2 + 1, Qt.AlignmentFlag.AlignTop)
            self.grid.setColumnStretch(column * 2 + 1, 1)
        labels: list[QLabel] = list(self.findChildren(QLabel, "quiet"))
        for label in labels:
            label.setWordWrap(False)


class TextTable(QTableWidget):
    """A short table of texts; long lists are a `PagedTable`'s matter. Cells may be (text, Tone); figures stand right."""

    def __init__(self, headings: Sequence[str], *, right: Sequence[int] = (), stretch: int = -1) -> None:
        super().__init__(0, len(headings))
        self.setHorizontalHeaderLabels(list(headings))
        self._right = set(right)
        self._fitted: list[Callable[[], None]] = []
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        if stretch >= 0:
            header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self.nothing = quiet("没有记录")
        self.nothing.setParent(self.viewport())
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def fill(self, rows: Sequence[Sequence[str | tuple[str, Tone]]], keys: Sequence[object] = ()) -> None:
        """Show these rows; `keys` are kept with them."""
        self.setRowCount(len(rows))
        self.nothing.setVisible(not rows)
        self._place_nothing()
        for row, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                text, tone = cell if isinstance(cell, tuple) else (cell, None)
                made = QTableWidgetItem(text)
                made.setToolTip(text if len(text) > 14 else "")
                side = Qt.AlignmentFlag.AlignRight if place in self._right else Qt.AlignmentFlag.AlignLeft
                made.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                if tone is not None:
                    made.setForeground(QColor(colour(tone)))
                if place == 0 and keys:
                    made.setData(Qt.ItemDataRole.UserRole, keys[row])
                self.setItem(row, place, made)
        self._fit()

    def _fit(self) -> None:
        """Rows and columns for the text size that is worn now."""
        for row in range(self.rowCount()):
            self.setRowHeight(row, self.fontMetrics().height() + _ROW_SPARE)
        self.fit_columns()
        for again in self._fitted:
            again()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Another text size: what stands here is not read anew, but it must have room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "nothing"):
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """The words of an empty table are as wide as it is."""
        super().resizeEvent(event)
        self._place_nothing()

    def _place_nothing(self) -> None:
        self.nothing.setGeometry(self.viewport().rect().adjusted(12, 10, -12, 0))

    def fit_columns(self) -> None:
        """As wide as what stands in them."""
        header = self.horizontalHeader()
        metrics = self.fontMetrics()
        for place in range(self.columnCount()):
            if header.sectionResizeMode(place) == QHeaderView.ResizeMode.Stretch:
                continue
            texts = [self.horizontalHeaderItem(place).text()]
            texts += [
                self.item(row, place).text()
                for row in range(min(self.rowCount(), 200))
                if self.item(row, place)
            ]
            header.resizeSection(place, min(max(map(metrics.horizontalAdvance, texts)) + 22, 320))

    def keep_wide(self) -> None:
        """Never narrower than its columns, so that none of them is cut."""

        def fit() -> None:
            bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
            self.setMinimumWidth(self.horizontalHeader().length() + bar + 2 * self.frameWidth())

        self._fitted = [fit]

    def key(self, row: int | None = None) -> object:
        """What was kept with a row, the current one where none is named."""
        at = self.item(self.currentRow() if row is None else row, 0)
        return None if at is None else at.data(Qt.ItemDataRole.UserRole)

    def fit_height(self, most: int = 8) -> None:
        """As high as its rows, up to `most` of them, whatever the text size becomes."""

        def fit() -> None:
            rows = max(1, min(self.rowCount(), most))
            height = self.fontMetrics().height() + _ROW_SPARE
            self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows * height + 4)

        self._fitted = [fit]
        fit()
