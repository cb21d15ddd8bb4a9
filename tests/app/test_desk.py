"""The frame of every use case: who may, on which day, one transaction, one line in the audit trail."""

from datetime import date, datetime

import pytest

from app.access.queries import NotAnOperator, sit_down
from app.access.use_cases import NoPost, OperatorExists, add_operator
from app.audit.queries import broken_line
from app.batches.use_cases import create_batch
from app.changes import Changes, changes
from app.desk import DateBeforeLast, DateTooFar, Desk, use_case
from app.registry.use_cases import add_villages
from models.domain.permission import GRANTS, NotPermitted, Permission, Post, post_for
from models.store.keyslots import PasswordTooShort
from tests.conftest import NOW, PASSWORD, seat
from tests.faults import contents, each_statement_failing


@use_case("test.dated", Permission.PREPARE_BATCH)
def dated_act(desk: Desk) -> Changes:
    """An act that moves the business date on."""
    return changes(subject="test", counts={"fen": 5})


def test_one_line_for_each_act_chained_to_the_line_before(desk: Desk) -> None:
    before = desk.store.value("SELECT count(*) FROM audit_line")
    add_villages(desk, names=["新村", "老村"])
    lines = desk.store.rows(
        "SELECT seq, act, subject, counts, before_hash, hash FROM audit_line ORDER BY seq"
    )
    assert len(lines) == before + 1
    assert lines[-1][1] == "village.add"
    assert lines[-1][4] == lines[-2][5]
    assert broken_line(desk.store) is None


def test_a_refused_act_leaves_no_line(admin: Desk) -> None:
    before = contents(admin.store)
    with pytest.raises(NotPermitted, match="编制与提交批次") as refused:
        create_batch(admin, program="2080502", period="2024-06")
    assert "经办" in refused.value.sentence
    assert contents(admin.store) == before


def test_the_business_date_never_goes_back(admin: Desk) -> None:
    dated_act(seat(admin, "经办甲", date(2024, 6, 20)))
    with pytest.raises(DateBeforeLast, match="2024-06-19"):
        dated_act(seat(admin, "经办甲", date(2024, 6, 19)))
    dated_act(seat(admin, "经办甲", date(2024, 6, 20)))
    add_villages(seat(admin, "经办甲", date(2024, 6, 1)), names=["新村"])


def test_without_a_date_the_later_of_clock_and_last_act(admin: Desk) -> None:
    dated_act(seat(admin, "经办甲", date(2024, 12, 31)))
    assert sit_down(admin.store, "经办甲", NOW).today == date(2024, 12, 31)
    assert sit_down(admin.store, "经办甲", datetime(2025, 1, 2)).today == date(2025, 1, 2)


def test_operators(admin: Desk) -> None:
    add_operator(admin, name="王一", posts=[Post.REVIEWER, Post.CLERK], password=PASSWORD)
    assert sit_down(admin.store, "王一", NOW).operator.posts == {Post.CLERK, Post.REVIEWER}
    with pytest.raises(OperatorExists, match="王一"):
        add_operator(admin, name="王一", posts=[Post.CLERK], password=PASSWORD)
    with pytest.raises(NoPost, match="王二"):
        add_operator(admin, name="王二", posts=[], password=PASSWORD)
    with pytest.raises(PasswordTooShort, match="2 位"):
        add_operator(admin, name="王三", posts=[Post.CLERK], password="12")
    with pytest.raises(NotAnOperator):
        sit_down(admin.store, "王三", NOW)
    with pytest.raises(NotPermitted):
        add_operator(seat(admin, "经办甲"), name="王四", posts=[Post.CLERK], password=PASSWORD)


def test_a_fault_while_adding_an_operator_leaves_nobody(admin: Desk) -> None:
    act = lambda: add_operator(admin, name="王一", posts=[Post.CLERK], password=PASSWORD)  # noqa: E731
    assert each_statement_failing(admin.store, act) >= 4


def test_administrators_and_auditors_never_touch_payments() -> None:
    of_the_office = {
        *(Permission.MANAGE_OPERATORS, Permission.BACK_UP, Permission.SET_RULES),
        *(Permission.SWITCH_OFFICE, Permission.SET_OFFICE, Permission.UPGRADE),
    }
    for permission in of_the_office:
        assert post_for([Post.AUDITOR], permission) is None, permission
    looking = {Permission.UNMASK, Permission.EXPORT}
    money = set(Permission) - of_the_office - looking
    for permission in money:
        assert post_for([Post.ADMIN, Post.AUDITOR], permission) is None, permission
    assert {permission for permission in Permission if Post.AUDITOR in GRANTS[permission]} == looking
    assert not [permission for permission in looking if Post.ADMIN in GRANTS[permission]]


def test_every_permission_is_granted_to_somebody_and_named() -> None:
    for permission in Permission:
        assert GRANTS[permission]


def test_a_slip_of_the_year_does_not_shut_the_office(admin: Desk) -> None:
    with pytest.raises(DateTooFar, match="2204-01-01"):
        dated_act(seat(admin, "经办甲", date(2204, 1, 1)))
    dated_act(seat(admin, "经办甲", date(2024, 6, 20)))
