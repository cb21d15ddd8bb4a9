"""A policy tried on sample people 试算: what each would get and how it comes about, before anybody is paid by it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from models.domain.dates import date_from_cell
from models.domain.entitlement import compute, pool_entitlements
from models.domain.facts import Facts, PaidSpan
from models.domain.money import Fen, fen_from_text
from models.domain.period import Period, last_day, read_period
from models.domain.policy import Policy
from models.domain.quantity import SCALE, quantity_from_text, rate_from_text
from models.domain.refusal import Refusal, Unreadable

PEOPLE: Final = 3
"""How many sample people stand beside each other."""


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A fact that the policy computes from: its name, its words, and what the sample people have."""

    name: str
    words: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a sample person would get: fen and trace, or the sentence why nothing can be computed."""

    fen: Fen | None
    trace: str
    sentence: str = ""


def facts_asked(policy: Policy, period: Period) -> tuple[AskedFact, ...]:
    """The facts that the policy needs of a person, with samples that show its tiers."""
    found = list(_of_family(policy, period))
    names = {fact.name for fact in found}
    if (policy.least_age is not None or policy.most_age is not None) and "birth" not in names:
        ages = [policy.least_age or 0, (policy.least_age or 0) + 10, policy.most_age or 70]
        found.append(AskedFact("birth", "出生日期", _births(ages, period)))
    first = last_day(period).replace(day=1).isoformat()
    if policy.first_month == "申请当月":
        found.append(AskedFact("applied_on", "申请日期", ("2020-01-10", "2020-01-10", first)))
    elif policy.first_month in ("批准当月", "批准次月"):
        found.append(AskedFact("approved_on", "批准日期", ("2020-01-10", "2020-01-10", first)))
    return tuple(found)


def _of_family(policy: Policy, period: Period) -> Sequence[AskedFact]:
    match policy.family:
        case "per_unit" | "pool":
            return [AskedFact("quantity", f"数量（{policy.unit}）", ("2.50", "1.20", "8.00"))]
        case "years":
            return [AskedFact("years", "年限（年）", ("2", "12.5", "30"))]
        case "tiered":
            keys = [tier.key for tier in policy.tiers]
            return [_by(policy, keys, period)]
        case "share_of_cost":
            fact = _by(policy, [str(share.age) for share in policy.shares], period)
            return [
                fact,
                AskedFact("cost", "费用（元）", ("5000", "40000", "12345.67")),
                AskedFact("already_received", "该户已领（元）", ("0", "0", "0")),
            ]
        case "top_up":
            return _of_top_up(policy)
        case "back_pay":
            spans = [AskedFact("first", "从（月）", (policy.segments[0].first,) * PEOPLE)]
            last = policy.segments[-1].last or policy.segments[-1].first
            spans.append(AskedFact("last", "到（月）", (last,) * PEOPLE))
            return [*spans, AskedFact("paid", "原来每月已发（元）", ("0", "30", "1000"))]
        case "formula":
            numbers = (("2.50", "1.20", "8.00"), ("100", "80", "120"), ("1", "2", "3"))
            return [
                AskedFact(f"column:{name}", name, numbers[min(place, 2)])
                for place, name in enumerate(policy.columns)
            ]
    return []


def _of_top_up(policy: Policy) -> Sequence[AskedFact]:
    if policy.approved_amount:
        found = [AskedFact("approved", "核定金额（元）", ("650", "1200", "320.50"))]
    else:
        found = [
            AskedFact("heads", "保障人数", ("1", "2", "4")),
            AskedFact("income", "户月收入（元）", ("0", "800", "3600")),
        ]
    return [
        *found,
        *(AskedFact(f"add_on:{one.name}", f"{one.name}（人）", ("0", "1", "0")) for one in policy.add_ons),
    ]


def _by(policy: Policy, keys: Sequence[str], period: Period) -> AskedFact:
    if policy.by in ("age", "head_age"):
        ages = [int(key) for key in keys]
        # one who just reached the lowest tier, one who did long ago, one in the highest
        wanted = [ages[0], ages[len(ages) // 2] + 4, ages[-1] + 1]
        name, words = ("head_birth", "户主出生日期") if policy.by == "head_age" else ("birth", "出生日期")
        return AskedFact(name, words, _births(wanted, period))
    name, words = ("care_level", "护理等级") if policy.by == "care_level" else ("grade", "残疾等级")
    shown = [*keys[:PEOPLE], *([keys[-1]] * PEOPLE)][:PEOPLE]
    return AskedFact(name, words, tuple(shown))


def _births(ages: Sequence[int], period: Period) -> tuple[str, ...]:
    day = last_day(period)
    return tuple(date(day.year - age, day.month, 1).isoformat() for age in ages)


class NotWhole(Unreadable):
    """A number of people that is not whole."""

    form = "“{written}”不是整数。请改正。"


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise NotWhole(written=text)
    return int(text)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "quantity": quantity_from_text,
    "years": quantity_from_text,
    "cost": fen_from_text,
    "already_received": fen_from_text,
    "approved": fen_from_text,
    "income": fen_from_text,
    "heads": _whole,
    "birth": date_from_cell,
    "head_birth": date_from_cell,
    "applied_on": date_from_cell,
    "approved_on": date_from_cell,
    "grade": str,
    "care_level": str,
}


def read_trial_period(text: str, policy: Policy) -> Period:
    """The period that a text means for the policy. Raises NotPeriod."""
    return read_period(text, policy.frequency)


def usual_period(policy: Policy, day: date) -> str:
    """The period that a day falls in, as one would type it."""
    month = f"{day.year}-{day.month:02d}"
    quarter = f"{day.year}Q{(day.month + 2) // 3}"
    return {"year": str(day.year), "quarter": quarter, "month": month, "once": f"{month}/1"}[policy.frequency]


def try_policy(policy: Policy, period: Period, people: Sequence[Mapping[str, str]]) -> list[Tried]:
    """What the policy pays for each of some people, whose facts are given as they were typed."""
    read = [_facts(one) for one in people]
    if policy.family == "pool":
        return _try_pool(policy, read)
    found = []
    for facts in read:
        if isinstance(facts, Tried):
            found.append(facts)
            continue
        try:
            paid = compute(policy, facts, period)
        except Refusal as no:
            found.append(Tried(None, "", no.sentence))
            continue
        found.append(Tried(paid.fen, paid.trace))
    return found


def _try_pool(policy: Policy, read: Sequence["Facts | Tried"]) -> list[Tried]:
    """A pool is shared over the sample people together, as it will be over everybody."""
    quantities = [one.quantity if isinstance(one, Facts) else None for one in read]
    known = [quantity for quantity in quantities if quantity]
    try:
        shares = iter(pool_entitlements(policy, known) if known else [])
    except Refusal as no:
        return [Tried(None, "", no.sentence) for _ in read]
    return [
        Tried((share := next(shares)).fen, f"只按这 {len(known)} 人分：{share.trace}")
        if quantity
        else one
        if isinstance(one, Tried)
        else Tried(None, "", "没有填写数量。")
        for quantity, one in zip(quantities, read, strict=True)
    ]


def _facts(typed: Mapping[str, str]) -> "Facts | Tried":
    """The facts, or the sentence why one of them cannot be read."""
    try:
        return read_facts(typed)
    except Refusal as no:
        return Tried(None, "", no.sentence)


def read_facts(typed: Mapping[str, str]) -> Facts:
    """The facts as the rules read them, from what was typed for `facts_asked`; what is blank is not known.

    Raises NotWhole, and what the readers of money, quantities and days raise.
    """
    values: dict[str, Any] = {}
    columns: dict[str, Decimal] = {}
    add_ons: dict[str, int] = {}
    span: dict[str, str] = {}
    for name, written in typed.items():
        text = written.strip()
        if not text:
            continue
        if name.startswith("column:"):
            columns[name.removeprefix("column:")] = Decimal(quantity_from_text(text)) / SCALE
        elif name.startswith("add_on:"):
            add_ons[name.removeprefix("add_on:")] = _whole(text)
        elif name in ("first", "last", "paid"):
            span[name] = text
        else:
            values[name] = _READERS[name](text)
    return Facts(**values, columns=columns or None, add_ons=add_ons or None, segments=_spans(span))


def _spans(span: Mapping[str, str]) -> tuple[PaidSpan, ...]:
    if "first" not in span:
        return ()
    paid = rate_from_text(span.get("paid", "0"))
    return (PaidSpan(span["first"], span.get("last", span["first"]), paid),)
