"""导入: a file walks from the drop to the store, findings jump to their rows, a mapping is remembered, a run is undone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QComboBox

from tests.builders import id_number
from tests.sheets import workbook
from tests.ui.conftest import Opened
from ui.routes import Place, Room
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
    assert screen.verdict.text() == "共 4 行：可以入库 3 行，退回 1 行"
    assert screen.findings.model.rowCount() >= 1
    opened.settle()
    assert any(
        "330624195501010000" in screen.around.item(row, 6).text() for row in range(screen.around.rowCount())
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
    assert screen.runs.rows == 1
    assert screen.run_findings.rows >= 1
    screen.ask_undo()
    assert "3 行" in screen.confirm.text()
    screen.confirm.close()
    screen.undo(1, "people")
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
    assert "可以入库 3 行" in screen.verdict.text()

    screen.take()
    opened.settle()

    again = workbook(tmp_path / "二.xlsx", ("户籍", [head, *people_rows(4, surname="阿")]))
    screen.open_file(again)
    opened.settle()
    assert screen.columns_page.missing == []
    assert screen.columns_page.looks[0].remembered


def test_a_number_that_lost_its_digits_is_mended_only_when_accepted(intake: Intake, tmp_path: Path) -> None:
    opened, screen = intake
    screen.open_file(workbook(tmp_path / "户籍.xlsx", ("户籍", [HEAD, *people_rows()])))
    opened.settle()
    screen.check()
    opened.settle()
    screen.take()
    opened.settle()
    number = id_number(1)
    rows: list[list[object]] = [
        ["姓名", "村", "身份证号码", "账号"],
        ["张乙", "上溪村", int(number[:15] + "000"), "6228580000000000018"],
    ]
    screen.kind.setCurrentIndex(screen.kind.findData("accounts"))
    screen.open_file(workbook(tmp_path / "账户.xlsx", ("账户", rows)))
    opened.settle()
    screen.check()
    opened.settle()
    assert "退回 1 行" in screen.verdict.text()
    from ui.screens.intake import kinds

    path = tmp_path / "账户.xlsx"
    kinds.take(opened.office.desk(), "accounts", path, screen.facts(), {})
    screen.reload()
    screen.tabs.setCurrentIndex(1)
    screen.runs.go_to_row(0)
    assert screen.proposals.rowCount() == 1
    assert number not in screen.proposals.item(0, 5).text()
    screen.below.setCurrentIndex(1)
    screen.proposals.selectRow(0)
    screen.accept_chosen()
    assert "接受 1 条" in [button.text() for button in screen.confirm.buttons()]
    screen.confirm.close()
    screen.accept_proposals(2, "accounts", [1], None)
    opened.settle()
    assert "入库 1 行" in screen.bar.words.text()
    assert opened.office.store.value("SELECT count(*) FROM account") == 1


def test_a_file_that_is_no_workbook_is_said_quietly(intake: Intake, tmp_path: Path) -> None:
    opened, screen = intake
    path = tmp_path / "照片.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 not a workbook")
    screen.open_file(path)
    opened.settle()
    assert not screen.bar.isHidden()
    assert screen.bar.words.text().endswith("。")


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
