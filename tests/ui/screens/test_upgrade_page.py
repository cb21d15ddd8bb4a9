"""系统—升级: what runs here, a package from the stick step by step, the way back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QLabel
from shiboken6 import isValid

from app.desk import Desk
from app.upgrades.installation import Way
from app.upgrades.package import Upgrade
from app.upgrades.shelf import Shelf
from tests.app.upgrades.packages import KEYS, PROGRAMS, installed, upgrade_of, write_package
from tests.ui.conftest import Opened
from tests.ui.screens.answering import acts, answer, press
from ui.routes import Place, Room
from ui.screens.system import upgrade_page
from ui.screens.system.screen import SystemScreen
from ui.screens.system.upgrade_page import UpgradePage


class Shown:
    """The page at an administrator's desk, on a machine of the test's choosing."""

    def __init__(self, opened: Opened, tmp_path: Path) -> None:
        opened.frame.go(Place(Room.SYSTEM, tab="upgrade"))
        screen = opened.frame.screen_now
        assert isinstance(screen, SystemScreen)
        page = screen.page
        assert isinstance(page, UpgradePage)
        self.opened, self.screen, self.page = opened, screen, page
        page.shelf = Shelf(tmp_path / "升级", KEYS)
        self.become(installed(tmp_path))

    def become(self, here: object) -> None:
        self.page.here = lambda: here  # type: ignore[method-assign, assignment, return-value]
        self.page.load()
        self.opened.settle()

    @property
    def facts(self) -> str:
        labels: list[QLabel] = list(self.page.findChildren(QLabel))
        return "\n".join(one.text() for one in labels)

    def answer(self, **values: str) -> str:
        """Answer the page's question; gives what its bar says then, '' where it closed."""
        question = self.page.question
        answer(self.opened, self.page, **values)  # type: ignore[arg-type]  # it has a question as a screen has
        return question.bar.words.text() if isValid(question) else ""


@pytest.fixture
def shown(open_frame: Callable[..., Opened], tmp_path: Path) -> Shown:
    return Shown(open_frame("admin", date(2024, 6, 3)), tmp_path)


def test_run_from_its_sources_it_says_so(open_frame: Callable[..., Opened], tmp_path: Path) -> None:
    shown = Shown(open_frame("admin", date(2024, 6, 3)), tmp_path)
    shown.become(installed(tmp_path, way=Way.SOURCES, platform=""))
    assert "从源代码运行，不能用升级包升级" in shown.facts
    shown.page.ask_package()
    assert "不是用安装程序装的" in shown.answer(file=str(write_package(tmp_path / "a.xcup")))


def test_a_package_is_proved_read_backed_up_and_handed_to_the_administrator(
    shown: Shown, admin: Desk, tmp_path: Path
) -> None:
    assert "没有升级过" in shown.facts
    press(shown.opened, "F9")
    wrong = tmp_path / "照片.jpg"
    wrong.write_bytes(b"\xff\xd8")
    assert "不是乡财一卡通的升级包" in shown.answer(file=str(wrong))
    shown.answer(file=str(write_package(tmp_path / "a.xcup")))
    question = shown.page.question
    assert question.windowTitle() == "升级到 2.1.0"
    labels: list[QLabel] = list(question.findChildren(QLabel))
    said = "\n".join(one.text() for one in labels)
    assert "· 月报加了合计行" in said
    shown.answer(folder=str(tmp_path / "u"))
    sentence = shown.screen.bar.words.text()
    program = tmp_path / "升级" / "2.1.0" / PROGRAMS["linux-x64"][0]
    assert f"sudo apt install {program}" in sentence
    assert len(list((tmp_path / "u").glob("乡财备份-*.xcbak"))) == 1
    assert "2.0.3 升级到 2.1.0" in shown.facts


def test_windows_starts_the_installer_and_the_program_leaves(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.become(installed(tmp_path, way=Way.WINDOWS, platform="windows-x64-user"))
    started: list[Path] = []
    left: list[object] = []
    monkeypatch.setattr(upgrade_page, "start", lambda ready: started.append(ready.program))
    monkeypatch.setattr(QTimer, "singleShot", lambda _after, what: left.append(what))
    shown.page.confirm(write_package(tmp_path / "a.xcup"), upgrade_of())
    shown.answer(folder=str(tmp_path / "u"))
    assert started == [tmp_path / "升级" / "2.1.0" / PROGRAMS["windows-x64-user"][0]]
    assert left == [QCoreApplication.quit]
    assert "本程序即将关闭" in shown.screen.bar.words.text()


def test_going_back_where_nothing_is_kept_and_where_something_is(shown: Shown, tmp_path: Path) -> None:
    assert shown.page.ask_back() is None
    assert "没有保留以前的版本" in shown.screen.bar.words.text()
    older: Upgrade = upgrade_of("2.0.0")
    shown.page.shelf.put(write_package(tmp_path / "a.xcup", older), older, installed(tmp_path))
    shown.page.load()
    assert "2.0.0" in shown.facts
    assert shown.page.ask_back() is not None
    shown.answer(folder=str(tmp_path / "u"))
    assert "apt install --allow-downgrades" in shown.screen.bar.words.text()
    assert "退回到 2.0.0" in shown.facts


def test_who_may_not_upgrade_sees_it_grey(open_frame: Callable[..., Opened]) -> None:
    opened = open_frame("经办甲", date(2024, 6, 3))
    opened.frame.go(Place(Room.SYSTEM, tab="upgrade"))
    opened.settle()
    grey = {words for words, enabled in acts(opened).items() if not enabled}
    assert {"选择升级包", "退回上一个版本"} <= grey


def test_a_changed_kept_installer_is_no_way_back(shown: Shown, tmp_path: Path) -> None:
    older = replace(upgrade_of("2.0.0"), notes=())
    program = shown.page.shelf.put(write_package(tmp_path / "a.xcup", older), older, installed(tmp_path))
    program.write_bytes(b"!<arch>\nother")
    shown.page.load()
    assert "没有保留以前的版本" in shown.facts


def test_what_a_virus_scanner_is_told(shown: Shown, tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    (tmp_path / "current" / "xiangcai.exe").write_bytes(b"abc")
    shown.become(installed(tmp_path, way=Way.WINDOWS, platform="windows-x64-user"))
    shown.page.show_trust()
    said = shown.page.trust.text.toPlainText()
    assert "信任区" in said
    # the hashes of “abc” as FIPS 180-2 and GB/T 32905 print them
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" in said
    assert "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" in said
    shown.page.trust.close()
