"""A public notice 公示: posted, then ended in time or withdrawn; one that no longer shows what will be paid is withdrawn."""

from enum import StrEnum
from typing import Final

from models.domain.flows.roads import Roads


class NoticeState(StrEnum):
    """Where a public notice is."""

    POSTED = "posted"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class NoticeStep(StrEnum):
    """What can be done with a public notice."""

    END = "end"
    WITHDRAW = "withdraw"


NOTICE_STATE_NAMES: Final = {
    NoticeState.POSTED: "公示中",
    NoticeState.ENDED: "公示期满",
    NoticeState.WITHDRAWN: "已撤回",
}
NOTICE_STEP_NAMES: Final = {NoticeStep.END: "结束公示", NoticeStep.WITHDRAW: "撤回公示"}

FIRST: Final = NoticeState.POSTED
ROADS: Final = {
    (NoticeState.POSTED, NoticeStep.END): NoticeState.ENDED,
    (NoticeState.POSTED, NoticeStep.WITHDRAW): NoticeState.WITHDRAWN,
    # A batch rejected after its notice ended is posted again, and the old notice no longer counts.
    (NoticeState.ENDED, NoticeStep.WITHDRAW): NoticeState.WITHDRAWN,
}

_FLOW: Final = Roads("这份公示", ROADS, NOTICE_STATE_NAMES, NOTICE_STEP_NAMES)
can = _FLOW.can
steps_from = _FLOW.steps_from
follow = _FLOW.follow
