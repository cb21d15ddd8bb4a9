"""One allotment's card: what it has left as a bar, which batches used it, what was received, what was changed."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QTabWidget, QVBoxLayout

from app.funds.queries import AllotmentView, NoSuchAllotment, allotment_of, changes_of, receipts, uses_of
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState
from models.domain.money import yuan_text
from models.domain.period import period_text
from ui.office import Office
from ui.theme import Tone
from ui.widgets.balance_bar import BalanceBar
from ui.widgets.facts import Pairs, TextTable, heading, quiet

_KINDS = {"adjust": "调整", "cut": "核减", "carry_out": "结转到下年"}


class AllotmentCard(QFrame):
    """The card beside the list; `batch_asked` carries the id of a batch that was double-clicked or entered."""

    batch_asked = Signal(object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("card")
        self.office = office
        self.allotment: AllotmentView | None = None
        self.title = heading("", 1.15)
        self.title.setWordWrap(True)
        self.place = quiet("")
        self.bar = BalanceBar()
        self.pairs = Pairs(2)
        self.uses = TextTable(["批次", "使用", "退回", "状态", "期间"], right=[1, 2])
        self.uses.cellActivated.connect(self._open_batch)
        self.receipts = TextTable(["到账日期", "金额", "备注"], right=[1], stretch=2)
        self.changes = TextTable(["日期", "类别", "金额", "文号", "原因"], right=[2], stretch=4)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tables = {"使用": self.uses, "到账": self.receipts, "调整": self.changes}
        for words, table in self.tables.items():
            self.tabs.addTab(table, words)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 10)
        box.setSpacing(8)
        box.addWidget(self.title)
        box.addWidget(self.place)
        box.addWidget(self.bar)
        box.addWidget(self.pairs)
        box.addWidget(self.tabs, 1)
        self.show_allotment(None)

    def show_allotment(self, allotment: int | None) -> None:
        """Show one allotment, or that none is chosen."""
        try:
            self.allotment = None if allotment is None else allotment_of(self.office.store, allotment)
        except NoSuchAllotment:
            self.allotment = None
        found = self.allotment
        self.bar.setVisible(found is not None)
        self.tabs.setVisible(found is not None)
        self.pairs.setVisible(found is not None)
        if found is None:
            self.title.setText("没有选中指标")
            self.place.setText("在左边选中一条指标，这里显示它的结余和去向。")
            return
        self.title.setText(found.document)
        self.place.setText(found.program_name)
        self.bar.fill(found.allotted_fen, found.received_fen, found.used_fen, found.available_fen)
        self.pairs.fill(
            [
                ("级次", found.level),
                ("年度", str(found.year)),
                ("下达日期", found.issued_on),
                ("来源", "上年结转" if found.carried_from else "期初" if found.is_opening else "下达"),
                ("到账", yuan_text(found.received_fen)),
                ("可用上限", yuan_text(found.limit_fen)),
            ]
        )
        self._fill_tables(found.id)

    def _fill_tables(self, allotment: int) -> None:
        store = self.office.store
        uses = uses_of(store, allotment)
        self.uses.fill(
            [
                [one.number, yuan_text(one.fen), yuan_text(one.returned_fen) if one.returned_fen else "",
                 BATCH_STATE_NAMES[BatchState(one.state)], period_text(one.period)]
                for one in uses
            ],
            [one.batch_id for one in uses],
        )  # fmt: skip
        self.uses.setColumnHidden(2, not any(one.returned_fen for one in uses))
        self.receipts.fill(
            [[one.received_on, yuan_text(one.fen), one.remark] for one in receipts(store, allotment)]
        )
        self.changes.fill(
            [
                [one.changed_on, _KINDS[one.kind], (yuan_text(one.fen), Tone.BAD) if one.fen < 0 else f"+{yuan_text(one.fen)}",
                 one.document, one.reason]
                for one in changes_of(store, allotment)
            ]
        )  # fmt: skip
        for place, (words, table) in enumerate(self.tables.items()):
            self.tabs.setTabText(place, f"{words} {table.rowCount()}" if table.rowCount() else words)

    @Slot(int, int)
    def _open_batch(self, row: int, _column: int) -> None:
        if (batch := self.uses.key(row)) is not None:
            self.batch_asked.emit(batch)
