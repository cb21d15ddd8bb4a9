"""One batch's dossier 案卷: what is in it, how long it is kept, whether it can be read."""

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.archive.queries import Filed, filed
from ui.office import Office
from ui.theme import Tone
from ui.widgets.facts import Pairs, TextTable, heading, quiet
from ui.widgets.notice_bar import NoticeBar


class DossierCard(QFrame):
    """The card beside the list of batches."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("card")
        self.office = office
        self.batch = 0
        self.filed: Filed | None = None
        self.title = heading("", 1.15)
        self.title.setWordWrap(True)
        self.words = quiet("")
        self.bar = NoticeBar()
        self.pairs = Pairs(2)
        self.files = TextTable(["案卷里的文件", "大小", "校验值"], right=[1], stretch=0)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 10)
        box.setSpacing(8)
        for widget in (self.title, self.words, self.bar, self.pairs):
            box.addWidget(widget)
        box.addWidget(self.files, 1)
        box.addStretch()  # the words stay above where there is no list

    def show_batch(self, batch: int | None, name: str) -> None:
        """Show one batch, or that none is chosen."""
        self.batch = batch or 0
        self.bar.clear()
        self.pairs.setVisible(batch is not None)
        self.files.setVisible(batch is not None)
        if batch is None:
            self.filed = None
            self.title.setText("没有选中批次")
            self.words.setText("结清的批次在这里编制案卷、归档。")
            return
        self.filed = found = filed(self.office.store, batch)
        self.title.setText(name)
        made = found.dossier
        self.words.setText(
            made.name
            if made is not None
            else "还没有案卷。按 F9 编制案卷并归档，收到的表、公示、审批、报盘、回盘和凭证都会收进去。"
        )
        if found.fault:
            self.bar.say(found.fault, Tone.BAD)
        self.pairs.fill(
            [
                ("案卷日期", made.made_on if made is not None else ""),
                ("文件数", f"{len(found.files)}" if found.files else ""),
                ("大小", _size(found.size) if found.size else ""),
                ("校验值", made.sha256[:16] if made is not None else ""),
                ("保管期限", f"{found.years} 年"),
                ("最早可销毁", found.destroyable_on),
            ]
        )
        self.files.fill([[one.name, _size(one.size), one.sha256[:12]] for one in found.files])


def _size(count: int) -> str:
    return f"{count:,} 字节" if count < 10_000 else f"{count / 1024:,.0f} KB"
