"""核对栏目: what each column of the workbook is taken for, on the real rows; a column chosen otherwise is remembered."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.intake.listings import FORMS, SheetLook
from ui.theme import Tone, colour, ground
from ui.widgets.facts import quiet

_SHOWN = 24
_ROW_SPARE = 10


class ColumnsPage(QWidget):
    """`remapped` says that a column was chosen otherwise and the workbook must be looked at again."""

    remapped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mapping: dict[str, str] = {}
        self.looks: Sequence[SheetLook] = ()
        self._kind = "people"
        self.sheet = QComboBox()
        self.sheet.currentIndexChanged.connect(self._show_sheet)
        self.said = QLabel()
        self.said.setWordWrap(True)
        top = QHBoxLayout()
        words = QLabel("工作表(&S)")
        words.setBuddy(self.sheet)
        top.addWidget(words)
        top.addWidget(self.sheet)
        top.addWidget(self.said, 1)
        self.grid = QTableWidget()
        self.grid.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.grid.setWordWrap(False)
        self.grid.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.grid.setTabKeyNavigation(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(top)
        box.addWidget(
            quiet(
                "第一行选这一列是什么；认错了就改，改过的会记住，下次同样的表自动认。绿色是表头行，下面是原表。"
            )
        )
        box.addWidget(self.grid, 1)

    def fill(self, kind: str, looks: Sequence[SheetLook], mapping: Mapping[str, str]) -> None:
        """Show how the sheets are read."""
        self._kind, self.looks, self.mapping = kind, looks, dict(mapping)
        here = self.sheet.currentIndex()
        self.sheet.blockSignals(True)
        self.sheet.clear()
        for look in looks:
            rows = f"（约 {look.expected_rows:,} 行）" if look.expected_rows else ""
            self.sheet.addItem(f"{look.name}{rows}")
        self.sheet.setCurrentIndex(here if 0 <= here < len(looks) else 0)
        self.sheet.blockSignals(False)
        self._show_sheet(self.sheet.currentIndex())

    @property
    def missing(self) -> list[str]:
        """What is needed and no column of any sheet is."""
        if any(not look.missing for look in self.looks):
            return []
        return list(self.looks[0].missing) if self.looks else []

    @Slot(int)
    def _show_sheet(self, place: int) -> None:
        self.grid.clear()
        if not 0 <= place < len(self.looks):
            self.grid.setRowCount(0)
            self.grid.setColumnCount(0)
            self.said.setText("这个文件里没有认得出表头的工作表。")
            return
        look = self.looks[place]
        missing = "、".join(f"“{one}”" for one in look.missing)
        self.said.setText(
            f"表头在第 {look.first} 行" if not missing else f"缺少{missing}，请在第一行指明是哪一列"
        )
        self.said.setStyleSheet("" if not missing else f"color: {colour(Tone.BAD).name()}")
        width = max((column.place for column in look.columns), default=-1) + 1
        rows = look.rows[:_SHOWN]
        self.grid.setColumnCount(width)
        self.grid.setRowCount(len(rows) + 1)
        letters = {column.place: column.letters for column in look.columns}
        self.grid.setHorizontalHeaderLabels([letters.get(one, "") for one in range(width)])
        self.grid.setVerticalHeaderLabels(["是什么", *(str(number) for number, _ in rows)])
        self.grid.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _ROW_SPARE)
        self.grid.setRowHeight(0, self.fontMetrics().height() + 16)
        for column in look.columns:
            self.grid.setCellWidget(0, column.place, self._choice(column.heading, column.field))
        self._fill_rows(look, rows, width)
        for one in range(width):
            self.grid.setColumnWidth(one, min(max(self.grid.sizeHintForColumn(one) + 8, 118), 210))

    def _fill_rows(self, look: SheetLook, rows: Sequence[tuple[int, tuple[str, ...]]], width: int) -> None:
        head, read = QColor(ground(Tone.GOOD)), {c.place for c in look.columns if c.field}
        for row, (number, cells) in enumerate(rows, 1):
            for place in range(width):
                cell = QTableWidgetItem(cells[place] if place < len(cells) else "")
                if look.first <= number <= look.last:
                    cell.setBackground(head)
                elif number > look.last and place not in read:
                    cell.setForeground(colour(Tone.MUTED))
                self.grid.setItem(row, place, cell)

    def _choice(self, heading: str, field: str) -> QComboBox:
        form = FORMS[self._kind]
        choice = QComboBox()
        choice.addItem("（不读）", "")
        wanted = dict.fromkeys([*(name for one in form.needed for name in one), *form.optional])
        for name in wanted:
            choice.addItem(form.fields[name].title, name)
        choice.setCurrentIndex(max(0, choice.findData(field)))
        choice.setEnabled(bool(heading))
        choice.setProperty("heading", heading)
        choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        choice.activated.connect(lambda _place, box=choice: self._chosen(box))
        return choice

    def _chosen(self, choice: QComboBox) -> None:
        heading = str(choice.property("heading"))
        field = str(choice.currentData())
        if field:
            # a field is one column's: whichever had it before is left out
            look = self.looks[self.sheet.currentIndex()]
            for column in look.columns:
                if column.field == field and column.heading != heading:
                    self.mapping[column.heading] = ""
        self.mapping[heading] = field
        self.remapped.emit()
