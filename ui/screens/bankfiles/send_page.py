"""报盘: which batch, which bank's form, which stick; then the control totals, to be shown and printed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.bankfiles.listings import program_of_batch
from app.bankfiles.profiles import profiles, profiles_to_send
from app.bankfiles.queries import BankFileView, KeptButNotWritten, bank_files, write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.batches.queries import BatchView, batch_view
from app.changes import Changes
from app.desk import Desk
from models.domain.buckets import Bucket
from models.domain.flows.batch_flow import BatchState
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from models.domain.words import amount_in_words
from ui.office import Office
from ui.printing import preview
from ui.printing.frame import foot_of
from ui.printing.sheets.painting import sheet_document
from ui.screens.bankfiles.control_sheet import control_sheet
from ui.theme import Tone
from ui.widgets.facts import Pairs, TextTable, card, heading, quiet
from ui.widgets.paged_table import PagedTable
from ui.widgets.splits import side_by_side


class SendPage(QWidget):
    """`said` carries a sentence for the screen's bar with its tone; `changed_step` that the acts are others now."""

    said = Signal(str, object)
    changed_step = Signal()

    def __init__(self, office: Office, table: PagedTable) -> None:
        super().__init__()
        self.office = office
        self.table = table
        self.batch = 0
        self.view: BatchView | None = None
        self.files: list[BankFileView] = []
        self.table.chosen.connect(self.show_batch)
        self.title = heading("", 1.15)
        self.pairs = Pairs(2)
        self.sides = QStackedWidget()
        self.sides.addWidget(self._empty_side())
        self.sides.addWidget(self._make_side())
        self.sides.addWidget(self._sent_side())
        side = card(self.title, self.pairs, self.sides)
        side.setMinimumWidth(400)
        split = side_by_side(table, side, (700, 430))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 6, 0, 0)
        box.addWidget(split)

    # -- making --------------------------------------------------------------------------------------------------

    def _empty_side(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(quiet("批次审批以后出现在左边。选中一个，选好银行格式和 U 盘上的文件夹，按 F9 生成。"))
        box.addStretch()
        return page

    def _make_side(self) -> QWidget:
        self.profile = QComboBox()
        self._fill_profiles()
        self.profile.currentIndexChanged.connect(self._show_form)
        self.form_words = quiet("")
        self.folder = QLineEdit()
        self.folder.setPlaceholderText("U 盘上的文件夹")
        choose = QPushButton("选择(&B)…")
        choose.setAutoDefault(False)
        choose.clicked.connect(self.choose_folder)
        where = QWidget()
        row = QHBoxLayout(where)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        self.to_send = heading("", 1.1)
        self.to_send.setWordWrap(True)
        self.make = QPushButton("生成报盘文件 F9")
        self.make.setObjectName("primary")
        self.make.setAutoDefault(False)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("银行格式(&P)", self.profile)
        form.addRow("", self.form_words)
        words = QLabel("写到(&W)")
        words.setBuddy(self.folder)
        form.addRow(words, where)
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 6, 0, 0)
        box.setSpacing(10)
        box.addLayout(form)
        box.addWidget(self.to_send)
        box.addWidget(self.make)
        box.addStretch()
        return page

    def _fill_profiles(self) -> None:
        """The forms there are: the office may have learned one since."""
        self._profiles = profiles_to_send(self.office.store)
        chosen = self.profile.currentData()
        self.profile.blockSignals(True)
        self.profile.clear()
        for name, profile in self._profiles.items():
            self.profile.addItem(profile.title, name)
        self.profile.setCurrentIndex(max(0, self.profile.findData(chosen)))
        self.profile.blockSignals(False)

    def _sent_side(self) -> QWidget:
        self.totals = heading("", 1.15)
        self.words = quiet("")
        self.file_table = TextTable(["份", "文件", "笔数", "金额（元）"], right=[2, 3], stretch=1)
        self.hashes = quiet("")
        self.hashes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.print_button = QPushButton("打印控制表(&T)")
        self.print_button.clicked.connect(self.print_control)
        self.again = QPushButton("再写一次(&G)…")
        self.again.clicked.connect(self.ask_again)
        buttons = QHBoxLayout()
        for button in (self.print_button, self.again):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch()
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 6, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.totals)
        box.addWidget(self.words)
        box.addWidget(self.file_table)
        box.addWidget(self.hashes)
        box.addLayout(buttons)
        box.addStretch()
        return page

    # -- showing -------------------------------------------------------------------------------------------------

    @property
    def may_send(self) -> bool:
        """Whether the batch that is shown waits for its file, and this operator may make it."""
        at_it = self.view is not None and self.view.line.state is BatchState.APPROVED
        return at_it and self.office.may(Permission.EXPORT_BANK_FILE)

    @Slot(object)
    def show_batch(self, batch: object) -> None:
        """Show what is to be sent of a batch, or what was."""
        if not isinstance(batch, int):
            self.view, self.batch, self.files = None, 0, []
            self.title.setText("没有选中批次")
            self.pairs.fill([])
            self.sides.setCurrentIndex(0)
            self.changed_step.emit()
            return
        store = self.office.store
        self.view = view = batch_view(store, batch)
        self.files = bank_files(store, batch)
        self.title.setText(f"{view.line.number}")
        self.pairs.fill(
            [
                ("项目", view.line.program_name),
                ("期间", view.line.period_shown),
                ("审批", view.approved_on or ""),
                ("报盘", view.sent_on or "还没有"),
            ]
        )
        if self.files:
            self._show_sent(view)
        else:
            self._show_to_send(view, fresh=batch != self.batch)
        self.batch = batch
        self.changed_step.emit()

    def _show_to_send(self, view: BatchView, *, fresh: bool) -> None:
        pending, stopped = view.buckets[Bucket.PENDING], view.buckets[Bucket.STOPPED]
        words = f"将报盘 {pending.payments:,} 笔，合计 {yuan_text(pending.fen)} 元"
        if stopped.payments:
            words += f"（另有停发 {stopped.payments:,} 笔，不在文件里）"
        self.to_send.setText(words)
        self._fill_profiles()
        if fresh:
            code = program_of_batch(self.office.store, view.line.id)
            known = self._remembered()
            by_program = known.get("profiles", {})
            wanted = by_program.get(code) if isinstance(by_program, dict) else None
            place = self.profile.findData(wanted or known.get("profile"))
            self.profile.setCurrentIndex(max(0, place))
            if not self.folder.text():
                self.folder.setText(str(known.get("folder", "")))
        self._show_form()
        self.make.setEnabled(self.may_send)
        self.sides.setCurrentIndex(1)

    def _show_sent(self, view: BatchView) -> None:
        lines = sum(file.lines for file in self.files)
        total = Fen(sum(file.total_fen for file in self.files))
        self.totals.setText(f"控制数：{lines:,} 笔　{yuan_text(total)} 元")
        self.words.setText(f"大写：{amount_in_words(total)}　格式：{self._title_of(self.files[0].profile)}")
        self.file_table.fill(
            [[str(one.part), one.name, f"{one.lines:,}", yuan_text(one.total_fen)] for one in self.files]
        )
        self.file_table.fit_height(6)
        self.hashes.setText(
            "\n".join(f"第 {one.part} 份校验码 {_grouped(one.sha256)}" for one in self.files[:4])
            + (f"\n另有 {len(self.files) - 4} 份，见控制表" if len(self.files) > 4 else "")
        )
        self.again.setEnabled(self.office.may(Permission.EXPORT_BANK_FILE))
        self.sides.setCurrentIndex(2)

    def _title_of(self, profile: str) -> str:
        found = profiles(self.office.store).get(profile)
        return found.title if found is not None else profile

    @Slot()
    def _show_form(self) -> None:
        profile = self._profiles[str(self.profile.currentData())]
        kind = "工作簿" if profile.file_type == "xlsx" else f"文本（{profile.encoding.upper()}）"
        columns = "、".join(column.heading for column in profile.columns)
        self.form_words.setText(f"{kind}，每份最多 {profile.line_limit:,} 行；{columns}")

    def _remembered(self) -> Mapping[str, Any]:
        kept = self.office.remembered.get("bank", {})
        return kept if isinstance(kept, dict) else {}

    # -- acting --------------------------------------------------------------------------------------------------

    @Slot()
    def choose_folder(self) -> None:
        """Pick the folder on the stick."""
        folder = QFileDialog.getExistingDirectory(
            self, "报盘文件写到哪个文件夹", self.folder.text() or str(Path.home())
        )
        if folder:
            self.folder.setText(folder)

    def send(self) -> None:
        """Make the files of the batch that is shown and write them; asked and confirmed before."""
        folder, profile, batch = Path(self.folder.text().strip()), str(self.profile.currentData()), self.batch
        code = program_of_batch(self.office.store, batch)

        def work(desk: Desk) -> tuple[Changes, KeptButNotWritten | None]:
            made = make_bank_files(desk, batch_id=batch, profile=profile)
            try:
                write_bank_files(desk.store, batch_id=batch, folder=folder)
            except KeptButNotWritten as fault:
                return made, fault
            return made, None

        def finished(outcome: tuple[Changes, KeptButNotWritten | None]) -> None:
            made, fault = outcome
            known = dict(self._remembered())
            by_program = known.get("profiles", {})
            self.office.remembered.keep(
                "bank",
                {
                    "profile": profile,
                    "folder": str(folder),
                    "profiles": {**(by_program if isinstance(by_program, dict) else {}), code: profile},
                },
            )
            self.office.changed.emit(made.topics)
            self.table.go_to_id(batch)
            self.show_batch(batch)
            count, total = int(str(made.answer["count"])), Fen(int(str(made.answer["total_fen"])))
            sums = f"{count:,} 笔、{yuan_text(total)} 元"
            if fault is not None:
                self.said.emit(_not_written(fault, sums), Tone.WARN)
            else:
                self.said.emit(f"已生成并写到 {folder}：{sums}。请打印控制表，和 U 盘一起交银行。", Tone.GOOD)

        self.office.act("生成报盘文件", work, done=finished, refused=lambda no: self.said.emit(no, Tone.BAD))

    @Slot()
    def ask_again(self) -> None:
        """Write the kept files once more, to another stick."""
        folder = QFileDialog.getExistingDirectory(
            self, "再写到哪个文件夹", self.folder.text() or str(Path.home())
        )
        if folder:
            self.write_again(Path(folder))

    def write_again(self, folder: Path) -> None:
        """Write the kept files and the control sheet into a folder; nothing is sent a second time."""
        batch = self.batch

        def work(desk: Desk) -> list[Path] | KeptButNotWritten:
            try:
                return write_bank_files(desk.store, batch_id=batch, folder=folder)
            except KeptButNotWritten as fault:
                return fault

        def finished(outcome: list[Path] | KeptButNotWritten) -> None:
            if isinstance(outcome, KeptButNotWritten):
                self.said.emit(_not_written(outcome, "文件"), Tone.WARN)
            else:
                self.said.emit(f"已写出 {len(outcome)} 个文件到 {folder}，内容与上次完全相同。", Tone.GOOD)

        self.office.act("写出报盘文件", work, done=finished, refused=lambda no: self.said.emit(no, Tone.BAD))

    @Slot()
    def print_control(self) -> None:
        """Preview the control sheet that goes with the stick."""
        if self.view is not None and self.files:
            document = sheet_document(
                [control_sheet(self.office.township, self.view, self.files)], foot=foot_of(self.office.desk())
            )
            self.preview = preview(document, self, office=self.office)


def _not_written(fault: KeptButNotWritten, sums: str) -> str:
    return (
        f"{sums}已经生成并存档，但没有写到“{fault.facts['folder']}”：{fault.facts['cause']}"
        "请换一个位置按“再写一次”，不要重新报盘。"
    )


def _grouped(sha256: str) -> str:
    """The first part of a hash, in groups that an eye can follow."""
    return " ".join(sha256[place : place + 4] for place in range(0, 16, 4)) + " …"
