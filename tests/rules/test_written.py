"""The lossless clean-up of cells: nothing with a digit in it may change."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.written import compacted, outer_trimmed, ratio_of_cell, ratio_of_text, shown, trimmed


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("\u3000１２３\xa0", "123"),
        ("'33", "33"),
        ("’‘＇ 33", "33"),
        ("3\u200b3\ufeff", "33"),
        ("\u202a33\u202c", "33"),
        ("3 3", "3 3"),
        ("3'", "3'"),
        ("ａＺ", "aZ"),
    ],
)
def test_trimmed(text: str, clean: str) -> None:
    assert trimmed(text) == clean


def test_compacted_takes_inner_blanks_of_every_kind() -> None:
    assert compacted("3\t3\u20093\u3000 3\n") == "3333"


@given(st.text())
def test_clean_up_is_settled_after_once(text: str) -> None:
    assert trimmed(trimmed(text)) == trimmed(text)
    assert compacted(compacted(text)) == compacted(text)
    assert outer_trimmed(outer_trimmed(text)) == outer_trimmed(text)


@given(st.text(alphabet="0123456789 \u3000\u200b'０１２３４５６７８９"))
def test_clean_up_keeps_every_digit(text: str) -> None:
    digits = [str(int(character)) for character in text if character.isdigit()]
    assert [character for character in compacted(text) if character.isdigit()] == digits


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_a_number_written_plainly_is_read_exactly(units: int, decimals: int) -> None:
    written = f"{Decimal(units).scaleb(-decimals):f}"
    ratio = ratio_of_text(written)
    assert ratio is not None
    assert Fraction(*ratio) == Fraction(units, 10**decimals)


@given(st.one_of(st.text(), st.floats(), st.decimals(), st.integers(), st.none(), st.booleans(), st.binary()))
def test_any_cell_is_a_number_or_nothing(cell: object) -> None:
    ratio = ratio_of_cell(cell)
    if ratio is not None:
        assert ratio[1] > 0
        assert not isinstance(cell, bool)


def test_shown_is_short_and_never_empty() -> None:
    assert shown(None) == shown("") == shown("\u200b ") == "空"
    assert shown("一" * 100) == "一" * 40 + "…"
    assert shown(0.1) == "0.1"
    assert shown(10**5000) == "一个极大的整数"
