"""银行格式: the layouts that the program knows, both ways: what goes to the bank and how its answer is read."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QListWidget, QSplitter

from app.bankfiles.profiles import Column, Profile, profiles
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.widgets.facts import Pairs, TextTable, card, heading, quiet

HOLDS = {
    "serial": "序号", "name": "户名", "account": "账号", "id_number": "证件号码", "amount": "金额", "remark": "摘要", "bank": "开户行",
    "batch": "批次号", "constant": "固定内容", "status": "处理结果", "reason": "失败原因", "done_amount": "实处理金额",
}  # fmt: skip
_FILE_TYPES = {"xlsx": "工作簿", "text": "文本"}
_UNITS = {"yuan": "元", "fen": "分"}


class ProfilesPage(SystemPage):
    """Layouts at the left, one of them at the right."""

    name = "profiles"
    words = "银行格式"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self._known = list(profiles().values())
        self.list = QListWidget()
        self.list.addItems([one.title for one in self._known])
        self.list.currentRowChanged.connect(self._show)
        self.title = heading("", 1.15)
        self.pairs = Pairs(2)
        self.out = TextTable(["列", "列标题", "内容", "最多字节"], right=[0, 3], stretch=2)
        self.back = TextTable(["列", "列标题", "内容", "可以没有"], right=[0], stretch=2)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(card(self.title, self.pairs, heading("报盘"), self.out, heading("回盘"), self.back))
        split.setStretchFactor(1, 1)
        split.setSizes([230, 900])
        self.column.addWidget(split, 1)
        self.column.addWidget(quiet("名字里有银行编码写不出的字时，生成报盘文件之前会列出来，绝不替换。"))

    def load(self) -> None:
        """The first one, until another is chosen."""
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    @Slot(int)
    def _show(self, row: int) -> None:
        if not 0 <= row < len(self._known):
            return
        one: Profile = self._known[row]
        self.title.setText(one.title)
        self.pairs.fill(
            [
                ("文件类型", _FILE_TYPES[one.file_type]),
                ("编码", one.encoding.upper()),
                ("金额单位", _UNITS[one.amount_unit]),
                ("每个文件最多", f"{one.line_limit:,} 行"),
                ("成功的字样", "、".join(sorted(one.answer.success))),
                ("失败的字样", "、".join(sorted(one.answer.failure))),
                ("还没办完的字样", "、".join(sorted(one.answer.unfinished))),
                ("错误代码", "；".join(f"{code} {words}" for code, words in one.answer.codes.items())),
            ]
        )
        self.out.fill(
            [[str(n), c.heading, _holds(c), str(c.most_bytes) if c.most_bytes else ""] for n, c in enumerate(one.columns, 1)]
        )  # fmt: skip
        self.back.fill(
            [
                [str(n), c.heading, _holds(c), "可以" if c.optional else ""]
                for n, c in enumerate(one.answer.columns, 1)
            ]
        )


def _holds(column: Column) -> str:
    constant = f"：{column.constant}" if column.constant else ""
    return HOLDS.get(column.holds, "其他") + constant
