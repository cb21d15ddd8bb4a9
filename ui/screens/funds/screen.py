"""资金指标: what was allotted, received and used, the receipts, and the special account."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.changes import Topic
from app.funds.listings import ALLOTMENTS, DEPOSITS, RECEIPTS
from app.funds.queries import AllotmentView, allotment_of, ledger_balance, receipts
from app.ledger.queries import voucher_of_line
from app.pages import Column, sums_of
from models.domain.money import yuan_text
from models.domain.permission import Permission
from models.domain.posting import Ledger
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.funds import asking
from ui.screens.funds.allotment_card import AllotmentCard
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.balance_bar import BalanceBar
from ui.widgets.facts import card, heading
from ui.widgets.paged_table import PagedTable
from ui.widgets.splits import side_by_side

_TABS = ("allotments", "receipts", "account")


class FundsScreen(ListScreen):
    """Three lists; the first has a card beside it that follows its current row."""

    room: ClassVar[Room] = Room.FUNDS
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.FUNDS, Topic.LEDGER, Topic.BATCHES, Topic.PROGRAMS})
    help_page = "funds"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.allotments = self.make_table(
            ALLOTMENTS,
            tone_of=_tone_of,
            frozen=1,
            empty="还没有资金指标。按 Ctrl+N 登记一条，或到“导入”导入整张指标表。",
        )
        self.receipts = self.make_table(RECEIPTS, empty="还没有到账。收到拨款后，按 Ctrl+R 照银行回单登记。")
        self.deposits = self.make_table(
            DEPOSITS, empty="代发专户还没有收支。到账、报盘、利息都会自动记到这里。"
        )
        self.card = AllotmentCard(office)
        self.card.batch_asked.connect(lambda batch: self.go.emit(Place(Room.BATCHES, id=batch)))
        self.total = BalanceBar()
        self.account_words = heading("", 1.1)
        self.tabs = self.make_tabs()
        self.tabs.addTab(self._allotment_page(), "指标")
        self.tabs.addTab(self.receipts, "到账")
        self.tabs.addTab(self._account_page(), "代发专户")
        self.tabs.currentChanged.connect(self._tab_changed)
        self.column.addWidget(self.tabs, 1)
        self.allotments.chosen.connect(self._follow)
        self.allotments.summed.connect(self._fill_total)
        self.allotments.opened.connect(lambda _one: self.card.uses.setFocus())
        self.deposits.opened.connect(self._open_voucher)
        for words, act in (("登记到账…", self.ask_receipt), ("调整…", self.ask_adjust), ("核减…", self.ask_cut), ("结转…", self.ask_carry), ("撤销…", self.ask_withdraw)):  # fmt: skip
            self.allotments.add_row_action(words, act)
        self.receipts.add_row_action("红字冲销…", self.ask_reverse)
        self.deposits.add_row_action("打开凭证", lambda: self._open_voucher(self.deposits.current_id()))

    def _allotment_page(self) -> QWidget:
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 4, 0, 0)
        box.addWidget(self.total)
        box.addWidget(self.allotments, 1)
        self.split = side_by_side(left, self.card, (800, 370))
        return self.split

    def _account_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 6, 0, 0)
        box.addWidget(card(self.account_words))
        box.addWidget(self.deposits, 1)
        return page

    # -- what the frame asks -------------------------------------------------------------------------------------

    def table_now(self) -> PagedTable:
        """The list of the tab that is open."""
        return (self.allotments, self.receipts, self.deposits)[self.tabs.currentIndex()]

    def tools(self) -> Sequence[QAction]:
        """What a clerk enters on this tab, then what every table can do."""
        may = self.office.may(Permission.MANAGE_FUNDS)

        def tool(name: str, words: str, picture: str, key: str, act: object) -> QAction:
            return self._tool_of(name, words, picture, key, act, enabled=may)

        acts = (
            [
                tool("new", "登记指标", "plus", "Ctrl+N", self.ask_new),
                tool("receipt", "登记到账", "cash-banknote", "Ctrl+R", self.ask_receipt),
                tool("adjust", "调整", "pencil", "F2", self.ask_adjust),
                tool("cut", "核减", "scale", "", self.ask_cut),
                tool("carry", "结转", "arrow-right", "", self.ask_carry),
                tool("withdraw", "撤销", "trash", "", self.ask_withdraw),
                tool("opening", "期初", "history", "", self.ask_opening),
            ],
            [
                tool("receipt", "登记到账", "cash-banknote", "Ctrl+R", self.ask_receipt),
                tool("reverse", "红字冲销", "arrow-back-up", "", self.ask_reverse),
                self._tool_of("slip", "打印到账单", "printer", "Ctrl+T", self.print_receipt),
            ],
            [
                tool("interest", "登记利息", "plus", "Ctrl+N", lambda: self.ask_account("interest")),
                tool("charge", "登记手续费", "scale", "", lambda: self.ask_account("charge")),
                tool("treasury", "上缴财政", "send", "", lambda: self.ask_account("treasury")),
                tool("opened", "应缴期初", "history", "", lambda: self.ask_account("opening")),
            ],
        )[self.tabs.currentIndex()]
        return [*acts, *self.table_tools()]

    @Slot()
    def print_receipt(self) -> None:
        """Preview the slip of the receipt that is chosen."""
        from ui.printing import preview
        from ui.printing.forms.slip import slip_document
        from ui.printing.frame import foot_of
        from ui.screens.funds.receipt_slip import receipt_slip

        chosen, store = self.chosen_or_say(self.receipts, "一笔到账"), self.office.store
        found = next((one for one in receipts(store) if one.id == chosen), None)
        if found is None:
            return
        slip = receipt_slip(f"{self.office.township}财政所", found, allotment_of(store, found.allotment_id))
        self.preview = preview(slip_document(slip, foot_of(self.office.desk())), self, office=self.office)

    def refresh(self) -> None:
        """All three lists and the balances."""
        for table in (self.allotments, self.receipts, self.deposits):
            table.load()
        if self.allotments.current_id() is None:
            self.allotments.go_to_row(0)
        self.card.show_allotment(self.allotments.current_id())
        store = self.office.store
        deposit, treasury = (ledger_balance(store, one) for one in (Ledger.DEPOSIT, Ledger.TREASURY))
        self.account_words.setText(
            f"代发专户账面余额 {yuan_text(deposit)} 元，其中应缴财政款 {yuan_text(treasury)} 元"
        )
        self.set_sums(self.table_now().sums_text())

    def open_at(self, place: Place) -> None:
        """A tab, an allotment by id."""
        if place.tab in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(place.tab))
        if place.id:
            self.tabs.setCurrentIndex(0)
            if not self.allotments.go_to_id(place.id):
                self.allotments.clear_filters()
                self.allotments.go_to_id(place.id)
        self.table_now().setFocus()

    @Slot(int)
    def _tab_changed(self, _place: int) -> None:
        table = self.table_now()
        self.set_sums(table.sums_text())
        if table.current_id() is None:
            table.go_to_row(0)
        table.setFocus()
        self.tools_changed.emit()

    @Slot(object)
    def _follow(self, allotment: int | None) -> None:
        self.card.show_allotment(allotment)

    @Slot(str)
    def _fill_total(self, _text: str) -> None:
        """The bar over the list shows what the filter lets through."""
        sums = sums_of(self.office.store, self.allotments.listing, self.allotments.model.view).sums
        self.total.fill(
            *(sums[name][0] for name in ("allotted_fen", "received_fen", "used_fen", "available_fen"))
        )

    @Slot(object)
    def _open_voucher(self, line: int | None) -> None:
        if line is not None:
            voucher = voucher_of_line(self.office.store, line)
            self.go.emit(Place(Room.LEDGER, tab="vouchers", id=voucher))

    # -- what is asked -------------------------------------------------------------------------------------------

    def _with_current(self, act: Callable[[AllotmentView], object]) -> None:
        if self.card.allotment is None:
            self.bar.say("请先选中一条资金指标。", Tone.CALM)
        else:
            act(self.card.allotment)

    @Slot()
    def ask_new(self) -> None:
        """A new allotment."""
        asking.ask_allotment(self)

    @Slot()
    def ask_opening(self) -> None:
        """An allotment as it stands when the office begins."""
        asking.ask_opening(self)

    @Slot()
    def ask_receipt(self) -> None:
        """Money received, against the current allotment where one is chosen."""
        asking.ask_receipt(self, self.card.allotment.id if self.card.allotment is not None else None)

    @Slot()
    def ask_adjust(self) -> None:
        """More or less for the current allotment."""
        self._with_current(lambda one: asking.ask_change(self, one, cutting=False))

    @Slot()
    def ask_cut(self) -> None:
        """Less for the current allotment."""
        self._with_current(lambda one: asking.ask_change(self, one, cutting=True))

    @Slot()
    def ask_carry(self) -> None:
        """What the current allotment has left goes into the next year."""
        self._with_current(lambda one: asking.ask_carry(self, one))

    @Slot()
    def ask_withdraw(self) -> None:
        """Take the current allotment back."""
        self._with_current(lambda one: asking.ask_withdraw(self, one))

    @Slot()
    def ask_reverse(self) -> None:
        """Take the current receipt back."""
        receipt, row = self.receipts.current_id(), self.receipts.view.currentIndex().row()
        if receipt is None:
            self.bar.say("请先选中一笔到账。", Tone.CALM)
            return
        texts = dict(
            zip((one.name for one in RECEIPTS.columns), next(iter(self.receipts.model.texts([row], range(len(RECEIPTS.columns))))), strict=True)
        )  # fmt: skip
        asking.ask_reverse_receipt(self, receipt, (texts["received_on"], texts["document"], texts["fen"]))

    def ask_account(self, act: str) -> None:
        """Interest, charge, treasury or its opening balance."""
        asking.ask_account(self, act)


def _tone_of(column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
    return Tone.BAD if column.name == "available_fen" and isinstance(value, int) and value < 0 else None
