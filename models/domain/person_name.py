"""Names of people (DOMAIN §5): kept as written, compared by a key, flagged where a character is lost."""

import re
from typing import Final

from models.domain.written import outer_trimmed, without_blanks, without_unseen

# The dots that stand for the middle dot of names like 古丽扎尔·吐尔逊: bullet, katakana dots, full stops of
# both widths, hyphenation point, bullet and dot operators, Greek dot, word separator.
_DOTS: Final = str.maketrans(dict.fromkeys("\u2022\u30fb\uff65\uff0e.\u2027\u2219\u22c5\u0387\u2e31", "·"))
# Variation selectors choose a shape of the same character.
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# A character some system could not write: question marks, geta and boxes, the replacement character,
# private use.
_LOST: Final = re.compile("[?？□■▢◻〓\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_SHORTEST: Final = 2
_LONGEST: Final = 20


def clean_name(text: str) -> str:
    """Give a name as it is kept: outer blanks, unseen characters, leading apostrophes gone."""
    return text if text.isalpha() else outer_trimmed(text)


def name_key(text: str) -> str:
    """Give the form in which names are compared: one kind of middle dot, no blanks inside.

    Two people may share a key: never match people by name alone.
    """
    if text.isalpha():
        return text  # Han letters only, the ordinary name
    return _SELECTORS.sub("", without_blanks(without_unseen(outer_trimmed(text)))).translate(_DOTS)


def name_is_odd(text: str) -> bool:
    """Say whether a name looks damaged (finding name.odd).

    Odd are question marks, boxes, private-use characters and digits, and fewer than 2 or more than 20
    characters. Rare characters beyond the BMP are real names and are not odd.
    """
    key = name_key(text)
    if not _SHORTEST <= len(key) <= _LONGEST:
        return True
    return _LOST.search(key) is not None or any(map(str.isdigit, key))
