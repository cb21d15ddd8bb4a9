"""Windows of notices: the list to be put up, what was posted, what was said against it, the holiday table."""

from dataclasses import asdict, dataclass
from pathlib import Path

from app.batches.steps import load_batch
from app.notices.steps import posted_notice, write_notice
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
