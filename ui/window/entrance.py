"""The way in and out: welcome, set-up, log-in, the window, lock, switch of operator. What is heavy is imported when needed."""

import re
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.places import places
from models.domain.refusal import Refusal, WorldError
from ui.remembering import KnownOffices
from ui.screens.access.login import LoginWindow
from ui.theme import Tone

if TYPE_CHECKING:
    from app.desk import Desk
    from ui.window.frame import Frame

_LOOK_EVERY_MS = 100


_SAMPLE_BEGINS = "正在准备示例办公点云溪镇，走完一个月一般不到一分钟。"
_STEP = re.compile(r"[一二三四五六七八九]、")


def sample_step(lines: Sequence[str]) -> str:
    """Where the making of the sample is: its step, and in short what was done last; '' before the first step."""
    begun = [place for place, line in enumerate(lines) if _STEP.match(line)]
    if not begun:
        return ""
    step, *done = [line.strip() for line in lines[begun[-1] :] if line.strip()]
    # a line names its workbook by letters, and goes on to details that nobody can read in passing
    last = re.sub(" [a-z]+：", " ", re.split("[，；]|（含", done[-1])[0]) if done else ""
    return f"\n{step}　{last}".rstrip()


def open_desk(folder: Path, operator: str, password: str) -> "Desk":
    """Open the office and sit its operator down.

    Raises NoOffice, NoSlot, WrongPassword, NotAnOperator and the store's other refusals.
    """
    from app.access.queries import sit_down
    from models.store.opening import open_office

    store = open_office(folder, operator, password)
    try:
        return sit_down(store, operator, datetime.now())
    except BaseException:
        store.close()
        raise


class Entrance(QObject):
    """Which window is open now."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._known = KnownOffices()
        self.window: QWidget | None = None
        self._closed: QWidget | None = None
        self.frame: Frame | None = None
        self._sample_fault: BaseException | None = None
        self._sample_lines: list[str] = []
        self._sample_thread: threading.Thread | None = None
        self._sample_timer = QTimer(self)
        self._sample_timer.setInterval(_LOOK_EVERY_MS)
        self._sample_timer.timeout.connect(self._look_at_sample)
        if folder is not None and folder.is_file():
            self._show_file(folder)
        else:
            self._show_first(folder)

    def _show_first(self, folder: Path | None = None) -> None:
        known = folder or next(iter(self._known.folders()), None)
        if known is None:
            self.show_welcome()
        else:
            self.show_login(known)

    def _show_file(self, file: Path) -> None:
        """A file that was opened from the desktop: a backup is taken back, an upgrade needs an administrator first."""
        from app.upgrades.package import SUFFIX

        if file.suffix.lower() != SUFFIX:
            self.show_take_back(file)
            return
        self._show_first()
        if isinstance(self.window, LoginWindow):
            self.window.give_hint(f"升级包 {file.name}：请用管理员登录，在“系统”的“升级”里打开它。")

    def _show(self, window: QWidget) -> None:
        old, self.window = self.window, window
        window.show()
        if old is not None:
            old.close()
            # it may still be handling the very key that closed it: it goes when the next one does
            self._closed = old

    @Slot()
    def show_welcome(self) -> None:
        """No office yet."""
        from ui.screens.access.welcome import WelcomeWindow

        window = WelcomeWindow()
        window.set_up.connect(self.show_set_up)
        window.open_existing.connect(self.show_login)
        window.take_back.connect(self.show_take_back)
        window.open_sample.connect(self.make_sample)
        self._show(window)

    @Slot()
    def show_set_up(self) -> None:
        """A new office in four pages."""
        from ui.screens.access.set_up import SetUpWindow

        window = SetUpWindow(places().offices)
        window.finished.connect(self.show_login)
        window.cancelled.connect(self.show_welcome)
        self._show(window)

    @Slot()
    def show_take_back(self, file: Path | None = None) -> None:
        """An office out of a backup; a backup that was opened from the desktop is filled in."""
        from ui.screens.access.set_up import free_folder
        from ui.screens.access.take_back import TakeBackWindow

        window = TakeBackWindow(free_folder(places().offices), file)
        window.finished.connect(self.show_login)
        window.cancelled.connect(self.show_welcome)
        self._show(window)

    @Slot(object)
    def show_login(self, folder: Path) -> None:
        """Ask who it is."""
        window = LoginWindow(open_desk, folder, self._known.folders())
        window.opened.connect(self.show_office)
        window.elsewhere.connect(self.show_welcome)
        self._show(window)

    @Slot(object)
    def show_office(self, desk: "Desk") -> None:
        """The window of an opened office."""
        from ui.jobs import Sweeper
        from ui.office import Office
        from ui.window.frame import Frame

        self._known.keep(desk.store.folder)
        office = Office(desk)
        frame = Frame(office)
        office.setParent(frame)
        self._sweeper = Sweeper(frame)
        frame.locked.connect(lambda: self._lock(switching=False))
        frame.left.connect(lambda: self._lock(switching=True))
        self.frame = frame
        self._show(frame)

    def _lock(self, *, switching: bool) -> None:
        from ui.screens.access.lock import LockDialog

        frame = self.frame
        if frame is None:
            return
        frame.cover(True)
        self.lock = LockDialog(frame.office, switching=switching, parent=frame)
        self.lock.entered.connect(self._enter_again)
        self.lock.closed_office.connect(self._close_office)
        self.lock.open()

    @Slot(object)
    def _enter_again(self, desk: "Desk") -> None:
        frame = self.frame
        assert frame is not None  # the lock stands before it  # noqa: S101
        if desk.operator.id == frame.office.operator.id:
            frame.cover(False)
            return
        today = max(desk.today, frame.office.today)
        desk.today = today
        frame.hand_over()
        self.window = None
        self.show_office(desk)

    @Slot()
    def _close_office(self) -> None:
        frame = self.frame
        if frame is None:
            return
        folder = frame.office.store.folder
        self.lock.done(0)
        frame.close()
        self.frame = self.window = None
        self.show_login(folder)

    # -- the sample ----------------------------------------------------------------------------------------------

    @Slot()
    def make_sample(self) -> None:
        """Build the sample township beside this, then ask who it is."""
        folder = places().sample
        self._sample = folder / "办公点"
        self._sample_fault, self._sample_lines = None, []
        self._welcome(_SAMPLE_BEGINS, Tone.CALM, busy=True)
        self._sample_thread = threading.Thread(target=self._build_sample, args=(folder,), daemon=True)
        self._sample_thread.start()
        self._sample_timer.start()

    def _build_sample(self, folder: Path) -> None:
        from app.demo import run_demo

        try:
            run_demo(folder, self._sample_lines.append)
        except BaseException as fault:  # told in the window's thread
            self._sample_fault = fault

    @Slot()
    def _look_at_sample(self) -> None:
        if self._sample_thread is not None and self._sample_thread.is_alive():
            self._welcome(_SAMPLE_BEGINS + sample_step(list(self._sample_lines)), Tone.CALM, busy=True)
            return
        self._sample_timer.stop()
        self._sample_thread = None
        fault = self._sample_fault
        if isinstance(fault, Refusal | WorldError):
            self._welcome(fault.window_sentence, Tone.BAD, busy=False)
        elif fault is not None:
            from ui.failures import show_crash

            self._welcome("示例没有做好。", Tone.BAD, busy=False)
            show_crash(fault, self.window)
        else:
            self.show_login(self._sample)
            self._fill_in_sample()

    def _fill_in_sample(self) -> None:
        from app.demo import OPERATORS, PASSWORD

        window = self.window
        if isinstance(window, LoginWindow):
            names = "、".join(OPERATORS)
            window.give_hint(f"示例办公点：操作员 {names}、admin，密码都是 {PASSWORD}")
            window.operator.setText(next(iter(OPERATORS)))
            window.password.setFocus()

    def _welcome(self, sentence: str, tone: Tone, *, busy: bool) -> None:
        from ui.screens.access.welcome import WelcomeWindow

        if isinstance(self.window, WelcomeWindow) and self.window.bar.words.text() != sentence:
            self.window.bar.say(sentence, tone)
            self.window.set_busy(busy)
