"""Where one can be in the window: a room, and what of it is open. Screens name places; only the frame knows the screens."""

from dataclasses import dataclass, field
from enum import StrEnum


class Room(StrEnum):
    """The places of the navigation, in its order."""

    HOME = "home"
    REGISTRY = "registry"
    PROGRAMS = "programs"
    ENROLMENT = "enrolment"
    FUNDS = "funds"
    INTAKE = "intake"
    BATCHES = "batches"
    NOTICES = "notices"
    BANKFILES = "bankfiles"
    LEDGER = "ledger"
    ARCHIVE = "archive"
    REPORTS = "reports"
    SYSTEM = "system"


ROOM_NAMES = {
    Room.HOME: "首页待办",
    Room.REGISTRY: "人员与户",
    Room.PROGRAMS: "补贴项目",
    Room.ENROLMENT: "享受对象",
    Room.FUNDS: "资金指标",
    Room.INTAKE: "导入",
    Room.BATCHES: "发放批次",
    Room.NOTICES: "公示",
    Room.BANKFILES: "银行报盘与回盘",
    Room.LEDGER: "台账",
    Room.ARCHIVE: "档案",
    Room.REPORTS: "报表",
    Room.SYSTEM: "系统",
}

ROOM_KEYS = {
    room: f"Ctrl+{(place + 1) % 10}" if place < 10 else f"Alt+{place - 9}" for place, room in enumerate(Room)
}
"""Ctrl and a digit for the first ten, Alt and a digit for the others."""

ROOM_ICONS = {
    Room.HOME: "home",
    Room.REGISTRY: "users",
    Room.PROGRAMS: "file-certificate",
    Room.ENROLMENT: "user-check",
    Room.FUNDS: "coins",
    Room.INTAKE: "table-import",
    Room.BATCHES: "cash-banknote",
    Room.NOTICES: "speakerphone",
    Room.BANKFILES: "building-bank",
    Room.LEDGER: "book-2",
    Room.ARCHIVE: "archive",
    Room.REPORTS: "chart-bar",
    Room.SYSTEM: "settings",
}


@dataclass(frozen=True)
class Place:
    """A room, and what to open in it: a tab by name, a row by id, a text to find."""

    room: Room
    tab: str = ""
    id: int = 0
    words: str = ""
    facts: tuple[tuple[str, str], ...] = field(default=())
