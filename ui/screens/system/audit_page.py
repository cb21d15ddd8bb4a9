"""操作日志: every act, its figures in words, and whether the trail is whole and is the one that the paper speaks of."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.audit.listings import ACT_NAMES, AUDIT
from app.audit.queries import TrailCheck, audit_line, check_trail
from app.audit.words import facts_of
from app.desk import Desk
from app.intake.findings import KIND_TITLES
from models.domain.permission import POST_NAMES, Post
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import Pairs, card, heading
from ui.widgets.paged_table import PagedTable


class AuditPage(SystemPage):
    """The trail and one line of it."""

    name = "audit"
    words = "操作日志"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.table = screen.make_table(AUDIT, frozen=0)
        self.table.chosen.connect(self._show)
        self.title = heading("")
        self.pairs = Pairs(4)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(card(self.title, self.pairs))

    @property
    def list_table(self) -> PagedTable:
        """The trail."""
        return self.table

    def tools(self) -> Sequence[QAction]:
        """Check it; the filter is in the headings."""
        return [self.tool("check", "核验日志", "list-check", "F8", self.ask_check)]

    def load(self) -> None:
        """The latest first."""
        if self.table.current_id() is None:
            self.table.go_to_row(0)
        self._show(self.table.current_id())

    @Slot(object)
    def _show(self, seq: int | None) -> None:
        line = audit_line(self.office.store, seq) if seq is not None else None
        if line is None:
            self.title.setText("没有选中哪一行")
            self.pairs.fill([])
            return
        post = POST_NAMES[Post(line.post)] if line.post in list(Post) else ""
        self.title.setText(
            f"第 {line.seq:,} 行　{line.at}　{line.operator}（{post}）　{ACT_NAMES.get(line.act, '其他')}"
        )
        self.pairs.fill(facts_of(line.counts, KIND_TITLES) or [("内容", "没有金额和笔数")])

    @Slot()
    def ask_check(self) -> Question:
        """Check the whole trail, and where a head is given from paper also against that."""

        def answer(question: Question, given: Mapping[str, str]) -> None:
            written = given["head"].strip() or None

            def work(desk: Desk) -> TrailCheck:
                return check_trail(desk.store, written)

            def done(found: TrailCheck) -> None:
                question.accept()
                self._say(found)

            self.office.act("核验日志", work, done=done, refused=question.refuse)

        self.question = Question(
            "核验日志", "核验",
            [Asked("head", "纸上的校验码(&H)", "code", hint="8 位，可以不填")], answer,
            words="从第一行核对到最后一行。审批单、月报、备份标签上都印着当时的校验码，输入它还能查出日志有没有被截短。",
            parent=self.holder,
        )  # fmt: skip
        self.question.open()
        return self.question

    def _say(self, found: TrailCheck) -> None:
        if found.problems:
            more = f"（共 {len(found.problems)} 处）" if len(found.problems) > 1 else ""
            self.bar.say(f"{found.problems[0]}{more}请保留现场并报告上级。", Tone.BAD)
            return
        paper = (
            f"纸上的校验码是第 {found.printed_line:,} 行（{found.printed_at}）。"
            if found.printed_line
            else ""
        )
        self.bar.say(
            f"日志 {found.lines:,} 行首尾相接，{found.groups:,} 组数据没有在程序之外改动过。现在的校验码是 {found.head}。{paper}", Tone.GOOD,
        )  # fmt: skip
