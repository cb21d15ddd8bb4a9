"""Near matches 近似比对: records that may be of one person, found among hundreds of thousands in one pass.

The smaller side is held in memory by its blocking keys, the registry streams past once; only records that share a key are
compared (models.domain.sameness).
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from models.domain.sameness import LEAST_SHOWN, Identity, Likeness, block_keys, likeness, with_village
from models.store.opening import Store

_SLICE: Final = 60_000
"""So many people are held at a time when the registry is compared with itself."""


class NearPair(NamedTuple):
    """Two records that may be of one person: the keys of both, how alike, and why."""

    one: int
    other: int
    score: int
    why: str


@cache
def sound_of(character: str) -> str:
    """How a character is read, without its tone, with the sounds that dialects do not tell apart made one; '' if unknown.

    zh/z, ch/c, sh/s and the endings -ng/-n are one: people give their names by word of mouth.
    """
    # the phrase dictionary would cost 44 MB and says nothing about names
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import lazy_pinyin

    read = lazy_pinyin(character, errors="ignore")
    if not read:
        return ""
    for written, meant in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if read[0].startswith(written):
            read[0] = meant + read[0][2:]
    return str(read[0].removesuffix("g") if read[0].endswith("ng") else read[0])


def near_people(store: Store, asked: Iterable[Identity], least: int = LEAST_SHOWN) -> list[NearPair]:
    """Whom of the registry each of `asked` may be (a list's lines, a roster's rows), the surest first.

    `one` is the asked identity's key, `other` the person. The same number is a pair too, with 100.
    """
    held = list(asked)
    found = _pairs(held, _registry(store), lambda one, other: True)
    villages = _villages(store, [pair.other for pair in found])
    own = {one.key: one.village_id for one in held}
    return _surest(found, least, lambda pair: own[pair.one] == villages[pair.other])


def near_pairs(store: Store, *, run_id: int | None = None, least: int = LEAST_SHOWN) -> list[NearPair]:
    """Pairs of registered people who may be one person, the surest first; of one run's people, or of all.

    Who is merged already is not asked again, nor are pairs that somebody found to be two people.
    """
    found: list[NearPair] = []
    last = 0
    mine = frozenset() if run_id is None else _run_people(store, run_id)

    def once(one: Identity, other: Identity) -> bool:
        # both of the run: the pair comes twice; one of it alone: only now
        return one.key < other.key or (bool(mine) and other.key not in mine)

    while held := _slice(store, last, run_id):
        last = held[-1].key
        # the registry against itself: the earlier slices have met the people before this one
        found += _pairs(held, _registry(store, held[0].key if run_id is None else 0), once)
    apart = set(store.rows("SELECT one_id, other_id FROM person_apart WHERE undone_on IS NULL"))
    found = [pair for pair in found if (min(pair[:2]), max(pair[:2])) not in apart]
    villages = _villages(store, [key for pair in found for key in pair[:2]])
    return _surest(found, least, lambda pair: villages[pair.one] == villages[pair.other])


_COLUMNS: Final = (
    "SELECT id, id_number, name_key, coalesce(birth, ''), household_id FROM person WHERE merged_into IS NULL"
)


def _registry(store: Store, first: int = 0) -> Iterator[Identity]:
    """Everybody not merged, from a row on."""
    return map(Identity._make, ((*row, 0) for row in store.each(f"{_COLUMNS} AND id >= ?", (first,))))


def _slice(store: Store, last: int, run_id: int | None) -> list[Identity]:
    """The next people after a row, of a run or of all."""
    condition, parameters = ("", ()) if run_id is None else (" AND run_id = ?", (run_id,))
    rows = store.rows(f"{_COLUMNS} AND id > ?{condition} ORDER BY id LIMIT {_SLICE}", (last, *parameters))
    return [Identity._make((*row, 0)) for row in rows]


def _run_people(store: Store, run_id: int) -> frozenset[int]:
    return frozenset(row[0] for row in store.rows("SELECT id FROM person WHERE run_id = ?", (run_id,)))


def _pairs(
    held: Sequence[Identity], people: Iterable[Identity], wanted: Callable[[Identity, Identity], bool]
) -> list[NearPair]:
    """The alike among those who share a blocking key with one of `held`, each pair once."""
    blocks: dict[str, list[Identity]] = {}
    for one in held:
        for key in block_keys(one):
            blocks.setdefault(key, []).append(one)
    found: dict[tuple[int, int], NearPair] = {}
    for other in people:
        for key in block_keys(other):
            for one in blocks.get(key, ()):
                if not wanted(one, other) or (one.key, other.key) in found:
                    continue
                alike = likeness(one, other, sound_of)
                if alike is not None:
                    found[one.key, other.key] = NearPair(one.key, other.key, *alike)
    return list(found.values())


def _villages(store: Store, people: Iterable[int]) -> dict[int, int]:
    """The villages where people live."""
    ids = json.dumps(sorted(set(people)))
    return dict(
        store.rows(
            "SELECT p.id, h.village_id FROM json_each(?) j JOIN person p ON p.id = j.value"
            " JOIN household h ON h.id = p.household_id",
            (ids,),
        )
    )


def _surest(
    found: Iterable[NearPair], least: int, in_one_village: Callable[[NearPair], bool]
) -> list[NearPair]:
    judged = (
        NearPair(pair.one, pair.other, *with_village(Likeness(pair.score, pair.why), in_one_village(pair)))
        for pair in found
    )
    return sorted(
        (pair for pair in judged if pair.score >= least), key=lambda pair: (-pair.score, pair.one, pair.other)
    )
