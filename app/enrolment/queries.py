"""Windows of enrolment."""

from collections.abc import Mapping
from pathlib import Path

from app.desk import Desk
from app.enrolment.steps import take_roster
from models.domain.permission import Permission


def preview_roster(
    desk: Desk, *, path: Path, program: str, period: str, mapping: Mapping[str, str] | None = None
) -> dict[str, object]:
    """What a roster would do: the same work as `import_roster`, rolled back."""
    desk.require(Permission.IMPORT)
    with desk.store.trying():
        outcome, figures = take_roster(desk, path, program, period, mapping)
    return {**outcome.as_json(dry_run=True), **figures}
