"""勾稽: a month's return held against what was sent, the books and the batches; what does not hold, with its lines."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QTabWidget

from app.access.use_cases import log_export
from app.desk import Desk
from app.reports.catalogue.report import made_line
from app.reports.queries import month_to_report, reports
from app.reports.sheet_model import SheetModel
from app.reports.tie_out import Tie, TieOut, tie_out, tie_out_sheets
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.screens.list_screen import ListScreen
from ui.screens.reports.report_page import difference_cells
from ui.screens.reports.tab import ReportTab
from ui.theme import Tone, colour
from ui.widgets.facts import TextTable

Cell = str | tuple[str, Tone]


class TieOutTab(ReportTab):
    """One month's relations, the wrong ones first."""

    name = "tie-out"
    words = "勾稽"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        self.found: TieOut | None = None
        self.month = QComboBox()
        self.month.setMinimumWidth(140)
        self.month.currentIndexChanged.connect(self._look)
        self.verdict = QLabel()
        label = QLabel("月份(&Y)")
        label.setBuddy(self.month)
        row = QHBoxLayout()
        for widget in (label, self.month):
            row.addWidget(widget)
        row.addSpacing(16)
        row.addWidget(self.verdict, 1)
        self.ties = TextTable(
            ["类别", "勾稽关系", "左边", "右边", "差额", "结论"], right=[2, 3, 4], stretch=1
        )
        self.changed = TextTable(
            ["补贴项目", "口径", "栏目", "上报时", "现在", "相差"], right=[3, 4, 5], stretch=0
        )
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.ties, "勾稽关系")
        self.pages.addTab(self.changed, "上报后的变化")
        self.column.addLayout(row)
        self.column.addWidget(self.pages, 1)

    def load(self) -> None:
        """The months, and the one that was chosen anew."""
        kept = str(self.month.currentData() or month_to_report(self.office.store))
        self.month.blockSignals(True)
        self.month.clear()
        for one in reversed(reports(self.office.store)):
            self.month.addItem(f"{one.month}　{one.state_name}", one.month)
        self.month.setCurrentIndex(max(0, self.month.findData(kept)))
        self.month.blockSignals(False)
        self._look()

    def tools(self) -> Sequence[QAction]:
        """Two ways out."""
        has = self.found is not None
        may = has and self.office.may(Permission.EXPORT)
        return [
            self.act("tie_save", "导出Excel", "download", "F12", self.ask_save, enabled=may),
            self.act("tie_print", "打印预览", "printer", "Ctrl+P", self.print_sheets, enabled=has),
        ]

    def open_words(self, words: str) -> bool:
        """A month."""
        place = self.month.findData(words)
        if place >= 0:
            self.month.setCurrentIndex(place)
        return place >= 0

    @Slot()
    def _look(self) -> None:
        month = str(self.month.currentData() or "")
        if not month:
            self._show(None)
            return

        def show(found: TieOut) -> None:
            if found.month == self.month.currentData():
                self._show(found)

        self.office.read(f"勾稽 {month} 月报", lambda desk: tie_out(desk.store, month), show)

    def _show(self, found: TieOut | None) -> None:
        self.found = found
        self.tools_changed.emit()
        if found is None:
            self.verdict.setText("还没有可以勾稽的月份。")
            self.ties.fill([])
            self.changed.fill([])
            return
        failed = len(found.failed)
        tone = Tone.BAD if failed else Tone.GOOD
        said = f"✕ {failed} 项不符：{found.failed[0].name}" if failed else f"✓ {len(found.ties)} 项全部相符"
        self.verdict.setText(said)
        self.verdict.setStyleSheet(f"color: {colour(tone).name()}; font-weight: bold")
        self.ties.fill(
            [row for tie in sorted(found.ties, key=lambda tie: tie.holds) for row in _tie_rows(tie)]
        )
        self.changed.fill([difference_cells(one) for one in found.changed])
        count = len(found.changed)
        self.pages.setTabText(1, f"上报后的变化 {count}" if count else "上报后的变化")

    # -- going out -------------------------------------------------------------------------------------------------

    def sheets(self, desk: Desk) -> list[SheetModel]:
        """The tie-out as it goes out."""
        return [] if self.found is None else tie_out_sheets(self.found, made_line(desk))

    @Slot()
    def ask_save(self) -> None:
        """Ask where the workbook goes."""
        if self.found is None:
            return
        start = str(Path.home() / f"{self.office.township}{self.found.month}月报勾稽表.xlsx")
        chosen, _ = QFileDialog.getSaveFileName(self, "勾稽表存到", start, "Excel 工作簿 (*.xlsx)")
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write what is shown; it is logged."""

        def work(desk: Desk) -> None:
            from app.reports.sheet_book import write_sheets

            sheets = self.sheets(desk)
            log_export(desk, what="月报勾稽表", rows=sum(one.row_count for one in sheets))
            write_sheets(path, sheets, created=desk.now)

        self.office.act(
            "导出勾稽表",
            work,
            done=lambda _outcome: self.bar.say(f"勾稽表已存到 {path}。", Tone.GOOD),
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD, retry=lambda: self.save(path)),
        )

    @Slot()
    def print_sheets(self) -> None:
        """Preview it on paper."""
        if self.found is not None:
            self.holder.preview_sheets(self.sheets(self.office.desk()))


def _tie_rows(tie: Tie) -> list[list[Cell]]:
    """A relation, and under it the lines that do not hold."""
    said: Cell = ("✓ 相符", Tone.GOOD) if tie.holds else ("✕ 不符", Tone.BAD)
    rows: list[list[Cell]] = [
        [tie.kind, tie.name, *_yuan(tie.left_fen, tie.right_fen, tie.difference_fen), said]
    ]
    for part in tie.wrong:
        cells = _yuan(part.left_fen, part.right_fen, part.difference_fen)
        rows.append([(text, Tone.BAD) for text in ("", f"　　{part.words}", *cells, "")])
    return rows


def _yuan(*amounts: int) -> list[str]:
    return [yuan_text(Fen(fen)) for fen in amounts]
