"""移交: the lists of volumes to hand over or to destroy, watched by others, carried out or withdrawn."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.archive.disposal.listings import DISPOSALS
from app.archive.disposal.papers import disposal_sheet
from app.archive.disposal.queries import disposal_of
from app.archive.disposal.use_cases import carry_out_disposal, withdraw_disposal, witness_disposal
from models.domain.flows.disposal_flow import DISPOSAL_KIND_NAMES, DisposalKind
from models.domain.permission import Permission
from ui.screens.archive.tab import ArchiveTab
from ui.screens.list_screen import ListScreen
from ui.widgets.paged_table import good_bad


class DisposalsTab(ArchiveTab):
    """The lists, the latest first; what happens to the volumes is said before it happens."""

    name = "disposals"
    words = "移交"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        table = self.make_table(
            DISPOSALS, tone_of=good_bad(frozenset({"done"}), frozenset({"withdrawn"})),
            empty="没有清册。移交在“组卷”里选中案卷编制，销毁在“到期鉴定”里编制。",
        )  # fmt: skip
        table.opened.connect(lambda _one: self.print_list())
        self.column.addWidget(table, 1)

    def tools(self) -> Sequence[QAction]:
        """Sign, carry out, withdraw, print."""
        may = self.may()
        watches = self.office.may(Permission.WITNESS_DISPOSAL)
        return [
            self.act("witness", "监督签字", "user-check", "F9", self.ask_witness, enabled=watches),
            self.act("carry_out", "执行", "check", "F6", self.ask_carry_out, enabled=may),
            self.act("withdraw", "撤回", "arrow-back-up", "", self.withdraw, enabled=may),
            self.act("list", "清册", "notes", "", self.print_list),
            *self.holder.table_tools(),
        ]

    @Slot()
    def ask_witness(self) -> None:
        """Confirm what is signed, then sign."""
        chosen = self.chosen("一份清册")
        if chosen is None:
            return
        found = disposal_of(self.store, chosen)
        word = "监销" if found.kind is DisposalKind.DESTROY else "监交"
        self.holder.ask(
            f"{word}签字", "签字", [], lambda desk, _given: witness_disposal(desk, disposal=chosen),
            lambda done: f"已签字。{'还缺 ' + str(done.answer['wanting']) + ' 位' if done.answer['wanting'] else '可以执行了'}。",
            words=f"{self.office.operator.name}对清册 {found.number}（{DISPOSAL_KIND_NAMES[found.kind]} {len(found.volumes)} 卷：{found.reason}）{word}。",
        )  # fmt: skip

    @Slot()
    def ask_carry_out(self) -> None:
        """Say what will be gone, then carry the list out."""
        chosen = self.chosen("一份清册")
        if chosen is None:
            return
        found = disposal_of(self.store, chosen)
        destroys = found.kind is DisposalKind.DESTROY
        words = f"清册 {found.number}：{len(found.volumes)} 卷" + (
            "的电子文件将从本单位删除，不能恢复，只留下题名和校验值；以前的备份里还有，要另行处理。"
            if destroys
            else f"移交给{found.taker}，本单位留下电子副本。"
        )
        self.holder.ask(
            "执行清册", "销毁" if destroys else "移交", [], lambda desk, _given: carry_out_disposal(desk, disposal=chosen),
            lambda done: f"清册 {done.answer['number']} 已执行。请打印清册，签字后归档。", words=words,
        )  # fmt: skip

    @Slot()
    def withdraw(self) -> None:
        """Take the chosen list back."""
        chosen = self.chosen("一份清册")
        if chosen is not None:
            self.holder.do(
                "撤回清册", lambda desk: withdraw_disposal(desk, disposal=chosen),
                lambda done: f"清册 {done.answer['number']} 已撤回，案卷照旧保管。",
            )  # fmt: skip

    @Slot()
    def print_list(self) -> None:
        """The chosen list as it will be printed."""
        chosen = self.chosen("一份清册")
        if chosen is not None:
            self.show_papers([disposal_sheet(self.store, chosen, "")])
