"""导入记录: every import so far, what each found, and how a whole one is taken back."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMessageBox

from app.intake.listings import FINDINGS, KIND_NAMES, RUNS
from models.domain.permission import Permission
from ui.screens.intake import kinds
from ui.screens.intake.page import IntakePage
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.paged_table import PagedTable, good_bad
from ui.widgets.splits import one_over_other


class HistoryPage(IntakePage):
    """The runs above, what the current one found below."""

    name: ClassVar[str] = "history"
    words: ClassVar[str] = "导入记录"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.runs = screen.make_table(
            RUNS,
            tone_of=good_bad(frozenset(), frozenset({"undone"})),
            frozen=3,
            empty="还没有导入过任何文件。",
        )
        self.findings = PagedTable(
            self.office, FINDINGS.among("f.run_id = ?", 0), frozen=0, empty="这次导入没有发现问题。"
        )
        self.runs.chosen.connect(self._show)
        self.column.addWidget(one_over_other(self.runs, self.findings, (320, 220)))

    @property
    def list_table(self) -> PagedTable:
        """The runs."""
        return self.runs

    def load(self) -> None:
        """The runs as they are now."""
        self.runs.load()

    def enter(self) -> None:
        """The latest run is current."""
        self.load()
        if self.runs.rows and self.runs.current_id() is None:
            self.runs.go_to_row(0)

    def tools(self) -> Sequence[QAction]:
        """Undo: of allotments by whoever manages the funds, of everything else by whoever imports."""
        may = self.office.may(Permission.IMPORT) or self.office.may(Permission.MANAGE_FUNDS)
        return [
            self.holder._tool_of("undo", "撤销导入", "arrow-back-up", "", self.ask_undo, enabled=may),
        ]

    @Slot(object)
    def _show(self, run: object) -> None:
        if isinstance(run, int):
            self.findings.load(FINDINGS.among("f.run_id = ?", run))

    @Slot()
    def ask_undo(self) -> None:
        """Confirm, then undo a whole import."""
        run = self.runs.current_id()
        row = self.runs.model.row_values(self.runs.view.currentIndex().row()) if run is not None else None
        if run is None or row is None:
            self.bar.say("请先在导入记录里选中一次导入。", Tone.CALM)
            return
        kind = str(row[1])
        words = f"将撤销第 {run} 次导入（{KIND_NAMES[kind]} {row[2]}），它带来的 {row[6]:,} 行全部取走，改动的恢复原样。"
        self.confirm = QMessageBox(QMessageBox.Icon.Warning, "撤销导入", words, parent=self)
        go = self.confirm.addButton(f"撤销 {row[6]:,} 行", QMessageBox.ButtonRole.DestructiveRole)
        stay = self.confirm.addButton("不撤销", QMessageBox.ButtonRole.RejectRole)
        self.confirm.setDefaultButton(stay)
        self.confirm.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go.clicked.connect(lambda: self.undo(run, kind))
        self.confirm.open()

    def undo(self, run: int, kind: str) -> None:
        """Undo an import."""
        self.holder.do(
            f"撤销第 {run} 次导入",
            lambda desk: kinds.undo(desk, kind, run),
            lambda _done: f"第 {run} 次导入已整体撤销。",
        )
