"""What the doors of funds and the allotment workbook share: an allotment comes, money is received, a receipt is taken back."""

from app.desk import Desk
from app.funds.queries import AllotmentView, ledger_balance
from models.domain.document_number import document_key
from models.domain.money import Fen, yuan_text
from models.domain.posting import Event, Ledger, Leg, carry_over, receipt, reverse
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.vouchers import post_voucher


class AllotmentExists(Refusal):
    """The document already allots money of that level to that program in that year."""

    form = "{document}（{level}，{year} 年）给项目“{program}”的资金指标已经登记过，金额 {fen} 元。追加或核减请用指标调整。"


class OpeningReceipt(Refusal):
    """A receipt that is part of an opening balance."""

    form = "{document} 的这笔到账是期初余额的一部分，不能单独撤销。期初填错请用 allotment withdraw 撤销整条期初指标后重新填写。"
    in_window = "{document} 的这笔到账是期初余额的一部分，不能单独冲销。期初填错请在“指标”页选中这一条，按“撤销”，再重新登记期初。"


class ReceiptUsed(Refusal):
    """A receipt whose money an approved batch took, or that was carried over."""

    form = "{document} 的这笔到账 {fen} 元不能撤销：现在可用资金只有 {available} 元，其余已用于批次或已结转。请先处理这些用途。"


class DepositTooSmall(Refusal):
    """More would be paid than the special account holds."""

    form = "代发专户账面余额 {balance} 元，不够支付 {fen} 元，差 {shortfall} 元。请先核对银行对账单，补记未入账的到账或利息。"


def insert_allotment(
    store: Store,
    *,
    program_id: int,
    document: str,
    level: str,
    year: int,
    issued_on: str,
    fen: Fen,
    carried_from: int | None = None,
    is_opening: bool = False,
    remark: str = "",
    run_id: int | None = None,
) -> int:
    """A new allotment inside `writing`; gives its id. Raises AllotmentExists (the database forbids it too)."""
    key = document_key(document)
    known = store.row(
        "SELECT g.name, a.allotted_fen FROM allotment a JOIN program g ON g.id = a.program_id WHERE a.program_id = ?"
        " AND a.document_key = ? AND a.level = ? AND a.year = ? AND a.withdrawn_on IS NULL",
        (program_id, key, level, year),
    )
    if known is not None:
        raise AllotmentExists(
            document=document,
            level=level or "未注明级次",
            year=year,
            program=known[0],
            fen=yuan_text(Fen(known[1])),
        )
    return store.insert(
        "INSERT INTO allotment (program_id, document, document_key, level, year, issued_on, allotted_fen, carried_from,"
        " is_opening, remark, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            program_id,
            document,
            key,
            level,
            year,
            issued_on,
            fen,
            carried_from,
            int(is_opening),
            remark,
            run_id,
        ),
    )


def insert_change(desk: Desk, allotment_id: int, kind: str, fen: Fen, reason: str, document: str) -> None:
    """An adjustment, a cut or a carry-over of an allotment, on the desk's day, inside `writing`."""
    desk.store.insert(
        "INSERT INTO allotment_change (allotment_id, kind, fen, changed_on, document, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (allotment_id, kind, fen, desk.day, document, reason),
    )


def book_receipt(
    desk: Desk,
    *,
    allotment_id: int,
    received_on: str,
    fen: Fen,
    remark: str = "",
    run_id: int | None = None,
    attachments: int = 0,
) -> int:
    """Money received 到账 and its voucher, dated by the day it came, inside `writing`; gives the receipt's id."""
    store = desk.store
    program_id, document = store.rows(
        "SELECT program_id, document FROM allotment WHERE id = ?", (allotment_id,)
    )[0]
    receipt_id = store.insert(
        "INSERT INTO receipt (allotment_id, received_on, fen, remark, run_id) VALUES (?, ?, ?, ?, ?)",
        (allotment_id, received_on, fen, remark, run_id),
    )
    post_voucher(
        store,
        day=received_on,
        event=Event.RECEIPT,
        summary=f"收到 {document} 补贴资金",
        legs=receipt(allotment_id, program_id, fen),
        operator_id=desk.operator.id,
        attachments=attachments,
    )
    return receipt_id


def take_back_receipt(desk: Desk, receipt_id: int) -> None:
    """Reverse a receipt's voucher in red on the desk's day and remove the receipt, inside `writing`.

    Whether its money is still there is the caller's question. Raises OpeningReceipt.
    """
    store = desk.store
    allotment_id, program_id, document, fen = store.rows(
        "SELECT r.allotment_id, a.program_id, a.document, r.fen FROM receipt r"
        " JOIN allotment a ON a.id = r.allotment_id WHERE r.id = ?",
        (receipt_id,),
    )[0]
    post_voucher(
        store,
        day=desk.day,
        event=Event.REVERSE,
        summary=f"冲销 {document} 到账",
        legs=reverse(receipt(allotment_id, program_id, Fen(fen))),
        operator_id=desk.operator.id,
        reverses_id=voucher_of_receipt(store, receipt_id),
    )
    store.execute("DELETE FROM receipt WHERE id = ?", (receipt_id,))


def take_back_opening(desk: Desk, allotment_id: int) -> None:
    """Reverse the opening voucher of an allotment in red and remove the receipt it came with, inside `writing`.

    An allotment opened without money has neither, and nothing happens.
    """
    store = desk.store
    lines = store.rows(
        "SELECT v.id, l.ledger, l.debit_fen, l.credit_fen, l.program_id FROM voucher v JOIN voucher_line l"
        " ON l.voucher_id = v.id WHERE v.event = ? AND l.allotment_id = ?",
        (Event.OPENING, allotment_id),
    )
    if not lines:
        return
    legs = [
        Leg(Ledger(ledger), Fen(debit), Fen(credit), allotment_id=allotment_id, program_id=program_id)
        for _, ledger, debit, credit, program_id in lines
    ]
    post_voucher(
        store,
        day=desk.day,
        event=Event.REVERSE,
        summary="冲销期初余额",
        legs=reverse(legs),
        operator_id=desk.operator.id,
        reverses_id=lines[0][0],
    )
    store.execute("DELETE FROM receipt WHERE allotment_id = ?", (allotment_id,))


def voucher_of_receipt(store: Store, receipt_id: int) -> int:
    """The voucher that posted a receipt and was not reversed; of equal receipts of one day any will do.

    Raises OpeningReceipt for one that an opening voucher brought.
    """
    document, voucher_id = store.rows(
        "SELECT a.document, (SELECT v.id FROM voucher v JOIN voucher_line l ON l.voucher_id = v.id"
        " WHERE l.allotment_id = a.id AND l.debit_fen = r.fen AND v.event = ? AND v.posted_on = r.received_on"
        " AND NOT EXISTS (SELECT 1 FROM voucher red WHERE red.reverses_id = v.id) ORDER BY v.id DESC LIMIT 1)"
        " FROM receipt r JOIN allotment a ON a.id = r.allotment_id WHERE r.id = ?",
        (Event.RECEIPT, receipt_id),
    )[0]
    if voucher_id is None:
        raise OpeningReceipt(document=document)
    return int(voucher_id)


def refuse_if_used(allotment: AllotmentView, fen: Fen) -> None:
    """Refuse to take `fen` of received money from an allotment that has spent it. Raises ReceiptUsed."""
    limit = min(allotment.allotted_fen, allotment.received_fen - fen)
    if limit < allotment.used_fen:
        raise ReceiptUsed(
            document=allotment.document,
            fen=yuan_text(fen),
            available=yuan_text(allotment.available_fen),
        )


def refuse_overdraft(store: Store, fen: Fen) -> None:
    """Refuse to pay `fen` out of a special account that holds less. Raises DepositTooSmall."""
    held = ledger_balance(store, Ledger.DEPOSIT)
    if fen > held:
        raise DepositTooSmall(
            balance=yuan_text(held), fen=yuan_text(fen), shortfall=yuan_text(Fen(fen - held))
        )


def carry_to_year(desk: Desk, old: AllotmentView, to_year: int, reason: str = "") -> int:
    """Carry all that an allotment has available into `to_year` 指标结转, inside `writing`; gives the id it has there.

    What was carried there before grows. Received money moves with it in the books.
    """
    store = desk.store
    left = old.available_fen
    new_id = store.value(
        "SELECT id FROM allotment WHERE carried_from = ? AND year = ? AND withdrawn_on IS NULL",
        (old.id, to_year),
    )
    if new_id is None:
        new_id = insert_allotment(
            store,
            program_id=old.program_id,
            document=old.document,
            level=old.level,
            year=to_year,
            issued_on=old.issued_on,
            fen=left,
            carried_from=old.id,
            remark=f"{old.year} 年结转",
        )
    else:
        store.execute("UPDATE allotment SET allotted_fen = allotted_fen + ? WHERE id = ?", (left, new_id))
    insert_change(desk, old.id, "carry_out", Fen(-left), reason or f"结转到 {to_year} 年", "")
    post_voucher(
        store,
        day=desk.day,
        event=Event.CARRY_OVER,
        summary=f"{old.document} 余额结转到 {to_year} 年",
        legs=carry_over(old.id, new_id, old.program_id, left),
        operator_id=desk.operator.id,
    )
    return int(new_id)
