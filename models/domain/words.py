"""Amounts in capital Chinese numerals (大写), as rosters, notices and vouchers carry them (DOMAIN §12)."""

from typing import Final

from models.domain.money import Fen

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")


def amount_in_words(fen: Fen) -> str:
    """Write an amount in capital numerals: 100105 → 壹仟零壹元零伍分, 0 → 零元整, negative with 负 before it.

    整 follows 元 or 角, never 分. A zero in the yuan's last place is spoken before 角 only when 分 follows
    it (the forms of DOMAIN §12: 壹拾元伍角整, but 壹拾万柒仟元零伍角叁分).
    """
    yuan, rest = divmod(abs(fen), 100)
    jiao, odd_fen = divmod(rest, 10)
    sign = "负" if fen < 0 else ""
    if not rest:
        return f"{sign}{_integer(yuan)}元整"
    words = f"{_integer(yuan)}元" if yuan else ""
    if yuan and ((not jiao) or (odd_fen and yuan % 10 == 0)):
        words += "零"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    words += f"{_DIGITS[odd_fen]}分" if odd_fen else "整"
    return sign + words


def _integer(number: int) -> str:
    """Write a whole number ≥ 0; above 亿 the same words are used again (万亿, 亿亿)."""
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return _integer(high) + unit + (gap + _integer(low) if low else "")
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    if not number:
        return _DIGITS[0]
    words = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += _DIGITS[digit] + _PLACES[place]
        elif words and number % 10**place and not words.endswith("零"):
            words += "零"
    return words
