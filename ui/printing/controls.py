"""The row over a preview: print, PDF, printer, copies, pages, paper, zoom, which page; and what is being done."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ui.icons import icon
from ui.printing.page_view import FIT_PAGE, FIT_WIDTH

_ZOOMS: Final = (
    ("适合页宽", FIT_WIDTH), ("整页", FIT_PAGE), ("50%", 0.5), ("75%", 0.75), ("100%", 1.0), ("150%", 1.5), ("200%", 2.0),
    ("300%", 3.0),
)  # fmt: skip
_MOST_COPIES: Final = 99


class Controls(QWidget):
    """Says what the clerk asks for; knows nothing of documents."""

    print_asked = Signal()
    pdf_asked = Signal()
    cancel_asked = Signal()
    paper_chosen = Signal(int)
    zoom_chosen = Signal(float)
    page_asked = Signal(int)

    def __init__(self, papers: Sequence[str], printers: Sequence[str], *, may_export: bool) -> None:
        super().__init__()
        self._may_export = may_export
        self.print_button = QPushButton(icon("printer"), "打印(&P)")
        self.print_button.setShortcut("Ctrl+P")
        self.pdf_button = QPushButton(icon("download"), "存为 PDF(&S)")
        self.pdf_button.setShortcut("Ctrl+S")
        self.pdf_button.setToolTip("Ctrl+S" if may_export else "您的岗位不能导出")
        self.cancel_button = QPushButton("取消 Esc")
        self.printers = QComboBox()
        self.printers.addItems(list(printers))
        self.printers.setMinimumWidth(150)
        self.printers.setPlaceholderText("没有打印机")
        self.copies = QSpinBox()
        self.copies.setRange(1, _MOST_COPIES)
        self.copies.setSuffix(" 份")
        self.range = QLineEdit()
        self.range.setPlaceholderText("全部，或 1-3,5")
        self.range.setFixedWidth(130)
        self.papers = QComboBox()
        self.papers.addItems(list(papers))
        self.zoom = QComboBox()
        for words, zoom in _ZOOMS:
            self.zoom.addItem(words, zoom)
        self.page = QSpinBox()
        self.page.setRange(1, 1)
        self.count = QLabel()
        self.doing = QLabel()
        for button in (self.print_button, self.pdf_button, self.cancel_button):
            button.setAutoDefault(False)
        self._arrange()
        self._connect()
        self.set_idle(is_whole=False)

    def _arrange(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for button in (self.print_button, self.pdf_button):
            first.addWidget(button)
        _name(first, (("打印机(&T)", self.printers), ("份数(&N)", self.copies), ("页码(&R)", self.range)))
        first.addStretch()
        first.addWidget(self.doing)
        first.addWidget(self.cancel_button)
        _name(second, (("纸张(&A)", self.papers), ("缩放(&Z)", self.zoom), ("第(&G)", self.page)))
        second.addWidget(self.count)
        second.addStretch()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(first)
        box.addLayout(second)

    def _connect(self) -> None:
        self.print_button.clicked.connect(self.print_asked)
        self.pdf_button.clicked.connect(self.pdf_asked)
        self.cancel_button.clicked.connect(self.cancel_asked)
        self.papers.activated.connect(self.paper_chosen)
        self.zoom.activated.connect(self._zoomed)
        self.page.valueChanged.connect(self.page_asked)

    @Slot(int)
    def _zoomed(self, place: int) -> None:
        self.zoom_chosen.emit(float(self.zoom.itemData(place)))

    @Slot(float)
    def set_zoom(self, zoom: float) -> None:
        """Show a zoom, one of the usual or any other, and take it."""
        place = next((one for one, (_, known) in enumerate(_ZOOMS) if abs(known - zoom) < 0.005), -1)
        self.zoom.setCurrentIndex(place)
        self.zoom.setPlaceholderText(f"{zoom:.0%}")
        self.zoom_chosen.emit(zoom)

    def show_paper(self, place: int) -> None:
        """Which paper is shown."""
        self.papers.setCurrentIndex(place)

    @Slot(int)
    def show_page(self, number: int) -> None:
        """Which page is in sight."""
        self.page.blockSignals(True)
        self.page.setValue(number)
        self.page.blockSignals(False)

    def show_count(self, pages: int) -> None:
        """How many pages there are."""
        self.page.setRange(1, max(1, pages))
        self.count.setText(f"页，共 {pages:,} 页")

    def show_done(self, pages: object) -> None:
        """How many pages are done of what is being done."""
        self.doing.setText(f"{self._words} {pages:,} 页" if isinstance(pages, int) else self._words)

    def set_busy(self, words: str) -> None:
        """Something is being done: only cancel can be pressed."""
        self._words = words
        self.doing.setText(words)
        self._enable(idle=False)

    def set_idle(self, *, is_whole: bool) -> None:
        """Nothing is being done; only a document that is laid out to its end can go out."""
        self._words = ""
        self.doing.clear()
        self._enable(idle=True, ready=is_whole)

    def _enable(self, *, idle: bool, ready: bool = False) -> None:
        has_printer = self.printers.count() > 0
        self.print_button.setEnabled(ready and has_printer)
        for widget in (self.printers, self.copies):
            widget.setEnabled(has_printer)
        self.pdf_button.setEnabled(ready and self._may_export)
        self.papers.setEnabled(idle and self.papers.count() > 1)
        self.cancel_button.setVisible(not idle)


def _name(row: QHBoxLayout, fields: Sequence[tuple[str, QWidget]]) -> None:
    """Fields in a row, each behind its name."""
    for words, widget in fields:
        label = QLabel(words)
        label.setBuddy(widget)
        row.addSpacing(8)
        row.addWidget(label)
        row.addWidget(widget)
