"""Kept files opened with the system's own programs: a plain copy in a private folder, logged, gone at the end or at the next start."""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.archive.contents import safe_name
from app.archive.queries import kept_file
from app.changes import Changes, changes
from app.desk import Desk, use_case
from models.domain.permission import Permission
from models.store.durable import world_error

_PREFIX: Final = "xiangcai-opened-"


def copies_folder(office: Path) -> Path:
    """Where the plain copies of an office's files lie while somebody looks at them; one folder an office, for one program has it open."""
    mark = hashlib.sha256(str(office.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"{_PREFIX}{mark}"


@use_case("archive.open", Permission.EXPORT, dated=False)
def log_opening(desk: Desk, *, sha256: str) -> Changes:
    """Write down that somebody looks at a kept file. Raises NoSuchFile, FileDamaged."""
    name, body = kept_file(desk.store, sha256)
    return changes(
        subject=f"file {name}",
        counts={"sha256": sha256, "bytes": len(body)},
        answer={"name": name, "sha256": sha256},
    )


def open_copy(desk: Desk, *, sha256: str) -> Path:
    """A plain copy of a kept file that only this user can read, for the system's program to open; the look is logged.

    Raises NoSuchFile, FileDamaged, NotPermitted and the WorldErrors of writing.
    """
    log_opening(desk, sha256=sha256)
    name, body = kept_file(desk.store, sha256)
    root = copies_folder(desk.store.folder)
    path = root / sha256[:12] / safe_name(name)
    try:
        root.mkdir(mode=0o700, exist_ok=True)
        root.chmod(0o700)  # one that was there may have been made by somebody else's umask
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            path.unlink()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(body)
        path.chmod(0o400)  # what is changed in a copy would be lost
    except OSError as error:
        raise world_error(error, path) from error
    return path


def clear_copies(office: Path) -> None:
    """Remove what was opened: at the end, and at the next start what a crash or a viewer that held it left."""
    folder = copies_folder(office)
    for path in folder.rglob("*"):
        with suppress(OSError):  # Windows removes no file that is read-only
            path.chmod(0o700 if path.is_dir() else 0o600)
    shutil.rmtree(folder, ignore_errors=True)
