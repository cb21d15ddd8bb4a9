"""Doors of intake: the allotment workbook comes in and is taken back (people and rosters have doors of their own rooms)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.intake.allotments import take_allotments, withdraw_allotments
from app.intake.mappings import forget
from app.intake.proposals import chosen_proposals, decide
from app.intake.taking_again import first_run
from app.intake.undoing import live_run, mark_undone, undone
from models.domain.permission import Permission


@use_case("import.allotments", Permission.MANAGE_FUNDS, dated=False)
def import_allotments(desk: Desk, *, path: Path, mapping: Mapping[str, str] | None = None) -> Changes:
    """Take in a workbook of allotments and receipts 资金指标; receipts post their vouchers."""
    outcome = take_allotments(desk, path, mapping)
    return changes(
        Topic.FUNDS, Topic.RUNS, Topic.LEDGER,
        subject=f"run {outcome.run}", counts=outcome.counts, answer=outcome.as_json(dry_run=False),
    )  # fmt: skip


@use_case("import.undo", Permission.MANAGE_FUNDS, dated=False)
def undo_allotments_run(desk: Desk, *, run_id: int) -> Changes:
    """Undo a run of allotments: its receipts are reversed in red, its allotments withdrawn.

    Raises NoSuchRun, AlreadyUndone, RunInUse when money of them was used.
    """
    live_run(desk.store, run_id, "allotments")
    withdraw_allotments(desk, run_id)
    mark_undone(desk.store, run_id)
    return undone(run_id, Topic.FUNDS, Topic.LEDGER)


@use_case("import.decline", Permission.IMPORT, dated=False)
def decline_proposals(
    desk: Desk, *, run_id: int, numbers: Sequence[int] | None = None, code: str | None = None
) -> Changes:
    """Decline what the registry proposes for damaged numbers of a run: by number, by code, or all. Nothing else changes.

    Raises NoSuchRun, AlreadyUndone, NoSuchProposal, ProposalDecided, NothingProposed.
    """
    run = first_run(desk.store, run_id)
    chosen = chosen_proposals(desk.store, run.id, numbers=numbers, code=code)
    decide(desk, chosen, "declined")
    return changes(
        Topic.RUNS,
        subject=f"run {run_id}",
        counts={"proposals": len(chosen)},
        answer={"run": run_id, "declined": [one.proposal for one in chosen]},
    )


@use_case("mapping.forget", Permission.IMPORT, dated=False)
def forget_mapping(desk: Desk, *, name: str) -> Changes:
    """Forget a remembered mapping 栏目对照: such a file is asked about anew. Raises NoSuchMapping."""
    headings = forget(desk.store, name)
    return changes(
        Topic.RUNS, subject=f"mapping {name}", counts={"headings": headings}, answer={"forgotten": name}
    )
