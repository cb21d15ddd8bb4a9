"""An event of a household while it is put together: what it changes, what follows it, what it leaves to be decided."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.desk import Desk
from app.registry.household_cards import EventKind, HouseholdRow, QuestionKind, open_questions, since
from models.domain.period import last_day
from models.domain.refusal import Refusal
from models.store.opening import Store

HEAD: Final = "户主"
FORMER_HEAD: Final = "原户主"


class NoReasonGiven(Refusal):
    """An act on the registry without a reason."""

    form = "没有填写事由。请写明依据，例如“村委会证明”“户口簿变更”。"


class EventInFuture(Refusal):
    """An event that has not happened yet."""

    form = "变动日期 {day} 晚于业务日期 {today}。请在变动发生后办理，或改正日期。"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrolment that reaches beyond an event."""

    id: int
    program_id: int
    program: str
    period: str
    person_id: int
    household_id: int
    valid_from: str
    family: str


OF_PERSON: Final = "e.target = 'person' AND e.person_id = ?"
OF_HOUSEHOLD: Final = "e.target = 'household' AND e.household_id = ?"
OF_WARD: Final = (
    "e.target = 'person' AND e.person_id IN (SELECT g.person_id FROM guardian g JOIN person d ON d.id_number = g.id_number"
    " WHERE d.id = ?)"
)
_PAID: Final = "m.source_id IS NULL AND m.bucket NOT IN ('stopped', 'closed_unpaid')"


def open_enrolments(store: Store, day: str, condition: str, *parameters: object) -> list[Enrolled]:
    """Active enrolments that reach to the day or beyond: standing ones, and those of a period not yet in a batch."""
    rows = store.rows(
        "SELECT e.id, e.program_id, g.name, e.period, e.person_id, e.household_id, e.valid_from, coalesce((SELECT y.family FROM policy y"
        " WHERE y.program_id = e.program_id ORDER BY y.valid_from DESC LIMIT 1), '') FROM enrolment e"
        f" JOIN program g ON g.id = e.program_id WHERE e.state = 'active' AND coalesce(e.valid_to, '9999') >= ? AND {condition}"
        f" AND (e.period = '' OR NOT EXISTS (SELECT 1 FROM payment m WHERE m.enrolment_id = e.id AND {_PAID})) ORDER BY e.id",
        (day, *parameters),
    )
    return [Enrolled(*row) for row in rows]


def has_the_same(store: Store, enrolment: Enrolled, household_id: int) -> bool:
    """Whether a household has the program already, by an enrolment or for that very period by a payment."""
    return bool(
        store.value(
            "SELECT 1 FROM enrolment e WHERE e.program_id = ?1 AND e.period = ?2 AND e.target = 'household'"
            f" AND e.household_id = ?3 AND e.state = 'active' UNION ALL SELECT 1 FROM payment m WHERE m.program_id = ?1"
            f" AND m.period = ?2 AND m.target = 'household' AND m.household_id = ?3 AND {_PAID} LIMIT 1",
            (enrolment.program_id, enrolment.period, household_id),
        )
    )


def unpaid_from(store: Store, enrolment: Enrolled) -> str:
    """The first day after the last period that the enrolment's household was paid for; '' when it never was."""
    rows = store.rows(
        "SELECT DISTINCT m.period FROM payment m WHERE m.program_id = ? AND m.target = 'household' AND m.household_id = ?"
        f" AND {_PAID}",
        (enrolment.program_id, enrolment.household_id),
    )
    if enrolment.period or not rows:
        return ""
    last = max(last_day(row[0]) for row in rows)
    return date.fromordinal(last.toordinal() + 1).isoformat()


@dataclass
class Event:
    """One event while it is put together: rows change in it, and it is written with all that was before."""

    desk: Desk
    kind: EventKind
    household: HouseholdRow
    happened_on: date
    reason: str
    other: HouseholdRow | None = None
    followed: list[dict[str, object]] = field(default_factory=list)
    _before: dict[str, dict[str, dict[str, list[object]]]] = field(default_factory=dict)
    _questions: list[tuple[int, QuestionKind]] = field(default_factory=list)
    _spans: list[tuple[object, ...]] = field(default_factory=list)
    id: int = 0

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise NoReasonGiven
        if self.happened_on > self.desk.today:
            raise EventInFuture(day=self.happened_on.isoformat(), today=self.desk.day)

    @property
    def day(self) -> str:
        """The day it happened, as stored."""
        return self.happened_on.isoformat()

    @property
    def questions(self) -> int:
        """How many enrolments it leaves open."""
        return len(self._questions)

    @property
    def store(self) -> Store:
        """The open office."""
        return self.desk.store

    def change(self, table: str, row_id: int, **columns: object) -> None:
        """Change a row, and keep what it was."""
        names = list(columns)
        old = self.store.rows(f"SELECT {', '.join(names)} FROM {table} WHERE id = ?", (row_id,))[0]
        kept = self._before.setdefault(table, {}).setdefault(str(row_id), {})
        for name, was in zip(names, old, strict=True):
            kept[name] = [kept[name][0] if name in kept else was, columns[name]]
        self.store.execute(
            f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?",
            (*columns.values(), row_id),
        )

    def ask(self, enrolment_id: int, kind: QuestionKind) -> None:
        """Leave an enrolment open for a decision."""
        if not any(asked == enrolment_id for asked, _ in self._questions):
            self._questions.append((enrolment_id, kind))

    def end_span(self, household_id: int, person_id: int, role: str) -> None:
        """Somebody is head or member no longer, from this day."""
        began = since(self.store, household_id, person_id, role)
        self._spans.append((household_id, person_id, role, began, self.day))

    def set_head(self, household: HouseholdRow, head_id: int | None) -> None:
        """Give a household another head, or none; the relations that the registry words follow."""
        if household.head_id is not None:
            self.end_span(household.id, household.head_id, "head")
            if self.store.value("SELECT relation FROM person WHERE id = ?", (household.head_id,)) == HEAD:
                self.change("person", household.head_id, relation=FORMER_HEAD)
        self.change("household", household.id, head_id=head_id)
        if head_id is not None:
            self.change("person", head_id, relation=HEAD)

    def bring(self, person_id: int, household_id: int) -> None:
        """Somebody comes to live in another household; what they are entitled to in person comes along."""
        old = int(self.store.value("SELECT household_id FROM person WHERE id = ?", (person_id,)))
        self.end_span(old, person_id, "member")
        self.change("person", person_id, household_id=household_id)
        for enrolment in open_enrolments(self.store, self.day, OF_PERSON, person_id):
            self.change("enrolment", enrolment.id, household_id=household_id)
            self.follow(enrolment, "随本人转入新户")

    def write(self) -> dict[str, object]:
        """Write the event itself; gives the answer: what followed, what is to be decided, which heads have no account."""
        store = self.store
        after_run = store.value("SELECT coalesce(max(id), 0) FROM import_run")
        self.id = store.insert(
            "INSERT INTO household_event (kind, household_id, other_id, happened_on, reason, body, after_run, operator_id,"
            " recorded_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.kind, self.household.id, None if self.other is None else self.other.id, self.day, self.reason.strip(),
                json.dumps(self._before, ensure_ascii=False), after_run, self.desk.operator.id, self.desk.day,
            ),
        )  # fmt: skip
        store.execute_many(
            "INSERT INTO household_span (household_id, person_id, role, valid_from, valid_to, event_id) VALUES (?, ?, ?, ?, ?, ?)",
            [(*span, self.id) for span in self._spans],
        )
        store.execute_many(
            "INSERT INTO enrolment_question (event_id, enrolment_id, kind) VALUES (?, ?, ?)",
            [(self.id, enrolment_id, kind) for enrolment_id, kind in self._questions],
        )
        return {
            "event": self.id,
            "household": self.household.id,
            "followed": self.followed,
            "to_decide": open_questions(store, event_id=self.id),
            "without_account": self._without_account(),
        }

    def follow(self, enrolment: Enrolled, how: str) -> None:
        """Say that an enrolment went along."""
        self.followed.append(
            {
                "enrolment": enrolment.id,
                "program": enrolment.program,
                "person": enrolment.person_id,
                "how": how,
            }
        )

    def follow_head(self, household_id: int, old_head: int | None, new_head: int | None) -> None:
        """What the household is entitled to goes on under the new head; without one it waits for a decision."""
        for enrolment in open_enrolments(self.store, self.day, OF_HOUSEHOLD, household_id):
            if new_head is None:
                self.ask(enrolment.id, "head_missing")
            elif enrolment.person_id == old_head:
                self.change("enrolment", enrolment.id, person_id=new_head)
                self.follow(enrolment, "转到新户主名下")

    def _without_account(self) -> list[str]:
        """Heads of the event's households who have no account to be paid into."""
        ids = [self.household.id] if self.other is None else [self.household.id, self.other.id]
        return [
            row[0]
            for row in self.store.rows(
                "SELECT p.name FROM household h JOIN person p ON p.id = h.head_id WHERE h.id IN (SELECT value FROM json_each(?))"
                " AND h.ended_on IS NULL AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id AND a.valid_to IS NULL)",
                (json.dumps(ids),),
            )
        ]
