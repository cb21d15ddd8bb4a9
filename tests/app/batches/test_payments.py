"""Single payments: stopped and restored before sending, closed unpaid after it; and paid again by a reissue."""

import pytest
from peewee import IntegrityError

from app.batches.making import NothingToReissue, NotOpenForReissue
from app.batches.payments.steps import PaymentUnknown, RestoredTwice, SourceTaken, TooLateToStop
from app.batches.payments.use_cases import RestoreNeedsApprover, close_payment, restore_payment, stop_payment
from app.batches.queries import batch_view, payments_of, why
from app.batches.sheet import PreflightBlocked
from app.batches.steps import ReasonNotGiven, buckets_of, load_batch
from app.batches.use_cases import (
    approve_batch,
    cancel_batch,
    recompute_batch,
    reissue_batch,
    review_batch,
    submit_batch,
)
from app.funds.queries import NotEnoughFunds, allotments
from models.domain.buckets import Bucket
from models.domain.flows.roads import NoRoad
from models.domain.permission import NotPermitted, SamePerson
from tests.app.batches.months import Month
from tests.faults import each_statement_failing

WHY = "户籍迁出"


def test_a_stop_needs_a_reason_and_can_be_taken_back(month: Month) -> None:
    month.aged(2)
    batch = month.create()
    payment = month.payment(batch)
    with pytest.raises(ReasonNotGiven, match="停发必须写明原因"):
        stop_payment(month.clerk, payment_id=payment, reason=" ")
    with pytest.raises(PaymentUnknown, match="没有编号为 99 的发放明细"):
        stop_payment(month.clerk, payment_id=99, reason=WHY)
    with pytest.raises(NotPermitted):
        stop_payment(month.reviewer, payment_id=payment, reason=WHY)
    answer = stop_payment(month.clerk, payment_id=payment, reason=WHY).answer
    assert (answer["bucket"], answer["payment_fen"]) == ("stopped", 5000)
    assert answer["buckets"]["stopped"] == {"count": 1, "fen": 5000}  # type: ignore[index]
    assert month.column("reason", payment) == WHY
    month.identity()
    with pytest.raises(NoRoad, match="这笔发放现在是“停发”，不能停发"):
        stop_payment(month.clerk, payment_id=payment, reason=WHY)
    restore_payment(month.clerk, payment_id=payment)
    assert (month.column("bucket", payment), month.column("reason", payment)) == ("pending", "")
    assert [act.step_name for act in batch_view(month.store, batch).acts] == ["编制", "停发", "恢复发放"]
    month.identity()


def test_a_stop_after_approval_is_red_and_gives_its_funding_back(month: Month) -> None:
    month.aged(3)
    month.fund(fen=8000)
    batch = month.reviewed(month.create())
    approve_batch(month.approver, batch_id=batch, funds={"新财〔2024〕1号": 8000, "新财〔2024〕2号": 7000})
    stop_payment(month.clerk, payment_id=month.payment(batch, 2), reason=WHY)
    legs = month.store.rows(
        "SELECT ledger, debit_fen, credit_fen, allotment_id FROM voucher_line WHERE voucher_id ="
        " (SELECT max(id) FROM voucher) ORDER BY id"
    )
    assert legs == [("expense", -2667, 0, 1), ("expense", -2333, 0, 2), ("payable", 0, -5000, None)]
    assert [one.used_fen for one in allotments(month.store)] == [5333, 4667]
    assert (month.ledger("expense"), month.ledger("payable")) == (10000, -10000)
    restore_payment(month.clerk, payment_id=month.payment(batch, 2))
    assert [one.used_fen for one in allotments(month.store)] == [8000, 7000]
    assert (month.ledger("expense"), month.ledger("payable")) == (15000, -15000)
    assert month.store.rows("SELECT event, payments, fen FROM month_tally ORDER BY event") == [
        ("owed", 3, 15000),
        ("stopped", 0, 0),
    ]
    month.identity()


def test_a_restore_after_approval_takes_its_funding_where_there_is_some(month: Month) -> None:
    with month.store.writing():
        month.store.execute("UPDATE receipt SET fen = 10000")
    people = month.aged(2)
    batch = month.approved(month.create())
    payment = month.payment(batch)
    stop_payment(month.clerk, payment_id=payment, reason=WHY)
    with month.store.writing():
        month.store.execute("UPDATE enrolment SET state = 'stopped' WHERE person_id = ?", (people[0],))
    month.aged(1)
    month.approved(month.create())
    with pytest.raises(NotEnoughFunds, match=r"差 50\.00 元"):
        restore_payment(month.clerk, payment_id=payment)
    assert month.column("bucket", payment) == "stopped"
    second = month.fund(fen=7000)
    restore_payment(month.clerk, payment_id=payment)
    assert [one.used_fen for one in allotments(month.store)] == [10000, 5000]
    assert [
        (line.allotment_id, line.fen, line.returned_fen) for line in batch_view(month.store, batch).funding
    ] == [
        (1, 10000, 5000),
        (second, 0, -5000),
    ]
    stop_payment(month.clerk, payment_id=payment, reason=WHY)
    assert sum(one.used_fen for one in allotments(month.store)) == 10000
    month.identity()


def test_what_was_not_part_of_the_approved_sum_is_restored_by_an_approver(month: Month) -> None:
    month.aged(2)
    batch = month.create()
    payment = month.payment(batch)
    stop_payment(month.clerk, payment_id=payment, reason=WHY)
    month.approved(batch)
    assert month.ledger("payable") == -5000
    with pytest.raises(RestoreNeedsApprover, match="不在已审批的金额之内，只能由审批岗位恢复"):
        restore_payment(month.clerk, payment_id=payment)
    restore_payment(month.approver, payment_id=payment)
    assert month.ledger("payable") == -10000
    assert month.store.rows("SELECT event, payments, fen FROM month_tally") == [("owed", 2, 10000)]


def test_after_approval_nobody_dead_comes_back(month: Month) -> None:
    people = month.aged(2)
    batch = month.approved(month.create())
    payment = month.payment(batch)
    stop_payment(month.clerk, payment_id=payment, reason="疑似死亡，待核")
    with month.store.writing():
        month.store.execute(
            "UPDATE person SET is_dead = 1, died_on = '2024-04-30' WHERE id = ?", (people[0],)
        )
    with pytest.raises(PreflightBlocked, match="已于 2024-04-30 死亡"):
        restore_payment(month.clerk, payment_id=payment)
    assert month.column("bucket", payment) == "stopped"
    assert month.ledger("payable") == -5000


def test_who_was_paid_elsewhere_meanwhile_is_not_restored(month: Month) -> None:
    month.aged(1)
    batch = month.create()
    stop_payment(month.clerk, payment_id=month.payment(batch), reason=WHY)
    month.create()
    with pytest.raises(RestoredTwice, match="批次 2080502-2024-06-02 已经为同一受益人"):
        restore_payment(month.clerk, payment_id=month.payment(batch))
    with pytest.raises(Exception, match="UNIQUE"), month.store.writing():
        month.store.execute("UPDATE payment SET bucket = 'pending' WHERE id = ?", (month.payment(batch),))


def test_what_went_to_the_bank_is_neither_stopped_nor_restored(month: Month) -> None:
    month.aged(2)
    batch = month.create()
    stop_payment(month.clerk, payment_id=month.payment(batch, 2), reason=WHY)
    month.approved(batch)
    month.answered(batch)
    with pytest.raises(TooLateToStop, match=r"现在是“已结清”，第 1 行 .* 不能停发：报盘以后要等银行回盘"):
        stop_payment(month.clerk, payment_id=month.payment(batch, 1), reason=WHY)
    with pytest.raises(TooLateToStop, match="不能恢复发放"):
        restore_payment(month.clerk, payment_id=month.payment(batch, 2))


def test_closing_unpaid_is_an_approvers_and_settles_the_batch(month: Month) -> None:
    month.aged(2)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1])
    payment = month.payment(batch)
    assert month.state(batch) == "settling"
    with pytest.raises(NotPermitted, match="这一步由审批办理"):
        close_payment(month.clerk, payment_id=payment, reason="本人放弃")
    with pytest.raises(ReasonNotGiven):
        close_payment(month.approver, payment_id=payment, reason="")
    with pytest.raises(NoRoad, match="现在是“已发”，不能关闭未付"):
        close_payment(month.approver, payment_id=month.payment(batch, 2), reason="x")
    answer = close_payment(month.approver, payment_id=payment, reason="本人放弃").answer
    assert (answer["bucket"], answer["state"]) == ("closed_unpaid", "settled")
    assert load_batch(month.store, batch).settled_on == "2024-06-03"
    assert (month.ledger("returned"), month.ledger("treasury")) == (5000, -5000)
    assert ("closed_unpaid", 1, 5000) in month.store.rows("SELECT event, payments, fen FROM month_tally")
    month.identity()


def test_what_was_handed_back_does_not_gather_in_the_treasurys_account(month: Month) -> None:
    month.aged(2)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1])
    before = month.ledger("deposit")
    close_payment(month.approver, payment_id=month.payment(batch), reason="退回财政", handed_back=True)
    assert (month.ledger("returned"), month.ledger("treasury")) == (5000, 0)
    assert month.ledger("deposit") == before - 5000
    month.identity()


def test_who_entered_a_batch_does_not_close_its_payments(month: Month) -> None:
    month.aged(1)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1])
    with month.store.writing():
        month.store.execute("UPDATE operator SET posts = 'clerk,approver' WHERE name = '经办甲'")
    with pytest.raises(SamePerson, match="办理过“编制”，不能再办理“关闭未付”"):
        close_payment(month.later(month.clerk, "2024-06-03"), payment_id=month.payment(batch), reason="x")


# -- reissues -----------------------------------------------------------------------------------------------


@pytest.fixture
def failed(month: Month) -> int:
    """A batch of three: the first failed, the second came back later, the third is paid."""
    month.aged(3)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1], bounced=[2])
    return batch


def reissue(month: Month, batch: int, **named: object) -> int:
    return int(str(reissue_batch(month.clerk, batch_id=batch, **named).answer["batch"]))  # type: ignore[arg-type]


def test_a_reissue_takes_the_same_people_and_sums_and_new_accounts(month: Month, failed: int) -> None:
    person = month.column("person_id", month.payment(failed, 1))
    with month.store.writing():
        month.store.execute("UPDATE account SET valid_to = '2024-06-02' WHERE person_id = ?", (person,))
        month.store.execute(
            "INSERT INTO account (person_id, number, holder, bank, valid_from) VALUES (?, '6228480000000001', '王一', '农行',"
            " '2024-06-03')",
            (person,),
        )
    answer = reissue_batch(month.clerk, batch_id=failed).answer
    assert (answer["number"], answer["source"]) == ("2080502-2024-06-02", "2080502-2024-06-01")
    assert (answer["payments"], answer["owed_fen"], answer["state"]) == (2, 10000, "draft")
    lines = payments_of(month.store, int(str(answer["batch"])))
    assert [line.source_id for line in lines] == [month.payment(failed, 1), month.payment(failed, 2)]
    assert (lines[0].account_number, lines[0].account_holder, lines[0].bank) == (
        "6228480000000001",
        "王一",
        "农行",
    )
    assert why(month.store, lines[0].id).trace.endswith("；补发，原批次 2080502-2024-06-01 第 1 行")
    assert buckets_of(month.store, failed)[Bucket.REISSUED] == (2, 10000)
    assert month.state(failed) == "settled"
    month.identity()


def test_a_reissue_goes_the_same_road_without_notice_or_funds(month: Month, failed: int) -> None:
    vouchers = month.store.value("SELECT count(*) FROM voucher")
    again = reissue(month, failed)
    submit_batch(month.clerk, batch_id=again)
    review_batch(month.reviewer, batch_id=again)
    approve_batch(month.approver, batch_id=again)
    assert month.store.value("SELECT count(*) FROM voucher") == vouchers
    assert not month.store.rows("SELECT 1 FROM batch_funding WHERE batch_id = ?", (again,))
    assert ("owed", 2, 10000) in month.store.rows(
        "SELECT event, payments, fen FROM month_tally WHERE batch_id = ?", (again,)
    )


def test_a_source_is_reissued_once(month: Month, failed: int) -> None:
    first, second, paid = (month.payment(failed, line) for line in (1, 2, 3))
    again = reissue(month, failed, payment_ids=[second])
    assert month.state(failed) == "settling"
    with pytest.raises(NotOpenForReissue, match=f"这些款项不能补发：{second}、{paid}。"):
        reissue(month, failed, payment_ids=[first, second, paid])
    reissue(month, failed)
    with pytest.raises(NothingToReissue, match="没有可以补发的款项"):
        reissue(month, failed)
    with pytest.raises(IntegrityError), month.store.writing():
        month.store.execute("UPDATE payment SET source_id = ? WHERE batch_id = ?", (first, again))


def test_a_stopped_reissue_gives_its_sources_back_as_they_were(month: Month, failed: int) -> None:
    again = month.approved(reissue(month, failed))
    stop_payment(month.clerk, payment_id=month.payment(again, 1), reason=WHY)
    stop_payment(month.clerk, payment_id=month.payment(again, 2), reason=WHY)
    assert [month.column("bucket", month.payment(failed, line)) for line in (1, 2)] == ["failed", "returned"]
    assert (month.state(failed), load_batch(month.store, failed).settled_on) == ("settling", None)
    assert month.store.value("SELECT count(*) FROM batch_funding_return") == 0
    month.identity()
    restore_payment(month.clerk, payment_id=month.payment(again, 1))
    assert month.column("bucket", month.payment(failed, 1)) == "reissued"
    close_payment(month.approver, payment_id=month.payment(failed, 2), reason="本人放弃")
    with pytest.raises(SourceTaken, match="原款项已经关闭未付，再发就重复了"):
        restore_payment(month.clerk, payment_id=month.payment(again, 2))
    assert month.state(failed) == "settled"
    month.identity()


def test_a_stopped_reissue_whose_source_went_another_way_stays_stopped(month: Month, failed: int) -> None:
    again = reissue(month, failed)
    stop_payment(month.clerk, payment_id=month.payment(again, 1), reason=WHY)
    reissue(month, failed)
    with pytest.raises(SourceTaken, match="由别的批次补发"):
        restore_payment(month.clerk, payment_id=month.payment(again, 1))


def test_a_cancelled_reissue_opens_an_archived_batch_again(month: Month, failed: int) -> None:
    again = month.approved(reissue(month, failed))
    with month.store.writing():
        month.store.execute("UPDATE batch SET state = 'archived' WHERE id = ?", (failed,))
    cancel_batch(month.approver, batch_id=again, opinion="改为现金")
    assert month.state(failed) == "settling"
    assert [month.column("bucket", month.payment(failed, line)) for line in (1, 2)] == ["failed", "returned"]
    assert ("stopped", 2, 10000) in month.store.rows(
        "SELECT event, payments, fen FROM month_tally WHERE batch_id = ?", (again,)
    )
    month.identity()


def test_a_cancelled_reissue_that_gives_nothing_back_opens_nothing(month: Month, failed: int) -> None:
    again = reissue(month, failed)
    for line in (1, 2):
        stop_payment(month.clerk, payment_id=month.payment(again, line), reason=WHY)
        close_payment(month.approver, payment_id=month.payment(failed, line), reason="本人放弃")
    assert month.state(failed) == "settled"
    cancel_batch(month.approver, batch_id=again, opinion="不再补发")
    assert month.state(failed) == "settled"


def test_a_recomputed_reissue_looks_up_payees_and_keeps_stops(month: Month, failed: int) -> None:
    again = reissue(month, failed)
    stop_payment(month.clerk, payment_id=month.payment(again, 2), reason=WHY)
    with month.store.writing():
        month.store.execute("UPDATE account SET number = '6228480000000002', holder = '新户名'")
    recompute_batch(month.clerk, batch_id=again)
    lines = payments_of(month.store, again)
    assert [(line.account_holder, line.bucket, line.owed_fen) for line in lines] == [
        ("新户名", "pending", 5000),
        ("新户名", "stopped", 5000),
    ]
    assert [month.column("bucket", month.payment(failed, line)) for line in (1, 2)] == [
        "reissued",
        "returned",
    ]
    month.identity()


def test_a_failed_reissue_is_reissued_in_its_turn(month: Month, failed: int) -> None:
    again = month.approved(reissue(month, failed))
    month.answered(again, failed=[1])
    third = reissue(month, again)
    (line,) = payments_of(month.store, third)
    assert line.source_id == month.payment(again, 1)
    assert why(month.store, line.id).trace.count("补发") == 1
    assert month.state(again) == "settled"
    month.identity()


def test_a_new_head_receives_the_reissue(month: Month) -> None:
    head = month.make.person("王老头", birth="19400501")
    wife = month.make.person("王老太", household=month.make.household_of(head), birth="19400601")
    from tests.app.batches.months import AGED

    month.make.enrolment(wife, AGED)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1])
    with month.store.writing():
        month.store.execute("UPDATE person SET is_dead = 1, died_on = '2024-06-10' WHERE id = ?", (head,))
        month.store.execute("UPDATE household SET head_id = ?", (wife,))
    (line,) = payments_of(month.store, reissue(month, batch))
    assert (line.payee_name, line.head_name) == ("王老太", "王老太")


# -- faults -------------------------------------------------------------------------------------------------


def test_a_fault_while_stopping_and_restoring_leaves_nothing(month: Month) -> None:
    month.aged(2)
    payment = month.payment(month.approved(month.create()))
    each_statement_failing(month.store, lambda: stop_payment(month.clerk, payment_id=payment, reason=WHY))
    each_statement_failing(month.store, lambda: restore_payment(month.clerk, payment_id=payment))


def test_a_fault_while_reissuing_and_closing_leaves_nothing(month: Month, failed: int) -> None:
    each_statement_failing(
        month.store, lambda: close_payment(month.approver, payment_id=month.payment(failed), reason="x")
    )
    each_statement_failing(month.store, lambda: reissue_batch(month.clerk, batch_id=failed))
    again = month.payment(2)
    each_statement_failing(month.store, lambda: stop_payment(month.clerk, payment_id=again, reason=WHY))
    each_statement_failing(month.store, lambda: restore_payment(month.clerk, payment_id=again))
    each_statement_failing(month.store, lambda: recompute_batch(month.clerk, batch_id=2))
    each_statement_failing(month.store, lambda: cancel_batch(month.clerk, batch_id=2, opinion="x"))
    month.identity()


# -- the database itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "INSERT INTO payment SELECT NULL, batch_id, 9, program_id, period, target, person_id, household_id, payee_id,"
        " enrolment_id, source_id, village_id, group_text, name, id_number, head_name, head_id_number, payee_name,"
        " payee_id_number, account_number, account_holder, bank, phone, quantity_text, rate_text, owed_fen, trace, bucket,"
        " recovered_fen, reason, reason_class, changed_on FROM payment WHERE id = 1",
        "UPDATE payment SET owed_fen = owed_fen + 1 WHERE id = 1",
        "UPDATE payment SET account_number = '99999999' WHERE id = 1",
        "DELETE FROM payment WHERE id = 1",
        "UPDATE check_sheet SET body = ''",
        "DELETE FROM batch_act",
        "UPDATE batch SET state = 'rejected' WHERE id = 1",
    ],
)
def test_the_database_refuses_what_must_never_happen(month: Month, attack: str) -> None:
    month.aged(2)
    month.reviewed(month.create())
    with pytest.raises(IntegrityError), month.store.writing():
        month.store.execute(attack)
