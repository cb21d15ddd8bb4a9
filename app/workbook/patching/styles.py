"""The styles of a workbook, added to and never changed: a marked cell has a copy of its own style with another fill."""

import re
from collections.abc import Mapping
from typing import Final

from app.workbook.marks import FILLS, Look
from app.workbook.patching.xml import (
    CannotPatch,
    Element,
    attributes,
    children,
    inserted,
    inside,
    masked,
    named,
    root_of,
    spliced,
    with_attribute,
    without_attribute,
)

MAIN: Final = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN: Final = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
BARE_STYLES: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="%b">'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""For a workbook without styles, with its namespace."""

_PART: Final = "样式表"
# the order of the parts of a style sheet, and what each begins with where there is none
_SECTIONS: Final[Mapping[bytes, tuple[str, ...]]] = {
    b"numFmts": (),
    b"fonts": ('<{p}font><{p}sz val="11"/><{p}name val="宋体"/><{p}charset val="134"/></{p}font>',),
    b"fills": (
        '<{p}fill><{p}patternFill patternType="none"/></{p}fill>',
        '<{p}fill><{p}patternFill patternType="gray125"/></{p}fill>',
    ),
    b"borders": ("<{p}border><{p}left/><{p}right/><{p}top/><{p}bottom/><{p}diagonal/></{p}border>",),
    b"cellStyleXfs": ('<{p}xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
    b"cellXfs": ('<{p}xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',),
}
_OURS: Final = frozenset(argb.encode() for argb in FILLS.values())


class Styles:
    """A style sheet: styles are numbers (`s` of a cell), made when first asked for."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._mask = masked(xml)
        self._root = root_of(self._mask)
        self._prefix = self._root.prefix.decode()
        self._sections: dict[bytes, Element | None] = {}
        self._entries: dict[bytes, list[bytes]] = {}
        self._had: dict[bytes, int] = {}
        standing = inside(self._mask, self._root)
        for name, bare in _SECTIONS.items():
            section = named(standing, name)
            self._sections[name] = section
            entries = (
                [] if section is None else [xml[one.start : one.end] for one in inside(self._mask, section)]
            )
            self._had[name] = len(entries)
            if name == b"fills" or not entries:
                # the first two fills are the program's own, whatever they say: none may be ours
                entries += [text.format(p=self._prefix).encode() for text in bare[len(entries) :]]
            self._entries[name] = entries
        self._standing = standing
        self._made: dict[tuple[int, str], int] = {}
        self._looks: dict[Look, int] = {}
        self._fill_colours = list(map(_colour_of, self._entries[b"fills"]))
        self.marked_before = frozenset(
            place for place, xf in enumerate(self._entries[b"cellXfs"]) if self._colour(xf) in _OURS
        )
        """The styles that marking made before: cells that have them were marked."""

    def marked(self, style: int, level: str) -> int:
        """A style as `style`, with the fill of a level. Raises CannotPatch for a style that is not there."""
        made = self._made.get((style, level))
        if made is None:
            xf = self._xf(self.unmarked(style))
            argb = FILLS[level].encode()
            made = self._made[style, level] = self._filled(xf, self._mark_fill(xf, argb))
        return made

    def unmarked(self, style: int) -> int:
        """The style that a cell had before marking, as far as its fill tells."""
        if style not in self.marked_before:
            return style
        made = self._made.get((style, ""))
        if made is None:
            xf = self._xf(style)
            made = self._made[style, ""] = self._filled(xf, self._fill_before(xf))
        return made

    def as_money(self, style: int) -> int:
        """The style for an amount: the same, with #,##0.00 where it says nothing of numbers."""
        xf = self._xf(style)
        tag = _tag(xf)
        if attributes(tag).get(b"numFmtId", b"0") != b"0":
            return style
        shown = with_attribute(with_attribute(tag, b"numFmtId", b"4"), b"applyNumberFormat", b"1")
        return self._add(b"cellXfs", shown + xf[len(tag) :])

    def wrapped(self) -> int:
        """The style of the column 问题与改法: the workbook's own font, lines wrapped."""
        font = attributes(_tag(self._entries[b"cellXfs"][0])).get(b"fontId", b"0").decode()
        return self._add_xf(f'numFmtId="49" fontId="{font}" fillId="0" borderId="0"', _WRAPPED)

    def look(self, look: Look) -> int:
        """The style of a cell of the page."""
        if look not in self._looks:
            font = self._font(_LOOK_FONTS.get(look, ""))
            fill = self._fill(_LOOK_FILLS[look].encode()) if look in _LOOK_FILLS else 0
            border = 0 if look in (Look.TITLE, Look.TEXT) else self._add(b"borders", _THIN)
            number = 3 if look is Look.COUNT else 49
            facts = f'numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="{border}"'
            centred = look not in (Look.TITLE, Look.TEXT, Look.CELL)
            self._looks[look] = self._add_xf(facts, _CENTRED if centred else _WRAPPED_MIDDLE)
        return self._looks[look]

    def xml(self) -> bytes:
        """The style sheet with what was added."""
        edits = []
        ranks = list(_SECTIONS)
        for name, entries in self._entries.items():
            section = self._sections[name]
            if section is None:
                if not entries:
                    continue
                opened = f'<{self._prefix}{name.decode()} count="{len(entries)}">'.encode()
                closed = f"</{self._prefix}{name.decode()}>".encode()
                place = self._place_after(ranks[: ranks.index(name)])
                edits.append((place, place, opened + b"".join(entries) + closed))
            elif len(entries) > self._had[name]:
                new = b"".join(entries[self._had[name] :])
                tag = self._xml[section.start : section.inner_start]
                if section.is_closed:
                    edits.append(inserted(section, self._xml, section.inner_end, new))
                    continue
                if b"count" in attributes(tag):
                    counted = with_attribute(tag, b"count", str(len(entries)).encode())
                    edits.append((section.start, section.inner_start, counted))
                edits.append((section.inner_end, section.inner_end, new))
        if self._root.is_closed:
            raise CannotPatch(part=_PART, cause="没有内容")
        return spliced(self._xml, edits)

    def _place_after(self, names: list[bytes]) -> int:
        before = [one.end for one in self._standing if one.name in names]
        return before[-1] if before else self._root.inner_start

    # -- one style ------------------------------------------------------------------------------------------

    def _xf(self, style: int) -> bytes:
        xfs = self._entries[b"cellXfs"]
        if not 0 <= style < len(xfs):
            raise CannotPatch(part=_PART, cause=f"没有第 {style} 号样式")
        return xfs[style]

    def _colour(self, xf: bytes) -> bytes:
        fill = int(attributes(_tag(xf)).get(b"fillId", b"0"))
        return self._fill_colours[fill] if fill < len(self._fill_colours) else b""

    def _filled(self, xf: bytes, fill: int) -> int:
        """A copy of a style with another fill, all else as it is."""
        tag = with_attribute(_tag(xf), b"fillId", str(fill).encode())
        rest = xf[len(_tag(xf)) :]
        as_it_was = without_attribute(tag, b"applyFill") + rest
        if not fill and as_it_was in self._entries[b"cellXfs"]:
            return self._entries[b"cellXfs"].index(as_it_was)
        return self._add(b"cellXfs", with_attribute(tag, b"applyFill", b"1") + rest)

    def _mark_fill(self, xf: bytes, argb: bytes) -> int:
        """The fill of a mark; behind it, where nobody sees it, the colour that the cell had (for `unmarked`)."""
        fill = int(attributes(_tag(xf)).get(b"fillId", b"0"))
        fills = self._entries[b"fills"]
        own = _SOLID(fills[fill]) if fill < len(fills) else None
        behind = own[1] if own else b'indexed="64"'
        return self._add(b"fills", self._solid(b'rgb="%b"' % argb, behind))

    def _fill_before(self, xf: bytes) -> int:
        fill = self._entries[b"fills"][int(attributes(_tag(xf)).get(b"fillId", b"0"))]
        behind = _BEHIND(fill)
        if behind is None or b'indexed="64"' in behind[1] or b'indexed="65"' in behind[1]:
            return 0
        return self._add(b"fills", self._solid(behind[1], b'indexed="64"'))

    def _fill(self, argb: bytes) -> int:
        return self._add(b"fills", self._solid(b'rgb="%b"' % argb, b'indexed="64"'))

    def _solid(self, front: bytes, behind: bytes) -> bytes:
        p = self._root.prefix
        return (
            b'<%bfill><%bpatternFill patternType="solid"><%bfgColor %b/><%bbgColor %b/></%bpatternFill></%bfill>'
            % (p, p, p, front, p, behind, p, p)
        )

    def _font(self, inner: str) -> int:
        if not inner:
            return int(attributes(_tag(self._entries[b"cellXfs"][0])).get(b"fontId", b"0"))
        return self._add(b"fonts", "<{p}font>" + inner + "</{p}font>")

    def _add_xf(self, facts: str, alignment: str) -> int:
        flags = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
        return self._add(b"cellXfs", f'<{{p}}xf {facts} xfId="0" {flags}>{alignment}</{{p}}xf>')

    def _add(self, section: bytes, entry: bytes | str) -> int:
        """The number of an entry, which is added where there is none like it."""
        written = entry.replace("{p}", self._prefix).encode() if isinstance(entry, str) else entry
        entries = self._entries[section]
        for place in range(len(entries) - 1, -1, -1):
            if entries[place] == written:
                return place
        entries.append(written)
        return len(entries) - 1


_WRAPPED: Final = '<{p}alignment horizontal="left" vertical="center" wrapText="1"/>'
_WRAPPED_MIDDLE: Final = _WRAPPED
_CENTRED: Final = '<{p}alignment horizontal="center" vertical="center" wrapText="1"/>'
_THIN: Final = (
    "<{p}border>"
    + "".join(
        f'<{{p}}{side} style="thin"><{{p}}color auto="1"/></{{p}}{side}>'
        for side in ("left", "right", "top", "bottom")
    )
    + "<{p}diagonal/></{p}border>"
)
_NAME: Final = '<{p}name val="宋体"/><{p}charset val="134"/>'
_LOOK_FONTS: Final[Mapping[Look, str]] = {
    Look.TITLE: f'<{{p}}b/><{{p}}sz val="16"/>{_NAME}',
    Look.HEADING: f'<{{p}}b/><{{p}}sz val="11"/>{_NAME}',
    Look.LINK: f'<{{p}}u/><{{p}}sz val="11"/><{{p}}color rgb="FF0563C1"/>{_NAME}',
}
_LOOK_FILLS: Final[Mapping[Look, str]] = {
    Look.HEADING: "FFE7E6E6",
    Look.ERROR: FILLS["error"],
    Look.WARNING: FILLS["warning"],
}
_SOLID: Final = re.compile(
    rb"patternType\s*=\s*[\"']solid[\"'](?:[^<>]*)>\s*<(?:[\w.-]+:)?fgColor\s+([^<>]*?)\s*/>"
).search
_BEHIND: Final = re.compile(rb"<(?:[\w.-]+:)?bgColor\s+([^<>]*?)\s*/>").search
_FRONT: Final = re.compile(rb"<(?:[\w.-]+:)?fgColor\s[^<>]*?rgb\s*=\s*[\"']([0-9A-Fa-f]{6,8})[\"']").search


def _colour_of(fill: bytes) -> bytes:
    """The ARGB of a solid fill, b'' for another."""
    found = _FRONT(fill) if _SOLID(fill) else None
    return b"" if found is None else found[1].upper().rjust(8, b"F")


def _tag(element: bytes) -> bytes:
    return element[: next(children(masked(element))).inner_start]
