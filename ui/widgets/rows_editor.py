"""A short table that one types into: Enter and Tab go on, a new empty line follows the last, empty lines do not count."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

_ROW_SPARE = 8
_LEAST_ROWS = 4


class RowsEditor(QTableWidget):
    """`edited` says that a cell was changed by the clerk."""

    edited = Signal()

    def __init__(self, headings: Sequence[str]) -> None:
        super().__init__(1, len(headings))
        self.setHorizontalHeaderLabels(list(headings))
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.cellChanged.connect(self._changed)
        self.installEventFilter(self)
        self._fit()

    def fill(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows and an empty one."""
        self.blockSignals(True)
        self.setRowCount(len(rows) + 1)
        for row, cells in enumerate([*rows, []]):
            for column in range(self.columnCount()):
                text = str(cells[column]) if column < len(cells) else ""
                self.setItem(row, column, QTableWidgetItem(text))
        self.blockSignals(False)
        self._fit()

    def rows(self) -> list[list[str]]:
        """What is written, without the empty lines."""
        found = [
            [self._text(row, column) for column in range(self.columnCount())]
            for row in range(self.rowCount())
        ]
        return [cells for cells in found if any(cells)]

    def _text(self, row: int, column: int) -> str:
        cell = self.item(row, column)
        return cell.text().strip() if cell is not None else ""

    @Slot(int, int)
    def _changed(self, row: int, _column: int) -> None:
        last = self.rowCount() - 1
        if row == last and any(self._text(last, column) for column in range(self.columnCount())):
            self.blockSignals(True)
            self.setRowCount(last + 2)
            self.blockSignals(False)
            self._fit()
        self.edited.emit()

    def _fit(self) -> None:
        height = self.fontMetrics().height() + _ROW_SPARE
        self.verticalHeader().setDefaultSectionSize(height)
        rows = max(_LEAST_ROWS, min(self.rowCount(), 7))
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows * height + 4)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Enter goes to the next cell; Delete empties the cell; Ctrl+Delete takes the line out."""
        if watched is self and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._next_cell()
                return True
            if event.key() == Qt.Key.Key_Delete and self.currentRow() >= 0:
                if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    self._remove(self.currentRow())
                elif (cell := self.currentItem()) is not None:
                    cell.setText("")
                return True
        return super().eventFilter(watched, event)

    def _next_cell(self) -> None:
        row, column = max(self.currentRow(), 0), self.currentColumn() + 1
        if column >= self.columnCount():
            row, column = row + 1, 0
        if row < self.rowCount():
            self.setCurrentCell(row, column)

    def _remove(self, row: int) -> None:
        if row < self.rowCount() - 1:
            self.removeRow(row)
            self._fit()
            self.edited.emit()
