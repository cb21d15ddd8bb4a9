"""Every row on one page, in order; sums of the pages are the total; signatures never stand alone."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports.sheet_model import PAGE_SUM, SheetModel
from tests.ui.printing.sheet_models import MONEY, model, row
from ui.printing.frame import Foot
from ui.printing.paper import A4, A4_WIDE, Paper
from ui.printing.pdf import laid_out
from ui.printing.sheets.painting import sheet_document

FEN = st.integers(-99_999, 99_999_999_99)
REMARKS = st.sampled_from(
    ["", "户主已变更", "账户为他人代领，代领关系已登记，见代领登记表第 12 页；本人在外地务工"]
)
ROWS = st.lists(st.tuples(FEN, REMARKS), max_size=70)
SHEETS = st.lists(ROWS, min_size=1, max_size=4)

pytestmark = pytest.mark.usefixtures("qapp")


def numbered(groups: Sequence[Sequence[tuple[int, str]]]) -> list[list[list[str | int]]]:
    number = iter(range(1, 10_000))
    return [[row(next(number), fen, remark) for fen, remark in rows] for rows in groups]


def plans_of(sheet: SheetModel, paper: Paper) -> list[Any]:
    """The planned pages behind a document's pages."""
    pages = laid_out(sheet_document([sheet], foot=Foot("打印：经办甲"), paper=paper))
    return [page.__self__ for page in pages]  # type: ignore[attr-defined]


def page_sum(page: Any) -> int:
    """本页小计 as the page shows it, in fen."""
    place = page.sheet.model.place(MONEY)
    (shown,) = [
        strip.cells[place][0]
        for strip in page._strips()
        if strip.cells[0] == [PAGE_SUM] or PAGE_SUM in strip.cells[0]
    ]
    return int(shown.replace(",", "").replace(".", ""))


@settings(deadline=None, max_examples=25)
@given(SHEETS, st.sampled_from([A4, A4_WIDE]))
def test_the_sums_of_the_pages_are_the_total(groups: list[list[tuple[int, str]]], paper: Paper) -> None:
    sheet = model(numbered(groups))
    pages = plans_of(sheet, paper)
    shown = [place for page in pages for place in [one[0] for one in page.plan.rows]]
    assert shown == list(range(1, sheet.row_count + 1))
    if len(pages) > 1:
        assert sum(map(page_sum, pages)) == sum(fen for rows in groups for fen, _ in rows)


@settings(deadline=None, max_examples=25)
@given(SHEETS, st.booleans())
def test_no_page_runs_over_and_no_signature_stands_alone(
    groups: list[list[tuple[int, str]]], group_pages: bool
) -> None:
    sheet = model(numbered(groups), group_pages=group_pages)
    pages = plans_of(sheet, A4)
    for page in pages:
        room = page.sheet._room()
        used = sum(strip.height for strip in page._strips()) + (room.closing if page.plan.ends else 0)
        assert used <= (room.first if page.plan.begins else room.later) + 0.01
        rows = page.plan.rows
        if page.plan.ends and not page.plan.begins:
            assert len(rows) >= (1 if group_pages else min(2, len(groups[-1])))
        titles = [place for place, strip in enumerate(page.plan.strips) if strip.cells[0][0].endswith("村")]
        for place in titles:  # a group's title never ends a page
            assert place + 1 < len(page.plan.strips)
    assert [page.plan.ends for page in pages].count(True) == (len(groups) if group_pages else 1)
