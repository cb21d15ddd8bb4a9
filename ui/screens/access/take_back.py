"""An office out of a backup, before any office is open: a new PC and a stick are enough."""

import threading
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.domain.refusal import Refusal, WorldError
from ui.theme import Tone
from ui.widgets.facts import heading, quiet
from ui.widgets.notice_bar import NoticeBar


class TakeBackWindow(QWidget):
    """`finished` carries the folder of the office that came out; every no stays in the window, with what was typed."""

    finished = Signal(object)
    cancelled = Signal()
    _ended = Signal(object)

    def __init__(self, folder: Path, file: Path | None = None) -> None:
        """`folder` is proposed for the office, `file` is the backup when it is known already."""
        super().__init__()
        self.setWindowTitle("从备份恢复")
        self.setMinimumWidth(560)
        self.file = QLineEdit(str(file) if file else "")
        self.file.setPlaceholderText("乡财备份-….xcbak，在 U 盘或移动硬盘上")
        self.folder = QLineEdit(str(folder))
        self.operator, self.password = QLineEdit(), QLineEdit()
        self.operator.setPlaceholderText("备份里的任一操作员")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.bar = NoticeBar()
        self.back_button = QPushButton("返回(&B)")
        self.back_button.setAutoDefault(False)
        self.back_button.clicked.connect(self.cancelled)
        self.take_button = QPushButton("恢复并核对(&R)")
        self.take_button.setObjectName("primary")
        self.take_button.clicked.connect(self.take)
        self._lay_out()
        self.password.returnPressed.connect(self.take)
        self._ended.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        (self.operator if file else self.file).setFocus()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(10)
        for words, field, pick in (
            ("备份文件(&F)", self.file, self._pick_file),
            ("恢复到(&T)", self.folder, self._pick_folder),
        ):
            # a label before a layout has no buddy of its own
            label = QLabel(words)
            label.setBuddy(field)
            form.addRow(label, self._with_pick(field, pick))
        form.addRow("操作员(&N)", self.operator)
        form.addRow("密码(&P)", self.password)
        foot = QHBoxLayout()
        foot.addWidget(self.back_button)
        foot.addStretch()
        foot.addWidget(self.take_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 22, 28, 18)
        column.setSpacing(12)
        column.addWidget(heading("从备份恢复", 1.4))
        column.addWidget(
            quiet("恢复到一个新的文件夹，逐行核对一致才算完成；备份文件和原来的办公点都不会改动。")
        )
        column.addLayout(form)
        column.addWidget(self.bar)
        column.addLayout(foot)

    def _with_pick(self, field: QLineEdit, pick: object) -> QHBoxLayout:
        button = QPushButton("浏览…")
        button.setAutoDefault(False)
        button.clicked.connect(pick)
        row = QHBoxLayout()
        row.addWidget(field)
        row.addWidget(button)
        return row

    @Slot()
    def _pick_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "选择备份文件", self.file.text(), "备份 (*.xcbak)")
        if chosen:
            self.file.setText(chosen)

    @Slot()
    def _pick_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "选择新文件夹", self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    @Slot()
    def take(self) -> None:
        """Begin; an office of many years takes a while, and the window stays alive."""
        missing = [
            words
            for field, words in (
                (self.file, "备份文件"),
                (self.folder, "恢复到哪个文件夹"),
                (self.operator, "操作员"),
                (self.password, "密码"),
            )
            if not field.text().strip()
        ]
        if missing:
            self.bar.say(f"还没有填写{'、'.join(missing)}。", Tone.BAD)
            return
        self._set_busy(True)
        self.bar.say("正在恢复并逐行核对……", Tone.CALM)
        given = Path(self.file.text().strip()), Path(self.folder.text().strip())
        threading.Thread(
            target=self._restore,
            args=(*given, self.operator.text().strip(), self.password.text()),
            daemon=True,
        ).start()

    def _restore(self, file: Path, folder: Path, operator: str, password: str) -> None:
        from app.backups.use_cases import restore

        try:
            outcome: object = restore(file, folder=folder, operator=operator, password=password)
        except BaseException as fault:  # told in the window's thread
            outcome = fault
        self._ended.emit(outcome)

    @Slot(object)
    def _hear(self, outcome: object) -> None:
        self._set_busy(False)
        if isinstance(outcome, Refusal | WorldError):
            self.bar.say(outcome.sentence, Tone.BAD)
            self.password.selectAll()
            self.password.setFocus()
        elif isinstance(outcome, BaseException):
            from ui.failures import show_crash

            self.bar.say("没有恢复成，没有留下任何文件。", Tone.BAD)
            show_crash(outcome, self)
        else:
            self.password.clear()
            self.finished.emit(Path(self.folder.text().strip()))

    def _set_busy(self, busy: bool) -> None:
        for widget in (
            self.file,
            self.folder,
            self.operator,
            self.password,
            self.back_button,
            self.take_button,
        ):
            widget.setEnabled(not busy)
        self.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)
