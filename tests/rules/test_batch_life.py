"""The whole life of batches and their reissues, in any order of events (DOMAIN §3 and §10), as a pure model.

After every event: Σ buckets = Σ owed in each batch, no source is carried by two reissues, a batch is settled exactly
when its buckets say so, and the books agree with the payments to the fen.
"""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from models.domain import posting
from models.domain.buckets import Bucket, Tally, identity_difference, is_settled
from models.domain.flows import batch_flow, payment_flow
from models.domain.flows.batch_flow import BatchState, BatchStep
from models.domain.flows.payment_flow import PaymentStep
from models.domain.money import Fen
from models.domain.posting import FundingLine, Ledger, Leg, balance

PROGRAM, ALLOTMENT = 1, 1
MOST_BATCHES = 6  # more would only make the later acts rarer
ANSWERS = st.sampled_from(["pay", "fail", None])
APPROVED_ON = frozenset(
    {BatchState.APPROVED, BatchState.SENT, BatchState.SETTLING, BatchState.SETTLED, BatchState.ARCHIVED}
)


@dataclass(eq=False)
class Line:
    """A payment of the model."""

    fen: Fen
    bucket: Bucket = payment_flow.FIRST
    source: "Line | None" = None
    origin: Bucket = Bucket.FAILED  # where it was before it was reissued

    def step(self, step: PaymentStep) -> None:
        self.bucket = payment_flow.follow(self.bucket, step)


@dataclass(eq=False)
class Batch:
    """A batch of the model; `owed` is frozen when it is made."""

    number: int
    lines: list[Line]
    owed: Tally
    state: BatchState = batch_flow.FIRST
    desk: BatchState | None = None
    is_reissue: bool = False

    def tallies(self) -> dict[Bucket, Tally]:
        counts: Counter[Bucket] = Counter()
        sums: Counter[Bucket] = Counter()
        for line in self.lines:
            counts[line.bucket] += 1
            sums[line.bucket] += line.fen
        return {bucket: Tally(counts[bucket], Fen(sums[bucket])) for bucket in counts}

    def take(self, step: BatchStep) -> None:
        before = self.state
        self.state = batch_flow.follow(before, step, posted_first=not self.is_reissue, desk=self.desk)
        self.desk = before if step is BatchStep.REJECT else None


@dataclass
class Office:
    """All batches and the books."""

    batches: list[Batch] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    received: int = 0

    def make(self, lines: list[Line], is_reissue: bool = False) -> None:
        owed = Tally(len(lines), Fen(sum(line.fen for line in lines)))
        self.batches.append(Batch(len(self.batches) + 1, lines, owed, is_reissue=is_reissue))

    def batch_of(self, line: Line) -> Batch:
        return next(batch for batch in self.batches if line in batch.lines)

    def reopen(self, batch: Batch) -> None:
        if batch_flow.can(batch.state, BatchStep.REOPEN):
            batch.take(BatchStep.REOPEN)

    def give_back(self, line: Line) -> None:
        """The source of a reissue that will not be sent is open again."""
        if line.source is not None:
            was_failed = line.source.origin is Bucket.FAILED
            line.source.step(PaymentStep.GIVE_BACK_FAILED if was_failed else PaymentStep.GIVE_BACK_RETURNED)
            self.reopen(self.batch_of(line.source))


class BatchLife(RuleBasedStateMachine):
    """Every act of the month, wherever the flows allow it."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()

    # -- picking: an act takes its object by a drawn number from what the flows allow --------------------------

    def _batches(self, step: BatchStep) -> list[Batch]:
        return [
            batch
            for batch in self.office.batches
            if batch_flow.can(batch.state, step, posted_first=not batch.is_reissue)
        ]

    def _lines(self, step: PaymentStep) -> list[tuple[Batch, Line]]:
        return [
            (batch, line)
            for batch in self.office.batches
            if batch.state is not BatchState.CANCELLED
            for line in batch.lines
            if payment_flow.can(line.bucket, step)
        ]

    # -- acts -------------------------------------------------------------------------------------------------

    @initialize(
        amounts=st.lists(st.integers(1, 10**9), min_size=2, max_size=5),
        answers=st.lists(ANSWERS, min_size=5, max_size=5),
    )
    def begin_with_an_answered_batch(self, amounts: list[int], answers: list[str | None]) -> None:
        self.office.make([Line(Fen(fen)) for fen in amounts])
        self._hurry(self.office.batches[0], answers)

    @precondition(lambda self: len(self.office.batches) < MOST_BATCHES)
    @rule(amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=5))
    def compute_a_batch(self, amounts: list[int]) -> None:
        self.office.make([Line(Fen(fen)) for fen in amounts])

    @precondition(lambda self: self.office.batches)
    @rule(
        step=st.sampled_from(
            [
                *(BatchStep.SUBMIT, BatchStep.REVIEW, BatchStep.REJECT, BatchStep.RESUBMIT),
                *(BatchStep.PUBLICIZE, BatchStep.ARCHIVE),
            ]
        ),
        pick=st.integers(0, 99),
    )
    def pass_it_on(self, step: BatchStep, pick: int) -> None:
        possible = self._batches(step)
        if possible:
            possible[pick % len(possible)].take(step)

    @precondition(lambda self: self._waiting())
    @rule(pick=st.integers(0, 99), answers=st.lists(ANSWERS, min_size=5, max_size=5))
    def hurry_through(self, pick: int, answers: list[str | None]) -> None:
        waiting = self._waiting()
        self._hurry(waiting[pick % len(waiting)], answers)

    def _waiting(self) -> list[Batch]:
        return [batch for batch in self.office.batches if batch.state in batch_flow.BEFORE_SENDING]

    def _hurry(self, batch: Batch, answers: list[str | None]) -> None:
        """Walk one batch to the bank and back, so that the later acts are met often."""
        for step in (BatchStep.SUBMIT, BatchStep.RESUBMIT, BatchStep.REVIEW, BatchStep.PUBLICIZE):
            if batch in self._batches(step):
                batch.take(step)
        self._approve(batch)
        if batch.state is BatchState.APPROVED and any(line.bucket is Bucket.PENDING for line in batch.lines):
            self._send(batch)
            self._answer(batch, answers)

    @precondition(lambda self: self._batches(BatchStep.APPROVE))
    @rule(pick=st.integers(0, 99))
    def approve(self, pick: int) -> None:
        possible = self._batches(BatchStep.APPROVE)
        self._approve(possible[pick % len(possible)])

    def _approve(self, batch: Batch) -> None:
        pending = sum(line.fen for line in batch.lines if line.bucket is Bucket.PENDING)
        if batch not in self._batches(BatchStep.APPROVE) or not pending:
            return
        batch.take(BatchStep.APPROVE)
        if not batch.is_reissue:
            self.office.received += pending
            self.office.legs += posting.receipt(ALLOTMENT, PROGRAM, Fen(pending))
            self.office.legs += posting.approve(batch.number, PROGRAM, [FundingLine(ALLOTMENT, Fen(pending))])

    @precondition(lambda self: self._batches(BatchStep.CANCEL))
    @rule(pick=st.integers(0, 99))
    def cancel(self, pick: int) -> None:
        possible = self._batches(BatchStep.CANCEL)
        batch = possible[pick % len(possible)]
        for line in batch.lines:
            if line.bucket is Bucket.PENDING:
                self._stop(batch, line)
        batch.take(BatchStep.CANCEL)

    def _stop(self, batch: Batch, line: Line) -> None:
        line.step(PaymentStep.STOP)
        if batch.state is BatchState.APPROVED and not batch.is_reissue:
            self.office.legs += posting.stop_after_approval(
                batch.number, PROGRAM, [FundingLine(ALLOTMENT, line.fen)]
            )
        self.office.give_back(line)

    @precondition(lambda self: self._lines(PaymentStep.STOP))
    @rule(pick=st.integers(0, 99))
    def stop_a_payment(self, pick: int) -> None:
        possible = self._lines(PaymentStep.STOP)
        self._stop(*possible[pick % len(possible)])

    @rule(pick=st.integers(0, 99))
    def restore_a_payment(self, pick: int) -> None:
        possible = [
            (batch, line)
            for batch, line in self._lines(PaymentStep.RESTORE)
            if batch.state in batch_flow.BEFORE_SENDING
            and (line.source is None or payment_flow.can(line.source.bucket, PaymentStep.REISSUE))
        ]
        if not possible:
            return
        batch, line = possible[pick % len(possible)]
        line.step(PaymentStep.RESTORE)
        if line.source is not None:
            line.source.origin = line.source.bucket
            line.source.step(PaymentStep.REISSUE)
        elif batch.state is BatchState.APPROVED:
            self.office.legs += posting.restore_after_stop(
                batch.number, PROGRAM, [FundingLine(ALLOTMENT, line.fen)]
            )

    @rule(pick=st.integers(0, 99))
    def send(self, pick: int) -> None:
        possible = [
            batch
            for batch in self._batches(BatchStep.SEND)
            if any(line.bucket is Bucket.PENDING for line in batch.lines)
        ]
        if not possible:
            return
        self._send(possible[pick % len(possible)])

    def _send(self, batch: Batch) -> None:
        batch.take(BatchStep.SEND)
        from_batches: Counter[int] = Counter()
        for line in batch.lines:
            if line.bucket is Bucket.PENDING:
                line.step(PaymentStep.SEND)
                number = self.office.batch_of(line.source).number if line.source else batch.number
                from_batches[number] += line.fen
        if batch.is_reissue:
            sources = [(number, Fen(fen)) for number, fen in from_batches.items()]
            self.office.legs += posting.send_reissue(batch.number, PROGRAM, sources)
        else:
            self.office.legs += posting.send(batch.number, PROGRAM, Fen(from_batches[batch.number]))

    @precondition(lambda self: self._batches(BatchStep.POST_RETURN))
    @rule(pick=st.integers(0, 99), answers=st.lists(ANSWERS, min_size=5, max_size=5))
    def post_a_return(self, pick: int, answers: list[str | None]) -> None:
        possible = self._batches(BatchStep.POST_RETURN)
        self._answer(possible[pick % len(possible)], answers)

    def _answer(self, batch: Batch, answers: list[str | None]) -> None:
        batch.take(BatchStep.POST_RETURN)
        in_flight = [line for line in batch.lines if line.bucket is Bucket.IN_FLIGHT]
        for line, answer in zip(in_flight, answers, strict=False):
            if answer is not None:
                line.step(PaymentStep(answer))
            if answer == "fail":
                self.office.legs += posting.come_back(batch.number, PROGRAM, line.fen)

    @precondition(lambda self: self._lines(PaymentStep.BOUNCE))
    @rule(pick=st.integers(0, 99), step=st.sampled_from([PaymentStep.BOUNCE, PaymentStep.RECOVER]))
    def lose_a_paid_one(self, pick: int, step: PaymentStep) -> None:
        possible = self._lines(step)
        batch, line = possible[pick % len(possible)]
        line.step(step)
        self.office.reopen(batch)
        if step is PaymentStep.BOUNCE:
            self.office.legs += posting.come_back(batch.number, PROGRAM, line.fen)
        else:
            funding = [FundingLine(ALLOTMENT, line.fen)]
            self.office.legs += posting.recover(batch.number, PROGRAM, funding, year_closed=False)

    @precondition(lambda self: self._lines(PaymentStep.CLOSE))
    @rule(pick=st.integers(0, 99))
    def close_one_unpaid(self, pick: int) -> None:
        possible = self._lines(PaymentStep.CLOSE)
        batch, line = possible[pick % len(possible)]
        line.step(PaymentStep.CLOSE)
        self.office.legs += posting.close_unpaid(batch.number, PROGRAM, line.fen)

    @precondition(lambda self: self._lines(PaymentStep.REISSUE))
    @rule(picks=st.lists(st.integers(0, 99), min_size=1, max_size=5))
    def reissue(self, picks: list[int]) -> None:
        lines = []
        for pick in picks:
            possible = self._lines(PaymentStep.REISSUE)
            if possible:
                _, source = possible[pick % len(possible)]
                source.origin = source.bucket
                source.step(PaymentStep.REISSUE)
                lines.append(Line(source.fen, source=source))
        self.office.make(lines, is_reissue=True)

    def _settled(self) -> list[Batch]:
        return [batch for batch in self._batches(BatchStep.SETTLE) if is_settled(batch.tallies())]

    @precondition(lambda self: self._settled())
    @rule(pick=st.integers(0, 99), archived=st.booleans())
    def settle(self, pick: int, archived: bool) -> None:
        settled = self._settled()
        batch = settled[pick % len(settled)]
        batch.take(BatchStep.SETTLE)
        if archived:
            batch.take(BatchStep.ARCHIVE)

    # -- what always holds ------------------------------------------------------------------------------------

    @invariant()
    def the_buckets_sum_to_what_is_owed(self) -> None:
        for batch in self.office.batches:
            assert identity_difference(batch.owed, batch.tallies()) == (0, 0)

    @invariant()
    def no_source_is_reissued_twice_and_every_reissued_one_is_carried_once(self) -> None:
        carried = Counter(
            line.source
            for batch in self.office.batches
            for line in batch.lines
            if line.source is not None and line.bucket is not Bucket.STOPPED
        )
        reissued = [
            line for batch in self.office.batches for line in batch.lines if line.bucket is Bucket.REISSUED
        ]
        assert carried == Counter(reissued)
        assert all(count == 1 for count in carried.values())

    @invariant()
    def settled_means_that_nothing_is_open(self) -> None:
        for batch in self.office.batches:
            done = not any(
                line.bucket in (Bucket.PENDING, Bucket.IN_FLIGHT, Bucket.FAILED, Bucket.RETURNED)
                for line in batch.lines
            )
            assert is_settled(batch.tallies()) == done
            if batch.state in (BatchState.SETTLED, BatchState.ARCHIVED):
                assert done

    @invariant()
    def a_batch_before_sending_has_sent_nothing(self) -> None:
        for batch in self.office.batches:
            if batch.state in batch_flow.BEFORE_SENDING:
                assert {line.bucket for line in batch.lines} <= {Bucket.PENDING, Bucket.STOPPED}
            else:
                assert Bucket.PENDING not in {line.bucket for line in batch.lines}

    @invariant()
    def no_money_is_made_by_reissuing(self) -> None:
        owed = sum(batch.owed.fen for batch in self.office.batches if not batch.is_reissue)
        carried = sum(
            line.fen
            for batch in self.office.batches
            for line in batch.lines
            if line.bucket is not Bucket.REISSUED and not (line.source and line.bucket is Bucket.STOPPED)
        )
        assert owed == carried

    @invariant()
    def the_books_agree_with_the_payments(self) -> None:
        def held(*buckets: Bucket, reissues: bool | None = None, approved: bool = True) -> int:
            return sum(
                line.fen
                for batch in self.office.batches
                if (batch.state in APPROVED_ON) or not approved
                if reissues is None or batch.is_reissue is reissues
                for line in batch.lines
                if line.bucket in buckets
            )

        everywhere = [bucket for bucket in Bucket if bucket is not Bucket.STOPPED]
        waiting = held(Bucket.PENDING, reissues=True, approved=False)
        assert {ledger: balance(ledger, self.office.legs) for ledger in Ledger} == {
            Ledger.DEPOSIT: self.office.received - held(Bucket.IN_FLIGHT, Bucket.PAID),
            Ledger.FUNDED: self.office.received,
            Ledger.PAYABLE: held(Bucket.PENDING, reissues=False),
            Ledger.EXPENSE: held(*everywhere, reissues=False) - held(Bucket.RECOVERED),
            Ledger.RETURNED: held(Bucket.FAILED, Bucket.RETURNED) + waiting,
            Ledger.TREASURY: held(Bucket.CLOSED_UNPAID),
        }


TestBatchLife = BatchLife.TestCase
TestBatchLife.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
