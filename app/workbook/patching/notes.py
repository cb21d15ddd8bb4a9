"""Notes of cells (批注): the comments part and the drawing that gives each note its box, added to what is there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from app.workbook.marks import NOTE_AUTHOR, NOTE_SEPARATOR, cell_name
from app.workbook.patching.xml import (
    CannotPatch,
    Edit,
    Element,
    attributes,
    cell_text,
    escaped,
    inserted,
    inside,
    masked,
    named,
    root_of,
    spliced,
    unescaped,
)

Cell = tuple[int, int]
"""Row from 1, column from 0."""

_BARE_COMMENTS: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<comments xmlns="%b"><authors></authors><commentList></commentList></comments>'
)
_REF: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]*)").fullmatch
_PART: Final = "批注"


def cell_of(ref: str) -> Cell | None:
    """The cell that a name such as C5 means, None for anything else."""
    found = _REF(ref)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column - 1


# -- comments -------------------------------------------------------------------------------------------------


class Comments:
    """The comments of a sheet with our notes in them; ours of an earlier marking are taken out first."""

    def __init__(self, xml: bytes | None, namespace: bytes) -> None:
        self._xml = xml or _BARE_COMMENTS % namespace
        self._mask = masked(self._xml)
        root = root_of(self._mask)
        parts = inside(self._mask, root)
        authors, listed = named(parts, b"authors"), named(parts, b"commentList")
        if authors is None or listed is None:
            raise CannotPatch(part=_PART, cause="没有作者或批注列表")
        self._p = root.prefix
        self._authors, self._list = authors, listed
        names = [unescaped(self._xml[one.inner_start : one.inner_end]) for one in inside(self._mask, authors)]
        self._threaded = {place for place, name in enumerate(names) if name.startswith("tc=")}
        self._our_author = names.index(NOTE_AUTHOR) if NOTE_AUTHOR in names else len(names)
        self._adds_author = NOTE_AUTHOR not in names
        self._standing: dict[Cell, Element] = {}
        self._author_of: dict[Cell, int] = {}
        for one in inside(self._mask, listed):
            written = attributes(self._mask[one.start : one.inner_start])
            cell = cell_of(unescaped(written.get(b"ref", b"")))
            if cell is not None:
                self._standing[cell] = one
                self._author_of[cell] = int(written.get(b"authorId", b"0"))

    @property
    def ours(self) -> set[Cell]:
        """The cells whose whole note is of an earlier marking."""
        return {cell for cell, author in self._author_of.items() if author == self._our_author}

    @property
    def theirs(self) -> set[Cell]:
        """The cells with a note of the clerk's own."""
        return set(self._standing) - self.ours

    def xml(self, notes: Mapping[Cell, str]) -> bytes:
        """The part with these notes: a cell that has one keeps it, with ours under it; threads are left alone."""
        edits: list[Edit] = []
        ours = self.ours
        for cell, element in self._standing.items():
            if cell in ours:
                edits.append((element.start, element.end, b""))
            elif self._author_of[cell] not in self._threaded:
                edits += self._appended(element, notes.get(cell, ""))
        new = [self._comment(cell, text) for cell, text in sorted(notes.items()) if cell not in self.theirs]
        if new:
            edits.append(inserted(self._list, self._xml, self._list.inner_end, b"".join(new)))
            if self._adds_author:
                author = b"<%bauthor>%b</%bauthor>" % (self._p, escaped(NOTE_AUTHOR), self._p)
                edits.append(inserted(self._authors, self._xml, self._authors.inner_end, author))
        return spliced(self._xml, edits)

    def _comment(self, cell: Cell, text: str) -> bytes:
        ref = cell_name(*cell).encode()
        run = self._run(text)
        return b'<%bcomment ref="%b" authorId="%d"><%btext>%b</%btext></%bcomment>' % (
            self._p, ref, self._our_author, self._p, run, self._p, self._p,
        )  # fmt: skip

    def _run(self, text: str) -> bytes:
        p = self._p
        look = b'<%brPr><%bsz val="9"/><%bcolor indexed="81"/><%brFont val="%b"/><%bcharset val="134"/></%brPr>' % (
            p, p, p, p, "宋体".encode(), p, p,
        )  # fmt: skip
        return b'<%br>%b<%bt xml:space="preserve">%b</%bt></%br>' % (p, look, p, cell_text(text), p, p)

    def _appended(self, comment: Element, text: str) -> Iterator[Edit]:
        """Our text after a note of the clerk's own; what an earlier marking appended goes."""
        body = named(inside(self._mask, comment), b"text")
        if body is None:
            raise CannotPatch(part=_PART, cause="有一条没有文字")
        end = body.inner_end
        separator = self._xml.find(escaped(NOTE_SEPARATOR), body.inner_start, body.inner_end)
        cut: Edit | None = None
        if separator >= 0:
            run = next((one for one in inside(self._mask, body) if one.start < separator < one.end), None)
            opened = self._xml.rfind(b">", body.inner_start, separator) + 1
            if run is None or self._xml[opened:separator].strip():
                # an office program has joined our run with the clerk's: only the text from our line on is ours
                close = self._xml.find(b"</", separator, body.inner_end)
                cut = (separator, close, b"")
            else:
                cut = (run.start, end, b"")
        if text:
            run_bytes = self._run(f"\n{NOTE_SEPARATOR}\n{text}")
            if cut is not None and cut[1] == end:
                yield cut[0], end, run_bytes
                return
            yield from self._text_as_run(body)
            yield inserted(body, self._xml, end, run_bytes)
        if cut is not None:
            yield cut

    def _text_as_run(self, body: Element) -> Iterator[Edit]:
        """A plain text becomes a run: text and runs side by side are shown as the text alone."""
        plain = named(inside(self._mask, body), b"t")
        if plain is not None:
            yield plain.start, plain.start, b"<%br>" % self._p
            yield plain.end, plain.end, b"</%br>" % self._p


# -- boxes ----------------------------------------------------------------------------------------------------

_BARE_DRAWING: Final = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    b"</o:shapelayout></xml>"
)
_SHAPE_TYPE: Final = (
    '<{v}shapetype id="_x0000_t202" coordsize="21600,21600" {o}spt="202" path="m,l,21600r21600,l21600,xe">'
    '<{v}stroke joinstyle="miter"/><{v}path gradientshapeok="t" {o}connecttype="rect"/></{v}shapetype>'
)
_BOX: Final = (
    '<{v}shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:80pt;margin-top:2pt;'
    'width:210pt;height:{height}pt;z-index:{layer};visibility:hidden" fillcolor="#ffffe1" {o}insetmode="auto">'
    '<{v}fill color2="#ffffe1"/><{v}shadow on="t" color="black" obscured="t"/><{v}path {o}connecttype="none"/>'
    '<{v}textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></{v}textbox>'
    '<{x}ClientData ObjectType="Note"><{x}MoveWithCells/><{x}SizeWithCells/><{x}Anchor>{anchor}</{x}Anchor>'
    "<{x}AutoFill>False</{x}AutoFill><{x}Row>{row}</{x}Row><{x}Column>{column}</{x}Column></{x}ClientData></{v}shape>"
)
_NAMESPACES: Final[Mapping[str, bytes]] = {
    "v": b"urn:schemas-microsoft-com:vml",
    "o": b"urn:schemas-microsoft-com:office:office",
    "x": b"urn:schemas-microsoft-com:office:excel",
}
_DECLARED: Final = re.compile(rb"xmlns:([^\s=\"']+)\s*=\s*[\"']([^\"']*)[\"']")
_SHAPE_NUMBER: Final = re.compile(rb"_x0000_s(\d+)")
_ID_MAP: Final = re.compile(rb"(idmap\b[^>]*?\sdata\s*=\s*[\"'])([\d,\s]*)([\"'])")
_IDS_A_BLOCK: Final = 1024
_LAST_COLUMN: Final = 16_383


def boxes(xml: bytes | None, *, gone: Iterable[Cell], new: Mapping[Cell, str]) -> bytes:
    """The drawing of a sheet without the boxes of `gone` and with boxes for `new`.

    Such drawings are written by hand and need not be XML; they are changed at their end only. Raises CannotPatch.
    """
    drawing = xml or _BARE_DRAWING
    prefixes = _prefixes(drawing)
    away = set(gone)
    if away:
        drawing = _without_boxes(drawing, away, prefixes)
    end = drawing.rfind(b"</xml")
    if end < 0:
        raise CannotPatch(part="批注的图形", cause="没有结尾")
    first = max(map(int, _SHAPE_NUMBER.findall(drawing)), default=_IDS_A_BLOCK) + 1
    shapes = "".join(
        _box(first + place, cell, text, prefixes) for place, (cell, text) in enumerate(sorted(new.items()))
    )
    if not shapes:
        return drawing
    kind = "" if b'id="_x0000_t202"' in drawing else _SHAPE_TYPE.format(**prefixes)
    whole = drawing[:end] + (kind + shapes).encode() + drawing[end:]
    last = first + len(new) - 1
    return _ID_MAP.sub(lambda found: found[1] + _blocks(found[2], last) + found[3], whole, count=1)


def _prefixes(drawing: bytes) -> dict[str, str]:
    """The prefixes, with colon, of the three namespaces of a drawing, as its first tag declares them."""
    start = max(drawing.find(b"<xml "), drawing.find(b"<xml\n"))
    opening = drawing[start : drawing.find(b">", start) + 1]
    declared = {found[2]: found[1].decode() + ":" for found in _DECLARED.finditer(opening)}
    if not all(uri in declared for uri in _NAMESPACES.values()):
        raise CannotPatch(part="批注的图形", cause="不是 Excel 的写法")
    return {name: declared[uri] for name, uri in _NAMESPACES.items()}


def _without_boxes(drawing: bytes, gone: set[Cell], prefixes: Mapping[str, str]) -> bytes:
    v, x = (re.escape(prefixes[name].encode()) for name in "vx")
    shape = re.compile(rb"<%bshape[\s>].*?</%bshape\s*>\s*" % (v, v), re.DOTALL)
    place = re.compile(rb"<%b(Row|Column)>\s*(\d+)\s*</" % x)

    def kept(found: "re.Match[bytes]") -> bytes:
        said = {name: int(number) for name, number in place.findall(found[0])}
        return b"" if (said.get(b"Row", -1) + 1, said.get(b"Column", -1)) in gone else found[0]

    return shape.sub(kept, drawing)


def _blocks(written: bytes, last: int) -> bytes:
    """The blocks of a thousand ids that the drawing claims, those up to the last id among them."""
    claimed = [int(block) for block in written.split(b",") if block.strip()]
    needed = range(max(claimed, default=0) + 1, last // _IDS_A_BLOCK + 1)
    return ",".join(map(str, [*claimed, *needed])).encode()


def _box(number: int, cell: Cell, text: str, prefixes: Mapping[str, str]) -> str:
    """A box to the right of its cell, tall enough for its text, hidden until the cell is pointed at."""
    row, column = cell[0] - 1, cell[1]
    left, top = min(column + 1, _LAST_COLUMN - 4), max(row - 1, 0)
    lines = max(4, 1 + sum(1 + len(part) // 18 for part in text.split("\n")))
    return _BOX.format(
        number=number,
        layer=number % _IDS_A_BLOCK + 1,
        height=lines * 14,
        anchor=f"{left}, 15, {top}, 4, {left + 3}, 60, {top + lines}, 4",
        row=row,
        column=column,
        **prefixes,
    )
