"""What a worksheet is like before it is marked, and where its marks go: the first of two passes over its XML."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.workbook.marks import Merged, SheetMarks
from app.workbook.patching.notes import cell_of
from app.workbook.patching.sheet_text import (
    LAST_COLUMN,
    SHEET_PART,
    SheetRow,
    SheetText,
    cells_of,
    head_parts,
    reference_in,
    rows_of,
    style_in,
    tag_of,
)
from app.workbook.patching.xml import CannotPatch, attributes, inside, masked, named


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
    usual_height: bytes
    """The height in pt of a row that says none."""


def survey(text: SheetText, heading_row: int, is_mark_heading: Callable[[bytes], bool]) -> Survey:
    """Look a sheet over; `is_mark_heading` tells from a cell's bytes whether it is the heading 问题与改法.

    Raises CannotPatch.
    """
    last, number, heading_style = -1, 0, 0
    mark_column: int | None = None
    tags: tuple[re.Pattern[bytes], re.Pattern[bytes]] | None = None
    for raw, mask in text.blocks():
        row_tag, cell_tag = tags = tags or (tag_of(text.prefix, b"row"), tag_of(text.prefix, b"c"))
        for row in rows_of(mask, row_tag, text.prefix, number):
            number = row.number
            if number == heading_row:
                filled = [
                    one for one in cells_of(mask, row, cell_tag, text.prefix)[0] if one.end > one.tag_end
                ]
                ours = [one for one in filled if is_mark_heading(raw[one.start : one.end])]
                mark_column = ours[0].column if ours else None
                theirs = [one for one in filled if one not in ours]
                style = style_in(mask[theirs[-1].start : theirs[-1].tag_end]) if theirs else None
                heading_style = int(style[1]) if style else 0
            filled_to = _last_filled(mask, row, text.prefix)
            if filled_to is None:
                cells = cells_of(mask, row, cell_tag, text.prefix)[0]
                filled_to = max((one.column for one in cells if one.end > one.tag_end), default=-1)
            last = max(last, filled_to)
    return Survey(
        text,
        last,
        Merged(_merges(text.tail)),
        mark_column,
        heading_style,
        tuple(_styled_columns(text.head)),
        _usual_height(text.head),
    )


def _last_filled(mask: bytes, row: SheetRow, prefix: bytes) -> int | None:
    """The last column of a row whose cell holds anything, -1 for none, None where the cell does not say where it is.

    Looked for from the row's end: formatted blanks may go on to the last column of the sheet.
    """
    start = mask.rfind(b"</" + prefix + b"c>", row.inner_start, row.inner_end)
    if start < 0:
        return -1
    opening = b"<" + prefix + b"c"
    while (start := mask.rfind(opening, row.inner_start, start)) >= 0:
        if mask[start + len(opening)] in b" \t\r\n>":
            said = reference_in(mask[start + len(opening) : mask.find(b">", start)])
            cell = cell_of(said[1].decode("ascii", "replace")) if said else None
            return None if cell is None else cell[1]
    raise CannotPatch(part=SHEET_PART, cause=f"第 {row.number} 行的单元格不成对")


_MERGE: Final = re.compile(rb"<(?:[^\s<>/:=\"']+:)?mergeCell\s[^<>]*?\bref\s*=\s*[\"']\s*([^\"']*?)\s*[\"']")


def _merges(tail: bytes) -> Iterator[tuple[int, int, int, int]]:
    for ref in _MERGE.finditer(masked(tail)):
        first, _, last = ref[1].decode("ascii", "replace").partition(":")
        begin, end = cell_of(first), cell_of(last or first)
        if begin is not None and end is not None:
            yield *begin, *end


def _styled_columns(head: bytes) -> Iterator[tuple[int, int, int]]:
    parts, mask, _ = head_parts(head)
    cols = named(parts, b"cols")
    for one in [] if cols is None else inside(mask, cols):
        written = attributes(mask[one.start : one.inner_start])
        if b"style" in written:
            yield int(written[b"min"]) - 1, int(written[b"max"]) - 1, int(written[b"style"])


def _usual_height(head: bytes) -> bytes:
    parts, mask, _ = head_parts(head)
    usual = named(parts, b"sheetFormatPr")
    written = {} if usual is None else attributes(mask[usual.start : usual.inner_start])
    return written.get(b"defaultRowHeight", b"15")


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
        raise CannotPatch(part=SHEET_PART, cause="右边已没有空列")
    return SheetPlan(marks, heading_row, column, replaces=False)
