"""Filling a batch with its payments, the first time and again: what creating, recomputing and reissuing share."""

import json
from collections.abc import Sequence
from typing import Final

from app.batches.computing import INSERT_PAYMENT, Computing, NobodyToPay, reissue_rows
from app.batches.steps import BatchRow
from app.desk import Desk
from app.programs.queries import ProgramView, StoredPolicy
from models.domain.period import Period, period_text
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.tallies import refresh_tally


class NothingToReissue(Refusal):
    """No payment of the batch is waiting to be paid again."""

    form = "批次 {number} 没有可以补发的款项：只有发放失败或退票、且尚未补发和关闭的款项可以补发。"


class NotOpenForReissue(Refusal):
    """Payments that were named, but cannot be paid again."""

    form = "批次 {number} 的这些款项不能补发：{listed}。只有发放失败或退票、且尚未补发和关闭的款项可以补发。"


_OPEN_SOURCE: Final = "s.bucket IN ('failed', 'returned')"
OF_THESE: Final = "s.id IN (SELECT value FROM json_each(?))"
"""The condition for source payments `s` of a list given as JSON: a bank may fail more than a statement takes parameters."""


def insert_batch(
    desk: Desk,
    program: ProgramView,
    stored: StoredPolicy,
    period: Period,
    *,
    source: BatchRow | None = None,
) -> tuple[int, str]:
    """A draft batch without payments yet, inside `writing`; gives its id and its number 项目-期间-次."""
    store = desk.store
    stem = f"{program.code}-{period.replace('/', '.')}"
    run = 1 + int(
        store.value("SELECT count(*) FROM batch WHERE program_id = ? AND period = ?", (program.id, period))
        or 0
    )
    number = f"{stem}-{run:02d}"
    batch_id = store.insert(
        "INSERT INTO batch (number, program_id, policy_id, period, kind, source_batch_id, state, payments, owed_fen,"
        " created_on) VALUES (?, ?, ?, ?, ?, ?, 'draft', 1, 1, ?)",
        (
            number, program.id, stored.id, period, "reissue" if source else "regular",
            source.id if source else None, desk.day,
        ),
    )  # fmt: skip
    return batch_id, number


def fill(
    desk: Desk,
    batch_id: int,
    program: ProgramView,
    stored: StoredPolicy,
    period: Period,
    stops: dict[int, tuple[str, str]] | None = None,
) -> Computing:
    """Compute a regular batch from its enrolments and store the payments. Raises NobodyToPay."""
    computing = Computing(desk, batch_id, program.id, period, stored, stops or {})
    desk.store.execute_many(INSERT_PAYMENT, computing.rows())
    if not computing.payments:
        first = (
            f"，例如 {computing.problems[0].name}：{computing.problems[0].sentence.rstrip('。')}"
            if computing.problems
            else ""
        )
        raise NobodyToPay(
            program=program.name,
            period=period_text(period),
            enrolled=computing.enrolled,
            already=len(computing.already),
            problems=len(computing.problems),
            first=first,
        )
    desk.store.execute(
        "UPDATE batch SET payments = ?, owed_fen = ?, policy_id = ? WHERE id = ?",
        (computing.payments, computing.owed_fen, stored.id, batch_id),
    )
    refresh_tally(desk.store, batch_id)
    return computing


def choose_sources(store: Store, batch: BatchRow, payment_ids: Sequence[int] | None) -> list[int]:
    """The open failed and returned payments of a batch that shall be paid again: all, or those named.

    Raises NothingToReissue, NotOpenForReissue.
    """
    still_open = [
        row[0]
        for row in store.rows(
            f"SELECT s.id FROM payment s WHERE s.batch_id = ? AND {_OPEN_SOURCE}", (batch.id,)
        )
    ]
    if payment_ids is not None:
        closed = sorted(set(payment_ids) - set(still_open))
        if closed:
            raise NotOpenForReissue(number=batch.number, listed="、".join(map(str, closed)))
        still_open = sorted(set(payment_ids))
    if not still_open:
        raise NothingToReissue(number=batch.number)
    return still_open


def fill_reissue(
    desk: Desk,
    batch_id: int,
    source: BatchRow,
    stored: StoredPolicy,
    sources: Sequence[int],
    stops: dict[int, tuple[str, str]] | None = None,
) -> None:
    """Store the payments of a reissue over these source payments; `stops` are sources whose reissue stays stopped."""
    store = desk.store
    rows = reissue_rows(
        store,
        batch_id=batch_id,
        program_id=source.program_id,
        period=source.period,
        policy=stored.policy,
        source_number=source.number,
        condition=OF_THESE,
        parameters=(json.dumps(list(sources)),),
        stops=stops or {},
    )
    store.execute_many(INSERT_PAYMENT, rows)
    store.execute(
        "UPDATE batch SET (payments, owed_fen) = (SELECT count(*), sum(owed_fen) FROM payment WHERE batch_id = batch.id)"
        " WHERE id = ?",
        (batch_id,),
    )
    refresh_tally(store, batch_id)
