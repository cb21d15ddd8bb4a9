"""Windows of enrolment."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from app.desk import Desk
from app.enrolment.steps import take_roster
from app.enrolment.survival import DuePerson, due_people, take_survival
from app.programs.queries import find_program
from models.domain.permission import Permission
from models.store.opening import Store


def preview_roster(
    desk: Desk,
    *,
    path: Path,
    program: str,
    period: str,
    mapping: Mapping[str, str] | None = None,
    with_rows: bool = False,
) -> dict[str, object]:
    """What a roster would do: the same work as `import_roster`, rolled back; on wish with each row's verdict."""
    desk.require(Permission.IMPORT)
    with desk.store.trying():
        outcome, figures = take_roster(desk, path, program, period, mapping, with_rows=with_rows)
    return {**outcome.as_json(dry_run=True), **figures}


def preview_survival(
    desk: Desk, *, path: Path, program: str, until: date, mapping: Mapping[str, str] | None = None
) -> dict[str, object]:
    """What a list of the certified would do: the same work as `import_survival`, rolled back."""
    desk.require(Permission.IMPORT)
    with desk.store.trying():
        outcome, figures = take_survival(desk, path, program=program, until=until, mapping=mapping)
    return {**outcome.as_json(dry_run=True), **figures}


def survival_due(store: Store, program: str, day: date) -> list[DuePerson]:
    """Who of a program is to be certified by a day, by village. Raises NoSuchProgram, AmbiguousProgram."""
    return due_people(store, find_program(store, program).id, day.isoformat())


def suspensions(store: Store, program: str = "") -> list[dict[str, object]]:
    """The suspensions, open ones first: program, person, since when and why, when it ended and which periods were back-paid."""
    condition, parameters = (
        ("", ()) if not program else (" WHERE g.id = ?", (find_program(store, program).id,))
    )
    rows = store.rows(
        "SELECT s.id, g.code, g.name, p.id, p.name, p.id_number, s.starts_on, s.reason, s.ended_on, coalesce((SELECT"
        " group_concat(e.period, '、') FROM (SELECT period FROM enrolment WHERE suspension_id = s.id ORDER BY period) e), '')"
        f" FROM suspension s JOIN program g ON g.id = s.program_id JOIN person p ON p.id = s.person_id{condition}"
        " ORDER BY s.ended_on IS NOT NULL, s.id",
        parameters,
    )
    names = (
        "suspension", "program", "program_name", "person", "name", "id_number", "starts_on", "reason", "ended_on", "back_pay",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]
