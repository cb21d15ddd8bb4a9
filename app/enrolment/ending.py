"""How an enrolment ends: at the counter, by a decision after a household event, by a suspension, at the year's end."""

from datetime import date

from models.store.opening import Store


def end_enrolment(store: Store, enrolment: int, last: date, reason: str) -> None:
    """End an enrolment after its last day, inside `writing`; payments that were made of it stay.

    A standing one ends on that day, or earlier where it was to end earlier: a stop never lengthens. One of a single period,
    or one that had not begun by then, stops as a whole.
    """
    stops_whole = "period <> '' OR valid_from > ?2"
    store.execute(
        f"UPDATE enrolment SET stop_reason = ?3, state = CASE WHEN {stops_whole} THEN 'stopped' ELSE state END,"
        f" valid_to = CASE WHEN {stops_whole} THEN valid_to ELSE min(coalesce(valid_to, ?2), ?2) END WHERE id = ?1",
        (enrolment, last.isoformat(), reason),
    )
