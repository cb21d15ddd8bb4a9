"""Bank account numbers (账号) of cards and passbooks (DOMAIN §5): text, whose length and zeros matter."""

import re
from typing import Final, Literal

from models.domain.written import compacted

AccountFault = Literal["account.format"]

_ACCOUNT: Final = re.compile(r"[0-9]{8,32}").fullmatch
_SHORTEST_CARD: Final = 16
_LONGEST_CARD: Final = 19
# Twice each digit, its own digits added: 7 → 14 → 5.
_DOUBLED: Final = {str(digit): sum(divmod(2 * digit, 10)) for digit in range(10)}


def clean_account(text: str) -> str:
    """Give an account number after the lossless clean-up of DOMAIN §6: no digit added or dropped."""
    if text.isascii() and text.isdigit():
        return text
    return compacted(text)


def account_fault(cleaned: str) -> AccountFault | None:
    """Say “account.format” unless a cleaned number is 8 to 32 ASCII digits."""
    return None if _ACCOUNT(cleaned) else "account.format"


def luhn_fails(cleaned: str) -> bool:
    """Say whether a number as long as a card's (16–19 digits) fails the Luhn check.

    Passbook numbers (存折) have no check digit, even where they are that long: the caller knows the medium.
    """
    if not _SHORTEST_CARD <= len(cleaned) <= _LONGEST_CARD or not (cleaned.isascii() and cleaned.isdigit()):
        return False
    kept = sum(map(int, cleaned[-1::-2]))
    doubled = sum(map(_DOUBLED.__getitem__, cleaned[-2::-2]))
    return (kept + doubled) % 10 != 0
