"""What a chunk of a people file's rows brings to the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from models.store.opening import Row

PERSON: Final = (
    "name",
    "name_key",
    "household_id",
    "relation",
    "sex",
    "birth",
    "phone",
    "remark",
    "is_dead",
    "died_on",
    "row_digest",
    "row_run",
)

HOUSEHOLD: Final = ("number", "village_id", "group_number", "group_text")


@dataclass(slots=True)
class Taken:
    """What the registry knows of a chunk's people and households, and what the chunk brings to it."""

    known: Mapping[str, Row]
    registered: Mapping[str, Row]
    households: list[tuple[object, ...]] = field(default_factory=list)
    moved: list[tuple[object, ...]] = field(default_factory=list)
    stood: list[Row] = field(default_factory=list)
    people: list[tuple[object, ...]] = field(default_factory=list)
    changed: list[tuple[object, ...]] = field(default_factory=list)
    before: list[Row] = field(default_factory=list)
    left: list[tuple[int, int]] = field(default_factory=list)
    heads: list[tuple[int, int]] = field(default_factory=list)
    guardians: list[tuple[object, ...]] = field(default_factory=list)
