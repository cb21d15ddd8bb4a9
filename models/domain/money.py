"""Money: an integer number of fen (分). Yuan exist only in text (DOMAIN §4).

Every reader reads exactly or refuses; none rounds, and none passes through a binary float.
"""

import re
from math import gcd
from typing import Final, NewType

from models.domain.refusal import Unreadable
from models.domain.written import ratio_of_cell, ratio_of_text, shown, trimmed

Fen = NewType("Fen", int)

# Ten trillion yuan: above any office's money, and the last size at which a cell's 15 digits still reach the
# fen.
_TOO_MANY_YUAN: Final = 10**13

_YEN: Final = re.compile(r"([+＋\-－−]?)\s*[¥￥]\s*([+＋\-－−]?)\s*([0-9].*)", re.DOTALL)


class NotMoney(Unreadable):
    """A cell or text that is no amount of money."""

    form = "“{written}”不是金额。请填写数字，例如 1234.50。"


class TooManyDecimals(NotMoney):
    """An amount that really stores more than two decimals, whatever the cell's format shows."""

    form = "金额“{written}”实际存有 {decimals} 位小数，最多两位。请四舍五入到分后重新填写。"


class TooMuchMoney(NotMoney):
    """An amount of ten trillion yuan or more: a slip, or a number that is no amount (an account, an ID)."""

    form = "金额“{written}”达到或超过十万亿元，不像金额。请核对该单元格是否填错列。"


def fen_from_text(text: str) -> Fen:
    """Read yuan written as text, “1,234.50”, into fen.

    Cleaned first: outer blanks, full-width digits and signs, leading apostrophes, ¥. A sign and well-placed
    thousands commas are allowed. Raises NotMoney for anything else (exponents, nan, underscores, other
    scripts' digits), TooManyDecimals where a third decimal is not zero, TooMuchMoney from ten trillion yuan
    on.
    """
    return _fen(_ratio_of_money_text(text), text, 1)


def fen_from_cell(value: object, scale: int = 1) -> Fen:
    """Read a cell's amount into fen; `scale` is the yuan in one unit of the column (10000 for 万元).

    Takes int, float, Decimal or text. A float counts as Excel shows it, at 15 significant digits. Decimals
    are judged after scaling. Raises NotMoney (bool, None, dates and other things too), TooManyDecimals or
    TooMuchMoney.
    """
    if isinstance(value, float):
        # The common cell. A number of at most 15 digits and its nearest float stand for each other, so this
        # is exact.
        if scale == 1 and -_TOO_MANY_YUAN < value < _TOO_MANY_YUAN:
            fen = round(value * 100)
            if fen / 100 == value:
                return Fen(fen)
        ratio = ratio_of_cell(value)
    elif isinstance(value, str):
        ratio = _ratio_of_money_text(value)
    else:
        ratio = ratio_of_cell(value)
    return _fen(ratio, value, scale)


def yuan_text(fen: Fen) -> str:
    """Write fen as yuan with thousands commas: 123450 → “1,234.50”."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def yuan_plain(fen: Fen) -> str:
    """Write fen as yuan without commas, as bank files want it: 123450 → “1234.50”."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


def round_half_up(numerator: int, denominator: int) -> int:
    """Round numerator ÷ denominator to an integer, halves away from zero (DOMAIN §4).

    Exact for integers of any size. Raises ZeroDivisionError for a denominator of 0.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -rounded if numerator < 0 else rounded


def decimals_of(numerator: int, denominator: int) -> int:
    """Count the decimals of a fraction whose denominator divides a power of ten: 603/200 → 3."""
    reduced = denominator // gcd(numerator, denominator)
    decimals = 0
    while 10**decimals % reduced:
        decimals += 1
    return decimals


def _ratio_of_money_text(text: str) -> tuple[int, int] | None:
    """Read yuan text exactly, its ¥ taken off; a sign may stand on either side of it, not on both."""
    if "¥" not in text and "￥" not in text:
        return ratio_of_text(text)
    found = _YEN.fullmatch(trimmed(text))
    if found is None or (found[1] and found[2]):
        return None
    return ratio_of_text(found[1] + found[2] + found[3])


def _fen(ratio: tuple[int, int] | None, value: object, scale: int) -> Fen:
    """Turn an exact number of column units into fen, or refuse with `value` as it was written."""
    if ratio is None:
        raise NotMoney(written=shown(value))
    numerator, denominator = ratio[0] * scale, ratio[1]
    if abs(numerator) >= _TOO_MANY_YUAN * denominator:
        raise TooMuchMoney(written=shown(value))
    fen, beyond = divmod(numerator * 100, denominator)
    if beyond:
        raise TooManyDecimals(written=shown(value), decimals=decimals_of(numerator, denominator))
    return Fen(fen)
