"""Which batch an answer belongs to, when nobody says: the one whose attempts it names best, or nobody's guess."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.batches.steps import BatchRow, load_batch
from app.returns.answers import AnswerLine
from models.domain.refusal import Refusal
from models.store.opening import Store

_SAMPLED = 50


class NothingSent(Refusal):
    """No batch is at the bank, so nothing can have come back."""

    form = "没有已报盘的批次，“{name}”无从登记。请先报盘，或核对是否打开了正确的办公点。"


class SeveralBatchesFit(Refusal):
    """Batches of the same people and amounts: the file alone does not say which."""

    form = "“{name}”与 {batches} 都对得上，无法判断属于哪一个。请用 --batch 指明批次后重试。"
    in_window = "“{name}”与 {batches} 都对得上，无法判断属于哪一个。请在“属于哪个批次”里选定后重试。"


class NotSent(Refusal):
    """The batch that was named has not been to the bank."""

    form = "批次 {number} 还没有报盘，不能登记回盘。请核对批次编号。"


class _Hits(NamedTuple):
    """How well a batch fits: attempts named by account and amount, of these by serial too, of these still open."""

    named: int
    by_serial: int
    open: int


def batch_of_answer(
    store: Store, path: Path, lines: Sequence[AnswerLine], asked: int | str | None
) -> BatchRow:
    """The batch that `lines` answer. Raises NoSuchBatch, NotSent, NothingSent, SeveralBatchesFit."""
    if asked is not None:
        batch = load_batch(store, asked)
        if store.value("SELECT 1 FROM bank_file WHERE batch_id = ? LIMIT 1", (batch.id,)) is None:
            raise NotSent(number=batch.number)
        return batch
    candidates = _candidates(store, lines)
    if not candidates:
        raise NothingSent(name=path.name)
    if len(candidates) == 1:
        return load_batch(store, candidates[0])
    hits = _hits(store, lines, candidates)
    best = max(hits.values())
    tied = [load_batch(store, batch_id) for batch_id, found in hits.items() if found == best]
    if len(tied) > 1:
        # banks answer under the name of our file, which begins with the batch's number
        tied = [batch for batch in tied if path.name.startswith(batch.number)] or tied
    if len(tied) > 1:
        raise SeveralBatchesFit(name=path.name, batches="、".join(f"批次 {batch.number}" for batch in tied))
    return tied[0]


def _candidates(store: Store, lines: Sequence[AnswerLine]) -> list[int]:
    """Batches at the bank, and those closed ones that paid somebody of the first lines (the file may be a late copy)."""
    return [
        row[0]
        for row in store.rows(
            "SELECT id FROM batch b WHERE state IN ('sent', 'settling')"
            " OR state IN ('settled', 'archived') AND EXISTS (SELECT 1 FROM bank_file f WHERE f.batch_id = b.id)"
            " AND EXISTS (SELECT 1 FROM json_each(?) j JOIN account c ON c.number = j.value"
            " JOIN person x ON x.id = c.person_id JOIN payment p ON p.household_id = x.household_id"
            " WHERE p.batch_id = b.id) ORDER BY id",
            (_as_json([line.account for line in lines[:_SAMPLED]]),),
        )
    ]


def _as_json(texts: Sequence[str]) -> str:
    return "[" + ",".join(f'"{text}"' for text in texts if text.isascii() and text.isdigit()) + "]"


def _hits(store: Store, lines: Sequence[AnswerLine], candidates: Sequence[int]) -> dict[int, _Hits]:
    store.execute("DROP TABLE IF EXISTS temp.answer_key")
    store.execute("CREATE TEMP TABLE answer_key (account TEXT, fen INTEGER, serial TEXT)")
    store.execute_many(
        "INSERT INTO answer_key VALUES (?, ?, ?)", ((line.account, line.fen, line.serial) for line in lines)
    )
    store.execute("CREATE INDEX temp.answer_key_place ON answer_key (account, fen, serial)")
    hits: dict[int, _Hits] = {}
    for batch_id in candidates:
        (row,) = store.rows(
            "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM answer_key k WHERE k.account = a.account_number"
            " AND k.fen = a.fen AND k.serial = a.serial)), 0), coalesce(sum(a.state = 'open'), 0)"
            " FROM bank_file f JOIN attempt a ON a.bank_file_id = f.id WHERE f.batch_id = ?"
            " AND EXISTS (SELECT 1 FROM answer_key k WHERE k.account = a.account_number AND k.fen = a.fen)",
            (batch_id,),
        )
        hits[batch_id] = _Hits(*row)
    store.execute("DROP TABLE temp.answer_key")
    return hits
