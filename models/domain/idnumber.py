"""Resident identity numbers (公民身份号码, GB 11643) and organisation codes (统一社会信用代码, GB 32100).

The rules are DOMAIN §5; the codes and their order are the table of DOMAIN §6. Nothing here knows today's
date, so a birth in the future is the caller's finding; and the division code is a hint, so no fault ever
comes from it.
"""

import re
from datetime import date
from typing import Final, Literal

from models.domain.dates import FIRST_YEAR, LAST_YEAR
from models.domain.refusal import Unreadable
from models.domain.written import compacted

IdFault = Literal[
    "id.missing", "id.other_document", "id.format", "id.length", "id.date", "id.checksum", "id.fifteen"
]
Sex = Literal["男", "女"]

_CHECK_DIGITS: Final = "10X98765432"
_EIGHTEEN: Final = re.compile(r"[0-9]{17}[0-9X]").fullmatch
_DIGITS_OR_FINAL_X: Final = re.compile(r"[0-9]+X?").fullmatch
# By form (DOMAIN §5): a passport or travel permit is one letter with 7 or 8 digits, two letters with 6 to
# 8, or H/M with 10; a household book (户口本) prints 9 digits; and a number that names its own document.
_OTHER_DOCUMENT: Final = re.compile(
    r"[A-Z][0-9]{7,8}|[A-Z]{2}[0-9]{6,8}|[HM][0-9]{10}|[0-9]{9}"
    r"|(?:户口[本簿]|护照)号?码?[:：]?[0-9A-Z]{5,20}"
).fullmatch
_USCC_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC: Final = re.compile(f"[{_USCC_CHARACTERS}]{{18}}").fullmatch
_USCC_PLACES: Final = {character: place for place, character in enumerate(_USCC_CHARACTERS)}

# Birth dates (YYYYMMDD) found real so far. They are fewer than 110,000, and 420,000 people share a few ten
# thousand.
_real_births: Final[set[str]] = set()


class NotResidentId(Unreadable):
    """A text that is no valid resident ID where one is needed."""

    form = "“{written}”不是有效的身份证号码。请核对证件后重新填写。"


def clean_id(text: str) -> str:
    """Give an ID after the lossless clean-up of DOMAIN §6: ASCII digits, no blanks, X for x.

    Letters become upper case, which loses nothing. No digit is ever added or dropped.
    """
    if text.isascii() and text.isalnum():
        return text if text.isdigit() else text.upper()
    # Only ASCII letters: other scripts' letters may change their number when made upper case.
    return "".join([letter.upper() if letter.isascii() else letter for letter in compacted(text)])


def id_fault(cleaned: str) -> IdFault | None:
    """Say what is wrong with a cleaned ID, the first fault in the order of DOMAIN §6; None for a valid one.

    “id.fifteen” is a number of the old form that `upgrade_fifteen` can upgrade; “id.other_document” is a
    passport or household-book number by its form: one or two letters and digits, or exactly 9 digits.
    “id.date” is a birth date that no calendar has, or a year outside 1850–2150.
    """
    if _EIGHTEEN(cleaned):
        birth = cleaned[6:14]
        if birth not in _real_births and not _is_real_birth(birth):
            return "id.date"
        # 13 ≡ 2 (mod 11), so the digits read in base 13 give the standard's weights 2^17 … 2^1 at one stroke.
        if _CHECK_DIGITS[2 * int(cleaned[:17], 13) % 11] != cleaned[17]:
            return "id.checksum"
        return None
    return _fault_of_another_form(cleaned)


def check_digit(first17: str) -> str:
    """Give the check digit (0–9 or X) for the first 17 digits.

    Raises NotResidentId unless they are 17 ASCII digits.
    """
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        raise NotResidentId(written=first17)
    return _CHECK_DIGITS[2 * int(first17, 13) % 11]


def upgrade_fifteen(id15: str) -> str:
    """Give the 18-digit form of a 15-digit ID: the century 19 put in, the check digit added.

    Raises NotResidentId where `id_fault` would not say “id.fifteen”.
    """
    if id_fault(id15) != "id.fifteen":
        raise NotResidentId(written=id15)
    first17 = id15[:6] + "19" + id15[6:]
    return first17 + check_digit(first17)


def birth_of(id18: str) -> date:
    """Give the birth date of an 18-digit ID. Raises NotResidentId where the form or the date is wrong."""
    if not _EIGHTEEN(id18) or not _is_real_birth(id18[6:14]):
        raise NotResidentId(written=id18)
    return date(int(id18[6:10]), int(id18[10:12]), int(id18[12:14]))


def sex_of(id18: str) -> Sex:
    """Give the sex of an 18-digit ID: its 17th digit is odd for 男. Raises NotResidentId for another form."""
    if not _EIGHTEEN(id18):
        raise NotResidentId(written=id18)
    return "男" if id18[16] in "13579" else "女"


def age_on(birth: date, day: date) -> int:
    """Give the full years on `day`; a year is full on the birthday itself (周岁).

    Who was born on 29 February is a year older on 1 March of a common year. Before the birth the result is
    negative.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def uscc_is_valid(text: str) -> bool:
    """Say whether `text` is a valid 18-character organisation code (GB 32100: powers of 3, modulo 31)."""
    if not _USCC(text):
        return False
    total = sum(_USCC_PLACES[character] * pow(3, place, 31) for place, character in enumerate(text[:17]))
    return _USCC_PLACES[text[17]] == -total % 31


def _is_real_birth(written: str) -> bool:
    """Say whether 8 ASCII digits are a real date of a year in range, and remember the real ones."""
    if written in _real_births:
        return True
    year = int(written[:4])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return False
    try:
        date(year, int(written[4:6]), int(written[6:]))
    except ValueError:
        return False
    _real_births.add(written)
    return True


def _fault_of_another_form(cleaned: str) -> IdFault:
    """Say what is wrong with a text that has not the form of an 18-digit ID."""
    if not cleaned:
        return "id.missing"
    if _OTHER_DOCUMENT(cleaned):
        return "id.other_document"
    if not _DIGITS_OR_FINAL_X(cleaned):
        return "id.format"
    if len(cleaned) != 15 or cleaned.endswith("X"):
        return "id.length"
    return "id.fifteen" if _is_real_birth("19" + cleaned[6:12]) else "id.date"
