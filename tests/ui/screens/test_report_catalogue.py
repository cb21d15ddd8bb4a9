"""报表目录: chosen, asked for, looked at masked, and out: as a workbook, on paper, as a PDF."""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.desk import Desk
from app.reports.catalogue.phones import department_phones
from app.reports.catalogue.shelf import entries
from tests.app.ledger.lived import DAY, Lived, live
from tests.app.reports.catalogue.golden import ELSEWHERE
from tests.ui.conftest import Opened
from tests.ui.screens.answering import acts, answer, fill
from ui.routes import Place, Room
from ui.screens.reports.catalogue.tab import CatalogueTab
from ui.screens.reports.screen import ReportsScreen


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def opened_at(
    open_frame: Callable[..., Opened], name: str = "经办甲", words: str = ""
) -> tuple[Opened, CatalogueTab]:
    opened = open_frame(name, date.fromisoformat(DAY))
    opened.frame.go(Place(Room.REPORTS, tab="catalogue", words=words))
    screen = opened.frame.screen_now
    assert isinstance(screen, ReportsScreen)
    opened.settle()
    tab = screen.others["catalogue"]
    assert isinstance(tab, CatalogueTab)
    return opened, tab


def shown(tab: CatalogueTab) -> list[list[str]]:
    rows = tab.view.rows
    return [
        [rows.text(row, column) for column in range(rows.columnCount())] for row in range(rows.rowCount())
    ]


def test_the_first_report_is_there_at_once_and_masked(
    open_frame: Callable[..., Opened], lived: Lived
) -> None:
    _, tab = opened_at(open_frame)
    assert tab.report.name == "roster"
    assert tab.title.text() == "发放清册"
    lines = shown(tab)
    assert lines[0][0] == "上溪村"
    assert all("*" in line[2] for line in lines[1:] if line[0].isdigit())
    assert lines[-1][0].startswith("合计（大写）：")
    assert "共 2 行" in tab.state.text()  # the reissue, the latest batch


def test_every_report_can_be_chosen(open_frame: Callable[..., Opened], lived: Lived) -> None:
    opened, tab = opened_at(open_frame)
    for report in entries():
        assert tab.choose(report.name)
        opened.settle()
        assert tab.report is report
        assert list(tab.form.fields) == [one.name for one in report.parameters]
        if report.name not in ELSEWHERE | {"history"}:  # this one needs a person
            assert tab.sheets, report.name
    assert not tab.choose("没有的")


def test_another_parameter_is_another_sheet(open_frame: Callable[..., Opened], lived: Lived) -> None:
    opened, tab = opened_at(open_frame)
    tab.form.set_value("batch", "2080502-2024-06-01")
    tab.look()
    opened.settle()
    assert "共 5 行" in tab.state.text()
    tab.choose("history")
    opened.settle()
    assert not tab.sheets
    assert "人员" in tab.state.text()
    number = lived.month.store.value("SELECT id_number FROM person ORDER BY id LIMIT 1")
    tab.form.set_value("person", str(number)[-4:])
    tab.look()
    opened.settle()
    assert tab.sheets[0].name == "个人发放史"
    tab.choose("roster")
    opened.settle()
    assert tab.form.values()["batch"] == "2080502-2024-06-01"  # what was chosen is kept


def test_a_place_can_name_a_report(open_frame: Callable[..., Opened], lived: Lived) -> None:
    _, tab = opened_at(open_frame, words="special-account")
    assert tab.report.name == "special-account"


@pytest.mark.parametrize("hide", [False, True])
def test_it_goes_out_whole_unless_told(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path, hide: bool
) -> None:
    opened, tab = opened_at(open_frame)
    tab.masking.setChecked(hide)
    tab.save(tmp_path / "清册.xlsx")
    opened.settle()
    assert "已存到" in tab.bar.words.text()
    sheet = openpyxl.load_workbook(tmp_path / "清册.xlsx", data_only=True).worksheets[0]
    ids = [row[2].value for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert len(ids) == 2
    assert all(("*" in str(one)) == hide for one in ids)
    assert (
        lived.month.store.value("SELECT subject FROM audit_line ORDER BY seq DESC LIMIT 1")
        == "export 发放清册"
    )


def test_a_file_that_cannot_be_written_is_said_and_can_be_tried_again(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    opened, tab = opened_at(open_frame)
    path = tmp_path / "清册.xlsx"
    path.mkdir()
    tab.save(path)
    opened.settle()
    assert "已存到" not in tab.bar.words.text()
    path.rmdir()
    tab.bar.again.click()
    opened.settle()
    assert path.is_file()


def test_on_paper_and_as_a_pdf(open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path) -> None:
    opened, tab = opened_at(open_frame)
    tab.save_pdf(tmp_path / "清册.pdf")
    preview = tab.holder.preview
    opened.qtbot.waitUntil(lambda: (tmp_path / "清册.pdf").exists() and not preview.is_busy, timeout=20_000)
    opened.settle()
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "清册.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "发放清册" in text or "补发清册" in text
    assert "合计" in text
    preview.close()


def test_the_acts_are_those_of_the_tab(open_frame: Callable[..., Opened], lived: Lived) -> None:
    opened, tab = opened_at(open_frame)
    assert {"导出Excel", "打印预览", "存为PDF", "部门电话"} == set(acts(opened))
    screen = tab.holder
    assert isinstance(screen, ReportsScreen)
    screen.show_tab("monthly")
    opened.settle()
    assert "上报" in acts(opened)


def test_an_auditor_sees_and_exports_but_sets_nothing(
    open_frame: Callable[..., Opened], lived: Lived
) -> None:
    opened, _ = opened_at(open_frame, "审计戊")
    assert acts(opened) == {"导出Excel": True, "打印预览": True, "存为PDF": True, "部门电话": False}


def test_the_departments_phones_are_printed_on_the_cards(
    open_frame: Callable[..., Opened], lived: Lived
) -> None:
    opened, tab = opened_at(open_frame, words="card")
    tab.ask_phones()
    fill(tab.holder.question, 民政="12")
    tab.holder.question.take()
    opened.settle()
    assert "无法使用" in tab.holder.question.bar.words.text()
    answer(opened, tab.holder, 民政="0575-86021234")
    assert department_phones(lived.month.store) == {"民政": "0575-86021234"}
    opened.settle()
    tab.look()
    opened.settle()
    assert any("民政　0575-86021234" in cell for line in shown(tab) for cell in line)
