"""查找: a bar over a table that goes from hit to hit, round and round."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QTableView, QToolButton, QWidget

from app.pages import ids_holding
from ui.icons import icon
from ui.widgets.table_model import TableModel


class FindBar(QWidget):
    """`found` carries the row (from 0) to go to, `left` that the bar was closed."""

    found = Signal(int)
    left = Signal()

    def __init__(self, model: TableModel, view: QTableView) -> None:
        super().__init__()
        self._model, self._view = model, view
        self._hits: tuple[str, set[int]] = ("", set())
        self.text = QLineEdit()
        self.text.setPlaceholderText("在表中查找：文字、拼音首字母、证件或账号末几位")
        self.text.setClearButtonEnabled(True)
        self.text.returnPressed.connect(self.find_next)
        self.said = QLabel()
        self.said.setObjectName("quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        for words, act in (("上一个", self.find_back), ("下一个 F3", self.find_next)):
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addWidget(self.said)
        close = QToolButton()
        close.setIcon(icon("x"))
        close.setAutoRaise(True)
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self.hide()

    @Slot()
    def begin(self) -> None:
        """Open, with what was looked for last ready to be written over."""
        self.show()
        self.text.selectAll()
        self.text.setFocus()

    @Slot()
    def leave(self) -> None:
        """Close."""
        self.hide()
        self.left.emit()

    def forget(self) -> None:
        """The rows are others now."""
        self._hits = ("", set())

    @Slot()
    def find_next(self) -> None:
        """To the next hit below the current row, from the top again after the last."""
        self._find(1)

    @Slot()
    def find_back(self) -> None:
        """The same upwards."""
        self._find(-1)

    def _find(self, step: int) -> None:
        text = self.text.text().strip()
        if not text:
            self.begin()
            return
        if self._hits[0] != text:
            self._hits = (
                text,
                ids_holding(self._model.store, self._model.listing, text, self._model.view),
            )
        hits = self._hits[1]
        ids, count = self._model.ids, len(self._model.ids)
        here = self._view.currentIndex().row()
        found = next((r % count for r in range(here + step, here + step + step * count, step) if ids[r % count] in hits), None) if hits and count else None  # fmt: skip
        if found is None:
            self.said.setText("没有找到")
        else:
            self.said.setText(f"共 {len(hits):,} 行，现在第 {found + 1:,} 行")
            self.found.emit(found)
