"""What the window's tests share: settings of their own, a dressed application, frames that are closed again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, QtMsgType
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.desk import Desk
from tests.conftest import seat
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
