"""What a roster is for, and what its rows have brought so far."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.enrolment.known import Beneficiaries, Beneficiary, Standing
from app.intake.checked_rows import FirstPlaces, MendableIntake, SheetForm
from app.intake.digests import digester
from app.intake.findings import ROSTER
from app.programs.queries import ProgramView, StoredPolicy
from app.registry.villages import Villages
from app.workbook.columns import Table
from models.domain.entitlement import compiled
from models.domain.period import last_day


class Stood(NamedTuple):
    """An enrolment as an earlier run of this program and period left it."""

    row_digest: int | None
    run_id: int
    fen: int


@dataclass
class RosterFile(MendableIntake):
    """One roster while it is read: what it is for, whom its rows meet, what came of them so far."""

    program: ProgramView
    period: str
    stored: StoredPolicy
    accepted_fen: int = 0
    fen_by_village: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        store = self.desk.store
        self.policy = self.stored.policy
        self.compute = compiled(self.policy)
        self.villages = Villages(store)
        self.beneficiaries = Beneficiaries(store, self.policy)
        self.standing = Standing(store, self.program, self.period, self.policy.target)
        self.beneficiary_rows = FirstPlaces()
        self.comes_again = bool(
            store.value(
                "SELECT 1 FROM import_run WHERE kind = 'roster' AND program_id = ? AND period = ? AND state = 'done'"
                " AND id <> ? LIMIT 1",
                (self.program.id, self.period, self.run_id),
            )
        )
        self.stood: Mapping[int, Stood] = {}
        self.last_month = last_day(self.period).isoformat()[:7]

    def key_of(self, person: Beneficiary) -> int:
        """Whom the program pays: the person's id, or the household's."""
        return person.id if self.policy.target == "person" else person.household_id


class RosterForm(SheetForm):
    """A sheet of the roster; `digest` is a row's, under the policy of the day."""

    def __init__(self, table: Table, file: RosterFile) -> None:
        super().__init__(table, ROSTER, file.findings)
        meant_by = repr((sorted(table.scale.items()), file.stored.version))
        self.digest: Callable[[Sequence[object]], int] = digester(table.fields, meant_by)
