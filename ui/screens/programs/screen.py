"""补贴项目: the catalogue with the policies in force, a form for a new version with a trial, and who excludes whom."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from app.changes import Changes, Topic
from app.desk import Desk
from app.pages import Column
from app.programs.listings import programs_on
from app.programs.queries import ProgramView, conflicts, programs
from app.programs.steps import LEVELS, read_policy_file
from app.programs.use_cases import (
    add_policies,
    add_program,
    change_program,
    end_policy,
    remove_conflict,
    set_conflict,
)
from models.domain.exclusion import SCOPE_NAMES
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.programs.conflict_grid import ConflictGrid
from ui.screens.programs.policy_page import PolicyPage
from ui.screens.programs.program_card import ProgramCard
from ui.screens.tabbed_screen import TabbedScreen
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import quiet
from ui.widgets.splits import side_by_side

_MODES = [
    ("", "不限制"),
    ("互斥", "互斥：不能同时享受，花名册里退回"),
    ("择高", "择高：取高的一项，提醒人核实"),
    ("提示", "提示：可以同时享受，提醒人核实"),
]
_ON_CARD = [("yes", "通过一卡通"), ("no", "不通过一卡通")]


class ProgramsScreen(TabbedScreen):
    """Programs with their policies, and the exclusion matrix; a policy's form stands in their place while it is open."""

    room: ClassVar[Room] = Room.PROGRAMS
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.PROGRAMS})
    help_page = "programs"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.programs = self.make_table(
            programs_on(office.today), tone_of=_tone_of, frozen=1, empty="还没有补贴项目。"
        )
        self.card = ProgramCard(office)
        self.programs.chosen.connect(self._show)
        self.programs.opened.connect(lambda _one: self.look_at_policy())
        self.card.version_opened.connect(self.look_at_policy)
        split = side_by_side(self.programs, self.card, (680, 480))
        self.grid = ConflictGrid()
        self.grid.asked.connect(self._ask_pair)
        matrix = QWidget()
        box = QVBoxLayout(matrix)
        box.setContentsMargins(0, 8, 0, 0)
        box.addWidget(
            quiet(
                "表里是已设互斥的和有政策的项目。选中一格按回车修改；人＝同一人，户＝同一户，地块＝同一地块。导入花名册和体检时照此检查。"
            )
        )
        box.addWidget(self.grid, 1)
        self.add_tab("programs", "项目与政策", split, self.programs)
        self.add_tab("conflicts", "互斥关系", matrix)
        self.page = PolicyPage(office)
        self.page.checked.connect(self.tools_changed)
        self.stack = QStackedWidget()
        self.column.removeWidget(self.tabs)
        self.stack.addWidget(self.tabs)
        self.stack.addWidget(self.page)
        self.column.addWidget(self.stack, 1)
        self.begin()

    @property
    def is_open(self) -> bool:
        """Whether a policy's form is open."""
        return self.stack.currentWidget() is self.page

    # -- what the frame asks -------------------------------------------------------------------------------------

    def tools(self) -> Sequence[QAction]:
        """Of the form that is open, of the matrix, or of the list."""
        may = self.office.may(Permission.SET_RULES)
        if self.is_open:
            return [
                self._tool_of("register", "登记这一版", "check", "F9", self.register, enabled=may and self.page.writable),
                self._tool_of("leave", "返回 Esc", "arrow-left", "", self.back),
            ]  # fmt: skip
        if self.tab == "conflicts":
            return [
                self._tool_of("set", "设置这一格", "scale", "F2", self.ask_conflict, enabled=may),
                self._tool_of("pair", "添加一对", "plus", "Ctrl+N", self.ask_pair, enabled=may),
            ]
        has = self.card.version is not None
        return [
            self._tool_of("policy", "登记新政策", "plus", "Ctrl+N", self.write_policy, enabled=may),
            self._tool_of("look", "查看和试算", "scale", "", self.look_at_policy, enabled=has),
            self._tool_of("end", "终止政策", "player-stop", "", self.ask_end, enabled=may and has),
            self._tool_of("change", "项目资料", "pencil", "F2", self.ask_change, enabled=may),
            self._tool_of("local", "新项目", "file-certificate", "", self.ask_program, enabled=may),
            self._tool_of("file", "导入政策文件", "table-import", "", self.ask_file, enabled=may),
            *self.table_tools(),
        ]

    def load_tab(self, name: str) -> None:
        """Policies of the current program; the whole matrix."""
        if name == "programs":
            self.programs.load(programs_on(self.office.today))
            if self.programs.rows and self.programs.current_id() is None:
                self.programs.go_to_row(0)
            self._show(self.programs.current_id())
        else:
            self._fill_grid()

    def _fill_grid(self) -> None:
        store = self.office.store
        pairs = conflicts(store)
        named = {code for pair in pairs for code in (pair.program_a, pair.program_b)}
        with_policy = {
            row[0] for row in store.rows("SELECT g.code FROM program g JOIN policy y ON y.program_id = g.id")
        }
        self.grid.fill([one for one in programs(store) if one.code in named | with_policy], pairs)

    def open_at(self, place: Place) -> None:
        """A program by id, or a tab; a form that is open stays."""
        if not self.is_open:
            super().open_at(place)

    def back(self) -> bool:
        """Esc closes the form; what was typed is asked about first."""
        if not self.is_open:
            return False
        if self.page.dirty:
            self.question = Question(
                "放弃填写", "放弃", [], self._give_up, words="这一版政策还没有登记，填写的内容会丢掉。",
                destroys=True, parent=self,
            )  # fmt: skip
            self.question.open()
        else:
            self._close()
        return True

    def _give_up(self, question: Question, _values: Mapping[str, str]) -> None:
        question.accept()
        self._close()

    def _close(self) -> None:
        self.page.dirty = False
        self.stack.setCurrentWidget(self.tabs)
        self.set_crumb("")
        self.tools_changed.emit()
        self.programs.view.setFocus()

    def may_leave(self) -> str:
        """A policy that was begun."""
        return "填写中的政策还没有登记。" if self.is_open and self.page.dirty else ""

    @Slot(object)
    def _show(self, chosen: Any) -> None:
        self.card.show_program(chosen if isinstance(chosen, int) else None)
        self.tools_changed.emit()

    def _program(self) -> ProgramView | None:
        if self.card.program is None:
            self.bar.say("请先在表中选中一个项目。", Tone.CALM)
        return self.card.program

    # -- policies ------------------------------------------------------------------------------------------------

    def _open(self, crumb: str) -> None:
        self.bar.clear()
        self.stack.setCurrentWidget(self.page)
        self.set_crumb(crumb)
        self.tools_changed.emit()

    @Slot()
    def write_policy(self) -> None:
        """A form for the next version, begun with what the last one said."""
        program = self._program()
        if program is not None:
            last = self.card.known[0].policy if self.card.known else None
            self._open(f"登记政策：{program.name}")
            self.page.write(program, last)

    @Slot()
    def look_at_policy(self) -> None:
        """A version as it is registered, to be read and tried; without one, the form of the first."""
        program, version = self._program(), self.card.version
        if program is not None and version is not None:
            self._open(f"{program.name} 第 {version.version} 版")
            self.page.look(program, version.version, version.policy)
        elif program is not None and self.office.may(Permission.SET_RULES):
            self.write_policy()

    @Slot()
    def register(self) -> None:
        """Register what the form says as the next version."""
        self.page.check()
        draft = self.page.draft
        if draft.policy is None:
            self.bar.say(draft.sentence, Tone.WARN)
            self.page.go_to_fault()
            return
        table, name = dict(draft.table), self.page.program.name if self.page.program else ""
        first = draft.policy.valid_from

        def done(_done: Changes) -> None:
            self.page.dirty = False
            self._close()
            self.bar.say(f"{name} 的新政策已登记，从 {first} 起执行。", Tone.GOOD)

        self.office.act(
            "登记政策",
            lambda desk: add_policies(desk, tables=[table], source_name="界面登记"),
            done=done,
            refused=lambda no: self.bar.say(no, Tone.BAD),
        )

    @Slot()
    def ask_file(self) -> None:
        """Register policies from a policy file."""
        chosen, _ = QFileDialog.getOpenFileName(self, "选择政策文件", str(Path.home()), "政策文件 (*.toml)")
        if chosen:
            self.register_file(Path(chosen))

    def register_file(self, path: Path) -> None:
        """Register every policy of a file, all or none."""

        def work(desk: Desk) -> Changes:
            return add_policies(desk, tables=read_policy_file(path), source_name=path.name)

        self.do(
            "登记政策", work, lambda done: f"“{path.name}”里的 {len(done.answer['policies'])} 项政策已登记。"
        )

    @Slot()
    def ask_end(self) -> None:
        """End a policy on a day."""
        program, stored = self._program(), self.card.version
        if program is None or stored is None:
            return

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            day = date.fromisoformat(given["day"])
            return end_policy(desk, program=program.code, version=stored.version, day=day)

        self.ask(
            "终止政策", "终止", [Asked("day", "最后一天", "day", self.office.today.isoformat())], work, "政策已终止。",
            words=f"{program.name} 第 {stored.version} 版（{stored.policy.document}）。已经编制的批次不受影响。",
        )  # fmt: skip

    # -- programs ------------------------------------------------------------------------------------------------

    @Slot()
    def ask_program(self) -> None:
        """Register a local program, or one newly come into the catalogue."""

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return add_program(
                desk, code=given["code"], name=given["name"], bank_short_name=given["short"],
                bank_short_name_12=given["short12"], department=given["department"], level=given["level"],
                through_card=given["card"] == "yes",
            )  # fmt: skip

        code = str(self.office.store.value("SELECT code FROM office") or "")[:6]
        self.ask(
            "新项目", "登记",
            [
                Asked("code", "编码", "code", hint=f"地方项目：9{code} 加 5 位顺序号，共 12 位", needed=True),
                Asked("name", "名称", hint="文件上的全称", needed=True),
                *_program_fields("", "", "", "", through_card=True),
            ],
            work, "项目已登记。请按 Ctrl+N 登记它的政策。",
        )  # fmt: skip

    @Slot()
    def ask_change(self) -> None:
        """Change a program's short names, department, level."""
        one = self._program()
        if one is None:
            return

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return change_program(
                desk, program=one.code, bank_short_name=given["short"], bank_short_name_12=given["short12"],
                department=given["department"], level=given["level"], through_card=given["card"] == "yes",
            )  # fmt: skip

        fields = _program_fields(
            one.bank_short_name, one.bank_short_name_12, one.department, one.level, through_card=one.through_card
        )  # fmt: skip
        self.ask("项目资料", "保存", fields, work, "项目资料已保存。", words=f"{one.name}（{one.code}）")

    # -- exclusions ----------------------------------------------------------------------------------------------

    @Slot()
    def ask_conflict(self) -> None:
        """Change the cell that is current."""
        if (pair := self.grid.pair()) is None:
            self.bar.say("请先选中两个不同项目交叉的一格。", Tone.CALM)
        else:
            self._ask_pair(*pair)

    @Slot(str, str)
    def _ask_pair(self, one: str, other: str) -> None:
        if not self.office.may(Permission.SET_RULES):
            self.bar.say("互斥关系由经办或系统管理员设置。", Tone.CALM)
            return
        names = {known.code: known.name for known in programs(self.office.store)}
        now = next(
            (
                pair
                for pair in conflicts(self.office.store)
                if {pair.program_a, pair.program_b} == {one, other}
            ),
            None,
        )

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            if given["mode"]:
                return set_conflict(desk, program=one, other=other, mode=given["mode"], scope=given["scope"])
            return remove_conflict(desk, program=one, other=other)

        self.ask(
            "互斥关系", "设置",
            [
                Asked("mode", "关系", "choice", now.mode if now is not None else "互斥", _MODES),
                Asked("scope", "范围", "choice", now.scope if now is not None else "person", list(SCOPE_NAMES.items())),
            ],
            work, "互斥关系已设置。", words=f"{names[one]}　与　{names[other]}",
        )  # fmt: skip

    @Slot()
    def ask_pair(self) -> None:
        """Two programs that are not in the matrix yet."""
        choices = [(one.code, f"{one.name}（{one.code}）") for one in programs(self.office.store)]

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return set_conflict(
                desk, program=given["one"], other=given["other"], mode=given["mode"], scope=given["scope"]
            )

        self.ask(
            "添加一对", "添加",
            [
                Asked("one", "项目一", "choice", choices=choices),
                Asked("other", "项目二", "choice", choices=choices),
                Asked("mode", "关系", "choice", choices=_MODES[1:]),
                Asked("scope", "范围", "choice", choices=list(SCOPE_NAMES.items())),
            ],
            work, "互斥关系已设置。",
        )  # fmt: skip


def _program_fields(
    short: str, short12: str, department: str, level: str, *, through_card: bool
) -> list[Asked]:
    return [
        Asked("short", "银行摘要", value=short, hint="印在存折上，不超过 7 个字"),
        Asked("short12", "12 字节摘要", value=short12, hint="有的银行只收 6 个汉字"),
        Asked("department", "主管部门", value=department),
        Asked("level", "资金级次", "choice", level, [("", "不填"), *((one, one) for one in LEVELS)]),
        Asked("card", "发放", "choice", "yes" if through_card else "no", _ON_CARD),
    ]


def _tone_of(column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
    if column.name != "policy":
        return None
    return {"now": Tone.GOOD, "other": Tone.WARN}.get(str(value), Tone.MUTED)
