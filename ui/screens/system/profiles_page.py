"""银行格式: the layouts that the program knows, both ways: what goes to the bank and how its answer is read."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QListWidget

from app.bankfiles.examples import Example, read_example
from app.bankfiles.profiles import MEANINGS, UNIT_NAMES, Column, Profile, profiles
from app.bankfiles.use_cases import forget_profile
from app.changes import Changes
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.screens.list_screen import ListScreen
from ui.screens.system.learn_dialog import LearnDialog
from ui.screens.system.page import SystemPage
from ui.theme import Tone
from ui.widgets.asking import Question
from ui.widgets.facts import Pairs, TextTable, card, heading, quiet
from ui.widgets.splits import side_by_side

_EXAMPLES = "样表 (*.xlsx *.xls *.et *.ods *.csv *.txt *.dat);;所有文件 (*)"
_FILE_TYPES = {"xlsx": "工作簿", "text": "文本"}


class ProfilesPage(SystemPage):
    """Layouts at the left, one of them at the right."""

    name = "profiles"
    words = "银行格式"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self._known: list[Profile] = []
        self.list = QListWidget()
        self.list.currentRowChanged.connect(self._show)
        self.title = heading("", 1.15)
        self.pairs = Pairs(2)
        self.out = TextTable(["列", "列标题", "内容", "最多字节"], right=[0, 3], stretch=2)
        self.back = TextTable(["列", "列标题", "内容", "可以没有"], right=[0], stretch=2)
        self.out.nothing.setText("还没有学报盘：按 Ctrl+N 选一份报盘样表，用同样的名称再学一次。")
        self.back.nothing.setText("还没有学回盘：按 Ctrl+N 选一份回盘样表，用同样的名称再学一次。")
        self.column.addWidget(
            side_by_side(
                self.list,
                card(self.title, self.pairs, heading("报盘"), self.out, heading("回盘"), self.back),
                (230, 900),
                grows=1,
            ),
            1,
        )
        self.column.addWidget(quiet("名字里有银行编码写不出的字时，生成报盘文件之前会列出来，绝不替换。"))

    def tools(self) -> Sequence[QAction]:
        """Learn a bank's form from an example, and forget one."""
        return [
            self.tool("learn", "从样表学", "plus", "Ctrl+N", self.choose_example, Permission.SET_RULES),
            self.tool("forget", "忘记", "trash", "", self.ask_forget, Permission.SET_RULES),
        ]

    def load(self) -> None:
        """All of them, the office's own first; the one that was chosen stays chosen."""
        self._show_known(self.chosen.name if self.chosen else "")

    @property
    def chosen(self) -> Profile | None:
        """The layout at the right."""
        row = self.list.currentRow()
        return self._known[row] if 0 <= row < len(self._known) else None

    def _show_known(self, name: str) -> None:
        self._known = list(profiles(self.office.store).values())
        self.list.clear()
        self.list.addItems([f"{one.title}（自学）" if one.is_own else one.title for one in self._known])
        names = [one.name for one in self._known]
        self.list.setCurrentRow(names.index(name) if name in names else 0)

    # -- learning --------------------------------------------------------------------------------------------

    @Slot()
    def choose_example(self) -> None:
        """Pick a file that went to a bank, or that came back."""
        chosen, _ = QFileDialog.getOpenFileName(
            self, "选择银行的样表（报盘或回盘）", str(Path.home()), _EXAMPLES
        )
        if chosen:
            self.open_example(Path(chosen))

    def open_example(self, path: Path) -> None:
        """Read an example and let the clerk point at its columns."""

        def opened(example: Example) -> None:
            own = [one.name for one in self._known if one.is_own]
            self.dialog = LearnDialog(self.office, path, example, own, self)
            self.dialog.learned.connect(self._learned)
            self.dialog.open()

        self.bar.clear()
        self.office.act(
            f"打开 {path.name}", lambda _desk: read_example(path), done=opened,
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD),
        )  # fmt: skip

    @Slot(object)
    def _learned(self, done: Changes) -> None:
        answer = done.answer
        self._show_known(str(answer["profile"]))
        other = {
            (True, False): "回盘还没有学，请用回盘样表再学一次。",
            (False, True): "报盘还没有学，请用报盘样表再学一次。",
        }
        rest = other.get((bool(answer["can_send"]), bool(answer["can_read"])), "报盘、回盘都会了。")
        total = yuan_text(Fen(cast(int, answer["total_fen"])))
        self.bar.say(
            f"学会了“{answer['profile']}”，样表的 {answer['lines']:,} 行都核对过，合计 {total} 元。{rest}",
            Tone.GOOD,
        )

    @Slot()
    def ask_forget(self) -> Question | None:
        """Forget the chosen one, if the office learned it."""
        chosen = self.chosen
        if chosen is None or not chosen.is_own:
            self.bar.say("自带的银行格式不能忘记；请先选中一个自学的。", Tone.CALM)
            return None
        name = chosen.name
        return self.holder.ask(
            "忘记银行格式", "忘记", [], lambda desk, _given: forget_profile(desk, name=name), f"“{name}”已经忘记。",
            words=f"忘记“{name}”以后，这家银行的回盘不再认得，也不能再用它报盘。以前的报盘和回盘不受影响。",
        )  # fmt: skip

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
                ("金额单位", UNIT_NAMES[one.amount_unit]),
                ("每个文件最多", f"{one.line_limit:,} 行" if one.columns else ""),
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
    return MEANINGS[column.holds] + constant
