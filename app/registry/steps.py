"""What the doors and the windows of the registry share: a real run and a dry run are the same work."""

from collections.abc import Mapping
from pathlib import Path

from app.desk import Desk
from app.intake.source import Outcome, RunKind, open_source, take_in
from app.registry.accounts import AccountIntake
from app.registry.lists import ListIntake, hits_of
from app.registry.people import PeopleIntake
from app.workbook.columns import ACCOUNTS, LIST, PEOPLE


def take_people(desk: Desk, path: Path, mapping: Mapping[str, str] | None = None) -> Outcome:
    """Check a people file and take its good rows in, inside `writing` or `trying`."""
    source = open_source(path, PEOPLE, mapping)
    return take_in(desk, source, RunKind("people"), lambda run_id: PeopleIntake(desk, run_id))


def take_accounts(desk: Desk, path: Path, mapping: Mapping[str, str] | None = None) -> Outcome:
    """Check an account file and take its good rows in, inside `writing` or `trying`."""
    source = open_source(path, ACCOUNTS, mapping)
    return take_in(desk, source, RunKind("accounts"), lambda run_id: AccountIntake(desk, run_id))


def take_list(
    desk: Desk, path: Path, kind: str, mapping: Mapping[str, str] | None = None
) -> tuple[Outcome, list[dict[str, object]]]:
    """Keep a comparison list and find whom it means, inside `writing` or `trying`; gives the hits too."""
    source = open_source(path, LIST, mapping)
    outcome = take_in(
        desk, source, RunKind("list", list_kind=kind), lambda run_id: ListIntake(desk, run_id, kind)
    )
    return outcome, hits_of(desk.store, outcome.run)
