"""Household events 户变动: the head dies or steps down, a household splits, joins another, moves to another village.

An event is final and keeps every row as it was, so that who was head or member, from when to when, can be answered years
later. What the household is entitled to follows where that is certain, and is listed as a question where it is not: nothing
of it changes in silence.
"""

import json
from collections.abc import Sequence
from datetime import date

from app.registry.household_cards import (
    HouseholdRow,
    household_row,
)
from app.registry.household_events import (
    HEAD,
    OF_HOUSEHOLD,
    OF_PERSON,
    OF_WARD,
    Event,
    has_the_same,
    open_enrolments,
    unpaid_from,
)
from app.registry.villages import Villages
from models.domain.division import group_number
from models.domain.masking import mask_id
from models.domain.refusal import Refusal
from models.store.opening import Store


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
    for enrolment in open_enrolments(store, event.day, OF_PERSON, household.head_id):
        event.ask(enrolment.id, "beneficiary_died")
    for enrolment in open_enrolments(store, event.day, OF_WARD, household.head_id):
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
    stood = open_enrolments(store, event.day, OF_HOUSEHOLD, household.id)
    if household.head_id in going:
        staying = _chosen_head(store, household, staying_head, head_missing, without=set(going))
        event.set_head(household, staying)
        event.follow_head(household.id, household.head_id, staying)
    for person_id in going:
        event.bring(person_id, fresh)
    event.change("household", fresh, head_id=new_head)
    event.change("person", new_head, relation=HEAD)
    for enrolment in stood:
        event.ask(enrolment.id, "means" if enrolment.family == "top_up" else "shared")
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
        for enrolment in open_enrolments(store, event.day, OF_HOUSEHOLD, one.id)
        if enrolment.family == "top_up"
    ]
    if household.head_id is not None:
        event.set_head(household, None)
    for person_id in _members(store, household.id):
        event.bring(person_id, into.id)
    event.change("household", household.id, ended_on=event.day)
    for enrolment in open_enrolments(store, event.day, OF_HOUSEHOLD, household.id):
        if has_the_same(store, enrolment, into.id):
            event.ask(enrolment.id, "twice")
            continue
        columns: dict[str, object] = {"household_id": into.id}
        if enrolment.person_id == household.head_id and into.head_id is not None:
            columns["person_id"] = into.head_id
        if (start := unpaid_from(store, enrolment)) > enrolment.valid_from:
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
    for enrolment in open_enrolments(store, event.day, OF_HOUSEHOLD, household.id):
        if enrolment.family in ("per_unit", "pool"):
            event.ask(enrolment.id, "land")
        else:
            event.follow(enrolment, "随户转到新村")
    for person_id in members:
        for enrolment in open_enrolments(store, event.day, OF_PERSON, person_id):
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
