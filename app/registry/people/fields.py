"""The fields of a people file: one getter each, made once a sheet."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

from app.intake.cells import read_id, text_in
from app.intake.checked_rows import READ_IDS


class CellReader:
    """One getter a field: the cell where the file has the column, else None."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        def getter(field_name: str) -> Callable[[Sequence[object]], object]:
            place = columns.get(field_name)
            return _nothing if place is None else itemgetter(place)

        self.name = getter("name")
        self.id_number = getter("id_number")
        self.head_id = getter("head_id")
        self.birth = getter("birth")
        self.sex = getter("sex")
        self.relation = getter("relation")
        self.village = getter("village")
        self.group = getter("group")
        self.phone = getter("phone")
        self.remark = getter("remark")
        self.died_on = getter("died_on")
        self.has_guardians = "guardian_id" in columns or "collector_id" in columns
        self._guardian = [getter(f"guardian_{part}") for part in ("name", "id", "relation", "reason")]
        self._collector = [getter(f"collector_{part}") for part in ("name", "id", "relation", "reason")]

    def guardians(self, cells: Sequence[object]) -> tuple[tuple[str, str, str, str, str], ...]:
        """The row's guardian 监护人 and collector 代领人: role, name, ID, relation, reason."""
        found = []
        for role, getters in (("guardian", self._guardian), ("collector", self._collector)):
            name, id_cell, relation, reason = (get(cells) for get in getters)
            id_number, fault = read_id(id_cell)
            if id_cell is not None and fault in READ_IDS:
                found.append((role, text_in(name), id_number, text_in(relation), text_in(reason)))
        return tuple(found)


def _nothing(_: Sequence[object]) -> None:
    return None
