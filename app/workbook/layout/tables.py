"""A sheet whose columns are known, and the rows under its heading, each with its cells in the order of the fields."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, product
from operator import itemgetter
from typing import Final, NamedTuple

from app.workbook.cell_values import Cell, cell_is_blank
from app.workbook.layout.forms import Form, heading_key
from app.workbook.layout.headings import LEAST_ID, Header
from app.workbook.layout.members import SHARED, Member, MemberRow
from app.workbook.layout.row_kinds import DATA_ROW, RowKinds
from app.workbook.reading import Sheet


@dataclass(frozen=True)
class Table:
    """A sheet whose columns are known."""

    sheet: Sheet
    form: Form
    header: Header
    fields: tuple[str, ...] = field(init=False)
    """The fields that have a column, in the order of a `DataRow`'s cells."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self.header.columns))

    @property
    def columns(self) -> Mapping[str, int]:
        """Field → column of the sheet, from 0; of the first member where a row holds several."""
        return self.header.columns

    @property
    def headings(self) -> Mapping[str, str]:
        """Field → heading as written."""
        return self.header.headings

    @property
    def scale(self) -> Mapping[str, int]:
        """Money field → what its numbers are multiplied by to be yuan."""
        return self.header.scale

    @property
    def members(self) -> tuple[Member, ...]:
        """The people of one row, where it holds several; else nobody."""
        return self.header.members

    def column_of_member(self, heading: str) -> int | None:
        """The column of a heading that only one member of the row has (成员2姓名)."""
        for member in self.members:
            for name, column in member.columns.items():
                if member.headings.get(self.headings[name]) == heading:
                    return column
        return None


class DataRow(NamedTuple):
    """A row under the heading: its Excel number, its cells in the order of `Table.fields`, what kind of row it is.

    A row of several people comes once for each of them; its number is then a `MemberRow`.
    """

    number: int
    cells: tuple[Cell, ...]
    kind: str


# What clerks type to make a cell look empty, up to four signs of any kind or many of one. One look-up a cell, all of it
# in C, costs a third of asking each text whether it is blank.
_BLANK_TEXTS: Final[Mapping[Cell, None]] = {
    "": None,
    **{"".join(signs): None for length in range(1, 5) for signs in product(" \u3000\xa0\t\n", repeat=length)},
    **{sign * length: None for sign in " \u3000\xa0\t" for length in range(5, 65)},
}


def data_rows(table: Table) -> Iterator[DataRow]:
    """The rows under the heading with their true Excel numbers; blank rows and repeated headings are left out.

    A merge over several rows gives its value to each of them, save money and quantities, which count once. Totals,
    subtotals and notes come too, as rows of their own kind. Rows of several people come once for each of them.
    """
    if not table.fields:
        return iter(())
    if table.header.lists:
        return _rows_of_lists(table)
    return _rows_of_members(table) if table.members else _rows(table, _lines(table))


def _lines(table: Table) -> Iterator[tuple[int, Sequence[Cell]]]:
    once = table.form.fields
    members = chain.from_iterable(member.columns.items() for member in table.members)
    filled = [column for name, column in chain(table.columns.items(), members) if not once[name].once]
    return table.sheet.numbered_lines(table.header.last, filled)


def _rows(table: Table, lines: Iterable[tuple[int, Sequence[Cell]]]) -> Iterator[DataRow]:
    places = [table.columns[name] for name in table.fields]
    pick: Callable[[Sequence[Cell]], tuple[Cell, ...]] = (
        itemgetter(*places) if len(places) > 1 else lambda line: (line[places[0]],)
    )
    id_column = table.columns.get("id_number")
    kinds = RowKinds(table.header, table.form)
    none_if_blank = _BLANK_TEXTS.get
    make = tuple.__new__  # half the price of DataRow(...), a row at a time over 420,000 of them
    for number, line in lines:
        key = "" if id_column is None else line[id_column]
        if key.__class__ is str and len(key) >= LEAST_ID and key[0].isdigit():
            kind: str | None = DATA_ROW
        else:
            kind = kinds.kind_of(line)
            if kind is None:
                continue
        cells = pick(line)
        yield make(DataRow, (number, tuple(map(none_if_blank, cells, cells)), kind))


def _rows_of_lists(table: Table) -> Iterator[DataRow]:
    """Rows of lists printed side by side, one list after the other as they were before they were folded, totals and all."""
    for member, block in zip(table.members, table.header.lists, strict=True):
        columns = {name: member.columns.get(name, column) for name, column in table.columns.items()}
        its_own = replace(table, header=replace(table.header, columns=columns, members=(), lists=()))
        lines = (
            (number, ["" if column not in block else cell for column, cell in enumerate(line)])
            for number, line in _lines(table)
        )
        for number, cells, kind in _rows(its_own, lines):
            yield DataRow(MemberRow.of(number, member), cells, kind)


def _rows_of_members(table: Table) -> Iterator[DataRow]:
    """Rows of several people: each who is named, in order; what is shared by all is given to each."""
    kinds = RowKinds(table.header, table.form)
    fields = table.fields
    shared = [name for name in fields if name in SHARED]
    for number, line in _lines(table):
        kind = kinds.kind_of(line)
        if kind is None:
            continue
        present = [one for one in table.members if kind == DATA_ROW and _is_named(one, line)]
        of_all = {name: _cell(line, table.columns[name]) for name in shared}
        if not present:
            yield DataRow(number, tuple(_cell(line, table.columns[name]) for name in fields), kind)
            continue
        if "head" in of_all and "head_id" in of_all:
            of_all["head"], of_all["head_id"] = _head_of_row(table, line, present)
        for member in present:
            cells = [
                of_all[name] if name in of_all else _cell(line, member.columns.get(name)) for name in fields
            ]
            yield DataRow(MemberRow.of(number, member), tuple(cells), kind)


def _head_of_row(table: Table, line: Sequence[Cell], present: Sequence[Member]) -> tuple[Cell, Cell]:
    """The head's name and ID, by which the people of one row are known as one household.

    Where the row names the head beside the members, the ID is that of the member of this name. The first who is named
    stands for a head whose own cells are empty.
    """
    head, head_id = (_cell(line, table.columns[name]) for name in ("head", "head_id"))
    first = table.members[0].columns
    if table.columns["head"] != first.get("name") and table.columns["head_id"] == first.get("id_number"):
        names = [heading_key(str(_cell(line, one.columns.get("name")))) for one in present]
        named = names.index(heading_key(str(head))) if heading_key(str(head)) in names else None
        head_id = None if named is None else _cell(line, present[named].columns.get("id_number"))
    if head is None and head_id is None:
        head, head_id = (_cell(line, present[0].columns.get(name)) for name in ("name", "id_number"))
    return head, head_id


def _is_named(member: Member, line: Sequence[Cell]) -> bool:
    """Whether anything is said of this member but a relation, which stands there in advance, or a remark on the row."""
    return any(
        _cell(line, column) is not None
        for name, column in member.columns.items()
        if name not in ("relation", "remark")
    )


def _cell(line: Sequence[Cell], column: int | None) -> Cell:
    if column is None or column >= len(line) or cell_is_blank(line[column]):
        return None
    return line[column]
