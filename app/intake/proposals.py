"""What was proposed for the damaged numbers of a run, and what somebody decided: listed, accepted, declined.

The values as they were stay in the row of the proposal, beside who decided and when; nothing removes or rewrites them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from app.desk import Desk
from app.intake.repairs import Proposal
from models.domain.refusal import Refusal
from models.store.opening import Store

Decision = Literal["accepted", "declined"]


class NothingProposed(Refusal):
    """There is no open proposal of that kind."""

    form = "第 {run} 次导入没有{which}待定的改正建议。请用 import proposals {run} 查看。"
    in_window = "第 {run} 次导入没有{which}待定的改正建议。请在“导入”的“改正建议”里查看。"


class NoSuchProposal(Refusal):
    """A number that is no proposal of the run."""

    form = "第 {run} 次导入没有编号为 {numbers} 的改正建议。请用 import proposals {run} 查看编号。"
    in_window = "第 {run} 次导入没有编号为 {numbers} 的改正建议。请在“导入”的“改正建议”里重新选中。"


class ProposalDecided(Refusal):
    """Somebody decided it before."""

    form = "改正建议 {number} 已在 {day} {decision}，没有再做什么。"


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as kept: where it stands, as written, as proposed, and what was decided by whom in which run."""

    proposal: int
    run: int
    sheet: str
    row: int
    column: str
    field: str
    written: str
    code: str
    proposed: str
    why: str
    state: str
    taken_by_run: int | None
    decided_on: str | None
    decided_by: str | None

    def as_json(self) -> dict[str, object]:
        """The form of `--json`."""
        return asdict(self)


def keep_proposals(store: Store, run_id: int, proposals: Sequence[Proposal]) -> list[int]:
    """Keep what was proposed for a run, inside `writing`; gives their numbers."""
    return [
        store.insert(
            "INSERT INTO import_proposal (run_id, sheet, row, field, column_name, written, code, proposed, why)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (run_id, one.sheet, one.row, one.field, one.column, one.written, one.code, one.proposed, one.why),
        )
        for one in proposals
    ]


def kept_as_json(proposals: Sequence[Proposal], numbers: Sequence[int]) -> list[dict[str, object]]:
    """Proposals of an import's answer; on a dry run they have no number."""
    held: Sequence[int | None] = numbers or [None] * len(proposals)
    return [{"proposal": number, **one.as_json()} for number, one in zip(held, proposals, strict=True)]


def first_run_of(store: Store, run_id: int) -> int:
    """The run whose file was read, for a run that follows it; else itself."""
    found = store.value("SELECT follows FROM import_run WHERE id = ?", (run_id,))
    return run_id if found is None else int(found)


def proposals_of(store: Store, run_id: int) -> list[ProposalView]:
    """The proposals of a run and of the live runs that follow it, in the order of the file."""
    rows = store.rows(
        "SELECT p.id, p.run_id, p.sheet, p.row, p.column_name, p.field, p.written, p.code, p.proposed, p.why, p.state,"
        " p.taken_by_run, p.decided_on, o.name FROM import_proposal p JOIN import_run r ON r.id = p.run_id"
        " LEFT JOIN operator o ON o.id = p.decided_by WHERE r.id = ?1 OR (r.follows = ?1 AND r.state = 'done') ORDER BY p.id",
        (first_run_of(store, run_id),),
    )
    return [ProposalView(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ProposedRun:
    """A run with proposals: its kind and file, how many of them wait for somebody, how many there are."""

    run: int
    kind: str
    file_name: str
    waiting: int
    proposals: int


def runs_with_proposals(store: Store) -> list[ProposedRun]:
    """The live runs with proposals, theirs and those of the runs that follow them, the latest first."""
    rows = store.rows(
        "SELECT f.id, f.kind, f.file_name, sum(p.state = 'open'), count(*) FROM import_proposal p"
        " JOIN import_run r ON r.id = p.run_id JOIN import_run f ON f.id = coalesce(r.follows, r.id)"
        " WHERE r.state = 'done' AND f.state = 'done' GROUP BY f.id ORDER BY f.id DESC"
    )
    return [ProposedRun(*row) for row in rows]


def chosen_proposals(
    store: Store, run_id: int, *, numbers: Sequence[int] | None = None, code: str | None = None
) -> list[ProposalView]:
    """The open proposals that are decided: by number, by the code of their finding, or all.

    Raises NoSuchProposal, ProposalDecided, NothingProposed.
    """
    of_run = proposals_of(store, run_id)
    if numbers is not None:
        by_number = {one.proposal: one for one in of_run}
        if unknown := [str(number) for number in numbers if number not in by_number]:
            raise NoSuchProposal(run=run_id, numbers="、".join(unknown))
        chosen = [by_number[number] for number in dict.fromkeys(numbers)]
        for one in chosen:
            if one.state != "open":
                raise ProposalDecided(
                    number=one.proposal, day=one.decided_on, decision={"accepted": "采纳", "declined": "不采纳"}[one.state]
                )  # fmt: skip
    else:
        chosen = [one for one in of_run if one.state == "open" and code in (None, one.code)]
    if not chosen:
        raise NothingProposed(run=run_id, which=f"“{code}”类的" if code else "")
    return chosen


def decide(
    desk: Desk, chosen: Sequence[ProposalView], decision: Decision, taken_by: int | None = None
) -> None:
    """Record what was decided, inside `writing`; accepted ones name the run that took their rows in."""
    desk.store.execute_many(
        "UPDATE import_proposal SET state = ?, taken_by_run = ?, decided_on = ?, decided_by = ? WHERE id = ?",
        [(decision, taken_by, desk.day, desk.operator.id, one.proposal) for one in chosen],
    )


def reopen(store: Store, run_id: int) -> None:
    """The run that took them in is undone: its proposals are open again."""
    store.execute(
        "UPDATE import_proposal SET state = 'open', taken_by_run = NULL, decided_on = NULL, decided_by = NULL"
        " WHERE taken_by_run = ?",
        (run_id,),
    )
