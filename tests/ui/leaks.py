"""`python -m tests.ui.leaks OFFICE window|windows TIMES`: the screens gone through again and again, in a process of its own.

Prints, before and after: resident memory in MB, widgets, timers, threads. A process that did other things before gives and
takes memory for its own reasons.
"""

import gc
import json
import os
import sys
import threading
import time
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from app.access.queries import sit_down
from app.demo import PASSWORD
from models.store.opening import Store, open_office
from ui.office import Office
from ui.routes import Place, Room
from ui.theme import dress
from ui.window.frame import Frame

WARM_UP = {"window": 5, "windows": 2}
DAY = date(2024, 7, 2)
PATIENCE = 60  # seconds for one screen


def held() -> tuple[float, int, int, int]:
    """What this process holds: MB that are really there, widgets, timers, threads."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return (
        pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        len(QApplication.allWidgets()),
        sum(isinstance(one, QTimer) for one in gc.get_objects()),
        threading.active_count(),
    )


def sweep() -> None:
    """What was closed is gone now."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()


def a_window(store: Store) -> Frame:
    frame = Frame(Office(sit_down(store, "王经办", datetime.now(), DAY)))
    frame.office.setParent(frame)
    frame.show()
    return frame


def through_every_screen(frame: Frame) -> None:
    for room in Room:
        frame.go(Place(room))
        until = time.monotonic() + PATIENCE
        while frame.office.lane.job is not None:
            assert time.monotonic() < until, f"{room} is not done"
            QApplication.processEvents()
    sweep()


def in_a_new_window(store: Store) -> None:
    """Another operator sits down: the window is made anew, with every screen."""
    frame = a_window(store)
    through_every_screen(frame)
    frame.hand_over()
    sweep()


def main(office: Path, which: str, times: int) -> None:
    QSettings.setPath(
        QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(office.parent / "settings")
    )
    application = QApplication([])
    dress(application)
    store = open_office(office, "王经办", PASSWORD)
    frame = a_window(store) if which == "window" else None
    found = []
    for rounds in (WARM_UP[which], times):
        for _ in range(rounds):
            if frame is None:
                in_a_new_window(store)
            else:
                through_every_screen(frame)
        found.append(held())
    print(json.dumps(found))
    if frame is not None:
        frame.hand_over()
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
