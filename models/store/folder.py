"""An office's folder: the names of what lies in it, and how such a folder is told from any other."""

from pathlib import Path
from typing import Final

DATABASE_NAME: Final = "office.db"
KEYSLOTS_NAME: Final = "keyslots.json"
FILES_NAME: Final = "files"
LAST_BACKUP_NAME: Final = "last-backup.json"


def office_around(path: Path) -> Path | None:
    """The office's folder in which a path lies, at any depth; None outside of any, and where the system lets nobody look."""
    try:
        return next((folder for folder in path.resolve().parents if _is_office(folder)), None)
    except (
        OSError,
        RuntimeError,
    ):  # no rights, a name too long, links in a circle: writing there says why it cannot be done
        return None


def _is_office(folder: Path) -> bool:
    return (folder / DATABASE_NAME).is_file() and (folder / KEYSLOTS_NAME).is_file()
