"""What can be imported, and which door and window of which room takes it: the screen only asks for the few facts it needs."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from app.changes import Changes
from app.desk import Desk

Facts = Mapping[str, str]


def preview(desk: Desk, kind: str, path: Path, facts: Facts, mapping: Mapping[str, str]) -> dict[str, Any]:
    """Check a workbook as an import would, and take everything back."""
    from app.enrolment.queries import preview_roster, preview_survival
    from app.intake.queries import preview_allotments
    from app.registry.queries import preview_accounts, preview_history, preview_list, preview_people

    named: Mapping[str, str] | None = mapping or None
    if kind == "people":
        return preview_people(desk, path=path, mapping=named, with_changes=True)
    if kind == "accounts":
        return preview_accounts(desk, path=path, mapping=named, with_changes=True)
    if kind == "allotments":
        return preview_allotments(desk, path=path, mapping=named)
    if kind == "list":
        return preview_list(desk, path=path, kind=facts["list"], mapping=named)
    if kind == "roster":
        return preview_roster(
            desk, path=path, program=facts["program"], period=facts["period"], mapping=named
        )
    if kind == "survival":
        until = date.fromisoformat(facts["until"])
        return preview_survival(desk, path=path, program=facts["program"], until=until, mapping=named)
    return preview_history(desk, path=path, mapping=named)


def take(desk: Desk, kind: str, path: Path, facts: Facts, mapping: Mapping[str, str]) -> Changes:
    """Take the good rows in."""
    from app.enrolment.use_cases import import_roster, import_survival
    from app.intake.use_cases import import_allotments
    from app.registry.use_cases import import_accounts, import_history, import_list, import_people

    named: Mapping[str, str] | None = mapping or None
    if kind == "people":
        return import_people(desk, path=path, mapping=named)
    if kind == "accounts":
        return import_accounts(desk, path=path, mapping=named)
    if kind == "allotments":
        return import_allotments(desk, path=path, mapping=named)
    if kind == "list":
        return import_list(desk, path=path, kind=facts["list"], mapping=named)
    if kind == "roster":
        return import_roster(desk, path=path, program=facts["program"], period=facts["period"], mapping=named)
    if kind == "survival":
        until = date.fromisoformat(facts["until"])
        return import_survival(desk, path=path, program=facts["program"], until=until, mapping=named)
    return import_history(desk, path=path, mapping=named)


def accept(desk: Desk, kind: str, run: int, numbers: Sequence[int]) -> Changes:
    """Take the rows of the accepted proposals in."""
    from app.enrolment.use_cases import accept_roster_proposals
    from app.registry.use_cases import accept_registry_proposals

    door = accept_roster_proposals if kind == "roster" else accept_registry_proposals
    return door(desk, run_id=run, numbers=numbers)


def undo(desk: Desk, kind: str, run: int) -> Changes:
    """Take a whole import back."""
    from app.enrolment.use_cases import undo_roster_run, undo_survival_run
    from app.intake.use_cases import undo_allotments_run
    from app.registry.use_cases import undo_history_run, undo_registry_run

    doors = {
        "roster": undo_roster_run,
        "allotments": undo_allotments_run,
        "history": undo_history_run,
        "survival": undo_survival_run,
    }
    return doors.get(kind, undo_registry_run)(desk, run_id=run)
