"""Checks against last period’s payments, those taken over from old workbooks among them."""

from collections.abc import Iterator
from typing import Final

from app.batches.checks.scope import LINE, LIVE, Scope, row_about, rows_about
from app.batches.sheet import CheckRow
from models.domain.masking import mask_account, mask_id
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from models.domain.quantity import Quantity, quantity_text
from models.store.opening import Row

_OLD_BOOKS: Final = """WITH was AS MATERIALIZED (
    SELECT id, program_id, period, target, person_id, household_id, village_id, name, id_number, payee_name, account_number,
           owed_fen, enrolment_id, source_id, bucket FROM payment
     WHERE program_id = (SELECT program_id FROM batch WHERE id = ?1) AND period = ?2
    UNION ALL
    SELECT -id, program_id, period, target, person_id, household_id, village_id, name, id_number, nullif(payee_name, ''),
           nullif(account_number, ''), owed_fen, NULL, NULL, 'paid' FROM past_payment
     WHERE program_id = (SELECT program_id FROM batch WHERE id = ?1) AND period = ?2 AND outcome = 'paid') """
"""Last period's payments, those taken over from old workbooks among them: what the old books did not say is NULL."""


def _last(scope: Scope) -> tuple[str, str]:
    """Where last period's payments are read from: what stands before the query, and the table. ?2 is that period."""
    return (_OLD_BOOKS, "was") if scope.last_is_taken_over else ("", "payment")


def _was(scope: Scope) -> str:
    """The join with last period's payment `q` of the same beneficiary; ?2 is that period."""
    return (
        f"{_last(scope)[1]} q ON q.{scope.key} = p.{scope.key} AND q.program_id = p.program_id AND q.period = ?2"
        " AND q.target = p.target AND q.source_id IS NULL AND q.bucket NOT IN ('stopped', 'closed_unpaid')"
    )


def _against_last(
    scope: Scope, columns: str, condition: str, *parameters: object, joins: str = ""
) -> list[Row]:
    if scope.last_period is None:
        return []
    return scope.rows(
        f"{_last(scope)[0]}SELECT {LINE}, {columns} FROM payment p JOIN {_was(scope)} {joins} WHERE {LIVE} AND {condition}"
        " ORDER BY p.line",
        scope.last_period,
        *parameters,
    )


def last_new(scope: Scope) -> Iterator[CheckRow]:
    """Who was not paid last period."""
    if scope.last_period is None:
        return iter(())
    rows = scope.rows(
        f"{_last(scope)[0]}SELECT {LINE} FROM payment p LEFT JOIN {_was(scope)} WHERE {LIVE} AND q.id IS NULL ORDER BY p.line",
        scope.last_period,
    )
    return rows_about(rows, f"上期（{period_text(scope.last_period)}）没有，本期新增。")


def last_gone(scope: Scope) -> Iterator[CheckRow]:
    """Those paid last period who are in no batch of this one."""
    if scope.last_period is None:
        return
    key = scope.key
    with_old_books, last = _last(scope)
    rows = scope.rows(
        f"{with_old_books}SELECT q.name, q.id_number, v.name, q.owed_fen FROM {last} q JOIN village v ON v.id = q.village_id"
        " WHERE q.program_id = ?3 AND q.period = ?2 AND q.target = ?4 AND q.source_id IS NULL"
        " AND q.bucket NOT IN ('stopped', 'closed_unpaid') AND ?1 = ?1"
        f" AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.program_id = ?3 AND p.period = ?5 AND p.{key} = q.{key}"
        " AND p.target = ?4 AND p.bucket <> 'stopped') ORDER BY q.village_id, q.id",
        scope.last_period,
        scope.batch.program_id,
        scope.stored.policy.target,
        scope.batch.period,
    )
    for name, id_number, village, fen in rows:
        yield CheckRow(
            None, 0, name, mask_id(id_number), f"{village} {name} 上期发 {yuan_text(Fen(fen))} 元，本期没有。"
        )


def last_amount(scope: Scope) -> Iterator[CheckRow]:
    """Whose amount changed by more than the setting says."""
    for row in _against_last(
        scope,
        "q.owed_fen, p.owed_fen",
        "abs(p.owed_fen - q.owed_fen) * 100 > ?3 * q.owed_fen",
        scope.limits["check.change_percent"],
    ):
        yield row_about(
            row, f"上期 {yuan_text(row[4])} 元，本期 {yuan_text(row[5])} 元，{_change(row[4], row[5])}。"
        )


def last_account(scope: Scope) -> Iterator[CheckRow]:
    """Whose account is another than last period."""
    for row in _against_last(
        scope,
        "q.account_number, p.account_number",
        "p.account_number <> q.account_number AND p.account_number <> ''",
    ):
        yield row_about(
            row, f"上期账号 {mask_account(row[4]) or '（空）'}，本期账号 {mask_account(row[5])}。"
        )


def last_name(scope: Scope) -> Iterator[CheckRow]:
    """Whose name, or whose payee’s, was written otherwise last period."""
    for row in _against_last(
        scope,
        "q.name, p.name, q.payee_name, p.payee_name",
        "(p.name <> q.name OR p.payee_name <> q.payee_name)",
    ):
        changed = [
            f"{what}上期“{before}”，本期“{now}”"
            for what, before, now in (("受益人", row[4], row[5]), ("收款人", row[6], row[7]))
            if before is not None and before != now
        ]
        yield row_about(row, "，".join(changed) + "。")


def last_quantity(scope: Scope) -> Iterator[CheckRow]:
    """Whose area or number changed by more than the setting says."""
    policy = scope.stored.policy
    if policy.family not in ("per_unit", "pool"):
        return
    rows = _against_last(
        scope,
        "f.quantity, e.quantity",
        "abs(e.quantity - f.quantity) * 100 > ?3 * f.quantity",
        scope.limits["check.change_percent"],
        joins="JOIN enrolment e ON e.id = p.enrolment_id JOIN enrolment f ON f.id = q.enrolment_id",
    )
    for row in rows:
        before, now = (quantity_text(Quantity(row[place])) for place in (4, 5))
        yield row_about(
            row, f"上期 {before} {policy.unit}，本期 {now} {policy.unit}，{_change(row[4], row[5])}。"
        )


def last_village(scope: Scope) -> Iterator[CheckRow]:
    """Whole villages, over all batches of both periods."""
    if scope.last_period is None:
        return
    with_old_books, last = _last(scope)
    rows = scope.rows(
        f"{with_old_books}SELECT v.name, before.fen, now.fen FROM"
        " (SELECT village_id, sum(owed_fen) AS fen FROM payment WHERE program_id = ?3 AND period = ?4 AND source_id IS NULL"
        "   AND bucket NOT IN ('stopped', 'closed_unpaid') GROUP BY village_id) now JOIN"
        f" (SELECT village_id, sum(owed_fen) AS fen FROM {last} WHERE program_id = ?3 AND period = ?2 AND source_id IS NULL"
        "   AND bucket NOT IN ('stopped', 'closed_unpaid') GROUP BY village_id) before ON before.village_id = now.village_id"
        " JOIN village v ON v.id = now.village_id WHERE abs(now.fen - before.fen) * 100 > ?5 * before.fen"
        " AND EXISTS (SELECT 1 FROM batch_tally t WHERE t.batch_id = ?1 AND t.village_id = v.id) ORDER BY v.id",
        scope.last_period,
        scope.batch.program_id,
        scope.batch.period,
        scope.limits["check.change_percent"],
    )
    for village, before, now in rows:
        sentence = (
            f"{village}上期合计 {yuan_text(before)} 元，本期 {yuan_text(now)} 元，{_change(before, now)}。"
        )
        yield CheckRow(None, 0, village, "", sentence)


def _change(before: int, now: int) -> str:
    """How much more or less, in whole percent."""
    if not before:
        return "上期为 0"
    return f"{'增' if now > before else '减'} {abs(now - before) * 100 // before}%"
