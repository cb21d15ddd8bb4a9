"""Household events: what changes, what follows, what is left to decide, and who was head or member when."""

from datetime import date
from typing import Any

import pytest

from app.desk import Desk
from app.enrolment.questions import LastDayMissing, QuestionDecided, QuestionReasonMissing
from app.enrolment.use_cases import decide_enrolment
from app.registry.household_cards import (
    HouseholdEnded,
    NoSuchHousehold,
    find_household,
    household_card,
    open_questions,
)
from app.registry.household_events import EventInFuture, NoReasonGiven
from app.registry.households import (
    DeathDayDiffers,
    DeathDayMissing,
    HeadNotAlive,
    HeadNotSaid,
    NobodyMoves,
    NoHead,
    NotAMember,
    NothingChanges,
    NumberTaken,
    SameHousehold,
    VillageUnknown,
)
from app.registry.use_cases import (
    record_head_change,
    record_head_death,
    record_merge,
    record_move,
    record_split,
)
from models.domain.permission import NotPermitted
from tests.app.batches.months import AGED, LAND, LOW, Month
from tests.builders import Make
from tests.faults import each_statement_failing

DAY = date(2024, 5, 20)
PROOF = "村委会证明"


class Family:
    """A head with a wife and a son, and another household of one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store = desk.store
        self.make = make = Make(desk)
        self.head = make.person("王一", birth="19400501")
        self.home = make.household_of(self.head)
        self.wife = make.person("李二", household=self.home, sex="女")
        self.son = make.person("王三", household=self.home, birth="19700101", account=None)
        self.other = make.person("赵四")
        self.other_home = make.household_of(self.other)
        self.number = self.value("SELECT number FROM household WHERE id = ?", self.home)
        self.other_number = self.value("SELECT number FROM household WHERE id = ?", self.other_home)

    def value(self, sql: str, *parameters: object) -> Any:
        return self.store.value(sql, parameters)

    def id_of(self, person: int) -> str:
        return self.make.id_number_of(person)

    def head_of(self, household: int) -> Any:
        return self.value("SELECT head_id FROM household WHERE id = ?", household)

    def row(self, enrolment: int) -> Any:
        return self.store.row(
            "SELECT person_id, household_id, valid_from, valid_to, state FROM enrolment WHERE id = ?",
            (enrolment,),
        )

    def die(self, **facts: Any) -> dict[str, Any]:
        told = {"household": self.number, "reason": PROOF, "died_on": DAY, **facts}
        return dict(record_head_death(self.desk, **told).answer)

    def split(self, **facts: Any) -> dict[str, Any]:
        told = {
            "household": self.number, "members": [self.id_of(self.son)], "new_head": self.id_of(self.son), "on": DAY,
            "reason": PROOF, **facts,
        }  # fmt: skip
        return dict(record_split(self.desk, **told).answer)

    def history(self, household: int) -> list[tuple[Any, ...]]:
        card = household_card(self.store, household)
        return [
            (span["role"], span["person"], span["valid_from"], span["valid_to"])
            for span in card["history"]  # type: ignore[attr-defined]
        ]


@pytest.fixture
def family(desk: Desk) -> Family:
    return Family(desk)


def kinds(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["enrolment"], one["kind"]) for one in answer["to_decide"]]


def test_a_dead_head_is_followed_by_another(family: Family) -> None:
    land = family.make.enrolment(family.head, LAND, target="household", quantity=25_000, standing=True)
    aged = family.make.enrolment(family.head, AGED, standing=True)
    answer = family.die(new_head=family.id_of(family.son))
    assert family.head_of(family.home) == family.son
    assert family.store.row("SELECT is_dead, died_on, relation FROM person WHERE id = ?", (family.head,)) == (
        1,
        "2024-05-20",
        "原户主",
    )
    assert family.value("SELECT relation FROM person WHERE id = ?", family.son) == "户主"
    # the land goes on in the new head's name; the old-age pension of the dead is for somebody to decide
    assert family.row(land)[:2] == (family.son, family.home)
    assert [one["enrolment"] for one in answer["followed"]] == [land]
    assert kinds(answer) == [(aged, "beneficiary_died")]
    assert family.row(aged)[4] == "active"
    assert answer["without_account"] == ["王三"]


def test_a_head_may_be_missing_when_that_is_said(family: Family) -> None:
    land = family.make.enrolment(family.head, LAND, target="household", quantity=25_000, standing=True)
    with pytest.raises(HeadNotSaid) as refused:
        family.die()
    assert "李二" in refused.value.sentence
    assert "330624" in refused.value.sentence
    assert family.id_of(family.wife) not in refused.value.sentence
    answer = family.die(head_missing=True)
    assert family.head_of(family.home) is None
    assert kinds(answer) == [(land, "head_missing")]
    record_head_change(
        family.desk,
        household=family.number,
        new_head=family.id_of(family.wife),
        on=date(2024, 6, 1),
        reason=PROOF,
    )
    assert family.head_of(family.home) == family.wife
    assert family.history(family.home)[0] == ("head", family.head, None, "2024-05-20")
    assert ("head", family.wife, "2024-06-01", None) in family.history(family.home)


def test_a_roster_of_a_month_to_come_follows_and_a_paid_one_stays(admin: Desk) -> None:
    month = Month(admin)
    month.policy(LAND)
    family = Family(month.clerk)
    month.fund(LAND)
    paid = family.make.enrolment(family.head, LAND, target="household", period="2024", quantity=25_000)
    month.create(LAND, "2024")
    coming = family.make.enrolment(family.head, LAND, target="household", period="2025", quantity=25_000)
    family.die(new_head=family.id_of(family.wife))
    assert family.row(paid)[0] == family.head
    assert family.row(coming)[0] == family.wife


def test_the_registered_day_of_death_counts(family: Family) -> None:
    with pytest.raises(DeathDayMissing):
        family.die(died_on=None, new_head=family.id_of(family.wife))
    with family.store.writing():
        family.store.execute(
            "UPDATE person SET is_dead = 1, died_on = '2024-05-01' WHERE id = ?", (family.head,)
        )
    with pytest.raises(DeathDayDiffers):
        family.die(new_head=family.id_of(family.wife))
    family.die(died_on=None, new_head=family.id_of(family.wife))
    assert household_card(family.store, family.home)["events"][0]["happened_on"] == "2024-05-01"  # type: ignore[index]


def test_a_dead_guardian_leaves_the_ward_to_decide(family: Family) -> None:
    ward = family.make.enrolment(family.other, AGED, standing=True)
    with family.store.writing():
        family.store.execute(
            "INSERT INTO guardian (person_id, role, name, id_number) VALUES (?, 'guardian', '王一', ?)",
            (family.other, family.id_of(family.head)),
        )
    assert kinds(family.die(new_head=family.id_of(family.wife))) == [(ward, "payee_died")]


def test_a_split_takes_what_is_the_persons_and_asks_about_what_is_the_households(family: Family) -> None:
    land = family.make.enrolment(family.head, LAND, target="household", quantity=25_000, standing=True)
    aged = family.make.enrolment(family.son, AGED, standing=True)
    answer = family.split(number="H-9", village="下溪村", group="3组")
    fresh = find_household(family.store, "H-9")
    assert (fresh.head_id, fresh.group_number, fresh.village_id) == (
        family.son,
        3,
        family.make.village("下溪村"),
    )
    assert family.head_of(family.home) == family.head
    assert family.row(aged)[:2] == (family.son, fresh.id)
    assert family.row(land)[:2] == (family.head, family.home)
    assert kinds(answer) == [(land, "shared")]
    assert family.history(family.home)[0] == ("member", family.son, None, "2024-05-20")
    assert ("head", family.son, "2024-05-20", None) in family.history(fresh.id)
    assert ("member", family.son, "2024-05-20", None) in family.history(fresh.id)


def test_a_split_that_takes_the_head_needs_a_head_for_the_rest(family: Family) -> None:
    land = family.make.enrolment(family.head, LAND, target="household", quantity=25_000, standing=True)
    going = {"members": [family.id_of(family.head)], "new_head": family.id_of(family.head)}
    with pytest.raises(HeadNotSaid):
        family.split(**going)
    with pytest.raises(NotAMember):
        family.split(**going, staying_head=family.id_of(family.other))
    answer = family.split(**going, staying_head=family.id_of(family.wife))
    assert family.head_of(family.home) == family.wife
    assert family.row(land)[:2] == (family.wife, family.home)
    assert kinds(answer) == [(land, "shared")]
    assert family.value("SELECT relation FROM person WHERE id = ?", family.head) == "户主"


def test_a_merge_brings_what_the_other_household_has_not(admin: Desk) -> None:
    month = Month(admin)
    for code in (LAND, LOW, AGED):
        month.policy(code)
    family = Family(month.clerk)
    land = family.make.enrolment(family.head, LAND, target="household", quantity=25_000, standing=True)
    low = family.make.enrolment(family.head, LOW, target="household", approved=100_00, standing=True)
    theirs = family.make.enrolment(family.other, LOW, target="household", approved=90_00, standing=True)
    month.create(LAND, "2024")
    answer = dict(
        record_merge(
            family.desk, household=family.number, into=family.other_number, on=DAY, reason=PROOF
        ).answer
    )
    assert {row[0] for row in family.store.rows("SELECT household_id FROM person")} == {family.other_home}
    assert family.head_of(family.home) is None
    # paid for 2024 to the old household: the joint one is paid from 2025 on
    assert family.row(land) == (family.other, family.other_home, "2025-01-01", None, "active")
    assert family.row(low)[1] == family.home
    assert sorted(kinds(answer)) == sorted([(low, "twice"), (theirs, "means")])
    with pytest.raises(HouseholdEnded):
        find_household(family.store, family.number)
    assert ("head", family.head, None, "2024-05-20") in family.history(family.home)
    assert ("member", family.wife, "2024-05-20", None) in family.history(family.other_home)


def test_a_move_takes_everything_along_but_asks_about_land(admin: Desk) -> None:
    month = Month(admin)
    month.policy(LAND)
    family = Family(month.clerk)
    land = family.make.enrolment(family.head, LAND, target="household", quantity=25_000, standing=True)
    aged = family.make.enrolment(family.wife, AGED, standing=True)
    answer: dict[str, Any] = dict(
        record_move(
            family.desk, household=family.number, village="下溪村", group="二组", on=DAY, reason=PROOF
        ).answer
    )
    assert family.store.row(
        "SELECT village_id, group_number, group_text FROM household WHERE id = ?", (family.home,)
    ) == (family.make.village("下溪村"), 2, "二组")
    assert kinds(answer) == [(land, "land")]
    assert [one["enrolment"] for one in answer["followed"]] == [aged]


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (lambda f: f.die(new_head=f.id_of(f.other)), NotAMember),
        (lambda f: f.die(new_head=f.id_of(f.head)), NotAMember),
        (lambda f: f.die(died_on=date(2024, 6, 4), new_head=f.id_of(f.wife)), EventInFuture),
        (lambda f: f.die(reason=" ", new_head=f.id_of(f.wife)), NoReasonGiven),
        (lambda f: f.split(members=[f.id_of(f.other)]), NotAMember),
        (lambda f: f.split(members=[]), NobodyMoves),
        (lambda f: f.split(members=[f.id_of(p) for p in (f.head, f.wife, f.son)]), NobodyMoves),
        (lambda f: f.split(new_head=f.id_of(f.wife)), NotAMember),
        (lambda f: f.split(number=f.other_number), NumberTaken),
        (lambda f: f.split(village="别村"), VillageUnknown),
        (lambda f: record_merge(f.desk, household=f.number, into=f.number, on=DAY, reason=PROOF), SameHousehold),
        (lambda f: record_move(f.desk, household=f.number, village="别村", on=DAY, reason=PROOF), VillageUnknown),
        (lambda f: record_move(f.desk, household=f.number, village="上溪村", on=DAY, reason=PROOF), NothingChanges),
        (lambda f: find_household(f.store, "123456"), NoSuchHousehold),
    ],
)  # fmt: skip
def test_what_is_refused(family: Family, act: Any, refusal: type[Exception]) -> None:
    before = family.store.rows("SELECT * FROM household")
    with pytest.raises(refusal):
        act(family)
    assert family.store.rows("SELECT * FROM household") == before
    assert not family.value("SELECT 1 FROM household_event")


def test_a_dead_person_is_no_head(family: Family) -> None:
    with family.store.writing():
        family.store.execute("UPDATE person SET is_dead = 1 WHERE id = ?", (family.wife,))
    with pytest.raises(HeadNotAlive):
        family.die(new_head=family.id_of(family.wife))
    with family.store.writing():
        family.store.execute("UPDATE household SET head_id = NULL WHERE id = ?", (family.home,))
    with pytest.raises(NoHead):
        family.die(died_on=None)


def test_only_a_clerk_records_events(family: Family, reviewer: Desk) -> None:
    family.desk = reviewer
    with pytest.raises(NotPermitted):
        family.die(new_head=family.id_of(family.wife))


def test_a_question_is_decided_once_with_a_reason(family: Family) -> None:
    aged = family.make.enrolment(family.head, AGED, standing=True)
    land = family.make.enrolment(family.head, LAND, target="household", quantity=25_000, standing=True)
    family.die(head_missing=True)
    by_enrolment = {one["enrolment"]: int(str(one["question"])) for one in open_questions(family.store)}
    about = {"question": by_enrolment[aged], "decision": "stopped"}
    with pytest.raises(QuestionReasonMissing):
        decide_enrolment(family.desk, **about, reason=" ", last_day=date(2024, 5, 31))  # type: ignore[arg-type]
    with pytest.raises(LastDayMissing):
        decide_enrolment(family.desk, **about, reason="已死亡")  # type: ignore[arg-type]
    decide_enrolment(family.desk, **about, reason="已死亡", last_day=date(2024, 5, 31))  # type: ignore[arg-type]
    assert family.row(aged)[2:] == ("2024-01-01", "2024-05-31", "active")
    with pytest.raises(QuestionDecided):
        decide_enrolment(family.desk, **about, reason="已死亡", last_day=date(2024, 5, 31))  # type: ignore[arg-type]
    decide_enrolment(family.desk, question=by_enrolment[land], decision="kept", reason="等选定户主")
    assert open_questions(family.store) == []
    assert family.row(land)[3:] == (None, "active")


def test_a_stop_never_lengthens(family: Family) -> None:
    aged = family.make.enrolment(family.head, AGED, standing=True)
    with family.store.writing():
        family.store.execute("UPDATE enrolment SET valid_to = '2024-06-30' WHERE id = ?", (aged,))
    family.die(head_missing=True)
    (question,) = (int(str(one["question"])) for one in open_questions(family.store))
    decide_enrolment(
        family.desk, question=question, decision="stopped", reason="户主已死亡", last_day=date(2024, 12, 31)
    )
    assert family.row(aged)[2:] == ("2024-01-01", "2024-06-30", "active")


@pytest.mark.parametrize(
    "act",
    [
        lambda f: f.die(new_head=f.id_of(f.wife)),
        lambda f: f.split(number="H-9"),
        lambda f: record_merge(f.desk, household=f.number, into=f.other_number, on=DAY, reason=PROOF),
    ],
)
def test_a_fault_at_any_statement_leaves_nothing(family: Family, act: Any) -> None:
    family.make.enrolment(family.head, LAND, target="household", quantity=25_000, standing=True)
    family.make.enrolment(family.son, AGED, standing=True)
    assert each_statement_failing(family.store, lambda: act(family)) > 8


def test_an_event_is_final(family: Family) -> None:
    family.die(new_head=family.id_of(family.wife))
    for statement in ("UPDATE household_event SET reason = '改'", "DELETE FROM household_event"):
        with pytest.raises(Exception, match="household_event_"), family.store.writing():
            family.store.execute(statement)
