"""Numbers that Python would read and an office never wrote: underscores, exponents, nan, digits of other scripts (DOMAIN §6).

Every reader takes ASCII digits, after full-width ones were made ASCII, and nothing else that looks like a digit somewhere.
"""

import re
import sys
import unicodedata
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.intake.cells import read_account, read_id, read_past_day
from models.domain.dates import date_from_cell
from models.domain.division import group_number
from models.domain.money import fen_from_cell, fen_from_text
from models.domain.period import read_period
from models.domain.quantity import quantity_from_cell, quantity_from_text, rate_from_text
from models.domain.refusal import Unreadable
from models.domain.written import ratio_of_text
from tests.builders import card_number, id_number

FULL_WIDTH: Final = range(0xFF10, 0xFF1A)
STRANGE: Final = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.category(chr(code)) in ("Nd", "No", "Nl")
    and not chr(code).isascii()
    and code not in FULL_WIDTH
    and chr(code) != "〇"  # a Chinese zero, which group and year names have
]

Reader = Callable[[str], object]


def read(reader: Reader, text: str) -> object | None:
    """What the reader makes of a text; None for a refusal, whatever its form."""
    try:
        made = reader(text)
    except Unreadable:
        return None
    if isinstance(made, tuple) and len(made) == 2 and isinstance(made[1], str):
        return None  # the number as far as it could be read, and the code of its finding
    return made


READERS: Final[dict[str, tuple[Reader, str]]] = {
    "money": (fen_from_text, "1234.50"),
    "money cell": (fen_from_cell, "1,234.50"),
    "quantity": (quantity_from_text, "3.5700"),
    "quantity cell": (quantity_from_cell, "12"),
    "rate": (rate_from_text, "120.55"),
    "ratio": (ratio_of_text, "-7.25"),
    "date": (date_from_cell, "2024-03-15"),
    "past day": (read_past_day, "1949年12月31日"),
    "serial as text": (read_past_day, "20090"),
    "ID": (read_id, id_number(3)),
    "account": (read_account, card_number(3)),
    "group": (group_number, "12组"),
}


@pytest.mark.parametrize("name", READERS)
def test_the_pattern_itself_is_read(name: str) -> None:
    reader, good = READERS[name]
    assert read(reader, good) is not None
    wide = good.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
    assert read(reader, wide) == read(reader, good)


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_no_digit_of_another_script_passes(name: str, data: st.DataObject) -> None:
    reader, good = READERS[name]
    places = [place for place, character in enumerate(good) if character.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from(STRANGE))
    assert read(reader, good[:place] + digit + good[place + 1 :]) is None
    assert read(reader, good[:place] + digit + good[place:]) is None


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "sign", ["_", "e", "E1", "j", "0x", "0b", "\0", "\x7f", "\ue000", "\U000f0000", "½", "²", "①", "٫", "’"]
)
def test_no_sign_between_digits_passes(name: str, sign: str) -> None:
    reader, good = READERS[name]
    places = [place for place in range(1, len(good)) if good[place].isdigit() and good[place - 1].isdigit()]
    for place in places:
        assert read(reader, good[:place] + sign + good[place:]) is None, place


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "word",
    [
        "nan",
        "NaN",
        "inf",
        "-inf",
        "Infinity",
        "1e3",
        "1_0",
        "0x1F",
        "True",
        "None",
        "",
        "--1",
        "+-1",
        "1+1",
        "=1",
        "1j",
    ],
)
def test_no_word_of_a_program_is_a_number(name: str, word: str) -> None:
    assert read(READERS[name][0], word) is None


_ASCII: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?|[+-]?[0-9]+(\.[0-9]+)?").fullmatch


@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789.,+-_eE "), st.characters()), max_size=12))
@example("1_000")
@example("１２")
@example("\u200b1\ufeff")
@example("'5")
def test_whatever_is_read_as_a_number_is_one_after_the_lossless_clean_up(text: str) -> None:
    """A second opinion that knows no library: strip what cannot be seen, make full-width ASCII, match a strict pattern."""
    found = ratio_of_text(text)
    if found is None:
        return
    seen = "".join(character for character in text if unicodedata.category(character) not in ("Cf", "Mn"))
    plain = unicodedata.normalize("NFKC", seen).strip().lstrip("'’‘").strip().replace("−", "-")
    assert _ASCII(plain), text
    whole, _, decimals = plain.replace(",", "").lstrip("+-").partition(".")
    assert abs(found[0]) == int(whole + decimals)
    assert found[1] == 10 ** len(decimals)


@given(st.text(max_size=6), st.sampled_from(STRANGE))
def test_a_period_takes_no_strange_digit(before: str, digit: str) -> None:
    for text in (f"2024-0{digit}", f"202{digit}", f"2024Q{digit}", f"{before}{digit}"):
        for frequency in ("month", "quarter", "year", "once"):
            try:
                read_period(text, frequency)
            except Unreadable:
                continue
            pytest.fail(f"{text!r} was read as a period")
