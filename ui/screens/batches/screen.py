"""发放批次: the list by state, and one batch on its way through the desks. What may be done is asked of the roads."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget

from app.batches.listings import BATCHES
from app.batches.payments.use_cases import restore_payment, stop_payment
from app.batches.queries import BatchView, check_batch, frozen_sheets
from app.batches.use_cases import (
    approve_batch,
    cancel_batch,
    create_batch,
    recompute_batch,
    reject_batch,
    review_batch,
    submit_batch,
)
from app.changes import Changes, Topic
from app.desk import Desk
from app.funds.queries import AllotmentView
from app.notices.use_cases import publicize_batch
from app.programs.queries import programs
from models.domain.buckets import Bucket
from models.domain.flows.batch_flow import BATCH_STEP_NAMES, BEFORE_SENDING, OPEN_TO_CHANGE, BatchStep
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.batches.batch_page import BatchPage
from ui.screens.batches.check_paper import check_sheets
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.paged_table import PagedTable, good_bad

_PERMISSIONS = {
    BatchStep.SUBMIT: Permission.PREPARE_BATCH,
    BatchStep.RESUBMIT: Permission.PREPARE_BATCH,
    BatchStep.REVIEW: Permission.REVIEW_BATCH,
    BatchStep.PUBLICIZE: Permission.PUBLICIZE,
    BatchStep.APPROVE: Permission.APPROVE_BATCH,
    BatchStep.SEND: Permission.EXPORT_BANK_FILE,
    BatchStep.POST_RETURN: Permission.POST_RETURN,
    BatchStep.ARCHIVE: Permission.ARCHIVE,
}
_ELSEWHERE = {
    BatchStep.SEND: (Room.BANKFILES, "send"),
    BatchStep.POST_RETURN: (Room.BANKFILES, "returns"),
    BatchStep.SETTLE: (Room.BANKFILES, "failed"),
    BatchStep.ARCHIVE: (Room.ARCHIVE, ""),
}
_OPINIONS = {BatchStep.REVIEW: "复核无误", BatchStep.APPROVE: "同意发放"}
_GOOD = frozenset({"settled", "archived", "approved"})
_BAD = frozenset({"rejected", "cancelled"})


class BatchesScreen(ListScreen):
    """The list, and behind it one batch."""

    room: ClassVar[Room] = Room.BATCHES
    topics: ClassVar[frozenset[Topic]] = frozenset(
        {
            Topic.BATCHES,
            Topic.PAYMENTS,
            Topic.NOTICES,
            Topic.RETURNS,
            Topic.BANK_FILES,
            Topic.FUNDS,
            Topic.ARCHIVE,
        }
    )
    help_page = "batches"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.table = self.make_table(
            BATCHES,
            tone_of=good_bad(_GOOD, _BAD),
            frozen=2,
            empty="还没有发放批次。花名册导入以后，按 Ctrl+N 编制。",
        )
        self.table.opened.connect(self.open_batch)
        self.page = BatchPage(office)
        self.page.changed_step.connect(self.tools_changed)
        self.page.summed.connect(lambda text: self.set_sums(text) if self.is_open else None)
        self.page.payments.said.connect(self.bar.say)
        self.page.payments.add_row_action("计算依据", self._why)
        self.page.payments.add_row_action("停发…", self.ask_stop)
        self.page.payments.add_row_action("恢复发放…", self.ask_restore)
        self.page.payments.add_row_action("打开人员卡", self._open_person)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.page)
        self.column.addWidget(self.stack, 1)

    @property
    def is_open(self) -> bool:
        """Whether one batch is open."""
        return self.stack.currentWidget() is self.page

    def table_now(self) -> PagedTable:
        """The list, or the payments of the batch that is open."""
        return self.page.payments if self.is_open else self.table

    # -- what the frame asks -------------------------------------------------------------------------------------

    def tools(self) -> Sequence[QAction]:
        """The act that is next first; what the operator's posts do not allow is grey."""
        may_prepare = self.office.may(Permission.PREPARE_BATCH)
        if not self.is_open:
            return [
                self._tool_of("new", "编制新批次", "plus", "Ctrl+N", self.ask_new, enabled=may_prepare),
                self._tool_of("open", "打开", "folder-open", "", self._open_current),
                *self.table_tools(),
            ]
        steps = self.page.steps
        forward = next((one for one in steps if one in _PERMISSIONS or one is BatchStep.SETTLE), None)
        words = (
            "处理失败款"
            if forward is BatchStep.SETTLE
            else BATCH_STEP_NAMES[forward]
            if forward
            else "已办完"
        )
        allowed = forward is not None and (
            forward is BatchStep.SETTLE or self.office.may(_PERMISSIONS[forward])
        )
        go = self._tool_of("forward", words, "send", "F9", self.go_forward, enabled=allowed)
        go.setText(f"{words} F9")
        state = self.page.view.line.state if self.page.view is not None else None
        can_reject = BatchStep.REJECT in steps and self.office.may(Permission.REJECT_BATCH)
        can_cancel = BatchStep.CANCEL in steps and self.office.may(Permission.CANCEL_BATCH)
        open_to_change = state in OPEN_TO_CHANGE and may_prepare
        return [
            go,
            self._tool_of("reject", "退回", "arrow-back-up", "", self.ask_reject, enabled=can_reject),
            self._tool_of("recompute", "重算", "refresh", "", self.recompute, enabled=open_to_change),
            self._tool_of(
                "stop",
                "停发",
                "player-stop",
                "",
                self.ask_stop,
                enabled=self.office.may(Permission.STOP_PAYMENT) and state in BEFORE_SENDING,
            ),
            self._tool_of("cancel", "作废", "trash", "", self.ask_cancel, enabled=can_cancel),
            self._tool_of("checked", "打印体检表", "list-check", "Ctrl+T", self.print_check),
            *self.table_tools(),
        ]

    @Slot()
    def print_check(self) -> None:
        """Preview the check sheet: the one that was frozen last, as it stands now while the batch is being made."""
        view = self.page.view
        if view is None:
            return
        kept = frozen_sheets(self.office.store, view.line.id)
        if kept and view.line.state not in OPEN_TO_CHANGE:
            self._preview_check(view, kept[-1])
            return
        day = self.office.today

        def work(desk: Desk) -> Mapping[str, object]:
            return check_batch(desk.store, view.line.id, day).as_json()

        self.office.read("体检", work, lambda body: self._preview_check(view, body))

    def _preview_check(self, view: BatchView, body: Mapping[str, object]) -> None:
        self.preview_sheets(check_sheets(self.office.township, view, body))

    def refresh(self) -> None:
        """The list, and the batch that is open."""
        if self.is_open:
            self.page.show_batch(self.page.batch)
        else:
            self.table.load()

    def open_at(self, place: Place) -> None:
        """A batch by id, or the list."""
        if place.id:
            self.open_batch(place.id)
            if place.tab == "notice":
                self.page.tabs.setCurrentIndex(4)
        else:
            self._close()

    @Slot(object)
    def open_batch(self, batch: int) -> None:
        """Open one batch."""
        self.bar.clear()
        self.stack.setCurrentWidget(self.page)
        self.page.show_batch(batch)
        if self.page.view is not None:
            line = self.page.view.line
            self.set_crumb(f"{line.program_name} {line.period_shown}  ›  {line.number} {line.state_name}")
        self.tools_changed.emit()

    @Slot()
    def _open_current(self) -> None:
        if (batch := self.table.current_id()) is not None:
            self.open_batch(batch)

    def _close(self) -> None:
        self.stack.setCurrentWidget(self.table)
        self.set_crumb("")
        self.table.load()
        self.table.view.setFocus()
        self.tools_changed.emit()

    def back(self) -> bool:
        """Esc closes the batch first."""
        if self.is_open:
            self._close()
            return True
        return False

    # -- making --------------------------------------------------------------------------------------------------

    @Slot()
    def ask_new(self) -> None:
        """Ask for program and period, then compute the batch."""
        choices = [
            (one.code, f"{one.name}（{one.code}）")
            for one in programs(self.office.store)
            if self._has_policy(one.id)
        ]

        def answer(question: Question, values: Mapping[str, str]) -> None:
            def made(done: Changes) -> None:
                question.accept()
                self.open_batch(int(str(done.answer["batch"])))
                self._say_left_out(done)

            self.office.act(
                "编制批次",
                lambda desk: create_batch(desk, program=values["program"], period=values["period"].strip()),
                done=made,
                refused=question.refuse,
            )

        self.question = Question(
            "编制新批次",
            "编制",
            [
                Asked("program", "补贴项目", "choice", choices=choices),
                Asked(
                    "period",
                    "期间",
                    value=self.office.today.strftime("%Y-%m"),
                    hint="2024-06；按年的项目写月份也可以",
                    needed=True,
                ),
            ],
            answer,
            words="按这一期的享受对象和当时的政策计算。已经发过的人不会重复。"
            if choices
            else "还没有登记任何政策，请先到“补贴项目”登记。",
            parent=self,
        )
        self.question.open()

    def _has_policy(self, program: int) -> bool:
        return bool(self.office.store.value("SELECT 1 FROM policy WHERE program_id = ? LIMIT 1", (program,)))

    def _say_left_out(self, done: Changes) -> None:
        already, problems = done.answer.get("already") or [], done.answer.get("problems") or []
        assert isinstance(already, list)  # the door's own form  # noqa: S101
        assert isinstance(problems, list)  # noqa: S101
        fen = Fen(int(str(done.answer["owed_fen"])))
        words = f"编制完成：{done.answer['payments']:,} 笔，{yuan_text(fen)} 元。"
        if already:
            words += f"有 {len(already)} 人这一期已经编过，没有重复。"
        if problems:
            first = problems[0]
            words += (
                f"有 {len(problems)} 人算不出来，例如 {first.get('name', '')}：{first.get('sentence', '')}"
            )
        self.bar.say(words, Tone.WARN if problems else Tone.GOOD)

    @Slot()
    def recompute(self) -> None:
        """Compute the draft anew."""
        batch = self.page.batch
        self._act("重算", lambda desk: recompute_batch(desk, batch_id=batch), self._say_left_out)

    # -- going on ------------------------------------------------------------------------------------------------

    def _act(
        self, words: str, work: Callable[[Desk], Changes], done: Callable[[Changes], None] | None = None
    ) -> None:
        self.bar.clear()
        self.office.act(words, work, done=done, refused=self._refuse)

    def _refuse(self, sentence: str) -> None:
        self.bar.say(sentence, Tone.BAD)
        if "体检" in sentence or "说明" in sentence:
            self.page.tabs.setCurrentIndex(1)

    @Slot()
    def go_forward(self) -> None:
        """The act that is next, after a confirmation that states count and sum."""
        steps = self.page.steps
        forward = next((one for one in steps if one in _PERMISSIONS or one is BatchStep.SETTLE), None)
        if forward is None or self.page.view is None:
            return
        if forward in _ELSEWHERE:
            room, tab = _ELSEWHERE[forward]
            self.go.emit(Place(room, tab=tab, id=self.page.batch))
            return
        if (
            forward in (BatchStep.SUBMIT, BatchStep.RESUBMIT, BatchStep.APPROVE)
            and self.page.checks.unexplained
        ):
            waiting = self.page.checks.unexplained
            names = "、".join(one.name for one in waiting[:4])
            self.bar.say(f"体检还有 {len(waiting)} 项没有说明：{names}。请逐项写明核实情况。", Tone.WARN)
            self.page.tabs.setCurrentIndex(1)
            self.page.checks.go_to_unexplained()
            return
        self._confirm(forward)

    def _confirm(self, step: BatchStep) -> None:
        view = self.page.view
        assert view is not None  # asked by `go_forward` only  # noqa: S101
        stopped = view.buckets[Bucket.STOPPED]
        count, fen = view.line.payments - stopped.payments, Fen(view.line.owed_fen - stopped.fen)
        name = BATCH_STEP_NAMES[step]
        words = f"将{name}批次 {view.line.number}：{count:,} 笔，合计 {yuan_text(fen)} 元。"
        if stopped.payments:
            words += f"另有 {stopped.payments:,} 笔已停发，不在其内。"
        if step is BatchStep.APPROVE:
            words += _carried(self.page.funds.carried, self.office.today.year)
        fields = (
            [Asked("opinion", "意见", value=_OPINIONS.get(step, ""))]
            if step is not BatchStep.PUBLICIZE
            else []
        )
        reasons, batch = dict(self.page.checks.given()), self.page.batch

        def answer(question: Question, values: Mapping[str, str]) -> None:
            opinion = values.get("opinion", "")
            work: dict[BatchStep, Callable[[Desk], Changes]] = {
                BatchStep.SUBMIT: lambda desk: submit_batch(
                    desk, batch_id=batch, opinion=opinion, reasons=reasons
                ),
                BatchStep.RESUBMIT: lambda desk: submit_batch(
                    desk, batch_id=batch, opinion=opinion, reasons=reasons
                ),
                BatchStep.REVIEW: lambda desk: review_batch(desk, batch_id=batch, opinion=opinion),
                BatchStep.PUBLICIZE: lambda desk: publicize_batch(desk, batch_id=batch),
                BatchStep.APPROVE: lambda desk: approve_batch(
                    desk, batch_id=batch, opinion=opinion, reasons=reasons
                ),
            }

            def done(_done: Changes) -> None:
                question.accept()
                self.open_batch(batch)
                self.bar.say(f"已{name}：{count:,} 笔，{yuan_text(fen)} 元。", Tone.GOOD)

            self.office.act(name, work[step], done=done, refused=question.refuse)

        self.question = Question(name, f"{name} {count:,} 笔", fields, answer, words=words, parent=self)
        self.question.open()

    @Slot()
    def ask_reject(self) -> None:
        """Send the batch back, with the reason."""
        batch = self.page.batch
        self._ask_reason(
            "退回", "退回批次", "退回原因", lambda desk, why: reject_batch(desk, batch_id=batch, opinion=why)
        )

    @Slot()
    def ask_cancel(self) -> None:
        """Cancel the batch, with the reason."""
        batch = self.page.batch
        self._ask_reason(
            "作废", "作废批次", "作废原因", lambda desk, why: cancel_batch(desk, batch_id=batch, opinion=why)
        )

    def _ask_reason(self, verb: str, title: str, label: str, work: Callable[[Desk, str], Changes]) -> None:
        view = self.page.view
        if view is None:
            return

        def answer(question: Question, values: Mapping[str, str]) -> None:
            def done(_done: Changes) -> None:
                question.accept()
                self.open_batch(self.page.batch)
                self.bar.say(f"批次 {view.line.number} 已{verb}。", Tone.GOOD)

            self.office.act(
                title, lambda desk: work(desk, values["reason"]), done=done, refused=question.refuse
            )

        words = f"批次 {view.line.number}，{view.line.payments:,} 笔，{yuan_text(view.line.owed_fen)} 元。"
        self.question = Question(
            title, verb, [Asked("reason", label, "long", needed=True)], answer, words=words, parent=self
        )
        self.question.open()

    # -- single payments -----------------------------------------------------------------------------------------

    @Slot()
    def ask_stop(self) -> None:
        """Stop the payments that are selected, with the reason."""
        self._ask_payments("停发", lambda desk, one, why: stop_payment(desk, payment_id=one, reason=why))

    @Slot()
    def ask_restore(self) -> None:
        """Take stops back."""
        self._ask_payments(
            "恢复发放", lambda desk, one, why: restore_payment(desk, payment_id=one, reason=why)
        )

    def _ask_payments(self, verb: str, work: Callable[[Desk, int, str], Changes]) -> None:
        chosen = self.page.payments.selected_ids() if self.page.tabs.currentIndex() == 0 else []
        if not chosen:
            self.bar.say("请先在“明细”里选中一笔或几笔。", Tone.CALM)
            return
        from app.pages import sums_among

        total = sums_among(self.office.store, self.page.payments.listing, chosen, ["owed_fen"]).sums[
            "owed_fen"
        ][0]

        def answer(question: Question, values: Mapping[str, str]) -> None:
            def each(desk: Desk) -> Changes:
                done = [work(desk, one, values["reason"]) for one in chosen]
                return done[-1]

            def finished(_done: Changes) -> None:
                question.accept()
                self.bar.say(f"已{verb} {len(chosen)} 笔，{yuan_text(Fen(total))} 元。", Tone.GOOD)

            self.office.act(verb, each, done=finished, refused=question.refuse)

        words = f"将{verb} {len(chosen)} 笔，合计 {yuan_text(Fen(total))} 元。"
        self.question = Question(verb, f"{verb} {len(chosen)} 笔", [Asked("reason", "原因", "long", needed=True)], answer, words=words, parent=self)  # fmt: skip
        self.question.open()

    @Slot()
    def _why(self) -> None:
        if (payment := self.page.payments.current_id()) is not None:
            self.page.show_why(payment)

    @Slot()
    def _open_person(self) -> None:
        if (payment := self.page.payments.current_id()) is not None:
            person = self.office.store.value("SELECT person_id FROM payment WHERE id = ?", (payment,))
            self.go.emit(Place(Room.REGISTRY, id=int(person)))


def _carried(allotments: Sequence[AllotmentView], year: int) -> str:
    """What approval does to money of earlier years, so that a new allotment in the list surprises nobody."""
    parts = [f"{one.document}（{one.year} 年度）{yuan_text(one.available_fen)} 元" for one in allotments]
    if not parts:
        return ""
    return (
        f"\n\n要用以前年度的指标：{'、'.join(parts)}。审批时先把余额全部结转到 {year} 年度再使用，"
        f"资金指标里会多出 {year} 年度的结转指标，原指标可用变为 0。"
    )
