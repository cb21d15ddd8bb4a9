"""The office's villages 村（社区） by every name that means one of them."""

import re
from collections.abc import Iterable

from app.workbook.reading import ErrorCell
from models.domain.division import is_village_name, village_key
from models.domain.refusal import Refusal
from models.store.opening import Store


class VillageNameMissing(Refusal):
    """A village without a name would never be found in a file."""

    form = "村（社区）名称是空的，没有登记。请填写全称，例如“上溪村”。"


def add_village(store: Store, name: str) -> int:
    """A new village of the office, inside `writing`; gives its id (the old one when the name is there already).

    Raises VillageNameMissing.
    """
    key = village_key(name)
    if not key:
        raise VillageNameMissing
    found = store.value("SELECT id FROM village WHERE name_key = ?", (key,))
    if found is not None:
        return int(found)
    return store.insert("INSERT INTO village (name, name_key) VALUES (?, ?)", (name.strip(), key))


class Villages:
    """The office's villages by every name that means one of them.

    An office without villages takes them from its first people file: then every name is new, not unknown.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids: dict[str, int] = dict(store.rows("SELECT name_key, village_id FROM village_alias"))
        self._ids.update(store.rows("SELECT name_key, id FROM village"))
        self._seen: dict[object, int | None] = {}
        self._taking = not store.value("SELECT 1 FROM village LIMIT 1")
        self.names: dict[int, str] = dict(store.rows("SELECT id, name FROM village"))

    def find(self, cell: object) -> int | None:
        """The village that a cell names, or None when no village has that name."""
        try:
            return self._seen[cell]
        except KeyError:
            found = self._seen[cell] = self._ids.get(village_key(str(cell)))
            return found

    def find_or_take(self, cell: object) -> int | None:
        """As `find`, but the first people file of an office without villages brings them."""
        found = self.find(cell)
        if found is not None or not self._taking:
            return found
        if not isinstance(cell, ErrorCell) and village_key(str(cell)) != "":
            found = add_village(self._store, str(cell))
            self._ids[village_key(str(cell))] = self._seen[cell] = found
            self.names[found] = str(cell).strip()
        return found

    def named_alone(self, text: str) -> int | None:
        """The village whose name stands alone: on a sheet's tab or over its rows, where there is no village column.

        To an office without villages it brings one only when it is surely a village's name.
        """
        return self.find_or_take(text) if self.find(text) or is_village_name(text) else None

    def named_in(self, titles: Iterable[str]) -> int | None:
        """The one village whose full name stands in titles (“云溪镇上溪村户籍底册”), None where none or several do.

        A name counts from a border on: 大上溪村 is not 上溪村.
        """
        text = "\n".join(village_key(title) for title in titles)
        found = {
            village_id for key, village_id in self._ids.items()
            if key and re.search(rf"(?:^|[省市县区乡镇道办:：,，、(（“《]){re.escape(key)}", text, re.MULTILINE)
        }  # fmt: skip
        return found.pop() if len(found) == 1 else None
