"""Household events 户变动: the head dies or steps down, a household splits, joins another, moves to another village.

An event is final and keeps every row as it was, so that who was head or member, from when to when, can be answered years
later. What the household is entitled to follows where that is certain, and is listed as a question where it is not: nothing
of it changes in silence.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.desk import Desk
from app.registry.household_cards import (
    EventKind,
    HouseholdRow,
    QuestionKind,
    household_row,
    open_questions,
    since,
)
from app.registry.villages import Villages
from models.domain.division import group_number
from models.domain.masking import mask_id
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


class NoHead(Refusal):
    """The household has no head who could die."""

    form = "户“{household}”没有登记户主。请用“更换户主”登记一位。"


class DeathDayMissing(Refusal):
    """Neither the registry nor the clerk knows when the head died."""

    form = "没有 {name} 的死亡日期。请填写日期，停发从哪个月起要按它算。"


class DeathDayDiffers(Refusal):
    """The registry has another day of death."""

    form = "{name} 登记的死亡日期是 {known}，这里写的是 {day}。请核对后改成一致。"


class NotAMember(Refusal):
    """Somebody who does not live in the household."""

    form = "{name} 不是户“{household}”的成员。请从本户成员中选择：{members}。"


class HeadNotAlive(Refusal):
    """A dead person cannot be head."""

    form = "{name} 登记为已死亡，不能做户主。请另选一位，或先更正登记。"


class HeadNotSaid(Refusal):
    """A household would be left without anybody having said who its head is."""

    form = "户“{household}”要有新户主：请选一位（{members}），或写明暂时没有户主。"


class NobodyMoves(Refusal):
    """A split that takes nobody, or everybody."""

    form = "分户要有人分出、有人留下：户“{household}”共 {members} 人，选了 {chosen} 人。全户搬走请用“迁移”。"


class NumberTaken(Refusal):
    """The number of the new household belongs to another one."""

    form = "户编号“{number}”已经是另一户的。请核对新户的户编号，或先不填。"


class SameHousehold(Refusal):
    """A household cannot be merged into itself."""

    form = "户“{household}”不能并入自己。请核对要并入的户编号。"


class VillageUnknown(Refusal):
    """A move to a village that is not the office's."""

    form = "本办公点没有“{village}”。请核对村（社区）名称；迁出本乡镇的，请登记注销。"


class NothingChanges(Refusal):
    """A move to where the household is already."""

    form = "户“{household}”已经在 {village} {group}，没有变动。请核对要迁往的村和组。"


# -- the events ---------------------------------------------------------------------------------------------


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

    def bring(self, person_id: int, household_id: int, relation: str | None = None) -> None:
        """Somebody comes to live in another household; what they are entitled to in person comes along."""
        old = int(self.store.value("SELECT household_id FROM person WHERE id = ?", (person_id,)))
        self.end_span(old, person_id, "member")
        columns: dict[str, object] = {"household_id": household_id}
        if relation is not None:
            columns["relation"] = relation
        self.change("person", person_id, **columns)
        for enrolment in _open(self.store, self.day, "e.target = 'person' AND e.person_id = ?", person_id):
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

    def follow(self, enrolment: "Enrolled", how: str) -> None:
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
        for enrolment in _open(self.store, self.day, _OF_HOUSEHOLD, household_id):
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


def known_death(store: Store, household: HouseholdRow) -> date:
    """The head's day of death as registered. Raises NoHead, DeathDayMissing."""
    if household.head_id is None:
        raise NoHead(household=household.shown)
    known = _died(store, household.head_id)
    if not known:
        raise DeathDayMissing(name=_named(store, household.head_id))
    return date.fromisoformat(known)


def let_head_die(event: Event, died_on: date, new_head: int | None, *, head_missing: bool) -> None:
    """户主死亡: the head is dead from a day; another member is head, or is said to be missing."""
    household, store = event.household, event.store
    if household.head_id is None:
        raise NoHead(household=household.shown)
    name, known = _named(store, household.head_id), _died(store, household.head_id)
    if known and known != died_on.isoformat():
        raise DeathDayDiffers(name=name, known=known, day=died_on.isoformat())
    chosen = _chosen_head(store, household, new_head, head_missing, without={household.head_id})
    event.change("person", household.head_id, is_dead=1, died_on=died_on.isoformat())
    event.set_head(household, chosen)
    event.follow_head(household.id, household.head_id, chosen)
    for enrolment in _open(store, event.day, "e.target = 'person' AND e.person_id = ?", household.head_id):
        event.ask(enrolment.id, "beneficiary_died")
    for enrolment in _open(store, event.day, _OF_WARD, household.head_id):
        event.ask(enrolment.id, "payee_died")


def change_head(event: Event, new_head: int) -> None:
    """更换户主: another member is head while the old one lives on in the household (or there was none)."""
    household = event.household
    chosen = _chosen_head(event.store, household, new_head, head_missing=False)
    event.set_head(household, chosen)
    event.follow_head(household.id, household.head_id, chosen)


def split(
    event: Event,
    members: Sequence[int],
    new_head: int,
    *,
    staying_head: int | None = None,
    head_missing: bool = False,
    number: str = "",
    village_id: int | None = None,
    group_text: str = "",
) -> HouseholdRow:
    """分户: some members become a household of their own; gives it.

    When the head is among them, the rest need a head too. What is the household's stays with those who stay, and every bit
    of it waits for a decision: land is to be divided, and relief is to be reckoned anew.
    """
    household, store = event.household, event.store
    living = _members(store, household.id)
    going = list(dict.fromkeys(members))
    if not going or len(going) >= len(living):
        raise NobodyMoves(household=household.shown, members=len(living), chosen=len(going))
    for person_id in going:
        _require_member(store, household, person_id)
    if new_head not in going:
        raise NotAMember(name=_named(store, new_head), household="新户", members=_listed(store, going))
    _require_living(store, new_head)
    if number and store.value("SELECT 1 FROM household WHERE number = ?", (number,)):
        raise NumberTaken(number=number)
    fresh = store.insert(
        "INSERT INTO household (number, village_id, group_number, group_text) VALUES (?, ?, ?, ?)",
        (
            number or None,
            village_id or household.village_id,
            group_number(group_text) if group_text else household.group_number,
            group_text or household.group_text,
        ),
    )
    event.other = household_row(store, fresh)
    questions = [
        (enrolment.id, "means" if enrolment.family == "top_up" else "shared")
        for enrolment in _open(store, event.day, _OF_HOUSEHOLD, household.id)
    ]
    if household.head_id in going:
        staying = _chosen_head(store, household, staying_head, head_missing, without=set(going))
        event.set_head(household, staying)
        event.follow_head(household.id, household.head_id, staying)
    for person_id in going:
        event.bring(person_id, fresh)
    event.change("household", fresh, head_id=new_head)
    event.change("person", new_head, relation=HEAD)
    for enrolment_id, kind in questions:
        event.ask(enrolment_id, kind)  # type: ignore[arg-type]
    return event.other


def merge(event: Event, into: HouseholdRow) -> None:
    """并户: everybody of the household comes to live in another one, and the household ends.

    What it is entitled to follows where the other household has not the same; what both have, and relief that hangs on who
    lives together, waits for a decision. A period already paid to the one household is not paid to the other.
    """
    household, store = event.household, event.store
    if household.id == into.id:
        raise SameHousehold(household=household.shown)
    event.other = into
    relief = [
        enrolment.id
        for one in (household, into)
        for enrolment in _open(store, event.day, _OF_HOUSEHOLD, one.id)
        if enrolment.family == "top_up"
    ]
    if household.head_id is not None:
        event.set_head(household, None)
    for person_id in _members(store, household.id):
        event.bring(person_id, into.id)
    event.change("household", household.id, ended_on=event.day)
    for enrolment in _open(store, event.day, _OF_HOUSEHOLD, household.id):
        if _has_the_same(store, enrolment, into.id):
            event.ask(enrolment.id, "twice")
            continue
        columns: dict[str, object] = {"household_id": into.id}
        if enrolment.person_id == household.head_id and into.head_id is not None:
            columns["person_id"] = into.head_id
        if (start := _unpaid_from(store, enrolment)) > enrolment.valid_from:
            columns["valid_from"] = start
        event.change("enrolment", enrolment.id, **columns)
        event.follow(enrolment, "转入并入的户")
    for enrolment_id in relief:
        event.ask(enrolment_id, "means")


def village_of(store: Store, village: str) -> int:
    """The office's village of that name or alias. Raises VillageUnknown."""
    found = Villages(store).find(village)
    if found is None:
        raise VillageUnknown(village=village)
    return found


def move(event: Event, village: str, group_text: str = "") -> None:
    """迁移: the household lives in another village (or group) of the office. Land that it is paid for waits for a decision."""
    household, store = event.household, event.store
    found = village_of(store, village)
    group = group_text or ("" if found != household.village_id else household.group_text)
    if (found, group) == (household.village_id, household.group_text):
        raise NothingChanges(household=household.shown, village=village, group=group)
    event.change(
        "household",
        household.id,
        village_id=found,
        group_number=group_number(group) if group else None,
        group_text=group,
    )
    if found == household.village_id:
        return
    members = tuple(_members(store, household.id))
    for enrolment in _open(store, event.day, _OF_HOUSEHOLD, household.id):
        if enrolment.family in ("per_unit", "pool"):
            event.ask(enrolment.id, "land")
        else:
            event.follow(enrolment, "随户转到新村")
    for person_id in members:
        for enrolment in _open(store, event.day, "e.target = 'person' AND e.person_id = ?", person_id):
            event.follow(enrolment, "随本人转到新村")


# -- people of a household ----------------------------------------------------------------------------------


def _members(store: Store, household_id: int) -> list[int]:
    return [
        row[0]
        for row in store.rows("SELECT id FROM person WHERE household_id = ? ORDER BY id", (household_id,))
    ]


def _named(store: Store, person_id: int) -> str:
    return str(store.value("SELECT name FROM person WHERE id = ?", (person_id,)))


def _died(store: Store, person_id: int) -> str:
    return store.value("SELECT died_on FROM person WHERE id = ?", (person_id,)) or ""


def _listed(store: Store, people: Sequence[int]) -> str:
    """People with masked IDs, for a sentence."""
    rows = store.rows(
        "SELECT p.name, p.id_number FROM json_each(?) j JOIN person p ON p.id = j.value WHERE p.is_dead = 0",
        (json.dumps(list(people)),),
    )
    return "、".join(f"{name}（{mask_id(number)}）" for name, number in rows) or "没有在世的成员"


def _require_member(store: Store, household: HouseholdRow, person_id: int) -> None:
    members = _members(store, household.id)
    if person_id not in members:
        raise NotAMember(
            name=_named(store, person_id), household=household.shown, members=_listed(store, members)
        )


def _require_living(store: Store, person_id: int) -> None:
    if store.value("SELECT is_dead FROM person WHERE id = ?", (person_id,)):
        raise HeadNotAlive(name=_named(store, person_id))


def _chosen_head(
    store: Store,
    household: HouseholdRow,
    new_head: int | None,
    head_missing: bool,
    without: frozenset[int] | set[int] = frozenset(),
) -> int | None:
    """The new head of those who stay, None when it was said that there is none. Raises HeadNotSaid, NotAMember, HeadNotAlive."""
    staying = [person_id for person_id in _members(store, household.id) if person_id not in without]
    if new_head is None:
        if not head_missing:
            raise HeadNotSaid(household=household.shown, members=_listed(store, staying))
        return None
    if new_head not in staying:
        raise NotAMember(
            name=_named(store, new_head), household=household.shown, members=_listed(store, staying)
        )
    _require_living(store, new_head)
    return new_head


# -- what it is entitled to ---------------------------------------------------------------------------------


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


_OF_HOUSEHOLD: Final = "e.target = 'household' AND e.household_id = ?"
_OF_WARD: Final = (
    "e.target = 'person' AND e.person_id IN (SELECT g.person_id FROM guardian g JOIN person d ON d.id_number = g.id_number"
    " WHERE d.id = ?)"
)
_PAID: Final = "m.source_id IS NULL AND m.bucket NOT IN ('stopped', 'closed_unpaid')"


def _open(store: Store, day: str, condition: str, *parameters: object) -> list[Enrolled]:
    """Active enrolments that reach to the day or beyond: standing ones, and those of a period not yet in a batch."""
    rows = store.rows(
        "SELECT e.id, e.program_id, g.name, e.period, e.person_id, e.household_id, e.valid_from, coalesce((SELECT y.family FROM policy y"
        " WHERE y.program_id = e.program_id ORDER BY y.valid_from DESC LIMIT 1), '') FROM enrolment e"
        f" JOIN program g ON g.id = e.program_id WHERE e.state = 'active' AND coalesce(e.valid_to, '9999') >= ? AND {condition}"
        f" AND (e.period = '' OR NOT EXISTS (SELECT 1 FROM payment m WHERE m.enrolment_id = e.id AND {_PAID})) ORDER BY e.id",
        (day, *parameters),
    )
    return [Enrolled(*row) for row in rows]


def _has_the_same(store: Store, enrolment: Enrolled, household_id: int) -> bool:
    """Whether a household has the program already, by an enrolment or for that very period by a payment."""
    return bool(
        store.value(
            "SELECT 1 FROM enrolment e WHERE e.program_id = ?1 AND e.period = ?2 AND e.target = 'household'"
            f" AND e.household_id = ?3 AND e.state = 'active' UNION ALL SELECT 1 FROM payment m WHERE m.program_id = ?1"
            f" AND m.period = ?2 AND m.target = 'household' AND m.household_id = ?3 AND {_PAID} LIMIT 1",
            (enrolment.program_id, enrolment.period, household_id),
        )
    )


def _unpaid_from(store: Store, enrolment: Enrolled) -> str:
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
