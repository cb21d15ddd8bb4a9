"""In and out: the first start in four pages, log-in, lock, another operator, the sample."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.access.queries import is_recovery_confirmed, operators
from models.store.opening import open_office
from tests.conftest import PASSWORD, found
from ui.screens.access.login import LoginWindow
from ui.screens.access.set_up import SetUpWindow
from ui.screens.access.welcome import WelcomeWindow
from ui.window.entrance import Entrance
from ui.window.frame import Frame


def filled(window: SetUpWindow, folder: Path) -> SetUpWindow:
    window.township.setText("云溪镇")
    window.code.setText("330624199")
    window.folder.setText(str(folder))
    window.villages.setPlainText("上溪村\n下溪村\n")
    return window


def name_people(window: SetUpWindow) -> None:
    window.password.setText(PASSWORD)
    window.again.setText(PASSWORD)
    for (name, _posts, secret), words in zip(window.seats, ("王经办", "李复核", "陈审批"), strict=False):
        name.setText(words)
        secret.setText(PASSWORD)


@pytest.mark.usefixtures("cheap_keys")
def test_four_pages_make_an_office_with_a_confirmed_code_and_a_backup(qtbot: QtBot, tmp_path: Path) -> None:
    window = filled(SetUpWindow(tmp_path), tmp_path / "office")
    qtbot.addWidget(window)
    window.show()
    window.take()
    assert window.stack.currentIndex() == 1
    name_people(window)
    window.take()
    assert window.stack.currentIndex() == 2
    assert window.shown_code.text()

    window.typed_code.setText("AAAA-BBBB")
    window.take()
    assert window.stack.currentIndex() == 2
    assert not window.bar.isHidden()
    window.typed_code.setText(window.code_on_paper)
    window.take()
    assert window.stack.currentIndex() == 3

    window.backups.setText(str(tmp_path / "stick"))
    with qtbot.waitSignal(window.finished) as finished:
        window.take()
    assert finished.args == [tmp_path / "office"]
    assert list((tmp_path / "stick").iterdir())
    store = open_office(tmp_path / "office", "王经办", PASSWORD)
    assert [one.name for one in operators(store)] == ["admin", "王经办", "李复核", "陈审批"]
    assert is_recovery_confirmed(store)
    assert store.rows("SELECT name FROM village") == [("上溪村",), ("下溪村",)]
    store.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: w.township.clear(), "没有填写乡镇名称"),
        (lambda w: w.code.setText("33"), "区划代码"),
        (lambda w: w.folder.clear(), "哪个文件夹"),
    ],
)
def test_a_wrong_first_page_is_said_and_what_was_typed_stays(
    qtbot: QtBot, tmp_path: Path, change: object, said: str
) -> None:
    window = filled(SetUpWindow(tmp_path), tmp_path / "office")
    qtbot.addWidget(window)
    change(window)  # type: ignore[operator]
    window.take()
    assert said in window.bar.words.text()
    assert window.stack.currentIndex() == 0
    assert window.villages.toPlainText() == "上溪村\n下溪村\n"
    assert not (tmp_path / "office").exists()


@pytest.mark.usefixtures("cheap_keys")
def test_passwords_that_differ_or_are_short_found_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    window = filled(SetUpWindow(tmp_path), tmp_path / "office")
    qtbot.addWidget(window)
    window.take()
    name_people(window)
    window.again.setText("other words")
    window.take()
    assert "不一样" in window.bar.words.text()
    window.again.setText(PASSWORD)
    window.seats[1][2].setText("12")
    window.take()
    assert "密码" in window.bar.words.text()
    assert not (tmp_path / "office").exists()
    window.close()


def log_in(qtbot: QtBot, entrance: Entrance, name: str) -> Frame:
    window = entrance.window
    assert isinstance(window, LoginWindow)
    window.operator.setText(name)
    window.password.setText(PASSWORD)
    QTest.keyClick(window.password, Qt.Key.Key_Return)
    assert entrance.frame is not None
    return entrance.frame


def test_lock_unlock_and_another_operator(qtbot: QtBot, tmp_path: Path) -> None:
    found(tmp_path / "office").store.close()
    entrance = Entrance(tmp_path / "office")
    frame = log_in(qtbot, entrance, "经办甲")
    frame._idle.timeout.emit()
    assert not frame.centralWidget().isVisible()
    entrance.lock.password.setText("wrong words")
    entrance.lock.take()
    assert "密码" in entrance.lock.bar.words.text()
    assert not frame.centralWidget().isVisible()
    entrance.lock.password.setText(PASSWORD)
    entrance.lock.take()
    assert frame.centralWidget().isVisible()

    frame.left.emit()
    entrance.lock.operator.setText("复核丙")
    entrance.lock.password.setText(PASSWORD)
    entrance.lock.take()
    again = entrance.frame
    assert again is not None
    assert again is not frame
    assert "复核丙（复核）" in again.seat_words.text()
    store = again.office.store
    again.close()
    QApplication.processEvents()
    assert store.database.is_closed()


def test_the_first_start_offers_three_ways(qtbot: QtBot) -> None:
    entrance = Entrance()
    window = entrance.window
    assert isinstance(window, WelcomeWindow)
    window.new.click()
    assert isinstance(entrance.window, SetUpWindow)
    entrance.window.back_button.click()  # pressed by mistake: nothing was founded
    assert isinstance(entrance.window, WelcomeWindow)
    entrance.window.new.click()
    assert isinstance(entrance.window, SetUpWindow)
    entrance.window.close()
    assert isinstance(entrance.window, SetUpWindow)  # closing it ends the program, nothing else opens


@pytest.mark.usefixtures("cheap_keys")
def test_the_sample_is_built_and_asks_who_it_is(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    entrance = Entrance()
    assert isinstance(entrance.window, WelcomeWindow)
    bar, said = entrance.window.bar, []
    entrance.window.sample.click()

    def built() -> bool:
        if not isinstance(entrance.window, LoginWindow):
            said.append(bar.words.text())
        return isinstance(entrance.window, LoginWindow)

    qtbot.waitUntil(built, timeout=60_000)
    steps = list(dict.fromkeys(said))
    assert len(steps) > 5  # it moves: nobody believes that it has died
    # which of them is on the screen when somebody looks is chance
    assert len({found[0] for one in steps if (found := re.search("[一二三四五六七八九]、", one))}) > 1
    assert isinstance(entrance.window, LoginWindow)
    assert entrance.window.operator.text() == "王经办"
    assert "王经办" in entrance.window.hint.text()
    entrance.window.close()
