"""A disposal list 处置单 of volumes to destroy or to hand over: 待监销 → 可以执行 → 已执行, or withdrawn before that."""

from enum import StrEnum
from typing import Final

from models.domain.flows.roads import Roads


class DisposalState(StrEnum):
    """Where a disposal list is."""

    PROPOSED = "proposed"
    WITNESSED = "witnessed"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class DisposalStep(StrEnum):
    """What can be done with a disposal list; WITNESS is the last signature that was wanting."""

    WITNESS = "witness"
    CARRY_OUT = "carry_out"
    WITHDRAW = "withdraw"


class DisposalKind(StrEnum):
    """What becomes of the volumes."""

    DESTROY = "destroy"
    HAND_OVER = "hand_over"


DISPOSAL_STATE_NAMES: Final = {
    DisposalState.PROPOSED: "待签字",
    DisposalState.WITNESSED: "可以执行",
    DisposalState.DONE: "已执行",
    DisposalState.WITHDRAWN: "已撤回",
}
DISPOSAL_STEP_NAMES: Final = {
    DisposalStep.WITNESS: "监督签字",
    DisposalStep.CARRY_OUT: "执行",
    DisposalStep.WITHDRAW: "撤回",
}
DISPOSAL_KIND_NAMES: Final = {DisposalKind.DESTROY: "销毁", DisposalKind.HAND_OVER: "移交"}

WITNESSES: Final = {DisposalKind.DESTROY: 2, DisposalKind.HAND_OVER: 1}
"""How many others sign: two watch a destruction 监销, one a hand-over 监交."""

FIRST: Final = DisposalState.PROPOSED
ROADS: Final = {
    (DisposalState.PROPOSED, DisposalStep.WITNESS): DisposalState.WITNESSED,
    (DisposalState.WITNESSED, DisposalStep.CARRY_OUT): DisposalState.DONE,
    (DisposalState.PROPOSED, DisposalStep.WITHDRAW): DisposalState.WITHDRAWN,
    (DisposalState.WITNESSED, DisposalStep.WITHDRAW): DisposalState.WITHDRAWN,
}

_FLOW: Final = Roads("这份清册", ROADS, DISPOSAL_STATE_NAMES, DISPOSAL_STEP_NAMES)
can = _FLOW.can
steps_from = _FLOW.steps_from
follow = _FLOW.follow
