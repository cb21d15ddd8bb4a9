"""A cell's text as people and other programs write it: cleaned without loss, and shown back.

Nothing here changes or drops a digit (DOMAIN §6, “lossless clean-up”): full-width digits and letters become
ASCII, blanks of every kind and characters that cannot be seen go away, and so do the apostrophes Excel puts
before text.
"""

import re
from decimal import Decimal
from math import isfinite
from typing import Final

HAN: Final = "\u3400-\u9fff\U00020000-\U000323af"
"""Han characters, the rare ones beyond the BMP too, for a class of a pattern."""
# Characters without width: soft hyphen, Arabic letter mark, Mongolian separator, zero-width and bidi marks,
# BOM.
_UNSEEN: Final = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff"
)
# Python's own idea of white space, and the empty braille cell.
_BLANKS: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000\u2800"
)
_APOSTROPHES: Final = "'’‘＇"

_WIDTH: Final[dict[int, str | None]] = {
    **{
        ord(full): ascii_digit for full, ascii_digit in zip("０１２３４５６７８９", "0123456789", strict=True)
    },
    **{0xFF21 + place: chr(0x41 + place) for place in range(26)},
    **{0xFF41 + place: chr(0x61 + place) for place in range(26)},
    **dict.fromkeys(map(ord, _UNSEEN)),
}
_UNSEEN_ONLY: Final[dict[int, None]] = dict.fromkeys(map(ord, _UNSEEN))
_BLANK_RUN: Final = re.compile(f"[{re.escape(_BLANKS)}]+")
_NUMBER_SIGNS: Final = str.maketrans("，．－＋−", ",.-+-")
_NUMBER: Final = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")

# Longer than any number or name an office writes; keeps `int()` and the sentences short.
_LONGEST_NUMBER: Final = 64
_LONGEST_SHOWN: Final = 40


def without_unseen(text: str) -> str:
    """Give `text` without the characters that have no width."""
    return text if text.isascii() else text.translate(_UNSEEN_ONLY)


def outer_trimmed(text: str) -> str:
    """Give `text` without unseen characters, outer blanks and leading apostrophes; its inside stays."""
    return without_unseen(text).lstrip(_BLANKS + _APOSTROPHES).rstrip(_BLANKS)


def trimmed(text: str) -> str:
    """Give `text` after the lossless clean-up of DOMAIN §6, its inner blanks kept."""
    ascii_or_narrow = text if text.isascii() else text.translate(_WIDTH)
    return ascii_or_narrow.lstrip(_BLANKS + _APOSTROPHES).rstrip(_BLANKS)


def without_blanks(text: str) -> str:
    """Give `text` without its blanks, inner ones too (U+3000, NBSP and line ends among them)."""
    return _BLANK_RUN.sub("", text)


def compacted(text: str) -> str:
    """Give `text` after the lossless clean-up of DOMAIN §6, its inner blanks removed as well."""
    return without_blanks(trimmed(text))


def shown(value: object) -> str:
    """Give `value` as a sentence quotes it: 40 characters at most, 空 for nothing, floats as in Excel."""
    if isinstance(value, float):
        text = f"{value:.15g}"
    elif value is None:
        text = ""
    else:
        # An int of more than 4,300 digits cannot be written out; nobody could read it either.
        text = "一个极大的整数" if isinstance(value, int) and value.bit_length() > 1000 else str(value)
    text = without_unseen(text).strip()
    if len(text) > _LONGEST_SHOWN:
        text = text[:_LONGEST_SHOWN] + "…"
    return text or "空"


def ratio_of_text(text: str) -> tuple[int, int] | None:
    """Read a decimal number exactly as (numerator, denominator), the denominator a power of ten.

    Takes a sign, thousands commas in their right places and full-width digits and signs; None for anything
    else: exponents, “nan”, underscores, inner blanks, digits of other scripts, a missing digit on either
    side of the point.
    """
    if len(text) > _LONGEST_NUMBER:
        return None
    found = _NUMBER.fullmatch(trimmed(text).translate(_NUMBER_SIGNS))
    if found is None:
        return None
    sign, whole, fraction = found[1], found[2].replace(",", ""), found[3] or ""
    units = int(whole + fraction)
    return (-units if sign == "-" else units), 10 ** len(fraction)


def ratio_of_cell(value: object) -> tuple[int, int] | None:
    """Read a cell's number exactly as (numerator, denominator), or None where there is no number.

    A float is taken as Excel shows it, at 15 significant digits: what is past these is binary noise.
    bool, None, dates and everything that is not int, float, Decimal or text give None.
    """
    if isinstance(value, str):
        return ratio_of_text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value, 1
    if isinstance(value, float) and isfinite(value):
        return _ratio_of_decimal(Decimal(f"{value:.15g}"))
    return _ratio_of_decimal(value) if isinstance(value, Decimal) else None


def _ratio_of_decimal(value: Decimal) -> tuple[int, int] | None:
    if not value.is_finite():
        return None
    if not value:
        return 0, 1
    # 1E+999999 would take the machine's memory when written out.
    return value.as_integer_ratio() if abs(value.adjusted()) < _LONGEST_NUMBER else None
