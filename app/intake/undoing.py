"""What undoing a run of any kind asks and leaves: it must be live, its followers go first, what leans on it is named."""

from app.changes import Changes, Topic, changes
from app.intake.proposals import reopen
from app.intake.source import AlreadyUndone, NoSuchRun
from models.store.opening import Store


def live_run(store: Store, run_id: int, *kinds: str) -> str:
    """The kind of a live run, which is one of `kinds`. Raises NoSuchRun, AlreadyUndone."""
    row = store.row("SELECT kind, state FROM import_run WHERE id = ?", (run_id,))
    if row is None or row[0] not in kinds:
        raise NoSuchRun(run=run_id)
    if row[1] == "undone":
        raise AlreadyUndone(run=run_id)
    return str(row[0])


def runs_to_undo(store: Store, run_id: int) -> list[int]:
    """A run and the live runs that follow it, the latest first: undone in this order they take everything back."""
    following = store.rows(
        "SELECT id FROM import_run WHERE follows = ? AND state = 'done' ORDER BY id DESC", (run_id,)
    )
    return [*(row[0] for row in following), run_id]


def mark_undone(store: Store, run_id: int) -> None:
    """The run is undone: what was accepted in it is open again."""
    reopen(store, run_id)
    store.execute("UPDATE import_run SET state = 'undone' WHERE id = ?", (run_id,))


def leaning_on(store: Store, run_id: int) -> str:
    """Words for the later runs of mended workbooks that did not read this run's rows anew, '' for none."""
    found = store.rows(
        "SELECT u.run_id, u.rows FROM import_unchanged u JOIN import_run r ON r.id = u.run_id AND r.state = 'done'"
        " WHERE u.earlier_run = ? ORDER BY u.run_id",
        (run_id,),
    )
    return "、".join(f"第 {later} 次导入（改正后重投）沿用了其中 {rows} 行" for later, rows in found)


def undone(run_id: int, *topics: Topic) -> Changes:
    """The answer of a door that undid a run."""
    return changes(*topics, Topic.RUNS, subject=f"run {run_id}", answer={"run": run_id, "state": "undone"})
