"""Batches are made from enrolments: who gets what, by which rule, into which account; and who is left out, with a sentence."""

from typing import cast

import pytest

from app.batches.computing import NobodyToPay, more_facts
from app.batches.payments.use_cases import stop_payment
from app.batches.queries import batch_view, batches, payments_of, why
from app.batches.use_cases import NotOpenToChange, create_batch, recompute_batch, submit_batch
from app.desk import Desk
from app.programs.queries import NoPolicyInForce, NoSuchProgram
from models.domain.permission import NotPermitted, SamePerson
from tests.app.batches.months import AGED, HOME, LAND, LOW, OLD, Month
from tests.conftest import seat
from tests.faults import each_statement_failing


def test_a_batch_copies_what_is_true_now(month: Month) -> None:
    person = month.make.person("王一", birth=OLD)
    month.make.enrolment(person, AGED)
    answer = create_batch(month.clerk, program="高龄津贴", period="2024-06").answer
    assert answer["number"] == f"{AGED}-2024-06-01"
    assert (answer["state"], answer["payments"], answer["owed_fen"]) == ("draft", 1, 5000)
    assert answer["buckets"]["pending"] == {"count": 1, "fen": 5000}  # type: ignore[index]
    assert len(answer["buckets"]) == 9  # type: ignore[arg-type]
    (line,) = payments_of(month.store, str(answer["number"]))
    assert (line.name, line.payee_name, line.village, line.group) == ("王一", "王一", "上溪村", "1组")
    assert line.account_number == month.store.value(
        "SELECT number FROM account WHERE person_id = ?", (person,)
    )
    assert line.bank == "新昌农商银行"
    found = why(month.store, line.id)
    assert found.trace == "84 周岁 50.00 元 × 1 个月 = 50.00 元，政策 v1，新民〔2024〕2号"
    assert (found.policy_version, found.document, line.rate) == (1, "新民〔2024〕2号", "50.00")


def test_a_standing_entitlement_is_paid_every_month_and_a_rosters_line_goes_before_it(month: Month) -> None:
    standing, both, ended = (month.make.person(birth=OLD) for _ in range(3))
    month.make.enrolment(standing, AGED, standing=True)
    month.make.enrolment(both, AGED, standing=True)
    of_june = month.make.enrolment(both, AGED)
    past = month.make.enrolment(ended, AGED, standing=True)
    with month.store.writing():
        month.store.execute("UPDATE enrolment SET valid_to = '2024-05-31' WHERE id = ?", (past,))
    batch = month.create()
    rows = month.store.rows(
        "SELECT person_id, enrolment_id FROM payment WHERE batch_id = ? ORDER BY person_id", (batch,)
    )
    assert [row[0] for row in rows] == [standing, both]
    assert rows[1][1] == of_june


def test_who_is_paid_already_is_left_out_and_named(month: Month) -> None:
    month.aged(2)
    month.create()
    late = month.aged(1)
    answer = create_batch(month.clerk, program=AGED, period="2024-06").answer
    assert (answer["number"], answer["payments"]) == (f"{AGED}-2024-06-02", 1)
    assert [one["batch"] for one in answer["already"]] == [f"{AGED}-2024-06-01"] * 2  # type: ignore[attr-defined]
    assert (
        month.store.value("SELECT person_id FROM payment WHERE batch_id = ?", (answer["batch"],)) == late[0]
    )


def test_a_batch_from_nothing_is_refused_and_says_why(month: Month) -> None:
    with pytest.raises(NobodyToPay, match="在册 0 人"):
        month.create()
    month.aged(1)
    month.create()
    young = month.make.person("李青", birth="19800101")
    month.make.enrolment(young, AGED)
    with pytest.raises(NobodyToPay) as refused:
        month.create()
    assert "已在其他批次 1 人（户），无法计算 1 人（户），例如 李青：" in refused.value.sentence
    assert not batches(month.store, "draft")[1:]
    month.identity()


def test_who_cannot_be_computed_is_said_with_a_sentence(month: Month) -> None:
    month.aged(1)
    young = month.make.person("李青", birth="19800101")
    month.make.enrolment(young, AGED)
    answer = create_batch(month.clerk, program=AGED, period="2024-06").answer
    (problem,) = cast(list[dict[str, str]], answer["problems"])
    assert problem["name"] == "李青"
    assert "满 80 周岁" in problem["sentence"]
    assert month.make.id_number_of(young) not in str(answer)


def test_the_payee_is_the_head_unless_the_policy_says_otherwise(month: Month) -> None:
    head = month.make.person("王户主", birth="19700101")
    mother = month.make.person("王老太", household=month.make.household_of(head), birth=OLD)
    month.make.enrolment(mother, AGED)
    batch = month.create()
    (line,) = payments_of(month.store, batch)
    assert (line.name, line.head_name, line.payee_name) == ("王老太", "王户主", "王户主")
    month.policy(LOW, payee="person")
    month.make.enrolment(mother, LOW, target="household", approved=30000)
    (line,) = payments_of(month.store, month.create(LOW))
    assert (line.payee_name, line.owed_fen) == ("王老太", 30000)


def test_a_stated_account_serves_where_none_is_registered(month: Month) -> None:
    person = month.make.person("王一", birth=OLD, account=None)
    enrolment = month.make.enrolment(person, AGED)
    with month.store.writing():
        month.store.execute("UPDATE enrolment SET stated_account = '12345678' WHERE id = ?", (enrolment,))
    (line,) = payments_of(month.store, month.create())
    assert (line.account_number, line.account_holder) == ("12345678", "王一")


def test_the_household_cap_counts_earlier_batches_and_this_one(month: Month) -> None:
    month.policy(HOME)
    first, second, third = (month.make.person(birth=OLD) for _ in range(3))
    for person, cost in ((first, 3_000_000), (second, 4_000_000), (third, 10_000_00)):
        month.make.enrolment(person, HOME, target="household", period="2024-06", cost=cost)
    batch = month.create(HOME, "2024-06")
    assert [line.owed_fen for line in payments_of(month.store, batch)] == [1_800_000, 2_000_000, 600_000]
    for person, cost in ((first, 1_000_000), (second, 1_000_000), (third, 1_000_000)):
        month.make.enrolment(person, HOME, target="household", period="2024-06/2", cost=cost)
    again = create_batch(month.clerk, program=HOME, period="2024-06/2").answer
    assert again["number"] == f"{HOME}-2024-06.2-01"
    assert [line.owed_fen for line in payments_of(month.store, int(str(again["batch"])))] == [
        200_000,
        600_000,
    ]
    (full,) = cast(list[dict[str, str]], again["problems"])
    assert "已领 20,000.00 元，达到每户上限 20,000.00 元" in full["sentence"]


def test_a_pool_is_shared_to_the_fen_and_the_second_batch_shares_the_rest(month: Month) -> None:
    month.pool("1000.00")
    people = [month.make.person() for _ in range(3)]
    for person in people:
        month.make.enrolment(person, LAND, target="household", period="2024", quantity=10_000)
    nothing = month.make.person()
    month.make.enrolment(nothing, LAND, target="household", period="2024", quantity=0)
    answer = create_batch(month.clerk, program=LAND, period="2024-06").answer
    assert answer["owed_fen"] == 100_000
    assert [line.owed_fen for line in payments_of(month.store, int(str(answer["batch"])))] == [
        33334,
        33333,
        33333,
    ]
    assert "数量为空或为 0" in answer["problems"][0]["sentence"]  # type: ignore[index]
    stop_payment(month.clerk, payment_id=month.payment(int(str(answer["batch"])), 1), reason="重复申报")
    again = create_batch(month.clerk, program=LAND, period="2024").answer
    assert again["owed_fen"] == 33334


def test_a_month_means_the_year_of_a_yearly_item(month: Month) -> None:
    month.policy(LAND)
    month.make.enrolment(month.make.person(), LAND, target="household", period="2024", quantity=25_000)
    answer = create_batch(month.clerk, program=LAND, period="2024-06").answer
    assert answer["number"] == f"{LAND}-2024-01"
    (line,) = payments_of(month.store, int(str(answer["batch"])))
    assert (line.quantity, line.rate, line.owed_fen) == ("2.50 亩", "100.58", 25145)


def test_recomputing_takes_what_is_true_now_and_keeps_the_stops(month: Month) -> None:
    people = month.aged(3)
    batch = month.create()
    stop_payment(month.clerk, payment_id=month.payment(batch, 2), reason="户籍迁出")
    with month.store.writing():
        month.store.execute("UPDATE person SET birth = '1930-05-01' WHERE id = ?", (people[0],))
        month.store.execute("UPDATE enrolment SET state = 'stopped' WHERE person_id = ?", (people[2],))
    answer = recompute_batch(month.other_clerk, batch_id=batch).answer
    assert (answer["payments"], answer["owed_fen"]) == (2, 15000)
    lines = payments_of(month.store, batch)
    assert [(line.owed_fen, line.bucket, line.reason) for line in lines] == [
        (10000, "pending", ""),
        (5000, "stopped", "户籍迁出"),
    ]
    month.identity()


def test_a_submitted_batch_is_not_recomputed(month: Month) -> None:
    month.aged(1)
    batch = month.create()
    submit_batch(month.clerk, batch_id=batch)
    with pytest.raises(NotOpenToChange, match="待复核"):
        recompute_batch(month.clerk, batch_id=batch)


def test_refusals_before_anything_is_made(month: Month) -> None:
    with pytest.raises(NoSuchProgram):
        create_batch(month.clerk, program="没有这个", period="2024-06")
    with pytest.raises(NoPolicyInForce):
        create_batch(month.clerk, program=AGED, period="2023-06")
    with pytest.raises(NotPermitted, match="由经办办理"):
        create_batch(month.reviewer, program=AGED, period="2024-06")
    month.aged(1)
    batch = month.create()
    both = seat(month.admin, "复核丙")
    with month.store.writing():
        month.store.execute("UPDATE operator SET posts = 'clerk,reviewer' WHERE name = '复核丙'")
        month.store.execute(
            "INSERT INTO batch_act (batch_id, step, operator_id, at, business_date) VALUES (?, 'review', ?, '', '')",
            (batch, both.operator.id),
        )
    with pytest.raises(SamePerson, match="已经在批次 2080502-2024-06-01 上办理过“复核”，不能再办理“重算”"):
        recompute_batch(seat(month.admin, "复核丙"), batch_id=batch)


def test_the_view_says_where_a_batch_is(month: Month) -> None:
    month.aged(1)
    view = batch_view(month.store, month.create())
    assert view.line.state_name == "编制"
    assert [act.step_name for act in view.acts] == ["编制"]
    assert list(view.next_steps) == ["提交复核", "作废"]


def test_facts_kept_as_json_are_read_back_exactly() -> None:
    facts = more_facts(
        '{"income": 12345, "years": 55000, "months": 3, "approved_on": "2024-03-01", "columns": {"面积": "2.50"},'
        ' "add_ons": {"重度残疾人": 2}, "segments": [{"first": "2024-01", "last": "2024-03", "paid": 500000}]}'
    )
    assert (facts.income, facts.years, facts.months) == (12345, 55000, 3)
    assert str(facts.columns["面积"]) == "2.50"  # type: ignore[index]
    assert facts.segments[0].paid == 500000
    assert facts.segments[0].due is None


def test_a_fault_while_making_leaves_nothing(month: Month) -> None:
    month.aged(2)
    statements = each_statement_failing(
        month.store, lambda: create_batch(month.clerk, program=AGED, period="2024-06")
    )
    assert statements > 8


def test_a_fault_while_recomputing_leaves_the_old_list(month: Month, desk: Desk) -> None:
    month.aged(2)
    batch = month.create()
    each_statement_failing(month.store, lambda: recompute_batch(desk, batch_id=batch))
