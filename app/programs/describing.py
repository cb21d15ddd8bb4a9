"""A policy in words, for somebody who reads it on a screen: what is paid, to whom, from when, how it is made public."""

from models.domain.money import yuan_text
from models.domain.policy import (
    BY_NAMES,
    FAMILY_NAMES,
    FREQUENCY_NAMES,
    PAYEE_NAMES,
    PUBLICITY_NAMES,
    TARGET_NAMES,
    Policy,
    percent_text,
)
from models.domain.quantity import quantity_text, rate_text

_DAY_KINDS = {"workdays": "个工作日", "calendar": "个自然日", "months": "个月"}
_LISTINGS = {"name": "按姓名", "number": "只写编号", "none": "不公开名单"}


def standard_text(policy: Policy) -> str:
    """The standard in one line: the rate, the tiers, the line, the formula."""
    match policy.family:
        case "per_unit" if policy.rate is not None:
            cap = f"，最多 {quantity_text(policy.quantity_cap)} {policy.unit}" if policy.quantity_cap else ""
            return f"{rate_text(policy.rate)} 元/{policy.unit}{cap}"
        case "fixed" | "years" if policy.rate is not None:
            each = "每月" if policy.months_per_period else "每期"
            return f"{each} {rate_text(policy.rate)} 元" + (" × 年限" if policy.family == "years" else "")
        case "tiered":
            unit = " 周岁起" if policy.by in ("age", "head_age") else ""
            tiers = "；".join(f"{tier.key}{unit} {rate_text(tier.rate)} 元" for tier in policy.tiers)
            return f"{tiers}（按{BY_NAMES[policy.by] if policy.by else ''}）"
        case "top_up":
            if policy.approved_amount:
                return "按花名册上的核定金额"
            line = f"标准线 {yuan_text(policy.line)} 元" if policy.line is not None else ""
            floor = f"，人均最低补差 {yuan_text(policy.floor)} 元" if policy.floor else ""
            return line + floor
        case "share_of_cost":
            shares = "；".join(f"{one.age} 周岁起 {percent_text(one.percent)}" for one in policy.shares)
            most = policy.cap_per_household
            return shares + (f"，每户最多 {yuan_text(most)} 元" if most is not None else "")
        case "back_pay":
            return "；".join(f"{one.first} 至 {one.last or '现在'} 每月 {rate_text(one.rate)} 元" for one in policy.segments)  # fmt: skip
        case "pool" if policy.total is not None:
            return f"总额 {yuan_text(policy.total)} 元按{policy.unit}分配"
        case "formula":
            return policy.formula
    return ""


def term_text(policy: Policy) -> str:
    """From when on one is paid and when it stops, with the limits of age and sum."""
    parts = [policy.first_month or "整期都发", f"停发{policy.stop_month}", f"死亡{policy.death_month}停"]
    if policy.least_age is not None:
        parts.append(f"满 {policy.least_age} 周岁")
    if policy.most_age is not None:
        parts.append(f"不超过 {policy.most_age} 周岁")
    if policy.amount_cap is not None:
        parts.append(f"单笔最多 {yuan_text(policy.amount_cap)} 元")
    return "，".join(parts)


def publicity_text(policy: Policy) -> str:
    """How the list is made public."""
    if policy.publicity == "none":
        return "不公示"
    masked = "，姓名打码" if policy.name_masking == "surname" and policy.listing == "name" else ""
    return (
        f"{PUBLICITY_NAMES[policy.publicity]} {policy.publicity_days} {_DAY_KINDS[policy.publicity_kind]}，"
        f"{_LISTINGS[policy.listing]}{masked}"
    )


def policy_words(policy: Policy) -> list[tuple[str, str]]:
    """A policy as pairs of words and values."""
    until = policy.valid_to.isoformat() if policy.valid_to is not None else "现行"
    return [
        ("文号", policy.document),
        ("执行", f"{policy.valid_from} 至 {until}"),
        ("计算", f"{FAMILY_NAMES[policy.family]}，{FREQUENCY_NAMES[policy.frequency]}，{TARGET_NAMES[policy.target]}"),
        ("标准", standard_text(policy)),
        ("起止", term_text(policy)),
        ("收款人", PAYEE_NAMES[policy.payee]),
        ("公示", publicity_text(policy)),
    ]  # fmt: skip
