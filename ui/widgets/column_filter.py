"""A column's filter as in Excel: sort, search among the distinct values, tick those that stay; from–to for figures and days."""

from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.pages import (
    MOST_DISTINCT,
    PRIVATE,
    Between,
    Chosen,
    Column,
    Filter,
    Holds,
    Listing,
    Shows,
    View,
    distinct_values,
    shown,
)
from models.domain.money import NotMoney, fen_from_text
from models.store.opening import Store
from ui.icons import icon

_VALUE = Qt.ItemDataRole.UserRole


class ColumnFilter(QFrame):
    """The panel under a heading. `sorted_by` carries descending or not, `chosen` the Filter or None for no filter."""

    sorted_by = Signal(bool)
    chosen = Signal(object)

    def __init__(self, store: Store, listing: Listing, column: Column, view: View, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._store, self._listing, self._column, self._view = store, listing, column, view
        self._now = next((one for one in view.filters if one.column == column.name), None)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(8, 8, 8, 8)
        self.box.setSpacing(6)
        title = QLabel(f"<b>{column.heading}</b>")
        self.box.addWidget(title)
        self._add_sorting()
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.values = QListWidget()
        self.low, self.high = QLineEdit(), QLineEdit()
        if column.shows in PRIVATE:
            self._add_tail()
        elif column.shows in (Shows.MONEY, Shows.COUNT, Shows.DAY):
            self._add_bounds()
        else:
            self._add_values()
        self._add_buttons()
        self.setMinimumWidth(250)

    def show_at(self, corner: QPoint) -> None:
        """Open below a heading, inside the screen."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        corner.setX(max(room.left(), min(corner.x(), room.right() - self.width())))
        corner.setY(min(corner.y(), room.bottom() - self.height()))
        self.move(corner)
        self.show()
        (self.low if self.low.isVisible() else self.search).setFocus()

    def _add_sorting(self) -> None:
        row = QHBoxLayout()
        for words, descending in (("升序", False), ("降序", True)):
            button = QPushButton(words)
            button.setIcon(icon("sort-ascending-letters") if not descending else icon("chevron-down"))
            button.clicked.connect(lambda _=False, down=descending: self._sort(down))
            row.addWidget(button)
        self.box.addLayout(row)

    def _add_tail(self) -> None:
        self.search.setPlaceholderText("号码的末几位")
        if isinstance(self._now, Holds):
            self.search.setText(self._now.text)
        self.search.returnPressed.connect(self._take)
        self.box.addWidget(self.search)

    def _add_bounds(self) -> None:
        grid = QGridLayout()
        hint = {Shows.MONEY: "元", Shows.COUNT: "", Shows.DAY: "如 2024-06-01"}[self._column.shows]
        for place, (words, field) in enumerate((("从", self.low), ("到", self.high))):
            field.setPlaceholderText(hint)
            field.returnPressed.connect(self._take)
            grid.addWidget(QLabel(words), place, 0)
            grid.addWidget(field, place, 1)
        if isinstance(self._now, Between):
            self.low.setText(self._bound_text(self._now.low))
            self.high.setText(self._bound_text(self._now.high))
        self.box.addLayout(grid)
        self.said = QLabel()
        self.said.setObjectName("quiet")
        self.box.addWidget(self.said)

    def _bound_text(self, bound: object) -> str:
        return "" if bound is None else shown(self._column, bound)

    def _add_values(self) -> None:
        self.search.setPlaceholderText("在值里查找")
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._take)
        self.values.setMinimumHeight(230)
        self.values.itemChanged.connect(self._tick_all)
        self.box.addWidget(self.search)
        self.box.addWidget(self.values)
        self._fill("")

    @Slot(str)
    def _fill(self, text: str) -> None:
        found = distinct_values(self._store, self._listing, self._column.name, self._view, text.strip())
        ticked = set(self._now.values) if isinstance(self._now, Chosen) else None
        self.values.blockSignals(True)
        self.values.clear()
        self._line("（全部）" if not text else "（全部找到的）", _All, ticked is None)
        for value, times in found:
            words = shown(self._column, value) or "（空）"
            self._line(f"{words}    {times:,}", value, ticked is None or value in ticked)
        if len(found) == MOST_DISTINCT:
            more = QListWidgetItem(f"只列出前 {MOST_DISTINCT} 个，其余请输入查找")
            more.setFlags(Qt.ItemFlag.NoItemFlags)
            self.values.addItem(more)
        self.values.blockSignals(False)

    def _line(self, words: str, value: object, ticked: bool) -> None:
        line = QListWidgetItem(words)
        line.setData(_VALUE, value)
        line.setFlags(
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
        )
        line.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.values.addItem(line)

    @Slot(QListWidgetItem)
    def _tick_all(self, line: QListWidgetItem) -> None:
        self.values.blockSignals(True)
        if line.data(_VALUE) is _All:
            for row in range(1, self.values.count()):
                self.values.item(row).setCheckState(line.checkState())
        else:
            self.values.item(0).setCheckState(
                Qt.CheckState.Checked
                if len(self._ticked()) == len(self._lines())
                else Qt.CheckState.Unchecked
            )
        self.values.blockSignals(False)

    def _lines(self) -> list[QListWidgetItem]:
        return [
            self.values.item(row)
            for row in range(1, self.values.count())
            if self.values.item(row).flags() & Qt.ItemFlag.ItemIsUserCheckable
        ]

    def _ticked(self) -> list[Any]:
        return [one.data(_VALUE) for one in self._lines() if one.checkState() == Qt.CheckState.Checked]

    def _add_buttons(self) -> None:
        row = QHBoxLayout()
        clear = QPushButton("清除筛选")
        clear.setEnabled(self._now is not None)
        clear.clicked.connect(self._clear)
        take = QPushButton("筛选")
        take.setObjectName("primary")
        take.clicked.connect(self._take)
        row.addWidget(clear)
        row.addStretch()
        row.addWidget(take)
        self.box.addLayout(row)

    def _sort(self, descending: bool) -> None:
        self.sorted_by.emit(descending)
        self.close()

    @Slot()
    def _clear(self) -> None:
        self.chosen.emit(None)
        self.close()

    @Slot()
    def _take(self) -> None:
        try:
            made = self._made()
        except (NotMoney, ValueError, InvalidOperation):
            self.said.setText("看不懂填的数，请改正")
            return
        self.chosen.emit(made)
        self.close()

    def _made(self) -> Filter | None:
        name = self._column.name
        if self._column.shows in PRIVATE:
            text = self.search.text().strip()
            return Holds(name, text) if text else None
        if self._column.shows in (Shows.MONEY, Shows.COUNT, Shows.DAY):
            low, high = self._bound(self.low.text()), self._bound(self.high.text())
            return None if low is None and high is None else Between(name, low, high)
        ticked = self._ticked()
        if len(ticked) == len(self._lines()) and not self.search.text():
            return None
        return Chosen(name, tuple(ticked))

    def _bound(self, text: str) -> object:
        text = text.strip()
        if not text:
            return None
        if self._column.shows is Shows.MONEY:
            return fen_from_text(text)
        if self._column.shows is Shows.COUNT:
            return int(Decimal(text.replace(",", "")))
        return text


class _All:
    """The line that ticks all others."""
