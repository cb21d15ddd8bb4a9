"""年度封存: each year from its closing 年终结账 to the sealed package, with everything that stops or follows seen before."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.archive.shelves.steps import office_name
from app.archive.yearly.checks import QualityCheck, check_sheet, check_year
from app.archive.yearly.queries import PackageVerified, package_cover, packages, verify_package
from app.archive.yearly.use_cases import make_year_package
from app.changes import Changes
from app.desk import Desk
from app.yearend.enrolments import ProgramRoll, rolls
from app.yearend.papers import closing_sheets, roll_sheet
from app.yearend.queries import ClosingPlan, closing_plan, years
from app.yearend.use_cases import ask_reopen, close_year, reopen_year, roll_year, turn_down_reopen
from models.domain.flows.year_flow import YearState, YearStep, can
from models.domain.money import yuan_text
from models.domain.permission import Permission
from ui.screens.archive.tab import ArchiveTab
from ui.screens.archive.year_card import YearCard
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.facts import TextTable, heading
from ui.widgets.splits import side_by_side

_LIST = "校验清单.txt"


class YearsTab(ArchiveTab):
    """The years and the packages at the left; what the chosen year's closing carries at the right."""

    name = "years"
    words = "年度封存"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        self.plan: ClosingPlan | None = None
        self.rolls: list[ProgramRoll] = []
        self.list = TextTable(["年度", "状态", "凭证", "结账日期", "结账人"], right=[2], stretch=1)
        self.list.setSelectionMode(TextTable.SelectionMode.SingleSelection)
        self.list.itemSelectionChanged.connect(self._follow)
        self.sealed = TextTable(["年度", "档案包", "文件", "封存日期", "校验头"], right=[2], stretch=4)
        self.card = YearCard()
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 6, 0)
        box.setSpacing(6)
        box.addWidget(self.list, 2)
        box.addWidget(heading("已封存的档案包"))
        box.addWidget(self.sealed, 1)
        self.column.addWidget(side_by_side(left, self.card, (480, 690), grows=1), 1)

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def year(self) -> int | None:
        """The year that is chosen."""
        found = self.list.key()
        return None if found is None else int(str(found))

    @property
    def state(self) -> YearState:
        """Where the chosen year is."""
        return next((one.state for one in years(self.store) if one.year == self.year), YearState.OPEN)

    def load(self) -> None:
        """The years, the packages, the card of the chosen one."""
        before = self.year
        tones = {YearState.CLOSED: Tone.GOOD, YearState.REOPENING: Tone.WARN, YearState.OPEN: Tone.CALM}
        found = years(self.store)
        self.list.fill(
            [
                [str(one.year), (one.state_name, tones[one.state]), f"{one.vouchers:,}", one.closed_on, one.closed_by]
                for one in found
            ],
            keys=[one.year for one in found],
        )  # fmt: skip
        self.sealed.fill(
            [
                [str(one.year), one.name, f"{one.files:,}", one.made_on, one.head_shown]
                for one in packages(self.store)
            ]
        )
        if found:
            kept = [one.year for one in found]
            over = [one.year for one in found if one.year < self.office.today.year]
            wanted = before if before in kept else next(iter(over), kept[0])
            self.list.selectRow(kept.index(wanted))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        year = self.year
        self.plan, self.rolls = None, []
        self.card.wait(year)
        self.holder.tools_changed.emit()
        if year is None:
            return
        day = self.office.today.isoformat()

        def look(desk: Desk) -> tuple[ClosingPlan, list[ProgramRoll]]:
            return closing_plan(desk.store, year, day), rolls(desk.store, year)

        self.office.read(f"看 {year} 年结账", look, lambda found: self._show(year, *found))

    def _show(self, year: int, plan: ClosingPlan, turns: list[ProgramRoll]) -> None:
        if year != self.year:
            return
        self.plan, self.rolls = plan, turns
        view = next(one for one in years(self.store) if one.year == year)
        self.card.show_year(view, plan, turns)

    def tools(self) -> Sequence[QAction]:
        """Close, let enrolments go on, open again, check, seal, verify."""
        closes, opens = self.office.may(Permission.CLOSE_YEAR), self.office.may(Permission.REOPEN_YEAR)
        state, there = self.state, self.year is not None
        seals = there and self.may() and state is not YearState.OPEN
        return [
            self.act("close", "年终结账", "lock", "F9", self.ask_close, enabled=there and closes and can(state, YearStep.CLOSE)),
            self.act("roll", "享受对象结转", "users", "F6", self.ask_roll, enabled=there and closes),
            self.act("differences", "结转差异表", "notes", "", self.print_differences, enabled=there),
            self.act("papers", "结账表", "printer", "", self.print_closing, enabled=there),
            self.act("check", "四性检测", "list-check", "F7", self.check, enabled=there),
            self.act("seal", "封存", "archive", "F4", self.ask_seal, enabled=seals),
            self.act("cover", "封存单", "file-certificate", "", self.print_cover),
            self.act("verify", "核验档案包", "folder-open", "", self.ask_verify),
            self.act("ask", "申请反结账", "arrow-back-up", "", self.ask_reopen, enabled=there and closes and can(state, YearStep.ASK_REOPEN)),
            self.act("reopen", "批准反结账", "check", "", self.ask_approve, enabled=there and opens and can(state, YearStep.REOPEN)),
            self.act("turn_down", "驳回", "x", "", self.turn_down, enabled=there and opens and can(state, YearStep.TURN_DOWN)),
        ]  # fmt: skip

    # -- closing ---------------------------------------------------------------------------------------------------

    @Slot()
    def ask_close(self) -> None:
        """Say what the closing carries, ask which programs go on, then close."""
        year, plan = self.year, self.plan
        if year is None or plan is None:
            return
        if plan.stops:
            self.bar.say(f"{year} 年还不能结账，原因见右边。", Tone.WARN)
            return
        ticks = [
            (one.code, f"{one.program}：继续 {one.count('kept')}，变动 {one.count('changed')}，不结转 {one.count('left_out')}")
            for one in self.rolls
            if not one.stop
        ]  # fmt: skip
        fields = [Asked("carry", "指标余额", "choice", "yes", [("yes", "结转到下一年"), ("no", "不结转")])]
        if ticks:
            fields.append(
                Asked("programs", "享受对象结转", "ticks", ",".join(code for code, _ in ticks), ticks)
            )
        self.holder.ask(
            f"{year} 年终结账", "结账", fields,
            lambda desk, given: close_year(
                desk,
                year=year,
                carry=given["carry"] == "yes",
                programs=[one for one in given.get("programs", "").split(",") if one],
            ),
            _closed,
            words=f"结账后 {year} 年不再记账。年末余额 {len(plan.balances)} 项、历年退回 {len(plan.returns)} 笔 "
            f"{yuan_text(plan.returned_fen)} 元带到下一年，可结转指标 {yuan_text(plan.carried_fen)} 元。结转差异请先看“结转差异表”。",
        )  # fmt: skip

    @Slot()
    def ask_roll(self) -> None:
        """Ask which programs' enrolments go on."""
        year = self.year
        ticks = [(one.code, one.program) for one in self.rolls if not one.stop]
        if year is None:
            return
        if not ticks:
            self.bar.say(
                "没有可以结转的享受对象：都已结转，或者还没有登记新一年的政策（见右边）。", Tone.CALM
            )
            return
        self.holder.ask(
            "享受对象结转", "结转", [Asked("programs", "项目", "ticks", ",".join(code for code, _ in ticks), ticks)],
            lambda desk, given: roll_year(desk, year=year, programs=[one for one in given["programs"].split(",") if one]),
            _rolled, words=f"{year} 年最后一期的享受对象转到 {year + 1} 年第一期。谁继续、谁变动、谁不转，先看“结转差异表”。",
        )  # fmt: skip

    @Slot()
    def print_differences(self) -> None:
        """The difference list as it will be printed."""
        if self.year is not None and self.rolls:
            self.show_papers([roll_sheet(self.store, self.year, self.rolls, "")])
        else:
            self.bar.say("没有要结转的享受对象。", Tone.CALM)

    @Slot()
    def print_closing(self) -> None:
        """Balances, 历年退回 and what went on, as they will be printed."""
        if self.year is not None:
            self.show_papers([one for one in closing_sheets(self.store, self.year, "") if one.row_count])

    @Slot()
    def ask_reopen(self) -> None:
        """Ask why the year must be opened again."""
        year = self.year
        if year is not None:
            self.holder.ask(
                f"申请 {year} 年反结账", "申请", [Asked("reason", "原因(&R)", "long", needed=True)],
                lambda desk, given: ask_reopen(desk, year=year, reason=given["reason"]),
                "已申请，等审批岗位的另一个人批准。批准以前账仍是关着的。",
            )  # fmt: skip

    @Slot()
    def ask_approve(self) -> None:
        """Say why it was asked for, then open the year."""
        year = self.year
        view = next((one for one in years(self.store) if one.year == year), None)
        if year is not None and view is not None:
            self.holder.ask(
                f"批准 {year} 年反结账", "批准", [], lambda desk, _given: reopen_year(desk, year=year),
                f"{year} 年已经打开，改完以后要重新结账。", words=f"{view.asked_by}申请：{view.reason}",
            )  # fmt: skip

    @Slot()
    def turn_down(self) -> None:
        """Leave the year closed."""
        year = self.year
        if year is not None:
            self.holder.do(
                "驳回反结账",
                lambda desk: turn_down_reopen(desk, year=year),
                lambda _done: f"{year} 年仍是已结账。",
            )

    # -- sealing ---------------------------------------------------------------------------------------------------

    @Slot()
    def check(self) -> None:
        """The four checks, and their result sheet."""
        year = self.year
        if year is None:
            return
        self.bar.clear()

        def show(found: list[QualityCheck]) -> None:
            failed = [one for one in found if not one.passed]
            if failed:
                self.bar.say(
                    f"{year} 年四性检测有 {len(failed)} 项不通过，第一项：{failed[0].name}。", Tone.WARN
                )
            else:
                self.bar.say(f"{year} 年四性检测全部通过（{len(found)} 项）。", Tone.GOOD)
            self.show_papers([check_sheet(office_name(self.store), year, found, "")])

        self.office.read(f"{year} 年四性检测", lambda desk: check_year(desk.store, year), show)

    @Slot()
    def ask_seal(self) -> None:
        """Ask where the package goes."""
        start = str(Path.home() / f"{self.office.township}{self.year}年度档案.zip")
        chosen, _ = QFileDialog.getSaveFileName(self, "封存到", start, "档案包 (*.zip)")
        if chosen:
            self.seal(Path(chosen))

    def seal(self, path: Path, *, anyway: bool = False) -> None:
        """Seal the chosen year; where the checks stop it, the clerk may have it sealed with what they found."""
        year = self.year
        if year is None:
            return
        self.bar.clear()
        self.office.act(
            f"封存 {year} 年", lambda desk: make_year_package(desk, year=year, path=path, anyway=anyway), done=self._sealed,
            refused=lambda sentence: self._not_sealed(sentence, path, anyway=anyway),
        )  # fmt: skip

    def _sealed(self, done: Changes) -> None:
        self.load()
        self.bar.say(
            f"已封存 {done.answer['files']} 个文件。校验头 {done.answer['head_shown']}，请打印封存单，与档案包分开存放。",
            Tone.GOOD,
        )
        self.print_cover()

    def _not_sealed(self, sentence: str, path: Path, *, anyway: bool) -> None:
        if anyway or "四性检测" not in sentence:
            self.bar.say(sentence, Tone.BAD)
            return
        self.holder.ask(
            "仍要封存", "仍要封存", [], lambda desk, _given: make_year_package(desk, year=self.year or 0, path=path, anyway=True),
            lambda done: f"已封存，不通过的项目记在四性检测结果里。校验头 {done.answer['head_shown']}", words=sentence,
        )  # fmt: skip

    @Slot()
    def print_cover(self) -> None:
        """The sheet that lies with the last package, with the head that proves it."""
        found = packages(self.store, self.year) or packages(self.store)
        if found:
            self.show_papers([package_cover(self.store, found[0], "")])
        else:
            self.bar.say("还没有封存过。", Tone.CALM)

    @Slot()
    def ask_verify(self) -> None:
        """Ask for a package: the zip, or the list that lies in its folder."""
        chosen, _ = QFileDialog.getOpenFileName(
            self, "选择档案包，或档案包文件夹里的校验清单", str(Path.home()), f"档案包 (*.zip {_LIST})"
        )
        if chosen:
            path = Path(chosen)
            self.verify(path.parent if path.name == _LIST else path)

    def verify(self, path: Path) -> None:
        """Look at a package outside the office."""
        self.bar.clear()
        self.office.act(
            f"核验 {path.name}", lambda desk: verify_package(path, store=desk.store), done=lambda found: self._verified(path, found),
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD),
        )  # fmt: skip

    def _verified(self, path: Path, found: PackageVerified) -> None:
        if found.bad:
            more = f"（共 {len(found.bad)} 处）" if len(found.bad) > 1 else ""
            self.bar.say(f"{path.name}：{found.bad[0].sentence}{more}。", Tone.BAD)
        else:
            sealed = f"，{found.known.made_on} 由{found.known.operator}封存" if found.known else ""
            self.bar.say(f"{path.name} {found.files:,} 个文件全部相符{sealed}。", Tone.GOOD)


def _closed(done: Changes) -> str:
    return f"{done.answer['year']} 年已结账。{_rolled(done)}接着到“组卷”里自动组卷，再回来封存。"


def _rolled(done: Changes) -> str:
    answer = done.answer
    return f"享受对象继续 {answer['kept']}，金额变动 {answer['changed']}，不结转 {answer['left_out']}。"
