"""Random clicks and keys on every screen: no exception, no English, no dialog without a way out, and the books still agree.

50 events a screen in `make test`; `make soak` plays 1,000 a screen with new seeds, which it prints.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.access.queries import sit_down
from app.demo import OPERATORS, PASSWORD
from app.doctor import check_up
from models.store.opening import open_office
from tests.ui.monkey import Monkey
from ui.office import Office
from ui.routes import ROOM_NAMES, Place, Room
from ui.window.frame import Frame

SOAK = bool(os.environ.get("XIANGCAI_SOAK"))
EVENTS = 1_000 if SOAK else 50
DAY = date(2024, 7, 2)


@pytest.fixture
def bare_hands(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Nothing is written outside, no nested loop waits for somebody; gives the bugs that the crash dialog would show."""
    crashes: list[BaseException] = []
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_a, **_k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")
    monkeypatch.setattr(QMessageBox, "exec", lambda _self: 0)
    monkeypatch.setattr(QPrintDialog, "exec", lambda _self: 0)
    for module in ("ui.office", "ui.failures"):
        monkeypatch.setattr(f"{module}.show_crash", lambda fault, *_a: crashes.append(fault))
    return crashes


@pytest.fixture
def monkey_at(qtbot: QtBot, sample: Path, tmp_path: Path) -> Iterator[Callable[[str, int], Monkey]]:
    frames: list[Frame] = []

    def make(name: str, seed: int) -> Monkey:
        shutil.copytree(sample, tmp_path / "office")
        (tmp_path / "office" / "office.lock").unlink(missing_ok=True)
        store = open_office(tmp_path / "office", name, PASSWORD)
        frame = Frame(Office(sit_down(store, name, datetime.now(), DAY)))
        frames.append(frame)
        frame.show()

        def settle() -> None:
            qtbot.waitUntil(lambda: frame.office.lane.job is None, timeout=60_000)
            QApplication.processEvents()

        return Monkey(frame, seed, settle, aloud=SOAK)

    yield make
    for frame in frames:
        if isValid(frame):
            store = frame.office.store
            frame.hand_over()
            store.close()
    QApplication.processEvents()


@pytest.mark.timeout(0 if SOAK else 120)
@pytest.mark.parametrize("room", list(Room), ids=list(ROOM_NAMES.values()))
def test_a_monkey_on_every_screen(
    room: Room, monkey_at: Callable[[str, int], Monkey], bare_hands: list[BaseException]
) -> None:
    seed = int(os.environ.get("XIANGCAI_SEED") or random.randrange(10**6)) if SOAK else list(Room).index(room)
    who = [*OPERATORS][seed % len(OPERATORS)]
    print(f"seed {seed}, {who}", flush=True)
    monkey = monkey_at(who, seed)
    monkey.frame.go(Place(room))
    monkey.settle()
    try:
        monkey.play(EVENTS)
        assert not bare_hands, bare_hands
        assert check_up(monkey.frame.office.store) == []
    except BaseException:
        print("\n".join(monkey.log[-30:]))
        raise
