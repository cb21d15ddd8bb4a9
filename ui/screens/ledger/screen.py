"""台账: vouchers, the trial balance, the books of allotments, batches, programs and the bank account; every sum opens its lines."""

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.changes import Topic
from app.funds.listings import DEPOSITS
from app.ledger.books import bank_book
from app.ledger.listings import (
    ALLOTMENT_BOOK,
    BATCH_BOOK,
    PROGRAM_BOOK,
    VOUCHERS,
    behind,
    behind_balance,
    trial_balance_of,
)
from app.ledger.queries import (
    batch_of_voucher,
    lines_of,
    months_of,
    trial_balance,
    voucher_of,
    voucher_of_line,
)
from app.ledger.use_cases import REVERSIBLE, reverse_voucher
from app.pages import Between, Column, Listing
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.ledger.behind_page import BehindPage
from ui.screens.ledger.reconciling import ReconcilingTab
from ui.screens.ledger.voucher_card import VoucherCard
from ui.screens.tabbed_screen import TabbedScreen
from ui.theme import Tone, colour
from ui.widgets.asking import Asked
from ui.widgets.facts import heading
from ui.widgets.paged_table import PagedTable
from ui.widgets.splits import one_over_other

_BOOKS = ("balance", "allotments", "batches", "programs")
_MOST_PRINTED = 200


class LedgerScreen(TabbedScreen):
    """The books in tabs; over them the lines of a sum, when one was opened."""

    room: ClassVar[Room] = Room.LEDGER
    topics: ClassVar[frozenset[Topic]] = frozenset(
        {Topic.LEDGER, Topic.FUNDS, Topic.BATCHES, Topic.PAYMENTS, Topic.RETURNS}
    )
    help_page = "ledger"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.vouchers = self.make_table(VOUCHERS, empty="还没有凭证。到账、审批、报盘、回盘时自动记账。")
        self.card = VoucherCard(office)
        self.vouchers.chosen.connect(self._show_voucher)
        self.vouchers.opened.connect(lambda _one: self.card.lines.setFocus())
        self.balance_month, self.bank_month = self._month_box("balance"), self._month_box("bank")
        self.verdict, self.bank_words = QLabel(), heading("")
        self.balance = self._book(trial_balance_of())
        self.allotments = self._book(ALLOTMENT_BOOK, frozen=1)
        self.batches = self._book(BATCH_BOOK, frozen=1)
        self.programs = self._book(PROGRAM_BOOK, frozen=1)
        self.bank = self.make_table(DEPOSITS, empty="这个月专户没有收支。")
        self.bank.opened.connect(self._open_line)
        self.add_tab("vouchers", "凭证", self._voucher_page(), self.vouchers)
        self.add_tab(
            "balance", "试算平衡", _page(self.balance_month, self.verdict, self.balance), self.balance
        )
        self.add_tab("bank", "银行存款账", _page(self.bank_month, self.bank_words, self.bank), self.bank)
        self.reconciling = ReconcilingTab(self)
        self.reconciling.tools_changed.connect(self.tools_changed)
        self.add_tab(self.reconciling.name, self.reconciling.words, self.reconciling, self.reconciling.table)
        self.add_tab("allotments", "指标账", self.allotments)
        self.add_tab("batches", "批次账", self.batches)
        self.add_tab("programs", "项目账", self.programs)
        self.behind = BehindPage(office)
        self.behind.closed.connect(self.back)
        self.behind.opened.connect(self._open_behind)
        self.behind.summed.connect(lambda text: self.set_sums(text) if self.is_behind else None)
        self.behind.said.connect(self.bar.say)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.tabs)
        self.stack.addWidget(self.behind)
        self.column.addWidget(self.stack, 1)
        self.vouchers.add_row_action("打印凭证", self.print_vouchers)
        self.vouchers.add_row_action("红字冲销…", self.ask_reverse)
        self.vouchers.add_row_action("打开批次", self._open_batch)
        self.begin()

    # -- making --------------------------------------------------------------------------------------------------

    def _book(self, listing: Listing, *, frozen: int = 1) -> PagedTable:
        table = self.make_table(listing, tone_of=_tone_of, frozen=frozen, empty="还没有记账。")
        table.opened.connect(lambda _one: self.look_behind())
        table.add_row_action("查明细", self.look_behind)
        return table

    def _month_box(self, tab: str) -> QComboBox:
        box = QComboBox()
        box.setMinimumWidth(140)
        box.currentIndexChanged.connect(lambda _place: self._month_changed(tab))
        return box

    def _voucher_page(self) -> QWidget:
        return one_over_other(self.vouchers, self.card, (400, 190))

    # -- what the frame asks -------------------------------------------------------------------------------------

    @property
    def is_behind(self) -> bool:
        """Whether the lines of a sum are open."""
        return self.stack.currentWidget() is self.behind

    def table_now(self) -> PagedTable | None:
        """The list of the tab, or the lines of the sum that is open."""
        return self.behind.table if self.is_behind else super().table_now()

    def tools(self) -> Sequence[QAction]:
        """On vouchers: print, reverse, the batch; on books: the lines behind a sum."""
        if self.is_behind:
            return self.table_tools()
        if self.tab == "vouchers":
            may = self.office.may(Permission.MANAGE_FUNDS)
            return [
                self._tool_of("paper", "打印凭证", "file-certificate", "F8", self.print_vouchers),
                self._tool_of("reverse", "红字冲销", "arrow-back-up", "", self.ask_reverse, enabled=may),
                self._tool_of("batch", "打开批次", "cash-banknote", "", self._open_batch),
                *self.table_tools(),
            ]
        if self.tab == "reconcile":
            return self.reconciling.tools()
        if self.tab == "bank":
            return [
                self._tool_of("voucher", "打开凭证", "file-certificate", "F7", self._open_current_line),
                *self.table_tools(),
            ]
        return [
            self._tool_of("behind", "查明细", "list-check", "F7", self.look_behind),
            *self.table_tools(),
        ]

    def load_tab(self, name: str) -> None:
        """What a tab shows beside its list."""
        if name == "reconcile":
            self.reconciling.load()
        if name in ("balance", "bank"):
            self._fill_months(self.balance_month if name == "balance" else self.bank_month)
            self._month_changed(name)
        if (table := super().table_now()) is not None and table.current_id() is None:
            table.go_to_row(0)
        if name == "vouchers":
            self._show_voucher(self.vouchers.current_id())

    def open_at(self, place: Place) -> None:
        """A tab, a voucher by id, a month by its words."""
        self.back()
        super().open_at(place)
        if place.tab == "vouchers" and place.id and self.vouchers.current_id() != place.id:
            self.vouchers.clear_filters()
            self.vouchers.go_to_id(place.id)

    def back(self) -> bool:
        """Esc goes from the lines back to the sum."""
        if not self.is_behind:
            return False
        self.stack.setCurrentWidget(self.tabs)
        self.set_crumb("")
        if (table := super().table_now()) is not None:
            self.set_sums(table.sums_text())
            table.view.setFocus()
        self.tools_changed.emit()
        return True

    # -- months --------------------------------------------------------------------------------------------------

    def _fill_months(self, box: QComboBox) -> None:
        months = months_of(self.office.store)
        if [box.itemData(place) for place in range(1, box.count())] == months:
            return
        kept = box.currentData()
        box.blockSignals(True)
        box.clear()
        box.addItem("全部月份", "")
        for month in months:
            box.addItem(month, month)
        box.setCurrentIndex(max(0, box.findData(kept)))
        box.blockSignals(False)

    def _month_changed(self, tab: str) -> None:
        if tab == "balance":
            month = str(self.balance_month.currentData() or "")
            self.balance.load(trial_balance_of(month))
            total = trial_balance(self.office.store, month or None)
            even = f"本期借方 {yuan_text(total.total.debit_fen)} 元 ＝ 贷方 {yuan_text(total.total.credit_fen)} 元"
            self.verdict.setText(
                f"✓ 借贷平衡：{even}" if total.balances else "✕ 借贷不平，请到“系统”运行体检"
            )
            tone = Tone.GOOD if total.balances else Tone.BAD
            self.verdict.setStyleSheet(f"color: {colour(tone).name()}; font-weight: bold")
        else:
            month = str(self.bank_month.currentData() or "")
            book = bank_book(self.office.store, month or None)
            came, went = (
                Fen(sum(getattr(one, side) for one in book.lines)) for side in ("debit_fen", "credit_fen")
            )
            self.bank_words.setText(
                f"期初 {yuan_text(book.opening_fen)}　收入 {yuan_text(came)}　付出 {yuan_text(went)}　期末 {yuan_text(book.closing_fen)}"
            )
            self.bank.set_filters(*([Between("posted_on", f"{month}-01", f"{month}-31")] if month else []))

    # -- vouchers ------------------------------------------------------------------------------------------------

    @Slot(object)
    def _show_voucher(self, voucher: int | None) -> None:
        self.card.show_voucher(voucher)

    def show_voucher(self, voucher: int) -> None:
        """Go to a voucher."""
        self.open_at(Place(Room.LEDGER, tab="vouchers", id=voucher))

    @Slot()
    def print_vouchers(self) -> None:
        """Preview the vouchers that are selected, the current one where none is."""
        from ui.printing import preview
        from ui.printing.forms.vouchers import VoucherPaper, voucher_document
        from ui.printing.frame import foot_of
        from ui.printing.paper import A4, VOUCHER

        chosen = self.vouchers.selected_ids()
        if not chosen:
            self.bar.say("请先选中一张或几张凭证。", Tone.CALM)
            return
        if len(chosen) > _MOST_PRINTED:
            self.bar.say(f"选中了 {len(chosen)} 张，一次最多打印 {_MOST_PRINTED} 张。请按月筛选后分次打印。", Tone.WARN)  # fmt: skip
            return
        store, office = self.office.store, f"{self.office.township}财政所"
        papers = [
            VoucherPaper(office, voucher_of(store, one), lines_of(store, one)) for one in sorted(chosen)
        ]
        foot = foot_of(self.office.desk())
        self.voucher_preview = preview(
            [voucher_document(papers, foot, paper) for paper in (VOUCHER, A4)], self, office=self.office
        )

    @Slot()
    def ask_reverse(self) -> None:
        """Reverse the current voucher in red, with the reason."""
        found = self.card.voucher
        if found is None:
            self.bar.say("请先选中一张凭证。", Tone.CALM)
            return
        name = f"{found.month}/{found.name}"
        own = found.event in REVERSIBLE
        self.ask(
            "红字冲销",
            "红字冲销",
            [Asked("reason", "原因(&R)", "long", needed=True)],
            lambda desk, given: reverse_voucher(desk, voucher=name, reason=given["reason"]),
            lambda done: f"已用红字凭证 {done.answer['name']} 冲销 {name}，{yuan_text(found.fen)} 元。",
            words=f"将冲销 {name} {found.summary}，{yuan_text(found.fen)} 元。原凭证保留。"
            + ("" if own else "这张凭证由业务自动生成，要改请办理相应的业务。"),
        )

    @Slot()
    def _open_batch(self) -> None:
        voucher = self.chosen_or_say(self.vouchers, "一张凭证")
        if voucher is None:
            return
        batch = batch_of_voucher(self.office.store, voucher)
        if batch is None:
            self.bar.say("这张凭证不属于哪个批次。", Tone.CALM)
        else:
            self.go.emit(Place(Room.BATCHES, id=batch))

    @Slot(object)
    def _open_line(self, line: int) -> None:
        self.show_voucher(voucher_of_line(self.office.store, line))

    @Slot()
    def _open_current_line(self) -> None:
        if (line := self.chosen_or_say(self.bank, "一行")) is not None:
            self._open_line(line)

    # -- behind a sum --------------------------------------------------------------------------------------------

    @Slot()
    def look_behind(self) -> None:
        """Open the lines of the sum in the current cell."""
        table = super().table_now()
        if table is None or self.tab not in _BOOKS:
            return
        index, row_id = table.view.currentIndex(), table.current_id()
        if row_id is None:
            self.bar.say("请先选中一个数。", Tone.CALM)
            return
        column = table.listing.columns[index.column()]
        if self.tab == "balance":
            found = behind_balance(str(self.balance_month.currentData() or ""), column.name, row_id)
        else:
            found = behind(table.listing, column.name, row_id, table.model.text(index.row(), 0))
        if found is None:
            self.bar.say("这一格不是金额。请选中一个金额，再按 F7 或回车看它由哪些明细组成。", Tone.CALM)
            return
        self.bar.clear()
        self.stack.setCurrentWidget(self.behind)
        self.behind.show_behind(found)
        self.set_crumb(found.words.replace("　", " "))
        self.set_sums(self.behind.table.sums_text() if self.behind.table is not None else "")
        self.tools_changed.emit()

    @Slot(str, object)
    def _open_behind(self, name: str, row_id: int) -> None:
        if name == "voucher_lines":
            self._open_line(row_id)
        elif name == "payments":
            batch = self.office.store.value("SELECT batch_id FROM payment WHERE id = ?", (row_id,))
            self.go.emit(Place(Room.BATCHES, id=int(batch)))
        elif name in ("batches", "allotments"):
            self.go.emit(Place(Room.BATCHES if name == "batches" else Room.FUNDS, id=row_id))


def _page(month: QComboBox, words: QLabel, table: PagedTable) -> QWidget:
    """A month to choose, what comes of it in words, and its list."""
    page = QWidget()
    label = QLabel("月份(&Y)")
    label.setBuddy(month)
    line = QHBoxLayout()
    line.addWidget(label)
    line.addWidget(month)
    line.addSpacing(16)
    line.addWidget(words, 1)
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 6, 0, 0)
    box.addLayout(line)
    box.addWidget(table, 1)
    return page


def _tone_of(column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
    if column.name == "agrees":
        return Tone.GOOD if str(value) == "1" else Tone.BAD
    if column.name in ("failed_fen", "returned_fen", "returned_book_fen") and value:
        return Tone.BAD
    return None
