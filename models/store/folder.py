"""An office's folder: the names of what lies in it, and how such a folder is told from any other."""

from pathlib import Path
from typing import Final

DATABASE_NAME: Final = "office.db"
KEYSLOTS_NAME: Final = "keyslots.json"
FILES_NAME: Final = "files"
LAST_BACKUP_NAME: Final = "last-backup.json"


def office_around(path: Path) -> Path | None:
    """The office's folder in which a path lies, at any depth; None outside of any."""
    return next(
        (
            folder
            for folder in path.resolve().parents
            if (folder / DATABASE_NAME).is_file() and (folder / KEYSLOTS_NAME).is_file()
        ),
        None,
    )
