"""别名: how villages, banks and relations are written elsewhere; what was confirmed once is read so ever after."""

from collections.abc import Mapping, Sequence
from typing import cast

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.changes import Changes
from app.desk import Desk
from app.registry.aliases import AliasKind
from app.registry.queries import remembered_names, villages
from app.registry.use_cases import name_alias, name_village_alias
from models.domain.permission import Permission
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import TextTable, quiet

_KINDS = {"village": "村（社区）", "bank": "开户银行", "relation": "与户主关系"}


class NamesPage(SystemPage):
    """What the office remembers."""

    name = "names"
    words = "别名"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.table = TextTable(["类别", "表里的写法", "就是"], stretch=2)
        self.table.setColumnWidth(1, 280)
        self.column.addWidget(
            quiet(
                "村名、银行、与户主关系在各处写法不一。确认过一次的写法记在这里，以后导入自动认得；没有确认的绝不猜。"
            )
        )
        self.column.addWidget(self.table, 1)

    def tools(self) -> Sequence[QAction]:
        """Remember one."""
        may = Permission.SET_RULES
        return [
            self.tool("village", "村的别名", "plus", "Ctrl+N", self.ask_village, may),
            self.tool("bank", "银行的别名", "building-bank", "", lambda: self.ask_word("bank"), may),
            self.tool("relation", "关系的别名", "users", "", lambda: self.ask_word("relation"), may),
        ]

    def load(self) -> None:
        """All of them."""
        self.table.fill(
            [[_KINDS[kind], written, meant] for kind, written, meant in remembered_names(self.office.store)]
        )
        self.table.nothing.setText(
            "还没有别名。导入时遇到不认得的村名、银行名，会请您确认，确认过的记到这里。"
        )

    @Slot()
    def ask_village(self) -> Question:
        """Another name of a village."""
        known = [(one, one) for one in villages(self.office.store)]
        return self.holder.ask(
            "村的别名", "记住",
            [
                Asked("alias", "表里的写法(&B)", hint="曾用名、简称", needed=True),
                Asked("village", "就是哪个村(&V)", "choice", choices=known),
            ],
            lambda desk, given: name_village_alias(desk, alias=given["alias"].strip(), village=given["village"]),
            lambda done: f"记住了：“{done.answer['alias']}”。",
        )  # fmt: skip

    def ask_word(self, kind: str) -> Question:
        """Another word for a bank or a relation."""

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return name_alias(
                desk,
                kind=cast(AliasKind, kind),
                alias=given["alias"],
                name=given["name"],
                again=given["again"] == "again",
            )

        return self.holder.ask(
            f"{_KINDS[kind]}的别名", "记住",
            [
                Asked("alias", "表里的写法(&B)", needed=True),
                Asked("name", "正式名称(&N)", needed=True),
                Asked("again", "已经记过的", "ticks", choices=[("again", "改成这一次的")]),
            ],
            work, lambda done: f"记住了：“{done.answer['alias']}”就是“{done.answer['name']}”。",
        )  # fmt: skip
