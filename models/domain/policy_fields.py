"""One field of a policy's form, read exactly or refused with its name, its meaning and what is allowed.

Money in the form is text in yuan: a bare number could be yuan or fen, and a float would not be exact.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final, TypeVar, cast

from models.domain.exclusion import MODES, SCOPES, Conflict, Mode, Scope, conflict
from models.domain.money import Fen, fen_from_text
from models.domain.policy import FAMILY_NAMES, Family, Percent
from models.domain.quantity import Quantity, Rate, quantity_from_text, rate_from_text
from models.domain.refusal import Refusal, Unreadable
from models.domain.written import shown

_WHOLE: Final = 10_000  # 100 % as Percent
_CODE: Final = re.compile(r"[0-8][0-9]{6}|9[0-9]{11}")
_PERCENT: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?[%％]")
_AGE: Final = re.compile(r"0|[1-9][0-9]{0,2}")
OLDEST: Final = 150


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
COMMON_FIELDS: Final = (
    *("program", "document", "from", "to", "frequency", "target", "family"),
    *("name", "bank_short_name", "bank_short_name_12", "department", "level", "through_card"),
    *("first_month", "stop_month", "death_month", "least_age", "most_age", "amount_cap"),
    *("publicity", "publicity_days", "publicity_kind", "name_masking", "listing", "payee", "conflicts"),
)
FAMILY_FIELDS: Final[dict[Family, tuple[str, ...]]] = {
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

MONEY_ALLOWED: Final = '金额要写成带引号的文本，以元为单位，大于 0，例如 "100.58"'
_FEN_ALLOWED: Final = '金额要写成带引号的文本，以元为单位，大于 0，最多两位小数，例如 "650.00"'
_QUANTITY_ALLOWED: Final = '数量要写成带引号的文本，大于 0，最多四位小数，例如 "2.50"'
TIERS_ALLOWED: Final = '至少要有一档，例如 { "80" = "50", "90" = "100" }'
_PERCENT_ALLOWED: Final = '比例要写成带引号的文本，大于 0%、不超过 100%，最多两位小数，例如 "60%"'

Chosen = TypeVar("Chosen", bound=str)
Value = TypeVar("Value")
Number = TypeVar("Number", bound=int)


class Fields:
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
        return self.exact(field, self.value(field, MONEY_ALLOWED), rate_from_text, MONEY_ALLOWED)

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
        if not 0 < percent <= _WHOLE:
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
        table = self.mapping(field, TIERS_ALLOWED)
        for key in table:
            if not _AGE.fullmatch(key) or int(key) > OLDEST:
                raise self.wrong(field, key, f"按年龄分档时，每档写起始周岁，0 到 {OLDEST} 的整数，例如 80")
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
        allowed = (*COMMON_FIELDS, *FAMILY_FIELDS[family])
        for field in self.table:
            if field not in allowed:
                raise UnknownPolicyField(
                    where=self.where,
                    field=shown(field),
                    family=FAMILY_NAMES[family],
                    allowed="、".join(allowed),
                )
