"""What a sum is made of: its lines, over the books; Esc goes back to the sum."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.ledger.listings import Behind
from app.pages import View
from ui.office import Office
from ui.widgets.facts import heading, quiet
from ui.widgets.paged_table import PagedTable


class BehindPage(QWidget):
    """One list at a time; `opened` carries (what kind of list, row id) of a row that was opened, `summed` the status text."""

    opened = Signal(str, object)
    closed = Signal()
    summed = Signal(str)
    said = Signal(str, object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._tables: dict[str, PagedTable] = {}
        self.title = heading("", 1.1)
        self.hint = quiet("")
        self.hint.setWordWrap(False)
        self.leave = QPushButton("返回 Esc")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.closed)
        self.stack = QStackedWidget()
        top = QHBoxLayout()
        top.addWidget(self.title)
        top.addSpacing(12)
        top.addWidget(self.hint, 1)
        top.addWidget(self.leave)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(top)
        box.addWidget(self.stack, 1)

    @property
    def table(self) -> PagedTable | None:
        """The list that is shown."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, PagedTable) else None

    def show_behind(self, found: Behind) -> None:
        """Show the lines of a sum."""
        name = found.listing.name
        if name not in self._tables:
            table = PagedTable(self._office, found.listing, empty="这个数没有明细，是 0。")
            table.summed.connect(self._pass_sums)
            table.said.connect(self.said)
            table.opened.connect(lambda one: self.opened.emit(name, one))
            self._tables[name] = table
            self.stack.addWidget(table)
        table = self._tables[name]
        self.stack.setCurrentWidget(table)
        self.title.setText(found.words)
        self.hint.setText("回车打开它的凭证或批次" if name != "allotted" else "")
        table.load(found.listing, View())
        table.go_to_row(0)
        table.view.setFocus()

    @Slot(str)
    def _pass_sums(self, text: str) -> None:
        if self.sender() is self.table:
            self.summed.emit(text)
