"""What the doors and the windows of enrolment share."""

from collections.abc import Mapping
from pathlib import Path

from app.desk import Desk
from app.enrolment.roster import RosterIntake
from app.intake.source import Outcome, RunKind, open_source, take_in
from app.programs.queries import find_program, policy_for
from app.workbook.columns import ROSTER


def take_roster(
    desk: Desk, path: Path, program_text: str, period_text: str, mapping: Mapping[str, str] | None = None
) -> tuple[Outcome, dict[str, object]]:
    """Check a roster and turn its good rows into enrolments, inside `writing` or `trying`.

    Gives the outcome and the roster's own figures: program, period, accepted_fen, accepted_fen_by_village.
    Raises NoSuchProgram, AmbiguousProgram, NoPolicyInForce, AlreadyImported, UnreadableWorkbook, NoTableFound.
    """
    program = find_program(desk.store, program_text)
    period, stored = policy_for(desk.store, program.id, period_text)
    source = open_source(path, ROSTER, mapping)
    intake: list[RosterIntake] = []

    def taker(run_id: int) -> RosterIntake:
        intake.append(RosterIntake(desk, run_id, program, period, stored))
        return intake[0]

    outcome = take_in(desk, source, RunKind("roster", program_id=program.id, period=period), taker)
    taken = intake[0]
    desk.store.execute(
        "UPDATE import_run SET accepted_fen = ? WHERE id = ?", (taken.accepted_fen, outcome.run)
    )
    return outcome, {
        "program": program.code,
        "period": period,
        "accepted_fen": taken.accepted_fen,
        "accepted_fen_by_village": dict(taken.fen_by_village),
    }
