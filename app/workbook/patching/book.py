"""The workbook's own part: its sheets in order, and a first sheet added, with every number that counts sheets moved on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.workbook.patching.package import ContentTypes, Package, Relationships
from app.workbook.patching.xml import (
    CannotPatch,
    Edit,
    Element,
    attributes,
    escaped,
    inserted,
    inside,
    masked,
    named,
    root_of,
    spliced,
    unescaped,
    with_attribute,
)

_PART: Final = "工作簿"
_SUFFIXES: Final = (
    ("macroEnabled.main", ".xlsm"),
    ("template.macroEnabled", ".xltm"),
    ("template.main", ".xltx"),
)


@dataclass(frozen=True, slots=True)
class BookSheet:
    """A sheet: its name and its part ('' for what is no sheet of cells)."""

    name: str
    part: str


class Book:
    """The workbook part of a package. Raises CannotPatch for a package that is no workbook of Open XML."""

    def __init__(self, package: Package, types: ContentTypes) -> None:
        self._package = package
        self._root_links = Relationships(package, "")
        part = self._root_links.target_of("officeDocument")
        if part is None or part not in package:
            raise CannotPatch(part=_PART, cause="没有指明")
        self.part = part
        if "sheet.binary" in types.of(part):
            raise CannotPatch(part=_PART, cause="是 .xlsb 的二进制写法")
        if any("/revisions/" in f"/{name}" for name in package.names):
            raise CannotPatch(part=_PART, cause="是多人共享的工作簿")
        self.suffix = next((suffix for mark, suffix in _SUFFIXES if mark in types.of(part)), ".xlsx")
        self.links = Relationships(package, part)
        self._xml = package.read(part)
        self._mask = masked(self._xml)
        self._root = root_of(self._mask)
        self._parts = inside(self._mask, self._root)
        listed = named(self._parts, b"sheets")
        if listed is None or listed.is_closed:
            raise CannotPatch(part=_PART, cause="没有工作表")
        self._listed = listed
        self._sheets = inside(self._mask, listed)
        self.sheets = [self._sheet(self._tag(one)) for one in self._sheets]

    @property
    def namespace(self) -> bytes:
        """The main namespace: the usual one or that of Strict."""
        return attributes(self._tag(self._root)).get(
            b"xmlns:" + self._root.prefix[:-1] if self._root.prefix else b"xmlns", b""
        )

    @property
    def link_types(self) -> str:
        """What the types of relationships begin with, in this workbook's dialect."""
        kind = next(one.type for one in self._root_links.all if one.type.endswith("/officeDocument"))
        return kind.removesuffix("/officeDocument")

    def _tag(self, element: Element) -> bytes:
        return self._xml[element.start : element.inner_start]

    def _sheet(self, tag: bytes) -> BookSheet:
        written = attributes(tag)
        link = unescaped(written.get(self._id_name(tag), b""))
        found = next((one for one in self.links.all if one.id == link), None)
        part = found.target if found is not None and found.type.endswith("/worksheet") else ""
        return BookSheet(unescaped(written.get(b"name", b"")), part)

    def _id_name(self, tag: bytes) -> bytes:
        for name in attributes(tag):
            if name.endswith(b":id"):
                return name
        raise CannotPatch(part=_PART, cause="工作表没有编号")

    def insert_first(self, name: str, part: str) -> None:
        """Put a sheet before all others; what was seen on opening stays what is seen."""
        link = self.links.add(f"{self.link_types}/worksheet", part)
        self.links.save()
        first = self._sheets[0]
        numbers = [int(attributes(self._tag(one)).get(b"sheetId", b"0")) for one in self._sheets]
        prefix = first.prefix
        tag = b'<%bsheet name="%b" sheetId="%d" %b="%b"/>' % (
            prefix, escaped(name), max(numbers) + 1, self._id_name(self._tag(first)), link.encode(),
        )  # fmt: skip
        edits = [
            inserted(self._listed, self._xml, first.start, tag),
            *self._moved_views(),
            *self._moved_names(),
        ]
        self._package.change(self.part, [spliced(self._xml, edits)])
        _add_title(self._package, self._root_links.target_of("extended-properties"), name)

    def _moved_views(self) -> Iterator[Edit]:
        views = named(self._parts, b"bookViews")
        if views is None:
            p = self._listed.prefix
            new = b'<%bbookViews><%bworkbookView activeTab="1"/></%bbookViews>' % (p, p, p)
            yield self._listed.start, self._listed.start, new
            return
        for view in inside(self._mask, views):
            tag = self._tag(view)
            written = attributes(tag)
            tag = with_attribute(tag, b"activeTab", b"%d" % (int(written.get(b"activeTab", b"0")) + 1))
            if b"firstSheet" in written:
                tag = with_attribute(tag, b"firstSheet", b"0")  # so that the new tab is in sight
            yield view.start, view.inner_start, tag

    def _moved_names(self) -> Iterator[Edit]:
        names = named(self._parts, b"definedNames")
        for one in [] if names is None else inside(self._mask, names):
            tag = self._tag(one)
            place = attributes(tag).get(b"localSheetId")
            if place is not None:
                yield (
                    one.start,
                    one.inner_start,
                    with_attribute(tag, b"localSheetId", b"%d" % (int(place) + 1)),
                )


# -- the list of titles in the properties ---------------------------------------------------------------------

_WORKSHEETS: Final = ("worksheets", "工作表")


def _add_title(package: Package, part: str | None, name: str) -> None:
    """Add the sheet to the titles in the document's properties, where they are written as Excel writes them."""
    if part is None or part not in package:
        return
    try:
        xml = package.read(part)
        changed = _with_title(xml, name)
    except (CannotPatch, ValueError):
        return  # nobody opens a workbook by these titles
    if changed is not None:
        package.change(part, [changed])


def _with_title(xml: bytes, name: str) -> bytes | None:
    mask = masked(xml)
    parts = inside(mask, root_of(mask))
    titles, pairs = named(parts, b"TitlesOfParts"), named(parts, b"HeadingPairs")
    if titles is None or pairs is None:
        return None
    title_vector, pair_vector = next(iter(inside(mask, titles)), None), next(iter(inside(mask, pairs)), None)
    if title_vector is None or pair_vector is None:
        return None
    listed = inside(mask, title_vector)
    pair = re.search(rb">([^<>]*)</(?:[\w.-]+:)?lpstr>", mask[pair_vector.start : pair_vector.end])
    count = re.search(rb"i4>(\s*[0-9]+\s*)<", mask[pair_vector.start : pair_vector.end])
    if not listed or pair is None or count is None or unescaped(pair[1]).casefold() not in _WORKSHEETS:
        return None
    tag = xml[title_vector.start : title_vector.inner_start]
    prefix = listed[0].prefix
    title = b"<%blpstr>%b</%blpstr>" % (prefix, escaped(name), prefix)
    begin = pair_vector.start
    return spliced(
        xml,
        [
            (begin + count.start(1), begin + count.end(1), b"%d" % (int(count[1]) + 1)),
            (
                title_vector.start,
                title_vector.inner_start,
                with_attribute(tag, b"size", b"%d" % (len(listed) + 1)),
            ),
            (listed[0].start, listed[0].start, title),
        ],
    )
