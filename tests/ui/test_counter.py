"""查询大厅: big keys, one's own card, a minute and it is gone, a password to leave."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableWidget

from app.desk import Desk
from tests.app.bankfiles.batches import a_batch
from tests.builders import Make
from tests.conftest import PASSWORD
from tests.ui.conftest import Opened
from ui.screens.counter.screen import IDLE_SECONDS, MOST_MISSES, WAIT_SECONDS, CounterWindow

Open = Callable[..., Opened]
ACCOUNT = "6217000000000000129"


@pytest.fixture
def number(admin: Desk) -> str:
    """The ID of somebody with a payment on its way."""
    make = Make(admin)
    person = make.person("章一平", account=ACCOUNT)
    a_batch(make, [person], fen=12_345)
    return make.id_number_of(person)


@pytest.fixture
def opened(open_frame: Open, number: str) -> Iterator[Opened]:
    made = open_frame()
    made.settle()
    yield made
    if made.frame.counter is not None:
        made.frame.counter.close_with_office()
    QApplication.processEvents()


def counter_of(opened: Opened) -> CounterWindow:
    QTest.keyClick(opened.frame, Qt.Key.Key_F11, Qt.KeyboardModifier.ControlModifier)
    window = opened.frame.counter
    assert isinstance(window, CounterWindow)
    QApplication.processEvents()
    return window


def texts(table: QTableWidget) -> list[str]:
    return [
        table.item(row, place).text()
        for row in range(table.rowCount())
        for place in range(table.columnCount())
        if table.item(row, place) is not None
    ]


def everything(window: CounterWindow) -> str:
    fields = (window.id_number, window.tail, window.operator, window.password)
    labels = (window.name, window.id_shown, window.paid, window.said)
    return "".join(
        [
            *(one.text() for one in fields),
            *(one.text() for one in labels),
            *texts(window.payments),
            *texts(window.entitled),
        ]
    )


def test_it_takes_the_whole_screen_and_covers_the_office(opened: Opened) -> None:
    window = counter_of(opened)
    assert window.isFullScreen()
    assert not opened.frame.centralWidget().isVisible()
    opened.frame.open_counter()
    assert opened.frame.counter is window  # not a second one


def test_by_the_keys_on_the_screen(opened: Opened, number: str) -> None:
    window = counter_of(opened)
    for sign in number:
        window.keypad.keys[sign].click()
    assert window.id_number.text() == number
    QApplication.processEvents()
    for sign in "01299":
        window._target()
        window.keypad.keys[sign].click()
    assert window.tail.text() == "0129"  # four digits and no more
    window.keypad.keys["退格"].click()
    assert window.tail.text() == "012"
    window.keypad.keys["9"].click()
    window.find_button.click()
    assert window.name.text() == "章**"
    assert "123.45" in texts(window.payments)
    assert "正在办理" in texts(window.payments)
    assert number not in everything(window)
    assert ACCOUNT not in everything(window)


def test_by_keyboard_and_reader_alone(opened: Opened, number: str) -> None:
    window = counter_of(opened)
    QTest.keyClicks(window.id_number, number)
    QTest.keyClick(window.id_number, Qt.Key.Key_Return)
    QTest.keyClicks(window.tail, "0129")
    QTest.keyClick(window.tail, Qt.Key.Key_Return)
    assert window.pages.currentIndex() == 1
    window.of_entitled.click()
    assert window.lists.currentIndex() == 1
    assert texts(window.entitled) == ["今年没有登记享受的补贴。"]


def test_a_minute_without_a_touch_wipes_everything(opened: Opened, number: str) -> None:
    window = counter_of(opened)
    window.id_number.setText(number)
    window.tail.setText("0129")
    window.look()
    assert window.name.text() == "章**"
    for _ in range(IDLE_SECONDS - 1):
        window._tick()
    assert window.pages.currentIndex() == 1
    window._tick()
    assert window.pages.currentIndex() == 0
    assert window.card is None
    assert everything(window) == ""
    window.id_number.setText(number[:6])
    for _ in range(IDLE_SECONDS - 1):
        window._tick()
    QTest.keyClick(window.id_number, Qt.Key.Key_1)  # a touch begins the minute anew
    window._tick()
    assert window.id_number.text()


def test_misses_say_the_same_and_then_wait(opened: Opened, number: str) -> None:
    window = counter_of(opened)
    said = set()
    for asked, tail in ((number, "0000"), ("110105194912310021", "0129")):
        window.id_number.setText(asked)
        window.tail.setText(tail)
        window.look()
        said.add(window.said.text())
    assert len(said) == 1
    for _ in range(MOST_MISSES - 2):
        window.tail.setText("0000")
        window.look()
    assert not window.find_button.isEnabled()
    window.id_number.setText(number)
    window.tail.setText("0129")
    window.look()
    assert window.card is None
    window.wipe()
    assert not window.find_button.isEnabled()  # going back does not end the wait
    for _ in range(WAIT_SECONDS):
        window._tick()
    window.id_number.setText(number)
    window.tail.setText("0129")
    window.look()
    assert window.card is not None


def test_unfilled_fields_are_asked_for(opened: Opened) -> None:
    window = counter_of(opened)
    window.look()
    assert "填完整" in window.said.text()
    assert window.misses == 0


@pytest.mark.parametrize("how", ["escape", "close", "button"])
def test_only_a_password_leads_back(opened: Opened, how: str) -> None:
    window = counter_of(opened)
    if how == "escape":
        QTest.keyClick(window, Qt.Key.Key_Escape)
    elif how == "close":
        assert not window.close()
    else:
        window.staff.click()
    assert window.pages.currentIndex() == 2
    assert window.isVisible()
    window.password.setText("不对的密码-1")
    window.leave()
    assert window.isVisible()
    assert "密码" in window.refused.text()
    assert window.password.text() == ""
    window.operator.setText("审批丁")
    window.password.setText(PASSWORD)
    window.leave()
    assert window.isVisible()  # another operator would sit at the clerk's desk
    window.operator.setText("经办甲")
    window.password.setText(PASSWORD)
    window.leave()
    QApplication.processEvents()
    assert opened.frame.counter is None
    assert opened.frame.centralWidget().isVisible()


def test_the_idle_lock_leaves_the_counter_alone(opened: Opened) -> None:
    counter_of(opened)
    locked: list[bool] = []
    opened.frame.locked.connect(lambda: locked.append(True))
    opened.frame._lock()
    assert locked == []
