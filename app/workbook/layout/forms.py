"""The kinds of workbook that are read, and under which headings offices send each field (resources/columns.toml)."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.resources import resource
from models.domain.refusal import Refusal


class NoSuchField(Refusal):
    """A mapping names a field that this kind of file does not have."""

    form = "对照表里的“{written}”不是“{title}”的栏目。可以用：{known}。"


@dataclass(frozen=True)
class Field:
    """One thing a column may hold: its Chinese title, and the headings under which offices send it.

    `money` columns may be in 万元; `once` values count once in a merge.
    """

    name: str
    title: str
    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    money: bool = False
    once: bool = False


@dataclass(frozen=True)
class Form:
    """A kind of file: what columns it needs (each entry a choice of fields), what it may have, what its headings mean.

    `stands_in` names the fields that take another's place where that has no column: the head's name and ID in a roster
    of households. `keys` maps a heading after clean-up to (field, whether it is one of the weaker names).
    """

    name: str
    title: str
    needed: tuple[tuple[str, ...], ...]
    optional: tuple[str, ...]
    stands_in: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, tuple[str, bool]]
    fields: Mapping[str, Field]

    def lacking(self, present: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """The entries of `needed` of which nothing is present."""
        there = set(present)
        return tuple(choice for choice in self.needed if not there.intersection(choice))

    def titles(self, choice: Iterable[str]) -> str:
        """The Chinese of one entry of `needed`."""
        return "或".join(self.fields[name].title for name in choice)


_BRACKETS: Final = str.maketrans("[]{}【】〔〕〖〗「」『』〈〉《》", "()" * 9)
INVISIBLE: Final = re.compile("[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_EDGES: Final = "*:;,.。、·★☆※'\""


def heading_key(text: str) -> str:
    """A heading as compared: half-width (NFKC), without blanks and unseen characters, brackets (), edges trimmed.

    >>> heading_key("补贴金额 （元）")
    '补贴金额(元)'
    """
    return (
        INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_BRACKETS).strip(_EDGES).casefold()
    )


@cache
def _forms() -> Mapping[str, Form]:
    tables = tomllib.loads(resource("columns.toml").read_text(encoding="utf-8"))
    fields = {
        name: Field(
            name, table["title"], tuple(table["names"]), tuple(table.get("also", ())),
            money=table.get("money", False), once=table.get("once", False),
        )
        for name, table in tables["field"].items()
    }  # fmt: skip
    return {name: _form(name, table, fields) for name, table in tables["form"].items()}


def _form(name: str, table: Mapping[str, object], fields: Mapping[str, Field]) -> Form:
    needed = tuple(tuple(choice) for choice in table["needed"])  # type: ignore[attr-defined]
    optional: tuple[str, ...] = tuple(table["optional"])  # type: ignore[arg-type]
    stands_in: Mapping[str, Sequence[str]] = table.get("stands_in", {})  # type: ignore[assignment]
    own: Mapping[str, Sequence[str]] = table.get("names", {})  # type: ignore[assignment]
    taken = [*(one for choice in needed for one in choice), *optional]
    keys: dict[str, tuple[str, bool]] = {}
    for weak in (True, False):
        for one in taken:
            for heading in fields[one].also if weak else fields[one].names:
                keys[heading_key(heading)] = (one, weak)
    for one, headings in own.items():
        keys.update({heading_key(heading): (one, False) for heading in headings})
    return Form(
        name, str(table["title"]), needed, optional, {key: tuple(value) for key, value in stands_in.items()}, keys,
        {one: fields[one] for one in taken},
    )  # fmt: skip


@cache
def _all_headings() -> frozenset[str]:
    tables = tomllib.loads(resource("columns.toml").read_text(encoding="utf-8"))
    return frozenset(
        heading_key(heading)
        for table in tables["field"].values()
        for heading in (*table["names"], *table.get("also", ()))
    )


def is_known_heading(key: str) -> bool:
    """Whether a heading (after `heading_key`) names a field of any kind of file."""
    return key in _all_headings()


def checked_mapping(mapping: Mapping[str, str], form: Form) -> dict[str, str]:
    """A mapping of headings to fields with its headings as compared and its fields by name ("" for none).

    Raises NoSuchField.
    """
    names = {one.title: name for name, one in form.fields.items()} | {name: name for name in form.fields}
    names[""] = ""
    checked = {}
    for heading, written in mapping.items():
        if written not in names:
            known = "、".join(one.title for one in form.fields.values())
            raise NoSuchField(written=written, title=form.title, known=known)
        checked[heading_key(heading)] = names[written]
    return checked


PEOPLE: Final = _forms()["people"]
ACCOUNTS: Final = _forms()["accounts"]
ROSTER: Final = _forms()["roster"]
ALLOTMENTS: Final = _forms()["allotments"]
LIST: Final = _forms()["list"]
HISTORY: Final = _forms()["history"]
SURVIVAL: Final = _forms()["survival"]
