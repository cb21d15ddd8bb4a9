"""打印机: the printers of this machine, and how far each is out on each paper; a sheet to measure it by."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from ui.printing.paper import Paper
from ui.printing.printers import FORMS, MOST_OFF_MM, NO_PRINTER, Offset, Offsets, printer_names
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.theme import Tone
from ui.widgets.facts import TextTable, card, heading, quiet


class PrintersPage(SystemPage):
    """One printer and paper at a time to be set right, and under it what was set."""

    name = "printers"
    words = "打印机"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.printer, self.paper = QComboBox(), QComboBox()
        self.printer.setMinimumWidth(280)
        self.printer.setPlaceholderText("没有打印机")
        for paper in FORMS:
            self.paper.addItem(f"{paper.name}　{paper.width:g}×{paper.height:g} 毫米", paper)
        self.right, self.down = _offset_box(), _offset_box()
        self.save_button = QPushButton("保存(&S)")
        self.sheet_button = QPushButton("打印校准页(&T)…")
        for button, act in ((self.save_button, self.save), (self.sheet_button, self.preview_sheet)):
            button.setAutoDefault(False)
            button.clicked.connect(act)
        for box in (self.printer, self.paper):
            box.currentIndexChanged.connect(lambda _place: self._show())
        self.kept = TextTable(["打印机", "纸张", "向右（毫米）", "向下（毫米）"], right=[2, 3], stretch=0)
        self.kept.cellActivated.connect(lambda _row, _column: self._choose())
        self.kept.nothing.setText("还没有校准过：都按纸边原样打印。")
        self.none = quiet(NO_PRINTER)
        self.column.addWidget(card(heading("校准一台打印机"), self.none, self._form(), quiet(_HOW)))
        self.column.addWidget(heading("校准过的"))
        self.column.addWidget(self.kept, 1)

    def _form(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addRow("打印机(&P)", self.printer)
        form.addRow("纸张(&A)", self.paper)
        moved = QHBoxLayout()
        for words, box in (("向右(&X)", self.right), ("向下(&Y)", self.down)):
            label = QLabel(words)
            label.setBuddy(box)
            moved.addWidget(label)
            moved.addWidget(box)
            moved.addSpacing(12)
        moved.addWidget(self.save_button)
        moved.addWidget(self.sheet_button)
        moved.addStretch()
        form.addRow("移动", moved)
        return page

    def tools(self) -> Sequence[QAction]:
        """The sheet to measure by."""
        return [self.tool("sheet", "校准页", "printer", "Ctrl+T", self.preview_sheet)]

    def load(self) -> None:
        """The printers there are now, and what was set."""
        names = printer_names()
        if [self.printer.itemText(place) for place in range(self.printer.count())] != names:
            self.printer.clear()
            self.printer.addItems(names)
        self.none.setVisible(not names)
        self.save_button.setEnabled(bool(names))
        self._show()
        self._fill()

    def _paper(self) -> Paper:
        paper = self.paper.currentData(Qt.ItemDataRole.UserRole)
        assert isinstance(paper, Paper)  # every line of the box carries one  # noqa: S101
        return paper

    def _show(self) -> None:
        offset = Offsets().get(self.printer.currentText(), self._paper())
        self.right.setValue(offset.right)
        self.down.setValue(offset.down)

    def _fill(self) -> None:
        known = Offsets().known(FORMS)
        self.kept.fill(
            [[name, paper.name, f"{offset.right:g}", f"{offset.down:g}"] for name, paper, offset in known],
            [(name, paper.name) for name, paper, _ in known],
        )

    @Slot()
    def _choose(self) -> None:
        """Show the line that was opened, where its printer is still there."""
        key = self.kept.key()
        if isinstance(key, tuple):
            self.printer.setCurrentText(key[0])
            self.paper.setCurrentIndex([paper.name for paper in FORMS].index(key[1]))

    @Slot()
    def save(self) -> None:
        """Remember how far this printer is moved on this paper."""
        name, paper = self.printer.currentText(), self._paper()
        if not name:
            return
        Offsets().keep(name, paper, Offset(self.right.value(), self.down.value()))
        self._fill()
        self.bar.say(
            f"“{name}”在{paper.name}上以后打印时向右移 {self.right.value():g} 毫米、向下移 {self.down.value():g} 毫米。",
            Tone.GOOD,
        )

    @Slot()
    def preview_sheet(self) -> None:
        """Preview the sheet by which the printer is measured, moved as it is set now."""
        from ui.printing import preview
        from ui.printing.forms.calibration import calibration_document

        document = calibration_document(self._paper(), self.printer.currentText() or "打印机：＿＿＿＿＿＿")
        self.preview = preview(document, self, office=self.office)


_HOW = (
    "先打印校准页，量十字中心到纸左边、上边的距离，应当都是 20 毫米。到左边只有 18 毫米，“向右”填 2；有 21 毫米，填 -1；上下同理。"
    "保存后再印一张核对。这些数只记在这台电脑上，换打印机、换纸要重新量。"
)


def _offset_box() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(-MOST_OFF_MM, MOST_OFF_MM)
    box.setDecimals(1)
    box.setSingleStep(0.5)
    box.setSuffix(" 毫米")
    return box
