"""A return on its way: opening figures, the order of months, submission, confirmation, sending back."""

import io
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest

from app.desk import Desk
from app.funds.use_cases import open_allotment
from app.reports.figures import monthly_figures
from app.reports.monthly_return import Figures
from app.reports.opening import (
    HEADINGS,
    NotOpeningForm,
    OpeningCellWrong,
    OpeningEmpty,
    OpeningRowTwice,
    write_opening_form,
)
from app.reports.queries import Difference, differences, reports
from app.reports.use_cases import (
    MonthNotBegun,
    OpeningIsFixed,
    OpeningNotGiven,
    OpeningTooLate,
    PriorMonthNotReported,
    SendBackReasonMissing,
    confirm_report,
    send_back_report,
    set_opening,
    submit_report,
)
from app.returns.use_cases import bounce_payment
from models.domain.flows.roads import NoRoad
from models.domain.money import Fen
from models.domain.permission import NotPermitted
from tests.app.batches.months import AGED, Month
from tests.app.ledger.lived import Lived, live
from tests.conftest import NOW
from tests.faults import each_statement_failing


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def clerk(lived: Lived, day: str = "2024-07-01") -> Desk:
    return lived.month.later(lived.month.clerk, day)


def reviewer(lived: Lived, day: str = "2024-07-01") -> Desk:
    return lived.month.later(lived.month.reviewer, day)


def test_a_month_is_reported_confirmed_and_its_file_kept(lived: Lived) -> None:
    store = lived.month.store
    assert [(one.month, one.state_name) for one in reports(store)] == [("2024-06", "未上报")]
    answer = submit_report(clerk(lived), month="2024-06").answer
    assert (answer["state"], answer["paid_fen"], answer["balance_fen"], answer["checks_failed"]) == (
        "reported", 19_000, 21_000, [],
    )  # fmt: skip
    kept = openpyxl.load_workbook(io.BytesIO(store.files.read(str(answer["sha256"]))))["月报"]
    assert str(kept["A2"].value).endswith("已上报")
    assert monthly_figures(store, "2024-06").state == "reported"
    assert confirm_report(reviewer(lived), month="2024-06").answer["state"] == "confirmed"
    assert [(one.state_name, one.changed_on) for one in reports(store)] == [("已确认", "2024-07-01")]


def test_a_month_is_reported_once_unless_it_is_sent_back(lived: Lived) -> None:
    with pytest.raises(NoRoad, match="未上报"):
        send_back_report(reviewer(lived), month="2024-06", reason="有误")
    submit_report(clerk(lived), month="2024-06")
    with pytest.raises(NoRoad, match="已上报"):
        submit_report(clerk(lived), month="2024-06")
    with pytest.raises(SendBackReasonMissing, match="写明原因"):
        send_back_report(reviewer(lived), month="2024-06", reason=" ")
    send_back_report(reviewer(lived), month="2024-06", reason="户数不符")
    assert [(one.state_name, one.reason) for one in reports(lived.month.store)] == [("已退回", "户数不符")]
    submit_report(clerk(lived), month="2024-06")
    assert [(one.state_name, one.reason) for one in reports(lived.month.store)] == [("已上报", "")]
    confirm_report(reviewer(lived), month="2024-06")
    with pytest.raises(NoRoad, match="没有下一步"):
        send_back_report(reviewer(lived), month="2024-06", reason="再看")


def test_the_month_before_comes_first(lived: Lived) -> None:
    bounce_payment(clerk(lived), payment_id=lived.month.payment(lived.first, 4), reason="账户已销户")
    with pytest.raises(PriorMonthNotReported, match="2024-06的月报现在是“未上报”，要先上报 2024-06"):
        submit_report(clerk(lived), month="2024-07")
    submit_report(clerk(lived), month="2024-06")
    submit_report(clerk(lived, "2024-09-01"), month="2024-07")
    submit_report(clerk(lived, "2024-09-01"), month="2024-09")  # nothing happened in August
    send_back_report(reviewer(lived, "2024-10-01"), month="2024-09", reason="有误")
    with pytest.raises(PriorMonthNotReported, match="已退回"):
        submit_report(clerk(lived, "2024-10-01"), month="2024-10")


def test_a_month_to_come_is_refused(lived: Lived) -> None:
    with pytest.raises(MonthNotBegun, match="还没有开始"):
        submit_report(clerk(lived, "2024-06-30"), month="2024-07")


def test_posts_are_kept_apart(lived: Lived) -> None:
    with pytest.raises(NotPermitted):
        submit_report(reviewer(lived), month="2024-06")
    submit_report(clerk(lived), month="2024-06")
    with pytest.raises(NotPermitted):
        confirm_report(clerk(lived), month="2024-06")


def test_what_changed_after_reporting_is_shown(lived: Lived) -> None:
    store = lived.month.store
    assert differences(store, "2024-06") == []
    submit_report(clerk(lived, "2024-06-30"), month="2024-06")
    assert differences(store, "2024-06") == []
    bounce_payment(
        clerk(lived, "2024-06-30"), payment_id=lived.month.payment(lived.first, 4), reason="账户已销户"
    )
    found = differences(store, "2024-06")
    assert Difference(AGED, "高龄津贴", "month", "paid_fen", 19_000, 14_000) in found
    assert {one.field for one in found} == {
        "paid_households", "paid_people", "paid_fen", "failed_payments", "failed_fen",
    }  # fmt: skip


# -- opening figures ------------------------------------------------------------------------------------------


def form(desk: Desk, folder: Path, *lines: tuple[str, dict[str, object]], heading: str = "") -> Path:
    """The form as the clerk gives it back: our own empty form with some cells filled."""
    path = folder / "期初数.xlsx"
    write_opening_form(desk.store, path, created=NOW)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: int(cell.column or 0) for cell in sheet[3]}
    rows = {row[0].value: int(row[0].row or 0) for row in sheet.iter_rows(min_row=4)}
    for number, (code, values) in enumerate(lines):
        row = (
            rows[code]
            if number == 0 or code not in {line[0] for line in lines[:number]}
            else sheet.max_row + 1
        )
        sheet.cell(row, 1, code)
        for field, value in values.items():
            sheet.cell(row, columns[HEADINGS[field]]).value = cast(Any, value)
    if heading:
        sheet.cell(3, columns[heading], "别的")
    book.save(path)
    return path


OPENING = {
    "should_fen": 1000,
    "received_fen": 900.5,
    "owed_households": 8,
    "owed_fen": 800,
    "paid_fen": "700.25",
    "paid_people": "7",
}


def test_the_first_month_goes_on_from_the_opening_figures(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived, "2024-06-25")
    done = set_opening(desk, path=form(desk, tmp_path, (AGED, OPENING)), month="2024-06").answer
    assert done == {"month": "2024-06", "programs": 1, "received_fen": 90_050, "paid_fen": 70_025}
    (row,) = monthly_figures(desk.store, "2024-06").rows
    opening = Figures(100_000, 90_050, 8, 0, 80_000, 0, 7, 70_025, 0, 0, 0, 0)
    assert (row.before, row.year) == (opening, opening + row.month)
    set_opening(
        desk, path=form(desk, tmp_path, (AGED, {"paid_fen": 1})), month="2024-06"
    )  # given again: replaced
    assert monthly_figures(desk.store, "2024-06").rows[0].before == Figures(paid_fen=100)
    assert monthly_figures(desk.store, "2025-06").rows == ()
    assert submit_report(desk, month="2024-06").answer["checks_failed"] == []
    with pytest.raises(OpeningIsFixed, match="2024-06"):
        set_opening(desk, path=form(desk, tmp_path, (AGED, OPENING)), month="2024-06")


def test_the_opening_is_before_the_first_payment(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    with pytest.raises(OpeningTooLate, match="2024-06"):
        set_opening(desk, path=form(desk, tmp_path, (AGED, OPENING)), month="2024-07")


def test_opening_allotments_ask_for_opening_figures(admin: Desk, tmp_path: Path) -> None:
    month = Month(admin)
    open_allotment(
        month.clerk,
        program=AGED,
        document="新财〔2024〕9号",
        allotted=Fen(9_000),
        received=Fen(9_000),
        used=Fen(3_000),
    )
    with pytest.raises(OpeningNotGiven, match="高龄津贴"):
        submit_report(month.clerk, month="2024-06")
    set_opening(
        month.clerk,
        path=form(month.clerk, tmp_path, (AGED, {"should_fen": 90, "received_fen": 90, "paid_fen": 30})),
        month="2024-06",
    )
    answer = submit_report(month.clerk, month="2024-06").answer
    assert (answer["balance_fen"], answer["checks_failed"]) == (6_000, [])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"paid_fen": 1.005}, "小数"),
        ({"paid_fen": "五元"}, "不是金额"),
        ({"paid_fen": -1}, "不能小于 0"),
        ({"paid_people": 1.5}, "应为整数"),
    ],
)
def test_a_wrong_cell_is_named(admin: Desk, tmp_path: Path, values: dict[str, object], said: str) -> None:
    month = Month(admin)
    with pytest.raises(OpeningCellWrong, match=f"第 4 行“实发.*{said}"):
        set_opening(month.clerk, path=form(month.clerk, tmp_path, (AGED, values)), month="2024-06")
    assert month.store.value("SELECT count(*) FROM opening_figure") == 0


def test_what_is_no_form_is_refused(admin: Desk, tmp_path: Path) -> None:
    desk = Month(admin).clerk
    with pytest.raises(OpeningEmpty):
        set_opening(desk, path=form(desk, tmp_path), month="2024-06")
    with pytest.raises(OpeningRowTwice, match="第 4 行已经填过"):
        set_opening(desk, path=form(desk, tmp_path, (AGED, OPENING), (AGED, OPENING)), month="2024-06")
    with pytest.raises(NotOpeningForm, match="实发金额"):
        set_opening(
            desk, path=form(desk, tmp_path, (AGED, OPENING), heading="实发金额（元）"), month="2024-06"
        )
    with pytest.raises(NotOpeningForm, match="项目编码"):
        set_opening(desk, path=form(desk, tmp_path, heading="项目编码"), month="2024-06")


# -- faults ---------------------------------------------------------------------------------------------------


def test_a_fault_at_any_statement_leaves_nothing(lived: Lived, tmp_path: Path) -> None:
    desk, store = clerk(lived), lived.month.store
    path = form(desk, tmp_path, (AGED, OPENING))
    assert each_statement_failing(store, lambda: set_opening(desk, path=path, month="2024-06")) > 5
    assert each_statement_failing(store, lambda: submit_report(desk, month="2024-06")) > 5
    assert each_statement_failing(store, lambda: confirm_report(reviewer(lived), month="2024-06")) > 3
