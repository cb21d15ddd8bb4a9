"""The workbook's own part of a form: its names follow the rows, its sums are computed when it is opened."""

from collections.abc import Mapping
from typing import Final

from app.workbook.filling.formulas import FormulaText
from app.workbook.filling.growth import Growths
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

_TITLES: Final = "_xlnm.Print_Titles"
_AFTER_NAMES: Final = frozenset(
    {b"calcPr", b"oleSize", b"customWorkbookViews", b"pivotCaches", b"smartTagPr", b"smartTagTypes", b"webPublishing",
     b"fileRecoveryPr", b"webPublishObjects", b"extLst", b"AlternateContent"}
)  # fmt: skip
_AFTER_CALCULATION: Final = _AFTER_NAMES - {b"calcPr", b"AlternateContent"}


def filled_book(xml: bytes, growths: Growths, headings: Mapping[int, str]) -> bytes:
    """The part with its names moved; `headings` are rows to be repeated on every page, of sheets (from 0) that say nothing of it.

    Raises CannotPatch.
    """
    mask = masked(xml)
    root = root_of(mask)
    parts = inside(mask, root)
    listed = named(parts, b"sheets")
    if listed is None:
        raise CannotPatch(part="工作簿", cause="没有工作表")
    edits = [*_names(xml, mask, parts, root, growths, headings), _calculation(xml, parts, root)]
    return spliced(xml, edits)


def sheets_with_titles(xml: bytes) -> set[int]:
    """The sheets (from 0) whose rows to repeat on every page are said."""
    mask = masked(xml)
    names = named(inside(mask, root_of(mask)), b"definedNames")
    found = (
        [] if names is None else [attributes(xml[one.start : one.inner_start]) for one in inside(mask, names)]
    )
    return {
        int(one[b"localSheetId"]) for one in found
        if unescaped(one.get(b"name", b"")) == _TITLES and b"localSheetId" in one
    }  # fmt: skip


def _names(
    xml: bytes,
    mask: bytes,
    parts: list[Element],
    root: Element,
    growths: Growths,
    headings: Mapping[int, str],
) -> list[Edit]:
    p = root.prefix
    new = b"".join(
        b'<%bdefinedName name="%b" localSheetId="%d">%b</%bdefinedName>'
        % (p, _TITLES.encode(), sheet, escaped(rows), p)
        for sheet, rows in headings.items()
    )
    names = named(parts, b"definedNames")
    if names is None:
        place = next((one.start for one in parts if one.name in _AFTER_NAMES), root.inner_end)
        wrapped = b"<%bdefinedNames>%b</%bdefinedNames>" % (p, new, p)
        return [(place, place, wrapped)] if new else []
    edits: list[Edit] = []
    for one in inside(mask, names) if growths.grows else []:
        text = FormulaText.of(unescaped(xml[one.inner_start : one.inner_end]))
        edits.append((one.inner_start, one.inner_end, escaped(text.moved("", growths))))
    if new:
        edits.append(inserted(names, xml, names.inner_end, new))
    return edits


def _calculation(xml: bytes, parts: list[Element], root: Element) -> Edit:
    """Formulas have no stored values any more: whoever opens the workbook computes them."""
    found = named(parts, b"calcPr")
    if found is not None:
        tag = xml[found.start : found.inner_start]
        return found.start, found.inner_start, with_attribute(tag, b"fullCalcOnLoad", b"1")
    place = next((one.start for one in parts if one.name in _AFTER_CALCULATION), root.inner_end)
    return place, place, b'<%bcalcPr fullCalcOnLoad="1"/>' % root.prefix
