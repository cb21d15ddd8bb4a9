"""What stands in a sheet's XML beside its cells, and follows when rows move: merges, rules, prints, notes, drawings, charts."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from app.workbook.filling.formulas import FormulaText
from app.workbook.filling.growth import Growth, Growths
from app.workbook.filling.tags import BRACES, Filling, with_values
from app.workbook.patching.notes import cell_of
from app.workbook.patching.xml import escaped, unescaped

ValueOf = Callable[[str], Filling]

_NAME: Final = rb"(?:[^\s<>/:=\"']+:)?"


def _attribute(tags: str, name: str) -> "re.Pattern[bytes]":
    """A pattern of one attribute in tags of these local names: groups before, value."""
    return re.compile(
        rb"(<" + _NAME + rb"(?:" + tags.encode() + rb")(?=\s)[^<>]*?\s" + name.encode() + rb"=\")([^\"<]*)"
    )


def _inside(tags: str) -> "re.Pattern[bytes]":
    """A pattern of the text of elements of these local names: groups before, text."""
    return re.compile(rb"(<" + _NAME + rb"(?:" + tags.encode() + rb")(?:\s[^<>]*)?>)([^<>]+)(?=</)")


_SPANS: Final = (
    _attribute("dimension|autoFilter|sortState|sortCondition|table", "ref"),
    _attribute("selection", "sqref"),
    _attribute("conditionalFormatting|dataValidation|protectedRange|ignoredError", "sqref"),
)
_CELLS: Final = (
    _attribute("sheetView|pane|selection|customSheetView", "topLeftCell"),
    _attribute("selection", "activeCell"),
    _attribute("hyperlink|comment|threadedComment|cellWatch|inputCells", "ref"),
)
_SQREF_TEXT: Final = _inside("sqref")
_FORMULAS: Final = _inside("formula|formula1|formula2|f")
_LOCATION: Final = _attribute("hyperlink", "location")
_BREAK: Final = re.compile(rb"(<" + _NAME + rb"brk(?=\s)[^<>]*?\sid=\")([0-9]+)")
_ROW_BREAKS: Final = re.compile(rb"<" + _NAME + rb"rowBreaks\b.*?</" + _NAME + rb"rowBreaks>", re.DOTALL)
_HEADER_FOOTER: Final = _inside("(?:odd|even|first)(?:Header|Footer)")
_MERGES: Final = re.compile(
    rb"<(" + _NAME + rb")mergeCells\b[^<>]*>(.*?)</" + _NAME + rb"mergeCells>", re.DOTALL
)
_MERGE: Final = re.compile(rb"\sref\s*=\s*[\"']([^\"']*)[\"']")


def moved_head(head: bytes, growth: Growth) -> bytes:
    """What stands before the cells: extent, views, panes."""
    return _moved_places(head, growth) if growth.grows else head


def moved_tail(tail: bytes, sheet: str, growths: Growths, value_of: ValueOf) -> bytes:
    """What stands after the cells: merges, rules, links, breaks; headers and footers have their tags filled."""
    growth = growths.of(sheet)
    if growth.grows:
        tail = _moved_places(tail, growth)
        tail = _MERGES.sub(lambda found: _merges(found, growth), tail)
        tail = _ROW_BREAKS.sub(lambda found: _BREAK.sub(lambda one: _break(one, growth), found[0]), tail)
        tail = moved_anchors(tail, growth)
    if growths.grows:
        tail = _FORMULAS.sub(lambda found: _moved_formula(found, sheet, growths), tail)
        tail = _LOCATION.sub(lambda found: _moved_formula(found, sheet, growths), tail)
    if any(brace.encode() in tail for brace in BRACES):
        tail = _HEADER_FOOTER.sub(lambda found: _header(found, value_of), tail)
    return tail


def header_texts(tail: bytes) -> list[str]:
    """The headers and footers that a sheet prints."""
    return [unescaped(found[2]) for found in _HEADER_FOOTER.finditer(tail)]


_PARAGRAPH: Final = re.compile(rb"<(" + _NAME + rb")p(?:\s[^<>]*)?>(.*?)</\1p>", re.DOTALL)
_PIECE: Final = _inside("t")


def box_texts(drawing: bytes) -> list[str]:
    """What the text boxes of a drawing read, a paragraph each."""
    return [
        "".join(unescaped(piece[2]) for piece in _PIECE.finditer(found[2]))
        for found in _PARAGRAPH.finditer(drawing)
    ]


def _header(found: "re.Match[bytes]", value_of: ValueOf) -> bytes:
    """& begins an order in a header, so that one in a value is written twice."""
    doubled = with_values(unescaped(found[2]), lambda name: Filling(value_of(name).text.replace("&", "&&")))
    return found[1] + escaped(doubled)


def _moved_places(xml: bytes, growth: Growth) -> bytes:
    for pattern in (*_SPANS, _SQREF_TEXT):
        xml = pattern.sub(lambda found: found[1] + growth.ranges(found[2].decode()).encode(), xml)
    for pattern in _CELLS:
        xml = pattern.sub(lambda found: found[1] + growth.cell(found[2].decode()).encode(), xml)
    return xml


def _merges(found: "re.Match[bytes]", growth: Growth) -> bytes:
    prefix = found[1]
    refs = [ref for one in _MERGE.finditer(found[2]) for ref in _merge(one[1].decode(), growth)]
    listed = b"".join(b'<%bmergeCell ref="%b"/>' % (prefix, ref.encode()) for ref in refs)
    return b'<%bmergeCells count="%d">%b</%bmergeCells>' % (prefix, len(refs), listed, prefix)


def _merge(ref: str, growth: Growth) -> Iterator[str]:
    """A merge within a repeated row is in each of its rows; one over several rows spans what it spanned."""
    first, _, last = ref.partition(":")
    begin, end = cell_of(first), cell_of(last)
    if begin is None or end is None or begin[0] != end[0] or begin[0] not in growth.counts:
        yield growth.range(ref)
        return
    left, right = first.rstrip("0123456789"), last.rstrip("0123456789")
    start = growth.first(begin[0])
    for row in range(start, start + growth.counts[begin[0]]):
        yield f"{left}{row}:{right}{row}"


def _break(found: "re.Match[bytes]", growth: Growth) -> bytes:
    return found[1] + b"%d" % growth.last(int(found[2]))


def _moved_formula(found: "re.Match[bytes]", sheet: str, growths: Growths) -> bytes:
    return found[1] + escaped(FormulaText.of(unescaped(found[2])).moved(sheet, growths))


# -- parts of their own ---------------------------------------------------------------------------------------

_ANCHOR: Final = re.compile(
    rb"(<" + _NAME + rb"from>.*?<" + _NAME + rb"row>)([0-9]+)(</.*?)(?=</" + _NAME + rb"(?:twoCellAnchor|oneCellAnchor|anchor)>)",
    re.DOTALL,
)  # fmt: skip
_TO: Final = re.compile(rb"(<" + _NAME + rb"to>.*?<" + _NAME + rb"row>)([0-9]+)", re.DOTALL)
_NOTE_ROW: Final = re.compile(rb"(<x:Row>\s*)([0-9]+)")
_NOTE_BOX: Final = re.compile(rb"(<x:Anchor>)([^<]*)")
_BOX_FIELDS: Final = 8


def moved_anchors(xml: bytes, growth: Growth) -> bytes:
    """Pictures and charts move with the row on which they begin, and keep their size."""

    def moved(found: "re.Match[bytes]") -> bytes:
        row = int(found[2])
        by = growth.first(row + 1) - (row + 1)
        rest = _TO.sub(lambda one: one[1] + b"%d" % (int(one[2]) + by), found[3], count=1)
        return found[1] + b"%d" % (row + by) + rest

    return _ANCHOR.sub(moved, xml)


def moved_table(xml: bytes, growth: Growth) -> bytes:
    """A table, or the comments, of a sheet."""
    return _moved_places(xml, growth)


def moved_note_boxes(xml: bytes, growth: Growth) -> bytes:
    """The boxes of a sheet's notes (VML)."""

    def row(found: "re.Match[bytes]") -> bytes:
        return found[1] + b"%d" % (growth.first(int(found[2]) + 1) - 1)

    def box(found: "re.Match[bytes]") -> bytes:
        fields = [field.strip() for field in found[2].split(b",")]
        if len(fields) != _BOX_FIELDS:
            return found[0]
        by = growth.first(int(fields[2]) + 1) - int(fields[2]) - 1
        for place in (2, 6):
            fields[place] = b"%d" % (int(fields[place]) + by)
        return found[1] + b", ".join(fields)

    return _NOTE_BOX.sub(box, _NOTE_ROW.sub(row, xml))


_SERIES: Final = re.compile(rb"(<" + _NAME + rb"f(?:\s[^<>]*)?>)([^<>]+)(?=</" + _NAME + rb"f>)")
_CACHE: Final = re.compile(rb"<(" + _NAME + rb")(numCache|strCache|multiLvlStrCache)>.*?</\1\2>", re.DOTALL)


def moved_chart(xml: bytes, growths: Growths) -> bytes:
    """A chart: its series span what they spanned; the values it remembers are taken out, since the cells have others."""

    def series(found: "re.Match[bytes]") -> bytes:
        text = FormulaText.of(unescaped(found[2]), means_all=True)
        return found[1] + escaped(text.moved("", growths))

    return _CACHE.sub(b"", _SERIES.sub(series, xml))


_SOURCE: Final = re.compile(rb"<" + _NAME + rb"worksheetSource\b[^<>]*>")
_SOURCE_REF: Final = re.compile(rb"(\sref=\")([^\"]*)")
_SOURCE_SHEET: Final = re.compile(rb"\ssheet=\"([^\"]*)\"")


def moved_pivot_source(xml: bytes, growths: Growths) -> bytes:
    """Where a pivot table's rows come from; it is made anew when the workbook is opened."""

    def source(found: "re.Match[bytes]") -> bytes:
        sheet = _SOURCE_SHEET.search(found[0])
        growth = growths.of(unescaped(sheet[1]) if sheet else "")
        return _SOURCE_REF.sub(lambda one: one[1] + growth.range(one[2].decode()).encode(), found[0])

    return _SOURCE.sub(source, xml)
