"""Workbooks as they come, read as rows of cells: .xlsx, .xls, .xlsb, .ods and .et, and text tables of any usual encoding.

The content decides what a file is, its name only hints. Whatever cannot be read whole is refused with a sentence
(`UnreadableWorkbook`); nothing is read in part or with replaced characters.
"""

import csv
import hashlib
import io
import re
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from models.domain.refusal import Refusal
from models.store.durable import CannotRead, cause_of, read_bytes

Cell = str | float | int | bool | date | datetime | time | timedelta | None
"""One cell: a number as stored (mostly float), text as written, a date, or None where there is nothing to see."""


class UnreadableWorkbook(Refusal):
    """A file that cannot be read whole as a workbook."""

    form = "“{name}”不能作为表格读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class EmptyFile(UnreadableWorkbook):
    """No byte, or nothing but blanks."""

    form = "“{name}”是空文件，里面没有内容。请核对是否拷贝完整，重新取一份后再试。"


class EncryptedWorkbook(UnreadableWorkbook):
    """A password is asked before the workbook opens."""

    form = "“{name}”设置了打开密码，程序读不到内容。请用 WPS 或 Excel 打开，取消密码后另存一份再试。"


class DamagedWorkbook(UnreadableWorkbook):
    """It says it is a workbook, but it cannot be read to the end."""

    form = (
        "“{name}”的内容已损坏或没有拷贝完整，读不出来。请重新拷贝，或用 WPS、Excel 打开后另存为 .xlsx 再试。"
    )


class NotAWorkbook(UnreadableWorkbook):
    """Another kind of file."""

    form = "“{name}”不是表格文件（内容是{kind}）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。"


class UnreadableText(UnreadableWorkbook):
    """A text table whose bytes are in none of the encodings in use."""

    form = "“{name}”的文字编码认不出来（试过 UTF-8、UTF-16 和 GB18030）。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class UnpairedQuote(UnreadableWorkbook):
    """A text table in which a quoted cell has no end, so that rows would flow into one another."""

    form = "“{name}”第 {line} 行附近的引号不成对，后面的行会连在一起，没有读取。请改正引号，或另存为 .xlsx 后重试。"


class NotYetReadable(UnreadableWorkbook):
    """A form of workbook that only WPS or Excel can open."""

    form = "“{name}”其实是{kind}，只是取了表格的名字。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


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


_NO_GRID: Final = Grid(0, lambda: iter(()))


class Sheet:
    """One sheet of a workbook; its cells are loaded when they are first asked for."""

    def __init__(self, name: str, *, hidden: bool, load: Callable[[], Grid]) -> None:
        self.name = name
        self.hidden = hidden
        self._load = load

    @cached_property
    def grid(self) -> Grid:
        """The cells as the reader gives them. Raises DamagedWorkbook."""
        return self._load()

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return all(row_is_blank(row) for _, row in self.rows())

    @property
    def merge_starts(self) -> dict[tuple[int, int], int]:
        """First cells of merges over several rows: (Excel row, column from 0) → the merge's last Excel row."""
        merges = self.grid.merges
        return {
            (first + 1, column): last + 1
            for first, last, column in zip(merges.first_rows, merges.last_rows, merges.columns, strict=True)
        }

    def rows(self, *, fill: bool = False) -> Iterator[tuple[int, list[Cell]]]:
        """Every row to the last one used, with its true Excel number (from 1), padded from column A.

        Only a merge's first cell has the value; with `fill` a merge over several rows has it in each of them.
        Rows are made one by one: a large sheet is never whole in Python.
        """
        lines = self.filled_lines(0, range(self.grid.width)) if fill else self.grid.lines()
        return ((number, seen(line)) for number, line in enumerate(lines, 1))

    def filled_lines(self, start: int, columns: Sequence[int]) -> Iterator[Sequence[Cell]]:
        """Lines from row `start` (from 0) on, merges of `columns` that begin there filled down over their rows."""
        lines = self.grid.lines()
        for _ in range(start):
            if next(lines, None) is None:
                return iter(())
        merges = self.grid.merges
        return _filled(lines, merges, start, frozenset(columns)) if len(merges) else lines


@dataclass(frozen=True)
class Workbook:
    """A workbook as received: its name and its sheets in order."""

    name: str
    sheets: list[Sheet]


def open_workbook(path: Path) -> Workbook:
    """Open a file as a workbook, by its content.

    Raises CannotRead when it is not there, else an UnreadableWorkbook: EmptyFile, EncryptedWorkbook, DamagedWorkbook,
    NotAWorkbook, UnreadableText, UnpairedQuote or NotYetReadable.
    """
    return read_workbook(read_bytes(path), path.name)


def read_workbook(body: bytes, name: str) -> Workbook:
    """As `open_workbook`, for bytes at hand; `name` is for the sentences and, in a text table, the sheet."""
    if not body.strip(b"\0\t\r\n "):
        raise EmptyFile(name=name)
    if body.startswith(_ZIP):
        return _calamine_workbook(body, name)
    if body.startswith(_OLE):
        _refuse_other_ole(body, name)
        return _calamine_workbook(body, name)
    for magic, kind in _OTHER_KINDS:
        if body.startswith(magic):
            raise NotAWorkbook(name=name, kind=kind)
    if body[:2] in _OLD_EXCEL:
        raise NotYetReadable(name=name, kind="很旧的 Excel（2.0–4.0）文件")
    return _text_workbook(body, name)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex. Raises CannotRead."""
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise CannotRead(name=path.name, cause=cause_of(error)) from error


def seen(line: Sequence[Cell]) -> list[Cell]:
    """The cells with None for what shows nothing: empty text, or blanks only."""
    return [None if cell.__class__ is str and (not cell or cell.isspace()) else cell for cell in line]


def cell_is_blank(cell: Cell) -> bool:
    """Whether the cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def row_is_blank(row: Sequence[Cell]) -> bool:
    """Whether no cell of the row shows anything."""
    return all(map(cell_is_blank, row))


# -- workbooks, by python-calamine ------------------------------------------------------------------------

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
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
)
_OLD_EXCEL: Final = frozenset((b"\x09\x00", b"\x09\x02", b"\x09\x04"))


def _ole_entry(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"


def _refuse_other_ole(body: bytes, name: str) -> None:
    """Tell an encrypted workbook and a Word document from an .xls: all of them are OLE files."""
    if _ole_entry("EncryptedPackage") in body:
        raise EncryptedWorkbook(name=name)
    if _ole_entry("Workbook") in body or _ole_entry("Book") in body:
        return
    if _ole_entry("WordDocument") in body:
        raise NotAWorkbook(name=name, kind="Word 文档")
    if _ole_entry("PowerPoint Document") in body:
        raise NotAWorkbook(name=name, kind="演示文稿")
    raise DamagedWorkbook(name=name)


_ZIP_KINDS: Final = (
    (b"word/document.xml", "Word 文档"),
    (b"ppt/presentation.xml", "演示文稿"),
    (b"application/vnd.oasis.opendocument.text", "ODF 文字文档"),
    (b"application/vnd.oasis.opendocument.presentation", "ODF 演示文稿"),
)
_WORKBOOK_PARTS: Final = (b"xl/workbook", b"content.xml", b"[Content_Types].xml")


def _refusal_of_zip(body: bytes, name: str) -> UnreadableWorkbook:
    """Why a zip file could not be read as a workbook."""
    for mark, kind in _ZIP_KINDS:
        if mark in body:
            return NotAWorkbook(name=name, kind=kind)
    if not any(mark in body for mark in _WORKBOOK_PARTS):
        return NotAWorkbook(name=name, kind="压缩包")
    return EncryptedWorkbook(name=name) if _manifest_is_encrypted(body) else DamagedWorkbook(name=name)


def _manifest_is_encrypted(body: bytes) -> bool:
    """Whether an .ods says in its manifest that its parts are encrypted."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package, package.open("META-INF/manifest.xml") as manifest:
            return b"encryption-data" in manifest.read(1 << 20)
    except (KeyError, OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return False


@contextmanager
def _refusing(refusal: Callable[[], UnreadableWorkbook], name: str) -> Iterator[None]:
    """Turn every failure of the library into a refusal; a panic of its Rust side is a BaseException."""
    try:
        yield
    except PasswordError as error:
        raise EncryptedWorkbook(name=name) from error
    except Exception as error:
        raise refusal() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise refusal() from error


# A password in an .xls is the record FILEPASS (0x2F) after the first BOF (BIFF8 or BIFF5) and an optional WRITEPROTECT.
_FILEPASS: Final = re.compile(
    rb"\x09\x08(?:\x10\x00.{16}|\x08\x00.{8})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
).search


def _calamine_workbook(body: bytes, name: str) -> Workbook:
    def refusal() -> UnreadableWorkbook:
        if body.startswith(_ZIP):
            return _refusal_of_zip(body, name)
        # the library hides why an .xls does not open
        return EncryptedWorkbook(name=name) if _FILEPASS(body) else DamagedWorkbook(name=name)

    with _refusing(refusal, name):
        opened = CalamineWorkbook.from_filelike(io.BytesIO(body))
        listed = [meta for meta in opened.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]

    def loader(sheet_name: str) -> Callable[[], Grid]:
        def load() -> Grid:
            with _refusing(lambda: DamagedWorkbook(name=name), name):
                return _calamine_grid(opened.get_sheet_by_name(sheet_name))

        return load

    return Workbook(
        name,
        [
            Sheet(meta.name, hidden=meta.visible != SheetVisibleEnum.Visible, load=loader(meta.name))
            for meta in listed
        ],
    )


def _calamine_grid(sheet: CalamineSheet) -> Grid:
    """The library's sheet from cell A1 on: its rows start at row 1, but its columns at the first one used."""
    if sheet.start is None:
        return _NO_GRID
    left = sheet.start[1]
    padding: list[Cell] = [""] * left

    def lines() -> Iterator[Sequence[Cell]]:
        if not left:
            return sheet.iter_rows()
        return (padding + line for line in sheet.iter_rows())  # type: ignore[operator]

    return Grid(left + sheet.width, lines, _merges(sheet))


def _merges(sheet: CalamineSheet) -> Merges:
    ranges = sheet.merged_cell_ranges
    if not ranges:
        return Merges()
    tall = sorted((first[0], last[0], first[1]) for first, last in ranges if last[0] > first[0])
    first_rows, last_rows, columns = zip(*tall, strict=True) if tall else ((), (), ())
    return Merges(array("l", first_rows), array("l", last_rows), array("l", columns))


def _filled(
    lines: Iterator[Sequence[Cell]], merges: Merges, start: int, columns: frozenset[int]
) -> Iterator[Sequence[Cell]]:
    """Lines whose merged cells have their merge's value; merges that begin above `start` are left alone."""
    upcoming = (
        place
        for place in range(len(merges))
        if merges.first_rows[place] >= start and merges.columns[place] in columns
    )
    following = next(upcoming, None)
    open_merges: dict[int, tuple[int, Cell]] = {}
    for row, cells in enumerate(lines, start):
        line = cells
        if open_merges:
            filled = list(line)
            for column, (last, value) in tuple(open_merges.items()):
                if cell_is_blank(filled[column]):
                    filled[column] = value
                if row >= last:
                    del open_merges[column]
            line = filled
        while following is not None and merges.first_rows[following] == row:
            column = merges.columns[following]
            open_merges[column] = (merges.last_rows[following], line[column])
            following = next(upcoming, None)
        yield line


# -- text tables --------------------------------------------------------------------------------------------

_SEPARATORS: Final = ",\t;|"
_LONGEST_CELL: Final = 1_000_000
_FORMULA_TEXT: Final = re.compile(r'="([^"]*)"').fullmatch
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")


def _text_workbook(body: bytes, name: str) -> Workbook:
    encoding = _encoding_of(body, name)
    opening = _decoded(body, encoding).read(64 * 1024)
    if _CONTROL.search(opening):
        raise NotAWorkbook(name=name, kind="认不出的数据")
    if opening.lstrip("\ufeff \t\r\n")[:1] == "<":
        raise NotYetReadable(name=name, kind="网页或 XML 文件")
    separator = _separator_of(opening)

    def lines() -> Iterator[Sequence[Cell]]:
        return _text_lines(body, name, encoding, separator)

    width = max(
        (len(line) for line in lines()), default=0
    )  # reads all of it once, so what is torn is said here

    def padded() -> Iterator[Sequence[Cell]]:
        return ([*line, *[""] * (width - len(line))] if len(line) < width else line for line in lines())

    return Workbook(name, [Sheet(Path(name).stem, hidden=False, load=lambda: Grid(width, padded))])


def _encoding_of(body: bytes, name: str) -> str:
    """The encoding in which every byte of the file can be read: marked UTF-16, UTF-8 (BOM or not), else GB18030."""
    candidates = ("utf-16",) if body[:2] in (b"\xff\xfe", b"\xfe\xff") else _ENCODINGS
    for encoding in candidates:
        stream = _decoded(body, encoding)
        try:
            while stream.read(1 << 20):
                pass
        except UnicodeError:
            continue
        return encoding
    raise UnreadableText(name=name)


def _separator_of(opening: str) -> str:
    """The separator that cuts the first lines into the most even, wide rows; a comma where none does."""
    said = re.match(r"\ufeff?sep=(.)\r?\n", opening)
    if said:
        return said[1]
    lines = [line for line in opening.splitlines()[:40] if line.strip()]
    best, best_score = ",", (0, 0)
    for separator in _SEPARATORS:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        common = max(widths.count(width) * (width > 1) for width in widths) if widths else 0
        score = (common, max(widths, default=0))
        if common and score > best_score:
            best, best_score = separator, score
    return best


def _text_lines(body: bytes, name: str, encoding: str, separator: str) -> Iterator[Sequence[Cell]]:
    """One list of texts a record; a blank line is a row, as in Excel."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(_decoded(body, encoding), delimiter=separator, strict=True)
    try:
        for row in reader:
            yield [_without_formula(text) if text[:1] == "=" else text for text in row]
    except csv.Error as error:
        raise UnpairedQuote(name=name, line=reader.line_num) from error


def _decoded(body: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(body), encoding=encoding, errors="strict", newline="")


def _without_formula(text: str) -> str:
    """The text of ="00123": so systems keep Excel from taking a number's zeros."""
    found = _FORMULA_TEXT(text)
    return found[1] if found else text
