"""Rows of one shape: a pattern for a whole row of an .xlsx sheet, made from the first rows that look so.

A shape is the same columns, styles and kinds of cell; its pattern spells every tag out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.workbook.cell_values import ERROR
from app.workbook.kinds.expat_rows import whole_number
from app.workbook.kinds.sheet_frame import column_of
from app.workbook.kinds.xlsx_parts import Styles

ATTRIBUTES: Final = r'(?: [A-Za-z0-9:]+="[^"<>&]*")*'
_ROW_TAG: Final = re.compile(rf'<row r="([0-9]+)"({ATTRIBUTES}) ?>\s*')
_CELL_TAG: Final = re.compile(
    rf'<c r="([A-Z]{{1,3}})([0-9]+)"({ATTRIBUTES}) ?'
    r"(?:/>|>\s*(<f(?: [^<>]*)?(?:/>|>[^<]*</f>)\s*)?"
    r"(?:(<v></v>|<v/>)\s*|(<v>)[^<]+</v>\s*|(<is>\s*<t(?: xml:space=\"preserve\")?>)[^<]*</t>\s*</is>\s*)?</c>)\s*"
)
_ATTRIBUTE: Final = re.compile(r' ([A-Za-z0-9:]+)="([^"<>&]*)"').findall
_ROW_END: Final = re.compile(r"</row>\s*")
_VARIABLE: Final = frozenset(("spans", "ht", "dyDescent"))
"""Attributes of a row that mean nothing to what it holds and differ from row to row."""

_TEXT_GROUP: Final = "([^<]+)"
_INLINE_GROUP: Final = "([^<]*)"
_INDEX_GROUP: Final = "([0-9]{1,9})"
_NUMBER_GROUP: Final = r"(-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?)"
_TRUTH_GROUP: Final = "([01])"

AS_TEXT, AS_SHARED, AS_NUMBER = 0, 1, 2

_LEARN_AFTER: Final = 12
_MOST_SHAPES: Final = 4_000
_MOST_PATTERNS: Final = 48
_MOST_LEARNED_CELLS: Final = 400


@dataclass(frozen=True, slots=True)
class Shape:
    """Rows of one shape: the pattern that reads one, and what its groups (after the row number) are."""

    pattern: re.Pattern[str]
    columns: tuple[int, ...]
    kinds: tuple[int, ...]
    width: int
    dense: bool
    numbers: tuple[int, ...]
    marks: tuple[tuple[int, int], ...]
    truths: tuple[int, ...]
    hidden: bool
    struck: bool


class Learning:
    """Makes patterns of rows that expat reads, once their shape has come often enough."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._seen: Counter[str] = Counter()
        self.shapes: list[Shape] = []

    def look_at(self, text: str, start: int, end: int) -> None:
        """Learn from the row that stands at text[start:end]."""
        if len(self.shapes) >= _MOST_PATTERNS or len(self._seen) >= _MOST_SHAPES:
            return
        opened = _ROW_TAG.match(text, start, end)
        if opened is None:
            return
        number, place = opened[1], opened.end()
        pattern = [self._row_pattern(opened[2])]
        cells: list[tuple[int, int, str]] = []  # column, style, kind
        while (cell := _CELL_TAG.match(text, place, end)) is not None:
            if cell[2] != number or len(pattern) > _MOST_LEARNED_CELLS:
                return
            attributes = dict(_ATTRIBUTE(cell[3]))
            kind, style = attributes.get("t", "n"), whole_number(attributes.get("s", "0"))
            made = self._cell_pattern(cell, kind, style)
            if made is None:
                return
            pattern.append(made)
            if cell[6] or cell[7]:
                cells.append((column_of(cell[1]), style, kind))
            place = cell.end()
        closed = _ROW_END.match(text, place, end)
        columns = [column for column, _, _ in cells]
        if closed is None or not cells or any(a >= b for a, b in pairwise(columns)):
            return
        key = "".join(pattern) + r"</row>\s*"
        self._seen[key] += 1
        if self._seen[key] == _LEARN_AFTER:
            hidden = dict(_ATTRIBUTE(opened[2])).get("hidden", "0") not in ("0", "false")
            self.shapes.insert(0, self._shape(key, cells, hidden=hidden))

    @staticmethod
    def _row_pattern(attributes: str) -> str:
        parts = [
            f' {name}="{"[^" + chr(34) + "<>&]*" if name.split(":")[-1] in _VARIABLE else re.escape(value)}"'
            for name, value in _ATTRIBUTE(attributes)
        ]
        return '<row r="([0-9]+)"' + "".join(parts) + r" ?>\s*"

    @staticmethod
    def _cell_pattern(cell: re.Match[str], kind: str, style: int) -> str | None:
        """The pattern of one cell; None where only expat reads it."""
        tag = f'<c r="{cell[1]}\\1"' + re.escape(cell[3]) + " ?"
        if not cell[5] and not cell[6] and not cell[7]:
            if cell[4]:
                return None  # a formula without a value is to be told
            return tag + r"(?:/>|>\s*</c>)\s*"
        formula = r"(?:<f(?: [^<>]*)?(?:/>|>[^<]*</f>))\s*" if cell[4] else ""
        if cell[5]:
            return tag + rf">\s*{formula}(?:<v></v>|<v/>)\s*</c>\s*"
        if cell[7]:
            opened = r"<is>\s*" + re.escape(cell[7][len("<is>") :].lstrip())
            inline = rf">\s*{formula}{opened}{_INLINE_GROUP}</t>\s*</is>\s*</c>\s*"
            return tag + inline if kind == "inlineStr" else None
        group = {
            "n": _NUMBER_GROUP,
            "s": _INDEX_GROUP,
            "str": _TEXT_GROUP,
            "e": _TEXT_GROUP,
            "b": _TRUTH_GROUP,
        }.get(kind)
        return None if group is None else tag + rf">\s*{formula}<v>{group}</v>\s*</c>\s*"

    def _shape(self, key: str, cells: Sequence[tuple[int, int, str]], *, hidden: bool) -> Shape:
        styles = self._styles
        columns = tuple(column for column, _, _ in cells)
        kinds = tuple(
            {"n": AS_NUMBER, "s": AS_SHARED, "b": AS_NUMBER}.get(kind, AS_TEXT) for _, _, kind in cells
        )
        marks = []
        for column, style, kind in cells:
            mark = {"n": styles.date_kind(style), "e": ERROR}.get(kind, 0)
            if mark:
                marks.append((column, mark))
        return Shape(
            pattern=re.compile(key),
            columns=columns,
            kinds=kinds,
            width=columns[-1] + 1,
            dense=columns == tuple(range(len(columns))),
            numbers=tuple(place for place, (_, _, kind) in enumerate(cells) if kind == "n"),
            marks=tuple(marks),
            truths=tuple(place for place, (_, _, kind) in enumerate(cells) if kind == "b"),
            hidden=hidden,
            struck=any(styles.is_struck(style) for _, style, _ in cells),
        )
