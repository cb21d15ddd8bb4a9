"""导入: a workbook dropped or picked → its columns → what is wrong → the good rows in; the history with undo beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFileDialog,
    QFormLayout,
    QFrame,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.changes import Changes, Topic
from app.desk import Desk
from app.intake.listings import (
    FORMS,
    KIND_NAMES,
    LIST_NAMES,
    SheetLook,
    look_into,
    rows_around,
)
from app.programs.queries import programs
from app.workbook.process.reader import warm_up
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.intake import kinds
from ui.screens.intake.columns_page import ColumnsPage
from ui.screens.intake.history_page import HistoryPage
from ui.screens.intake.near_page import NearPage
from ui.screens.intake.page import IntakePage
from ui.screens.intake.proposals_page import ProposalsPage
from ui.screens.intake.result_page import ResultPage, sentences_to_confirm
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.facts import heading, quiet
from ui.widgets.paged_table import PagedTable
from ui.widgets.step_bar import At, Step, StepBar

_STEPS = ("选文件", "核对栏目", "检查结果", "入库")
_WORKBOOKS = "工作簿 (*.xlsx *.xls *.et *.ods *.xlsb *.xlsm *.csv *.txt *.html *.htm);;所有文件 (*)"


class DropArea(QFrame):
    """A place to drop a workbook; `dropped` carries its path."""

    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAcceptDrops(True)
        self.setMinimumHeight(150)
        self.pick = QPushButton("选择文件(&O)…")
        self.pick.setObjectName("primary")
        self.pick.setAutoDefault(True)
        box = QVBoxLayout(self)
        box.addStretch()
        words = heading("把工作簿拖到这里", 1.4)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(words)
        box.addWidget(self.pick, 0, Qt.AlignmentFlag.AlignCenter)
        hint = quiet("xlsx、xls、et、ods、csv 都可以，村里怎么交就怎么导，不用先改格式。原文件不会被改动。")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(hint)
        box.addStretch()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        """Files are welcome."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        """Take the first file."""
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            self.dropped.emit(Path(local[0]))


class IntakeScreen(ListScreen):
    """The guided page and the history."""

    room: ClassVar[Room] = Room.INTAKE
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.RUNS, Topic.PROGRAMS})
    help_page = "intake"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.path: Path | None = None
        self.checked: Mapping[str, Any] | None = None
        self.run: int | None = None
        self.steps = StepBar(slim=True)
        self.pages = QStackedWidget()
        self.columns_page = ColumnsPage()
        self.columns_page.remapped.connect(self._remapped)
        self.result = ResultPage()
        self.result.chosen.connect(self._show_cell)
        for page in (self._pick_page(), self.columns_page, self.result):
            self.pages.addWidget(page)
        guide = QWidget()
        box = QVBoxLayout(guide)
        box.setContentsMargins(0, 6, 0, 0)
        box.addWidget(self.steps)
        box.addWidget(self.pages, 1)
        self.tabs = self.make_tabs()
        self.tabs.addTab(guide, "导入一个文件")
        self.history, self.proposals, self.near = HistoryPage(self), ProposalsPage(self), NearPage(self)
        self.proposals.moved.connect(self._moved)
        self.beside: tuple[IntakePage, ...] = (self.history, self.proposals, self.near)
        for page in self.beside:
            self.tabs.addTab(page, page.words)
        self.tabs.currentChanged.connect(self._tab_changed)
        self.column.addWidget(self.tabs, 1)
        self._at(0)

    # -- making --------------------------------------------------------------------------------------------------

    def _pick_page(self) -> QWidget:
        self.kind = QComboBox()
        for name, words in KIND_NAMES.items():
            self.kind.addItem(words, name)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.list_kind = QComboBox()
        for name, words in LIST_NAMES.items():
            self.list_kind.addItem(words, name)
        self.program = QComboBox()
        self.program.setEditable(True)
        self.program.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.program.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.period = QLineEdit(self.office.today.strftime("%Y-%m"))
        self.period.setPlaceholderText("2024-06，按年的项目写 2024 也可以")
        self.until = QDateEdit(QDate.currentDate().addYears(1))
        self.until.setDisplayFormat("yyyy-MM-dd")
        self.form = QFormLayout()
        self.form.addRow("这是什么表(&K)", self.kind)
        self.form.addRow("名单类别(&L)", self.list_kind)
        self.form.addRow("补贴项目(&P)", self.program)
        self.form.addRow("期间(&D)", self.period)
        self.form.addRow("认证有效到(&U)", self.until)
        self.drop = DropArea()
        self.drop.dropped.connect(self.open_file)
        self.drop.pick.clicked.connect(self._pick)
        self.order_hint = quiet(
            "第一次使用的顺序：户籍底册 → 账户清册 → 资金指标 → 各项目花名册；死亡、财政供养等名单随时可以导入比对。"
        )
        facts = QWidget()
        facts.setLayout(self.form)
        facts.setMaximumWidth(640)
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 6, 0, 0)
        box.setSpacing(10)
        box.addWidget(facts)
        box.addWidget(self.drop, 1)
        box.addWidget(self.order_hint)
        return page

    # -- what the frame asks -------------------------------------------------------------------------------------

    def table_now(self) -> PagedTable | None:
        """The history's list."""
        return None if self.page is None else self.page.list_table

    def tools(self) -> Sequence[QAction]:
        """The steps of the guide, or the acts of the page that is shown, and what a table can do where it has one."""
        if self.page is not None:
            more = [] if self.page.list_table is None else self.table_tools()
            return [*self.page.tools(), *more]
        may = self.office.may(Permission.IMPORT) or self.office.may(Permission.MANAGE_FUNDS)
        step = self.pages.currentIndex()
        return [
            self._tool_of("new", "换文件", "folder-open", "Ctrl+O", self._pick, enabled=may),
            self._tool_of(
                "check", "检查", "list-check", "F8", self.check, enabled=may and self.path is not None
            ),
            self._tool_of(
                "take", "入库", "table-import", "F9", self.ask_take, enabled=may and self._can_take
            ),
            self._tool_of("marked", "错误回单", "file-spreadsheet", "", self.save_marked, enabled=step == 2),
        ]

    @property
    def _can_take(self) -> bool:
        return self.checked is not None and bool(self.checked["accepted"]) and self.run is None

    def refresh(self) -> None:
        """Programs and history; the process that reads workbooks starts while the clerk looks for the file."""
        warm_up()
        chosen = self.program.currentData()
        self.program.clear()
        for one in programs(self.office.store):
            self.program.addItem(f"{one.name}（{one.code}）", one.code)
        self.program.setCurrentIndex(max(0, self.program.findData(chosen)))
        for page in self.beside:
            page.load()
        self._kind_changed()

    def open_at(self, place: Place) -> None:
        """A file named by a place, a kind, or the history."""
        for one in self.beside:
            if place.tab == one.name:
                self.tabs.setCurrentWidget(one)
                return
        if place.tab in FORMS:
            self.kind.setCurrentIndex(self.kind.findData(place.tab))
        if self.run is not None:  # what was taken in is done with: the next file
            self._begin_anew()
        self.kind.setFocus()

    def _begin_anew(self) -> None:
        self.path = self.checked = self.run = None
        self.bar.clear()
        self._at(0)

    def back(self) -> bool:
        """Esc goes one step back."""
        if self.tabs.currentIndex() == 0 and self.pages.currentIndex() > 0:
            self._at(self.pages.currentIndex() - 1)
            self._stand_again()
            return True
        return False

    def _stand_again(self) -> None:
        """One step back: where the cursor goes, and how to come forward again with the same file."""
        self.bar.clear()
        if self.pages.currentIndex() == 1:
            self.columns_page.sheet.setFocus()
        elif self.path is not None:
            self.kind.setFocus()
            self.bar.say(
                f"文件还是“{self.path.name}”。改好表的种类、项目或期间，按 F8 继续；也可以换一个文件。",
                Tone.CALM,
            )

    # -- the steps -----------------------------------------------------------------------------------------------

    def _at(self, step: int) -> None:
        if step < 2:  # a check holds for the kind and the columns it was made with, and no others
            self.checked = self.run = None
        self.pages.setCurrentIndex(min(step, 2))
        self.steps.fill(
            [
                Step(words, At.DONE if place < step else At.NOW if place == step else At.TO_COME)
                for place, words in enumerate(_STEPS)
            ]
        )
        self.set_crumb(self.path.name if self.path is not None and step else "")
        self.tools_changed.emit()

    @Slot()
    def _kind_changed(self) -> None:
        kind = self.kind.currentData()
        for field, kinds_of_it in (
            (self.list_kind, {"list"}),
            (self.program, {"roster", "survival"}),
            (self.period, {"roster"}),
            (self.until, {"survival"}),
        ):
            self.form.setRowVisible(field, kind in kinds_of_it)

    def facts(self) -> dict[str, str]:
        """What the kind of file needs to be told."""
        return {
            "list": str(self.list_kind.currentData()),
            "program": self._program_code(),
            "period": self.period.text().strip(),
            "until": self.until.date().toString("yyyy-MM-dd"),
        }

    def _program_code(self) -> str:
        typed = self.program.currentText().strip()
        place = self.program.findText(typed)
        return str(self.program.itemData(place)) if place >= 0 else typed

    @Slot()
    def _pick(self) -> None:
        self.tabs.setCurrentIndex(0)
        chosen, _ = QFileDialog.getOpenFileName(self, "选择要导入的工作簿", str(Path.home()), _WORKBOOKS)
        if chosen:
            self.open_file(Path(chosen))

    @Slot(object)
    def open_file(self, path: Path) -> None:
        """Look into a workbook and show how its columns are read."""
        self.path, self.checked, self.run = path, None, None
        self.bar.clear()
        self._look({})

    def _look(self, mapping: Mapping[str, str]) -> None:
        path, kind = self.path, str(self.kind.currentData())
        if path is None:
            return

        def looked(looks: list[SheetLook]) -> None:
            self.columns_page.fill(kind, looks, mapping)
            self._expected = sum(look.expected_rows for look in looks)
            self._at(1)

        self.office.act(
            f"打开 {path.name}",
            lambda desk: look_into(desk.store, path, kind, mapping),
            done=looked,
            refused=self._refuse,
        )

    _expected = 0

    @Slot()
    def _remapped(self) -> None:
        self._look(self.columns_page.mapping)

    def _refuse(self, sentence: str) -> None:
        self.bar.say(sentence, Tone.BAD)

    def _refuse_check(self, sentence: str) -> None:
        """What a file was said to be stands one step before its columns."""
        self._refuse(f"{sentence}（表的种类、项目和期间在上一步，按 Esc 返回）")

    @Slot()
    def check(self) -> None:
        """Do everything that an import does, and take it back: only the findings stay."""
        path = self.path
        if path is None:
            self.bar.say("请先选择文件。", Tone.CALM)
            return
        if self.pages.currentIndex() == 0:  # come back to, perhaps as another kind: its columns first
            self.bar.clear()
            self._look({})
            return
        if self.columns_page.missing:
            missing = "、".join(f"“{one}”" for one in self.columns_page.missing)
            self.bar.say(f"还缺{missing}。请在“核对栏目”的第一行指明是哪一列。", Tone.WARN)
            return
        kind, facts, mapping = str(self.kind.currentData()), self.facts(), dict(self.columns_page.mapping)
        expected = self._expected

        def work(desk: Desk) -> dict[str, Any]:
            desk.progress.total = expected
            return kinds.preview(desk, kind, path, facts, mapping)

        self.bar.clear()
        self.office.act(f"检查 {path.name}", work, done=self._checked, refused=self._refuse_check)

    def _checked(self, found: Mapping[str, Any]) -> None:
        self.checked = found
        self.result.fill(found)
        self._at(2)
        self.result.findings.view.setFocus()

    @Slot(object)
    def _show_cell(self, found: Mapping[str, Any]) -> None:
        path = self.path
        if path is None:
            return

        self.office.read(
            "查看原表",
            lambda _desk: rows_around(path, str(found["sheet"]), int(found["row"])),
            lambda rows: self.result.show_around(found, rows),
        )

    @Slot()
    def ask_take(self) -> None:
        """Confirm with count and sum, then take the good rows in."""
        if not self._can_take or self.checked is None:
            self.bar.say("请先按 F8 检查，有可以入库的行才能入库。", Tone.CALM)
            return
        found = self.checked
        money = f"，合计 {yuan_text(Fen(found['accepted_fen']))} 元" if "accepted_fen" in found else ""
        words = f"将入库 {found['accepted']:,} 行{money}。"
        if found["rejected"]:
            words += f"退回的 {found['rejected']:,} 行不会入库，改好后可以单独再导。"
        to_confirm = sentences_to_confirm(found)
        if to_confirm:
            words += "\n\n请先确认：\n" + "\n".join(f"· {sentence}" for sentence in to_confirm)
        self.confirm = QMessageBox(QMessageBox.Icon.Question, "入库", words, parent=self)
        verb = "已确认，入库" if to_confirm else "入库"
        go = self.confirm.addButton(f"{verb} {found['accepted']:,} 行", QMessageBox.ButtonRole.AcceptRole)
        stay = self.confirm.addButton("再看看", QMessageBox.ButtonRole.RejectRole)
        self.confirm.setDefaultButton(stay if to_confirm else go)
        self.confirm.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go.clicked.connect(self.take)
        self.confirm.open()

    @Slot()
    def take(self) -> None:
        """Take the good rows in, in one transaction."""
        path = self.path
        if path is None:
            return
        kind, facts, mapping = str(self.kind.currentData()), self.facts(), dict(self.columns_page.mapping)
        expected = self._expected

        def work(desk: Desk) -> Changes:
            from app.backups.use_cases import Occasion, back_up_if_due

            back_up_if_due(desk, Occasion.BEFORE_IMPORT)
            desk.progress.total = expected
            return kinds.take(desk, kind, path, facts, mapping)

        self.office.act(f"导入 {path.name}", work, done=self._taken, refused=self._refuse)

    def _taken(self, done: Changes) -> None:
        answer = done.answer
        self.run = int(str(answer["run"]))
        self.bar.say(
            f"第 {self.run} 次导入完成：入库 {answer['accepted']:,} 行，退回 {answer['rejected']:,} 行。"
            + ("退回的可以按“错误回单”把原表标好发回去。" if answer["rejected"] else ""),
            Tone.GOOD if not answer["rejected"] else Tone.WARN,
        )
        if proposed := answer.get("proposals"):
            assert isinstance(proposed, list)  # the door's own form  # noqa: S101
            self.bar.say(
                f"{self.bar.words.text()}有 {len(proposed)} 条改正建议，在“改正建议”里决定。", Tone.WARN
            )
            self.proposals.run = self.run
        self._at(3)

    @Slot()
    def save_marked(self) -> None:
        """Write the clerk's workbook again with every finding marked in its cell."""
        path, found = self.path, self.checked
        if path is None or found is None:
            return
        name = str(path.with_name(f"{path.stem}-错误回单.xlsx"))
        chosen, _ = QFileDialog.getSaveFileName(self, "错误回单存到", name, "Excel 工作簿 (*.xlsx)")
        if chosen:
            self.write_marked(Path(chosen))

    def write_marked(self, out: Path) -> None:
        """The marked workbook to `out`."""
        path, found = self.path, self.checked
        if path is None or found is None:
            return
        kind, mapping = str(self.kind.currentData()), dict(self.columns_page.mapping)

        def work(_desk: Desk) -> tuple[Path, str]:
            from app.intake.findings import Finding
            from app.intake.marked import write_marked_file

            findings = [Finding(**one) for one in found["findings"]]
            figures = {name: int(found[name]) for name in ("rows", "accepted", "rejected")}
            return write_marked_file(path, out, FORMS[kind], findings, figures, mapping or None)

        self.office.act(
            "写错误回单",
            work,
            done=lambda made: self.bar.say(f"错误回单已写到 {made[0]}。{made[1]}", Tone.GOOD),
            refused=self._refuse,
        )

    # -- the tabs ------------------------------------------------------------------------------------------------

    @property
    def page(self) -> IntakePage | None:
        """The page beside the guide that is shown; None for the guide."""
        place = self.tabs.currentIndex()
        return self.beside[place - 1] if place else None

    @Slot(int)
    def _tab_changed(self, place: int) -> None:
        page = self.page
        if page is not None:
            page.enter()
        self.set_sums(self.history.runs.sums_text() if page is self.history else "")
        self.tools_changed.emit()

    @Slot()
    def _moved(self) -> None:
        if self.page is self.proposals:
            self.tools_changed.emit()

    def may_leave(self) -> str:
        """A checked file that was not taken in."""
        return f"“{self.path.name}”检查好了，还没有入库。" if self.path is not None and self._can_take else ""
