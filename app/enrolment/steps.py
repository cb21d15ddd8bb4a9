"""What the doors and the windows of enrolment share."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.desk import Desk
from app.enrolment.roster.intake import RosterIntake
from app.intake.source import NoSuchRun, Outcome, RunKind, open_source, take_in
from app.intake.taking_again import accept, first_run
from app.programs.queries import ProgramView, find_program, policy_for, program_of
from app.workbook.columns import ROSTER


def take_roster(
    desk: Desk,
    path: Path,
    program_text: str,
    period_text: str,
    mapping: Mapping[str, str] | None = None,
    *,
    with_rows: bool = False,
) -> tuple[Outcome, dict[str, object]]:
    """Check a roster and turn its good rows into enrolments, inside `writing` or `trying`.

    Gives the outcome and the roster's own figures: program, period, accepted_fen, accepted_fen_by_village.
    Raises NoSuchProgram, AmbiguousProgram, NoPolicyInForce, AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    program = find_program(desk.store, program_text)
    period, stored = policy_for(desk.store, program.id, period_text)
    source = open_source(path, ROSTER, mapping, desk.store)
    intake: list[RosterIntake] = []

    def taker(run_id: int) -> RosterIntake:
        intake.append(RosterIntake(desk, run_id, program, period, stored))
        return intake[0]

    outcome = take_in(
        desk, source, RunKind("roster", program_id=program.id, period=period), taker, with_rows=with_rows
    )
    return outcome, _figures(desk, intake[0], program, period)


def take_accepted(
    desk: Desk, run_id: int, *, numbers: Sequence[int] | None = None, code: str | None = None
) -> tuple[Outcome, dict[str, object], dict[str, int | str]]:
    """Take rows of a roster in with what somebody accepted for them, inside `writing` (see `accept`): under today's policy.

    Gives the outcome, the roster's own figures, and what the audit line says of the values.
    """
    run = first_run(desk.store, run_id)
    if run.kind.kind != "roster" or run.kind.program_id is None:
        raise NoSuchRun(run=run_id)
    program = program_of(desk.store, run.kind.program_id)
    period, stored = policy_for(desk.store, program.id, run.kind.period)
    intake: list[RosterIntake] = []

    def taker(follow_up: int) -> RosterIntake:
        intake.append(RosterIntake(desk, follow_up, program, period, stored))
        return intake[0]

    outcome, proof = accept(desk, run, ROSTER, taker, numbers=numbers, code=code)
    return outcome, _figures(desk, intake[0], program, period), proof


def _figures(desk: Desk, taken: RosterIntake, program: ProgramView, period: str) -> dict[str, object]:
    """A roster's own figures, recorded with its run."""
    desk.store.execute(
        "UPDATE import_run SET accepted_fen = ? WHERE id = ?", (taken.accepted_fen, taken.run_id)
    )
    return {
        "program": program.code,
        "period": period,
        "accepted_fen": taken.accepted_fen,
        "accepted_fen_by_village": dict(taken.fen_by_village),
    }
