"""A damaged number beside the one that is proposed for it: which characters differ, and what of both may be seen (DOMAIN §8).

What differs is what the clerk has to look at, so that it is shown; what both have in common stays masked but for its ends.
"""

import re
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, NamedTuple

_HEAD: Final = 6
_TAIL: Final = 4
_MOST_SHOWN: Final = 6
"""So many differing characters inside the masked part are shown; more of them would be the number itself."""
_STORED_NUMBER: Final = re.compile(r"([1-9])\.([0-9]{14})E\+(1[5-9]|2[0-9])").fullmatch


class Piece(NamedTuple):
    """A part of a number as it is shown, and whether it differs from the other number."""

    text: str
    differs: bool


def before_after(written: str, proposed: str) -> tuple[list[Piece], list[Piece]]:
    """The number as written and as proposed, in pieces, masked.

    A cell that holds a number is taken as its program shows it: 15 digits and zeros.
    """
    before = _as_digits(written)
    same_before, same_after = _alike(before, proposed)
    return _pieces(before, same_before), _pieces(proposed, same_after)


def _alike(one: str, other: str) -> tuple[set[int], set[int]]:
    """The places of both that say the same: place by place where a few digits are wrong, else around what is too much."""
    if len(one) == len(other):
        same = {at for at, (left, right) in enumerate(zip(one, other, strict=True)) if left == right}
        if len(one) - len(same) <= _MOST_SHOWN:
            return same, same
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return (
        {at for block in blocks for at in range(block.a, block.a + block.size)},
        {at for block in blocks for at in range(block.b, block.b + block.size)},
    )


def _as_digits(written: str) -> str:
    found = _STORED_NUMBER(written)
    return written if found is None else (found[1] + found[2]).ljust(int(found[3]) + 1, "0")


def _pieces(text: str, alike: set[int]) -> list[Piece]:
    ends = {*range(min(_HEAD, len(text) // 3)), *range(len(text) - min(_TAIL, len(text) // 4), len(text))}
    differing = set(range(len(text))) - alike
    shown = ends | differing if len(differing - ends) <= _MOST_SHOWN else ends
    masked = ((character if at in shown else "*", at in differing) for at, character in enumerate(text))
    return [
        Piece("".join(character for character, _ in run), differs)
        for differs, run in groupby(masked, key=lambda one: one[1])
    ]
