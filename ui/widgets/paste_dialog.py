"""A range pasted from WPS or Excel: every cell with its verdict before anything is done with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import Tone
from ui.widgets.facts import TextTable, heading


@dataclass(frozen=True)
class Verdict:
    """A pasted row: its cells as they were, what was made of it, whether it is good, and what it means (an id) if so."""

    cells: Sequence[str]
    words: str
    good: bool
    id: int | None = None


def clipboard_rows() -> list[list[str]]:
    """The rows of the clipboard as WPS and Excel put them there; blank ones left out."""
    text = QGuiApplication.clipboard().text().replace("\r\n", "\n").replace("\r", "\n")
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.split("\n")]
    return [row for row in rows if any(row)]


class PasteDialog(QDialog):
    """`taken` carries the ids of the good rows, in their order."""

    taken = Signal(object)

    def __init__(
        self,
        title: str,
        verb: str,
        rows: Sequence[Sequence[str]],
        judge: Callable[[Sequence[Sequence[str]]], Sequence[Verdict]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(720, 460)
        self.verdicts = judge(rows)
        width = max((len(row) for row in rows), default=0)
        self.table = TextTable(["结果", *(f"第 {place} 列" for place in range(1, width + 1))], stretch=0)
        self.table.fill(
            [
                [(("✓ " if one.good else "✕ ") + one.words, Tone.GOOD if one.good else Tone.BAD), *one.cells, *[""] * (width - len(one.cells))]
                for one in self.verdicts
            ]
        )  # fmt: skip
        good = [one.id for one in self.verdicts if one.good and one.id is not None]
        self.take_button = QPushButton(f"{verb}（{len(good):,} 行）")
        self.take_button.setObjectName("primary")
        self.take_button.setEnabled(bool(good))
        self.take_button.clicked.connect(self._take)
        leave = QPushButton("取消")
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(leave)
        foot.addWidget(self.take_button)
        box = QVBoxLayout(self)
        bad = len(self.verdicts) - len(good)
        box.addWidget(heading(f"粘贴了 {len(self.verdicts):,} 行：认出 {len(good):,} 行，认不出 {bad:,} 行"))
        box.addWidget(QLabel("认不出的行不会用到，请在原表里改正后再粘贴。"))
        box.addWidget(self.table, 1)
        box.addLayout(foot)

    @Slot()
    def _take(self) -> None:
        self.taken.emit([one.id for one in self.verdicts if one.good and one.id is not None])
        self.accept()
