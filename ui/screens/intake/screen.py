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
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.changes import Changes, Topic
from app.desk import Desk
from app.intake.listings import (
    FINDINGS,
    FORMS,
    KIND_NAMES,
    LIST_NAMES,
    RUNS,
    SheetLook,
    look_into,
    rows_around,
)
from app.intake.proposals import ProposalView, proposals_of
from app.intake.use_cases import decline_proposals
from app.programs.queries import programs
from models.domain.masking import mask_account, mask_id
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.intake import kinds
from ui.screens.intake.columns_page import ColumnsPage
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.facts import TextTable, card, heading, quiet
from ui.widgets.finding_table import FindingTable
from ui.widgets.paged_table import PagedTable, good_bad
from ui.widgets.step_bar import At, Step, StepBar

_PROPOSAL_STATES: dict[str, str | tuple[str, Tone]] = {
    "open": "待定",
    "accepted": ("已接受", Tone.GOOD),
    "declined": ("不接受", Tone.MUTED),
}
_STEPS = ("选文件", "核对栏目", "检查结果", "入库")
_WORKBOOKS = "工作簿 (*.xlsx *.xls *.xlsm *.csv *.txt *.html *.htm);;所有文件 (*)"


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
        hint = quiet("xlsx、xls、csv 都可以，村里怎么交就怎么导，不用先改格式。原文件不会被改动。")
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
        for page in (self._pick_page(), self.columns_page, self._result_page()):
            self.pages.addWidget(page)
        guide = QWidget()
        box = QVBoxLayout(guide)
        box.setContentsMargins(0, 6, 0, 0)
        box.addWidget(self.steps)
        box.addWidget(self.pages, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(guide, "导入一个文件")
        self.tabs.addTab(self._history_page(), "导入记录")
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

    def _result_page(self) -> QWidget:
        self.verdict = heading("", 1.2)
        self.more = quiet("")
        self.findings = FindingTable()
        self.findings.chosen.connect(self._show_cell)
        self.around = TextTable([])
        self.around_words = quiet("选中一条问题，这里显示原表里的那一行。")
        below = QWidget()
        box = QVBoxLayout(below)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.around_words)
        box.addWidget(self.around, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.findings)
        split.addWidget(below)
        split.setSizes([320, 150])
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(card(self.verdict, self.more))
        column.addWidget(split, 1)
        return page

    def _history_page(self) -> QWidget:
        self.runs = self.make_table(
            RUNS,
            tone_of=good_bad(frozenset(), frozenset({"undone"})),
            frozen=3,
            empty="还没有导入过任何文件。",
        )
        self.run_findings = PagedTable(
            self.office, FINDINGS.among("f.run_id = ?", 0), frozen=0, empty="这次导入没有发现问题。"
        )
        self.runs.chosen.connect(self._show_run)
        self.proposals = TextTable(
            ["状态", "工作表", "行", "栏目", "原来写的", "建议改成", "依据"], right=[2], stretch=6
        )
        self.proposals.setSelectionMode(TextTable.SelectionMode.ExtendedSelection)
        self.below = QTabWidget()
        self.below.setDocumentMode(True)
        self.below.addTab(self.run_findings, "问题清单")
        self.below.addTab(self.proposals, "改正建议")
        self.below.currentChanged.connect(lambda _place: self.tools_changed.emit())
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.runs)
        split.addWidget(self.below)
        split.setSizes([320, 220])
        return split

    # -- what the frame asks -------------------------------------------------------------------------------------

    def table_now(self) -> PagedTable | None:
        """The history's list."""
        return self.runs if self.tabs.currentIndex() else None

    def tools(self) -> Sequence[QAction]:
        """The steps, then undo and what a table can do."""
        may = self.office.may(Permission.IMPORT) or self.office.may(Permission.MANAGE_FUNDS)
        page = self.pages.currentIndex()
        guide = not self.tabs.currentIndex()
        return [
            self._tool_of("new", "换文件", "folder-open", "Ctrl+O", self._pick, enabled=may),
            self._tool_of(
                "check", "检查", "list-check", "F8", self.check, enabled=may and guide and page >= 1
            ),
            self._tool_of(
                "take", "入库", "table-import", "F9", self.ask_take, enabled=may and guide and self._can_take
            ),
            self._tool_of(
                "marked", "错误回单", "file-spreadsheet", "", self.save_marked, enabled=guide and page == 2
            ),
            self._tool_of("undo", "撤销导入", "arrow-back-up", "", self.ask_undo, enabled=may and not guide),
            *(self._proposal_tools() if not guide and self.below.currentIndex() else []),
            *(self.table_tools() if not guide else []),
        ]

    def _proposal_tools(self) -> list[QAction]:
        may = self.office.may(Permission.IMPORT) and bool(self._open_proposals())
        return [
            self._tool_of("accept", "接受选中的", "check", "", self.accept_chosen, enabled=may),
            self._tool_of("accept_kind", "接受同类", "list-check", "", self.accept_kind, enabled=may),
            self._tool_of("decline", "不接受", "x", "", self.decline_chosen, enabled=may),
        ]

    @property
    def _can_take(self) -> bool:
        return self.checked is not None and bool(self.checked["accepted"]) and self.run is None

    def refresh(self) -> None:
        """Programs and history."""
        chosen = self.program.currentData()
        self.program.clear()
        for one in programs(self.office.store):
            self.program.addItem(f"{one.name}（{one.code}）", one.code)
        self.program.setCurrentIndex(max(0, self.program.findData(chosen)))
        self.runs.load()
        self._kind_changed()

    def open_at(self, place: Place) -> None:
        """A file named by a place, a kind, or the history."""
        if place.tab == "history":
            self.tabs.setCurrentIndex(1)
        elif place.tab in FORMS:
            self.kind.setCurrentIndex(self.kind.findData(place.tab))
        self.kind.setFocus()

    def back(self) -> bool:
        """Esc goes one step back."""
        if self.tabs.currentIndex() == 0 and self.pages.currentIndex() > 0:
            self._at(self.pages.currentIndex() - 1)
            return True
        return False

    # -- the steps -----------------------------------------------------------------------------------------------

    def _at(self, step: int) -> None:
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

    @Slot()
    def check(self) -> None:
        """Do everything that an import does, and take it back: only the findings stay."""
        path = self.path
        if path is None:
            self.bar.say("请先选择文件。", Tone.CALM)
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
        self.office.act(f"检查 {path.name}", work, done=self._checked, refused=self._refuse)

    def _checked(self, found: Mapping[str, Any]) -> None:
        self.checked = found
        errors = found["rejected"]
        self.verdict.setText(
            f"共 {found['rows']:,} 行：可以入库 {found['accepted']:,} 行，退回 {errors:,} 行"
        )
        warnings = sum(one["level"] == "warning" for one in found["findings"])
        parts = [f"另有 {warnings:,} 条提醒，不影响入库" if warnings else ""]
        if "accepted_fen" in found:
            parts.append(f"可入库金额 {yuan_text(Fen(found['accepted_fen']))} 元")
        if found.get("cleaned_cells"):
            parts.append(f"自动整理了 {found['cleaned_cells']:,} 格空格、全角等写法")
        if found.get("unread_sheets"):
            parts.append(f"没有读的工作表：{'、'.join(found['unread_sheets'])}")
        if found.get("hits"):
            parts.append(f"比中 {len(found['hits']):,} 人")
        self.more.setText("；".join(filter(None, parts)) or "没有发现问题。")
        self.findings.fill(found["findings"])
        self._at(2)
        self.findings.view.setFocus()

    @Slot(object)
    def _show_cell(self, found: Mapping[str, Any]) -> None:
        path = self.path
        if path is None:
            return

        def show(rows: list[tuple[int, tuple[str, ...]]]) -> None:
            width = max((len(cells) for _, cells in rows), default=0)
            self.around.setColumnCount(width + 1)
            self.around.setHorizontalHeaderLabels(["行", *(_letters(place) for place in range(width))])
            self.around.fill(
                [
                    [
                        (f"▶ {number}" if number == found["row"] else str(number), Tone.BAD) if number == found["row"] else str(number),
                        *[(cell, Tone.BAD) if number == found["row"] and cell == found["written"] else cell for cell in cells],
                        *[""] * (width - len(cells)),
                    ]
                    for number, cells in rows
                ]
            )  # fmt: skip
            self.around_words.setText(f"原表“{found['sheet']}”第 {found['row']} 行附近：")

        self.office.read(
            "查看原表", lambda _desk: rows_around(path, str(found["sheet"]), int(found["row"])), show
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
        self.confirm = QMessageBox(QMessageBox.Icon.Question, "入库", words, parent=self)
        go = self.confirm.addButton(f"入库 {found['accepted']:,} 行", QMessageBox.ButtonRole.AcceptRole)
        self.confirm.addButton("再看看", QMessageBox.ButtonRole.RejectRole)
        self.confirm.setDefaultButton(go)
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
            "退回的可以按“错误回单”把原表标好发回去。",
            Tone.GOOD if not answer["rejected"] else Tone.WARN,
        )
        if proposed := answer.get("proposals"):
            assert isinstance(proposed, list)  # the door's own form  # noqa: S101
            self.bar.say(
                f"{self.bar.words.text()}有 {len(proposed)} 条改正建议，在“导入记录”里决定。", Tone.WARN
            )
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

    # -- history -------------------------------------------------------------------------------------------------

    @Slot(int)
    def _tab_changed(self, place: int) -> None:
        if place:
            self.runs.load()
            if self.runs.rows and self.runs.current_id() is None:
                self.runs.go_to_row(0)
            self.set_sums(self.runs.sums_text())
        else:
            self.set_sums("")
        self.tools_changed.emit()

    @Slot(object)
    def _show_run(self, run: object) -> None:
        if isinstance(run, int):
            self.run_findings.load(FINDINGS.among("f.run_id = ?", run))
            self._show_proposals(run)

    def _show_proposals(self, run: int) -> None:
        self._proposed = proposals_of(self.office.store, run)
        cover = {"id_number": mask_id, "account": mask_account}
        self.proposals.fill(
            [
                [_PROPOSAL_STATES[one.state], one.sheet, str(one.row), one.column,
                 *(cover.get(one.field, mask_id)(text) for text in (one.written, one.proposed)), one.why]
                for one in self._proposed
            ],
            [one.proposal for one in self._proposed],
        )  # fmt: skip
        count = len(self._open_proposals())
        self.below.setTabText(1, f"改正建议 {count} 条待定" if count else "改正建议")
        self.tools_changed.emit()

    _proposed: Sequence[ProposalView] = ()

    def _open_proposals(self) -> list[ProposalView]:
        return [one for one in self._proposed if one.state == "open"]

    def _chosen_proposals(self) -> list[ProposalView]:
        rows = {index.row() for index in self.proposals.selectedIndexes()}
        return [one for row, one in enumerate(self._proposed) if row in rows and one.state == "open"]

    @Slot()
    def accept_chosen(self) -> None:
        """Take the rows of the chosen proposals in, with the proposed numbers."""
        chosen = self._chosen_proposals()
        if not chosen:
            self.bar.say("请先选中要接受的建议，可以选多行。", Tone.CALM)
            return
        self._accept([one.proposal for one in chosen], None, len(chosen))

    @Slot()
    def accept_kind(self) -> None:
        """The same for every open proposal of the kind of the one that is chosen."""
        chosen = self._chosen_proposals()
        if not chosen:
            self.bar.say("请先选中一条建议，同类的会一起接受。", Tone.CALM)
            return
        code = chosen[0].code
        self._accept(None, code, sum(one.code == code for one in self._open_proposals()))

    def _accept(self, numbers: list[int] | None, code: str | None, count: int) -> None:
        run, kind = self.runs.current_id(), self._kind_of_run()
        if run is None:
            return
        words = f"将按建议改正 {count} 处，并把这些行重新检查、入库。原来写的值和谁接受的都会留下记录。"
        self.confirm = QMessageBox(QMessageBox.Icon.Question, "接受改正建议", words, parent=self)
        go = self.confirm.addButton(f"接受 {count} 条", QMessageBox.ButtonRole.AcceptRole)
        self.confirm.setDefaultButton(self.confirm.addButton("再看看", QMessageBox.ButtonRole.RejectRole))
        self.confirm.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go.clicked.connect(lambda: self.accept_proposals(run, kind, numbers, code))
        self.confirm.open()

    def accept_proposals(self, run: int, kind: str, numbers: list[int] | None, code: str | None) -> None:
        """Accept; the rows come in by a run of their own."""
        self.do(
            "接受改正建议",
            lambda desk: kinds.accept(desk, kind, run, numbers, code),
            lambda done: (
                f"已按建议改正，入库 {done.answer['accepted']} 行，退回 {done.answer['rejected']} 行。"
            ),
        )

    @Slot()
    def decline_chosen(self) -> None:
        """Say that the chosen proposals are not what was meant."""
        run, chosen = self.runs.current_id(), self._chosen_proposals()
        if run is None or not chosen:
            self.bar.say("请先选中不接受的建议。", Tone.CALM)
            return
        numbers = [one.proposal for one in chosen]
        self.do(
            "不接受建议",
            lambda desk: decline_proposals(desk, run_id=run, numbers=numbers),
            lambda _done: f"{len(numbers)} 条建议已标为不接受。",
        )

    def _kind_of_run(self) -> str:
        row = self.runs.model.row_values(self.runs.view.currentIndex().row())
        return str(row[1]) if row is not None else ""

    @Slot()
    def ask_undo(self) -> None:
        """Confirm, then undo a whole import."""
        run = self.runs.current_id()
        row = self.runs.model.row_values(self.runs.view.currentIndex().row()) if run is not None else None
        if run is None or row is None:
            self.bar.say("请先在导入记录里选中一次导入。", Tone.CALM)
            return
        kind = str(row[1])
        words = f"将撤销第 {run} 次导入（{KIND_NAMES[kind]} {row[2]}），它带来的 {row[6]:,} 行全部取走，改动的恢复原样。"
        self.confirm = QMessageBox(QMessageBox.Icon.Warning, "撤销导入", words, parent=self)
        go = self.confirm.addButton(f"撤销 {row[6]:,} 行", QMessageBox.ButtonRole.DestructiveRole)
        stay = self.confirm.addButton("不撤销", QMessageBox.ButtonRole.RejectRole)
        self.confirm.setDefaultButton(stay)
        self.confirm.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go.clicked.connect(lambda: self.undo(run, kind))
        self.confirm.open()

    def undo(self, run: int, kind: str) -> None:
        """Undo an import."""
        self.office.act(
            f"撤销第 {run} 次导入",
            lambda desk: kinds.undo(desk, kind, run),
            done=lambda _done: self.bar.say(f"第 {run} 次导入已整体撤销。", Tone.GOOD),
            refused=self._refuse,
        )

    def may_leave(self) -> str:
        """A checked file that was not taken in."""
        return "检查好的文件还没有入库。" if self._can_take else ""


def _letters(place: int) -> str:
    from app.workbook.columns import column_letters

    return column_letters(place)
