"""Doors of batches: made from enrolments, checked and passed on by three people, paid again."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from app.access.queries import second_review_above
from app.access.steps import put_setting
from app.batches.checks.catalogue import run_checks
from app.batches.checks.scope import LIMITS
from app.batches.funding import funding_for, give_back_all, take_funding
from app.batches.making import OF_THESE, choose_sources, fill, fill_reissue, insert_batch
from app.batches.payments.steps import (
    give_back_sources,
    take_sources,
)
from app.batches.sheet import (
    CheckCode,
    CheckSheet,
    Stage,
    freeze,
    refuse_unless_passed,
    with_reasons,
)
from app.batches.snapshot import snapshot_sha256
from app.batches.steps import (
    CREATE,
    FIRST_REVIEW,
    RECOMPUTE,
    REISSUE,
    BatchRow,
    answer_of,
    check_road,
    live_sum,
    load_batch,
    move,
    put_in_state,
    reason_of,
    record_act,
    require_other_person,
)
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.programs.queries import find_program, policy_for, policy_of, program_of
from models.domain import posting
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, OPEN_TO_CHANGE, BatchState, BatchStep
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission, Post
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.tallies import count_event, refresh_tally
from models.store.vouchers import post_voucher

_TOPICS: Final = (Topic.BATCHES, Topic.PAYMENTS)


class NotOpenToChange(Refusal):
    """The list of the batch is frozen."""

    form = "批次 {number} 现在是“{state}”，名单已经冻结，不能重算。请先由复核或审批退回。"


class AllStopped(Refusal):
    """Nothing of the batch would be paid."""

    form = "批次 {number} 的款项全部已停发，没有可{act}的款项。请恢复需要发放的款项，或作废这个批次。"


class CancelNeedsApprover(Refusal):
    """Only an approver cancels a batch that was submitted."""

    form = "批次 {number} 现在是“{state}”，已经提交，只能由审批岗位作废。请换审批人员办理，或先请复核退回。"


class SecondReviewerNeeded(Refusal):
    """The same person reviews a large batch a second time."""

    form = "批次 {number} 合计 {owed} 元，达到 {limit} 元，要两个人分别复核；您已经复核过，请另一位复核人员办理。"


class NoSuchLimit(Refusal):
    """A setting that the checks do not have."""

    form = "没有名为“{name}”的体检设置。可用的设置：{known}。"


class LimitNotPositive(Refusal):
    """A setting that would let everything or nothing through."""

    form = "体检设置“{name}”的值 {limit} 不对，要填写 1 到 1000 的整数。"


# -- making a batch -----------------------------------------------------------------------------------------


@use_case("batch.create", Permission.PREPARE_BATCH)
def create_batch(desk: Desk, *, program: str, period: str) -> Changes:
    """Make a draft batch from the enrolments of a program and period 编制 (DOMAIN §3, §4).

    Whoever already has a live payment of that program and period is left out and named under `already`; who cannot be
    computed under `problems`, with the sentence. Raises NoSuchProgram, AmbiguousProgram, NoPolicyInForce, NobodyToPay.
    """
    found = find_program(desk.store, program)
    its_period, stored = policy_for(desk.store, found.id, period)
    batch_id, _ = insert_batch(desk, found, stored, its_period)
    computing = fill(desk, batch_id, found, stored, its_period)
    record_act(desk, batch_id, CREATE)
    return _made(
        desk.store,
        batch_id,
        already=[one.as_json() for one in computing.already],
        problems=[one.as_json() for one in computing.problems],
    )


@use_case("batch.recompute", Permission.PREPARE_BATCH)
def recompute_batch(desk: Desk, *, batch_id: int | str) -> Changes:
    """Compute a draft or rejected batch anew 重算: enrolments, policy, names, payees and accounts as they are now.

    Who was stopped stays stopped. A reissue keeps its people and sums and looks up payees and accounts again.
    Raises NoSuchBatch, NotOpenToChange, SamePerson, NoPolicyInForce, NobodyToPay.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    if batch.state not in OPEN_TO_CHANGE:
        raise NotOpenToChange(number=batch.number, state=BATCH_STATE_NAMES[batch.state])
    require_other_person(desk, batch, RECOMPUTE)
    if batch.is_reissue:
        _refill_reissue(desk, batch)
        already: list[dict[str, object]] = []
        problems: list[dict[str, object]] = []
    else:
        program = program_of(store, batch.program_id)
        period, stored = policy_for(store, program.id, batch.period)
        stops = _stops(store, batch, f"{policy_of(store, batch.policy_id).policy.target}_id")
        store.execute("DELETE FROM payment WHERE batch_id = ?", (batch.id,))
        computing = fill(desk, batch.id, program, stored, period, stops)
        already = [one.as_json() for one in computing.already]
        problems = [one.as_json() for one in computing.problems]
    record_act(desk, batch.id, RECOMPUTE)
    return _made(store, batch.id, already=already, problems=problems)


def _stops(store: Store, batch: BatchRow, key: str) -> dict[int, tuple[str, str]]:
    """Who is stopped in a batch, by person, household or source, with reason and day."""
    return {
        row[0]: (row[1], row[2])
        for row in store.rows(
            f"SELECT {key}, reason, changed_on FROM payment WHERE batch_id = ? AND bucket = 'stopped'",
            (batch.id,),
        )
    }


def _refill_reissue(desk: Desk, batch: BatchRow) -> None:
    store = desk.store
    source = load_batch(store, batch.source_batch_id or 0)
    stops = _stops(store, batch, "source_id")
    sources = [
        row[0]
        for row in store.rows("SELECT source_id FROM payment WHERE batch_id = ? ORDER BY line", (batch.id,))
    ]
    # the sources stay with this batch all the while
    store.execute("DELETE FROM payment WHERE batch_id = ?", (batch.id,))
    fill_reissue(desk, batch.id, source, policy_of(store, batch.policy_id), sources, stops)


@use_case("batch.reissue", Permission.PREPARE_BATCH)
def reissue_batch(desk: Desk, *, batch_id: int | str, payment_ids: Sequence[int] | None = None) -> Changes:
    """Make a draft batch that pays failed and returned payments again 补发: all open ones of a batch, or those named.

    Same person, same sum, once per source; payee and account as the registry has them now. It goes the same road by three
    people, without notice or new funds. Raises NoSuchBatch, NothingToReissue, NotOpenForReissue.
    """
    store = desk.store
    source = load_batch(store, batch_id)
    sources = choose_sources(store, source, payment_ids)
    stored = policy_of(store, source.policy_id)
    new_id, number = insert_batch(
        desk, program_of(store, source.program_id), stored, source.period, source=source
    )
    fill_reissue(desk, new_id, source, stored, sources)
    take_sources(desk, source.id, OF_THESE, (json.dumps(sources),))
    record_act(desk, new_id, CREATE, f"补发批次 {source.number} 的 {len(sources)} 笔")
    record_act(desk, source.id, REISSUE, f"补发批次 {number}，{len(sources)} 笔")
    return _made(store, new_id, source=source.number)


def _made(store: Store, batch_id: int, **more: object) -> Changes:
    """The answer of a door that made or changed a batch's list."""
    batch = load_batch(store, batch_id)
    left_out = {name: len(listed) for name, listed in more.items() if isinstance(listed, list)}
    return changes(
        *_TOPICS,
        subject=f"batch {batch.id}",
        counts={"payments": batch.payments, "fen": batch.owed_fen, **left_out},
        answer={**answer_of(store, batch.id), **more},
    )


# -- three people -------------------------------------------------------------------------------------------


@use_case("batch.submit", Permission.PREPARE_BATCH)
def submit_batch(
    desk: Desk, *, batch_id: int | str, opinion: str = "", reasons: Mapping[str, str] | None = None
) -> Changes:
    """Freeze the list and pass it on to review 提交复核; a rejected batch resumes at the desk that rejected it (DOMAIN §3).

    It resumes there only with the very same list (same SHA-256 over its rows, stops included): what was changed is
    reviewed again. The check sheet (all but notice and funds) is frozen with it. Raises NoSuchBatch, NoRoad, SamePerson,
    AllStopped, PreflightBlocked, NeedsReason, NoSuchCheck.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    step = BatchStep.RESUBMIT if batch.state is BatchState.REJECTED else BatchStep.SUBMIT
    state = check_road(store, batch, step)
    require_other_person(desk, batch, step)
    _refuse_all_stopped(store, batch, "提交")
    sheet = _passed(desk, batch, "submit", reasons)
    digest = snapshot_sha256(store, batch.id)
    if step is BatchStep.RESUBMIT and digest != batch.snapshot_sha256:
        step, state = BatchStep.SUBMIT, BatchState.SUBMITTED
        _withdraw_notice(store, batch)
    put_in_state(store, batch, state)
    store.execute("UPDATE batch SET snapshot_sha256 = ? WHERE id = ?", (digest, batch.id))
    sheet_sha256 = freeze(desk, batch, sheet)
    record_act(desk, batch.id, step, opinion)
    return _passed_on(desk, batch, snapshot_sha256=digest, check_sha256=sheet_sha256)


@use_case("batch.review", Permission.REVIEW_BATCH)
def review_batch(desk: Desk, *, batch_id: int | str, opinion: str = "") -> Changes:
    """Review a submitted batch 复核; from the office's amount on two people do, and the first leaves it at the desk (第二复核).

    Raises NoSuchBatch, NoRoad, SamePerson, SecondReviewerNeeded.
    """
    batch = load_batch(desk.store, batch_id)
    check_road(desk.store, batch, BatchStep.REVIEW)
    require_other_person(desk, batch, BatchStep.REVIEW)
    if _is_first_review(desk, batch):
        record_act(desk, batch.id, FIRST_REVIEW, opinion)
        return _passed_on(desk, batch, awaiting="second_review")
    move(desk, batch, BatchStep.REVIEW)
    record_act(desk, batch.id, BatchStep.REVIEW, opinion)
    return _passed_on(desk, batch)


def _is_first_review(desk: Desk, batch: BatchRow) -> bool:
    """Whether another reviewer has to follow. Raises SecondReviewerNeeded when the first comes again."""
    limit, owed = second_review_above(desk.store), live_sum(desk.store, batch.id).fen
    if limit is None or owed < limit:
        return False
    first = desk.store.value(
        "SELECT operator_id FROM batch_act WHERE batch_id = ?1 AND step = ?2 AND id >"
        " (SELECT max(id) FROM batch_act WHERE batch_id = ?1 AND step IN (?3, ?4)) ORDER BY id DESC LIMIT 1",
        (batch.id, FIRST_REVIEW, BatchStep.SUBMIT.value, BatchStep.RESUBMIT.value),
    )
    if first == desk.operator.id:
        raise SecondReviewerNeeded(number=batch.number, owed=yuan_text(owed), limit=yuan_text(limit))
    return first is None


@use_case("batch.reject", Permission.REJECT_BATCH)
def reject_batch(desk: Desk, *, batch_id: int | str, opinion: str) -> Changes:
    """Send a batch back 退回, with the reason; it remembers the desk. The reviewer at the first desk, either later.

    Raises NoSuchBatch, NoRoad, SamePerson, ReasonNotGiven.
    """
    batch = load_batch(desk.store, batch_id)
    check_road(desk.store, batch, BatchStep.REJECT)
    if batch.state is BatchState.SUBMITTED:
        desk.require(Permission.REVIEW_BATCH)
    require_other_person(desk, batch, BatchStep.REJECT)
    reason = reason_of(opinion, "退回批次")
    move(desk, batch, BatchStep.REJECT)
    record_act(desk, batch.id, BatchStep.REJECT, reason)
    return _passed_on(desk, batch, rejected_desk=batch.state.value)


@use_case("batch.approve", Permission.APPROVE_BATCH)
def approve_batch(
    desk: Desk,
    *,
    batch_id: int | str,
    opinion: str = "",
    funds: Mapping[str, int] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Changes:
    """Approve a batch and post what it now owes 审批 (DOMAIN §3, §10).

    `funds` names fen by document and must be the live sum exactly; without it the sum is spread over the program's
    allotments in document order. The whole check must pass; a reason given at submission holds while its rows are the
    same; a notice that has not ended passes with a reason for notice.too_short only. A reissue takes no funds and posts
    nothing. Raises NoSuchBatch, NoRoad, SamePerson, AllStopped, PreflightBlocked, NoticeTooShort, NeedsReason, NoSuchCheck,
    NotEnoughFunds, FundingDoesNotMatch, FundOverdrawn, FundOfAnotherProgram, FundNotPositive.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    check_road(store, batch, BatchStep.APPROVE)
    require_other_person(desk, batch, BatchStep.APPROVE)
    _refuse_all_stopped(store, batch, "审批")
    sheet = _passed(desk, batch, "approve", reasons, but=CheckCode.FUNDS_SHORT)
    owed = live_sum(store, batch.id)
    funding = [] if batch.is_reissue else funding_for(desk, batch, owed.fen, funds or {})
    move(desk, batch, BatchStep.APPROVE)
    store.execute("UPDATE batch SET approved_on = ? WHERE id = ?", (desk.day, batch.id))
    sheet_sha256 = freeze(desk, batch, sheet)
    record_act(desk, batch.id, BatchStep.APPROVE, opinion)
    if funding:
        take_funding(store, batch, funding)
        post_voucher(
            store,
            day=desk.day,
            event=posting.Event.APPROVE,
            summary=f"审批 批次 {batch.number}，{owed.payments} 笔",
            legs=posting.approve(batch.id, batch.program_id, funding),
            operator_id=desk.operator.id,
            batch_id=batch.id,
        )
    count_event(store, batch.id, desk.day, "owed", "p.bucket = 'pending'")
    store.execute(
        "UPDATE public_notice SET state = 'ended' WHERE batch_id = ? AND state = 'posted'", (batch.id,)
    )
    return _passed_on(
        desk,
        batch,
        topics=(Topic.FUNDS, Topic.LEDGER, Topic.NOTICES),
        approved_fen=owed.fen,
        check_sha256=sheet_sha256,
        funding=[{"allotment": line.allotment_id, "fen": line.fen} for line in funding],
    )


@use_case("batch.cancel", Permission.CANCEL_BATCH)
def cancel_batch(desk: Desk, *, batch_id: int | str, opinion: str) -> Changes:
    """Cancel a batch before it goes to the bank 作废: every pending payment is stopped, funding and voucher are reversed.

    The clerk cancels what was not submitted or came back; afterwards only an approver does. Sources of a reissue go back
    to where they were. Raises NoSuchBatch, NoRoad, CancelNeedsApprover, SamePerson, ReasonNotGiven.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    check_road(store, batch, BatchStep.CANCEL)
    if batch.state not in OPEN_TO_CHANGE and Post.APPROVER not in desk.operator.posts:
        raise CancelNeedsApprover(number=batch.number, state=BATCH_STATE_NAMES[batch.state])
    require_other_person(desk, batch, BatchStep.CANCEL)
    reason = reason_of(opinion, "作废批次")
    pending = [
        (row[0], Fen(row[1]))
        for row in store.rows(
            "SELECT id, owed_fen FROM payment WHERE batch_id = ? AND bucket = 'pending' ORDER BY line",
            (batch.id,),
        )
    ]
    if batch.state is BatchState.APPROVED:
        count_event(store, batch.id, desk.day, "stopped", "p.bucket = 'pending'")
        if not batch.is_reissue:
            give_back_all(desk, batch, pending)
    give_back_sources(desk, batch, "r.bucket = 'pending'", ())
    store.execute(
        "UPDATE payment SET bucket = 'stopped', reason = ?, changed_on = ? WHERE batch_id = ? AND bucket = 'pending'",
        (f"批次作废：{reason}", desk.day, batch.id),
    )
    _withdraw_notice(store, batch)
    refresh_tally(store, batch.id)
    move(desk, batch, BatchStep.CANCEL)
    record_act(desk, batch.id, BatchStep.CANCEL, reason)
    return _passed_on(desk, batch, topics=(Topic.FUNDS, Topic.LEDGER, Topic.NOTICES), stopped=len(pending))


def _withdraw_notice(store: Store, batch: BatchRow) -> None:
    """A notice that no longer shows what will be paid is withdrawn."""
    store.execute(
        "UPDATE public_notice SET state = 'withdrawn' WHERE batch_id = ? AND state <> 'withdrawn'",
        (batch.id,),
    )


def _refuse_all_stopped(store: Store, batch: BatchRow, act: str) -> None:
    if not live_sum(store, batch.id).payments:
        raise AllStopped(number=batch.number, act=act)


def _passed(
    desk: Desk, batch: BatchRow, stage: Stage, reasons: Mapping[str, str] | None, but: CheckCode | None = None
) -> CheckSheet:
    """The check sheet with its reasons, refused unless it passes; a shortage of funds is told by the funding itself."""
    sheet = run_checks(desk.store, batch, desk.today, stage)
    sheet = with_reasons(desk.store, sheet, reasons or {})
    refuse_unless_passed(sheet, but=but)
    return sheet


def _passed_on(desk: Desk, batch: BatchRow, *, topics: Sequence[Topic] = (), **more: object) -> Changes:
    """The answer of a door that took a batch to another desk."""
    answer = {**answer_of(desk.store, batch.id), **more}
    counts: dict[str, int | str] = {"from": batch.state.value, "to": str(answer["state"])}
    counts |= {name: value for name, value in more.items() if isinstance(value, int | str)}
    return changes(*_TOPICS, *topics, subject=f"batch {batch.id}", counts=counts, answer=answer)


# -- settings of the checks ---------------------------------------------------------------------------------


@use_case("batch.set_check_limit", Permission.SET_RULES, dated=False)
def set_check_limit(desk: Desk, *, name: str, limit: int) -> Changes:
    """Set from where on a check warns, for instance check.change_percent. Raises NoSuchLimit, LimitNotPositive."""
    if name not in LIMITS:
        raise NoSuchLimit(name=name, known="、".join(LIMITS))
    if not 1 <= limit <= 1000:
        raise LimitNotPositive(name=name, limit=limit)
    put_setting(desk, name, str(limit))
    return changes(
        Topic.BATCHES,
        subject=f"setting {name}",
        counts={"limit": limit},
        answer={"name": name, "limit": limit},
    )
