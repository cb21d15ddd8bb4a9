"""What a policy pays for the facts of one line, and the trace that explains it (DOMAIN §4)."""

from collections.abc import Sequence
from fractions import Fraction

from models.domain.apportion import apportion
from models.domain.facts import Entitlement, Facts, MissingFact, Rule
from models.domain.families import RULES
from models.domain.money import Fen, yuan_text
from models.domain.paid_months import (
    check_age,
    month_span,
    nothing_due,
    paid_months,
    reference_day,
    whether_dates_matter,
)
from models.domain.period import Period
from models.domain.policy import Policy
from models.domain.quantity import SCALE, Quantity, quantity_text
from models.domain.traces import AT_AMOUNT_CAP, exact_yuan


def compute(policy: Policy, facts: Facts, period: Period) -> Entitlement:
    """Compute what `policy` pays for `facts` in a stored period.

    Raises CannotCompute with the reason: MissingFact, UnknownTier, OutsideAge, NothingDue, CapUsedUp, WrongMonths,
    PoolTogether or the class itself; NotPeriod for a period that is none; FormulaRefused for a policy that was never read.
    """
    return compiled(policy)(facts, period)


def compiled(policy: Policy) -> Rule:
    """Give the function that computes lines of `policy`; for many lines make it once. Refuses like `compute`."""
    rule = RULES[policy.family](policy)
    if policy.family in ("tiered", "fixed", "top_up", "years"):
        checked = rule  # these count months, and see the dates while they do
    else:
        checked = _only_when_due(policy, rule)
    return checked if policy.amount_cap is None else _capped(policy.amount_cap, checked)


def full_trace(entitlement: Entitlement, version: int, document: str) -> str:
    """Give the trace a payment keeps: the computation, the policy's version and its document number."""
    return f"{entitlement.trace}，政策 v{version}，{document}"


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
        f"{exact_yuan(*price.as_integer_ratio())} 元/{policy.unit}"
    )
    return [
        Entitlement(fen, f"{head}，{quantity_text(quantity)} {policy.unit} 分得 {yuan_text(fen)} 元")
        for fen, quantity in zip(shares, quantities, strict=True)
    ]


def _only_when_due(policy: Policy, rule: Rule) -> Rule:
    """Refuse a line of which no month is paid; the amount itself does not depend on months."""
    dates_matter = whether_dates_matter(policy)
    has_ages = policy.least_age is not None or policy.most_age is not None

    def checked(facts: Facts, period: Period) -> Entitlement:
        if has_ages:
            check_age(policy, facts, reference_day(policy, period))
        if dates_matter(facts) and not paid_months(policy, facts, *month_span(period)):
            raise nothing_due(policy, facts, period)
        return rule(facts, period)

    return checked


def _capped(cap: Fen, rule: Rule) -> Rule:
    """Hold each line to the policy's cap."""

    def capped(facts: Facts, period: Period) -> Entitlement:
        entitlement = rule(facts, period)
        if entitlement.fen <= cap:
            return entitlement
        return entitlement._replace(
            fen=cap, trace=f"{entitlement.trace}{AT_AMOUNT_CAP}{yuan_text(cap)} 元 → {yuan_text(cap)} 元"
        )

    return capped
