"""The shared texts of a workbook that hold braces: plain, and with their runs (parts of a text in fonts of their own)."""

import re
from dataclasses import dataclass
from typing import Final

from app.workbook.filling.tags import BRACES, odd_braces
from app.workbook.patching.xml import Element, children, inside, masked, root_of, unescaped

_TEXT: Final = re.compile(rb"(<(?:[^\s<>/:=\"']+:)?t(?:\s[^<>]*)?>)([^<>]*)(</(?:[^\s<>/:=\"']+:)?t>)")
_PHONETIC: Final = re.compile(rb"<((?:[^\s<>/:=\"']+:)?)(rPh|phoneticPr)\b(?:[^<>]*/>|.*?</\1\2>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RichText:
    """A text as a cell holds it: the XML inside its `si` or `is`, without readings."""

    inner: bytes

    @property
    def plain(self) -> str:
        """What it reads."""
        return "".join(unescaped(found[2]) for found in _TEXT.finditer(self.inner))

    @property
    def runs(self) -> list[tuple[bytes, str, bytes]]:
        """Its texts, each with the XML before and behind it; none where it is one text, or where a tag runs over an end."""
        pieces: list[tuple[bytes, str, bytes]] = []
        position = 0
        for found in _TEXT.finditer(self.inner):
            pieces.append((self.inner[position : found.end(1)], unescaped(found[2]), found[3]))
            position = found.end()
        if len(pieces) < 2 or any(odd_braces(text) for _, text, _ in pieces):
            return []
        return [*pieces, (self.inner[position:], "", b"")]


def rich_text(xml: bytes, element: Element) -> RichText:
    """The text of an `si` or `is` element."""
    return RichText(_PHONETIC.sub(b"", xml[element.inner_start : element.inner_end]))


def texts_with_braces(shared: bytes) -> dict[int, RichText]:
    """The shared texts that hold a brace, by number."""
    if not any(brace.encode() in shared for brace in BRACES):
        return {}
    mask = masked(shared)
    found = {}
    for number, one in enumerate(inside(mask, root_of(mask))):
        if any(brace.encode() in shared[one.start : one.end] for brace in BRACES):
            found[number] = rich_text(shared, one)
    return found


def inline_text(cell: bytes, mask: bytes, start: int, end: int) -> RichText | None:
    """The text that a cell holds itself (inlineStr), None where it has none."""
    for one in children(mask, start, end):
        if one.name == b"is":
            return rich_text(cell, one)
    return None
