"""The locked window: the same operator's password opens it again, another one's changes who sits here."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.access.queries import enter
from models.domain.refusal import Refusal, WorldError
from ui.office import Office
from ui.theme import Tone
from ui.widgets.facts import heading
from ui.widgets.notice_bar import NoticeBar


class LockDialog(QDialog):
    """Nothing of the office is seen behind it. `entered` carries the Desk; `closed_office` that the office is closed."""

    entered = Signal(object)
    closed_office = Signal()

    def __init__(self, office: Office, *, switching: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.setWindowTitle("换人登录" if switching else "已锁定")
        self.setMinimumWidth(420)
        self._office = office
        self.bar = NoticeBar()
        self.operator = QLineEdit("" if switching else office.operator.name)
        self.operator.setPlaceholderText("操作员姓名")
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.enter_button = QPushButton("登录" if switching else "解锁")
        self.enter_button.setObjectName("primary")
        self.enter_button.clicked.connect(self.take)
        leave = QPushButton("关闭办公点")
        leave.clicked.connect(self.closed_office)
        for button in (self.enter_button, leave):
            button.setAutoDefault(False)
        form = QFormLayout()
        form.addRow("操作员(&N)", self.operator)
        form.addRow("密码(&P)", self.password)
        foot = QHBoxLayout()
        foot.addWidget(leave)
        foot.addStretch()
        foot.addWidget(self.enter_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(12)
        box.addWidget(heading(f"{office.township}财政所", 1.3))
        words = "请下一位操作员登录。" if switching else "离开时间较长，窗口已锁定，没有做完的内容都还在。"
        said = QLabel(words)
        said.setWordWrap(True)
        box.addWidget(said)
        box.addLayout(form)
        box.addWidget(self.bar)
        box.addLayout(foot)
        self.operator.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.take)
        (self.operator if switching else self.password).setFocus()

    @Slot()
    def take(self) -> None:
        """Try the password."""
        name = self.operator.text().strip()
        if not name or not self.password.text():
            self.bar.say("请填写操作员姓名和密码。", Tone.WARN)
            return
        try:
            desk = enter(self._office.store, name, self.password.text(), datetime.now())
        except (Refusal, WorldError) as no:
            self.bar.say(no.window_sentence, Tone.BAD)
            self.password.selectAll()
            self.password.setFocus()
            return
        self.entered.emit(desk)
        self.accept()

    def reject(self) -> None:
        """Esc does not unlock."""
