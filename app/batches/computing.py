"""From enrolments to the finished rows of a batch: who is owed how much, by which rule, to whose account (DOMAIN §3, §4).

One query streams the enrolments with everything a payment copies; one pass computes; the rows go to the store as they
come. Who cannot be paid is named with a sentence, never dropped in silence.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from app.desk import Desk
from app.enrolment.known import DIED_SQL, PAYEE_SQL
from app.programs.queries import StoredPolicy
from app.registry.merging import same_people
from models.domain.entitlement import compiled, full_trace, pool_entitlements
from models.domain.facts import CannotCompute, Entitlement, Facts, PaidSpan
from models.domain.masking import mask_id
from models.domain.money import Fen, yuan_text
from models.domain.period import Period, first_day, last_day
from models.domain.policy import Policy
from models.domain.quantity import Quantity, Rate, quantity_text, rate_text
from models.domain.refusal import Refusal
from models.store.opening import Row, Store

PAYMENT_COLUMNS: Final = (
    "batch_id", "line", "program_id", "period", "target", "person_id", "household_id", "payee_id", "enrolment_id",
    "source_id", "village_id", "group_text", "name", "id_number", "head_name", "head_id_number", "payee_name",
    "payee_id_number", "account_number", "account_holder", "bank", "phone", "quantity_text", "rate_text", "owed_fen",
    "trace", "bucket", "reason", "changed_on",
)  # fmt: skip
INSERT_PAYMENT: Final = (
    f"INSERT INTO payment ({', '.join(PAYMENT_COLUMNS)}) VALUES ({', '.join('?' * len(PAYMENT_COLUMNS))})"
)
_STEP: Final = 1_000

LEAF: Final = "('stopped', 'closed_unpaid', 'reissued', 'recovered')"
"""Buckets whose payments no longer count as got: a reissued one is counted by its successor."""


class NobodyToPay(Refusal):
    """A batch from nothing."""

    form = (
        "项目“{program}”{period}没有可编制的发放明细：在册 {enrolled} 人（户），已在其他批次 {already} 人（户），"
        "无法计算 {problems} 人（户）{first}。请先导入花名册或改正资料后重试。"
    )


class Problem(NamedTuple):
    """Somebody enrolled who gets no payment, and why."""

    person_id: int
    name: str
    id_masked: str
    sentence: str

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return {
            "person": self.person_id,
            "name": self.name,
            "id_masked": self.id_masked,
            "sentence": self.sentence,
        }


class Already(NamedTuple):
    """Somebody enrolled who has a live payment of this program and period in another batch."""

    person_id: int
    name: str
    batch: str

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return {"person": self.person_id, "name": self.name, "batch": self.batch}


class _Enrolled(NamedTuple):
    """An enrolment with all that its payment copies; in the order of `_ENROLLED_SQL`."""

    enrolment_id: int
    target: str
    person_id: int
    household_id: int
    quantity: Quantity | None
    grade: str
    care_level: str
    heads: int | None
    cost: Fen | None
    approved: Fen | None
    more_facts: str
    stated_account: str
    valid_from: str
    valid_to: str | None
    name: str
    id_number: str
    birth: str | None
    phone: str
    died_on: str | None
    village_id: int
    group_text: str
    head_name: str
    head_id_number: str
    head_birth: str | None
    payee_id: int | None
    payee_name: str
    payee_id_number: str
    payee_phone: str
    account_number: str
    account_holder: str
    bank: str


# A person is paid in the household where they live now; a household's entitlement stays with the household. Who stands
# on a roster of this very period is not paid by a standing entitlement as well.
_ENROLLED_SQL: Final = """
    SELECT e.id, e.target, e.person_id, h.id, e.quantity, e.grade, e.care_level, e.heads, e.cost_fen, e.approved_fen,
           e.more_facts, e.stated_account, e.valid_from, e.valid_to, p.name, p.id_number, p.birth, p.phone, {died_on},
           h.village_id, h.group_text, coalesce(head.name, ''), coalesce(head.id_number, ''), head.birth,
           payee.id, coalesce(payee.name, ''), coalesce(payee.id_number, ''), coalesce(payee.phone, ''),
           coalesce(a.number, ''), coalesce(a.holder, ''), coalesce(a.bank, '')
      FROM enrolment e
      JOIN person p ON p.id = e.person_id
      JOIN household h ON h.id = CASE e.target WHEN 'household' THEN e.household_id ELSE p.household_id END
      LEFT JOIN person head ON head.id = h.head_id
      LEFT JOIN person payee ON payee.id = {payee}
      LEFT JOIN account a ON a.person_id = payee.id AND a.valid_to IS NULL
     WHERE e.program_id = ?1 AND e.state = 'active'
       AND (e.period = ?2 OR e.period = '' AND e.valid_from <= ?4 AND coalesce(e.valid_to, ?3) >= ?3
            AND NOT EXISTS (SELECT 1 FROM enrolment o WHERE o.program_id = ?1 AND o.period = ?2 AND o.state = 'active'
                               AND o.target = e.target AND (o.target = 'person' AND o.person_id = e.person_id
                                                            OR o.target = 'household' AND o.household_id = e.household_id)))
     ORDER BY h.village_id, h.group_number, h.id, e.person_id, e.id"""


@dataclass
class Computing:
    """One batch being computed. After `rows` has run dry, the totals and those left out are known."""

    desk: Desk
    batch_id: int
    program_id: int
    period: Period
    stored: StoredPolicy
    stops: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Beneficiaries whose payment was stopped before a recomputation, with reason and day: they stay stopped."""
    enrolled: int = 0
    payments: int = 0
    owed_fen: int = 0
    already: list[Already] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        store, policy = self.desk.store, self.stored.policy
        self._paid = live_elsewhere(store, self.program_id, self.period, policy.target, self.batch_id)
        self._received: dict[int, int] = {}
        if policy.cap_per_household is not None:
            self._received = received_in_year(store, self.program_id, self.period, self.batch_id)

    @property
    def policy(self) -> Policy:
        """The policy that the batch is computed by."""
        return self.stored.policy

    def rows(self) -> Iterator[tuple[object, ...]]:
        """The finished payments in the order of PAYMENT_COLUMNS: by village, group, household, person."""
        pairs = self._pool() if self.policy.family == "pool" else self._one_by_one()
        document, version = self.policy.document, self.stored.version
        for person, entitlement in pairs:
            if entitlement.fen <= 0:
                why = (
                    f"应追回 {yuan_text(entitlement.claim)} 元，本期不发（{entitlement.trace}）。请与本人核对后登记追回。"
                    if entitlement.claim
                    else f"计算结果为 0 元，本期不发（{entitlement.trace}）。请核对；不应发放的不要列入名册。"
                )
                self._leave_out(person, why)
                continue
            self.payments += 1
            self.owed_fen += entitlement.fen
            if self.payments % _STEP == 0:
                self.desk.progress.step(self.payments)
            yield self._payment(person, entitlement, full_trace(entitlement, version, document))

    def _one_by_one(self) -> Iterator[tuple[_Enrolled, Entitlement]]:
        rule = compiled(self.policy)
        facts_of = _FactsReader(self.policy, self.period)
        received = self._received
        capped = self.policy.cap_per_household is not None
        for person in self._unpaid():
            got = Fen(received.get(person.household_id, 0)) if capped else _NOTHING
            try:
                entitlement = rule(facts_of(person, got), self.period)
            except CannotCompute as reason:
                self._leave_out(person, reason.sentence)
                continue
            if capped:
                received[person.household_id] = got + entitlement.fen
            yield person, entitlement

    def _pool(self) -> Iterator[tuple[_Enrolled, Entitlement]]:
        """Share the total, less what other batches of the period already gave, over all quantities together."""
        people = []
        for person in self._unpaid():
            if person.quantity:
                people.append(person)
            else:
                self._leave_out(person, "数量为空或为 0，不参加总额分配。请核对花名册的数量。")
        total = self.policy.total
        given = self.desk.store.value(
            f"SELECT coalesce(sum(owed_fen), 0) FROM payment WHERE program_id = ? AND period = ? AND batch_id <> ?"
            f" AND bucket NOT IN {LEAF}",
            (self.program_id, self.period, self.batch_id),
        )
        if total is not None and given:
            total = Fen(total - given)
        if total is not None and total <= 0:
            for person in people:
                self._leave_out(
                    person, f"分配总额已在其他批次分完（已分 {yuan_text(Fen(given))} 元）。请核对总额。"
                )
            return
        if people:
            policy = replace(self.policy, total=total)
            quantities = [person.quantity or Quantity(0) for person in people]
            yield from zip(people, pool_entitlements(policy, quantities), strict=True)

    def _unpaid(self) -> Iterator[_Enrolled]:
        """The enrolled of the period who have no live payment yet."""
        policy, paid = self.policy, self._paid
        of_person = policy.target == "person"
        # a death matters to the sum only where the month of death is not paid; who died before is stopped by the check
        needs_death = of_person and policy.death_month == "当月"
        sql = _ENROLLED_SQL.format(died_on=DIED_SQL if needs_death else "NULL", payee=PAYEE_SQL[policy.payee])
        days = (first_day(self.period).isoformat(), last_day(self.period).isoformat())
        for row in self.desk.store.each(sql, (self.program_id, self.period, *days)):
            person = _Enrolled._make(row)
            self.enrolled += 1
            number = paid.get(person.person_id if of_person else person.household_id)
            if number is not None:
                self.already.append(Already(person.person_id, person.name, number))
            elif person.target != policy.target:
                self._leave_out(person, "登记的发放对象（到人、到户）与现行政策不一致。请重新导入花名册。")
            else:
                yield person

    def _leave_out(self, person: _Enrolled, sentence: str) -> None:
        self.problems.append(Problem(person.person_id, person.name, mask_id(person.id_number), sentence))

    def _payment(self, person: _Enrolled, entitlement: Entitlement, trace: str) -> tuple[object, ...]:
        policy = self.policy
        account, holder, bank = person.account_number, person.account_holder, person.bank
        if not account and person.payee_id is not None:
            account, holder = person.stated_account, person.payee_name if person.stated_account else ""
        key = person.person_id if policy.target == "person" else person.household_id
        stop = self.stops.get(key) if self.stops else None
        return (
            self.batch_id, self.payments, self.program_id, self.period, policy.target, person.person_id,
            person.household_id, person.payee_id, person.enrolment_id, None, person.village_id, person.group_text,
            person.name, person.id_number, person.head_name, person.head_id_number, person.payee_name,
            person.payee_id_number, account, holder, bank, person.phone or person.payee_phone,
            _quantity_shown(policy, person), "" if entitlement.rate is None else rate_text(entitlement.rate),
            entitlement.fen, trace, "stopped" if stop else "pending", *(stop or ("", "")),
        )  # fmt: skip


_NOTHING: Final = Fen(0)


def _quantity_shown(policy: Policy, person: _Enrolled) -> str:
    """What stands under 数量: the area or number with its unit, the cost, the heads or the years."""
    if person.quantity is not None and policy.family in ("per_unit", "pool"):
        return f"{quantity_text(person.quantity)} {policy.unit}"
    if person.cost is not None and policy.family == "share_of_cost":
        return f"{yuan_text(person.cost)} 元"
    if person.heads is not None and policy.family == "top_up":
        return f"{person.heads} 人"
    if policy.family == "years" and (years := more_facts(person.more_facts).years) is not None:
        return f"{quantity_text(years).removesuffix('.00')} 年"
    return ""


class _FactsReader:
    """Turns an enrolment into the facts of the rules, reading no more than the family looks at."""

    def __init__(self, policy: Policy, period: Period) -> None:
        self._last_day = last_day(period).isoformat()
        self._plain = policy.family == "per_unit" and policy.least_age is None and policy.most_age is None
        self._plain = self._plain and policy.first_month is None

    def __call__(self, person: _Enrolled, received: Fen) -> Facts:
        stopped_on = (
            person.valid_to if person.valid_to is not None and person.valid_to < self._last_day else None
        )
        if self._plain and stopped_on is None and person.died_on is None and person.more_facts == "{}":
            return Facts(person.quantity)
        more = more_facts(person.more_facts)
        died_on = person.died_on
        if died_on is not None and died_on[:7] < self._last_day[:7]:
            died_on = None  # no part of the period is owed: the check blocks the line, and shows it
        entered = date.fromisoformat(person.valid_from)
        return more._replace(
            quantity=person.quantity,
            birth=_day(person.birth),
            head_birth=_day(person.head_birth or person.birth),
            grade=person.grade,
            care_level=person.care_level,
            cost=person.cost,
            heads=person.heads,
            approved=person.approved,
            already_received=received,
            applied_on=more.applied_on or entered,
            approved_on=more.approved_on or entered,
            stopped_on=more.stopped_on or _day(stopped_on),
            died_on=_day(died_on),
        )


def more_facts(body: str) -> Facts:
    """The facts that an enrolment keeps as JSON, because only few families ask for them.

    `income` in fen, `years` in 1/10000, `months`, `applied_on`, `approved_on`, `stopped_on` as days, `columns` of a formula
    as decimal text, `add_ons` as people by kind, `segments` as {"first", "last", "paid", "due"} with rates in 1/10000.
    """
    written = json.loads(body) if body != "{}" else {}
    if not written:
        return Facts()
    columns = written.get("columns")
    return Facts(
        income=written.get("income"),
        years=written.get("years"),
        months=written.get("months"),
        applied_on=_day(written.get("applied_on")),
        approved_on=_day(written.get("approved_on")),
        stopped_on=_day(written.get("stopped_on")),
        columns=None if columns is None else {name: Decimal(text) for name, text in columns.items()},
        add_ons=written.get("add_ons"),
        segments=tuple(
            PaidSpan(span["first"], span["last"], Rate(span.get("paid", 0)), span.get("due"))
            for span in written.get("segments", ())
        ),
    )


def _day(text: str | None) -> date | None:
    return None if not text else date.fromisoformat(text)


def live_elsewhere(
    store: Store, program_id: int, period: Period, target: str, batch_id: int
) -> dict[int, str]:
    """Who has a live payment of this program and period in another batch, with that batch's number."""
    paid: dict[int, str] = dict(
        store.rows(
            f"SELECT m.{target}_id, b.number FROM payment m JOIN batch b ON b.id = m.batch_id WHERE m.program_id = ?"
            " AND m.period = ? AND m.target = ? AND m.source_id IS NULL AND m.bucket NOT IN ('stopped', 'closed_unpaid')"
            " AND m.batch_id <> ?",
            (program_id, period, target, batch_id),
        )
    )
    if target == "person":
        # two records of one person are one: what the one was paid the other is not paid again
        paid.update(
            {one: paid[other] for one, other in same_people(store) if other in paid and one not in paid}
        )
    return paid


def received_in_year(store: Store, program_id: int, period: Period, batch_id: int) -> dict[int, int]:
    """What each household got, or is about to get, of a program in the period's year by other batches, in fen."""
    return dict(
        store.rows(
            "SELECT household_id, sum(owed_fen - recovered_fen) FROM payment WHERE program_id = ?"
            f" AND substr(period, 1, 4) = ? AND batch_id <> ? AND bucket NOT IN {LEAF} GROUP BY household_id",
            (program_id, period[:4], batch_id),
        )
    )


# -- reissues -----------------------------------------------------------------------------------------------


# Same beneficiary, same sum; who receives it and into which account is looked up anew (补发). A number that only the
# roster knew is kept for the same payee where the registry still has none.
_REISSUE_SQL: Final = """
    SELECT s.line, s.target, s.person_id, s.household_id, payee.id, s.enrolment_id, s.id, s.village_id, s.group_text,
           p.name, p.id_number, coalesce(head.name, ''), coalesce(head.id_number, ''), coalesce(payee.name, ''),
           coalesce(payee.id_number, ''), a.number, a.holder, a.bank,
           CASE WHEN payee.id = s.payee_id THEN s.account_number ELSE '' END, s.account_holder, s.bank,
           s.phone, s.quantity_text, s.rate_text, s.owed_fen, s.trace
      FROM payment s
      JOIN person p ON p.id = s.person_id
      JOIN household h ON h.id = s.household_id
      LEFT JOIN person head ON head.id = h.head_id
      LEFT JOIN person payee ON payee.id = {payee}
      LEFT JOIN account a ON a.person_id = payee.id AND a.valid_to IS NULL
     WHERE {condition} ORDER BY s.line, s.id"""


def reissue_rows(
    store: Store,
    *,
    batch_id: int,
    program_id: int,
    period: Period,
    policy: Policy,
    source_number: str,
    condition: str,
    parameters: Sequence[object],
    stops: dict[int, tuple[str, str]],
) -> list[tuple[object, ...]]:
    """The rows of a reissue batch, in the order of PAYMENT_COLUMNS, from source payments `s` that meet the condition.

    `stops` names source payments whose reissue was stopped before a recomputation.
    """
    sql = _REISSUE_SQL.format(payee=PAYEE_SQL[policy.payee], condition=condition)
    return [
        _reissue(row, line, batch_id, program_id, period, source_number, stops)
        for line, row in enumerate(store.rows(sql, parameters), start=1)
    ]


def _reissue(
    row: Row,
    line: int,
    batch_id: int,
    program_id: int,
    period: Period,
    source_number: str,
    stops: dict[int, tuple[str, str]],
) -> tuple[object, ...]:
    source_line, target, person, household, payee, enrolment, source, village, group = row[:9]
    name, id_number, head_name, head_id, payee_name, payee_id = row[9:15]
    registered, kept = row[15:18], row[18:21]
    account = registered if registered[0] else (kept if kept[0] else ("", "", ""))
    phone, quantity, rate, fen, trace = row[21:]
    stop = stops.get(source)
    trace = trace.split(_REISSUED)[0] + f"{_REISSUED}批次 {source_number} 第 {source_line} 行"
    return (
        batch_id, line, program_id, period, target, person, household, payee, enrolment, source, village, group, name,
        id_number, head_name, head_id, payee_name, payee_id, *account, phone, quantity, rate, fen, trace,
        "stopped" if stop else "pending", *(stop or ("", "")),
    )  # fmt: skip


_REISSUED: Final = "；补发，原"
