"""Windows of notices: the list to be put up, what was posted, what was said against it, the holiday table."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from app.batches.steps import load_batch
from app.notices.steps import (
    Posted,
    as_posted,
    holidays_of,
    posted_notice,
    refuse_unposted,
    village_lists,
    write_notice,
)
from app.programs.queries import policy_of
from models.domain.workdays import last_notice_day
from models.store.opening import Store


@dataclass(frozen=True)
class NoticeView:
    """One notice of a batch."""

    id: int
    posted_on: str
    days: int
    day_kind: str
    first_day: str
    last_day: str
    rows_sha256: str
    state: str

    def as_json(self) -> dict[str, object]:
        """The form of `--json`."""
        return asdict(self)


@dataclass(frozen=True)
class ObjectionView:
    """One objection; `outcome` '' is still undecided."""

    id: int
    person: str
    text: str
    raised_on: str
    outcome: str
    answer: str
    decided_on: str | None

    def as_json(self) -> dict[str, object]:
        """The form of `--json`."""
        return asdict(self)


def print_notice(store: Store, *, batch_id: int | str, path: Path) -> dict[str, object]:
    """Write the posted list as a workbook to hang up, one sheet a village, masked (DOMAIN §8); says what it wrote.

    `unchanged` is False when payments were stopped or restored since posting, so that the list on the wall is another.
    Raises NoSuchBatch, NotPosted, NoNoticeToPrint, PublicLeak, and the WorldErrors of writing.
    """
    posted = posted_notice(store, load_batch(store, batch_id))
    write_notice(posted, path)
    return {
        "batch": posted.batch.id,
        "number": posted.batch.number,
        "file": str(path),
        "villages": len(posted.lists),
        "rows": sum(len(village.lines) for village in posted.lists),
        "total_fen": sum(village.fen for village in posted.lists),
        "first_day": posted.first_day,
        "last_day": posted.last_day,
        "phone": posted.phone,
        "unchanged": posted.unchanged,
    }


def notices_of(store: Store, batch_id: int | str) -> list[NoticeView]:
    """The notices of a batch, withdrawn ones too, in the order they were posted. Raises NoSuchBatch."""
    return [
        NoticeView(*row)
        for row in store.rows(
            "SELECT id, posted_on, days, day_kind, first_day, last_day, rows_sha256, state FROM public_notice"
            " WHERE batch_id = ? ORDER BY id",
            (load_batch(store, batch_id).id,),
        )
    ]


def objections_of(store: Store, batch_id: int | str) -> list[ObjectionView]:
    """The objections to a batch, in the order they were raised. Raises NoSuchBatch."""
    return [
        ObjectionView(*row)
        for row in store.rows(
            "SELECT id, person, body, raised_on, outcome, answer, decided_on FROM objection WHERE batch_id = ? ORDER BY id",
            (load_batch(store, batch_id).id,),
        )
    ]


def holidays(store: Store, year: int | None = None) -> list[tuple[str, str, str]]:
    """(day, 'off' or 'work', name) of the holiday table, of one year or all."""
    return [
        (day, kind, name)
        for day, kind, name in store.rows(
            "SELECT day, kind, name FROM holiday WHERE ?1 IS NULL OR substr(day, 1, 4) = ?1 ORDER BY day",
            (None if year is None else str(year),),
        )
    ]


def notice_preview(store: Store, batch_id: int | str, day: date) -> Posted:
    """The list of a batch as it hangs on the wall, or as it would if it were posted on `day` for the policy's days.

    Raises NoSuchBatch, NotPosted, PublicLeak.
    """
    batch = load_batch(store, batch_id)
    policy = policy_of(store, batch.policy_id).policy
    refuse_unposted(store, batch, policy)
    hangs = store.value(
        "SELECT 1 FROM public_notice WHERE batch_id = ? AND state <> 'withdrawn'", (batch.id,)
    )
    if hangs is not None:
        return posted_notice(store, batch)
    first = day + timedelta(days=1)
    last = last_notice_day(first, policy.publicity_days, policy.publicity_kind, holidays_of(store))
    return as_posted(
        store, batch, policy, village_lists(store, batch, policy),
        posted_on=day.isoformat(), first_day=first.isoformat(), last_day=last.isoformat(),
    )  # fmt: skip
