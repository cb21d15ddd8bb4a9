"""The doors of the year's end: a year is closed, its enrolments go on, and it is opened again only with a reason and an approval."""

from collections.abc import Sequence

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.funds.steps import carry_to_year
from app.yearend.enrolments import LEFT_OUT, carry_enrolments, chosen_rolls
from app.yearend.queries import ClosingPlan, closing_plan, year_state
from models.domain.flows.year_flow import YEAR_STATE_NAMES, YearState, YearStep, follow
from models.domain.permission import Permission
from models.domain.refusal import Refusal
from models.store.closing import closed_through


class CannotClose(Refusal):
    """Something keeps the year from being closed."""

    form = "{year} 年还不能结账。{stops}"


class ReopenReasonMissing(Refusal):
    """A closed year asked for without a word."""

    form = "申请反结账必须写明原因，例如“12 月一笔到账漏记，经所长同意补记”。请填写后重试。"


class ReopenedBySame(Refusal):
    """Who asked for a year does not open it."""

    form = "反结账是“{operator}”申请的，要由另一个人批准。请换有审批岗位的操作员登录。"


class LaterYearClosed(Refusal):
    """Years are opened from the last one back."""

    form = "{last} 年也已结账，要先反结账 {last} 年，才能反结账 {year} 年。"


@use_case("year.close", Permission.CLOSE_YEAR)
def close_year(desk: Desk, *, year: int, carry: bool = True, programs: Sequence[str] | None = ()) -> Changes:
    """Close a year 年终结账: its balances and open failures (历年退回) are kept, its books freeze.

    With `carry` what its allotments have left goes into the next year 指标结转. The enrolments of `programs` (codes; None for
    all that can) go on in the new year. Raises NoRoad, CannotClose with every reason, UnknownProgramToRoll.
    """
    store = desk.store
    state = follow(year_state(store, year), YearStep.CLOSE)
    plan = closing_plan(store, year, desk.day)
    if plan.stops:
        raise CannotClose(year=year, stops="".join(plan.stops))
    close_id = store.insert(
        "INSERT INTO year_close (year, state, closed_on, closed_by) VALUES (?, ?, ?, ?)",
        (year, state.value, desk.day, desk.operator.id),
    )
    _keep(desk, close_id, plan)
    carried = 0
    if carry:
        for allotment in plan.allotments:
            carry_to_year(desk, allotment, year + 1, f"{year} 年终结账结转")
            carried += allotment.available_fen
    rolled = carry_enrolments(desk, year, chosen_rolls(store, year, programs))
    figures: dict[str, int] = {
        "year": year,
        "returns": len(plan.returns),
        "returned_fen": plan.returned_fen,
        "carried_fen": carried,
        **rolled,
    }
    return changes(
        *_TOPICS,
        subject=f"year {year}",
        counts=figures,
        answer={"state": state.value, "balances": len(plan.balances), **figures},
    )


_TOPICS = (Topic.LEDGER, Topic.FUNDS, Topic.ENROLMENTS, Topic.REPORTS, Topic.ARCHIVE)


def _keep(desk: Desk, close_id: int, plan: ClosingPlan) -> None:
    desk.store.execute_many(
        "INSERT INTO year_balance (close_id, ledger, program_id, allotment_id, fen) VALUES (?, ?, ?, ?, ?)",
        [(close_id, one.ledger.value, one.program_id, one.allotment_id, one.fen) for one in plan.balances],
    )
    desk.store.execute_many(
        "INSERT INTO year_return (close_id, payment_id, bucket, fen, failed_on, voucher_id, slip_sha256) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                close_id,
                one.payment_id,
                one.bucket.value,
                one.fen,
                one.failed_on,
                one.voucher_id,
                one.slip_sha256,
            )
            for one in plan.returns
        ],
    )


@use_case("year.roll", Permission.CLOSE_YEAR)
def roll_year(desk: Desk, *, year: int, programs: Sequence[str] | None = None) -> Changes:
    """Let enrolments of `year` go on in the next 享受对象结转: of the programs named by code, or of all that can.

    Who went on before does not go on twice. Raises UnknownProgramToRoll.
    """
    chosen = chosen_rolls(desk.store, year, programs)
    counts = carry_enrolments(desk, year, chosen)
    waiting = [one.program for one in chosen if one.stop]
    return changes(
        Topic.ENROLMENTS,
        subject=f"year {year}",
        counts={"year": year, **counts},
        answer={"year": year, **counts, "waiting": waiting, "told": counts[LEFT_OUT] > 0},
    )


@use_case("year.ask_reopen", Permission.CLOSE_YEAR)
def ask_reopen(desk: Desk, *, year: int, reason: str) -> Changes:
    """Ask for a closed year to be opened again 申请反结账. Raises NoRoad, ReopenReasonMissing, LaterYearClosed."""
    state = follow(year_state(desk.store, year), YearStep.ASK_REOPEN)
    if not reason.strip():
        raise ReopenReasonMissing
    _refuse_unless_last(desk, year)
    desk.store.execute(
        "UPDATE year_close SET state = ?, reopen_reason = ?, asked_by = ?, asked_on = ? WHERE year = ? AND state = 'closed'",
        (state.value, reason.strip(), desk.operator.id, desk.day, year),
    )
    return _moved(year, state, {"reason": reason.strip()})


@use_case("year.turn_down", Permission.REOPEN_YEAR)
def turn_down_reopen(desk: Desk, *, year: int, reason: str = "") -> Changes:
    """Leave a year closed that was asked for 驳回. Raises NoRoad."""
    state = follow(year_state(desk.store, year), YearStep.TURN_DOWN)
    desk.store.execute(
        "UPDATE year_close SET state = ?, reopen_reason = '', asked_by = NULL, asked_on = NULL WHERE year = ? AND state = 'reopening'",
        (state.value, year),
    )
    return _moved(year, state, {"reason": reason.strip()} if reason.strip() else {})


@use_case("year.reopen", Permission.REOPEN_YEAR)
def reopen_year(desk: Desk, *, year: int) -> Changes:
    """Open a closed year again 反结账, by somebody else than who asked. Raises NoRoad, ReopenedBySame, LaterYearClosed."""
    store = desk.store
    state = follow(year_state(store, year), YearStep.REOPEN)
    _refuse_unless_last(desk, year)
    asked_by = store.value("SELECT asked_by FROM year_close WHERE year = ? AND state = 'reopening'", (year,))
    if asked_by == desk.operator.id:
        raise ReopenedBySame(operator=desk.operator.name)
    store.execute(
        "UPDATE year_close SET state = ?, reopened_by = ?, reopened_on = ? WHERE year = ? AND state = 'reopening'",
        (state.value, desk.operator.id, desk.day, year),
    )
    return _moved(year, state, {})


def _refuse_unless_last(desk: Desk, year: int) -> None:
    last = closed_through(desk.store)
    if last is not None and last > year:
        raise LaterYearClosed(last=last, year=year)


def _moved(year: int, state: YearState, counts: dict[str, int | str]) -> Changes:
    return changes(
        *_TOPICS,
        subject=f"year {year}",
        counts={"year": year, "state": state.value, **counts},
        answer={"year": year, "state": state.value, "state_name": YEAR_STATE_NAMES[state]},
    )
