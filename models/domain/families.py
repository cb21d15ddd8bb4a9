"""The families of rules (DOMAIN §4): what each makes of a policy, a function from the facts of a line to what it pays.

All arithmetic is on integers and fractions; money is rounded half-up to the fen once, at the end. A result of 0 is a
result: the line pays nothing. What cannot be computed is refused with a sentence for the row.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Final

from models.domain.facts import (
    CannotCompute,
    CapUsedUp,
    Entitlement,
    Facts,
    MissingFact,
    OutsideAge,
    PaidSpan,
    PoolTogether,
    Rule,
    UnknownTier,
    WrongMonths,
)
from models.domain.formula import FormulaHasNoResult, compile_formula
from models.domain.idnumber import age_on
from models.domain.money import Fen, round_half_up, yuan_text
from models.domain.paid_months import (
    check_age,
    month_number,
    month_span,
    needed,
    nothing_due,
    paid_months,
    reference_day,
    reference_of_month,
    whether_dates_matter,
)
from models.domain.period import Frequency, Period, first_day, last_day, period_text
from models.domain.policy import BY_NAMES, Policy, RateSpan, grade_key, percent_text
from models.domain.quantity import SCALE, Rate, quantity_text
from models.domain.traces import OVER_QUANTITY_CAP, exact_yuan, rate_yuan, rounded
from models.domain.written import compacted, shown

_PERIOD_UNITS: Final[dict[Frequency, str]] = {"year": "年", "quarter": "季", "month": "月", "once": "次"}
_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")


def _per_unit(policy: Policy) -> Rule:
    """Quantity × rate, the quantity held to the policy's cap."""
    rate, cap, unit = policy.rate, policy.quantity_cap, policy.unit
    if rate is None:
        raise MissingFact(fact="补贴标准")
    factor = int(rate)
    shown_rate = f" {unit} × {rate_yuan(rate)} 元 "
    scale = SCALE * SCALE // 100

    def per_unit(facts: Facts, period: Period) -> Entitlement:
        quantity = facts.quantity
        if quantity is None:
            raise MissingFact(fact="数量")
        note = ""
        if cap is not None and quantity > cap:
            note = f"{quantity_text(quantity)} {unit}{OVER_QUANTITY_CAP}"
            quantity = cap
        fen, beyond = divmod(quantity * factor, scale)
        if beyond:
            fen, text = rounded(quantity * factor, scale)
        else:
            text = f"= {yuan_text(Fen(fen))} 元"
        return Entitlement(Fen(fen), f"{note}{quantity_text(quantity)}{shown_rate}{text}", rate=rate)

    return per_unit


def _stated_months(policy: Policy, facts: Facts) -> int | None:
    """Give the months a roster states, where rates are monthly."""
    if facts.months is None or not policy.months_per_period:
        return None
    if not 0 < facts.months <= policy.months_per_period:
        raise WrongMonths(months=facts.months, most=policy.months_per_period)
    return facts.months


def _times(policy: Policy) -> Callable[[Facts, Period], int]:
    """Give the function that counts how often the rate is paid: the months, or 1 for a rate of the whole period."""
    dates_matter = whether_dates_matter(policy)
    per_period = policy.months_per_period
    has_ages = policy.least_age is not None or policy.most_age is not None

    def times(facts: Facts, period: Period) -> int:
        if has_ages:
            check_age(policy, facts, reference_day(policy, period))
        stated = _stated_months(policy, facts)
        if not dates_matter(facts):
            return stated or per_period or 1
        months = len(paid_months(policy, facts, *month_span(period)))
        if not months:
            raise nothing_due(policy, facts, period)
        return stated or min(months, per_period) or 1

    return times


def _times_text(policy: Policy, times: int) -> str:
    """Write how often: 3 个月, or 1 季 for a rate of the whole period."""
    return f"{times} 个月" if policy.months_per_period else f"{times} {_PERIOD_UNITS[policy.frequency]}"


def _fixed(policy: Policy) -> Rule:
    """Rate × months, or the rate once for the whole period."""
    rate = policy.rate
    if rate is None:
        raise MissingFact(fact="补贴标准")
    count = _times(policy)
    made: dict[int, Entitlement] = {}  # a whole batch has a handful of answers

    def fixed(facts: Facts, period: Period) -> Entitlement:
        times = count(facts, period)
        if times not in made:
            fen, text = rounded(rate * times, SCALE // 100)
            trace = f"{rate_yuan(rate)} 元 × {_times_text(policy, times)} {text}"
            made[times] = Entitlement(fen, trace, rate=rate)
        return made[times]

    return fixed


def _years(policy: Policy) -> Rule:
    """Years × rate, × months where the rate is monthly."""
    rate = policy.rate
    if rate is None:
        raise MissingFact(fact="补贴标准")
    count = _times(policy)

    def years(facts: Facts, period: Period) -> Entitlement:
        if facts.years is None:
            raise MissingFact(fact="年限")
        times = count(facts, period)
        fen, text = rounded(facts.years * rate * times, SCALE * SCALE // 100)
        months = f" × {_times_text(policy, times)}" if policy.months_per_period else ""
        written = quantity_text(facts.years).removesuffix(".00")
        return Entitlement(fen, f"{written} 年 × {rate_yuan(rate)} 元{months} {text}", rate=rate)

    return years


def _tiered(policy: Policy) -> Rule:
    """The rate of the tier × months."""
    return _tiered_by_age(policy) if policy.by in ("age", "head_age") else _tiered_by_grade(policy)


def _tiered_by_grade(policy: Policy) -> Rule:
    rates = {tier.key: tier.rate for tier in policy.tiers}
    by_grade = policy.by == "disability_grade"
    name = BY_NAMES[policy.by] if policy.by else ""
    count = _times(policy)
    made: dict[tuple[str, int], Entitlement] = {}

    def tiered(facts: Facts, period: Period) -> Entitlement:
        written = facts.grade if by_grade else facts.care_level
        key = written if written in rates else grade_key(written)
        if not key:
            raise MissingFact(fact=name)
        rate = rates.get(key)
        if rate is None:
            raise UnknownTier(by=name, written=shown(written), tiers="、".join(rates))
        times = count(facts, period)
        if (key, times) not in made:
            fen, text = rounded(rate * times, SCALE // 100)
            trace = f"{key} {rate_yuan(rate)} 元 × {_times_text(policy, times)} {text}"
            made[key, times] = Entitlement(fen, trace, rate=rate)
        return made[key, times]

    return tiered


def _tiered_by_age(policy: Policy) -> Rule:
    """Each month is paid at the tier of the age reached by its last day (满龄次月: by the last day before it).

    Where the rate is for the whole period, or a roster states the months, the period's reference day decides alone.
    """
    ages = [int(tier.key) for tier in policy.tiers]
    of_head = policy.by == "head_age"
    fact = "户主出生日期" if of_head else "出生日期"
    per_period = policy.months_per_period
    month_by_month = per_period > 1
    has_ages = policy.least_age is not None or policy.most_age is not None
    made: dict[tuple[tuple[int, int, int], ...], Entitlement] = {}
    spans: dict[Period, tuple[int, int, date]] = {}

    def tiered(facts: Facts, period: Period) -> Entitlement:
        if period not in spans:
            spans[period] = (*month_span(period), reference_day(policy, period))
        first, last, day = spans[period]
        birth = needed(facts.head_birth if of_head else facts.birth, fact)
        if has_ages:
            check_age(policy, facts, day)
        age = age_on(birth, day)
        tier = bisect_right(ages, age) - 1
        if tier < 0:
            raise OutsideAge(day=day, age=age, allowed=f"满 {ages[0]} 周岁")
        months = paid_months(policy, facts, first, last)
        if not months:
            raise nothing_due(policy, facts, period)
        stated = _stated_months(policy, facts)
        if stated or not month_by_month:
            runs = [(tier, age, stated or 1)]
        else:
            runs = _age_runs(policy, ages, birth, months[:per_period])
        key = tuple(runs)
        if key not in made:
            made[key] = _age_entitlement(policy, runs)
        return made[key]

    return tiered


def _age_runs(policy: Policy, ages: list[int], birth: date, months: range) -> list[tuple[int, int, int]]:
    """Give (tier, age when it began, months) for the stretches of months that share a tier."""
    runs: list[tuple[int, int, int]] = []
    for month in months:
        age = age_on(birth, reference_of_month(policy, month))
        tier = bisect_right(ages, age) - 1
        if runs and runs[-1][0] == tier:
            runs[-1] = (tier, runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((tier, age, 1))
    return runs


def _age_entitlement(policy: Policy, runs: Sequence[tuple[int, int, int]]) -> Entitlement:
    """Add up stretches of months and write them out."""
    units = sum(policy.tiers[tier].rate * times for tier, _, times in runs)
    fen, text = rounded(units, SCALE // 100)
    parts = " + ".join(
        f"{age} 周岁 {rate_yuan(policy.tiers[tier].rate)} 元 × {_times_text(policy, times)}"
        for tier, age, times in runs
    )
    return Entitlement(fen, f"{parts} {text}", rate=policy.tiers[runs[-1][0]].rate)


def _top_up(policy: Policy) -> Rule:
    """max(line − income per head, floor) × heads + add-ons, × months; or the amount approved for the period."""
    count = _times(policy)
    if policy.approved_amount:

        def approved(facts: Facts, period: Period) -> Entitlement:
            if facts.approved is None:
                raise MissingFact(fact="核定金额")
            count(facts, period)
            return Entitlement(facts.approved, f"核定金额 {yuan_text(facts.approved)} 元")

        return approved
    line, floor = policy.line, policy.floor
    if line is None:
        raise MissingFact(fact="保障标准线")

    def top_up(facts: Facts, period: Period) -> Entitlement:
        if facts.heads is None or facts.heads < 1:
            raise MissingFact(fact="保障人数")
        if facts.income is None:
            raise MissingFact(fact="家庭月收入")
        times = count(facts, period)
        heads, income = facts.heads, facts.income
        # × heads on both sides of the maximum, so that nothing is divided.
        base = max(line * heads - income, floor * heads)
        if base == line * heads - income:
            text = f"（标准线 {yuan_text(line)} 元 − 月收入 {yuan_text(income)} 元 ÷ {heads} 人）× {heads} 人"
        else:
            text = (
                f"标准线 {yuan_text(line)} 元减人均收入（{yuan_text(income)} 元 ÷ {heads} 人）低于人均最低补差，"
                f"按 {yuan_text(floor)} 元 × {heads} 人"
            )
        extra, extra_text = _added(policy, facts)
        amount = (base + extra) * times
        fen, outcome = rounded(amount.numerator, amount.denominator)
        if times != 1:
            text = f"（{text}{extra_text}）× {_times_text(policy, times)}"
        else:
            text += extra_text
        return Entitlement(fen, f"{text} {outcome}")

    return top_up


def _added(policy: Policy, facts: Facts) -> tuple[Fraction, str]:
    """Give what the kinds of people in a household add a month, in fen, and its part of the trace."""
    kinds = {add_on.name: add_on for add_on in policy.add_ons}
    whole, text = Fraction(0), ""
    for written, people in (facts.add_ons or {}).items():
        add_on = kinds.get(compacted(written))
        if add_on is None:
            raise UnknownTier(by="增发类别", written=shown(written), tiers="、".join(kinds) or "无")
        if people < 0:
            raise CannotCompute(fault=f"“{add_on.name}”的人数 {people} 小于 0")
        if add_on.fen is not None:
            each, shown_each = Fraction(add_on.fen), f"{yuan_text(add_on.fen)} 元"
        else:
            each = Fraction((policy.line or 0) * (add_on.percent or 0), 10_000)
            shown_each = f"{yuan_text(policy.line or Fen(0))} 元 × {percent_text(add_on.percent or 0)}"
        if people:
            whole += each * people
            text += f" + {add_on.name} {shown_each} × {people} 人"
    return whole, text


def _share_of_cost(policy: Policy) -> Rule:
    """Cost × percent by age, at most what the household's cap leaves."""
    ages = [share.age for share in policy.shares]
    of_head, cap = policy.by == "head_age", policy.cap_per_household
    fact = "户主出生日期" if of_head else "出生日期"

    def share_of_cost(facts: Facts, period: Period) -> Entitlement:
        if facts.cost is None:
            raise MissingFact(fact="费用")
        birth = needed(facts.head_birth if of_head else facts.birth, fact)
        day = reference_day(policy, period)
        age = age_on(birth, day)
        tier = bisect_right(ages, age) - 1
        if tier < 0:
            raise OutsideAge(day=day, age=age, allowed=f"满 {ages[0]} 周岁")
        percent = policy.shares[tier].percent
        fen, outcome = rounded(facts.cost * percent, 10_000)
        text = f"{age} 周岁，{yuan_text(facts.cost)} 元 × {percent_text(percent)} {outcome}"
        if cap is None:
            return Entitlement(fen, text)
        left = Fen(cap - facts.already_received)
        if left <= 0:
            raise CapUsedUp(received=yuan_text(facts.already_received), cap=yuan_text(cap))
        if fen <= left:
            return Entitlement(fen, text)
        text += f"，每户上限 {yuan_text(cap)} 元"
        if facts.already_received:
            text += f"，已领 {yuan_text(facts.already_received)} 元"
        return Entitlement(left, f"{text} → {yuan_text(left)} 元")

    return share_of_cost


def _back_pay(policy: Policy) -> Rule:
    """Σ months × (rate due − rate paid); what is negative in the end is a claim, never a payment."""

    def back_pay(facts: Facts, period: Period) -> Entitlement:
        if not facts.segments:
            raise MissingFact(fact="补发月份")
        runs = [run for span in _in_order(facts.segments) for run in _rate_runs(policy, span)]
        units = sum(months * (due - paid) for months, due, paid in runs)
        net = Fen(round_half_up(units, SCALE // 100))
        parts = "；".join(
            f"{months} 个月 ×（{rate_yuan(due)} − {rate_yuan(paid)}）元"
            if paid
            else f"{months} 个月 × {rate_yuan(due)} 元"
            for months, due, paid in runs
        )
        text = f"{parts}；合计 {rounded(units, SCALE // 100)[1]}"
        if net < 0:
            return Entitlement(Fen(0), f"{text}，本期不发，应追回 {yuan_text(Fen(-net))} 元", Fen(-net))
        return Entitlement(net, text)

    return back_pay


def _in_order(spans: Sequence[PaidSpan]) -> list[PaidSpan]:
    """Sort the spans by month; refuse any that end before they begin or overlap, for a month is paid once."""
    ordered = sorted(spans)
    for span in ordered:
        if not (_MONTH.fullmatch(span.first) and _MONTH.fullmatch(span.last)):
            raise CannotCompute(
                fault=f"补发月份“{shown(span.first)}”至“{shown(span.last)}”要写成 2024-01 的样子"
            )
        if span.last < span.first:
            raise CannotCompute(fault=f"补发月份 {span.first} 至 {span.last} 前后颠倒")
    for before, after in pairwise(ordered):
        if after.first <= before.last:
            raise CannotCompute(
                fault=f"补发月份 {before.first} 至 {before.last} 与 {after.first} 至 {after.last} 重叠"
            )
    return ordered


def _rate_runs(policy: Policy, span: PaidSpan) -> list[tuple[int, Rate, Rate]]:
    """Give (months, rate due, rate paid) for the stretches of a span that share a rate."""
    first, last = month_number(first_day(span.first)), month_number(last_day(span.last))
    if span.due is not None:
        return [(last - first + 1, span.due, span.paid)]
    runs: list[tuple[int, Rate, Rate]] = []
    for month in range(first, last + 1):
        rate = _rate_in_force(policy.segments, month)
        if runs and runs[-1][1] == rate:
            runs[-1] = (runs[-1][0] + 1, rate, span.paid)
        else:
            runs.append((1, rate, span.paid))
    return runs


def _rate_in_force(segments: Sequence[RateSpan], month: int) -> Rate:
    written = f"{month // 12:04d}-{month % 12 + 1:02d}"
    for segment in segments:
        if segment.first <= written and (segment.last is None or written <= segment.last):
            return segment.rate
    raise CannotCompute(fault=f"政策没有写 {period_text(written)}的标准")


def _pool(policy: Policy) -> Rule:
    def pool(facts: Facts, period: Period) -> Entitlement:
        raise PoolTogether()

    return pool


def _formula(policy: Policy) -> Rule:
    """The policy's own formula over the line's columns, in yuan."""
    formula = compile_formula(policy.formula, policy.columns)

    def by_formula(facts: Facts, period: Period) -> Entitlement:
        columns = facts.columns or {}
        try:
            yuan = formula(columns)
        except FormulaHasNoResult as no_result:
            raise CannotCompute(fault=no_result.facts["fault"]) from None
        if yuan < 0:
            raise CannotCompute(
                fault=f"公式“{policy.formula}”的结果 {exact_yuan(*(yuan * 100).as_integer_ratio())} 元小于 0"
            )
        fen, outcome = rounded(yuan.numerator * 100, yuan.denominator)
        values = "，".join(f"{column} {columns[column]:f}" for column in policy.columns if column in columns)
        return Entitlement(fen, f"公式 {policy.formula}（{values}）{outcome}")

    return by_formula


RULES: Final[dict[str, Callable[[Policy], Rule]]] = {
    "per_unit": _per_unit,
    "fixed": _fixed,
    "tiered": _tiered,
    "top_up": _top_up,
    "share_of_cost": _share_of_cost,
    "years": _years,
    "back_pay": _back_pay,
    "pool": _pool,
    "formula": _formula,
}
