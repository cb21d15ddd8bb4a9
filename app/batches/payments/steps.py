"""What the doors share that act on payments: finding one, and a reissue's hold on the payments it repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.batches.steps import STOP, BatchRow, posted_first, reopen_if_closed, settle_if_done
from app.desk import Desk
from models.domain.buckets import Bucket
from models.domain.flows.batch_flow import BEFORE_SENDING, BatchState, BatchStep
from models.domain.money import Fen
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.tallies import refresh_tally


class PaymentUnknown(Refusal):
    """No payment of that number."""

    form = "没有编号为 {payment} 的发放明细。请在批次明细里核对编号。"


class TooLateToStop(Refusal):
    """The money may have left."""

    form = "批次 {number} 现在是“{state}”，第 {line} 行 {name} 不能{act}：报盘以后要等银行回盘，发错的请登记退票或追回。"


class SourceTaken(Refusal):
    """A stopped reissue cannot be restored: what it repeated has gone another way."""

    form = "第 {line} 行 {name} 不能恢复：原款项已经{how}，再发就重复了。"


class RestoredTwice(Refusal):
    """A stopped payment cannot be restored: the beneficiary has another one by now."""

    form = "第 {line} 行 {name} 不能恢复：同一项目同一期间，批次 {other} 已经为同一受益人（户）编制了一笔。"


class EnrolmentGone(Refusal):
    """The roster that a stopped payment came from was taken back."""

    form = "第 {line} 行 {name} 不能恢复：它来自第 {run} 次导入的名单，那次导入已经撤销。要发放请重新导入名单、另行编制批次。"


class NotReviewed(Refusal):
    """A payment stopped before the review cannot come back behind the reviewer."""

    form = (
        "第 {line} 行 {name} 在复核之前就已停发，复核人没有看到这一笔，不能直接恢复。"
        "请退回批次，恢复后重新提交、复核；或为其另行编制批次。"
    )


class NotOnNotice(Refusal):
    """A payment stopped before the list was posted cannot come back behind the notice."""

    form = (
        "第 {line} 行 {name} 在公示之前就已停发，公示名单里没有这一笔，不能直接恢复。"
        "请退回批次，恢复后重新提交、公示；或为其另行编制批次。"
    )


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment as the doors of this room need it."""

    id: int
    batch_id: int
    line: int
    name: str
    bucket: Bucket
    owed_fen: Fen
    program_id: int
    period: str
    target: str
    person_id: int
    household_id: int
    source_id: int | None

    @property
    def shown(self) -> str:
        """How summaries and acts call it: 第 3 行 张三."""
        return f"第 {self.line} 行 {self.name}"


_PAYMENT_SQL: Final = (
    "SELECT id, batch_id, line, name, bucket, owed_fen, program_id, period, target, person_id, household_id, source_id"
    " FROM payment"
)


def load_payment(store: Store, payment_id: int) -> PaymentRow:
    """The payment of that id. Raises PaymentUnknown."""
    row = store.row(f"{_PAYMENT_SQL} WHERE id = ?", (payment_id,))
    if row is None:
        raise PaymentUnknown(payment=payment_id)
    values = list(row)
    values[4] = Bucket(row[4])
    return PaymentRow(*values)


def put_in_bucket(desk: Desk, payment: PaymentRow, bucket: Bucket, reason: str) -> None:
    """Write where a payment's money is now, and why."""
    desk.store.execute(
        "UPDATE payment SET bucket = ?, reason = ?, changed_on = ? WHERE id = ?",
        (bucket.value, reason, desk.day, payment.id),
    )


def is_before_sending(batch: BatchRow) -> bool:
    """Whether payments of the batch can still be stopped and restored."""
    return batch.state in BEFORE_SENDING


# -- a reissue and its sources ------------------------------------------------------------------------------


def give_back_sources(desk: Desk, reissue: BatchRow, condition: str, parameters: Sequence[object]) -> None:
    """The sources of a reissue's payments `r` that meet the condition go back to where they were: returned or failed.

    Where a source was is told by its last attempt. The batch that owes them opens again.
    """
    store, source_batch = desk.store, reissue.source_batch_id
    if source_batch is None:
        return
    given_back = store.execute(
        "UPDATE payment SET changed_on = ?, bucket = CASE WHEN (SELECT a.state FROM attempt a WHERE a.payment_id = payment.id"
        " ORDER BY a.id DESC LIMIT 1) = 'bounced' THEN 'returned' ELSE 'failed' END WHERE bucket = 'reissued' AND id IN"
        f" (SELECT r.source_id FROM payment r WHERE r.batch_id = ? AND {condition})",
        (desk.day, reissue.id, *parameters),
    ).rowcount
    if given_back:  # a reissue whose payments were all stopped before gives nothing back, and opens nothing
        refresh_tally(store, source_batch)
        reopen_if_closed(store, source_batch)


def take_sources(desk: Desk, source_batch: int, condition: str, parameters: Sequence[object]) -> None:
    """Payments `s` of a batch that meet the condition are carried by their reissue from now on."""
    desk.store.execute(
        f"UPDATE payment AS s SET bucket = 'reissued', changed_on = ? WHERE s.batch_id = ? AND {condition}",
        (desk.day, source_batch, *parameters),
    )
    refresh_tally(desk.store, source_batch)
    settle_if_done(desk.store, source_batch, desk.day)


def refuse_taken_source(store: Store, payment: PaymentRow) -> None:
    """Raise SourceTaken unless the source of a stopped reissue is still open."""
    source = load_payment(store, payment.source_id or 0)
    if source.bucket not in (Bucket.FAILED, Bucket.RETURNED):
        how = "由别的批次补发" if source.bucket is Bucket.REISSUED else "关闭未付"
        raise SourceTaken(line=payment.line, name=payment.name, how=how)


def refuse_gone_enrolment(store: Store, payment: PaymentRow) -> None:
    """Raise EnrolmentGone when the roster that brought the payment was taken back meanwhile."""
    gone = store.value(
        "SELECT r.id FROM payment p JOIN enrolment e ON e.id = p.enrolment_id JOIN import_run r ON r.id = e.run_id"
        " WHERE p.id = ? AND r.state = 'undone'",
        (payment.id,),
    )
    if gone is not None:
        raise EnrolmentGone(line=payment.line, name=payment.name, run=gone)


def refuse_second_payment(store: Store, payment: PaymentRow) -> None:
    """Raise RestoredTwice when the beneficiary has another live payment of the program and period."""
    key = payment.person_id if payment.target == "person" else payment.household_id
    other = store.value(
        f"SELECT b.number FROM payment m JOIN batch b ON b.id = m.batch_id WHERE m.program_id = ? AND m.period = ?"
        f" AND m.target = ? AND m.{payment.target}_id = ? AND m.id <> ? AND m.source_id IS NULL"
        " AND m.bucket NOT IN ('stopped', 'closed_unpaid')",
        (payment.program_id, payment.period, payment.target, key, payment.id),
    )
    if other is not None:
        raise RestoredTwice(line=payment.line, name=payment.name, other=other)


# -- what was known when it was stopped ---------------------------------------------------------------------


def stopped_since(store: Store, batch: BatchRow, payment: PaymentRow, step: str) -> bool:
    """Whether a payment was stopped after the last time the batch took `step`, so that it was live then.

    Lines keep their numbers from the submission on, and the acts name them.
    """
    last_step = store.value("SELECT max(id) FROM batch_act WHERE batch_id = ? AND step = ?", (batch.id, step))
    stopped = store.value(
        "SELECT max(id) FROM batch_act WHERE batch_id = ? AND step = ? AND opinion LIKE ?",
        (batch.id, STOP, f"第 {payment.line} 行 %"),
    )
    return last_step is None or (stopped is not None and stopped > last_step)


def refuse_unseen_payment(store: Store, batch: BatchRow, payment: PaymentRow) -> None:
    """Raise NotReviewed for a payment that was stopped at the review, NotOnNotice for one the posted list did not show."""
    behind_review = batch.state in (BatchState.REVIEWED, BatchState.PUBLICIZED)
    if behind_review and not stopped_since(store, batch, payment, BatchStep.REVIEW):
        raise NotReviewed(line=payment.line, name=payment.name)
    behind_notice = batch.state in (BatchState.PUBLICIZED, BatchState.APPROVED) and posted_first(store, batch)
    if behind_notice and not stopped_since(store, batch, payment, BatchStep.PUBLICIZE):
        raise NotOnNotice(line=payment.line, name=payment.name)
