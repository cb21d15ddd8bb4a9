"""Doors of funds: allotments come, change, are carried over and withdrawn; money is received, earned, charged, handed back."""

from datetime import date
from typing import Final

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.funds.queries import AllotmentView, allotment_of, ledger_balance
from app.funds.steps import (
    book_receipt,
    carry_to_year,
    insert_allotment,
    insert_change,
    refuse_if_used,
    refuse_overdraft,
    take_back_opening,
    take_back_receipt,
    voucher_of_receipt,
)
from app.programs.queries import find_program
from app.programs.steps import checked_level
from models.domain.document_number import document_key, document_text
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from models.domain.posting import Event, Ledger, Leg, charge, hand_over, interest
from models.domain.refusal import Refusal
from models.store.vouchers import post_voucher


class NotPositive(Refusal):
    """An amount that has to be more than nothing."""

    form = "{what}必须大于 0，现在是 {fen} 元。请核对金额。"


class NothingToAdjust(Refusal):
    """An adjustment of nothing."""

    form = "调整金额是 0，没有要调整的。增加填正数，减少填负数。"


class DocumentMissing(Refusal):
    """An allotment without the document that allots it."""

    form = "没有填写文号。资金指标要有下达文件的文号，例如 浙财农〔2024〕12号。"


class YearDoesNotFit(Refusal):
    """A year that the day of issue and today have nothing to do with: its money would never be taken."""

    form = "{document} {day} 下达，年度不能是 {year}，应在 {first} 到 {last} 之间。请核对年度和下达日期。"


class ChangeWithoutReason(Refusal):
    """A change without a reason."""

    form = "没有填写原因。{act}要写明原因，留给审计查看。"


class BelowUsed(Refusal):
    """A change that would leave less allotted than was spent."""

    form = "{document} 现有指标 {allotted} 元，已用 {used} 元；{act} {fen} 元后剩 {after} 元，少于已用金额。最多可减 {most} 元。"


class IssuedInFuture(Refusal):
    """An allotment of a document that has not been issued yet."""

    form = "下达日期 {day} 晚于今天的业务日期 {today}。请照文件填写。"


class ReceivedInFuture(Refusal):
    """A receipt dated after today."""

    form = "到账日期 {day} 晚于今天的业务日期 {today}。请照银行回单填写。"


class NothingToCarry(Refusal):
    """The allotment has nothing left that was received."""

    form = "{document} 没有可以结转的余额：指标 {allotted} 元，到账 {received} 元，已用 {used} 元。"


class CarriedBackwards(Refusal):
    """A carry-over into the same or an earlier year."""

    form = "{document} 是 {year} 年的指标，只能结转到以后的年度，不能结转到 {to} 年。"


class CarriedTooFar(Refusal):
    """A carry-over beyond the next year."""

    form = "{document} 的余额只能结转到 {last} 年以前（含），不能结转到 {to} 年。请核对年度。"


class CannotWithdraw(Refusal):
    """An allotment on which something was built."""

    form = "{document} 的资金指标不能撤销：{blockers}。请先处理这些内容。"


class NoSuchReceipt(Refusal):
    """No receipt of that number."""

    form = "没有编号为 {receipt} 的到账记录。请用 receipt list 查看。"
    in_window = "没有这笔到账记录，可能刚被冲销。请按 F5 重新读取。"


class TreasuryTooSmall(Refusal):
    """More would be handed over than is owed to the treasury."""

    form = "应缴财政款余额 {balance} 元，上缴 {fen} 元多出 {excess} 元。请核对金额。"


class OpeningDoesNotFit(Refusal):
    """Opening figures that contradict each other."""

    form = "期初已用 {used} 元，超过了指标 {allotted} 元与到账 {received} 元中较小的一个。请核对三个数。"


# -- allotments ------------------------------------------------------------------------------------------------


@use_case("allotment.add", Permission.MANAGE_FUNDS, dated=False)
def add_allotment(
    desk: Desk,
    *,
    program: str,
    document: str,
    fen: Fen,
    level: str = "",
    issued_on: date | None = None,
    year: int | None = None,
    remark: str = "",
) -> Changes:
    """Enter money allotted by a document 资金指标; its year is that of its day of issue where none is given.

    Raises NoSuchProgram, AmbiguousProgram, DocumentMissing, NoSuchLevel, NotPositive, IssuedInFuture, YearDoesNotFit, AllotmentExists.
    """
    day = issued_on or desk.today
    allotment_id = _new_allotment(desk, program, document, fen, level, day, year or day.year, remark=remark)
    return _changed(desk, allotment_id, {"allotted_fen": fen})


@use_case("allotment.adjust", Permission.MANAGE_FUNDS)
def adjust_allotment(desk: Desk, *, allotment_id: int, fen: Fen, reason: str, document: str = "") -> Changes:
    """Adjust an allotment 指标调整 by `fen`, more or less, never below what was spent.

    Raises NoSuchAllotment, ChangeWithoutReason, NothingToAdjust, BelowUsed.
    """
    if fen == 0:
        raise NothingToAdjust
    _change(desk, allotment_of(desk.store, allotment_id), "adjust", fen, reason, document, "调整")
    return _changed(desk, allotment_id, {"adjusted_fen": fen})


@use_case("allotment.cut", Permission.MANAGE_FUNDS)
def cut_allotment(desk: Desk, *, allotment_id: int, fen: Fen, reason: str, document: str = "") -> Changes:
    """Cut an allotment 指标核减 by `fen` above 0, never below what was spent.

    Raises NoSuchAllotment, ChangeWithoutReason, NotPositive, BelowUsed.
    """
    _refuse_unless_positive("核减金额", fen)
    _change(desk, allotment_of(desk.store, allotment_id), "cut", Fen(-fen), reason, document, "核减")
    return _changed(desk, allotment_id, {"cut_fen": fen})


@use_case("allotment.carry_over", Permission.MANAGE_FUNDS)
def carry_allotment_over(
    desk: Desk, *, allotment_id: int, year: int | None = None, reason: str = ""
) -> Changes:
    """Carry what an allotment has left into a later year 指标结转: received money moves with it.

    The old one keeps what it spent and what has not been received; the new one has the same document, level and day of
    issue, so that older money is still spent first. Carried a second time, the new one grows.
    Raises NoSuchAllotment, NothingToCarry, CarriedBackwards, CarriedTooFar.
    """
    old = allotment_of(desk.store, allotment_id)
    to_year = year or old.year + 1
    if to_year <= old.year:
        raise CarriedBackwards(document=old.document, year=old.year, to=to_year)
    if to_year > desk.today.year + 1:
        raise CarriedTooFar(document=old.document, to=to_year, last=desk.today.year + 1)
    if old.available_fen <= 0:
        raise NothingToCarry(
            document=old.document,
            allotted=yuan_text(old.allotted_fen),
            received=yuan_text(old.received_fen),
            used=yuan_text(old.used_fen),
        )
    new_id = carry_to_year(desk, old, to_year, reason)
    left = old.available_fen
    return changes(
        Topic.FUNDS,
        Topic.LEDGER,
        subject=f"allotment {old.id}",
        counts={"carried_fen": left, "to_allotment": new_id},
        answer={"allotment": old.id, "carried_to": new_id, "year": to_year, "carried_fen": left},
    )


# (what blocks, SQL that is true for the allotment ?1); the opening balance brings one receipt of its own
_WITHDRAW_BLOCKERS: Final = (
    (
        "有到账记录",
        "SELECT count(*) > (SELECT count(DISTINCT v.id) FROM voucher v JOIN voucher_line l ON l.voucher_id = v.id"
        f" WHERE v.event = '{Event.OPENING}' AND l.allotment_id = ?1) FROM receipt WHERE allotment_id = ?1",
    ),
    ("有调整、核减或结转", "SELECT count(*) FROM allotment_change WHERE allotment_id = ?1"),
    ("是上年结转来的", "SELECT count(*) FROM allotment WHERE id = ?1 AND carried_from IS NOT NULL"),
    (
        "批次用过它的资金",
        "SELECT EXISTS (SELECT 1 FROM batch_funding WHERE allotment_id = ?1)"
        " OR EXISTS (SELECT 1 FROM batch_funding_return WHERE allotment_id = ?1)",
    ),
)


@use_case("allotment.withdraw", Permission.MANAGE_FUNDS)
def withdraw_allotment(desk: Desk, *, allotment_id: int, reason: str) -> Changes:
    """Take back an allotment entered by mistake; one with receipts, changes or batches on it is refused.

    An opening allotment goes together with its opening balance, which is reversed in red.
    Raises NoSuchAllotment, ChangeWithoutReason, CannotWithdraw with what stands in the way.
    """
    known = allotment_of(desk.store, allotment_id)
    if not reason.strip():
        raise ChangeWithoutReason(act="撤销指标")
    blockers = [words for words, sql in _WITHDRAW_BLOCKERS if desk.store.value(sql, (allotment_id,))]
    if blockers:
        raise CannotWithdraw(document=known.document, blockers="、".join(blockers))
    take_back_opening(desk, allotment_id)
    desk.store.execute("UPDATE allotment SET withdrawn_on = ? WHERE id = ?", (desk.day, allotment_id))
    return changes(
        Topic.FUNDS,
        subject=f"allotment {allotment_id}",
        counts={"reason": reason.strip()},
        answer={"allotment": allotment_id, "withdrawn_on": desk.day},
    )


@use_case("allotment.open", Permission.MANAGE_FUNDS)
def open_allotment(
    desk: Desk,
    *,
    program: str,
    document: str,
    allotted: Fen,
    received: Fen,
    used: Fen,
    level: str = "",
    issued_on: date | None = None,
    year: int | None = None,
) -> Changes:
    """Enter an allotment as it stands when the office begins in the middle of a year 期初余额.

    The opening voucher has what was received on 拨入, what was already spent on 支出 and the rest on 存款; so the books
    show the whole year, and the allotment has left what it really has left.
    Raises NoSuchProgram, AmbiguousProgram, DocumentMissing, NoSuchLevel, NotPositive, IssuedInFuture, YearDoesNotFit, AllotmentExists, OpeningDoesNotFit.
    """
    if min(received, used) < 0 or used > min(allotted, received):
        raise OpeningDoesNotFit(
            used=yuan_text(used), allotted=yuan_text(allotted), received=yuan_text(received)
        )
    store = desk.store
    day = issued_on or desk.today
    allotment_id = _new_allotment(
        desk, program, document, allotted, level, day, year or desk.today.year, remark="期初", is_opening=True
    )
    if received:
        program_id = allotment_of(store, allotment_id).program_id
        store.insert(
            "INSERT INTO receipt (allotment_id, received_on, fen, remark) VALUES (?, ?, ?, '期初')",
            (allotment_id, desk.day, received),
        )
        post_voucher(
            store,
            day=desk.day,
            event=Event.OPENING,
            summary=f"{document_text(document)} 期初余额",
            legs=_opening_legs(allotment_id, program_id, received, used),
            operator_id=desk.operator.id,
        )
    return _changed(
        desk, allotment_id, {"allotted_fen": allotted, "received_fen": received, "used_fen": used}
    )


def _opening_legs(allotment_id: int, program_id: int, received: Fen, used: Fen) -> list[Leg]:
    debits = ((Ledger.DEPOSIT, Fen(received - used)), (Ledger.EXPENSE, used))
    return [
        *(
            Leg(ledger, debit=fen, allotment_id=allotment_id, program_id=program_id)
            for ledger, fen in debits
            if fen
        ),
        Leg(Ledger.FUNDED, credit=received, allotment_id=allotment_id, program_id=program_id),
    ]


# -- receipts --------------------------------------------------------------------------------------------------


@use_case("receipt.add", Permission.MANAGE_FUNDS, dated=False)
def add_receipt(
    desk: Desk,
    *,
    allotment_id: int,
    fen: Fen,
    received_on: date | None = None,
    remark: str = "",
    attachments: int = 0,
) -> Changes:
    """Enter money received against an allotment 到账; its voucher is dated by the day it came.

    More than was allotted is entered as well, for the bank's slip says so: the limit stays at what was allotted, and the
    answer says by how much (`over_fen`). Raises NoSuchAllotment, NotPositive, ReceivedInFuture.
    """
    _refuse_unless_positive("到账金额", fen)
    day = received_on or desk.today
    if day > desk.today:
        raise ReceivedInFuture(day=day, today=desk.today)
    allotment_of(desk.store, allotment_id)
    receipt_id = book_receipt(
        desk,
        allotment_id=allotment_id,
        received_on=day.isoformat(),
        fen=fen,
        remark=remark.strip(),
        attachments=attachments,
    )
    now = allotment_of(desk.store, allotment_id)
    return changes(
        Topic.FUNDS,
        Topic.LEDGER,
        subject=f"receipt {receipt_id}",
        counts={"allotment": allotment_id, "received_fen": fen, "received_on": day.isoformat()},
        answer={
            "receipt": receipt_id,
            **_json(now),
            "receipt_fen": fen,
            "over_fen": max(now.received_fen - now.allotted_fen, 0),
        },
    )


@use_case("receipt.reverse", Permission.MANAGE_FUNDS)
def reverse_receipt(desk: Desk, *, receipt_id: int, reason: str) -> Changes:
    """Take back a receipt entered by mistake: its voucher is reversed in red, its allotment has so much less.

    Raises NoSuchReceipt, ChangeWithoutReason, ReceiptUsed, OpeningReceipt.
    """
    found = desk.store.row("SELECT allotment_id, fen FROM receipt WHERE id = ?", (receipt_id,))
    if found is None:
        raise NoSuchReceipt(receipt=receipt_id)
    if not reason.strip():
        raise ChangeWithoutReason(act="撤销到账")
    allotment_id, fen = found
    known = allotment_of(desk.store, allotment_id)
    voucher_of_receipt(desk.store, receipt_id)
    refuse_if_used(known, Fen(fen))
    take_back_receipt(desk, receipt_id)
    return _changed(desk, allotment_id, {"reversed_fen": fen, "reason": reason.strip()})


# -- the special account ---------------------------------------------------------------------------------------


@use_case("account.interest", Permission.MANAGE_FUNDS)
def add_interest(desk: Desk, *, fen: Fen, remark: str = "") -> Changes:
    """Interest 利息 on the special account: it is owed to the treasury. Raises NotPositive."""
    _refuse_unless_positive("利息", fen)
    return _account_entry(desk, Event.INTEREST, "专户利息", interest(fen), fen, remark)


@use_case("account.charge", Permission.MANAGE_FUNDS)
def add_charge(desk: Desk, *, fen: Fen, remark: str = "") -> Changes:
    """A charge 手续费 of the bank: it comes off what is owed to the treasury. Raises NotPositive, DepositTooSmall."""
    _refuse_unless_positive("手续费", fen)
    refuse_overdraft(desk.store, fen)
    return _account_entry(desk, Event.CHARGE, "专户手续费", charge(fen), fen, remark)


@use_case("account.treasury", Permission.MANAGE_FUNDS)
def hand_to_treasury(desk: Desk, *, fen: Fen, remark: str = "") -> Changes:
    """Hand over what is owed to the treasury 应缴财政款 (closed payments, interest, late recoveries).

    Raises NotPositive, TreasuryTooSmall, DepositTooSmall.
    """
    _refuse_unless_positive("上缴金额", fen)
    owed = ledger_balance(desk.store, Ledger.TREASURY)
    if fen > owed:
        raise TreasuryTooSmall(balance=yuan_text(owed), fen=yuan_text(fen), excess=yuan_text(Fen(fen - owed)))
    refuse_overdraft(desk.store, fen)
    return _account_entry(desk, Event.HAND_OVER, "上缴财政", hand_over(fen), fen, remark)


@use_case("account.open", Permission.MANAGE_FUNDS)
def open_treasury(desk: Desk, *, fen: Fen, remark: str = "") -> Changes:
    """What the account holds for the treasury when the office begins: interest, old returned money. Raises NotPositive."""
    _refuse_unless_positive("期初应缴财政款", fen)
    voucher_id = post_voucher(
        desk.store,
        day=desk.day,
        event=Event.OPENING,
        summary=remark.strip() or "应缴财政款期初余额",
        legs=interest(fen),
        operator_id=desk.operator.id,
    )
    return _account_answer(desk, f"voucher {voucher_id}", fen)


def _account_entry(desk: Desk, event: Event, words: str, legs: list[Leg], fen: Fen, remark: str) -> Changes:
    voucher_id = post_voucher(
        desk.store,
        day=desk.day,
        event=event,
        summary=f"{words} {remark.strip()}".strip(),
        legs=legs,
        operator_id=desk.operator.id,
    )
    return _account_answer(desk, f"voucher {voucher_id}", fen)


def _account_answer(desk: Desk, subject: str, fen: Fen) -> Changes:
    return changes(
        Topic.FUNDS,
        Topic.LEDGER,
        subject=subject,
        counts={"fen": fen},
        answer={
            "fen": fen,
            "deposit_fen": ledger_balance(desk.store, Ledger.DEPOSIT),
            "treasury_fen": ledger_balance(desk.store, Ledger.TREASURY),
        },
    )


# -- shared by several doors -----------------------------------------------------------------------------------


def _new_allotment(
    desk: Desk,
    program: str,
    document: str,
    fen: Fen,
    level: str,
    issued_on: date,
    year: int,
    *,
    remark: str,
    is_opening: bool = False,
) -> int:
    if not document_key(document):
        raise DocumentMissing
    _refuse_unless_positive("指标金额", fen)
    if issued_on > desk.today:
        raise IssuedInFuture(day=issued_on, today=desk.today)
    first, last = issued_on.year - 1, desk.today.year + 1
    if not first <= year <= last:
        raise YearDoesNotFit(
            document=document.strip(), day=issued_on.isoformat(), year=year, first=first, last=last
        )
    return insert_allotment(
        desk.store,
        program_id=find_program(desk.store, program).id,
        document=document.strip(),
        level=checked_level(level),
        year=year,
        issued_on=issued_on.isoformat(),
        fen=fen,
        is_opening=is_opening,
        remark=remark.strip(),
    )


def _change(
    desk: Desk, known: AllotmentView, kind: str, fen: Fen, reason: str, document: str, act: str
) -> None:
    if not reason.strip():
        raise ChangeWithoutReason(act=f"指标{act}")
    after = known.allotted_fen + fen
    if fen < 0 and after < known.used_fen:
        raise BelowUsed(
            document=known.document,
            allotted=yuan_text(known.allotted_fen),
            used=yuan_text(known.used_fen),
            act=act,
            fen=yuan_text(fen if act == "调整" else Fen(-fen)),
            after=yuan_text(Fen(after)),
            most=yuan_text(Fen(known.allotted_fen - known.used_fen)),
        )
    insert_change(desk, known.id, kind, fen, reason.strip(), document.strip())


def _changed(desk: Desk, allotment_id: int, counts: dict[str, int | str]) -> Changes:
    return changes(
        Topic.FUNDS,
        Topic.LEDGER,
        subject=f"allotment {allotment_id}",
        counts=counts,
        answer=_json(allotment_of(desk.store, allotment_id)),
    )


def _json(known: AllotmentView) -> dict[str, object]:
    return {
        "allotment": known.id,
        "program": known.program_code,
        "document": known.document,
        "level": known.level,
        "year": known.year,
        "allotted_fen": known.allotted_fen,
        "received_fen": known.received_fen,
        "limit_fen": known.limit_fen,
        "used_fen": known.used_fen,
        "available_fen": known.available_fen,
    }


def _refuse_unless_positive(what: str, fen: Fen) -> None:
    if fen <= 0:
        raise NotPositive(what=what, fen=yuan_text(fen))
