"""One volume beside the list: what lies in it, how long it is kept, who has it."""

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.archive.shelves.queries import VolumeView, volume_view
from models.domain.flows.volume_flow import VOLUME_STATE_NAMES
from ui.office import Office
from ui.widgets.facts import Pairs, TextTable, heading, quiet


class VolumeCard(QFrame):
    """The card of the volume that is chosen; its papers can be selected to be taken out."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("card")
        self.office = office
        self.found: VolumeView | None = None
        self.title = heading("", 1.15)
        self.title.setWordWrap(True)
        self.words = quiet("")
        self.words.setWordWrap(True)
        self.pairs = Pairs(2)
        self.papers = TextTable(["序", "题名", "文号", "日期", "页数"], right=[0, 4], stretch=1)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 10)
        box.setSpacing(8)
        for widget in (self.title, self.words, self.pairs):
            box.addWidget(widget)
        box.addWidget(self.papers, 1)
        box.addStretch()  # the words stay above where there is no list

    def show_volume(self, volume: int | None) -> None:
        """Show one volume, or that none is chosen."""
        self.found = found = None if volume is None else volume_view(self.office.store, volume)
        for widget in (self.pairs, self.papers):
            widget.setVisible(found is not None)
        if found is None:
            self.title.setText("没有选中案卷")
            self.words.setText("按 F9 自动组卷：各月的凭证、已归档的批次案卷自动成卷；其他材料按 F3 立卷。")
            return
        row = found.volume
        self.title.setText(row.title)
        self.words.setText(row.code)
        first, last = found.span
        self.pairs.fill(
            [
                (
                    "状态",
                    VOLUME_STATE_NAMES[row.state] + (f"，{found.borrower}借出" if found.borrower else ""),
                ),
                ("保管期限", row.kept),
                ("件数、页数", f"{len(found.papers)} 件 {found.pages} 页"),
                ("最早可销毁", str(row.destroyable_on or "永久保管")),
                ("起止日期", f"{first} 至 {last}" if first != last else first),
                ("存放位置", row.shelf),
                ("责任者", row.responsible),
                ("未了结事项", row.held_for),
            ]
        )
        self.papers.fill(
            [[str(one.place), one.title, one.document, one.dated, str(one.pages)] for one in found.papers],
            keys=[one.id for one in found.papers],
        )

    def picked_papers(self) -> list[int]:
        """The papers selected in the card."""
        rows = sorted({index.row() for index in self.papers.selectedIndexes()})
        return [int(str(self.papers.key(row))) for row in rows]
