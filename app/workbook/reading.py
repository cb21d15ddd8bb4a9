"""Workbooks as they come, read as rows of cells: .xlsx, .xls, .xlsb, .ods and .et, web pages, and text of any usual encoding.

The content decides what a file is, its name only hints. Whatever cannot be read whole is refused with a sentence
(`UnreadableWorkbook`); nothing is read in part or with replaced characters. Files are parsed in a process of their own
(app.workbook.process.reader_process); what it noticed beside the cells are a sheet's `remarks`.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import dropwhile, repeat
from pathlib import Path
from typing import Any, Final

from app.workbook.cell_values import Cell, ErrorCell, WideLine, cell_is_blank, row_is_blank, seen
from app.workbook.kinds.gate import MOST_BYTES
from app.workbook.process.frames import is_filled
from app.workbook.process.reader import Received, ReceivedSheet
from app.workbook.remarks import (
    ErrorCells,
    FormulasWithoutValue,
    HiddenColumns,
    HiddenRows,
    LookDiffers,
    OddNumbers,
    Remark,
    RepeatedCells,
    StruckRows,
    runs_of,
)
from app.workbook.unreadable import (
    DamagedWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    ForbiddenMarkup,
    NoTableInPage,
    NotAWorkbook,
    NotYetReadable,
    OddPartName,
    OverInflated,
    OverlongCell,
    PartTwice,
    RowsOutOfOrder,
    TooLarge,
    TooManyParts,
    TooMuchMemory,
    TooSlow,
    UnpairedQuote,
    UnreadableText,
    UnreadableWorkbook,
)
from models.store.durable import CannotRead, cause_of, read_bytes

__all__ = [
    "Cell",
    "DamagedWorkbook",
    "EmptyFile",
    "EncryptedWorkbook",
    "ErrorCell",
    "ForbiddenMarkup",
    "Grid",
    "Merges",
    "NoTableInPage",
    "NotAWorkbook",
    "NotYetReadable",
    "OddPartName",
    "OverInflated",
    "OverlongCell",
    "PartTwice",
    "Remark",
    "RowsOutOfOrder",
    "Sheet",
    "TooLarge",
    "TooManyParts",
    "TooMuchMemory",
    "TooSlow",
    "UnpairedQuote",
    "UnreadableText",
    "UnreadableWorkbook",
    "Workbook",
    "cell_is_blank",
    "open_workbook",
    "read_workbook",
    "row_is_blank",
    "seen",
    "sha256_of",
]


@dataclass(frozen=True, slots=True)
class Merges:
    """The merged ranges of a sheet that span several rows, by first row; rows and columns from 0."""

    first_rows: "array[int]" = field(default_factory=lambda: array("l"))
    last_rows: "array[int]" = field(default_factory=lambda: array("l"))
    columns: "array[int]" = field(default_factory=lambda: array("l"))

    def __len__(self) -> int:
        return len(self.first_rows)


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet: `lines` starts a new pass from row 1, each line `width` cells from column A, "" for empty."""

    width: int
    lines: Callable[[], Iterator[Sequence[Cell]]]
    merges: Merges = field(default_factory=Merges)


class Sheet:
    """One sheet of a workbook; its cells are loaded when they are first asked for."""

    def __init__(self, name: str, *, hidden: bool, load: Callable[[], Grid]) -> None:
        self.name = name
        self.hidden = hidden
        self._load = load

    @cached_property
    def grid(self) -> Grid:
        """The cells as the reader gives them. Raises UnreadableWorkbook."""
        return self._load()

    @property
    def expected_rows(self) -> int:
        """About how many rows there are, known before they are read, for showing progress; 0 where nobody knows."""
        return 0

    @property
    def remarks(self) -> list[Remark]:
        """What was noticed beside the cells: hidden or struck-through rows, errors and the like. Reads to the end.

        Raises UnreadableWorkbook.
        """
        return []

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return all(row_is_blank(row) for _, row in self.rows())

    @property
    def merge_starts(self) -> dict[tuple[int, int], int]:
        """First cells of merges over several rows: (Excel row, column from 0) → the merge's last Excel row."""
        merges = self._merges()
        return {
            (first + 1, column): last + 1
            for first, last, column in zip(merges.first_rows, merges.last_rows, merges.columns, strict=True)
        }

    def rows(self, *, fill: bool = False) -> Iterator[tuple[int, list[Cell]]]:
        """Every row to the last one used, with its true Excel number (from 1), padded from column A.

        A row is at least as wide as any above it; sheets of a few thousand rows have one width. Long runs of blank rows
        are left out. Only a merge's first cell has the value; with `fill` a merge over several rows has it in each of
        them. Rows are made one by one: a large sheet is never whole in Python.
        """
        lines = self.numbered_lines(0, None) if fill else self._numbered()
        return ((number, seen(line)) for number, line in lines)

    def filled_lines(self, start: int, columns: Sequence[int]) -> Iterator[Sequence[Cell]]:
        """Lines from row `start` (from 0) on without gaps, merges of `columns` that begin there filled down."""
        following = start + 1
        blank: list[Cell] = []
        for number, line in self.numbered_lines(start, columns):
            if number > following:
                blank = blank if len(blank) == len(line) else [""] * len(line)
                yield from repeat(blank, number - following)
            following = number + 1
            yield line

    def numbered_lines(
        self, start: int, columns: Sequence[int] | None
    ) -> Iterator[tuple[int, Sequence[Cell]]]:
        """As `filled_lines` with each line's Excel number (from 1), long runs of blank rows left out; None for all columns."""
        lines = self._numbered()
        if start:
            lines = dropwhile(lambda one: one[0] <= start, lines)
        merges = self._merges()
        return (
            _filled(lines, merges, start, None if columns is None else frozenset(columns))
            if len(merges)
            else lines
        )

    def _numbered(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        return enumerate(self.grid.lines(), 1)

    def _merges(self) -> Merges:
        return self.grid.merges


class ReadSheet(Sheet):
    """A sheet as the reading process sends it: rows are at hand while it still reads those below."""

    def __init__(self, received: Received, sheet: ReceivedSheet) -> None:
        super().__init__(sheet.name, hidden=sheet.hidden, load=self._whole_grid)
        self._received, self._sheet = received, sheet

    @property
    def expected_rows(self) -> int:
        """See `Sheet`."""
        return self._sheet.expected_rows

    @cached_property
    def remarks(self) -> list[Remark]:
        """See `Sheet`."""
        notes = self._received.finished(self._sheet).notes or {}
        return _remarks(self.name, {**notes, "looked": notes["looked"] or self._received.looked(self._sheet)})

    def _whole_grid(self) -> Grid:
        width = self._received.finished(self._sheet).width or 0

        def lines() -> Iterator[Sequence[Cell]]:
            return self.filled_lines(0, ())

        return Grid(width, lines, self._merges())

    def _numbered(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        following, blank = 1, [""]
        for chunk in self._received.chunks(self._sheet):
            if chunk.first > following and is_filled(chunk.first - following, chunk.width):
                blank = [""] * chunk.width
                yield from zip(range(following, chunk.first), repeat(blank))
            yield from enumerate(chunk.lines(), chunk.first)
            following = chunk.first + chunk.height

    @cached_property
    def _merges_read(self) -> Merges:
        return Merges(*self._received.merges(self._sheet))

    def _merges(self) -> Merges:
        return self._merges_read


@dataclass(frozen=True)
class Workbook:
    """A workbook as received: its name and its sheets in order."""

    name: str
    sheets: list[Sheet]

    @property
    def remarks(self) -> list[Remark]:
        """What was noticed on every sheet that is not hidden. Reads to the end. Raises UnreadableWorkbook."""
        return [remark for sheet in self.sheets if not sheet.hidden for remark in sheet.remarks]


def open_workbook(path: Path) -> Workbook:
    """Open a file as a workbook, by its content.

    Raises CannotRead when it is not there, else an UnreadableWorkbook (app.workbook.unreadable has them all). What is found
    out only further down is raised when the rows are asked for.
    """
    return read_workbook(read_bytes(path), path.name)


def read_workbook(body: bytes, name: str) -> Workbook:
    """As `open_workbook`, for bytes at hand; `name` is for the sentences and, in a text table, the sheet."""
    if not body.strip(_NOTHING):
        raise EmptyFile(name=name)
    if len(body) > MOST_BYTES:
        raise TooLarge(name=name, what="文件", limit=MOST_BYTES // 1_000_000)
    for magic, kind in _OTHER_KINDS:
        if body.startswith(magic):
            raise NotAWorkbook(name=name, kind=kind)
    if body[:2] in _OLD_EXCEL:
        raise NotYetReadable(name=name, kind="很旧的 Excel（2.0–4.0）文件")
    received = Received(body, name)
    return Workbook(name, [ReadSheet(received, sheet) for sheet in received.sheets()])


_NOTHING: Final = b"\0\t\r\n \xef\xbb\xbf"
"""Blanks and the mark of UTF-8."""
_OTHER_KINDS: Final = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"PK\x05\x06", "空的压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"SQLite format 3", "数据库"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
)
_OLD_EXCEL: Final = frozenset((b"\x09\x00", b"\x09\x02", b"\x09\x04"))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex. Raises CannotRead."""
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise CannotRead(name=path.name, cause=cause_of(error)) from error


def _filled(
    lines: Iterator[tuple[int, Sequence[Cell]]], merges: Merges, start: int, columns: frozenset[int] | None
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Lines whose merged cells have their merge's value; merges that begin above `start` are left alone."""
    upcoming = (
        place
        for place in range(len(merges))
        if merges.first_rows[place] >= start and (columns is None or merges.columns[place] in columns)
    )
    following = next(upcoming, None)
    open_merges: dict[int, tuple[int, Cell]] = {}
    for number, cells in lines:
        row, line = number - 1, cells
        if open_merges:
            under = {}
            for column, (last, value) in tuple(open_merges.items()):
                if row > last:
                    del open_merges[column]
                elif cell_is_blank(line[column]):
                    under[column] = value
            line = _with_cells(line, under)
        while following is not None and merges.first_rows[following] <= row:
            column = merges.columns[following]
            if merges.first_rows[following] == row and column < len(line):
                open_merges[column] = (merges.last_rows[following], line[column])
            following = next(upcoming, None)
        yield number, line


def _with_cells(line: Sequence[Cell], cells: dict[int, Cell]) -> Sequence[Cell]:
    if isinstance(line, WideLine):
        return WideLine(len(line), dict(sorted({**line.held, **cells}.items())))
    changed = list(line)
    for column, cell in cells.items():
        changed[column] = cell
    return changed


def _remarks(sheet: str, notes: dict[str, Any]) -> list[Remark]:
    """The notes of the reading process in words; what it did not meet is left out."""
    hidden, struck = array("l", notes["hidden_rows"]), array("l", notes["struck_rows"])
    remarks: list[Remark] = []
    if hidden:
        remarks.append(HiddenRows(sheet, runs_of(hidden), notes["filtered"]))
    if notes["hidden_columns"]:
        remarks.append(HiddenColumns(sheet, tuple(notes["hidden_columns"])))
    if struck:
        remarks.append(StruckRows(sheet, runs_of(struck)))
    for key, kind in (
        ("errors", ErrorCells),
        ("without_values", FormulasWithoutValue),
        ("repeats", RepeatedCells),
        ("odds", OddNumbers),
    ):
        cells, count = notes[key]
        if count:
            remarks.append(kind(sheet, tuple((cell[0], cell[1], "".join(cell[2:])) for cell in cells), count))
    read, looked = notes["read"], notes["looked"]
    if read is not None and looked is not None and (read[0], read[2]) != (looked[0], looked[2]):
        remarks.append(LookDiffers(sheet, tuple(read[:2]), tuple(looked[:2])))
    return remarks
