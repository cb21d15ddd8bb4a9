"""The cover of a batch's dossier 案卷封面: what it is about, how long it is kept, and a code that finds it again."""

from app.archive.queries import filed
from app.audit.queries import head
from app.batches.queries import BatchView
from models.domain.buckets import Bucket
from models.domain.money import yuan_text
from models.store.opening import Store
from ui.printing.forms.covers import Cover


def dossier_cover(store: Store, view: BatchView) -> Cover:
    """The cover of a batch's dossier, whether it is made yet or not."""
    line, found = view.line, filed(store, view.line.id)
    township = str(store.value("SELECT township FROM office"))
    made = found.dossier
    paid = view.buckets[Bucket.PAID]
    facts = [
        ("批次号", line.number),
        ("文　号", view.document),
        ("发放期间", line.period_shown),
        ("应　发", f"{line.payments:,} 笔　{yuan_text(line.owed_fen)} 元"),
        ("实　发", f"{paid.payments:,} 笔　{yuan_text(paid.fen)} 元"),
        ("审批日期", view.approved_on or ""),
        ("保管期限", f"{found.years} 年，{found.destroyable_on} 起可鉴定"),
        ("件　数", f"{len(found.files)} 个文件" if made is not None else ""),
        ("校验码", _grouped(made.sha256) if made is not None else ""),
    ]
    code = [
        f"{township}财政所案卷",
        line.number,
        made.sha256 if made is not None else "",
        f"日志校验码 {head(store)}",
    ]
    return Cover(
        f"{township}财政所",
        f"{line.program_name}{line.period_shown}发放案卷",
        facts,
        "\n".join(filter(None, code)),
    )


def _grouped(sha256: str) -> str:
    return " ".join(sha256[place : place + 8] for place in range(0, 32, 8))
