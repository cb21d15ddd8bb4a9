"""导入: a file walks from the drop to the store, findings jump to their rows, a mapping is remembered, a run is undone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QComboBox

from tests.builders import id_number
from tests.corpus.offices import book
from tests.sheets import workbook
from tests.ui.conftest import Opened
from ui.routes import Place, Room
from ui.screens.intake import kinds
from ui.screens.intake.screen import IntakeScreen

HEAD = ["户编号", "村", "组", "姓名", "与户主关系", "身份证号码"]


def people_rows(count: int = 3, surname: str = "张") -> list[list[object]]:
    return [
        [f"H{one}", "上溪村", "1组", surname + "甲乙丙丁"[one], "户主", id_number(one)]
        for one in range(count)
    ]


@pytest.fixture
def intake(open_frame: Callable[..., Opened]) -> tuple[Opened, IntakeScreen]:
    opened = open_frame()
    opened.frame.go(Place(Room.INTAKE))
    screen = opened.frame.screen_now
    assert isinstance(screen, IntakeScreen)
    return opened, screen


Intake = tuple[Opened, IntakeScreen]


def test_a_dropped_workbook_goes_all_the_way_and_back(intake: Intake, tmp_path: Path) -> None:
    opened, screen = intake
    rows = people_rows()
    rows.append(["H9", "没有的村", "1组", "李四", "户主", "330624195501010000"])
    path = workbook(tmp_path / "户籍.xlsx", ("户籍", [HEAD, *rows]))
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, files, Qt.MouseButton.LeftButton, none)
    screen.drop.dropEvent(event)
    opened.settle()
    assert screen.pages.currentIndex() == 1
    assert not screen.columns_page.missing

    screen.check()
    opened.settle()
    assert screen.result.verdict.text() == "共 4 行：可以入库 3 行，退回 1 行"
    assert screen.result.findings.model.rowCount() >= 1
    opened.settle()
    assert any(
        "330624195501010000" in screen.result.around.item(row, 6).text()
        for row in range(screen.result.around.rowCount())
    )
    store = opened.office.store
    assert store.value("SELECT count(*) FROM person") == 0  # checking wrote nothing
    assert screen.may_leave()

    screen.ask_take()
    assert "入库 3 行" in screen.confirm.text()
    screen.confirm.close()
    screen.take()
    opened.settle()
    assert store.value("SELECT count(*) FROM person") == 3
    assert "入库 3 行" in screen.bar.words.text()
    assert not screen.may_leave()

    marked = tmp_path / "回单.xlsx"
    screen.write_marked(marked)
    opened.settle()
    assert marked.exists(), screen.bar.words.text()

    screen.tabs.setCurrentIndex(1)
    assert screen.history.runs.rows == 1
    assert screen.history.findings.rows >= 1
    screen.history.ask_undo()
    assert "3 行" in screen.history.confirm.text()
    screen.history.confirm.close()
    screen.history.undo(1, "people")
    opened.settle()
    assert store.value("SELECT count(*) FROM person") == 0
    assert "已整体撤销" in screen.bar.words.text()


def test_a_column_chosen_by_hand_is_remembered(intake: Intake, tmp_path: Path) -> None:
    opened, screen = intake
    head = [*HEAD[:3], "阿猫阿狗", *HEAD[4:]]
    # no surname: neither the heading nor what stands under it says that these are names
    path = workbook(tmp_path / "一.xlsx", ("户籍", [head, *people_rows(surname="阿")]))
    screen.open_file(path)
    opened.settle()
    assert screen.columns_page.missing == ["姓名"]
    screen.check()
    assert "还缺“姓名”" in screen.bar.words.text()
    choice = screen.columns_page.grid.cellWidget(0, 3)
    assert isinstance(choice, QComboBox)
    choice.setCurrentIndex(choice.findData("name"))
    choice.activated.emit(choice.currentIndex())
    opened.settle()
    assert screen.columns_page.missing == []
    screen.check()
    opened.settle()
    assert "可以入库 3 行" in screen.result.verdict.text()

    screen.take()
    opened.settle()

    again = workbook(tmp_path / "二.xlsx", ("户籍", [head, *people_rows(4, surname="阿")]))
    screen.open_file(again)
    opened.settle()
    assert screen.columns_page.missing == []
    assert screen.columns_page.looks[0].remembered


def test_a_file_that_is_no_workbook_is_said_quietly(intake: Intake, tmp_path: Path) -> None:
    opened, screen = intake
    path = tmp_path / "照片.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 not a workbook")
    screen.open_file(path)
    opened.settle()
    assert not screen.bar.isHidden()
    assert screen.bar.words.text().endswith("。")


def test_a_step_back_forgets_the_check_and_keeps_the_file(intake: Intake, tmp_path: Path) -> None:
    """What was checked as one kind must not be taken in as another that nobody checked."""
    opened, screen = intake
    screen.open_file(workbook(tmp_path / "户籍.xlsx", ("户籍", [HEAD, *people_rows()])))
    opened.settle()
    screen.check()
    opened.settle()
    assert next(tool for tool in screen.tools() if "入库" in tool.text()).isEnabled()
    assert screen.back()
    assert not next(tool for tool in screen.tools() if "入库" in tool.text()).isEnabled()
    assert screen.back()
    assert "户籍.xlsx" in screen.bar.words.text()
    screen.kind.setCurrentIndex(screen.kind.findData("accounts"))
    screen.ask_take()
    assert "先按 F8" in screen.bar.words.text()
    screen.check()  # forward again, its columns read as accounts
    opened.settle()
    assert screen.pages.currentIndex() == 1
    screen.check()
    assert "还缺" in screen.bar.words.text()


def test_the_same_file_twice_is_refused_with_its_run(intake: Intake, tmp_path: Path) -> None:
    opened, screen = intake
    path = workbook(tmp_path / "户籍.xlsx", ("户籍", [HEAD, *people_rows()]))
    for _ in range(2):
        screen.open_file(path)
        opened.settle()
        screen.check()
        opened.settle()
        if screen.checked is not None:
            screen.take()
            opened.settle()
    assert "已经导入过" in screen.bar.words.text()


def test_each_kind_asks_for_what_it_needs(intake: Intake) -> None:
    _, screen = intake

    def asked(kind: str) -> list[bool]:
        screen.kind.setCurrentIndex(screen.kind.findData(kind))
        fields = (screen.list_kind, screen.program, screen.period, screen.until)
        return [screen.form.isRowVisible(field) for field in fields]

    assert asked("people") == [False, False, False, False]
    assert asked("list") == [True, False, False, False]
    assert asked("roster") == [False, True, True, False]
    assert asked("survival") == [False, True, False, True]


def test_the_reviewer_may_look_only(open_frame: Callable[..., Opened]) -> None:
    opened = open_frame("复核丙")
    opened.frame.go(Place(Room.INTAKE))
    assert not any(action.isEnabled() for action in opened.frame.tools.actions())


def test_what_is_hidden_or_struck_out_is_said_and_asked(intake: Intake, tmp_path: Path) -> None:
    opened, screen = intake
    path = tmp_path / "户籍.xlsx"
    path.write_bytes(book([HEAD, *people_rows()], hidden_rows=[3], struck=[4])())
    screen.open_file(path)
    opened.settle()
    screen.check()
    opened.settle()
    asked = screen.result.to_confirm
    assert asked.isVisible()
    assert asked.height() >= asked.heightForWidth(asked.width())  # nothing of it is cut
    said = asked.text().split("\n")
    assert len(said) == 2
    assert "第 3 行" in said[0]
    assert "第 4 行" in said[1]
    screen.ask_take()
    assert all(sentence in screen.confirm.text() for sentence in said)
    assert screen.confirm.defaultButton().text() == "再看看"
    assert "已确认，入库 3 行" in [button.text() for button in screen.confirm.buttons()]
    screen.confirm.close()


def test_what_an_update_changes_is_shown_field_by_field_before_it_is_written(
    intake: Intake, tmp_path: Path
) -> None:
    opened, screen = intake
    head, rows = [*HEAD, "联系电话", "备注"], people_rows()
    path = workbook(tmp_path / "一.xlsx", ("户籍", [head, *[[*row, "13800001234", "低保"] for row in rows]]))
    kinds.take(opened.office.desk(), "people", path, {}, {})
    later = [[*rows[0], "13900001234", None], [*rows[1], None, "五保"], [*rows[2], "13800001234", "低保"]]
    screen.open_file(workbook(tmp_path / "二.xlsx", ("户籍", [head, *later])))
    opened.settle()
    screen.check()
    opened.settle()
    changes = screen.result.changes
    shown = [
        [changes.item(row, column).text() for column in (0, 2, 3, 4)] for row in range(changes.rowCount())
    ]
    assert shown == [
        ["张甲", "联系电话", "138******34", "139******34"],
        ["张乙", "备注", "低保", "五保"],
    ]
    assert screen.result.tabs.tabText(1) == "改动 2 处"
    assert id_number(0) not in changes.item(0, 1).text()
    assert not screen.result.asked.isVisible()
    assert opened.office.store.value("SELECT count(*) FROM person WHERE phone = '13900001234'") == 0
