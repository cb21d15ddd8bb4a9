"""Sums kept beside the payments, written in the same transaction as what they sum; the doctor compares them."""

from collections.abc import Sequence

from models.store.opening import Store


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
) -> None:
    """Add what happened on `day` to the batch's payments `p` that meet the SQL `condition` to the month's figures.

    `sign` −1 takes an earlier event back. Households and people are distinct within this one event.
    """
    store.execute(
        f"""INSERT INTO month_tally (batch_id, month, event, households, people, payments, fen)
            SELECT ?, ?, ?, ? * count(DISTINCT p.household_id), ? * count(DISTINCT p.person_id), ? * count(*),
                   ? * coalesce(sum(p.owed_fen), 0)
              FROM payment p WHERE p.batch_id = ? AND ({condition}) HAVING count(*) > 0
            ON CONFLICT (batch_id, month, event) DO UPDATE SET households = households + excluded.households,
                   people = people + excluded.people, payments = payments + excluded.payments, fen = fen + excluded.fen""",
        (batch_id, day[:7], event, sign, sign, sign, sign, batch_id, *parameters),
    )
