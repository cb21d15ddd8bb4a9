"""How rows cross from the reading process to ours: frames of a kind and a length, rows marshalled some thousand at a time."""

import marshal
import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from app.workbook.cell_values import Cell, WideLine, marked
from app.workbook.kinds.sheet_look import Tally
from app.workbook.kinds.sheet_notes import Notes

REFUSED: Final = 0
"""The name of the refusal and its facts."""
SHEETS: Final = 1
"""[(name, hidden, rows expected)] in order."""
SHEET: Final = 2
"""A sheet begins (again): its place, then its merges as three arrays."""
ROWS: Final = 3
"""Rows of a sheet."""
SHEET_END: Final = 4
"""A sheet is whole: its place, its width, its notes."""
DONE: Final = 5
FAILED: Final = 6
"""Something nobody foresaw: a traceback."""

HEADER: Final = struct.Struct("<BI")
LONGEST: Final = 256 * 1_000_000
TALLIES: Final = 7
"""What the second look counted: for each sheet (cells, total, check-sum), or None."""

REQUEST: Final = struct.Struct("<BIIQ")
"""What is wanted, how many seconds of work it may take, and the lengths of the file's name and of its bytes, which follow."""
READ_AND_LOOK: Final = 0
READ: Final = 1
"""The second look is taken by another process."""
LOOK: Final = 2

_ROWS_HEADER: Final = struct.Struct("<IIII")
_CHUNK_ROWS: Final = 5_000
_CHUNK_CELLS: Final = 100_000
NEVER_FILLED: Final = 1_000
"""A longer run of blank rows is skipped, not written out."""
_WIDE: Final = 64

Send = Callable[[int, bytes], None]


def is_filled(gap: int, width: int) -> bool:
    """Whether a run of so many blank rows is written out: a short one, the shorter the wider the sheet."""
    return gap <= NEVER_FILLED and gap * width <= NEVER_FILLED * _WIDE


class RowsSender:
    """Packs a sheet's rows into frames; every row at least as wide as any before it."""

    def __init__(self, send: Send, sheet: int) -> None:
        self.width = 0
        self._send, self._sheet = send, sheet
        self._first, self._next = 1, 1
        self._rows: list[object] = []
        self._marks: list[tuple[int, int, int]] = []
        self._cells = 0
        self._is_sparse = False

    def row(self, number: int, cells: list[object], marks: Sequence[tuple[int, int]] = ()) -> None:
        """Take one row, below those before it; what has a mark is told with its column."""
        self.run(number, [cells], [(0, column, mark) for column, mark in marks])

    def run(self, first: int, rows: list[list[object]], marks: Sequence[tuple[int, int, int]]) -> None:
        """Take rows that follow one another, below those before them; marks are (place among them, column, kind)."""
        if first != self._next:
            if not is_filled(first - self._next, self.width):
                self.flush()
                self._first = first
            else:
                self._rows.extend([] for _ in range(first - self._next))
        self._next = first + len(rows)
        if marks:
            before = len(self._rows)
            self._marks.extend((place + before, column, mark) for place, column, mark in marks)
        width = max(map(len, rows))
        self.width = max(width, self.width)
        if width > _WIDE:
            self._rows.extend(self._packed(row) for row in rows)
        else:
            self._cells += width * len(rows)
            self._rows += rows
        if len(self._rows) >= _CHUNK_ROWS or self._cells >= _CHUNK_CELLS:
            self.flush()

    def _packed(self, row: list[object]) -> object:
        """A row of a wide sheet: only what it holds where that is little."""
        if row.count("") * 4 > len(row) * 3:
            self._is_sparse = True
            return tuple((column, cell) for column, cell in enumerate(row) if cell != "")
        self._cells += len(row)
        return row

    def flush(self) -> None:
        """Send what is gathered."""
        rows, width = self._rows, self.width
        if not rows:
            self._first = self._next
            return
        if width <= _WIDE:
            for row in rows:
                if len(row) < width:  # type: ignore[arg-type]
                    row += [""] * (width - len(row))  # type: ignore[operator,arg-type]
        else:
            self._is_sparse = True
        header = _ROWS_HEADER.pack(self._sheet, self._first, len(rows), width)
        self._send(ROWS, header + marshal.dumps((rows, self._marks, self._is_sparse)))
        self._rows, self._marks, self._cells, self._is_sparse = [], [], 0, False
        self._first = self._next


class Chunk(NamedTuple):
    """Rows as received, still packed: the first one's Excel number, how many, and how wide the sheet is so far."""

    first: int
    height: int
    width: int
    packed: bytes

    def lines(self) -> Iterator[list[Cell]]:
        """The rows, each `width` wide or (in wide sheets) made so one by one."""
        rows, marks, is_sparse = marshal.loads(memoryview(self.packed)[_ROWS_HEADER.size :])  # noqa: S302 (our own process)
        if is_sparse:
            return self._spread(rows, marks)
        for place, column, mark in marks:
            row = rows[place]
            row[column] = marked(row[column], mark)
        return iter(rows)

    def _spread(
        self, rows: Sequence[Sequence[object]], marks: Sequence[tuple[int, int, int]]
    ) -> Iterator[list[Cell]]:
        waiting = iter([*marks, (len(rows), 0, 0)])
        following = next(waiting)
        for place, row in enumerate(rows):
            cells: Iterable[tuple[int, Any]] = row if isinstance(row, tuple) else enumerate(row)
            held: dict[int, Cell] = {column: cell for column, cell in cells if cell != ""}
            while following[0] == place:
                held[following[1]] = marked(held.get(following[1], ""), following[2])
                following = next(waiting)
            yield WideLine(self.width, held)


def read_chunk(packed: bytes) -> tuple[int, Chunk]:
    """The sheet's place and the rows of a ROWS frame."""
    sheet, first, count, width = _ROWS_HEADER.unpack_from(packed)
    return sheet, Chunk(first, count, width, packed)


def pack_sheet(sheet: int, merges: Sequence[tuple[int, int, int]]) -> bytes:
    """A SHEET frame; merges are (first row, last row, column), sorted."""
    columns = (
        [array("l", part).tobytes() for part in zip(*merges, strict=True)] if merges else [b"", b"", b""]
    )
    return marshal.dumps((sheet, *columns))


def read_sheet(packed: bytes) -> tuple[int, "array[int]", "array[int]", "array[int]"]:
    """The sheet's place and the three arrays of its merges."""
    sheet, *columns = marshal.loads(packed)  # noqa: S302
    first, last, column = (array("l", part) for part in columns)
    return sheet, first, last, column


def pack_end(place: int, width: int, notes: Notes, read: Tally | None, looked: Tally | None) -> bytes:
    """A SHEET_END frame: the sheet's place, its width, its notes, and what was read and looked at, where it was counted."""
    return marshal.dumps(
        (
            place,
            width,
            {
                "hidden_rows": notes.hidden_rows.tobytes(),
                "struck_rows": notes.struck_rows.tobytes(),
                "hidden_columns": [(first, min(last, width) - 1) for first, last in notes.hidden_columns],
                "filtered": notes.filtered,
                "errors": (notes.errors, notes.error_count),
                "without_values": (notes.without_values, notes.without_value_count),
                "repeats": (notes.repeats, notes.repeat_count),
                "odds": (notes.odds, notes.odd_count),
                "read": None if read is None else tuple(read),
                "looked": None if looked is None else tuple(looked),
            },
        )
    )
