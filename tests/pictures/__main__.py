"""`make pictures`: drives the real window on the sample township and writes one PNG a screen.

Those at 1366×768, light and of the usual text size go into docs/pictures/; the others (1920×1080, dark, 特大) into
build/pictures/, for looking at: nothing cut off, overlapped, empty without a word, or in English.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabWidget, QWidget

from app.access.queries import sit_down
from app.batches.use_cases import create_batch
from app.demo import PASSWORD, run_demo
from app.resources import resource
from models.store.opening import Store, open_office
from ui.office import Office
from ui.routes import ROOM_NAMES, Place, Room
from ui.screens.access.login import LoginWindow
from ui.screens.access.set_up import SetUpWindow
from ui.screens.access.welcome import WelcomeWindow
from ui.screens.counter.screen import CounterWindow
from ui.screens.funds.screen import FundsScreen
from ui.screens.intake.screen import IntakeScreen
from ui.screens.registry.screen import RegistryScreen
from ui.theme import Shade, dress, shade_now
from ui.window.entrance import open_desk
from ui.window.frame import Frame

DOCS, LOOKS = Path("docs/pictures"), Path("build/pictures")
SIZES = {"1366x768": (1366, 728), "1920x1080": (1920, 1040)}
_STILL = 4  # looks in a row at which no job is under way
DAY = date(2024, 7, 2)


@dataclass(frozen=True)
class Look:
    """One way to look: the size of the screen, the shade, the place of the text size."""

    size: str
    shade: Shade
    text: int

    @property
    def is_usual(self) -> bool:
        """Whether it is the README's."""
        return self == Look("1366x768", Shade.LIGHT, 0)

    @property
    def name(self) -> str:
        """What it is called: `python -m tests.pictures 1366x768-dark-usual` makes this one only."""
        return f"{self.size}-{self.shade}-{('usual', '', '', 'largest')[self.text]}"

    @property
    def folder(self) -> Path:
        """Where its pictures go."""
        return DOCS if self.is_usual else LOOKS / self.name


def looks() -> Iterator[Look]:
    """Every way, or those that are named."""
    every = (Look(size, shade, text) for size in SIZES for shade in Shade for text in (0, 3))
    return (one for one in every if one.name in sys.argv[1:] or not sys.argv[1:])


def settle(office: Office) -> None:
    """Until nothing has been done for a while (one job may bring the next) and everything is painted."""
    still = 0
    while still < _STILL:
        QTest.qWait(40)
        still = 0 if office.lane.job is not None else still + 1


def grab(widget: QWidget, look: Look, name: str, *, deep: bool = False) -> None:
    """One picture; what lies `deep` inside a room is for looking at only."""
    folder = LOOKS / look.name if deep else look.folder
    folder.mkdir(parents=True, exist_ok=True)
    widget.grab().save(str(folder / f"window-{name}.png"))


def of_the_window(frame: Frame, look: Look) -> None:
    """Every room, and what opens in some of them."""
    inside: dict[Room, Callable[[], None]] = {
        Room.REGISTRY: lambda: open_card(frame, look),
        Room.BATCHES: lambda: open_batches(frame, look),
        Room.INTAKE: lambda: open_file(frame, look),
    }
    for room in ROOM_NAMES:
        try:
            frame.go(Place(room))
        except ModuleNotFoundError:
            print(f"{ROOM_NAMES[room]}：还没有画面")
            continue
        settle(frame.office)
        grab(frame, look, room.value)
        of_the_tabs(frame, look, room)
        if room in inside:
            inside[room]()


def of_the_tabs(frame: Frame, look: Look, room: Room) -> None:
    """Every tab of a room but its first."""
    screen = frame.screen_now
    tabs = getattr(screen, "tabs", None)
    if not isinstance(tabs, QTabWidget) or room is Room.INTAKE:
        return
    for place in range(1, tabs.count()):
        tabs.setCurrentIndex(place)
        settle(frame.office)
        grab(frame, look, f"{room.value}-{place + 1}", deep=True)
    tabs.setCurrentIndex(0)
    settle(frame.office)


def open_card(frame: Frame, look: Look) -> None:
    """Somebody who was paid, failed and was paid again."""
    screen = frame.screen_now
    assert isinstance(screen, RegistryScreen)
    screen.open_person(
        int(frame.office.store.value("SELECT person_id FROM payment WHERE bucket = 'reissued' LIMIT 1"))
    )
    settle(frame.office)
    grab(frame, look, "person")
    screen.back()


def open_batches(frame: Frame, look: Look) -> None:
    """A draft with its check, and a batch that is filed."""
    draft = frame.office.store.value("SELECT id FROM batch WHERE state = 'draft'")
    for name, batch, tab in (
        ("batch-done", 1, 0),
        ("batch-draft", draft, 0),
        ("batch-check", draft, 1),
        ("batch-compare", draft, 2),
    ):
        frame.go(Place(Room.BATCHES, id=int(batch)))
        screen = frame.screen_now
        screen.page.tabs.setCurrentIndex(tab)  # type: ignore[attr-defined]
        settle(frame.office)
        grab(frame, look, name)


def open_file(frame: Frame, look: Look) -> None:
    """A roster of another year: its columns, and what is wrong with it."""
    screen = frame.screen_now
    assert isinstance(screen, IntakeScreen)
    screen.kind.setCurrentIndex(screen.kind.findData("roster"))
    screen.program.setCurrentIndex(screen.program.findData("2130122"))
    screen.period.setText("2025")
    screen.open_file(resource("sample") / "gdbh.xlsx")
    settle(frame.office)
    grab(frame, look, "intake-columns")
    screen.check()
    settle(frame.office)
    grab(frame, look, "intake-findings")
    screen.tabs.setCurrentIndex(1)
    settle(frame.office)
    grab(frame, look, "intake-history")
    screen.checked = None
    screen.tabs.setCurrentIndex(0)


def of_what_stands_before(frame: Frame, look: Look) -> None:
    """A question over a screen, and the counter for the public."""
    frame.go(Place(Room.FUNDS))
    settle(frame.office)
    screen = frame.screen_now
    assert isinstance(screen, FundsScreen)
    screen.ask_new()
    settle(frame.office)
    grab(screen.question, look, "question", deep=True)
    screen.question.reject()
    counter = CounterWindow(frame.office)
    counter.show_full()
    counter.showNormal()
    counter.resize(*SIZES[look.size])
    settle(frame.office)
    grab(counter, look, "counter", deep=True)
    counter.close_with_office()


def of_the_way_in(look: Look, folder: Path) -> None:
    """The windows before the office."""
    windows = {
        "welcome": WelcomeWindow(),
        "set-up": SetUpWindow(Path("~/一卡通数据")),
        "login": LoginWindow(open_desk, folder),
    }
    for name, window in windows.items():
        window.show()
        QTest.qWait(40)
        grab(window, look, name)
        window.close()


def opened(folder: Path) -> Store:
    """The sample office with one batch more, that is being made."""
    run_demo(folder, lambda _line: None)
    store = open_office(folder / "办公点", "王经办", PASSWORD)
    create_batch(sit_down(store, "王经办", datetime.now(), DAY), program="2081902", period="2024-06")
    return store


def main() -> None:
    """All pictures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scratch = Path(tempfile.mkdtemp(prefix="xiangcai-pictures-"))
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(scratch / "settings"))
    application = QApplication(sys.argv[:1])
    dress(application)
    store = opened(scratch / "sample")
    office = Office(sit_down(store, "王经办", datetime.now(), DAY))
    for look in looks():
        frame = Frame(office)
        frame.resize(*SIZES[look.size])
        frame.show()
        frame.set_text_size(look.text)
        if shade_now() is not look.shade:
            frame.turn_shade()
        of_the_way_in(look, scratch / "sample" / "办公点")
        of_the_window(frame, look)
        of_what_stands_before(frame, look)
        frame.hand_over()
        office = Office(sit_down(store, "王经办", datetime.now(), DAY))
        print(look.folder)
    store.close()
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
