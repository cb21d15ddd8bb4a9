"""A worksheet's XML, marked as it streams by: cells get another style, one column is added, the rest passes untouched.

Two passes: a survey finds where the sheet ends on the right and what an earlier marking left, then the rows are
patched. Rows without marks are never looked into.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.workbook.marks import MARK_HEADING, MARK_WIDTH, Merged, SheetMarks, cell_name, letters
from app.workbook.patch_notes import cell_of
from app.workbook.patch_package import Relationships
from app.workbook.patch_styles import MAIN, STRICT_MAIN, Styles
from app.workbook.patch_xml import (
    TAG_ATTRIBUTES,
    CannotPatch,
    Edit,
    Element,
    attributes,
    cell_text,
    check_opening,
    children,
    escaped,
    inserted,
    inside,
    masked,
    named,
    prefix_of,
    spliced,
    unescaped,
    with_attribute,
)

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_383
_PART: Final = "工作表"
_SPACE: Final = b" \t\r\n"
_OFFICE_RELATIONSHIPS: Final = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_DATA_TAG: Final = re.compile(
    rb"<((?:[^\s<>/:=\"']+:)?)sheetData(?=[\s/>])" + TAG_ATTRIBUTES + rb"(/?)>"
).search
_OPEN_TAG: Final = re.compile(rb"<[^\s<>/!?]+(?=[\s/>])" + TAG_ATTRIBUTES + rb"/?>").search
_REF: Final = re.compile(rb"(?:^|\s)r\s*=\s*[\"']\s*([^\"'\s]*)\s*[\"']").search
_STYLE: Final = re.compile(rb"(?:^|\s)s\s*=\s*[\"']\s*([0-9]+)\s*[\"']").search


def _tag_of(prefix: bytes, name: bytes) -> "re.Pattern[bytes]":
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
                raise CannotPatch(part=_PART, cause="没有单元格的部分")
            self._set_head(raw, mask, opened)
            end = (
                opened.end()
                if self.is_closed
                else mask.find(b"</" + self.prefix + b"sheetData", opened.end())
            )
            if end < 0:
                raise CannotPatch(part=_PART, cause="单元格的部分没有结尾")
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
            raise CannotPatch(part=_PART, cause="没有单元格的部分")
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
                raise CannotPatch(part=_PART, cause="单元格的部分没有结尾")
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
            raise CannotPatch(part=_PART, cause="名称空间不是表格的")


def _root_tag(mask: bytes) -> bytes:
    opened = _OPEN_TAG(mask)
    if opened is None:
        raise CannotPatch(part=_PART, cause="没有内容")
    return opened[0]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a block: its number from 1, where its tag starts and ends, where its inside ends, where it ends."""

    number: int
    is_numbered: bool
    start: int
    inner_start: int
    inner_end: int
    end: int


def _rows(block: bytes, tag_at: "re.Pattern[bytes]", prefix: bytes, before: int) -> Iterator[_Row]:
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
            raise CannotPatch(part=_PART, cause=f"第 {number} 行之后有认不出的内容")
        said = _REF(tag[1])
        if said and not said[1].isdigit():
            raise CannotPatch(part=_PART, cause=f"第 {number} 行之后的行号认不出")
        now = int(said[1]) if said else number + 1
        if not number < now <= LAST_ROW:
            raise CannotPatch(part=_PART, cause=f"第 {now} 行的次序不对")
        number = now
        inner_end = end = tag.end()
        if not tag[2]:
            inner_end = block.find(close, tag.end())
            end = block.find(b">", inner_end) + 1
            if inner_end < 0 or end == 0:
                raise CannotPatch(part=_PART, cause=f"第 {number} 行没有结尾")
        yield _Row(number, bool(said), tag.start(), tag.end(), inner_end, end)
        position = end


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a row: its column from 0, where it stands in the block."""

    column: int
    is_named: bool
    start: int
    tag_end: int
    end: int


def _cells(block: bytes, row: _Row, tag_at: "re.Pattern[bytes]", prefix: bytes) -> tuple[list[_Cell], int]:
    """The cells of a row, and where they end: there may be an extLst after them. Raises CannotPatch."""
    close = b"</" + prefix + b"c>"
    found: list[_Cell] = []
    position, end, column = row.inner_start, row.inner_end, -1
    while True:
        while position < end and block[position] in _SPACE:
            position += 1
        tag = tag_at.match(block, position, end)
        if tag is None:
            rest = block[position:end]
            if rest and not rest.startswith(b"<" + prefix + b"extLst"):
                raise CannotPatch(part=_PART, cause=f"第 {row.number} 行有认不出的内容")
            return found, position
        said = _REF(tag[1])
        cell = cell_of(said[1].decode("ascii", "replace")) if said else (row.number, column + 1)
        if cell is None or cell[0] != row.number or not column < cell[1] <= LAST_COLUMN:
            raise CannotPatch(part=_PART, cause=f"第 {row.number} 行的单元格次序不对")
        column = cell[1]
        cell_end = tag.end()
        if not tag[2]:
            closed = block.find(close, cell_end, end)
            if closed < 0:
                raise CannotPatch(part=_PART, cause=f"第 {row.number} 行的单元格没有结尾")
            cell_end = closed + len(close)
        found.append(_Cell(column, bool(said), tag.start(), tag.end(), cell_end))
        position = cell_end


# -- the survey -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Survey:
    """What a sheet is like: its last column that holds anything, its merges, the column that an earlier marking added."""

    text: SheetText
    last_column: int
    merged: Merged
    mark_column: int | None
    heading_style: int
    column_styles: Sequence[tuple[int, int, int]]
    """First column, last column, style, of the columns that have one."""


def survey(text: SheetText, heading_row: int, is_mark_heading: Callable[[bytes], bool]) -> Survey:
    """Look a sheet over; `is_mark_heading` tells from a cell's bytes whether it is the heading 问题与改法.

    Raises CannotPatch.
    """
    last, number, heading_style = -1, 0, 0
    mark_column: int | None = None
    tags: tuple[re.Pattern[bytes], re.Pattern[bytes]] | None = None
    for raw, mask in text.blocks():
        row_tag, cell_tag = tags = tags or (_tag_of(text.prefix, b"row"), _tag_of(text.prefix, b"c"))
        for row in _rows(mask, row_tag, text.prefix, number):
            number = row.number
            if number == heading_row:
                filled = [one for one in _cells(mask, row, cell_tag, text.prefix)[0] if one.end > one.tag_end]
                ours = [one for one in filled if is_mark_heading(raw[one.start : one.end])]
                mark_column = ours[0].column if ours else None
                theirs = [one for one in filled if one not in ours]
                style = _STYLE(mask[theirs[-1].start : theirs[-1].tag_end]) if theirs else None
                heading_style = int(style[1]) if style else 0
            filled_to = _last_filled(mask, row, text.prefix)
            if filled_to is None:
                cells = _cells(mask, row, cell_tag, text.prefix)[0]
                filled_to = max((one.column for one in cells if one.end > one.tag_end), default=-1)
            last = max(last, filled_to)
    return Survey(
        text,
        last,
        Merged(_merges(text.tail)),
        mark_column,
        heading_style,
        tuple(_styled_columns(text.head)),
    )


def _last_filled(mask: bytes, row: _Row, prefix: bytes) -> int | None:
    """The last column of a row whose cell holds anything, -1 for none, None where the cell does not say where it is.

    Looked for from the row's end: formatted blanks may go on to the last column of the sheet.
    """
    start = mask.rfind(b"</" + prefix + b"c>", row.inner_start, row.inner_end)
    if start < 0:
        return -1
    opening = b"<" + prefix + b"c"
    while (start := mask.rfind(opening, row.inner_start, start)) >= 0:
        if mask[start + len(opening)] in b" \t\r\n>":
            said = _REF(mask[start + len(opening) : mask.find(b">", start)])
            cell = cell_of(said[1].decode("ascii", "replace")) if said else None
            return None if cell is None else cell[1]
    raise CannotPatch(part=_PART, cause=f"第 {row.number} 行的单元格不成对")


_MERGE: Final = re.compile(rb"<(?:[^\s<>/:=\"']+:)?mergeCell\s[^<>]*?\bref\s*=\s*[\"']\s*([^\"']*?)\s*[\"']")


def _merges(tail: bytes) -> Iterator[tuple[int, int, int, int]]:
    for ref in _MERGE.finditer(masked(tail)):
        first, _, last = ref[1].decode("ascii", "replace").partition(":")
        begin, end = cell_of(first), cell_of(last or first)
        if begin is not None and end is not None:
            yield *begin, *end


def _head_parts(head: bytes) -> tuple[list[Element], bytes, int]:
    """The elements before the cells, the mask of the head, and where sheetData begins."""
    mask = masked(head)
    opened, root = _DATA_TAG(mask), _OPEN_TAG(mask)
    if opened is None or root is None:
        raise CannotPatch(part=_PART, cause="没有单元格的部分")
    return list(children(mask, root.end(), opened.start())), mask, opened.start()


def _styled_columns(head: bytes) -> Iterator[tuple[int, int, int]]:
    parts, mask, _ = _head_parts(head)
    cols = named(parts, b"cols")
    for one in [] if cols is None else inside(mask, cols):
        written = attributes(mask[one.start : one.inner_start])
        if b"style" in written:
            yield int(written[b"min"]) - 1, int(written[b"max"]) - 1, int(written[b"style"])


# -- patching -------------------------------------------------------------------------------------------------


@dataclass
class SheetPlan:
    """What is to be written into a sheet."""

    marks: SheetMarks
    heading_row: int
    column: int
    """Where the column 问题与改法 goes."""
    replaces: bool
    """Whether it is there from an earlier marking."""
    legacy_drawing: str = ""
    """The id of the relationship to the notes' boxes, where the sheet does not name it yet."""
    rows: list[int] = field(init=False)

    def __post_init__(self) -> None:
        heading = [self.heading_row] if self.marks.lines else []
        self.rows = sorted({*self.marks.levels, *self.marks.lines, *heading})


def plan(found: Survey, marks: SheetMarks, heading_row: int) -> SheetPlan:
    """Where a sheet's marks go. Raises CannotPatch when no column is left."""
    if found.mark_column is not None:
        return SheetPlan(marks, heading_row, found.mark_column, replaces=True)
    marked = (column for cells in marks.levels.values() for column in cells)
    after = max(found.last_column, *marked, 0) + 1
    beside_merges = found.merged.last_column + 1
    column = beside_merges if after <= beside_merges < LAST_COLUMN else after
    if column > LAST_COLUMN:
        raise CannotPatch(part=_PART, cause="右边已没有空列")
    return SheetPlan(marks, heading_row, column, replaces=False)


class SheetPatcher:
    """Writes a sheet's XML with its marks."""

    def __init__(self, found: Survey, planned: SheetPlan, styles: Styles) -> None:
        self._found = found
        self._text = found.text
        self._p = found.text.prefix
        self._row_tag = _tag_of(self._p, b"row")
        self._cell_tag = _tag_of(self._p, b"c")
        self._plan = planned
        self._styles = styles
        self._wrapped = styles.wrapped() if planned.marks.lines else 0
        before = b"|".join(str(style).encode() for style in sorted(styles.marked_before))
        self._old_style = re.compile(rb"\ss\s*=\s*[\"'](?:" + before + rb")[\"']").search if before else None
        column = letters(planned.column).encode()
        self._old_cell = re.compile(rb"[\"']" + column + rb"[0-9]").search if planned.replaces else None

    def chunks(self) -> Iterator[bytes]:
        """The sheet's XML, piece by piece. Raises CannotPatch."""
        text, wanted = self._text, self._plan.rows
        if text.is_closed:
            head = self._head()
            if wanted:
                rows = b"".join(map(self._new_row, wanted))
                head = head[:-2].rstrip() + b">" + rows + b"</" + self._p + b"sheetData>"
            yield head
            yield self._tail()
            return
        yield self._head()
        number, place = 0, 0
        for raw, mask in text.blocks():
            edits: list[Edit] = []
            for row in _rows(mask, self._row_tag, self._p, number):
                number = row.number
                while place < len(wanted) and wanted[place] < number:
                    if not row.is_numbered:
                        raise CannotPatch(part=_PART, cause=f"第 {number} 行没有行号")
                    edits.append((row.start, row.start, self._new_row(wanted[place])))
                    place += 1
                is_wanted = place < len(wanted) and wanted[place] == number
                place += is_wanted
                if is_wanted or self._was_marked(mask[row.start : row.end], number):
                    edits.append((row.start, row.end, self._patched_row(raw, mask, row)))
            yield spliced(raw, edits) if edits else raw
        yield b"".join(map(self._new_row, wanted[place:]))
        yield self._tail()

    def _was_marked(self, row: bytes, number: int) -> bool:
        if self._old_style and self._old_style(row):
            return True
        return number >= self._plan.heading_row and self._old_cell is not None and bool(self._old_cell(row))

    # -- rows ---------------------------------------------------------------------------------------------------

    def _patched_row(self, raw: bytes, mask: bytes, row: _Row) -> bytes:
        """The row with its marks, and without those of an earlier marking."""
        number, levels = row.number, self._plan.marks.levels.get(row.number, {})
        cells, cells_end = _cells(mask, row, self._cell_tag, self._p)
        tag = raw[row.start : row.inner_start]
        wanted = {*levels, *self._mark_columns(number)}
        missing = sorted(wanted - {cell.column for cell in cells})
        pieces = [self._opened(tag)]
        position = row.inner_start
        for cell in cells:
            pieces.append(raw[position : cell.start])
            while missing and missing[0] < cell.column:
                if not cell.is_named:
                    raise CannotPatch(part=_PART, cause=f"第 {number} 行的单元格没有写明位置")
                pieces.append(self._new_cell(number, missing.pop(0), tag, levels))
            pieces.append(self._patched_cell(raw, mask, cell, number, levels))
            position = cell.end
        pieces.append(raw[position:cells_end])
        pieces += [self._new_cell(number, column, tag, levels) for column in missing]
        is_closed = row.inner_start == row.end
        pieces.append(b"</" + self._p + b"row>" if is_closed else raw[cells_end : row.end])
        return b"".join(pieces)

    def _opened(self, tag: bytes) -> bytes:
        """A row's tag, open, its hint of used columns reaching to the new one."""
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        found = re.fullmatch(rb"([0-9]+):([0-9]+)", attributes(tag).get(b"spans", b""))
        if found and int(found[2]) <= self._plan.column:
            return with_attribute(tag, b"spans", b"%b:%d" % (found[1], self._plan.column + 1))
        return tag

    def _mark_columns(self, number: int) -> set[int]:
        """The column 问题与改法 where the row has something in it."""
        lines = self._plan.marks.lines
        is_heading = number == self._plan.heading_row and bool(lines)
        return {self._plan.column} if is_heading or number in lines else set()

    def _patched_cell(
        self, raw: bytes, mask: bytes, cell: _Cell, number: int, levels: Mapping[int, str]
    ) -> bytes:
        """A cell as it is to be; of the column 问题与改法, the cells of an earlier marking and formatted blanks are ours."""
        if cell.column == self._plan.column:
            if self._mark_columns(number):
                return self._mark_cell(number)
            is_blank = cell.end == cell.tag_end
            if self._plan.replaces and number >= self._plan.heading_row and not is_blank:
                return b""
        whole, tag = raw[cell.start : cell.end], raw[cell.start : cell.tag_end]
        said = _STYLE(mask[cell.start : cell.tag_end])
        style = int(said[1]) if said else 0
        level = levels.get(cell.column)
        wanted = self._styles.unmarked(style) if level is None else self._styles.marked(style, level)
        if wanted == style:
            return whole
        return with_attribute(tag, b"s", str(wanted).encode()) + whole[len(tag) :]

    def _mark_cell(self, number: int) -> bytes:
        text, style = self._plan.marks.lines.get(number, ""), self._wrapped
        if number == self._plan.heading_row:
            text, style = MARK_HEADING, self._styles.unmarked(self._found.heading_style)
        return inline_cell(self._p, cell_name(number, self._plan.column), style, text)

    def _new_cell(self, number: int, column: int, row_tag: bytes, levels: Mapping[int, str]) -> bytes:
        """A cell that the sheet does not have: it looks as its row or column does."""
        if column == self._plan.column:
            return self._mark_cell(number)
        style = self._styles.marked(self._style_of_empty(row_tag, column), levels[column])
        return b'<%bc r="%b" s="%d"/>' % (self._p, cell_name(number, column).encode(), style)

    def _style_of_empty(self, row_tag: bytes, column: int) -> int:
        written = attributes(row_tag)
        if written.get(b"customFormat") in (b"1", b"true") and b"s" in written:
            return int(written[b"s"])
        styled = self._found.column_styles
        return next((style for first, last, style in styled if first <= column <= last), 0)

    def _new_row(self, number: int) -> bytes:
        levels = self._plan.marks.levels.get(number, {})
        columns = sorted({*levels, *self._mark_columns(number)})
        cells = b"".join(self._new_cell(number, column, b"<row>", levels) for column in columns)
        return b'<%brow r="%d">%b</%brow>' % (self._p, number, cells, self._p)

    # -- before and after the rows ------------------------------------------------------------------------------

    def _head(self) -> bytes:
        head = self._text.head
        if not self._plan.marks.lines:
            return head
        parts, mask, data_start = _head_parts(head)
        edits: list[Edit] = []
        dimension = named(parts, b"dimension")
        if dimension is not None:
            tag = head[dimension.start : dimension.inner_start]
            reach = self._reach(attributes(tag).get(b"ref", b""))
            edits.append((dimension.start, dimension.inner_start, with_attribute(tag, b"ref", reach)))
        cols = named(parts, b"cols")
        if cols is None:
            new = b"<%bcols>%b</%bcols>" % (self._p, self._col(), self._p)
            edits.append((data_start, data_start, new))
        else:
            edits += self._cols(head, mask, cols)
        return spliced(head, edits)

    def _reach(self, ref: bytes) -> bytes:
        """The sheet's range, as far as the new column and its last row."""
        first, _, last = ref.decode("ascii", "replace").partition(":")
        begin, end = cell_of(first), cell_of(last or first)
        if begin is None or end is None:
            return ref
        rows = [begin[0], end[0], self._plan.rows[0], self._plan.rows[-1]]
        columns = [begin[1], end[1], self._plan.column]
        return f"{cell_name(min(rows), min(columns))}:{cell_name(max(rows), max(columns))}".encode()

    def _col(self) -> bytes:
        number = self._plan.column + 1
        return b'<%bcol min="%d" max="%d" width="%d" customWidth="1"/>' % (
            self._p,
            number,
            number,
            MARK_WIDTH,
        )

    def _cols(self, head: bytes, mask: bytes, cols: Element) -> Iterator[Edit]:
        """The new column's width among the others; a stretch of columns over it is cut in two, and ours is seen."""
        number = self._plan.column + 1
        place = cols.inner_end
        for one in inside(mask, cols):
            tag = head[one.start : one.end]
            written = attributes(tag)
            first, last = int(written.get(b"min", b"0")), int(written.get(b"max", b"0"))
            if last < number:
                continue
            if first > number:
                place = one.start
                break
            pieces = [self._col()]
            if first < number:
                pieces.insert(0, with_attribute(tag, b"max", str(number - 1).encode()))
            if last > number:
                pieces.append(with_attribute(tag, b"min", str(number + 1).encode()))
            yield one.start, one.end, b"".join(pieces)
            return
        yield inserted(cols, head, place, self._col())

    def _tail(self) -> bytes:
        tail = self._text.tail
        if not self._plan.legacy_drawing:
            return tail
        mask = masked(tail)
        start = 0 if self._text.is_closed else mask.find(b">") + 1
        end = mask.rfind(b"</")
        place = next((one.start for one in children(mask, start, end) if _comes_after_notes(one, mask)), end)
        prefix = prefix_of(self._text.root_tag, _OFFICE_RELATIONSHIPS)
        declared = b""
        if prefix is None:
            uri = _OFFICE_RELATIONSHIPS[self._text.namespace == STRICT_MAIN]
            prefix, declared = b"r:", b' xmlns:r="' + uri + b'"'
        link = self._plan.legacy_drawing.encode()
        return (
            tail[:place]
            + b'<%blegacyDrawing%b %bid="%b"/>' % (self._p, declared, prefix, link)
            + tail[place:]
        )


_AFTER_NOTES: Final = (
    b"legacyDrawingHF", b"drawingHF", b"picture", b"oleObjects", b"controls", b"webPublishItems", b"tableParts", b"extLst",
)  # fmt: skip
"""What stands after the notes in a worksheet, by the schema's order."""
_AFTER_NOTES_TAG: Final = re.compile(
    rb"<(?:[^\s<>/:=\"']+:)?(?:" + b"|".join(_AFTER_NOTES) + rb")[\s/>]"
).search


def _comes_after_notes(element: Element, mask: bytes) -> bool:
    if element.name == b"AlternateContent":
        return _AFTER_NOTES_TAG(mask, element.start, element.end) is not None
    return element.name in _AFTER_NOTES


_LEGACY: Final = re.compile(
    rb"<(?:[^\s<>/:=\"']+:)?legacyDrawing\s[^<>]*?:id\s*=\s*[\"']([^\"']*)[\"']"
).search


def drawing_of(text: SheetText, links: Relationships) -> str | None:
    """The part with the boxes of a sheet's notes, None where it has none."""
    found = _LEGACY(masked(text.tail))
    if found is None:
        return None
    link = unescaped(found[1])
    return next((one.target for one in links.all if one.id == link and one.target), None)


def inline_cell(prefix: bytes, ref: str, style: int, text: str) -> bytes:
    """A cell that holds its text itself."""
    p = prefix
    return b'<%bc r="%b" s="%d" t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>' % (
        p, ref.encode(), style, p, p, cell_text(text), p, p, p,
    )  # fmt: skip


def hyperlink(ref: str, sheet: str, cell: str) -> bytes:
    """A link from a cell to one of another sheet."""
    quoted = sheet.replace("'", "''")
    return b'<hyperlink ref="%b" location="%b"/>' % (ref.encode(), escaped(f"'{quoted}'!{cell}"))
