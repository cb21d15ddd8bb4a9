"""改正建议: numbers that a file brought damaged, each beside the one that the registry makes of it; somebody decides every one."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QMessageBox

from app.intake.before_after import Piece, before_after
from app.intake.findings import KIND_TITLES
from app.intake.listings import KIND_NAMES
from app.intake.proposals import ProposalView, proposals_of, runs_with_proposals
from app.intake.use_cases import decline_proposals
from ui.screens.intake import kinds
from ui.screens.intake.page import IntakePage
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.facts import TextTable, card, heading, quiet
from ui.widgets.pieces import PIECES, PiecesDelegate

_STATES: dict[str, str | tuple[str, Tone]] = {
    "open": "待定",
    "accepted": ("已接受", Tone.GOOD),
    "declined": ("不接受", Tone.MUTED),
}
_BEFORE, _AFTER = 4, 5
_HEADINGS = ("状态", "工作表", "行", "栏目", "表上写的", "建议改成", "依据")


class ProposalsPage(IntakePage):
    """The proposals of one import; `moved` says that another row is current or the list is another one."""

    name: ClassVar[str] = "proposals"
    words: ClassVar[str] = "改正建议"
    moved = Signal()

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.shown: Sequence[ProposalView] = ()
        self.run: int | None = None
        self.kind = ""
        self._seen = 0
        self.runs = QComboBox()
        self.runs.setMinimumWidth(360)
        self.runs.currentIndexChanged.connect(self._fill)
        self.with_decided = QCheckBox("也显示决定过的(&D)")
        self.with_decided.toggled.connect(self._fill)
        self.count = heading("", 1.2)
        self.hint = quiet("")
        self.table = TextTable(_HEADINGS, right=[2], stretch=6)
        self.table.setSelectionMode(TextTable.SelectionMode.ExtendedSelection)
        self._delegates = {
            _BEFORE: PiecesDelegate(Tone.BAD),
            _AFTER: PiecesDelegate(Tone.GOOD),
        }
        for place, delegate in self._delegates.items():
            self.table.setItemDelegateForColumn(place, delegate)
        self.table.itemSelectionChanged.connect(self._moved)
        self.why = quiet("")
        self.table.verticalScrollBar().valueChanged.connect(self._look)
        choice = QHBoxLayout()
        choice.addWidget(self.runs)
        choice.addWidget(self.with_decided)
        choice.addStretch()
        self.column.addLayout(choice)
        self.column.addWidget(card(self.count, self.hint))
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.why)

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """The imports with proposals, and the one that was shown, or the latest with any to decide."""
        found = runs_with_proposals(self.office.store)
        self.runs.blockSignals(True)
        self.runs.clear()
        for one in found:
            left = f"{one.waiting} 条待定" if one.waiting else "都已决定"
            words = f"第 {one.run} 次 {KIND_NAMES[one.kind]} {one.file_name}（{left}）"
            self.runs.addItem(words, (one.run, one.kind))
        places = {one.run: place for place, one in enumerate(found)}
        waiting = next((place for place, one in enumerate(found) if one.waiting), 0)
        self.runs.setCurrentIndex(places.get(self.run or 0, waiting) if found else -1)
        self.runs.blockSignals(False)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        chosen: tuple[int, str] | None = self.runs.currentData()
        row, was = self.table.currentRow(), self.run
        self.run, self.kind = chosen or (None, "")
        every = [] if self.run is None else proposals_of(self.office.store, self.run)
        self.shown = [one for one in every if self.with_decided.isChecked() or one.state == "open"]
        self.table.fill(
            [
                [_STATES[one.state], one.sheet, str(one.row), one.column, "", "", one.why]
                for one in self.shown
            ],
            [one.proposal for one in self.shown],
        )
        for place, one in enumerate(self.shown):
            for column, pieces in zip(
                (_BEFORE, _AFTER), before_after(one.written, one.proposed), strict=True
            ):
                self._put(place, column, pieces)
        self.table.fit_columns()
        self._say(len(every))
        self._seen = 0
        self._look()
        if self.shown:
            self.table.selectRow(min(max(row, 0), len(self.shown) - 1) if was == self.run else 0)
        self._moved()

    def _put(self, row: int, column: int, pieces: Sequence[Piece]) -> None:
        cell = self.table.item(row, column)
        cell.setText("".join(piece.text for piece in pieces))
        cell.setData(PIECES, list(pieces))

    def _say(self, count: int) -> None:
        waiting = self.waiting
        kinds = Counter(KIND_TITLES.get(one.code, one.code) for one in waiting)
        self.count.setText(
            f"{len(waiting):,} 条待定" if waiting else "没有待定的改正建议" if count else "还没有改正建议"
        )
        self.hint.setText(
            "、".join(f"{words} {many} 条" for words, many in kinds.most_common())
            + "。不同的字加了底色和下划线；接受后这一行按改正的号码重新检查、入库，原来写的值留有记录。"
            if waiting
            else "导入时号码损坏、又能在户籍底册里找到唯一对应的，会列在这里。"
        )

    @Slot()
    def _moved(self) -> None:
        row = self.table.currentRow()
        self.why.setText(self.shown[row].why if 0 <= row < len(self.shown) else "")
        self.moved.emit()

    # -- what is chosen ------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> list[ProposalView]:
        """Those shown that nobody decided yet."""
        return [one for one in self.shown if one.state == "open"]

    @property
    def chosen(self) -> list[ProposalView]:
        """The open ones among the selected rows."""
        rows = {index.row() for index in self.table.selectedIndexes()}
        return [one for row, one in enumerate(self.shown) if row in rows and one.state == "open"]

    @property
    def unseen(self) -> int:
        """How many rows nobody has scrolled to yet."""
        return len(self.shown) - self._seen

    @Slot()
    def _look(self) -> None:
        height = self.table.viewport().height()
        last = self.table.indexAt(self.table.viewport().rect().bottomLeft()).row()
        down_to = len(self.shown) if last < 0 or not height else last + 1
        if self.isVisible():
            self._seen = max(self._seen, down_to)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """What is on the page now has been seen."""
        super().showEvent(event)
        self._look()

    def enter(self) -> None:
        """To the rows: arrows go from one to the next."""
        self.load()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- deciding ------------------------------------------------------------------------------------------------

    def tools(self) -> Sequence[QAction]:
        """Yes and no to the chosen ones; yes to all."""
        chosen = bool(self.chosen)
        return [
            self.tool("accept", "接受", "check", "F9", self.accept_chosen, enabled=chosen),
            self.tool("decline", "不接受", "x", "Del", self.decline_chosen, enabled=chosen),
            self.tool(
                "all", "全部接受", "list-check", "Shift+F9", self.accept_all, enabled=bool(self.waiting)
            ),
        ]

    @Slot()
    def accept_chosen(self) -> None:
        """Take the rows of the chosen proposals in, with the proposed numbers; more than one is asked about."""
        chosen = self.chosen
        if not chosen:
            self.bar.say("请先选中要接受的建议，可以选多行。", Tone.CALM)
        elif len(chosen) == 1:
            self.accept([chosen[0].proposal])
        else:
            self._ask([one.proposal for one in chosen])

    @Slot()
    def accept_all(self) -> None:
        """The same for all that wait, once they have all been on the screen."""
        if self.unseen > 0:
            words = f"还有 {self.unseen} 条没有看过。请先往下翻到最后一条，再全部接受。"
            self.bar.say(words, Tone.CALM)
            return
        self._ask([one.proposal for one in self.waiting])

    def _ask(self, numbers: Sequence[int]) -> None:
        words = (
            f"将按建议改正 {len(numbers)} 处，并把这些行重新检查、入库。原来写的值和谁接受的都会留下记录。"
        )
        self.confirm = QMessageBox(QMessageBox.Icon.Question, "接受改正建议", words, parent=self)
        go = self.confirm.addButton(f"接受 {len(numbers)} 条", QMessageBox.ButtonRole.AcceptRole)
        self.confirm.setDefaultButton(self.confirm.addButton("再看看", QMessageBox.ButtonRole.RejectRole))
        self.confirm.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go.clicked.connect(lambda: self.accept(numbers))
        self.confirm.open()

    def accept(self, numbers: Sequence[int]) -> None:
        """Accept; the rows come in by a run of their own."""
        run, kind = self.run, self.kind
        if run is None:
            return
        self.holder.do(
            "接受改正建议",
            lambda desk: kinds.accept(desk, kind, run, numbers),
            lambda done: (
                f"已按建议改正，入库 {done.answer['accepted']} 行，退回 {done.answer['rejected']} 行。"
            ),
        )

    @Slot()
    def decline_chosen(self) -> None:
        """Say that the chosen proposals are not what was meant."""
        run, numbers = self.run, [one.proposal for one in self.chosen]
        if run is None or not numbers:
            self.bar.say("请先选中不接受的建议。", Tone.CALM)
            return
        self.holder.do(
            "不接受建议",
            lambda desk: decline_proposals(desk, run_id=run, numbers=numbers),
            lambda _done: f"{len(numbers)} 条建议已标为不接受。",
        )
