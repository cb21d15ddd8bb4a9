"""Work that may take long, in one lane: one thread, one act after another, with a connection of its own.

The thread never touches Qt. How far it is, is read from the desk's progress; what came of it is fetched by a timer of the
window's thread. Cyclic garbage is collected on that thread only: collected elsewhere, widgets would be destroyed there.
"""

import gc
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.desk import Desk, Progress
from models.store.opening import Store

_LOOK_EVERY_MS = 20
_TURN_S = 0.0005
"""How long the lane keeps the interpreter when the window asks for it: a window is painted by dozens of calls, each waits so long."""
_COLLECT_EVERY_MS = 2_000


@dataclass
class Job:
    """One act in the lane: its name for the clerk, what to do, and who hears of the outcome."""

    words: str
    work: Callable[[Desk], Any]
    desk: Desk
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None]
    started: float = 0.0
    outcome: Any = None
    fault: BaseException | None = None
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = self.desk.progress

    @property
    def seconds(self) -> float:
        """How long it has been at work."""
        return time.monotonic() - self.started if self.started else 0.0


class Lane(QObject):
    """The one worker thread of an opened office."""

    began = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._asked: SimpleQueue[Job | None] = SimpleQueue()
        self._finished: SimpleQueue[Job] = SimpleQueue()
        self._waiting: list[Job] = []
        self._thread: threading.Thread | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY_MS)
        self._look.timeout.connect(self._fetch)

    @property
    def job(self) -> Job | None:
        """What is being done now."""
        return self._waiting[0] if self._waiting else None

    def start(self, job: Job) -> None:
        """Put an act at the end of the lane."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="lane", daemon=True)
            self._thread.start()
        if not self._waiting:
            self._usual_turn = sys.getswitchinterval()
            sys.setswitchinterval(_TURN_S)
        self._waiting.append(job)
        self._asked.put(job)
        self._look.start()
        self.began.emit(job)

    _usual_turn = 0.005

    def stop(self) -> None:
        """Let the thread end after what it does now."""
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join(timeout=30)
            self._thread = None
        if self._look.isActive():
            self._look.stop()
            sys.setswitchinterval(self._usual_turn)

    def _serve(self) -> None:
        while (job := self._asked.get()) is not None:
            job.started = time.monotonic()
            try:
                with self._store.database.connection_context():
                    job.outcome = job.work(job.desk)
            except BaseException as fault:  # whatever it is, the window's thread must hear of it
                job.fault = fault
            self._finished.put(job)

    @Slot()
    def _fetch(self) -> None:
        while not self._finished.empty():
            job = self._finished.get()
            self._waiting.remove(job)
            if job.fault is not None:
                job.failed(job.fault)
            else:
                job.done(job.outcome)
        if not self._waiting and self._look.isActive():
            self._look.stop()
            sys.setswitchinterval(self._usual_turn)


class Sweeper(QObject):
    """Collects cyclic garbage on the window's thread, and nowhere else."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._sweep)
        self._timer.start(_COLLECT_EVERY_MS)

    @Slot()
    def _sweep(self) -> None:
        young, middle, _ = gc.get_count()
        if middle > gc.get_threshold()[1]:
            gc.collect(1)
        elif young > gc.get_threshold()[0]:
            gc.collect(0)
