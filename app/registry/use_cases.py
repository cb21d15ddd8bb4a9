"""Doors of the registry: people, accounts and comparison lists come in, runs are undone, names are confirmed."""

from collections.abc import Mapping
from pathlib import Path

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.intake.source import AlreadyUndone, NoSuchRun, RunInUse
from app.registry import undo
from app.registry.steps import take_accounts, take_list, take_people
from app.registry.villages import add_village
from models.domain.division import village_key
from models.domain.permission import Permission
from models.domain.refusal import Refusal


class NoSuchVillage(Refusal):
    """The name is not one of the office's villages."""

    form = "本办公点没有“{name}”。请核对村（社区）名称。"


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
    return changes(
        Topic.PEOPLE,
        Topic.RUNS,
        subject=f"run {outcome.run}",
        counts=outcome.counts,
        answer={**outcome.as_json(dry_run=False), "hits": hits},
    )


@use_case("import.undo", Permission.IMPORT, dated=False)
def undo_registry_run(desk: Desk, *, run_id: int) -> Changes:
    """Undo a whole run of people, accounts or a list.

    Raises NoSuchRun, AlreadyUndone, RunInUse with what stands in the way.
    """
    found = desk.store.row("SELECT kind, state FROM import_run WHERE id = ?", (run_id,))
    if found is None:
        raise NoSuchRun(run=run_id)
    kind, state = found
    if state == "undone":
        raise AlreadyUndone(run=run_id)
    if standing := undo.blockers(desk.store, run_id, kind):
        raise RunInUse(run=run_id, blockers="已有" + "、".join(standing))
    undo.take_back(desk.store, run_id, kind)
    desk.store.execute("UPDATE import_run SET state = 'undone' WHERE id = ?", (run_id,))
    return changes(
        Topic.PEOPLE, Topic.RUNS, subject=f"run {run_id}", answer={"run": run_id, "state": "undone"}
    )


@use_case("village.add", Permission.SET_RULES, dated=False)
def add_villages(desk: Desk, *, names: list[str]) -> Changes:
    """New villages of the office; a name that is there already stays as it is."""
    ids = [add_village(desk.store, name) for name in names if name.strip()]
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
