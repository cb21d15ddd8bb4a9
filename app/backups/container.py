"""A backup 备份: one file that holds an office's database, its keys file and the files it keeps.

The database is copied by SQLite's own backup, never as a file (a copy of the .db while it is in use may be empty), under the
same key: the container is as unreadable to others as the office itself. It is read back and compared before it counts.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Final

from app.archive.packing import BROKEN
from models.domain.refusal import Refusal
from models.store.durable import CannotRead, cause_of, replacing, world_error
from models.store.opening import DATABASE_NAME, FILES_NAME, KEYSLOTS_NAME, Store

ABOUT: Final = "backup.json"
FORMAT: Final = 1
_KEPT: Final = re.compile(rf"{FILES_NAME}/(?P<folder>[0-9a-f]{{2}})/(?P<name>[0-9a-f]{{64}})")
_PIECE: Final = 1 << 20


class BackupDamaged(Refusal):
    """The container is not what was written."""

    form = "备份“{name}”不完整或已被改动：{fault}。请换一份备份恢复。"


class BackupDoesNotMatch(Refusal):
    """The copy, read back, is not the office."""

    form = "备份没有通过校验（{fault}），没有留下这份备份。请重试；仍不通过请做一次系统体检。"


class NewerBackup(Refusal):
    """A later program wrote it."""

    form = "备份“{name}”由更新的程序写成（格式 {found}，本程序认识到 {known}）。请升级程序后再恢复。"


@dataclass(frozen=True, slots=True)
class About:
    """What a container says of itself; `digests` by table name, `files` by name in the container."""

    township: str
    made_at: str
    business_date: str
    tables: dict[str, str]
    files: dict[str, str]


def write_container(store: Store, path: Path, *, made_at: str) -> About:
    """Write the office into `path`, read it back, compare every row, and only then let it take its name.

    Called inside `writing`, so that nothing changes between the database and its files. Raises BackupDoesNotMatch and the
    WorldErrors of writing.
    """
    with replacing(path) as part, TemporaryDirectory(dir=path.parent, prefix=".备份-") as folder:
        copy = Path(folder) / DATABASE_NAME
        tables = _copy_database(store, Path(folder))
        files = {KEYSLOTS_NAME: store.folder / KEYSLOTS_NAME, DATABASE_NAME: copy}
        for sha256, name in store.rows("SELECT sha256, name FROM stored_file ORDER BY sha256"):
            kept = store.files.path_of(sha256)
            if not kept.exists():
                raise BackupDoesNotMatch(fault=f"存档文件“{name}”不在原处")
            files[f"{FILES_NAME}/{sha256[:2]}/{sha256}"] = kept
        about = About(
            str(store.value("SELECT township FROM office")),
            made_at,
            str(store.value("SELECT last_business_date FROM office") or ""),
            tables,
            {name: _sha256(source) for name, source in files.items()},
        )
        _pack(part, files, about)
        fault = _fault_of(part, about)
        if fault:
            raise BackupDoesNotMatch(fault=fault)
    return about


def _copy_database(store: Store, folder: Path) -> dict[str, str]:
    """Copy the database into `folder` under the same key, open the copy anew, and compare it row by row.

    The copy is made by a reader of its own: SQLite copies nothing from a connection that is writing, and what is written
    now (the line of this act) belongs to the time after the copy.
    """
    with _opened_beside(store, store.folder) as reader, _opened_beside(store, folder) as copy:
        reader.database.connection().backup(copy.database.connection())
        tables = row_digests(reader)
    with _opened_beside(store, folder) as again:
        if fault := _difference(again, tables):
            raise BackupDoesNotMatch(fault=fault)
    return tables


@contextmanager
def _opened_beside(store: Store, folder: Path) -> Iterator[Store]:
    """A connection of its own to the database in `folder`, under the office's key."""
    beside = Store(folder, store.keyslots)
    beside.database.connect()
    try:
        yield beside
    finally:
        beside.close()


def prove(store: Store, about: About, path: Path) -> None:
    """Open an unpacked database that is not open yet, and compare every row with what the container says; close it again.

    Raises BackupDamaged.
    """
    try:
        store.database.connect()
        fault = _difference(store, about.tables)
    except Exception as error:  # a damaged file ends the reading by any of the library's errors
        raise BackupDamaged(name=path.name, fault="数据库打不开") from error
    finally:
        store.close()
    if fault:
        raise BackupDamaged(name=path.name, fault=fault)


def _difference(store: Store, tables: dict[str, str]) -> str | None:
    """What is wrong with a copied database, or None: the file's own checks, then every row."""
    fault = integrity_fault(store)
    return fault or (None if row_digests(store) == tables else "数据与备份时不一致")


def integrity_fault(store: Store) -> str | None:
    """What SQLCipher's and SQLite's own checks say against the file, or None."""
    said = [str(row[0]) for row in store.rows("PRAGMA cipher_integrity_check")]
    said += [str(row[0]) for row in store.rows("PRAGMA integrity_check") if row[0] != "ok"]
    return said[0] if said else None


def row_digests(store: Store) -> dict[str, str]:
    """Of every table the number of its rows and a SHA-256 over them, in the order in which they lie (a backup keeps it)."""
    digests = {}
    for (table,) in store.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ):
        digest, count = hashlib.sha256(), 0
        for row in store.each(f'SELECT * FROM "{table}"'):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
            count += 1
        digests[str(table)] = f"{count}:{digest.hexdigest()}"
    return digests


def _pack(part: Path, files: dict[str, Path], about: About) -> None:
    body = {
        "format": FORMAT,
        "township": about.township,
        "made_at": about.made_at,
        "business_date": about.business_date,
        "tables": about.tables,
        "files": about.files,
    }
    # stored, not deflated: what is encrypted does not shrink
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
        package.writestr(ABOUT, json.dumps(body, ensure_ascii=False, indent=1))
        for name, source in files.items():
            package.write(source, name)


def _fault_of(part: Path, about: About) -> str | None:
    """Read the written container back from the disk: every file must be what it was."""
    with zipfile.ZipFile(part) as package:
        for name, digest in about.files.items():
            if _sha256_inside(package, name) != digest:
                return f"{name} 写入后与原文件不一致"
    return None


def read_container(path: Path) -> About:
    """What a container says of itself. Raises CannotRead, BackupDamaged, NewerBackup."""
    with _opened(path) as package:
        return _about(package, path)


def unpack(path: Path, folder: Path) -> About:
    """Write a container's files into `folder`, each compared with its hash; nothing else in it is looked at.

    Raises CannotRead, BackupDamaged, NewerBackup and the WorldErrors of writing.
    """
    with _opened(path) as package:
        about = _about(package, path)
        for name, digest in about.files.items():
            target = folder / name
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with package.open(name) as source, open(target, "wb") as stream:
                    copyfileobj(source, stream, _PIECE)
            except OSError as error:
                raise world_error(error, target) from error
            if _sha256(target) != digest:
                raise BackupDamaged(name=path.name, fault=f"{name} 与清单不一致")
    return about


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        stream = open(path, "rb")
    except OSError as error:
        raise CannotRead(name=path.name, cause=cause_of(error)) from error
    try:
        with stream, zipfile.ZipFile(stream) as package:
            yield package
    except BROKEN as error:
        raise BackupDamaged(name=path.name, fault="不是完整的备份文件") from error


def _about(package: zipfile.ZipFile, path: Path) -> About:
    try:
        body = json.loads(package.read(ABOUT))
        if body["format"] > FORMAT:
            raise NewerBackup(name=path.name, found=body["format"], known=FORMAT)
        about = About(
            str(body["township"]),
            str(body["made_at"]),
            str(body["business_date"]),
            dict(body["tables"]),
            dict(body["files"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupDamaged(name=path.name, fault="没有清单，或清单读不出来") from error
    names = set(package.namelist())
    for name in (DATABASE_NAME, KEYSLOTS_NAME):
        if name not in about.files:
            raise BackupDamaged(name=path.name, fault=f"缺少 {name}")
    for name in about.files:
        # the list decides where files are written: nothing outside the office's own places
        if name not in (DATABASE_NAME, KEYSLOTS_NAME) and not _KEPT.fullmatch(name):
            raise BackupDamaged(name=path.name, fault=f"有不认识的文件 {name[:80]}")
        if name not in names:
            raise BackupDamaged(name=path.name, fault=f"缺少 {name}")
    return about


def _sha256(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sha256_inside(package: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with package.open(name) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
