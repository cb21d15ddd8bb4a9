"""The frame: navigation and the way back, text sizes, shades, help, crash dialog, work that is cancelled."""

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTabWidget

from app.desk import Desk
from tests.ui.conftest import Opened
from ui.failures import SENTENCE, CrashDialog, show_crash
from ui.routes import Place, Room
from ui.theme import Shade, Tone, shade_now
from ui.window.frame import Frame
from ui.window.help_window import help_text


def room_of(frame: Frame) -> Room:
    return frame.screen_now.room


MINE = (Room.HOME, Room.REGISTRY, Room.INTAKE, Room.BATCHES)


def test_the_way_there_and_back(open_frame: Callable[..., Opened]) -> None:
    opened = open_frame()
    frame = opened.frame
    for room in MINE[1:]:
        frame.go(Place(room))
        assert frame.screen_now.room is room
    assert "发放批次" in frame.crumb.whole()
    frame.go_back()
    assert frame.screen_now.room is Room.INTAKE
    frame.go_back()
    frame.go_forward()
    assert frame.screen_now.room is Room.INTAKE
    QTest.keyClick(frame, Qt.Key.Key_Escape)


@pytest.mark.parametrize("room", Room)
def test_what_was_said_of_one_tab_goes_with_it(open_frame: Callable[..., Opened], room: Room) -> None:
    opened = open_frame()
    opened.frame.go(Place(room))
    opened.settle()
    screen = opened.frame.screen_now
    tabs = getattr(screen, "tabs", None)
    if not isinstance(tabs, QTabWidget):
        assert room in (Room.HOME, Room.BATCHES)  # one list, and one batch after another
        return
    screen.bar.say("请先在表中选中一行。", Tone.CALM)
    tabs.setCurrentIndex(1)
    opened.settle()
    assert not screen.bar.isVisible()


def test_keys_reach_the_rooms(open_frame: Callable[..., Opened]) -> None:
    opened = open_frame()
    frame = opened.frame
    with opened.qtbot.waitActive(frame):
        frame.activateWindow()
    QTest.keyClick(frame, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert room_of(frame) is Room.REGISTRY
    QTest.keyClick(frame, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert room_of(frame) is Room.HOME


def test_size_and_shade_change_at_once_and_are_remembered(open_frame: Callable[..., Opened]) -> None:
    frame = open_frame().frame
    usual = frame.navigation.fontMetrics().height()
    frame.set_text_size(3)
    QApplication.processEvents()
    assert frame.navigation.fontMetrics().height() > usual
    frame.turn_shade()
    assert shade_now() is Shade.DARK
    again = open_frame("经办甲").frame
    assert again._size == 3
    assert shade_now() is Shade.DARK
    other = open_frame("复核丙").frame
    assert other._size == 0
    assert shade_now() is Shade.LIGHT


@pytest.mark.parametrize("room", MINE)
def test_every_screen_has_help_with_its_keys(room: Room) -> None:
    text = help_text(room.value)
    assert "还没有写帮助" not in text
    assert "F1" in text
    assert "Ctrl+F" in text


def test_help_opens(open_frame: Callable[..., Opened]) -> None:
    frame = open_frame().frame
    frame.show_help()
    assert "待办" in frame.help_window.text.toPlainText()
    frame.help_window.close()


def test_our_mistake_is_said_calmly_and_can_be_copied(open_frame: Callable[..., Opened]) -> None:
    frame = open_frame().frame
    dialog = show_crash(ValueError("330624195703145103"), frame)
    labels: list[QLabel] = list(dialog.findChildren(QLabel))
    words = "".join(label.text() for label in labels)
    assert SENTENCE in words
    assert "330624195703145103" not in dialog.trace.toPlainText()
    dialog.copy.click()
    assert "ValueError" in QGuiApplication.clipboard().text()
    dialog.close()


def test_a_mistake_in_the_lane_opens_the_dialog_and_the_window_lives(
    open_frame: Callable[..., Opened],
) -> None:
    opened = open_frame()

    def broken(_desk: Desk) -> None:
        raise ZeroDivisionError

    opened.office.act("试错", broken)
    opened.settle()
    dialogs = [
        one for one in QApplication.topLevelWidgets() if isinstance(one, CrashDialog) and one.isVisible()
    ]
    assert len(dialogs) == 1
    dialogs[0].close()
    opened.frame.go(Place(Room.REGISTRY))
    assert opened.frame.screen_now.room is Room.REGISTRY


def test_long_work_shows_how_far_and_is_cancelled(open_frame: Callable[..., Opened]) -> None:
    opened = open_frame()

    def long(desk: Desk) -> None:
        desk.progress.total = 1000
        for row in range(1000):
            time.sleep(0.005)
            desk.progress.step(row)

    opened.office.act("数一千行", long)
    opened.qtbot.waitUntil(opened.frame.strip.isVisible, timeout=5000)
    opened.qtbot.waitUntil(lambda: "1,000 行" in opened.frame.strip.figures.text(), timeout=5000)
    assert "数一千行" in opened.frame.strip.words.text()
    opened.frame.strip.cancel.click()
    opened.settle()
    assert "已取消" in opened.frame.screen_now.bar.words.text()
    opened.qtbot.waitUntil(lambda: not opened.frame.strip.isVisible(), timeout=2000)
