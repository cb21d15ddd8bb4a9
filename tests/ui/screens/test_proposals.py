"""改正建议: a damaged number is mended only when somebody says so, one by one or all that were looked at."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.builders import id_number
from tests.sheets import workbook
from tests.ui.conftest import Opened
from ui.routes import Place, Room
from ui.screens.intake import kinds
from ui.screens.intake.screen import IntakeScreen
from ui.widgets.pieces import PIECES

HEAD = ["户编号", "村", "组", "姓名", "与户主关系", "身份证号码"]
ACCOUNTS = ["姓名", "村", "身份证号码", "账号"]
CARD = "6228580000000000018"
MANY = 40


def name_of(serial: int) -> str:
    return "张" + chr(0x4E00 + 60 + serial)


@pytest.fixture
def damaged(
    open_frame: Callable[..., Opened], tmp_path: Path
) -> Callable[[int], tuple[Opened, IntakeScreen]]:
    """An office of some people, and an account file in which all their IDs were typed as numbers."""

    def make(count: int) -> tuple[Opened, IntakeScreen]:
        opened = open_frame()
        opened.frame.go(Place(Room.INTAKE))
        screen = opened.frame.screen_now
        assert isinstance(screen, IntakeScreen)
        people = [[f"H{one}", "上溪村", "1组", name_of(one), "户主", id_number(one)] for one in range(count)]
        desk = opened.office.desk()
        kinds.take(desk, "people", workbook(tmp_path / "户籍.xlsx", ("户籍", [HEAD, *people])), {}, {})
        rows = [
            [name_of(one), "上溪村", float(id_number(one)[:15] + "000"), f"62285800000000{one:05}"]
            for one in range(count)
        ]
        kinds.take(desk, "accounts", workbook(tmp_path / "账户.xlsx", ("账户", [ACCOUNTS, *rows])), {}, {})
        screen.reload()
        screen.tabs.setCurrentWidget(screen.proposals)
        QApplication.processEvents()
        return opened, screen

    return make


Damaged = Callable[[int], tuple[Opened, IntakeScreen]]


def states(opened: Opened) -> list[str]:
    return [row[0] for row in opened.office.store.rows("SELECT state FROM import_proposal ORDER BY id")]


def test_what_differs_is_seen_and_the_rest_is_masked(damaged: Damaged) -> None:
    _, screen = damaged(2)
    page = screen.proposals
    assert page.count.text() == "2 条待定"
    assert "身份证号丢了末几位 2 条" in page.hint.text()
    before, after = (page.table.item(1, column) for column in (4, 5))
    assert before.text() == "330624********" + id_number(1)[14] + "000"
    assert after.text() == "330624********" + id_number(1)[-4:]
    differing = "".join(piece.text for piece in after.data(PIECES) if piece.differs)
    assert differing == "".join(digit for digit in id_number(1)[-3:] if digit != "0")
    assert id_number(1) not in page.runs.currentText() + page.hint.text()


def test_the_keyboard_goes_from_one_to_the_next(damaged: Damaged) -> None:
    opened, screen = damaged(3)
    page = screen.proposals
    assert page.table.hasFocus()
    assert page.table.currentRow() == 0
    QTest.keyClick(page.table, Qt.Key.Key_F9)
    opened.settle()
    assert states(opened) == ["accepted", "open", "open"]
    assert "入库 1 行" in screen.bar.words.text()
    assert (len(page.shown), page.table.currentRow()) == (2, 0)
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    opened.settle()
    assert states(opened) == ["accepted", "open", "declined"]
    assert opened.office.store.value("SELECT count(*) FROM account") == 1
    page.with_decided.setChecked(True)
    assert [page.table.item(row, 0).text() for row in range(3)] == ["已接受", "待定", "不接受"]
    page.table.selectRow(2)
    assert page.chosen == []
    page.accept_chosen()
    assert "请先选中" in screen.bar.words.text()


def test_several_are_asked_about_before_they_come_in(damaged: Damaged) -> None:
    opened, screen = damaged(3)
    page = screen.proposals
    page.table.selectAll()
    page.accept_chosen()
    assert isinstance(page.confirm, QMessageBox)
    (go,) = [button for button in page.confirm.buttons() if button.text() == "接受 3 条"]
    assert page.confirm.defaultButton() is not go
    go.click()
    opened.settle()
    assert states(opened) == ["accepted"] * 3
    assert screen.proposals.count.text() == "没有待定的改正建议"
    assert "都已决定" in screen.proposals.runs.currentText()


def test_all_at_once_only_after_the_last_was_on_the_screen(damaged: Damaged) -> None:
    opened, screen = damaged(MANY)
    page = screen.proposals
    count = len(page.shown)  # a few numbers end in 000 by themselves, or their damage could be two people's
    assert count > MANY - 5
    assert 0 < page.unseen < count
    page.accept_all()
    assert f"还有 {page.unseen} 条没有看过" in screen.bar.words.text()
    assert states(opened) == ["open"] * count
    page.table.scrollToBottom()
    QApplication.processEvents()
    assert page.unseen == 0
    page.accept_all()
    (go,) = [button for button in page.confirm.buttons() if button.text() == f"接受 {count} 条"]
    go.click()
    opened.settle()
    assert set(states(opened)) == {"accepted"}
    assert opened.office.store.value("SELECT count(*) FROM account") == count


def test_without_any_the_page_says_where_they_come_from(open_frame: Callable[..., Opened]) -> None:
    opened = open_frame()
    opened.frame.go(Place(Room.INTAKE, tab="proposals"))
    screen = opened.frame.screen_now
    assert isinstance(screen, IntakeScreen)
    assert screen.tabs.currentWidget() is screen.proposals
    assert screen.proposals.count.text() == "还没有改正建议"
    assert [action.isEnabled() for action in screen.tools()] == [False] * 3
