"""What the doors of returns share: booking what the bank answered, and finding a payment."""

from collections.abc import Sequence
from typing import NamedTuple

from app.batches.steps import BatchRow, move, record_act, settle_if_done
from app.desk import Desk
from models.domain import posting
from models.domain.flows.batch_flow import BatchStep
from models.domain.money import Fen
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.tallies import count_event, refresh_tally
from models.store.vouchers import post_voucher


class NoSuchPayment(Refusal):
    """There is no payment of that number."""

    form = "没有编号为 {payment} 的发放明细。请用 batch show 核对明细编号。"
    in_window = "没有这笔发放明细，可能刚被别人改动过。请按 F5 重新读取。"


class PaymentRow(NamedTuple):
    """A payment as the doors of this room need it."""

    id: int
    batch_id: int
    line: int
    name: str
    bucket: str
    owed_fen: Fen
    recovered_fen: Fen
    program_id: int


class Booked(NamedTuple):
    """What an answer did."""

    paid: int
    failed: int
    failed_fen: Fen
    state: str


def find_payment(store: Store, payment_id: int) -> PaymentRow:
    """The payment of that id. Raises NoSuchPayment."""
    row = store.row(
        "SELECT id, batch_id, line, name, bucket, owed_fen, recovered_fen, program_id FROM payment WHERE id = ?",
        (payment_id,),
    )
    if row is None:
        raise NoSuchPayment(payment=payment_id)
    return PaymentRow(*row)


def book_answers(
    desk: Desk, batch: BatchRow, *, source: str, answered: str, parameters: Sequence[object]
) -> Booked:
    """Book payments that have just become paid or failed: month figures, voucher of what came back, state, sums.

    `answered` is the SQL condition over payments `p` that names them, `source` says in the voucher what answered.
    """
    store = desk.store
    sums: dict[str, tuple[int, Fen]] = {}
    for event in ("paid", "failed"):
        condition = f"p.bucket = '{event}' AND {answered}"
        (row,) = store.rows(
            f"SELECT count(*), coalesce(sum(p.owed_fen), 0) FROM payment p WHERE p.batch_id = ? AND {condition}",
            (batch.id, *parameters),
        )
        sums[event] = (row[0], Fen(row[1]))
        count_event(store, batch.id, desk.day, event, condition, parameters)
    count, fen = sums["failed"]
    if count:
        post_come_back(desk, batch, posting.Event.FAIL, fen, f"{count} 笔，{source}")
    move(desk, batch, BatchStep.POST_RETURN)
    record_act(desk, batch.id, BatchStep.POST_RETURN, source)
    refresh_tally(store, batch.id)
    return Booked(sums["paid"][0], count, fen, settle_if_done(store, batch.id, desk.day))


def post_come_back(desk: Desk, batch: BatchRow, event: posting.Event, fen: Fen, what: str) -> int:
    """失败或退票: Dr 存款 / Cr 退回待处理, one voucher (DOMAIN §10)."""
    return post_voucher(
        desk.store,
        day=desk.day,
        event=event,
        summary=f"{posting.EVENT_NAMES[event]} 批次 {batch.number} {what}",
        legs=posting.come_back(batch.id, batch.program_id, fen),
        batch_id=batch.id,
        attachments=1,
        operator_id=desk.operator.id,
    )


def funding_of_batch(store: Store, batch_id: int) -> list[posting.FundingLine]:
    """What each allotment carries of a batch now; a reissue was funded by the batch it repeats."""
    source: int = batch_id
    while (before := store.value("SELECT source_batch_id FROM batch WHERE id = ?", (source,))) is not None:
        source = before

    def lines(table: str) -> list[posting.FundingLine]:
        return [
            posting.FundingLine(allotment, Fen(fen))
            for allotment, fen in store.rows(
                f"SELECT allotment_id, fen FROM {table} WHERE batch_id = ? ORDER BY allotment_id", (source,)
            )
        ]

    return posting.funding_left(lines("batch_funding"), lines("batch_funding_return"))
