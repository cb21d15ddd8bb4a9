"""Number damage: what is certain of a damaged number, and which numbers could have stood there."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.damage import (
    UNKNOWN,
    could_be,
    damage_in_account,
    damage_in_id,
    nearest_stored,
    one_slip_apart,
)
from models.domain.idnumber import check_digit

ID = "330624195703145103"
CARD = "6217000000000000129"

ids = st.builds(
    lambda place, birth, serial: f"{place}{birth:%Y%m%d}{serial:03d}",
    st.integers(110000, 659000),
    st.dates(date(1900, 1, 1), date(2024, 12, 31)),
    st.integers(0, 999),
).map(lambda first: first + check_digit(first))
numeric_ids = ids.filter(str.isdigit)
numbers = st.integers(10**15, 10**19).map(str)


def stored(number: str) -> float:
    """As a program writes it into a number cell."""
    return float(number)


def typed(number: str) -> float:
    """As Excel keeps it when somebody types it."""
    return float(number[:15].ljust(len(number), "0"))


def rounded(number: str, digits: int) -> float:
    """As a program writes it that keeps so many digits."""
    return float(f"{float(number):.{digits}g}")


@given(numeric_ids)
def test_an_id_stored_as_a_number_is_known_by_its_leading_digits_and_could_be_itself(number: str) -> None:
    for cell in (
        stored(number),
        typed(number),
        rounded(number, 15),
        rounded(number, 16),
        rounded(number, 17),
    ):
        damage = damage_in_id(cell)
        assert damage is not None
        assert damage.kind == "digits_lost"
        assert damage.length == len(number) == len(damage.pattern)
        assert number.startswith(damage.prefix)
        assert could_be(damage, number)


@given(st.integers(0, 10**32))
def test_what_a_number_cell_holds(number: int) -> None:
    assert nearest_stored(number) == int(float(number))


@given(numbers, numbers)
def test_what_could_not_have_been_stored_so_is_told(number: str, other: str) -> None:
    damage = damage_in_account(stored(number))
    assert damage is not None
    if len(number) != len(other) or abs(int(number) - int(other)) > 20_000:
        assert not could_be(damage, other)


@pytest.mark.parametrize("text", ["3.30624195703145E+17", "3.306E17", "３.３E+17", " 3.30624E+17\xa0"])
def test_a_number_in_scientific_notation(text: str) -> None:
    damage = damage_in_id(text)
    assert damage is not None
    assert (damage.kind, damage.length) == ("shown_rounded", 18)
    assert could_be(damage, ID)
    assert not could_be(damage, "410624195703145103")


def test_what_a_narrow_column_rounded_up() -> None:
    damage = damage_in_account("6.218E+18")
    assert damage is not None
    assert could_be(damage, "6217900000000000129")
    assert not could_be(damage, CARD)


@pytest.mark.parametrize(
    ("cell", "pattern"),
    [
        ("33O624195703145103", "33?624195703145103"),
        ("33o62419570314510l", "33?62419570314510?"),
        ("3306241957031451I3", "3306241957031451?3"),
        ("33062419570314510×", "33062419570314510?"),
        ("13O503670401001", "13?503670401001"),
    ],
)
def test_letters_among_the_digits(cell: str, pattern: str) -> None:
    damage = damage_in_id(cell)
    assert damage is not None
    assert (damage.kind, damage.pattern) == ("letters", pattern)
    assert could_be(damage, pattern.replace(UNKNOWN, "0"))


@pytest.mark.parametrize("cell", ["O1234567", "E12345678", "OOOOOOOOOOOOOOOOOO", "张三", "", None, True])
def test_what_is_no_damaged_id(cell: object) -> None:
    assert damage_in_id(cell) is None


def test_an_old_id_is_certain_but_for_its_check_digit() -> None:
    for cell in ("130503670401001", 130503670401001.0):
        damage = damage_in_id(cell)
        assert damage is not None
        assert (damage.kind, damage.pattern) == ("old_form", "13050319670401001?")
        assert could_be(damage, "130503196704010016")


def test_leading_zeros_of_an_account() -> None:
    damage = damage_in_account(201028235905448.0)
    assert damage is not None
    assert damage.kind == "zeros_lost"
    assert could_be(damage, "0201028235905448")
    assert could_be(damage, "00201028235905448")
    assert not could_be(damage, "201028235905448")
    assert not could_be(damage, "0301028235905448")


def test_days_where_numbers_should_stand() -> None:
    for damage in (damage_in_id(date(2024, 1, 2)), damage_in_account(date(2024, 1, 2))):
        assert damage is not None
        assert damage.kind == "became_date"


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), -float("inf"), 1e300, -6.2e18, 10**400])
def test_numbers_that_are_none(cell: object) -> None:
    for damage in (damage_in_id(cell), damage_in_account(cell)):
        assert damage is None or not could_be(damage, ID)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.booleans(), st.dates()))
def test_any_cell_has_an_answer_and_never_a_number(cell: object) -> None:
    for damage in (damage_in_id(cell), damage_in_account(cell)):
        if damage is not None and damage.pattern:
            assert len(damage.pattern) == damage.length
            assert UNKNOWN in damage.pattern or damage.kind == "shown_rounded"
            assert damage.pattern.startswith(damage.prefix)


@given(ids, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_slip(number: str, place: int, digit: str) -> None:
    left, right = number[:place], number[place:]
    slips = {
        left + digit + right[1:],
        left + right[1:],
        left + digit + right,
        left + right[1:2] + right[:1] + right[2:],
    }
    for slip in slips - {number}:
        assert one_slip_apart(slip, number)
    assert not one_slip_apart(number, number)
