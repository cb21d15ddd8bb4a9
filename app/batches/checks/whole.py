"""Checks of the batch as a whole: its policy, its funds, its notice, who acted on it."""

from collections.abc import Iterator

from app.batches.checks.scope import Scope
from app.batches.sheet import CheckRow, row_of_batch
from app.batches.steps import posted_first
from app.funds.queries import usable_allotments
from app.programs.queries import NoPolicyInForce, policy_for
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from models.store.opening import Row


def policy_not_in_force(scope: Scope) -> Iterator[CheckRow]:
    """The batch was computed by a policy that is not the one in force now."""
    try:
        _, now = policy_for(scope.store, scope.batch.program_id, scope.batch.period)
    except NoPolicyInForce as refusal:
        yield row_of_batch(refusal.sentence)
        return
    if now.id != scope.batch.policy_id:
        yield row_of_batch(
            f"本批次按第 {scope.stored.version} 版政策计算，{period_text(scope.batch.period)}现行的是第 {now.version} 版"
            f"（{now.policy.document}）。"
        )


def funds_short(scope: Scope) -> Iterator[CheckRow]:
    """The usable allotments have less than the batch owes."""
    usable = usable_allotments(scope.store, scope.batch.program_id, scope.day.year)
    available = sum(max(one.available_fen, 0) for one in usable)
    owed = scope.live[1]
    if available < owed:
        yield row_of_batch(
            f"项目的资金指标可用 {yuan_text(Fen(available))} 元，应发 {yuan_text(owed)} 元，差 {yuan_text(Fen(owed - available))} 元。"
        )


def _notice(scope: Scope) -> Row | None:
    return scope.store.row(
        "SELECT first_day, last_day FROM public_notice WHERE batch_id = ? AND state <> 'withdrawn' ORDER BY id DESC LIMIT 1",
        (scope.batch.id,),
    )


def notice_missing(scope: Scope) -> Iterator[CheckRow]:
    """A program that is posted first, without a notice."""
    if posted_first(scope.store, scope.batch) and _notice(scope) is None:
        yield row_of_batch("按政策要先公示再审批，还没有公示。")


def notice_too_short(scope: Scope) -> Iterator[CheckRow]:
    """A notice whose days are not over."""
    notice = _notice(scope) if posted_first(scope.store, scope.batch) else None
    if notice is not None and scope.day.isoformat() <= notice[1]:
        yield row_of_batch(f"公示期 {notice[0]} 至 {notice[1]}，{scope.day.isoformat()} 还没有期满。")


def objection_open(scope: Scope) -> Iterator[CheckRow]:
    """Objections without an outcome."""
    for objection, person, raised_on in scope.store.rows(
        "SELECT id, person, raised_on FROM objection WHERE batch_id = ? AND outcome = '' ORDER BY id",
        (scope.batch.id,),
    ):
        yield row_of_batch(f"{person} {raised_on} 提出的第 {objection} 号异议还没有处理结果。")


def entered_and_reviewed(scope: Scope) -> Iterator[CheckRow]:
    """The reviewer of the batch is the one who brought in its rosters."""
    for name, file_name in scope.store.rows(
        "SELECT DISTINCT o.name, r.file_name FROM batch_act a JOIN operator o ON o.id = a.operator_id"
        " JOIN import_run r ON r.operator_id = o.id AND r.kind = 'roster' WHERE a.batch_id = ?1 AND a.step = 'review'"
        " AND EXISTS (SELECT 1 FROM payment p JOIN enrolment e ON e.id = p.enrolment_id WHERE p.batch_id = ?1 AND e.run_id = r.id)",
        (scope.batch.id,),
    ):
        yield row_of_batch(f"复核人 {name} 就是导入花名册“{file_name}”的人。")
