"""Enrolments at the turn of the year 享受对象结转: who goes on, for how much, and who does not and why. Seen before it is done.

A roster's enrolment of the year's last period (its year, its fourth quarter, December) gets one for the first period of the
new year; a standing one goes on by itself and is only looked at. What a program pays once is not carried.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.batches.computing import more_facts
from app.desk import Desk
from app.enrolment.ending import end_enrolment
from app.enrolment.known import DIED_SQL
from app.programs.queries import NoPolicyInForce, StoredPolicy, policy_for, program_of, programs
from models.domain.entitlement import compiled, full_trace
from models.domain.facts import CannotCompute, Facts, Rule
from models.domain.masking import mask_id
from models.domain.money import Fen, yuan_text
from models.domain.period import Period, first_day, last_day, period_text
from models.domain.quantity import Quantity
from models.domain.refusal import Refusal
from models.store.opening import Row, Store

KEPT: Final = "kept"
CHANGED: Final = "changed"
LEFT_OUT: Final = "left_out"
OUTCOME_NAMES: Final = {KEPT: "继续", CHANGED: "金额变动", LEFT_OUT: "不结转"}


class UnknownProgramToRoll(Refusal):
    """A program named to go on whose enrolments the year does not have."""

    form = "项目“{program}”在 {year} 年最后一期没有享受对象，不用结转。请核对项目。"


@dataclass(frozen=True, slots=True)
class RollRow:
    """One enrolment at the turn of the year. `standing` ones have no successor of their own."""

    enrolment_id: int
    program_id: int
    program: str
    name: str
    id_number: str
    village: str
    old_period: str
    new_period: str
    old_fen: Fen
    new_fen: Fen
    outcome: str
    sentence: str
    standing: bool
    trace: str = ""

    @property
    def id_masked(self) -> str:
        """The ID for a screen."""
        return mask_id(self.id_number)

    @property
    def outcome_name(self) -> str:
        """继续, 金额变动, 不结转."""
        return OUTCOME_NAMES[self.outcome]


@dataclass(frozen=True, slots=True)
class ProgramRoll:
    """A program at the turn of the year: its last and first period, the rows, why none can go on ('' where they can)."""

    program_id: int
    code: str
    program: str
    old_period: str
    new_period: str
    stop: str
    rows: tuple[RollRow, ...]

    def count(self, outcome: str) -> int:
        """How many rows end so."""
        return sum(row.outcome == outcome for row in self.rows)


def rolls(store: Store, year: int) -> list[ProgramRoll]:
    """What goes on from `year` into the next, by program; those without anybody are left out. Only reads."""
    found = [_roll(store, program.id, year) for program in programs(store)]
    return [one for one in found if one is not None and one.rows]


def chosen_rolls(store: Store, year: int, codes: Sequence[str] | None) -> list[ProgramRoll]:
    """The rolls of the programs named by code (None for all that can go on). Raises UnknownProgramToRoll."""
    there = rolls(store, year)
    if codes is None:
        return [one for one in there if not one.stop]
    known = {one.code: one for one in there}
    for code in codes:
        if code not in known:
            raise UnknownProgramToRoll(program=code, year=year)
    return [known[code] for code in dict.fromkeys(codes)]


_LAST: Final = {"year": "{y}", "quarter": "{y}Q4", "month": "{y}-12"}
_FIRST: Final = {"year": "{n}", "quarter": "{n}Q1", "month": "{n}-01"}

_SQL: Final = f"""
    SELECT e.id, e.period, e.target, e.valid_from, e.quantity, e.grade, e.care_level, e.heads, e.cost_fen, e.approved_fen,
           e.more_facts, e.computed_fen, p.name, p.id_number, p.birth, {DIED_SQL}, p.is_dead, v.name, h.ended_on,
           coalesce(d.birth, p.birth),
           EXISTS (SELECT 1 FROM enrolment n WHERE n.program_id = e.program_id AND n.period = ?3 AND n.state = 'active'
                      AND n.target = e.target AND (n.target = 'person' AND n.person_id = e.person_id
                                                   OR n.target = 'household' AND n.household_id = e.household_id))
      FROM enrolment e
      JOIN person p ON p.id = e.person_id
      JOIN household h ON h.id = CASE e.target WHEN 'household' THEN e.household_id ELSE p.household_id END
      JOIN village v ON v.id = h.village_id
      LEFT JOIN person d ON d.id = h.head_id
     WHERE e.program_id = ?1 AND e.state = 'active' AND e.suspension_id IS NULL
       AND (e.period = ?2 OR e.period = '' AND e.valid_from <= ?5 AND coalesce(e.valid_to, ?4) >= ?4)
       AND NOT EXISTS (SELECT 1 FROM enrolment_roll r WHERE r.enrolment_id = e.id AND r.year = ?6)
     ORDER BY h.village_id, h.group_number, h.id, e.id"""


def _roll(store: Store, program_id: int, year: int) -> ProgramRoll | None:
    program = program_of(store, program_id)
    try:
        _, old = policy_for(store, program_id, f"{year}-12")
    except (NoPolicyInForce, Refusal):
        return None
    frequency = str(old.policy.frequency)
    if frequency not in _LAST:
        return None
    last = _LAST[frequency].format(y=year)
    first = _FIRST[frequency].format(n=year + 1)
    rows = store.rows(_SQL, (program_id, last, first, f"{year + 1}-01-01", f"{year}-12-31", year + 1))
    stop = ""
    try:
        period, stored = policy_for(store, program_id, f"{year + 1}-01")
    except NoPolicyInForce as no:
        stop = f"{no.sentence}登记新一年的政策以后再结转。"
    else:
        if period != first:
            stop = f"新政策按{period_text(period)}发放，与原来的{period_text(last)}不同，请导入新名册。"
    turned = (
        _plain(program_id, program.name, rows, first)
        if stop
        else _Turn(program_id, program.name, first, stored).rows(rows)
    )
    return ProgramRoll(program_id, program.code, program.name, last, first, stop, tuple(turned))


def _plain(program_id: int, program: str, rows: Sequence[Row], first: str) -> Iterator[RollRow]:
    """The rows of a program that cannot go on: nobody is carried, nobody is stopped."""
    for row in rows:
        yield RollRow(
            row[0], program_id, program, row[12], row[13], row[17], row[1], first, Fen(row[11]), Fen(0), LEFT_OUT,
            "新一年没有政策", standing=row[1] == "",
        )  # fmt: skip


@dataclass
class _Turn:
    """One program's enrolments under the policy of the new year."""

    program_id: int
    program: str
    period: Period
    stored: StoredPolicy

    def rows(self, rows: Sequence[Row]) -> Iterator[RollRow]:
        """Each enrolment with what becomes of it."""
        rule = compiled(self.stored.policy)
        for row in rows:
            outcome, fen, sentence, trace = self._outcome(rule, row)
            yield RollRow(
                row[0], self.program_id, self.program, row[12], row[13], row[17], row[1], self.period, Fen(row[11]), fen,
                outcome, sentence, standing=row[1] == "", trace=trace,
            )  # fmt: skip

    def _outcome(self, rule: Rule, row: Row) -> tuple[str, Fen, str, str]:
        """(outcome, fen, sentence, trace) of one enrolment in the new year."""
        policy = self.stored.policy
        died, is_dead, ended, there = row[15], row[16], row[18], row[20]
        if there and row[1]:
            return LEFT_OUT, Fen(0), "新一年的名册里已经有了", ""
        if row[2] != policy.target:
            return LEFT_OUT, Fen(0), "新政策的发放对象（到人、到户）不同", ""
        if policy.target == "person" and _is_dead_before(died, bool(is_dead), self.period):
            return LEFT_OUT, Fen(0), f"已于 {died} 死亡" if died else "已死亡", ""
        if ended is not None:
            return LEFT_OUT, Fen(0), f"户已于 {ended} 注销", ""
        if policy.family == "pool":
            return KEPT, Fen(0), "按总额分配，编制批次时计算", ""
        try:
            found = rule(_facts(row, self.period), self.period)
        except CannotCompute as no:
            return LEFT_OUT, Fen(0), no.sentence, ""
        trace = full_trace(found, self.stored.version, policy.document)
        if found.fen <= 0:
            return LEFT_OUT, Fen(0), f"计算结果为 0 元（{found.trace}）", ""
        if row[11] and found.fen != row[11]:
            said = f"{yuan_text(Fen(row[11]))} → {yuan_text(found.fen)} 元（{found.trace}）"
            return CHANGED, found.fen, said, trace
        return KEPT, found.fen, "", trace


def _is_dead_before(died: str | None, is_dead: bool, period: Period) -> bool:
    """Whether a death ends a person's right to a period: one in a month before the period ends, or of a day unknown (DOMAIN §6)."""
    return died[:7] < last_day(period).isoformat()[:7] if died else is_dead


def _facts(row: Row, period: Period) -> Facts:
    """The facts of an enrolment as a batch of the new period would read them."""
    more = more_facts(row[10])
    entered = first_day(period) if row[1] else date.fromisoformat(row[3])
    return more._replace(
        quantity=None if row[4] is None else Quantity(row[4]),
        birth=_day(row[14]),
        head_birth=_day(row[19]),
        grade=row[5],
        care_level=row[6],
        heads=row[7],
        cost=row[8],
        approved=row[9],
        already_received=Fen(0),
        applied_on=more.applied_on or entered,
        approved_on=more.approved_on or entered,
    )


def _day(text: str | None) -> date | None:
    return None if not text else date.fromisoformat(text)


_COPIED: Final = (
    "program_id, target, person_id, household_id, quantity, grade, care_level, heads, cost_fen, approved_fen, more_facts,"
    " stated_account, remark"
)


def carry_enrolments(desk: Desk, year: int, chosen: Sequence[ProgramRoll]) -> dict[str, int]:
    """Do what the rolls say, inside `writing`; gives how many were kept, changed, left out."""
    store = desk.store
    counts = dict.fromkeys(OUTCOME_NAMES, 0)
    for one in chosen:
        if one.stop:
            continue
        for row in one.rows:
            new_id = None if row.outcome == LEFT_OUT else _successor(desk, row)
            if row.standing and row.outcome == LEFT_OUT:
                end_enrolment(store, row.enrolment_id, date(year, 12, 31), f"年终结转：{row.sentence}")
            store.execute(
                "INSERT INTO enrolment_roll (enrolment_id, year, outcome, new_id, old_fen, new_fen, sentence, rolled_on)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row.enrolment_id,
                    year + 1,
                    row.outcome,
                    new_id,
                    row.old_fen,
                    row.new_fen,
                    row.sentence,
                    desk.day,
                ),
            )
            counts[row.outcome] += 1
            desk.progress.step(sum(counts.values()))
    return counts


def _successor(desk: Desk, row: RollRow) -> int:
    """The enrolment of the new period; a standing one is its own successor."""
    if row.standing:
        return row.enrolment_id
    return desk.store.insert(
        f"INSERT INTO enrolment ({_COPIED}, period, valid_from, valid_to, computed_fen, trace) SELECT {_COPIED}, ?, ?, ?, ?, ?"
        " FROM enrolment WHERE id = ?",
        (
            row.new_period, first_day(row.new_period).isoformat(), last_day(row.new_period).isoformat(), row.new_fen, row.trace,
            row.enrolment_id,
        ),
    )  # fmt: skip
