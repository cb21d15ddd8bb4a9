"""到期鉴定: which volumes may go and which are held back, the appraisal's table, and from it a destruction list."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.archive.disposal.listings import DUE
from app.archive.disposal.papers import custody_sheet, due_sheet
from app.archive.disposal.queries import due_volumes
from app.archive.disposal.use_cases import propose_disposal
from app.pages import Column
from models.domain.flows.disposal_flow import DisposalKind
from ui.screens.archive.tab import ArchiveTab
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.facts import quiet


class DueTab(ArchiveTab):
    """Bound volumes, the first to fall due first."""

    name = "due"
    words = "到期鉴定"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        self.told = quiet("")
        self.told.setWordWrap(True)
        self.column.addWidget(self.told)
        self._due: set[str] = set()
        self._held: set[str] = set()

        def tone(column: Column, _value: object, values: tuple[object, ...]) -> Tone | None:
            code = str(values[0])
            if column.name not in ("code", "since") or code not in self._due:
                return None
            return Tone.WARN if code in self._held else Tone.BAD

        self.column.addWidget(self.make_table(DUE, tone_of=tone, empty="还没有成卷的案卷。"), 1)

    def load(self) -> None:
        """What is due today, in a sentence."""
        found = due_volumes(self.store, self.office.today.isoformat())
        self._due = {one.volume.code for one in found}
        held = [one for one in found if one.held]
        self._held = {one.volume.code for one in held}
        if not found:
            self.told.setText(
                "今天没有保管期满的案卷。保管期限从次年 1 月 1 日起算，满后第一天才可以鉴定销毁。"
            )
            return
        text = f"{len(found)} 卷保管期满，可以鉴定。"
        if held:
            named = "；".join(f"{one.volume.code}：{one.held}" for one in held[:3])
            text += f"其中 {len(held)} 卷有未了结事项，不能销毁：{named}{' 等' if len(held) > len(held[:3]) else ''}。"
        self.told.setText(text)

    def tools(self) -> Sequence[QAction]:
        """Make a destruction list; print what the appraisal needs."""
        return [
            self.act("propose", "编制销毁清册", "trash", "F9", self.ask_propose, enabled=self.may()),
            self.act("appraise", "鉴定表", "list-check", "", self.print_due),
            self.act("custody", "保管清册", "notes", "", self.print_custody),
            *self.holder.table_tools(),
        ]

    @Slot()
    def ask_propose(self) -> None:
        """Ask on what ground the selected volumes are destroyed."""
        picked = self.picked("鉴定过、要销毁的案卷")
        if picked:
            self.holder.ask(
                "编制销毁清册", "编制",
                [Asked("reason", "销毁依据(&R)", "long", "保管期满，经鉴定无保存价值", needed=True)],
                lambda desk, given: propose_disposal(
                    desk, kind=DisposalKind.DESTROY, volumes=picked, reason=given["reason"]
                ),
                lambda done: f"清册 {done.answer['number']} 已编制。请另外两个人到“移交”里监销签字，然后执行。",
                words=f"选中 {len(picked)} 卷。编制和两位监销必须是三个不同的人。",
            )  # fmt: skip

    @Slot()
    def print_due(self) -> None:
        """The appraisal's table as it will be printed."""
        self.show_papers([due_sheet(self.store, self.office.today.isoformat(), "")])

    @Slot()
    def print_custody(self) -> None:
        """Every volume there ever was, as it will be printed."""
        self.show_papers([custody_sheet(self.store, "")])
