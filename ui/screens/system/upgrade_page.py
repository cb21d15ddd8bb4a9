"""升级: which version runs here, a package from the stick proved and begun, the way back to the version before."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer, Slot
from PySide6.QtGui import QAction

from app.backups.queries import backup_places
from app.desk import Desk
from app.upgrades.installation import Earlier, Installation, Way, fingerprints, installation
from app.upgrades.package import Upgrade, publisher_keys
from app.upgrades.queries import last_upgrade
from app.upgrades.shelf import usual_shelf
from app.upgrades.upgrading import (
    Ready,
    earlier_version,
    look_into,
    prepare_going_back,
    prepare_upgrade,
    start,
    starts_by_itself,
)
from models.domain.permission import Permission
from models.domain.refusal import Refusal, WorldError
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import Pairs, card, heading, quiet
from ui.window.help_window import HelpWindow, page_text

_Prepare = Callable[[Desk, Path], Ready]
_WAYS = {Way.SOURCES: "从源代码运行，不能用升级包升级", Way.STICK: "U 盘便携版，换程序文件夹升级"}
_CLOSE_AFTER_MS = 1_500
_WHAT_HAPPENS = (
    "先核验签名和每个字节，再备份整个办公点，然后才换程序；办公点的数据不在程序文件夹里，升级不会动它。"
)


class UpgradePage(SystemPage):
    """The program's own version."""

    name = "upgrade"
    words = "升级"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.shelf = usual_shelf(publisher_keys())
        self.title = heading("", 1.1)
        self.pairs = Pairs(1)
        self.said = quiet(
            "升级包是发布单位签发的一个文件（.xcup），用 U 盘拷来，不需要联网。" + _WHAT_HAPPENS
        )
        self.column.addWidget(card(self.title, self.pairs, self.said))
        self.column.addStretch(1)

    def here(self) -> Installation:
        """How this program was installed."""
        return installation()

    def tools(self) -> Sequence[QAction]:
        """A package, and the way back."""
        return [
            self.tool("take", "选择升级包", "upload", "F9", self.ask_package, Permission.UPGRADE),
            self.tool("back", "退回上一个版本", "history", "", self.ask_back, Permission.UPGRADE),
            self.tool("trust", "杀毒软件放行", "lock", "", self.show_trust),
        ]

    def load(self) -> None:
        """What runs here, and what it can go back to."""
        here, last = self.here(), last_upgrade(self.office.store)
        earlier = self._earlier(here)
        self.title.setText(f"现在的版本：{here.version}")
        self.pairs.fill(
            [
                ("安装方式", _WAYS.get(here.way, here.platform_name)),
                ("上次", f"{last.at}　{last.operator}　{last.before} {'退回' if last.is_back else '升级'}到 {last.version}" if last else "没有升级过"),
                ("上次的备份", last.backup if last else ""),
                ("可以退回到", earlier.version if earlier else "没有保留以前的版本"),
            ]
        )  # fmt: skip

    def _earlier(self, here: Installation) -> Earlier | None:
        try:
            return earlier_version(here, self.shelf)
        except Refusal:  # a kept installer that was changed is none
            return None

    # -- forward -------------------------------------------------------------------------------------------------

    @Slot()
    def ask_package(self) -> Question:
        """Which package; it is proved before anything else is asked."""

        def answer(question: Question, given: Mapping[str, str]) -> None:
            package = Path(given["file"])

            def done(upgrade: Upgrade) -> None:
                question.accept()
                self.confirm(package, upgrade)

            self.office.act(
                "核验升级包", lambda _desk: look_into(package, self.shelf.keys, self.here()), done=done, refused=question.refuse
            )  # fmt: skip

        return self._open(
            Question(
                "选择升级包", "核验",
                [Asked("file", "升级包(&F)", "file", hint="U 盘上的 .xcup 文件", needed=True)],
                answer, words=_WHAT_HAPPENS, parent=self.holder,
            )
        )  # fmt: skip

    def confirm(self, package: Path, upgrade: Upgrade) -> Question:
        """What is new, and where the backup goes."""
        news = "\n".join(f"· {line}" for line in upgrade.notes) or "（没有说明）"
        return self._ask_backup(
            f"升级到 {upgrade.version}", "备份并升级",
            f"签名有效。版本 {upgrade.version}，{upgrade.made_on} 签发：\n\n{news}",
            lambda desk, folder: prepare_upgrade(desk, package=package, backup_folder=folder, here=self.here(), shelf=self.shelf),
        )  # fmt: skip

    # -- back ----------------------------------------------------------------------------------------------------

    @Slot()
    def ask_back(self) -> Question | None:
        """Back to the version before, after another backup."""
        here = self.here()
        earlier = self._earlier(here)
        if earlier is None:
            self.bar.say("没有保留以前的版本，不能退回。要用旧版本，请运行它的安装程序。", Tone.CALM)
            return None
        return self._ask_backup(
            f"退回到 {earlier.version}", "备份并退回",
            f"程序从 {here.version} 退回到 {earlier.version}。先备份整个办公点；旧版本打不开现在的数据的，会告诉您恢复哪一份备份。",
            lambda desk, folder: prepare_going_back(desk, backup_folder=folder, here=here, shelf=self.shelf),
        )  # fmt: skip

    # -- being trusted -------------------------------------------------------------------------------------------

    @Slot()
    def show_trust(self) -> None:
        """How a virus scanner is told to leave the program alone, with the hashes of the files that run here."""
        rows = [f"| {one.file} | `{one.sha256}` | `{one.sm3}` |" for one in fingerprints(self.here())]
        table = (
            "\n".join(["| 文件 | SHA-256 | SM3 |", "|---|---|---|", *rows])
            if rows
            else "从源代码运行，没有程序文件。"
        )
        self.trust = HelpWindow("antivirus", self)
        self.trust.setWindowTitle("杀毒软件放行")
        self.trust.resize(760, 560)
        self.trust.text.setMarkdown(f"{page_text('antivirus')}\n\n## 这台电脑上的程序文件\n\n{table}\n")
        self.trust.show()

    # -- both ----------------------------------------------------------------------------------------------------

    def _ask_backup(self, title: str, verb: str, words: str, prepare: _Prepare) -> Question:
        places = backup_places(self.office.store)

        def answer(question: Question, given: Mapping[str, str]) -> None:
            def done(ready: Ready) -> None:
                question.accept()
                self._hand_over(ready)

            self.office.act(
                title, lambda desk: prepare(desk, Path(given["folder"])), done=done, refused=question.refuse
            )

        field = Asked("folder", "备份放到哪个文件夹(&F)", "folder", value=str(places[0]) if places else "", hint="U 盘或另一块硬盘", needed=True)  # fmt: skip
        return self._open(Question(title, verb, [field], answer, words=words, parent=self.holder))

    def _open(self, question: Question) -> Question:
        self.question = question
        question.open()
        return question

    def _hand_over(self, ready: Ready) -> None:
        """Start the installer and leave, or say what the administrator has to type."""
        self.load()
        restore = (
            f"退回以后请把备份 {ready.restore} 恢复到新文件夹使用，旧版本打不开现在的数据。"
            if ready.restore
            else ""
        )
        if not starts_by_itself(self.here()):
            self.bar.say(
                f"办公点已备份到 {ready.backup}。{restore}请关闭程序，由管理员在终端运行：{ready.line}",
                Tone.GOOD,
            )
            return
        try:
            start(ready)
        except WorldError as fault:
            self.bar.say(fault.sentence, Tone.BAD)
            return
        self.bar.say(f"办公点已备份，安装程序已启动，本程序即将关闭。{restore}", Tone.GOOD)
        QTimer.singleShot(_CLOSE_AFTER_MS, QCoreApplication.quit)
