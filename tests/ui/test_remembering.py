"""What a machine remembers of its offices: several of them, and those on a stick whose letter changes."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.places import PORTABLE_MARK, places
from ui.remembering import KnownOffices, Remembered, window_settings
from ui.screens.access.login import LoginWindow
from ui.screens.access.set_up import free_folder


def offices(folder: Path, *names: str) -> list[Path]:
    made = [folder / name for name in names]
    for one in made:
        one.mkdir(parents=True)
    return made


def test_the_last_office_comes_first_and_each_once(tmp_path: Path) -> None:
    east, west, north = offices(tmp_path, "东乡", "西乡", "北乡")
    for opened in (east, west, east, north, west):
        KnownOffices().keep(opened)
    assert KnownOffices().folders() == [west, north, east]


def test_an_office_that_is_away_is_left_out_and_comes_back(tmp_path: Path) -> None:
    here, away = offices(tmp_path, "本机", "U盘")
    KnownOffices().keep(here)
    KnownOffices().keep(away)
    away.rename(tmp_path / "拔走了")
    assert KnownOffices().folders() == [here]
    KnownOffices().keep(here)
    (tmp_path / "拔走了").rename(away)
    assert KnownOffices().folders() == [here, away]


def test_settings_that_someone_spoiled_are_no_offices(tmp_path: Path) -> None:
    for spoiled in ("no json", '{"a": 1}', "[1, null]", "3"):
        window_settings().setValue("offices", spoiled)
        assert KnownOffices().folders() == []


@pytest.fixture
def portable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return plugged_in(tmp_path / "E盘", monkeypatch)


def plugged_in(drive: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = drive / "程序"
    (program / "_internal").mkdir(parents=True, exist_ok=True)
    (program / PORTABLE_MARK).touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(program / "_internal"), raising=False)
    return drive


def test_a_stick_finds_its_offices_under_another_letter(
    portable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office,) = offices(places().offices, "云溪")
    KnownOffices().keep(office)
    Remembered(office, 1).keep("shade", "dark")
    portable.rename(tmp_path / "F盘")
    plugged_in(tmp_path / "F盘", monkeypatch)
    assert KnownOffices().folders() == [tmp_path / "F盘" / "一卡通数据" / "云溪"]


def test_a_stick_leaves_nothing_in_the_machines_settings(portable: Path, tmp_path: Path) -> None:
    (office,) = offices(places().offices, "云溪")
    KnownOffices().keep(office)
    Remembered(office, 1).keep("width", 300)
    assert not QSettings("xiangcai", "window").allKeys()
    window_settings().sync()
    assert (portable / "一卡通数据" / "窗口设置.ini").is_file()


def test_the_log_in_window_offers_the_others(qtbot: QtBot, tmp_path: Path) -> None:
    east, west = offices(tmp_path, "东乡", "西乡")
    window = LoginWindow(lambda *_: pytest.fail("not asked"), east, [east, west])
    qtbot.addWidget(window)
    window.show()
    assert window.others.isVisible()
    window.others.menu().actions()[1].trigger()
    assert window.folder.text() == str(west)


def test_with_one_office_there_is_nothing_to_choose(qtbot: QtBot, tmp_path: Path) -> None:
    (only,) = offices(tmp_path, "东乡")
    window = LoginWindow(lambda *_: pytest.fail("not asked"), only, [only])
    qtbot.addWidget(window)
    window.show()
    assert not window.others.isVisible()


def test_a_second_office_is_proposed_beside_the_first(tmp_path: Path) -> None:
    assert free_folder(tmp_path / "数据") == tmp_path / "数据" / "办公点"
    offices(tmp_path / "数据", "办公点", "办公点2")
    assert free_folder(tmp_path / "数据") == tmp_path / "数据" / "办公点3"
