"""The account file 账户清册: each row is checked against the registry, then becomes a person's open account."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.intake.before import keep_before
from app.intake.cells import read_account, read_id, word_of
from app.intake.checked_rows import CHUNK, READ_IDS, CheckedRow, MendableIntake, SheetForm, data_chunks
from app.intake.digests import digester
from app.intake.findings import ACCOUNTS, Places
from app.intake.repairs import DOUBTFUL_ACCOUNTS, DOUBTFUL_IDS, Candidate, Doubt
from app.registry.aliases import Aliases
from app.registry.villages import Villages
from app.workbook.columns import DataRow, Table
from app.workbook.reading import ErrorCell
from models.domain.bankaccount import luhn_fails
from models.domain.damage import could_be, damage_in_account
from models.domain.person_name import clean_name, name_key

_ACCOUNT = ("number", "holder", "bank", "medium", "valid_from", "valid_to", "row_digest", "row_run")

_ZEROS_LOST = "账号按数字存放，开头的 0 已经丢失（显示为 {written}，登记的是 {known}）。请把这一列设为“文本”格式，照卡或存折重新填写。"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the registry knows of the person of a row."""

    id: int
    name: str
    name_key: str
    household_id: int


class _Open(NamedTuple):
    """A person's open account as it stood before the rows at hand, and of which row of which run."""

    number: str
    row_digest: int | None
    row_run: int | None


class _Accepted(NamedTuple):
    """What an accepted row says of a person's account."""

    person_id: int
    number: str
    holder: str
    bank: str
    medium: str
    row_digest: int


@dataclass
class AccountIntake(MendableIntake):
    """One account file on its way into the registry."""

    def __post_init__(self) -> None:
        self._villages = Villages(self.desk.store)
        self._banks = Aliases(self.desk.store, "bank")
        self._places = Places()
        self._first: dict[int, tuple[str, int]] = {}
        self._taken: set[int] = set()
        self._claimed: dict[str, dict[int, _Known]] = {}
        self._same: set[int] = set()

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and take in the data rows of one sheet."""
        form, digest = SheetForm(table, ACCOUNTS, self.findings), digester(table.fields)
        for chunk in data_chunks(rows):
            self._take(form, chunk, digest)

    def pass_by(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Note whose accounts are taken in already: another number for them in a row that comes after is a conflict."""
        of_person, of_account = table.fields.index("id_number"), table.fields.index("account")
        standing = [
            (row.number, read_id(row.cells[of_person])[0], read_account(row.cells[of_account])[0])
            for row in rows
        ]
        for start in range(0, len(standing), CHUNK):
            chunk = standing[start : start + CHUNK]
            people = self._known_people([id_number for _, id_number, _ in chunk])
            for row, id_number, number in chunk:
                if number and (person := people.get(id_number)) and person.id not in self._first:
                    self.remember(person.id, number, table.sheet.name, row)

    def stands(self, person: Candidate) -> bool:
        """Whether the file names this person already."""
        return person.person_id in self._first

    def finish(self) -> None:
        """Nothing waits for the end of an account file."""

    def first_of(self, person_id: int, sheet: str) -> tuple[str, str] | None:
        """The number under which this person stood before in the file, and words for where."""
        first = self._first.get(person_id)
        return None if first is None else (first[0], self._places.words(first[1], sheet))

    def remember(self, person_id: int, number: str, sheet: str, row: int) -> None:
        """Keep the number and place of a person of this file."""
        self._first[person_id] = (number, self._places.number(sheet, row))

    def sharing(self, number: str, person: _Known, registered: Iterable[_Known]) -> str:
        """Whose number it is already, of another household: by this file, else by the registry; '' for nobody's.

        Who got another number earlier in this file has the registered one no more.
        """
        held = [one for one in registered if self._first.get(one.id, (number, 0))[0] == number]
        others = (
            one
            for one in (*held, *self._claimed.get(number, {}).values())
            if one.household_id != person.household_id
        )
        return next((one.name for one in others), "")

    def claim(self, number: str, person: _Known) -> None:
        """An accepted row gives the number to the person."""
        self._claimed.setdefault(number, {})[person.id] = person

    def village_of(self, cell: object) -> int | None:
        """The village of the office that the cell names."""
        return self._villages.find(cell)

    def _take(
        self, form: SheetForm, chunk: Sequence[DataRow], digest_of: Callable[[Sequence[object]], int]
    ) -> None:
        self.rows += len(chunk)
        self.desk.progress.step(self.rows)
        checked = [_AccountRow(self, form, row) for row in chunk]
        people = self._known_people([row.cell("id_number") for row in checked])
        holders = self._holders([row.cell("account") for row in checked])
        standing = self._standing([person.id for person in people.values()])
        accepted: list[_Accepted] = []
        for row in checked:
            digest = digest_of(row.row.cells)
            if self._is_unchanged(row, digest, people, standing):
                continue
            person = row.person(people)
            row.village()
            account = row.account(person, holders, standing)
            if not row.repeated:
                row.name(person)
            if row.rejected or person is None:
                continue
            self.accepted += 1
            if person.id not in self._taken:
                self._taken.add(person.id)
                bank = self._banks.meant(row.text("bank"))
                accepted.append(
                    _Accepted(person.id, account, row.holder(person), bank, row.text("medium"), digest)
                )
        self._store(accepted)

    def _is_unchanged(
        self, row: "_AccountRow", digest: int, people: Mapping[str, _Known], standing: Mapping[int, _Open]
    ) -> bool:
        """Whether an earlier run took in this very row, and nothing else of the person since: then nothing is done or said.

        A copy of such a row further down is as little news as it was then.
        """
        if not standing:
            return False
        person = people.get(read_id(row.cell("id_number"))[0])
        opened = None if person is None else standing.get(person.id)
        if (
            person is None
            or opened is None
            or opened.row_digest != digest
            or opened.row_run in (None, self.run_id)
        ):
            return False
        if person.id in self._first and person.id not in self._same:
            return False
        if person.id not in self._same:
            self._same.add(person.id)
            row.stays(person, opened.number)
        self.accepted += 1
        self.unchanged[opened.row_run or 0] += 1
        return True

    def _standing(self, people: Sequence[int]) -> dict[int, _Open]:
        """The open accounts of these people."""
        return {
            row[0]: _Open(*row[1:])
            for row in self.desk.store.each(
                "SELECT a.person_id, a.number, a.row_digest, a.row_run FROM json_each(?) j"
                " CROSS JOIN account a ON a.person_id = j.value WHERE a.valid_to IS NULL",
                (json.dumps(people),),
            )
        }

    def _known_people(self, cells: Sequence[object]) -> dict[str, _Known]:
        ids = sorted({read_id(cell)[0] for cell in cells} - {""})
        marks = ", ".join("?" * len(ids))
        rows = self.desk.store.each(
            f"SELECT id_number, id, name, name_key, household_id FROM person WHERE id_number IN ({marks})",
            ids,
        )
        return {row[0]: _Known(*row[1:]) for row in rows}

    def _holders(self, cells: Sequence[object]) -> dict[str, list[_Known]]:
        """The people whose registered number one of these is."""
        numbers = sorted({read_account(cell)[0] for cell in cells} - {""})
        marks = ", ".join("?" * len(numbers))
        found: dict[str, list[_Known]] = {}
        for number, *person in self.desk.store.each(
            "SELECT a.number, p.id, p.name, p.name_key, p.household_id FROM account a JOIN person p ON p.id = a.person_id"
            f" WHERE a.valid_to IS NULL AND a.number IN ({marks}) ORDER BY a.id",
            numbers,
        ):
            found.setdefault(number, []).append(_Known(*person))
        return found

    def _store(self, accepted: Sequence[_Accepted]) -> None:
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
        fresh: list[tuple[object, ...]] = []
        changed: list[tuple[object, ...]] = []
        before: list[tuple[object, ...]] = []
        for one in accepted:
            was = old.get(one.person_id)
            opened = (*one[:5], day, one.row_digest, self.run_id, self.run_id)
            if was is None:
                fresh.append(opened)
                continue
            account_id, _, number, holder, bank, medium, valid_from, _, *row_before = was
            if number != one.number:
                closed_on = max(day, valid_from)
                changed.append((number, holder, bank, medium, valid_from, closed_on, *row_before, account_id))
                fresh.append(opened)
            else:
                now = (one.holder, one.bank or bank, one.medium or medium)
                if now == (holder, bank, medium):
                    continue
                changed.append((number, *now, valid_from, None, one.row_digest, self.run_id, account_id))
            before.append((account_id, *was[2:]))
        if changed:
            keep_before(store, self.run_id, "account", _ACCOUNT, before)
            store.execute_many(
                f"UPDATE account SET {', '.join(f'{name} = ?' for name in _ACCOUNT)} WHERE id = ?", changed
            )
            self.updated += len(changed)
        store.execute_many(
            "INSERT INTO account (person_id, number, holder, bank, medium, valid_from, row_digest, row_run, run_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            fresh,
        )


class _AccountRow(CheckedRow):
    """One row while it is being checked."""

    def __init__(self, intake: AccountIntake, form: SheetForm, row: DataRow) -> None:
        super().__init__(form, row)
        self._intake = intake
        self._name_field = "name" if "name" in form.columns else "holder"
        self.repeated = False

    def _doubt(self, code: str, field_name: str, person: _Known | None = None, registered: str = "") -> None:
        """A cell of which the registry may make something."""
        village = self.cell("village")
        self._intake.doubts.append(
            Doubt(
                self.form.sheet, self.row.number, field_name, self.form.headings.get(field_name, ""), self.cell(field_name), code,
                name_key(self.text(self._name_field)), None if village is None else self._intake.village_of(village),
                None if person is None else person.id, registered,
            )
        )  # fmt: skip

    def stays(self, person: _Known, number: str) -> None:
        """An unchanged row: its person stands in the file, under the registered number."""
        self._intake.remember(person.id, number, self.form.sheet, self.row.number)

    def person(self, people: Mapping[str, _Known]) -> _Known | None:
        """Whose account it is; None when the ID cannot be read or is not in the registry."""
        cell = self.cell("id_number")
        id_number, fault = read_id(cell)
        known = people.get(id_number)
        if fault not in READ_IDS:
            self.say_of_id(fault, id_number)
            if fault in DOUBTFUL_IDS:
                self._doubt(fault, "id_number")
            return None
        if known is None:
            self.say("person.unknown", "id_number")
            self._doubt("person.unknown", "id_number")
        elif fault == "id.fifteen":
            self.say_of_id(fault, id_number)
        elif id_number != cell:
            self._intake.cleaned += 1
        return known

    def name(self, person: _Known | None) -> None:
        """The name beside the ID: the person's, or the holder's 户名 where that is all there is."""
        field_name = self._name_field
        name = self.text(field_name)
        is_error = isinstance(self.cell(field_name), ErrorCell)
        if person is not None and (is_error or (name and name_key(name) != person.name_key)):
            self.say("name.mismatch", field_name, known=person.name)

    def village(self) -> None:
        """A village that the file names must be one of the office's."""
        cell = self.cell("village")
        if cell is not None and self._intake.village_of(cell) is None:
            self.say("village.unknown", "village")

    def account(
        self,
        person: _Known | None,
        holders: Mapping[str, Sequence[_Known]],
        standing: Mapping[int, _Open],
    ) -> str:
        """The number, with the first finding that applies to its cell; a person who comes again is compared no further.

        A number registered by an earlier run is no conflict: this file changes it. But a number cell that is the registered
        number without its leading zeros changes nothing: it has lost digits.
        """
        intake = self._intake
        cell = self.cell("account")
        number, fault = read_account(cell)
        if fault is not None:
            self.say(fault, "account")
            if person is not None and fault in DOUBTFUL_ACCOUNTS:
                self._doubt(fault, "account", person)
            return ""
        known = standing.get(person.id) if person is not None else None
        if known is not None and person is not None and known.number[0] == "0" and not isinstance(cell, str):
            damage = damage_in_account(cell)
            if damage is not None and could_be(damage, known.number):
                tail = f"{known.number[: -len(number)]}…{number[-4:]}"
                self.say("account.precision_lost", "account", form=_ZEROS_LOST, known=tail)
                self._doubt("account.precision_lost", "account", person, known.number)
                return ""
        if number != cell:
            intake.cleaned += 1
        first = None if person is None else intake.first_of(person.id, self.form.sheet)
        if first is not None:
            self.repeated = True
            if first[0] == number:
                self.say("row.repeated", "account", first=first[1])
            else:
                self.say("account.conflict", "account", first=first[1], known=f"…{first[0][-4:]}")
            return number
        if "折" not in word_of(self.cell("medium")) and luhn_fails(number):
            self.say("account.luhn", "account")
            if person is not None:
                self._doubt("account.luhn", "account", person)
        elif person is not None and (holder := intake.sharing(number, person, holders.get(number, ()))):
            self.say("account.shared", "account", holder=holder)
        if person is not None:
            intake.remember(person.id, number, self.form.sheet, self.row.number)
            if not self.rejected:
                intake.claim(number, person)
        return number

    def holder(self, person: _Known) -> str:
        """The holder's name as the file writes it, else the person's."""
        written = self.text("holder") or self.text("name")
        return clean_name(written) if written else person.name
