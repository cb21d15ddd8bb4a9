"""Which household a row of a people file belongs to."""

from collections.abc import Mapping, Sequence

from app.intake.cells import lost_digits, read_id, text_of, word_of
from app.registry.people.file import PeopleFile
from models.domain.person_name import clean_name, name_key


class Households:
    """Which household a row belongs to, and whether it is the head's.

    By the household's number; else by the head's ID (key “@ID”); else rows that name the same head one after another, or
    relations under a head, are one household (key “#n”). A number that lost its digits to Excel is no number.
    """

    def __init__(self, columns: Mapping[str, int], file: PeopleFile) -> None:
        self._file = file
        self._number = columns.get("household_no")
        self._head = columns.get("head")
        self._head_id = columns.get("head_id")
        self._has_relation = "relation" in columns
        self.are_said = self._has_relation or not {"household_no", "head", "head_id"}.isdisjoint(columns)
        """Whether the file speaks of households; where it does not, everybody new is the head of an own one."""
        self._current = ""
        self._current_head = ""
        self._has_head = False

    def number(self, cells: Sequence[object]) -> str:
        """The household's number as compared, '' for none."""
        cell = None if self._number is None else cells[self._number]
        return "" if cell is None or lost_digits(cell) else word_of(cell)

    def of(
        self, cells: Sequence[object], name: str, id_number: str, relation: str, says_head: bool
    ) -> tuple[str, bool, bool]:
        """The row's household key, whether it continues the row above, and whether the row is the head's."""
        number = "" if self._number is None else self.number(cells)
        head = (
            ""
            if self._head is None or cells[self._head] is None
            else name_key(clean_name(text_of(cells[self._head])))
        )
        head_id = "" if self._head_id is None else read_id(cells[self._head_id])[0]
        if relation:
            is_head = says_head
        elif head_id:
            is_head = head_id == id_number
        else:
            is_head = bool(head) and head == name if self._head is not None else not self.are_said
        if number:
            key = number
        elif head_id:
            key = f"@{head_id}"
        elif head:
            same = bool(self._current) and head == self._current_head and not (is_head and self._has_head)
            key = self._current if same else self._file.own_household()
        elif self.are_said and not is_head and self._current:
            key = self._current
        else:
            key = self._file.own_household()
        continues = key == self._current
        self._has_head = is_head or (continues and self._has_head)
        self._current, self._current_head = key, head or (self._current_head if continues else "")
        return key, continues, is_head
