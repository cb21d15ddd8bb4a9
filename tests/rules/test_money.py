"""Money is read to the fen exactly, or refused."""

import datetime
import unicodedata
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.money import (
    Fen,
    NotMoney,
    TooManyDecimals,
    TooMuchMoney,
    fen_from_cell,
    fen_from_text,
    round_half_up,
    yuan_plain,
    yuan_text,
)

FEN = st.integers(-(10**15) + 1, 10**15 - 1).map(Fen)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("1,234,567", 123456700),
        ("１，２３４．５０", 123450),
        ("\u3000 1234.50\xa0", 123450),
        ("¥1,234.50", 123450),
        ("￥ 1234.50", 123450),
        ("-¥5", -500),
        ("¥-5", -500),
        ("－5", -500),
        ("+5", 500),
        ("-0.01", -1),
        ("-0", 0),
        ("'100", 10000),
        ("100.500", 10050),
        ("007", 700),
        ("9999999999999.99", 999999999999999),
    ],
)
def test_text_that_is_money(text: str, fen: int) -> None:
    assert fen_from_text(text) == fen
    assert fen_from_cell(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "1_000",
            "nan",
            "inf",
            "1e3",
            "1E3",
            "0x10",
            "٣",
            "१२",
            "一百",
            "待定",
            "约3",
            "12 34",
            "1 000",
        ),
        *(
            "12,34",
            "1,2345",
            "1,23",
            ",123",
            "1,,000",
            "--5",
            "+-5",
            "-¥-5",
            "¥",
            "¥¥5",
            "5¥",
            ".5",
            "5.",
            "5-",
        ),
        *("1.2.3", "(5)", "5元", "1/2", "³", "①", "1" * 100),
    ],
)
def test_text_that_is_no_money(text: str) -> None:
    with pytest.raises(NotMoney) as refused:
        fen_from_text(text)
    assert not isinstance(refused.value, TooManyDecimals)


@pytest.mark.parametrize(
    ("cell", "decimals"), [("301.375", 3), (301.375, 3), (Decimal("0.0001"), 4), (1 / 3, 15), (1e-9, 9)]
)
def test_more_than_two_decimals_really_stored(cell: object, decimals: int) -> None:
    with pytest.raises(TooManyDecimals) as refused:
        fen_from_cell(cell)
    assert refused.value.facts["decimals"] == decimals
    assert f"{decimals} 位小数" in refused.value.sentence


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        (12345.67, 1234567),
        (0.1 + 0.2, 30),  # 0.30000000000000004: the tail is binary noise
        (1.1 * 3, 330),
        (5, 500),
        (5.0, 500),
        (-571.23, -57123),
        (-0.0, 0),
        (Decimal("6.430"), 643),
        (9999999999999.99, 999999999999999),
    ],
)
def test_number_cells(cell: object, fen: int) -> None:
    assert fen_from_cell(cell) == fen


@pytest.mark.parametrize(
    "cell",
    [
        *(
            None,
            True,
            False,
            b"5",
            [5],
            Fraction(1, 2),
            datetime.date(2024, 3, 15),
            datetime.datetime(2024, 3, 15),
        ),
        *(float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")),
        *(1e300, 1e-300, Decimal("1e999999"), Decimal("1e-999999"), datetime.time(1)),
    ],
)
def test_cells_that_are_no_money(cell: object) -> None:
    with pytest.raises(NotMoney):
        fen_from_cell(cell)


@pytest.mark.parametrize(
    "cell", [10**13, 1e13, "10000000000000", -(10**13), Decimal(10**13), 330624195703145103, 10**4000]
)
def test_ten_trillion_yuan_are_no_amount(cell: object) -> None:
    with pytest.raises(TooMuchMoney):
        fen_from_cell(cell)


@pytest.mark.parametrize(
    ("cell", "fen"), [(1.23456, 1234560), ("1.23456", 1234560), (57.1, 57100000), (3, 3000000)]
)
def test_a_column_in_ten_thousand_yuan(cell: object, fen: int) -> None:
    assert fen_from_cell(cell, scale=10000) == fen


def test_decimals_are_judged_after_scaling() -> None:
    with pytest.raises(TooManyDecimals) as refused:
        fen_from_cell(1.2345678, scale=10000)
    assert refused.value.facts["decimals"] == 3
    with pytest.raises(TooMuchMoney):
        fen_from_cell(10**9, scale=10000)


@given(FEN)
def test_what_is_written_is_read_back(fen: Fen) -> None:
    assert fen_from_text(yuan_text(fen)) == fen
    assert fen_from_text(yuan_plain(fen)) == fen
    assert fen_from_cell(fen / 100) == fen  # the nearest float, as a workbook stores it
    assert fen_from_cell(Decimal(fen).scaleb(-2)) == fen


@given(st.floats())
def test_a_float_is_read_as_excel_shows_it_or_refused(cell: float) -> None:
    try:
        fen = fen_from_cell(cell)
    except NotMoney:
        return
    assert Fraction(fen, 100) == Fraction(Decimal(f"{cell:.15g}"))


@given(st.text() | st.text(alphabet="0123456789.,-+¥ ０．，e_"))
def test_a_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        fen = fen_from_text(text)
    except NotMoney:
        return
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    plain = "".join(character for character in plain if character in "0123456789.-+")
    assert Fraction(fen, 100) == Fraction(Decimal(plain))


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (1, "0.01"), (-1, "-0.01"), (-123456789, "-1,234,567.89"), (100000, "1,000.00")],
)
def test_yuan_text(fen: int, text: str) -> None:
    assert yuan_text(Fen(fen)) == text
    assert yuan_plain(Fen(fen)) == text.replace(",", "")


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (5, 10, 1),
        (-5, 10, -1),
        (4, 10, 0),
        (-4, 10, 0),
        (15, 10, 2),
        (25, 10, 3),
        (5, -10, -1),
        (2551122, 10000, 255),
    ],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_up(numerator, denominator) == rounded


@given(st.integers(), st.integers().filter(bool))
def test_rounding_is_off_by_half_at_most(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    rounded = round_half_up(numerator, denominator)
    assert abs(exact - rounded) <= Fraction(1, 2)
    if abs(exact - rounded) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


def test_a_number_nobody_can_write_out_is_refused_all_the_same() -> None:
    with pytest.raises(TooMuchMoney):
        fen_from_cell(10**5000)
