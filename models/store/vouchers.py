"""Posting vouchers 记账凭证: numbered per month, balanced, final."""

from collections.abc import Sequence

from models.domain.posting import Leg
from models.store.closing import refuse_closed_year
from models.store.opening import Store


def post_voucher(
    store: Store,
    *,
    day: str,
    event: str,
    summary: str,
    legs: Sequence[Leg],
    operator_id: int,
    batch_id: int | None = None,
    attachments: int = 0,
    reverses_id: int | None = None,
) -> int:
    """Post one voucher on `day` ('YYYY-MM-DD') inside `writing` and give its id; its number is the month's next.

    The database refuses legs that do not balance, and a voucher that was never posted. Raises YearIsClosed.
    """
    refuse_closed_year(store, day)
    month = day[:7]
    number = 1 + int(store.value("SELECT coalesce(max(number), 0) FROM voucher WHERE month = ?", (month,)))
    voucher_id = store.insert(
        "INSERT INTO voucher (month, number, posted_on, event, summary, attachments, batch_id, reverses_id, operator_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (month, number, day, event, summary, attachments, batch_id, reverses_id, operator_id),
    )
    store.execute_many(
        "INSERT INTO voucher_line (voucher_id, ledger, debit_fen, credit_fen, allotment_id, batch_id, program_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (voucher_id, leg.ledger, leg.debit, leg.credit, leg.allotment_id, leg.batch_id, leg.program_id)
            for leg in legs
        ],
    )
    store.execute("INSERT INTO voucher_posting (voucher_id) VALUES (?)", (voucher_id,))
    return voucher_id
