"""What a table on the screen shows, as a workbook 导出所见: its columns, its rows under its filters, masked as on the screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.desk import Desk
from app.pages import PAGE, Listing, Shows, View, ids_of, rows_of, shown
from app.pages import Column as ShownColumn
from app.workbook.writing import Column, Kind, SheetSpec, write_workbook
from models.store.opening import Store

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
        columns=[
            Column(one.heading, _KINDS.get(one.shows, Kind.TEXT), max(one.width, 6), total=one.total and one.shows is Shows.MONEY)
            for one in chosen
        ],
        rows=_rows(desk, desk.store, table, ids),
        notes=(f"导出：{desk.operator.name}  {desk.at}",),
    )  # fmt: skip
    write_workbook(path, [spec], created=desk.now)
    return len(ids)


def _rows(desk: Desk, store: Store, table: Shown, ids: Sequence[int]) -> Iterator[list[object]]:
    listing = table.listing
    places = [(listing.columns.index(listing.column(name)), listing.column(name)) for name in table.columns]
    for start in range(0, len(ids), PAGE):
        for values in rows_of(store, listing, ids[start : start + PAGE]):
            if values is not None:
                yield [_cell(column, values[place], masked=table.masked) for place, column in places]
        desk.progress.step(min(start + PAGE, len(ids)))


def _cell(column: ShownColumn, value: object, *, masked: bool) -> object:
    if value is None or value == "":
        return None
    if column.is_figure and not column.words:
        return value
    if column.shows is Shows.DAY:
        return date.fromisoformat(str(value))
    return shown(column, value, masked=masked)
