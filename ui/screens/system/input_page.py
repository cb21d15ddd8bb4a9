"""输入法: which way Chinese comes in on this machine, and two fields to try it: one for names, one for scanners."""

import os
import sys

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from ui.input_method.choosing import WAY, Way
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.widgets.code_edit import CodeEdit
from ui.widgets.facts import Pairs, card, heading, quiet

_WAYS = {
    Way.OWN: "本程序自带的连接（fcitx）",
    Way.IBUS: "ibus 接口",
    Way.ALONE: "没有找到 fcitx 或 ibus，由系统决定",
}


def input_way() -> str:
    """In words, how Chinese comes in."""
    if sys.platform == "win32":
        return "Windows 系统输入法"
    return _WAYS[Way(os.environ.get(WAY) or Way.ALONE)]


class InputPage(SystemPage):
    """What it is, and a place to try it."""

    name = "input"
    words = "输入法"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.pairs = Pairs(1)
        self.text = QLineEdit()
        self.text.setPlaceholderText("在这里打几个汉字")
        self.text.textChanged.connect(self._look)
        self.code = CodeEdit()
        self.code.setPlaceholderText("在这里扫码或刷身份证，输入法不会插手")
        self.verdict = quiet("")
        tried = QWidget()
        form = QFormLayout(tried)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addRow("试打汉字(&T)", self.text)
        form.addRow("试扫条码(&S)", self.code)
        self.column.addWidget(card(heading("现在的方式"), self.pairs))
        self.column.addWidget(card(heading("试一试"), tried, self.verdict))
        self.column.addWidget(
            quiet(
                "打不出汉字时：先看别的程序能不能打；能，就关掉本程序，从桌面图标重新打开；仍不能，请把这一页的内容告诉维护人员。"
                "证件号、账号、金额和扫码的格子故意不接受输入法，免得扫描枪的内容被改。"
            )
        )
        self.column.addStretch()

    def load(self) -> None:
        """What the machine says."""
        method = QGuiApplication.inputMethod()
        self.pairs.fill(
            [
                ("接入方式", input_way()),
                ("窗口系统", {"xcb": "X11", "wayland": "Wayland", "windows": "Windows", "offscreen": "无屏幕"}.get(
                    QGuiApplication.platformName(), QGuiApplication.platformName())),
                ("输入语言", method.locale().nativeLanguageName() or "未知"),
            ]
        )  # fmt: skip

    @Slot(str)
    def _look(self, text: str) -> None:
        works = any("\u4e00" <= sign <= "\u9fff" for sign in text)
        self.verdict.setText("✓ 汉字输入正常。" if works else "")
