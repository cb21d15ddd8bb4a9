"""The three sample townships: the findings are those of truth.json, no more and no fewer, and the sums agree to the fen."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from app.desk import Desk
from app.enrolment.use_cases import import_roster
from app.programs.use_cases import add_policies
from app.registry.use_cases import import_accounts, import_people
from tests.conftest import SAMPLES, found, seat

TOWNSHIPS = ("yunxi", "yunxi-by-village", "yunxi-old-xls")
PROGRAMS = {
    "gdbh": "2130122",
    "stgyl": "2110501",
    "ncdb": "2081902",
    "tkgy": "2082102",
    "gljt": "2080502",
    "cjhl": "2081108",
    "skym": "2130321",
    "slh": "933062400001",
}


@pytest.fixture(scope="module", params=TOWNSHIPS)
def township(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """One township taken in from its workbooks: the truth, and what each file answered."""
    folder = SAMPLES / request.param
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    admin = found(tmp_path_factory.mktemp(request.param) / "office", villages=())
    desk = seat(admin, "经办甲")
    policies = tomllib.loads((SAMPLES / "policies.toml").read_text(encoding="utf-8"))["policy"]
    add_policies(desk, tables=policies, source_name="policies.toml")
    answers: dict[str, Any] = {
        "people": import_people(desk, path=folder / truth["registry"]["file"]).answer,
        "accounts": import_accounts(desk, path=folder / truth["accounts"]["file"]).answer,
    }
    for key, roster in truth["rosters"].items():
        answers[key] = import_roster(
            desk, path=folder / roster["file"], program=PROGRAMS[key], period="2024-06"
        ).answer
    yield {"truth": truth, "answers": answers, "desk": desk, "folder": folder}
    admin.store.close()


def found_in(answer: dict[str, Any]) -> list[tuple[str, int, str]]:
    """The findings as the truth states them."""
    return sorted((finding["sheet"], finding["row"], finding["code"]) for finding in answer["findings"])


def test_people_findings_and_counts(township: dict[str, Any]) -> None:
    truth, answer = township["truth"]["registry"], township["answers"]["people"]
    assert found_in(answer) == sorted(map(tuple, truth["faults"]))
    assert answer["rows"] == truth["rows"]
    assert answer["accepted"] == truth["people_accepted"]
    assert answer["rejected"] == truth["rows"] - truth["people_accepted"]


def test_people_in_the_registry(township: dict[str, Any]) -> None:
    desk: Desk = township["desk"]
    truth = township["truth"]["registry"]
    known = {row[0] for row in desk.store.rows("SELECT id_number FROM person")}
    assert len(known) == truth["people_accepted"]
    assert not known & set(truth["people_lost"])
    assert desk.store.value("SELECT count(*) FROM household") == truth["households"]
    assert desk.store.value("SELECT count(*) FROM household WHERE head_id IS NULL") == 0
    assert [row[0] for row in desk.store.rows("SELECT name FROM village ORDER BY id")] == township["truth"][
        "villages"
    ]


def test_account_findings(township: dict[str, Any]) -> None:
    truth, answer = township["truth"]["accounts"], township["answers"]["accounts"]
    assert found_in(answer) == sorted(map(tuple, truth["faults"]))
    assert (answer["rows"], answer["accepted"]) == (truth["rows"], truth["rows"])
    sharing = township["desk"].store.rows(
        "SELECT DISTINCT h.number FROM account a JOIN person p ON p.id = a.person_id JOIN household h ON h.id = p.household_id"
        " WHERE a.number IN (SELECT number FROM account GROUP BY number HAVING count(*) > 1)"
    )
    # the truth names one household of each pair, the finding stands on the later row
    assert set(truth["households_sharing"]) <= {row[0] for row in sharing}
    assert len(sharing) == 2 * len(truth["households_sharing"])


@pytest.mark.parametrize("key", PROGRAMS)
def test_roster_findings_and_sums(township: dict[str, Any], key: str) -> None:
    truth, answer = township["truth"]["rosters"][key], township["answers"][key]
    assert found_in(answer) == sorted(map(tuple, truth["faults"]))
    assert (answer["rows"], answer["accepted"]) == (truth["rows"], truth["accepted"])
    assert answer["accepted_fen"] == truth["accepted_fen"]
    assert answer["accepted_fen_by_village"] == truth["accepted_fen_by_village"]
    sums = township["desk"].store.row(
        "SELECT count(*), coalesce(sum(computed_fen), 0) FROM enrolment e JOIN program g ON g.id = e.program_id WHERE g.code = ?",
        (PROGRAMS[key],),
    )
    assert sums == (truth["accepted"], truth["accepted_fen"])


def test_every_finding_speaks_chinese_with_a_place(township: dict[str, Any]) -> None:
    for answer in township["answers"].values():
        for finding in answer["findings"]:
            assert finding["sentence"].endswith("。")
            assert "{" not in finding["sentence"]
            assert finding["level"] in ("error", "warning")
            assert finding["column"] or finding["code"] == "account.missing"
