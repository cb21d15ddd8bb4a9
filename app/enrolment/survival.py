"""Survival certificates 生存认证: who is certified and until when, who is due, who gets no more until certified, and what was missed.

A suspension 暂停 stands on a person and a program. It cuts the enrolments that reach beyond its day and keeps them as they
were; the certificate that ends it gives them back and enrols the person anew for every period that was paid without them
(补发): by suspension and period once, which the database holds too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from app.desk import Desk
from app.enrolment.ending import end_enrolment
from app.intake.cells import read_id, word_of
from app.intake.checked_rows import READ_IDS, CheckedRow, FileIntake, FirstPlaces, SheetForm, data_chunks
from app.intake.findings import ERROR, PEOPLE, ROSTER, WARNING
from app.intake.source import Outcome, RunInUse, RunKind, open_source, take_in
from app.programs.queries import ProgramView, find_program
from app.workbook.columns import SURVIVAL, DataRow, Table
from models.domain.dates import NotDate, date_from_cell
from models.domain.period import Period, first_day, last_day, period_text
from models.domain.person_name import name_key
from models.domain.refusal import Refusal
from models.store.opening import Store

SURVIVAL_FINDINGS: Final[Mapping[str, tuple[str, str]]] = {
    **{code: ROSTER[code] for code in ROSTER if code.startswith("id.")},
    "id.duplicate": PEOPLE["id.duplicate"],
    "person.unknown": ROSTER["person.unknown"],
    "person.deceased": (ERROR, "底册登记 {died} 死亡，不能记为已认证。请先核实是否登记有误。"),
    "name.missing": ROSTER["name.missing"],
    "name.mismatch": ROSTER["name.mismatch"],
    "certified_on.unreadable": (ERROR, "认证日期“{written}”读不出来。请改成 2024-03-15 这样的写法。"),
    "certified_on.outside": (ERROR, "认证日期“{written}”晚于今天或晚于有效期 {until}。请核对。"),
    "certified.unclear": (ERROR, "认证结果“{written}”看不出是否通过。请改成“通过”或“未通过”。"),
    "certified.not": (WARNING, "认证结果是“{written}”，没有记为已认证。要暂停发放请用 survival suspend。"),
}

_CERTIFIED: Final = frozenset(
    ("通过", "已通过", "是", "已认证", "认证通过", "认证成功", "成功", "合格", "正常", "健在", "在世", "生存", "已核实", "Y", "√")
)  # fmt: skip
_NOT_CERTIFIED: Final = frozenset(
    ("未通过", "不通过", "否", "未认证", "认证失败", "失败", "不合格", "未核实", "死亡", "已死亡", "去世", "已故", "失联", "N", "×")
)  # fmt: skip


class SurvivalReasonMissing(Refusal):
    """A suspension without a reason."""

    form = "没有填写理由。请写明依据，例如“2024 年度生存认证截止 6 月 30 日仍未认证”。"


class NobodyIsDue(Refusal):
    """Everybody of the program is certified, or suspended already."""

    form = "项目“{program}”在 {day} 没有认证逾期的人，没有可暂停的。"


class CertificateEnded(Refusal):
    """A certificate that would be over before it began."""

    form = "有效期 {until} 早于认证日期 {day}。请核对有效期。"


def take_survival(
    desk: Desk, path: Path, *, program: str, until: date, mapping: Mapping[str, str] | None = None
) -> tuple[Outcome, dict[str, object]]:
    """Take in a list of the certified, whose certificates hold until a day, inside `writing` or `trying`.

    Who was suspended is restored, the missed periods are enrolled for back-pay. Gives the outcome and `program`,
    `certified`, `restored` (each with its `periods`), `due`: how many are still to be certified on the business date.
    Raises NoSuchProgram, AmbiguousProgram, CertificateEnded, AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    found = find_program(desk.store, program)
    if until < desk.today:
        raise CertificateEnded(until=until.isoformat(), day=desk.day)
    source = open_source(path, SURVIVAL, mapping, desk.store)
    intake: list[SurvivalIntake] = []

    def taker(run_id: int) -> SurvivalIntake:
        intake.append(SurvivalIntake(desk, run_id, found, until.isoformat()))
        return intake[0]

    kind = RunKind("survival", program_id=found.id, period=until.isoformat())
    outcome = take_in(desk, source, kind, taker)
    taken = intake[0]
    return outcome, {
        "program": found.code,
        "certified": taken.certified,
        "restored": taken.restored,
        "due": len(due_people(desk.store, found.id, desk.day)),
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """What the registry knows of the person of a row."""

    id: int
    name: str
    name_key: str
    is_dead: int
    died_on: str | None


@dataclass
class SurvivalIntake(FileIntake):
    """One list of the certified on its way in."""

    program: ProgramView
    until: str
    certified: int = 0
    restored: list[dict[str, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.people = FirstPlaces()

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and keep the data rows of one sheet."""
        form = SheetForm(table, SURVIVAL_FINDINGS, self.findings)
        for chunk in data_chunks(rows):
            self._take(form, chunk)

    def finish(self) -> None:
        """Restore those who were suspended."""
        waiting = self.desk.store.rows(
            "SELECT s.id FROM suspension s JOIN survival_certificate c ON c.program_id = s.program_id AND c.person_id = s.person_id"
            " WHERE c.run_id = ? AND s.ended_on IS NULL ORDER BY s.id",
            (self.run_id,),
        )
        self.restored = [restore(self.desk, row[0], self.run_id) for row in waiting]

    def _take(self, form: SheetForm, chunk: Sequence[DataRow]) -> None:
        self.rows += len(chunk)
        self.desk.progress.step(self.rows)
        read = [_SurvivalRow(self, form, row) for row in chunk]
        wanted = sorted({row.id_number for row in read} - {""})
        people = {
            row[0]: _Known(*row[1:])
            for row in self.desk.store.each(
                "SELECT id_number, id, name, name_key, is_dead, died_on FROM person"
                f" WHERE id_number IN ({', '.join('?' * len(wanted))})",
                wanted,
            )
        }
        kept = [made for row in read if (made := row.checked(people.get(row.id_number))) is not None]
        self.certified += len(kept)
        self.desk.store.execute_many(
            "INSERT INTO survival_certificate (run_id, program_id, person_id, certified_on, valid_until, manner)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [(self.run_id, self.program.id, person, day, self.until, manner) for person, day, manner in kept],
        )


class _SurvivalRow(CheckedRow):
    """One row while it is being checked."""

    def __init__(self, intake: SurvivalIntake, form: SheetForm, row: DataRow) -> None:
        super().__init__(form, row)
        self._intake = intake
        self.id_number, self._id_fault = read_id(self.cell("id_number"))

    def checked(self, person: _Known | None) -> tuple[int, str, str] | None:
        """(person, certified on, manner), or None when the row is rejected or certifies nobody."""
        self._identity(person)
        day = self._certified_on()
        is_certified = self._is_certified()
        if person is not None and person.is_dead and is_certified:
            self.say("person.deceased", "id_number", died=person.died_on or "（日期不详）")
        if self.rejected or person is None or day is None:
            return None
        self._intake.accepted += 1
        return (person.id, day, self.text("manner")) if is_certified else None

    def _identity(self, person: _Known | None) -> None:
        fault = self._id_fault
        name = self.text("name")
        if fault not in READ_IDS:
            self.say_of_id(fault, self.id_number)
        elif person is None:
            self.say("person.unknown", "id_number")
        elif first := self._intake.people.before(person.id, self.form.sheet, self.row.number):
            self.say("id.duplicate", "id_number", first=first)
        elif fault == "id.fifteen":
            self.say_of_id(fault, self.id_number)
        elif self.id_number != self.cell("id_number"):
            self._intake.cleaned += 1
        if not name:
            self.say("name.missing", "name")
        elif person is not None and not self.rejected and name_key(name) != person.name_key:
            self.say("name.mismatch", "name", known=person.name)

    def _certified_on(self) -> str | None:
        """The day of certification; a list that gives none tells of its own day."""
        cell = self.cell("certified_on")
        if cell is None:
            return self._intake.desk.day
        try:
            day = date_from_cell(cell).isoformat()
        except NotDate:
            self.say("certified_on.unreadable", "certified_on")
            return None
        if day > min(self._intake.desk.day, self._intake.until):
            self.say("certified_on.outside", "certified_on", until=self._intake.until)
            return None
        return day

    def _is_certified(self) -> bool:
        """Whether the row says so; a list without such a column is a list of the certified."""
        word = word_of(self.cell("certified")).upper()
        if word in _NOT_CERTIFIED:
            self.say("certified.not", "certified")
            return False
        if word and word not in _CERTIFIED:
            self.say("certified.unclear", "certified")
            return False
        return True


# -- who is due ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DuePerson:
    """Somebody entitled whose certificate is missing or over. `last_until` is '' for never certified."""

    person_id: int
    name: str
    id_number: str
    village: str
    phone: str
    is_dead: bool
    last_until: str
    has_suspension: bool

    def as_json(self) -> dict[str, object]:
        """For scripts; the ID whole."""
        return {
            "person": self.person_id, "name": self.name, "id_number": self.id_number, "village": self.village,
            "phone": self.phone, "is_dead": self.is_dead, "last_until": self.last_until, "has_suspension": self.has_suspension,
        }  # fmt: skip


# Entitled on a day: by a standing enrolment, or by the latest roster that began by then.
_DUE_SQL: Final = """
    WITH entitled AS (
        SELECT DISTINCT person_id FROM enrolment WHERE program_id = ?1 AND state = 'active'
           AND (period = '' AND valid_from <= ?2 AND coalesce(valid_to, ?2) >= ?2 OR period = ?3)
        UNION SELECT person_id FROM suspension WHERE program_id = ?1 AND ended_on IS NULL)
    SELECT p.id, p.name, p.id_number, v.name, p.phone, p.is_dead,
           coalesce((SELECT max(c.valid_until) FROM survival_certificate c WHERE c.program_id = ?1 AND c.person_id = p.id), '')
               AS last_until,
           EXISTS (SELECT 1 FROM suspension s WHERE s.program_id = ?1 AND s.person_id = p.id AND s.ended_on IS NULL)
      FROM entitled e JOIN person p ON p.id = e.person_id JOIN household h ON h.id = p.household_id
      JOIN village v ON v.id = h.village_id
     WHERE last_until < ?2 ORDER BY v.id, h.group_number, p.id"""


def due_people(store: Store, program_id: int, day: str) -> list[DuePerson]:
    """Who of a program has no certificate that holds on a day, by village."""
    return [
        DuePerson(row[0], row[1], row[2], row[3], row[4], bool(row[5]), row[6], bool(row[7]))
        for row in store.rows(_DUE_SQL, (program_id, day, _latest_period(store, program_id, day)))
    ]


def _latest_period(store: Store, program_id: int, day: str) -> Period | None:
    """The last period with a roster that began by a day; None where the program never had one."""
    rows = store.rows(
        "SELECT DISTINCT period FROM enrolment WHERE program_id = ? AND period <> '' AND suspension_id IS NULL",
        (program_id,),
    )
    begun = [row[0] for row in rows if first_day(row[0]).isoformat() <= day]
    return max(begun, key=lambda period: (first_day(period), period), default=None)


# -- suspending and restoring -------------------------------------------------------------------------------


def suspend_due(desk: Desk, program: ProgramView, starts_on: date, reason: str) -> list[DuePerson]:
    """Suspend everybody whose certificate does not hold on the day, inside `writing`; gives them.

    Raises NobodyIsDue, SurvivalReasonMissing.
    """
    if not reason.strip():
        raise SurvivalReasonMissing
    day = starts_on.isoformat()
    people = [one for one in due_people(desk.store, program.id, day) if not one.has_suspension]
    if not people:
        raise NobodyIsDue(program=program.name, day=day)
    for one in people:
        suspension = desk.store.insert(
            "INSERT INTO suspension (program_id, person_id, starts_on, reason, made_on, operator_id) VALUES (?, ?, ?, ?, ?, ?)",
            (program.id, one.person_id, day, reason.strip(), desk.day, desk.operator.id),
        )
        _cut(desk.store, suspension)
    return people


def _cut(store: Store, suspension_id: int) -> None:
    """Cut the enrolments of a suspension that reach beyond its day, and keep them as they were.

    A standing one ends the day before; one of a period that begins on the day or later is stopped, unless it is being paid.
    """
    program_id, person_id, day, reason = store.rows(
        "SELECT program_id, person_id, starts_on, reason FROM suspension WHERE id = ?", (suspension_id,)
    )[0]
    reaching = store.rows(
        "SELECT e.id, e.period, e.state, e.valid_to FROM enrolment e WHERE e.program_id = ? AND e.person_id = ?"
        " AND e.state = 'active' AND coalesce(e.valid_to, '9999') >= ? AND NOT (e.period <> '' AND EXISTS"
        " (SELECT 1 FROM payment m WHERE m.enrolment_id = e.id AND m.bucket NOT IN ('stopped', 'closed_unpaid')))",
        (program_id, person_id, day),
    )
    last = date.fromisoformat(day) - timedelta(days=1)
    for enrolment_id, period, state, valid_to in reaching:
        if period and first_day(period).isoformat() < day:
            continue
        store.execute(
            "INSERT INTO suspension_enrolment (suspension_id, enrolment_id, state, valid_to) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (suspension_id, enrolment_id, state, valid_to),
        )
        end_enrolment(store, enrolment_id, last, reason)


def restore(desk: Desk, suspension_id: int, run_id: int | None) -> dict[str, object]:
    """End a suspension, inside `writing`: its enrolments are as before, the periods paid without the person are enrolled.

    Gives person, name and `periods` of back-pay. A period whose batch is still a draft needs none: computing it again
    brings the person back.
    """
    store = desk.store
    program_id, person_id, starts_on, name = store.rows(
        "SELECT s.program_id, s.person_id, s.starts_on, p.name FROM suspension s JOIN person p ON p.id = s.person_id WHERE s.id = ?",
        (suspension_id,),
    )[0]
    store.execute(
        "UPDATE suspension SET ended_on = ?, ended_by_run = ? WHERE id = ?", (desk.day, run_id, suspension_id)
    )
    # what a later roster brought in its place stands, and the old one stays stopped
    store.execute(
        "UPDATE enrolment SET (state, valid_to) = (SELECT x.state, x.valid_to FROM suspension_enrolment x WHERE x.suspension_id = ?1"
        " AND x.enrolment_id = enrolment.id), stop_reason = '' WHERE id IN (SELECT enrolment_id FROM suspension_enrolment"
        " WHERE suspension_id = ?1) AND NOT EXISTS (SELECT 1 FROM enrolment o WHERE o.program_id = enrolment.program_id"
        " AND o.period = enrolment.period AND o.target = enrolment.target AND o.id <> enrolment.id AND o.state = 'active'"
        " AND CASE enrolment.target WHEN 'person' THEN o.person_id = enrolment.person_id"
        "     ELSE o.household_id = enrolment.household_id END)",
        (suspension_id,),
    )
    periods = missed_periods(store, program_id, person_id, starts_on)
    enrolled = [
        period
        for period in periods
        if _enrol_again(store, suspension_id, program_id, person_id, period, run_id)
    ]
    return {"person": person_id, "name": name, "starts_on": starts_on, "periods": enrolled}


def missed_periods(store: Store, program_id: int, person_id: int, since: str) -> list[Period]:
    """Periods from a day on that were paid to others, and not to this person (nor to their household)."""
    rows = store.rows(
        """SELECT DISTINCT b.period FROM batch b WHERE b.program_id = ?1 AND b.kind = 'regular'
              AND b.state NOT IN ('draft', 'rejected', 'cancelled')
              AND NOT EXISTS (SELECT 1 FROM payment m JOIN person p ON p.id = ?2 WHERE m.program_id = ?1 AND m.period = b.period
                                 AND m.source_id IS NULL AND m.bucket NOT IN ('stopped', 'closed_unpaid')
                                 AND (m.person_id = ?2 OR m.target = 'household' AND m.household_id = p.household_id))""",
        (program_id, person_id),
    )
    return sorted(row[0] for row in rows if last_day(row[0]).isoformat() >= since)


_COPIED: Final = "quantity, grade, care_level, heads, cost_fen, approved_fen, stated_fen, computed_fen, more_facts, stated_account"


def _enrol_again(
    store: Store, suspension_id: int, program_id: int, person_id: int, period: Period, run_id: int | None
) -> bool:
    """Enrol somebody for one missed period as they were enrolled last; False where nothing entitled them to it.

    The batch of that period reckons the amount anew, by the policy then in force.
    """
    marked = store.execute(
        "UPDATE enrolment SET suspension_id = ?, remark = ? WHERE program_id = ? AND person_id = ? AND period = ? AND state = 'active'",
        (suspension_id, BACK_PAY_REMARK, program_id, person_id, period),
    ).rowcount
    if marked:
        return True
    first, last = first_day(period).isoformat(), last_day(period).isoformat()
    pattern = store.value(
        "SELECT e.id FROM enrolment e LEFT JOIN suspension_enrolment x ON x.enrolment_id = e.id AND x.suspension_id = ?1"
        " WHERE e.program_id = ?2 AND e.person_id = ?3 AND (e.state = 'active' OR x.enrolment_id IS NOT NULL)"
        " AND (e.period <> '' OR e.valid_from <= ?5 AND coalesce(e.valid_to, ?4) >= ?4)"
        " ORDER BY e.period = '' DESC, e.valid_from DESC LIMIT 1",
        (suspension_id, program_id, person_id, first, last),
    )
    if pattern is None:
        return False
    store.execute(
        f"INSERT INTO enrolment (program_id, target, person_id, household_id, period, valid_from, valid_to, {_COPIED}, trace, remark,"
        f" suspension_id, run_id) SELECT e.program_id, e.target, e.person_id, p.household_id, ?, ?, ?, {_COPIED}, ?, ?, ?, ?"
        " FROM enrolment e JOIN person p ON p.id = e.person_id WHERE e.id = ?",
        (
            period, first, last, f"补发 {period_text(period)}：暂停期间未发，编制批次时按当期政策计算", BACK_PAY_REMARK, suspension_id,
            run_id, pattern,
        ),
    )  # fmt: skip
    return True


BACK_PAY_REMARK: Final = "补发：生存认证恢复"


# -- undoing ------------------------------------------------------------------------------------------------


def take_back_survival(store: Store, run_id: int) -> None:
    """Take a run of certificates back, inside `writing`: the suspensions that it ended hold again.

    Raises RunInUse when somebody it restored was enrolled in a batch since, or suspended anew.
    """
    used = _built_on(store, run_id)
    if used:
        raise RunInUse(run=run_id, blockers=f"恢复的人中有 {len(used)} 人已编入批次或再次暂停")
    ended = [
        row[0]
        for row in store.rows("SELECT id FROM suspension WHERE ended_by_run = ? ORDER BY id", (run_id,))
    ]
    store.execute("DELETE FROM enrolment WHERE run_id = ? AND suspension_id IS NOT NULL", (run_id,))
    for suspension_id in ended:
        store.execute(
            "UPDATE enrolment SET suspension_id = NULL, remark = '' WHERE suspension_id = ?", (suspension_id,)
        )
        store.execute(
            "UPDATE suspension SET ended_on = NULL, ended_by_run = NULL WHERE id = ?", (suspension_id,)
        )
        _cut(store, suspension_id)
    store.execute("DELETE FROM survival_certificate WHERE run_id = ?", (run_id,))


def _built_on(store: Store, run_id: int) -> set[int]:
    """People restored by a run who have got something since: a payment of the time suspended, or another suspension."""
    paid = store.rows(
        "SELECT s.person_id, s.starts_on, m.period FROM suspension s JOIN payment m ON m.program_id = s.program_id"
        " AND m.person_id = s.person_id JOIN batch b ON b.id = m.batch_id LEFT JOIN enrolment e ON e.id = m.enrolment_id"
        " WHERE s.ended_by_run = ? AND (b.created_on >= s.ended_on OR e.suspension_id = s.id)",
        (run_id,),
    )
    again = store.rows(
        "SELECT s.person_id FROM suspension s JOIN suspension o ON o.program_id = s.program_id AND o.person_id = s.person_id"
        " AND o.id > s.id WHERE s.ended_by_run = ?",
        (run_id,),
    )
    return {person for person, since, period in paid if last_day(period).isoformat() >= since} | {
        row[0] for row in again
    }
