"""借阅: who has which volume, and what came back."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.archive.lending.listings import LOANS, loan_register
from app.archive.lending.use_cases import take_back
from app.pages import Column
from ui.screens.archive.tab import ArchiveTab
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.asking import Asked


class LoansTab(ArchiveTab):
    """The register of loans, those still out first."""

    name = "loans"
    words = "借阅"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        today = self.office.today.isoformat()

        def tone(column: Column, _value: object, values: tuple[object, ...]) -> Tone | None:
            back, due = values[7], str(values[6])
            if back is None and due < today and column.name in ("due_on", "borrower"):
                return Tone.BAD
            return Tone.GOOD if column.name == "returned_on" and back else None

        self.column.addWidget(
            self.make_table(
                LOANS, tone_of=tone, empty="没有借阅。要借出案卷，到“组卷”里选中它，按 F7 借出。"
            ),
            1,
        )

    def tools(self) -> Sequence[QAction]:
        """Take back, print the register."""
        return [
            self.act("back", "归还", "arrow-back-up", "F9", self.ask_return, enabled=self.may()),
            self.act("register", "借阅登记表", "notes", "", self.print_register),
            *self.holder.table_tools(),
        ]

    @Slot()
    def ask_return(self) -> None:
        """Ask how the volume came back."""
        code = self.text_of("code") if self.chosen("一笔借阅") is not None else ""
        if not code:
            return
        if self.text_of("returned_on"):
            self.bar.say(f"案卷 {code} 的这笔借阅已经归还。", Tone.CALM)
            return
        self.holder.ask(
            "归还案卷", "归还", [Asked("remark", "归还情况(&R)", value="完好", hint="完好，或缺损了什么")],
            lambda desk, given: take_back(desk, volume=code, remark=given["remark"]),
            lambda done: f"案卷 {done.answer['code']} 已归还。", words=f"{code}  {self.text_of('title')}",
        )  # fmt: skip

    @Slot()
    def print_register(self) -> None:
        """The register as it will be printed."""
        self.show_papers([loan_register(self.store, "")])
