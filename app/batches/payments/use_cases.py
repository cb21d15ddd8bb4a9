"""Doors of single payments: stopped before they go to the bank, restored, closed when they came back."""

from app.batches.checks.catalogue import run_checks
from app.batches.funding import give_back_one, take_again_one
from app.batches.payments.steps import (
    PaymentRow,
    TooLateToStop,
    give_back_sources,
    is_before_sending,
    load_payment,
    put_in_bucket,
    refuse_gone_enrolment,
    refuse_second_payment,
    refuse_taken_source,
    refuse_unseen_payment,
    stopped_since,
    take_sources,
)
from app.batches.sheet import PreflightBlocked, rows_of
from app.batches.steps import (
    CLOSE,
    RESTORE,
    STOP,
    BatchRow,
    answer_of,
    load_batch,
    reason_of,
    record_act,
    require_other_person,
    settle_if_done,
)
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from models.domain import posting
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState, BatchStep
from models.domain.flows.payment_flow import PaymentStep, follow
from models.domain.permission import Permission, Post
from models.domain.refusal import Refusal
from models.store.tallies import count_event, refresh_tally
from models.store.vouchers import post_voucher


class RestoreNeedsApprover(Refusal):
    """A payment that was not part of the approved sum."""

    form = (
        "第 {line} 行 {name} 在审批之前就已停发，不在已审批的金额之内，只能由审批岗位恢复。请换审批人员办理。"
    )


@use_case("payment.stop", Permission.STOP_PAYMENT)
def stop_payment(desk: Desk, *, payment_id: int, reason: str) -> Changes:
    """Stop a payment before it goes to the bank 停发, with the reason; it can be restored until then.

    After approval its funding goes back and the voucher is reversed in red for it; a reissue's source is free again.
    Raises PaymentUnknown, TooLateToStop, NoRoad, SamePerson, ReasonNotGiven.
    """
    store = desk.store
    payment = load_payment(store, payment_id)
    batch = _batch_before_sending(desk, payment, "停发")
    bucket = follow(payment.bucket, PaymentStep.STOP)
    require_other_person(desk, batch, STOP)
    reason = reason_of(reason, "停发")
    if batch.state is BatchState.APPROVED:
        count_event(store, batch.id, desk.day, "stopped", "p.id = ?", (payment.id,))
        if not batch.is_reissue:
            give_back_one(desk, batch, payment.id, payment.owed_fen, f"{payment.shown}：{reason}")
    give_back_sources(desk, batch, "r.id = ?", (payment.id,))
    put_in_bucket(desk, payment, bucket, reason)
    refresh_tally(store, batch.id)
    record_act(desk, batch.id, STOP, f"{payment.shown}：{reason}")
    return _moved(desk, payment, bucket.value, batch)


@use_case("payment.restore", Permission.STOP_PAYMENT)
def restore_payment(desk: Desk, *, payment_id: int, reason: str = "") -> Changes:
    """Take a stop back 恢复发放, until the batch goes to the bank.

    What the reviewer or the posted list did not see stays stopped; after approval the check's blockers are asked again, the funding is
    taken again, and a payment that was not part of the approved sum is restored by an approver only. Raises PaymentUnknown,
    TooLateToStop, NoRoad, SamePerson, RestoredTwice, SourceTaken, EnrolmentGone, NotReviewed, NotOnNotice, RestoreNeedsApprover, PreflightBlocked,
    NotEnoughFunds.
    """
    store = desk.store
    payment = load_payment(store, payment_id)
    batch = _batch_before_sending(desk, payment, "恢复发放")
    bucket = follow(payment.bucket, PaymentStep.RESTORE)
    require_other_person(desk, batch, RESTORE)
    if batch.is_reissue:
        refuse_taken_source(store, payment)
    else:
        refuse_gone_enrolment(store, payment)
        refuse_second_payment(store, payment)
    refuse_unseen_payment(store, batch, payment)
    if batch.state is BatchState.APPROVED:
        _restore_approved(desk, batch, payment)
    put_in_bucket(desk, payment, bucket, "")
    if batch.source_batch_id is not None:
        take_sources(desk, batch.source_batch_id, "s.id = ?", (payment.source_id,))
    refresh_tally(store, batch.id)
    if batch.state is BatchState.APPROVED:
        _refuse_blocked_payment(desk, batch, payment)
    record_act(desk, batch.id, RESTORE, f"{payment.shown}：{reason.strip() or '恢复发放'}")
    return _moved(desk, payment, bucket.value, batch)


def _restore_approved(desk: Desk, batch: BatchRow, payment: PaymentRow) -> None:
    """Fund a payment again, and count it again: it was approved and stopped later, or it comes to the approved sum only now."""
    approved_with = stopped_since(desk.store, batch, payment, BatchStep.APPROVE)
    if not approved_with and Post.APPROVER not in desk.operator.posts:
        raise RestoreNeedsApprover(line=payment.line, name=payment.name)
    if not batch.is_reissue:
        take_again_one(desk, batch, payment.id, payment.owed_fen, payment.shown)
    if approved_with:
        count_event(desk.store, batch.id, desk.day, "stopped", "p.id = ?", (payment.id,), sign=-1)
    else:
        count_event(desk.store, batch.id, desk.day, "owed", "p.id = ?", (payment.id,))


def _refuse_blocked_payment(desk: Desk, batch: BatchRow, payment: PaymentRow) -> None:
    """After approval nobody checks again: a payment comes back only when no blocker names it."""
    sheet = run_checks(desk.store, batch, desk.today, "submit")
    for result, row in rows_of(sheet.blockers, payment.id):
        raise PreflightBlocked(
            number=batch.number,
            count=1,
            found=f"{payment.shown}：{row.sentence.rstrip('。')}",
            advice=result.advice,
        )


@use_case("payment.close", Permission.CLOSE_PAYMENT)
def close_payment(desk: Desk, *, payment_id: int, reason: str, handed_back: bool = False) -> Changes:
    """Close a failed or returned payment unpaid 关闭未付, by an approver with the reason; the money goes to the treasury.

    It is gathered in 应缴财政款, or `handed_back` has left the special account at once 退回财政 (DOMAIN §10). Raises PaymentUnknown, NoRoad, SamePerson, ReasonNotGiven.
    """
    store = desk.store
    payment = load_payment(store, payment_id)
    batch = load_batch(store, payment.batch_id)
    bucket = follow(payment.bucket, PaymentStep.CLOSE)
    require_other_person(desk, batch, CLOSE)
    reason = reason_of(reason, "关闭未付")
    put_in_bucket(desk, payment, bucket, reason)
    event, legs = (
        (posting.Event.REFUND, posting.refund)
        if handed_back
        else (posting.Event.CLOSE_UNPAID, posting.close_unpaid)
    )
    post_voucher(
        store,
        day=desk.day,
        event=event,
        summary=f"{posting.EVENT_NAMES[event]} 批次 {batch.number} {payment.shown}：{reason}",
        legs=legs(batch.id, batch.program_id, payment.owed_fen),
        operator_id=desk.operator.id,
        batch_id=batch.id,
    )
    count_event(store, batch.id, desk.day, "closed_unpaid", "p.id = ?", (payment.id,))
    refresh_tally(store, batch.id)
    settle_if_done(store, batch.id, desk.day)
    record_act(desk, batch.id, CLOSE, f"{payment.shown}：{reason}")
    return _moved(desk, payment, bucket.value, batch)


def _batch_before_sending(desk: Desk, payment: PaymentRow, act: str) -> BatchRow:
    batch = load_batch(desk.store, payment.batch_id)
    if not is_before_sending(batch):
        raise TooLateToStop(
            number=batch.number,
            state=BATCH_STATE_NAMES[batch.state],
            line=payment.line,
            name=payment.name,
            act=act,
        )
    return batch


def _moved(desk: Desk, payment: PaymentRow, bucket: str, batch: BatchRow) -> Changes:
    return changes(
        Topic.BATCHES,
        Topic.PAYMENTS,
        Topic.FUNDS,
        Topic.LEDGER,
        subject=f"payment {payment.id}",
        counts={"batch": batch.id, "fen": payment.owed_fen, "from": payment.bucket.value, "to": bucket},
        answer={
            "payment": payment.id,
            "line": payment.line,
            "name": payment.name,
            "bucket": bucket,
            "payment_fen": payment.owed_fen,
            **answer_of(desk.store, batch.id),
        },
    )
