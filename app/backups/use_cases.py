"""The doors of backups: an office goes into one file, and comes out of it into a new folder that may take the office's place."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from shutil import copyfile, rmtree
from typing import Final

from app.access.queries import sit_down
from app.access.steps import put_setting
from app.backups.container import (
    About,
    BackupDoesNotMatch,
    broken_member,
    prove,
    suite_of,
    unpack,
    unpack_keyslots,
    write_container,
)
from app.backups.keeping import file_name, thin
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from models.domain.permission import Permission
from models.domain.refusal import Refusal, WorldError
from models.store.durable import replacing, replacing_own, sync_folder, world_error
from models.store.folder import KEYSLOTS_NAME, LAST_BACKUP_NAME
from models.store.holding import hold
from models.store.keyslots import Keyslots
from models.store.opening import Store, open_office

PLACE: Final = "backup.folder"
SECOND_PLACE: Final = "backup.second_folder"
SUITE: Final = "backup.suite"


class FolderNotEmpty(Refusal):
    """A restore writes into a new folder only."""

    form = "“{folder}”已经存在并且不是空文件夹，恢复不会覆盖任何内容。请换一个新的文件夹。"


class InsideOffice(Refusal):
    """A backup beside what it backs up is lost with it."""

    form = "备份不能放在办公点自己的文件夹“{folder}”里。请选择 U 盘或另一块硬盘上的文件夹。"


class PlaceGone(WorldError):
    """A folder on a stick that is not plugged in: making it would put the backup on this very disk."""

    form = "“{folder}”不在。请插好 U 盘或移动硬盘，或换一个文件夹后重试。"


class Occasion(StrEnum):
    """Why a backup was made."""

    ASKED = "asked"
    EXIT = "exit"
    DAILY = "daily"
    BEFORE_IMPORT = "before_import"


@dataclass(frozen=True, slots=True)
class Restored:
    """An office that came out of a backup, as it was when that was made."""

    folder: Path
    township: str
    made_at: str
    business_date: str
    head: str
    rows: int
    files: int


# -- making -------------------------------------------------------------------------------------------------


@use_case("backup.make", Permission.BACK_UP, dated=False)
def back_up(desk: Desk, *, folder: Path, suite: str | None = None) -> Changes:
    """Back the whole office up into one new file in `folder`, proved by reading it back; gives its path, size and label.

    `folder` is made where what it lies in is there. `suite` (aes, sm) is the office's choice where none is named. Raises
    InsideOffice, PlaceGone, NoSuchSuite, BackupDoesNotMatch and the WorldErrors of writing; then no new file is left.
    """
    return _made(desk, folder, Occasion.ASKED, suite)


@use_case("backup.make", None, dated=False)
def _back_up_by_itself(desk: Desk, *, folder: Path, occasion: Occasion) -> Changes:
    return _made(desk, folder, occasion, None)


@use_case("backup.place", Permission.BACK_UP, dated=False)
def set_backup_place(
    desk: Desk, *, folder: Path | None, second: Path | None = None, suite: str | None = None
) -> Changes:
    """Where the program puts backups by itself, a second place (a stick) where it is plugged in, and by which algorithms.

    None for `folder` ends them. Raises InsideOffice, PlaceGone, NoSuchSuite.
    """
    if folder is not None and not folder.resolve().parent.is_dir():
        raise PlaceGone(folder=folder.parent)
    for place in (folder, second):
        if place is not None:
            _refuse_inside(desk.store, place)
    if suite is not None:
        put_setting(desk, SUITE, suite_of(suite).name)
    put_setting(desk, PLACE, str(folder or ""))
    put_setting(desk, SECOND_PLACE, str(second or ""))
    return changes(
        Topic.ARCHIVE,
        subject="setting backup",
        counts={"automatic": int(folder is not None), "second": int(second is not None)},
        answer={"folder": str(folder or ""), "second": str(second or ""), "suite": _suite(desk.store)},
    )


def back_up_if_due(desk: Desk, occasion: Occasion) -> dict[str, object] | None:
    """A backup by the program itself: at exit, once a day, before an import; None when there is nothing new.

    It goes to the office's backup folder and, where it is plugged in, to the second; both are thinned. A fault is an answer
    with `warning`, never a stop: the clerk goes home, or the import goes on, and is told.
    """
    store = desk.store
    folder = store.value("SELECT body FROM setting WHERE name = ?", (PLACE,))
    if not folder or store.is_read_only or store.fault is not None or not _is_due(desk, occasion):
        return None
    try:
        answer = dict(_back_up_by_itself(desk, folder=Path(folder), occasion=occasion).answer)
    except (Refusal, WorldError) as no:
        return {"warning": f"自动备份没有做成：{no.sentence}"}
    township = str(store.value("SELECT township FROM office"))
    answer["thinned"] = thin(Path(folder), township)
    second = store.value("SELECT body FROM setting WHERE name = ?", (SECOND_PLACE,))
    if second and Path(second).is_dir():
        try:
            answer["second_file"] = str(_copied(Path(str(answer["file"])), Path(second)))
            answer["thinned_second"] = thin(Path(second), township)
        except (Refusal, WorldError) as no:
            answer["warning"] = f"没有备份到“{second}”：{no.sentence}"
    return answer


def _is_due(desk: Desk, occasion: Occasion) -> bool:
    """Whether anything was done since the last backup; for the daily one, whether that was made on another day."""
    row = desk.store.row("SELECT seq, at FROM audit_line WHERE act = 'backup.make' ORDER BY seq DESC LIMIT 1")
    if row is None:
        return True
    is_new = desk.store.value("SELECT max(seq) FROM audit_line") > row[0]
    return is_new and (occasion is not Occasion.DAILY or row[1][:10] != f"{desk.now:%Y-%m-%d}")


def _suite(store: Store) -> str:
    return str(store.value("SELECT body FROM setting WHERE name = ?", (SUITE,)) or "aes")


def _refuse_inside(store: Store, folder: Path) -> None:
    if folder.resolve().is_relative_to(store.folder.resolve()):
        raise InsideOffice(folder=store.folder)


def _made(desk: Desk, folder: Path, occasion: Occasion, suite: str | None) -> Changes:
    store = desk.store
    _refuse_inside(store, folder)
    try:
        folder.mkdir(exist_ok=True)
    except FileNotFoundError as error:
        raise PlaceGone(folder=folder.parent) from error
    except OSError as error:
        raise world_error(error, folder) from error
    path = folder / file_name(str(store.value("SELECT township FROM office")), desk.now)
    about = write_container(store, path, made_at=desk.at, suite=suite_of(suite or _suite(store)))
    _note_last(store, path, about)
    size = path.stat().st_size
    return changes(
        Topic.ARCHIVE,
        subject=f"backup {path.name}",
        counts={
            "rows": about.rows,
            "files": len(about.files),
            "bytes": size,
            "occasion": occasion.value,
            "head": about.head,
        },
        answer={
            "file": str(path),
            "rows": about.rows,
            "files": len(about.files),
            "bytes": size,
            "verified": True,
            "head": about.head,
            "cipher": about.cipher,
            "label": label_of(about, path.name),
        },
    )


def label_of(about: About, name: str) -> str:
    """What is written on the stick: whose, when, the trail's head, and that it was verified."""
    return f"{about.township}　{about.made_at}　校验码 {about.head}　{about.rows} 行　{name}　已验证"


def _note_last(store: Store, path: Path, about: About) -> None:
    """Beside the database, for the day on which that cannot be opened."""
    body = {"file": str(path), "made_at": about.made_at, "head": about.head, "lines": about.lines}
    with suppress(WorldError), replacing_own(store.folder / LAST_BACKUP_NAME) as part:
        part.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def _copied(path: Path, folder: Path) -> Path:
    """The same backup in another folder, read back there. Raises BackupDoesNotMatch and the WorldErrors of writing."""
    target = folder / path.name
    with replacing(target) as part:
        copyfile(path, part)
        if (broken := broken_member(part)) is not None:
            raise BackupDoesNotMatch(fault=f"{broken} 写入后与原文件不一致")
    return target


# -- restoring ----------------------------------------------------------------------------------------------


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
        unpack_keyslots(path, part)
        keyslots = Keyslots.open(part / KEYSLOTS_NAME, operator, password)
        about = unpack(path, part, keyslots)
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
    return Restored(
        folder, about.township, about.made_at, about.business_date, about.head, about.rows, len(about.files)
    )


@dataclass(frozen=True, slots=True)
class Switched:
    """Two offices changed places; `old` is where the one before lies now."""

    office: Path
    old: Path


def switch_office(office: Path, restored: Path, *, operator: str, password: str, now: datetime) -> Switched:
    """Put a restored office in the place of the one in use, which stays beside it under another name. Administrators only.

    Nobody may have either open. Raises NotPermitted, OfficeInUse, what opening raises, and the WorldErrors of writing; then both
    are where they were.
    """
    store = open_office(restored, operator, password, now)
    try:
        sit_down(store, operator, now).require(Permission.SWITCH_OFFICE)
        store.refuse_unless_writable()
    finally:
        store.close()
    holding = hold(office, operator, now)
    if holding is not None:
        holding.let_go()
    old = office.with_name(f"{office.name}-替换于{now:%Y%m%d-%H%M%S}")
    try:
        os.replace(office, old)
        try:
            os.replace(restored, office)
        except OSError:
            os.replace(old, office)
            raise
        sync_folder(office.parent)
    except OSError as error:
        raise world_error(error, office) from error
    return Switched(office, old)
