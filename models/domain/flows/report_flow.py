"""A monthly return 月报: 未上报 → 已上报 → 已确认, 已上报 → 退回 → 已上报 (DOMAIN §3)."""

from enum import StrEnum
from typing import Final

from models.domain.flows.roads import Roads


class ReportState(StrEnum):
    """Where a month's return is."""

    UNREPORTED = "unreported"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"


class ReportStep(StrEnum):
    """What can be done with a month's return."""

    REPORT = "report"
    CONFIRM = "confirm"
    SEND_BACK = "send_back"


REPORT_STATE_NAMES: Final = {
    ReportState.UNREPORTED: "未上报",
    ReportState.REPORTED: "已上报",
    ReportState.CONFIRMED: "已确认",
    ReportState.SENT_BACK: "已退回",
}
REPORT_STEP_NAMES: Final = {
    ReportStep.REPORT: "上报",
    ReportStep.CONFIRM: "确认",
    ReportStep.SEND_BACK: "退回",
}

FIRST: Final = ReportState.UNREPORTED
ROADS: Final = {
    (ReportState.UNREPORTED, ReportStep.REPORT): ReportState.REPORTED,
    (ReportState.REPORTED, ReportStep.CONFIRM): ReportState.CONFIRMED,
    (ReportState.REPORTED, ReportStep.SEND_BACK): ReportState.SENT_BACK,
    (ReportState.SENT_BACK, ReportStep.REPORT): ReportState.REPORTED,
}

_FLOW: Final = Roads("这个月的月报", ROADS, REPORT_STATE_NAMES, REPORT_STEP_NAMES)
can = _FLOW.can
steps_from = _FLOW.steps_from
follow = _FLOW.follow
