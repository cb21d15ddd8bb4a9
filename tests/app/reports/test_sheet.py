"""The workbook of a monthly return: its stored values are the figures, and LibreOffice computes the same."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from app.access.use_cases import add_operator
from app.desk import Desk
from app.reports.figures import monthly_figures
from app.reports.monthly_return import checks_of
from app.reports.queries import sent_file
from app.reports.sheet import write_monthly
from app.reports.use_cases import submit_report
from models.domain.flows.report_flow import ReportState
from models.domain.permission import Post
from tests.app.batches.months import LAND
from tests.app.ledger.lived import live
from tests.conftest import PASSWORD
from tests.office import recalculated

CREATED = datetime(2024, 7, 1, 9, 0, 0)


@pytest.fixture
def path(admin: Desk, tmp_path: Path) -> Path:
    """June of two departments."""
    lived = live(admin, tmp_path)
    lived.month.policy(LAND)
    lived.month.fund(LAND, fen=123_456)
    path = tmp_path / "月报.xlsx"
    write_monthly(path, monthly_figures(admin.store, "2024-06"), created=CREATED)
    return path


def cells(book: openpyxl.Workbook) -> dict[tuple[str, str], object]:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


@pytest.mark.office
def test_libreoffice_computes_what_is_stored(path: Path) -> None:
    stored, formulas = (
        cells(openpyxl.load_workbook(path, data_only=True)),
        cells(openpyxl.load_workbook(path)),
    )
    again = cells(recalculated(path))
    live_cells = [
        place for place, value in formulas.items() if isinstance(value, str) and value.startswith("=")
    ]
    assert len(live_cells) > 150
    for place in live_cells:
        value, computed = stored[place], again[place]
        if isinstance(value, str):
            assert computed == value, place
        else:
            assert round(float(str(computed)) * 100) == round(float(str(value)) * 100), place


def test_two_levels_of_heading_departments_and_totals(path: Path) -> None:
    sheet = openpyxl.load_workbook(path, data_only=True)["月报"]
    assert [sheet["A1"].value, sheet["A2"].value] == [
        "云溪镇惠民惠农补贴资金发放月报（2024年6月）",
        "填报单位：云溪镇财政所    状态：未上报",
    ]
    assert [cell.value for cell in sheet[3]][6:13] == ["口径", "资金到位", None, "应发", None, None, "实发"]
    assert [cell.value for cell in sheet[4]][7:13] == ["应到位", "已到位", "户", "人", "金额", "户"]
    labels = [(row[1].value, row[3].value, row[6].value) for row in sheet.iter_rows(min_row=5, max_row=14)]
    # a program's name stands once over its two rows
    assert labels == [
        ("农业农村", "耕地地力保护补贴", "本月"), ("农业农村", None, "累计"),
        ("农业农村", "农业农村 小计", "本月"), ("农业农村", "农业农村 小计", "累计"),
        ("民政", "高龄津贴", "本月"), ("民政", None, "累计"),
        ("民政", "民政 小计", "本月"), ("民政", "民政 小计", "累计"),
        ("合计", "合计", "本月"), ("合计", "合计", "累计"),
    ]  # fmt: skip
    totals = [cell.value for cell in sheet[14]][7:20]
    assert totals == [1634.56, 1634.56, 5, 5, 250, 4, 4, 190, 3, 150, 2, 100, 1444.56]
    assert [cell.value for cell in sheet[13]][19] is None  # 结余 is a 累计 figure
    assert "签" not in str(sheet["A15"].value)
    assert "审计链校验码：" in str(sheet["A16"].value)
    assert [cell.value for cell in sheet[18] if cell.value] == [
        "单位负责人：",
        "财政所长：",
        "审核：",
        "制表：",
        "填报日期：",
    ]


def test_it_prints_on_a4_across_with_headings_and_page_numbers(path: Path) -> None:
    for sheet in openpyxl.load_workbook(path).worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.oddFooter is not None
        assert "第 &P 页 共 &N 页" in str(sheet.oddFooter.center.text)
        assert sheet.print_title_rows is not None
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_the_check_sheet_says_passed_by_formula(path: Path) -> None:
    formulas, values = (openpyxl.load_workbook(path, data_only=only)["核对"] for only in (False, True))
    rows = [row for row in values.iter_rows(min_row=4) if isinstance(row[0].value, (int, float))]
    assert len(rows) == 22
    assert {row[6].value for row in rows} == {"通过"}
    assert formulas["G4"].value == '=IF(F4=0,"通过","不符")'
    assert str(values["A2"].value) == "共 22 项，全部通过"


def test_the_same_figures_give_the_same_bytes(path: Path, admin: Desk, tmp_path: Path) -> None:
    figures = monthly_figures(admin.store, "2024-06")
    write_monthly(tmp_path / "again.xlsx", figures, created=CREATED)
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
    write_monthly(tmp_path / "sent.xlsx", figures, created=CREATED, state=ReportState.REPORTED)
    sheet = openpyxl.load_workbook(tmp_path / "sent.xlsx")["月报"]
    assert str(sheet["A2"].value).endswith("已上报")


def test_an_office_of_several_posts_says_so_on_its_return(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    add_operator(admin, name="身兼", posts=[Post.CLERK, Post.REVIEWER], password=PASSWORD)
    submit_report(lived.month.later(lived.month.clerk, "2024-07-01"), month="2024-06")
    name, sha256 = sent_file(admin.store, "2024-06")
    sent = tmp_path / name
    sent.write_bytes(admin.store.files.read(sha256, name))
    below = [str(row[0].value) for row in openpyxl.load_workbook(sent)["月报"].iter_rows(max_col=1)]
    assert "本办公点人员兼岗：身兼（经办、复核）；同一批次仍由三人分别编制、复核、审批。" in below


def test_a_month_of_nothing_is_a_return_too(admin: Desk, tmp_path: Path) -> None:
    figures = monthly_figures(admin.store, "2024-06")
    write_monthly(tmp_path / "nil.xlsx", figures, created=CREATED)
    sheet = openpyxl.load_workbook(tmp_path / "nil.xlsx", data_only=True)["月报"]
    assert (sheet["D5"].value, sheet["H5"].value) == ("合计", 0)
    assert all(check.passed for check in checks_of(figures))


def test_a_figure_that_disagrees_stands_as_such(admin: Desk, tmp_path: Path) -> None:
    store = live(admin, tmp_path).month.store
    with store.writing():
        store.execute("UPDATE month_tally SET fen = fen + 1 WHERE event = 'owed'")
    write_monthly(tmp_path / "off.xlsx", monthly_figures(store, "2024-06"), created=CREATED)
    sheet = openpyxl.load_workbook(tmp_path / "off.xlsx", data_only=True)["核对"]
    assert [row[6].value for row in sheet.iter_rows(min_row=4)].count("不符") == 1
    assert "1 项不符" in str(sheet["A2"].value)
