"""What the checks of every kind of file share: data rows in chunks, a row that reads its own cells and says what is wrong."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from itertools import islice
from typing import Final

from app.desk import Desk
from app.intake.cells import as_written, birth_in, text_in
from app.intake.findings import ERROR, Finding, Places, finding
from app.intake.repairs import Doubt
from app.workbook.columns import DATA_ROW, DataRow, Table
from models.domain.money import Fen, NotMoney, TooManyDecimals, fen_from_cell

CHUNK: Final = 5_000
"""Rows whose people are looked up at once."""

READ_IDS: Final = (None, "id.fifteen", "id.other_document")
"""What `read_id` may say of a number that can be used."""


@dataclass
class FileIntake:
    """One file on its way in: how many rows it has, what became of them, what is wrong with them (see `SheetTaker`)."""

    desk: Desk
    run_id: int
    _: KW_ONLY
    rows: int = 0
    accepted: int = 0
    cleaned: int = 0
    updated: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass
class MendableIntake(FileIntake):
    """A file whose rows may come again mended (see `Mendable`)."""

    unchanged: Counter[int] = field(default_factory=Counter, kw_only=True)
    doubts: list[Doubt] = field(default_factory=list, kw_only=True)


def data_chunks(rows: Iterable[DataRow], most: int = CHUNK) -> Iterator[list[DataRow]]:
    """The data rows of a sheet, at most so many together; totals and notes are passed over."""
    of_people = (row for row in rows if row.kind == DATA_ROW)
    while chunk := list(islice(of_people, most)):
        yield chunk


class FirstPlaces:
    """Where each person or payment stood first in a file."""

    def __init__(self) -> None:
        self._places = Places()
        self._first: dict[Hashable, int] = {}

    def before(self, key: Hashable, sheet: str, row: int) -> str:
        """Words for where `key` stood before, '' for nowhere; it is then known to stand here."""
        place = self._places.number(sheet, row)
        first = self._first.setdefault(key, place)
        return "" if first == place else self._places.words(first, sheet)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._first


class SheetForm:
    """Where the fields of a sheet stand, by which table of its kind its findings are worded, and where they go."""

    def __init__(self, table: Table, kinds: Mapping[str, tuple[str, str]], found: list[Finding]) -> None:
        self.sheet = table.sheet.name
        self.columns = {name: place for place, name in enumerate(table.fields)}
        self.headings = table.headings
        self.scale = table.scale
        self.kinds = kinds
        self.found = found

    def cell(self, row: DataRow, field: str) -> object:
        """The cell of a field, None where the sheet has no such column."""
        place = self.columns.get(field)
        return None if place is None else row.cells[place]

    def heading(self, field: str) -> str:
        """The column's heading as written, '' where there is none."""
        return self.headings.get(field, "")

    def scale_of(self, field: str) -> int:
        """What the column's numbers are multiplied by to be yuan (10000 under 万元)."""
        return self.scale.get(field, 1)

    def has(self, field: str) -> bool:
        """Whether the sheet has such a column."""
        return field in self.columns


class CheckedRow:
    """One row while it is being checked. What is said of a cell is a finding; an error rejects the row."""

    def __init__(self, form: SheetForm, row: DataRow) -> None:
        self.form = form
        self.row = row
        self.rejected = False

    def cell(self, field: str) -> object:
        """The cell of a field, None where the sheet has no such column."""
        return self.form.cell(self.row, field)

    def text(self, field: str) -> str:
        """The cell of a field as text to be kept, '' for an empty one."""
        return text_in(self.cell(field))

    def money(self, field: str) -> tuple[Fen | None, str]:
        """The money of a cell, or None and the code of what is wrong with it."""
        try:
            return fen_from_cell(self.cell(field), self.form.scale_of(field)), ""
        except TooManyDecimals:
            return None, "amount.decimals"
        except NotMoney:
            return None, "amount.not_a_number"

    def positive_money(self, field: str) -> Fen | None:
        """The money of a cell that must be more than nothing; None when a finding says why it is not."""
        fen, fault = self.money(field)
        if fen is not None and fen > 0:
            return fen
        self.say(fault or "amount.not_positive", field)
        return None

    def made(
        self,
        code: str,
        field: str,
        facts: Mapping[str, object],
        *,
        level: str | None = None,
        form: str | None = None,
    ) -> Finding:
        """A finding of a field's cell; `level` and `form` override those of its kind."""
        return finding(
            self.form.kinds, code, self.form.sheet, self.row.number, self.form.heading(field), as_written(self.cell(field)),
            facts, level=level, form=form,
        )  # fmt: skip

    def say(
        self, code: str, field: str, *, level: str | None = None, form: str | None = None, **facts: object
    ) -> None:
        """Add a finding of a field's cell."""
        made = self.made(code, field, facts, level=level, form=form)
        self.rejected |= made.level == ERROR
        self.form.found.append(made)

    def say_of_id(self, fault: str, id_number: str, field: str = "id_number") -> None:
        """A finding of an ID that cannot be used, or of one of 15 digits that was upgraded; `fault` is what `read_id` says."""
        self.say(fault, field, length=len(id_number), birth=birth_in(id_number), upgraded=id_number)
