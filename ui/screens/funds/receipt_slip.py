"""到账登记单: money received against an allotment, for the voucher's attachments."""

from app.funds.queries import AllotmentView, ReceiptView
from models.domain.money import yuan_text
from models.domain.words import amount_in_words
from ui.printing.forms.slip import Slip


def receipt_slip(office: str, receipt: ReceiptView, allotment: AllotmentView) -> Slip:
    """The slip of one receipt; what the allotment has by now stands with it."""
    facts = [
        ("到账日期", receipt.received_on),
        ("资金级次", allotment.level),
        ("指标文号", receipt.document),
        ("补贴项目", receipt.program_name),
        ("到账金额", f"{yuan_text(receipt.fen)} 元"),
        ("大　　写", amount_in_words(receipt.fen)),
        ("指标金额", f"{yuan_text(allotment.allotted_fen)} 元"),
        ("累计到账", f"{yuan_text(allotment.received_fen)} 元"),
    ]
    text = [f"备注：{receipt.remark}"] if receipt.remark else []
    return Slip(office, "资金到账登记单", facts, text, ("财政所长：", "审核：", "登记："))
