"""An office out of a backup on a PC that knows none."""

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.backups.use_cases import back_up
from app.desk import Desk
from models.store.opening import open_office
from tests.conftest import PASSWORD
from ui.remembering import KnownOffices
from ui.screens.access.login import LoginWindow
from ui.screens.access.take_back import TakeBackWindow
from ui.screens.access.welcome import WelcomeWindow
from ui.window.entrance import Entrance

WAIT_MS = 20_000


@pytest.fixture
def backup(admin: Desk, tmp_path: Path) -> Path:
    return Path(str(back_up(admin, folder=tmp_path / "U盘").answer["file"]))


@pytest.fixture
def window(qtbot: QtBot, backup: Path, tmp_path: Path) -> TakeBackWindow:
    window = TakeBackWindow(tmp_path / "新电脑" / "办公点", backup)
    qtbot.addWidget(window)
    window.show()
    window.operator.setText("经办甲")
    window.password.setText(PASSWORD)
    return window


def test_a_backup_and_a_password_give_the_office_back(
    qtbot: QtBot, window: TakeBackWindow, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window.finished, timeout=WAIT_MS) as heard:
        window.take_button.click()
        assert not window.take_button.isEnabled(), "a second press would begin it twice"
    assert heard.args == [tmp_path / "新电脑" / "办公点"]
    store = open_office(heard.args[0], "经办甲", PASSWORD)
    assert store.row("SELECT township FROM office") == ("云溪镇",)
    store.close()


def test_a_wrong_password_is_said_and_leaves_nothing(
    qtbot: QtBot, window: TakeBackWindow, tmp_path: Path
) -> None:
    window.password.setText("不是这个")
    window.take_button.click()
    qtbot.waitUntil(window.take_button.isEnabled, timeout=WAIT_MS)
    assert "密码" in window.bar.words.text()
    assert window.operator.text() == "经办甲"
    assert not (tmp_path / "新电脑" / "办公点").exists()


def test_what_is_not_filled_in_is_named(window: TakeBackWindow) -> None:
    window.operator.clear()
    window.folder.clear()
    window.take_button.click()
    assert "恢复到哪个文件夹、操作员" in window.bar.words.text()


def test_an_upgrade_opened_from_the_desktop_says_who_has_to_open_it(
    qtbot: QtBot, admin: Desk, tmp_path: Path
) -> None:
    upgrade = tmp_path / "乡财升级-9.9.9.xcup"
    upgrade.touch()
    KnownOffices().keep(admin.store.folder)
    entrance = Entrance(upgrade)
    assert isinstance(entrance.window, LoginWindow)
    qtbot.addWidget(entrance.window)
    assert upgrade.name in entrance.window.hint.text()
    assert entrance.window.folder.text() == str(admin.store.folder)


Shown = TypeVar("Shown", bound=QWidget)


def shown(entrance: Entrance, kind: type[Shown], qtbot: QtBot) -> Shown:
    """The window that the entrance shows, of the kind that is expected."""
    window = entrance.window
    assert isinstance(window, kind)
    qtbot.addWidget(window)
    return window


def test_a_backup_opened_from_the_desktop_leads_to_the_window(qtbot: QtBot, backup: Path) -> None:
    entrance = Entrance(backup)
    take_back = shown(entrance, TakeBackWindow, qtbot)
    assert take_back.file.text() == str(backup)
    take_back.back_button.click()
    shown(entrance, WelcomeWindow, qtbot).backup.click()
    shown(entrance, TakeBackWindow, qtbot).finished.emit(backup.parent)
    shown(entrance, LoginWindow, qtbot)
