"""How long archives are kept."""

from datetime import date

import pytest

from models.domain.retention import RETENTION, destroyable_on, retention_code


@pytest.mark.parametrize(
    ("kind", "years", "day"),
    [
        ("voucher", 30, date(2055, 1, 1)),
        ("general_ledger", 30, date(2055, 1, 1)),
        ("detail_ledger", 30, date(2055, 1, 1)),
        ("periodic_report", 10, date(2035, 1, 1)),
        ("bank_statement", 10, date(2035, 1, 1)),
        ("bank_reconciliation", 10, date(2035, 1, 1)),
        ("annual_accounts", None, None),
        ("transfer_list", 30, date(2055, 1, 1)),
        ("custody_list", None, None),
        ("destruction_list", None, None),
        ("subordinate_return", 2, date(2027, 1, 1)),
    ],
)
def test_the_table_for_2024(kind: str, years: int | None, day: date | None) -> None:
    assert RETENTION[kind].years == years
    assert destroyable_on(2024, RETENTION[kind].years) == day


def test_no_kind_is_untested() -> None:
    assert len(RETENTION) == 11


def test_codes() -> None:
    assert retention_code(30) == "D30"
    assert retention_code(None) == "Y"
