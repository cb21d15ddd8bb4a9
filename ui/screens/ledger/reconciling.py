"""对账: the bank's statements beside the books, what each side has alone, and both balances adjusted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.changes import Changes
from app.ledger.queries import voucher_of
from app.pages import Column
from app.reports.catalogue.reconciliation import RECONCILIATION
from app.reports.catalogue.report import make_sheets
from app.statements.profiles import statement_profiles
from app.statements.queries import (
    KIND_NAMES,
    OPEN_VOUCHERS,
    STATEMENT_LINES,
    LineView,
    NoStatementYet,
    Reconciliation,
    line_of,
    reconcile,
    statements,
)
from app.statements.use_cases import (
    match_statements,
    pair_by_hand,
    post_from_line,
    take_statement,
    undo_statement,
    unpair,
)
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.screens.list_screen import ListScreen
from ui.screens.tab import Tab
from ui.theme import Tone, colour
from ui.widgets.asking import Asked
from ui.widgets.facts import heading, quiet
from ui.widgets.splits import one_over_other


class ReconcilingTab(Tab):
    """One statement's movements over the vouchers that no statement shows yet."""

    name = "reconcile"
    words = "对账"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        self.statement = QComboBox()
        self.statement.setMinimumWidth(230)
        self.statement.currentIndexChanged.connect(self._show)
        self.only_open = QCheckBox("只看未达(&O)")
        self.only_open.toggled.connect(self._show_lines)
        self.balances, self.verdict = heading(""), QLabel()
        self.balances.setWordWrap(True)
        self.table = holder.make_table(
            STATEMENT_LINES,
            tone_of=_tone_of,
            empty="还没有银行对账单。按 Ctrl+N 登记代发专户的对账单，每一笔自动与凭证核对。",
        )
        self.vouchers = holder.make_table(
            OPEN_VOUCHERS, empty="没有未达的凭证；还没有登记对账单时，这里也是空的。"
        )
        self.table.chosen.connect(lambda _one: self.tools_changed.emit())
        self.table.add_row_action("据此记账…", self.ask_post)
        self.table.add_row_action("与选中的凭证对账", self.pair)
        self.table.add_row_action("取消对账", self.take_apart)
        self._arrange()

    def _arrange(self) -> None:
        label = QLabel("对账单(&Y)")
        label.setBuddy(self.statement)
        line = QHBoxLayout()
        for widget in (label, self.statement, self.only_open):
            line.addWidget(widget)
        line.addSpacing(16)
        line.addWidget(self.balances, 1)
        line.addWidget(self.verdict)
        under = QWidget()
        below = QVBoxLayout(under)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(quiet("账上已记、银行对账单上还没有的："))
        below.addWidget(self.vouchers, 1)
        split = one_over_other(self.table, under, (400, 170))
        self.column.addLayout(line)
        self.column.addWidget(split, 1)

    # -- what the screen asks --------------------------------------------------------------------------------------

    def load(self) -> None:
        """The statements, the last one open unless another was."""
        known = list(reversed(statements(self.office.store)))
        kept = self.statement.currentData()
        newest = self.statement.itemData(0)
        self.statement.blockSignals(True)
        self.statement.clear()
        for one in known:
            self.statement.addItem(f"{one.first_day} 至 {one.last_day}　未达 {one.open_lines}", one.id)
        # a statement that has just come is the one to look at
        stays = known and newest == known[0].id
        self.statement.setCurrentIndex(max(0, self.statement.findData(kept)) if stays else 0)
        self.statement.blockSignals(False)
        self._show()

    def tools(self) -> Sequence[QAction]:
        """Take, match, post, take back; the paper."""
        may, has = self.office.may(Permission.MANAGE_FUNDS), self.statement.count() > 0
        line = self.line
        is_open = line is not None and not line.is_matched
        tool = self.holder._tool_of
        return [
            tool("st_statement", "登记对账单", "table-import", "Ctrl+N", self.ask_take, enabled=may),
            tool("st_match", "自动对账", "refresh", "F8", self.match, enabled=may and has),
            tool("st_pair", "手工对账", "check", "F9", self.pair, enabled=may and is_open),
            tool("st_post", "据此记账", "pencil", "F2", self.ask_post, enabled=may and is_open),
            tool(
                "unpair",
                "取消对账",
                "x",
                "",
                self.take_apart,
                enabled=may and line is not None and not is_open,
            ),
            tool("st_paper", "余额调节表", "file-certificate", "F7", self.print_paper, enabled=has),
            tool("st_undo", "撤销对账单", "arrow-back-up", "", self.ask_undo, enabled=may and has),
            *self.holder.table_tools(),
        ]

    @property
    def line(self) -> LineView | None:
        """The movement that is chosen."""
        chosen = self.table.current_id()
        return None if chosen is None or not self.statement.count() else line_of(self.office.store, chosen)

    @Slot()
    def _show(self) -> None:
        self._show_lines()
        self.vouchers.load()
        try:
            found = reconcile(self.office.store, self.statement.currentData())
        except NoStatementYet as no:
            self.balances.setText("")
            self.verdict.setText(no.sentence)
            self.verdict.setStyleSheet("")
        else:
            self._say(found)
        self.tools_changed.emit()

    @Slot()
    def _show_lines(self) -> None:
        among = STATEMENT_LINES.among("l.statement_id = ?", self.statement.currentData() or 0)
        self.table.load(among.among("l.match_id IS NULL") if self.only_open.isChecked() else among)
        if self.table.current_id() is None:
            self.table.go_to_row(0)

    def _say(self, found: Reconciliation) -> None:
        self.balances.setText(f"银行 {yuan_text(found.bank_fen)}　账面 {yuan_text(found.book_fen)}")
        if found.agrees:
            said, tone = f"✓ 调节后相符 {yuan_text(found.adjusted_bank_fen)} 元", Tone.GOOD
        else:
            said, tone = f"✕ 调节后相差 {yuan_text(found.difference_fen)} 元（开始对账时就有）", Tone.BAD
        self.verdict.setText(said)
        self.verdict.setStyleSheet(f"color: {colour(tone).name()}; font-weight: bold")

    # -- acts ------------------------------------------------------------------------------------------------------

    @Slot()
    def ask_take(self) -> None:
        """Ask for a statement's file."""

        def said(done: Changes) -> str:
            left = done.answer["open_lines"]
            more = f"还有 {left} 笔没有对上凭证。" if left else "全部对上凭证。"
            return f"对账单已登记，{done.answer['first_day']} 至 {done.answer['last_day']}，{done.answer['lines']} 笔，{more}"

        profiles = [("", "按栏目自动认"), *((one.name, one.title) for one in statement_profiles().values())]
        self.holder.ask(
            "登记银行对账单",
            "登记并对账",
            [
                Asked("file", "对账单文件(&F)", "file", hint="网银导出的 .xlsx、.xls、.csv", needed=True),
                Asked("profile", "格式(&P)", "choice", choices=profiles),
            ],
            lambda desk, given: take_statement(desk, path=Path(given["file"]), profile=given["profile"]),
            said,
            words="逐笔核对余额：期初 + 收入 − 支出 必须等于每一行的余额，不等的指出是哪一行。",
            tone=lambda done: Tone.WARN if done.answer["open_lines"] else Tone.GOOD,
        )

    @Slot()
    def match(self) -> None:
        """Match again by rule."""
        self.holder.do(
            "自动对账",
            match_statements,
            lambda done: f"新对上 {done.answer['matched']} 笔，还有 {done.answer['open_lines']} 笔未达。",
        )

    @Slot()
    def pair(self) -> None:
        """Match the selected movements with the selected vouchers."""
        lines, chosen = self.table.selected_ids(), self.vouchers.selected_ids()
        if len(lines) > 1 and sum(line_of(self.office.store, one).fen for one in lines) == 0:
            self._pair_among_themselves(lines)
            return
        if not lines or not chosen:
            self.bar.say("请在上面选中银行的一笔或几笔，在下面选中要对的凭证，再按 F9。", Tone.CALM)
            return
        found = [voucher_of(self.office.store, one) for one in chosen]
        names = [f"{one.month}/{one.name}" for one in found]
        self.holder.do(
            "手工对账",
            lambda desk: pair_by_hand(desk, lines=lines, vouchers=names),
            lambda done: f"已对账：{'、'.join(names)}，{yuan_text(Fen(int(str(done.answer['fen']))))} 元。",
        )

    def _pair_among_themselves(self, lines: Sequence[int]) -> None:
        """Movements that are 0 together are the bank's own correction 冲正; the books have none of it."""
        self.holder.do(
            "手工对账",
            lambda desk: pair_by_hand(desk, lines=lines, vouchers=[]),
            lambda done: f"银行的 {done.answer['lines']} 笔收支互相冲抵，已对账。",
        )

    @Slot()
    def take_apart(self) -> None:
        """Take the match of the current movement apart."""
        line = self.line
        if line is not None:
            self.holder.do(
                "取消对账",
                lambda desk: unpair(desk, line_id=line.id),
                lambda done: f"已取消与 {done.answer['vouchers'] or '银行冲正'} 的对账。",
            )

    @Slot()
    def ask_post(self) -> None:
        """Ask whether the current movement is interest or a charge, and post it."""
        line = self.line
        if line is None or line.is_matched:
            self.bar.say("请先选中一笔未达的银行收支。", Tone.CALM)
            return
        kind = "interest" if line.fen > 0 else "charge"
        amount = yuan_text(Fen(abs(line.fen)))
        self.holder.ask(
            f"登记{KIND_NAMES[kind]}",
            "记账并对账",
            [],
            lambda desk, _given: post_from_line(desk, line_id=line.id, kind=kind),
            lambda done: f"{KIND_NAMES[kind]} {amount} 元已记账，凭证 {done.answer['voucher']}。",
            words=f"{line.day} “{line.summary}” {amount} 元，登记为专户{KIND_NAMES[kind]}，凭证日期用银行的日期（已结账的年度用今天的日期）。"
            + ("" if line.proposal else "银行的摘要里没有写，请核对清楚；拨款到账请到“资金指标”登记。"),
        )

    @Slot()
    def ask_undo(self) -> None:
        """Ask why a statement is taken back."""
        chosen = int(self.statement.currentData())
        self.holder.ask(
            "撤销对账单",
            "撤销",
            [Asked("reason", "原因(&R)", "long", needed=True)],
            lambda desk, given: undo_statement(desk, statement_id=chosen, reason=given["reason"]),
            "对账单已撤销，凭证都还在。",
            words=f"将撤销 {self.statement.currentText().split('　')[0]} 的对账单和它的对账结果。",
        )

    @Slot()
    def print_paper(self) -> None:
        """Preview 余额调节表 and the statement."""
        given = {"statement": str(self.statement.currentData())}
        self.holder.preview_sheets(make_sheets(self.office.desk(), RECONCILIATION, given))


def _tone_of(column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
    if column.name == "how":
        return Tone.GOOD if value else Tone.WARN
    return None
