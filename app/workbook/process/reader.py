"""Our side of the reading process: starts it, hands it a file, keeps what it sends, ends it when it takes too long.

The rows of a file are kept as they came, packed, in memory: they are people's data, and a temporary file would leave them on
the disk. One process is kept warm for the next file.
"""

import atexit
import logging
import marshal
import signal
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from app.workbook import unreadable
from app.workbook.process import frames
from app.workbook.process.frames import Chunk
from app.workbook.unreadable import DamagedWorkbook, RowsOutOfOrder, TooLarge, TooSlow, UnreadableWorkbook

PROCESS_ARGUMENT: Final = "--read-workbooks"
"""How a frozen program is told to be the reading process."""
HEADLESS_PROGRAM: Final = "xiangcai-cli"
"""The frozen program that reads, beside the desktop's own: it loads no window libraries into the memory that is limited."""
SECONDS: Final = 30
SECONDS_A_MEGABYTE: Final = 2
"""How long the process may work on a file: a megabyte of .xlsx takes a fifth of a second."""
PATIENCE: Final = 5
"""How many times as long we wait, for the machine may be busy with other things."""
_OUT_OF_TIME: Final = -getattr(signal, "SIGXCPU", 0)
MOST_KEPT: Final = 1_000 * 1_000_000
"""Packed rows of one file, in bytes: 420,000 rows of 12 columns are 60 MB."""
LARGE_FILE: Final = 8_000_000
"""Bytes from which a second process is worth its start."""
_FILES_A_PROCESS: Final = 200
_ROOT: Final = Path(__file__).resolve().parents[3]
_START: Final = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from app.workbook.process.reader_process import main; main()"
_log = logging.getLogger(__name__)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [str(Path(sys.executable).with_stem(HEADLESS_PROGRAM)), PROCESS_ARGUMENT]
    return [sys.executable, "-I", "-X", "utf8", "-c", _START]


class _Process:
    """A reading process and how many files it has read."""

    def __init__(self) -> None:
        self.files = 0
        self.popen = subprocess.Popen(  # noqa: S603 (our own interpreter)
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a panic's message can quote the file
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    @property
    def requests(self) -> BinaryIO:
        """Where requests are written."""
        assert self.popen.stdin is not None  # noqa: S101
        return self.popen.stdin  # type: ignore[return-value]

    @property
    def answers(self) -> BinaryIO:
        """Where frames are read."""
        assert self.popen.stdout is not None  # noqa: S101
        return self.popen.stdout  # type: ignore[return-value]

    def end(self) -> None:
        """Kill it, whatever it does, and wait for it."""
        self.popen.kill()
        self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


_lock: Final = threading.Lock()
_warm: list[_Process] = []


def _take_process() -> _Process:
    with _lock:
        while _warm:
            process = _warm.pop()
            if process.popen.poll() is None:
                return process
            process.end()
    return _Process()


def _give_back(process: _Process, *, is_used_up: bool) -> None:
    """Keep a process for the next file, unless it has read a large one: its memory would count against the next."""
    process.files += 1
    with _lock:
        if not _warm and not is_used_up and process.files < _FILES_A_PROCESS:
            _warm.append(process)
            return
    process.end()


def warm_up() -> None:
    """Start the process for the next file now, so that it is there when a file is chosen."""
    with _lock:
        if not _warm:
            _warm.append(_Process())


@atexit.register
def end_warm_process() -> None:
    """End the process that waits for the next file."""
    with _lock:
        while _warm:
            _warm.pop().end()


@dataclass
class ReceivedSheet:
    """What came of a sheet so far. `handed_on` is set once somebody has seen rows of it."""

    name: str
    hidden: bool
    expected_rows: int
    merges: "tuple[array[int], array[int], array[int]] | None" = None
    chunks: list[Chunk] = field(default_factory=list)
    width: int | None = None
    notes: dict[str, object] | None = None
    handed_on: bool = False


class _Exchange:
    """One file given to a reading process; `take` gets each frame and says whether to go on."""

    def __init__(
        self, wanted: int, body: bytes, name: str, take: Callable[[int, bytes], bool], end: Callable[[], None]
    ) -> None:
        self.seconds = SECONDS + SECONDS_A_MEGABYTE * len(body) // 1_000_000
        self.is_late = False
        self.is_whole = False
        self._take, self._end = take, end
        self._process = _take_process()
        self._timer = threading.Timer(self.seconds * PATIENCE, self._end_late)
        self._timer.daemon = True
        self._thread = threading.Thread(
            target=self._run, args=(wanted, body, name), name="workbook reader", daemon=True
        )

    def start(self) -> None:
        """Begin; frames come on another thread."""
        self._timer.start()
        self._thread.start()

    def _end_late(self) -> None:
        self.is_late = True
        self._process.popen.kill()

    def _run(self, wanted: int, body: bytes, name: str) -> None:
        process = self._process
        is_used_up = len(body) > LARGE_FILE
        try:
            title = name.encode("utf-8", "replace")
            process.requests.write(frames.REQUEST.pack(wanted, self.seconds, len(title), len(body)))
            process.requests.write(title)
            process.requests.write(body)
            process.requests.flush()
            del body
            self.is_whole = self._receive(process.answers)
        except OSError:
            pass  # it died: told by what is missing
        except Exception:
            _log.exception("the reading process sent what cannot be read")
        finally:
            self._timer.cancel()
            if self.is_whole and not self.is_late:
                _give_back(process, is_used_up=is_used_up)
            else:
                process.end()
                self.is_late = self.is_late or process.popen.returncode == _OUT_OF_TIME != 0
            self._end()

    def _receive(self, answers: BinaryIO) -> bool:
        """Take frames until the last one; False where they break off."""
        while len(header := answers.read(frames.HEADER.size)) == frames.HEADER.size:
            kind, length = frames.HEADER.unpack(header)
            if length > frames.LONGEST:
                return False
            packed = answers.read(length)
            if len(packed) < length:
                return False
            if kind == frames.DONE:
                return True
            if not self._take(kind, packed):
                return False
        return False


class Received:
    """A file's sheets as the reading process sends them; whoever asks for what has not come yet waits for it.

    The second look at a large workbook is taken by another process at the same time.
    """

    def __init__(self, body: bytes, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._sheets: list[ReceivedSheet] | None = None
        self._refusal: UnreadableWorkbook | None = None
        self._is_done = False
        self._kept = 0
        is_large = len(body) > LARGE_FILE and body.startswith(b"PK")
        self._tallies: list[tuple[int, float, int] | None] = []
        self._is_looked = not is_large
        if is_large:
            _Exchange(frames.LOOK, body, name, self._take_tallies, self._end_look).start()
        wanted = frames.READ if is_large else frames.READ_AND_LOOK
        self._reading = _Exchange(wanted, body, name, self._take_frame, self._end)
        self._reading.start()

    # what others ask

    def sheets(self) -> list[ReceivedSheet]:
        """The sheets in order. Raises UnreadableWorkbook."""
        with self._changed:
            self._changed.wait_for(lambda: self._sheets is not None or self._is_done)
            if self._sheets is None:
                raise self._why()
            return self._sheets

    def merges(self, sheet: ReceivedSheet) -> "tuple[array[int], array[int], array[int]]":
        """First rows, last rows and columns of the merges over several rows, from 0. Raises UnreadableWorkbook."""
        with self._changed:
            self._changed.wait_for(lambda: sheet.merges is not None or self._is_done)
            if sheet.merges is None:
                raise self._why()
            return sheet.merges

    def chunks(self, sheet: ReceivedSheet) -> Iterator[Chunk]:
        """The rows of a sheet from the top, as they come. Raises UnreadableWorkbook."""
        place = 0
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: len(sheet.chunks) > place or sheet.notes is not None or self._is_done  # noqa: B023
                )
                if len(sheet.chunks) <= place:
                    if sheet.notes is None:
                        raise self._why()
                    return
                chunk = sheet.chunks[place]
                sheet.handed_on = True
            yield chunk
            place += 1

    def finished(self, sheet: ReceivedSheet) -> ReceivedSheet:
        """The sheet once it is whole. Raises UnreadableWorkbook."""
        with self._changed:
            self._changed.wait_for(lambda: sheet.notes is not None or self._is_done)
            if sheet.notes is None:
                raise self._why()
            return sheet

    def looked(self, sheet: ReceivedSheet) -> tuple[int, float, int] | None:
        """What the second look at a whole sheet counted (cells, total, check-sum); None where it could not count."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_looked)
            place = next(place for place, one in enumerate(self._sheets or ()) if one is sheet)
            return self._tallies[place] if place < len(self._tallies) else None

    def _why(self) -> UnreadableWorkbook:
        refusal = self._refusal or DamagedWorkbook(name=self._name)
        return type(refusal)(**refusal.facts)  # a new one each time: a traceback belongs to one raising

    # what the receiving threads do

    def _end(self) -> None:
        with self._changed:
            if not self._reading.is_whole and self._refusal is None:
                self._refusal = (
                    TooSlow(name=self._name, seconds=self._reading.seconds)
                    if self._reading.is_late
                    else DamagedWorkbook(name=self._name)
                )
            self._is_done = True
            self._changed.notify_all()

    def _end_look(self) -> None:
        with self._changed:
            self._is_looked = True
            self._changed.notify_all()

    def _take_tallies(self, kind: int, packed: bytes) -> bool:
        if kind == frames.TALLIES:
            self._tallies = marshal.loads(packed)  # noqa: S302 (our own process)
        return True

    def _take_frame(self, kind: int, packed: bytes) -> bool:
        with self._changed:
            goes_on = self._take(kind, packed)
            self._changed.notify_all()
            return goes_on

    def _take(self, kind: int, packed: bytes) -> bool:
        """Take one frame; False ends the reading."""
        if kind == frames.REFUSED:
            refusal, facts = marshal.loads(packed)  # noqa: S302
            self._refusal = getattr(unreadable, refusal)(**facts)
        elif kind == frames.FAILED:
            _log.error("reading failed: %s", marshal.loads(packed))  # noqa: S302
            self._refusal = DamagedWorkbook(name=self._name)
        elif kind == frames.SHEETS:
            self._sheets = [ReceivedSheet(*listed) for listed in marshal.loads(packed)]  # noqa: S302
        elif kind == frames.SHEET:
            place, *merges = frames.read_sheet(packed)
            return self._begin(self._sheet(place), (merges[0], merges[1], merges[2]))
        elif kind == frames.ROWS:
            place, chunk = frames.read_chunk(packed)
            self._sheet(place).chunks.append(chunk)
            self._kept += len(packed)
            if self._kept > MOST_KEPT:
                self._refusal = TooLarge(name=self._name, what="读出的内容", limit=MOST_KEPT // 1_000_000)
                return False
        elif kind == frames.SHEET_END:
            place, width, notes = marshal.loads(packed)  # noqa: S302
            sheet = self._sheet(place)
            sheet.width, sheet.notes = width, notes
        return True

    def _sheet(self, place: int) -> ReceivedSheet:
        if self._sheets is None:
            raise ValueError(place)
        return self._sheets[place]

    def _begin(self, sheet: ReceivedSheet, merges: "tuple[array[int], array[int], array[int]]") -> bool:
        """A sheet begins, or begins again because its rows are out of order: then what came before is forgotten."""
        if sheet.handed_on:
            last = sheet.chunks[-1]
            self._refusal = RowsOutOfOrder(name=self._name, sheet=sheet.name, row=last.first + last.height)
            return False
        self._kept -= sum(len(chunk.packed) for chunk in sheet.chunks)
        sheet.chunks.clear()
        sheet.merges = merges
        return True
