"""A worksheet's XML, marked as it streams by: cells get another style, one column is added, the rest passes untouched.

The second of two passes: what the survey found is known, and the rows are patched. Rows without marks are never looked into.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from app.workbook.marks import MARK_HEADING, MARK_WIDTH, cell_name, letters, mark_height
from app.workbook.patching.notes import cell_of
from app.workbook.patching.package import Relationships
from app.workbook.patching.sheet_text import (
    SHEET_PART,
    SheetCell,
    SheetRow,
    SheetText,
    cells_of,
    head_parts,
    rows_of,
    style_in,
    tag_of,
)
from app.workbook.patching.styles import STRICT_MAIN, Styles
from app.workbook.patching.survey import SheetPlan, Survey
from app.workbook.patching.xml import (
    CannotPatch,
    Edit,
    Element,
    attributes,
    cell_text,
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

_OFFICE_RELATIONSHIPS: Final = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
)


class SheetPatcher:
    """Writes a sheet's XML with its marks."""

    def __init__(self, found: Survey, planned: SheetPlan, styles: Styles) -> None:
        self._found = found
        self._text = found.text
        self._p = found.text.prefix
        self._row_tag = tag_of(self._p, b"row")
        self._cell_tag = tag_of(self._p, b"c")
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
            for row in rows_of(mask, self._row_tag, self._p, number):
                number = row.number
                while place < len(wanted) and wanted[place] < number:
                    if not row.is_numbered:
                        raise CannotPatch(part=SHEET_PART, cause=f"第 {number} 行没有行号")
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

    def _patched_row(self, raw: bytes, mask: bytes, row: SheetRow) -> bytes:
        """The row with its marks, and without those of an earlier marking."""
        number, levels = row.number, self._plan.marks.levels.get(row.number, {})
        cells, cells_end = cells_of(mask, row, self._cell_tag, self._p)
        tag = raw[row.start : row.inner_start]
        wanted = {*levels, *self._mark_columns(number)}
        missing = sorted(wanted - {cell.column for cell in cells})
        pieces = [self._grown(self._opened(tag), number)]
        position = row.inner_start
        for cell in cells:
            pieces.append(raw[position : cell.start])
            while missing and missing[0] < cell.column:
                if not cell.is_named:
                    raise CannotPatch(part=SHEET_PART, cause=f"第 {number} 行的单元格没有写明位置")
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

    def _grown(self, tag: bytes, number: int) -> bytes:
        """A row's tag, its height enough for what the column says: not every office program fits it by itself."""
        text = self._plan.marks.lines.get(number)
        if text is None:
            return tag
        needed = mark_height(text)
        if float(attributes(tag).get(b"ht", self._found.usual_height)) >= needed:
            return tag
        return with_attribute(tag, b"ht", b"%d" % needed)

    def _mark_columns(self, number: int) -> set[int]:
        """The column 问题与改法 where the row has something in it."""
        lines = self._plan.marks.lines
        is_heading = number == self._plan.heading_row and bool(lines)
        return {self._plan.column} if is_heading or number in lines else set()

    def _patched_cell(
        self, raw: bytes, mask: bytes, cell: SheetCell, number: int, levels: Mapping[int, str]
    ) -> bytes:
        """A cell as it is to be; of the column 问题与改法, the cells of an earlier marking and formatted blanks are ours."""
        if cell.column == self._plan.column:
            if self._mark_columns(number):
                return self._mark_cell(number)
            is_blank = cell.end == cell.tag_end
            if self._plan.replaces and number >= self._plan.heading_row and not is_blank:
                return b""
        whole, tag = raw[cell.start : cell.end], raw[cell.start : cell.tag_end]
        said = style_in(mask[cell.start : cell.tag_end])
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
        tag = self._grown(b'<%brow r="%d">' % (self._p, number), number)
        return b"%b%b</%brow>" % (tag, cells, self._p)

    # -- before and after the rows ------------------------------------------------------------------------------

    def _head(self) -> bytes:
        head = self._text.head
        if not self._plan.marks.lines:
            return head
        parts, mask, data_start = head_parts(head)
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
