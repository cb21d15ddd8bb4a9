"""Lines of an answer paired with what was sent, and what becomes of each (the matching itself is models.domain.matching)."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from app.returns.answers import UNDECIDED, Answer, AnswerLine
from models.domain.matching import Outcome, ReturnedLine, SentLine, match_lines
from models.domain.money import Fen
from models.domain.person_name import name_key
from models.store.opening import Store

# what an earlier answer said; a bounced payment had been answered as paid
_SAID = {"open": None, "paid": Outcome.PAID, "bounced": Outcome.PAID, "failed": Outcome.FAILED}


_Echo = tuple[str, str, str, Fen | None, str]


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
    payment_id: int


class StoredLine(NamedTuple):
    """What becomes of a line: 'paid', 'failed', 'already_posted', 'waiting' or 'unknown'; the attempt it means (of a waiting one: may mean)."""

    outcome: str
    attempt_id: int | None
    note: str


def sent_attempts(store: Store, batch_id: int) -> list[SentAttempt]:
    """All attempts of a batch in the order they were sent."""
    return list(
        map(
            SentAttempt._make,
            store.each(
                "SELECT a.id, a.serial, a.name, a.account_number, a.fen, a.remark, a.state, p.line, p.id FROM bank_file f"
                " JOIN attempt a ON a.bank_file_id = f.id JOIN payment p ON p.id = a.payment_id WHERE f.batch_id = ?"
                " ORDER BY f.part, a.line",
                (batch_id,),
            ),
        )
    )


def pair_lines(sent: Sequence[SentAttempt], answer: Answer) -> list[StoredLine]:
    """What becomes of each line of the answer, in its order. An undecided line never pays or fails anything."""
    lines = answer.lines
    with_serial = _serials_are_ours(sent, lines)
    with_remark = any(line.remark for line in lines)
    stored = [StoredLine("unknown", None, line.note or "报盘中没有这一笔") for line in lines]
    left_sent, left_lines = _pair_echoes(
        sent, lines, stored, with_serial=with_serial, with_remark=with_remark
    )
    matches = match_lines(
        [
            SentLine(one.serial, one.name, one.account, one.fen, one.remark, _SAID[one.state])
            for one in left_sent
        ],
        [
            ReturnedLine(
                line.serial if with_serial else "",
                line.name,
                line.account,
                line.fen if line.verdict is not UNDECIDED else None,
                line.remark if with_remark else None,
                line.verdict or Outcome.FAILED,
            )
            for line in map(lines.__getitem__, left_lines)
        ],
    )
    for place, at in matches.certain:
        # an undecided line carries no amount and is never certain
        verdict = lines[left_lines[at]].verdict or Outcome.FAILED
        stored[left_lines[at]] = StoredLine(verdict.value, left_sent[place].id, "")
    for place, at in matches.already:
        stored[left_lines[at]] = StoredLine("already_posted", left_sent[place].id, "以前的回盘已登记")
    for at, candidates, why in matches.waiting:
        likely = [left_sent[place] for place in candidates]
        note = _note(lines[left_lines[at]], likely, why)
        stored[left_lines[at]] = StoredLine("waiting", likely[0].id if likely else None, note)
    return stored


def _pair_echoes(
    sent: Sequence[SentAttempt],
    lines: Sequence[AnswerLine],
    stored: list[StoredLine],
    *,
    with_serial: bool,
    with_remark: bool,
) -> tuple[list[SentAttempt], list[int]]:
    """Pair what the bank echoes in full and but once, as nearly every line is; give what is left to match.

    It is what `match_lines` would say of these lines, said sooner: 146,000 of them would take it as long as writing them.
    """

    def key(one: SentAttempt | AnswerLine) -> _Echo:
        serial = one.serial if with_serial else ""
        remark = one.remark if with_remark and not serial else ""
        return serial, name_key(one.name), one.account, one.fen, remark

    open_by_key: dict[_Echo, SentAttempt] = {}
    twins: set[_Echo] = set()
    for one in sent:
        echo = key(one)
        if open_by_key.setdefault(echo, one) is not one or one.state != "open":
            twins.add(echo)
    said_once: dict[_Echo, int] = {}
    serials = Counter(line.serial for line in lines) if with_serial else Counter[str]()
    for at, line in enumerate(lines):
        echo = key(line)
        if said_once.setdefault(echo, at) != at or (echo[0] and serials[echo[0]] > 1):
            twins.add(echo)
    taken: set[int] = set()
    for echo, at in said_once.items():
        meant, verdict = open_by_key.get(echo), lines[at].verdict
        if meant is not None and verdict is not UNDECIDED and echo not in twins:
            stored[at] = StoredLine(verdict.value, meant.id, "")
            taken.add(meant.id)
    if len(taken) == len(lines):
        return [], []
    left_lines = [at for at, line in enumerate(stored) if line.outcome not in ("paid", "failed")]
    return [one for one in sent if one.id not in taken], left_lines


def _serials_are_ours(sent: Sequence[SentAttempt], lines: Sequence[AnswerLine]) -> bool:
    """Whether the bank echoes our serials, or numbers its lines anew: at least half of those known must agree."""
    by_serial = {one.serial: (one.account, one.fen) for one in sent}
    known = [line for line in lines if line.serial in by_serial]
    agreeing = sum(by_serial[line.serial] == (line.account, line.fen) for line in known)
    return 0 < len(known) <= 2 * agreeing


def _note(line: AnswerLine, candidates: Sequence[SentAttempt], why: str) -> str:
    """Why a line waits, and which payments it may mean, each with the number by which it is confirmed."""
    lines = "、".join(f"第 {one.line} 行 {one.name}，编号 {one.payment_id}" for one in candidates[:3])
    return f"{line.note or why}（可能是{lines}）" if lines else line.note or why
