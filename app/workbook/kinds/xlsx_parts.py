"""What an .xlsx sheet needs of the other parts: the list of sheets, the shared strings, the styles."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from app.workbook.cell_values import DATE, DATE_1904, DURATION
from app.workbook.kinds.gate import Package
from app.workbook.unreadable import DamagedWorkbook

_ENTITY: Final = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


class BrokenPart(Exception):
    """A part's XML cannot be read to its end."""


def is_plain(text: str) -> bool:
    """Whether nothing in the text stands for another character."""
    return "&" not in text and ("_" not in text or "_x" not in text)


def text_of(text: str, *, entities: bool = True) -> str:
    r"""A text with what stands for other characters put right: XML's entities and Excel's _x000D_.

    >>> text_of("A &amp; B_x0009_C")
    'A & B\tC'
    """
    if entities and "&" in text:
        text = _ENTITY.sub(_character, text)
    return _ESCAPE.sub(_escaped, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1]) if found[1] else int(found[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]


def _escaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)


def local(tag: str) -> str:
    """A tag without its prefix."""
    return tag[tag.find(":") + 1 :]


def parse(
    text: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
) -> None:
    """Read a small part by expat, tags without prefixes, extensions (extLst) left out. Raises BrokenPart."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    extensions = 0

    def starting(tag: str, attributes: dict[str, str]) -> None:
        nonlocal extensions
        tag = local(tag)
        extensions += tag == "extLst"
        if not extensions:
            start(tag, attributes)

    def ending(tag: str) -> None:
        nonlocal extensions
        tag = local(tag)
        if extensions:
            extensions -= tag == "extLst"
        elif end is not None:
            end(tag)

    parser.StartElementHandler = starting
    parser.EndElementHandler = ending
    if characters is not None:
        parser.CharacterDataHandler = characters

    def refuse(*_: object) -> None:
        raise BrokenPart

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, UnicodeError, ValueError, LookupError) as fault:
        raise BrokenPart from fault


# -- the workbook ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListedSheet:
    """A sheet as the workbook lists it; `part` is where its cells are."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True)
class WorkbookPart:
    """The list of sheets and where the rest is."""

    sheets: list[ListedSheet]
    since_1904: bool
    strings: str | None
    styles: str | None


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: id → (the last word of its type, the part's name)."""
    folder, _, file = part.rpartition("/")
    listed = package.find(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
    found: dict[str, tuple[str, str]] = {}
    if listed is None:
        return found

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            found[attributes.get("Id", "")] = (
                attributes.get("Type", "").rpartition("/")[2],
                _joined(folder, target),
            )

    parse(package.read_xml(listed), start)
    return found


def _joined(folder: str, target: str) -> str:
    """A target relative to a folder, or from the root with a leading /."""
    parts = [] if target.startswith("/") or not folder else folder.split("/")
    for step in target.split("/"):
        if step == "..":
            del parts[-1:]
        elif step not in ("", "."):
            parts.append(step)
    return "/".join(parts)


def main_part(package: Package) -> str | None:
    """The workbook's own part; None where there is none."""
    for kind, target in relations(package, "").values():
        found = package.find(target)
        if kind == "officeDocument" and found is not None:
            return found
    return package.find("xl/workbook.xml") or package.find("xl/workbook.bin")


def read_workbook_part(package: Package, part: str) -> WorkbookPart:
    """The sheets in order; charts and macro sheets are left out. Raises DamagedWorkbook, BrokenPart."""
    related = relations(package, part)
    listed: list[tuple[str, bool, str]] = []
    dates: list[bool] = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            target = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            listed.append(
                (attributes.get("name", ""), attributes.get("state", "visible") != "visible", target)
            )
        elif tag == "workbookPr":
            dates[0] = attributes.get("date1904", "0") in ("1", "true")

    parse(package.read_xml(part), start)
    sheets = []
    for name, hidden, target in listed:
        if not target:
            continue  # what is left of a macro module
        kind, place = related.get(target, ("worksheet", ""))
        if kind != "worksheet":
            continue
        found = package.find(place)
        if found is None:
            raise DamagedWorkbook(name=package.name)
        sheets.append(ListedSheet(name, hidden, found))
    by_kind = {kind: package.find(target) for kind, target in related.values()}
    return WorkbookPart(sheets, dates[0], by_kind.get("sharedStrings"), by_kind.get("styles"))


# -- shared strings -------------------------------------------------------------------------------------------


@dataclass
class SharedStrings:
    """The texts that cells point at by their place; `struck` are the places of texts wholly struck through."""

    texts: list[str] = field(default_factory=list)
    struck: set[int] = field(default_factory=set)


_PLAIN_ITEM: Final = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>').findall
_ITEM_END: Final = b"</si>"


def read_strings(blocks: Iterator[bytes]) -> SharedStrings:
    """The shared strings; phonetic readings left out. Raises BrokenPart."""
    strings = SharedStrings()
    first = next(blocks, b"")
    if b"<sst" not in first:  # a prefix, or a long comment
        _read_items(first + b"".join(blocks), strings)
        return strings
    opened = re.search(rb"<sst[^<>]*?(/?)>", first)
    if opened is None or opened[1]:
        return strings
    carry = first[opened.end() :]
    for block in blocks:
        text = carry + block
        cut = text.rfind(_ITEM_END) + len(_ITEM_END)
        if cut < len(_ITEM_END):
            carry = text
            continue
        _add_items(text[:cut], strings)
        carry = text[cut:]
    end = carry.find(b"</sst>")
    if end < 0:
        raise BrokenPart
    _add_items(carry[:end], strings)
    return strings


def _add_items(text: bytes, strings: SharedStrings) -> None:
    decoded = _decoded(text)
    found = _PLAIN_ITEM(decoded)
    # the tags of plain items make up all that is not text, or something else is there too
    if decoded.count("<") != 4 * len(found):
        _read_items(b"<sst>" + text + b"</sst>", strings)
        return
    if not is_plain(decoded):
        found = [text_of(one) for one in found]
    strings.texts.extend(found)


def _decoded(text: bytes) -> str:
    try:
        decoded = text.decode()
    except UnicodeDecodeError as fault:
        raise BrokenPart from fault
    return decoded.replace("\r\n", "\n").replace("\r", "\n") if "\r" in decoded else decoded


class _Strings:
    """Items of any form, by expat."""

    def __init__(self, strings: SharedStrings) -> None:
        self._strings = strings
        self._texts: list[str] = []
        self._in_text = False
        self._phonetic = self._runs = self._struck = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._texts, self._runs, self._struck = [], 0, 0
        elif tag == "t":
            self._in_text = not self._phonetic
        elif tag == "rPh":
            self._phonetic += 1
        elif tag == "r":
            self._runs += 1
        elif tag == "strike" and attributes.get("val", "1") not in ("0", "false"):
            self._struck += 1

    def end(self, tag: str) -> None:
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag == "si":
            if 0 < self._runs <= self._struck:
                self._strings.struck.add(len(self._strings.texts))
            self._strings.texts.append(text_of("".join(self._texts), entities=False))

    def characters(self, text: str) -> None:
        if self._in_text:
            self._texts.append(text)


def _read_items(text: bytes, strings: SharedStrings) -> None:
    texts = _Strings(strings)
    parse(text, texts.start, texts.end, texts.characters)


# -- styles ---------------------------------------------------------------------------------------------------

BUILTIN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
BUILTIN_DURATION: Final = 46
_NOT_CODE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hHmMsS]+\])[^\]]*\]')
_DURATION: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTERS: Final = re.compile(r"[dmyhs]|上午|下午|aaa", re.IGNORECASE)
_NO_DATE: Final = re.compile(r"general|g/", re.IGNORECASE)


def kind_of_format(code: str) -> int:
    """DATE or DURATION for a number format that shows one, else 0.

    >>> kind_of_format('yyyy"年"m"月"d"日"'), kind_of_format("[h]:mm"), kind_of_format('0.00"days"')
    (1, 3, 0)
    """
    bare = _NOT_CODE.sub("", code).split(";")[0]
    if _DURATION.search(bare):
        return DURATION
    return DATE if _DATE_LETTERS.search(_NO_DATE.sub("", bare)) else 0


@dataclass
class Styles:
    """What the styles of cells mean for their values."""

    date_kinds: list[int] = field(default_factory=list)
    struck: set[int] = field(default_factory=set)

    def date_kind(self, style: int) -> int:
        """DATE, DATE_1904, DURATION or 0."""
        return self.date_kinds[style] if style < len(self.date_kinds) else 0

    def is_struck(self, style: int) -> bool:
        """Whether cells of this style are struck through."""
        return style in self.struck


class _StylesPart:
    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self.fonts: list[bool] = []
        self.cells: list[tuple[str, str]] = []
        self._in_fonts = self._in_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = kind_of_format(attributes.get("formatCode", ""))
        elif tag == "fonts":
            self._in_fonts = True
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "font" and self._in_fonts:
            self.fonts.append(False)
        elif tag == "strike" and self._in_fonts and self.fonts:
            self.fonts[-1] = attributes.get("val", "1") not in ("0", "false")
        elif tag == "xf" and self._in_cells:
            self.cells.append((attributes.get("numFmtId", "0"), attributes.get("fontId", "0")))

    def end(self, tag: str) -> None:
        if tag == "fonts":
            self._in_fonts = False
        elif tag == "cellXfs":
            self._in_cells = False


def read_styles(text: bytes, *, since_1904: bool) -> Styles:
    """The styles part. Raises BrokenPart."""
    part = _StylesPart()
    parse(text, part.start, part.end)
    styles = Styles()
    for style, (number_format, font) in enumerate(part.cells):
        kind = part.codes.get(number_format)
        if kind is None:
            known = int(number_format) if number_format.isascii() and number_format.isdigit() else 0
            kind = DATE if known in BUILTIN_DATES else DURATION if known == BUILTIN_DURATION else 0
        styles.date_kinds.append(DATE_1904 if kind == DATE and since_1904 else kind)
        if font.isdigit() and int(font) < len(part.fonts) and part.fonts[int(font)]:
            styles.struck.add(style)
    return styles
