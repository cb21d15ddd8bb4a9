"""The first start: no office is known on this machine yet."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.widgets.facts import heading, quiet
from ui.widgets.notice_bar import NoticeBar


class WelcomeWindow(QWidget):
    """Four ways in. `set_up` a new office, `open_existing` with its folder, `take_back` out of a backup, `open_sample`."""

    set_up = Signal()
    open_existing = Signal(object)
    take_back = Signal()
    open_sample = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("乡财一卡通")
        self.setMinimumWidth(520)
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 26, 32, 26)
        box.setSpacing(10)
        box.addWidget(heading("乡财一卡通", 2.0))
        box.addWidget(QLabel("惠民惠农补贴发放，从花名册到月报。请选择从哪里开始："))
        self.new = self._way("新建办公点(&N)", self.set_up.emit, primary=True)
        self.existing = self._way("打开已有的办公点(&O)…", self._pick)
        self.backup = self._way("从备份恢复(&R)…", self.take_back.emit)
        self.sample = self._way("打开示例办公点(&S)", self.open_sample.emit)
        for button, words in (
            (self.new, "四步：办公点和村、管理员和岗位、恢复码、备份位置。"),
            (self.existing, "数据文件夹在本机或移动硬盘上。"),
            (self.backup, "换了电脑或数据丢了：一个备份文件和一个操作员的密码就够。"),
            (self.sample, "编造的云溪镇，走完了一个月，可以随便试。"),
        ):
            box.addSpacing(6)
            box.addWidget(button)
            box.addWidget(quiet(words))
        self.bar = NoticeBar()
        box.addWidget(self.bar)
        self.new.setFocus()

    def _way(self, words: str, act: object, *, primary: bool = False) -> QPushButton:
        button = QPushButton(words)
        button.setMinimumHeight(40)
        button.setAutoDefault(True)
        if primary:
            button.setObjectName("primary")
        button.clicked.connect(act)
        return button

    @Slot()
    def _pick(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "选择办公点文件夹")
        if chosen:
            self.open_existing.emit(Path(chosen))

    def set_busy(self, busy: bool) -> None:
        """While the sample is made, nothing else can be begun."""
        for button in (self.new, self.existing, self.backup, self.sample):
            button.setEnabled(not busy)
        self.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)
