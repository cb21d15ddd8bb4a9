"""A bank's layout is learned in the window: columns are pointed at on the example, its words are explained, a no loses nothing."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox

from app.bankfiles.profiles import profiles
from app.desk import Desk
from tests.app.bankfiles.banks import CARDS, HILLS, REEDS, Rows
from tests.ui.conftest import Opened
from tests.ui.screens.answering import answer
from tests.ui.screens.test_system import opened_at, page_of
from ui.screens.system.learn_dialog import LearnDialog
from ui.screens.system.profiles_page import ProfilesPage


def pick(choice: object, value: str) -> None:
    """Choose as a hand does."""
    assert isinstance(choice, QComboBox)
    assert choice.isEnabled()
    choice.setCurrentIndex(choice.findData(value))
    choice.activated.emit(choice.currentIndex())


def point(dialog: LearnDialog, **places: int) -> None:
    for what, place in places.items():
        pick(dialog.grid.cellWidget(0, place), what)


def learn(opened: Opened, dialog: LearnDialog) -> None:
    dialog.learn_button.click()
    opened.settle()


def test_an_answer_is_learned(open_frame: Callable[..., Opened], admin: Desk, tmp_path: Path) -> None:
    opened, screen = opened_at(open_frame, "profiles", "经办甲")
    page = page_of(screen, ProfilesPage)
    page.open_example(HILLS.write(tmp_path / "a.xlsx", HILLS.back))
    opened.settle()
    dialog = page.dialog
    assert dialog.heading_row.value() == 2
    assert dialog.held == {0: "name", 1: "account", 2: "amount"}
    assert not dialog.words_side.isVisible()
    point(dialog, reason=4, status=3)
    assert dialog.words_side.isVisible()
    assert {word: choice.currentData() for word, choice in dialog.meanings.items()} == {
        "0000": "success",
        "E201": "",
    }
    dialog.name.setCurrentText(HILLS.name)
    learn(opened, dialog)
    assert "“E201”" in dialog.bar.words.text()
    assert dialog.held[4] == "reason"
    pick(dialog.meanings["E201"], "failure")
    learn(opened, dialog)
    known = profiles(admin.store)[HILLS.name]
    assert (list(known.answer.success), list(known.answer.failure)) == (["0000"], ["E201"])
    assert not known.columns
    assert "2 行都核对过，合计 102.50 元。报盘还没有学" in screen.bar.words.text()
    assert page.chosen is not None
    assert page.chosen.name == HILLS.name
    page.ask_forget()
    answer(opened, screen)
    assert HILLS.name not in profiles(admin.store)


def test_a_column_of_serials_is_no_result(
    open_frame: Callable[..., Opened], admin: Desk, tmp_path: Path
) -> None:
    rows: Rows = [
        ["户名", "账号", "金额", "流水号", "处理结果"],
        *(["张三", CARDS[0], 1.5, f"LS{one}", "成功"] for one in range(70)),
    ]
    opened, screen = opened_at(open_frame, "profiles", "经办甲")
    page = page_of(screen, ProfilesPage)
    page.open_example(HILLS.write(tmp_path / "a.xlsx", rows))
    opened.settle()
    dialog = page.dialog
    point(dialog, status=3)
    assert not dialog.meanings
    assert dialog.words.rowCount() == 0
    assert "这一列有 70 种字样，不像处理结果" in dialog.words.nothing.text()
    dialog.name.setCurrentText(HILLS.name)
    learn(opened, dialog)
    assert "这一列有 70 种字样" in dialog.bar.words.text()
    point(dialog, status=4)
    assert list(dialog.meanings) == ["成功"]
    assert not dialog.words.nothing.isVisible()
    assert dialog.held[4] == "status"
    learn(opened, dialog)
    assert HILLS.name in profiles(admin.store)


def test_a_file_to_the_bank_is_learned(
    open_frame: Callable[..., Opened], admin: Desk, tmp_path: Path
) -> None:
    opened, screen = opened_at(open_frame, "profiles", "经办甲")
    page = page_of(screen, ProfilesPage)
    page.open_example(REEDS.write(tmp_path / "a.txt", REEDS.out))
    opened.settle()
    dialog = page.dialog
    point(dialog, constant=3, amount=4)
    assert dialog.unit.currentData() == "fen"  # the heading says 分
    point(dialog, name=2)  # one meaning is one column's
    assert 1 not in dialog.held
    point(dialog, name=1, account=2)
    dialog.most_bytes.setValue(12)
    dialog.name.setCurrentText(REEDS.name)
    learn(opened, dialog)
    remark = profiles(admin.store)[REEDS.name].column("remark")
    assert remark is not None
    assert remark.most_bytes == 12
    page.list.setCurrentRow(1)
    page.ask_forget()
    assert "自带的" in screen.bar.words.text()
