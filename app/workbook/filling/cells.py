"""The rows and cells of a form's sheet, taken apart only where something in them changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.workbook.filling.formulas import FormulaText
from app.workbook.filling.shared_texts import RichText, inline_text
from app.workbook.filling.tags import BRACES
from app.workbook.patching.notes import cell_of
from app.workbook.patching.xml import (
    CannotPatch,
    Element,
    attributes,
    children,
    inside,
    named,
    unescaped,
    without_attribute,
)

_NUMBER: Final = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([0-9]+)[\"']").search
_PART: Final = "工作表"


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """The formula of a cell: its text, and the range over which an array formula runs ('' for a plain one)."""

    text: FormulaText
    array: str = ""


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell of a form. `tag` is its start tag without r, t and what follows; `rest` its inside where nothing changes.

    Of a text with braces `text` is what it reads.
    """

    column: str
    tag: bytes
    style: int
    kind: bytes
    rest: bytes
    text: RichText | None
    formula: FormulaCell | None


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a form: its number, its start tag without r, its cells, and what stands behind them."""

    number: int
    tag: bytes
    cells: tuple[FormCell, ...]
    behind: bytes


class _SharedFormulas:
    """Formulas that a sheet writes once for several cells; each gets its own, since rows between them may grow."""

    def __init__(self) -> None:
        self._first: dict[bytes, tuple[FormulaText, int, int]] = {}

    def of(self, number: bytes, written: str, row: int, column: int) -> FormulaText:
        if written:
            text = FormulaText.of(written)
            self._first[number] = text, row, column
            return text
        if number not in self._first:
            raise CannotPatch(part=_PART, cause=f"第 {row} 行的共享公式没有原式")
        text, first_row, first_column = self._first[number]
        return text.translated(row - first_row, column - first_column)


class RowReader:
    """Takes the rows of one sheet apart, in order. `shared` are the shared texts that hold braces."""

    def __init__(self, xml: bytes, mask: bytes, shared: Mapping[int, RichText]) -> None:
        self._xml = xml
        self._mask = mask
        self._shared = shared
        self._formulas = _SharedFormulas()

    def number(self, row: Element) -> int:
        """A row's number. Raises CannotPatch where it is not written."""
        found = _NUMBER(self._mask[row.start : row.inner_start])
        if found is None:
            raise CannotPatch(part=_PART, cause="有的行没有写明行号")
        return int(found[1])

    def row(self, row: Element) -> FormRow:
        """A row with its cells."""
        number = self.number(row)
        tag = self._xml[row.start : row.inner_start].removesuffix(b"/>").removesuffix(b">").rstrip()
        standing = inside(self._mask, row)
        cells = [one for one in standing if one.name == b"c"]
        behind = b"".join(self._xml[one.start : one.end] for one in standing if one.name != b"c")
        return FormRow(
            number, without_attribute(tag, b"r"), tuple(self._cell(number, one) for one in cells), behind
        )

    def _cell(self, row: int, cell: Element) -> FormCell:
        tag = self._xml[cell.start : cell.inner_start].removesuffix(b"/>").removesuffix(b">").rstrip()
        written = attributes(tag + b">")
        place = cell_of(written.get(b"r", b"").decode("ascii", "replace"))
        if place is None or place[0] != row:
            raise CannotPatch(part=_PART, cause=f"第 {row} 行有单元格没有写明位置")
        column = written[b"r"].decode().rstrip("0123456789")
        kind = written.get(b"t", b"")
        bare = without_attribute(without_attribute(tag, b"r"), b"t")
        formula = self._formula(row, place[1], cell)
        text = None if formula else self._text(cell, kind)
        rest = self._xml[cell.inner_start : cell.inner_end]
        return FormCell(column, bare, int(written.get(b"s", b"0")), kind, rest, text, formula)

    def _formula(self, row: int, column: int, cell: Element) -> FormulaCell | None:
        found = named(children(self._mask, cell.inner_start, cell.inner_end), b"f")
        if found is None:
            return None
        written = attributes(self._mask[found.start : found.inner_start])
        text = unescaped(self._xml[found.inner_start : found.inner_end])
        match written.get(b"t"):
            case b"shared":
                return FormulaCell(self._formulas.of(written.get(b"si", b""), text, row, column))
            case b"array":
                return FormulaCell(FormulaText.of(text), written.get(b"ref", b"").decode())
            case b"dataTable":
                raise CannotPatch(part=_PART, cause=f"第 {row} 行有模拟运算表")
        return FormulaCell(FormulaText.of(text))

    def _text(self, cell: Element, kind: bytes) -> RichText | None:
        if kind == b"inlineStr":
            text = inline_text(self._xml, self._mask, cell.inner_start, cell.inner_end)
            return text if text is not None and any(brace in text.plain for brace in BRACES) else None
        if kind != b"s" or not self._shared:
            return None
        value = named(children(self._mask, cell.inner_start, cell.inner_end), b"v")
        return (
            None if value is None else self._shared.get(int(self._xml[value.inner_start : value.inner_end]))
        )
