"""认领: a line of the bank's answer that fits nothing for certain, and the payments that it may mean; a person says which."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.desk import Desk
from app.returns.listings import Candidate, candidates, line_view
from app.returns.use_cases import confirm_line
from models.domain.masking import mask_account
from models.domain.money import yuan_text
from ui.office import Office
from ui.theme import Tone
from ui.widgets.facts import Pairs, TextTable, heading, quiet
from ui.widgets.notice_bar import NoticeBar

_LIKELY = 4


class ConfirmDialog(QDialog):
    """Which payment it is, and, where the bank's words do not decide, whether it was paid."""

    def __init__(self, office: Office, line_id: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("确认回盘明细")
        self.resize(820, 520)
        self.office = office
        self.line = line = line_view(office.store, line_id)
        self.found: list[Candidate] = candidates(office.store, line_id)
        self.bar = NoticeBar()
        pairs = Pairs(2)
        pairs.fill(
            [
                ("户名", line.name),
                ("账号末四位", line.account_tail),
                ("金额", f"{yuan_text(line.fen)} 元" if line.fen is not None else "银行没有写"),
                ("银行的话", line.words),
                ("为什么没有自动登记", line.note),
                ("文件", f"{line.file_name} 第 {line.line} 行"),
            ]
        )
        self.table = self._candidates()
        self.paid, self.failed = QRadioButton("发放成功(&S)"), QRadioButton("发放失败(&F)")
        self.answers = QButtonGroup(self)
        outcome = QHBoxLayout()
        outcome.addWidget(quiet("结果"))
        for button in (self.paid, self.failed):
            self.answers.addButton(button)
            button.setEnabled(not line.said)
            outcome.addWidget(button)
        self.paid.setChecked(line.said == "paid")
        self.failed.setChecked(line.said == "failed")
        outcome.addWidget(
            QLabel("银行的话已经说明" if line.said else "银行的话看不出结果，请与银行核实后选定"), 1
        )
        self.note = QLineEdit()
        self.note.setPlaceholderText("怎样核实的，例如：电话向农商银行核实")
        self.take_button = QPushButton("确认是这一笔")
        self.take_button.setObjectName("primary")
        self.take_button.setEnabled(bool(self.found))
        self.take_button.clicked.connect(self.take)
        leave = QPushButton("取消")
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch()
        for one in (leave, self.take_button):
            one.setAutoDefault(False)
            foot.addWidget(one)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addWidget(self.bar)
        box.addWidget(heading("回盘上的这一行"))
        box.addWidget(pairs)
        box.addWidget(heading(f"批次 {line.number} 里还没有结果、可能是这一行的款项"))
        box.addWidget(self.table, 1)
        box.addLayout(outcome)
        box.addWidget(self.note)
        box.addLayout(foot)
        self.table.setFocus()
        self.note.returnPressed.connect(self.take)
        self.table.cellDoubleClicked.connect(self.note.setFocus)
        if not self.found:
            self.bar.say("批次里没有金额相同的在途款项。这一行可能不是本批次的，请向银行核实。", Tone.WARN)

    def _candidates(self) -> TextTable:
        table = TextTable(["批次行", "享受人", "报盘户名", "报盘账号", "金额（元）", "对得上的"], right=[4], stretch=5)  # fmt: skip
        table.fill(
            [
                [f"第 {one.line} 行", one.name, one.payee, mask_account(one.account), yuan_text(one.fen), self._alike(one)]
                for one in self.found
            ],
            [one.payment for one in self.found],
        )  # fmt: skip
        if self.found:
            table.selectRow(0)
        return table

    def _alike(self, one: Candidate) -> str:
        parts = []
        if one.payee == self.line.name:
            parts.append("户名")
        if one.account[-4:] == self.line.account_tail:
            parts.append("账号末四位")
        if one.fen == self.line.fen:
            parts.append("金额")
        return ("最像：" if one.alike >= _LIKELY else "") + ("、".join(parts) or "都不同")

    @Slot()
    def take(self) -> None:
        """Settle the line; a no leaves everything as it was chosen."""
        payment = self.table.key()
        outcome = "paid" if self.paid.isChecked() else "failed" if self.failed.isChecked() else ""
        if not isinstance(payment, int):
            self.bar.say("请先在表中选中是哪一笔。", Tone.WARN)
            return
        if not outcome:
            self.bar.say("请选定发放成功还是失败。", Tone.WARN)
            return
        note, line_id = self.note.text(), self.line.id

        def work(desk: Desk) -> object:
            return confirm_line(desk, line_id=line_id, payment_id=payment, outcome=outcome, note=note)

        self.office.act(
            "确认回盘明细",
            work,
            done=lambda _done: self.accept(),
            refused=lambda no: self.bar.say(no, Tone.BAD),
        )
