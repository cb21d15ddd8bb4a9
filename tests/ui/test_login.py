"""The log-in window: opens an office, or says why not."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.desk import Desk
from models.domain.refusal import Refusal
from tests.conftest import PASSWORD, found
from ui.office import Office
from ui.screens.access.login import LoginWindow
from ui.window.entrance import open_desk
from ui.window.frame import Frame


class Closed(Refusal):
    form = "今天不办公。请明天再来。"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    found(tmp_path / "office").store.close()
    return tmp_path / "office"


def type_into(qtbot: QtBot, window: LoginWindow, operator: str, password: str) -> None:
    qtbot.addWidget(window)
    window.show()
    window.password.setText(password)  # QTest types ASCII only
    window.operator.setText(operator)


def texts(window: QWidget) -> str:
    found_labels: Iterable[QLabel] = window.findChildren(QLabel)
    return "\n".join(label.text() for label in found_labels)


def test_the_right_password_opens_the_office(qtbot: QtBot, office: Path) -> None:
    window = LoginWindow(open_desk, office)
    type_into(qtbot, window, "经办甲", PASSWORD)
    with qtbot.waitSignal(window.opened) as opened:
        QTest.keyClick(window.password, Qt.Key.Key_Return)
    desk: Desk = opened.args[0]
    assert desk.operator.name == "经办甲"
    assert window.password.text() == ""

    frame = Frame(Office(desk))
    frame.show()
    assert "经办甲（经办）" in texts(frame)
    frame.close()
    assert desk.store.database.is_closed()


def test_a_wrong_password_is_said_and_nothing_opens(qtbot: QtBot, office: Path) -> None:
    window = LoginWindow(open_desk, office)
    type_into(qtbot, window, "经办甲", "not it at all")
    with qtbot.assertNotEmitted(window.opened):
        window.enter.click()
    assert window.refused.isVisible()
    assert "密码" in window.refused.text()
    assert window.password.selectedText() != ""


def test_a_refusal_presses_no_field_flat(qtbot: QtBot, tmp_path: Path) -> None:
    window = LoginWindow(open_desk, tmp_path)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.give_hint("示例办公点：操作员 王经办、李复核、陈审批、admin。" * 3)
    heights = [field.height() for field in (window.folder, window.operator, window.password)]
    window._say("这里没有办公点。请重新选择文件夹。" * 6)
    qtbot.wait(20)
    assert [field.height() for field in (window.folder, window.operator, window.password)] == heights


def test_a_folder_without_office_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    window = LoginWindow(open_desk, tmp_path)
    type_into(qtbot, window, "经办甲", PASSWORD)
    window.enter.click()
    assert "没有办公点" in window.refused.text()


def test_a_refusal_is_shown_as_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    def refuse(folder: Path, operator: str, password: str) -> Desk:
        raise Closed

    window = LoginWindow(refuse, tmp_path)
    type_into(qtbot, window, "经办甲", PASSWORD)
    window.enter.click()
    assert window.refused.text() == f"未能打开：{Closed().sentence}"


@pytest.mark.parametrize(
    ("empty", "said"),
    [("folder", "没有选择办公点"), ("operator", "没有填写操作员"), ("password", "没有填写密码")],
)
def test_an_empty_field_is_asked_for_first(qtbot: QtBot, tmp_path: Path, empty: str, said: str) -> None:
    def never(folder: Path, operator: str, password: str) -> Desk:
        raise AssertionError("opened with an empty field")

    window = LoginWindow(never, tmp_path)
    type_into(qtbot, window, "经办甲", PASSWORD)
    field: QLineEdit = getattr(window, empty)
    field.clear()
    window.enter.click()
    assert said in window.refused.text()
    assert window.focusWidget() is field


def test_the_password_is_not_shown(qtbot: QtBot, tmp_path: Path) -> None:
    window = LoginWindow(open_desk, tmp_path)
    type_into(qtbot, window, "经办甲", PASSWORD)
    assert window.password.displayText() != PASSWORD


def test_the_start_imports_nothing_heavy() -> None:
    heavy = (
        "openpyxl",
        "python_calamine",
        "xlsxwriter",
        "pypinyin",
        "rapidfuzz",
        "cryptography",
        "peewee",
        "segno",
    )
    asked = (
        "import sys; from ui.__main__ import start; application, entrance = start([]); application.processEvents(); "
        f"assert entrance.window.isVisible(); print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
