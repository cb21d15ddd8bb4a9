"""The doors of backups: an office goes into one file, and comes out of it into a new folder."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from app.backups.container import prove, unpack, write_container
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from models.domain.permission import Permission
from models.domain.refusal import Refusal
from models.store.durable import sync_folder, world_error
from models.store.keyslots import Keyslots
from models.store.opening import KEYSLOTS_NAME, Store


class FolderNotEmpty(Refusal):
    """A restore writes into a new folder only."""

    form = "“{folder}”已经存在并且不是空文件夹，恢复不会覆盖任何内容。请换一个新的文件夹。"


class InsideOffice(Refusal):
    """A backup beside what it backs up is lost with it."""

    form = "备份不能放在办公点自己的文件夹“{folder}”里。请选择 U 盘或另一块硬盘上的文件夹。"


@dataclass(frozen=True, slots=True)
class Restored:
    """An office that came out of a backup, as it was when that was made."""

    folder: Path
    township: str
    made_at: str
    business_date: str
    rows: int
    files: int


@use_case("backup.make", Permission.BACK_UP, dated=False)
def back_up(desk: Desk, *, folder: Path) -> Changes:
    """Back the whole office up into one new file in `folder`, proved by reading it back; gives its path and size.

    Raises InsideOffice, BackupDoesNotMatch and the WorldErrors of writing; then no new file is left.
    """
    store = desk.store
    if folder.resolve().is_relative_to(store.folder.resolve()):
        raise InsideOffice(folder=store.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise world_error(error, folder) from error
    township = store.value("SELECT township FROM office")
    path = folder / f"乡财备份-{township}-{desk.now:%Y%m%d-%H%M%S}.zip".replace("/", "-").replace("\\", "-")
    about = write_container(store, path, made_at=desk.at)
    size = path.stat().st_size
    rows = sum(int(digest.partition(":")[0]) for digest in about.tables.values())
    return changes(
        Topic.ARCHIVE,
        subject=f"backup {path.name}",
        counts={"rows": rows, "files": len(about.files), "bytes": size},
        answer={"file": str(path), "rows": rows, "files": len(about.files), "bytes": size, "verified": True},
    )


def restore(path: Path, *, folder: Path, operator: str, password: str) -> Restored:
    """Unpack a backup into a new `folder` and prove it: it opens with the operator's password, and every row is there.

    Raises FolderNotEmpty, CannotRead, BackupDamaged, NewerBackup, NoSlot, WrongPassword, DamagedKeyslots and the WorldErrors
    of writing; then nothing is left in the folder. A backup of an older program is proved as it is; opening it migrates it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(folder=folder)
    part = folder.with_name(folder.name + ".part")
    if part.exists():
        raise FolderNotEmpty(folder=part)
    try:
        about = unpack(path, part)
        keyslots = Keyslots.open(part / KEYSLOTS_NAME, operator, password)
        prove(Store(part, keyslots), about, path)
        try:
            if folder.exists():
                folder.rmdir()
            os.replace(part, folder)
            sync_folder(folder.parent)
        except OSError as error:
            raise world_error(error, folder) from error
    finally:
        with suppress(OSError):
            rmtree(part)
    rows = sum(int(digest.partition(":")[0]) for digest in about.tables.values())
    return Restored(folder, about.township, about.made_at, about.business_date, rows, len(about.files))
