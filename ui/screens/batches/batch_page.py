"""One batch: its steps across the top, its tabs, the zero-difference panel; the act that is next on one key."""

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.bankfiles.queries import bank_files
from app.batches.listings import PAYMENTS, compare_villages
from app.batches.queries import BatchView, FundsAhead, batch_view, check_batch, funds_ahead, why
from app.batches.sheet import CheckSheet
from app.batches.steps import load_batch, posted_first
from app.desk import Desk
from app.funds.queries import allotments
from app.ledger.queries import vouchers
from app.notices.queries import notices_of, objections_of
from app.pages import Column
from app.returns.queries import returns
from models.domain.buckets import Bucket
from models.domain.flows.batch_flow import BATCH_STEP_NAMES, BatchState, BatchStep, steps_from
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from ui.office import Office
from ui.screens.batches.check_page import CheckPage
from ui.screens.batches.zero_panel import ZeroPanel
from ui.theme import Tone
from ui.widgets.facts import TextTable, heading, quiet
from ui.widgets.paged_table import PagedTable
from ui.widgets.step_bar import At, Step, StepBar

_ROAD = (
    ("编制", BatchState.DRAFT, ("create", "recompute")),
    ("提交", BatchState.SUBMITTED, ("submit", "resubmit")),
    ("复核", BatchState.REVIEWED, ("review",)),
    ("公示", BatchState.PUBLICIZED, ("publicize",)),
    ("审批", BatchState.APPROVED, ("approve",)),
    ("报盘", BatchState.SENT, ("send",)),
    ("回盘", BatchState.SETTLING, ("post_return",)),
    ("结清", BatchState.SETTLED, ("settle",)),
    ("归档", BatchState.ARCHIVED, ("archive",)),
)
_DESKS_THAT_REVIEW = (BatchState.SUBMITTED, BatchState.REVIEWED, BatchState.PUBLICIZED)
_DAY_KINDS = {"workdays": "个工作日", "calendar": "天", "months": "个月"}
_NOTICE_STATES = {"posted": "公示中", "withdrawn": "已撤下", "ended": "已结束"}
_OUTCOMES = {
    "": ("未处理", Tone.WARN),
    "upheld": ("异议成立", Tone.BAD),
    "rejected": ("异议不成立", Tone.GOOD),
}


class BatchPage(QWidget):
    """`changed_step` says that the acts of the toolbar are others now."""

    changed_step = Signal()
    summed = Signal(str)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.batch = 0
        self.view: BatchView | None = None
        self.steps: tuple[BatchStep, ...] = ()
        self.funds = FundsAhead(Fen(0), ())
        self.bar = StepBar()
        self.panel = ZeroPanel()
        self.payments = PagedTable(office, PAYMENTS.among("p.batch_id = ?", 0), tone_of=_tone_of, frozen=2)
        self.payments.summed.connect(self.summed)
        self.payments.opened.connect(self.show_why)
        self.checks = CheckPage()
        self.checks.payment_chosen.connect(self.show_payment)
        self.compare = CheckPage(comparing=True)
        self.compare.reasons = self.checks.reasons
        self.compare.payment_chosen.connect(self.show_payment)
        self.villages = TextTable(["看过", "村（社区）", "本期笔数", "本期金额", "上期笔数", "上期金额", "增减笔数", "增减金额"], right=[2, 3, 4, 5, 6, 7], stretch=1)  # fmt: skip
        self.villages_words = quiet("")
        self.funding = TextTable(
            ["文号", "级次", "本批次用", "已退回", "指标限额", "还可用"], right=[2, 3, 4, 5], stretch=0
        )
        self.notices = TextTable(["张贴日期", "期限", "从", "到", "状态", "还有"], stretch=5)
        self.objections = TextTable(["提出人", "日期", "内容", "结论", "答复"], stretch=2)
        self.files = TextTable(["份", "文件", "行数", "金额", "日期"], right=[2, 3], stretch=1)
        self.answers = TextTable(["回盘文件", "行数", "收到日期"], right=[1], stretch=0)
        self.vouchers = TextTable(["凭证号", "日期", "摘要", "金额", "操作员"], right=[3], stretch=2)
        self.acts = TextTable(["办理", "操作员", "业务日期", "办理时间", "意见"], stretch=4)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        pages: list[tuple[QWidget, str]] = [
            (self.payments, "明细"),
            (self.checks, "体检"),
            (self._compare_page(), "与上期比较"),
            (
                _stacked(quiet("审批时按文号先后使用指标，也可以在“审批”时逐笔指定。"), self.funding),
                "资金来源",
            ),
            (_stacked(self.notices, heading("异议"), self.objections), "公示"),
            (_stacked(heading("报盘文件"), self.files, heading("回盘"), self.answers), "报盘与回盘"),
            (self.vouchers, "凭证"),
            (self.acts, "经过"),
        ]
        for page, words in pages:
            self.tabs.addTab(page, words)
        self.tabs.currentChanged.connect(self._tab_changed)
        both = QHBoxLayout()
        both.setSpacing(10)
        both.addWidget(self.tabs, 1)
        both.addWidget(self.panel)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.bar)
        box.addLayout(both, 1)

    def _compare_page(self) -> QWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.setTabPosition(QTabWidget.TabPosition.South)
        tabs.addTab(self.compare, "逐户变化")
        tabs.addTab(_stacked(self.villages_words, self.villages), "各村合计")
        return tabs

    # -- showing -------------------------------------------------------------------------------------------------

    def show_batch(self, batch: int) -> None:
        """Show a batch from its beginning; reviewer and approver see the difference first."""
        if batch != self.batch:
            self.checks.reasons.clear()
            self.batch = batch
            self._load()
            at_desk = self.view is not None and self.view.line.state in _DESKS_THAT_REVIEW
            self.tabs.setCurrentIndex(2 if at_desk else 0)
        else:
            self._load()

    def _load(self) -> None:
        store = self.office.store
        self.view = view = batch_view(store, self.batch)
        row = load_batch(store, self.batch)
        self._posted_first = posted_first(store, row)
        self.steps = tuple(
            one
            for one in steps_from(view.line.state, posted_first=self._posted_first)
            if one is not BatchStep.REOPEN
        )
        self.funds = funds_ahead(store, self.batch, self.office.today.year)
        self._fill_steps(view)
        self.panel.fill(view)
        self._say_next(view)
        self.payments.load(PAYMENTS.among("p.batch_id = ?", self.batch))
        known = {one.id: one for one in allotments(store)}
        self.funding.fill(
            [
                [one.document, one.level, yuan_text(one.fen), yuan_text(one.returned_fen),
                 *([yuan_text(known[one.allotment_id].limit_fen), yuan_text(known[one.allotment_id].available_fen)]
                   if one.allotment_id in known else ["", ""])]
                for one in view.funding
            ]
        )  # fmt: skip
        self._fill_papers(view)
        self._fill_villages()
        self._check()
        self.changed_step.emit()

    def _fill_steps(self, view: BatchView) -> None:
        acts: dict[str, Any] = {act.step: act for act in view.acts}
        state = view.line.state
        desk = view.rejected_desk if state is BatchState.REJECTED else state
        order = [one for _, one, _ in _ROAD]
        reached = order.index(desk) if desk in order else -1
        steps: list[Step] = []
        for place, (name, at_state, words) in enumerate(_ROAD):
            if at_state is BatchState.PUBLICIZED and not self._posted_first and "publicize" not in acts:
                continue
            act = next((acts[word] for word in reversed(words) if word in acts), None)
            if state is BatchState.REJECTED:
                at = At.REFUSED if at_state is desk else At.DONE if place < reached else At.TO_COME
            elif state is BatchState.CANCELLED:
                at = At.REFUSED if act is None else At.DONE
            else:
                at = At.DONE if place <= reached else At.NOW if place == reached + 1 else At.TO_COME
            steps.append(Step(name, at, act.operator if act else "", act.business_date if act else ""))
        if not any(step.at is At.NOW for step in steps) and state not in (BatchState.ARCHIVED, BatchState.REJECTED, BatchState.CANCELLED):  # fmt: skip
            coming = next((n for n, step in enumerate(steps) if step.at is At.TO_COME), None)
            if coming is not None:
                steps[coming] = Step(steps[coming].name, At.NOW)
        self.bar.fill(steps)

    def _say_next(self, view: BatchView) -> None:
        forward = self.steps[0] if self.steps else None
        if forward is None:
            self.panel.say_next("已经办完", "这个批次没有下一步了。")
            return
        words = {
            BatchStep.SUBMIT: "经办核对明细和体检，逐项说明后按 F9 提交。",
            BatchStep.RESUBMIT: f"被退回：{view.acts[-1].opinion}。改正后按 F9 重新提交，直接回到退回它的那一步。",
            BatchStep.REVIEW: "由另一位复核人员看“与上期比较”和“体检”，按 F9 复核。",
            BatchStep.PUBLICIZE: "按 F9 张贴公示，次日起算。",
            BatchStep.APPROVE: "由第三个人按 F9 审批，同时使用资金指标。",
            BatchStep.SEND: "按 F9 到“银行报盘与回盘”生成报盘文件。",
            BatchStep.POST_RETURN: "等银行回盘，按 F9 登记回盘文件。",
            BatchStep.SETTLE: "失败和退票的款项补发或关闭之后自动结清。",
            BatchStep.ARCHIVE: "按 F9 生成案卷并归档。",
        }
        short = ""
        if (
            self.funds.missing_fen and forward is not BatchStep.APPROVE
        ):  # there the check stops it and says so
            short = f"资金还差 {yuan_text(self.funds.missing_fen)} 元，审批以前请登记指标和到账。"
        self.panel.say_next(f"下一步：{BATCH_STEP_NAMES[forward]}", words.get(forward, "") + short)

    def _fill_papers(self, view: BatchView) -> None:
        store, today = self.office.store, self.office.today.isoformat()
        self.notices.fill(
            [
                [one.posted_on, f"{one.days} {_DAY_KINDS[one.day_kind]}", one.first_day, one.last_day,
                 _NOTICE_STATES[one.state], _left(one.last_day, today) if one.state == "posted" else ""]
                for one in notices_of(store, self.batch)
            ]
        )  # fmt: skip
        self.objections.fill(
            [
                [one.person, one.raised_on, one.text, _OUTCOMES[one.outcome], one.answer]
                for one in objections_of(store, self.batch)
            ]
        )
        self.files.fill(
            [
                [str(one.part), one.name, f"{one.lines:,}", yuan_text(one.total_fen), one.made_on]
                for one in bank_files(store, self.batch)
            ]
        )
        self.answers.fill(
            [[one.file_name, f"{one.lines:,}", one.received_on] for one in returns(store, self.batch)]
        )
        number = view.line.number
        self.vouchers.fill(
            [[f"{one.month} {one.name}", one.posted_on, one.summary, yuan_text(one.fen), one.operator]
             for one in vouchers(store) if one.batch == number]
        )  # fmt: skip
        self.acts.fill([[a.step_name, a.operator, a.business_date, a.at, a.opinion] for a in view.acts])
        for place, table in ((4, self.notices), (5, self.files), (6, self.vouchers)):
            words = self.tabs.tabText(place).split(" ")[0]
            self.tabs.setTabText(place, f"{words} {table.rowCount()}" if table.rowCount() else words)

    def _fill_villages(self) -> None:
        found = compare_villages(self.office.store, self.batch)
        if found is None:
            self.villages_words.setText("这是这个项目的第一个批次，没有上期可以比较。")
            self.villages.fill([])
            return
        self.villages_words.setText(
            f"与批次 {found.number}（{period_text(found.period)}）比较；看过一个村就在前面打勾。"
        )
        self.villages.fill(
            [
                ["", one.village, f"{one.payments:,}", yuan_text(one.fen), f"{one.payments_before:,}", yuan_text(one.fen_before),
                 _signed(one.payments - one.payments_before), _signed_yuan(one.fen - one.fen_before)]
                for one in found.villages
            ]
        )  # fmt: skip
        for row in range(self.villages.rowCount()):
            self.villages.setCellWidget(row, 0, QCheckBox())

    def _check(self) -> None:
        state = self.view.line.state if self.view is not None else None
        if state in (
            BatchState.SETTLED,
            BatchState.ARCHIVED,
            BatchState.CANCELLED,
            BatchState.SENT,
            BatchState.SETTLING,
        ):
            self.tabs.setTabText(1, "体检")
            self.checks.verdict.setText("报盘以后不再体检；当时封存的体检表在案卷里。")
            self.compare.verdict.setText("报盘以后不再比较；当时封存的体检表在案卷里。")
            return
        batch, day = self.batch, self.office.today

        def work(desk: Desk) -> CheckSheet:
            return check_batch(desk.store, batch, day)

        def show(sheet: CheckSheet) -> None:
            if sheet.batch_id != self.batch:
                return
            self.checks.fill(sheet, self.funds.missing_fen)
            self.compare.fill(sheet)
            blockers = len(sheet.blockers)
            passed = "体检 通过，资金不足" if self.funds.missing_fen else "体检 通过"
            self.tabs.setTabText(1, f"体检 {blockers} 项不能通过" if blockers else passed)
            if (
                blockers
                and self.steps
                and self.steps[0] in (BatchStep.SUBMIT, BatchStep.RESUBMIT, BatchStep.APPROVE)
            ):
                names = "、".join(one.name for one in sheet.blockers)
                advice = sheet.blockers[0].advice or "请先处理再继续。"
                self.panel.next_words.setText(f"体检拦下：{names}。{advice}")

        self.office.read("体检", work, show)

    @Slot(int)
    def _tab_changed(self, place: int) -> None:
        if place == 0:
            self.summed.emit(self.payments.sums_text())
        elif place == 1 and self.checks.unexplained:
            self.checks.reason.setFocus()

    # -- payments ------------------------------------------------------------------------------------------------

    @Slot(object)
    def show_payment(self, payment: int) -> None:
        """Go to a payment's row."""
        self.tabs.setCurrentIndex(0)
        if not self.payments.go_to_id(payment):
            self.payments.clear_filters()
            self.payments.go_to_id(payment)
        self.payments.view.setFocus()

    @Slot(object)
    def show_why(self, payment: int) -> None:
        """Why somebody gets what: the trace with its policy and document."""
        from ui.screens.batches.why_dialog import WhyDialog

        self.why = WhyDialog(self.office, why(self.office.store, payment), self)
        self.why.open()


def _stacked(*widgets: QWidget) -> QWidget:
    page = QWidget()
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 6, 0, 0)
    for widget in widgets:
        box.addWidget(widget, 1 if isinstance(widget, TextTable) else 0)
    return page


def _left(last_day: str, today: str) -> str:
    from datetime import date

    days = (date.fromisoformat(last_day) - date.fromisoformat(today)).days
    return f"{days} 天" if days > 0 else "今天期满" if days == 0 else "已期满"


def _signed(count: int) -> str:
    return f"{count:+,}" if count else "—"


def _signed_yuan(fen: int) -> str | tuple[str, Tone]:
    if not fen:
        return "—"
    text = ("+" if fen > 0 else "") + yuan_text(Fen(fen))
    return (text, Tone.WARN)


def _tone_of(column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
    if column.name != "bucket":
        return None
    bucket = Bucket(value)
    if bucket is Bucket.PAID:
        return Tone.GOOD
    return (
        Tone.BAD
        if bucket in (Bucket.FAILED, Bucket.RETURNED)
        else Tone.WARN
        if bucket is Bucket.STOPPED
        else None
    )
