"""Digests of rows 行指纹: whether a row of a mended workbook is the one that an earlier run took in.

A digest is kept with what the row made (a person, an account, an enrolment), so that it is always the last one and an undo
puts the earlier one back. It knows neither the row's place nor its serial number nor the order of the columns.
"""

import marshal
from collections.abc import Callable, Sequence
from hashlib import blake2b
from operator import itemgetter
from typing import Final

_SIZE: Final = 8
_PLACE: Final = frozenset(("serial",))
_BITS: Final = 1 << 64


def digester(fields: Sequence[str], seed: str = "") -> Callable[[Sequence[object]], int]:
    """A function from a row's cells, in the order of `fields`, to 8 bytes of BLAKE2 as a signed integer.

    `seed` is what else decides what the cells mean: the money unit of a heading, the policy they are checked against.
    """
    named = sorted((name, place) for place, name in enumerate(fields) if name not in _PLACE)
    if not named:
        return lambda _: 0
    pick = itemgetter(*(place for _, place in named))
    meaning = repr(([name for name, _ in named], seed)).encode()
    start = blake2b(meaning, digest_size=_SIZE).digest()
    # version 0 knows no references and no interned texts: equal cells give equal bytes, today and next month
    dump, whole = marshal.dumps, int.from_bytes

    def digest(cells: Sequence[object]) -> int:
        picked = pick(cells)
        try:
            written = dump(picked, 0)
        except ValueError:  # a day or another thing that is not marshalled
            written = repr(picked).encode("utf-8", "surrogatepass")
        return whole(blake2b(start + written, digest_size=_SIZE).digest(), "big", signed=True)

    return digest


def mixed(digest: int, *context: int) -> int:
    """A digest together with what the row owes to its surroundings: the village of its section, its household's first row."""
    for number in context:
        digest = (digest * 1_000_003 + number + 1) % _BITS
    return digest - _BITS if digest >= _BITS >> 1 else digest
