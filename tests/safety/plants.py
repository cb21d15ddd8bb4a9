"""Bugs put in on purpose. Each changes the program in this process; the safety tests must catch every one of them."""

import os
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, Final

import app.bankfiles.use_cases
import app.batches.payments.use_cases
import app.batches.use_cases
import app.returns.steps
import models.domain.families
import models.domain.money
import models.domain.traces
from app.audit import queries as audit
from models.store import database, durable, holding, opening, tallies, vouchers
from models.store.opening import Store
from models.store.seals import Seals

Patch = Callable[[object, str, object], None]

DOORS_OF_BATCHES: Final = (app.batches.use_cases, app.batches.payments.use_cases)


def _set(owner: object, name: str, value: object) -> None:
    setattr(owner, name, value)


def commit_per_row(patch: Patch = _set) -> None:
    """Every statement is committed by itself."""
    real = Store.execute

    def execute(self: Store, sql: str, parameters: Any = ()) -> Any:
        done = real(self, sql, parameters)
        if self._writing and not sql.startswith(("BEGIN", "COMMIT")):
            connection = self.database.connection()
            if connection.in_transaction:
                connection.execute("COMMIT")
            connection.execute("BEGIN IMMEDIATE")
        return done

    patch(Store, "execute", execute)


def posting_in_two_transactions(patch: Patch = _set) -> None:
    """The voucher is committed before the rest of its act."""
    real = vouchers.post_voucher

    def post(store: Store, **facts: Any) -> int:
        voucher = real(store, **facts)
        connection = store.database.connection()
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        return voucher

    for module in (*DOORS_OF_BATCHES, app.bankfiles.use_cases, app.returns.steps):
        patch(module, "post_voucher", post)


def replay_check_dropped(patch: Patch = _set) -> None:
    """The hash of a return that was posted is not looked for, nor what its lines already did."""
    real = Store.row

    def row(self: Store, sql: str, parameters: Any = ()) -> Any:
        return (
            None
            if sql.startswith("SELECT id, lines, batch_id FROM bank_return")
            else real(self, sql, parameters)
        )

    patch(Store, "row", row)


def float_money(patch: Patch = _set) -> None:
    """Amounts go through a binary float."""

    def rounded(numerator: int, denominator: int) -> int:
        return round(numerator / denominator)

    for module in (models.domain.money, models.domain.families, models.domain.traces):
        patch(module, "round_half_up", rounded)


def maker_is_reviewer(patch: Patch = _set) -> None:
    """Nobody looks who entered the batch."""
    for module in DOORS_OF_BATCHES:
        patch(module, "require_other_person", lambda desk, batch, step: None)


def totals_not_kept(patch: Patch = _set) -> None:
    """The sums beside the payments are not written anew."""
    for module in (tallies, *DOORS_OF_BATCHES, app.bankfiles.use_cases, app.returns.steps):
        patch(module, "refresh_tally", lambda store, batch_id: None)


def totals_not_compared(patch: Patch = _set) -> None:
    """The look at opening compares no totals."""
    patch(opening, "quick_fault", lambda connection, size: None)


def tail_not_sealed(patch: Patch = _set) -> None:
    """Nobody looks whether the trail ends where it was ended."""
    patch(Seals, "head_is", lambda self, connection, seq, line_hash: True)


def edits_are_sealed(patch: Patch = _set) -> None:
    """An act seals rows without a look at what they were before it."""
    patch(Seals, "_prove", lambda self, reader, group, stored: None)


def seals_not_checked(patch: Patch = _set) -> None:
    """The check of the trail leaves the seals out."""
    patch(audit, "seal_problems", lambda store: [])


def no_lock(patch: Patch = _set) -> None:
    """Two programs may have one office."""
    patch(holding, "_lock", lambda handle, path: True)


def keys_before_commit(patch: Patch = _set) -> None:
    """The key file is put in place at once, whatever becomes of the transaction."""
    from models.store.keyslots import Keyslots

    patch(Keyslots, "_stage", lambda self: self.write())


def no_sync_on_export(patch: Patch = _set) -> None:
    """An export takes its name before its bytes are on the disk."""

    @contextmanager
    def replacing(path: Any) -> Any:
        part = path.with_name(path.name + ".part")
        yield part
        os.replace(part, path)
        durable.sync_folder(path.parent)

    patch(durable, "replacing", replacing)


def _pragmas(patch: Patch, change: Callable[[str], str | None]) -> None:
    real = database.OfficeDatabase._connect

    def connect(self: Any) -> Any:
        from playhouse import sqlcipher_ext

        original = sqlcipher_ext.sqlcipher.connect

        class Changed:
            def __init__(self, *args: Any, **named: Any) -> None:
                self._real = original(*args, **named)

            def execute(self, sql: str, *args: Any) -> Any:
                changed = change(sql)
                return self._real.execute(changed if changed is not None else "SELECT 1", *args)

            def __getattr__(self, name: str) -> Any:
                return getattr(self._real, name)

        sqlcipher_ext.sqlcipher.connect = Changed
        try:
            wrapped = real(self)
            return wrapped._real if isinstance(wrapped, Changed) else wrapped
        finally:
            sqlcipher_ext.sqlcipher.connect = original

    patch(database.OfficeDatabase, "_connect", connect)


def synchronous_normal(patch: Patch = _set) -> None:
    """A commit does not wait for the disk."""
    _pragmas(patch, lambda sql: sql.replace("synchronous = EXTRA", "synchronous = NORMAL"))


def synchronous_off(patch: Patch = _set) -> None:
    """Nothing waits for the disk."""
    _pragmas(patch, lambda sql: sql.replace("synchronous = EXTRA", "synchronous = OFF"))


def pragma_before_key(patch: Patch = _set) -> None:
    """journal_mode is set before synchronous is."""
    swap = {"synchronous = EXTRA": "journal_mode = WAL", "journal_mode = WAL": "synchronous = EXTRA"}
    _pragmas(
        patch, lambda sql: "PRAGMA " + swap.get(sql.removeprefix("PRAGMA "), sql.removeprefix("PRAGMA "))
    )


def acknowledge_before_commit(patch: Patch = _set) -> None:
    """The user is told that it is done before it is."""
    from tests.conftest import PASSWORD
    from tests.safety import month

    def take(
        office: Any, files: Any, acknowledge: Callable[[int], None], *, until: int = len(month.STEPS)
    ) -> None:
        store = opening.open_office(office, month.CLERK, PASSWORD, month.CLOCK)
        for number in range(month.done_steps(store), until):
            acknowledge(number + 1)
            month.STEPS[number][1](month.Month(store, files))
        store.close()

    patch(month, "take_steps", take)
    import sys

    main = sys.modules.get("__main__")
    if getattr(main, "take_steps", None) is not None:
        patch(main, "take_steps", take)


PLANTS: Final[dict[str, Callable[..., None]]] = {
    plant.__name__: plant
    for plant in (
        *(commit_per_row, posting_in_two_transactions, replay_check_dropped, float_money, maker_is_reviewer),
        *(
            totals_not_kept,
            totals_not_compared,
            tail_not_sealed,
            edits_are_sealed,
            seals_not_checked,
            no_lock,
        ),
        *(keys_before_commit, no_sync_on_export, synchronous_normal, synchronous_off, pragma_before_key),
        acknowledge_before_commit,
    )
}
