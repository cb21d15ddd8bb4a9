"""Windows of intake: the runs so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.desk import Desk
from app.intake.allotments import take_allotments
from models.domain.permission import Permission
from models.store.opening import Store


@dataclass(frozen=True)
class RunView:
    """One import run as listed."""

    run: int
    kind: str
    list_kind: str
    program: str
    period: str
    file_name: str
    file_sha256: str
    rows: int
    accepted: int
    rejected: int
    state: str
    operator: str
    business_date: str
    unchanged: int
    follows: int | None


def runs(store: Store) -> list[RunView]:
    """All runs, the latest first."""
    return [
        RunView(*row)
        for row in store.rows(
            "SELECT r.id, r.kind, r.list_kind, coalesce(g.name, ''), r.period, r.file_name, r.file_sha256, r.rows,"
            " r.accepted, r.rejected, r.state, o.name, r.business_date, r.unchanged, r.follows FROM import_run r"
            " LEFT JOIN program g ON g.id = r.program_id JOIN operator o ON o.id = r.operator_id ORDER BY r.id DESC"
        )
    ]


def kind_of_run(store: Store, run_id: int) -> str | None:
    """The kind of a run, None when there is no such run."""
    found = store.value("SELECT kind FROM import_run WHERE id = ?", (run_id,))
    return None if found is None else str(found)


def preview_allotments(
    desk: Desk, *, path: Path, mapping: Mapping[str, str] | None = None
) -> dict[str, object]:
    """What a workbook of allotments would do: the same work as `import_allotments`, rolled back."""
    desk.require(Permission.MANAGE_FUNDS)
    with desk.store.trying():
        outcome = take_allotments(desk, path, mapping)
    return outcome.as_json(dry_run=True)
