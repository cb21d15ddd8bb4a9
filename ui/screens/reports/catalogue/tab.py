"""报表目录: the reports at the left; at the right what the chosen one asks for, the sheet as it will be, and the ways out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.access.queries import several_posts_line
from app.access.use_cases import log_export
from app.desk import Desk
from app.reports.catalogue.phones import department_phones, departments
from app.reports.catalogue.report import Report, make_sheets
from app.reports.catalogue.shelf import SHELVES, entries
from app.reports.sheet_model import SheetModel, masked
from app.reports.use_cases import set_department_phones
from models.domain.permission import Permission
from ui.screens.list_screen import ListScreen
from ui.screens.reports.catalogue.parameter_form import ParameterForm
from ui.screens.reports.catalogue.sheet_view import SheetView
from ui.screens.reports.tab import ReportTab
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.facts import heading, quiet
from ui.widgets.splits import side_by_side

_SETTLE_MS: Final = 250
"""How long nothing is chosen before the preview is made anew."""
_LOOK_MS: Final = 50
_NAME: Final = Qt.ItemDataRole.UserRole


class CatalogueTab(ReportTab):
    """The catalogue. What it shows is masked; what goes out is whole, unless the box is ticked."""

    name = "catalogue"
    words = "报表目录"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        self.sheets: list[SheetModel] = []
        self._hidden: list[SheetModel] = []
        self.report: Report = entries()[0]
        self._kept: dict[str, str] = {}
        self.tree = _tree()
        self.tree.currentItemChanged.connect(lambda line, _old: self._chosen(line))
        self.title = heading("", 1.15)
        self.about = quiet("")
        self.form = ParameterForm()
        self.sheet_box = QComboBox()
        self.view = SheetView()
        self.under = quiet("")
        self.masking = QCheckBox("导出、打印时遮盖证件号、账号和电话(&M)")
        self.state = QLabel()
        self.state.setObjectName("quiet")
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.look)
        self.form.changed.connect(self._timer.start)
        self.sheet_box.currentIndexChanged.connect(self._show_sheet)

    def _arrange(self) -> None:
        right = QWidget()
        box = QVBoxLayout(right)
        box.setContentsMargins(6, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.title)
        box.addWidget(self.about)
        box.addWidget(self.form)
        row = QHBoxLayout()
        row.addWidget(self.sheet_box)
        row.addWidget(self.state)
        row.addStretch(1)
        row.addWidget(self.masking)
        box.addLayout(row)
        box.addWidget(self.view, 1)
        box.addWidget(self.under)
        self.column.addWidget(side_by_side(self.tree, right, (235, 935), grows=1), 1)

    # -- what the screen asks --------------------------------------------------------------------------------------

    def load(self) -> None:
        """The chosen report anew; the first time, the first one."""
        if self.tree.currentItem() is None:
            self.choose(self.report.name)
        else:
            self._ask()

    def tools(self) -> Sequence[QAction]:
        """Three ways out."""
        has = bool(self.sheets)
        may = has and self.office.may(Permission.EXPORT)
        return [
            self.act("sheet_save", "导出Excel", "download", "F12", self.ask_save, enabled=may),
            self.act("sheet_print", "打印预览", "printer", "Ctrl+P", self.print_sheets, enabled=has),
            self.act("sheet_pdf", "存为PDF", "file-certificate", "Ctrl+S", self.ask_pdf, enabled=may),
            self.act(
                "phones",
                "部门电话",
                "settings",
                "",
                self.ask_phones,
                enabled=self.office.may(Permission.SET_RULES),
            ),
        ]

    def open_words(self, words: str) -> bool:
        """A report by its name."""
        return self.choose(words)

    # -- choosing ---------------------------------------------------------------------------------------------------

    def choose(self, name: str) -> bool:
        """Choose a report by its name; False for one that the catalogue does not have."""
        for place in range(self.tree.topLevelItemCount()):
            shelf = self.tree.topLevelItem(place)
            for number in range(shelf.childCount()):
                if shelf.child(number).data(0, _NAME) == name:
                    self.tree.setCurrentItem(shelf.child(number))
                    return True
        return False

    @property
    def crumb(self) -> str:
        """The report that is open."""
        return self.report.title

    def _chosen(self, line: QTreeWidgetItem | None) -> None:
        found = next((one for one in entries() if line is not None and one.name == line.data(0, _NAME)), None)
        if found is None:  # the heading of a shelf
            return
        self.report = found
        self._ask()

    def _ask(self) -> None:
        """Ask for what the report needs, and show it with what is chosen."""
        self.title.setText(self.report.title)
        self.holder.set_crumb(self.report.title)
        self.about.setText(f"{self.report.about}（{self.report.grouping}）")
        with QSignalBlocker(self.form):
            self.form.ask(self.office.store, self.report, self.office.today.isoformat(), self._kept)
        self.look()

    # -- looking ----------------------------------------------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Make the report with what is chosen now, and show it."""
        self._timer.stop()
        report, given = self.report, self.form.values()
        self._kept |= given
        self.state.setText("正在生成…")

        def work(desk: Desk) -> tuple[list[SheetModel], list[SheetModel]]:
            found = make_sheets(desk, report, given)
            return found, [masked(one) for one in found]

        def show(found: tuple[list[SheetModel], list[SheetModel]]) -> None:
            if report is self.report and given == self.form.values():
                self._show(*found)

        def refused(sentence: str) -> None:
            if report is self.report:
                self._show([], [])
                self.state.setText(sentence)

        self.office.act(f"生成{report.title}", work, done=show, refused=refused)

    def _show(self, sheets: list[SheetModel], hidden: list[SheetModel]) -> None:
        """Show sheets with their numbers `hidden`; kept are both."""
        self.sheets, self._hidden = sheets, hidden
        with QSignalBlocker(self.sheet_box):
            self.sheet_box.clear()
            self.sheet_box.addItems([one.name for one in sheets])
        self.sheet_box.setVisible(len(sheets) > 1)
        self._show_sheet()
        self.tools_changed.emit()

    @Slot()
    def _show_sheet(self) -> None:
        place = self.sheet_box.currentIndex()
        sheet = self._hidden[place] if 0 <= place < len(self._hidden) else None
        self.view.show_sheet(sheet)
        rows = sum(one.row_count for one in self.sheets)
        several = f"{len(self.sheets)} 张表 " if len(self.sheets) > 1 else ""
        self.state.setText(f"{several}共 {rows:,} 行" if sheet is not None else "没有可以显示的内容")
        said = [] if sheet is None else [sheet.title, *sheet.preface, *sheet.notes]
        self.under.setText("　".join(said))

    @Slot()
    def ask_phones(self) -> None:
        """Ask for the departments' phones, which 明白卡 prints."""
        known = department_phones(self.office.store)
        self.holder.ask(
            "主管部门电话",
            "保存",
            [Asked(one, one, "code", value=known.get(one, "")) for one in departments(self.office.store)],
            lambda desk, given: set_department_phones(desk, phones=given),
            "主管部门电话已保存，印在明白卡上。",
            words="印在惠农补贴明白卡上，方便群众咨询；空着的不印。",
        )

    # -- going out --------------------------------------------------------------------------------------------------

    def going_out(self) -> list[SheetModel]:
        """The sheets as they go out."""
        return self._hidden if self.masking.isChecked() else self.sheets

    @property
    def _file_name(self) -> str:
        return (
            f"{self.sheets[0].title}"
            if len(self.sheets) == 1
            else f"{self.office.township}{self.report.title}"
        )

    @Slot()
    def ask_save(self) -> None:
        """Ask where the workbook goes."""
        if not self.sheets:
            return
        start = str(Path.home() / f"{self._file_name}.xlsx")
        chosen, _ = QFileDialog.getSaveFileName(
            self, f"{self.report.title}存到", start, "Excel 工作簿 (*.xlsx)"
        )
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write the sheets that are shown as a workbook; it is logged."""
        sheets, title = self.going_out(), self.report.title

        def work(desk: Desk) -> int:
            from app.reports.sheet_book import write_sheets

            rows = sum(one.row_count for one in sheets)
            log_export(desk, what=title, rows=rows)
            write_sheets(path, sheets, created=desk.now, below=several_posts_line(desk.store))
            return rows

        self.office.act(
            f"导出{title}",
            work,
            done=lambda rows: self.bar.say(f"{title} {rows:,} 行已存到 {path}", Tone.GOOD),
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD, retry=lambda: self.save(path)),
        )

    @Slot()
    def print_sheets(self) -> None:
        """Preview the sheets on paper."""
        if self.sheets:
            self.holder.preview_sheets(self.going_out())

    @Slot()
    def ask_pdf(self) -> None:
        """Ask where the PDF goes."""
        if not self.sheets:
            return
        start = str(Path.home() / f"{self._file_name}.pdf")
        chosen, _ = QFileDialog.getSaveFileName(self, f"{self.report.title}存到", start, "PDF 文件 (*.pdf)")
        if chosen:
            self.save_pdf(Path(chosen))

    def save_pdf(self, path: Path) -> None:
        """Show the preview and save all of it as soon as it is laid out; how far it is, and what came of it, are seen there."""
        self.print_sheets()
        preview = self.holder.preview

        def go_on() -> None:
            if preview.is_busy:
                QTimer.singleShot(_LOOK_MS, preview, go_on)
            else:
                preview.save_pdf(path)

        go_on()


def _tree() -> QTreeWidget:
    """The reports under the headings of their shelves."""
    tree = QTreeWidget()
    tree.setHeaderHidden(True)
    tree.setRootIsDecorated(False)
    tree.setIndentation(14)
    tree.setStyleSheet("QTreeWidget::item { padding: 1px 0 }")
    for words, reports in SHELVES:
        shelf = QTreeWidgetItem([words])
        shelf.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = shelf.font(0)
        font.setBold(True)
        shelf.setFont(0, font)
        tree.addTopLevelItem(shelf)
        for report in reports:
            line = QTreeWidgetItem(shelf, [report.title])
            line.setData(0, _NAME, report.name)
            line.setToolTip(0, report.about)
        shelf.setExpanded(True)
    return tree
