"""Villages (村, 社区) and village groups (村民小组) as rosters name them (DOMAIN §5)."""

import re
from functools import lru_cache
from typing import Final

from models.domain.written import HAN, compacted

_GROUP: Final = re.compile(
    r"第?([0-9]{1,4}|[〇零一二三四五六七八九十百廿卅两]{1,7})(?:\.0+)?(?:(?:村民|居民|生产)?(?:小组|组)|生产队|社|队)?"
).fullmatch
_DIGITS: Final = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_CHINESE: Final = re.compile(r"(?:(?P<hundreds>[一二两三四五六七八九])百)?(?P<rest>.*)").fullmatch
_TENS: Final = re.compile(
    r"(?:(?P<tens>[一二三四五六七八九]?十|廿|卅))?(?P<ones>[一二三四五六七八九]?)"
).fullmatch
_VILLAGE: Final = re.compile(f"[{HAN}]{{1,15}}(?:村|社区|居委会)").fullmatch
_BRACKETS: Final = str.maketrans("（）【】［］〔〕﹝﹞", "()()()()()")


def group_number(written: object) -> int | None:
    """Read the number (1 to 9999) of a village group: 1组, 一组, 第一组, 1社, 1队, 十二组, 4, 4.0.

    None where no number can be read for certain (a named group, 0, a number with other words); the caller
    keeps the original text in any case.
    """
    if isinstance(written, bool):
        return None
    if isinstance(written, float):
        return int(written) if written.is_integer() and 1 <= written <= 9999 else None
    if isinstance(written, int):
        return written if 1 <= written <= 9999 else None
    return _group_in(written) if isinstance(written, str) else None


def village_key(text: str) -> str:
    """Give the form in which full village names are compared.

    Blanks and unseen characters are gone, brackets of one kind. Nothing of the name is dropped:
    上溪村 and 上溪 stay two names, for which the office remembers an alias; nobody guesses.
    """
    return compacted(text).translate(_BRACKETS)


def is_village_name(text: str) -> bool:
    """Say whether a text is surely a village's full name: 上溪村, 城东社区."""
    return _VILLAGE(village_key(text)) is not None


@lru_cache(maxsize=1024)
def _group_in(text: str) -> int | None:
    """Read a group written as text; remembered, because a township's rows repeat a few dozen groups."""
    found = _GROUP(compacted(text))
    if found is None:
        return None
    number = int(found[1]) if found[1].isascii() else _chinese_number(found[1])
    return number or None


def _chinese_number(written: str) -> int | None:
    """Read 一 to 九百九十九, and digit by digit (一二, 一〇); None for what is no number."""
    found = _CHINESE(written)
    if found is None:
        return None
    hundreds = _DIGITS[found["hundreds"]] if found["hundreds"] else 0
    rest = found["rest"]
    if hundreds and len(rest) == 2 and rest[0] in "零〇" and rest[1] in _DIGITS:
        rest = rest[1:]  # 一百零五
    elif hundreds and len(rest) == 1 and rest != "十":
        return None  # 一百五 is said for 150, and some mean 105
    tens = _TENS(rest)
    if tens is None:
        digits = [_DIGITS.get(character) for character in written]
        return None if None in digits else int("".join(map(str, digits)))
    return 100 * hundreds + _tens(tens["tens"]) + (_DIGITS[tens["ones"]] if tens["ones"] else 0)


def _tens(written: str | None) -> int:
    if not written:
        return 0
    if written in ("廿", "卅"):
        return 20 if written == "廿" else 30
    return 10 * (_DIGITS[written[0]] if len(written) == 2 else 1)
