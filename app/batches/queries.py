"""Windows of batches: one with its acts and money, lists, payments by page, the check sheet, and why somebody gets what."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from app.batches.checks.catalogue import run_checks
from app.batches.payments.steps import PaymentUnknown
from app.batches.sheet import CheckSheet, Stage, with_reasons
from app.batches.steps import ACT_NAMES, buckets_as_json, buckets_of, live_sum, load_batch, posted_first
from app.funds.queries import AllotmentView, spread_over, usable_allotments
from models.domain.buckets import BUCKET_NAMES, Bucket, Tally
from models.domain.flows.batch_flow import (
    BATCH_STATE_NAMES,
    BATCH_STEP_NAMES,
    BEFORE_SENDING,
    BatchState,
    steps_from,
)
from models.domain.money import Fen
from models.domain.period import period_text
from models.domain.policy import FAMILY_NAMES, Family
from models.domain.refusal import Refusal
from models.store.opening import Store

PAGE: Final = 200


class NotABucket(Refusal):
    """A bucket that does not exist was asked for."""

    form = "没有“{bucket}”这种款项状态。可用的：{known}。"


class ActView(NamedTuple):
    """One act on a batch."""

    step: str
    step_name: str
    operator: str
    at: str
    business_date: str
    opinion: str


class FundingView(NamedTuple):
    """What an allotment carries of a batch, after what stops gave back."""

    allotment_id: int
    document: str
    level: str
    fen: Fen
    returned_fen: Fen


@dataclass(frozen=True, slots=True)
class FundsAhead:
    """What approval will find: the fen that allotments lack, and those of earlier years that it first carries over whole."""

    missing_fen: Fen
    carried: tuple[AllotmentView, ...]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in a list; money in fen."""

    id: int
    number: str
    program_code: str
    program_name: str
    period: str
    kind: str
    state: BatchState
    payments: int
    owed_fen: Fen
    created_on: str
    source_number: str

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return BATCH_STATE_NAMES[self.state]

    @property
    def period_shown(self) -> str:
        """The period in Chinese."""
        return period_text(self.period)

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return {
            "batch": self.id,
            "number": self.number,
            "program": self.program_code,
            "program_name": self.program_name,
            "period": self.period,
            "kind": self.kind,
            "state": self.state.value,
            "payments": self.payments,
            "owed_fen": self.owed_fen,
            "created_on": self.created_on,
            "source": self.source_number,
        }


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with everything around it; `next_steps` are the roads open now, `buckets` all nine."""

    line: BatchLine
    rejected_desk: BatchState | None
    policy_version: int
    document: str
    approved_on: str | None
    sent_on: str | None
    settled_on: str | None
    snapshot_sha256: str
    buckets: Mapping[Bucket, Tally]
    acts: Sequence[ActView]
    funding: Sequence[FundingView]
    next_steps: Sequence[str]
    reissues: Sequence[str]

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return {
            **self.line.as_json(),
            "rejected_desk": self.rejected_desk.value if self.rejected_desk else "",
            "policy_version": self.policy_version,
            "document": self.document,
            "approved_on": self.approved_on,
            "sent_on": self.sent_on,
            "settled_on": self.settled_on,
            "snapshot_sha256": self.snapshot_sha256,
            "buckets": buckets_as_json(dict(self.buckets)),
            "acts": [act._asdict() for act in self.acts],
            "funding": [line._asdict() for line in self.funding],
            "next_steps": list(self.next_steps),
            "reissues": list(self.reissues),
        }


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as a page of a list shows it; IDs and account whole: masking belongs to the output."""

    id: int
    line: int
    village: str
    group: str
    name: str
    id_number: str
    head_name: str
    payee_name: str
    payee_id_number: str
    account_number: str
    account_holder: str
    bank: str
    phone: str
    quantity: str
    rate: str
    owed_fen: Fen
    bucket: Bucket
    recovered_fen: Fen
    reason: str
    source_id: int | None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a payment is what it is: the trace, the policy and its document, and what became of it."""

    payment_id: int
    number: str
    line: int
    name: str
    program_name: str
    period: str
    owed_fen: Fen
    trace: str
    family: str
    policy_version: int
    document: str
    quantity: str
    rate: str
    bucket: Bucket
    reason: str
    roster: str

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return {
            "payment": self.payment_id,
            "batch": self.number,
            "line": self.line,
            "name": self.name,
            "program_name": self.program_name,
            "period": self.period,
            "owed_fen": self.owed_fen,
            "trace": self.trace,
            "family": self.family,
            "policy_version": self.policy_version,
            "document": self.document,
            "quantity": self.quantity,
            "rate": self.rate,
            "bucket": self.bucket.value,
            "reason": self.reason,
            "roster": self.roster,
        }


_BATCH_LINE: Final = (
    "SELECT b.id, b.number, g.code, g.name, b.period, b.kind, b.state, b.payments, b.owed_fen, b.created_on,"
    " coalesce(s.number, '') FROM batch b JOIN program g ON g.id = b.program_id LEFT JOIN batch s ON s.id = b.source_batch_id"
)


def batches(store: Store, state: str | None = None, program_id: int | None = None) -> list[BatchLine]:
    """All batches, the latest first; of one state or program where asked."""
    return [
        _batch_line(row)
        for row in store.rows(
            f"{_BATCH_LINE} WHERE (?1 IS NULL OR b.state = ?1) AND (?2 IS NULL OR b.program_id = ?2) ORDER BY b.id DESC",
            (state, program_id),
        )
    ]


def _batch_line(row: Sequence[object]) -> BatchLine:
    values = list(row)
    values[6] = BatchState(str(row[6]))
    return BatchLine(*values)  # type: ignore[arg-type]  # the columns in the order of the fields


def batch_view(store: Store, batch_id: int | str) -> BatchView:
    """A batch with its acts, money and funding. Raises NoSuchBatch."""
    batch = load_batch(store, batch_id)
    version, document = store.rows("SELECT version, document FROM policy WHERE id = ?", (batch.policy_id,))[0]
    steps = steps_from(batch.state, posted_first=posted_first(store, batch))
    return BatchView(
        line=_batch_line(store.rows(f"{_BATCH_LINE} WHERE b.id = ?", (batch.id,))[0]),
        rejected_desk=batch.rejected_desk,
        policy_version=version,
        document=document,
        approved_on=batch.approved_on,
        sent_on=batch.sent_on,
        settled_on=batch.settled_on,
        snapshot_sha256=batch.snapshot_sha256,
        buckets=buckets_of(store, batch.id),
        acts=acts_of(store, batch.id),
        funding=funding_views(store, batch.id),
        next_steps=tuple(BATCH_STEP_NAMES[step] for step in steps),
        reissues=tuple(
            row[0]
            for row in store.rows(
                "SELECT number FROM batch WHERE source_batch_id = ? ORDER BY id", (batch.id,)
            )
        ),
    )


def acts_of(store: Store, batch_id: int) -> list[ActView]:
    """Who did what to a batch, in order."""
    return [
        ActView(row[0], ACT_NAMES.get(str(row[0]), str(row[0])), *row[1:])
        for row in store.rows(
            "SELECT a.step, o.name, a.at, a.business_date, a.opinion FROM batch_act a JOIN operator o ON o.id = a.operator_id"
            " WHERE a.batch_id = ? ORDER BY a.id",
            (batch_id,),
        )
    ]


def funding_views(store: Store, batch_id: int) -> list[FundingView]:
    """Which allotments carry a batch."""
    return [
        FundingView(*row)
        for row in store.rows(
            "SELECT a.id, a.document, a.level, coalesce(f.fen, 0), coalesce((SELECT sum(r.fen) FROM batch_funding_return r"
            " WHERE r.batch_id = ?1 AND r.allotment_id = a.id), 0) FROM allotment a"
            " LEFT JOIN batch_funding f ON f.allotment_id = a.id AND f.batch_id = ?1"
            " WHERE f.fen IS NOT NULL OR EXISTS (SELECT 1 FROM batch_funding_return r WHERE r.batch_id = ?1"
            " AND r.allotment_id = a.id) ORDER BY a.issued_on, a.document_key, a.id",
            (batch_id,),
        )
    ]


def payments_of(
    store: Store,
    batch_id: int | str,
    *,
    bucket: str | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> list[PaymentView]:
    """A page of a batch's payments in the order of their lines. Raises NoSuchBatch, NotABucket."""
    batch = load_batch(store, batch_id)
    if bucket is not None and bucket not in set(Bucket):
        raise NotABucket(
            bucket=bucket, known="、".join(f"{name}（{one}）" for one, name in BUCKET_NAMES.items())
        )
    found = []
    for row in store.rows(
        "SELECT p.id, p.line, v.name, p.group_text, p.name, p.id_number, p.head_name, p.payee_name, p.payee_id_number,"
        " p.account_number, p.account_holder, p.bank, p.phone, p.quantity_text, p.rate_text, p.owed_fen, p.bucket,"
        " p.recovered_fen, p.reason, p.source_id FROM payment p JOIN village v ON v.id = p.village_id WHERE p.batch_id = ?1"
        " AND (?2 IS NULL OR p.bucket = ?2) ORDER BY p.line LIMIT ?3 OFFSET ?4",
        (batch.id, bucket, limit, offset),
    ):
        values = list(row)
        values[16] = Bucket(row[16])
        found.append(PaymentView(*values))
    return found


def why(store: Store, payment_id: int) -> Why:
    """The trace of a payment with its policy, document and roster. Raises PaymentUnknown."""
    row = store.row(
        "SELECT p.id, b.number, p.line, p.name, g.name, p.period, p.owed_fen, p.trace, y.family, y.version, y.document,"
        " p.quantity_text, p.rate_text, p.bucket, p.reason, coalesce(r.file_name, '') FROM payment p"
        " JOIN batch b ON b.id = p.batch_id JOIN program g ON g.id = p.program_id JOIN policy y ON y.id = b.policy_id"
        " LEFT JOIN enrolment e ON e.id = p.enrolment_id LEFT JOIN import_run r ON r.id = e.run_id WHERE p.id = ?",
        (payment_id,),
    )
    if row is None:
        raise PaymentUnknown(payment=payment_id)
    values = list(row)
    family: Family = row[8]
    values[8] = FAMILY_NAMES[family]
    values[13] = Bucket(row[13])
    return Why(*values)


def check_batch(store: Store, batch_id: int | str, day: date, stage: Stage | None = None) -> CheckSheet:
    """The pre-flight check of a batch as it stands now, at any time; it writes nothing.

    Without a `stage`, a batch that is being made is checked as for submission, one at the desks as for approval; after
    approval notice and funds are no longer asked. Reasons given at submission are shown. Raises NoSuchBatch.
    """
    batch = load_batch(store, batch_id)
    if stage is None:
        at_desks = (BatchState.SUBMITTED, BatchState.REVIEWED, BatchState.PUBLICIZED)
        stage = "approve" if batch.state in at_desks else "submit"
    return with_reasons(store, run_checks(store, batch, day, stage), {})


def funds_ahead(store: Store, batch_id: int, year: int) -> FundsAhead:
    """Whether the money for a batch is there, from its draft on; nothing once it is approved, nor for a reissue. Raises NoSuchBatch."""
    batch = load_batch(store, batch_id)
    if batch.is_reissue or batch.state not in BEFORE_SENDING - {BatchState.APPROVED}:
        return FundsAhead(Fen(0), ())
    owed = live_sum(store, batch.id).fen
    usable = usable_allotments(store, batch.program_id, year)
    missing = owed - sum(max(one.available_fen, 0) for one in usable)
    if missing > 0:
        return FundsAhead(Fen(missing), ())
    taken = {line.allotment_id for line in spread_over(store, batch.program_id, owed, year)}
    return FundsAhead(Fen(0), tuple(one for one in usable if one.id in taken and one.year < year))


def frozen_sheets(store: Store, batch_id: int) -> list[dict[str, object]]:
    """The sheets as they were frozen: stage, day, SHA-256 and body, the earliest first."""
    return [
        {"stage": stage, "made_on": made_on, "sha256": sha256, **json.loads(body)}
        for stage, made_on, sha256, body in store.rows(
            "SELECT stage, made_on, sha256, body FROM check_sheet WHERE batch_id = ? ORDER BY id", (batch_id,)
        )
    ]
