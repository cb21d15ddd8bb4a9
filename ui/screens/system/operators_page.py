"""操作员: who may open the office and under which posts; passwords, the recovery code, the second review."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QGuiApplication

from app.access.queries import is_recovery_confirmed, operators, second_review_above, several_posts_line
from app.access.use_cases import (
    add_operator,
    change_password,
    change_posts,
    confirm_recovery_code,
    remove_operator,
    renew_recovery_code,
    reset_password,
    set_second_review,
)
from app.changes import Changes
from app.desk import Desk
from models.domain.money import fen_from_text, yuan_plain, yuan_text
from models.domain.permission import POST_NAMES, Permission, Post, posts_text
from models.domain.refusal import Refusal
from models.store.keyslots import code_on_paper
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import Pairs, TextTable, card

_POSTS = [(post.value, name) for post, name in POST_NAMES.items()]


class PasswordsDiffer(Refusal):
    """The password was not typed the same twice."""

    form = "两次输入的密码不一样。请重新输入。"


class OperatorsPage(SystemPage):
    """The people of the office."""

    name = "operators"
    words = "操作员"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.table = TextTable(["姓名", "岗位", "可以办理"], stretch=2)
        self.table.cellActivated.connect(lambda _row, _column: self.ask_posts())
        self.pairs = Pairs(1)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(card(self.pairs))

    def tools(self) -> Sequence[QAction]:
        """Add, posts, reset, remove; one's own password; the recovery code; the second review."""
        manage = Permission.MANAGE_OPERATORS
        return [
            self.tool("add", "添加", "plus", "Ctrl+N", self.ask_add, manage),
            self.tool("posts", "改岗位", "pencil", "F2", self.ask_posts, manage),
            self.tool("reset", "重设密码", "key", "", self.ask_reset, manage),
            self.tool("remove", "移除", "trash", "", self.ask_remove, manage),
            self.tool("password", "改我的密码", "lock", "", self.ask_password),
            self.tool("confirm", "核对恢复码", "list-check", "", self.ask_confirm),
            self.tool("renew", "换恢复码", "refresh", "", self.ask_renew, manage),
            self.tool("second", "第二复核", "user-check", "", self.ask_second, Permission.SET_OFFICE),
        ]

    def load(self) -> None:
        """Everybody on duty, and how the office is set."""
        store, here = self.office.store, max(self.table.currentRow(), 0)
        self.table.fill(
            [[seat.name, posts_text(seat.posts), _may(seat.posts)] for seat in operators(store)],
            [seat.name for seat in operators(store)],
        )
        self.table.setCurrentCell(here, 0)
        above = second_review_above(store)
        self.pairs.fill(
            [
                ("恢复码", "已打印并核对" if is_recovery_confirmed(store) else "还没有核对：请照打印的恢复码按“核对恢复码”输入一遍"),
                ("第二复核", f"合计 {yuan_text(above)} 元以上的批次要两个人复核" if above else "不需要"),
                ("兼岗", several_posts_line(store) or "没有人兼岗"),
            ]
        )  # fmt: skip

    @property
    def chosen(self) -> str:
        """The operator of the current row."""
        return str(self.table.key() or "")

    # -- asked ---------------------------------------------------------------------------------------------------

    @Slot()
    def ask_add(self) -> Question:
        """A new operator with a first password."""

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return add_operator(
                desk, name=given["name"], posts=_posts(given["posts"]), password=_twice(given)
            )

        return self.holder.ask(
            "添加操作员", "添加",
            [
                Asked("name", "姓名(&N)", needed=True),
                Asked("posts", "岗位", "ticks", choices=_POSTS),
                Asked("new", "初始密码(&P)", "secret", needed=True),
                Asked("again", "再输一遍(&R)", "secret", needed=True),
            ],
            work, lambda done: f"已添加操作员“{done.answer['name']}”。请本人登录后改掉初始密码。",
            words="编制、复核、审批必须是三个人。系统管理员不经办资金，审计不改动内容，这两个岗位不能兼任。",
        )  # fmt: skip

    @Slot()
    def ask_posts(self) -> Question:
        """Other posts for the chosen one."""
        name = self.chosen
        held = next((seat.posts for seat in operators(self.office.store) if seat.name == name), frozenset())
        return self.holder.ask(
            f"“{name}”的岗位", "改岗位", [Asked("posts", "岗位", "ticks", value=",".join(held), choices=_POSTS)],
            lambda desk, given: change_posts(desk, name=name, posts=_posts(given["posts"])),
            lambda done: f"“{name}”的岗位由{done.counts['from']}改为{done.counts['to']}。",
        )  # fmt: skip

    @Slot()
    def ask_reset(self) -> Question:
        """A new password for somebody who forgot theirs."""
        name = self.chosen
        return self.holder.ask(
            f"重设“{name}”的密码", "重设",
            [Asked("new", "新密码(&P)", "secret", needed=True), Asked("again", "再输一遍(&R)", "secret", needed=True)],
            lambda desk, given: reset_password(desk, name=name, password=_twice(given)),
            f"已为“{name}”重设密码，请本人登录后改掉。",
        )  # fmt: skip

    @Slot()
    def ask_remove(self) -> Question:
        """An operator leaves."""
        name = self.chosen
        return self.holder.ask(
            "移除操作员", f"移除“{name}”", [], lambda desk, _given: remove_operator(desk, name=name),
            f"已移除“{name}”，经办过的业务仍记在其名下。", words=f"“{name}”的密码将不再能打开办公点；经办过的业务仍记在其名下。",
        )  # fmt: skip

    @Slot()
    def ask_password(self) -> Question:
        """One's own password."""
        return self.holder.ask(
            "改我的密码", "改密码",
            [
                Asked("old", "现在的密码(&O)", "secret", needed=True),
                Asked("new", "新密码(&P)", "secret", needed=True),
                Asked("again", "再输一遍(&R)", "secret", needed=True),
            ],
            lambda desk, given: change_password(desk, old=given["old"], new=_twice(given)), "密码已改。",
        )  # fmt: skip

    @Slot()
    def ask_confirm(self) -> Question:
        """The recovery code typed back from paper."""
        return self.holder.ask(
            "核对恢复码", "核对", [Asked("code", "纸上的恢复码(&C)", "code", needed=True)],
            lambda desk, given: confirm_recovery_code(desk, written=given["code"]), "恢复码核对无误。请把纸锁好。",
            words="所有密码都忘记时，只有恢复码能打开数据。照打印的纸输入一遍，证明没有抄错。",
        )  # fmt: skip

    @Slot()
    def ask_renew(self) -> Question:
        """A new recovery code; it is shown until closed, and stands nowhere else."""

        def said(done: Changes) -> str:
            self.shown_code = code_on_paper(str(done.answer["recovery_code"]))
            QGuiApplication.clipboard().clear()
            return f"新的恢复码：{self.shown_code}　请立即抄下锁好，再按“核对恢复码”输入一遍。旧的已经作废。"

        return self.holder.ask(
            "换恢复码", "换一个新的", [], lambda desk, _given: renew_recovery_code(desk), said, tone=lambda _done: Tone.WARN,
            words="旧的恢复码立即作废。新的只显示这一次，请准备好纸笔。",
        )  # fmt: skip

    shown_code = ""

    @Slot()
    def ask_second(self) -> Question:
        """From which sum on a batch needs a second reviewer."""
        above = second_review_above(self.office.store)

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            written = given["yuan"].strip()
            return set_second_review(desk, above_fen=fen_from_text(written) if written else None)

        return self.holder.ask(
            "第二复核", "设置", [Asked("yuan", "起点金额（元）(&M)", "code", value=yuan_plain(above) if above else "", hint="不填就是不需要")],
            work, "第二复核已设置。", words="合计达到这个金额的批次，要两位复核人员都复核。",
        )  # fmt: skip


def _posts(ticked: str) -> list[Post]:
    return [Post(one) for one in ticked.split(",") if one]


def _twice(given: Mapping[str, str]) -> str:
    if given["new"] != given["again"]:
        raise PasswordsDiffer
    return given["new"]


def _may(posts: frozenset[Post]) -> str:
    words = {
        Post.CLERK: "导入、编制、报盘、回盘、记账、月报",
        Post.REVIEWER: "复核批次、确认月报",
        Post.APPROVER: "审批批次、关闭未付、确认月报",
        Post.AUDITOR: "只看不改",
        Post.ADMIN: "操作员、备份、设置，不经办资金",
    }
    return "；".join(words[post] for post in Post if post in posts)
