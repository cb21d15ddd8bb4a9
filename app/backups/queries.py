"""Windows of backups: what lies where, and how a restored office differs from the one in use."""

import json
from dataclasses import dataclass
from pathlib import Path

from app.audit.queries import head
from app.backups.keeping import BackupView, backups_in
from app.backups.use_cases import PLACE, SECOND_PLACE
from models.store.folder import LAST_BACKUP_NAME
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that has other numbers of rows here and there."""

    table: str
    here: int
    there: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """An office and another (restored) one; `lost_acts` are the lines of the trail that the other does not have."""

    here_head: str
    lost_acts: int
    differences: tuple[Difference, ...]


def compare_offices(here: Store, there: Store) -> Comparison:
    """What would be lost by taking `there` for `here`: rows by table, and acts since the two were the same."""
    counts = [
        {
            str(table): int(store.value(f'SELECT count(*) FROM main."{table}"'))
            for (table,) in store.rows(
                "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        }
        for store in (here, there)
    ]
    common = there.value("SELECT hash FROM audit_line ORDER BY seq DESC LIMIT 1")
    at = here.value("SELECT seq FROM audit_line WHERE hash = ?", (common,)) or 0
    return Comparison(
        head(here),
        int(here.value("SELECT count(*) FROM audit_line WHERE seq > ?", (at,))),
        tuple(
            Difference(table, counts[0].get(table, 0), counts[1].get(table, 0))
            for table in sorted(counts[0].keys() | counts[1].keys())
            if counts[0].get(table, 0) != counts[1].get(table, 0)
        ),
    )


def backup_places(store: Store) -> list[Path]:
    """The folders of this office's backups."""
    return [
        Path(row[0])
        for row in store.rows(
            "SELECT body FROM setting WHERE name IN (?, ?) AND body <> '' ORDER BY name",
            (PLACE, SECOND_PLACE),
        )
    ]


def backups_of(store: Store) -> list[BackupView]:
    """The backups that can be reached now, in the office's places and where the last one went, the newest first."""
    found = [view for folder in _folders(store) for view in backups_in(folder)]
    return sorted(found, key=lambda one: one.made_at, reverse=True)


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The last backup that was made, as the trail has it; every backup is read back before it is written down."""

    at: str
    file: str
    operator: str
    rows: int
    files: int
    bytes: int
    head: str


def last_made(store: Store) -> LastBackup | None:
    """The last backup, or None."""
    row = store.row(
        "SELECT l.at, l.subject, coalesce(o.name, ''), l.counts FROM audit_line l LEFT JOIN operator o ON o.id = l.operator_id"
        " WHERE l.act = 'backup.make' ORDER BY l.seq DESC LIMIT 1"
    )
    if row is None:
        return None
    counts = json.loads(row[3])
    return LastBackup(
        at=row[0][:16],
        file=row[1].removeprefix("backup "),
        operator=row[2],
        rows=counts["rows"],
        files=counts["files"],
        bytes=counts["bytes"],
        head=counts["head"],
    )


def path_of_backup(store: Store, file: str) -> Path | None:
    """Where one of `backups_of` lies now, or None."""
    return next((folder / file for folder in _folders(store) if (folder / file).is_file()), None)


def path_of_last(store: Store) -> Path | None:
    """Where the last backup lies, or None: none was made, or its stick is not plugged in."""
    try:
        path = Path(json.loads((store.folder / LAST_BACKUP_NAME).read_text(encoding="utf-8"))["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return path if path.is_file() else None


def _folders(store: Store) -> list[Path]:
    """The office's places, and the folder of the last backup, which may lie on a stick that is none of them."""
    last = path_of_last(store)
    return list(dict.fromkeys([*backup_places(store), *([last.parent] if last is not None else [])]))
