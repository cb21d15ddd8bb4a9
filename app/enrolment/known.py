"""What the office knows that a roster is compared with: the people named, and who already stands in for what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app.programs.queries import ProgramView, conflicts_of
from app.registry.list_hits import MEANT
from app.registry.merging import same_people
from models.domain.money import Fen
from models.domain.period import first_day, last_day, periods_overlap
from models.domain.policy import Policy
from models.store.opening import Store

Held = TypeVar("Held")

# whom the money goes to, by the policy's payee rule: p is the beneficiary, h the household
PAYEE_SQL = {
    "head": "h.head_id",
    "person": "p.id",
    # the guardian registered last; a dead one only where there is no other, so that the check names them
    "guardian": "coalesce((SELECT gp.id FROM guardian g JOIN person gp ON gp.id_number = g.id_number"
    " WHERE g.person_id = p.id AND g.role = 'guardian' ORDER BY gp.is_dead, g.id DESC LIMIT 1), p.id)",
}

DIED_SQL = f"""coalesce(p.died_on, (SELECT min(e.happened_on) FROM comparison_hit x JOIN comparison_entry e ON e.id = x.entry_id
    WHERE x.person_id = p.id AND {MEANT} AND e.kind = 'deaths'))"""
"""When a person `p` died: by the registry, else by a list of deaths that means them."""


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """A person named on a roster, with household, village, head and the payee's registered account ('' if none)."""

    id: int
    name: str
    name_key: str
    birth: date | None
    died_on: str
    household_id: int
    village_id: int
    village: str
    head_birth: date | None
    payee_name: str
    payee_account: str


class Beneficiaries:
    """The registry's people by ID, looked up a chunk at a time."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._sql = f"""
            SELECT p.id_number, p.id, p.name, p.name_key, p.birth, {DIED_SQL}, p.household_id, v.id, v.name,
                   coalesce(head.birth, p.birth), coalesce(payee.name, ''), coalesce(a.number, '')
              FROM person p JOIN household h ON h.id = p.household_id JOIN village v ON v.id = h.village_id
              LEFT JOIN person head ON head.id = h.head_id
              LEFT JOIN person payee ON payee.id = {PAYEE_SQL[policy.payee]}
              LEFT JOIN account a ON a.person_id = payee.id AND a.valid_to IS NULL
             WHERE p.id_number IN """
        self._found: dict[str, Beneficiary] = {}
        self.needs_person = policy.family == "share_of_cost" or (
            policy.family == "tiered" and policy.by == "age"
        )
        """Whether the amount hangs on who the person is, not on the roster's own cells alone."""

    def look_up(self, id_numbers: Sequence[str]) -> None:
        """Load the people of a chunk."""
        wanted = sorted(set(id_numbers) - {""})
        marks = ", ".join("?" * len(wanted))
        self._found = {
            row[0]: Beneficiary(
                row[1],
                row[2],
                row[3],
                _day(row[4]),
                row[5] or "",
                row[6],
                row[7],
                row[8],
                _day(row[9]),
                row[10],
                row[11],
            )
            for row in self._store.each(f"{self._sql} ({marks})", wanted)
        }

    def found(self) -> Iterable[Beneficiary]:
        """The people of the chunk looked up last."""
        return self._found.values()

    def get(self, id_number: str) -> Beneficiary | None:
        """The person of that ID, of the chunk looked up last."""
        return self._found.get(id_number)


class Standing:
    """Who already has a live payment of this program and period, and who has something that excludes it."""

    def __init__(self, store: Store, program: ProgramView, period: str, target: str) -> None:
        self._paid: dict[int, str] = dict(
            store.rows(
                f"SELECT m.{target}_id, b.number FROM payment m JOIN batch b ON b.id = m.batch_id WHERE m.program_id = ?"
                " AND m.period = ? AND m.target = ? AND m.source_id IS NULL AND m.bucket NOT IN ('stopped', 'closed_unpaid')",
                (program.id, period, target),
            )
        )
        same = same_people(store) if target == "person" else []
        self._see_as_one(self._paid, same)
        year = period[:4]
        self._received: dict[int, int] = dict(
            store.rows(
                "SELECT household_id, sum(owed_fen - recovered_fen) FROM payment WHERE program_id = ? AND substr(period, 1, 4) = ?"
                " AND period <> ? AND source_id IS NULL AND bucket NOT IN ('stopped', 'closed_unpaid', 'recovered')"
                " GROUP BY household_id",
                (program.id, year, period),
            )
        )
        self._of_person: dict[int, tuple[str, str, str]] = {}
        self._of_household: dict[int, tuple[str, str, str]] = {}
        for pair in conflicts_of(store, program.code):
            self._load_conflict(store, period, pair.other(program.code), pair.mode, pair.scope)
        self._see_as_one(self._of_person, same_people(store))

    @staticmethod
    def _see_as_one(held: dict[int, Held], same: Sequence[tuple[int, int]]) -> None:
        """What one record of a person has, the person's other records have too."""
        held.update({one: held[other] for one, other in same if other in held and one not in held})

    def _load_conflict(self, store: Store, period: str, other: str, mode: str, scope: str) -> None:
        rows = store.rows(
            "SELECT g.name, e.period, e.person_id, e.household_id FROM enrolment e JOIN program g ON g.id = e.program_id"
            " WHERE g.code = ?1 AND e.state = 'active' AND e.valid_from <= ?3 AND coalesce(e.valid_to, ?2) >= ?2"
            " UNION ALL SELECT g.name, m.period, m.person_id, m.household_id FROM payment m JOIN program g ON g.id = m.program_id"
            " WHERE g.code = ?1 AND m.source_id IS NULL AND m.bucket NOT IN ('stopped', 'closed_unpaid', 'recovered')"
            " AND substr(m.period, 1, 4) = ?4",
            (other, first_day(period).isoformat(), last_day(period).isoformat(), period[:4]),
        )
        for name, its_period, person_id, household_id in rows:
            if its_period and not periods_overlap(its_period, period):
                continue
            held, key = (
                (self._of_person, person_id) if scope == "person" else (self._of_household, household_id)
            )
            if key not in held or mode == "互斥":
                held[key] = (name, its_period, mode)

    def paid_in(self, key: int) -> str:
        """Words for the live payment that a beneficiary already has, '' for none."""
        number = self._paid.get(key)
        return f"批次 {number} 里已有这一笔" if number else ""

    def received(self, household_id: int) -> Fen:
        """What the household already got of this program in the year, in fen."""
        return Fen(self._received.get(household_id, 0))

    def conflict(self, person_id: int, household_id: int) -> tuple[str, str, str] | None:
        """(program, period or '' for a standing one, mode) that excludes this beneficiary, 互斥 before the others."""
        found = [hit for hit in (self._of_person.get(person_id), self._of_household.get(household_id)) if hit]
        return min(found, key=lambda hit: hit[2] != "互斥", default=None)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
