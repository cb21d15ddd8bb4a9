"""The rows of an .xlsx sheet, from its XML: exact, sparse, and at the speed of patterns.

Rows of one shape (the same columns, styles and kinds of cell) are the rule in real sheets. The first few rows of a shape
are read by expat; then a pattern for the whole row is made from them, with every tag spelled out, and rows that match
it to the letter are read in one step. Whatever no pattern matches is read by expat, so that speed changes no value.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

from app.workbook.cell_values import ERROR, ISO_DATE, NO_VALUE
from app.workbook.kinds.expat_rows import (
    LAST_ROW,
    BrokenSheet,
    ExpatCell,
    ExpatRows,
    OutOfOrder,
    check_place,
    whole_number,
)
from app.workbook.kinds.row_shapes import AS_NUMBER, AS_SHARED, ATTRIBUTES, Learning, Shape
from app.workbook.kinds.sheet_frame import column_of
from app.workbook.kinds.sheet_look import Look, Tally
from app.workbook.kinds.sheet_notes import Notes
from app.workbook.kinds.xlsx_parts import SharedStrings, Styles, is_plain, text_of

Value = str | float | bool
"""A cell before dates and errors have their own kind: those are told by a mark beside the row."""

_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?").fullmatch
_REF: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})").fullmatch
_INF: Final = float("inf")
_EMPTY_ROWS: Final = re.compile(rf"(?:<row{ATTRIBUTES} ?/>\s*)+")
_MIXED_FOR: Final = 8
"""After a stretch of rows of several shapes, so many stretches are not tried as rows of one shape."""


class Run(NamedTuple):
    """Rows that follow one another: the Excel number of the first, each row's cells from column A to the last one
    filled, and marks (place of the row, column, kind) on cells that are more than they look: a date's number, an
    error's text.
    """

    first: int
    rows: list[list[object]]
    marks: list[tuple[int, int, int]]


@dataclass(slots=True)
class Found:
    """What the reading counts, to be held against the second look."""

    cells: int = 0
    total: float = 0.0
    check: int = 0

    @property
    def tally(self) -> Tally:
        """As the second look counts."""
        return Tally(self.cells, self.total, self.check)


@dataclass
class SheetReader:
    """Reads one sheet's rows in order, or (`scattered`) whole and sorted, where rows or cells come out of order."""

    look: Look
    strings: SharedStrings
    styles: Styles
    scattered: bool = False
    notes: Notes = field(default_factory=Notes)
    found: Found = field(default_factory=Found)

    def __post_init__(self) -> None:
        self._last_row = 0
        self._runs: list[Run] = []
        self._mixed = 0
        self._gathered: dict[int, dict[int, tuple[Value, int]]] = {}
        self._learning = Learning(self.styles)

    def runs(self, blocks: Iterable[bytes]) -> Iterator[list[Run]]:
        """The rows that hold something, some at a time. Raises BrokenSheet and (unless `scattered`) OutOfOrder."""
        reading = self._by_patterns(blocks) if self.look.ordinary else self._by_expat(blocks)
        for _ in reading:
            if self._runs:
                yield self._runs
                self._runs = []
        if self._gathered:
            yield from self._sorted_rows()

    def _sorted_rows(self) -> Iterator[list[Run]]:
        for number in sorted(self._gathered):
            yield [_run_of(number, self._gathered.pop(number))]

    def _by_expat(self, blocks: Iterable[bytes]) -> Iterator[None]:
        reader = ExpatRows(self._take)
        for block in blocks:
            reader.feed(block)
            yield
        reader.feed(b"", last=True)
        yield

    def _by_patterns(self, blocks: Iterable[bytes]) -> Iterator[None]:
        """Rows of known shapes by their patterns, the others by expat."""
        if self.look.head.endswith(b"/>"):  # <sheetData/>
            return
        reader = ExpatRows(self._take)
        reader.feed("<sheetData>")
        for text in _whole_rows(blocks, len(self.look.head)):
            if self.scattered:
                reader.feed(text)
            else:
                self._read(text, reader)
            yield
        reader.feed("</sheetData>", last=True)
        yield

    def _read(self, text: str, reader: ExpatRows) -> None:
        shapes = self._learning.shapes
        plain = is_plain(text)
        place, end = 0, len(text)
        if shapes and not self._mixed:
            found = shapes[0].pattern.findall(text)
            if found and len(found) == text.count("</row>"):  # rows of one shape from end to end
                self._take_run(shapes[0], found, plain=plain)
                return
            self._mixed = _MIXED_FOR
        self._mixed = max(0, self._mixed - 1)
        while place < end:
            for order, shape in enumerate(shapes):
                match = shape.pattern.match
                row = match(text, place)
                if row is None:
                    continue
                if order:
                    shapes.insert(0, shapes.pop(order))
                values = []
                while row is not None:
                    values.append(row.groups())
                    place = row.end()
                    row = match(text, place)
                self._take_run(shape, values, plain=plain)
                break
            else:
                place = self._one_by_expat(text, place, reader)

    def _one_by_expat(self, text: str, place: int, reader: ExpatRows) -> int:
        """Read what stands at `place`, up to the end of a row; gives the place after it."""
        empty = _EMPTY_ROWS.match(text, place)
        if empty is not None:
            return empty.end()
        closing = text.find("</row>", place)
        after = len(text) if closing < 0 else closing + len("</row>")
        reader.feed(text[place:after])
        self._learning.look_at(text, place, after)
        spaces = _SPACES.match(text, after)
        return after if spaces is None else spaces.end()

    def _take_run(self, shape: Shape, values: list[tuple[str, ...]], *, plain: bool) -> None:
        """Take rows of one shape, column by column; `values` are their numbers and what their cells hold."""
        texts = list(zip(*values, strict=True))
        numbers = list(map(int, texts[0]))
        last = self._last_row
        for number in numbers:
            if not last < number <= LAST_ROW:
                raise OutOfOrder(number)
            last = number
        self._last_row = last
        columns = [
            self._column(kind, column, plain=plain)
            for kind, column in zip(shape.kinds, texts[1:], strict=True)
        ]
        for place in shape.numbers:
            figures = cast("list[float]", columns[place])
            self.found.total += sum(figures)
            self.found.check += sum(map(hash, figures))
        self.found.cells += len(numbers) * len(columns)
        for place in shape.truths:
            columns[place] = list(map(bool, columns[place]))
        if shape.dense:
            rows: list[list[object]] = list(map(list, zip(*columns, strict=True)))
        else:
            blank: list[Sequence[Value]] = [[""] * len(numbers)] * shape.width
            for place, values_of_column in zip(shape.columns, columns, strict=True):
                blank[place] = values_of_column
            rows = list(map(list, zip(*blank, strict=True)))
        if shape.hidden:
            self.notes.hidden_rows.extend(numbers)
        self._note_struck(shape, numbers, texts)
        for column, mark in shape.marks:
            if mark == ERROR:
                for number, row in zip(numbers, rows, strict=True):
                    self.notes.error(number, column, str(row[column]))
        self._add_runs(numbers, rows, shape.marks)

    def _column(self, kind: int, texts: Sequence[str], *, plain: bool) -> Sequence[Value]:
        """The values of one column. Raises BrokenSheet."""
        if kind == AS_SHARED:
            try:
                return list(map(self.strings.texts.__getitem__, map(int, texts)))
            except IndexError as fault:
                raise BrokenSheet from fault
        if kind == AS_NUMBER:
            return list(map(float, texts))
        return texts if plain else list(map(text_of, texts))

    def _note_struck(self, shape: Shape, numbers: Sequence[int], texts: Sequence[Sequence[str]]) -> None:
        if shape.struck:
            self.notes.struck_rows.extend(numbers)
        elif self.strings.struck:
            shared = [texts[place + 1] for place, kind in enumerate(shape.kinds) if kind == AS_SHARED]
            struck = self.strings.struck
            self.notes.struck_rows.extend(
                number
                for number, *indices in zip(numbers, *shared, strict=True)
                if any(int(index) in struck for index in indices)
            )

    def _add_runs(
        self, numbers: Sequence[int], rows: list[list[object]], marks: Sequence[tuple[int, int]]
    ) -> None:
        """Cut rows into runs without gaps."""
        start, count = 0, len(numbers)
        while start < count:
            end = start + 1
            if numbers[-1] - numbers[start] == count - 1 - start:
                end = count
            while end < count and numbers[end] == numbers[end - 1] + 1:
                end += 1
            some = rows if end - start == count else rows[start:end]
            self._runs.append(
                Run(numbers[start], some, [(place, *mark) for place in range(end - start) for mark in marks])
            )
            start = end

    # by expat

    def _take(self, number: int | None, attributes: dict[str, str], cells: list[ExpatCell]) -> None:
        """A row from expat: place its cells, and take it where any holds something."""
        if number is None:
            number = self._last_row + 1
        check_place(number, 0)
        if not cells:
            self._last_row = max(number, self._last_row)
            return
        if number <= self._last_row and not self.scattered:
            raise OutOfOrder(number)
        placed: dict[int, tuple[Value, int]] = {}
        following = 0
        struck = False
        for cell in cells:
            row, column = self._place(cell, number, following)
            following = column + 1
            value = self._value(cell, row, column)
            if value is None:
                continue
            struck = struck or cell.struck
            into = placed
            if row != number:
                if not self.scattered:
                    raise OutOfOrder(row)
                into = self._gathered.setdefault(row, {})
            if column in into:
                self.notes.repeated(row, column)
            into[column] = value
        self._last_row = number
        if placed:
            if attributes.get("hidden", "0") not in ("0", "false"):
                self.notes.hidden_rows.append(number)
            if struck:
                self.notes.struck_rows.append(number)
            self._keep(number, placed)

    def _keep(self, number: int, placed: dict[int, tuple[Value, int]]) -> None:
        if not self.scattered:
            self._runs.append(_run_of(number, placed))
            return
        row = self._gathered.setdefault(number, {})
        for column in placed.keys() & row.keys():
            self.notes.repeated(number, column)
        row.update(placed)

    @staticmethod
    def _place(cell: ExpatCell, row: int, following: int) -> tuple[int, int]:
        """Row and column of a cell; without a reference it follows the one before."""
        if cell.reference is None:
            place = row, following
        else:
            reference = _REF(cell.reference)
            if reference is None:
                raise BrokenSheet
            place = int(reference[2]), column_of(reference[1].upper())
        check_place(*place)
        return place

    def _value(self, cell: ExpatCell, row: int, column: int) -> tuple[Value, int] | None:
        """What a cell holds and its mark; None where it holds nothing."""
        text, kind = cell.value, cell.kind
        if cell.inline is not None and (kind == "inlineStr" or text is None):
            self.found.cells += 1
            cell.struck = cell.struck or self.styles.is_struck(cell.style)
            return text_of(cell.inline, entities=False), 0
        if text is None or (text == "" and kind != "str"):
            if not cell.has_formula:
                return None
            self.notes.without_value(row, column)
            return str(NO_VALUE), ERROR
        if text == "":
            return None
        self.found.cells += 1
        cell.struck = cell.struck or self.styles.is_struck(cell.style)
        if kind == "s":
            return self._shared(cell, text), 0
        if kind in ("str", "inlineStr"):
            return text_of(text, entities=False), 0
        text = text.strip()
        if kind == "e":
            self.notes.error(row, column, text)
            return text, ERROR
        if kind == "d":
            return text, ISO_DATE
        if kind == "b" and text in ("0", "1", "true", "false"):
            return text in ("1", "true"), 0
        number = float(text) if _NUMBER(text) else _INF
        if kind not in ("n", "") or abs(number) == _INF:
            self.notes.odd(row, column, text)
            return text, 0
        self.found.total += number
        self.found.check += hash(number)
        return number, self.styles.date_kind(cell.style)

    def _shared(self, cell: ExpatCell, text: str) -> str:
        text = text.strip()
        index = whole_number(text)
        if index >= len(self.strings.texts):
            raise BrokenSheet
        cell.struck = cell.struck or index in self.strings.struck
        return self.strings.texts[index]


_SPACES: Final = re.compile(r"\s*")


def _run_of(number: int, placed: dict[int, tuple[Value, int]]) -> Run:
    cells: list[object] = [""] * (max(placed) + 1)
    marks = []
    for column, (value, mark) in placed.items():
        cells[column] = value
        if mark:
            marks.append((0, column, mark))
    return Run(number, [cells], marks)


def _whole_rows(blocks: Iterable[bytes], start: int) -> Iterator[str]:
    """The text between <sheetData> (which ends at byte `start`) and its end, cut between rows. Raises BrokenSheet."""
    carry, skipped = b"", 0
    for block in blocks:
        if skipped < start:
            passed = min(len(block), start - skipped)
            skipped += passed
            block = block[passed:]
        text = carry + block
        end = text.find(b"</sheetData>")
        cut = end if end >= 0 else text.rfind(b"</row>") + len(b"</row>")
        if end < 0 and cut < len(b"</row>"):
            carry = text
            continue
        carry = text[cut:]
        yield _decoded(text[:cut])
        if end >= 0:
            return
    raise BrokenSheet


def _decoded(text: bytes) -> str:
    """UTF-8 with line ends as XML has them. Raises BrokenSheet."""
    try:
        decoded = text.decode()
    except UnicodeDecodeError as fault:
        raise BrokenSheet from fault
    return decoded.replace("\r\n", "\n").replace("\r", "\n") if "\r" in decoded else decoded
