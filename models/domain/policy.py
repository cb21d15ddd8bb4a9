"""A policy 补贴政策: one dated version of a program's rule, with its rates and settings (DOMAIN §4).

Amounts and rates differ by county and year, so every one of them is the policy's own; nothing here is a rate. How a
policy is written down and read back is `policy_form`.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from models.domain.exclusion import Conflict
from models.domain.money import Fen
from models.domain.period import Frequency
from models.domain.quantity import Quantity, Rate
from models.domain.workdays import DayKind
from models.domain.written import compacted

Family = Literal[
    "per_unit", "fixed", "tiered", "top_up", "share_of_cost", "years", "back_pay", "pool", "formula"
]
Target = Literal["person", "household"]
By = Literal["age", "head_age", "disability_grade", "care_level"]
FirstMonth = Literal["申请当月", "批准当月", "批准次月", "满龄当月", "满龄次月"]
StopMonth = Literal["当月", "次月"]
Publicity = Literal["before", "after", "none"]
NameMasking = Literal["full", "surname"]
Listing = Literal["name", "number", "none"]
Payee = Literal["head", "person", "guardian"]
Level = Literal["", "中央", "省", "市", "县", "乡镇"]

FAMILY_NAMES: Final[dict[Family, str]] = {
    "per_unit": "按数量",
    "fixed": "定额",
    "tiered": "分档",
    "top_up": "补差",
    "share_of_cost": "按费用比例",
    "years": "按年限",
    "back_pay": "补发扣回",
    "pool": "总额分配",
    "formula": "自定公式",
}
FREQUENCY_NAMES: Final[dict[Frequency, str]] = {
    "year": "按年",
    "quarter": "按季",
    "month": "按月",
    "once": "一次性",
}
TARGET_NAMES: Final[dict[Target, str]] = {"person": "到人", "household": "到户"}
BY_NAMES: Final[dict[By, str]] = {
    "age": "年龄",
    "head_age": "户主年龄",
    "disability_grade": "残疾等级",
    "care_level": "护理等级",
}
PUBLICITY_NAMES: Final[dict[Publicity, str]] = {
    "before": "发放前公示",
    "after": "发放后公示",
    "none": "不公示",
}
PAYEE_NAMES: Final[dict[Payee, str]] = {"head": "户主", "person": "本人", "guardian": "监护人"}

MONTHS: Final[dict[Frequency, int]] = {"month": 1, "quarter": 3, "year": 12, "once": 1}

_NO_FEN: Final = Fen(0)
Percent = int  # in 1/100 of a percent: 60 % is 6000

_GRADE: Final = re.compile(r"([1-4一二三四]|I{1,3}|IV)级?")
_GRADES: Final = {
    **dict(zip("1234", "一二三四", strict=True)),
    "I": "一",
    "II": "二",
    "III": "三",
    "IV": "四",
}


class Tier(NamedTuple):
    """A rate of a tiered policy; `key` is a grade, or the lowest age as text."""

    key: str
    rate: Rate


class Share(NamedTuple):
    """The percent of the cost from `age` on."""

    age: int
    percent: Percent


class AddOn(NamedTuple):
    """What is added for each person of a kind (分类施保): yuan a month, or a percent of the line."""

    name: str
    fen: Fen | None
    percent: Percent | None


class RateSpan(NamedTuple):
    """The monthly rate in force from the month `first` through `last` (None: until further notice), “2024-01”."""

    first: str
    last: str | None
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One dated version of a program's rule. Money in fen, rates and quantities in 1/10000.

    `months_per_period` above 0 means that rates are monthly, and how many months a whole period pays; 0 means that the
    rate is for the whole period. `first_month` None means that the whole period is paid from its first month on.
    """

    program: str
    document: str
    valid_from: date
    valid_to: date | None = None
    frequency: Frequency
    target: Target
    family: Family

    name: str = ""
    bank_short_name: str = ""
    bank_short_name_12: str = ""
    department: str = ""
    level: Level = ""
    through_card: bool = True

    unit: str = ""
    rate: Rate | None = None
    quantity_cap: Quantity | None = None
    months_per_period: int = 0
    by: By | None = None
    tiers: tuple[Tier, ...] = ()
    shares: tuple[Share, ...] = ()
    line: Fen | None = None
    floor: Fen = _NO_FEN
    add_ons: tuple[AddOn, ...] = ()
    approved_amount: bool = False
    cap_per_household: Fen | None = None
    segments: tuple[RateSpan, ...] = ()
    total: Fen | None = None
    formula: str = ""
    columns: tuple[str, ...] = ()

    first_month: FirstMonth | None = None
    stop_month: StopMonth = "次月"
    death_month: StopMonth = "次月"
    least_age: int | None = None
    most_age: int | None = None
    amount_cap: Fen | None = None

    publicity: Publicity = "before"
    publicity_days: int = 7
    publicity_kind: DayKind = "workdays"
    name_masking: NameMasking = "full"
    listing: Listing = "name"
    payee: Payee = "head"
    conflicts: tuple[Conflict, ...] = ()


def grade_key(text: str) -> str:
    """Give a disability grade or care level as tiers name it: 1级, 一, Ⅰ级 → 一级; anything else stays as written.

    Blanks are dropped; no grade is guessed from longer text.
    """
    cleaned = compacted(unicodedata.normalize("NFKC", text))
    found = _GRADE.fullmatch(cleaned.removeprefix("残疾"))
    return _GRADES.get(found[1], found[1]) + "级" if found else cleaned


def percent_text(percent: Percent) -> str:
    """Write a percent: 6000 → “60%”, 3350 → “33.5%”."""
    whole, rest = divmod(percent, 100)
    decimals = f"{rest:02d}".rstrip("0")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"
