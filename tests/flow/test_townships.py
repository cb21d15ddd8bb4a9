"""Made-up townships in many layouts with every fault: what the imports answer is the truth, no more and no fewer."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.desk import Desk
from app.enrolment.use_cases import import_roster
from app.programs.use_cases import add_policies
from app.registry.use_cases import import_accounts, import_people
from tests.conftest import found, seat
from tests.townships import POLICIES, Township, Truth

SEEDS = range(40)


def agrees(answer: Any, truth: Truth) -> None:
    """The answer is the truth: findings as a set of (sheet, row, code), rows, accepted, and money where there is any."""
    findings = Counter((one["sheet"], one["row"], one["code"]) for one in answer["findings"])
    expected = Counter(truth.findings)
    too_many, too_few = sorted(findings - expected), sorted(expected - findings)
    assert (too_many, too_few) == ([], []), truth.path.name
    assert (answer["rows"], answer["accepted"]) == (truth.rows, truth.accepted), truth.path.name


@pytest.fixture(name="office")
def _office(tmp_path: Path, seed: int) -> Iterator[tuple[Desk, Township]]:
    """A clerk's desk in an office of a made-up township, its people taken in."""
    township = Township(seed)
    admin = found(
        tmp_path / "office", villages=township.villages if township.is_founded_with_villages else ()
    )
    desk = seat(admin, "经办甲")
    add_policies(desk, tables=POLICIES, source_name="policies.toml")
    truth = township.people_file(tmp_path)
    agrees(import_people(desk, path=truth.path).answer, truth)
    yield desk, township
    admin.store.close()


def registered(desk: Desk) -> list[tuple[str | None, ...]]:
    """Everybody in the registry, as `Township.registered` has them."""
    return desk.store.rows(
        "SELECT p.id_number, p.name_key, v.name, head.id_number, p.died_on FROM person p"
        " JOIN household h ON h.id = p.household_id JOIN village v ON v.id = h.village_id LEFT JOIN person head ON head.id = h.head_id"
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_township_comes_in_with_exactly_its_findings(office: tuple[Desk, Township], tmp_path: Path) -> None:
    desk, township = office
    assert sorted(registered(desk), key=repr) == sorted(township.registered(), key=repr)
    truth = township.accounts_file(tmp_path)
    agrees(import_accounts(desk, path=truth.path).answer, truth)
    accounts = desk.store.rows(
        "SELECT p.id_number, a.number FROM account a JOIN person p ON p.id = a.person_id WHERE a.valid_to IS NULL"
    )
    assert sorted(accounts) == sorted((one.id_number, one.account) for one in township.people if one.account)
    for truth in township.rosters(tmp_path):
        answer = import_roster(desk, path=truth.path, program=truth.program, period=truth.period).answer
        agrees(answer, truth)
        assert answer["accepted_fen"] == truth.fen
        assert answer["accepted_fen_by_village"] == dict(truth.fen_by_village)


@pytest.mark.parametrize("seed", SEEDS)
def test_next_months_people_are_the_same_people(office: tuple[Desk, Township], tmp_path: Path) -> None:
    desk, township = office
    township.live_on()
    (tmp_path / "7").mkdir()
    truth = township.people_file(tmp_path / "7")
    agrees(import_people(desk, path=truth.path).answer, truth)
    assert sorted(registered(desk), key=repr) == sorted(township.registered(), key=repr)
