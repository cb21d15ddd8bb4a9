"""The marked workbook 错误回单: the clerk's own file back, with wrong cells coloured, noted, and said in a last column.

A workbook of Open XML (.xlsx, .xlsm) is patched: every part that marking does not touch comes back byte for byte. What
cannot be patched (.xls, .xlsb, .ods, text tables, and what is written out of the ordinary) comes back as an .xlsx made
anew from its values. A workbook marked before is marked again: what the earlier marking added is replaced.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.workbook.marked_copy import marked_copy
from app.workbook.marks import (
    MARK_HEADING,
    PAGE_WIDTHS,
    SUMMARY_SHEET,
    Mark,
    PageCell,
    Summary,
    cell_name,
    is_summary,
    marks_by_sheet,
    page,
    row_height,
    sheet_marks,
    summary_name,
)
from app.workbook.patching.book import Book
from app.workbook.patching.notes import Comments, boxes
from app.workbook.patching.package import ContentTypes, Package, Relationships
from app.workbook.patching.sheet import SheetPatcher, drawing_of, hyperlink, inline_cell
from app.workbook.patching.sheet_text import SheetText
from app.workbook.patching.styles import BARE_STYLES, Styles
from app.workbook.patching.survey import plan, survey
from app.workbook.patching.xml import CannotPatch, masked
from app.workbook.reading import read_workbook
from app.workbook.safe_file import replacing

_ZIP: Final = b"PK\x03\x04"
_WORKSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_COMMENTS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_BOXES: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
SUFFIXES: Final = (".xlsx", ".xlsm", ".xltx", ".xltm")
"""The endings that a marked workbook may have."""
_KNOWN_SUFFIXES: Final = frozenset(
    (
        ".xlsx",
        ".xlsm",
        ".xltx",
        ".xltm",
        ".xls",
        ".xlt",
        ".xlsb",
        ".et",
        ".ett",
        ".ods",
        ".csv",
        ".txt",
        ".tsv",
        ".htm",
        ".html",
    )
)


@dataclass(frozen=True)
class Marked:
    """A marked workbook: its bytes, the ending its name must have, and why it is no longer the file itself ('' if it is)."""

    body: bytes
    suffix: str
    rebuilt: str = ""

    def named(self, path: Path) -> Path:
        """The path with the ending that the contents ask for."""
        if path.suffix.lower() == self.suffix:
            return path
        if path.suffix.lower() in _KNOWN_SUFFIXES:
            return path.with_suffix(self.suffix)
        return path.with_name(path.name + self.suffix)


def mark_workbook(
    body: bytes, name: str, marks: Sequence[Mark], headings: Mapping[str, int], summary: Summary
) -> Marked:
    """Give a workbook back marked. `headings` maps each sheet that was read to the last Excel row of its heading.

    Raises what reading raises (UnreadableWorkbook) where the workbook has to be made anew.
    """
    reason = "原件不是 .xlsx 文件，已按内容另做一份标注。"
    if body.startswith(_ZIP) and b"[Content_Types].xml" in body:
        try:
            return _patched(body, name, marks, headings, summary)
        except CannotPatch as no:
            reason = no.sentence
        except (KeyError, ValueError, IndexError, UnicodeDecodeError):
            # numbers and references that are none: whatever it is, it is not for splicing
            reason = CannotPatch(part="文件的一部分", cause="数字或引用认不出").sentence
    workbook = read_workbook(body, name)
    return Marked(marked_copy(workbook, marks, headings, summary), ".xlsx", reason)


def write_marked(path: Path, marked: Marked, inputs: Iterable[Path]) -> Path:
    """Write it, whole or not at all, under a name of the right ending; gives the path written.

    Raises WouldOverwriteInput and the WorldErrors of models.store.durable.
    """
    target = marked.named(path)
    with replacing(target, inputs) as part:
        part.write_bytes(marked.body)
    return target


# -- patching -------------------------------------------------------------------------------------------------


def _patched(
    body: bytes, name: str, marks: Sequence[Mark], headings: Mapping[str, int], summary: Summary
) -> Marked:
    package = Package(body)
    types = ContentTypes(package)
    book = Book(package, types)
    styles_part, styles = _styles(package, book, types)
    sheets = marks_by_sheet(marks)
    touched = [
        sheet for sheet in book.sheets if sheet.part and (sheet.name in sheets or sheet.name in headings)
    ]
    is_mark_heading = _mark_heading_test(package, book)
    for sheet in touched:
        if sheet.name in sheets or styles.marked_before:
            heading_row = headings.get(sheet.name, 1)
            own = sheets.get(sheet.name, [])
            _SheetMarking(package, book, types, sheet.part).mark(own, heading_row, styles, is_mark_heading)
    _put_page(package, book, types, styles, page(summary, marks), body, name)
    package.change(styles_part, [styles.xml()])
    types.save()
    return Marked(package.packed(), book.suffix)


def _styles(package: Package, book: Book, types: ContentTypes) -> tuple[str, Styles]:
    part = book.links.target_of("styles")
    if part is not None and part in package:
        return part, Styles(package.read(part))
    usual = "xl/styles.xml"
    part = package.free_name("xl/styles{}.xml") if usual in package else usual
    book.links.add(f"{book.link_types}/styles", part)
    book.links.save()
    types.add(part, _STYLES)
    return part, Styles(BARE_STYLES % book.namespace)


_SHARED: Final = re.compile(rb"\st\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:[\w.-]+:)?v>\s*([0-9]+)\s*<").search


def _mark_heading_test(package: Package, book: Book) -> Callable[[bytes], bool]:
    """Tells from a cell's bytes whether it holds 问题与改法, itself or through the shared texts."""
    heading = MARK_HEADING.encode()
    part = book.links.target_of("sharedStrings")
    numbers: set[int] = set()
    if part is not None and part in package:
        shared = package.read(part)
        if heading in shared:
            numbers = _places_of(masked(shared), heading)

    def is_mark_heading(cell: bytes) -> bool:
        if heading in cell:
            return True
        found = _SHARED(cell) if numbers else None
        return found is not None and int(found[1]) in numbers

    return is_mark_heading


def _places_of(shared: bytes, text: bytes) -> set[int]:
    """The numbers of the shared texts that are this text and nothing more."""
    starts = [found.start() for found in re.finditer(rb"<(?:[\w.-]+:)?si(?=[\s/>])", shared)]
    places = set()
    for place, start in enumerate(starts):
        found = shared.find(text, start, starts[place + 1] if place + 1 < len(starts) else len(shared))
        if found >= 0 and shared[found - 1 : found] == b">" and shared[found + len(text) :][:2] == b"</":
            places.add(place)
    return places


class _SheetMarking:
    """One sheet of a package with its notes."""

    def __init__(self, package: Package, book: Book, types: ContentTypes, part: str) -> None:
        self._package = package
        self._book = book
        self._types = types
        self._part = part
        self._links = Relationships(package, part)

    def mark(
        self,
        marks: Sequence[Mark],
        heading_row: int,
        styles: Styles,
        is_mark_heading: Callable[[bytes], bool],
    ) -> None:
        """Change the sheet's part, and those of its notes."""
        text = SheetText(lambda: self._package.chunks(self._part))
        found = survey(text, heading_row, is_mark_heading)
        planned = plan(found, sheet_marks(marks, found.merged), heading_row)
        planned.legacy_drawing = self._put_notes(planned.marks.notes, drawing_of(text, self._links))
        self._package.change(self._part, SheetPatcher(found, planned, styles).chunks())
        self._links.save()

    def _put_notes(self, notes: Mapping[tuple[int, int], str], drawing: str | None) -> str:
        """Write the notes; gives the id of the boxes where the sheet does not name them yet."""
        links, types, kinds = self._links, self._types, self._book.link_types
        part = links.target_of("comments")
        comments = Comments(self._package.read(part) if part is not None else None, self._book.namespace)
        gone = comments.ours
        new = {cell: text for cell, text in notes.items() if cell not in comments.theirs}
        if not notes and not gone and part is None:
            return ""
        if part is None:
            part = self._package.free_name("xl/comments{}.xml")
            links.add(f"{kinds}/comments", part)
            types.add(part, _COMMENTS)
        self._package.change(part, [comments.xml(notes)])
        before = None if drawing is None else self._package.read(drawing)
        link = ""
        if drawing is None:
            if not new:
                return ""
            drawing = self._package.free_name("xl/drawings/vmlDrawing{}.vml")
            link = links.add(f"{kinds}/vmlDrawing", drawing)
            types.add_extension("vml", _BOXES)
        self._package.change_unchecked(drawing, boxes(before, gone=gone, new=new))
        return link


# -- the page -------------------------------------------------------------------------------------------------


def _put_page(
    package: Package,
    book: Book,
    types: ContentTypes,
    styles: Styles,
    rows: Sequence[Sequence[PageCell]],
    body: bytes,
    name: str,
) -> None:
    """Put the page before the other sheets, or in the place of the page of an earlier marking."""
    xml = _page_xml(book.namespace, rows, styles)
    candidates = [sheet for sheet in book.sheets if sheet.part and sheet.name.startswith(SUMMARY_SHEET)]
    if candidates:
        firsts = {
            sheet.name: next((cells[0] for _, cells in sheet.rows() if cells), None)
            for sheet in read_workbook(body, name).sheets
            if sheet.name.startswith(SUMMARY_SHEET)
        }
        for sheet in candidates:
            if is_summary(sheet.name, firsts.get(sheet.name)):
                package.change(sheet.part, [xml])
                return
    part = package.free_name("xl/worksheets/sheet{}.xml")
    package.change(part, [xml])
    types.add(part, _WORKSHEET)
    book.insert_first(summary_name(sheet.name for sheet in book.sheets), part)


def _page_xml(namespace: bytes, rows: Sequence[Sequence[PageCell]], styles: Styles) -> bytes:
    """The sheet of the page; titles and texts run over its width."""
    lines, merges, links = [], [], []
    last = len(PAGE_WIDTHS) - 1
    for number, row in enumerate(rows, 1):
        cells = []
        for column, cell in enumerate(row):
            ref = cell_name(number, column)
            style = styles.look(cell.look)
            if isinstance(cell.value, int):
                cells.append(b'<c r="%b" s="%d"><v>%d</v></c>' % (ref.encode(), style, cell.value))
            else:
                cells.append(inline_cell(b"", ref, style, cell.value))
            if cell.to_cell:
                links.append(hyperlink(ref, cell.to_sheet, cell.to_cell))
        if len(row) == 1:
            corners = cell_name(number, 0).encode(), cell_name(number, last).encode()
            merges.append(b'<mergeCell ref="%b:%b"/>' % corners)
        height = b' ht="%d" customHeight="1"' % row_height(row)
        lines.append(b'<row r="%d"%b>%b</row>' % (number, height, b"".join(cells)))
    cols = b"".join(
        b'<col min="%d" max="%d" width="%d" customWidth="1"/>' % (place, place, width)
        for place, width in enumerate(PAGE_WIDTHS, 1)
    )
    return (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="' + namespace + b'">'
        b'<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        b'<dimension ref="A1:%b"/>' % cell_name(len(rows), last).encode()
        + b'<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
        + b"<cols>" + cols + b"</cols><sheetData>" + b"".join(lines) + b"</sheetData>"
        + (b'<mergeCells count="%d">' % len(merges) + b"".join(merges) + b"</mergeCells>" if merges else b"")
        + (b"<hyperlinks>" + b"".join(links) + b"</hyperlinks>" if links else b"")
        + b'<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        + b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )  # fmt: skip
