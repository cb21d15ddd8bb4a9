"""Two records that look alike and are two people: said once, not asked about again, and taken back when it was wrong."""

from pathlib import Path
from typing import Any

import pytest

from app.desk import Desk
from app.registry.merging import (
    AlreadyApart,
    AlreadyMerged,
    ApartReasonMissing,
    MergedWithSelf,
    NotApart,
    duplicates,
)
from app.registry.use_cases import import_people, set_apart, set_together, undo_registry_run, unmerge_person
from models.domain.permission import NotPermitted
from tests.app.registry.test_merging import Twins, put, twins
from tests.app.registry.test_people import people_file, row
from tests.conftest import seat
from tests.faults import each_statement_failing

__all__ = ["twins"]

REASON = "已与村里核实，是双胞胎"


def test_a_pair_is_not_asked_about_again_until_it_is_taken_back(desk: Desk, twins: Twins) -> None:
    assert duplicates(desk.store)["count"] == 1
    set_apart(desk, one=twins.other, other=twins.kept, reason=f" {REASON} ")
    assert duplicates(desk.store)["count"] == 0
    assert desk.store.row("SELECT one_id, other_id, reason FROM person_apart") == (
        twins.kept,
        twins.other,
        REASON,
    )
    set_together(desk, one=twins.kept, other=twins.other)
    assert duplicates(desk.store)["count"] == 1
    set_apart(desk, one=twins.kept, other=twins.other, reason="又核实了一次")
    assert duplicates(desk.store)["count"] == 0
    verbs = desk.store.rows("SELECT act FROM audit_line WHERE act LIKE 'person.%' ORDER BY seq")
    assert [verb for (verb,) in verbs] == ["person.apart", "person.together", "person.apart"]


def test_a_third_record_is_still_asked_about(desk: Desk, twins: Twins) -> None:
    third = put(twins.make, "张晓明", "33062419550101005")
    asked = pairs(desk)
    assert {third, twins.kept} in asked
    set_apart(desk, one=twins.kept, other=twins.other, reason=REASON)
    assert pairs(desk) == [pair for pair in asked if pair != {twins.kept, twins.other}]


def pairs(desk: Desk) -> list[set[int]]:
    found: Any = duplicates(desk.store)["pairs"]
    return [{pair["one"]["person"], pair["other"]["person"]} for pair in found]


def test_a_merge_afterwards_is_the_later_word(desk: Desk, twins: Twins) -> None:
    set_apart(desk, one=twins.kept, other=twins.other, reason=REASON)
    twins.merge(desk, twins.kept, twins.other)
    with pytest.raises(AlreadyMerged):
        set_apart(desk, one=twins.kept, other=twins.other, reason=REASON)
    unmerge_person(desk, person=twins.id_of(twins.other), reason="弄错了")
    assert duplicates(desk.store)["count"] == 1
    assert desk.store.value("SELECT count(*) FROM person_apart WHERE undone_on IS NULL") == 0


def test_what_cannot_be_said(desk: Desk, twins: Twins) -> None:
    with pytest.raises(ApartReasonMissing):
        set_apart(desk, one=twins.kept, other=twins.other, reason=" \u3000")
    with pytest.raises(MergedWithSelf):
        set_apart(desk, one=twins.kept, other=twins.kept, reason=REASON)
    with pytest.raises(NotApart):
        set_together(desk, one=twins.kept, other=twins.other)
    set_apart(desk, one=twins.kept, other=twins.other, reason=REASON)
    with pytest.raises(AlreadyApart) as no:
        set_apart(desk, one=twins.other, other=twins.kept, reason=REASON)
    assert no.value.sentence == f"张晓明 和 张小明 已在 2024-06-03 登记为不同的人（{REASON}），没有再做什么。"
    with pytest.raises(NotPermitted):
        set_apart(seat(desk, "审计戊"), one=twins.kept, other=twins.third, reason=REASON)


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, twins: Twins) -> None:
    assert (
        each_statement_failing(
            desk.store, lambda: set_apart(desk, one=twins.kept, other=twins.other, reason=REASON)
        )
        > 3
    )


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO person_apart (one_id, other_id, reason, decided_on, operator_id) SELECT one_id, other_id, '又', decided_on, 1 FROM person_apart",
        "INSERT INTO person_apart (one_id, other_id, reason, decided_on, operator_id) SELECT other_id, one_id, '又', decided_on, 1 FROM person_apart",
        "UPDATE person_apart SET reason = '另一个'",
        "UPDATE person_apart SET reason = ''",
        "UPDATE person_apart SET undone_on = '2024-06-04'",
    ],
)
def test_the_database_forbids_it(desk: Desk, twins: Twins, statement: str) -> None:
    set_apart(desk, one=twins.kept, other=twins.other, reason=REASON)
    with pytest.raises(Exception, match=r"CHECK|UNIQUE|stays"), desk.store.writing():
        desk.store.execute(statement)


def test_an_undone_import_takes_what_was_said_of_its_people_along(desk: Desk, tmp_path: Path) -> None:
    answer: Any = import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1), row(2))).answer
    one, other = (found[0] for found in desk.store.rows("SELECT id FROM person ORDER BY id"))
    set_apart(desk, one=one, other=other, reason=REASON)
    undo_registry_run(desk, run_id=answer["run"])
    assert desk.store.value("SELECT count(*) FROM person_apart") == 0
