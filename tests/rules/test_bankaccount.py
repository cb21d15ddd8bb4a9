"""Bank account numbers: kept as text, judged by form and, for cards, by Luhn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.bankaccount import account_fault, clean_account, luhn_fails


@pytest.mark.parametrize("number", ["6217000000000000129", "622848000000000007"])
def test_valid_cards(number: str) -> None:
    assert account_fault(number) is None
    assert not luhn_fails(number)


@pytest.mark.parametrize(
    "number", ["6228587901814123463", "6217000000000000120", "622848000000000008", "0" * 15 + "1"]
)
def test_cards_that_fail_luhn(number: str) -> None:
    assert account_fault(number) is None
    assert luhn_fails(number)


@pytest.mark.parametrize("number", ["201087801860266", "12345678", "1" * 32, "1" * 20, "1" * 15])
def test_numbers_no_card_has_are_not_judged(number: str) -> None:
    assert account_fault(number) is None
    assert not luhn_fails(number)


@pytest.mark.parametrize(
    "text", ["", "1234567", "1" * 33, "6228-5840-1425", "NONE", "6217000000000000129X", "٦" * 10, "2²" * 8]
)
def test_forms_no_account_has(text: str) -> None:
    assert account_fault(text) == "account.format"
    assert not luhn_fails(text)


@pytest.mark.parametrize(
    "written",
    [
        "6228 5850 2695 2858 183",
        "'6228585026952858183",
        "６２２８５８５０２６９５２８５８１８３",
        "\xa06228585026952858183\u200b",
    ],
)
def test_clean_up_without_loss(written: str) -> None:
    assert clean_account(written) == "6228585026952858183"


def test_leading_zeros_stay() -> None:
    assert clean_account("00012345678") == "00012345678"


@given(st.text(alphabet="0123456789", min_size=15, max_size=18))
def test_one_check_digit_of_ten_passes(digits: str) -> None:
    assert sum(not luhn_fails(digits + last) for last in "0123456789") == 1


@given(st.text(alphabet="0123456789", min_size=15, max_size=18), st.integers(0, 14), st.integers(1, 9))
def test_no_single_slip_passes_luhn(digits: str, place: int, change: int) -> None:
    valid = next(digits + last for last in "0123456789" if not luhn_fails(digits + last))
    slipped = valid[:place] + str((int(valid[place]) + change) % 10) + valid[place + 1 :]
    assert luhn_fails(slipped)


@given(st.text())
def test_any_text_is_an_account_or_has_a_fault(text: str) -> None:
    cleaned = clean_account(text)
    assert clean_account(cleaned) == cleaned
    accepted = account_fault(cleaned) is None
    assert accepted == (8 <= len(cleaned) <= 32 and set(cleaned) <= set("0123456789"))
