"""A volume 案卷: 组卷中 → 已成卷 → 已移交 or 已销毁; opened again while it is still here."""

from enum import StrEnum
from typing import Final

from models.domain.flows.roads import Roads


class VolumeState(StrEnum):
    """Where a volume is."""

    OPEN = "open"
    BOUND = "bound"
    HANDED_OVER = "handed_over"
    DESTROYED = "destroyed"


class VolumeStep(StrEnum):
    """What can be done with a volume."""

    BIND = "bind"
    UNBIND = "unbind"
    HAND_OVER = "hand_over"
    DESTROY = "destroy"


VOLUME_STATE_NAMES: Final = {
    VolumeState.OPEN: "组卷中",
    VolumeState.BOUND: "已成卷",
    VolumeState.HANDED_OVER: "已移交",
    VolumeState.DESTROYED: "已销毁",
}
VOLUME_STEP_NAMES: Final = {
    VolumeStep.BIND: "成卷",
    VolumeStep.UNBIND: "拆卷",
    VolumeStep.HAND_OVER: "移交",
    VolumeStep.DESTROY: "销毁",
}

FIRST: Final = VolumeState.OPEN
ROADS: Final = {
    (VolumeState.OPEN, VolumeStep.BIND): VolumeState.BOUND,
    (VolumeState.BOUND, VolumeStep.UNBIND): VolumeState.OPEN,
    (VolumeState.BOUND, VolumeStep.HAND_OVER): VolumeState.HANDED_OVER,
    (VolumeState.BOUND, VolumeStep.DESTROY): VolumeState.DESTROYED,
}

_FLOW: Final = Roads("这个案卷", ROADS, VOLUME_STATE_NAMES, VOLUME_STEP_NAMES)
can = _FLOW.can
steps_from = _FLOW.steps_from
follow = _FLOW.follow
