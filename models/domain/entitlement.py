"""What a policy pays for the facts of one line, and the trace that explains it (DOMAIN §4).

All arithmetic is on integers and fractions; money is rounded half-up to the fen once, at the end. A result of 0 is a
result: the line pays nothing. What cannot be computed is refused with a sentence for the row.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from models.domain.apportion import apportion
from models.domain.formula import FormulaHasNoResult, compile_formula
from models.domain.idnumber import age_on
from models.domain.money import Fen, round_half_up, yuan_text
from models.domain.period import Frequency, Period, first_day, last_day, period_text
from models.domain.policy import BY_NAMES, Policy, RateSpan, grade_key, percent_text
from models.domain.quantity import SCALE, Quantity, Rate, quantity_text, rate_text
from models.domain.refusal import Unreadable
from models.domain.written import compacted, shown


class PaidSpan(NamedTuple):
    """Months from `first` through `last` (“2024-01”) for which `paid` a month was paid and another rate is due.

    `due` None means the rate in force by the policy's segments.
    """

    first: str
    last: str
    paid: Rate = Rate(0)
    due: Rate | None = None


class Facts(NamedTuple):
    """What is known of one line. Money in fen; quantity and years in 1/10000; income is the household's, a month.

    `months` is the number of months a roster states. `already_received` is what the household got before under a cap.
    `columns` are the named columns of a formula, `add_ons` the number of people of each kind in a 低保 household.
    `died_on` counts for person programs only: a household goes on under another head.
    """

    quantity: Quantity | None = None
    birth: date | None = None
    head_birth: date | None = None
    grade: str = ""
    care_level: str = ""
    cost: Fen | None = None
    heads: int | None = None
    income: Fen | None = None
    approved: Fen | None = None
    years: Quantity | None = None
    months: int | None = None
    segments: tuple[PaidSpan, ...] = ()
    columns: Mapping[str, Decimal] | None = None
    add_ons: Mapping[str, int] | None = None
    already_received: Fen = Fen(0)
    applied_on: date | None = None
    approved_on: date | None = None
    stopped_on: date | None = None
    died_on: date | None = None


class Entitlement(NamedTuple):
    """What a line pays, how it was computed, what is to be recovered instead, and the rate it was paid at."""

    fen: Fen
    trace: str
    claim: Fen = Fen(0)
    rate: Rate | None = None


Rule = Callable[[Facts, Period], Entitlement]


class CannotCompute(Unreadable):
    """The facts of a line do not give an amount."""

    form = "无法计算补贴金额：{fault}。请核对后重试。"


class MissingFact(CannotCompute):
    """A fact the rule needs is not known."""

    form = "缺少“{fact}”，无法计算补贴金额。请在花名册或登记资料中补上。"


class UnknownTier(CannotCompute):
    """A grade or level that the policy does not pay."""

    form = "{by}“{written}”不在政策的档次之内（{tiers}）。请核对等级，或先修改政策。"


class OutsideAge(CannotCompute):
    """The age on the reference day is outside the policy's."""

    form = "到 {day} 为 {age} 周岁，政策要求{allowed}。请核对出生日期；年龄不符的不要列入名册。"


class NothingDue(CannotCompute):
    """No month of the period is paid by the rules for the first and the last month."""

    form = "{period}没有应发的月份（{reason}）。请核对日期；不应发放的不要列入名册。"


class CapUsedUp(CannotCompute):
    """The household has already received all that the cap allows."""

    form = "该户已领 {received} 元，达到每户上限 {cap} 元，不能再发。请核对该户以前的发放记录。"


class WrongMonths(CannotCompute):
    """The stated months do not fit the period."""

    form = "月数 {months} 不对：一期最多 {most} 个月，最少 1 个月。请改正月数。"


class PoolTogether(CannotCompute):
    """A pool's lines can only be computed together."""

    form = "按总额分配的项目要等全部数量确定后一起计算，不能单独算一行。请直接编制批次。"


def compute(policy: Policy, facts: Facts, period: Period) -> Entitlement:
    """Compute what `policy` pays for `facts` in a stored period.

    Raises CannotCompute with the reason: MissingFact, UnknownTier, OutsideAge, NothingDue, CapUsedUp, WrongMonths,
    PoolTogether or the class itself; NotPeriod for a period that is none; FormulaRefused for a policy that was never read.
    """
    return compiled(policy)(facts, period)


def compiled(policy: Policy) -> Rule:
    """Give the function that computes lines of `policy`; for many lines make it once. Refuses like `compute`."""
    rule = _RULES[policy.family](policy)
    if policy.family in ("tiered", "fixed", "top_up", "years"):
        checked = rule  # these count months, and see the dates while they do
    else:
        checked = _only_when_due(policy, rule)
    return checked if policy.amount_cap is None else _capped(policy.amount_cap, checked)


def full_trace(entitlement: Entitlement, version: int, document: str) -> str:
    """Give the trace a payment keeps: the computation, the policy's version and its document number."""
    return f"{entitlement.trace}，政策 v{version}，{document}"


def months_entitled(policy: Policy, facts: Facts, period: Period) -> int:
    """Count the months of the period that are paid, by the rules for the first and last month (DOMAIN §4).

    The first month: 申请当月, 批准当月, 批准次月, 满龄当月, 满龄次月, or the period's own. The last: the month before a
    stop (停发当月) or the month of it (停发次月), and by default the month of death. 0 where none is paid.
    Raises MissingFact where the date that the rule asks for is not known.
    """
    first, last = _month_span(period)
    months = len(_paid_months(policy, facts, first, last))
    return min(months, policy.months_per_period) if policy.months_per_period else months


def reference_day(policy: Policy, period: Period) -> date:
    """Give the day on which ages are taken: the period's last, with 满龄次月 the last day of the month before."""
    _, last = _month_span(period)
    return _reference(policy, last)


def allocate_pool(total: Fen, quantities: Sequence[Quantity]) -> list[Fen]:
    """Share a total over quantities by the largest remainder: Σ = total exactly. Raises CannotApportion."""
    return [Fen(share) for share in apportion(total, quantities)]


def pool_entitlements(policy: Policy, quantities: Sequence[Quantity]) -> list[Entitlement]:
    """Compute all lines of a pool, in the order given; the trace shows the unit price.

    Raises MissingFact for a policy without a total, CannotApportion where the quantities are all 0.
    """
    if policy.total is None:
        raise MissingFact(fact="分配总额")
    shares = allocate_pool(policy.total, quantities)
    whole = Quantity(sum(quantities))
    price = Fraction(policy.total * SCALE, whole or 1)
    head = (
        f"总额 {yuan_text(policy.total)} 元 ÷ 总数量 {quantity_text(whole)} {policy.unit} = "
        f"{_exact_yuan(*price.as_integer_ratio())} 元/{policy.unit}"
    )
    return [
        Entitlement(fen, f"{head}，{quantity_text(quantity)} {policy.unit} 分得 {yuan_text(fen)} 元")
        for fen, quantity in zip(shares, quantities, strict=True)
    ]


# months ----------------------------------------------------------------------------------------------------

_PERIOD_UNITS: Final[dict[Frequency, str]] = {"year": "年", "quarter": "季", "month": "月", "once": "次"}


def _month(day: date) -> int:
    """Number a day's month, counting on from year 0."""
    return day.year * 12 + day.month - 1


def _month_end(month: int) -> date:
    """Give the last day of a numbered month."""
    year, place = divmod(month + 1, 12)
    return date(year, place + 1, 1) - timedelta(days=1)


def _month_span(period: Period) -> tuple[int, int]:
    return _month(first_day(period)), _month(last_day(period))


def _reference(policy: Policy, month: int) -> date:
    """Give the day on which an age is taken for one month."""
    return _month_end(month - 1 if policy.first_month == "满龄次月" else month)


def _reached(birth: date, age: int) -> date:
    """Give the day on which `age` is reached; 29 February counts as 1 March in common years."""
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return date(birth.year + age, 3, 1)


def _needed(value: date | None, fact: str) -> date:
    if value is None:
        raise MissingFact(fact=fact)
    return value


def _lowest_age(policy: Policy) -> tuple[int, bool] | None:
    """Give the age below which nothing is paid and whether it is the head's, or None where there is none."""
    if policy.least_age is not None:
        return policy.least_age, False
    if policy.family == "tiered" and policy.by in ("age", "head_age"):
        return int(policy.tiers[0].key), policy.by == "head_age"
    return None


def _first_paid(policy: Policy, facts: Facts) -> int | None:
    """Give the first month that the policy's rule lets be paid, or None for no limit."""
    rule = policy.first_month
    if rule == "申请当月":
        return _month(_needed(facts.applied_on, "申请日期"))
    if rule in ("批准当月", "批准次月"):
        return _month(_needed(facts.approved_on, "批准日期")) + (rule == "批准次月")
    return None


def _age_month(policy: Policy, facts: Facts) -> int | None:
    """Give the first month in which the lowest age counts, or None where the policy has none."""
    lowest = _lowest_age(policy)
    if lowest is None:
        return None
    age, of_head = lowest
    birth = _needed(facts.head_birth, "户主出生日期") if of_head else _needed(facts.birth, "出生日期")
    return _month(_reached(birth, age)) + (policy.first_month == "满龄次月")


def _paid_months(policy: Policy, facts: Facts, first: int, last: int) -> range:
    """Give the months from `first` through `last` that are paid."""
    for month in (_first_paid(policy, facts), _age_month(policy, facts)):
        if month is not None:
            first = max(first, month)
    if facts.stopped_on is not None:
        last = min(last, _month(facts.stopped_on) - (policy.stop_month == "当月"))
    if facts.died_on is not None and policy.target == "person":
        last = min(last, _month(facts.died_on) - (policy.death_month == "当月"))
    return range(first, max(first, last + 1))


def _dates_matter(policy: Policy) -> Callable[[Facts], bool]:
    """Give the quick test whether months can be missing at all."""
    if policy.first_month is not None or _lowest_age(policy) is not None:
        return lambda facts: True
    return lambda facts: facts.stopped_on is not None or facts.died_on is not None


def _nothing_due(policy: Policy, facts: Facts, period: Period) -> NothingDue:
    """Say why no month is paid."""
    reasons = [
        ("申请日期", facts.applied_on if policy.first_month == "申请当月" else None),
        ("批准日期", facts.approved_on if policy.first_month in ("批准当月", "批准次月") else None),
        ("停发日期", facts.stopped_on),
        ("死亡日期", facts.died_on if policy.target == "person" else None),
    ]
    reason = "，".join(f"{name} {day}" for name, day in reasons if day is not None)
    return NothingDue(period=period_text(period), reason=reason or "未到起发月份")


def _check_age(policy: Policy, facts: Facts, day: date) -> None:
    """Refuse an age outside the policy's own limits on its reference day."""
    least, most = policy.least_age, policy.most_age
    if least is None and most is None:
        return
    age = age_on(_needed(facts.birth, "出生日期"), day)
    if (least is not None and age < least) or (most is not None and age > most):
        allowed = (f"满 {least} 周岁" if least is not None else "") + (
            f"{'且' if least is not None else ''}不超过 {most} 周岁" if most is not None else ""
        )
        raise OutsideAge(day=day, age=age, allowed=allowed)


def _only_when_due(policy: Policy, rule: Rule) -> Rule:
    """Refuse a line of which no month is paid; the amount itself does not depend on months."""
    dates_matter = _dates_matter(policy)
    has_ages = policy.least_age is not None or policy.most_age is not None

    def checked(facts: Facts, period: Period) -> Entitlement:
        if has_ages:
            _check_age(policy, facts, reference_day(policy, period))
        if dates_matter(facts) and not _paid_months(policy, facts, *_month_span(period)):
            raise _nothing_due(policy, facts, period)
        return rule(facts, period)

    return checked


def _capped(cap: Fen, rule: Rule) -> Rule:
    """Hold each line to the policy's cap."""

    def capped(facts: Facts, period: Period) -> Entitlement:
        entitlement = rule(facts, period)
        if entitlement.fen <= cap:
            return entitlement
        return entitlement._replace(
            fen=cap, trace=f"{entitlement.trace}，单笔上限 {yuan_text(cap)} 元 → {yuan_text(cap)} 元"
        )

    return capped


# writing ---------------------------------------------------------------------------------------------------

_DECIMALS_SHOWN: Final = 8
_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")


def _rate(rate: Rate) -> str:
    """Write a rate with thousands commas."""
    whole, decimals = rate_text(rate).split(".")
    return f"{int(whole):,}.{decimals}"


def _exact_yuan(numerator: int, denominator: int) -> str:
    """Write numerator ÷ denominator fen unrounded in yuan; what does not end is cut after 8 decimals and marked."""
    sign = "-" if numerator < 0 else ""
    scaled, beyond = divmod(abs(numerator) * 10**_DECIMALS_SHOWN, denominator * 100)
    whole, rest = divmod(scaled, 10**_DECIMALS_SHOWN)
    decimals = f"{rest:0{_DECIMALS_SHOWN}d}"
    if beyond:
        return f"{sign}{whole:,}.{decimals}…"
    return f"{sign}{whole:,}.{decimals.rstrip('0').ljust(2, '0')}"


def _outcome(numerator: int, denominator: int) -> tuple[Fen, str]:
    """Round an amount of numerator ÷ denominator fen, and write “= 301.375 → 301.38 元”."""
    fen = Fen(round_half_up(numerator, denominator))
    if numerator % denominator == 0:
        return fen, f"= {yuan_text(fen)} 元"
    return fen, f"= {_exact_yuan(numerator, denominator)} → {yuan_text(fen)} 元"


# families --------------------------------------------------------------------------------------------------


def _per_unit(policy: Policy) -> Rule:
    """Quantity × rate, the quantity held to the policy's cap."""
    rate, cap, unit = policy.rate, policy.quantity_cap, policy.unit
    if rate is None:
        raise MissingFact(fact="补贴标准")
    factor = int(rate)
    shown_rate = f" {unit} × {_rate(rate)} 元 "
    scale = SCALE * SCALE // 100

    def per_unit(facts: Facts, period: Period) -> Entitlement:
        quantity = facts.quantity
        if quantity is None:
            raise MissingFact(fact="数量")
        note = ""
        if cap is not None and quantity > cap:
            note = f"{quantity_text(quantity)} {unit} 超过上限，按 "
            quantity = cap
        fen, beyond = divmod(quantity * factor, scale)
        if beyond:
            fen, text = _outcome(quantity * factor, scale)
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
    dates_matter = _dates_matter(policy)
    per_period = policy.months_per_period
    has_ages = policy.least_age is not None or policy.most_age is not None

    def times(facts: Facts, period: Period) -> int:
        if has_ages:
            _check_age(policy, facts, reference_day(policy, period))
        stated = _stated_months(policy, facts)
        if not dates_matter(facts):
            return stated or per_period or 1
        months = len(_paid_months(policy, facts, *_month_span(period)))
        if not months:
            raise _nothing_due(policy, facts, period)
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
            fen, text = _outcome(rate * times, SCALE // 100)
            trace = f"{_rate(rate)} 元 × {_times_text(policy, times)} {text}"
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
        fen, text = _outcome(facts.years * rate * times, SCALE * SCALE // 100)
        months = f" × {_times_text(policy, times)}" if policy.months_per_period else ""
        written = quantity_text(facts.years).removesuffix(".00")
        return Entitlement(fen, f"{written} 年 × {_rate(rate)} 元{months} {text}", rate=rate)

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
            fen, text = _outcome(rate * times, SCALE // 100)
            trace = f"{key} {_rate(rate)} 元 × {_times_text(policy, times)} {text}"
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
            spans[period] = (*_month_span(period), reference_day(policy, period))
        first, last, day = spans[period]
        birth = _needed(facts.head_birth if of_head else facts.birth, fact)
        if has_ages:
            _check_age(policy, facts, day)
        age = age_on(birth, day)
        tier = bisect_right(ages, age) - 1
        if tier < 0:
            raise OutsideAge(day=day, age=age, allowed=f"满 {ages[0]} 周岁")
        months = _paid_months(policy, facts, first, last)
        if not months:
            raise _nothing_due(policy, facts, period)
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
        age = age_on(birth, _reference(policy, month))
        tier = bisect_right(ages, age) - 1
        if runs and runs[-1][0] == tier:
            runs[-1] = (tier, runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((tier, age, 1))
    return runs


def _age_entitlement(policy: Policy, runs: Sequence[tuple[int, int, int]]) -> Entitlement:
    """Add up stretches of months and write them out."""
    units = sum(policy.tiers[tier].rate * times for tier, _, times in runs)
    fen, text = _outcome(units, SCALE // 100)
    parts = " + ".join(
        f"{age} 周岁 {_rate(policy.tiers[tier].rate)} 元 × {_times_text(policy, times)}"
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
        fen, outcome = _outcome(amount.numerator, amount.denominator)
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
        birth = _needed(facts.head_birth if of_head else facts.birth, fact)
        day = reference_day(policy, period)
        age = age_on(birth, day)
        tier = bisect_right(ages, age) - 1
        if tier < 0:
            raise OutsideAge(day=day, age=age, allowed=f"满 {ages[0]} 周岁")
        percent = policy.shares[tier].percent
        fen, outcome = _outcome(facts.cost * percent, 10_000)
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
            f"{months} 个月 ×（{_rate(due)} − {_rate(paid)}）元"
            if paid
            else f"{months} 个月 × {_rate(due)} 元"
            for months, due, paid in runs
        )
        text = f"{parts}；合计 {_outcome(units, SCALE // 100)[1]}"
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
    first, last = _month(first_day(span.first)), _month(last_day(span.last))
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
                fault=f"公式“{policy.formula}”的结果 {_exact_yuan(*(yuan * 100).as_integer_ratio())} 元小于 0"
            )
        fen, outcome = _outcome(yuan.numerator * 100, yuan.denominator)
        values = "，".join(f"{column} {columns[column]:f}" for column in policy.columns if column in columns)
        return Entitlement(fen, f"公式 {policy.formula}（{values}）{outcome}")

    return by_formula


_RULES: Final[dict[str, Callable[[Policy], Rule]]] = {
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
