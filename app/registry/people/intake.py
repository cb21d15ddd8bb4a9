"""A people file on its way into the registry: each row is checked, then becomes a person of a household.

One pass, in chunks: the check of a row and its taking-in are one code path, so a dry run is the same work rolled back.
"""

from collections.abc import Iterable, Mapping, Sequence

from app.intake.before import keep_before
from app.intake.cells import read_id
from app.intake.checked_rows import CHUNK, READ_IDS
from app.intake.findings import PEOPLE, finding
from app.registry.lists import meet_lists
from app.registry.people.file import PeopleFile, named_as
from app.registry.people.sheet import PeopleSheet
from app.registry.people.taken import HOUSEHOLD, PERSON, Taken
from app.workbook.columns import DATA_ROW, NOTE, DataRow, Table
from models.store.opening import Row


class PeopleIntake(PeopleFile):
    """Takes the rows of a people file in, sheet by sheet."""

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and take in the data rows of one sheet."""
        sheet = PeopleSheet(self, table)
        chunk: list[DataRow] = []
        for row in rows:
            if row.kind == DATA_ROW:
                chunk.append(row)
                if len(chunk) == CHUNK:
                    self._take(sheet, chunk)
                    chunk = []
            elif row.kind == NOTE:
                self._take(sheet, chunk)
                chunk = []
                sheet.section(row.cells)
        self._take(sheet, chunk)

    def pass_by(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Note whose rows are taken in already: the same ID in a row that comes after is a duplicate."""
        place = table.fields.index("id_number")
        for number, cells, _ in rows:
            id_number, fault = read_id(cells[place])
            if fault in READ_IDS:
                self.named.before(named_as(id_number), table.sheet.name, number)

    def finish(self) -> None:
        """After the last sheet: households that were left without a head, those too of which no row was accepted."""
        for sheet, row, column, written in self._still_headless():
            self.findings.append(finding(PEOPLE, "head.missing", sheet, row, column, written))
        meet_lists(self.desk.store, self.run_id)

    def _take(self, sheet: PeopleSheet, rows: Sequence[DataRow]) -> None:
        if not rows:
            return
        known: Mapping[str, Row] = {}
        registered: Mapping[str, Row] = {}
        if not self.is_empty:
            known = self._known_people(sheet.ids(rows))
            registered = self._registered_households(sheet.numbers(rows))
        taken = Taken(known, registered)
        sheet.check(rows, taken)
        self.rows += len(rows)
        self.desk.progress.step(self.rows)
        self._store(taken)

    def _known_people(self, ids: Sequence[str]) -> dict[str, Row]:
        rows = self.desk.store.each(
            f"SELECT id_number, id, {', '.join(PERSON)} FROM person WHERE id_number IN ({', '.join('?' * len(ids))})",
            ids,
        )
        return {row[0]: row[1:] for row in rows}

    def _registered_households(self, numbers: Sequence[str]) -> dict[str, Row]:
        rows = self.desk.store.each(
            f"SELECT id, {', '.join(HOUSEHOLD)} FROM household WHERE number IN ({', '.join('?' * len(numbers))})",
            numbers,
        )
        return {row[1]: row for row in rows}

    def _store(self, taken: Taken) -> None:
        """Write what the chunk brought: households, people, heads and guardians, and what they were before."""
        store = self.desk.store
        store.execute_many(
            "INSERT INTO household (id, number, village_id, group_number, group_text, run_id) VALUES (?, ?, ?, ?, ?, ?)",
            taken.households,
        )
        store.execute_many(
            f"INSERT INTO person (id, id_number, id_kind, {', '.join(PERSON)}, run_id)"
            f" VALUES ({', '.join('?' * (len(PERSON) + 4))})",
            taken.people,
        )
        if taken.moved:
            keep_before(store, self.run_id, "household", HOUSEHOLD, taken.stood)
            store.execute_many(
                f"UPDATE household SET {', '.join(f'{name} = ?' for name in HOUSEHOLD)} WHERE id = ?",
                taken.moved,
            )
        if taken.changed:
            keep_before(store, self.run_id, "person", PERSON, taken.before)
            store.execute_many(
                f"UPDATE person SET {', '.join(f'{name} = ?' for name in PERSON)} WHERE id = ?",
                taken.changed,
            )
            self.updated += len(taken.changed)
        if taken.left:
            self._set_heads([(None, household_id, person_id) for person_id, household_id in taken.left])
        if taken.heads:
            self._set_heads([(person_id, household_id, None) for person_id, household_id in taken.heads])
        if taken.guardians:
            store.execute_many(
                "INSERT INTO guardian (person_id, role, name, id_number, relation, reason, run_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                taken.guardians,
            )

    def _set_heads(self, heads: Sequence[tuple[int | None, int, int | None]]) -> None:
        """Give households their heads: (the new one, the household, the only head who may be replaced or None for any)."""
        store = self.desk.store
        old = [household for _, household, _ in heads if household < self.first_household]
        if old:
            marks = ", ".join("?" * len(old))
            had: dict[int, int | None] = dict(
                store.rows(f"SELECT id, head_id FROM household WHERE id IN ({marks})", old)
            )
            heads = [
                (new, household, only) for new, household, only in heads
                if household >= self.first_household or (had[household] != new and only in (None, had[household]))
            ]  # fmt: skip
            before = [(household, had[household]) for _, household, _ in heads if household in had]
            keep_before(store, self.run_id, "household", ("head_id",), before)
        store.execute_many("UPDATE household SET head_id = ? WHERE id = ?", [head[:2] for head in heads])

    def _still_headless(self) -> list[tuple[str, int, str, str]]:
        """First rows of the households for which neither this file nor the registry has a head."""
        if not self.headless:
            return []
        store = self.desk.store
        headed = {row[0] for row in store.each("SELECT id FROM household WHERE head_id IS NOT NULL")}

        return [
            first for key, first in self.headless.items()
            if (self.households.get(key) or store.value("SELECT id FROM household WHERE number = ?", (key,))) not in headed
        ]  # fmt: skip
