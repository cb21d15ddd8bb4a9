"""计算依据单: how a payment came to its sum, for somebody who asks or objects."""

from app.batches.queries import Why
from models.domain.buckets import BUCKET_NAMES
from models.domain.money import yuan_text
from models.domain.period import period_text
from models.domain.words import amount_in_words
from ui.printing.forms.slip import Slip


def why_slip(office: str, why: Why) -> Slip:
    """The slip of one payment."""
    facts = [
        ("享受人", why.name),
        ("补贴项目", why.program_name),
        ("发放期间", period_text(why.period)),
        ("政策文号", f"{why.document}（第 {why.policy_version} 版）"),
        ("数量 × 标准", " × ".join(filter(None, (why.quantity, why.rate)))),
        ("金额", f"{yuan_text(why.owed_fen)} 元"),
        ("批次", f"{why.number} 第 {why.line} 行"),
        ("目前状态", BUCKET_NAMES[why.bucket] + (f"（{why.reason}）" if why.reason else "")),
    ]
    text = [f"计算过程：{why.trace}", f"金额大写：{amount_in_words(why.owed_fen)}"]
    return Slip(office, "补贴金额计算依据单", facts, text, ("经办：", "本人签收：", "日期："))
