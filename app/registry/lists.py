"""Comparison lists 比对名单: deaths, payroll, relocations, village cadres. Every line is kept; hits are people it may mean.

A hit changes nobody's record: the pre-flight check stops or warns, and a person decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.intake.cells import read_id, read_past_day
from app.intake.checked_rows import CheckedRow, FileIntake, SheetForm
from app.intake.findings import PEOPLE
from app.registry.villages import Villages
from app.workbook.columns import DATA_ROW, DataRow, Table
from models.domain.dates import NotDate
from models.domain.near import one_slip_away
from models.domain.period import first_day
from models.domain.person_name import clean_name, name_key
from models.store.opening import Store

_UNUSABLE = ("id.missing", "id.precision_lost", "id.format")


@dataclass
class ListIntake(FileIntake):
    """One comparison list on its way in."""

    kind: str

    def __post_init__(self) -> None:
        self._villages = Villages(self.desk.store)

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Keep the lines of one sheet."""
        form = SheetForm(table, PEOPLE, self.findings)
        for row in (CheckedRow(form, row) for row in rows if row.kind == DATA_ROW):
            self.rows += 1
            id_number, fault = read_id(row.cell("id_number"))
            if fault in _UNUSABLE:
                row.say(fault, "id_number")
                continue
            self.accepted += 1
            name = clean_name(row.text("name"))
            village = row.cell("village")
            self.desk.store.execute(
                "INSERT INTO comparison_entry (run_id, kind, name, name_key, id_number, happened_on, source, village_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self.run_id, self.kind, name, name_key(name), id_number, _day(row.cell("died_on")), _source(row),
                    None if village is None else self._villages.find(village),
                ),
            )  # fmt: skip

    def finish(self) -> None:
        """Find whom each line means: the same ID; one digit off; the same name and birth date."""
        store = self.desk.store
        store.execute(
            "INSERT INTO comparison_hit (entry_id, person_id, how)"
            " SELECT e.id, p.id, 'exact' FROM comparison_entry e JOIN person p ON p.id_number = e.id_number WHERE e.run_id = ?",
            (self.run_id,),
        )
        unmatched = store.rows(
            "SELECT id, id_number, name_key FROM comparison_entry e WHERE run_id = ?"
            " AND NOT EXISTS (SELECT 1 FROM comparison_hit h WHERE h.entry_id = e.id)",
            (self.run_id,),
        )
        for entry_id, id_number, key in unmatched:
            candidates = sorted(one_slip_away(id_number))
            marks = ", ".join("?" * len(candidates))
            near = store.rows(f"SELECT id, 'one_digit' FROM person WHERE id_number IN ({marks})", candidates)
            birth = f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}"
            namesakes = store.rows(
                "SELECT id, 'name_and_birth' FROM person WHERE name_key = ? AND birth = ? AND name_key <> ''",
                (key, birth),
            )
            store.execute_many(
                "INSERT INTO comparison_hit (entry_id, person_id, how) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(entry_id, *hit) for hit in (*near, *namesakes)],
            )


def _source(row: CheckedRow) -> str:
    return " ".join(text for name in ("source", "employer") if (text := row.text(name)))


def _day(cell: object) -> str | None:
    if cell is None:
        return None
    try:
        return read_past_day(cell)
    except NotDate:
        return None


def meet_lists(store: Store, run_id: int) -> None:
    """Whom a people file brought, and an earlier list already names by ID, is hit by that list from now on."""
    store.execute(
        "INSERT INTO comparison_hit (entry_id, person_id, how)"
        " SELECT e.id, p.id, 'exact' FROM comparison_entry e CROSS JOIN person p ON p.id_number = e.id_number"
        " WHERE p.run_id = ? ON CONFLICT DO NOTHING",
        (run_id,),
    )


def hits_of(store: Store, run_id: int) -> list[dict[str, object]]:
    """Whom the list's lines mean: the line's name and ID, the person's name and ID, and how they meet.

    For the dead also the months paid after the death and the sum to recover, in fen.
    """
    rows = store.rows(
        "SELECT e.name, e.id_number, p.id, p.name, p.id_number, h.how, e.kind, e.happened_on"
        "  FROM comparison_hit h JOIN comparison_entry e ON e.id = h.entry_id JOIN person p ON p.id = h.person_id"
        " WHERE e.run_id = ? ORDER BY e.id, p.id",
        (run_id,),
    )
    found = []
    for name, id_number, person_id, known_name, known_id, how, kind, happened_on in rows:
        hit = {
            "listed_name": name, "listed_id": id_number, "person": person_id, "name": known_name, "id_number": known_id,
            "how": how, "happened_on": happened_on,
        }  # fmt: skip
        if kind == "deaths" and happened_on:
            periods, fen = paid_since(store, person_id, happened_on)
            hit |= {"periods_paid_since": periods, "to_recover_fen": fen}
        found.append(hit)
    return found


def paid_since(store: Store, person_id: int, died_on: str) -> tuple[list[str], int]:
    """Periods of person programs that begin after the month of death and were paid, and their sum in fen."""
    rows = store.rows(
        "SELECT period, owed_fen - recovered_fen FROM payment WHERE person_id = ? AND target = 'person' AND bucket = 'paid'",
        (person_id,),
    )
    late = [(period, fen) for period, fen in rows if first_day(period).isoformat()[:7] > died_on[:7]]
    return sorted({period for period, _ in late}), sum(fen for _, fen in late)
