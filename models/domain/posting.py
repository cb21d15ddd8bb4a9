"""What each act writes into the books (DOMAIN §10): pure rules that give the legs of one voucher.

A leg has a positive debit or a positive credit. A red entry (红字) is the same leg as the one it takes back, on the same
side, with a negative amount; a recovery in the year of payment credits 支出 in plain figures, because it pairs with a
debit of 存款 that is no reversal. Σ debit = Σ credit in every voucher. All amounts given to this module are positive fen.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from models.domain.apportion import apportion
from models.domain.money import Fen
from models.domain.refusal import Refusal


class Ledger(StrEnum):
    """An account of the books 会计科目."""

    DEPOSIT = "deposit"
    FUNDED = "funded"
    PAYABLE = "payable"
    EXPENSE = "expense"
    RETURNED = "returned"
    TREASURY = "treasury"


LEDGER_NAMES: Final = {
    Ledger.DEPOSIT: "代发专户存款",
    Ledger.FUNDED: "补贴资金拨入",
    Ledger.PAYABLE: "应付补贴款",
    Ledger.EXPENSE: "补贴支出",
    Ledger.RETURNED: "退回待处理补贴款",
    Ledger.TREASURY: "应缴财政款",
}

# What is ours, and what it has been spent on; the others are owed, and grow on the credit side.
GROWS_ON_DEBIT: Final = frozenset({Ledger.DEPOSIT, Ledger.EXPENSE})


class Event(StrEnum):
    """The act behind a voucher."""

    OPENING = "opening"
    RECEIPT = "receipt"
    CARRY_OVER = "carry_over"
    APPROVE = "approve"
    STOP = "stop"
    RESTORE = "restore"
    SEND = "send"
    FAIL = "fail"
    BOUNCE = "bounce"
    REISSUE = "reissue"
    REFUND = "refund"
    CLOSE_UNPAID = "close_unpaid"
    INTEREST = "interest"
    CHARGE = "charge"
    HAND_OVER = "hand_over"
    RECOVER = "recover"
    REVERSE = "reverse"


EVENT_NAMES: Final = {
    Event.OPENING: "期初余额",
    Event.RECEIPT: "到账",
    Event.CARRY_OVER: "指标结转",
    Event.APPROVE: "审批",
    Event.STOP: "停发冲销",
    Event.RESTORE: "恢复发放",
    Event.SEND: "报盘",
    Event.FAIL: "发放失败",
    Event.BOUNCE: "退票",
    Event.REISSUE: "补发报盘",
    Event.REFUND: "退回财政",
    Event.CLOSE_UNPAID: "关闭未付",
    Event.INTEREST: "利息",
    Event.CHARGE: "手续费",
    Event.HAND_OVER: "上缴财政",
    Event.RECOVER: "追回",
    Event.REVERSE: "红字冲销",
}


class Leg(NamedTuple):
    """One line of a voucher: fen on one side, and what it belongs to."""

    ledger: Ledger
    debit: Fen = Fen(0)
    credit: Fen = Fen(0)
    allotment_id: int | None = None
    batch_id: int | None = None
    program_id: int | None = None


class FundingLine(NamedTuple):
    """Fen of a batch, or of one of its payments, that an allotment carries."""

    allotment_id: int
    fen: Fen


class NothingToPost(Refusal):
    """An amount that is not positive cannot be posted."""

    form = "记账金额必须大于 0，现在是 {fen} 分。请核对后重试。"


class FundingSpent(Refusal):
    """More is given back than the allotments still carry."""

    form = "要退回资金来源的 {fen} 分超过了批次资金来源的余额 {left} 分。请核对该批次已经退回的资金。"


def receipt(allotment_id: int, program_id: int, fen: Fen) -> list[Leg]:
    """到账: Dr 存款 / Cr 拨入 by allotment. The opening balance of an allotment is posted the same way."""
    _positive(fen)
    return [
        Leg(Ledger.DEPOSIT, debit=fen, allotment_id=allotment_id, program_id=program_id),
        Leg(Ledger.FUNDED, credit=fen, allotment_id=allotment_id, program_id=program_id),
    ]


def carry_over(from_allotment: int, to_allotment: int, program_id: int, fen: Fen) -> list[Leg]:
    """指标结转: received money moves with its allotment; Dr 拨入 of the old / Cr 拨入 of the new."""
    _positive(fen)
    return [
        Leg(Ledger.FUNDED, debit=fen, allotment_id=from_allotment, program_id=program_id),
        Leg(Ledger.FUNDED, credit=fen, allotment_id=to_allotment, program_id=program_id),
    ]


def approve(batch_id: int, program_id: int, funding: Iterable[FundingLine]) -> list[Leg]:
    """审批: Dr 支出 by allotment / Cr 应付 by batch. A reissue's approval posts nothing: do not call this for one."""
    return _expense_and_payable(batch_id, program_id, list(funding), sign=1)


def stop_after_approval(batch_id: int, program_id: int, funding: Iterable[FundingLine]) -> list[Leg]:
    """停发 after approval, or a batch cancelled then: 审批's legs in red, by the allotments that get the money back."""
    return _expense_and_payable(batch_id, program_id, list(funding), sign=-1)


def restore_after_stop(batch_id: int, program_id: int, funding: Iterable[FundingLine]) -> list[Leg]:
    """恢复发放 of a payment stopped after approval: 审批's legs again, over the allotments that carry it now."""
    return _expense_and_payable(batch_id, program_id, list(funding), sign=1)


def send(batch_id: int, program_id: int, fen: Fen) -> list[Leg]:
    """报盘: Dr 应付 / Cr 存款."""
    _positive(fen)
    return [
        Leg(Ledger.PAYABLE, debit=fen, batch_id=batch_id, program_id=program_id),
        Leg(Ledger.DEPOSIT, credit=fen, batch_id=batch_id, program_id=program_id),
    ]


def send_reissue(batch_id: int, program_id: int, from_batches: Iterable[tuple[int, Fen]]) -> list[Leg]:
    """补发 at 报盘: Dr 退回待处理 of each source batch / Cr 存款 for the reissue `batch_id`.

    `from_batches` gives (source batch, fen) once a source batch.
    """
    sources = list(from_batches)
    for _, fen in sources:
        _positive(fen)
    whole = Fen(sum(fen for _, fen in sources))
    _positive(whole)
    return [
        *(Leg(Ledger.RETURNED, debit=fen, batch_id=source, program_id=program_id) for source, fen in sources),
        Leg(Ledger.DEPOSIT, credit=whole, batch_id=batch_id, program_id=program_id),
    ]


def come_back(batch_id: int, program_id: int, fen: Fen) -> list[Leg]:
    """失败或退票: Dr 存款 / Cr 退回待处理 by batch."""
    _positive(fen)
    return [
        Leg(Ledger.DEPOSIT, debit=fen, batch_id=batch_id, program_id=program_id),
        Leg(Ledger.RETURNED, credit=fen, batch_id=batch_id, program_id=program_id),
    ]


def refund(batch_id: int, program_id: int, fen: Fen) -> list[Leg]:
    """退回财政 of failed money: Dr 退回待处理 / Cr 存款."""
    _positive(fen)
    return [
        Leg(Ledger.RETURNED, debit=fen, batch_id=batch_id, program_id=program_id),
        Leg(Ledger.DEPOSIT, credit=fen, batch_id=batch_id, program_id=program_id),
    ]


def close_unpaid(batch_id: int, program_id: int, fen: Fen) -> list[Leg]:
    """关闭未付: Dr 退回待处理 / Cr 应缴财政款."""
    _positive(fen)
    return [
        Leg(Ledger.RETURNED, debit=fen, batch_id=batch_id, program_id=program_id),
        Leg(Ledger.TREASURY, credit=fen, batch_id=batch_id, program_id=program_id),
    ]


def interest(fen: Fen) -> list[Leg]:
    """利息: Dr 存款 / Cr 应缴财政款."""
    _positive(fen)
    return [Leg(Ledger.DEPOSIT, debit=fen), Leg(Ledger.TREASURY, credit=fen)]


def charge(fen: Fen) -> list[Leg]:
    """手续费, the other way than interest: Dr 应缴财政款 / Cr 存款."""
    _positive(fen)
    return [Leg(Ledger.TREASURY, debit=fen), Leg(Ledger.DEPOSIT, credit=fen)]


def hand_over(fen: Fen) -> list[Leg]:
    """上缴财政 of what 应缴财政款 has gathered (closed payments, interest, late recoveries): Dr 应缴财政款 / Cr 存款."""
    _positive(fen)
    return [Leg(Ledger.TREASURY, debit=fen), Leg(Ledger.DEPOSIT, credit=fen)]


def recover(
    batch_id: int, program_id: int, funding: Iterable[FundingLine], *, year_closed: bool
) -> list[Leg]:
    """追回: Dr 存款 / Cr 支出 by allotment, or Cr 应缴财政款 when the year of payment is closed."""
    lines = list(funding)
    whole = _sum(lines)
    deposit = Leg(Ledger.DEPOSIT, debit=whole, batch_id=batch_id, program_id=program_id)
    if year_closed:
        return [deposit, Leg(Ledger.TREASURY, credit=whole, batch_id=batch_id, program_id=program_id)]
    return [
        deposit,
        *(
            Leg(
                Ledger.EXPENSE,
                credit=line.fen,
                allotment_id=line.allotment_id,
                batch_id=batch_id,
                program_id=program_id,
            )
            for line in lines
        ),
    ]


def reverse(legs: Iterable[Leg]) -> list[Leg]:
    """红字冲销 of a posted voucher: the same legs on the same sides, negative."""
    return [leg._replace(debit=Fen(-leg.debit), credit=Fen(-leg.credit)) for leg in legs]


def difference(legs: Iterable[Leg]) -> Fen:
    """Give Σ debit − Σ credit: 0 for every voucher."""
    return Fen(sum(leg.debit - leg.credit for leg in legs))


def balance(ledger: Ledger, legs: Iterable[Leg]) -> Fen:
    """Give the balance of one account over `legs`, positive on the side it grows on."""
    turnover = difference(leg for leg in legs if leg.ledger is ledger)
    return turnover if ledger in GROWS_ON_DEBIT else Fen(-turnover)


def spread(fen: Fen, funding: Sequence[FundingLine]) -> list[FundingLine]:
    """Share `fen` of a batch over the allotments that carry it, by the largest remainder; shares of 0 are left out.

    `funding` is what each allotment still carries of the batch (see `funding_left`): the shares sum to `fen` exactly and
    none is more than its allotment carries. Raises NothingToPost, or FundingSpent with what is left.
    """
    _positive(fen)
    left = sum(line.fen for line in funding)
    if fen > left:
        raise FundingSpent(fen=fen, left=left)
    shares = apportion(fen, [line.fen for line in funding])
    return [
        FundingLine(line.allotment_id, Fen(share))
        for line, share in zip(funding, shares, strict=True)
        if share
    ]


def funding_left(funding: Iterable[FundingLine], given_back: Iterable[FundingLine]) -> list[FundingLine]:
    """Give what each allotment still carries, after what stops have given back (negative when restored)."""
    left: dict[int, int] = {}
    for line in funding:
        left[line.allotment_id] = left.get(line.allotment_id, 0) + line.fen
    for line in given_back:
        left[line.allotment_id] = left.get(line.allotment_id, 0) - line.fen
    return [FundingLine(allotment, Fen(fen)) for allotment, fen in left.items() if fen]


def turnovers(legs: Iterable[Leg]) -> Mapping[Ledger, tuple[Fen, Fen]]:
    """Give (Σ debit, Σ credit) of each account, for a trial balance."""
    sums: dict[Ledger, tuple[Fen, Fen]] = {ledger: (Fen(0), Fen(0)) for ledger in Ledger}
    for leg in legs:
        debit, credit = sums[leg.ledger]
        sums[leg.ledger] = Fen(debit + leg.debit), Fen(credit + leg.credit)
    return sums


def _expense_and_payable(
    batch_id: int, program_id: int, funding: Sequence[FundingLine], *, sign: int
) -> list[Leg]:
    whole = _sum(funding)
    return [
        *(
            Leg(
                Ledger.EXPENSE,
                debit=Fen(sign * line.fen),
                allotment_id=line.allotment_id,
                batch_id=batch_id,
                program_id=program_id,
            )
            for line in funding
        ),
        Leg(Ledger.PAYABLE, credit=Fen(sign * whole), batch_id=batch_id, program_id=program_id),
    ]


def _sum(funding: Sequence[FundingLine]) -> Fen:
    for line in funding:
        _positive(line.fen)
    whole = Fen(sum(line.fen for line in funding))
    _positive(whole)
    return whole


def _positive(fen: Fen) -> None:
    if fen <= 0:
        raise NothingToPost(fen=fen)
