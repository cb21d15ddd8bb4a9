"""查询大厅: the whole screen for somebody of the public. An ID and the last four of the account show one's own payments and
policies, masked; a minute without a touch wipes it all; only a password leads back to the office.
"""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QFont, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.access.queries import enter
from app.counter.queries import TAIL, OwnCard, own_card
from models.domain.buckets import Bucket
from models.domain.money import yuan_text
from models.domain.refusal import Refusal, WorldError
from ui.office import Office
from ui.screens.counter.keypad import Keypad
from ui.theme import Tone, colour, ground
from ui.widgets.code_edit import CodeEdit
from ui.widgets.facts import quiet

IDLE_SECONDS = 60
MOST_MISSES = 5
WAIT_SECONDS = 60
_ID_LENGTH = 18
_TEXT = 15.0
_LARGE = 22.0
_TITLE = 30.0
_WIDEST = 320
_ROW_SPARE = 18
_TONES = {
    Bucket.PAID: Tone.GOOD,
    Bucket.FAILED: Tone.BAD,
    Bucket.RETURNED: Tone.BAD,
    Bucket.STOPPED: Tone.WARN,
    Bucket.IN_FLIGHT: Tone.CALM,
    Bucket.PENDING: Tone.CALM,
}
_ACTIVITY = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel}
)


class CounterWindow(QWidget):
    """`left` says that somebody of the office took the screen back."""

    left = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.setObjectName("counter")
        self.setWindowTitle(f"{office.township}财政所补贴查询")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card: OwnCard | None = None
        self.misses = 0
        self._may_close = False
        self.pages = QStackedWidget()
        for page in (self._ask_page(), self._own_page(), self._leave_page()):
            self.pages.addWidget(page)
        self.foot = quiet("")
        self.staff = QPushButton("工作人员退出")
        self.staff.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.staff.clicked.connect(self.ask_leave)
        foot = QHBoxLayout()
        foot.addWidget(self.foot, 1)
        foot.addWidget(self.staff)
        box = QVBoxLayout(self)
        box.setContentsMargins(40, 26, 40, 18)
        box.addWidget(self.pages, 1)
        box.addLayout(foot)
        self._second = QTimer(self)
        self._second.setInterval(1_000)
        self._second.timeout.connect(self._tick)
        self.seconds_left = IDLE_SECONDS
        self.wait_left = 0
        for keys in ("Ctrl+F11", "Escape"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.ask_leave)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self.wipe()

    # -- making --------------------------------------------------------------------------------------------------

    def _ask_page(self) -> QWidget:
        title = _label(f"{self.office.township}财政所　惠民补贴查询", _TITLE, bold=True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.id_number = _field(_ID_LENGTH)
        self.tail = _field(TAIL)
        self.tail.setEchoMode(QLineEdit.EchoMode.Password)
        self.id_number.textChanged.connect(self._id_changed)
        self.id_number.returnPressed.connect(self.tail.setFocus)
        self.tail.returnPressed.connect(self.look)
        self.said = _label("", _TEXT, bold=True)
        self.said.setWordWrap(True)
        self.find_button = _button("查询", primary=True)
        self.find_button.clicked.connect(self.look)
        self.again = _button("清空")
        self.again.clicked.connect(self.wipe)
        self.keypad = Keypad()
        self.keypad.typed.connect(self._type)
        self.keypad.back.connect(self._back)
        fields = QVBoxLayout()
        fields.setSpacing(10)
        fields.addWidget(_label("1　身份证号码", _LARGE))
        fields.addWidget(self.id_number)
        fields.addSpacing(12)
        fields.addWidget(_label("2　社保卡（存折）账号的末四位", _LARGE))
        fields.addWidget(self.tail)
        fields.addSpacing(8)
        fields.addWidget(self.said)
        fields.addStretch()
        buttons = QHBoxLayout()
        buttons.setSpacing(16)
        buttons.addWidget(self.again, 1)
        buttons.addWidget(self.find_button, 2)
        fields.addLayout(buttons)
        both = QHBoxLayout()
        both.setSpacing(48)
        both.addLayout(fields, 6)
        both.addWidget(self.keypad, 5)
        page = QWidget()
        box = QVBoxLayout(page)
        box.setSpacing(24)
        box.addWidget(title)
        box.addLayout(both, 1)
        return page

    def _own_page(self) -> QWidget:
        self.name = _label("", _TITLE, bold=True)
        self.id_shown = _label("", _TEXT)
        self.paid = _label("", _LARGE, bold=True)
        home = _button("退出查询", primary=True)
        home.clicked.connect(self.wipe)
        self.home = home
        top = QHBoxLayout()
        names = QVBoxLayout()
        names.addWidget(self.name)
        names.addWidget(self.id_shown)
        top.addLayout(names)
        top.addStretch()
        top.addWidget(self.paid)
        top.addSpacing(24)
        top.addWidget(home)
        self.payments = _table(["补贴项目", "期间", "金额（元）", "情况", "日期", "账号", "说明"])
        self.entitled = _table(["补贴项目", "什么时候", "每期金额（元）", "标准", "依据文件"])
        self.of_payments = _button("我的发放")
        self.of_entitled = _button("我享受的政策")
        self.lists = QStackedWidget()
        self.lists.addWidget(self.payments)
        self.lists.addWidget(self.entitled)
        switches = QHBoxLayout()
        for place, button in enumerate((self.of_payments, self.of_entitled)):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, place=place: self.show_list(place))
            switches.addWidget(button)
        switches.addStretch()
        page = QWidget()
        box = QVBoxLayout(page)
        box.setSpacing(14)
        box.addLayout(top)
        box.addLayout(switches)
        box.addWidget(self.lists, 1)
        return page

    def _leave_page(self) -> QWidget:
        self.operator = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for field in (self.operator, self.password):
            _enlarge(field, _LARGE)
        self.refused = _label("", _TEXT, bold=True)
        self.refused.setWordWrap(True)
        take = _button("退出查询大厅", primary=True)
        take.clicked.connect(self.leave)
        stay = _button("返回查询")
        stay.clicked.connect(self.wipe)
        self.operator.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.leave)
        grid = QGridLayout()
        grid.setSpacing(14)
        grid.addWidget(_label("操作员", _LARGE), 0, 0)
        grid.addWidget(self.operator, 0, 1)
        grid.addWidget(_label("密码", _LARGE), 1, 0)
        grid.addWidget(self.password, 1, 1)
        grid.addWidget(self.refused, 2, 0, 1, 2)
        row = QHBoxLayout()
        row.addWidget(stay)
        row.addWidget(take)
        grid.addLayout(row, 3, 0, 1, 2)
        inner = QFrame()
        inner.setMaximumWidth(720)
        inner.setLayout(grid)
        page = QWidget()
        box = QVBoxLayout(page)
        box.addStretch()
        heading = _label("工作人员退出", _TITLE, bold=True)
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(heading)
        box.addSpacing(20)
        box.addWidget(inner, 0, Qt.AlignmentFlag.AlignCenter)
        box.addStretch()
        return page

    # -- the minute ----------------------------------------------------------------------------------------------

    def show_full(self) -> None:
        """Take the whole screen."""
        self.keypad.dress(_LARGE)
        self.showFullScreen()
        self._second.start()
        self.id_number.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Any touch or key begins the minute anew."""
        if event.type() in _ACTIVITY and self.isVisible():
            self.seconds_left = IDLE_SECONDS
        return super().eventFilter(watched, event)

    @Slot()
    def _tick(self) -> None:
        self.seconds_left -= 1
        if self.wait_left:
            self.wait_left -= 1
            self._say_wait()
        if self.seconds_left <= 0:
            self.wipe()
        self._show_foot()

    def _show_foot(self) -> None:
        if self.pages.currentIndex() == 0 and not self.id_number.text() and not self.tail.text():
            self.foot.setText("信息只显示给本人，离开前请按“退出查询”。")
        else:
            self.foot.setText(f"{self.seconds_left} 秒没有操作，自动清除并返回。")

    @Slot()
    def wipe(self) -> None:
        """Nothing of anybody stays on the screen or in the window."""
        self.card = None
        for field in (self.id_number, self.tail, self.operator, self.password):
            field.clear()
        for table in (self.payments, self.entitled):
            table.setRowCount(0)
        for label in (self.name, self.id_shown, self.paid, self.said, self.refused):
            label.setText("")
        self.seconds_left = IDLE_SECONDS
        self.pages.setCurrentIndex(0)
        self._say_wait()
        self._show_foot()
        self.id_number.setFocus()

    # -- typing --------------------------------------------------------------------------------------------------

    def _target(self) -> QLineEdit:
        return self.tail if self.tail.hasFocus() else self.id_number

    @Slot(str)
    def _type(self, sign: str) -> None:
        self._target().insert(sign)

    @Slot()
    def _back(self) -> None:
        field = self._target()
        if field is self.tail and not field.text():
            field = self.id_number
            field.setFocus()
        field.backspace()

    @Slot(str)
    def _id_changed(self, text: str) -> None:
        if len(text) == _ID_LENGTH:
            self.tail.setFocus()

    # -- looking -------------------------------------------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Show one's own card; the same words whatever was wrong, and after some misses a wait."""
        if self.wait_left:
            return
        if not self.id_number.text() or len(self.tail.text()) != TAIL:
            self._say("请把身份证号码和账号末四位填完整。", Tone.WARN)
            (self.tail if self.id_number.text() else self.id_number).setFocus()
            return
        found = own_card(
            self.office.store, self.id_number.text(), self.tail.text(), self.office.today.isoformat()
        )
        if found is None:
            self.misses += 1
            if self.misses >= MOST_MISSES:
                self.misses, self.wait_left = 0, WAIT_SECONDS
                self.tail.clear()
                self._say_wait()
            else:
                self._say("没有查到。请核对身份证号码和账号末四位，或到窗口询问。", Tone.BAD)
                self.tail.clear()
                self.tail.setFocus()
            return
        self.misses = 0
        self._show(found)

    def _say(self, words: str, tone: Tone) -> None:
        self.said.setText(words)
        self.said.setStyleSheet(f"color: {colour(tone).name()}")

    def _say_wait(self) -> None:
        self.find_button.setEnabled(not self.wait_left)
        if self.wait_left:
            self._say(f"几次都没有查到，请等 {self.wait_left} 秒再试，或到窗口询问。", Tone.BAD)
        elif self.said.text().startswith("几次"):
            self._say("", Tone.MUTED)

    def _show(self, card: OwnCard) -> None:
        self.card = card
        self.id_number.clear()
        self.tail.clear()
        self.said.setText("")
        self.name.setText(card.name)
        self.id_shown.setText(card.id_number)
        self.paid.setText(f"{card.year} 年已发放 {yuan_text(card.paid_fen)} 元")
        _fill(
            self.payments,
            [
                [one.program, one.period, yuan_text(one.fen), one.said, one.day, one.account, one.advice]
                for one in card.payments
            ],
            right=2,
            tones=[_TONES.get(one.bucket) for one in card.payments],
            empty="还没有发放记录。",
        )
        _fill(
            self.entitled,
            [
                [one.program, one.term, yuan_text(one.fen) if one.fen else "—", one.standard, one.document]
                for one in card.entitlements
            ],
            right=2,
            empty="今年没有登记享受的补贴。",
        )
        self.show_list(0)
        self.pages.setCurrentIndex(1)
        self._show_foot()
        for table in (self.payments, self.entitled):
            _fit(table)

    def show_list(self, place: int) -> None:
        """Payments or policies."""
        self.lists.setCurrentIndex(place)
        _fit(self.payments if place == 0 else self.entitled)
        for at, button in enumerate((self.of_payments, self.of_entitled)):
            button.setChecked(at == place)
            tone = Tone.CALM if at == place else Tone.MUTED
            button.setStyleSheet(
                f"background: {ground(tone).name()}; color: {colour(tone).name()}; border-radius: 6px; padding: 6px 18px;"
                f" border: {'3px' if at == place else '1px'} solid {colour(tone).name()}"
            )

    # -- leaving -------------------------------------------------------------------------------------------------

    @Slot()
    def ask_leave(self) -> None:
        """Ask who leads back to the office."""
        self.wipe()
        self.operator.setText(self.office.operator.name)
        self.pages.setCurrentIndex(2)
        self.password.setFocus()

    @Slot()
    def leave(self) -> None:
        """The password of the operator who opened the counter, and of nobody else: the desk behind it is theirs."""
        name = self.operator.text().strip()
        if name != self.office.operator.name:
            self._refuse(f"查询大厅是“{self.office.operator.name}”打开的，请由本人退出；换人请先退出再换。")
            return
        try:
            enter(self.office.store, name, self.password.text(), datetime.now())
        except (Refusal, WorldError) as no:
            self._refuse(no.window_sentence)
            return
        self._may_close = True
        self.close()

    def _refuse(self, sentence: str) -> None:
        self.refused.setText(sentence)
        self.refused.setStyleSheet(f"color: {colour(Tone.BAD).name()}")
        self.password.clear()
        self.password.setFocus()

    def close_with_office(self) -> None:
        """The office itself is closed: there is nothing left to show."""
        self._may_close = True
        self.close()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Another screen: the rows wrap anew."""
        super().resizeEvent(event)
        for table in (self.payments, self.entitled):
            _fit(table)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Alt+F4 leads to the password as well."""
        if not self._may_close:
            event.ignore()
            self.ask_leave()
            return
        self._second.stop()
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        super().closeEvent(event)
        self.left.emit()


def _enlarge(widget: QWidget, points: float, *, bold: bool = False) -> None:
    font = QFont(widget.font())
    font.setPointSizeF(points)
    font.setBold(bold)
    widget.setFont(font)


def _label(words: str, points: float, *, bold: bool = False) -> QLabel:
    label = QLabel(words)
    _enlarge(label, points, bold=bold)
    return label


def _field(length: int) -> CodeEdit:
    field = CodeEdit()
    field.setMaxLength(length)
    field.setMinimumHeight(60)
    _enlarge(field, _LARGE + 4, bold=True)
    return field


def _button(words: str, *, primary: bool = False) -> QPushButton:
    button = QPushButton(words)
    button.setAutoDefault(False)
    button.setMinimumHeight(60)
    button.setMinimumWidth(170)
    if primary:
        button.setObjectName("primary")
    _enlarge(button, _LARGE)
    return button


def _table(headings: list[str]) -> QTableWidget:
    table = QTableWidget(0, len(headings))
    table.setHorizontalHeaderLabels(headings)
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setAlternatingRowColors(True)
    table.setWordWrap(True)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.horizontalHeader().setStretchLastSection(True)
    _enlarge(table, _TEXT)
    for place in range(table.columnCount()):
        heading = table.horizontalHeaderItem(place)
        font = QFont(table.font())
        font.setBold(True)
        heading.setFont(font)
    table.horizontalHeader().setMinimumHeight(table.fontMetrics().height() + _ROW_SPARE)
    return table


def _fill(
    table: QTableWidget,
    rows: list[list[str]],
    *,
    right: int,
    empty: str,
    tones: Sequence[Tone | None] = (),
) -> None:
    table.setRowCount(max(1, len(rows)))
    table.clearSpans()
    if not rows:
        table.setItem(0, 0, QTableWidgetItem(empty))
        table.setSpan(0, 0, 1, table.columnCount())
    for row, cells in enumerate(rows):
        for place, text in enumerate(cells):
            made = QTableWidgetItem(text)
            side = Qt.AlignmentFlag.AlignRight if place == right else Qt.AlignmentFlag.AlignLeft
            made.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, place, made)
        if row < len(tones) and (tone := tones[row]) is not None:
            table.item(row, right + 1).setForeground(colour(tone))
    _fit(table)


def _fit(table: QTableWidget) -> None:
    """Columns as wide as their texts (a long name wraps), rows as high: a few dozen of them cost nothing."""
    for place in range(table.columnCount() - 1):
        wide = max(table.sizeHintForColumn(place), table.horizontalHeader().sectionSizeHint(place))
        table.setColumnWidth(place, min(wide + 12, _WIDEST))
    table.resizeRowsToContents()
    for row in range(table.rowCount()):
        table.setRowHeight(row, table.rowHeight(row) + _ROW_SPARE)
