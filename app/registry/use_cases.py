"""Doors of the registry: people, accounts and comparison lists come in, runs are undone, names are confirmed."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.intake.source import RunInUse
from app.intake.undoing import leaning_on, live_run, mark_undone, runs_to_undo, undone
from app.registry import households, undo
from app.registry.aliases import AliasKind, remember
from app.registry.history import take_back_history, take_history
from app.registry.household_cards import find_household
from app.registry.household_events import Event
from app.registry.list_hits import Decision, find_more, write_decision
from app.registry.merging import had_by_both, write_apart, write_merge, write_together, write_unmerge
from app.registry.one_account import register_one
from app.registry.queries import find_person
from app.registry.steps import take_accepted, take_accounts, take_list, take_people
from app.registry.villages import add_village
from models.domain.division import village_key
from models.domain.masking import mask_account, mask_phone
from models.domain.permission import Permission
from models.domain.person_name import name_key
from models.domain.refusal import Refusal

_LEAST_REASON: Final = 2


class NoSuchVillage(Refusal):
    """The name is not one of the office's villages."""

    form = "本办公点没有“{name}”。请核对村（社区）名称。"


class NobodyToCorrect(Refusal):
    """No person of that number."""

    form = "没有编号为 {person} 的人员。请先查找人员再更正。"


class CorrectionReasonMissing(Refusal):
    """A correction without a reason."""

    form = "更正要写明原因，例如“照户口本改正”。请填写后重试。"


class NameNotWritten(Refusal):
    """Nobody is without a name."""

    form = "姓名不能是空的。请照证件填写后重试。"


class NothingToCorrect(Refusal):
    """Everything is as it was."""

    form = "没有改动任何内容，没有更正。请先改正要更正的栏目。"


class AliasTaken(Refusal):
    """The other name already means a village."""

    form = "“{alias}”已经是“{village}”的名称，不能再指“{name}”。请先核对。"


@use_case("import.people", Permission.IMPORT, dated=False)
def import_people(desk: Desk, *, path: Path, mapping: Mapping[str, str] | None = None) -> Changes:
    """Take in a people file 户籍底册: good rows in, bad rows out, one transaction.

    Raises AlreadyImported for the same bytes, UnreadableWorkbook, NoTableFound.
    """
    outcome = take_people(desk, path, mapping)
    return changes(
        Topic.PEOPLE,
        Topic.RUNS,
        subject=f"run {outcome.run}",
        counts=outcome.counts,
        answer=outcome.as_json(dry_run=False),
    )


@use_case("import.accounts", Permission.IMPORT, dated=False)
def import_accounts(desk: Desk, *, path: Path, mapping: Mapping[str, str] | None = None) -> Changes:
    """Take in an account file 账户清册; a new number closes the person's old account.

    Raises AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    outcome = take_accounts(desk, path, mapping)
    return changes(
        Topic.PEOPLE,
        Topic.RUNS,
        subject=f"run {outcome.run}",
        counts=outcome.counts,
        answer=outcome.as_json(dry_run=False),
    )


@use_case("import.list", Permission.IMPORT, dated=False)
def import_list(desk: Desk, *, path: Path, kind: str, mapping: Mapping[str, str] | None = None) -> Changes:
    """Take in a comparison list (deaths, payroll, relocation, cadres); gives its exact and near hits too.

    Raises AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    outcome, hits = take_list(desk, path, kind, mapping)
    find_more(desk.store, outcome.run)
    return changes(
        Topic.PEOPLE,
        Topic.RUNS,
        subject=f"run {outcome.run}",
        counts=outcome.counts,
        answer={**outcome.as_json(dry_run=False), "hits": hits},
    )


@use_case("import.accept", Permission.IMPORT, dated=False)
def accept_registry_proposals(
    desk: Desk, *, run_id: int, numbers: Sequence[int] | None = None, code: str | None = None
) -> Changes:
    """Accept what the registry proposes for damaged numbers of a people or account file: by number, by code, or all.

    Their rows are checked as any row and taken in by a run that follows the first; a row that still fails says why.
    Raises NoSuchRun, AlreadyUndone, NoSuchProposal, ProposalDecided, NothingProposed, ReadDifferently.
    """
    outcome, proof = take_accepted(desk, run_id, numbers=numbers, code=code)
    return changes(
        Topic.PEOPLE,
        Topic.RUNS,
        subject=f"run {outcome.run} for {run_id}",
        counts={**outcome.counts, **proof},
        answer={**outcome.as_json(dry_run=False), "for_run": run_id},
    )


@use_case("import.undo", Permission.IMPORT, dated=False)
def undo_registry_run(desk: Desk, *, run_id: int) -> Changes:
    """Undo a whole run of people, accounts or a list, with the runs that took rows of it in once more.

    Raises NoSuchRun, AlreadyUndone, RunInUse with what stands in the way.
    """
    kind = live_run(desk.store, run_id, "people", "accounts", "list")
    for one in runs_to_undo(desk.store, run_id):
        if standing := undo.blockers(desk.store, one, kind):
            raise RunInUse(run=one, blockers="已有" + "、".join(standing))
        if leaning := leaning_on(desk.store, one):
            raise RunInUse(run=one, blockers=leaning)
        undo.take_back(desk.store, one, kind)
        mark_undone(desk.store, one)
    return undone(run_id, Topic.PEOPLE)


@use_case("village.add", Permission.SET_RULES, dated=False)
def add_villages(desk: Desk, *, names: list[str]) -> Changes:
    """New villages of the office; a name that is there already stays as it is. Raises VillageNameMissing."""
    ids = [add_village(desk.store, name) for name in names]
    return changes(
        Topic.PEOPLE, subject=f"villages {ids}", counts={"villages": len(ids)}, answer={"villages": ids}
    )


@use_case("village.alias", Permission.SET_RULES, dated=False)
def name_village_alias(desk: Desk, *, alias: str, village: str) -> Changes:
    """Remember that `alias` means `village` (another spelling, a former name). Raises NoSuchVillage, AliasTaken."""
    store = desk.store
    village_id = store.value("SELECT id FROM village WHERE name_key = ?", (village_key(village),))
    if village_id is None:
        raise NoSuchVillage(name=village)
    key = village_key(alias)
    taken = store.row(
        "SELECT v.id, v.name FROM village v LEFT JOIN village_alias a ON a.village_id = v.id"
        " WHERE v.name_key = ?1 OR a.name_key = ?1",
        (key,),
    )
    if taken is not None and taken[0] != village_id:
        raise AliasTaken(alias=alias, village=taken[1], name=village)
    store.execute(
        "INSERT INTO village_alias (name_key, village_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (key, village_id),
    )
    return changes(
        Topic.PEOPLE, subject=f"village {village_id}", answer={"alias": alias, "village": village_id}
    )


@use_case("word.alias", Permission.SET_RULES, dated=False)
def name_alias(desk: Desk, *, kind: AliasKind, alias: str, name: str, again: bool = False) -> Changes:
    """Remember that a bank's or relation's other word means `name`. Raises AliasEmpty, AliasStandsAlready."""
    remember(desk.store, kind, alias, name, again=again)
    return changes(Topic.PEOPLE, subject=f"{kind} alias {alias}", answer={"alias": alias, "name": name})


@use_case("household.head_death", Permission.IMPORT, dated=False)
def record_head_death(
    desk: Desk,
    *,
    household: str,
    reason: str,
    died_on: date | None = None,
    new_head: str | None = None,
    head_missing: bool = False,
) -> Changes:
    """户主死亡: the head died; `new_head` (a member's ID) follows, or is said to be missing. What follows is in the answer.

    Raises NoSuchHousehold, NoHead, DeathDayMissing, DeathDayDiffers, HeadNotSaid, NotAMember, HeadNotAlive, EventInFuture,
    NoReasonGiven.
    """
    store = desk.store
    found = find_household(store, household)
    day = died_on or households.known_death(store, found)
    event = Event(desk, "head_death", found, day, reason)
    chosen = None if new_head is None else find_person(store, new_head)
    households.let_head_die(event, day, chosen, head_missing=head_missing)
    return _written(event)


@use_case("household.head_change", Permission.IMPORT, dated=False)
def record_head_change(desk: Desk, *, household: str, new_head: str, on: date, reason: str) -> Changes:
    """更换户主: another member is head. Raises NoSuchHousehold, NotAMember, HeadNotAlive, EventInFuture, NoReasonGiven."""
    found = find_household(desk.store, household)
    event = Event(desk, "head_change", found, on, reason)
    households.change_head(event, find_person(desk.store, new_head))
    return _written(event)


@use_case("household.split", Permission.IMPORT, dated=False)
def record_split(
    desk: Desk,
    *,
    household: str,
    members: Sequence[str],
    new_head: str,
    on: date,
    reason: str,
    staying_head: str | None = None,
    head_missing: bool = False,
    number: str = "",
    village: str = "",
    group: str = "",
) -> Changes:
    """分户: `members` (IDs) become a household of their own under `new_head`, one of them.

    Raises NoSuchHousehold, NobodyMoves, NotAMember, HeadNotAlive, HeadNotSaid, NumberTaken, VillageUnknown, EventInFuture,
    NoReasonGiven.
    """
    store = desk.store
    event = Event(desk, "split", find_household(store, household), on, reason)
    households.split(
        event,
        [find_person(store, one) for one in members],
        find_person(store, new_head),
        staying_head=None if staying_head is None else find_person(store, staying_head),
        head_missing=head_missing,
        number=number.strip(),
        village_id=households.village_of(store, village) if village else None,
        group_text=group,
    )
    return _written(event)


@use_case("household.merge", Permission.IMPORT, dated=False)
def record_merge(desk: Desk, *, household: str, into: str, on: date, reason: str) -> Changes:
    """并户: everybody of `household` comes to live in `into`, and it ends.

    Raises NoSuchHousehold, HouseholdEnded, SameHousehold, EventInFuture, NoReasonGiven.
    """
    event = Event(desk, "merge", find_household(desk.store, household), on, reason)
    households.merge(event, find_household(desk.store, into))
    return _written(event)


@use_case("household.move", Permission.IMPORT, dated=False)
def record_move(
    desk: Desk, *, household: str, village: str, on: date, reason: str, group: str = ""
) -> Changes:
    """迁移: the household lives in another village or group. Raises NoSuchHousehold, VillageUnknown, NothingChanges."""
    event = Event(desk, "move", find_household(desk.store, household), on, reason)
    households.move(event, village, group)
    return _written(event)


def _written(event: Event) -> Changes:
    answer = event.write()
    return changes(
        Topic.PEOPLE,
        Topic.ENROLMENTS,
        subject=f"household {event.household.id} event {event.id}",
        counts={"followed": len(event.followed), "to_decide": event.questions},
        answer=answer,
    )


@use_case("list.decide", Permission.IMPORT, dated=False)
def decide_hit(desk: Desk, *, entry: int, person: int, decision: Decision, reason: str) -> Changes:
    """Confirm or dismiss a hit of a comparison list; nobody's record changes. Raises NoSuchHit, HitDecided, HitReasonMissing."""
    write_decision(desk, entry, person, decision, reason)
    return changes(
        Topic.PEOPLE,
        subject=f"hit {entry} person {person}",
        answer={"entry": entry, "person": person, "state": decision},
    )


@use_case("person.merge", Permission.IMPORT, dated=False)
def merge_people(desk: Desk, *, keep: str, other: str, reason: str) -> Changes:
    """Mark `other` as the same person as `keep`; says what both records have, which is then to be put in order.

    Raises NobodyFound, SeveralFound, MergedWithSelf, AlreadyMerged, HasMerged, MergeReasonMissing.
    """
    kept, merged = find_person(desk.store, keep), find_person(desk.store, other)
    write_merge(desk, kept, merged, reason)
    both = had_by_both(desk.store, kept)
    return changes(
        Topic.PEOPLE,
        subject=f"person {merged} into {kept}",
        counts={"had_by_both": len(both)},
        answer={"kept": kept, "merged": merged, "had_by_both": both},
    )


@use_case("person.unmerge", Permission.IMPORT, dated=False)
def unmerge_person(desk: Desk, *, person: str, reason: str) -> Changes:
    """Take the mark of a merge off. Raises NobodyFound, NotMerged, MergeReasonMissing."""
    merged = find_person(desk.store, person)
    kept = write_unmerge(desk, merged, reason)
    return changes(
        Topic.PEOPLE, subject=f"person {merged} from {kept}", answer={"kept": kept, "unmerged": merged}
    )


@use_case("person.apart", Permission.IMPORT, dated=False)
def set_apart(desk: Desk, *, one: int, other: int, reason: str) -> Changes:
    """Record that two records that look alike are two people: the pair is not asked about again.

    Raises ApartReasonMissing, MergedWithSelf, AlreadyMerged, AlreadyApart.
    """
    write_apart(desk, one, other, reason)
    return changes(Topic.PEOPLE, subject=f"person {one} and {other}", answer={"one": one, "other": other})


@use_case("person.together", Permission.IMPORT, dated=False)
def set_together(desk: Desk, *, one: int, other: int) -> Changes:
    """Take back that two records are two people: they are asked about again. Raises NotApart."""
    write_together(desk, one, other)
    return changes(Topic.PEOPLE, subject=f"person {one} and {other}", answer={"one": one, "other": other})


@use_case("import.history", Permission.IMPORT, dated=False)
def import_history(
    desk: Desk, *, path: Path, program: str = "", period: str = "", mapping: Mapping[str, str] | None = None
) -> Changes:
    """Take over payments of earlier months and years from an old workbook; never into the books.

    Raises NoSuchProgram, AmbiguousProgram, NotPeriod, AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    outcome, figures = take_history(desk, path, program=program, period=period, mapping=mapping)
    return changes(
        Topic.PEOPLE,
        Topic.RUNS,
        subject=f"run {outcome.run}",
        counts={**outcome.counts, "accepted_fen": str(figures["accepted_fen"])},
        answer={**outcome.as_json(dry_run=False), **figures},
    )


@use_case("import.undo", Permission.IMPORT, dated=False)
def undo_history_run(desk: Desk, *, run_id: int) -> Changes:
    """Undo a run of earlier payments. Raises NoSuchRun, AlreadyUndone."""
    live_run(desk.store, run_id, "history")
    take_back_history(desk.store, run_id)
    mark_undone(desk.store, run_id)
    return undone(run_id, Topic.PEOPLE)


@use_case("person.correct", Permission.IMPORT, dated=False)
def correct_person(
    desk: Desk, *, person_id: int, name: str, relation: str, phone: str, remark: str, reason: str
) -> Changes:
    """Correct what the registry says of a person 更正; what stood before is in the audit line, phones masked.

    Payments and enrolments keep what they were made with. Raises NobodyToCorrect, NameNotWritten, NothingToCorrect,
    CorrectionReasonMissing.
    """
    store = desk.store
    row = store.row("SELECT name, relation, phone, remark FROM person WHERE id = ?", (person_id,))
    if row is None:
        raise NobodyToCorrect(person=person_id)
    if len(reason.strip()) < _LEAST_REASON:
        raise CorrectionReasonMissing
    if not name.strip():
        raise NameNotWritten
    new = (name.strip(), relation.strip(), phone.strip(), remark.strip())
    fields = ("姓名", "与户主关系", "电话", "备注")
    changed = [
        (field, old, now) for field, old, now in zip(fields, row, new, strict=True) if (old or "") != now
    ]
    if not changed:
        raise NothingToCorrect
    store.execute(
        "UPDATE person SET name = ?, name_key = ?, relation = ?, phone = ?, remark = ? WHERE id = ?",
        (new[0], name_key(new[0]), *new[1:], person_id),
    )
    counts: dict[str, int | str] = {
        field: f"{mask_phone(old)} → {mask_phone(now)}" if field == "电话" else f"{old} → {now}"
        for field, old, now in changed
    }
    return changes(
        Topic.PEOPLE,
        subject=f"person {person_id}",
        counts={**counts, "reason": reason.strip()},
        answer={"person": person_id, "changed": [field for field, _, _ in changed]},
    )


@use_case("account.register", Permission.IMPORT)
def register_account(
    desk: Desk,
    *,
    person_id: int,
    number: str,
    bank: str = "",
    holder: str = "",
    medium: str = "",
    checked: bool = False,
    reason: str,
) -> Changes:
    """Register one person's account at the counter 换账户; the one that stood ends today. `checked`: against the original.

    Raises NobodysAccount, AccountUnreadable, AccountReasonMissing, AccountSame, AccountNeedsWord.
    """
    made = register_one(
        desk, person_id=person_id, number=number, bank=bank, holder=holder, medium=medium, checked=checked, reason=reason
    )  # fmt: skip
    return changes(
        Topic.PEOPLE,
        subject=f"person {person_id}",
        counts={
            "account": made.account_id,
            "old": mask_account(made.old) if made.old else "",
            "reason": reason.strip(),
        },
        answer={
            "person": person_id,
            "account": made.account_id,
            "name": made.name,
            "changed": bool(made.old),
            "doubt": made.doubt,
        },
    )
