"""The guided set-up in four pages: the office and its villages, who works here, the recovery code, where the backups go."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QCursor
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from models.domain.permission import POST_NAMES, Post
from models.domain.refusal import Refusal, WorldError
from ui.theme import Tone
from ui.widgets.code_edit import CodeEdit
from ui.widgets.facts import heading, quiet
from ui.widgets.notice_bar import NoticeBar

if TYPE_CHECKING:
    from app.desk import Desk

PAGES = ("办公点", "管理员和岗位", "恢复码", "备份位置")
_SEATS = (Post.CLERK, Post.REVIEWER, Post.APPROVER, Post.AUDITOR)


def free_folder(home: Path) -> Path:
    """Where a new office may lie: the first one in 办公点, the next one on the same PC in 办公点2."""
    names = ("办公点" if number == 1 else f"办公点{number}" for number in count(1))
    return next(home / name for name in names if not (home / name).exists())


class SetUpWindow(QWidget):
    """`finished` carries the office's folder when all four pages are done, `cancelled` takes back to where one came from.

    What is typed stays through every no.
    """

    finished = Signal(object)
    cancelled = Signal()

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.setWindowTitle("新建办公点")
        self.setMinimumSize(680, 520)
        self.desk: Desk | None = None
        self.code_on_paper = ""
        self.bar = NoticeBar()
        self.steps = QLabel()
        self.steps.setTextFormat(Qt.TextFormat.RichText)
        self.stack = QStackedWidget()
        for page in (self._office_page(home), self._people_page(), self._code_page(), self._backup_page()):
            self.stack.addWidget(page)
        self.back_button = QPushButton("上一步(&B)")
        self.back_button.clicked.connect(self._go_back)
        self.next_button = QPushButton("下一步(&N)")
        self.next_button.setObjectName("primary")
        self.next_button.clicked.connect(self.take)
        foot = QHBoxLayout()
        foot.addWidget(self.back_button)
        foot.addStretch()
        foot.addWidget(self.next_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 18)
        box.setSpacing(12)
        box.addWidget(self.steps)
        box.addWidget(self.bar)
        box.addWidget(self.stack, 1)
        box.addLayout(foot)
        self._show(0)

    # -- pages ---------------------------------------------------------------------------------------------------

    def _office_page(self, home: Path) -> QWidget:
        page = QWidget()
        self.township = QLineEdit()
        self.township.setPlaceholderText("印在公示和报表上的全称，例如 云溪镇")
        self.code = CodeEdit()
        self.code.setPlaceholderText("6、9 或 12 位行政区划代码")
        self.folder = QLineEdit(str(free_folder(home)))
        pick = QPushButton("浏览…")
        pick.setAutoDefault(False)
        pick.clicked.connect(lambda: self._pick(self.folder))
        self.villages = QPlainTextEdit()
        self.villages.setPlaceholderText("一行一个村（社区）。可以留空，导入户籍底册时自动带入。")
        self.villages.setTabChangesFocus(True)
        row = QHBoxLayout()
        row.addWidget(self.folder)
        row.addWidget(pick)
        form = QFormLayout(page)
        form.setSpacing(10)
        form.addRow("乡镇名称(&T)", self.township)
        form.addRow("区划代码(&C)", self.code)
        place = QLabel("数据放在(&F)")
        place.setBuddy(self.folder)
        form.addRow(place, row)
        form.addRow("村（社区）(&V)", self.villages)
        form.addRow("", quiet("数据加密存放在这个文件夹里，离开密码和恢复码谁也打不开。不要放在网络盘上。"))
        self.township.returnPressed.connect(self.code.setFocus)
        self.code.returnPressed.connect(self.folder.setFocus)
        return page

    def _people_page(self) -> QWidget:
        page = QWidget()
        self.password, self.again = QLineEdit(), QLineEdit()
        for field in (self.password, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        top = QFormLayout()
        top.addRow("系统管理员 admin 的密码(&P)", self.password)
        top.addRow("再输一遍(&R)", self.again)
        grid = QGridLayout()
        for column, words in enumerate(("姓名", "岗位", "初始密码")):
            grid.addWidget(quiet(words), 0, column)
        self.seats: list[tuple[QLineEdit, QComboBox, QLineEdit]] = []
        for row, post in enumerate((Post.CLERK, Post.REVIEWER, Post.APPROVER, Post.AUDITOR), 1):
            name, posts, secret = QLineEdit(), QComboBox(), QLineEdit()
            for one in _SEATS:
                posts.addItem(POST_NAMES[one], one.value)
            posts.setCurrentIndex(_SEATS.index(post))
            secret.setEchoMode(QLineEdit.EchoMode.Password)
            fields: tuple[QWidget, ...] = (name, posts, secret)
            for column, one_field in enumerate(fields):
                grid.addWidget(one_field, row, column)
            self.seats.append((name, posts, secret))
        box = QVBoxLayout(page)
        box.setSpacing(10)
        box.addLayout(top)
        box.addWidget(heading("在这里办理业务的人"))
        box.addLayout(grid)
        box.addWidget(
            quiet(
                "同一批次由三个人分别编制、复核、审批，所以至少要有三个人，分管领导可以担任审批。以后在“系统”里增减。"
            )
        )
        box.addStretch()
        return page

    def _code_page(self) -> QWidget:
        page = QWidget()
        self.shown_code = QLabel()
        font = self.shown_code.font()
        font.setPointSizeF(font.pointSizeF() * 1.8)
        font.setBold(True)
        self.shown_code.setFont(font)
        self.shown_code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.print_button = QPushButton("打印恢复码(&P)")
        self.print_button.setAutoDefault(False)
        self.print_button.clicked.connect(self._print_code)
        self.typed_code = CodeEdit()
        self.typed_code.setPlaceholderText("照纸上的恢复码输入一遍")
        self.typed_code.returnPressed.connect(self.take)
        box = QVBoxLayout(page)
        box.setSpacing(12)
        box.addWidget(QLabel("所有人都忘了密码时，只有恢复码能打开办公点。请打印或抄下来，锁进保险柜。"))
        box.addWidget(self.shown_code)
        box.addWidget(self.print_button, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(quiet("为确认纸上抄对了，请照着纸上的再输入一遍："))
        box.addWidget(self.typed_code)
        box.addStretch()
        return page

    def _backup_page(self) -> QWidget:
        page = QWidget()
        self.backups = QLineEdit()
        self.backups.setPlaceholderText("移动硬盘或 U 盘上的文件夹")
        self.backups.returnPressed.connect(self.take)
        pick = QPushButton("浏览…")
        pick.setAutoDefault(False)
        pick.clicked.connect(lambda: self._pick(self.backups))
        row = QHBoxLayout()
        row.addWidget(self.backups)
        row.addWidget(pick)
        box = QVBoxLayout(page)
        box.setSpacing(12)
        box.addWidget(QLabel("备份要放在另一块盘上：电脑坏了、丢了，数据还在。"))
        box.addLayout(row)
        box.addWidget(quiet("按“完成”时先做一次备份并核对。现在没有移动盘，可以留空，首页会一直提醒。"))
        box.addStretch()
        return page

    def _pick(self, field: QLineEdit) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "选择文件夹", field.text())
        if chosen:
            field.setText(chosen)

    # -- going on ------------------------------------------------------------------------------------------------

    def _show(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        names = [
            f"<b>{n}. {words}</b>" if n == page + 1 else f"{n}. {words}" for n, words in enumerate(PAGES, 1)
        ]
        self.steps.setText("　›　".join(names))
        self.back_button.setVisible(page <= 1)
        self.back_button.setText("上一步(&B)" if page else "返回(&B)")
        self.next_button.setText("完成(&F)" if page == len(PAGES) - 1 else "下一步(&N)")
        first = (self.township, self.password, self.typed_code, self.backups)[page]
        first.setFocus()

    @Slot()
    def _go_back(self) -> None:
        self.bar.clear()
        page = self.stack.currentIndex()
        if page:
            self._show(page - 1)
        else:
            self.cancelled.emit()

    @Slot()
    def take(self) -> None:
        """Finish the page that is shown; a no is said and everything typed stays."""
        acts: tuple[Callable[[], None], ...] = (self._check_office, self._found, self._confirm, self._finish)
        page = self.stack.currentIndex()
        self.bar.clear()
        QApplication.setOverrideCursor(QCursor(Qt.CursorShape.WaitCursor))
        try:
            acts[page]()
        except (Refusal, WorldError) as no:
            self.bar.say(no.window_sentence, Tone.BAD)
            return
        finally:
            QApplication.restoreOverrideCursor()
        if not self.bar.isHidden():
            return
        if page + 1 < len(PAGES):
            self._show(page + 1)

    def _check_office(self) -> None:
        from app.founding import TownshipCodeWrong, TownshipMissing

        if not self.township.text().strip():
            raise TownshipMissing
        code = self.code.text()
        if not (code.isdigit() and len(code) in (6, 9, 12)):
            raise TownshipCodeWrong(code=code)
        if not self.folder.text().strip():
            self.bar.say("请填写数据放在哪个文件夹。", Tone.WARN)

    def _found(self) -> None:
        """Make the office with its people; only now something is written."""
        if self.password.text() != self.again.text():
            self.bar.say("两次输入的管理员密码不一样，请重新输入。", Tone.WARN)
            return
        wanted = [
            (name.text().strip(), Post(posts.currentData()), secret.text())
            for name, posts, secret in self.seats
        ]
        wanted = [one for one in wanted if one[0]]
        names = [one[0] for one in wanted]
        if len(set(names)) < len(names):
            self.bar.say("有两位操作员同名。请加上区分字，例如“李明（二）”。", Tone.WARN)
            return
        self._refuse_short([self.password.text(), *(one[2] for one in wanted)])
        from app.access.use_cases import add_operator
        from app.founding import found_office
        from models.store.keyslots import code_on_paper

        if self.desk is None:
            villages = [one.strip() for one in self.villages.toPlainText().splitlines() if one.strip()]
            founded = found_office(
                Path(self.folder.text().strip()), township=self.township.text(), code=self.code.text(),
                villages=villages, password=self.password.text(), now=datetime.now(),
            )  # fmt: skip
            self.desk = founded.desk
            self.code_on_paper = code_on_paper(founded.recovery_code)
            self.shown_code.setText(self.code_on_paper)
        for name, post, secret in wanted:
            add_operator(self.desk, name=name, posts=[post], password=secret)

    @staticmethod
    def _refuse_short(secrets: list[str]) -> None:
        from models.store.keyslots import refuse_short

        for secret in secrets:
            refuse_short(secret)

    def _confirm(self) -> None:
        from app.access.use_cases import confirm_recovery_code

        if self.desk is not None:
            confirm_recovery_code(self.desk, written=self.typed_code.text())

    def _finish(self) -> None:
        assert self.desk is not None  # the office was made on the second page  # noqa: S101
        store = self.desk.store
        place = self.backups.text().strip()
        if place:
            from app.backups.use_cases import back_up, set_backup_place

            back_up(self.desk, folder=Path(place))
            set_backup_place(self.desk, folder=Path(place))
        folder = store.folder
        store.close()
        self.desk = None
        self.finished.emit(folder)

    @Slot()
    def _print_code(self) -> None:
        from ui.printing import preview
        from ui.printing.forms.recovery_code import recovery_code_document

        document = recovery_code_document(f"{self.township.text()}财政所", self.code_on_paper, datetime.now())
        self.preview = preview(document, self)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Closed before the end: what was founded stays and can be opened; the code must then be confirmed later."""
        if self.desk is not None:
            self.desk.store.close()
            self.desk = None
        super().closeEvent(event)
