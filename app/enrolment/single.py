"""One enrolment at the counter 单个享受对象: somebody begins to be entitled, or is so no longer, with the reason.

What begins here stands until it is ended 长期; a roster of a period goes before it (see `app.batches.computing`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.desk import Desk
from app.enrolment.ending import end_enrolment
from app.enrolment.known import DIED_SQL, Standing
from app.programs.queries import ProgramView, StoredPolicy, find_program, policy_for
from app.programs.trial import AskedFact, facts_asked, read_facts
from models.domain.entitlement import compute, full_trace
from models.domain.facts import Entitlement, Facts
from models.domain.money import Fen
from models.domain.period import Period, last_day, months_of, period_text
from models.domain.refusal import Refusal
from models.store.opening import Store

FROM_REGISTRY: Final = frozenset({"birth", "head_birth", "already_received"})
"""Facts that the registry and the books know: nobody types them."""
_AT_THE_BATCH: Final = "按总额分配，编制批次时计算"


class NoSuchEnrolment(Refusal):
    """No enrolment of that number."""

    form = "没有编号为 {enrolment} 的享受对象。请刷新后重试。"


class EnrolmentReasonMissing(Refusal):
    """A start or a stop without a reason."""

    form = "没有填写{act}的理由。请写明依据，例如“{example}”。"


class StoppedBefore(Refusal):
    """It ended already."""

    form = "“{name}”的“{program}”已经停止（{when}），不用再停。"


class EnrolledAlready(Refusal):
    """The same person or household is entitled to the program in this time."""

    form = "“{name}”已经在享受“{program}”（{first} 起），不能重复登记。要改数量或等级，请先停止原来的。"


class EarlierNotPaid(Refusal):
    """An earlier stretch of the same entitlement has no batch yet, which a new one would keep it from."""

    form = "“{name}”的“{program}”享受到 {last} 为止的那一段还没有编制批次。请先编制那一期，再登记新的一段。"


class ExcludedBy(Refusal):
    """Another program excludes this one."""

    form = "“{name}”正在享受“{other}”，与“{program}”互斥。请先停止“{other}”，或核对是否应当享受。"


class BeneficiaryDied(Refusal):
    """The person is dead."""

    form = "“{name}”已于 {died} 死亡，不能登记享受“{program}”。请核对是否登记有误。"


class HouseholdGone(Refusal):
    """The household is no more."""

    form = "“{name}”所在的户已经注销。请先在“人员与户”里把人转到现在的户。"


class NothingToPay(Refusal):
    """The rule gives nothing for these facts."""

    form = "按政策计算的金额是 0 元（{trace}）。请核对数量、等级；不应享受的不要登记。"


@dataclass(frozen=True, slots=True)
class Entitled:
    """What somebody would get: the policy of the period that the first day falls in, the facts and the sum."""

    program: ProgramView
    stored: StoredPolicy
    period: Period
    person_id: int
    household_id: int
    name: str
    facts: Facts
    entitlement: Entitlement
    hint: str


def asked_of(store: Store, program: str, day: date) -> tuple[AskedFact, ...]:
    """The facts that must be typed to enrol somebody in a program from a day.

    Raises NoSuchProgram, AmbiguousProgram, NoPolicyInForce.
    """
    found = find_program(store, program)
    period, stored = policy_for(store, found.id, f"{day.year}-{day.month:02d}")
    return tuple(fact for fact in facts_asked(stored.policy, period) if fact.name not in FROM_REGISTRY)


def entitled(store: Store, program: str, person_id: int, day: date, typed: Mapping[str, str]) -> Entitled:
    """What a person would get of a program from a day on, by the facts typed; only reads.

    Raises NoPolicyInForce, BeneficiaryDied, HouseholdGone, ExcludedBy, NothingToPay, CannotCompute and what the readers raise.
    """
    found = find_program(store, program)
    period, stored = policy_for(store, found.id, f"{day.year}-{day.month:02d}")
    policy = stored.policy
    row = store.row(
        f"SELECT p.name, p.birth, {DIED_SQL}, p.is_dead, h.id, h.head_id, coalesce(d.birth, p.birth), h.ended_on"
        " FROM person p JOIN household h ON h.id = p.household_id LEFT JOIN person d ON d.id = h.head_id WHERE p.id = ?",
        (person_id,),
    )
    if row is None:
        raise NoSuchEnrolment(enrolment=person_id)
    name, birth, died, is_dead, household, head, head_birth, ended = row
    if policy.target == "person" and (died or is_dead):
        raise BeneficiaryDied(name=name, died=died or "（日期不明）", program=found.name)
    if ended is not None:
        raise HouseholdGone(name=name)
    standing = Standing(store, found, period, policy.target)
    conflict = standing.conflict(person_id, household)
    if conflict is not None and conflict[2] == "互斥":
        raise ExcludedBy(name=name, other=conflict[0], program=found.name)
    facts = read_facts({key: text for key, text in typed.items() if key not in FROM_REGISTRY})
    facts = facts._replace(
        birth=_day(birth),
        head_birth=_day(head_birth),
        already_received=standing.received(household),
        applied_on=facts.applied_on or day,
        approved_on=facts.approved_on or day,
    )
    if policy.family == "pool":
        paid = Entitlement(Fen(0), _AT_THE_BATCH)
    else:
        paid = compute(policy, facts, period)
        if paid.fen <= 0:
            raise NothingToPay(trace=paid.trace)
    hint = "" if conflict is None else f"同时享受“{conflict[0]}”（{conflict[2]}），请核实。"
    who = head if policy.target == "household" and head is not None else person_id
    return Entitled(found, stored, period, int(who), int(household), str(name), facts, paid, hint)


def start_one(
    desk: Desk, *, program: str, person_id: int, first: date, typed: Mapping[str, str], reason: str
) -> tuple[int, Entitled]:
    """Enrol somebody from a day until further notice, inside `writing`; gives the enrolment and what it pays.

    Raises EnrolmentReasonMissing, EnrolledAlready, EarlierNotPaid and what `entitled` raises.
    """
    store = desk.store
    if not reason.strip():
        raise EnrolmentReasonMissing(act="开始享受", example="村委会评议通过，民政所 6 月 3 日批准")
    found = entitled(store, program, person_id, first, typed)
    target = found.stored.policy.target
    key = found.person_id if target == "person" else found.household_id
    _end_earlier(store, found, target, key, first)
    facts = found.facts
    enrolment = store.insert(
        "INSERT INTO enrolment (program_id, target, person_id, household_id, period, valid_from, quantity, grade, care_level,"
        " heads, cost_fen, approved_fen, computed_fen, trace, more_facts, remark) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?)",
        (
            found.program.id, target, found.person_id, found.household_id, first.isoformat(), facts.quantity, facts.grade,
            facts.care_level, facts.heads, facts.cost, facts.approved, found.entitlement.fen,
            full_trace(found.entitlement, found.stored.version, found.stored.policy.document), _more_facts(facts),
            reason.strip(),
        ),
    )  # fmt: skip
    return enrolment, found


def _end_earlier(store: Store, found: Entitled, target: str, key: int, first: date) -> None:
    """Make room: a standing enrolment that ended before is closed once its last period has a batch; a live one refuses."""
    row = store.row(
        f"SELECT id, valid_from, valid_to FROM enrolment WHERE program_id = ? AND period = '' AND state = 'active'"
        f" AND target = ? AND {target}_id = ?",
        (found.program.id, target, key),
    )
    if row is None:
        return
    enrolment, began, ended = row
    if ended is None or ended >= first.isoformat():
        raise EnrolledAlready(name=found.name, program=found.program.name, first=began)
    batched = store.rows(
        "SELECT DISTINCT period FROM batch WHERE program_id = ? AND state <> 'cancelled' AND kind = 'regular'",
        (found.program.id,),
    )
    if not any(months_of(period)[0] <= ended[:7] <= months_of(period)[1] for (period,) in batched):
        raise EarlierNotPaid(name=found.name, program=found.program.name, last=ended)
    store.execute("UPDATE enrolment SET state = 'stopped' WHERE id = ?", (enrolment,))


def _more_facts(facts: Facts) -> str:
    """The facts that have no column of their own, as `app.batches.computing` reads them."""
    more: dict[str, object] = {
        "income": facts.income,
        "years": facts.years,
        "months": facts.months,
        "applied_on": facts.applied_on.isoformat() if facts.applied_on else None,
        "approved_on": facts.approved_on.isoformat() if facts.approved_on else None,
        "columns": {name: str(value) for name, value in facts.columns.items()} if facts.columns else None,
        "add_ons": dict(facts.add_ons) if facts.add_ons else None,
        "segments": [span._asdict() for span in facts.segments] or None,
    }
    return json.dumps({name: value for name, value in more.items() if value is not None}, ensure_ascii=False)


def stop_one(desk: Desk, *, enrolment: int, last: date, reason: str) -> tuple[str, str, str]:
    """End an enrolment after its last day (see `end_enrolment`), inside `writing`; gives name, program and the state it is in now.

    Raises NoSuchEnrolment, EnrolmentReasonMissing, StoppedBefore.
    """
    store = desk.store
    if not reason.strip():
        raise EnrolmentReasonMissing(act="停止享受", example="7 月 2 日复核，已不符合条件")
    row = store.row(
        "SELECT e.period, e.valid_to, e.state, e.stop_reason, p.name, g.name FROM enrolment e"
        " JOIN person p ON p.id = e.person_id JOIN program g ON g.id = e.program_id WHERE e.id = ?",
        (enrolment,),
    )
    if row is None:
        raise NoSuchEnrolment(enrolment=enrolment)
    period, until, state, known, name, program = row
    if state == "stopped" or (not period and until is not None and until <= last.isoformat()):
        raise StoppedBefore(name=name, program=program, when=until if state == "active" else known or "已停")
    end_enrolment(store, enrolment, last, reason.strip())
    store.execute(
        "UPDATE enrolment_question SET state = 'stopped', reason = ?, decided_on = ?, decided_by = ? WHERE state = 'open'"
        " AND enrolment_id = ?",
        (reason.strip(), desk.day, desk.operator.id, enrolment),
    )
    return str(name), str(program), str(store.value("SELECT state FROM enrolment WHERE id = ?", (enrolment,)))


def usual_last_day(store: Store, enrolment: int, day: date) -> date:
    """The day that a stop usually names: the last of the month before, never before the enrolment began."""
    first = store.value("SELECT valid_from FROM enrolment WHERE id = ?", (enrolment,))
    usual = day.replace(day=1) - timedelta(days=1)
    return usual if first is None else max(usual, date.fromisoformat(first))


def term_text(period: str, first: str, until: str | None) -> str:
    """From when to when, as a clerk says it."""
    if period:
        return f"{period_text(period)}（{first} 至 {last_day(period)}）"
    return f"{first} 起，长期" if until is None else f"{first} 至 {until}"


def _day(text: str | None) -> date | None:
    return None if not text else date.fromisoformat(text)
