"""Doors of enrolment: rosters come in and are taken back."""

from collections.abc import Mapping
from pathlib import Path

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.enrolment.steps import take_roster
from app.intake.before import put_back
from app.intake.source import AlreadyUndone, NoSuchRun, RunInUse
from models.domain.permission import Permission


@use_case("import.roster", Permission.IMPORT, dated=False)
def import_roster(
    desk: Desk, *, path: Path, program: str, period: str, mapping: Mapping[str, str] | None = None
) -> Changes:
    """Take in a roster 花名册: its good rows become the enrolments of that program and period.

    Raises NoSuchProgram, AmbiguousProgram, NoPolicyInForce, AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    outcome, figures = take_roster(desk, path, program, period, mapping)
    return changes(
        Topic.ENROLMENTS,
        Topic.RUNS,
        subject=f"run {outcome.run}",
        counts={**outcome.counts, "accepted_fen": str(figures["accepted_fen"])},
        answer={**outcome.as_json(dry_run=False), **figures},
    )


@use_case("import.undo", Permission.IMPORT, dated=False)
def undo_roster_run(desk: Desk, *, run_id: int) -> Changes:
    """Undo a roster: its enrolments go, those it changed are as before.

    An enrolment whose payments were all stopped stays behind, stopped, because the payments tell of it.
    Raises NoSuchRun, AlreadyUndone, RunInUse when payments live on it.
    """
    store = desk.store
    state = store.value("SELECT state FROM import_run WHERE id = ? AND kind = 'roster'", (run_id,))
    if state is None:
        raise NoSuchRun(run=run_id)
    if state == "undone":
        raise AlreadyUndone(run=run_id)
    live = store.rows(
        "SELECT DISTINCT b.number FROM payment m JOIN enrolment e ON e.id = m.enrolment_id JOIN batch b ON b.id = m.batch_id"
        " WHERE e.run_id = ? AND m.bucket <> 'stopped' ORDER BY b.number",
        (run_id,),
    )
    if live:
        raise RunInUse(run=run_id, blockers="批次 " + "、".join(row[0] for row in live) + " 已用到这份花名册")
    later = store.value(
        "SELECT count(*) FROM import_before b JOIN import_run r ON r.id = b.run_id AND r.state = 'done'"
        " WHERE b.table_name = 'enrolment' AND b.run_id > ?1"
        " AND json_extract(b.body, '$.run_id') = ?1",
        (run_id,),
    )
    if later:
        raise RunInUse(run=run_id, blockers=f"有 {later} 条被后来的花名册更新过")
    put_back(store, run_id, "enrolment")
    store.execute(
        "UPDATE enrolment SET state = 'stopped', stop_reason = '导入已撤销' WHERE run_id = ?1"
        " AND EXISTS (SELECT 1 FROM payment m WHERE m.enrolment_id = enrolment.id)",
        (run_id,),
    )
    store.execute("DELETE FROM enrolment WHERE run_id = ? AND state = 'active'", (run_id,))
    store.execute("DELETE FROM import_before WHERE run_id = ?", (run_id,))
    store.execute("UPDATE import_run SET state = 'undone' WHERE id = ?", (run_id,))
    return changes(
        Topic.ENROLMENTS, Topic.RUNS, subject=f"run {run_id}", answer={"run": run_id, "state": "undone"}
    )
