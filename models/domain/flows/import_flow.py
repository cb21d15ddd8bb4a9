"""An import run 导入: done, and undone as a whole while nothing depends on it."""

from enum import StrEnum
from typing import Final

from models.domain.flows.roads import Roads


class ImportState(StrEnum):
    """Where an import run is."""

    DONE = "done"
    UNDONE = "undone"


class ImportStep(StrEnum):
    """What can be done with an import run."""

    UNDO = "undo"


IMPORT_STATE_NAMES: Final = {ImportState.DONE: "已导入", ImportState.UNDONE: "已撤销"}
IMPORT_STEP_NAMES: Final = {ImportStep.UNDO: "撤销导入"}

FIRST: Final = ImportState.DONE
ROADS: Final = {(ImportState.DONE, ImportStep.UNDO): ImportState.UNDONE}

_FLOW: Final = Roads("这次导入", ROADS, IMPORT_STATE_NAMES, IMPORT_STEP_NAMES)
can = _FLOW.can
steps_from = _FLOW.steps_from
follow = _FLOW.follow
