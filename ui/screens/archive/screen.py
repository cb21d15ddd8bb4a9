"""档案: dossiers of settled batches made, filed and saved; every kept file as it was received; all of it verified."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.access.use_cases import log_export
from app.archive.listings import DOSSIERS, KEPT_FILES
from app.archive.queries import Verified, kept_file, verify_office, verify_zip
from app.archive.use_cases import archive_batch, make_dossier
from app.batches.queries import batch_view
from app.changes import Changes, Topic
from app.desk import Desk
from models.domain.permission import Permission
from models.store.durable import replacing
from ui.office import Office
from ui.printing import preview
from ui.printing.forms.covers import cover_document
from ui.printing.frame import foot_of
from ui.routes import Place, Room
from ui.screens.archive.disposals_tab import DisposalsTab
from ui.screens.archive.dossier_card import DossierCard
from ui.screens.archive.dossier_cover import dossier_cover
from ui.screens.archive.due_tab import DueTab
from ui.screens.archive.filings_tab import FilingsTab
from ui.screens.archive.loans_tab import LoansTab
from ui.screens.archive.tab import ArchiveTab
from ui.screens.archive.volumes_tab import VolumesTab
from ui.screens.archive.years_tab import YearsTab
from ui.screens.tabbed_screen import TabbedScreen
from ui.theme import Tone
from ui.widgets.facts import TextTable, heading, quiet
from ui.widgets.paged_table import good_bad
from ui.widgets.splits import side_by_side

_TABS: Final[tuple[type[ArchiveTab], ...]] = (
    FilingsTab,
    VolumesTab,
    LoansTab,
    DueTab,
    DisposalsTab,
    YearsTab,
)
"""The tabs beside those of this page, from left to right."""
_SAMPLE: Final = 100
"""How many files a look by lot takes."""


class ArchiveScreen(TabbedScreen):
    """Batches to file and filed, the shelves, what leaves them, whole years, kept files, and what the last verification found."""

    room: ClassVar[Room] = Room.ARCHIVE
    topics: ClassVar[frozenset[Topic]] = frozenset(
        {Topic.ARCHIVE, Topic.BATCHES, Topic.RUNS, Topic.REPORTS, Topic.LEDGER, Topic.ENROLMENTS}
    )
    help_page = "archive"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.dossiers = self.make_table(
            DOSSIERS, tone_of=good_bad(frozenset({"archived"}), frozenset()), frozen=1,
            empty="还没有可以归档的批次。批次结清以后会出现在这里。",
        )  # fmt: skip
        self.kept = self.make_table(
            KEPT_FILES, frozen=0, empty="还没有存档文件。导入、报盘、回盘的文件都会原样存到这里。"
        )
        self.card = DossierCard(office)
        self.dossiers.chosen.connect(self._follow)
        self.dossiers.opened.connect(lambda one: self.go.emit(Place(Room.BATCHES, id=one)))
        split = side_by_side(self.dossiers, self.card, (740, 430))
        self.verdict = heading("还没有核验过", 1.1)
        self.verified = TextTable(["文件", "问题"], stretch=0)
        self.add_tab("dossiers", "批次归档", split, self.dossiers)
        self.parts = {kind.name: kind(self) for kind in _TABS}
        for part in self.parts.values():
            self.add_tab(part.name, part.words, part, part.table)
        self.add_tab("kept", "存档文件", self.kept)
        self.add_tab("verified", "核验结果", self._verified_page())
        self.dossiers.add_row_action(
            "打开批次", lambda: self.go.emit(Place(Room.BATCHES, id=self.card.batch))
        )
        self.begin()

    def _verified_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 8, 0, 0)
        box.addWidget(self.verdict)
        box.addWidget(
            quiet("每个文件收存时都记下了校验值。核验就是重新算一遍，少一个字节、改一个字节都看得出来。")
        )
        box.addWidget(self.verified, 1)
        return page

    # -- what the frame asks -------------------------------------------------------------------------------------

    def tools(self) -> Sequence[QAction]:
        """File, make, save, verify; or what the tab that is shown has."""
        if self.tab in self.parts:
            return self.parts[self.tab].tools()
        may, exports = self.office.may(Permission.ARCHIVE), self.office.may(Permission.EXPORT)
        verify = [
            self._tool_of("verify", "核验全部文件", "list-check", "F8", self.verify),
            self._tool_of("sample", "抽查", "list-check", "", self.verify_sample),
            self._tool_of("zip", "核验案卷文件", "folder-open", "", self.ask_verify_zip),
        ]
        if self.tab == "verified":
            return verify
        acts = (
            [
                self._tool_of("file", "编制案卷并归档", "archive", "F9", self.ask_file, enabled=may),
                self._tool_of("make", "只编制案卷", "file-certificate", "", self.make, enabled=may),
                self._tool_of(
                    "save", "案卷另存", "device-floppy", "", self.ask_save_dossier, enabled=exports
                ),
                self._tool_of("cover", "打印封面", "printer", "Ctrl+T", self.print_cover),
            ]
            if self.tab == "dossiers"
            else [
                self._tool_of(
                    "save_kept", "文件另存", "device-floppy", "", self.ask_save_kept, enabled=exports
                )
            ]
        )
        return [*acts, *verify, *self.table_tools()]

    def load_tab(self, name: str) -> None:
        """The card follows the list."""
        if name in self.parts:
            self.parts[name].load()
        if name == "dossiers":
            if self.dossiers.current_id() is None:
                self.dossiers.go_to_row(0)
            self._follow(self.dossiers.current_id())

    @Slot(object)
    def _follow(self, batch: int | None) -> None:
        values = (
            self.dossiers.model.row_values(self.dossiers.view.currentIndex().row())
            if batch is not None
            else None
        )
        self.card.show_batch(batch, f"{values[1]} {values[0]}" if values is not None else "")

    # -- filing --------------------------------------------------------------------------------------------------

    @Slot()
    def make(self) -> None:
        """Make the dossier of the batch that is chosen."""
        batch = self.chosen_or_say(self.dossiers, "一个批次")
        if batch is not None:
            self.do(
                "编制案卷",
                lambda desk: make_dossier(desk, batch_id=batch),
                lambda done: f"案卷已编制：{done.answer['name']}，{done.answer['files']} 个文件。",
            )

    @Slot()
    def ask_file(self) -> None:
        """Confirm with count and sum, then make the dossier and file the batch: two acts, the second only after the first."""
        batch = self.chosen_or_say(self.dossiers, "一个批次")
        if batch is None:
            return
        row = self.dossiers.view.currentIndex().row()
        (texts,) = self.dossiers.model.texts([row], range(len(DOSSIERS.columns)))

        def work(desk: Desk, _given: object) -> Changes:
            make_dossier(desk, batch_id=batch)
            return archive_batch(desk, batch_id=batch)

        self.ask(
            "归档", "归档", [], work, lambda done: f"批次 {done.answer['number']} 的案卷已编制，批次已归档。",
            words=f"将归档批次 {texts[0]}（{texts[1]}）：{texts[4]} 笔，合计 {texts[5]} 元。归档以后仍可登记退票和追回，那时案卷要重新编制。",
        )  # fmt: skip

    @Slot()
    def print_cover(self) -> None:
        """Preview the cover of the chosen batch's dossier."""
        batch = self.chosen_or_say(self.dossiers, "一个批次")
        if batch is None:
            return
        store = self.office.store
        cover = cover_document([dossier_cover(store, batch_view(store, batch))], foot_of(self.office.desk()))
        self.preview = preview(cover, self, office=self.office)

    # -- saving --------------------------------------------------------------------------------------------------

    @Slot()
    def ask_save_dossier(self) -> None:
        """Ask where the dossier goes."""
        found = self.card.filed
        if found is None or found.dossier is None:
            self.bar.say("这个批次还没有案卷，请先编制。", Tone.CALM)
            return
        self.ask_save_file(found.dossier.name, found.dossier.sha256, "案卷 (*.zip)")

    @Slot()
    def ask_save_kept(self) -> None:
        """Ask where the kept file goes."""
        if self.chosen_or_say(self.kept, "一个文件") is None:
            return
        values = self.kept.model.row_values(self.kept.view.currentIndex().row())
        if values is not None:
            self.ask_save_file(str(values[2]), str(values[4]), "所有文件 (*)")

    def ask_save_file(self, name: str, sha256: str, kinds: str) -> None:
        """Ask where a kept file goes."""
        chosen, _ = QFileDialog.getSaveFileName(self, "另存到", str(Path.home() / name), kinds)
        if chosen:
            self.save(sha256, Path(chosen))

    def save(self, sha256: str, path: Path) -> None:
        """Write a kept file to `path` as it was received; that it goes out is logged."""

        def work(desk: Desk) -> None:
            name, body = kept_file(desk.store, sha256)
            log_export(desk, what=name, rows=1)
            with replacing(path) as part:
                part.write_bytes(body)

        more = "用浏览器打开里面的 index.html 就能看。" if path.suffix == ".zip" else ""
        self.bar.clear()
        self.office.act(
            "另存文件", work, done=lambda _none: self.bar.say(f"已存到 {path}。{more}", Tone.GOOD),
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD, retry=lambda: self.save(sha256, path)),
        )  # fmt: skip

    # -- verifying -----------------------------------------------------------------------------------------------

    @Slot()
    def verify(self) -> None:
        """Look at every kept file again."""
        self.bar.clear()
        self.office.read(
            "核验全部文件",
            lambda desk: verify_office(desk.store),
            lambda found: self._show(found, "存档文件"),
        )

    @Slot()
    def verify_sample(self) -> None:
        """Look at some kept files, drawn by lot: for an archive that takes long as a whole."""
        self.bar.clear()
        self.office.read(
            f"抽查 {_SAMPLE} 个文件",
            lambda desk: verify_office(desk.store, _SAMPLE),
            lambda found: self._show(found, "抽查的存档文件"),
        )

    @Slot()
    def ask_verify_zip(self) -> None:
        """Ask for a dossier outside the office, then verify it."""
        chosen, _ = QFileDialog.getOpenFileName(self, "选择案卷", str(Path.home()), "案卷 (*.zip)")
        if chosen:
            self.verify_zip(Path(chosen))

    def verify_zip(self, path: Path) -> None:
        """Look at a dossier outside the office."""
        self.office.act(
            f"核验 {path.name}", lambda _desk: verify_zip(path), done=lambda found: self._show(found, f"案卷 {path.name}"),
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD),
        )  # fmt: skip

    def _show(self, found: Verified, what: str) -> None:
        self.verified.fill([[one.name, (one.fault, Tone.BAD)] for one in found.bad])
        self.verified.nothing.setText("没有问题")
        if found.bad:
            self.verdict.setText(f"✕ {what}核验了 {found.files:,} 个，{len(found.bad)} 处不对")
            self.bar.say(f"{found.bad[0].sentence}。请从备份恢复，并查明原因。", Tone.BAD)
        else:
            self.verdict.setText(f"✓ {what}核验了 {found.files:,} 个，全部和收存时一样")
            self.bar.say(self.verdict.text(), Tone.GOOD)
        self.show_tab("verified")
