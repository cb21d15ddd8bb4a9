"""Which allotments carry a batch (DOMAIN §3, §9, §10): taken at approval, given back by a stop, taken again by a restore."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from app.batches.steps import BatchRow
from app.desk import Desk
from app.funds.queries import AllotmentView, allotments, spread_over, usable_allotments
from app.funds.steps import carry_to_year
from models.domain.document_number import document_key
from models.domain.money import Fen, yuan_text
from models.domain.posting import (
    Event,
    FundingLine,
    funding_left,
    restore_after_stop,
    spread,
    stop_after_approval,
)
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.vouchers import post_voucher


class FundingDoesNotMatch(Refusal):
    """The funding lines are not the batch's total."""

    form = (
        "批次 {number} 应发合计 {owed} 元，资金来源合计 {funded} 元，{direction} {difference} 元。"
        "请改正资金来源的金额后再审批。"
    )


class FundOfAnotherProgram(Refusal):
    """A document under which the program has no allotment."""

    form = "项目没有文号为“{document}”的资金指标，现有：{known}。请改正资金来源的文号。"


class FundNotPositive(Refusal):
    """A funding line that takes nothing, or less."""

    form = "文号“{document}”的资金来源金额是 {fen} 分，必须大于 0。请改正后再审批。"


class FundOverdrawn(Refusal):
    """More than an allotment still has."""

    form = (
        "文号“{document}”可用 {available} 元，要用 {asked} 元，差 {short} 元。"
        "请减少这个文号的金额，或先登记到账、追加指标。"
    )


def funding_for(desk: Desk, batch: BatchRow, owed: Fen, funds: Mapping[str, int]) -> list[FundingLine]:
    """The allotments that shall carry `owed` fen of a batch: those named by document, else all in document order.

    A document with several levels is used level by level; money of an earlier year is carried over into this one first,
    inside `writing`, and money of a later year is not taken. Raises FundingDoesNotMatch, FundOfAnotherProgram,
    FundNotPositive, FundOverdrawn, and NotEnoughFunds where no document is named; each with the figures.
    """
    store, year = desk.store, desk.today.year
    if not funds:
        return _of_this_year(desk, spread_over(store, batch.program_id, owed, year))
    known = usable_allotments(store, batch.program_id, year)
    lines = [line for document, fen in _by_key(funds).items() for line in _of_document(known, *document, fen)]
    funded = Fen(sum(line.fen for line in lines))
    if funded != owed:
        raise FundingDoesNotMatch(
            number=batch.number,
            owed=yuan_text(owed),
            funded=yuan_text(funded),
            direction="多" if funded > owed else "少",
            difference=yuan_text(Fen(abs(funded - owed))),
        )
    return _of_this_year(desk, lines)


def _of_this_year(desk: Desk, lines: Sequence[FundingLine]) -> list[FundingLine]:
    """The same money, after what earlier years have left of it was carried over: the year's return and books agree."""
    known = {one.id: one for one in allotments(desk.store)}
    year = desk.today.year
    return [
        line
        if known[line.allotment_id].year >= year
        else line._replace(allotment_id=carry_to_year(desk, known[line.allotment_id], year))
        for line in lines
    ]


def _by_key(funds: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Sums by document, the same document written in two ways counted once: (key, as written) → fen."""
    written: dict[str, str] = {}
    sums: Counter[str] = Counter()
    for document, fen in funds.items():
        if fen <= 0:
            raise FundNotPositive(document=document, fen=fen)
        key = document_key(document)
        written.setdefault(key, document)
        sums[key] += fen
    return {(key, written[key]): fen for key, fen in sums.items()}


def _of_document(known: Sequence[AllotmentView], key: str, document: str, asked: int) -> list[FundingLine]:
    mine = [one for one in known if document_key(one.document) == key]
    if not mine:
        names = "、".join(dict.fromkeys(one.document for one in known)) or "（无）"
        raise FundOfAnotherProgram(document=document, known=names)
    lines, left = [], asked
    for one in mine:
        fen = min(left, max(one.available_fen, 0))
        if fen:
            lines.append(FundingLine(one.id, Fen(fen)))
            left -= fen
    if left:
        raise FundOverdrawn(
            document=document,
            available=yuan_text(Fen(asked - left)),
            asked=yuan_text(Fen(asked)),
            short=yuan_text(Fen(left)),
        )
    return lines


def take_funding(store: Store, batch: BatchRow, funding: Iterable[FundingLine]) -> None:
    """Write a batch's funding, and look once more, inside the transaction, that no allotment is overdrawn."""
    store.execute_many(
        "INSERT INTO batch_funding (batch_id, allotment_id, fen) VALUES (?, ?, ?)",
        [(batch.id, line.allotment_id, line.fen) for line in funding],
    )
    for one in allotments(store, batch.program_id):
        if one.available_fen < 0:
            raise FundOverdrawn(
                document=one.document,
                available=yuan_text(Fen(one.limit_fen)),
                asked=yuan_text(Fen(one.used_fen)),
                short=yuan_text(Fen(-one.available_fen)),
            )


def funding_now(store: Store, batch_id: int) -> list[FundingLine]:
    """What each allotment still carries of a batch."""

    def lines(table: str) -> list[FundingLine]:
        return [
            FundingLine(row[0], Fen(row[1]))
            for row in store.rows(
                f"SELECT allotment_id, fen FROM {table} WHERE batch_id = ? ORDER BY allotment_id", (batch_id,)
            )
        ]

    return funding_left(lines("batch_funding"), lines("batch_funding_return"))


def give_back_one(desk: Desk, batch: BatchRow, payment_id: int, fen: Fen, what: str) -> int:
    """A payment stopped after approval: its funding goes back to the allotments, 审批 is reversed in red; gives the voucher."""
    lines = spread(fen, funding_now(desk.store, batch.id))
    _write_returns(desk, batch, [(payment_id, line) for line in lines], sign=1)
    return post_voucher(
        desk.store,
        day=desk.day,
        event=Event.STOP,
        summary=f"停发冲销 批次 {batch.number} {what}",
        legs=stop_after_approval(batch.id, batch.program_id, lines),
        operator_id=desk.operator.id,
        batch_id=batch.id,
    )


def take_again_one(desk: Desk, batch: BatchRow, payment_id: int, fen: Fen, what: str) -> int:
    """A payment restored after approval: from the allotments that it gave back to, while they still have it, else in document order.

    Raises NotEnoughFunds. Gives the voucher.
    """
    store = desk.store
    gave = [
        FundingLine(row[0], Fen(row[1]))
        for row in store.rows(
            "SELECT allotment_id, sum(fen) FROM batch_funding_return WHERE payment_id = ? GROUP BY allotment_id"
            " HAVING sum(fen) > 0 ORDER BY allotment_id",
            (payment_id,),
        )
    ]
    available = {one.id: one.available_fen for one in allotments(store, batch.program_id)}
    if sum(line.fen for line in gave) != fen or any(
        available.get(line.allotment_id, 0) < line.fen for line in gave
    ):
        gave = _of_this_year(desk, spread_over(store, batch.program_id, fen, desk.today.year))
    _write_returns(desk, batch, [(payment_id, line) for line in gave], sign=-1)
    return post_voucher(
        store,
        day=desk.day,
        event=Event.RESTORE,
        summary=f"恢复发放 批次 {batch.number} {what}",
        legs=restore_after_stop(batch.id, batch.program_id, gave),
        operator_id=desk.operator.id,
        batch_id=batch.id,
    )


def give_back_all(desk: Desk, batch: BatchRow, payments: Sequence[tuple[int, Fen]]) -> int | None:
    """An approved batch is cancelled: all that allotments still carry of these (payment, fen) goes back; gives the voucher."""
    left = funding_now(desk.store, batch.id)
    if not left or not payments:
        return None
    # only a voucher taken back whole is named as reversed; after single stops the rest is
    approval = desk.store.value(
        "SELECT id FROM voucher v WHERE batch_id = ?1 AND event = ?2"
        " AND NOT EXISTS (SELECT 1 FROM batch_funding_return r WHERE r.batch_id = ?1)",
        (batch.id, Event.APPROVE.value),
    )
    _write_returns(desk, batch, _filled(payments, left), sign=1)
    return post_voucher(
        desk.store,
        day=desk.day,
        event=Event.STOP,
        summary=f"停发冲销 批次 {batch.number} 作废，{len(payments)} 笔",
        legs=stop_after_approval(batch.id, batch.program_id, left),
        operator_id=desk.operator.id,
        batch_id=batch.id,
        reverses_id=approval,
    )


def _filled(
    payments: Sequence[tuple[int, Fen]], left: Sequence[FundingLine]
) -> list[tuple[int, FundingLine]]:
    """Payments in their order over allotments in theirs: each payment's parts sum to it, each allotment's to what it carried."""
    rows = []
    purses = [[line.allotment_id, line.fen] for line in left]
    place = 0
    for payment_id, fen in payments:
        rest: int = fen
        while rest:
            part = min(rest, purses[place][1])
            if part:
                rows.append((payment_id, FundingLine(purses[place][0], Fen(part))))
            purses[place][1] = Fen(purses[place][1] - part)
            rest -= part
            place += purses[place][1] == 0 and rest > 0
    return rows


def _write_returns(
    desk: Desk, batch: BatchRow, rows: Iterable[tuple[int, FundingLine]], *, sign: int
) -> None:
    desk.store.execute_many(
        "INSERT INTO batch_funding_return (batch_id, allotment_id, payment_id, fen, returned_on) VALUES (?, ?, ?, ?, ?)",
        [(batch.id, line.allotment_id, payment_id, sign * line.fen, desk.day) for payment_id, line in rows],
    )
