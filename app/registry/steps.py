"""What the doors and the windows of the registry share: a real run and a dry run are the same work."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.desk import Desk
from app.intake.source import NoSuchRun, Outcome, RunKind, open_source, take_in
from app.intake.taking_again import accept, first_run
from app.registry.accounts import AccountIntake
from app.registry.lists import ListIntake, hits_of
from app.registry.people.intake import PeopleIntake
from app.workbook.columns import ACCOUNTS, LIST, PEOPLE


def take_people(
    desk: Desk, path: Path, mapping: Mapping[str, str] | None = None, *, with_rows: bool = False
) -> Outcome:
    """Check a people file and take its good rows in, inside `writing` or `trying`; on wish with each row's verdict."""
    source = open_source(path, PEOPLE, mapping, desk.store)
    return take_in(
        desk, source, RunKind("people"), lambda run_id: PeopleIntake(desk, run_id), with_rows=with_rows
    )


def take_accounts(
    desk: Desk, path: Path, mapping: Mapping[str, str] | None = None, *, with_rows: bool = False
) -> Outcome:
    """Check an account file and take its good rows in, inside `writing` or `trying`; on wish with each row's verdict."""
    source = open_source(path, ACCOUNTS, mapping, desk.store)
    return take_in(
        desk, source, RunKind("accounts"), lambda run_id: AccountIntake(desk, run_id), with_rows=with_rows
    )


def take_accepted(
    desk: Desk, run_id: int, *, numbers: Sequence[int] | None = None, code: str | None = None
) -> tuple[Outcome, dict[str, int | str]]:
    """Take rows of a people or account file in with what somebody accepted for them, inside `writing` (see `accept`)."""
    run = first_run(desk.store, run_id)
    if run.kind.kind == "people":
        return accept(
            desk, run, PEOPLE, lambda follow_up: PeopleIntake(desk, follow_up), numbers=numbers, code=code
        )
    if run.kind.kind == "accounts":
        return accept(
            desk, run, ACCOUNTS, lambda follow_up: AccountIntake(desk, follow_up), numbers=numbers, code=code
        )
    raise NoSuchRun(run=run_id)


def take_list(
    desk: Desk, path: Path, kind: str, mapping: Mapping[str, str] | None = None
) -> tuple[Outcome, list[dict[str, object]]]:
    """Keep a comparison list and find whom it means, inside `writing` or `trying`; gives the hits too."""
    source = open_source(path, LIST, mapping, desk.store)
    outcome = take_in(
        desk, source, RunKind("list", list_kind=kind), lambda run_id: ListIntake(desk, run_id, kind)
    )
    return outcome, hits_of(desk.store, outcome.run)
