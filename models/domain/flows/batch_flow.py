"""A batch 发放批次 from 编制 to 归档 (DOMAIN §3).

Two things decide beside the state: whether the program is posted before payment (then there is no road past the
notice), and for a rejected batch the desk that rejected it (it resumes there).
"""

from enum import StrEnum
from typing import Final

from models.domain.flows.roads import Roads


class BatchState(StrEnum):
    """Where a batch is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    PUBLICIZED = "publicized"
    APPROVED = "approved"
    SENT = "sent"
    SETTLING = "settling"
    SETTLED = "settled"
    ARCHIVED = "archived"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class BatchStep(StrEnum):
    """What can be done with a batch."""

    SUBMIT = "submit"
    REVIEW = "review"
    REJECT = "reject"
    RESUBMIT = "resubmit"
    PUBLICIZE = "publicize"
    APPROVE = "approve"
    SEND = "send"
    POST_RETURN = "post_return"
    SETTLE = "settle"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    CANCEL = "cancel"


BATCH_STATE_NAMES: Final = {
    BatchState.DRAFT: "编制",
    BatchState.SUBMITTED: "待复核",
    BatchState.REVIEWED: "已复核",
    BatchState.PUBLICIZED: "公示中",
    BatchState.APPROVED: "已审批",
    BatchState.SENT: "已报盘",
    BatchState.SETTLING: "回盘中",
    BatchState.SETTLED: "已结清",
    BatchState.ARCHIVED: "已归档",
    BatchState.REJECTED: "已退回",
    BatchState.CANCELLED: "已作废",
}
BATCH_STEP_NAMES: Final = {
    BatchStep.SUBMIT: "提交复核",
    BatchStep.REVIEW: "复核",
    BatchStep.REJECT: "退回",
    BatchStep.RESUBMIT: "重新提交",
    BatchStep.PUBLICIZE: "公示",
    BatchStep.APPROVE: "审批",
    BatchStep.SEND: "报盘",
    BatchStep.POST_RETURN: "登记回盘",
    BatchStep.SETTLE: "结清",
    BatchStep.REOPEN: "重新打开",
    BatchStep.ARCHIVE: "归档",
    BatchStep.CANCEL: "作废",
}

FIRST: Final = BatchState.DRAFT

# A batch can be rejected from here, and a rejected one resumes here.
DESKS: Final = (BatchState.SUBMITTED, BatchState.REVIEWED, BatchState.PUBLICIZED)

# In these the lines may still be recomputed; elsewhere the snapshot is frozen.
OPEN_TO_CHANGE: Final = frozenset({BatchState.DRAFT, BatchState.REJECTED})

# The money has not left: payments can still be stopped and restored.
BEFORE_SENDING: Final = frozenset(
    {
        BatchState.DRAFT,
        BatchState.SUBMITTED,
        BatchState.REVIEWED,
        BatchState.PUBLICIZED,
        BatchState.APPROVED,
        BatchState.REJECTED,
    }
)

ROADS: Final = {
    (BatchState.DRAFT, BatchStep.SUBMIT): BatchState.SUBMITTED,
    (BatchState.DRAFT, BatchStep.CANCEL): BatchState.CANCELLED,
    (BatchState.SUBMITTED, BatchStep.REVIEW): BatchState.REVIEWED,
    (BatchState.SUBMITTED, BatchStep.REJECT): BatchState.REJECTED,
    (BatchState.SUBMITTED, BatchStep.CANCEL): BatchState.CANCELLED,
    (BatchState.REVIEWED, BatchStep.PUBLICIZE): BatchState.PUBLICIZED,
    (BatchState.REVIEWED, BatchStep.APPROVE): BatchState.APPROVED,
    (BatchState.REVIEWED, BatchStep.REJECT): BatchState.REJECTED,
    (BatchState.REVIEWED, BatchStep.CANCEL): BatchState.CANCELLED,
    (BatchState.PUBLICIZED, BatchStep.APPROVE): BatchState.APPROVED,
    (BatchState.PUBLICIZED, BatchStep.REJECT): BatchState.REJECTED,
    (BatchState.PUBLICIZED, BatchStep.CANCEL): BatchState.CANCELLED,
    (BatchState.APPROVED, BatchStep.SEND): BatchState.SENT,
    (BatchState.APPROVED, BatchStep.CANCEL): BatchState.CANCELLED,
    (BatchState.SENT, BatchStep.POST_RETURN): BatchState.SETTLING,
    (BatchState.SETTLING, BatchStep.POST_RETURN): BatchState.SETTLING,
    (BatchState.SETTLING, BatchStep.SETTLE): BatchState.SETTLED,
    (BatchState.SETTLED, BatchStep.REOPEN): BatchState.SETTLING,
    (BatchState.SETTLED, BatchStep.ARCHIVE): BatchState.ARCHIVED,
    (BatchState.ARCHIVED, BatchStep.REOPEN): BatchState.SETTLING,
    (BatchState.REJECTED, BatchStep.RESUBMIT): BatchState.SUBMITTED,  # or the later desk that rejected it
    (BatchState.REJECTED, BatchStep.CANCEL): BatchState.CANCELLED,
}

_FLOW: Final = Roads("这个批次", ROADS, BATCH_STATE_NAMES, BATCH_STEP_NAMES)


def can(state: BatchState, step: BatchStep, *, posted_first: bool = True) -> bool:
    """Say whether `step` is possible in `state`.

    `posted_first`: the batch must stand in a public notice before it is approved (公示在发放之前). A program that is
    not posted, or posted after payment, goes from reviewed straight to approved, and a reissue does too.
    """
    return _FLOW.can(state, step) and (state, step) != _closed_road(posted_first)


def steps_from(state: BatchState, *, posted_first: bool = True) -> tuple[BatchStep, ...]:
    """Give the steps possible in `state`, the way forward first; `posted_first` as in `can`."""
    return tuple(step for step in _FLOW.steps_from(state) if can(state, step, posted_first=posted_first))


def follow(
    state: BatchState, step: BatchStep, *, posted_first: bool = True, desk: BatchState | None = None
) -> BatchState:
    """Give the state that `step` leads to.

    `desk` is where a rejected batch was rejected; resubmitting takes it back there. Raises NoRoad with what is possible
    instead, ValueError for a rejected batch without its desk.
    """
    if not can(state, step, posted_first=posted_first):
        raise _FLOW.refusal(state, step, steps_from(state, posted_first=posted_first))
    return desk_after_resubmit(desk) if step is BatchStep.RESUBMIT else ROADS[state, step]


def desk_after_resubmit(desk: BatchState | None) -> BatchState:
    """Give the state in which a batch resumes that was rejected at `desk`: that very desk (DOMAIN §3).

    Raises ValueError for anything that is no desk.
    """
    if desk not in DESKS:
        raise ValueError(f"no desk: {desk!r}")
    return desk


def _closed_road(posted_first: bool) -> tuple[BatchState, BatchStep]:
    """Give the one road out of reviewed that the program's publicity closes."""
    return BatchState.REVIEWED, BatchStep.APPROVE if posted_first else BatchStep.PUBLICIZE
