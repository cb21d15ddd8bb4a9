"""报表 › 上级表样 and 勾稽: a form is added, its wrong tags are named, it is filled; the tie-out shows, saves and prints."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QApplication

from app.desk import Desk
from app.reports.county.queries import forms
from app.reports.use_cases import submit_report
from tests.app.ledger.lived import Lived, live
from tests.app.reports.county.test_county import GOOD, workbook
from tests.ui.conftest import Opened
from tests.ui.screens.answering import acts, answer, press
from ui.routes import Place, Room
from ui.screens.reports.county.tab import CountyTab
from ui.screens.reports.screen import ReportsScreen
from ui.screens.reports.tie_out_tab import TieOutTab


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def opened_at(
    open_frame: Callable[..., Opened], tab: str, name: str = "经办甲", words: str = ""
) -> tuple[Opened, ReportsScreen]:
    opened = open_frame(name, date(2024, 7, 5))
    opened.frame.go(Place(Room.REPORTS, tab=tab, words=words))
    screen = opened.frame.screen_now
    assert isinstance(screen, ReportsScreen)
    opened.settle()
    return opened, screen


def test_a_form_is_added_and_filled(open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path) -> None:
    opened, screen = opened_at(open_frame, "county")
    tab = screen.others["county"]
    assert isinstance(tab, CountyTab)
    assert not acts(opened)["填表"]
    press(opened, "Ctrl+N")
    answer(opened, screen, file=str(workbook(tmp_path, {"A1": "{{镇明}}"}, "错表")))
    assert "是不是“{{镇名}}”" in screen.question.bar.words.text()
    answer(opened, screen, file=str(workbook(tmp_path, GOOD)), name="附表1")
    assert [one.name for one in forms(lived.month.store)] == ["附表1"]
    assert "12 个标签" in screen.bar.words.text()
    assert (tab.form_name, tab.month.currentData()) == ("附表1", "2024-06")
    assert acts(opened)["填表"]
    tab.fill(tmp_path / "填好.xlsx")
    opened.settle()
    assert "已填好" in screen.bar.words.text()
    sheet = openpyxl.load_workbook(tmp_path / "填好.xlsx").active
    assert sheet is not None
    assert sheet["A1"].value == "云溪镇2024年6月发放表"
    tab.save("附表1", tmp_path / "原样.xlsx")
    opened.settle()
    assert (tmp_path / "原样.xlsx").read_bytes() == (tmp_path / "县表.xlsx").read_bytes()
    tab.ask_withdraw()
    answer(opened, screen)
    assert tab.form_name == ""


@pytest.mark.usefixtures("lived")
def test_tags_are_found_and_copied(open_frame: Callable[..., Opened], tmp_path: Path) -> None:
    opened, screen = opened_at(open_frame, "county")
    tab = screen.others["county"]
    assert isinstance(tab, CountyTab)
    every = tab.tags.rowCount()
    tab.wanted.setText("实发金额")
    assert 0 < tab.tags.rowCount() < every
    assert tab.tags.item(0, 0).text() == "{{本月发放金额}}"
    tab.tags.itemDoubleClicked.emit(tab.tags.item(0, 0))
    assert QApplication.clipboard().text() == "{{本月发放金额}}"
    tab.save_tag_list(tmp_path / "标签.xlsx")
    opened.settle()
    assert (tmp_path / "标签.xlsx").exists()


def test_the_tie_out_is_shown_saved_and_printed(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    submit_report(lived.month.later(lived.month.clerk, "2024-07-05"), month="2024-06")
    lived.month.fund(fen=700)  # booked into the month that was sent
    opened, screen = opened_at(open_frame, "tie-out", words="2024-06")
    tab = screen.others["tie-out"]
    assert isinstance(tab, TieOutTab)
    assert tab.found is not None
    assert "全部相符" in tab.verdict.text()
    assert tab.ties.rowCount() == len(tab.found.ties)
    assert tab.changed.rowCount() > 0
    assert "变化 " in tab.pages.tabText(1)
    tab.save(tmp_path / "勾稽.xlsx")
    opened.settle()
    assert openpyxl.load_workbook(tmp_path / "勾稽.xlsx").sheetnames == ["勾稽表", "上报后的变化"]
    press(opened, "Ctrl+P")
    assert "勾稽表" in screen.preview.windowTitle()
    screen.preview.close()
