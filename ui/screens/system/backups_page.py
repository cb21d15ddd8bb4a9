"""备份: when the last one was made and proved, what lies in the office's places, one now, another place, one taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.backups.container import broken_member
from app.backups.keeping import BackupView
from app.backups.queries import (
    Comparison,
    backup_places,
    backups_of,
    compare_offices,
    last_made,
    path_of_backup,
    path_of_last,
)
from app.backups.sealing import SUITE_NAMES
from app.backups.use_cases import Restored, back_up, restore, set_backup_place
from app.desk import Desk
from models.domain.permission import Permission
from models.store.opening import open_office
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import Pairs, TextTable, card, heading


@dataclass(frozen=True)
class _TakenBack:
    restored: Restored
    compared: Comparison


class BackupsPage(SystemPage):
    """The office's backups."""

    name = "backups"
    words = "备份"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.title = heading("", 1.1)
        self.pairs = Pairs(2)
        self.table = TextTable(
            ["备份文件", "时间", "业务日期", "数据行", "存档文件", "大小", "校验码", "是否完整"], right=[3, 4, 5], stretch=0
        )  # fmt: skip
        self.column.addWidget(card(self.title, self.pairs))
        self.column.addWidget(self.table, 1)

    def tools(self) -> Sequence[QAction]:
        """One now, the places, prove one, take one back."""
        may = Permission.BACK_UP
        return [
            self.tool("now", "立即备份", "device-floppy", "F9", self.ask_now, may),
            self.tool("place", "自动备份位置", "folder-open", "", self.ask_place, may),
            self.tool("verify", "核验", "list-check", "F8", self.verify),
            self.tool("restore", "恢复到新文件夹", "history", "", self.ask_restore, may),
        ]

    def load(self) -> None:
        """The last one, and what lies in the places that can be reached now."""
        store = self.office.store
        last, places = last_made(store), backup_places(store)
        self.title.setText(f"上次备份：{last.at}，已读回核验" if last is not None else "还没有备份")
        self.pairs.fill(
            [
                ("文件", last.file if last is not None else ""),
                ("操作员", last.operator if last is not None else ""),
                ("内容", f"{last.rows:,} 行数据，{last.files:,} 个存档文件，{_size(last.bytes)}" if last is not None else ""),
                ("校验码", last.head if last is not None else ""),
                ("自动备份", f"{places[0]}（每天一次、导入前、退出时）" if places else "没有设定位置，不会自动备份"),
                ("第二位置", str(places[1]) if len(places) > 1 else ""),
            ]
        )  # fmt: skip
        self.office.read("查看备份", lambda desk: backups_of(desk.store), self._fill)

    def _fill(self, found: list[BackupView]) -> None:
        self.table.fill(
            [
                [one.file, one.made_at[:16], one.business_date, f"{one.rows:,}", f"{one.files:,}", _size(one.bytes), one.head,
                 (f"✕ {one.fault}", Tone.BAD) if one.fault else ""]
                for one in found
            ],
            [one.file for one in found],
        )  # fmt: skip
        self.table.nothing.setText(
            "这里列出自动备份位置里的备份，和上次备份所在文件夹里的。还没有备份的，插上 U 盘按 F9 立即备份。"
        )

    # -- making --------------------------------------------------------------------------------------------------

    @Slot()
    def ask_now(self) -> Question:
        """One now; it is read back before it counts."""
        places = backup_places(self.office.store)
        return self.holder.ask(
            "立即备份", "备份",
            [Asked("folder", "放到哪个文件夹(&F)", "folder", value=str(places[0]) if places else "", hint="U 盘或另一块硬盘", needed=True)],
            lambda desk, given: back_up(desk, folder=Path(given["folder"])),
            lambda done: f"已备份并读回核验：{done.answer['file']}。请把标签写在盘上：{done.answer['label']}",
            words="整个办公点（数据和全部存档文件）备份成一个加密文件，只有操作员的密码能打开。",
            tone=lambda _done: Tone.CALM,  # it stays until it is closed: the label is written by hand
        )  # fmt: skip

    @Slot()
    def ask_place(self) -> Question:
        """Where the program puts backups by itself, and by which algorithms."""
        places = [str(one) for one in backup_places(self.office.store)] + ["", ""]

        def folder(text: str) -> Path | None:
            return Path(text) if text else None

        return self.holder.ask(
            "自动备份位置", "设定",
            [
                Asked("folder", "放备份的文件夹(&F)", "folder", value=places[0], hint="不填就是不自动备份"),
                Asked("second", "第二个位置(&S)", "folder", value=places[1], hint="U 盘，插着时也放一份"),
                Asked("suite", "加密算法(&A)", "choice", choices=list(SUITE_NAMES.items())),
            ],
            lambda desk, given: set_backup_place(
                desk, folder=folder(given["folder"]), second=folder(given["second"]), suite=given["suite"]
            ),
            lambda done: f"自动备份放在 {done.answer['folder']}。" if done.answer["folder"] else "已停止自动备份。",
            words="每天一次、导入前和退出时自动备份；旧的按天、周、月逐步清理。",
        )  # fmt: skip

    # -- proving -------------------------------------------------------------------------------------------------

    @Slot()
    def verify(self) -> None:
        """Read the chosen backup through, every piece of it; where none is chosen, ask which file."""
        path = self._chosen()
        if path is None:
            self._ask_which()
        else:
            self._prove(path, self.table.currentRow())

    def _chosen(self) -> Path | None:
        """Where the backup of the current row lies."""
        file = str(self.table.key() or "")
        return path_of_backup(self.office.store, file) if file else None

    def _ask_which(self) -> None:
        """A backup that lies in no place of ours: on a stick, in another folder."""

        def answer(question: Question, given: Mapping[str, str]) -> None:
            question.accept()
            self._prove(Path(given["file"]))

        self.question = Question(
            "核验备份", "核验",
            [Asked("file", "备份文件(&B)", "file", value=str(path_of_last(self.office.store) or ""), needed=True)],
            answer,
            words="没有选中列表里的备份。放在 U 盘上的，先插上 U 盘，再选文件。",
            parent=self.holder,
        )  # fmt: skip
        self.question.open()

    def _prove(self, path: Path, row: int | None = None) -> None:
        def mark(words: str) -> None:
            if row is not None and (cell := self.table.item(row, 7)) is not None:
                cell.setText(words)

        def show(broken: str | None) -> None:
            if broken is None:
                mark("✓ 完整")
                self.bar.say(f"{path.name} 完整，每一块都核对过。", Tone.GOOD)
            else:
                refuse(f"备份 {path.name} 已损坏：{broken} 与清单不一致。请换一个备份。")

        def refuse(sentence: str) -> None:
            mark("✕ 已损坏")
            self.bar.say(sentence, Tone.BAD)

        self.office.act(f"核验 {path.name}", lambda _desk: broken_member(path), done=show, refused=refuse)

    # -- taking back ---------------------------------------------------------------------------------------------

    @Slot()
    def ask_restore(self) -> Question:
        """Take a backup back into a new folder, and say what differs from the office in use."""
        path = self._chosen() or path_of_last(self.office.store)

        def answer(question: Question, given: Mapping[str, str]) -> None:
            name, word = given["operator"].strip(), given["password"]

            def work(desk: Desk) -> _TakenBack:
                done = restore(
                    Path(given["file"]), folder=Path(given["folder"]), operator=name, password=word
                )
                there = open_office(done.folder, name, word)
                try:
                    return _TakenBack(done, compare_offices(desk.store, there))
                finally:
                    there.close()

            def done(found: _TakenBack) -> None:
                question.accept()
                self._say(found)

            self.office.act("恢复备份", work, done=done, refused=question.refuse)

        folder = self.office.store.folder
        self.question = Question(
            "恢复到新文件夹", "恢复",
            [
                Asked("file", "备份文件(&B)", "file", value=str(path or ""), needed=True),
                Asked("folder", "恢复到新的文件夹(&F)", "folder", value=str(folder.with_name(f"{folder.name}-恢复")), needed=True),
                Asked("operator", "备份里的操作员(&N)", value=self.office.operator.name, needed=True),
                Asked("password", "当时的密码(&P)", "secret", needed=True),
            ],
            answer,
            words="恢复不会动正在用的办公点：备份先解到一个新文件夹，逐行核对，再与现在的比较。",
            parent=self.holder,
        )  # fmt: skip
        self.question.open()
        return self.question

    def _say(self, found: _TakenBack) -> None:
        done, compared = found.restored, found.compared
        lost = (
            f"现在的办公点比它多 {compared.lost_acts} 次操作。"
            if compared.lost_acts
            else "与现在的办公点一样新。"
        )
        self.bar.say(
            f"{done.township} {done.made_at[:16]} 的备份已恢复到 {done.folder}：{done.rows:,} 行数据、{done.files:,} 个存档文件逐一核对一致。"
            f"{lost}要打开它，请退出后在登录窗口选择这个文件夹。",
            Tone.WARN if compared.lost_acts else Tone.GOOD,
        )


def _size(count: int) -> str:
    return f"{count / 1048576:,.1f} MB" if count >= 1048576 else f"{count / 1024:,.0f} KB"
