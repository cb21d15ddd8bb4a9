"""The account file 账户清册: each row is checked against the registry, then becomes a person's open account."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.desk import Desk
from app.intake.before import keep_before
from app.intake.cells import as_written, birth_in, read_account, read_id, text_of
from app.intake.findings import ACCOUNTS, Finding, finding
from app.registry.villages import Villages
from app.workbook.columns import DATA_ROW, DataRow, Table
from models.domain.bankaccount import luhn_fails
from models.domain.person_name import clean_name, name_key

CHUNK = 5_000

_ACCOUNT = ("number", "holder", "bank", "medium", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the registry knows of the person of a row."""

    id: int
    name: str
    name_key: str
    household_id: int


@dataclass
class AccountIntake:
    """One account file on its way into the registry."""

    desk: Desk
    run_id: int
    rows: int = 0
    accepted: int = 0
    cleaned: int = 0
    updated: int = 0
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._villages = Villages(self.desk.store)
        self._first: dict[int, tuple[str, int]] = {}
        self._claimed: dict[str, dict[int, str]] = {}

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and take in the data rows of one sheet."""
        sheet, headings = table.sheet.name, table.headings
        columns = {name: place for place, name in enumerate(table.fields)}
        chunk: list[tuple[int, Sequence[object]]] = []
        for row in rows:
            if row.kind != DATA_ROW:
                continue
            chunk.append((row.number, row.cells))
            if len(chunk) == CHUNK:
                self._take(sheet, columns, headings, chunk)
                chunk = []
        if chunk:
            self._take(sheet, columns, headings, chunk)

    def finish(self) -> None:
        """Nothing waits for the end of an account file."""

    def first_of(self, person_id: int) -> tuple[str, int] | None:
        """The number and row under which this person stood before in the file."""
        return self._first.get(person_id)

    def remember(self, person_id: int, number: str, row: int) -> None:
        """Keep the number and row of a person of this file."""
        self._first[person_id] = (number, row)

    def claimed(self, number: str) -> Mapping[int, str]:
        """Which households had this number earlier in the file, with the person's name."""
        return self._claimed.get(number, {})

    def claim(self, number: str, person: _Known) -> None:
        """An accepted row gives the number to the person's household."""
        self._claimed.setdefault(number, {})[person.household_id] = person.name

    def is_village(self, cell: object) -> bool:
        """Whether the cell names one of the office's villages."""
        return self._villages.find(cell) is not None

    def _take(
        self,
        sheet: str,
        columns: Mapping[str, int],
        headings: Mapping[str, str],
        chunk: Sequence[tuple[int, Sequence[object]]],
    ) -> None:
        self.rows += len(chunk)
        self.desk.progress.step(self.rows)
        people = self._known_people([cells[columns["id_number"]] for _, cells in chunk])
        holders = self._holders([cells[columns["account"]] for _, cells in chunk])
        accepted: list[tuple[int, str, str, str, str]] = []
        for number, cells in chunk:
            row = _AccountRow(self, sheet, number, columns, headings, cells)
            person = row.person(people)
            row.name(person)
            row.village()
            account = row.account(person, holders)
            if row.rejected or person is None:
                continue
            self.accepted += 1
            if not row.repeated:
                accepted.append(
                    (person.id, account, row.holder(person), row.text("bank"), row.text("medium"))
                )
        self._store(accepted)

    def _known_people(self, cells: Sequence[object]) -> dict[str, _Known]:
        ids = sorted({read_id(cell)[0] for cell in cells} - {""})
        marks = ", ".join("?" * len(ids))
        rows = self.desk.store.each(
            f"SELECT id_number, id, name, name_key, household_id FROM person WHERE id_number IN ({marks})",
            ids,
        )
        return {row[0]: _Known(*row[1:]) for row in rows}

    def _holders(self, cells: Sequence[object]) -> dict[str, dict[int, str]]:
        """Who holds these numbers already: number → household → the holder's name."""
        numbers = sorted({read_account(cell)[0] for cell in cells} - {""})
        marks = ", ".join("?" * len(numbers))
        found: dict[str, dict[int, str]] = {}
        for number, household_id, name in self.desk.store.each(
            "SELECT a.number, p.household_id, p.name FROM account a JOIN person p ON p.id = a.person_id"
            f" WHERE a.valid_to IS NULL AND a.number IN ({marks})",
            numbers,
        ):
            found.setdefault(number, {})[household_id] = name
        return found

    def _store(self, accepted: Sequence[tuple[int, str, str, str, str]]) -> None:
        """A new number closes the old account; the same number only fills in what changed."""
        store = self.desk.store
        day = self.desk.day
        people = [row[0] for row in accepted]
        marks = ", ".join("?" * len(people))
        old = {
            row[1]: row
            for row in store.each(
                f"SELECT id, person_id, {', '.join(_ACCOUNT)} FROM account WHERE valid_to IS NULL AND person_id IN ({marks})",
                people,
            )
        }
        fresh, changed, before = [], [], []
        for person_id, number, holder, bank, medium in accepted:
            was = old.get(person_id)
            if was is None:
                fresh.append((person_id, number, holder, bank, medium, day, self.run_id))
                continue
            account_id, _, old_number, old_holder, old_bank, old_medium, valid_from, valid_to = was
            if old_number != number:
                changed.append(
                    (
                        old_number,
                        old_holder,
                        old_bank,
                        old_medium,
                        valid_from,
                        max(day, valid_from),
                        account_id,
                    )
                )
                fresh.append((person_id, number, holder, bank, medium, day, self.run_id))
            elif (holder, bank or old_bank, medium or old_medium) != (old_holder, old_bank, old_medium):
                changed.append(
                    (number, holder, bank or old_bank, medium or old_medium, valid_from, valid_to, account_id)
                )
            else:
                continue
            before.append((account_id, *was[2:]))
        if changed:
            keep_before(store, self.run_id, "account", _ACCOUNT, before)
            store.execute_many(
                f"UPDATE account SET {', '.join(f'{name} = ?' for name in _ACCOUNT)} WHERE id = ?", changed
            )
            self.updated += len(changed)
        store.execute_many(
            "INSERT INTO account (person_id, number, holder, bank, medium, valid_from, run_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            fresh,
        )


class _AccountRow:
    """One row while it is being checked."""

    def __init__(
        self,
        intake: AccountIntake,
        sheet: str,
        number: int,
        columns: Mapping[str, int],
        headings: Mapping[str, str],
        cells: Sequence[object],
    ) -> None:
        self._intake = intake
        self._sheet = sheet
        self._number = number
        self._columns = columns
        self._headings = headings
        self._cells = cells
        self.rejected = False
        self.repeated = False

    def cell(self, field_name: str) -> object:
        """The cell of a field, None where the file has no such column."""
        place = self._columns.get(field_name)
        return None if place is None else self._cells[place]

    def text(self, field_name: str) -> str:
        """The cell of a field as trimmed text."""
        cell = self.cell(field_name)
        return "" if cell is None else text_of(cell).strip()

    def _say(self, code: str, field_name: str, **facts: object) -> None:
        made = finding(
            ACCOUNTS,
            code,
            self._sheet,
            self._number,
            self._headings.get(field_name, ""),
            as_written(self.cell(field_name)),
            facts,
        )
        self.rejected |= made.level == "error"
        self._intake.findings.append(made)

    def person(self, people: Mapping[str, _Known]) -> _Known | None:
        """Whose account it is; None when the ID cannot be read or is not in the registry."""
        cell = self.cell("id_number")
        id_number, fault = read_id(cell)
        known = people.get(id_number)
        if known is not None and fault in (None, "id.fifteen", "id.other_document"):
            if fault == "id.fifteen":
                self._say(fault, "id_number", upgraded=id_number)
            elif id_number != cell:
                self._intake.cleaned += 1
            return known
        if fault in (None, "id.fifteen", "id.other_document"):
            self._say("person.unknown", "id_number")
        else:
            self._say(fault, "id_number", length=len(id_number), birth=birth_in(id_number))
        return None

    def name(self, person: _Known | None) -> None:
        """The name beside the ID: the person's, or the holder's 户名 where that is all there is."""
        field_name = "name" if "name" in self._columns else "holder"
        name = self.text(field_name)
        if person is not None and name and name_key(name) != person.name_key:
            self._say("name.mismatch", field_name, known=person.name)

    def village(self) -> None:
        """A village that the file names must be one of the office's."""
        cell = self.cell("village")
        if cell is not None and not self._intake.is_village(cell):
            self._say("village.unknown", "village")

    def account(self, person: _Known | None, holders: Mapping[str, Mapping[int, str]]) -> str:
        """The number, with the first finding that applies to its cell."""
        intake = self._intake
        cell = self.cell("account")
        number, fault = read_account(cell)
        if fault is not None:
            self._say(fault, "account")
            return ""
        if number != cell:
            intake.cleaned += 1
        if person is not None:
            first = intake.first_of(person.id)
            if first is not None:
                if first[0] != number:
                    self._say("account.conflict", "account", first=first[1], known=f"…{first[0][-4:]}")
                    return ""
                self.repeated = True
                self._say("row.repeated", "id_number", first=first[1])
                return number
            intake.remember(person.id, number, self._number)
        if "折" not in self.text("medium") and luhn_fails(number):
            self._say("account.luhn", "account")
        elif person is not None:
            others = {**holders.get(number, {}), **intake.claimed(number)}
            others.pop(person.household_id, None)
            if others:
                self._say("account.shared", "account", holder=next(iter(others.values())))
        if person is not None and not self.rejected:
            intake.claim(number, person)
        return number

    def holder(self, person: _Known) -> str:
        """The holder's name as the file writes it, else the person's."""
        written = self.text("holder") or self.text("name")
        return clean_name(written) if written else person.name
