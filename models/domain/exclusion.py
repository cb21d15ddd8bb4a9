"""Programs that exclude each other (DOMAIN §4): an editable matrix, seeded from the defaults below."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

Mode = Literal["互斥", "择高", "提示"]
Scope = Literal["person", "household", "plot"]

MODES: Final[tuple[Mode, ...]] = ("互斥", "择高", "提示")
SCOPES: Final[tuple[Scope, ...]] = ("person", "household", "plot")
SCOPE_NAMES: Final[dict[Scope, str]] = {"person": "同一人", "household": "同一户", "plot": "同一地块"}


class Conflict(NamedTuple):
    """Two program codes, the lower first, that exclude each other in `mode` within `scope`."""

    program_a: str
    program_b: str
    mode: Mode
    scope: Scope

    def other(self, program: str) -> str:
        """Give the program on the other side."""
        return self.program_b if program == self.program_a else self.program_a

    @property
    def level(self) -> Literal["error", "warning"]:
        """The level of the finding program.conflict: error for 互斥, warning for 择高 and 提示 (DOMAIN §6)."""
        return "error" if self.mode == "互斥" else "warning"


def conflict(program: str, other: str, mode: Mode = "互斥", scope: Scope = "person") -> Conflict:
    """Make a Conflict from two codes in either order."""
    return Conflict(min(program, other), max(program, other), mode, scope)


_LOW_INCOME: Final = ("2081901", "2081902")  # 城市、农村低保
_DESTITUTE: Final = ("2082101", "2082102")  # 城市、农村分散供养特困
_DISABLED: Final = ("2081107", "2081108")  # 困难残疾人生活补贴、重度残疾人护理补贴

DEFAULT_CONFLICTS: Final = tuple(
    sorted(
        [conflict(low, destitute) for low in _LOW_INCOME for destitute in _DESTITUTE]
        + [conflict(destitute, disabled) for destitute in _DESTITUTE for disabled in _DISABLED]
        + [
            conflict("2082501", "2081107"),  # 孤儿–困难残疾人生活补贴
            conflict("2082501", "2082502"),  # 孤儿–事实无人抚养儿童
            conflict("2081108", "2081002", "择高"),  # 残疾人护理–失能老人护理
            conflict("2100701", "2100705", "择高"),  # 奖扶–特扶
            conflict("2080705", "2110401"),  # 公益性岗位–生态护林员
        ]
    )
)

# 财政供养人员 is a comparison list, not a program; beside these a hit on it is worth a 提示 (DOMAIN §4, “most relief”).
RELIEF_PROGRAMS: Final = frozenset(
    {
        *_LOW_INCOME,
        *_DESTITUTE,
        *_DISABLED,
        "2080705",
        "2081001",
        "2081002",
        "2081999",
        "2082001",
        "2082501",
        "2082502",
        "2100707",
        "2110401",
        "2210105",
        "2210199",
        "2240701",
        "2240703",
    }
)


def conflicting(program: str, conflicts: Iterable[Conflict]) -> dict[str, Conflict]:
    """Give the programs that exclude `program`, whichever side of the pair it stands on, by their code."""
    return {pair.other(program): pair for pair in conflicts if program in (pair.program_a, pair.program_b)}


def merged(conflicts: Iterable[Conflict], later: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Give both lists as one, a pair named in `later` replacing the same pair; sorted by code."""
    by_pair = {pair[:2]: pair for pair in conflicts} | {pair[:2]: pair for pair in later}
    return tuple(sorted(by_pair.values()))
