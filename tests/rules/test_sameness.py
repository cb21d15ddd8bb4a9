"""Whether two records may be of one person: what speaks for it, and what is chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.idnumber import check_digit
from models.domain.sameness import (
    LEAST_SHOWN,
    Identity,
    block_keys,
    ids_differ_by_a_slip,
    likeness,
    name_likeness,
    with_village,
)

SOUNDS = {"晓": "xiao", "小": "xiao", "张": "zan", "章": "zan", "伟": "wei", "玮": "wei"}


def sound(character: str) -> str:
    return SOUNDS.get(character, "")


def number(first17: str) -> str:
    return first17 + check_digit(first17)


FIRST = "33062419550101001"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("张晓明", "张晓明", "same"),
        ("张晓明", "章小明", "sound"),
        ("张伟", "张玮", "sound"),
        ("张晓明", "张晓鹏", "one_character"),
        ("张晓明", "张明", "one_character"),
        ("张晓明", "晓张明", "one_character"),
        ("张鹏", "张强", ""),
        ("张晓明", "李大海", ""),
        ("", "", ""),
    ],
)
def test_names(one: str, other: str, expected: str) -> None:
    assert name_likeness(one, other, sound) == expected
    assert name_likeness(other, one, sound) == expected


@pytest.mark.parametrize(
    ("first17", "expected"),
    [
        ("33062419550101003", True),  # the order
        ("33062419550110001", True),  # two digits swapped
        ("33062419650101001", True),  # another decade
        ("33062519550101001", True),  # another county
        ("33062420550101001", True),  # the same old number in another century
        ("33062419651101001", False),  # two slips
    ],
)
def test_a_corrected_check_digit_hides_no_slip(first17: str, expected: bool) -> None:
    assert ids_differ_by_a_slip(number(FIRST), number(first17)) is expected


def test_the_old_number_is_the_new_one_without_century_and_check_digit() -> None:
    assert ids_differ_by_a_slip("330624550101001", number(FIRST))
    assert not ids_differ_by_a_slip("330624550101002", number(FIRST))
    assert not ids_differ_by_a_slip(number(FIRST), number(FIRST))
    assert not ids_differ_by_a_slip("", number(FIRST))


def person(first17: str = FIRST, name: str = "张晓明", household: int = 0) -> Identity:
    return Identity(1, number(first17), name, f"{first17[6:10]}-{first17[10:12]}-{first17[12:14]}", household)


def test_likeness_falls_with_the_evidence() -> None:
    one = person()
    scores = [
        likeness(one, other, sound)
        for other in (
            one,
            person("33062419550102001"),  # the same name, a slip in the ID
            person("33062119550101999"),  # the same name and birth
            person("33062419550102001", "张小明"),  # a name that sounds so, a slip in the ID
            person("33062119550101999", "张小明"),  # a name that sounds so, the same birth
        )
    ]
    assert [found.score for found in scores if found] == [100, 95, 90, 82, 75]


def test_never_by_name_alone() -> None:
    assert likeness(person(), person("33062119700707123"), sound) is None
    # but twice in one household is worth a look
    at_home = likeness(person(household=7), person("33062119700707123", household=7), sound)
    assert at_home is not None
    assert at_home.score == LEAST_SHOWN


def test_a_neighbour_born_the_same_day_is_not_the_same() -> None:
    assert likeness(person(), person("33062419550101003", "李大海"), sound) is None


def test_a_common_village_is_no_certainty() -> None:
    found = likeness(person(), person("33062419550102001"), sound)
    assert found is not None
    assert with_village(found, True) == (99, found.why + "，同村")
    assert with_village(found, False) is found


@given(
    place=st.integers(6, 13),
    digit=st.sampled_from("0123456789"),
    birth=st.dates().filter(lambda day: 1900 <= day.year <= 2020),
    order=st.integers(1, 998),
)
def test_a_slip_in_the_birth_still_shares_a_block(place: int, digit: str, birth: object, order: int) -> None:
    """Whatever `likeness` would call a slip in the birth must meet in a block, or nobody would ever compare it."""
    first = f"330624{str(birth).replace('-', '')}{order:03d}"
    wrong = first[:place] + digit + first[place + 1 :]
    one, other = person(first), person(wrong)
    assert set(block_keys(one)) & set(block_keys(other))


@given(place=st.integers(6, 12), birth=st.dates().filter(lambda day: 1900 <= day.year <= 2020))
def test_swapped_digits_of_the_birth_share_a_block(place: int, birth: object) -> None:
    first = f"330624{str(birth).replace('-', '')}123"
    swapped = first[:place] + first[place + 1] + first[place] + first[place + 2 :]
    assert set(block_keys(person(first))) & set(block_keys(person(swapped)))
