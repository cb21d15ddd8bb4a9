"""Whether two records may be of one person: by ID, birth, name and household (DOMAIN §5: never by name alone).

A valid resident ID guards itself: no single slip of the pen gives another valid one. So two registered IDs are compared by
their first 17 digits, where a slip that was then “corrected” by a new check digit still shows.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import OSA

NameLikeness = Literal["same", "sound", "one_character", ""]
Sound = Callable[[str], str]
"""Gives how one character is read, so that 晓 and 小 are alike; '' where it is not known."""

LEAST_SHOWN: Final = 80
"""Likeness below this is chance: two of a county's 400,000 are often born on one day with names that sound alike."""

_SHORTEST_FOR_A_SLIP: Final = 3
_EIGHTEEN: Final = 18


class Identity(NamedTuple):
    """What a person is known by. `key` is the row (or line) it stands for, `birth` is “YYYY-MM-DD” or ''.

    0 stands for a household or village that is not known.
    """

    key: int
    id_number: str
    name_key: str
    birth: str
    household_id: int = 0
    village_id: int = 0


class Likeness(NamedTuple):
    """How surely two records are of one person, 0–100, and why, in words."""

    score: int
    why: str


def block_keys(one: Identity) -> tuple[str, ...]:
    """Give the keys of which two records must share one before they are compared at all.

    The birth date; the ID without the birth's year, month and day in turn, so that a slip there still meets; the household.
    """
    keys = [f"b{one.birth}"] if one.birth else []
    number = one.id_number
    if len(number) != _EIGHTEEN:
        keys.append(f"n{number}")
    else:
        area, birth, order = number[:6], number[6:14], number[14:17]
        frame = area + order
        keys += (f"y{frame}{birth[4:]}", f"d{frame}{birth[:4]}", f"s{frame}{birth[:3]}{birth[5:]}")
    if one.household_id:
        keys.append(f"h{one.household_id}")
    return tuple(keys)


def likeness(one: Identity, other: Identity, sound: Sound) -> Likeness | None:
    """Say how alike two records are, None where nothing but chance speaks for it.

    The same number is 100. Else the names must be alike, and beside them the birth, the ID but for one slip, or the
    household. Whether the village is the same is for `with_village` to add.
    """
    if one.id_number == other.id_number:
        return Likeness(100, "身份证号相同")
    name = name_likeness(one.name_key, other.name_key, sound)
    if not name:
        return None
    same_name = name == "same"
    said = NAME_WORDS[name]
    if ids_differ_by_a_slip(one.id_number, other.id_number):
        return Likeness(95 if same_name else 82, f"{said}，身份证号只差一处")
    together = bool(one.household_id) and one.household_id == other.household_id
    if one.birth and one.birth == other.birth:
        return Likeness(
            (90 if same_name else 75) + (8 if together else 0),
            f"{said}，出生日期相同" + ("，同在一户" if together else ""),
        )
    if together and same_name:
        return Likeness(LEAST_SHOWN, f"{said}，同在一户")
    return None


def with_village(found: Likeness, same_village: bool) -> Likeness:
    """Add what a common village tells: a little, and never certainty."""
    if not same_village or found.score == 100:
        return found
    return Likeness(min(99, found.score + 6), found.why + "，同村")


NAME_WORDS: Final[dict[NameLikeness, str]] = {
    "same": "姓名相同",
    "sound": "姓名读音相同",
    "one_character": "姓名只差一个字",
}


def name_likeness(one: str, other: str, sound: Sound) -> NameLikeness:
    """Compare two names by their keys: the same, of one sound (homophones), or one character apart in three or more."""
    if one == other:
        return "same" if one else ""
    if len(one) == len(other) and all(
        a == b or (sound(a) != "" and sound(a) == sound(b)) for a, b in zip(one, other, strict=True)
    ):
        return "sound"
    if (
        min(len(one), len(other)) < _SHORTEST_FOR_A_SLIP - 1
        or max(len(one), len(other)) < _SHORTEST_FOR_A_SLIP
    ):
        return ""
    return "one_character" if OSA.distance(one, other, score_cutoff=1) <= 1 else ""


def ids_differ_by_a_slip(one: str, other: str) -> bool:
    """Say whether two IDs are one wrong, swapped, missing or extra digit apart, check digits aside, or one is the old form.

    A number of 15 digits is the 18-digit one without its century and check digit.
    """
    if one == other or not one or not other:
        return False
    if {len(one), len(other)} == {15, _EIGHTEEN}:
        short, long = sorted((one, other), key=len)
        return short == long[:6] + long[8:17]
    if len(one) == len(other) == _EIGHTEEN and one[:6] + one[8:17] == other[:6] + other[8:17]:
        return True  # the same old number, upgraded into two centuries
    return OSA.distance(_body(one), _body(other), score_cutoff=1) <= 1


def _body(number: str) -> str:
    return number[:17] if len(number) == _EIGHTEEN else number
