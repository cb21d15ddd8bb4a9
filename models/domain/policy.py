"""A policy 补贴政策: one dated version of a program's rule, with its rates and settings (DOMAIN §4).

Amounts and rates differ by county and year, so every one of them is read from the form of a policy file; nothing here
is a rate. Money in that form is text in yuan: a bare number could be yuan or fen, and a float would not be exact.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeVar, cast, get_args

from models.domain.exclusion import MODES, SCOPES, Conflict, Mode, Scope, conflict
from models.domain.formula import LONGEST, FormulaRefused, check_formula
from models.domain.money import Fen, fen_from_text, yuan_plain
from models.domain.period import Frequency
from models.domain.quantity import (
    Quantity,
    Rate,
    quantity_from_text,
    quantity_text,
    rate_from_text,
    rate_text,
)
from models.domain.refusal import Refusal, Unreadable
from models.domain.workdays import DayKind
from models.domain.written import compacted, shown

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
WHOLE: Final = 10_000

# What a policy says where it says nothing; each can be set in the policy itself (DOMAIN §8).
_DEFAULT_DAYS: Final = (7, "workdays")
_DAYS_BY_PROGRAM: Final = dict.fromkeys(("2081901", "2081902", "2082101", "2082102"), (7, "calendar"))
_LISTED_BY_NUMBER: Final = frozenset({"2082501", "2082502", "2100705", "2100706", "2296001", "2296002"})

_CODE: Final = re.compile(r"[0-8][0-9]{6}|9[0-9]{11}")
_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")
_PERCENT: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?[%％]")
_AGE: Final = re.compile(r"0|[1-9][0-9]{0,2}")
_GRADE: Final = re.compile(r"([1-4一二三四]|I{1,3}|IV)级?")
_GRADES: Final = {
    **dict(zip("1234", "一二三四", strict=True)),
    "I": "一",
    "II": "二",
    "III": "三",
    "IV": "四",
}
_OLDEST: Final = 150
_LONGEST_SHORT_NAME: Final = 7
_LONGEST_SHORT_NAME_12: Final = 6
_MOST_DAYS: Final = 90


class PolicyRefused(Refusal):
    """A policy that cannot be used as it is written."""

    form = "{where}有错：{fault}。请改正后重新导入。"


class UnknownPolicyField(PolicyRefused):
    """A field that policies of this family do not have."""

    form = "{where}里有不认识的字段“{field}”。“{family}”类政策可用的字段有：{allowed}。请改正后重新导入。"


class MissingPolicyField(PolicyRefused):
    """A field without which the policy says nothing."""

    form = "{where}缺少字段“{field}”（{meaning}）。{allowed}。请补上后重新导入。"


class WrongPolicyField(PolicyRefused):
    """A field of the wrong kind, or out of range."""

    form = "{where}的字段“{field}”（{meaning}）写的是“{written}”，不能使用。{allowed}。请改正后重新导入。"


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


def read_policy(table: Mapping[str, object]) -> Policy:
    """Read a policy from its form: a `[[policy]]` table of a policy file, or what `policy_parameters` gave.

    Raises MissingPolicyField, WrongPolicyField, UnknownPolicyField or PolicyRefused, naming the field and what is
    allowed; nothing is guessed and nothing unknown is passed over.
    """
    fields = _Fields(table)
    program = fields.code("program")
    fields.program = program
    family = fields.choice("family", cast(tuple[Family, ...], get_args(Family)))
    fields.family = family
    frequency = fields.choice("frequency", cast(tuple[Frequency, ...], get_args(Frequency)))
    parts: dict[str, object] = {
        "program": program,
        "document": fields.text("document"),
        "valid_from": fields.day("from"),
        "valid_to": fields.optional("to", fields.day),
        "frequency": frequency,
        "target": fields.choice("target", cast(tuple[Target, ...], get_args(Target))),
        "family": family,
        **_program_parts(fields),
        **_FAMILY_READERS[family](fields, frequency),
        **_month_parts(fields),
        **_publicity_parts(fields, program),
        "conflicts": fields.conflicts(program),
    }
    fields.refuse_the_rest()
    policy = Policy(**parts)  # type: ignore[arg-type]  # each part was read as its field's type
    _check_whole(fields, policy)
    return policy


def policy_parameters(policy: Policy) -> dict[str, object]:
    """Write a policy as plain text, whole numbers, lists and mappings, ready for JSON; `read_policy` reads it back.

    Settings that came from a default are written out too, so that a stored version never changes with the program.
    """
    written: dict[str, object] = {
        "program": policy.program,
        "document": policy.document,
        "from": policy.valid_from.isoformat(),
        "frequency": policy.frequency,
        "target": policy.target,
        "family": policy.family,
        "through_card": policy.through_card,
        "stop_month": policy.stop_month,
        "death_month": policy.death_month,
        "publicity": policy.publicity,
        "publicity_days": policy.publicity_days,
        "publicity_kind": policy.publicity_kind,
        "name_masking": policy.name_masking,
        "listing": policy.listing,
        "payee": policy.payee,
        "conflicts": [
            {"program": pair.other(policy.program), "mode": pair.mode, "scope": pair.scope}
            for pair in policy.conflicts
        ],
    }
    if policy.valid_to is not None:
        written["to"] = policy.valid_to.isoformat()
    for field in ("name", "bank_short_name", "bank_short_name_12", "department", "level", "first_month"):
        if getattr(policy, field):
            written[field] = getattr(policy, field)
    for field in ("least_age", "most_age"):
        if getattr(policy, field) is not None:
            written[field] = getattr(policy, field)
    if policy.amount_cap is not None:
        written["amount_cap"] = yuan_plain(policy.amount_cap)
    return written | _family_parameters(policy)


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


_MEANINGS: Final = {
    "program": "补贴项目编码",
    "document": "文号",
    "from": "开始日期",
    "to": "结束日期",
    "frequency": "发放频次",
    "target": "发放对象",
    "family": "计算方式",
    "name": "项目名称",
    "bank_short_name": "银行摘要简称",
    "bank_short_name_12": "12 字节银行摘要简称",
    "department": "主管部门",
    "level": "资金级次",
    "through_card": "是否通过一卡通",
    "unit": "计量单位",
    "rate": "补贴标准",
    "quantity_cap": "数量上限",
    "months_per_period": "每期月数",
    "by": "分档依据",
    "tiers": "分档标准",
    "line": "保障标准线",
    "floor": "人均最低补差",
    "add_ons": "分类施保增发",
    "approved_amount": "按核定金额发放",
    "cap_per_household": "每户上限",
    "segments": "各时段标准",
    "total": "分配总额",
    "formula": "公式",
    "columns": "公式列名",
    "first_month": "起发月份",
    "stop_month": "停发月份",
    "death_month": "死亡停发月份",
    "least_age": "最低年龄",
    "most_age": "最高年龄",
    "amount_cap": "单笔上限",
    "publicity": "公示方式",
    "publicity_days": "公示天数",
    "publicity_kind": "公示天数类别",
    "name_masking": "公示姓名",
    "listing": "公示名单",
    "payee": "收款人",
    "conflicts": "互斥项目",
}
_COMMON_FIELDS: Final = (
    *("program", "document", "from", "to", "frequency", "target", "family"),
    *("name", "bank_short_name", "bank_short_name_12", "department", "level", "through_card"),
    *("first_month", "stop_month", "death_month", "least_age", "most_age", "amount_cap"),
    *("publicity", "publicity_days", "publicity_kind", "name_masking", "listing", "payee", "conflicts"),
)
_FAMILY_FIELDS: Final[dict[Family, tuple[str, ...]]] = {
    "per_unit": ("unit", "rate", "quantity_cap"),
    "fixed": ("rate", "months_per_period"),
    "tiered": ("by", "tiers", "months_per_period"),
    "top_up": ("line", "floor", "add_ons", "approved_amount", "months_per_period"),
    "share_of_cost": ("by", "tiers", "cap_per_household"),
    "years": ("rate", "months_per_period"),
    "back_pay": ("segments",),
    "pool": ("unit", "total"),
    "formula": ("formula", "columns"),
}

_MONEY_ALLOWED: Final = '金额要写成带引号的文本，以元为单位，大于 0，例如 "100.58"'
_FEN_ALLOWED: Final = '金额要写成带引号的文本，以元为单位，大于 0，最多两位小数，例如 "650.00"'
_QUANTITY_ALLOWED: Final = '数量要写成带引号的文本，大于 0，最多四位小数，例如 "2.50"'
_TIERS_ALLOWED: Final = '至少要有一档，例如 { "80" = "50", "90" = "100" }'
_PERCENT_ALLOWED: Final = '比例要写成带引号的文本，大于 0%、不超过 100%，最多两位小数，例如 "60%"'

Chosen = TypeVar("Chosen", bound=str)
Value = TypeVar("Value")
Number = TypeVar("Number", bound=int)


class _Fields:
    """The table being read: which fields were asked for, and how a refusal calls it."""

    def __init__(self, table: Mapping[str, object]) -> None:
        self.table = table
        self.program = ""
        self.family: Family | None = None

    @property
    def where(self) -> str:
        """How sentences call this policy."""
        return f"项目 {self.program} 的政策" if self.program else "政策文件"

    def wrong(self, field: str, written: object, allowed: str) -> WrongPolicyField:
        """Make the refusal of a field."""
        meaning = _MEANINGS[field.split(".", maxsplit=1)[0]]
        return WrongPolicyField(
            where=self.where, field=field, meaning=meaning, written=shown(written), allowed=allowed
        )

    def value(self, field: str, allowed: str) -> object:
        """Give a field that must be there."""
        if field not in self.table:
            raise MissingPolicyField(where=self.where, field=field, meaning=_MEANINGS[field], allowed=allowed)
        return self.table[field]

    def optional(self, field: str, read: Callable[[str], Value]) -> Value | None:
        """Read a field that may be missing."""
        return read(field) if field in self.table else None

    def code(self, field: str) -> str:
        """Read a program's code."""
        allowed = "要写成带引号的编码：目录内项目 7 位数字，地方项目以 9 开头共 12 位"
        value = self.value(field, allowed)
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise self.wrong(field, value, allowed)
        return value

    def text(self, field: str, longest: int = 100) -> str:
        """Read text that is not blank."""
        allowed = f"要写成带引号的文字，不能为空，不超过 {longest} 个字"
        value = self.value(field, allowed)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self.wrong(field, value, allowed)
        return value.strip()

    def short_name(self, field: str, longest: int) -> str:
        """Read a bank short name; one that is too long is refused, never cut."""
        name = self.text(field)
        if len(name) > longest:
            raise self.wrong(field, name, f"最多 {longest} 个字，现在是 {len(name)} 个字")
        return name

    def choice(self, field: str, choices: tuple[Chosen, ...], default: Chosen | None = None) -> Chosen:
        """Read one of some words; `default` where the field is missing."""
        if default is not None and field not in self.table:
            return default
        allowed = "可以填写：" + "、".join(choice for choice in choices if choice)
        value = self.value(field, allowed)
        for choice in choices:
            if isinstance(value, str) and value == choice:
                return choice
        raise self.wrong(field, value, allowed)

    def flag(self, field: str, default: bool) -> bool:
        """Read true or false."""
        value = self.table.get(field, default)
        if not isinstance(value, bool):
            raise self.wrong(field, value, "只能填写 true 或 false，不带引号")
        return value

    def count(self, field: str, least: int, most: int) -> int:
        """Read a whole number from `least` through `most`."""
        allowed = f"要填写 {least} 到 {most} 的整数，不带引号"
        value = self.value(field, allowed)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(field, value, allowed)
        return value

    def day(self, field: str) -> date:
        """Read a date, as TOML or as ISO text."""
        allowed = "日期要写成 2024-01-01"
        value = self.value(field, allowed)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise self.wrong(field, value, allowed) from None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(field, value, allowed)
        return value

    def fen(self, field: str) -> Fen:
        """Read yuan above 0 in text."""
        return self.exact(field, self.value(field, _FEN_ALLOWED), fen_from_text, _FEN_ALLOWED)

    def rate(self, field: str) -> Rate:
        """Read a rate above 0 in text."""
        return self.exact(field, self.value(field, _MONEY_ALLOWED), rate_from_text, _MONEY_ALLOWED)

    def quantity(self, field: str) -> Quantity:
        """Read a quantity above 0 in text."""
        return self.exact(field, self.value(field, _QUANTITY_ALLOWED), quantity_from_text, _QUANTITY_ALLOWED)

    def exact(
        self, field: str, value: object, read: Callable[[str], Number], allowed: str, least: int = 1
    ) -> Number:
        """Read a number in text by `read`, not below `least` of its smallest unit."""
        if not isinstance(value, str):
            # “100.58” would look right in the sentence: say what is wrong with it
            written = f"{shown(value)}（没有加引号）" if isinstance(value, int | float) else value
            raise self.wrong(field, written, allowed)
        try:
            number = read(value)
        except Unreadable:
            raise self.wrong(field, value, allowed) from None
        if number < least:
            raise self.wrong(field, value, allowed)
        return number

    def percent(self, field: str, value: object) -> Percent:
        """Read a percent above 0 and up to 100."""
        found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        percent = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
        if not 0 < percent <= WHOLE:
            raise self.wrong(field, value, _PERCENT_ALLOWED)
        return percent

    def mapping(self, field: str, allowed: str) -> Mapping[str, object]:
        """Read a mapping that is not empty."""
        value = self.value(field, allowed)
        if not isinstance(value, Mapping) or not value or not all(isinstance(key, str) for key in value):
            raise self.wrong(field, value, allowed)
        return value

    def rows(self, field: str, allowed: str) -> list[object]:
        """Read a list that is not empty."""
        value = self.value(field, allowed)
        if not isinstance(value, list | tuple) or not value:
            raise self.wrong(field, value, allowed)
        return list(value)

    def ages(self, field: str) -> list[tuple[int, object]]:
        """Read a mapping from lowest age to anything, by age."""
        table = self.mapping(field, _TIERS_ALLOWED)
        for key in table:
            if not _AGE.fullmatch(key) or int(key) > _OLDEST:
                raise self.wrong(field, key, f"按年龄分档时，每档写起始周岁，0 到 {_OLDEST} 的整数，例如 80")
        return sorted((int(key), value) for key, value in table.items())

    def conflicts(self, program: str) -> tuple[Conflict, ...]:
        """Read the programs that this one excludes."""
        if "conflicts" not in self.table:
            return ()
        allowed = (
            '要写成列表，每项是另一个项目的编码，或 { program = "编码", mode = "互斥、择高或提示", '
            'scope = "person、household 或 plot" }，同一项目只写一次'
        )
        value = self.table["conflicts"]
        if not isinstance(value, list | tuple):
            raise self.wrong("conflicts", value, allowed)
        found = [self._conflict(program, row, allowed) for row in value]
        if len({pair[:2] for pair in found}) < len(found):
            raise self.wrong("conflicts", value, allowed)
        return tuple(sorted(found))

    def _conflict(self, program: str, row: object, allowed: str) -> Conflict:
        parts = {"program": row} if isinstance(row, str) else row
        if not isinstance(parts, Mapping) or not set(parts) <= {"program", "mode", "scope"}:
            raise self.wrong("conflicts", row, allowed)
        other, mode, scope = parts.get("program"), parts.get("mode", "互斥"), parts.get("scope", "person")
        if not isinstance(other, str) or not _CODE.fullmatch(other) or other == program:
            raise self.wrong("conflicts", other, allowed)
        if mode not in MODES or scope not in SCOPES:
            raise self.wrong("conflicts", row, allowed)
        return conflict(program, other, cast(Mode, mode), cast(Scope, scope))

    def refuse_the_rest(self) -> None:
        """Refuse the first field that this family does not have."""
        family = cast(Family, self.family)
        allowed = (*_COMMON_FIELDS, *_FAMILY_FIELDS[family])
        for field in self.table:
            if field not in allowed:
                raise UnknownPolicyField(
                    where=self.where,
                    field=shown(field),
                    family=FAMILY_NAMES[family],
                    allowed="、".join(allowed),
                )


def _program_parts(fields: _Fields) -> dict[str, object]:
    """Read what the policy says about its program; a local item is made from it."""
    return {
        "name": fields.optional("name", fields.text) or "",
        "bank_short_name": fields.optional(
            "bank_short_name", lambda field: fields.short_name(field, _LONGEST_SHORT_NAME)
        )
        or "",
        "bank_short_name_12": fields.optional(
            "bank_short_name_12", lambda field: fields.short_name(field, _LONGEST_SHORT_NAME_12)
        )
        or "",
        "department": fields.optional("department", fields.text) or "",
        "level": fields.choice("level", cast(tuple[Level, ...], get_args(Level)), ""),
        "through_card": fields.flag("through_card", True),
    }


def _month_parts(fields: _Fields) -> dict[str, object]:
    """Read when payment begins and ends, and whom age leaves out."""
    stops = cast(tuple[StopMonth, ...], get_args(StopMonth))
    firsts = cast(tuple[FirstMonth, ...], get_args(FirstMonth))
    return {
        "first_month": fields.optional("first_month", lambda field: fields.choice(field, firsts)),
        "stop_month": fields.choice("stop_month", stops, "次月"),
        "death_month": fields.choice("death_month", stops, "次月"),
        "least_age": fields.optional("least_age", lambda field: fields.count(field, 0, _OLDEST)),
        "most_age": fields.optional("most_age", lambda field: fields.count(field, 0, _OLDEST)),
        "amount_cap": fields.optional("amount_cap", fields.fen),
    }


def _publicity_parts(fields: _Fields, program: str) -> dict[str, object]:
    """Read how the list is made public, and who is paid."""
    days, kind = _DAYS_BY_PROGRAM.get(program, _DEFAULT_DAYS)
    listing = fields.choice(
        "listing",
        cast(tuple[Listing, ...], get_args(Listing)),
        "number" if program in _LISTED_BY_NUMBER else "name",
    )
    if "publicity_days" in fields.table:
        days = fields.count("publicity_days", 1, _MOST_DAYS)
    return {
        "publicity": fields.choice(
            "publicity",
            cast(tuple[Publicity, ...], get_args(Publicity)),
            "none" if listing == "none" else "before",
        ),
        "publicity_days": days,
        "publicity_kind": fields.choice(
            "publicity_kind", cast(tuple[DayKind, ...], get_args(DayKind)), cast(DayKind, kind)
        ),
        "name_masking": fields.choice(
            "name_masking", cast(tuple[NameMasking, ...], get_args(NameMasking)), "full"
        ),
        "listing": listing,
        "payee": fields.choice("payee", cast(tuple[Payee, ...], get_args(Payee)), "head"),
    }


def _months_per_period(fields: _Fields, frequency: Frequency, default: int) -> int:
    if "months_per_period" not in fields.table:
        return default
    return fields.count("months_per_period", 0, MONTHS[frequency])


def _per_unit(fields: _Fields, _: Frequency) -> dict[str, object]:
    return {
        "unit": fields.text("unit"),
        "rate": fields.rate("rate"),
        "quantity_cap": fields.optional("quantity_cap", fields.quantity),
    }


def _at_a_rate(fields: _Fields, frequency: Frequency) -> dict[str, object]:
    return {"rate": fields.rate("rate"), "months_per_period": _months_per_period(fields, frequency, 0)}


def _tiered(fields: _Fields, frequency: Frequency) -> dict[str, object]:
    by = fields.choice("by", cast(tuple[By, ...], get_args(By)))
    if by in ("age", "head_age"):
        rows = [(str(age), value) for age, value in fields.ages("tiers")]
    else:
        rows = [(grade_key(key), value) for key, value in fields.mapping("tiers", _TIERS_ALLOWED).items()]
    keys = [key for key, _ in rows]
    if "" in keys or len(set(keys)) < len(keys):
        raise fields.wrong("tiers", "、".join(keys), "每一档要有名称，同一档只写一次")
    tiers = tuple(
        Tier(key, fields.exact(f"tiers.{key}", value, rate_from_text, _MONEY_ALLOWED)) for key, value in rows
    )
    months = _months_per_period(fields, frequency, MONTHS[frequency])
    return {"by": by, "tiers": tiers, "months_per_period": months}


def _top_up(fields: _Fields, frequency: Frequency) -> dict[str, object]:
    approved = fields.flag("approved_amount", False)
    return {
        "approved_amount": approved,
        "line": fields.optional("line", fields.fen) if approved else fields.fen("line"),
        "floor": _floor(fields),
        "add_ons": _add_ons(fields),
        "months_per_period": _months_per_period(fields, frequency, MONTHS[frequency]),
    }


def _floor(fields: _Fields) -> Fen:
    if "floor" not in fields.table:
        return Fen(0)
    allowed = '金额要写成带引号的文本，以元为单位，不小于 0，例如 "50"'
    return fields.exact("floor", fields.table["floor"], fen_from_text, allowed, least=0)


def _add_ons(fields: _Fields) -> tuple[AddOn, ...]:
    if "add_ons" not in fields.table:
        return ()
    allowed = (
        '至少写一项，金额以元为单位或按保障标准线的比例，例如 { "重度残疾人" = "200", "重病患者" = "30%" }'
    )
    add_ons = []
    for key, value in fields.mapping("add_ons", allowed).items():
        field, name = f"add_ons.{key}", compacted(key)
        if not name:
            raise fields.wrong("add_ons", key, allowed)
        if isinstance(value, str) and value.endswith(("%", "％")):
            add_ons.append(AddOn(name, None, fields.percent(field, value)))
        else:
            add_ons.append(AddOn(name, fields.exact(field, value, fen_from_text, allowed), None))
    if len({add_on.name for add_on in add_ons}) < len(add_ons):
        raise fields.wrong("add_ons", "、".join(add_on.name for add_on in add_ons), "同一类只写一次")
    return tuple(add_ons)


def _share_of_cost(fields: _Fields, _: Frequency) -> dict[str, object]:
    by: tuple[By, ...] = ("age", "head_age")
    return {
        "by": fields.choice("by", by),
        "shares": tuple(
            Share(age, fields.percent(f"tiers.{age}", value)) for age, value in fields.ages("tiers")
        ),
        "cap_per_household": fields.optional("cap_per_household", fields.fen),
    }


def _back_pay(fields: _Fields, _: Frequency) -> dict[str, object]:
    allowed = '至少写一段，每段写 { from = "2024-01", to = "2024-06", rate = "60" }，只有最后一段可以不写 to，各段不能重叠'
    spans = []
    for row in fields.rows("segments", allowed):
        if not isinstance(row, Mapping) or not {"from", "rate"} <= set(row) <= {"from", "to", "rate"}:
            raise fields.wrong("segments", row, allowed)
        first, last = row["from"], row.get("to")
        if not _is_month(first) or not (last is None or (_is_month(last) and str(first) <= str(last))):
            raise fields.wrong("segments", row, allowed)
        rate = fields.exact("segments", row["rate"], rate_from_text, _MONEY_ALLOWED)
        spans.append(RateSpan(cast(str, first), cast("str | None", last), rate))
    spans.sort()
    for before, after in pairwise(spans):
        if before.last is None or before.last >= after.first:
            raise fields.wrong("segments", f"{before.first} 与 {after.first} 两段", allowed)
    return {"segments": tuple(spans)}


def _is_month(value: object) -> bool:
    return isinstance(value, str) and _MONTH.fullmatch(value) is not None


def _pool(fields: _Fields, _: Frequency) -> dict[str, object]:
    return {"unit": fields.text("unit"), "total": fields.fen("total")}


def _formula(fields: _Fields, _: Frequency) -> dict[str, object]:
    text = fields.text("formula", LONGEST)
    allowed = '要写成列名的列表，例如 ["面积", "标准"]，每列只写一次'
    columns = fields.rows("columns", allowed)
    if not all(isinstance(column, str) for column in columns) or len(set(columns)) < len(columns):
        raise fields.wrong("columns", columns, allowed)
    names = tuple(cast(list[str], columns))
    try:
        check_formula(text, names)
    except FormulaRefused as refusal:
        raise PolicyRefused(where=fields.where, fault=refusal.sentence.rstrip("。")) from None
    return {"formula": text, "columns": names}


_FAMILY_READERS: Final[dict[Family, Callable[[_Fields, Frequency], dict[str, object]]]] = {
    "per_unit": _per_unit,
    "fixed": _at_a_rate,
    "tiered": _tiered,
    "top_up": _top_up,
    "share_of_cost": _share_of_cost,
    "years": _at_a_rate,
    "back_pay": _back_pay,
    "pool": _pool,
    "formula": _formula,
}


def _check_whole(fields: _Fields, policy: Policy) -> None:
    """Refuse settings that contradict each other."""
    if policy.valid_to is not None and policy.valid_to < policy.valid_from:
        raise fields.wrong("to", policy.valid_to, f"结束日期不能早于开始日期 {policy.valid_from}")
    if policy.least_age is not None and policy.most_age is not None and policy.most_age < policy.least_age:
        raise fields.wrong("most_age", policy.most_age, f"最高年龄不能小于最低年龄 {policy.least_age}")
    by_age = (policy.family == "tiered" and policy.by in ("age", "head_age")) or policy.least_age is not None
    if policy.first_month in ("满龄当月", "满龄次月") and not by_age:
        raise fields.wrong(
            "first_month", policy.first_month, "满龄当月、满龄次月只用于按年龄分档或设了最低年龄的政策"
        )
    if policy.listing == "none" and policy.publicity != "none":
        raise fields.wrong("publicity", policy.publicity, "公示名单为 none 时，公示方式只能是 none")
    if any(add_on.percent for add_on in policy.add_ons) and policy.line is None:
        raise fields.wrong("add_ons", "比例", "按比例增发时要同时填写保障标准线 line")


def _family_parameters(policy: Policy) -> dict[str, object]:
    """Write the fields of the policy's own family."""
    writers: dict[str, Callable[[], object]] = {
        "unit": lambda: policy.unit,
        "rate": lambda: None if policy.rate is None else rate_text(policy.rate),
        "quantity_cap": lambda: None if policy.quantity_cap is None else quantity_text(policy.quantity_cap),
        "months_per_period": lambda: policy.months_per_period,
        "by": lambda: policy.by,
        "tiers": lambda: (
            {tier.key: rate_text(tier.rate) for tier in policy.tiers}
            or {str(share.age): percent_text(share.percent) for share in policy.shares}
        ),
        "line": lambda: _yuan(policy.line),
        "floor": lambda: yuan_plain(policy.floor),
        "add_ons": lambda: (
            {
                add_on.name: percent_text(add_on.percent) if add_on.percent else _yuan(add_on.fen)
                for add_on in policy.add_ons
            }
            or None
        ),
        "approved_amount": lambda: policy.approved_amount,
        "cap_per_household": lambda: _yuan(policy.cap_per_household),
        "segments": lambda: [
            {"from": span.first, "rate": rate_text(span.rate)} | ({"to": span.last} if span.last else {})
            for span in policy.segments
        ],
        "total": lambda: _yuan(policy.total),
        "formula": lambda: policy.formula,
        "columns": lambda: list(policy.columns),
    }
    written = {field: writers[field]() for field in _FAMILY_FIELDS[policy.family]}
    return {field: value for field, value in written.items() if value is not None}


def _yuan(fen: Fen | None) -> str | None:
    return None if fen is None else yuan_plain(fen)
