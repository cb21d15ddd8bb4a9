"""Every crafted file of the corpus, taken into an office: who comes in, what is said, or the refusal word for word."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.corpus.import_cases
import tests.corpus.number_cases  # noqa: F401 (the cases put themselves into the list)
from app.desk import Desk
from app.intake.allotments import take_allotments
from app.intake.source import Outcome
from app.programs.steps import read_policy_file
from app.programs.use_cases import add_policies
from app.registry.steps import take_accounts, take_people
from models.domain.refusal import Refusal
from tests.conftest import SAMPLES, found, seat
from tests.corpus.offices import HEADING, IMPORTS, TWO_PEOPLE, ImportCase, book


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One office for all cases: each is taken in and taken back."""
    desk = found(tmp_path_factory.mktemp("corpus") / "office")
    clerk = seat(desk, "经办甲")
    add_policies(clerk, tables=read_policy_file(SAMPLES / "policies.toml"), source_name="policies.toml")
    yield clerk
    desk.store.close()


PEOPLE_BROUGHT = (
    "SELECT p.name, p.id_number, v.name FROM person p JOIN household h ON h.id = p.household_id"
    " JOIN village v ON v.id = h.village_id ORDER BY p.id"
)
ACCOUNTS_BROUGHT = "SELECT p.name, a.number FROM account a JOIN person p ON p.id = a.person_id ORDER BY a.id"
ALLOTMENTS_BROUGHT = "SELECT document, allotted_fen FROM allotment ORDER BY id"


def outcome(office: Desk, case: ImportCase, path: Path) -> tuple[Outcome, list[tuple[object, ...]]]:
    """What the import says, and what it brings, before all is taken back."""
    path.write_bytes(case.build())
    with office.store.trying():
        if case.kind == "people":
            said, brought = take_people(office, path), PEOPLE_BROUGHT
        elif case.kind == "accounts":
            registry = path.with_name("户籍.xlsx")
            registry.write_bytes(book([HEADING, *TWO_PEOPLE])())
            take_people(office, registry)
            said, brought = take_accounts(office, path), ACCOUNTS_BROUGHT
        else:
            said, brought = take_allotments(office, path), ALLOTMENTS_BROUGHT
        rows = office.store.rows(brought)
    width = max(map(len, case.taken), default=2)
    return said, [tuple(one[:width]) for one in rows]


@pytest.mark.parametrize("case", [one for one in IMPORTS if one.refused is None], ids=lambda case: case.name)
def test_taken_in_exactly(office: Desk, case: ImportCase, tmp_path: Path) -> None:
    said, brought = outcome(office, case, tmp_path / case.file)
    assert brought == list(case.taken)
    assert sorted((one.row, one.column, one.code) for one in said.findings) == sorted(case.found)
    assert all(one.sentence.endswith("。") for one in said.findings)
    assert (said.rows, said.accepted) == (case.rows, case.accepted)
    assert {one.code for one in said.remarks} == case.remarks
    assert list(said.unread_sheets) == list(case.unread)


@pytest.mark.parametrize(
    "case", [one for one in IMPORTS if one.refused is not None], ids=lambda case: case.name
)
def test_refused_word_for_word(office: Desk, case: ImportCase, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as no:
        outcome(office, case, tmp_path / case.file)
    assert (type(no.value), no.value.sentence) == (case.refused, case.sentence)
    assert office.store.value("SELECT count(*) FROM person") == 0


def test_no_two_are_alike() -> None:
    assert len({case.name for case in IMPORTS}) == len(IMPORTS) >= 100
