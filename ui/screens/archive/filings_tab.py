"""在库: papers filed by drag or by choosing, found by any word on them, opened with the system's program, laid into volumes."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from app.archive.shelves.listings import FILINGS
from app.archive.shelves.queries import filing_of, volumes
from app.archive.shelves.steps import archive_classes
from app.archive.shelves.use_cases import correct_filing, file_paper, fill_volume
from app.changes import Changes
from app.desk import Desk
from models.domain.permission import Permission
from ui.screens.archive.tab import ArchiveTab
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.drop_area import DropArea

_USUAL_CLASS = "WS"
_PHOTOS = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".mp3", ".mp4", ".wav"}


class FilingsTab(ArchiveTab):
    """Every paper of the archive, and where new ones are dropped."""

    name = "filings"
    words = "在库"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        self.waiting: list[Path] = []
        self.drop = DropArea(
            "把扫描件、PDF、OFD、照片、表格拖到这里归档",
            "一次可以拖多个，逐个填写题名；文件原样加密存放，有一个字节变动都查得出来",
            "选择文件",
        )
        self.drop.several.connect(self.take)
        self.drop.asked.connect(self.pick)
        self.column.addWidget(self.drop)
        table = self.make_table(FILINGS, empty="还没有归档的文件。把文件拖到上面，或按 F9 选择文件。")
        table.opened.connect(lambda _one: self.open_now())
        self.column.addWidget(table, 1)

    def tools(self) -> Sequence[QAction]:
        """File, open, save, correct, lay into a volume."""
        may, looks = self.may(), self.office.may(Permission.EXPORT)
        return [
            self.act("file", "归档文件", "upload", "F9", self.pick, enabled=may),
            self.act("paper", "归档纸质材料", "notes", "", self.ask_paper, enabled=may),
            self.act("open", "打开", "eye", "F7", self.open_now, enabled=looks),
            self.act("save", "另存", "device-floppy", "", self.ask_save, enabled=looks),
            self.act("correct", "改著录", "pencil", "F2", self.ask_correct, enabled=may),
            self.act("lay", "装卷", "archive", "F6", self.ask_lay, enabled=may),
            *self.holder.table_tools(),
        ]

    # -- filing ----------------------------------------------------------------------------------------------------

    @Slot()
    def pick(self) -> None:
        """Choose files to be filed."""
        chosen, _ = QFileDialog.getOpenFileNames(self, "选择要归档的文件", str(Path.home()))
        if chosen:
            self.take([Path(one) for one in chosen])

    @Slot(object)
    def take(self, paths: Sequence[Path]) -> None:
        """Ask about each file in turn; those that are not answered are not filed."""
        if not self.may():
            self.bar.say("归档由经办办理。请换有权限的操作员登录。", Tone.CALM)
            return
        self.waiting = list(paths)
        self._next()

    def _next(self) -> None:
        if self.waiting:
            self._ask_about(self.waiting.pop(0))

    @Slot()
    def ask_paper(self) -> None:
        """File a paper that has no file."""
        self.waiting = []
        self._ask_about(None)

    def _ask_about(self, path: Path | None) -> None:
        photo = path is not None and path.suffix.lower() in _PHOTOS
        fields = [
            Asked("title", "题名(&T)", value=path.stem if path else "", needed=True),
            Asked("class_code", "门类(&C)", "choice", "SX" if photo else _USUAL_CLASS, self._classes()),
            Asked("dated", "文件日期(&D)", "day", self.office.today.isoformat()),
            Asked("document", "文号(&N)", hint="浙财农〔2024〕12号"),
            Asked("responsible", "责任者(&R)", hint="发文单位，如县财政局"),
            Asked("pages", "页数(&P)", "code", "1"),
            Asked("person", "有关人员(&H)", hint="姓名或身份证号，没有不填"),
            Asked("batch", "有关批次(&B)", "code", hint="批次号，没有不填"),
            Asked("volume", "装入案卷(&V)", "choice", "", [("", "以后再装"), *self._open_volumes()]),
        ]

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return file_paper(
                desk,
                path=path,
                class_code=given["class_code"],
                title=given["title"],
                dated=date.fromisoformat(given["dated"]),
                document=given["document"],
                responsible=given["responsible"],
                pages=_number(given["pages"]),
                person=given["person"],
                batch=given["batch"],
                volume=given["volume"] or None,
            )

        more = f"（还有 {len(self.waiting)} 个）" if self.waiting else ""
        question = self.holder.ask(
            "归档文件" if path else "归档纸质材料", "归档", fields, work, self._filed,
            words=f"{path.name}{more}" if path else "只有纸质材料，没有电子文件。",
        )  # fmt: skip
        question.rejected.connect(self.waiting.clear)

    def _filed(self, done: Changes) -> str:
        self._next()
        return f"已归档，{'档号 ' + str(done.answer['code']) if done.answer['code'] else '还没有装卷'}。"

    def _classes(self) -> list[tuple[str, str]]:
        return [(one.code, f"{one.name}（{one.kept}）") for one in archive_classes(self.store)]

    def _open_volumes(self) -> list[tuple[str, str]]:
        return [(one.code, f"{one.code}  {one.title}") for one in volumes(self.store, state="open")]

    # -- what is filed ---------------------------------------------------------------------------------------------

    @Slot()
    def open_now(self) -> None:
        """Open the chosen paper's file."""
        chosen = self.chosen("一份文件")
        if chosen is None:
            return
        paper = filing_of(self.store, chosen)
        if paper.file_sha256:
            self.open_file(paper.file_sha256)
        else:
            self.bar.say(f"“{paper.title}”只有纸质材料，或者已经销毁，没有电子文件。", Tone.CALM)

    @Slot()
    def ask_save(self) -> None:
        """Ask where the chosen paper's file goes."""
        chosen = self.chosen("一份文件")
        paper = None if chosen is None else filing_of(self.store, chosen)
        if paper is not None and paper.file_sha256:
            self.holder.ask_save_file(paper.file_name, paper.file_sha256, "所有文件 (*)")  # type: ignore[attr-defined]  # the screen that holds the tabs has it

    @Slot()
    def ask_correct(self) -> None:
        """Correct what is written about the chosen paper."""
        chosen = self.chosen("一份文件")
        if chosen is None:
            return
        paper = filing_of(self.store, chosen)
        self.holder.ask(
            "改著录", "保存",
            [
                Asked("title", "题名(&T)", value=paper.title, needed=True),
                Asked("dated", "文件日期(&D)", "day", paper.dated),
                Asked("document", "文号(&N)", value=paper.document),
                Asked("responsible", "责任者(&R)", value=paper.responsible),
                Asked("pages", "页数(&P)", "code", str(paper.pages)),
                Asked("remark", "备注(&K)", value=paper.remark),
            ],
            lambda desk, given: correct_filing(
                desk,
                filing=chosen,
                title=given["title"],
                dated=date.fromisoformat(given["dated"]),
                document=given["document"],
                responsible=given["responsible"],
                pages=_number(given["pages"]),
                remark=given["remark"],
            ),
            "已保存。",
        )  # fmt: skip

    @Slot()
    def ask_lay(self) -> None:
        """Lay the selected papers into an open volume."""
        picked = self.picked("要装卷的文件")
        known = self._open_volumes()
        if not picked:
            return
        if not known:
            self.bar.say("没有组卷中的案卷。请先到“组卷”里立卷。", Tone.CALM)
            return
        self.holder.ask(
            "装卷", "装入", [Asked("volume", "案卷(&V)", "choice", known[0][0], known)],
            lambda desk, given: fill_volume(desk, volume=given["volume"], filings=picked),
            lambda done: f"案卷 {done.answer['code']} 现有 {done.answer['papers']} 件。", words=f"选中 {len(picked)} 件。",
        )  # fmt: skip


def _number(text: str) -> int:
    """A number of pages as typed; what is none is one page."""
    return int(text) if text.strip().isascii() and text.strip().isdecimal() else 1
