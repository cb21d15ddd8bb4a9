"""What a people file has said so far, over all its sheets: whom it named, which households, in which villages."""

from dataclasses import dataclass
from typing import Final

from app.intake.checked_rows import FirstPlaces, MendableIntake
from app.intake.repairs import Candidate
from app.registry.aliases import Aliases
from app.registry.villages import Villages

LEAST_OFFICIAL: Final = 10
"""A household number of so many characters is official and means one household; shorter ones begin again in each village."""


@dataclass
class PeopleFile(MendableIntake):
    """One people file while it is read; its households by key (see `Households`)."""

    def __post_init__(self) -> None:
        store = self.desk.store
        self.villages = Villages(store)
        self.relations = Aliases(store, "relation")
        self.is_empty = not store.value("SELECT 1 FROM person LIMIT 1")
        self.next_person = 1 + int(store.value("SELECT coalesce(max(id), 0) FROM person"))
        self.next_household = 1 + int(store.value("SELECT coalesce(max(id), 0) FROM household"))
        self.first_household = self.next_household
        self.named = FirstPlaces()
        self.households: dict[str, int] = {}
        self.headless: dict[str, tuple[str, int, str, str]] = {}
        self.waiting: set[str] = set()
        """Households whose first row is unchanged and no head's: nothing is said of it, but a head may still come."""
        self._owners: dict[str, int] = {}
        self._own_households = 0
        if not self.is_empty:
            short = f"SELECT number, village_id FROM household WHERE length(number) < {LEAST_OFFICIAL}"
            self._owners.update(store.rows(short))

    def stands(self, person: Candidate) -> bool:
        """Whether the file names this person already."""
        return named_as(person.id_number) in self.named

    def own_household(self) -> str:
        """A key for a household that the file gives no number."""
        self._own_households += 1
        return f"#{self._own_households}"

    def number_in(self, village_id: int, number: str) -> str:
        """A household's number, with its village where another village has a household of that short number."""
        if len(number) >= LEAST_OFFICIAL or self._owners.setdefault(number, village_id) == village_id:
            return number
        return f"{number}（{self.villages.names[village_id]}）"


def named_as(id_number: str) -> int | str:
    """Half of the memory of a text: 17 digits say all of a valid resident ID."""
    return int(id_number[:17]) if len(id_number) == 18 and id_number[:17].isdigit() else id_number
