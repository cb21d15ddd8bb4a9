"""Any order of stopping, restoring, closing, paying again and cancelling keeps the identity and the books (DOMAIN §3, §10)."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.batches.payments.use_cases import close_payment, restore_payment, stop_payment
from app.batches.use_cases import (
    approve_batch,
    cancel_batch,
    recompute_batch,
    reissue_batch,
    reject_batch,
    review_batch,
    submit_batch,
)
from app.funds.queries import allotments
from models.domain.refusal import Refusal
from tests.app.batches.months import AGED, Month
from tests.conftest import found

WHICH = st.integers(0, 10_000)


class BatchLife(RuleBasedStateMachine):
    """An office with one batch and its reissues; every act goes through its door, and may be refused."""

    @initialize(people=st.integers(1, 4))
    def open_office(self, people: int) -> None:
        self.folder = TemporaryDirectory()
        self.month = Month(found(Path(self.folder.name) / "office"))
        self.month.policy()
        self.month.fund(fen=13_000)
        self.month.fund(fen=20_000)
        self.month.aged(people)
        self.month.create()

    def teardown(self) -> None:
        if hasattr(self, "month"):
            self.month.store.close()
            self.folder.cleanup()

    def one(self, sql: str, which: int) -> int | None:
        rows = self.month.store.rows(sql)
        return rows[which % len(rows)][0] if rows else None

    def act(self, sql: str, which: int, door: Callable[[int], object]) -> None:
        """The door on one of what the query finds; a refusal must leave no open transaction."""
        found_id = self.one(sql, which)
        if found_id is not None:
            with suppress(Refusal):
                door(found_id)

    @rule(which=WHICH)
    def stop(self, which: int) -> None:
        sql = "SELECT id FROM payment ORDER BY id"
        self.act(sql, which, lambda one: stop_payment(self.month.clerk, payment_id=one, reason="待核"))

    @rule(which=WHICH, by_approver=st.booleans())
    def restore(self, which: int, by_approver: bool) -> None:
        desk = self.month.approver if by_approver else self.month.clerk
        sql = "SELECT id FROM payment WHERE bucket = 'stopped' ORDER BY id"
        self.act(sql, which, lambda one: restore_payment(desk, payment_id=one))

    @rule(which=WHICH)
    def close(self, which: int) -> None:
        sql = "SELECT id FROM payment WHERE bucket IN ('failed', 'returned') ORDER BY id"
        self.act(sql, which, lambda one: close_payment(self.month.approver, payment_id=one, reason="放弃"))

    @rule(which=WHICH)
    def reissue(self, which: int) -> None:
        self.act("SELECT id FROM batch", which, lambda one: reissue_batch(self.month.clerk, batch_id=one))

    @rule(which=WHICH, far=st.integers(1, 3))
    def go_on(self, which: int, far: int) -> None:
        sql = "SELECT id FROM batch WHERE state IN ('draft', 'rejected', 'submitted', 'reviewed')"
        doors: list[Callable[[int], object]] = [
            lambda one: submit_batch(self.month.clerk, batch_id=one),
            lambda one: review_batch(self.month.reviewer, batch_id=one),
            lambda one: approve_batch(self.month.approver, batch_id=one),
        ]
        for door in doors[:far]:
            self.act(sql, which, door)

    @rule(which=WHICH)
    def reject(self, which: int) -> None:
        sql = "SELECT id FROM batch WHERE state IN ('submitted', 'reviewed')"
        self.act(sql, which, lambda one: reject_batch(self.month.reviewer, batch_id=one, opinion="核对"))

    @rule(which=WHICH)
    def recompute(self, which: int) -> None:
        sql = "SELECT id FROM batch WHERE state IN ('draft', 'rejected')"
        self.act(sql, which, lambda one: recompute_batch(self.month.clerk, batch_id=one))

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        sql = "SELECT id FROM batch WHERE state IN ('draft', 'approved', 'submitted')"
        self.act(sql, which, lambda one: cancel_batch(self.month.approver, batch_id=one, opinion="调整"))

    @rule(which=WHICH)
    def create_again(self, which: int) -> None:
        with suppress(Refusal):
            self.month.create(AGED)

    @rule(which=WHICH, failed=st.sets(st.integers(1, 4)), bounced=st.sets(st.integers(1, 4)))
    def bank_answers(self, which: int, failed: set[int], bounced: set[int]) -> None:
        """Only here are the books not kept: sending and returns post in rooms to the right."""
        batch = self.one(
            "SELECT b.id FROM batch b WHERE state = 'approved' AND EXISTS"
            " (SELECT 1 FROM payment p WHERE p.batch_id = b.id AND p.bucket = 'pending')",
            which,
        )
        if batch is not None:
            self.month.answered(batch, failed=sorted(failed), bounced=sorted(bounced - failed))

    @invariant()
    def whole(self) -> None:
        if not hasattr(self, "month"):
            return
        month, store = self.month, self.month.store
        month.identity()
        # what allotments carry of a batch is what it owes of the approved, and no allotment is overdrawn
        for batch, owed in store.rows(
            "SELECT b.id, coalesce(sum(p.owed_fen), 0) FROM batch b LEFT JOIN payment p ON p.batch_id = b.id"
            " AND p.bucket <> 'stopped' WHERE b.approved_on IS NOT NULL AND b.kind = 'regular' GROUP BY b.id"
        ):
            carried = store.value(
                "SELECT (SELECT coalesce(sum(fen), 0) FROM batch_funding WHERE batch_id = ?1)"
                " - (SELECT coalesce(sum(fen), 0) FROM batch_funding_return WHERE batch_id = ?1)",
                (batch,),
            )
            posted = store.value(
                "SELECT coalesce(sum(debit_fen - credit_fen), 0) FROM voucher_line WHERE batch_id = ? AND ledger = 'expense'",
                (batch,),
            )
            counted = store.value(
                "SELECT coalesce(sum(CASE event WHEN 'owed' THEN fen WHEN 'stopped' THEN -fen END), 0) FROM month_tally"
                " WHERE batch_id = ?",
                (batch,),
            )
            assert carried == posted == counted == owed
        assert all(one.available_fen >= 0 for one in allotments(store))
        # a source is carried by one live reissue exactly while it is reissued
        assert not store.rows(
            "SELECT s.id FROM payment s LEFT JOIN payment r ON r.source_id = s.id AND r.bucket <> 'stopped'"
            " GROUP BY s.id HAVING (s.bucket = 'reissued') <> (count(r.id) = 1)"
        )
        # a batch is settled exactly when nothing of it is open
        assert not store.rows(
            "SELECT b.id FROM batch b WHERE b.state IN ('settling', 'settled') AND (b.state = 'settling') <>"
            " EXISTS (SELECT 1 FROM payment p WHERE p.batch_id = b.id"
            " AND p.bucket IN ('pending', 'in_flight', 'failed', 'returned'))"
        )


TestBatchLife = BatchLife.TestCase
TestBatchLife.settings = settings(max_examples=25, stateful_step_count=25)
