"""The written form of a policy: a `[[policy]]` table of a policy file, and what the office keeps of a version."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final, cast, get_args

from models.domain.formula import LONGEST, FormulaRefused, check_formula
from models.domain.money import Fen, fen_from_text, yuan_plain
from models.domain.period import Frequency
from models.domain.policy import (
    MONTHS,
    AddOn,
    By,
    Family,
    FirstMonth,
    Level,
    Listing,
    NameMasking,
    Payee,
    Policy,
    Publicity,
    RateSpan,
    Share,
    StopMonth,
    Target,
    Tier,
    grade_key,
    percent_text,
)
from models.domain.policy_fields import (
    FAMILY_FIELDS,
    MONEY_ALLOWED,
    OLDEST,
    TIERS_ALLOWED,
    Fields,
    PolicyRefused,
)
from models.domain.quantity import quantity_text, rate_from_text, rate_text
from models.domain.workdays import DayKind
from models.domain.written import compacted

# What a policy says where it says nothing; each can be set in the policy itself (DOMAIN §8).
_DEFAULT_DAYS: Final = (7, "workdays")
_DAYS_BY_PROGRAM: Final = dict.fromkeys(("2081901", "2081902", "2082101", "2082102"), (7, "calendar"))
_LISTED_BY_NUMBER: Final = frozenset({"2082501", "2082502", "2100705", "2100706", "2296001", "2296002"})

_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")
_LONGEST_SHORT_NAME: Final = 7
_LONGEST_SHORT_NAME_12: Final = 6
_MOST_DAYS: Final = 90


def read_policy(table: Mapping[str, object]) -> Policy:
    """Read a policy from its form: a `[[policy]]` table of a policy file, or what `policy_parameters` gave.

    Raises MissingPolicyField, WrongPolicyField, UnknownPolicyField or PolicyRefused, naming the field and what is
    allowed; nothing is guessed and nothing unknown is passed over.
    """
    fields = Fields(table)
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


def _program_parts(fields: Fields) -> dict[str, object]:
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


def _month_parts(fields: Fields) -> dict[str, object]:
    """Read when payment begins and ends, and whom age leaves out."""
    stops = cast(tuple[StopMonth, ...], get_args(StopMonth))
    firsts = cast(tuple[FirstMonth, ...], get_args(FirstMonth))
    return {
        "first_month": fields.optional("first_month", lambda field: fields.choice(field, firsts)),
        "stop_month": fields.choice("stop_month", stops, "次月"),
        "death_month": fields.choice("death_month", stops, "次月"),
        "least_age": fields.optional("least_age", lambda field: fields.count(field, 0, OLDEST)),
        "most_age": fields.optional("most_age", lambda field: fields.count(field, 0, OLDEST)),
        "amount_cap": fields.optional("amount_cap", fields.fen),
    }


def _publicity_parts(fields: Fields, program: str) -> dict[str, object]:
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


def _months_per_period(fields: Fields, frequency: Frequency, default: int) -> int:
    if "months_per_period" not in fields.table:
        return default
    return fields.count("months_per_period", 0, MONTHS[frequency])


def _per_unit(fields: Fields, _: Frequency) -> dict[str, object]:
    return {
        "unit": fields.text("unit"),
        "rate": fields.rate("rate"),
        "quantity_cap": fields.optional("quantity_cap", fields.quantity),
    }


def _at_a_rate(fields: Fields, frequency: Frequency) -> dict[str, object]:
    return {"rate": fields.rate("rate"), "months_per_period": _months_per_period(fields, frequency, 0)}


def _tiered(fields: Fields, frequency: Frequency) -> dict[str, object]:
    by = fields.choice("by", cast(tuple[By, ...], get_args(By)))
    if by in ("age", "head_age"):
        rows = [(str(age), value) for age, value in fields.ages("tiers")]
    else:
        rows = [(grade_key(key), value) for key, value in fields.mapping("tiers", TIERS_ALLOWED).items()]
    keys = [key for key, _ in rows]
    if "" in keys or len(set(keys)) < len(keys):
        raise fields.wrong("tiers", "、".join(keys), "每一档要有名称，同一档只写一次")
    tiers = tuple(
        Tier(key, fields.exact(f"tiers.{key}", value, rate_from_text, MONEY_ALLOWED)) for key, value in rows
    )
    months = _months_per_period(fields, frequency, MONTHS[frequency])
    return {"by": by, "tiers": tiers, "months_per_period": months}


def _top_up(fields: Fields, frequency: Frequency) -> dict[str, object]:
    approved = fields.flag("approved_amount", False)
    return {
        "approved_amount": approved,
        "line": fields.optional("line", fields.fen) if approved else fields.fen("line"),
        "floor": _floor(fields),
        "add_ons": _add_ons(fields),
        "months_per_period": _months_per_period(fields, frequency, MONTHS[frequency]),
    }


def _floor(fields: Fields) -> Fen:
    if "floor" not in fields.table:
        return Fen(0)
    allowed = '金额要写成带引号的文本，以元为单位，不小于 0，例如 "50"'
    return fields.exact("floor", fields.table["floor"], fen_from_text, allowed, least=0)


def _add_ons(fields: Fields) -> tuple[AddOn, ...]:
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


def _share_of_cost(fields: Fields, _: Frequency) -> dict[str, object]:
    by: tuple[By, ...] = ("age", "head_age")
    return {
        "by": fields.choice("by", by),
        "shares": tuple(
            Share(age, fields.percent(f"tiers.{age}", value)) for age, value in fields.ages("tiers")
        ),
        "cap_per_household": fields.optional("cap_per_household", fields.fen),
    }


def _back_pay(fields: Fields, _: Frequency) -> dict[str, object]:
    allowed = '至少写一段，每段写 { from = "2024-01", to = "2024-06", rate = "60" }，只有最后一段可以不写 to，各段不能重叠'
    spans = []
    for row in fields.rows("segments", allowed):
        if not isinstance(row, Mapping) or not {"from", "rate"} <= set(row) <= {"from", "to", "rate"}:
            raise fields.wrong("segments", row, allowed)
        first, last = row["from"], row.get("to")
        if not _is_month(first) or not (last is None or (_is_month(last) and str(first) <= str(last))):
            raise fields.wrong("segments", row, allowed)
        rate = fields.exact("segments", row["rate"], rate_from_text, MONEY_ALLOWED)
        spans.append(RateSpan(cast(str, first), cast("str | None", last), rate))
    spans.sort()
    for before, after in pairwise(spans):
        if before.last is None or before.last >= after.first:
            raise fields.wrong("segments", f"{before.first} 与 {after.first} 两段", allowed)
    return {"segments": tuple(spans)}


def _is_month(value: object) -> bool:
    return isinstance(value, str) and _MONTH.fullmatch(value) is not None


def _pool(fields: Fields, _: Frequency) -> dict[str, object]:
    return {"unit": fields.text("unit"), "total": fields.fen("total")}


def _formula(fields: Fields, _: Frequency) -> dict[str, object]:
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


_FAMILY_READERS: Final[dict[Family, Callable[[Fields, Frequency], dict[str, object]]]] = {
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


def _check_whole(fields: Fields, policy: Policy) -> None:
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
    written = {field: writers[field]() for field in FAMILY_FIELDS[policy.family]}
    return {field: value for field, value in written.items() if value is not None}


def _yuan(fen: Fen | None) -> str | None:
    return None if fen is None else yuan_plain(fen)
