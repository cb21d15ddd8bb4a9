"""A report as a sheet of paper, before anybody says whether it becomes a workbook or a printed page.

A report gives one of these; the workbook writer (app.reports.sheet_book) and the printing (ui.printing) both draw it, and so
agree in what stands where. Values are typed as their column's `Kind` says: fen, counts, 1/10000, days, text. Sums are not
among the rows: whoever draws the sheet takes them from here, a workbook as live formulas that have these values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from app.workbook.table_columns import Column, Kind
from models.domain.masking import mask_account, mask_id, mask_phone
from models.domain.money import Fen, round_half_up, yuan_text
from models.domain.quantity import Quantity, Rate, quantity_shown, rate_text
from models.domain.words import amount_in_words

Cell = str | int | date | None
Row = Sequence[Cell]

TOTAL: Final = "合计"
SUBTOTAL: Final = "小计"
PAGE_SUM: Final = "本页小计"


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that is the sum of some columns less the sum of others, by their headings; in rows and sums alike."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A column (`Kind.SHARE`) that is one column's part of another; nothing where the whole is 0."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together (a village, a program): a line of `title` above them, a row of sums after them.

    `title` and `subtotal` (the label of the sums) are "" where the paper has none.
    """

    rows: Sequence[Row]
    title: str = ""
    subtotal: str = ""


@dataclass(frozen=True)
class SheetModel:
    """A sheet: from top to bottom title, preface, unit line, heading, groups, total, notes, signatures.

    `left` and `right` stand on one line over the table (填报单位, 单位：元). `total_label` is the label of the last row of sums, ""
    where there is none. `in_words` is the heading of the column whose total is also written in 大写, on a line under it (under
    each subtotal too where `group_pages`). `derived` says which columns follow from others: their values stand in the rows
    (`filled` puts them there) and in the sums, and a workbook has them as live formulas.

    For paper: `page_sums` asks for 本页小计 on every page, `group_pages` begins a page with every group (its title and the
    sheet's then stand on each page), `made` is the line at the foot (who printed it, when).
    """

    name: str
    title: str
    columns: Sequence[Column]
    groups: Sequence[Group]
    preface: Sequence[str] = ()
    left: str = ""
    right: str = "单位：元"
    total_label: str = TOTAL
    in_words: str = ""
    derived: Mapping[str, Difference | Share] = field(default_factory=dict)
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    made: str = ""
    landscape: bool = True
    page_sums: bool = False
    group_pages: bool = False
    frozen_columns: int = 0

    @property
    def rows(self) -> Iterator[Row]:
        """All rows, group after group, without titles and sums."""
        for group in self.groups:
            yield from group.rows

    @property
    def row_count(self) -> int:
        """How many rows there are, titles and sums apart."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def has_totals(self) -> bool:
        """Whether any column is summed."""
        return any(column.total for column in self.columns)

    def place(self, heading: str) -> int:
        """Where a column stands, by its heading. Raises ValueError."""
        return [column.heading for column in self.columns].index(heading)

    def sums(self, rows: Sequence[Row] | Iterator[Row], label: str = "") -> list[Cell]:
        """A row of the sums of `rows`, each in its column, under a `label`; None where nothing is summed."""
        places = [place for place, column in enumerate(self.columns) if column.total]
        found = dict.fromkeys(places, 0)
        for row in rows:
            for place in places:
                value = row[place]
                if isinstance(value, int):
                    found[place] += value
        cells = filled(self.columns, self.derived, [found.get(place) for place in range(len(self.columns))])
        if label:
            cells[self.label_place] = label
        return cells

    @property
    def label_place(self) -> int:
        """Where the label of a row of sums stands: in the first column wide enough for it that is not summed itself."""
        free = [place for place, column in enumerate(self.columns) if not column.total]
        return next(
            (place for place in free if self.columns[place].width >= _LABEL_WIDTH), free[0] if free else 0
        )

    @property
    def total(self) -> list[Cell]:
        """The last row of sums, label and all."""
        return self.sums(self.rows, self.total_label)

    def words_of(self, sums: Row) -> str:
        """The amount of `in_words` in a row of sums, in 大写; "" where the sheet has none."""
        if not self.in_words:
            return ""
        fen = sums[self.place(self.in_words)]
        return amount_in_words(Fen(fen if isinstance(fen, int) else 0))

    def texts(self, row: Row) -> list[str]:
        """A row as it is read on paper."""
        return [cell_text(column, value) for column, value in zip(self.columns, row, strict=True)]


_LABEL_WIDTH: Final = 8
_MASKS: Final = {"id": mask_id, "account": mask_account, "phone": mask_phone}


def masked(model: SheetModel) -> SheetModel:
    """The same sheet with the numbers of its private columns masked: for the screen, and for paper that strangers see."""
    masks = {place: _MASKS[one.private] for place, one in enumerate(model.columns) if one.private}
    if not masks:
        return model

    def cells(row: Row) -> Row:
        return [
            masks[place](value) if place in masks and isinstance(value, str) else value
            for place, value in enumerate(row)
        ]

    return replace(
        model, groups=[replace(group, rows=[cells(row) for row in group.rows]) for group in model.groups]
    )


def filled(columns: Sequence[Column], derived: Mapping[str, Difference | Share], row: Row) -> list[Cell]:
    """The row with the values of its derived columns put in."""
    cells = list(row)
    places = {column.heading: place for place, column in enumerate(columns)}

    def number(heading: str) -> int:
        value = cells[places[heading]]
        return value if isinstance(value, int) else 0

    for heading, rule in derived.items():
        if isinstance(rule, Difference):
            cells[places[heading]] = sum(map(number, rule.plus)) - sum(map(number, rule.minus))
        else:
            whole = number(rule.whole)
            cells[places[heading]] = round_half_up(number(rule.part) * 10_000, whole) if whole else None
    return cells


def cell_text(column: Column, value: Cell) -> str:
    """A value as it is read: 1,234.50 for money, 2.50 for an area, the day as it stands; "" for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    match column.kind:
        case Kind.MONEY:
            return yuan_text(Fen(value))
        case Kind.QUANTITY:
            return quantity_shown(Quantity(value))
        case Kind.RATE:
            return rate_text(Rate(value))
        case Kind.SHARE:
            return f"{yuan_text(Fen(value))}%"
    return f"{value:,}"
