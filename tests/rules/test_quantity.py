"""Quantities and rates: integers in 1/10000, read exactly or refused."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.quantity import (
    NotQuantity,
    NotRate,
    Quantity,
    QuantityTooFine,
    Rate,
    RateTooFine,
    quantity_from_cell,
    quantity_from_text,
    quantity_shown,
    quantity_text,
    rate_from_cell,
    rate_from_text,
    rate_text,
)


@pytest.mark.parametrize(
    ("cell", "units", "text"),
    [
        (2.5, 25000, "2.50"),
        ("3.575", 35750, "3.575"),
        ("3.5751", 35751, "3.5751"),
        (0, 0, "0.00"),
        (12, 120000, "12.00"),
        ("１２．３４", 123400, "12.34"),
        (Decimal("0.0001"), 1, "0.0001"),
        (0.1 + 0.2, 3000, "0.30"),
        ("1,000.50", 10005000, "1000.50"),
    ],
)
def test_quantities(cell: object, units: int, text: str) -> None:
    assert quantity_from_cell(cell) == units
    assert quantity_text(Quantity(units)) == text


@pytest.mark.parametrize(
    "cell",
    [
        "约3.79",
        "",
        None,
        True,
        -1,
        "-0.5",
        "3亩",
        "nan",
        float("nan"),
        float("inf"),
        10**11,
        "1e2",
        b"1",
        1e300,
    ],
)
def test_what_is_no_quantity(cell: object) -> None:
    with pytest.raises(NotQuantity):
        quantity_from_cell(cell)
    with pytest.raises(NotRate):
        rate_from_cell(cell)


def test_a_fifth_decimal_is_refused_with_its_place() -> None:
    with pytest.raises(QuantityTooFine, match="5 位小数"):
        quantity_from_cell(3.57512)
    with pytest.raises(RateTooFine, match="6 位小数"):
        rate_from_text("0.000001")


@pytest.mark.parametrize(("text", "units"), [("100.58", 1005800), ("33", 330000), ("71.4625", 714625)])
def test_rates(text: str, units: int) -> None:
    assert rate_from_text(text) == rate_from_cell(float(text)) == units
    assert rate_from_text(rate_text(Rate(units))) == units


@given(st.integers(0, 10**15 - 1).map(Quantity))
def test_what_is_written_is_read_back(quantity: Quantity) -> None:
    assert quantity_from_text(quantity_text(quantity)) == quantity
    assert quantity_from_cell(quantity / 10000) == quantity


@given(st.integers(-(10**15), 10**15).map(Quantity))
def test_thousands_apart_it_is_the_same_number(quantity: Quantity) -> None:
    shown = quantity_shown(quantity)
    assert shown.replace(",", "") == quantity_text(quantity)
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*\.\d{2,4}", shown)


@given(st.one_of(st.floats(), st.decimals(), st.integers(), st.text(), st.none(), st.booleans()))
def test_a_cell_is_read_exactly_or_refused(cell: object) -> None:
    try:
        quantity = quantity_from_cell(cell)
    except NotQuantity:
        return
    assert quantity >= 0
    if isinstance(cell, float):
        assert Fraction(quantity, 10000) == Fraction(Decimal(f"{cell:.15g}"))
    elif isinstance(cell, int | Decimal):
        assert Fraction(quantity, 10000) == Fraction(cell)
