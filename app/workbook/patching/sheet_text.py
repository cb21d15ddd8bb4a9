"""A worksheet's XML cut into head, rows and tail as it streams by, its rows into cells, without reading what they hold."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.workbook.patching.notes import cell_of
from app.workbook.patching.styles import MAIN, STRICT_MAIN
from app.workbook.patching.xml import (
    TAG_ATTRIBUTES,
    CannotPatch,
    Element,
    attributes,
    check_opening,
    children,
    masked,
)

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_383
SHEET_PART: Final = "工作表"
_SPACE: Final = b" \t\r\n"
_DATA_TAG: Final = re.compile(
    rb"<((?:[^\s<>/:=\"']+:)?)sheetData(?=[\s/>])" + TAG_ATTRIBUTES + rb"(/?)>"
).search
_OPEN_TAG: Final = re.compile(rb"<[^\s<>/!?]+(?=[\s/>])" + TAG_ATTRIBUTES + rb"/?>").search
reference_in: Final = re.compile(rb"(?:^|\s)r\s*=\s*[\"']\s*([^\"'\s]*)\s*[\"']").search
style_in: Final = re.compile(rb"(?:^|\s)s\s*=\s*[\"']\s*([0-9]+)\s*[\"']").search


def tag_of(prefix: bytes, name: bytes) -> "re.Pattern[bytes]":
    return re.compile(rb"<" + re.escape(prefix + name) + rb"(?=[\s/>])(" + TAG_ATTRIBUTES + rb")(/?)>")


# -- cutting a sheet into head, rows, tail ---------------------------------------------------------------------


class SheetText:
    """A worksheet's XML in pieces: `head` to the end of the tag sheetData, blocks of whole rows, `tail` from its end tag.

    `chunks` starts the part anew. Head and tail are known once `blocks` has run to its end. Comments and CDATA (rare)
    are met by holding the part whole.
    """

    def __init__(self, chunks: Callable[[], Iterable[bytes]]) -> None:
        self._chunks = chunks
        self.head = b""
        self.tail = b""
        self.prefix = b""
        self.root_tag = b""
        self.namespace = b""
        self.is_closed = False
        self._whole: tuple[bytes, bytes] | None = None
        if self._has_opaque():
            raw = b"".join(chunks())
            self._whole = raw, masked(raw)

    def _has_opaque(self) -> bool:
        """Whether the part holds a comment, CDATA or a processing instruction after its declaration."""
        last = b""
        for place, chunk in enumerate(self._chunks()):
            seen = chunk
            if place == 0:
                check_opening(chunk)
                declared = b"<?xml" in chunk[:64]
                seen = chunk[chunk.find(b"?>") + 2 :] if declared else chunk
            if b"<!" in seen or b"<?" in seen or (last == b"<" and seen[:1] in b"!?"):
                return True
            last = seen[-1:]
        return False

    def blocks(self) -> Iterator[tuple[bytes, bytes]]:
        """The rows, some at a time, as (bytes, mask); sets `head` and `tail` when they are met. Raises CannotPatch."""
        if self._whole is not None:
            raw, mask = self._whole
            opened = _DATA_TAG(mask)
            if opened is None:
                raise CannotPatch(part=SHEET_PART, cause="没有单元格的部分")
            self._set_head(raw, mask, opened)
            end = (
                opened.end()
                if self.is_closed
                else mask.find(b"</" + self.prefix + b"sheetData", opened.end())
            )
            if end < 0:
                raise CannotPatch(part=SHEET_PART, cause="单元格的部分没有结尾")
            self.tail = raw[end:]
            yield raw[opened.end() : end], mask[opened.end() : end]
            return
        for block in self._streamed():
            yield block, block

    def _streamed(self) -> Iterator[bytes]:
        source = iter(self._chunks())
        rest, opened = b"", None
        for chunk in source:
            rest += chunk
            opened = _DATA_TAG(rest)
            if opened:
                break
        if opened is None:
            raise CannotPatch(part=SHEET_PART, cause="没有单元格的部分")
        self._set_head(rest, masked(rest[: opened.end()]), opened)
        rest = rest[opened.end() :]
        if self.is_closed:
            self.tail = rest + b"".join(source)
            return
        row_end, data_end = (b"</" + self.prefix + name for name in (b"row", b"sheetData"))
        while (end := rest.find(data_end)) < 0:
            cut = rest.rfind(row_end)
            cut = rest.find(b">", cut) + 1 if cut >= 0 else 0
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
            more = next(source, None)
            if more is None:
                raise CannotPatch(part=SHEET_PART, cause="单元格的部分没有结尾")
            rest += more
        self.tail = rest[end:] + b"".join(source)
        yield rest[:end]

    def _set_head(self, raw: bytes, mask: bytes, opened: "re.Match[bytes]") -> None:
        self.head = raw[: opened.end()]
        self.prefix = opened[1]
        self.is_closed = bool(opened[2])
        self.root_tag = _root_tag(mask)
        name = b"xmlns:" + self.prefix[:-1] if self.prefix else b"xmlns"
        self.namespace = attributes(self.root_tag).get(name, b"")
        if self.namespace not in (MAIN, STRICT_MAIN):
            raise CannotPatch(part=SHEET_PART, cause="名称空间不是表格的")


def _root_tag(mask: bytes) -> bytes:
    opened = _OPEN_TAG(mask)
    if opened is None:
        raise CannotPatch(part=SHEET_PART, cause="没有内容")
    return opened[0]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a block: its number from 1, where its tag starts and ends, where its inside ends, where it ends."""

    number: int
    is_numbered: bool
    start: int
    inner_start: int
    inner_end: int
    end: int


def rows_of(block: bytes, tag_at: "re.Pattern[bytes]", prefix: bytes, before: int) -> Iterator[SheetRow]:
    """The rows of a block (a mask) that follow row `before`. Raises CannotPatch for what is no row, or comes twice."""
    close = b"</" + prefix + b"row"
    position, number = 0, before
    while True:
        while position < len(block) and block[position] in _SPACE:
            position += 1
        if position == len(block):
            return
        tag = tag_at.match(block, position)
        if tag is None:
            raise CannotPatch(part=SHEET_PART, cause=f"第 {number} 行之后有认不出的内容")
        said = reference_in(tag[1])
        if said and not said[1].isdigit():
            raise CannotPatch(part=SHEET_PART, cause=f"第 {number} 行之后的行号认不出")
        now = int(said[1]) if said else number + 1
        if not number < now <= LAST_ROW:
            raise CannotPatch(part=SHEET_PART, cause=f"第 {now} 行的次序不对")
        number = now
        inner_end = end = tag.end()
        if not tag[2]:
            inner_end = block.find(close, tag.end())
            end = block.find(b">", inner_end) + 1
            if inner_end < 0 or end == 0:
                raise CannotPatch(part=SHEET_PART, cause=f"第 {number} 行没有结尾")
        yield SheetRow(number, bool(said), tag.start(), tag.end(), inner_end, end)
        position = end


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell of a row: its column from 0, where it stands in the block."""

    column: int
    is_named: bool
    start: int
    tag_end: int
    end: int


def cells_of(
    block: bytes, row: SheetRow, tag_at: "re.Pattern[bytes]", prefix: bytes
) -> tuple[list[SheetCell], int]:
    """The cells of a row, and where they end: there may be an extLst after them. Raises CannotPatch."""
    close = b"</" + prefix + b"c>"
    found: list[SheetCell] = []
    position, end, column = row.inner_start, row.inner_end, -1
    while True:
        while position < end and block[position] in _SPACE:
            position += 1
        tag = tag_at.match(block, position, end)
        if tag is None:
            rest = block[position:end]
            if rest and not rest.startswith(b"<" + prefix + b"extLst"):
                raise CannotPatch(part=SHEET_PART, cause=f"第 {row.number} 行有认不出的内容")
            return found, position
        said = reference_in(tag[1])
        cell = cell_of(said[1].decode("ascii", "replace")) if said else (row.number, column + 1)
        if cell is None or cell[0] != row.number or not column < cell[1] <= LAST_COLUMN:
            raise CannotPatch(part=SHEET_PART, cause=f"第 {row.number} 行的单元格次序不对")
        column = cell[1]
        cell_end = tag.end()
        if not tag[2]:
            closed = block.find(close, cell_end, end)
            if closed < 0:
                raise CannotPatch(part=SHEET_PART, cause=f"第 {row.number} 行的单元格没有结尾")
            cell_end = closed + len(close)
        found.append(SheetCell(column, bool(said), tag.start(), tag.end(), cell_end))
        position = cell_end


def head_parts(head: bytes) -> tuple[list[Element], bytes, int]:
    """The elements before the cells, the mask of the head, and where sheetData begins."""
    mask = masked(head)
    opened, root = _DATA_TAG(mask), _OPEN_TAG(mask)
    if opened is None or root is None:
        raise CannotPatch(part=SHEET_PART, cause="没有单元格的部分")
    return list(children(mask, root.end(), opened.start())), mask, opened.start()
