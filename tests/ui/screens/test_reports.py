"""报表: previewed, checked, reported, sent back, reported again, confirmed; the file as sent stays as sent."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.desk import Desk
from app.reports.figures import monthly_figures, state_of
from app.reports.queries import month_to_report, report_lines, reports
from app.reports.use_cases import submit_report
from app.workbook.reading import open_workbook
from models.domain.flows.report_flow import ReportState
from models.domain.money import Fen, yuan_text
from tests.app.ledger.lived import DAY, Lived, live
from tests.ui.conftest import Opened
from tests.ui.screens.answering import acts, answer, press
from ui.routes import Place, Room
from ui.screens.reports.screen import ReportsScreen

MONTH = "2024-06"


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def opened_at(
    open_frame: Callable[..., Opened], name: str = "经办甲", words: str = ""
) -> tuple[Opened, ReportsScreen]:
    opened = open_frame(name, date.fromisoformat(DAY))
    opened.frame.go(Place(Room.REPORTS, words=words))
    screen = opened.frame.screen_now
    assert isinstance(screen, ReportsScreen)
    opened.settle()
    return opened, screen


def test_the_preview_is_the_return(open_frame: Callable[..., Opened], lived: Lived) -> None:
    _, screen = opened_at(open_frame)
    found = monthly_figures(lived.month.store, MONTH)
    assert screen.month == MONTH == month_to_report(lived.month.store)
    rows = screen.page.printed_rows()
    assert len(rows) == len(report_lines(found)) == 2 * (len(found.rows) + len(found.departments) + 1)
    assert rows[-2][1:3] == ["合计", "本月"]
    assert yuan_text(Fen(found.month_total.paid_fen)) in rows[-2]
    assert screen.page.checks.rowCount() > 0
    assert "全部相符" in screen.page.verdict.text()
    assert screen.page.differences.rowCount() == 0


def test_reported_sent_back_reported_again_and_confirmed(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    store = lived.month.store
    opened, screen = opened_at(open_frame)
    assert not acts(opened)["上级已确认"]
    press(opened, "F9")
    answer(opened, screen)
    assert state_of(store, MONTH) is ReportState.REPORTED
    assert "已上报" in screen.bar.words.text()
    assert not acts(opened)["上报"]
    screen.save_sent(MONTH, tmp_path / "sent.xlsx")
    opened.settle()
    assert hashlib.sha256((tmp_path / "sent.xlsx").read_bytes()).hexdigest() == reports(store)[-1].file_sha256

    other, theirs = opened_at(open_frame, "复核丙")
    theirs.ask_send_back()
    theirs.question.take()
    assert "请填写" in theirs.question.bar.words.text()
    answer(other, theirs, reason="文号有误")
    assert state_of(store, MONTH) is ReportState.SENT_BACK
    assert any("文号有误" in step.name for step in theirs.page.steps.steps)

    screen.reload()
    opened.settle()
    press(opened, "F9")
    answer(opened, screen)
    theirs.reload()
    other.settle()
    theirs.ask_confirm()
    answer(other, theirs)
    assert state_of(store, MONTH) is ReportState.CONFIRMED


def test_what_changed_since_is_shown(open_frame: Callable[..., Opened], lived: Lived) -> None:
    clerk = lived.month.later(lived.month.clerk, DAY)
    submit_report(clerk, month=MONTH)
    lived.month.fund(fen=700)
    _, screen = opened_at(open_frame, words=MONTH)
    assert screen.page.differences.rowCount() > 0
    assert "变化 " in screen.page.tabs.tabText(3)


@pytest.mark.usefixtures("lived")
def test_the_workbook_is_saved_and_a_folder_that_is_none_says_so(
    open_frame: Callable[..., Opened], tmp_path: Path
) -> None:
    opened, screen = opened_at(open_frame)
    screen.save(MONTH, tmp_path / "r.xlsx")
    opened.settle()
    assert [sheet.name for sheet in open_workbook(tmp_path / "r.xlsx").sheets] == [
        "月报",
        "指标明细",
        "核对",
        "勾稽表",
    ]
    (tmp_path / "nowhere").write_bytes(b"no folder")
    screen.save(MONTH, tmp_path / "nowhere" / "r.xlsx")
    opened.settle()
    assert screen.bar.again.isVisible()
    (tmp_path / "nowhere").unlink()
    screen.bar.again.click()
    opened.settle()
    assert (tmp_path / "nowhere" / "r.xlsx").exists()


def test_an_opening_form_is_written_and_an_empty_one_refused(
    open_frame: Callable[..., Opened], tmp_path: Path
) -> None:
    opened, screen = opened_at(open_frame)
    assert "还没有可以上报的月份" in screen.page.title.text()
    assert not acts(opened)["上报"]
    form = tmp_path / "form.xlsx"
    screen.save_opening_form(form)
    opened.settle()
    screen.ask_opening()
    answer(opened, screen, file=str(form), month=MONTH)
    assert "没有填写任何数字" in screen.question.bar.words.text()
    assert screen.question.values()["file"] == str(form)


@pytest.mark.usefixtures("lived")
def test_the_return_is_previewed_on_paper(open_frame: Callable[..., Opened]) -> None:
    opened, screen = opened_at(open_frame)
    press(opened, "Ctrl+P")
    assert MONTH in screen.preview.windowTitle()
    screen.preview.close()


@pytest.mark.usefixtures("lived")
def test_an_auditor_reports_nothing(open_frame: Callable[..., Opened]) -> None:
    opened, _ = opened_at(open_frame, "审计戊")
    assert {words for words, enabled in acts(opened).items() if enabled} == {"保存月报", "打印"}


def test_the_list_of_months_cuts_nothing_when_the_text_grows(
    open_frame: Callable[..., Opened], lived: Lived
) -> None:
    opened, screen = opened_at(open_frame)
    screen.ask_submit()
    answer(opened, screen)
    try:
        opened.frame.set_text_size(3)
        opened.settle()
        months = screen.months
        for column in range(months.columnCount()):
            need = months.fontMetrics().horizontalAdvance(months.item(0, column).text())
            assert months.columnWidth(column) > need
        assert months.viewport().width() >= months.horizontalHeader().length()
        assert months.rowHeight(0) > months.fontMetrics().height()
    finally:
        opened.frame.set_text_size(0)
