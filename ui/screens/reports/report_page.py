"""One month's return 月报: where it is, its figures as they will be sent, the allotments, the cross-checks, what changed since."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from app.reports.monthly_return import MonthlyReturn, checks_of
from app.reports.opening import HEADINGS
from app.reports.queries import Difference, ReportLine, ReportView, report_lines
from models.domain.flows.report_flow import REPORT_STATE_NAMES, ReportState
from models.domain.money import Fen, yuan_text
from ui.theme import Tone, colour
from ui.widgets.facts import Pairs, TextTable, heading, quiet
from ui.widgets.step_bar import At, Step, StepBar

Cell = str | tuple[str, Tone]

SPAN_NAMES = {"month": "本月", "year": "累计"}
FIGURES = (
    ("should_fen", "应到位"), ("received_fen", "已到位"), ("owed_households", "应发户"), ("owed_people", "应发人"),
    ("owed_fen", "应发金额"), ("paid_households", "实发户"), ("paid_people", "实发人"), ("paid_fen", "实发金额"),
    ("failed_payments", "失败笔数"), ("failed_fen", "失败金额"), ("reissued_payments", "补发笔数"), ("reissued_fen", "补发金额"),
    ("balance_fen", "结余"),
)  # fmt: skip
HEADINGS_SHOWN = (
    "部门",
    "补贴项目",
    "口径",
    *(words for _, words in FIGURES),
    "文号",
    "级次",
    "发放日期",
    "备注",
)
FIGURE_PLACES = range(3, 3 + len(FIGURES))


class ReportPage(QWidget):
    """The right side of the reports: one month."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: MonthlyReturn | None = None
        self.title = heading("", 1.15)
        self.steps = StepBar(slim=True)
        self.words = quiet("")
        self.pairs = Pairs(4)
        self.verdict = QLabel()
        self.lines = TextTable(HEADINGS_SHOWN, right=FIGURE_PLACES)
        self.allotments = TextTable(
            ["部门", "补贴项目", "文号", "级次", "年度", "下达日期", "指标", "到账", "可用上限", "已用", "结余"], right=range(6, 11)
        )  # fmt: skip
        self.checks = TextTable(["核对", "甲", "乙", "应等于", "结果"], right=[1, 2, 3], stretch=0)
        self.differences = TextTable(["补贴项目", "口径", "栏目", "上报时", "现在", "相差"], right=[3, 4, 5], stretch=0)  # fmt: skip
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for table, words in ((self.lines, "月报"), (self.allotments, "指标明细"), (self.checks, "核对"), (self.differences, "上报后的变化")):  # fmt: skip
            self.tabs.addTab(table, words)
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 0, 0, 0)
        box.setSpacing(6)
        for widget in (self.title, self.steps, self.words, self.pairs, self.verdict):
            box.addWidget(widget)
        box.addWidget(self.tabs, 1)

    def show_nothing(self) -> None:
        """No month yet."""
        self.figures = None
        self.title.setText("还没有可以上报的月份")
        self.words.setText("有了到账或发放，这里就会出现那个月。年中启用的办公点请先登记期初数。")
        self.words.show()
        self.pairs.hide()
        self.steps.hide()
        self.tabs.hide()
        self.verdict.hide()

    def show_month(self, view: ReportView, found: MonthlyReturn, changed: Sequence[Difference]) -> None:
        """Show a month's figures as they are now."""
        self.figures = found
        self.steps.show()
        self.tabs.show()
        self.verdict.show()
        month, year = found.month_total, found.year_total
        self.title.setText(f"{found.month} 月报　{view.state_name}")
        self.words.hide()
        self.pairs.show()
        self.pairs.fill(
            [
                ("项目", f"{len(found.rows)} 个"),
                ("本月应发", yuan_text(Fen(month.owed_fen))),
                ("本月实发", yuan_text(Fen(month.paid_fen))),
                ("本月失败", f"{month.failed_payments:,} 笔 {yuan_text(Fen(month.failed_fen))}"),
                ("累计到位", yuan_text(Fen(year.received_fen))),
                ("累计应发", yuan_text(Fen(year.owed_fen))),
                ("累计实发", yuan_text(Fen(year.paid_fen))),
                ("结余", yuan_text(Fen(year.balance_fen))),
            ]
        )
        self._fill_steps(view)
        self.lines.fill([_line(one) for one in report_lines(found)])
        self.allotments.fill(
            [
                [one.department, one.program, one.document, one.level, str(one.year), one.issued_on,
                 *(yuan_text(Fen(fen)) for fen in (one.allotted_fen, one.received_fen, one.limit_fen, one.used_fen, one.limit_fen - one.used_fen))]
                for one in found.allotments
            ]
        )  # fmt: skip
        self._fill_checks(found)
        self.differences.fill([difference_cells(one) for one in changed])
        count = len(changed)
        self.tabs.setTabText(3, f"上报后的变化 {count}" if count else "上报后的变化")

    def _fill_steps(self, view: ReportView) -> None:
        order = (ReportState.UNREPORTED, ReportState.REPORTED, ReportState.CONFIRMED)
        names = ("编报", "上报", "上级确认")
        back = view.state is ReportState.SENT_BACK
        reached = 0 if back else order.index(view.state)
        steps = []
        for place, name in enumerate(names):
            at = At.DONE if place <= reached else At.NOW if place == reached + 1 else At.TO_COME
            if back and place == 1:
                at, name = At.REFUSED, f"{REPORT_STATE_NAMES[view.state]}：{view.reason}"
            steps.append(Step(name + (f" {view.changed_on}" if place == reached and place else ""), at))
        self.steps.fill(steps)

    def _fill_checks(self, found: MonthlyReturn) -> None:
        checks = checks_of(found)
        failed = [one for one in checks if not one.passed]
        self.checks.fill(
            [
                [one.name, *(yuan_text(Fen(fen)) for fen in (one.one_fen, one.other_fen, one.whole_fen)),
                 ("✓ 相符", Tone.GOOD) if one.passed else ("✕ 不符", Tone.BAD)]
                for one in sorted(checks, key=lambda one: one.passed)
            ]
        )  # fmt: skip
        self.tabs.setTabText(2, f"核对 {len(failed)} 项不符" if failed else f"核对 {len(checks)} 项相符")
        said = (
            f"✕ {len(failed)} 项核对不符：{failed[0].name}" if failed else f"✓ {len(checks)} 项核对全部相符"
        )
        self.verdict.setText(said)
        tone = Tone.BAD if failed else Tone.GOOD
        self.verdict.setStyleSheet(f"color: {colour(tone).name()}; font-weight: bold")

    def printed_rows(self) -> list[list[str]]:
        """The return's lines as texts, for paper."""
        if self.figures is None:
            return []
        return [
            [cell if isinstance(cell, str) else cell[0] for cell in _line(one)]
            for one in report_lines(self.figures)
        ]


def _line(one: ReportLine) -> list[Cell]:
    texts = [
        one.department if one.span == "month" else "",
        one.name if one.span == "month" else "",
        SPAN_NAMES[one.span],
        *(_figure(name, getattr(one.figures, name)) for name, _ in FIGURES),
        "、".join(one.documents),
        "、".join(one.levels),
        "、".join(one.paid_on),
        one.remark,
    ]
    return [(text, Tone.CALM) for text in texts] if one.is_sum else [*texts]


def _figure(name: str, value: int) -> str:
    if not value:
        return ""
    return yuan_text(Fen(value)) if name.endswith("_fen") else f"{value:,}"


def difference_cells(one: Difference) -> list[Cell]:
    """A figure that is no longer what was reported, as a row."""
    heading_of = HEADINGS[one.field].removesuffix("（元）")
    gap = one.now - one.reported
    sign = "+" if gap > 0 else ""
    return [
        one.name, SPAN_NAMES[one.span], heading_of, _figure(one.field, one.reported) or "0", _figure(one.field, one.now) or "0",
        (sign + (_figure(one.field, gap) or "0"), Tone.WARN),
    ]  # fmt: skip
