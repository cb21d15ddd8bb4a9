"""The months of a period that are paid: by the rules for the first month and the last, and by age (DOMAIN §4)."""

from collections.abc import Callable
from datetime import date, timedelta

from models.domain.facts import Facts, MissingFact, NothingDue, OutsideAge
from models.domain.idnumber import age_on
from models.domain.period import Period, first_day, last_day, period_text
from models.domain.policy import Policy


def reference_day(policy: Policy, period: Period) -> date:
    """Give the day on which ages are taken: the period's last, with 满龄次月 the last day of the month before."""
    _, last = month_span(period)
    return reference_of_month(policy, last)


def month_number(day: date) -> int:
    """Number a day's month, counting on from year 0."""
    return day.year * 12 + day.month - 1


def _month_end(month: int) -> date:
    """Give the last day of a numbered month."""
    year, place = divmod(month + 1, 12)
    return date(year, place + 1, 1) - timedelta(days=1)


def month_span(period: Period) -> tuple[int, int]:
    return month_number(first_day(period)), month_number(last_day(period))


def reference_of_month(policy: Policy, month: int) -> date:
    """Give the day on which an age is taken for one month."""
    return _month_end(month - 1 if policy.first_month == "满龄次月" else month)


def _reached(birth: date, age: int) -> date:
    """Give the day on which `age` is reached; 29 February counts as 1 March in common years."""
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return date(birth.year + age, 3, 1)


def needed(value: date | None, fact: str) -> date:
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
        return month_number(needed(facts.applied_on, "申请日期"))
    if rule in ("批准当月", "批准次月"):
        return month_number(needed(facts.approved_on, "批准日期")) + (rule == "批准次月")
    return None


def _age_month(policy: Policy, facts: Facts) -> int | None:
    """Give the first month in which the lowest age counts, or None where the policy has none."""
    lowest = _lowest_age(policy)
    if lowest is None:
        return None
    age, of_head = lowest
    birth = needed(facts.head_birth, "户主出生日期") if of_head else needed(facts.birth, "出生日期")
    return month_number(_reached(birth, age)) + (policy.first_month == "满龄次月")


def paid_months(policy: Policy, facts: Facts, first: int, last: int) -> range:
    """Give the months from `first` through `last` that are paid."""
    for month in (_first_paid(policy, facts), _age_month(policy, facts)):
        if month is not None:
            first = max(first, month)
    if facts.stopped_on is not None:
        last = min(last, month_number(facts.stopped_on) - (policy.stop_month == "当月"))
    if facts.died_on is not None and policy.target == "person":
        last = min(last, month_number(facts.died_on) - (policy.death_month == "当月"))
    return range(first, max(first, last + 1))


def whether_dates_matter(policy: Policy) -> Callable[[Facts], bool]:
    """Give the quick test whether months can be missing at all."""
    if policy.first_month is not None or _lowest_age(policy) is not None:
        return lambda facts: True
    return lambda facts: facts.stopped_on is not None or facts.died_on is not None


def nothing_due(policy: Policy, facts: Facts, period: Period) -> NothingDue:
    """Say why no month is paid."""
    reasons = [
        ("申请日期", facts.applied_on if policy.first_month == "申请当月" else None),
        ("批准日期", facts.approved_on if policy.first_month in ("批准当月", "批准次月") else None),
        ("停发日期", facts.stopped_on),
        ("死亡日期", facts.died_on if policy.target == "person" else None),
    ]
    reason = "，".join(f"{name} {day}" for name, day in reasons if day is not None)
    return NothingDue(period=period_text(period), reason=reason or "未到起发月份")


def check_age(policy: Policy, facts: Facts, day: date) -> None:
    """Refuse an age outside the policy's own limits on its reference day."""
    least, most = policy.least_age, policy.most_age
    if least is None and most is None:
        return
    age = age_on(needed(facts.birth, "出生日期"), day)
    if (least is not None and age < least) or (most is not None and age > most):
        allowed = (f"满 {least} 周岁" if least is not None else "") + (
            f"{'且' if least is not None else ''}不超过 {most} 周岁" if most is not None else ""
        )
        raise OutsideAge(day=day, age=age, allowed=allowed)
