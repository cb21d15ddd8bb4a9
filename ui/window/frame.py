"""The window of an opened office: navigation, title, toolbar row, the screens, the status bar. It decides nothing."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.access.queries import clock_warning
from app.backups.queries import backup_places
from app.backups.use_cases import Occasion, back_up_if_due
from app.changes import Topic
from models.domain.permission import posts_text
from ui.icons import icon
from ui.office import Office
from ui.routes import ROOM_KEYS, ROOM_NAMES, Place, Room
from ui.screen_fit import LEAST_HEIGHT, LEAST_WIDTH
from ui.screens.screen import Screen
from ui.theme import TEXT_SIZE_NAMES, TEXT_SIZES, Shade, Tone, shade_now, wear
from ui.widgets.facts import Elided, Heading, OneLine
from ui.widgets.person_search import PersonSearch
from ui.window.help_window import HelpWindow
from ui.window.navigation import Navigation
from ui.window.work_strip import WorkStrip

if TYPE_CHECKING:
    from ui.screens.counter.screen import CounterWindow

IDLE_SECONDS = 300


@dataclass(frozen=True)
class ScreenAt:
    """Where a room's screen is written, so that it is imported when it is first opened."""

    module: str
    name: str


SCREENS = {
    Room.HOME: ScreenAt("ui.screens.home.screen", "HomeScreen"),
    Room.REGISTRY: ScreenAt("ui.screens.registry.screen", "RegistryScreen"),
    Room.PROGRAMS: ScreenAt("ui.screens.programs.screen", "ProgramsScreen"),
    Room.ENROLMENT: ScreenAt("ui.screens.enrolment.screen", "EnrolmentScreen"),
    Room.FUNDS: ScreenAt("ui.screens.funds.screen", "FundsScreen"),
    Room.INTAKE: ScreenAt("ui.screens.intake.screen", "IntakeScreen"),
    Room.BATCHES: ScreenAt("ui.screens.batches.screen", "BatchesScreen"),
    Room.NOTICES: ScreenAt("ui.screens.notices.screen", "NoticesScreen"),
    Room.BANKFILES: ScreenAt("ui.screens.bankfiles.screen", "BankFilesScreen"),
    Room.LEDGER: ScreenAt("ui.screens.ledger.screen", "LedgerScreen"),
    Room.ARCHIVE: ScreenAt("ui.screens.archive.screen", "ArchiveScreen"),
    Room.REPORTS: ScreenAt("ui.screens.reports.screen", "ReportsScreen"),
    Room.SYSTEM: ScreenAt("ui.screens.system.screen", "SystemScreen"),
}


class Frame(QMainWindow):
    """The main window. `locked` asks for the password again, `left` that the operator goes and another may come."""

    locked = Signal()
    left = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.screens: dict[Room, Screen] = {}
        self._back: list[Place] = []
        self._forward: list[Place] = []
        self._here = Place(Room.HOME)
        self.setWindowTitle(f"乡财一卡通 — {office.township}财政所")
        self.resize(1366, 728)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wear_remembered()
        self._build()
        self._connect()
        self._bind_keys()
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_SECONDS * 1000)
        self._idle.timeout.connect(self._lock)
        self._idle.start()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self.go(Place(Room.HOME))
        self._begin_day()

    # -- making --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.navigation = Navigation()
        self.navigation.office.setText(
            f"{self.office.township}财政所" + ("（示例）" if self.office.is_sample else "")
        )
        self.crumb = Elided(1.2)
        self.back_button = self._round("arrow-left", "返回 Alt+←", self.go_back)
        self.search = PersonSearch(self.office)
        self.search.found.connect(lambda person: self.go(Place(Room.REGISTRY, id=person)))
        self.look = QToolButton()
        self.look.setAutoRaise(True)
        self.look.setToolTip("字号、深浅、锁定、换人")
        self.look.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.look.setMenu(self._own_menu())
        help_button = self._round("help", "帮助 F1", self.show_help)
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 10, 0)
        top.setSpacing(6)
        top.addWidget(self.back_button)
        top.addWidget(self.crumb, 1)
        top.addWidget(self.search)
        top.addWidget(help_button)
        top.addWidget(self.look)
        self.tools = QToolBar()
        self.tools.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.tools.setMovable(False)
        self.tool_row = QHBoxLayout()
        self.tool_row.setContentsMargins(8, 2, 10, 2)
        self.tool_row.addWidget(self.tools)
        self.stack = QStackedWidget()
        self.strip = WorkStrip(self.office.lane)
        right = QWidget()
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addLayout(self.tool_row)
        box.addWidget(self.stack, 1)
        box.addWidget(self.strip)
        self._build_whole(right)

    def _build_whole(self, right: QWidget) -> None:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(right, 1)
        self.setCentralWidget(whole)
        self.sums = OneLine()
        self.seat_words = QLabel()
        self.sums.setContentsMargins(10, 3, 0, 3)
        self.seat_words.setContentsMargins(0, 3, 8, 3)
        self.statusBar().addWidget(self.sums, 1)
        self.statusBar().addPermanentWidget(self.seat_words)
        self.statusBar().setSizeGripEnabled(False)
        self._fit()
        self._show_seat()

    def _round(self, picture: str, tip: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(picture))
        button.setProperty("picture", picture)
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.clicked.connect(act)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _own_menu(self) -> QMenu:
        menu = QMenu(self)
        for place, words in enumerate(TEXT_SIZE_NAMES):
            menu.addAction(f"字号：{words}").triggered.connect(
                lambda _=False, one=place: self.set_text_size(one)
            )
        menu.addSeparator()
        menu.addAction("浅色／深色").triggered.connect(self.turn_shade)
        menu.addSeparator()
        menu.addAction("锁定 Ctrl+L").triggered.connect(self._lock)
        menu.addAction("换人登录 Ctrl+U").triggered.connect(self._leave)
        menu.addAction("退出").triggered.connect(self.close)
        return menu

    def _connect(self) -> None:
        self.navigation.chosen.connect(lambda room: self.go(Place(room)))
        self.office.said.connect(self._say)
        self.office.changed.connect(self._hear)

    def _bind_keys(self) -> None:
        keys = {
            "Alt+Left": self.go_back,
            "Alt+Right": self.go_forward,
            "F1": self.show_help,
            "F5": self.reload,
            "Ctrl+K": self.search.start,
            "Ctrl+L": self._lock,
            "Ctrl+U": self._leave,
            "F11": self._full_screen,
            "Ctrl+F11": self.open_counter,
            "Ctrl+=": lambda: self._grow(1),
            "Ctrl+-": lambda: self._grow(-1),
            "Escape": self._escape,
        }
        for room, key in ROOM_KEYS.items():
            keys[key] = lambda room=room: self.go(Place(room))
        for words, act in keys.items():
            QShortcut(QKeySequence(words), self).activated.connect(act)

    # -- going ---------------------------------------------------------------------------------------------------

    @property
    def screen_now(self) -> Screen:
        """The screen that is shown."""
        return self.screens[self._here.room]

    def go(self, place: Place, *, keep: bool = True) -> None:
        """Show a place; where one was is remembered for the way back."""
        if keep and self._here != place and self.screens:
            self._back.append(self._here)
            del self._back[:-50]
            self._forward.clear()
        self._here = place
        screen = self._screen(place.room)
        self.stack.setCurrentWidget(screen)
        self.navigation.show_room(place.room)
        self._show_tools(screen)
        self._show_crumb()
        self.sums.setText(screen.sums_text)
        self.back_button.setEnabled(bool(self._back))
        screen.open_at(place)

    def _screen(self, room: Room) -> Screen:
        if room not in self.screens:
            at = SCREENS[room]
            screen: Screen = getattr(importlib.import_module(at.module), at.name)(self.office)
            screen.go.connect(self.go)
            screen.crumb.connect(self._show_crumb)
            screen.sums.connect(self._show_sums)
            screen.tools_changed.connect(self._tools_changed)
            self.screens[room] = screen
            self.stack.addWidget(screen)
        return self.screens[room]

    @Slot()
    def go_back(self) -> None:
        """Where one was before."""
        if self._back:
            self._forward.append(self._here)
            self.go(self._back.pop(), keep=False)

    @Slot()
    def go_forward(self) -> None:
        """Where one came back from."""
        if self._forward:
            self._back.append(self._here)
            self.go(self._forward.pop(), keep=False)

    @Slot()
    def _escape(self) -> None:
        if not self.screen_now.back():
            self.go_back()

    def _show_tools(self, screen: Screen) -> None:
        self.tools.clear()
        for action in screen.tools():
            picture = action.property("picture")
            if picture:
                action.setIcon(icon(str(picture)))
            self.tools.addAction(action)

    @Slot()
    def _tools_changed(self) -> None:
        if self.sender() is self.screen_now:
            self._show_tools(self.screen_now)

    @Slot()
    def _show_crumb(self) -> None:
        text = ROOM_NAMES[self._here.room]
        inside = self.screen_now.crumb_text
        self.crumb.set_text(f"{text}  ›  {inside}" if inside else text)

    @Slot(str)
    def _show_sums(self, text: str) -> None:
        if self.sender() is self.screen_now:
            self.sums.setText(text)

    # -- what is said --------------------------------------------------------------------------------------------

    @Slot(str, object)
    def _say(self, sentence: str, tone: Tone) -> None:
        self.screen_now.bar.say(sentence, tone)

    @Slot(object)
    def _hear(self, topics: frozenset[Topic]) -> None:
        self._show_seat()
        if Topic.PEOPLE in topics:
            self.search.forget()

    def _show_seat(self) -> None:
        from app.backups.listings import last_backup

        seat = self.office.operator
        backup = last_backup(self.office.store)
        self.seat_words.setText(
            f"上次备份：{backup or '还没有'}   │   业务日期 {self.office.today}   │   "
            f"{seat.name}（{posts_text(seat.posts)}）"
        )

    @Slot()
    def show_help(self) -> None:
        """The help of this screen."""
        page = self.screen_now.help_page or self._here.room.value
        self.help_window = HelpWindow(page, self)
        self.help_window.show()

    @Slot()
    def reload(self) -> None:
        """Show what is in the store now."""
        self.screen_now.reload()

    # -- look ----------------------------------------------------------------------------------------------------

    def _wear_remembered(self) -> None:
        kept = self.office.remembered.get("look", {})
        known = kept if isinstance(kept, dict) else {}
        self._size = int(known.get("size", 0)) % len(TEXT_SIZES)
        shade = Shade(known.get("shade", Shade.LIGHT.value))
        self._wear(shade)

    def _wear(self, shade: Shade) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            wear(application, shade, TEXT_SIZES[self._size])
        self.office.remembered.keep("look", {"size": self._size, "shade": shade.value})

    def set_text_size(self, place: int) -> None:
        """Another text size, at once."""
        self._size = max(0, min(place, len(TEXT_SIZES) - 1))
        self._wear(shade_now())
        self._fit()

    def _grow(self, step: int) -> None:
        self.set_text_size(self._size + step)

    @Slot()
    def turn_shade(self) -> None:
        """From light to dark and back."""
        self._wear(Shade.LIGHT if shade_now() is Shade.DARK else Shade.DARK)
        self._fit()

    def _fit(self) -> None:
        headings: list[Heading] = list(self.findChildren(Heading))
        for one in headings:
            one.grow()
        self.navigation.fit()
        self.search.fit()
        side = self.fontMetrics().height()
        self.tools.setIconSize(QSize(side, side))
        self.look.setIcon(icon("user"))
        self.look.setIconSize(QSize(side, side))
        buttons: list[QToolButton] = list(self.findChildren(QToolButton))
        for button in buttons:
            if picture := button.property("picture"):
                button.setIcon(icon(str(picture)))
        if self.screens:
            self._show_tools(self.screen_now)
            # colours and heights that were chosen for rows are chosen anew
            for screen in self.screens.values():
                screen.stale = True
            self.screen_now.reload()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  # Qt's name
        """Ctrl and the wheel: another text size."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._grow(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    # -- locking, leaving ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Any key or click begins the idle time anew."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            self._idle.start()
        return super().eventFilter(watched, event)

    @Slot()
    def _lock(self) -> None:
        # the counter asks for the password itself, and stands for hours without the clerk
        if self.office.lane.job is None and self.counter is None:
            self.locked.emit()
        else:
            self._idle.start()

    @Slot()
    def _leave(self) -> None:
        if self._may_close():
            self.left.emit()

    @Slot()
    def _full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    counter: "CounterWindow | None" = None

    @Slot()
    def open_counter(self) -> None:
        """查询大厅: the full-screen counter for the public."""
        from ui.screens.counter.screen import CounterWindow

        if self.counter is not None:
            self.counter.activateWindow()
            return
        self.counter = counter = CounterWindow(self.office)
        counter.left.connect(self._counter_left)
        self.cover(True)
        counter.show_full()

    @Slot()
    def _counter_left(self) -> None:
        self.counter = None
        self.cover(False)
        self._idle.start()
        self.activateWindow()

    def _may_close(self) -> bool:
        questions = [screen.may_leave() for screen in self.screens.values()]
        if (job := self.office.lane.job) is not None:
            questions.insert(0, f"正在{job.words}，现在退出会取消它，什么都不会保存。")
        asked = next((question for question in questions if question), "")
        if not asked:
            return True
        box = QMessageBox(QMessageBox.Icon.Question, "退出", asked + "确实要退出吗？", parent=self)
        leave = box.addButton("退出", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("留下", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.exec()
        if box.clickedButton() is not leave:
            return False
        if job is not None:
            job.progress.cancel = True
        return True

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Leave the desk: the office's database is closed with the window."""
        if not self._keeps_store and not self._may_close():
            event.ignore()
            return
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        self._idle.stop()
        if self.counter is not None:
            self.counter.close_with_office()
        if not self._keeps_store and not self._backed_up and backup_places(self.office.store):
            # the way out leads past a backup; the window closes when it is made
            event.ignore()
            self._backed_up = True
            self._back_up("退出前备份", Occasion.EXIT, self.close)
            return
        if self._keeps_store:
            self.office.lane.stop()
        else:
            self.office.close()
        super().closeEvent(event)

    _keeps_store = False
    _backed_up = False

    def _back_up(self, words: str, occasion: Occasion, then: Callable[[], object]) -> None:
        def made(answer: dict[str, object] | None) -> None:
            if answer and answer.get("warning"):
                self._say(str(answer["warning"]), Tone.WARN)
            then()

        def not_made(sentence: str) -> None:
            self._say(sentence, Tone.WARN)
            then()

        self.office.act(words, lambda desk: back_up_if_due(desk, occasion), done=made, refused=not_made)

    @Slot()
    def _begin_day(self) -> None:
        """What is told at the start: the clock, an office that is only looked at; then the backup of the day."""
        store = self.office.store
        warning = clock_warning(store, datetime.now())
        fault = getattr(store, "fault", None)
        if fault is not None:
            self._say(str(fault), Tone.BAD)
        elif store.is_read_only:
            self._say("这个文件夹不能写入，办公点只能查看，不能办理。", Tone.WARN)
        elif warning:
            self._say(warning, Tone.WARN)
        if backup_places(store):
            self._back_up("每日备份", Occasion.DAILY, self._show_seat)

    def hand_over(self) -> None:
        """Close this window but leave the office open for the next operator."""
        self._keeps_store = True
        self.close()

    def cover(self, covered: bool) -> None:
        """Show nothing of the office while it is locked."""
        self.centralWidget().setVisible(not covered)
        self.statusBar().setVisible(not covered)
