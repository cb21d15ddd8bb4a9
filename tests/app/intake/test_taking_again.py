"""Accepted proposals: the rows come in with the values that somebody accepted, checked as any row, and all goes back by undo."""

from pathlib import Path
from typing import Any

import pytest

from app.desk import Desk
from app.enrolment.use_cases import accept_roster_proposals, import_roster, undo_roster_run
from app.intake.proposals import NoSuchProposal, NothingProposed, ProposalDecided, proposals_of
from app.intake.queries import runs
from app.intake.source import AlreadyImported, AlreadyUndone, NoSuchRun
from app.intake.use_cases import decline_proposals
from app.registry.use_cases import (
    accept_registry_proposals,
    import_accounts,
    import_people,
    undo_registry_run,
)
from models.domain.permission import NotPermitted
from tests.app.enrolment.test_roster import LAND, make
from tests.app.intake.test_repairs import (
    ACCOUNTS,
    CARD,
    NUMBER,
    PEOPLE,
    ROSTER,
    account_row,
    cut,
    numeric_ids,
    roster_row,
)
from tests.builders import Make, card_number
from tests.faults import contents, each_statement_failing
from tests.sheets import codes, workbook

__all__ = ["make"]


@pytest.fixture
def known(desk: Desk, make: Make) -> Make:
    """王一 with an ID that a number cell destroys."""
    with desk.store.writing():
        desk.store.execute("UPDATE person SET id_number = ? WHERE id = 1", (NUMBER,))
    return make


def take(desk: Desk, path: Path, *rows: tuple[object, ...]) -> dict[str, Any]:
    book = workbook(path, ("名册", [ROSTER, *rows]))
    return dict(import_roster(desk, path=book, program=LAND, period="2024").answer)


def second(make: Make, **cells: object) -> tuple[object, ...]:
    mine = {"户主姓名": "王二", "身份证号码": make.id_number_of(2), "账号": card_number(2)}
    return roster_row(make, **{**mine, **cells})


def enrolled(desk: Desk) -> list[tuple[int, int]]:
    return [
        (row[0], row[1])
        for row in desk.store.rows("SELECT person_id, computed_fen FROM enrolment ORDER BY person_id")
    ]


def test_a_roster_row_comes_in_as_accepted(desk: Desk, known: Make, tmp_path: Path) -> None:
    first = take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)), second(known))
    assert (first["rows"], first["accepted"], enrolled(desk)) == (2, 1, [(2, 25145)])
    done = accept_roster_proposals(desk, run_id=first["run"])
    answer = dict(done.answer)
    assert (answer["rows"], answer["accepted"], answer["rejected"]) == (1, 1, 0)
    assert (answer["accepted_fen"], answer["for_run"]) == (25145, first["run"])
    assert codes(answer) == []
    assert enrolled(desk) == [(1, 25145), (2, 25145)]
    (kept,) = proposals_of(desk.store, first["run"])
    assert (kept.state, kept.taken_by_run, kept.decided_by, kept.decided_on) == (
        "accepted",
        answer["run"],
        "经办甲",
        "2024-06-03",
    )
    assert kept.written.startswith("3.3062")  # the value as it was
    listed = {one.run: one for one in runs(desk.store)}
    assert (listed[int(str(answer["run"]))].follows, listed[first["run"]].accepted) == (first["run"], 1)
    assert done.counts["proposals"] == 1
    assert len(str(done.counts["values_sha256"])) == 64


def test_undo_of_the_first_run_takes_all_back(desk: Desk, known: Make, tmp_path: Path) -> None:
    before = contents(desk.store)
    first = take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)), second(known))
    accept_roster_proposals(desk, run_id=first["run"])
    undo_roster_run(desk, run_id=first["run"])
    assert enrolled(desk) == []
    assert {run.state for run in runs(desk.store)} == {"undone"}
    after = contents(desk.store)
    assert {name for name in before if before[name] != after[name]} <= {
        "audit_line", "import_run", "import_finding", "import_proposal", "stored_file", "seal", "office",
    }  # fmt: skip
    with pytest.raises(AlreadyUndone):
        accept_roster_proposals(desk, run_id=first["run"])


def test_undo_of_the_following_run_opens_the_proposal_again(desk: Desk, known: Make, tmp_path: Path) -> None:
    first = take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)), second(known))
    follow_up = accept_roster_proposals(desk, run_id=first["run"]).answer
    undo_roster_run(desk, run_id=int(str(follow_up["run"])))
    assert enrolled(desk) == [(2, 25145)]
    (kept,) = proposals_of(desk.store, first["run"])
    assert (kept.state, kept.taken_by_run, kept.decided_by) == ("open", None, None)
    accept_roster_proposals(desk, run_id=first["run"], code="id.precision_lost")
    assert enrolled(desk) == [(1, 25145), (2, 25145)]


def test_a_row_that_still_fails_says_why(desk: Desk, known: Make, tmp_path: Path) -> None:
    row = roster_row(known, 身份证号码=cut(NUMBER), **{"补贴金额（元）": 999.0})
    first = take(desk, tmp_path / "a.xlsx", row)
    answer = dict(accept_roster_proposals(desk, run_id=first["run"]).answer)
    assert (answer["rows"], answer["accepted"], answer["rejected"]) == (1, 0, 1)
    assert codes(answer) == [(2, "amount.mismatch")]
    assert enrolled(desk) == []


def test_an_accepted_row_repeats_none_that_stands(desk: Desk, known: Make, tmp_path: Path) -> None:
    """The row after it was taken in for the same household before the proposal was accepted."""
    first = take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)), second(known))
    with desk.store.writing():  # the village's clerk finds that they are one household
        desk.store.execute("UPDATE person SET household_id = 1 WHERE id = 2")
        desk.store.execute("UPDATE enrolment SET household_id = 1")
    answer = dict(accept_roster_proposals(desk, run_id=first["run"]).answer)
    assert codes(answer) == [(2, "payment.duplicate")]
    assert enrolled(desk) == [(2, 25145)]


def test_decisions_are_made_once(desk: Desk, known: Make, tmp_path: Path) -> None:
    first = take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)))
    run = first["run"]
    (number,) = [one["proposal"] for one in first["proposals"]]
    with pytest.raises(NoSuchProposal):
        accept_roster_proposals(desk, run_id=run, numbers=[number + 1])
    with pytest.raises(NothingProposed):
        accept_roster_proposals(desk, run_id=run, code="id.length")
    with pytest.raises(NoSuchRun):
        accept_roster_proposals(desk, run_id=run + 1)
    with pytest.raises(NoSuchRun):
        accept_registry_proposals(desk, run_id=run)
    assert decline_proposals(desk, run_id=run, numbers=[number]).answer["declined"] == [number]
    assert enrolled(desk) == []
    with pytest.raises(ProposalDecided):
        accept_roster_proposals(desk, run_id=run, numbers=[number])
    with pytest.raises(NothingProposed):
        decline_proposals(desk, run_id=run)


def test_an_auditor_decides_nothing(desk: Desk, reviewer: Desk, known: Make, tmp_path: Path) -> None:
    first = take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)))
    with pytest.raises(NotPermitted):
        accept_roster_proposals(reviewer, run_id=first["run"])


def test_the_file_does_not_come_in_twice(desk: Desk, known: Make, tmp_path: Path) -> None:
    first = take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)))
    accept_roster_proposals(desk, run_id=first["run"])
    with pytest.raises(AlreadyImported) as again:
        import_roster(desk, path=tmp_path / "a.xlsx", program=LAND, period="2024")
    assert again.value.run == first["run"]


def test_id_and_account_of_one_row_are_accepted_one_after_the_other(
    desk: Desk, known: Make, tmp_path: Path
) -> None:
    row = account_row(known, 身份证号码=cut(NUMBER), 账号=float(CARD))
    first = import_accounts(desk, path=workbook(tmp_path / "a.xlsx", ("清册", [ACCOUNTS, row]))).answer
    assert codes(first) == [(2, "id.precision_lost"), (2, "account.precision_lost")]
    run = int(str(first["run"]))
    then = accept_registry_proposals(desk, run_id=run).answer
    assert codes(then) == [(2, "account.precision_lost")]
    last = accept_registry_proposals(desk, run_id=run).answer
    assert (codes(last), last["accepted"]) == ([], 1)
    assert last["for_run"] == run
    assert [one.state for one in proposals_of(desk.store, run)] == ["accepted", "accepted"]
    assert desk.store.rows("SELECT number FROM account WHERE person_id = 1") == [(CARD,)]


def test_an_account_that_a_slip_had_replaced_is_put_right(desk: Desk, known: Make, tmp_path: Path) -> None:
    slip = CARD[:17] + CARD[18] + CARD[17]
    row = account_row(known, 身份证号码=NUMBER, 账号=slip)
    first = import_accounts(desk, path=workbook(tmp_path / "a.xlsx", ("清册", [ACCOUNTS, row]))).answer
    accept_registry_proposals(desk, run_id=int(str(first["run"])))
    opened = desk.store.rows("SELECT number FROM account WHERE person_id = 1 AND valid_to IS NULL")
    assert opened == [(CARD,)]
    undo_registry_run(desk, run_id=int(str(first["run"])))
    assert desk.store.rows("SELECT number, valid_to FROM account WHERE person_id = 1") == [(CARD, None)]


def test_a_person_of_the_people_file_is_updated_as_accepted(desk: Desk, tmp_path: Path) -> None:
    other = numeric_ids("330624196001010")[0]
    rows: list[tuple[object, ...]] = [
        ("上溪村", "1组", "王一", "户主", NUMBER),
        (None, None, "李一", "配偶", other),
    ]
    import_people(desk, path=workbook(tmp_path / "a.xlsx", ("表", [PEOPLE, *rows])))
    rows = [("上溪村", "1组", "王一", "户主", cut(NUMBER)), (None, None, "李一", "妻", other)]
    first = import_people(desk, path=workbook(tmp_path / "b.xlsx", ("表", [PEOPLE, *rows]))).answer
    assert (2, "id.precision_lost") in codes(first)
    answer = accept_registry_proposals(desk, run_id=int(str(first["run"]))).answer
    assert (codes(answer), answer["rows"], answer["accepted"]) == ([], 1, 1)
    assert desk.store.rows("SELECT name, household_id, relation FROM person ORDER BY id") == [
        ("王一", 1, "户主"), ("李一", 1, "妻"),
    ]  # fmt: skip
    assert desk.store.value("SELECT head_id FROM household") == 1


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, known: Make, tmp_path: Path) -> None:
    first = take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)), second(known))
    assert each_statement_failing(desk.store, lambda: accept_roster_proposals(desk, run_id=first["run"])) > 5
    assert len(enrolled(desk)) == 2


def test_what_was_written_stays(desk: Desk, known: Make, tmp_path: Path) -> None:
    take(desk, tmp_path / "a.xlsx", roster_row(known, 身份证号码=cut(NUMBER)))
    for sql in ("UPDATE import_proposal SET written = 'x'", "DELETE FROM import_proposal"):
        with pytest.raises(Exception, match="import_proposal"), desk.store.writing():
            desk.store.execute(sql)
