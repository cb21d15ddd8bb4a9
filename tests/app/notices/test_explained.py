"""Whoever reads a list can follow its amounts: the years they come from, and the cap that was reached."""

from io import BytesIO

import openpyxl
import pytest

from app.batches.queries import payments_of
from app.desk import Desk
from app.notices.steps import kept_notices
from app.notices.use_cases import publicize_batch
from app.programs.use_cases import add_policies
from tests.app.batches.months import LAND, POLICIES, Month

BY_YEARS = {name: value for name, value in POLICIES[LAND].items() if name != "unit"} | {
    "family": "years",
    "rate": "30.50",
}


@pytest.fixture
def month(admin: Desk) -> Month:
    return Month(admin)


def posted(month: Month) -> tuple[int, dict[str, list[object]]]:
    """The batch of LAND's year put up: its id and its list by column."""
    batch = month.reviewed(month.create(LAND, "2024"))
    publicize_batch(month.clerk, batch_id=batch)
    ((_, _, body),) = kept_notices(month.store, batch)
    rows = [
        list(row) for row in openpyxl.load_workbook(BytesIO(body)).worksheets[0].iter_rows(values_only=True)
    ]
    (top,) = [place for place, row in enumerate(rows) if row[0] == "序号"]
    lines = [row for row in rows[top + 1 :] if isinstance(row[0], int)]
    return batch, {
        str(heading): [line[place] for line in lines] for place, heading in enumerate(rows[top]) if heading
    }


def enrolled(month: Month, quantities: list[int]) -> None:
    for quantity in quantities:
        month.make.enrolment(month.make.person(), LAND, target="household", period="2024", quantity=quantity)


def test_where_a_cap_cut_the_area_the_line_says_so(month: Month) -> None:
    month.policy(LAND, quantity_cap="15")
    month.fund(LAND)
    enrolled(month, [163_300, 150_000])
    _, shown = posted(month)
    assert shown["数量（亩）"] == ["16.33 亩", "15.00 亩"]
    assert shown["补贴金额（元）"] == [1508.7, 1508.7]
    assert shown["备注"] == ["按上限 15.00 亩", None]


def test_where_a_cap_cut_the_amount_the_line_says_so(month: Month) -> None:
    month.policy(LAND, amount_cap="1200")
    month.fund(LAND)
    enrolled(month, [163_300, 20_000])
    _, shown = posted(month)
    assert shown["补贴金额（元）"] == [1200, 201.16]
    assert shown["备注"] == ["按单笔上限 1,200.00 元", None]


def test_a_list_without_caps_has_no_column_of_remarks(month: Month) -> None:
    month.policy(LAND)
    month.fund(LAND)
    enrolled(month, [163_300])
    assert "备注" not in posted(month)[1]


def test_amounts_by_years_show_the_years(month: Month) -> None:
    add_policies(month.clerk, tables=[BY_YEARS], source_name="policies.toml")
    month.fund(LAND)
    enrolled(month, [0, 0])
    with month.store.writing():
        for enrolment, years in ((1, 83_500), (2, 50_000)):
            month.store.execute(
                "UPDATE enrolment SET quantity = NULL, more_facts = ? WHERE id = ?",
                (f'{{"years": {years}}}', enrolment),
            )
    batch, shown = posted(month)
    assert shown["年限"] == ["8.35 年", "5 年"]
    assert shown["补贴金额（元）"] == [254.68, 152.5]
    assert [one.quantity for one in payments_of(month.store, batch)] == ["8.35 年", "5 年"]
