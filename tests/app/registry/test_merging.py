"""Near matches and merging: found under a slip, marked, reversible."""

from typing import Any

import pytest

from app.desk import Desk
from app.registry.merging import (
    AlreadyMerged,
    HasMerged,
    MergedWithSelf,
    MergeReasonMissing,
    NotMerged,
    duplicates,
)
from app.registry.near_people import near_pairs, near_people, sound_of
from app.registry.queries import SeveralFound, find_person, person_card
from app.registry.use_cases import merge_people, unmerge_person
from models.domain.idnumber import check_digit
from models.domain.person_name import name_key
from models.domain.sameness import Identity
from tests.app.batches.months import AGED
from tests.builders import Make
from tests.faults import contents, each_statement_failing


def put(make: Make, name: str, first17: str, *, village: str = "上溪村", household: int | None = None) -> int:
    """A person with an ID of our choosing."""
    person = make.person(name, village=village, household=household, account=None)
    with make.store.writing():
        make.store.execute(
            "UPDATE person SET id_number = ?, birth = ? WHERE id = ?",
            (
                first17 + check_digit(first17),
                f"{first17[6:10]}-{first17[10:12]}-{first17[12:14]}",
                person,
            ),
        )
    return person


FIRST = "33062419550101001"


@pytest.mark.parametrize(
    ("name", "first17", "village", "score"),
    [
        ("张晓明", "33062419550102001", "上溪村", 99),
        ("张晓明", "33062419550102001", "下溪村", 95),
        ("章小明", "33062419550110001", "上溪村", 88),
        ("张晓明", "33062119550101333", "下溪村", 90),
        ("张小明", "33062119550101333", "上溪村", 81),
    ],
)
def test_a_second_record_is_found(desk: Desk, name: str, first17: str, village: str, score: int) -> None:
    make = Make(desk)
    one, other = put(make, "张晓明", FIRST), put(make, name, first17, village=village)
    put(make, "李大海", "33062419550101003")
    assert [pair[:3] for pair in near_pairs(desk.store)] == [(one, other, score)]


@pytest.mark.parametrize(
    ("name", "first17"),
    [("张小明", "33062119550101333"), ("张晓明", "33062119700707123"), ("李大海", "33062419550102001")],
)
def test_chance_is_not_shown(desk: Desk, name: str, first17: str) -> None:
    make = Make(desk)
    put(make, "张晓明", FIRST)
    put(make, name, first17, village="下溪村")
    assert near_pairs(desk.store) == []


def test_a_runs_people_are_compared_with_everybody(desk: Desk) -> None:
    make = Make(desk)
    old, fresh, twin = (
        put(make, "张晓明", FIRST),
        put(make, "张晓明", "33062419550102001"),
        put(make, "张晓明", "33062419550103001"),
    )
    with desk.store.writing():
        sha256 = desk.store.keep_file(b"people", "a.xlsx", "import.people", "2024-06-03")
        run = desk.store.insert(
            "INSERT INTO import_run (kind, file_name, file_sha256, mapping, rows, accepted, rejected, state, operator_id,"
            " business_date) VALUES ('people', 'a.xlsx', ?, '{}', 0, 0, 0, 'done', 1, '2024-06-03')",
            (sha256,),
        )
        desk.store.execute("UPDATE person SET run_id = ? WHERE id IN (?, ?)", (run, fresh, twin))
    pairs = {frozenset(pair[:2]) for pair in near_pairs(desk.store, run_id=run)}
    assert pairs == {frozenset((old, fresh)), frozenset((old, twin)), frozenset((fresh, twin))}
    assert len(near_pairs(desk.store, run_id=run)) == 3
    assert near_pairs(desk.store, run_id=run + 1) == []


def test_lines_of_another_list_find_their_people(desk: Desk) -> None:
    make = Make(desk)
    person = put(make, "张晓明", FIRST)
    put(make, "李大海", "33062419600202002")
    asked = [
        Identity(7, FIRST[:6] + FIRST[8:], name_key("张晓明"), ""),
        Identity(8, "33062419550102001" + check_digit("33062419550102001"), "张小明", "1955-01-02"),
        Identity(9, FIRST + check_digit(FIRST), "王五", "1955-01-01"),
    ]
    found = {pair.one: (pair.other, pair.score) for pair in near_people(desk.store, asked)}
    assert found[8] == (person, 82)
    assert found[9] == (person, 100)


def test_sounds_of_dialects_are_one() -> None:
    assert sound_of("章") == sound_of("张") == sound_of("臧")
    assert sound_of("林") == sound_of("凌")
    assert sound_of("晓") == sound_of("小")
    assert sound_of("晓") != sound_of("明")
    assert sound_of("?") == ""


class Twins:
    """One person under two IDs, both entitled to the same."""

    def __init__(self, desk: Desk) -> None:
        self.make = make = Make(desk)
        self.kept, self.other = put(make, "张晓明", FIRST), put(make, "张小明", "33062419550102001")
        make.enrolment(self.kept, AGED)
        make.enrolment(self.other, AGED)
        self.third = put(make, "王五", "33062419600101001")

    def id_of(self, person: int) -> str:
        return self.make.id_number_of(person)

    def merge(self, desk: Desk, keep: int, other: int, reason: str = "派出所证明") -> dict[str, Any]:
        return dict(merge_people(desk, keep=self.id_of(keep), other=self.id_of(other), reason=reason).answer)


@pytest.fixture
def twins(desk: Desk) -> Twins:
    return Twins(desk)


def test_a_merge_is_a_mark_and_comes_off_again(desk: Desk, twins: Twins) -> None:
    before = contents(desk.store)
    answer = twins.merge(desk, twins.kept, twins.other)
    assert [(one["program"], one["period"], one["records"]) for one in answer["had_by_both"]] == [
        (AGED, "2024-06", 2)
    ]
    assert desk.store.value("SELECT merged_into FROM person WHERE id = ?", (twins.other,)) == twins.kept
    assert person_card(desk.store, twins.kept)["same_person"][0]["person"] == twins.other  # type: ignore[index]
    assert duplicates(desk.store)["count"] == 0
    unmerge_person(desk, person=twins.id_of(twins.other), reason="弄错了")
    after = contents(desk.store)
    for table in ("person", "household", "enrolment", "account"):
        assert after[table] == before[table]
    assert desk.store.row("SELECT reason, undone_on, undone_reason FROM person_merge") == (
        "派出所证明",
        "2024-06-03",
        "弄错了",
    )
    assert duplicates(desk.store)["count"] == 1


def test_one_person_in_two_records_is_meant_by_their_name(desk: Desk) -> None:
    make = Make(desk)
    kept, other = put(make, "张晓明", FIRST), put(make, "张晓明", "33062419550102001")
    with pytest.raises(SeveralFound, match="对应 2 个人"):
        find_person(desk.store, "张晓明")
    merge_people(desk, keep=make.id_number_of(kept), other=make.id_number_of(other), reason="派出所证明")
    assert find_person(desk.store, "张晓明") == kept
    assert (
        find_person(desk.store, make.id_number_of(other)) == other
    )  # by its own number a record is meant itself
    put(make, "张晓明", "33062419700707001")
    with pytest.raises(SeveralFound, match="对应 2 个人"):
        find_person(desk.store, "张晓明")


def test_what_cannot_be_merged(desk: Desk, twins: Twins) -> None:
    with pytest.raises(MergedWithSelf):
        twins.merge(desk, twins.kept, twins.kept)
    with pytest.raises(MergeReasonMissing):
        twins.merge(desk, twins.kept, twins.other, reason=" ")
    with pytest.raises(NotMerged):
        unmerge_person(desk, person=twins.id_of(twins.other), reason="弄错了")
    twins.merge(desk, twins.kept, twins.other)
    with pytest.raises(AlreadyMerged):
        twins.merge(desk, twins.third, twins.other)
    with pytest.raises(AlreadyMerged):
        twins.merge(desk, twins.other, twins.third)
    with pytest.raises(HasMerged):
        twins.merge(desk, twins.third, twins.kept)
    twins.merge(desk, twins.kept, twins.third)


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, twins: Twins) -> None:
    assert each_statement_failing(desk.store, lambda: twins.merge(desk, twins.kept, twins.other)) > 5


def test_the_database_holds_one_mark_a_record(desk: Desk, twins: Twins) -> None:
    twins.merge(desk, twins.kept, twins.other)
    with pytest.raises(Exception, match="UNIQUE"), desk.store.writing():
        desk.store.execute(
            "INSERT INTO person_merge (kept_id, merged_id, reason, merged_on, operator_id) VALUES (?, ?, '又', '2024-06-03', 1)",
            (twins.third, twins.other),
        )
    with pytest.raises(Exception, match="CHECK"), desk.store.writing():
        desk.store.execute("UPDATE person SET merged_into = id WHERE id = ?", (twins.third,))
