"""One sheet of a form: the tags in it, and its XML with values in their places and its repeated rows grown."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.workbook.filling.beside import moved_head, moved_tail
from app.workbook.filling.cells import FormCell, FormRow, FormulaCell, RowReader
from app.workbook.filling.formulas import FormulaText
from app.workbook.filling.growth import Growth, Growths
from app.workbook.filling.shared_texts import RichText
from app.workbook.filling.tags import BRACES, Filling, only_tag, tags_in, with_values
from app.workbook.patching.styles import Styles
from app.workbook.patching.xml import (
    CannotPatch,
    Element,
    cell_text,
    inside,
    masked,
    named,
    root_of,
    with_attribute,
)

ValueOf = Callable[[str], Filling]

_BRACE_BYTES: Final = tuple(brace.encode() for brace in BRACES)
_FORMULA_BYTES: Final = (b"f>", b"<f", b":f ")
_ROW_NUMBER: Final = re.compile(rb"(<(?:[^\s<>/:=\"']+:)?row(?=\s)[^<>]*?\sr\s*=\s*[\"'])([0-9]+)")
_CELL_NUMBER: Final = re.compile(
    rb"(<(?:[^\s<>/:=\"']+:)?c(?=\s)(?:[^<>]*?\s)?r\s*=\s*[\"'][A-Za-z]{1,3})([0-9]+)"
)


@dataclass(frozen=True, slots=True)
class TagCell:
    """A cell that holds braces: its sheet, its row (from 1) and column's letters, what it reads."""

    sheet: str
    row: int
    column: str
    text: str

    @property
    def ref(self) -> str:
        """Its name, C5."""
        return f"{self.column}{self.row}"

    @property
    def tags(self) -> list[str]:
        """The names of its tags."""
        return tags_in(self.text)


@dataclass(frozen=True, slots=True)
class FormulaAt:
    """A formula of a form: its sheet, its row and column's letters, the formula."""

    sheet: str
    row: int
    column: str
    text: FormulaText

    @property
    def ref(self) -> str:
        """Its cell's name, C5."""
        return f"{self.column}{self.row}"


@dataclass(frozen=True)
class Repeated:
    """What a repeated row is filled with: for each row the value of every tag."""

    rows: Sequence[Mapping[str, Filling]]

    @property
    def count(self) -> int:
        """How many rows it becomes; an empty one stays, blank, so that formulas over it stay whole."""
        return max(len(self.rows), 1)


@dataclass
class Plan:
    """What a sheet is filled with: its single values, its repeated rows by Excel row, where every sheet's rows go.

    `key` makes of a tag as written the name under which a repeated row has its value.
    """

    value_of: ValueOf
    key: Callable[[str], str]
    repeated: Mapping[int, Repeated]
    growths: Growths
    styles: Styles


class FormSheet:
    """A worksheet of a form. Raises CannotPatch for a sheet that is written in a way that cannot be followed."""

    def __init__(self, name: str, xml: bytes, shared: Mapping[int, RichText]) -> None:
        self.name = name
        self._xml = xml
        self._mask = masked(xml)
        self._root = root_of(self._mask)
        parts = inside(self._mask, self._root)
        found = named(parts, b"sheetData")
        if found is None:
            raise CannotPatch(part="工作表", cause="没有单元格的部分")
        self._rows_part = found
        self._shared = shared
        self._rows = inside(self._mask, found)
        self.tag_cells = list(self._tag_cells())

    @property
    def last_row(self) -> int:
        """The last row that is written."""
        return RowReader(self._xml, self._mask, {}).number(self._rows[-1]) if self._rows else 0

    def _may_hold(self, row: Element, marks: Sequence[bytes]) -> bool:
        return any(self._xml.find(mark, row.start, row.end) >= 0 for mark in marks)

    def _tag_cells(self) -> Iterator[TagCell]:
        """Every text with braces. A row whose texts are all shared and none of them with braces is not looked into."""
        shared = [b'"s"', b"'s'"] if self._shared else []
        reader = RowReader(self._xml, self._mask, self._shared)
        for row in self._rows:
            if not self._may_hold(row, (*_BRACE_BYTES, *shared, b"shared")):
                continue
            found = reader.row(row)
            for cell in found.cells:
                if cell.text is not None:
                    yield TagCell(self.name, found.number, cell.column, cell.text.plain)

    @property
    def formulas(self) -> Iterator[FormulaAt]:
        """Every formula, row after row."""
        reader = RowReader(self._xml, self._mask, self._shared)
        for row in self._rows:
            if self._may_hold(row, _FORMULA_BYTES):
                found = reader.row(row)
                for cell in found.cells:
                    if cell.formula is not None:
                        yield FormulaAt(self.name, found.number, cell.column, cell.formula.text)

    def filled(self, plan: Plan) -> bytes:
        """The sheet's XML with its values."""
        growth = plan.growths.of(self.name)
        start, end = self._rows_part.inner_start, self._rows_part.inner_end
        rows = b"".join(self._filled_rows(plan, growth))
        head = moved_head(self._xml[:start], growth)
        tail = moved_tail(self._xml[end:], self.name, plan.growths, plan.value_of)
        return head + rows + tail

    def _filled_rows(self, plan: Plan, growth: Growth) -> Iterator[bytes]:
        reader = RowReader(self._xml, self._mask, self._shared)
        marked = {cell.row for cell in self.tag_cells}
        for row in self._rows:
            number = reader.number(row)
            if number in plan.repeated or number in marked or self._may_hold(row, _FORMULA_BYTES):
                writer = _RowWriter(reader.row(row), row.prefix, self.name, plan)
                yield from (
                    writer.copies(plan.repeated[number])
                    if number in plan.repeated
                    else [writer.once(growth.first(number))]
                )
                continue
            body = self._xml[row.start : row.end]
            moved = str(growth.first(number)).encode()
            if growth.first(number) != number:
                body = _ROW_NUMBER.sub(lambda found, to=moved: found[1] + to, body, count=1)  # type: ignore[misc]
                body = _CELL_NUMBER.sub(lambda found, to=moved: found[1] + to, body)  # type: ignore[misc]
            yield body


class _TextCell:
    """A cell with tags, made ready to be written many times: what does not change from row to row is settled once."""

    def __init__(self, cell: FormCell, text: RichText, prefix: bytes, plan: Plan) -> None:
        p = prefix
        plain = text.plain
        self._plain = plain
        self._runs = text.runs
        self._alone = only_tag(plain, plan.value_of)
        before, after = _around_number(cell.tag, cell.column)
        self._before = before
        self._number = after + b"><" + p + b"v>", b"</" + p + b"v></" + p + b"c>"
        money_tag = _money_tag(cell, plan.styles) if self._alone is not None else cell.tag
        self._money = _around_number(money_tag, cell.column)[1] + b"><" + p + b"v>"
        opened = after + b' t="inlineStr"><' + p + b"is>"
        plain_open = b"" if self._runs else b"<" + p + b't xml:space="preserve">'
        plain_close = b"" if self._runs else b"</" + p + b"t>"
        self._text = opened + plain_open, plain_close + b"</" + p + b"is></" + p + b"c>"
        self._empty = after + b"/>"

    def write(self, number: bytes, value_of: ValueOf) -> bytes:
        """The cell in the row of that number."""
        if self._alone is not None:
            value = value_of(self._alone)
            if value.number:
                opened = self._money if value.is_money else self._number[0]
                return self._before + number + opened + value.number.encode() + self._number[1]
            if not self._runs:
                return self._said(number, value.text)
        if self._runs:
            inner = b"".join(
                before + cell_text(with_values(run, value_of)) + behind for before, run, behind in self._runs
            )
            return self._before + number + self._text[0] + inner + self._text[1]
        return self._said(number, with_values(self._plain, value_of))

    def _said(self, number: bytes, text: str) -> bytes:
        if not text:
            return self._before + number + self._empty
        return self._before + number + self._text[0] + cell_text(text) + self._text[1]


class _StillCell:
    """A cell in which nothing changes but its row."""

    def __init__(self, cell: FormCell, prefix: bytes) -> None:
        self._before, after = _around_number(cell.tag, cell.column)
        kind = b' t="' + cell.kind + b'"' if cell.kind else b""
        self._after = after + kind + (b">" + cell.rest + b"</" + prefix + b"c>" if cell.rest else b"/>")

    def write(self, number: bytes, _value_of: ValueOf) -> bytes:
        """The cell in the row of that number."""
        return self._before + number + self._after


class _RowWriter:
    """Writes one row of a form, as often as it stands in the filled sheet."""

    def __init__(self, row: FormRow, prefix: bytes, sheet: str, plan: Plan) -> None:
        self._row = row
        self._p = prefix
        self._sheet = sheet
        self._plan = plan
        self._cells = [
            cell
            if cell.formula is not None
            else _StillCell(cell, prefix)
            if cell.text is None
            else _TextCell(cell, cell.text, prefix, plan)
            for cell in row.cells
        ]
        self._opened = _around_number(row.tag, "")

    def once(self, number: int) -> bytes:
        """The row at its new number, its formulas moved, its tags given their values."""
        home, growths, value_of = self._sheet, self._plan.growths, self._plan.value_of

        def moved(cell: FormCell, formula: FormulaCell) -> bytes:
            array = growths.of(home).range(formula.array)
            return self._formula_cell(cell, number, formula.text.moved(home, growths), array)

        return self._whole(number, value_of, moved)

    def copies(self, repeated: Repeated) -> Iterator[bytes]:
        """The row once for each row of values; without any, once with all tags empty."""
        first = self._plan.growths.of(self._sheet).first(self._row.number)
        single, key = self._plan.value_of, self._plan.key
        for place, values in enumerate(repeated.rows or [{}]):

            def value_of(name: str, values: Mapping[str, Filling] = values) -> Filling:
                return values.get(key(name)) or single(name)

            def copied(cell: FormCell, formula: FormulaCell, place: int = place) -> bytes:
                return self._copied_formula(cell, formula, first + place, place)

            yield self._whole(first + place, value_of, copied)

    def _whole(
        self, number: int, value_of: ValueOf, written_formula: Callable[[FormCell, FormulaCell], bytes]
    ) -> bytes:
        written = str(number).encode()
        cells = [
            cell.write(written, value_of)
            if not isinstance(cell, FormCell)
            else written_formula(cell, cell.formula)
            if cell.formula is not None
            else b""
            for cell in self._cells
        ]
        before, after = self._opened
        return b"".join((before, written, after, b">", *cells, self._row.behind, b"</", self._p, b"row>"))

    def _copied_formula(self, cell: FormCell, formula: FormulaCell, number: int, place: int) -> bytes:
        own, array = self._row.number, formula.array
        if array and array != f"{cell.column}{own}":
            raise CannotPatch(part="公式", cause=f"第 {own} 行的数组公式跨出了重复行")
        text = formula.text.copied(self._sheet, self._plan.growths, own, place)
        return self._formula_cell(cell, number, text, f"{cell.column}{number}" if array else "")

    def _formula_cell(self, cell: FormCell, number: int, text: str, array: str) -> bytes:
        """A formula without its stored value, which no longer holds: the program that opens it computes it."""
        p = self._p
        facts = b' t="array" ref="' + array.encode() + b'"' if array else b""
        before, after = _around_number(cell.tag, cell.column)
        opened = before + str(number).encode() + after
        return opened + b"><" + p + b"f" + facts + b">" + cell_text(text) + b"</" + p + b"f></" + p + b"c>"


def _money_tag(cell: FormCell, styles: Styles) -> bytes:
    """A cell whose style says nothing of numbers shows amounts with both decimals."""
    style = styles.as_money(cell.style)
    return cell.tag if style == cell.style else with_attribute(cell.tag + b">", b"s", b"%d" % style)[:-1]


def _around_number(tag: bytes, column: str) -> tuple[bytes, bytes]:
    """A start tag (without its end), opened before and closed behind the row's number in its first attribute r."""
    place = tag.find(b" ")
    place = len(tag) if place < 0 else place
    return tag[:place] + b' r="' + column.encode(), b'"' + tag[place:]
