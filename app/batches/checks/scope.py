"""What a check of a batch looks at, and how its rows are said."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from app.batches.sheet import CheckRow, Stage
from app.batches.steps import BatchRow, live_sum
from app.programs.queries import ProgramView, StoredPolicy, policy_of, program_of
from models.domain.masking import mask_id
from models.domain.money import Fen
from models.domain.period import NotPeriod, Period, previous_period
from models.store.opening import Row, Store

LIMITS: Final = {
    "check.change_percent": (20, "与上期相比，金额、数量、村合计变动超过百分之几要说明"),
    "check.account_days": (30, "编制前多少天内换过账号要说明"),
    "check.collects_people": (5, "一人代领超过几人要说明"),
    "check.usual_times": (5, "金额超过本批次中位数几倍要说明"),
    "check.equal_people": (5, "一个村至少几户金额完全相同要说明"),
}
"""Settings of the checks: default and meaning."""

LIVE: Final = "p.batch_id = ?1 AND p.bucket <> 'stopped'"
LINE: Final = "p.id, p.line, p.name, p.id_number"


@dataclass(frozen=True)
class Scope:
    """What the checks of one batch look at; `day` is the business date."""

    store: Store
    batch: BatchRow
    day: date
    stage: Stage

    @cached_property
    def program(self) -> ProgramView:
        """The batch's program."""
        return program_of(self.store, self.batch.program_id)

    @cached_property
    def stored(self) -> StoredPolicy:
        """The policy that the batch was computed by."""
        return policy_of(self.store, self.batch.policy_id)

    @property
    def of_person(self) -> bool:
        """Whether the program pays persons, not households."""
        return self.stored.policy.target == "person"

    @property
    def key(self) -> str:
        """The column of `payment` that names the beneficiary."""
        return "person_id" if self.of_person else "household_id"

    @cached_property
    def limits(self) -> dict[str, int]:
        """The settings of the checks."""
        return check_limits(self.store)

    @cached_property
    def live(self) -> tuple[int, Fen]:
        """Number and fen of the live payments."""
        return live_sum(self.store, self.batch.id)

    @cached_property
    def last_period(self) -> Period | None:
        """The period before, where the program was paid in it; None for one-off programs and reissues."""
        if self.stored.policy.frequency == "once" or self.batch.is_reissue:
            return None
        try:
            before = previous_period(self.batch.period)
        except NotPeriod:
            return None
        paid = self.store.value(
            "SELECT 1 FROM payment WHERE program_id = ?1 AND period = ?2 AND source_id IS NULL"
            " AND bucket NOT IN ('stopped', 'closed_unpaid') UNION ALL SELECT 1 FROM past_payment WHERE program_id = ?1"
            " AND period = ?2 AND outcome = 'paid' LIMIT 1",
            (self.batch.program_id, before),
        )
        return before if paid else None

    @cached_property
    def last_is_taken_over(self) -> bool:
        """Whether payments of the period before were taken over from old workbooks."""
        return bool(
            self.store.value(
                "SELECT 1 FROM past_payment WHERE program_id = ? AND period = ? AND outcome = 'paid' LIMIT 1",
                (self.batch.program_id, self.last_period),
            )
        )

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """The rows of a query whose first parameter ?1 is the batch."""
        return self.store.rows(sql, (self.batch.id, *parameters))


def check_limits(store: Store) -> dict[str, int]:
    """The settings of the checks, by name; whoever has not set one gets its default."""
    stored: dict[str, str] = dict(store.rows("SELECT name, body FROM setting WHERE name LIKE 'check.%'"))
    return {name: int(stored.get(name, default)) for name, (default, _) in LIMITS.items()}


def row_about(row: Row, sentence: str) -> CheckRow:
    """A row of a check from a query that begins with `LINE`."""
    return CheckRow(row[0], row[1], row[2], mask_id(row[3]), sentence)


def rows_about(rows: Iterable[Row], form: str) -> Iterator[CheckRow]:
    """Rows whose facts after `LINE` fill the form's {0}, {1} …."""
    for row in rows:
        yield row_about(row, form.format(*row[4:]))


def each_once(rows: Iterable[CheckRow]) -> list[CheckRow]:
    """Each payment once, with the first sentence found, in the order of the lines."""
    found: dict[int | None, CheckRow] = {}
    for row in rows:
        found.setdefault(row.payment_id, row)
    return sorted(found.values(), key=lambda row: row.line)
