"""报表: the months and where their returns are; the figures of one, saved, printed, reported, confirmed or sent back. Beside
them, each in a tab of its own, the catalogue of reports and what else goes upward.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.access.queries import several_posts_line
from app.changes import Changes, Topic
from app.desk import Desk
from app.reports.figures import monthly_figures
from app.reports.monthly_return import MonthlyReturn, checks_of
from app.reports.queries import Difference, ReportView, differences, month_to_report, reports, sent_file
from app.reports.use_cases import confirm_report, send_back_report, set_opening, submit_report
from models.domain.flows.report_flow import ReportState, ReportStep, steps_from
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from models.store.durable import replacing
from ui.office import Office
from ui.printing.sheets.listing import list_model
from ui.routes import Place, Room
from ui.screens.reports.report_page import FIGURE_PLACES, HEADINGS_SHOWN, ReportPage
from ui.screens.reports.tabs import TABS
from ui.screens.tabbed_screen import TabbedScreen
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.facts import TextTable, heading
from ui.widgets.splits import side_by_side

_TONES = {
    ReportState.UNREPORTED: Tone.WARN,
    ReportState.REPORTED: Tone.CALM,
    ReportState.CONFIRMED: Tone.GOOD,
    ReportState.SENT_BACK: Tone.BAD,
}
_WORKBOOK = "Excel 工作簿 (*.xlsx)"


_MONTHLY = "monthly"


class ReportsScreen(TabbedScreen):
    """月报: months at the left, one of them at the right. The other tabs see to themselves."""

    room: ClassVar[Room] = Room.REPORTS
    topics: ClassVar[frozenset[Topic]] = frozenset(
        {Topic.REPORTS, Topic.PAYMENTS, Topic.FUNDS, Topic.LEDGER, Topic.BATCHES, Topic.RETURNS}
    )
    help_page = "reports"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._reports: list[ReportView] = []
        self.months = TextTable(["月份", "状态", "日期"])
        self.months.keep_wide()
        self.months.currentCellChanged.connect(lambda row, _c, old, _o: self._show() if row != old else None)
        self.page = ReportPage()
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(heading("惠民惠农补贴发放月报"))
        box.addWidget(self.months, 1)
        split = side_by_side(left, self.page, (250, 920), grows=1)
        self.add_tab(_MONTHLY, "月报", split)
        self.others = {made.name: made(self) for made in TABS}
        for one in self.others.values():
            one.tools_changed.connect(self.tools_changed)
            self.add_tab(one.name, one.words, one)
        self.begin()

    # -- what the frame asks -------------------------------------------------------------------------------------

    def tools(self) -> Sequence[QAction]:
        """What the tab offers; of a month, what its state and the operator's posts allow."""
        if self.tab != _MONTHLY:
            return self.others[self.tab].tools()
        state = self.view.state if self.view is not None else None
        steps = steps_from(state) if state is not None else ()
        may = self.office.may(Permission.REPORT)
        confirms = self.office.may(Permission.CONFIRM_REPORT)
        exports = self.office.may(Permission.EXPORT) and state is not None
        sent = self.view is not None and bool(self.view.file_sha256)
        return [
            self._tool_of("submit", "上报", "send", "F9", self.ask_submit, enabled=may and ReportStep.REPORT in steps),
            self._tool_of("confirm", "上级已确认", "check", "", self.ask_confirm, enabled=confirms and ReportStep.CONFIRM in steps),
            self._tool_of("back", "上级退回", "arrow-back-up", "", self.ask_send_back, enabled=confirms and ReportStep.SEND_BACK in steps),
            self._tool_of("save", "保存月报", "download", "F12", self.ask_save, enabled=exports),
            self._tool_of("sent", "上报时的文件", "archive", "", self.ask_save_sent, enabled=exports and sent),
            self._tool_of("print", "打印", "printer", "Ctrl+P", self.print_table, enabled=state is not None),
            self._tool_of("form", "期初空表", "file-spreadsheet", "", self.ask_opening_form, enabled=may),
            self._tool_of("opening", "登记期初数", "history", "", self.ask_opening, enabled=may),
        ]  # fmt: skip

    def load_tab(self, name: str) -> None:
        """A tab is shown, or shown anew."""
        if name == _MONTHLY:
            self._load_months()
        else:
            self.others[name].load()

    @Slot(int)
    def _tab_changed(self, place: int) -> None:
        """The crumb goes with the tab."""
        super()._tab_changed(place)
        if self.tab != _MONTHLY:
            self.set_crumb(self.others[self.tab].crumb)
        elif self.view is not None:
            self.set_crumb(f"{self.view.month} {self.view.state_name}")

    def _load_months(self) -> None:
        """The months, the latest first; the one that was open stays open."""
        kept = self.month or month_to_report(self.office.store)
        self._reports = list(reversed(reports(self.office.store)))
        self.months.blockSignals(True)
        self.months.fill(
            [[one.month, (one.state_name, _TONES[one.state]), one.changed_on] for one in self._reports],
            [one.month for one in self._reports],
        )
        self.months.blockSignals(False)
        self._choose(kept)
        self._show()

    def _choose(self, month: str) -> None:
        months = [one.month for one in self._reports]
        self.months.setCurrentCell(months.index(month) if month in months else 0, 0)

    def open_at(self, place: Place) -> None:
        """A tab, and what its words mean there; words alone are a month."""
        self.show_tab(place.tab or _MONTHLY)
        if self.tab != _MONTHLY:
            self.others[self.tab].open_words(place.words)
            return
        if place.words:
            self._choose(place.words)
        self.months.setFocus()

    @property
    def month(self) -> str:
        """The month that is chosen, '' for none."""
        return str(self.months.key() or "")

    @property
    def view(self) -> ReportView | None:
        """Its state."""
        return next((one for one in self._reports if one.month == self.month), None)

    def _show(self) -> None:
        view = self.view
        self.tools_changed.emit()
        if view is None:
            self.page.show_nothing()
            self.set_sums("")
            return

        def work(desk: Desk) -> tuple[MonthlyReturn, list[Difference]]:
            return monthly_figures(desk.store, view.month), differences(desk.store, view.month)

        def show(found: tuple[MonthlyReturn, list[Difference]]) -> None:
            if view.month == self.month:
                self.page.show_month(view, *found)
                if self.tab == _MONTHLY:
                    self.set_crumb(f"{view.month} {view.state_name}")

        self.office.read(f"计算 {view.month} 月报", work, show)

    # -- acts ----------------------------------------------------------------------------------------------------

    def _act(
        self,
        title: str,
        verb: str,
        work: Callable[[Desk, Mapping[str, str]], Changes],
        said: Callable[[Changes], str],
        *,
        fields: Sequence[Asked] = (),
        tone: Callable[[Changes], Tone] = lambda _done: Tone.GOOD,
    ) -> None:
        found = self.page.figures
        if found is None or found.month != self.month:
            self.bar.say("请先选中一个月份。", Tone.CALM)
            return
        month, year = found.month_total, found.year_total
        words = (
            f"{found.month} 月报：{len(found.rows)} 个项目，本月实发 {yuan_text(Fen(month.paid_fen))} 元，"
            f"累计实发 {yuan_text(Fen(year.paid_fen))} 元，结余 {yuan_text(Fen(year.balance_fen))} 元。"
        )
        failed = [one.name for one in checks_of(found) if not one.passed]
        if failed:
            words += f"有 {len(failed)} 项核对不符：{failed[0]}。"
        self.ask(title, verb, fields, work, said, words=words, tone=tone)

    @Slot()
    def ask_submit(self) -> None:
        """Report the month; its figures and its workbook are kept as sent."""
        month = self.month

        def said(done: Changes) -> str:
            failed = cast(list[str], done.answer["checks_failed"])
            more = f"有 {len(failed)} 项核对不符，请向上级说明。" if failed else ""
            return f"{month} 月报已上报，文件已存档。{more}请按“上报时的文件”存到移动盘报送。"

        self._act(
            "上报月报", f"上报 {month}", lambda desk, _given: submit_report(desk, month=month), said,
            tone=lambda done: Tone.WARN if done.answer["checks_failed"] else Tone.GOOD,
        )  # fmt: skip

    @Slot()
    def ask_confirm(self) -> None:
        """Write down that the level above took it."""
        month = self.month
        self._act(
            "上级已确认", "登记确认", lambda desk, _given: confirm_report(desk, month=month),
            lambda _done: f"{month} 月报已登记为确认。",
        )  # fmt: skip

    @Slot()
    def ask_send_back(self) -> None:
        """Write down that the level above sent it back, and why."""
        month = self.month
        self._act(
            "上级退回", "登记退回", lambda desk, given: send_back_report(desk, month=month, reason=given["reason"]),
            lambda _done: f"{month} 月报已登记为退回，改正后请重新上报。",
            fields=[Asked("reason", "退回原因(&R)", "long", needed=True)],
        )  # fmt: skip

    @Slot()
    def ask_opening(self) -> None:
        """Take the opening figures from their form."""

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return set_opening(desk, path=Path(given["file"]), month=given["month"].strip())

        self.ask(
            "登记期初数",
            "登记",
            [
                Asked("file", "填好的期初数登记表(&F)", "file", needed=True),
                Asked("month", "第一个上报的月份(&Y)", value=self.office.today.strftime("%Y-%m"), hint="2024-06", needed=True),
            ],
            work,
            lambda done: f"已登记 {done.answer['programs']} 个项目 {done.answer['month']} 之前的期初数。",
            words="年中启用的办公点，把本年 1 月到启用前一个月的累计数填在“期初空表”里登记一次，月报的累计数才完整。",
        )  # fmt: skip

    # -- files ---------------------------------------------------------------------------------------------------

    def _save_as(self, title: str, name: str, save: Callable[[Path], None]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(Path.home() / name), _WORKBOOK)
        if chosen:
            save(Path(chosen))

    def _write(self, words: str, path: Path, work: Callable[[Desk], Any]) -> None:
        self.bar.clear()
        self.office.act(
            words,
            work,
            done=lambda _done: self.bar.say(f"{words}：已存到 {path}", Tone.GOOD),
            refused=lambda sentence: self.bar.say(
                sentence, Tone.BAD, retry=lambda: self._write(words, path, work)
            ),
        )

    @Slot()
    def ask_save(self) -> None:
        """Ask where the workbook of the figures as they are now goes."""
        month = self.month
        self._save_as(
            "月报存到", f"{self.office.township}{month}月报.xlsx", lambda path: self.save(month, path)
        )

    def save(self, month: str, path: Path) -> None:
        """The month's workbook with live formulas, 指标明细, 核对 and 勾稽表."""

        def work(desk: Desk) -> None:
            from app.reports.sheet import write_monthly
            from app.reports.tie_out import tie_out, tie_out_sheets

            figures = monthly_figures(desk.store, month)
            tied = tie_out(desk.store, month, figures)
            write_monthly(
                path,
                figures,
                created=desk.now,
                beside=tie_out_sheets(tied),
                posts=several_posts_line(desk.store),
            )

        self._write(f"保存 {month} 月报", path, work)

    @Slot()
    def ask_save_sent(self) -> None:
        """Ask where the workbook goes that was sent."""
        month = self.month
        name, _ = sent_file(self.office.store, month)
        self._save_as("上报时的文件存到", name, lambda path: self.save_sent(month, path))

    def save_sent(self, month: str, path: Path) -> None:
        """The workbook as it was sent, byte for byte."""

        def work(desk: Desk) -> None:
            name, sha256 = sent_file(desk.store, month)
            body = desk.store.files.read(sha256, name)
            with replacing(path) as part:
                part.write_bytes(body)

        self._write(f"{month} 上报时的文件", path, work)

    @Slot()
    def ask_opening_form(self) -> None:
        """Ask where the empty form goes."""
        self._save_as("期初空表存到", f"{self.office.township}期初数登记表.xlsx", self.save_opening_form)

    def save_opening_form(self, path: Path) -> None:
        """The empty form of the opening figures, one line a program."""

        def work(desk: Desk) -> int:
            from app.reports.opening import write_opening_form

            return write_opening_form(desk.store, path, created=desk.now)

        self._write("期初空表", path, work)

    @Slot()
    def print_table(self) -> None:
        """Preview the return on paper; the workbook is the form that is sent."""
        if self.page.figures is None:
            return
        model = list_model(
            title=f"{self.office.township}补贴资金发放月报（{self.month}）",
            headings=HEADINGS_SHOWN,
            figures=[place in FIGURE_PLACES for place in range(len(HEADINGS_SHOWN))],
            rows=self.page.printed_rows(),
            conditions=f"填报单位：{self.office.township}财政所　状态：{self.view.state_name if self.view else ''}",
            totals="单位：元",
        )
        self.preview_sheets([model])
