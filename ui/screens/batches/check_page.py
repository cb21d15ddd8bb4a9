"""体检: every check with its rows, blockers first; a reason beside each warning, kept until the batch goes on."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.batches.sheet import LEVEL_NAMES, STAGE_NAMES, CheckResult, CheckSheet
from models.domain.money import Fen, yuan_text
from ui.theme import Tone, colour
from ui.widgets.facts import TextTable, heading, quiet

COMPARING = "last."


class CheckPage(QWidget):
    """`payment_chosen` carries the id of the payment that a row is about."""

    payment_chosen = Signal(object)

    def __init__(self, *, comparing: bool = False) -> None:
        super().__init__()
        self._comparing = comparing
        self.sheet: CheckSheet | None = None
        self.reasons: dict[str, str] = {}
        self._shown: list[CheckResult] = []
        self.verdict = heading("正在体检……", 1.1)
        self.verdict.setWordWrap(True)
        self.list = QListWidget()
        self.list.setSpacing(2)
        self.list.currentRowChanged.connect(self._show)
        self.name = heading("")
        self.advice = quiet("")
        self.rows = TextTable(["序号", "姓名", "证件号", "情况"], right=[0], stretch=3)
        self.rows.cellDoubleClicked.connect(self._open)
        self.rows.currentCellChanged.connect(self._show_sentence)
        self.sentence = quiet("")
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("写明核实情况，提交和审批时随体检表封存")
        self.reason.textEdited.connect(self._write)
        self.reason.returnPressed.connect(self.go_to_unexplained)
        self.reason_words = QLabel("说明(&R)")
        self.reason_words.setBuddy(self.reason)
        line = QHBoxLayout()
        line.addWidget(self.reason_words)
        line.addWidget(self.reason, 1)
        right = QVBoxLayout()
        right.addWidget(self.name)
        right.addWidget(self.advice)
        right.addLayout(line)
        right.addWidget(self.rows, 1)
        right.addWidget(self.sentence)
        both = QHBoxLayout()
        both.addWidget(self.list)
        both.addLayout(right, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 6, 0, 0)
        box.addWidget(self.verdict)
        box.addLayout(both, 1)
        self._fit()
        self._show(-1)

    def _fit(self) -> None:
        widest = self.fontMetrics().horizontalAdvance("需要说明　收款账号近期变更过　9,999 行") + 46
        self.list.setFixedWidth(widest)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "list"):
            self._fit()

    def fill(self, sheet: CheckSheet, missing: Fen = Fen(0)) -> None:
        """Show a sheet; reasons typed before stay. `missing` funds stop nothing before approval, but they are said."""
        self.sheet = sheet
        results = [
            one for one in sheet.results if one.code.value.startswith(COMPARING) or not self._comparing
        ]
        self._shown = sorted(results, key=lambda one: (one.passed, one not in sheet.blockers))
        for one in sheet.results:
            if one.reason:
                self.reasons.setdefault(one.code.value, one.reason)
        blockers, warnings = len(sheet.blockers), len(sheet.to_explain)
        checked = f"{STAGE_NAMES[sheet.stage]}体检：{sheet.checked.payments:,} 笔，{yuan_text(sheet.checked.fen)} 元"
        if blockers:
            found = f"{blockers} 项不能通过，{warnings} 项要说明"
        else:
            found = f"没有拦下的，{warnings} 项要说明" if warnings else "全部通过"
        if missing and sheet.stage == "submit":  # for approval it stands among the blockers
            found += f"；资金还差 {yuan_text(missing)} 元，审批以前要登记指标和到账"
        self.verdict.setText(f"{checked}；{found}")
        here = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for one in self._shown:
            self.list.addItem(self._line(one))
        self.list.blockSignals(False)
        self.list.setCurrentRow(here if 0 <= here < len(self._shown) else 0)
        self._show(self.list.currentRow())

    def _line(self, one: CheckResult) -> QListWidgetItem:
        line = QListWidgetItem()
        self._dress(line, one)
        return line

    def _dress(self, line: QListWidgetItem, one: CheckResult) -> None:
        if one.passed:
            line.setText(f"✓ 通过　{one.name}")
            line.setForeground(colour(Tone.MUTED))
            return
        assert self.sheet is not None  # a line is dressed only for a sheet  # noqa: S101
        if one in self.sheet.blockers:
            line.setText(f"✕ {LEVEL_NAMES['blocker']}　{one.name}　{len(one.rows):,} 行")
            line.setForeground(colour(Tone.BAD))
        elif self.reasons.get(one.code.value):
            line.setText(f"✓ 已说明　{one.name}　{len(one.rows):,} 行")
            line.setForeground(colour(Tone.GOOD))
        else:
            line.setText(f"！{LEVEL_NAMES['warning']}　{one.name}　{len(one.rows):,} 行")
            line.setForeground(colour(Tone.WARN))

    @property
    def unexplained(self) -> list[CheckResult]:
        """Warnings that nobody wrote a reason for yet."""
        if self.sheet is None:
            return []
        return [one for one in self.sheet.to_explain if not self.reasons.get(one.code.value, "").strip()]

    def given(self) -> Mapping[str, str]:
        """The reasons for what this sheet found."""
        found = {one.code.value for one in self.sheet.to_explain} if self.sheet is not None else set()
        return {code: reason for code, reason in self.reasons.items() if code in found and reason.strip()}

    @Slot(int)
    def _show(self, row: int) -> None:
        one = self._shown[row] if 0 <= row < len(self._shown) else None
        self.name.setText("" if one is None else one.name)
        self.advice.setText("" if one is None else one.advice)
        self.advice.setVisible(bool(one is not None and one.advice))
        asks = one is not None and self.sheet is not None and one in self.sheet.to_explain
        self.reason.setVisible(asks)
        self.reason_words.setVisible(asks)
        if one is None:
            self.rows.fill([])
            self._show_sentence(-1)
            return
        self.reason.setText(self.reasons.get(one.code.value, ""))
        self.rows.fill(
            [[str(r.line) if r.line else "", r.name, r.id_masked, r.sentence] for r in one.rows[:2000]],
            [r.payment_id for r in one.rows[:2000]],
        )
        self._show_sentence(self.rows.currentRow())
        of_nobody = not any(
            r.line or r.name for r in one.rows
        )  # of the batch's money: the sentence has the room
        for column in range(3):
            self.rows.setColumnHidden(column, of_nobody)

    @Slot(int)
    def _show_sentence(self, row: int) -> None:
        """The whole sentence of the current row: in large letters its cell is narrow."""
        cell = self.rows.item(row, 3)
        self.sentence.setText("" if cell is None else cell.text())
        self.sentence.setVisible(cell is not None)

    @Slot(str)
    def _write(self, text: str) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            self.reasons[self._shown[row].code.value] = text
            self._dress(self.list.item(row), self._shown[row])

    @Slot()
    def go_to_unexplained(self) -> None:
        """The next warning without a reason."""
        waiting = {one.code for one in self.unexplained}
        for row, one in enumerate(self._shown):
            if one.code in waiting:
                self.list.setCurrentRow(row)
                self.reason.setFocus(Qt.FocusReason.TabFocusReason)
                return

    @Slot(int, int)
    def _open(self, row: int, _column: int) -> None:
        if (payment := self.rows.key(row)) is not None:
            self.payment_chosen.emit(payment)
