"""The opened office as the screens see it: whose desk, what may be read, how an act is started, who hears of changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.archive.opened import clear_copies
from app.changes import Changes
from app.desk import Cancelled, Desk, Progress, Seat
from models.domain.permission import Permission, post_for
from models.domain.refusal import Refusal, WorldError
from models.store.opening import Store
from ui.failures import show_crash
from ui.jobs import Job, Lane
from ui.remembering import Remembered
from ui.theme import Tone


class Office(QObject):
    """One operator at the desk of one office. Screens read through `store` and act through `act`."""

    changed = Signal(object)
    said = Signal(str, object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.today = desk.today
        self.lane = Lane(desk.store, self)
        self.remembered = Remembered(desk.store.folder, desk.operator.id)
        clear_copies(desk.store.folder)  # what a crash left open
        found = desk.store.row("SELECT township, is_sample FROM office")
        self.township, self.is_sample = (str(found[0]), bool(found[1])) if found else ("", False)

    @property
    def store(self) -> Store:
        """The open store, for reading."""
        return self._desk.store

    @property
    def operator(self) -> Seat:
        """Who sits here."""
        return self._desk.operator

    def may(self, permission: Permission) -> bool:
        """Whether one of the operator's posts may do this; screens grey out what she may not."""
        return post_for(self.operator.posts, permission) is not None

    def desk(self) -> Desk:
        """A desk for one act, with the time as it is now."""
        return replace(self._desk, now=datetime.now(), today=self.today, progress=Progress())

    def act(
        self,
        words: str,
        work: Callable[[Desk], Any],
        done: Callable[[Any], None] | None = None,
        refused: Callable[[str], None] | None = None,
        told: str = "",
    ) -> Job:
        """Do something in the lane: `work` gets a desk; screens reload by the Changes it gives, then `done` hears of it.

        A refusal or a fault of the machine goes to `refused` as a sentence (to the frame's bar where none is given).
        """

        def finish(outcome: Any) -> None:
            if isinstance(outcome, Changes):
                self.changed.emit(outcome.topics)
            if told:
                self.said.emit(told, Tone.GOOD)
            if done is not None:
                done(outcome)

        def fail(fault: BaseException) -> None:
            if isinstance(fault, Refusal | WorldError):
                if refused is not None:
                    refused(fault.window_sentence)
                else:
                    tone = Tone.CALM if isinstance(fault, Cancelled) else Tone.BAD
                    self.said.emit(fault.window_sentence, tone)
            else:
                show_crash(fault)

        job = Job(words, work, self.desk(), finish, fail)
        self.lane.start(job)
        return job

    def read(self, words: str, work: Callable[[Desk], Any], done: Callable[[Any], None]) -> Job:
        """Look something up that may take a while."""
        return self.act(words, work, done)

    def close(self) -> None:
        """Leave the desk: the lane ends, the database is closed."""
        self.lane.stop()
        clear_copies(self.store.folder)
        self.store.close()
