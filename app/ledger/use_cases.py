"""The one door of the ledger: a voucher that no act's state stands on is reversed in red."""

from typing import Final

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.funds.queries import ledger_balance
from app.ledger.queries import find_voucher, voucher_name
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from models.domain.posting import EVENT_NAMES, LEDGER_NAMES, Event, Ledger, Leg, reverse
from models.domain.refusal import Refusal
from models.store.vouchers import post_voucher

# Interest, charges and what was handed over: no payment, batch or allotment changes its state with these bookings.
REVERSIBLE: Final = (Event.INTEREST, Event.CHARGE, Event.HAND_OVER)

_ITS_OWN_ACT: Final = {
    Event.OPENING: "期初余额随期初指标登记，请用指标调整改正",
    Event.RECEIPT: "请撤销这笔到账（receipt reverse）",
    Event.CARRY_OVER: "请在新年度用指标核减和调整改正",
    Event.APPROVE: "请停发该笔，或作废批次",
    Event.STOP: "请恢复发放该笔",
    Event.RESTORE: "请再次停发该笔",
    Event.SEND: "款项已交银行，请等银行回盘后登记失败、退票或追回",
    Event.REISSUE: "款项已交银行，请等银行回盘后登记失败、退票或追回",
    Event.FAIL: "请编制补发批次，或关闭该笔",
    Event.BOUNCE: "请编制补发批次，或关闭该笔",
    Event.CLOSE_UNPAID: "已关闭的款项进了应缴财政款，不能再打开",
    Event.REFUND: "已退回财政的款项不能再打开",
    Event.RECOVER: "追回的款项已退回资金来源；同一期间不能再发给同一对象",
    Event.REVERSE: "它本身就是冲销，请重新登记被冲销的业务",
}


class NotReversible(Refusal):
    """The voucher belongs to an act; undoing the voucher alone would set the books against that act."""

    form = "凭证 {voucher} 是“{event}”自动生成的，不能单独冲销，否则账与业务对不上。{instead}。"


class AlreadyReversed(Refusal):
    """A voucher is reversed once."""

    form = "凭证 {voucher} 已由 {by} 冲销，不能再冲一次。请用 voucher show 查看。"
    in_window = "凭证 {voucher} 已由 {by} 冲销，不能再冲一次。"


class ReversalReasonMissing(Refusal):
    """A red entry without a reason."""

    form = "冲销凭证 {voucher} 必须写明原因。请填写后重试。"


class ReversalOverdraws(Refusal):
    """The money of the voucher has been used since."""

    form = (
        "凭证 {voucher} 不能冲销：冲销后“{ledger}”会差 {short} 元，这笔钱已经用掉。请先冲销后来用它的凭证。"
    )


@use_case("voucher.reverse", Permission.MANAGE_FUNDS)
def reverse_voucher(desk: Desk, *, voucher: str, reason: str, month: str | None = None) -> Changes:
    """Reverse a voucher in red 红字冲销, on the desk's day; the first one stays as it is.

    Only interest 利息, charges 手续费 and money handed over 上缴财政 can be reversed here: every other voucher belongs to an
    act with a state of its own, and that act has its own way back, which the refusal names.
    Raises NoSuchVoucher, NotReversible, AlreadyReversed, ReversalReasonMissing, ReversalOverdraws.
    """
    store = desk.store
    known = find_voucher(store, voucher, month)
    shown = f"{known.month}/{known.name}"
    if Event(known.event) not in REVERSIBLE:
        instead = _ITS_OWN_ACT.get(Event(known.event), "请按原业务办理更正")
        raise NotReversible(voucher=shown, event=EVENT_NAMES[Event(known.event)], instead=instead)
    if known.reversed_by:
        raise AlreadyReversed(voucher=shown, by=known.reversed_by)
    if not reason.strip():
        raise ReversalReasonMissing(voucher=shown)
    legs = [
        Leg(Ledger(row[0]), Fen(row[1]), Fen(row[2]), *row[3:])
        for row in store.rows(
            "SELECT ledger, debit_fen, credit_fen, allotment_id, batch_id, program_id FROM voucher_line"
            " WHERE voucher_id = ? ORDER BY id",
            (known.id,),
        )
    ]
    red = post_voucher(
        store,
        day=desk.day,
        event=Event.REVERSE,
        summary=f"冲销 {shown} {known.event_name}：{reason.strip()}",
        legs=reverse(legs),
        operator_id=desk.operator.id,
        reverses_id=known.id,
    )
    for ledger in (Ledger.DEPOSIT, Ledger.TREASURY):
        if (left := ledger_balance(store, ledger)) < 0:
            raise ReversalOverdraws(voucher=shown, ledger=LEDGER_NAMES[ledger], short=yuan_text(Fen(-left)))
    number = store.value("SELECT number FROM voucher WHERE id = ?", (red,))
    return changes(
        Topic.LEDGER,
        Topic.FUNDS,
        subject=f"voucher {known.id}",
        counts={"reversed_by": red, "fen": known.fen, "reason": reason.strip()},
        answer={
            "voucher": red,
            "name": f"{desk.day[:7]}/{voucher_name(number)}",
            "reverses": shown,
            "fen": known.fen,
        },
    )
