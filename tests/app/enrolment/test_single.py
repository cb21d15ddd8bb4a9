"""One enrolment at the counter: it begins by the policy and the registry, ends with a reason, and is paid by the next batch."""

from datetime import date

import pytest

from app.batches.use_cases import create_batch
from app.desk import Desk
from app.enrolment.listings import enrolment_view, enrolments_on
from app.enrolment.single import (
    BeneficiaryDied,
    EarlierNotPaid,
    EnrolledAlready,
    EnrolmentReasonMissing,
    ExcludedBy,
    NoSuchEnrolment,
    StoppedBefore,
    asked_of,
    usual_last_day,
)
from app.enrolment.use_cases import start_enrolment, stop_enrolment
from app.pages import ids_of, rows_of
from app.programs.queries import NoPolicyInForce
from app.programs.use_cases import add_policies
from models.domain.facts import CannotCompute, MissingFact
from models.domain.money import Fen
from models.domain.permission import NotPermitted
from models.domain.quantity import NotQuantity
from tests.builders import Make

LAND, OLD_AGE, CARE, POOR = "2130122", "2080502", "2081108", "2082102"
FIRST = date(2024, 6, 1)
POLICIES: list[dict[str, object]] = [
    {"program": LAND, "document": "新农〔2024〕3号", "from": "2024-01-01", "frequency": "year", "target": "household",
     "family": "per_unit", "unit": "亩", "rate": "100.58"},
    {"program": OLD_AGE, "document": "新民〔2024〕2号", "from": "2024-01-01", "frequency": "month", "target": "person",
     "family": "tiered", "by": "age", "tiers": {"80": "50", "90": "100"}},
    {"program": CARE, "document": "新残联〔2024〕5号", "from": "2024-01-01", "frequency": "month", "target": "person",
     "family": "tiered", "by": "disability_grade", "tiers": {"一级": "500", "二级": "250"}, "conflicts": [POOR]},
    {"program": POOR, "document": "新民〔2024〕7号", "from": "2024-01-01", "frequency": "month", "target": "person",
     "family": "tiered", "by": "care_level", "tiers": {"全自理": "1298"}},
]  # fmt: skip


@pytest.fixture
def clerk(desk: Desk) -> Desk:
    add_policies(desk, tables=POLICIES, source_name="政策")
    return desk


def start(desk: Desk, person: int, program: str = OLD_AGE, first: date = FIRST, **facts: str) -> int:
    done = start_enrolment(
        desk, program=program, person=person, first=first, facts=facts, reason="民政所批准"
    )
    return int(str(done.answer["enrolment"]))


def test_only_what_the_registry_does_not_know_is_asked(clerk: Desk) -> None:
    assert [fact.name for fact in asked_of(clerk.store, LAND, FIRST)] == ["quantity"]
    assert asked_of(clerk.store, OLD_AGE, FIRST) == ()
    assert [fact.name for fact in asked_of(clerk.store, CARE, FIRST)] == ["grade"]


def test_it_begins_by_policy_and_registry_and_the_next_batch_pays_it(clerk: Desk) -> None:
    make = Make(clerk)
    person = make.person(birth="19400101")
    one = start(clerk, person)
    view = enrolment_view(clerk.store, one)
    assert (view.fen, view.remark, view.term) == (Fen(5_000), "民政所批准", "2024-06-01 起，长期")
    made = create_batch(clerk, program=OLD_AGE, period="2024-06").answer
    assert (made["payments"], made["owed_fen"]) == (1, 5_000)
    assert [paid.fen for paid in enrolment_view(clerk.store, one).payments] == [Fen(5_000)]


def test_a_household_program_stands_under_its_head(clerk: Desk) -> None:
    make = Make(clerk)
    head = make.person()
    child = make.person(household=make.household_of(head), account=None)
    one = start(clerk, child, LAND, quantity="2.50")
    assert enrolment_view(clerk.store, one).person_id == head
    assert enrolment_view(clerk.store, one).fen == 25_145


@pytest.mark.parametrize(
    ("program", "facts", "refusal"),
    [
        (LAND, {}, MissingFact),
        (LAND, {"quantity": "两亩"}, NotQuantity),
        (OLD_AGE, {}, CannotCompute),  # sixty-nine years old
        ("2081901", {}, NoPolicyInForce),
    ],
)
def test_what_cannot_be_computed_is_not_enrolled(
    clerk: Desk, program: str, facts: dict[str, str], refusal: type[Exception]
) -> None:
    person = Make(clerk).person()
    with pytest.raises(refusal):
        start_enrolment(clerk, program=program, person=person, first=FIRST, facts=facts, reason="民政所批准")
    assert clerk.store.value("SELECT count(*) FROM enrolment") == 0


def test_the_dead_the_excluded_and_those_who_have_it_are_refused(clerk: Desk) -> None:
    make = Make(clerk)
    person = make.person(birth="19400101")
    start(clerk, person)
    with pytest.raises(EnrolledAlready, match="2024-06-01"):
        start(clerk, person)
    start(clerk, person, CARE, grade="一级")
    with pytest.raises(ExcludedBy, match="重度残疾人护理补贴"):
        start(clerk, person, POOR, care_level="全自理")
    with clerk.store.writing():
        clerk.store.execute("UPDATE person SET is_dead = 1, died_on = '2024-05-01' WHERE id = ?", (person,))
    with pytest.raises(BeneficiaryDied, match="2024-05-01"):
        start(clerk, person)


def test_a_start_and_a_stop_need_a_reason(clerk: Desk) -> None:
    person = Make(clerk).person(birth="19400101")
    with pytest.raises(EnrolmentReasonMissing):
        start_enrolment(clerk, program=OLD_AGE, person=person, first=FIRST, facts={}, reason=" ")
    one = start(clerk, person)
    with pytest.raises(EnrolmentReasonMissing):
        stop_enrolment(clerk, enrolment=one, last=FIRST, reason="")
    with pytest.raises(NoSuchEnrolment):
        stop_enrolment(clerk, enrolment=99, last=FIRST, reason="x")


def test_a_standing_one_ends_after_its_last_day_and_is_paid_until_then(clerk: Desk) -> None:
    person = Make(clerk).person(birth="19400101")
    one = start(clerk, person)
    stop_enrolment(clerk, enrolment=one, last=date(2024, 7, 31), reason="迁出本镇")
    assert create_batch(clerk, program=OLD_AGE, period="2024-07").answer["payments"] == 1
    with pytest.raises(StoppedBefore, match="2024-07-31"):
        stop_enrolment(clerk, enrolment=one, last=date(2024, 8, 31), reason="迁出本镇")
    listing = enrolments_on("2024-09-01")
    (row,) = rows_of(clerk.store, listing, ids_of(clerk.store, listing))
    assert row is not None
    values = dict(zip([column.name for column in listing.columns], row, strict=True))
    assert (values["state"], values["stop_reason"]) == ("ended", "迁出本镇")


def test_one_of_a_period_stops_as_a_whole(clerk: Desk) -> None:
    make = Make(clerk)
    one = make.enrolment(make.person(birth="19400101"), OLD_AGE)
    done = stop_enrolment(clerk, enrolment=one, last=date(2024, 6, 15), reason="重复上报")
    assert done.answer["state"] == "stopped"
    with pytest.raises(StoppedBefore, match="重复上报"):
        stop_enrolment(clerk, enrolment=one, last=date(2024, 6, 15), reason="x")


def test_somebody_comes_back_once_the_earlier_time_was_paid(clerk: Desk) -> None:
    person = Make(clerk).person(birth="19400101")
    one = start(clerk, person)
    stop_enrolment(clerk, enrolment=one, last=date(2024, 6, 30), reason="外出务工")
    with pytest.raises(EarlierNotPaid, match="2024-06-30"):
        start(clerk, person, first=date(2024, 9, 1))
    create_batch(clerk, program=OLD_AGE, period="2024-06")
    again = start(clerk, person, first=date(2024, 9, 1))
    assert again != one
    assert create_batch(clerk, program=OLD_AGE, period="2024-09").answer["payments"] == 1


def test_the_usual_last_day_is_the_end_of_the_month_before(clerk: Desk) -> None:
    one = start(clerk, Make(clerk).person(birth="19400101"))
    assert usual_last_day(clerk.store, one, date(2024, 8, 20)) == date(2024, 7, 31)
    assert usual_last_day(clerk.store, one, date(2024, 6, 20)) == FIRST


def test_reviewers_do_not_enrol(clerk: Desk, reviewer: Desk) -> None:
    with pytest.raises(NotPermitted):
        start(reviewer, Make(clerk).person(birth="19400101"))
