"""A year of the books: 未结账 → 已结账 (年终结账) → 申请反结账 → 未结账 again, or the request is turned down."""

from enum import StrEnum
from typing import Final

from models.domain.flows.roads import Roads


class YearState(StrEnum):
    """Where a year is."""

    OPEN = "open"
    CLOSED = "closed"
    REOPENING = "reopening"


class YearStep(StrEnum):
    """What can be done with a year."""

    CLOSE = "close"
    ASK_REOPEN = "ask_reopen"
    TURN_DOWN = "turn_down"
    REOPEN = "reopen"


YEAR_STATE_NAMES: Final = {
    YearState.OPEN: "未结账",
    YearState.CLOSED: "已结账",
    YearState.REOPENING: "申请反结账",
}
YEAR_STEP_NAMES: Final = {
    YearStep.CLOSE: "年终结账",
    YearStep.ASK_REOPEN: "申请反结账",
    YearStep.TURN_DOWN: "驳回反结账",
    YearStep.REOPEN: "批准反结账",
}

FIRST: Final = YearState.OPEN
ROADS: Final = {
    (YearState.OPEN, YearStep.CLOSE): YearState.CLOSED,
    (YearState.CLOSED, YearStep.ASK_REOPEN): YearState.REOPENING,
    (YearState.REOPENING, YearStep.TURN_DOWN): YearState.CLOSED,
    (YearState.REOPENING, YearStep.REOPEN): YearState.OPEN,
}

_FLOW: Final = Roads("这一年度", ROADS, YEAR_STATE_NAMES, YEAR_STEP_NAMES)
can = _FLOW.can
steps_from = _FLOW.steps_from
follow = _FLOW.follow
