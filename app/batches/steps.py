"""What the doors of batches, and the rooms to their right, share: a batch's row, who acted on it, where it goes next."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.desk import Desk
from app.programs.queries import policy_of
from models.domain.buckets import NOTHING, OPEN_BUCKETS, Bucket, Tally
from models.domain.flows.batch_flow import BATCH_STEP_NAMES, BatchState, BatchStep, follow
from models.domain.money import Fen
from models.domain.permission import SamePerson
from models.domain.refusal import Refusal
from models.store.opening import Store

CREATE: Final = "create"
RECOMPUTE: Final = "recompute"
STOP: Final = "stop"
RESTORE: Final = "restore"
CLOSE: Final = "close"
REISSUE: Final = "reissue"
FIRST_REVIEW: Final = "first_review"

ACT_NAMES: Final[dict[str, str]] = {
    **{step.value: name for step, name in BATCH_STEP_NAMES.items()},
    CREATE: "编制",
    RECOMPUTE: "重算",
    STOP: "停发",
    RESTORE: "恢复发放",
    CLOSE: "关闭未付",
    REISSUE: "编制补发批次",
    FIRST_REVIEW: "第一次复核",
    "bounce": "登记退票",
    "recover": "登记追回",
}
"""The Chinese names of everything that `batch_act.step` may say."""


class NoSuchBatch(Refusal):
    """No batch of that number."""

    form = "没有批次“{batch}”。请核对批次编号，例如 2130122-2024-01。"


class ReasonNotGiven(Refusal):
    """An act that needs a written reason."""

    form = "{act}必须写明原因。请用 --reason 填写后重试。"
    in_window = "{act}必须写明原因。请填写后重试。"


class Role(StrEnum):
    """The three parts that three different people play on one batch."""

    ENTER = "enter"
    REVIEW = "review"
    APPROVE = "approve"


_ANY: Final = frozenset(Role)
_ROLES: Final[dict[str, frozenset[Role]]] = {
    CREATE: frozenset({Role.ENTER}),
    RECOMPUTE: frozenset({Role.ENTER}),
    BatchStep.SUBMIT: frozenset({Role.ENTER}),
    BatchStep.RESUBMIT: frozenset({Role.ENTER}),
    BatchStep.REVIEW: frozenset({Role.REVIEW}),
    FIRST_REVIEW: frozenset({Role.REVIEW}),
    BatchStep.REJECT: frozenset({Role.REVIEW, Role.APPROVE}),
    BatchStep.APPROVE: frozenset({Role.APPROVE}),
    BatchStep.CANCEL: frozenset({Role.ENTER, Role.APPROVE}),
    STOP: frozenset({Role.ENTER, Role.APPROVE}),
    RESTORE: frozenset({Role.ENTER, Role.APPROVE}),
    CLOSE: frozenset({Role.APPROVE}),
}


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as its row says, money in fen; `payments` and `owed_fen` count the stopped ones too."""

    id: int
    number: str
    program_id: int
    policy_id: int
    period: str
    kind: str
    source_batch_id: int | None
    state: BatchState
    rejected_desk: BatchState | None
    payments: int
    owed_fen: Fen
    snapshot_sha256: str
    created_on: str
    approved_on: str | None
    sent_on: str | None
    settled_on: str | None

    @property
    def is_reissue(self) -> bool:
        """Whether it pays again what failed or came back."""
        return self.kind == "reissue"


def load_batch(store: Store, batch: int | str) -> BatchRow:
    """The batch of that id or number. Raises NoSuchBatch."""
    by_id = isinstance(batch, int) or (batch.isascii() and batch.isdigit() and len(batch) <= 15)
    row = store.row(
        "SELECT id, number, program_id, policy_id, period, kind, source_batch_id, state, rejected_desk, payments, owed_fen,"
        f" snapshot_sha256, created_on, approved_on, sent_on, settled_on FROM batch WHERE {'id' if by_id else 'number'} = ?",
        (int(batch) if by_id else str(batch).strip(),),
    )
    if row is None:
        raise NoSuchBatch(batch=batch)
    values = list(row)
    values[7] = BatchState(row[7])
    values[8] = BatchState(row[8]) if row[8] else None
    return BatchRow(*values)


def record_act(desk: Desk, batch_id: int, step: str, opinion: str = "") -> None:
    """Write down who did what to a batch and with what words; these lines are final."""
    desk.store.execute(
        "INSERT INTO batch_act (batch_id, step, operator_id, at, business_date, opinion) VALUES (?, ?, ?, ?, ?, ?)",
        (batch_id, str(step), desk.operator.id, desk.at, desk.day, opinion.strip()),
    )


def require_other_person(desk: Desk, batch: BatchRow, step: str) -> None:
    """Let nobody play a second part on one batch: entering, review and approval are three people's (DOMAIN §1).

    What an operator did before leaves the parts that are still possible: a rejection at the first desk is the
    reviewer's, at a later one the reviewer's or the approver's; a stop is the clerk's or the approver's.
    Raises SamePerson, naming the act that stands in the way.
    """
    possible = _ANY
    desk_of_batch = BatchState.SUBMITTED
    for done, operator_id in desk.store.rows(
        "SELECT step, operator_id FROM batch_act WHERE batch_id = ? ORDER BY id", (batch.id,)
    ):
        desk_of_batch = _DESK_AFTER.get(done, desk_of_batch)
        if operator_id != desk.operator.id:
            continue
        before, possible = possible, possible & _roles(done, desk_of_batch)
        if before != possible and not possible & _roles(step, batch.state):
            raise SamePerson(
                operator=desk.operator.name,
                number=batch.number,
                done=ACT_NAMES.get(done, done),
                step=ACT_NAMES.get(step, step),
            )


_DESK_AFTER: Final[dict[str, BatchState]] = {
    BatchStep.SUBMIT: BatchState.SUBMITTED,
    BatchStep.REVIEW: BatchState.REVIEWED,
    BatchStep.PUBLICIZE: BatchState.PUBLICIZED,
}


def _roles(step: str, state: BatchState) -> frozenset[Role]:
    if step == BatchStep.REJECT and state is BatchState.SUBMITTED:
        return frozenset({Role.REVIEW})
    return _ROLES.get(step, _ANY)


def posted_first(store: Store, batch: BatchRow) -> bool:
    """Whether the batch must stand in a public notice before it is approved; a reissue's people already did."""
    return not batch.is_reissue and policy_of(store, batch.policy_id).policy.publicity == "before"


def check_road(store: Store, batch: BatchRow, step: BatchStep) -> BatchState:
    """The state that `step` leads to. Raises NoRoad, which says what is possible instead."""
    return follow(batch.state, step, posted_first=posted_first(store, batch), desk=batch.rejected_desk)


def move(desk: Desk, batch: BatchRow, step: BatchStep) -> BatchState:
    """Take a batch to its next state by the table of roads and give that state. Raises NoRoad.

    A rejection remembers the desk; resubmitting goes back to it.
    """
    state = check_road(desk.store, batch, step)
    put_in_state(desk.store, batch, state)
    return state


def put_in_state(store: Store, batch: BatchRow, state: BatchState) -> None:
    """Write the state that the roads gave; a rejected batch keeps the desk that it was at."""
    rejected_desk = batch.state.value if state is BatchState.REJECTED else ""
    store.execute(
        "UPDATE batch SET state = ?, rejected_desk = ? WHERE id = ?", (state.value, rejected_desk, batch.id)
    )


def settle_if_done(store: Store, batch_id: int, day: str) -> BatchState:
    """Settle a batch when nothing of it is open any more (DOMAIN §3), and give its state; every act that moves money calls this."""
    batch = load_batch(store, batch_id)
    if batch.state is not BatchState.SETTLING:
        return batch.state
    marks = ", ".join("?" * len(OPEN_BUCKETS))
    still_open = store.value(
        f"SELECT 1 FROM payment WHERE batch_id = ? AND bucket IN ({marks}) LIMIT 1",
        (batch_id, *sorted(OPEN_BUCKETS)),
    )
    if still_open:
        return batch.state
    state = follow(batch.state, BatchStep.SETTLE)
    put_in_state(store, batch, state)
    store.execute("UPDATE batch SET settled_on = ? WHERE id = ?", (day, batch_id))
    return state


def reopen_if_closed(store: Store, batch_id: int) -> BatchState:
    """Open a settled or archived batch again when money of it moves (DOMAIN §3), and give its state."""
    batch = load_batch(store, batch_id)
    if batch.state not in (BatchState.SETTLED, BatchState.ARCHIVED):
        return batch.state
    state = follow(batch.state, BatchStep.REOPEN)
    put_in_state(store, batch, state)
    store.execute("UPDATE batch SET settled_on = NULL WHERE id = ?", (batch_id,))
    return state


def buckets_of(store: Store, batch_id: int) -> dict[Bucket, Tally]:
    """Where a batch's money is: all nine buckets with their payments and fen, from the sums kept beside the payments."""
    found = {
        row[0]: Tally(row[1], Fen(row[2]))
        for row in store.rows(
            "SELECT bucket, sum(payments), sum(fen) FROM batch_tally WHERE batch_id = ? GROUP BY bucket",
            (batch_id,),
        )
    }
    return {bucket: found.get(bucket.value, NOTHING) for bucket in Bucket}


def buckets_as_json(buckets: dict[Bucket, Tally]) -> dict[str, dict[str, int]]:
    """Buckets as scripts read them: {"pending": {"count": 3, "fen": 30000}, …}."""
    return {bucket.value: {"count": tally.payments, "fen": tally.fen} for bucket, tally in buckets.items()}


def live_sum(store: Store, batch_id: int) -> Tally:
    """Number and fen of a batch's payments that are not stopped."""
    row = store.rows(
        "SELECT count(*), coalesce(sum(owed_fen), 0) FROM payment WHERE batch_id = ? AND bucket <> 'stopped'",
        (batch_id,),
    )[0]
    return Tally(row[0], Fen(row[1]))


def reason_of(written: str, act: str) -> str:
    """A reason that says something. Raises ReasonNotGiven."""
    reason = written.strip()
    if not reason:
        raise ReasonNotGiven(act=act)
    return reason


def answer_of(store: Store, batch_id: int) -> dict[str, object]:
    """What every door of batches answers: the batch as it is now, with where its money is."""
    batch = load_batch(store, batch_id)
    return {
        "batch": batch.id,
        "number": batch.number,
        "state": batch.state.value,
        "payments": batch.payments,
        "owed_fen": batch.owed_fen,
        "buckets": buckets_as_json(buckets_of(store, batch.id)),
    }
