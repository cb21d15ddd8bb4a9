"""What a table on the screen shows, as a workbook 导出所见: its columns, its rows under its filters, masked as on the screen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from app.desk import Desk
from app.pages import PRIVATE, Listing, Shows, View, ids_of, rows_of, shown
from app.pages import Column as ShownColumn
from app.workbook.writing import Column, Kind, SheetSpec, write_workbook
from models.store.opening import Store

_CHUNK: Final = 2_000
"""How many rows are asked of the database at once; none of them is kept."""
_KINDS = {Shows.MONEY: Kind.MONEY, Shows.COUNT: Kind.COUNT, Shows.DAY: Kind.DATE}


@dataclass(frozen=True)
class Shown:
    """A table as it stands on the screen: which columns from left to right, under which filters and order."""

    listing: Listing
    view: View
    columns: Sequence[str]
    masked: bool
    conditions: str = ""


def write_table(desk: Desk, *, path: Path, table: Shown) -> int:
    """Write the table to `path` (.xlsx); gives the number of rows. Raises what `write_workbook` raises."""
    listing = table.listing
    chosen = [listing.column(name) for name in table.columns]
    ids = ids_of(desk.store, listing, table.view)
    desk.progress.total = len(ids)
    spec = SheetSpec(
        name=listing.title,
        title=listing.title,
        left=table.conditions,
        right="单位：元" if any(one.shows is Shows.MONEY for one in chosen) else "",
        columns=[_written(one) for one in chosen],
        rows=_rows(desk, desk.store, table, ids),
        notes=(f"导出：{desk.operator.name}  {desk.at}",),
    )  # fmt: skip
    write_workbook(path, [spec], created=desk.now)
    return len(ids)


def _written(column: ShownColumn) -> Column:
    """The column as it is written: numbers of things never break in two, figures with a sum have it as a formula."""
    return Column(
        column.heading,
        _KINDS.get(column.shows, Kind.TEXT),
        max(column.width, 6),
        total=column.total and column.is_figure and not column.words,
        wrap=column.shows is Shows.TEXT,
    )


def _rows(desk: Desk, store: Store, table: Shown, ids: Sequence[int]) -> Iterator[list[object]]:
    listing = table.listing
    chosen = [listing.column(name) for name in table.columns]
    places = [(listing.columns.index(column), cell_writer(column, masked=table.masked)) for column in chosen]
    for start in range(0, len(ids), _CHUNK):
        for values in rows_of(store, listing, ids[start : start + _CHUNK]):
            if values is not None:
                yield [cell(values[place]) for place, cell in places]
        desk.progress.step(min(start + _CHUNK, len(ids)))


def cell_writer(column: ShownColumn, *, masked: bool) -> Callable[[object], object]:
    """What makes a stored value of a column the cell that is written; made once a column, for it is asked for every cell.

    The cell says what the screen shows: figures and days as such, everything else as `app.pages.shown` has it.
    """
    if column.is_figure and not column.words:
        return lambda value: None if value == "" else value
    if column.shows is Shows.DAY:
        days: dict[object, date | None] = {None: None, "": None}
        return lambda value: (
            days[value] if value in days else days.setdefault(value, date.fromisoformat(str(value)))
        )
    if column.words:
        words = column.words
        return lambda value: "" if value is None else words.get(str(value), str(value))
    if masked and column.shows in PRIVATE:
        return lambda value: shown(column, value, masked=masked)
    return lambda value: "" if value is None else str(value)
