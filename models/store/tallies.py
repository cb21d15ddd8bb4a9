"""Sums kept beside the payments, written in the same transaction as what they sum; the doctor compares them."""

from collections.abc import Sequence
from typing import Final

from models.domain.money import Fen
from models.store.opening import Store

# Beside which payments `q` an event does not count a household again: those that stand on the same side of the return.
_OWED: Final = "q.bucket <> 'stopped'"
_PAID: Final = "q.bucket = 'paid'"
_COUNTED: Final = {
    "owed": _OWED,
    "stopped": _OWED,
    "paid": _PAID,
    "returned": _PAID,
    "recovered": _PAID,
    "recovered_late": "0",  # a closed year's figures stay as they were reported
    # of these the return counts payments only
    "failed": "0",
    "closed_unpaid": "0",
}


def refresh_tally(store: Store, batch_id: int) -> None:
    """Sum a batch's payments anew by village and bucket."""
    store.execute("DELETE FROM batch_tally WHERE batch_id = ?", (batch_id,))
    store.execute(
        "INSERT INTO batch_tally (batch_id, village_id, bucket, payments, fen)"
        " SELECT batch_id, village_id, bucket, count(*), sum(owed_fen) FROM payment WHERE batch_id = ?"
        " GROUP BY village_id, bucket",
        (batch_id,),
    )


def count_event(
    store: Store,
    batch_id: int,
    day: str,
    event: str,
    condition: str = "1",
    parameters: Sequence[object] = (),
    *,
    sign: int = 1,
    fen: Fen | None = None,
) -> None:
    """Add what happened on `day` to the batch's payments `p` that meet the SQL `condition` to the month's figures.

    `sign` −1 takes an earlier event back. Households and people are distinct within the batch: of a household with several
    payments the event counts it only with the first that comes in, or the last that goes (DOMAIN §12). `fen` is the sum where it is not what the payments owed.
    """
    store.execute(
        f"""WITH moved AS (SELECT p.id, p.household_id, p.person_id, p.owed_fen FROM payment p
                            WHERE p.batch_id = ? AND ({condition})),
                 beside AS (SELECT q.household_id, q.person_id FROM payment q
                             WHERE q.batch_id = ? AND {_COUNTED[event]} AND q.id NOT IN (SELECT id FROM moved))
            INSERT INTO month_tally (batch_id, month, event, households, people, payments, fen)
            SELECT ?, ?, ?,
                   ? * count(DISTINCT iif(household_id IN (SELECT household_id FROM beside), NULL, household_id)),
                   ? * count(DISTINCT iif(person_id IN (SELECT person_id FROM beside), NULL, person_id)),
                   ? * count(*), ? * coalesce(?, sum(owed_fen))
              FROM moved HAVING count(*) > 0
            ON CONFLICT (batch_id, month, event) DO UPDATE SET households = households + excluded.households,
                   people = people + excluded.people, payments = payments + excluded.payments, fen = fen + excluded.fen""",
        (batch_id, *parameters, batch_id, batch_id, day[:7], event, sign, sign, sign, sign, fen),
    )


def count_part(store: Store, batch_id: int, day: str, event: str, fen: Fen) -> None:
    """Add `fen` of a payment that goes on to the month's figures; no household, person or payment comes or goes."""
    store.execute(
        "INSERT INTO month_tally (batch_id, month, event, households, people, payments, fen) VALUES (?, ?, ?, 0, 0, 0, ?)"
        " ON CONFLICT (batch_id, month, event) DO UPDATE SET fen = fen + excluded.fen",
        (batch_id, day[:7], event, fen),
    )
