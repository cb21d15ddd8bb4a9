"""Resident IDs: the vectors of DOMAIN §5, the order of faults of DOMAIN §6, and an outside oracle."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from id_validator import validator

from models.domain.idnumber import (
    NotResidentId,
    age_on,
    birth_of,
    check_digit,
    clean_id,
    id_fault,
    sex_of,
    upgrade_fifteen,
    uscc_is_valid,
)

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
VALID = [
    "11010519491231002X",
    "440524188001010014",
    "330624195703145103",
    "130503196704010016",
    "810000199408230021",
    "911124198108030024",
]
BIRTHS = st.dates(date(1850, 1, 1), date(2150, 12, 31))


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    """Give valid 18-digit IDs of any region, birth and order number."""
    region = draw(st.integers(0, 999999))
    first17 = f"{region:06d}{draw(BIRTHS):%Y%m%d}".replace("-", "") + f"{draw(st.integers(0, 999)):03d}"
    return first17 + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, first17, strict=True)) % 11]


@pytest.mark.parametrize("number", VALID)
def test_valid_numbers(number: str) -> None:
    assert id_fault(number) is None


@pytest.mark.parametrize(
    ("cleaned", "fault"),
    [
        ("", "id.missing"),
        ("E12345678", "id.other_document"),
        ("G12345678", "id.other_document"),
        ("EA1234567", "id.other_document"),
        ("H1234567890", "id.other_document"),
        ("062345678", "id.other_document"),
        ("户口本123456789", "id.other_document"),
        ("33062419570314510A", "id.format"),
        ("3306241957031451O3", "id.format"),
        ("X10105194912310021", "id.format"),
        ("1101051949123100X2", "id.format"),
        ("不详", "id.format"),
        ("330624-19570314-5103", "id.format"),
        ("٣٣٠٦٢٤١٩٥٧٠٣١٤٥١٠٣", "id.format"),
        ("E1234", "id.format"),
        ("3306241970010370", "id.length"),
        ("33062419570314510", "id.length"),
        ("3306241957031451033", "id.length"),
        ("1234567890", "id.length"),
        ("3", "id.length"),
        ("X", "id.format"),
        ("13050367040100X", "id.length"),
        ("330624197513324126", "id.date"),
        ("330624195702305103", "id.date"),
        ("330624195704315103", "id.date"),
        ("330624190002290000", "id.date"),
        ("330624184912315103", "id.date"),
        ("330624215101015103", "id.date"),
        ("130503671301001", "id.date"),
        ("130503670230001", "id.date"),
        ("330624195703145104", "id.checksum"),
        ("33062419570314510X", "id.checksum"),
        ("130503670401001", "id.fifteen"),
    ],
)
def test_faults_in_their_order(cleaned: str, fault: str) -> None:
    assert id_fault(cleaned) == fault


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        " 11010519491231002X ",
        "110105 19491231 002X",
        "\xa011010519491231002X\u200b",
        "'11010519491231002X",
        "’11010519491231002X",
        "‘11010519491231002X",
        "＇11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "\u202a11010519491231002X\u202c",
        "\ufeff110105\u300019491231\t002X\n",
    ],
)
def test_clean_up_without_loss(written: str) -> None:
    assert clean_id(written) == "11010519491231002X"


def test_clean_up_neither_adds_nor_drops_other_characters() -> None:
    assert clean_id("e12345678") == "E12345678"
    assert clean_id("330624*ß") == "330624*ß"
    assert clean_id("330624'19") == "330624'19"
    assert clean_id("") == ""


def test_fifteen_to_eighteen() -> None:
    assert upgrade_fifteen("130503670401001") == "130503196704010016"


@pytest.mark.parametrize(
    "number", ["", "13050367040100", "130503671301001", "130503196704010016", "13050367040100X"]
)
def test_what_cannot_be_upgraded_is_refused(number: str) -> None:
    with pytest.raises(NotResidentId):
        upgrade_fifteen(number)


def test_birth_and_sex() -> None:
    assert birth_of("11010519491231002X") == date(1949, 12, 31)
    assert sex_of("11010519491231002X") == "女"
    assert sex_of("440524188001010014") == "男"
    for broken in ("", "130503670401001", "330624197513324126", "１1010519491231002X"):
        with pytest.raises(NotResidentId):
            birth_of(broken)
    with pytest.raises(NotResidentId):
        sex_of("130503670401001")
    for broken in ("", "1" * 16, "1" * 16 + "X", "1" * 16 + "١"):
        with pytest.raises(NotResidentId):
            check_digit(broken)


@given(resident_ids())
def test_numbers_built_by_the_standard_are_valid_and_taken_apart(number: str) -> None:
    assert id_fault(number) is None
    assert check_digit(number[:17]) == number[17]
    assert birth_of(number).strftime("%Y%m%d").zfill(8) == number[6:14]
    assert sex_of(number) == ("男" if int(number[16]) % 2 else "女")


@given(resident_ids(), st.integers(0, 17), st.sampled_from("0123456789"))
def test_no_single_slip_passes(number: str, place: int, digit: str) -> None:
    slipped = number[:place] + digit + number[place + 1 :]
    assert (id_fault(slipped) is None) == (slipped == number)


@given(resident_ids(), st.integers(0, 16))
def test_no_swap_of_neighbours_passes(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (id_fault(swapped) is None) == (swapped == number)


@given(st.text() | st.text(alphabet="0123456789Xx ", min_size=14, max_size=19))
def test_any_text_is_a_valid_number_or_has_one_fault(text: str) -> None:
    cleaned = clean_id(text)
    assert clean_id(cleaned) == cleaned
    fault = id_fault(cleaned)
    if fault is None:
        assert len(cleaned) == 18
        assert birth_of(cleaned).year in range(1850, 2151)
    elif fault == "id.fifteen":
        assert id_fault(upgrade_fifteen(cleaned)) is None


@given(st.text(alphabet="0123456789Xxｘ０１２\u3000\u200b' "))
def test_clean_up_keeps_every_digit_in_order(text: str) -> None:
    digits = [str(int(character)) for character in text if character.isdigit()]
    assert [character for character in clean_id(text) if character.isdigit()] == digits


@given(resident_ids())
def test_the_oracle_agrees(number: str) -> None:
    # The oracle also wants a known region and a birth in the past; where it says yes, so must we.
    known = "330624" + number[6:17]
    known += check_digit(known)
    if date(1900, 1, 1) <= birth_of(known) <= date(2020, 1, 1):
        assert validator.is_valid(known)
        assert id_fault(known) is None
        wrong = known[:17] + ("1" if known[17] != "1" else "2")
        assert not validator.is_valid(wrong)
        assert id_fault(wrong) == "id.checksum"


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1944, 6, 30), date(2024, 6, 30), 80),
        (date(1944, 7, 1), date(2024, 6, 30), 79),
        (date(2004, 2, 29), date(2023, 2, 28), 18),
        (date(2004, 2, 29), date(2023, 3, 1), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2024, 1, 2), date(2024, 1, 1), -1),
    ],
)
def test_ages(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


@given(st.dates(date(1850, 1, 1), date(2100, 1, 1)), st.integers(0, 40000))
def test_age_never_falls_from_one_day_to_the_next(birth: date, days: int) -> None:
    day = birth + timedelta(days=days)
    assert age_on(birth, day) <= age_on(birth, day + timedelta(days=1)) <= age_on(birth, day) + 1


def test_organisation_codes() -> None:
    code = "91350100M000100Y43"
    assert uscc_is_valid(code)
    for place, character in enumerate(code):
        slipped = code[:place] + ("0" if character != "0" else "1") + code[place + 1 :]
        assert not uscc_is_valid(slipped)
    for broken in ("", code[:17], code + "0", code.lower(), "I" + code[1:], "９" + code[1:]):
        assert not uscc_is_valid(broken)
