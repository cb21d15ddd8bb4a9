"""Lines of an answer paired with what was sent, and what becomes of each (the matching itself is models.domain.matching)."""

from collections.abc import Sequence
from typing import NamedTuple

from app.returns.answers import UNDECIDED, Answer, AnswerLine
from models.domain.matching import Outcome, ReturnedLine, SentLine, match_lines
from models.domain.money import Fen
from models.store.opening import Store

# what an earlier answer said; a bounced payment had been answered as paid
_SAID = {"open": None, "paid": Outcome.PAID, "bounced": Outcome.PAID, "failed": Outcome.FAILED}


class SentAttempt(NamedTuple):
    """An attempt of the batch, answered or not."""

    id: int
    serial: str
    name: str
    account: str
    fen: Fen
    remark: str
    state: str
    line: int


class StoredLine(NamedTuple):
    """What becomes of a line: 'paid', 'failed', 'already_posted', 'waiting' or 'unknown'; the attempt it means (of a waiting one: may mean)."""

    outcome: str
    attempt_id: int | None
    note: str


def sent_attempts(store: Store, batch_id: int) -> list[SentAttempt]:
    """All attempts of a batch in the order they were sent."""
    return [
        SentAttempt(*row)
        for row in store.each(
            "SELECT a.id, a.serial, a.name, a.account_number, a.fen, a.remark, a.state, p.line FROM bank_file f"
            " JOIN attempt a ON a.bank_file_id = f.id JOIN payment p ON p.id = a.payment_id WHERE f.batch_id = ?"
            " ORDER BY f.part, a.line",
            (batch_id,),
        )
    ]


def pair_lines(sent: Sequence[SentAttempt], answer: Answer) -> list[StoredLine]:
    """What becomes of each line of the answer, in its order. An undecided line never pays or fails anything."""
    lines = answer.lines
    with_serial = _serials_are_ours(sent, lines)
    with_remark = any(line.remark for line in lines)
    matches = match_lines(
        [SentLine(one.serial, one.name, one.account, one.fen, one.remark, _SAID[one.state]) for one in sent],
        [
            ReturnedLine(
                line.serial if with_serial else "",
                line.name,
                line.account,
                line.fen if line.verdict is not UNDECIDED else None,
                line.remark if with_remark else None,
                line.verdict or Outcome.FAILED,
            )
            for line in lines
        ],
    )
    stored = [StoredLine("unknown", None, line.note or "报盘中没有这一笔") for line in lines]
    for place, at in matches.certain:
        # an undecided line carries no amount and is never certain
        stored[at] = StoredLine((lines[at].verdict or Outcome.FAILED).value, sent[place].id, "")
    for place, at in matches.already:
        stored[at] = StoredLine("already_posted", sent[place].id, "以前的回盘已登记")
    for at, candidates, why in matches.waiting:
        likely = sent[candidates[0]].id if candidates else None
        stored[at] = StoredLine(
            "waiting", likely, _note(lines[at], [sent[place] for place in candidates], why)
        )
    return stored


def _serials_are_ours(sent: Sequence[SentAttempt], lines: Sequence[AnswerLine]) -> bool:
    """Whether the bank echoes our serials, or numbers its lines anew: at least half of those known must agree."""
    by_serial = {one.serial: (one.account, one.fen) for one in sent}
    known = [line for line in lines if line.serial in by_serial]
    agreeing = sum(by_serial[line.serial] == (line.account, line.fen) for line in known)
    return 0 < len(known) <= 2 * agreeing


def _note(line: AnswerLine, candidates: Sequence[SentAttempt], why: str) -> str:
    """Why a line waits, and which payments it may mean."""
    lines = "、".join(f"第 {one.line} 行 {one.name}" for one in candidates[:3])
    return f"{line.note or why}（可能是{lines}）" if lines else line.note or why
