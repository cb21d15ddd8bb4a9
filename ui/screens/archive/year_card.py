"""One year beside the list: what stops its closing, or what it carries, and how enrolments go on."""

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.yearend.enrolments import CHANGED, KEPT, LEFT_OUT, ProgramRoll
from app.yearend.queries import ClosingPlan, YearView
from models.domain.flows.year_flow import YearState
from models.domain.money import yuan_text
from ui.theme import Tone
from ui.widgets.facts import Pairs, TextTable, heading, quiet


class YearCard(QFrame):
    """The card of the year that is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.title = heading("", 1.15)
        self.words = quiet("")
        self.words.setWordWrap(True)
        self.pairs = Pairs(2)
        self.stops = TextTable(["还不能结账的原因"], stretch=0)
        self.stops.setWordWrap(True)
        self.turns = TextTable(
            ["享受对象结转", "原期间", "新期间", "继续", "变动", "不结转"], right=[3, 4, 5], stretch=0
        )
        self.returns = TextTable(["历年退回", "批次", "种类", "退回日期", "金额（元）"], right=[4], stretch=0)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 10)
        box.setSpacing(8)
        for widget in (self.title, self.words, self.pairs, self.stops):
            box.addWidget(widget)
        box.addWidget(self.turns)
        box.addWidget(self.returns)
        box.addStretch(1)

    def wait(self, year: int | None) -> None:
        """While the year is looked at, or where none is chosen."""
        self.title.setText(f"{year} 年" if year else "还没有记过账的年度")
        self.words.setText("正在查看…" if year else "有了凭证以后，年度会出现在左边。")
        for widget in (self.pairs, self.stops, self.turns, self.returns):
            widget.hide()

    def show_year(self, view: YearView, plan: ClosingPlan, turns: list[ProgramRoll]) -> None:
        """What closing it would do, or did."""
        self.title.setText(f"{view.year} 年　{view.state_name}")
        is_open = view.state is YearState.OPEN
        if view.state is YearState.REOPENING:
            self.words.setText(f"{view.asked_by}申请反结账：{view.reason}")
        elif is_open:
            self.words.setText("可以结账，按 F9。" if not plan.stops else "把下面的事办完，就可以结账。")
        else:
            self.words.setText(f"{view.closed_on} 由{view.closed_by}结账，这一年不再记账。")
        self.stops.setVisible(is_open and bool(plan.stops))
        self.stops.fill([[(one, Tone.WARN)] for one in plan.stops])
        self.stops.resizeRowsToContents()
        rows = sum(self.stops.rowHeight(row) for row in range(self.stops.rowCount()))
        self.stops.setFixedHeight(self.stops.horizontalHeader().sizeHint().height() + rows + 4)
        self.pairs.show()
        self.pairs.fill(
            [
                ("凭证", f"{view.vouchers:,} 张"),
                ("年末余额", f"{len(plan.balances)} 项"),
                ("历年退回", f"{len(plan.returns)} 笔 {yuan_text(plan.returned_fen)} 元"),
                ("可结转指标", f"{len(plan.allotments)} 条 {yuan_text(plan.carried_fen)} 元"),
            ]
        )
        self.turns.setVisible(bool(turns))
        self.turns.fill(
            [
                [
                    f"{one.program}{'（没有新政策）' if one.stop else ''}", one.old_period, one.new_period, str(one.count(KEPT)),
                    str(one.count(CHANGED)), str(one.count(LEFT_OUT)),
                ]
                for one in turns
            ]
        )  # fmt: skip
        self.turns.fit_height()
        self.returns.setVisible(bool(plan.returns))
        self.returns.fill(
            [[one.name, one.batch, one.kind, one.failed_on, yuan_text(one.fen)] for one in plan.returns]
        )
        self.returns.fit_height()
