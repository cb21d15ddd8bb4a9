"""XML as bytes: found by a careful scan, changed by splices, so that all that is not changed stays byte for byte.

Scans run on a mask, the same bytes with comments, CDATA and processing instructions blanked, because those alone may
hold a `<` that opens nothing. Offsets in the mask are offsets in the text.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from models.domain.refusal import Refusal


class CannotPatch(Refusal):
    """A part of a workbook is written in a way in which it cannot be changed safely."""

    form = "{part}的写法特殊（{cause}），不能在原件上直接标注，已按内容另做一份标注。"


_OPAQUE: Final = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
TAG_ATTRIBUTES: Final = rb"(?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*?"
"""What may stand in a tag after its name, as a pattern."""
_TAG: Final = re.compile(rb"<(/?)((?:[^\s<>/:=\"']+:)?)([^\s<>/:=\"']+)" + TAG_ATTRIBUTES + rb"(/?)>")
_ATTRIBUTE: Final = re.compile(rb"""(?<=[\s"'])([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def masked(xml: bytes) -> bytes:
    """The bytes with what is no tag blanked, same length. Raises CannotPatch for a DOCTYPE or another encoding."""
    check_opening(xml)
    if b"<!" not in xml and xml.find(b"<?", 6) < 0:
        return b" " * _declaration_end(xml) + xml[_declaration_end(xml) :]
    mask = _OPAQUE.sub(lambda found: b" " * len(found[0]), xml)
    if b"<!" in mask or b"<?" in mask:
        raise CannotPatch(part="文件的一部分", cause="含有 DOCTYPE 或残缺的标记")
    return mask


def check_opening(xml: bytes) -> None:
    """Refuse what is not UTF-8, by its first bytes. Raises CannotPatch."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:64]:
        raise CannotPatch(part="文件的一部分", cause="编码是 UTF-16")
    said = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)", xml[:400])
    if said and said[1].lower() not in (b"utf-8", b"utf8"):
        raise CannotPatch(part="文件的一部分", cause=f"编码是 {said[1].decode('ascii', 'replace')}")


def _declaration_end(xml: bytes) -> int:
    """Where the first tag opens, after a BOM and the XML declaration."""
    found = re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>)?\s*", xml, re.DOTALL)
    return found.end() if found else 0


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands: its tag, what is inside, its end. Without an inside all three ends are one."""

    prefix: bytes
    """With its colon: b"x:", or b""."""
    name: bytes
    start: int
    inner_start: int
    inner_end: int
    end: int

    @property
    def is_closed(self) -> bool:
        """Whether it is `<name/>`, with no inside to put anything in."""
        return self.inner_start == self.end


def children(mask: bytes, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """The elements that stand side by side between two offsets. Raises CannotPatch where tags do not pair."""
    depth = 0
    opened: re.Match[bytes] | None = None
    position = start
    stop = len(mask) if end is None else end
    while (position := mask.find(b"<", position, stop)) >= 0:
        tag = _TAG.match(mask, position, stop)
        if tag is None:
            raise CannotPatch(part="文件的一部分", cause="标记残缺")
        position = tag.end()
        if tag[1]:
            depth -= 1
            if depth < 0 or opened is None:
                raise CannotPatch(part="文件的一部分", cause="标记不成对")
            if depth == 0:
                yield Element(opened[2], opened[3], opened.start(), opened.end(), tag.start(), tag.end())
        elif tag[4]:
            if depth == 0:
                yield Element(tag[2], tag[3], tag.start(), tag.end(), tag.end(), tag.end())
        else:
            if depth == 0:
                opened = tag
            depth += 1
    if depth:
        raise CannotPatch(part="文件的一部分", cause="标记不成对")


def root_of(mask: bytes) -> Element:
    """The one outermost element. Raises CannotPatch."""
    for element in children(mask):
        return element
    raise CannotPatch(part="文件的一部分", cause="没有内容")


def inside(mask: bytes, element: Element) -> list[Element]:
    """An element's children."""
    return list(children(mask, element.inner_start, element.inner_end))


def named(elements: Iterable[Element], name: bytes) -> Element | None:
    """The first element of that local name."""
    return next((element for element in elements if element.name == name), None)


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag, by name with prefix, as written."""
    return {found[1]: found[2] if found[2] is not None else found[3] for found in _ATTRIBUTE.finditer(tag)}


def with_attribute(tag: bytes, name: bytes, value: bytes) -> bytes:
    """The tag with the attribute set."""
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name:
            return tag[: found.start()] + name + b'="' + value + b'"' + tag[found.end() :]
    close = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:close].rstrip() + b" " + name + b'="' + value + b'"' + tag[close:]


def without_attribute(tag: bytes, name: bytes) -> bytes:
    """The tag without the attribute."""
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name:
            return tag[: found.start()].rstrip() + tag[found.end() :]
    return tag


def prefix_of(tag: bytes, uris: Iterable[bytes]) -> bytes | None:
    """The prefix (with colon) that a tag declares for one of these namespaces, None for none."""
    wanted = set(uris)
    for name, value in attributes(tag).items():
        if name.startswith(b"xmlns:") and value in wanted:
            return name[6:] + b":"
    return None


Edit = tuple[int, int, bytes]
"""Put these bytes in place of those between two offsets."""


def spliced(xml: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with edits made; edits must not overlap, those at one place are made in the order given."""
    pieces: list[bytes] = []
    position = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (xml[position:start], new)
        position = end
    pieces.append(xml[position:])
    return b"".join(pieces)


def inserted(element: Element, xml: bytes, place: int, new: bytes) -> Edit:
    """The edit that puts bytes inside an element at an offset of its inside, opening it where it is `<name/>`."""
    if not element.is_closed:
        return place, place, new
    tag = xml[element.start : element.end]
    opened = tag[:-2].rstrip() + b">"
    return element.start, element.end, opened + new + b"</" + element.prefix + element.name + b">"


_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escaped(text: str) -> bytes:
    """Text for an element or an attribute of any part."""
    plain = _NO_XML.sub("\ufffd", text)
    return html.escape(plain).encode("utf-8")


def cell_text(text: str) -> bytes:
    """Text for a cell, where Excel would take `_x000D_` for a character."""
    return escaped(_LOOKS_ESCAPED.sub("_x005F_", text))


def unescaped(xml: bytes) -> str:
    """The text of an attribute or a text node."""
    return html.unescape(xml.decode("utf-8"))


def checked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass the chunks on while an independent parser reads them: what we give back is XML. Raises CannotPatch."""
    parser = expat.ParserCreate()
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield chunk
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise CannotPatch(part="文件的一部分", cause=f"不是完整的 XML，第 {error.lineno} 行") from error
