"""The log-in window: which office, who, the password."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCursor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.domain.refusal import Refusal, WorldError

if TYPE_CHECKING:
    from app.desk import Desk


class OpensOffice(Protocol):
    """What the window needs of the floor below: a desk for who gave the right password.

    Raises a Refusal or a WorldError whose sentence is shown as it is.
    """

    def __call__(self, folder: Path, operator: str, password: str) -> "Desk": ...


class LoginWindow(QWidget):
    """Asks for the office's folder, the operator and the password; emits `opened` with the Desk."""

    opened = Signal(object)
    elsewhere = Signal()

    def __init__(
        self, open_office: OpensOffice, folder: Path | None = None, known: Sequence[Path] = ()
    ) -> None:
        """`known` are the offices that were opened on this machine; with more than one there is a list to choose from."""
        super().__init__()
        self._open_office = open_office
        self.setWindowTitle("乡财一卡通 · 登录")
        self.setMinimumWidth(460 if len(known) < 2 else 580)

        self.folder = QLineEdit(str(folder) if folder else "")
        self.folder.setPlaceholderText("办公点数据所在的文件夹")
        browse = QPushButton("浏览(&B)…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.others = QPushButton("本机的办公点(&R)")
        self.others.setAutoDefault(False)
        self.others.setMenu(self._menu_of(known))
        self.others.setVisible(len(known) > 1)
        self.operator = QLineEdit()
        self.operator.setPlaceholderText("操作员姓名")
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.refused = QLabel()
        self.refused.setWordWrap(True)
        self.refused.setForegroundRole(QPalette.ColorRole.BrightText)
        self.refused.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.refused.hide()
        self.hint = QLabel()
        self.hint.setObjectName("quiet")
        self.hint.setWordWrap(True)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hint.hide()
        self.enter = QPushButton("打开办公点(&O)")
        self.enter.setObjectName("primary")
        self.enter.clicked.connect(self._enter)

        self._lay_out(browse)
        self.folder.returnPressed.connect(self.operator.setFocus)
        self.operator.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self._enter)
        (self.operator if folder else self.folder).setFocus()

    def give_hint(self, words: str) -> None:
        """Say something quietly above the buttons; the window makes room for it."""
        self.hint.setText(words)
        self.hint.show()
        self.adjustSize()

    def _menu_of(self, known: Sequence[Path]) -> QMenu:
        menu = QMenu(self)
        for folder in known:
            menu.addAction(str(folder)).triggered.connect(
                lambda _checked=False, chosen=folder: self._choose(chosen)
            )
        return menu

    def _choose(self, folder: Path) -> None:
        self.folder.setText(str(folder))
        self.operator.setFocus()

    def _lay_out(self, browse: QPushButton) -> None:
        title = QLabel("乡财一卡通")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 2)
        font.setBold(True)
        title.setFont(font)
        folder_row = QHBoxLayout()
        folder_row.addWidget(self.folder)
        folder_row.addWidget(self.others)
        folder_row.addWidget(browse)
        form = QFormLayout()
        form.addRow("办公点(&F)", folder_row)
        form.addRow("操作员(&N)", self.operator)
        form.addRow("密码(&P)", self.password)
        # a label before a layout has no buddy of its own
        label = form.labelForField(folder_row)
        if isinstance(label, QLabel):
            label.setBuddy(self.folder)
        other = QPushButton("新建或示例(&W)…")
        other.setAutoDefault(False)
        other.clicked.connect(self.elsewhere)
        buttons = QHBoxLayout()
        buttons.addWidget(other)
        buttons.addStretch()
        buttons.addWidget(self.enter)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(14)
        column.addWidget(title)
        column.addWidget(QLabel("惠民惠农补贴发放"))
        column.addLayout(form)
        column.addWidget(self.hint)
        column.addWidget(self.refused)
        column.addLayout(buttons)

    @Slot()
    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "选择办公点文件夹", self.folder.text())
        if chosen:
            self._choose(Path(chosen))

    @Slot()
    def _enter(self) -> None:
        missing = self._first_missing()
        if missing is not None:
            field, sentence = missing
            self._say(sentence)
            field.setFocus()
            return
        # deriving the key from the password takes about a third of a second
        QApplication.setOverrideCursor(QCursor(Qt.CursorShape.WaitCursor))
        try:
            desk = self._open_office(
                Path(self.folder.text().strip()), self.operator.text().strip(), self.password.text()
            )
        except (Refusal, WorldError) as no:
            self._say(no.window_sentence)
            self.password.selectAll()
            self.password.setFocus()
            return
        finally:
            QApplication.restoreOverrideCursor()
        self.password.clear()
        self.refused.hide()
        self.opened.emit(desk)

    def _first_missing(self) -> tuple[QLineEdit, str] | None:
        """The first field left empty, with what to do about it."""
        asked = (
            (self.folder, "没有选择办公点文件夹。请填写，或按“浏览”选择。"),
            (self.operator, "没有填写操作员姓名。请填写后再打开。"),
            (self.password, "没有填写密码。请填写后再打开。"),
        )
        return next(((field, sentence) for field, sentence in asked if not field.text().strip()), None)

    def _say(self, sentence: str) -> None:
        self.refused.setText(f"未能打开：{sentence}")
        self.refused.show()
        self.adjustSize()  # else the fields above are pressed flat
