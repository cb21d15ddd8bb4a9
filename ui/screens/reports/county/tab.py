"""上级表样: the county's forms at the left, with the month and batch to fill them for; at the right every tag and what it means."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.changes import Changes
from app.desk import Desk
from app.reports.catalogue.parameters import BATCH
from app.reports.county.queries import (
    FORMS,
    FilledForm,
    ListedTag,
    filled_form,
    form_file,
    forms,
    listed_tags,
    tags_like,
    write_tag_list,
)
from app.reports.county.use_cases import add_form, log_filling, withdraw_form
from app.reports.queries import month_to_report, reports
from models.domain.permission import Permission
from models.store.durable import replacing
from ui.screens.list_screen import ListScreen
from ui.screens.reports.tab import ReportTab
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.facts import TextTable, heading, quiet
from ui.widgets.splits import side_by_side

_WORKBOOK = "Excel 工作簿 (*.xlsx)"


class CountyTab(ReportTab):
    """The forms in use; what is filled goes to a file, whole numbers and all, and is logged."""

    name = "county"
    words = "上级表样"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        self.table = holder.make_table(
            FORMS,
            frozen=0,
            empty="还没有上级表样。打开上级发来的表，在单元格写上标签（如 {{镇名}}），保存后按 Ctrl+N 登记。",
        )
        self.table.opened.connect(lambda _one: self.ask_fill())
        self.table.chosen.connect(lambda _one: self.tools_changed.emit())
        for words, act in (
            ("填表…", self.ask_fill),
            ("原样另存…", self.ask_save),
            ("停用…", self.ask_withdraw),
        ):
            self.table.add_row_action(words, act)
        self.month, self.batch = QComboBox(), QComboBox()
        self.wanted = QLineEdit()
        self.wanted.setPlaceholderText("找标签：名称或含义里的字，例如 实发金额")
        self.wanted.setClearButtonEnabled(True)
        self.wanted.textChanged.connect(self._show_tags)
        self.tags = TextTable(["标签", "含义", "样子", "写在哪一行"], stretch=1)
        self.tags.itemDoubleClicked.connect(lambda cell: self._copy(cell.row()))
        self._arrange()
        self._show_tags()

    def _arrange(self) -> None:
        left, right = QWidget(), QWidget()
        form = QFormLayout()
        form.addRow("填报月份(&Y)", self.month)
        form.addRow("批次(&B)", self.batch)
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.table, 1)
        box.addLayout(form)
        box = QVBoxLayout(right)
        box.setContentsMargins(6, 0, 0, 0)
        box.addWidget(heading("标签清单"))
        box.addWidget(self.wanted)
        box.addWidget(self.tags, 1)
        box.addWidget(
            quiet(
                "双击复制。把标签写进单元格；要逐行填的那一行，任一格再写一个“每…一行”。行数多少由程序撑开，下面的合计和公式跟着走。"
            )
        )
        self.column.addWidget(side_by_side(left, right, (430, 740), grows=1), 1)

    # -- what the screen asks --------------------------------------------------------------------------------------

    def load(self) -> None:
        """The forms, the months and the batches."""
        self.table.load()
        if self.table.current_id() is None:
            self.table.go_to_row(0)
        store = self.office.store
        months = [one.month for one in reversed(reports(store))] or [self.office.today.isoformat()[:7]]
        _fill(self.month, [(month, month) for month in months], month_to_report(store))
        _fill(self.batch, [("", "（不按批次）"), *BATCH.choices(store)], "")
        self.tools_changed.emit()

    def tools(self) -> Sequence[QAction]:
        """Add, fill, and the rest."""
        may, has = self.office.may(Permission.REPORT), self.form_name != ""
        exports = has and self.office.may(Permission.EXPORT)
        return [
            self.act("county_add", "登记表样", "plus", "Ctrl+N", self.ask_add, enabled=may),
            self.act("county_fill", "填表", "file-spreadsheet", "F9", self.ask_fill, enabled=exports),
            self.act("county_tags", "标签清单", "download", "F12", self.ask_tag_list),
            self.act("county_save", "原样另存", "archive", "", self.ask_save, enabled=exports),
            self.act("county_withdraw", "停用", "trash", "", self.ask_withdraw, enabled=may and has),
        ]

    @property
    def form_name(self) -> str:
        """The form that is chosen, '' for none."""
        chosen = self.table.current_id()
        return next((one.name for one in forms(self.office.store) if one.id == chosen), "")

    # -- forms -----------------------------------------------------------------------------------------------------

    @Slot()
    def ask_add(self) -> None:
        """Ask for the file and its name."""

        def said(done: Changes) -> str:
            repeated = cast(list[str], done.answer["repeated"])
            rows = f"，逐行填：{'、'.join(repeated)}" if repeated else ""
            batch = "填表时请先选批次。" if done.answer["needs_batch"] else ""
            return f"表样“{done.answer['form']}”已登记，{done.answer['tags']} 个标签{rows}。{batch}"

        self.holder.ask(
            "登记上级表样",
            "检查并登记",
            [
                Asked("file", "表样文件(&F)", "file", hint="上级发来的 .xlsx，写好了标签", needed=True),
                Asked("name", "名称(&N)", hint="不写用文件名；同名的换成这一份"),
            ],
            lambda desk, given: add_form(desk, path=Path(given["file"]), name=given["name"]),
            said,
            words="先逐个检查标签，写错的会指出是哪张表、哪个单元格、多半想写哪一个。",
        )

    @Slot()
    def ask_fill(self) -> None:
        """Ask where the filled form goes."""
        if not self.form_name:
            self.bar.say("请先选中一张表样。", Tone.CALM)
            return
        start = str(Path.home() / f"{self.form_name}-{self.month.currentData()}.xlsx")
        chosen, _ = QFileDialog.getSaveFileName(self, "填好的表存到", start, _WORKBOOK)
        if chosen:
            self.fill(Path(chosen))

    def fill(self, path: Path) -> None:
        """Fill the chosen form for the chosen month and batch."""
        name, month, batch = (
            self.form_name,
            str(self.month.currentData()),
            str(self.batch.currentData() or ""),
        )

        def work(desk: Desk) -> FilledForm:
            filled = filled_form(desk, name, month, batch)
            with replacing(path) as part:
                part.write_bytes(filled.body)
            log_filling(desk, name=name, month=month, batch=batch, rows=filled.rows)
            return filled

        self.office.act(
            f"填表 {name}",
            work,
            done=lambda filled: self.bar.say(
                f"“{filled.name}”（{month}）已填好，逐行填了 {filled.rows:,} 行，存到 {path}。", Tone.GOOD
            ),
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD, retry=lambda: self.fill(path)),
        )

    @Slot()
    def ask_save(self) -> None:
        """Ask where the form goes as it was received."""
        name = self.form_name
        if not name:
            self.bar.say("请先选中一张表样。", Tone.CALM)
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self, "表样存到", str(Path.home() / f"{name}.xlsx"), _WORKBOOK
        )
        if chosen:
            self.save(name, Path(chosen))

    def save(self, name: str, path: Path) -> None:
        """The form, byte for byte."""

        def work(desk: Desk) -> None:
            _, body = form_file(desk.store, name)
            with replacing(path) as part:
                part.write_bytes(body)

        self._write(f"表样“{name}”", path, work)

    @Slot()
    def ask_withdraw(self) -> None:
        """Ask whether a form is used no more."""
        name = self.form_name
        if name:
            self.holder.ask(
                "停用表样",
                "停用",
                [],
                lambda desk, _given: withdraw_form(desk, name=name),
                f"表样“{name}”不再使用。",
                words=f"“{name}”不再出现在清单里，原文件仍留在办公点。",
            )

    # -- tags ------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_tags(self) -> None:
        found: list[ListedTag] = (
            tags_like(self.wanted.text()) if self.wanted.text().strip() else list(listed_tags())
        )
        self.tags.fill([[one.written, one.tag.meaning, one.tag.example, one.mark or "任意"] for one in found])

    def _copy(self, row: int) -> None:
        written = self.tags.item(row, 0).text()
        QApplication.clipboard().setText(written)
        self.bar.say(f"已复制 {written}，可以粘贴到表样的单元格。", Tone.GOOD)

    @Slot()
    def ask_tag_list(self) -> None:
        """Ask where the list of tags goes."""
        chosen, _ = QFileDialog.getSaveFileName(
            self, "标签清单存到", str(Path.home() / "上级表样标签清单.xlsx"), _WORKBOOK
        )
        if chosen:
            self.save_tag_list(Path(chosen))

    def save_tag_list(self, path: Path) -> None:
        """The list of tags as a workbook."""
        self._write("标签清单", path, lambda desk: write_tag_list(path, desk.now))

    def _write(self, words: str, path: Path, work: object) -> None:
        self.office.act(
            words,
            work,  # type: ignore[arg-type]  # what it gives is not asked for
            done=lambda _outcome: self.bar.say(f"{words}已存到 {path}。", Tone.GOOD),
            refused=lambda sentence: self.bar.say(
                sentence, Tone.BAD, retry=lambda: self._write(words, path, work)
            ),
        )


def _fill(box: QComboBox, choices: Sequence[tuple[str, str]], wanted: str) -> None:
    """Offer the choices; what was chosen stays, else the wanted one."""
    kept = box.currentData() if box.count() else wanted
    box.clear()
    for value, words in choices:
        box.addItem(words, value)
    box.setCurrentIndex(max(0, box.findData(kept)))
