"""体检: every check of the office with its outcome; it only looks and repairs nothing."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.doctor import CHECK_NAMES, CHECKS, Problem, check_up
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.theme import Tone
from ui.widgets.facts import TextTable, heading, quiet


class DoctorPage(SystemPage):
    """The checks, and what they found."""

    name = "doctor"
    words = "体检"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.verdict = heading("还没有体检", 1.1)
        self.table = TextTable(["检查", "结果", "说明"], stretch=2)
        self.column.addWidget(self.verdict)
        self.column.addWidget(
            quiet(
                "把文件、账簿、批次、款项、日志和存档从头核对一遍。只看不改，随时可以做，月底和交接前一定要做。"
            )
        )
        self.column.addWidget(self.table, 1)
        self._is_done = False

    def tools(self) -> Sequence[QAction]:
        """Do it."""
        return [self.tool("run", "体检", "list-check", "F8", self.run)]

    def load(self) -> None:
        """What will be looked at, until it was."""
        if not self._is_done:
            self.table.fill([[CHECK_NAMES[code], ("未检查", Tone.MUTED), ""] for code in CHECKS])

    @Slot()
    def run(self) -> None:
        """Look at everything."""
        self.verdict.setText("正在体检……")
        self.office.read("体检", lambda desk: check_up(desk.store), self.show_found)

    def show_found(self, found: Sequence[Problem]) -> None:
        """The outcome, what is wrong first."""
        self._is_done = True
        told = {code: [one.sentence for one in found if one.code == code] for code in CHECKS}
        # a damaged file proves nothing of what would be read from it
        broken = bool(told["file.integrity"])
        rows: list[list[str | tuple[str, Tone]]] = [
            [CHECK_NAMES[code], ("✕ 有问题", Tone.BAD), sentence]
            for code in CHECKS
            for sentence in told[code]
        ]
        rows += [
            [CHECK_NAMES[code], ("未检查", Tone.MUTED) if broken else ("✓ 通过", Tone.GOOD), ""]
            for code in CHECKS
            if not told[code]
        ]
        self.table.fill(rows)
        if found:
            self.verdict.setText(f"✕ {len(found)} 处问题")
            self.bar.say("体检发现问题。请不要继续办理业务，先备份现状并查明原因。", Tone.BAD)
        else:
            self.verdict.setText(f"✓ {len(CHECKS)} 项检查全部通过")
            self.bar.say(f"{len(CHECKS)} 项检查全部通过：文件完好，账账相符，账与业务相符。", Tone.GOOD)
