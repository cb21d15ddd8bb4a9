"""What the window's tests share: settings of their own, a dressed application, frames that are closed again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, QtMsgType
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.access.queries import sit_down
from app.batches.use_cases import create_batch
from app.demo import PASSWORD, run_demo
from app.desk import Desk
from models.store.keyslots import KdfCost, Keyslots
from models.store.opening import open_office
from tests.conftest import CHEAP, seat
from ui.office import Office
from ui.theme import dress
from ui.window.frame import Frame


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    """No test reads or writes the settings of whoever runs it."""
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


_OF_NO_WINDOW_SYSTEM = "This plugin does not support"


@pytest.fixture(autouse=True)
def no_qt_warnings(qtlog: Any) -> Iterator[None]:
    """Whatever Qt complains of is our mistake."""
    yield
    said = [
        record.message
        for record in qtlog.records
        if record.type != QtMsgType.QtDebugMsg and _OF_NO_WINDOW_SYSTEM not in record.message
    ]
    assert not said, "\n".join(said)


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application as a clerk sees it."""
    dress(qapp)
    return qapp


@pytest.fixture
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that cost nothing to derive."""
    make = Keyslots.make.__func__  # type: ignore[attr-defined]

    def cheaply(
        cls: type[Keyslots], path: Path, operator: str, password: str, cost: KdfCost = CHEAP
    ) -> object:
        return make(cls, path, operator, password, CHEAP)

    monkeypatch.setattr(Keyslots, "make", classmethod(cheaply))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office after its month, with a draft on the desk."""
    folder = tmp_path_factory.mktemp("sample")
    run_demo(folder, lambda _line: None)
    store = open_office(folder / "办公点", "王经办", PASSWORD)
    create_batch(
        sit_down(store, "王经办", datetime.now(), date(2024, 7, 2)), program="2081902", period="2024-06"
    )
    store.close()
    return folder / "办公点"


@dataclass
class Opened:
    """A window under test, with a way to wait until its lane is idle."""

    qtbot: QtBot
    frame: Frame

    @property
    def office(self) -> Office:
        return self.frame.office

    def settle(self) -> None:
        """Wait until nothing is being done, and what came of it is shown."""
        self.qtbot.waitUntil(lambda: self.office.lane.job is None, timeout=20_000)
        QApplication.processEvents()


@pytest.fixture
def open_frame(qtbot: QtBot, admin: Desk) -> Iterator[Callable[..., Opened]]:
    """Open the window for one of the operators of the empty office."""
    opened: list[Frame] = []

    def make(name: str = "经办甲", day: date | None = None) -> Opened:
        desk = seat(admin, name, day)
        frame = Frame(Office(desk))
        opened.append(frame)
        frame.show()
        return Opened(qtbot, frame)

    yield make
    for frame in opened:
        if isValid(frame):
            frame.hand_over()
    QApplication.processEvents()
