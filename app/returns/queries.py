"""Windows of returns: what came from the bank, and which of its lines still wait for a person."""

from dataclasses import asdict, dataclass
from typing import Final

from app.batches.steps import load_batch
from models.domain.money import Fen
from models.store.opening import Store


@dataclass(frozen=True)
class ReturnView:
    """One answer file."""

    id: int
    file_name: str
    profile: str
    lines: int
    received_on: str
    sha256: str

    def as_json(self) -> dict[str, object]:
        """The form of `--json`."""
        return asdict(self)


UNSETTLED: Final = "l.outcome IN ('waiting', 'unknown') AND NOT EXISTS (SELECT 1 FROM return_line_aside a WHERE a.line_id = l.id)"
"""The condition for return lines `l` that are nobody's yet, and that nobody said to be none of ours."""
NOTE: Final = "iif(s.reason IS NULL OR l.outcome NOT IN ('waiting', 'unknown'), l.note, ltrim(l.note || '；', '；') || '无须认领：' || s.reason)"
"""What is noted of a return line `l`, and why it is nobody's where somebody said so (`s`, its row of return_line_aside)."""


@dataclass(frozen=True)
class UnsettledLine:
    """A line that is nobody's yet: 'waiting' for a person, or 'unknown'."""

    id: int
    return_id: int
    file_name: str
    line: int
    name: str
    account_tail: str
    fen: Fen | None
    answer: str
    reason: str
    outcome: str
    note: str

    def as_json(self) -> dict[str, object]:
        """The form of `--json`."""
        return asdict(self)


def returns(store: Store, batch_id: int | str | None = None) -> list[ReturnView]:
    """The answer files, of one batch or all; a file belongs to the batch whose attempts its lines mean.

    Raises NoSuchBatch.
    """
    sql = "SELECT r.id, r.file_name, r.profile, r.lines, r.received_on, r.sha256 FROM bank_return r"
    if batch_id is None:
        return [ReturnView(*row) for row in store.rows(sql + " ORDER BY r.id")]
    return [
        ReturnView(*row)
        for row in store.rows(
            sql + " WHERE EXISTS (SELECT 1 FROM return_line l JOIN attempt a ON a.id = l.attempt_id"
            " JOIN bank_file f ON f.id = a.bank_file_id WHERE l.return_id = r.id AND f.batch_id = ?) ORDER BY r.id",
            (load_batch(store, batch_id).id,),
        )
    ]


def unsettled_lines(store: Store, batch_id: int | str | None = None) -> list[UnsettledLine]:
    """The waiting and unknown lines of all answers, or of those of one batch. Raises NoSuchBatch."""
    within = [view.id for view in returns(store, batch_id)]
    marks = ", ".join("?" * len(within))
    return [
        UnsettledLine(*row)
        for row in store.rows(
            "SELECT l.id, l.return_id, r.file_name, l.line, l.name, substr(l.account_number, -4), l.fen, l.answer, l.reason,"
            " l.outcome, l.note FROM return_line l JOIN bank_return r ON r.id = l.return_id"
            f" WHERE {UNSETTLED} AND l.return_id IN ({marks}) ORDER BY l.return_id, l.line",
            within,
        )
    ]
