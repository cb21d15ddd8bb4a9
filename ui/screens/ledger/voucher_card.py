"""One voucher 记账凭证 with its lines, red entries in red and with their sign."""

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.ledger.queries import VoucherView, lines_of, voucher_of
from models.domain.money import Fen, yuan_text
from ui.office import Office
from ui.theme import Tone
from ui.widgets.facts import TextTable, heading, quiet


class VoucherCard(QFrame):
    """The card under the list of vouchers."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("card")
        self.office = office
        self.voucher: VoucherView | None = None
        self.title = heading("", 1.1)
        self.words = quiet("")
        self.words.setWordWrap(False)
        self.lines = TextTable(
            ["科目", "借方（元）", "贷方（元）", "文号", "批次号", "项目"], right=[1, 2], stretch=5
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 12, 8)
        box.setSpacing(4)
        box.addWidget(self.title)
        box.addWidget(self.words)
        box.addWidget(self.lines, 1)

    def show_voucher(self, voucher: int | None) -> None:
        """Show one voucher, or that none is chosen."""
        if voucher is None:
            self.voucher = None
            self.title.setText("没有选中凭证")
            self.words.setText("在上面选中一张凭证，这里显示它的分录。")
            self.lines.fill([])
            return
        self.voucher = found = voucher_of(self.office.store, voucher)
        self.title.setText(f"{found.month} {found.name}　{found.summary}")
        parts = [found.posted_on, found.event_name, f"附件 {found.attachments} 张", f"制单 {found.operator}"]
        parts += [f"冲销 {found.reverses}"] if found.reverses else []
        parts += [f"已由 {found.reversed_by} 红字冲销"] if found.reversed_by else []
        self.words.setText("　".join(parts))
        lines = lines_of(self.office.store, voucher)
        totals = [Fen(sum(getattr(one, side) for one in lines)) for side in ("debit_fen", "credit_fen")]
        self.lines.fill(
            [
                *(
                    [one.ledger_name, _figure(one.debit_fen), _figure(one.credit_fen), one.document, one.batch, one.program]
                    for one in lines
                ),
                ["合计", yuan_text(totals[0]), yuan_text(totals[1]), "", "", ""],
            ]
        )  # fmt: skip


def _figure(fen: Fen) -> str | tuple[str, Tone]:
    return "" if not fen else (yuan_text(fen), Tone.BAD) if fen < 0 else yuan_text(fen)
