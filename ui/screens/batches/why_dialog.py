"""为什么是这个数: a payment's computation, its policy and document, for somebody who asks at the counter."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.batches.queries import Why
from models.domain.buckets import BUCKET_NAMES
from models.domain.money import yuan_text
from models.domain.period import period_text
from ui.office import Office
from ui.printing.forms.slip import slip_document
from ui.printing.frame import foot_of
from ui.screens.batches.why_slip import why_slip
from ui.widgets.facts import Pairs, heading


class WhyDialog(QDialog):
    """The trace as a sentence that can be copied."""

    def __init__(self, office: Office, why: Why, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.office, self.shown = office, why
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("计算依据")
        self.setMinimumWidth(560)
        self.text = f"{why.name} {why.program_name} {period_text(why.period)}：{why.trace}"
        trace = heading(why.trace, 1.15)
        trace.setWordWrap(True)
        trace.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        pairs = Pairs(2)
        pairs.fill(
            [
                ("享受人", why.name),
                ("金额", f"{yuan_text(why.owed_fen)} 元"),
                ("项目", why.program_name),
                ("期间", period_text(why.period)),
                ("算法", why.family),
                ("政策", f"第 {why.policy_version} 版"),
                ("文号", why.document),
                ("数量 × 标准", " × ".join(filter(None, (why.quantity, why.rate)))),
                ("现在", BUCKET_NAMES[why.bucket]),
                ("原因", why.reason),
                ("批次", f"{why.number} 第 {why.line} 行"),
                ("花名册", why.roster),
            ]
        )
        copy = QPushButton("复制这句话(&C)")
        copy.clicked.connect(self._copy)
        paper = QPushButton("打印(&P)…")
        paper.clicked.connect(self.print_slip)
        close = QPushButton("关闭")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(copy)
        foot.addWidget(paper)
        foot.addStretch()
        foot.addWidget(close)
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(trace)
        box.addWidget(pairs)
        box.addLayout(foot)

    @Slot()
    def print_slip(self) -> None:
        """Preview the slip that a clerk hands to somebody who objects."""
        from ui.printing import preview

        slip = why_slip(f"{self.office.township}财政所", self.shown)
        self.preview = preview(slip_document(slip, foot_of(self.office.desk())), self, office=self.office)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
