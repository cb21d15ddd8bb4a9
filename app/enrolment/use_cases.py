"""Doors of enrolment: rosters come in and are taken back."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.enrolment.questions import Decision, write_decision
from app.enrolment.single import start_one, stop_one
from app.enrolment.steps import take_accepted, take_roster
from app.enrolment.survival import (
    CertificateEnded,
    restore,
    suspend_due,
    take_back_survival,
    take_survival,
)
from app.intake.before import put_back
from app.intake.source import RunInUse
from app.intake.undoing import leaning_on, live_run, mark_undone, runs_to_undo, undone
from app.programs.queries import find_program
from app.registry.queries import find_person
from models.domain.permission import Permission
from models.store.opening import Store


@use_case("import.roster", Permission.IMPORT, dated=False)
def import_roster(
    desk: Desk, *, path: Path, program: str, period: str, mapping: Mapping[str, str] | None = None
) -> Changes:
    """Take in a roster 花名册: its good rows become the enrolments of that program and period.

    Raises NoSuchProgram, AmbiguousProgram, NoPolicyInForce, AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    outcome, figures = take_roster(desk, path, program, period, mapping)
    return changes(
        Topic.ENROLMENTS,
        Topic.RUNS,
        subject=f"run {outcome.run}",
        counts={**outcome.counts, "accepted_fen": str(figures["accepted_fen"])},
        answer={**outcome.as_json(dry_run=False), **figures},
    )


@use_case("import.accept", Permission.IMPORT, dated=False)
def accept_roster_proposals(
    desk: Desk, *, run_id: int, numbers: Sequence[int] | None = None, code: str | None = None
) -> Changes:
    """Accept what the registry proposes for damaged numbers of a roster: by number, by code, or all.

    Their rows are checked as any row and taken in by a run that follows the first; a row that still fails says why.
    Raises NoSuchRun, AlreadyUndone, NoSuchProposal, ProposalDecided, NothingProposed, ReadDifferently, NoPolicyInForce.
    """
    outcome, figures, proof = take_accepted(desk, run_id, numbers=numbers, code=code)
    return changes(
        Topic.ENROLMENTS,
        Topic.RUNS,
        subject=f"run {outcome.run} for {run_id}",
        counts={**outcome.counts, **proof, "accepted_fen": str(figures["accepted_fen"])},
        answer={**outcome.as_json(dry_run=False), **figures, "for_run": run_id},
    )


@use_case("import.undo", Permission.IMPORT, dated=False)
def undo_roster_run(desk: Desk, *, run_id: int) -> Changes:
    """Undo a roster: its enrolments go, those it changed are as before.

    An enrolment whose payments were all stopped stays behind, stopped, because the payments tell of it.
    Raises NoSuchRun, AlreadyUndone, RunInUse when payments live on it.
    """
    store = desk.store
    live_run(store, run_id, "roster")
    for one in runs_to_undo(store, run_id):
        _take_back_roster(store, one)
        mark_undone(store, one)
    return undone(run_id, Topic.ENROLMENTS)


def _take_back_roster(store: Store, run_id: int) -> None:
    """Take back what one run of a roster brought and changed. Raises RunInUse."""
    live = store.rows(
        "SELECT DISTINCT b.number FROM payment m JOIN enrolment e ON e.id = m.enrolment_id JOIN batch b ON b.id = m.batch_id"
        " WHERE e.run_id = ? AND m.bucket <> 'stopped' ORDER BY b.number",
        (run_id,),
    )
    if live:
        raise RunInUse(run=run_id, blockers="批次 " + "、".join(row[0] for row in live) + " 已用到这份花名册")
    later = store.value(
        "SELECT count(*) FROM import_before b JOIN import_run r ON r.id = b.run_id AND r.state = 'done'"
        " WHERE b.table_name = 'enrolment' AND b.run_id > ?1"
        " AND json_extract(b.body, '$.run_id') = ?1",
        (run_id,),
    )
    if later:
        raise RunInUse(run=run_id, blockers=f"有 {later} 条被后来的花名册更新过")
    rolled = store.value(
        "SELECT count(*) FROM enrolment_roll r JOIN enrolment e ON e.id = r.enrolment_id WHERE e.run_id = ?",
        (run_id,),
    )
    if rolled:
        raise RunInUse(run=run_id, blockers=f"有 {rolled} 条已经年终结转到下一年")
    if leaning := leaning_on(store, run_id):
        raise RunInUse(run=run_id, blockers=leaning)
    put_back(store, run_id, "enrolment")
    store.execute(
        "UPDATE enrolment SET state = 'stopped', stop_reason = '导入已撤销' WHERE run_id = ?1"
        " AND EXISTS (SELECT 1 FROM payment m WHERE m.enrolment_id = enrolment.id)",
        (run_id,),
    )
    store.execute("DELETE FROM enrolment WHERE run_id = ? AND state = 'active'", (run_id,))
    store.execute("DELETE FROM import_before WHERE run_id = ?", (run_id,))


@use_case("enrolment.decide", Permission.IMPORT, dated=False)
def decide_enrolment(
    desk: Desk, *, question: int, decision: Decision, reason: str, last_day: date | None = None
) -> Changes:
    """Decide an enrolment that a household event left open: it goes on, or it stops after `last_day`.

    Raises NoSuchQuestion, QuestionDecided, QuestionReasonMissing, LastDayMissing.
    """
    enrolment = write_decision(desk, question, decision, reason, last_day)
    return changes(
        Topic.ENROLMENTS,
        subject=f"enrolment {enrolment}",
        answer={"question": question, "enrolment": enrolment, "state": decision},
    )


@use_case("import.survival", Permission.IMPORT, dated=False)
def import_survival(
    desk: Desk, *, path: Path, program: str, until: date, mapping: Mapping[str, str] | None = None
) -> Changes:
    """Take in a list of the certified 生存认证: who was suspended is restored, with back-pay of the missed periods.

    Raises NoSuchProgram, AmbiguousProgram, CertificateEnded, AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    outcome, figures = take_survival(desk, path, program=program, until=until, mapping=mapping)
    return changes(
        Topic.ENROLMENTS,
        Topic.RUNS,
        subject=f"run {outcome.run}",
        counts={**outcome.counts, "certified": str(figures["certified"])},
        answer={**outcome.as_json(dry_run=False), **figures},
    )


@use_case("import.undo", Permission.IMPORT, dated=False)
def undo_survival_run(desk: Desk, *, run_id: int) -> Changes:
    """Undo a list of the certified: the suspensions that it ended hold again. Raises NoSuchRun, AlreadyUndone, RunInUse."""
    live_run(desk.store, run_id, "survival")
    take_back_survival(desk.store, run_id)
    mark_undone(desk.store, run_id)
    return undone(run_id, Topic.ENROLMENTS)


@use_case("survival.certify", Permission.IMPORT, dated=False)
def certify_person(desk: Desk, *, person: str, program: str, until: date, manner: str = "") -> Changes:
    """Certify one person at the counter, until a day; a suspension ends, with back-pay of the missed periods.

    Raises NobodyFound, SeveralFound, NoSuchProgram, AmbiguousProgram, CertificateEnded.
    """
    store = desk.store
    person_id, program_id = find_person(store, person), find_program(store, program).id
    if until < desk.today:
        raise CertificateEnded(until=until.isoformat(), day=desk.day)
    store.execute(
        "INSERT INTO survival_certificate (program_id, person_id, certified_on, valid_until, manner) VALUES (?, ?, ?, ?, ?)",
        (program_id, person_id, desk.day, until.isoformat(), manner),
    )
    suspension = store.value(
        "SELECT id FROM suspension WHERE program_id = ? AND person_id = ? AND ended_on IS NULL",
        (program_id, person_id),
    )
    restored = [] if suspension is None else [restore(desk, suspension, None)]
    return changes(
        Topic.ENROLMENTS,
        subject=f"person {person_id} program {program_id}",
        answer={"person": person_id, "certified": 1, "restored": restored},
    )


@use_case("survival.suspend", Permission.IMPORT, dated=False)
def suspend_uncertified(desk: Desk, *, program: str, starts_on: date, reason: str) -> Changes:
    """Suspend everybody of a program whose certificate does not hold on the day, from that day on.

    Raises NoSuchProgram, AmbiguousProgram, NobodyIsDue, SurvivalReasonMissing.
    """
    found = find_program(desk.store, program)
    people = suspend_due(desk, found, starts_on, reason)
    return changes(
        Topic.ENROLMENTS,
        subject=f"program {found.code}",
        counts={"people": len(people)},
        answer={
            "program": found.code,
            "starts_on": starts_on.isoformat(),
            "count": len(people),
            "people": [one.as_json() for one in people],
        },
    )


@use_case("enrolment.start", Permission.IMPORT, dated=False)
def start_enrolment(
    desk: Desk, *, program: str, person: int, first: date, facts: Mapping[str, str], reason: str
) -> Changes:
    """Somebody begins to be entitled to a program, from a day until further notice, by the facts typed at the counter.

    `facts` are texts by the names of `app.enrolment.single.asked_of`. Raises NoSuchProgram, AmbiguousProgram,
    NoPolicyInForce, EnrolmentReasonMissing, EnrolledAlready, EarlierNotPaid, BeneficiaryDied, HouseholdGone, ExcludedBy,
    NothingToPay, CannotCompute and what the readers of facts raise.
    """
    enrolment, found = start_one(
        desk, program=program, person_id=person, first=first, typed=facts, reason=reason
    )
    return changes(
        Topic.ENROLMENTS,
        subject=f"enrolment {enrolment}",
        counts={"program": found.program.code, "fen": found.entitlement.fen, "from": first.isoformat()},
        answer={
            "enrolment": enrolment,
            "program": found.program.code,
            "person": found.person_id,
            "from": first.isoformat(),
            "fen": found.entitlement.fen,
            "trace": found.entitlement.trace,
            "hint": found.hint,
        },
    )


@use_case("enrolment.stop", Permission.IMPORT, dated=False)
def stop_enrolment(desk: Desk, *, enrolment: int, last: date, reason: str) -> Changes:
    """Somebody is entitled no longer after a last day; one of a single period stops as a whole.

    Raises NoSuchEnrolment, EnrolmentReasonMissing, StoppedBefore.
    """
    name, program, state = stop_one(desk, enrolment=enrolment, last=last, reason=reason)
    return changes(
        Topic.ENROLMENTS,
        subject=f"enrolment {enrolment}",
        counts={"last": last.isoformat()},
        answer={
            "enrolment": enrolment,
            "name": name,
            "program": program,
            "state": state,
            "last": last.isoformat(),
        },
    )
