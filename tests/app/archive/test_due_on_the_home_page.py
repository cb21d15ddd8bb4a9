"""The home page says what of the archive and the year's end waits."""

from datetime import date
from pathlib import Path

import pytest

from app.archive.disposal.use_cases import propose_disposal, withdraw_disposal
from app.archive.lending.use_cases import lend_volume, take_back
from app.archive.shelves.use_cases import bind_volume, file_paper, make_volume, set_codes
from app.desk import Desk
from app.due import DueKind, Urgency, due_now
from app.reports.use_cases import submit_report
from app.yearend.use_cases import ask_reopen, close_year
from models.domain.flows.disposal_flow import DisposalKind
from models.store.opening import Store
from tests.app.ledger.lived import live


def waits(store: Store, day: date) -> dict[DueKind, Urgency]:
    mine = {DueKind.YEAR, DueKind.LOAN, DueKind.EXPIRED, DueKind.DISPOSAL}
    return {one.kind: one.urgency for one in due_now(store, day) if one.kind in mine}


@pytest.fixture
def code(desk: Desk) -> str:
    """A bound volume of 2020 that is kept for two years."""
    set_codes(desk, fonds="Z109")
    paper = file_paper(desk, path=None, class_code="XB", title="台账", dated=date(2020, 5, 1))
    made = make_volume(
        desk, class_code="XB", year=2020, title="台账", filings=[int(str(paper.answer["filing"]))]
    )
    bind_volume(desk, volume=str(made.answer["code"]))
    return str(made.answer["code"])


def test_loans_retention_and_lists(desk: Desk, code: str) -> None:
    store = desk.store
    assert waits(store, date(2022, 12, 31)) == {}
    assert waits(store, date(2023, 1, 1)) == {DueKind.EXPIRED: Urgency.SOON}
    lend_volume(desk, volume=code, borrower="村委会", purpose="看", due=date(2024, 6, 10))
    assert DueKind.LOAN not in waits(store, date(2024, 6, 10))
    assert waits(store, date(2024, 6, 11))[DueKind.LOAN] is Urgency.OVERDUE
    take_back(desk, volume=code)
    made = propose_disposal(desk, kind=DisposalKind.DESTROY, volumes=[code], reason="期满")
    assert waits(store, desk.today) == {DueKind.EXPIRED: Urgency.SOON, DueKind.DISPOSAL: Urgency.SOON}
    withdraw_disposal(desk, disposal=str(made.answer["number"]))
    assert DueKind.DISPOSAL not in waits(store, desk.today)


def test_years(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    store = admin.store
    assert waits(store, date(2024, 12, 31)) == {}
    assert waits(store, date(2025, 1, 1)) == {DueKind.YEAR: Urgency.SOON}
    assert waits(store, date(2025, 3, 31)) == {DueKind.YEAR: Urgency.SOON}
    assert waits(store, date(2025, 4, 1)) == {DueKind.YEAR: Urgency.OVERDUE}
    submit_report(lived.month.later(lived.month.clerk, "2024-07-02"), month="2024-06")
    january = lived.month.later(lived.month.clerk, "2025-01-10")
    close_year(january, year=2024)
    assert waits(store, date(2025, 4, 1)) == {}
    ask_reopen(january, year=2024, reason="漏记")
    assert waits(store, date(2025, 1, 11)) == {DueKind.YEAR: Urgency.TODAY}
