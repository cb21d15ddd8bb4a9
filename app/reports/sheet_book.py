"""Sheet models as a workbook: every sum a live formula with the value that it has now, so that a clerk can follow each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from app.reports.sheet_model import Cell, Difference, Share, SheetModel
from app.workbook.columns import column_letters
from app.workbook.writing import Banner, Formula, Line, SheetSpec, write_workbook


def write_sheets(path: Path, models: Sequence[SheetModel], *, created: datetime, below: str = "") -> None:
    """Write the sheets of a report to `path` (.xlsx), whole or not at all; `below` is said at the foot of each.

    Raises what `write_workbook` raises.
    """
    write_workbook(path, [spec_of(model, below) for model in models], created=created)


def spec_of(model: SheetModel, below: str = "") -> SheetSpec:
    """The sheet as the writer takes it. Where rows stand in groups they cannot be filtered without losing their sums' meaning."""
    spec = SheetSpec(
        name=model.name,
        # the sums are lines of ours: they run over groups
        columns=[replace(column, total=False) for column in model.columns],
        rows=(),
        title=model.title,
        preface=model.preface,
        left=model.left,
        right=model.right,
        notes=[*([] if model.group_pages else model.notes), *filter(None, [model.made, below])],
        signatures=() if model.group_pages else model.signatures,
        landscape=model.landscape,
        frozen_columns=model.frozen_columns,
        autofilter=_is_plain(model) and model.row_count > 0,
        repeat_title=model.group_pages,
    )
    return replace(spec, rows=_Lines(model, spec.first_row).all())


def _is_plain(model: SheetModel) -> bool:
    return len(model.groups) == 1 and not model.groups[0].title and not model.groups[0].subtotal


_SIGNATURE_GAP: Final = "　" * 12
_Set = TypeVar("_Set", Line, Banner)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


class _Lines:
    """The lines of a sheet from the top down, with the Excel number of the one that is next."""

    def __init__(self, model: SheetModel, first: int) -> None:
        self._model = model
        self._first = self._next = first
        self._letters = {column.heading: column_letters(place) for place, column in enumerate(model.columns)}
        self._rules = {model.place(heading): self._formula(rule) for heading, rule in model.derived.items()}
        # SUBTOTAL leaves the subtotals among its cells out
        self._sum = "SUM({0}{1}:{0}{2})" if _is_plain(model) else "SUBTOTAL(9,{0}{1}:{0}{2})"

    def all(self) -> Iterator[Sequence[object] | Line | Banner]:
        """Titles, rows and sums of every group, then the total."""
        model = self._model
        for number, group in enumerate(model.groups):
            if group.title:
                yield self._line(Banner(group.title, page=model.group_pages and number > 0))
            first = self._next
            for row in group.rows:
                self._next += 1
                yield self._live(row)
            if group.subtotal:
                yield from self._sums(
                    first, model.sums(group.rows, group.subtotal), group.subtotal, spell=model.group_pages
                )
            if model.group_pages:
                yield from self._foot_of_page()
        if model.total_label and model.has_totals:
            yield from self._sums(self._first, model.total, model.total_label, spell=True)

    def _foot_of_page(self) -> Iterator[Banner]:
        """Notes and signatures, where every group is a sheet of paper that is handed out by itself."""
        for note in self._model.notes:
            yield self._line(Banner(note, bold=False, framed=False))
        if self._model.signatures:
            yield self._line(Banner(_SIGNATURE_GAP.join(self._model.signatures), bold=False, framed=False))

    def _line(self, line: _Set) -> _Set:
        self._next += 1
        return line

    def _live(self, row: Sequence[object]) -> list[object]:
        """The row with its derived columns as formulas."""
        cells = list(row)
        for place, expression in self._rules.items():
            cell = cells[place]
            value = cell.value if isinstance(cell, Formula) else cell
            cells[place] = Formula(expression, value if isinstance(value, int) else "")
        return cells

    def _formula(self, rule: Difference | Share) -> str:
        """A rule as a formula of cells of its own row."""
        if isinstance(rule, Share):
            part, whole = (f"{self._letters[heading]}{{row}}" for heading in (rule.part, rule.whole))
            return f'IF({whole}=0,"",ROUND({part}/{whole},4))'
        plus = "+".join(f"{self._letters[heading]}{{row}}" for heading in rule.plus)
        return plus + "".join(f"-{self._letters[heading]}{{row}}" for heading in rule.minus)

    def _sums(self, first: int, found: Sequence[Cell], label: str, *, spell: bool) -> Iterator[Line | Banner]:
        """A line of sums over the rows from `first` to here, and its amount in 大写 under it where that is wanted."""
        last = self._next - 1
        cells: list[object] = list(found)
        for place, column in enumerate(self._model.columns):
            if column.total and last >= first:
                letters = column_letters(place)
                cells[place] = Formula(self._sum.format(letters, first, last), _number(found[place]))
        yield self._line(Line(self._live(cells)))
        if spell and (words := self._model.words_of(found)):
            yield self._line(Banner(f"{label}（大写）：{words}"))
