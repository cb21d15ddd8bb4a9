"""The whole life of batches through the real doors, in any order: replays, reversals, several people, clocks that jump,
faults in the middle of an act, the office closed and opened. After every step the identity holds, at the end the check-up is silent."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.access.queries import sit_down
from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.batches.payments.use_cases import close_payment, restore_payment, stop_payment
from app.batches.queries import check_batch
from app.batches.use_cases import (
    approve_batch,
    cancel_batch,
    create_batch,
    recompute_batch,
    reissue_batch,
    reject_batch,
    review_batch,
    submit_batch,
)
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.doctor import check_up
from app.returns.use_cases import bounce_payment, post_return, recover_payment
from models.domain.money import Fen
from models.domain.permission import SamePerson
from models.domain.refusal import Refusal
from models.store.opening import Store, open_office
from tests.app.batches.months import AGED, Month
from tests.conftest import PASSWORD, found
from tests.faults import Broken, failing_statement
from tests.safety.conftest import seed_of, wanted

EXAMPLES = wanted(300, 5000)
STEPS = 40
LEAST_REACHED = 0.2
WHICH = st.integers(0, 10_000)
CLERK, OTHER, REVIEWER, APPROVER = "经办甲", "经办乙", "复核丙", "审批丁"
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None

reached: Counter[str] = Counter()
examples = 0


@cache
def template() -> tuple[TemporaryDirectory[str], Path]:
    """An office with a policy, money and eight people entitled in two months."""
    folder = TemporaryDirectory(dir=MEMORY)
    month = Month(found(Path(folder.name) / "office"))
    month.policy()
    month.fund(fen=90_000)
    month.fund(fen=50_000)
    people = month.aged(6)
    for person in people[:4]:
        month.make.enrolment(person, AGED, period="2024-07")
    month.store.close()
    return folder, Path(folder.name) / "office"


class Life(RuleBasedStateMachine):
    """One office; every act goes through its door and may be refused, but never half done."""

    @initialize(failed=st.integers(1, 62))
    def begin(self, failed: int) -> None:
        """A first batch goes to the bank and comes back, so that the later acts are met."""
        global examples  # noqa: PLW0603 - one count over all examples
        examples += 1
        self.folder = TemporaryDirectory(dir=MEMORY)
        self.office = Path(self.folder.name) / "office"
        shutil.copytree(template()[1], self.office)
        self.now, self.day = datetime(2024, 6, 3, 9), date(2024, 6, 3)
        self.answers: list[tuple[int, Path]] = []
        self.reached: set[str] = set()
        self.open()
        create_batch(self.desk(CLERK), program=AGED, period="2024-06")
        self.road(1)
        self.send(1, failed)

    def open(self) -> None:
        self.store: Store = open_office(self.office, CLERK, PASSWORD, self.now)
        self.store.execute("PRAGMA synchronous = OFF")  # what is tried here is the logic, not the disk

    def teardown(self) -> None:
        if hasattr(self, "store"):
            try:
                assert [one.sentence for one in check_up(self.store)] == []
            finally:
                self.store.close()
                self.folder.cleanup()
            reached.update(self.reached)

    # -- how an act is done -------------------------------------------------------------------------------

    def desk(self, name: str) -> Desk:
        return sit_down(self.store, name, self.now, self.day)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """An act that may be refused; it counts as reached when it was not."""
        with suppress(Refusal):
            yield
            self.reached.add(what)

    def reasons(self, batch: int) -> dict[str, str]:
        return {
            one.code.value: "已逐笔核实"
            for one in check_batch(self.store, batch, self.day, "submit").to_explain
        }

    # -- one act after another ----------------------------------------------------------------------------

    @rule(pick=st.integers(0, 10_000), which=WHICH, more=st.integers(0, 63))
    def act(self, pick: int, which: int, more: int) -> None:
        """One of the acts that find something to act on; `more` is what else an act may vary in."""
        possible = [
            name
            for name, (sql, _) in ACTS.items()
            if self.store.row(sql) is not None
            for _ in range(OFTENER.get(name, 1))
        ]
        name = possible[pick % len(possible)]
        sql, door = ACTS[name]
        rows = self.store.rows(sql)
        note(f"{name} on {rows[which % len(rows)][0]}, {more}")
        with self.doing(name):
            door(self, rows[which % len(rows)][0], more)

    def road(self, batch: int) -> None:
        """Through all three desks at once."""
        submit_batch(self.desk(CLERK), batch_id=batch, reasons=self.reasons(batch))
        review_batch(self.desk(REVIEWER), batch_id=batch)
        approve_batch(self.desk(APPROVER), batch_id=batch, reasons=self.reasons(batch))

    def send(self, batch: int, more: int) -> None:
        """To the bank and back: some lines fail, sometimes one is not answered."""
        make_bank_files(self.desk(CLERK), batch_id=batch, profile="icbc_text")
        folder = self.office.parent / f"out{batch}"
        path, _ = write_bank_files(self.store, batch_id=batch, folder=folder)  # and the control sheet
        answer = self.office.parent / f"back{batch}-{len(self.answers)}.txt"
        failures = {line: "账户已销户" for line in range(1, 7) if more >> (line - 1) & 1}
        lines = int(
            self.store.value(
                "SELECT count(*) FROM payment WHERE batch_id = ? AND bucket = 'in_flight'", (batch,)
            )
        )
        unlisted = [1] if more % 5 == 0 and lines > 1 else []
        answer_bank_file(path, answer, profile="icbc_text", failures=failures, unlisted=unlisted)
        self.answers.append((batch, answer))
        with self.doing("return"):
            post_return(self.desk(CLERK), path=answer, batch_id=batch)

    def the_same_answer_again(self, which: int) -> None:
        """A file that was posted adds nothing, however often it comes."""
        batch, path = self.answers[which % len(self.answers)]
        before = self.money()
        again = post_return(self.desk(OTHER), path=path, batch_id=batch).answer
        assert (again["paid"], again["failed"]) == (0, 0)
        assert self.money() == before

    def the_same_person_twice(self, batch: int) -> None:
        """Whoever entered a batch is refused at the other desks, whatever posts they hold."""
        before = self.store.value("SELECT max(seq) FROM audit_line")
        clerk, posts = (
            self.desk(CLERK),
            self.desk(REVIEWER).operator.posts | self.desk(APPROVER).operator.posts,
        )
        both = Desk(self.store, replace(clerk.operator, posts=posts), self.now, self.day)
        for door in (review_batch, approve_batch):
            with pytest.raises(Refusal):
                door(both, batch_id=batch)
        with pytest.raises(SamePerson):
            (review_batch if self.state(batch) == "submitted" else approve_batch)(both, batch_id=batch)
        assert self.store.value("SELECT max(seq) FROM audit_line") == before

    def state(self, batch: int) -> str:
        return str(self.store.value("SELECT state FROM batch WHERE id = ?", (batch,)))

    def money(self) -> list[tuple[object, ...]]:
        return self.store.rows("SELECT id, bucket, recovered_fen FROM payment ORDER BY id") + self.store.rows(
            "SELECT id, debit_fen, credit_fen FROM voucher_line ORDER BY id"
        )

    def a_fault_in_the_middle(self, payment: int, nth: int) -> None:
        """The n-th statement of an act fails: nothing of it is there."""
        before = self.money(), self.store.value("SELECT max(seq) FROM audit_line")
        try:
            with failing_statement(self.store, nth % 20 + 1):
                recover_payment(self.desk(CLERK), payment_id=payment, fen=Fen(1), reason="多发")
        except Broken:
            assert (self.money(), self.store.value("SELECT max(seq) FROM audit_line")) == before

    def clock_jumps(self, more: int) -> None:
        """Back to 1970, or on by years; the order of acts is their number."""
        self.now = (
            datetime(1970, 1, 1) if more % 4 == 0 else self.now + timedelta(hours=(more - 30) * 24 * 20)
        )
        self.now = max(self.now, datetime(1970, 1, 1))

    def pass_days(self, days: int) -> None:
        self.day += timedelta(days=days)

    def reopen(self) -> None:
        self.store.close()
        self.open()

    # -- what always holds --------------------------------------------------------------------------------

    @invariant()
    def whole(self) -> None:
        if not hasattr(self, "store"):
            return
        store = self.store
        for sql in (
            "SELECT b.id FROM batch b JOIN payment p ON p.batch_id = b.id GROUP BY b.id"
            " HAVING count(*) <> b.payments OR sum(p.owed_fen) <> b.owed_fen",
            "SELECT batch_id, bucket FROM (SELECT batch_id, bucket, count(*) AS n, sum(owed_fen) AS f FROM payment GROUP BY 1, 2"
            " UNION ALL SELECT batch_id, bucket, -sum(payments), -sum(fen) FROM batch_tally GROUP BY 1, 2)"
            " GROUP BY 1, 2 HAVING sum(n) <> 0 OR sum(f) <> 0",
            "SELECT voucher_id FROM voucher_line GROUP BY voucher_id HAVING sum(debit_fen) <> sum(credit_fen)",
            "SELECT p.id FROM payment p JOIN payment s ON s.id = p.source_id WHERE p.bucket <> 'stopped' AND s.bucket <> 'reissued'",
            "SELECT person_id FROM payment WHERE source_id IS NULL AND bucket NOT IN ('stopped', 'closed_unpaid')"
            " GROUP BY program_id, period, person_id HAVING count(*) > 1",
            "SELECT p.id FROM payment p WHERE bucket = 'paid' AND NOT EXISTS"
            " (SELECT 1 FROM attempt a WHERE a.payment_id = p.id AND a.state = 'paid')",
            "SELECT batch_id FROM batch_act WHERE step IN ('submit', 'review', 'approve') GROUP BY batch_id, operator_id"
            " HAVING count(DISTINCT step) > 1",
        ):
            assert store.rows(sql) == [], sql


ALWAYS = "SELECT 1"
DRAFT = "SELECT id FROM batch WHERE state IN ('draft', 'rejected') ORDER BY id"
AT_DESKS = "SELECT id FROM batch WHERE state IN ('submitted', 'reviewed') ORDER BY id"
PAID = "SELECT id FROM payment WHERE bucket = 'paid' ORDER BY id"
OPEN = "SELECT id FROM payment WHERE bucket IN ('failed', 'returned') ORDER BY id"

ACTS: dict[str, tuple[str, Callable[[Life, int, int], object]]] = {
    "create": (
        ALWAYS,
        lambda life, _, more: create_batch(
            life.desk(CLERK), program=AGED, period=("2024-06", "2024-07")[more % 2]
        ),
    ),
    "submit": (
        DRAFT,
        lambda life, one, _: submit_batch(life.desk(CLERK), batch_id=one, reasons=life.reasons(one)),
    ),
    "review": (
        "SELECT id FROM batch WHERE state = 'submitted' ORDER BY id",
        lambda life, one, _: review_batch(life.desk(REVIEWER), batch_id=one),
    ),
    "approve": (
        "SELECT id FROM batch WHERE state = 'reviewed' ORDER BY id",
        lambda life, one, _: approve_batch(life.desk(APPROVER), batch_id=one, reasons=life.reasons(one)),
    ),
    "road": (DRAFT, lambda life, one, _: life.road(one)),
    "reject": (
        AT_DESKS,
        lambda life, one, more: reject_batch(
            life.desk((REVIEWER, APPROVER)[more % 2 if life.state(one) == "reviewed" else 0]),
            batch_id=one,
            opinion="核对",
        ),
    ),
    "recompute": (DRAFT, lambda life, one, _: recompute_batch(life.desk(OTHER), batch_id=one)),
    "cancel": (
        "SELECT id FROM batch WHERE state IN ('draft', 'submitted', 'reviewed', 'approved') ORDER BY id",
        lambda life, one, _: cancel_batch(life.desk(APPROVER), batch_id=one, opinion="调整"),
    ),
    "same person": (AT_DESKS, lambda life, one, _: life.the_same_person_twice(one)),
    "stop": (
        "SELECT id FROM payment WHERE bucket = 'pending' ORDER BY id",
        lambda life, one, _: stop_payment(life.desk(CLERK), payment_id=one, reason="待核"),
    ),
    "restore": (
        "SELECT p.id FROM payment p JOIN batch b ON b.id = p.batch_id WHERE p.bucket = 'stopped'"
        " AND b.state IN ('draft', 'rejected', 'submitted', 'reviewed', 'approved') ORDER BY p.id",
        lambda life, one, more: restore_payment(life.desk((CLERK, APPROVER)[more % 2]), payment_id=one),
    ),
    "close": (OPEN, lambda life, one, _: close_payment(life.desk(APPROVER), payment_id=one, reason="放弃")),
    "bounce": (PAID, lambda life, one, _: bounce_payment(life.desk(CLERK), payment_id=one, reason="睡眠户")),
    "recover": (
        PAID,
        lambda life, one, more: recover_payment(
            life.desk(CLERK), payment_id=one, fen=Fen(more * 50) if more % 3 else None, reason="多发"
        ),
    ),
    "reissue": (
        "SELECT DISTINCT batch_id FROM payment WHERE bucket IN ('failed', 'returned') ORDER BY 1",
        lambda life, one, _: reissue_batch(life.desk(CLERK), batch_id=one),
    ),
    "send": (
        "SELECT id FROM batch WHERE state = 'approved' ORDER BY id",
        lambda life, one, more: life.send(one, more),
    ),
    "replay": (ALWAYS, lambda life, _, more: life.the_same_answer_again(more)),
    "days pass": (ALWAYS, lambda life, _, more: life.pass_days(more % 9 + 1)),
    "clock jumps": (ALWAYS, lambda life, _, more: life.clock_jumps(more)),
    "fault": (PAID, lambda life, one, more: life.a_fault_in_the_middle(one, more)),
    "reopen": (ALWAYS, lambda life, _, more: life.reopen()),
}
RULES = (*ACTS, "return")
OFTENER = {"approve": 40, "reject": 11, "review": 15, "send": 5, "restore": 5, "same person": 12}
"""Acts that few states allow come more often where they are allowed."""


@pytest.mark.timeout(36_000)
def test_any_life_keeps_the_money() -> None:
    number = seed_of("machine")
    run_state_machine_as_test(
        seed(number)(Life),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            report_multiple_bugs=False,  # the first life that fails ends the run: the soak's report comes at once
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink)
            if os.environ.get("XIANGCAI_SHRINK") == "1"
            else (Phase.generate,),
        ),
    )
    template()[0].cleanup()
    print(
        f"{examples} lives of up to {STEPS} steps: "
        + ", ".join(f"{name} {reached[name] * 100 // examples} %" for name in RULES)
    )
    rare = [name for name in RULES if reached[name] < LEAST_REACHED * examples]
    assert not rare, f"too rarely tried: {rare}"
