"""银行报盘与回盘: files out with their control totals, answers in, lines that wait for a person, payments to mend."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.bankfiles.listings import AT_THE_BANK
from app.batches.payments.use_cases import close_payment
from app.batches.use_cases import reissue_batch
from app.changes import Changes, Topic
from app.desk import Desk
from app.returns.listings import (
    RETURN_LINES,
    RETURNS,
    BatchShare,
    by_batch,
    failed_payments,
    payment_of_line,
)
from app.returns.queries import UNSETTLED
from app.returns.use_cases import bounce_payment, recover_payment, set_line_aside
from models.domain.buckets import Bucket
from models.domain.money import Fen, fen_from_text, yuan_text
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.bankfiles.confirm_dialog import ConfirmDialog
from ui.screens.bankfiles.failed_page import FailedPage
from ui.screens.bankfiles.returns_page import NO_FILE, ReturnsPage, line_tone
from ui.screens.bankfiles.send_page import SendPage
from ui.screens.tabbed_screen import TabbedScreen
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.paged_table import good_bad


class BankFilesScreen(TabbedScreen):
    """Out, in, to confirm, to mend."""

    room: ClassVar[Room] = Room.BANKFILES
    topics: ClassVar[frozenset[Topic]] = frozenset(
        {Topic.BANK_FILES, Topic.RETURNS, Topic.PAYMENTS, Topic.BATCHES, Topic.PEOPLE}
    )
    help_page = "bankfiles"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        batches = self.make_table(
            AT_THE_BANK, tone_of=good_bad(frozenset({"settled", "archived"}), frozenset()), frozen=1,
            empty="没有等着报盘的批次。批次审批以后会出现在这里。",
        )  # fmt: skip
        self.sending = SendPage(office, batches)
        self.sending.said.connect(self.bar.say)
        self.sending.make.clicked.connect(self.ask_send)
        self.sending.changed_step.connect(self.tools_changed)
        answers = self.make_table(
            RETURNS, frozen=1, empty="还没有回盘。把银行给的回盘文件拖到上面，或按 Ctrl+O 选择。"
        )
        self.lines = self.make_table(
            NO_FILE, tone_of=line_tone, frozen=3, empty="选中一个回盘文件，这里显示每一行的结果。"
        )
        self.coming = ReturnsPage(office, answers, self.lines)
        self.coming.said.connect(self._say)
        self.unsettled = self.make_table(
            RETURN_LINES.among(UNSETTLED), tone_of=line_tone, frozen=3, empty="每一行都对上了，没有要人工确认的。"
        )  # fmt: skip
        self.failed = self.make_table(
            failed_payments(office.store), tone_of=self._failed_tone, frozen=2, empty="没有失败或退票的款项。"
        )
        self.mending = FailedPage(office, self.failed)
        for table in (self.lines, self.unsettled):
            table.opened.connect(lambda _one: self.ask_confirm())
            table.add_row_action("确认是哪一笔… F2", self.ask_confirm)
            table.add_row_action("登记退票…", self.ask_bounce)
            table.add_row_action("登记追回…", self.ask_recover)
            table.chosen.connect(self.tools_changed)
        self.failed.opened.connect(lambda _one: self._open_person())
        for words, act in (("补发…", self.ask_reissue), ("打开人员卡（换账户）", self._open_person), ("关闭未付…", self.ask_close)):  # fmt: skip
            self.failed.add_row_action(words, act)
        self.add_tab("send", "报盘", self.sending, batches)
        self.add_tab("returns", "回盘", self.coming, self.lines)
        self.add_tab("lines", "待认领", self.unsettled)
        self.add_tab("failed", "失败与退票", self.mending, self.failed)
        self.begin()

    def _failed_tone(self, column: Any, value: Any, values: tuple[Any, ...]) -> Tone | None:
        return self.mending.tone_of(column, value, values)

    # -- what the frame asks -------------------------------------------------------------------------------------

    def tools(self) -> Sequence[QAction]:
        """What the tab is for, first."""
        may = self.office.may
        at = self.tab
        made: list[QAction]
        if at == "send":
            made = [
                self._tool_of(
                    "send", "生成报盘文件", "upload", "F9", self.ask_send, enabled=self.sending.may_send
                ),
                self._tool_of(
                    "control", "打印控制表", "printer", "Ctrl+T", self.sending.print_control,
                    enabled=bool(self.sending.files),
                ),
            ]  # fmt: skip
        elif at == "failed":
            made = [
                self._tool_of("reissue", "补发", "refresh", "F9", self.ask_reissue, enabled=may(Permission.PREPARE_BATCH)),
                self._tool_of("person", "人员卡", "id", "", self._open_person),
                self._tool_of("close", "关闭未付", "x", "", self.ask_close, enabled=may(Permission.CLOSE_PAYMENT)),
            ]  # fmt: skip
        else:
            made = self._line_tools()
            if at == "returns":
                may_post = may(Permission.POST_RETURN)
                made.insert(0, self._tool_of("post", "登记回盘", "folder-open", "Ctrl+O", self.coming.pick, enabled=may_post))  # fmt: skip
        return [*made, *self.table_tools()]

    def _line_tools(self) -> list[QAction]:
        confirm = self.office.may(Permission.POST_RETURN)
        late = self.office.may(Permission.MARK_RETURNED)
        return [
            self._tool_of("confirm", "确认这一行", "check", "F2", self.ask_confirm, enabled=confirm),
            self._tool_of("aside", "无须认领", "x", "", self.ask_aside, enabled=confirm),
            self._tool_of("bounce", "登记退票", "arrow-back-up", "", self.ask_bounce, enabled=late),
            self._tool_of("recover", "登记追回", "arrow-left", "", self.ask_recover, enabled=late),
        ]

    def refresh(self) -> None:
        """Every tab, and the counts on their names."""
        super().refresh()
        store = self.office.store
        open_lines = store.value(f"SELECT count(*) FROM return_line l WHERE {UNSETTLED}")
        failed = store.value("SELECT count(*) FROM payment WHERE bucket IN ('failed', 'returned')")
        for name, words, count in (("lines", "待认领", open_lines), ("failed", "失败与退票", failed)):
            self.tabs.setTabText(self._names.index(name), f"{words} {count}" if count else words)

    def load_tab(self, name: str) -> None:
        """What a tab shows beside its table."""
        if name == "send":
            if self.sending.table.rows and self.sending.table.current_id() is None:
                self.sending.table.go_to_row(0)
            self.sending.show_batch(self.sending.table.current_id())
        elif name == "returns":
            self.coming.load()
        elif name == "failed":
            self.mending.load()

    def open_at(self, place: Place) -> None:
        """A tab; a batch in it."""
        self.show_tab(place.tab)
        store = self.office.store
        if place.tab == "send":
            self.sending.table.go_to_id(place.id)
        elif place.tab == "returns":
            self.coming.choose_batch(place.id)
            answer = store.value("SELECT max(id) FROM bank_return WHERE batch_id = ?", (place.id,))
            if answer is not None:
                self.coming.table.go_to_id(int(answer))
        elif place.tab == "failed":
            first = store.value(
                "SELECT min(id) FROM payment WHERE batch_id = ? AND bucket IN ('failed', 'returned')",
                (place.id,),
            )
            if first is not None:
                self.failed.go_to_id(int(first))
        table = self.table_now()
        if table is not None:
            table.view.setFocus()

    @Slot(str, object, object)
    def _say(self, sentence: str, tone: Tone, retry: Any) -> None:
        self.bar.say(sentence, tone, retry=retry)

    # -- out -----------------------------------------------------------------------------------------------------

    @Slot()
    def ask_send(self) -> None:
        """Confirm with count and sum, then make the files."""
        page = self.sending
        if not page.may_send or page.view is None:
            self.bar.say("请先在左边选中一个已审批的批次。", Tone.CALM)
            return
        if not page.folder.text().strip():
            self.bar.say("请先选择写到哪个文件夹（一般是 U 盘）。", Tone.WARN)
            page.folder.setFocus()
            return
        pending = page.view.buckets[Bucket.PENDING]
        sums = f"{pending.payments:,} 笔，合计 {yuan_text(pending.fen)} 元"
        self.confirm(
            "生成报盘文件",
            f"生成 {pending.payments:,} 笔",
            f"批次 {page.view.line.number}（{page.view.line.program_name}）将报盘 {sums}，格式：{page.profile.currentText()}。"
            "生成以后批次转为“已报盘”，款项在途，不能再停发。",
            page.send,
        )

    def confirm(self, title: str, verb: str, words: str, go: Any) -> None:
        """Ask for a yes that states what happens."""
        from ui.widgets.asking import Question

        def answer(question: Question, _values: Mapping[str, str]) -> None:
            question.accept()
            self.bar.clear()
            go()

        self.question = Question(title, verb, [], answer, words=words, parent=self)
        self.question.open()

    # -- lines ---------------------------------------------------------------------------------------------------

    def _line(self) -> int | None:
        table = self.unsettled if self.tab == "lines" else self.lines
        return self.chosen_or_say(table, "一行回盘明细")

    @Slot()
    def ask_confirm(self) -> None:
        """Say which payment a line means."""
        line = self._line()
        if line is None:
            return
        outcome = self.office.store.value("SELECT outcome FROM return_line WHERE id = ?", (line,))
        if outcome not in ("waiting", "unknown"):
            self.bar.say("这一行已经登记过，不需要确认。发放成功后又被退回的，请按“登记退票”。", Tone.CALM)
            return
        if not self.office.may(Permission.POST_RETURN):
            self.bar.say("确认回盘明细由经办人员办理。", Tone.CALM)
            return
        self.dialog = ConfirmDialog(self.office, line, self)
        self.dialog.accepted.connect(lambda: self.bar.say("这一行已确认。", Tone.GOOD))
        self.dialog.open()

    @Slot()
    def ask_aside(self) -> None:
        """Say that a line is nobody's."""
        line = self._line()
        if line is None:
            return
        name, fen, outcome = self.office.store.rows(
            "SELECT name, coalesce(fen, 0), outcome FROM return_line WHERE id = ?", (line,)
        )[0]
        if outcome not in ("waiting", "unknown"):
            self.bar.say("这一行已经登记过，不在待认领之列。", Tone.CALM)
            return
        self.ask(
            "无须认领",
            "认定无须认领",
            [Asked("reason", "原因", "long", hint="例如：不是本所的款项，已告知银行", needed=True)],
            lambda desk, given: set_line_aside(desk, line_id=line, reason=given["reason"]),
            f"{name} 这一行已认定无须认领，不再列入待认领。",
            words=f"{name}，{yuan_text(Fen(fen))} 元。只用于不是本所的款项，或另有回盘文件答复过的；这一行仍留在回盘里备查。",
        )

    def _payment_of_line(self, what: str) -> tuple[int, str, Fen] | None:
        line = self._line()
        found = None if line is None else payment_of_line(self.office.store, line)
        if found is None or found[3] != Bucket.PAID:
            if line is not None:
                self.bar.say(f"{what}只用于已经发放成功的款项。请选中结果是“成功”的一行。", Tone.CALM)
            return None
        return found[:3]

    @Slot()
    def ask_bounce(self) -> None:
        """The bank gave a paid sum back later."""
        if (found := self._payment_of_line("退票")) is None:
            return
        payment, name, fen = found
        self.ask(
            "登记退票",
            f"登记退票 {yuan_text(fen)} 元",
            [Asked("reason", "退票原因", hint="银行退票通知上的原因", needed=True)],
            lambda desk, given: bounce_payment(desk, payment_id=payment, reason=given["reason"]),
            f"{name} {yuan_text(fen)} 元已登记退票，请在三个工作日内更正补发。",
            words=f"{name}，{yuan_text(fen)} 元，已经发放成功，现在银行整笔退回。批次会重新打开。",
        )

    @Slot()
    def ask_recover(self) -> None:
        """Money paid wrongly is clawed back, whole or in part."""
        if (found := self._payment_of_line("追回")) is None:
            return
        payment, name, fen = found

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            written = given["yuan"].strip()
            part = fen_from_text(written) if written else None
            return recover_payment(desk, payment_id=payment, reason=given["reason"], fen=part)

        self.ask(
            "登记追回",
            "登记追回",
            [
                Asked(
                    "yuan", "追回金额（元）", "code", hint=f"不填就是全部尚未追回的，原发 {yuan_text(fen)} 元"
                ),
                Asked("reason", "追回原因", "long", needed=True),
            ],
            work,
            f"{name} 的追回已登记。",
            words=f"{name}，原发 {yuan_text(fen)} 元。",
        )

    # -- mending -------------------------------------------------------------------------------------------------

    @Slot()
    def ask_reissue(self) -> None:
        """A batch that pays the selected failures again, or all of their batches: one question, one step."""
        chosen = self.failed.selected_ids()
        if not chosen:
            self.bar.say("请先选中要补发的款项，可以选多行；Ctrl+A 全选。", Tone.CALM)
            return
        store = self.office.store
        some = by_batch(store, chosen)
        whole = [
            one
            for one in by_batch(store, [row[0] for row in store.rows("SELECT id FROM payment WHERE bucket IN ('failed', 'returned')")])
            if one.batch in {share.batch for share in some}
        ]  # fmt: skip
        choices = [("some", _shares(some, "选中的"))]
        if sum(len(one.payments) for one in whole) > len(chosen):
            choices.append(("all", _shares(whole, "这些批次全部")))

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            made = [
                reissue_batch(desk, batch_id=one.batch, payment_ids=list(one.payments))
                for one in (whole if given["which"] == "all" else some)
            ]
            self._made = [int(str(one.answer["batch"])) for one in made]
            return made[-1]

        stale = sum(1 for row in self.failed.selected_rows() if self._is_stale(row))
        words = "按现在登记的收款人和账户编制补发批次，金额与原来相同，不再公示，不另用指标，仍由三个人办理。"
        if stale:
            words += f"选中的有 {stale} 笔账户还没有更新，补发可能再次失败。"
        self.ask(
            "补发", "编制补发批次", [Asked("which", "补发哪些", "choice", "some", choices)], work, "补发批次已编制。", words=words
        )  # fmt: skip
        self.question.accepted.connect(self._go_to_reissue)

    _made: Sequence[int] = ()

    def _is_stale(self, row: int) -> bool:
        values = self.failed.model.row_values(row)
        names = [column.name for column in self.failed.listing.columns]
        return values is not None and values[names.index("mended")] != "new"

    @Slot()
    def _go_to_reissue(self) -> None:
        if self._made:
            self.go.emit(Place(Room.BATCHES, id=self._made[-1]))
            more = f"共 {len(self._made)} 个批次。" if len(self._made) > 1 else ""
            self.office.said.emit(f"补发批次已编制，{more}请核对后按 F9 提交复核。", Tone.GOOD)

    @Slot()
    def ask_close(self) -> None:
        """Close failures unpaid, with the reason."""
        chosen = self.failed.selected_ids()
        if not chosen:
            self.bar.say("请先选中要关闭的款项。", Tone.CALM)
            return
        shares = by_batch(self.office.store, chosen)
        fen = Fen(sum(one.fen for one in shares))

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            back = given["where"] == "treasury"
            done = [
                close_payment(desk, payment_id=one, reason=given["reason"], handed_back=back)
                for one in chosen
            ]
            return done[-1]

        self.ask(
            "关闭未付",
            f"关闭 {len(chosen)} 笔",
            [
                Asked("where", "款项去向", "choice", "office", [("office", "留在专户，转应缴财政款"), ("treasury", "已经退回财政")]),
                Asked("reason", "原因", "long", needed=True),
            ],
            work,
            f"已关闭 {len(chosen)} 笔，{yuan_text(fen)} 元。",
            words=f"将关闭 {len(chosen)} 笔，合计 {yuan_text(fen)} 元，不再补发。",
        )  # fmt: skip

    @Slot()
    def _open_person(self) -> None:
        chosen = self.chosen_or_say(self.failed, "一笔")
        if chosen is not None:
            person = self.office.store.value(
                "SELECT coalesce(payee_id, person_id) FROM payment WHERE id = ?", (chosen,)
            )
            self.go.emit(Place(Room.REGISTRY, id=int(person)))


def _shares(shares: Sequence[BatchShare], which: str) -> str:
    count = sum(len(one.payments) for one in shares)
    fen = Fen(sum(one.fen for one in shares))
    batches = shares[0].number if len(shares) == 1 else f"{len(shares)} 个批次"
    return f"{which} {count:,} 笔，{yuan_text(fen)} 元（{batches}）"
