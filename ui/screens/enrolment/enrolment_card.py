"""One enrolment beside the list: who gets what from when to when, by which facts, why it began or ended, what was paid."""

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.enrolment.listings import EnrolmentView, enrolment_view
from models.domain.money import yuan_text
from ui.office import Office
from ui.theme import Tone
from ui.widgets.facts import Pairs, TextTable, heading, quiet

_TONES = {"已发": Tone.GOOD, "发放失败": Tone.BAD, "退票": Tone.BAD, "停发": Tone.WARN}


class EnrolmentCard(QFrame):
    """`view` is what is shown, None for nothing."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setMinimumWidth(380)
        self.office = office
        self.view: EnrolmentView | None = None
        self.title = heading("", 1.15)
        self.program = quiet("")
        self.amount = heading("", 1.2)
        self.pairs = Pairs(1)
        self.payments = TextTable(["批次", "期间", "金额（元）", "状态", "原因"], right=[2], stretch=4)
        self.payments.nothing.setText("还没有发放过")
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 10)
        box.setSpacing(8)
        box.addWidget(self.title)
        box.addWidget(self.program)
        box.addWidget(self.amount)
        box.addWidget(self.pairs)
        box.addWidget(heading("发放"))
        box.addWidget(self.payments, 1)

    def show_enrolment(self, enrolment: int | None) -> None:
        """Show one, or nothing."""
        if enrolment is None:
            self.view = None
            self.title.setText("没有选中享受对象")
            for label in (self.program, self.amount):
                label.setText("")
            self.pairs.fill([])
            self.payments.fill([])
            return
        self.view = view = enrolment_view(self.office.store, enrolment)
        self.title.setText(f"{view.name}　{view.place}")
        self.program.setText(view.program)
        self.amount.setText(f"每期 {yuan_text(view.fen)} 元")
        pairs = [("起止", view.term), *view.facts, ("计算依据", view.trace)]
        pairs += [("来自", view.roster)] if view.roster else []
        pairs += [("备注" if view.roster else "开始理由", view.remark)] if view.remark else []
        pairs += [("停止理由", view.stop_reason)] if view.stop_reason else []
        self.pairs.fill(pairs)
        self.payments.fill(
            [
                [one.number, one.period, yuan_text(one.fen), (one.bucket, _TONES[one.bucket]) if one.bucket in _TONES else one.bucket, one.reason]
                for one in view.payments
            ]
        )  # fmt: skip
