"""关于: the program's version and licence, and the libraries it stands on with theirs."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget

from app.licences import VERSION, own_licence, shipped_libraries
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.widgets.facts import TextTable, card, heading, quiet


class AboutPage(SystemPage):
    """Who made what."""

    name = "about"
    words = "关于"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.libraries = TextTable(["组件", "版本", "许可", "用途"], stretch=3)
        self.licence = QPlainTextEdit()
        self.licence.setReadOnly(True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.libraries, "使用的组件和许可")
        self.tabs.addTab(self.licence, "本程序的许可（英文原文）")
        self.tabs.currentChanged.connect(self._tab_changed)
        self.column.addWidget(
            card(
                heading(f"乡财一卡通　{VERSION}", 1.2),
                quiet("乡镇财政惠民惠农补贴“一卡通”发放管理。数据加密存放在本机，不联网。按 Apache-2.0 许可使用，可以自由使用、修改和分发。"),
            )
        )  # fmt: skip
        self.column.addWidget(self.tabs, 1)

    def load(self) -> None:
        """The list."""
        self.libraries.fill([[one.name, one.version, one.licence, one.use] for one in shipped_libraries()])

    @Slot(int)
    def _tab_changed(self, place: int) -> None:
        if place == 1 and not self.licence.toPlainText():
            self.licence.setPlainText(own_licence())
