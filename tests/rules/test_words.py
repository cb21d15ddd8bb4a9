"""Capital numerals: the vectors of DOMAIN §12, an inverse, and an outside oracle."""

import re
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.money import Fen, fen_from_text
from models.domain.words import amount_in_words

DIGITS = "零壹贰叁肆伍陆柒捌玖"


def number_said(words: str) -> int:
    """Read a whole number in capital numerals, by the largest unit in it."""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        if unit in words:
            high, low = words.rsplit(unit, 1) if size >= 10**4 else words.split(unit, 1)
            return number_said(high) * size + number_said(low)
    digit = words.lstrip("零")
    return DIGITS.index(digit) if digit else 0


def fen_said(words: str) -> int:
    """Read an amount in capital numerals back into fen."""
    found = re.fullmatch("(负?)(?:(.+)元)?零?(?:(.)角)?(?:(.)分|整)", words)
    assert found is not None, words
    sign, yuan, jiao, odd = found.groups()
    fen = 100 * number_said(yuan or "") + 10 * DIGITS.index(jiao or "零") + DIGITS.index(odd or "零")
    return -fen if sign else fen


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("1001.05", "壹仟零壹元零伍分"),
        ("100000.00", "壹拾万元整"),
        ("10.50", "壹拾元伍角整"),
        ("0.30", "叁角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.15", "壹角伍分"),
        ("10", "壹拾元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000001000", "壹拾亿零壹仟元整"),
        ("1000000000000", "壹万亿元整"),
        ("-301.38", "负叁佰零壹元叁角捌分"),
    ],
)
def test_vectors(yuan: str, words: str) -> None:
    assert amount_in_words(fen_from_text(yuan)) == words


@given(st.integers(-(10**15) + 1, 10**15 - 1) | st.integers(-(10**7), 10**7))
def test_what_is_said_is_the_amount(fen: int) -> None:
    words = amount_in_words(Fen(fen))
    assert fen_said(words) == fen
    assert "零零" not in words
    assert words.endswith("分") or words.endswith("整")


@given(st.integers(0, 10**13 - 1))
def test_the_oracle_agrees_on_whole_yuan(yuan: int) -> None:
    said = cn2an.an2cn(str(yuan), "rmb")
    ours = amount_in_words(Fen(100 * yuan))
    # Above 亿 the oracle leaves out some of the zeros that the rule wants.
    if yuan < 10**8:
        assert ours == said
    else:
        assert ours.replace("零", "") == said.replace("零", "")


@given(st.integers(1, 10**10 - 1))
def test_the_oracle_agrees_on_fen(fen: int) -> None:
    said = cn2an.an2cn(f"{Decimal(fen) / 100:.2f}", "rmb")
    assert amount_in_words(Fen(fen)).replace("零", "").rstrip("整") == said.replace("零", "").rstrip("整")
