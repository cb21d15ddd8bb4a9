"""What is known of one line, what it pays, and why it may give no amount (DOMAIN §4)."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.domain.money import Fen
from models.domain.period import Period
from models.domain.quantity import Quantity, Rate
from models.domain.refusal import Unreadable


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
