"""Number damage 号码损坏: what spreadsheets and keyboards do to an ID or an account number (DOMAIN §6).

A damage says what happened and what is certain of the number that stood there: its leading digits, its length, its places.
It never says the number: only a number known from elsewhere can be asked whether it could have stood there (`could_be`).
What is lossless (full-width digits, blanks, characters that cannot be seen, leading apostrophes) is no damage.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from rapidfuzz.distance import OSA

from models.domain.bankaccount import clean_account
from models.domain.idnumber import clean_id, id_fault, upgrade_fifteen

DamageKind = Literal[
    "digits_lost", "shown_rounded", "zeros_lost", "letters", "old_form", "became_date",
]  # fmt: skip

UNKNOWN: Final = "?"
LEAST_LOST: Final = 10**15
"""A number of 16 digits or more has lost its last ones: Excel keeps 15."""

_KEPT: Final = 15
_LONGEST: Final = 32
_ID_LENGTHS: Final = (15, 17, 18)
_SHORTEST_ACCOUNT: Final = 8
_MOST_LETTERS: Final = 4
# Letters that hands and readers put in a digit's place: O and Q for 0; l, I and a bar for 1. `clean_id` has made them capitals.
_LETTERS: Final = re.compile("[OQLI|]")
_END_CROSS: Final = re.compile("[×✕✖Хх*]$")
_ROUNDED: Final = re.compile(r"([1-9])(?:\.([0-9]{1,20}))?E\+?([0-9]{1,2})").fullmatch


@dataclass(frozen=True, slots=True)
class Damage:
    """What happened to a number, and what is certain of it.

    `prefix` are its leading digits as far as they are certain, `length` how many it had (0: not known), `pattern` one
    character a place, “?” where it is not known ('' when the length is not). `low` and `high` bound the number itself.
    """

    kind: DamageKind
    prefix: str = ""
    length: int = 0
    pattern: str = ""
    low: int = 0
    high: int = 0
    stored: int = 0


def damage_in_id(cell: object) -> Damage | None:
    """What happened to a resident ID in this cell; None where nothing shows.

    “old_form” is a 15-digit number: 17 of the 18 digits are certain, the check digit follows from them.
    """
    number, text = _whole(cell), ""
    if number is not None and number >= LEAST_LOST:
        return _digits_lost(number)
    if _is_day(cell):
        return Damage("became_date")
    if number is not None:
        text = str(number)
    elif isinstance(cell, str):
        text = clean_id(cell)
    if id_fault(text) == "id.fifteen":
        upgraded = upgrade_fifteen(text)
        return Damage("old_form", upgraded[:17], 18, upgraded[:17] + UNKNOWN)
    return _shown_rounded(text) or _letters(text, _ID_LENGTHS)


def damage_in_account(cell: object) -> Damage | None:
    """What happened to an account number in this cell; None where nothing shows.

    “zeros_lost” is said of every number short enough to be whole: it may have begun with zeros, and often has not.
    """
    number = _whole(cell)
    if number is not None:
        if number >= LEAST_LOST:
            return _digits_lost(number)
        return Damage("zeros_lost", stored=number) if number > 0 else None
    if _is_day(cell):
        return Damage("became_date")
    if not isinstance(cell, str):
        return None
    text = clean_account(cell).upper()
    return _shown_rounded(text) or _letters(text, range(_SHORTEST_ACCOUNT, _LONGEST + 1))


def could_be(damage: Damage, number: str) -> bool:
    """Whether `number`, written where the damage is, would have come out as it stands there.

    For lost digits exactly: the number stored as a binary float, cut to 15 digits as Excel does on typing, or rounded to 15
    or 16 as other programs do on writing.
    """
    if not number.isascii():
        return False
    if damage.kind == "zeros_lost":
        return number.startswith("0") and number.lstrip("0") == str(damage.stored)
    if not damage.pattern or len(number) != damage.length:
        return False
    if damage.kind == "digits_lost":
        if not number.isdigit():
            return False
        return damage.stored in _stored_as(number)
    if damage.kind == "shown_rounded":
        return number.isdigit() and damage.low <= int(number) <= damage.high
    return all(known in (UNKNOWN, own) for known, own in zip(damage.pattern, number, strict=True))


def one_slip_apart(one: str, other: str) -> bool:
    """Whether one digit replaced, two neighbours swapped, one missing or one too many makes one of the other."""
    return OSA.distance(one, other, score_cutoff=1) == 1


def _whole(cell: object) -> int | None:
    """A number cell's whole number; None for text, fractions and whatever is no number."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return None
    try:
        whole = int(cell)
    except (ValueError, OverflowError):  # not a number, infinity
        return None
    return whole if whole == cell and abs(whole) < 10**_LONGEST else None


def _is_day(cell: object) -> bool:
    return isinstance(cell, (date, datetime))


def _digits_lost(stored: int) -> Damage:
    """What is behind the 15th digit was cut or rounded; a step between two floats of this size is in doubt as well."""
    length = len(str(stored))
    step = 1 << max(0, stored.bit_length() - 53)
    unit = 10 ** (length - _KEPT)
    return _between("digits_lost", stored - unit // 2 - step, stored + unit - 1 + step, length, stored)


def _stored_as(number: str) -> set[int]:
    """What a number of 16 digits or more becomes in a number cell, by the programs that write it."""
    cut = int(number[:_KEPT].ljust(len(number), "0"))
    nearest = nearest_stored(int(number))
    rounded = (nearest_stored(_rounded(nearest, digits)) for digits in (_KEPT, _KEPT + 1))
    return {int(number), nearest, cut, nearest_stored(cut), *rounded}


def nearest_stored(number: int) -> int:
    """The whole number that a number cell holds for `number`: 53 binary digits, halves to the even one (IEEE 754)."""
    return _half_even(number, 1 << max(0, number.bit_length() - 53))


def _rounded(number: int, digits: int) -> int:
    return _half_even(number, 10 ** max(0, len(str(number)) - digits))


def _half_even(number: int, unit: int) -> int:
    whole, rest = divmod(number, unit)
    return (whole + (2 * rest > unit or (2 * rest == unit and whole % 2 == 1))) * unit


def _shown_rounded(text: str) -> Damage | None:
    """6.2E+18 as text: the digits that a narrow column showed, the last of them rounded or cut."""
    found = _ROUNDED(text)
    if found is None:
        return None
    digits, length = found[1] + (found[2] or ""), int(found[3]) + 1
    if len(digits) > length or length > _LONGEST:
        return None
    unit = 10 ** (length - len(digits))
    shown = int(digits) * unit
    return _between("shown_rounded", shown - unit // 2, shown + unit - 1, length)


def _between(kind: DamageKind, low: int, high: int, length: int, stored: int = 0) -> Damage:
    prefix = ""
    if len(str(low)) == len(str(high)):
        for one, other in zip(str(low), str(high), strict=True):
            if one != other:
                break
            prefix += one
    return Damage(kind, prefix, length, prefix.ljust(length, UNKNOWN), low, high, stored)


def _letters(text: str, lengths: range | tuple[int, ...]) -> Damage | None:
    """O for 0, l or I for 1, a cross for X: these places are not certain, all others are."""
    pattern = _END_CROSS.sub(UNKNOWN, _LETTERS.sub(UNKNOWN, text))
    known = pattern.replace(UNKNOWN, "")
    whole = known.removesuffix("X")
    if not 0 < pattern.count(UNKNOWN) <= _MOST_LETTERS or len(pattern) not in lengths:
        return None
    if not (whole.isascii() and whole.isdigit()):
        return None
    return Damage("letters", pattern.partition(UNKNOWN)[0], len(pattern), pattern)
