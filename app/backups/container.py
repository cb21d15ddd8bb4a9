"""A backup 备份: one file that holds an office's database, its keys file and the files it keeps.

The database is copied by SQLite's own backup, never as a file (a copy of the .db while it is in use may be empty). Every
member but the keys file is enciphered once more under a key drawn from the data key; the list of members carries a seal.
The container is unpacked again and its database opened and compared row by row before it counts.
"""

import base64
import hashlib
import json
import re
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app.archive.packing import BROKEN
from app.audit.queries import head
from app.backups.sealing import AES, PIECE, SUITES, PieceBroken, Suite, list_mac
from models.domain.refusal import Refusal
from models.store.database import DatabaseDiskFull, faults_as_sentences, world_error_of
from models.store.durable import CannotRead, cause_of, replacing, world_error
from models.store.folder import DATABASE_NAME, FILES_NAME, KEYSLOTS_NAME
from models.store.health import page_faults
from models.store.keyslots import Keyslots
from models.store.opening import Store

ABOUT: Final = "backup.json"
FORMAT: Final = 1
_KEPT: Final = re.compile(rf"{FILES_NAME}/(?P<folder>[0-9a-f]{{2}})/(?P<name>[0-9a-f]{{64}})")


class BackupDamaged(Refusal):
    """The container is not what was written."""

    form = "备份“{name}”不完整或已被改动：{fault}。请换一份备份恢复。"


class BackupDoesNotMatch(Refusal):
    """The container, read back, is not the office."""

    form = "备份没有通过校验（{fault}），没有留下这份备份。请重试；仍不通过请做一次系统体检。"


class NewerBackup(Refusal):
    """A later program wrote it."""

    form = "备份“{name}”由更新的程序写成（格式 {found}，本程序认识到 {known}）。请升级程序后再恢复。"


class NoSuchSuite(Refusal):
    """An algorithm that backups do not know."""

    form = "不认识加密算法“{suite}”。可用的是国际通用（AES-256-GCM）和国密（SM4-GCM）两种。"


@dataclass(frozen=True, slots=True)
class About:
    """What a container says of itself; `tables` has a digest by table name, `files` the hash of every member as it lies there.

    `head` and `lines` are the audit trail's at the moment of the copy; `salt` (base64) belongs to the container's key.
    """

    township: str
    made_at: str
    business_date: str
    head: str
    lines: int
    suite: str
    cipher: str
    hash: str
    salt: str
    tables: dict[str, str]
    files: dict[str, str]
    mac: str = ""

    @property
    def rows(self) -> int:
        """How many rows its database has."""
        return sum(int(digest.partition(":")[0]) for digest in self.tables.values())

    def sealed_body(self) -> bytes:
        """What the list's seal is over."""
        body = {name: value for name, value in asdict(self).items() if name != "mac"}
        return json.dumps(body, ensure_ascii=False, sort_keys=True).encode()


def suite_of(name: str) -> Suite:
    """The algorithms of that name. Raises NoSuchSuite."""
    if name not in SUITES:
        raise NoSuchSuite(suite=name)
    return SUITES[name]


# -- writing ------------------------------------------------------------------------------------------------


def write_container(store: Store, path: Path, *, made_at: str, suite: Suite = AES) -> About:
    """Write the office into `path`, unpack it again, compare every row and file, and only then let it take its name.

    Called inside `writing`, so that nothing changes between the database and its files. Raises BackupDoesNotMatch and the
    WorldErrors of writing.
    """
    with replacing(path) as part, TemporaryDirectory(dir=path.parent, prefix=".备份-") as folder:
        with faults_as_sentences(Path(folder)):
            tables = _copy_database(store, Path(folder))
        sources = {KEYSLOTS_NAME: store.folder / KEYSLOTS_NAME, DATABASE_NAME: Path(folder) / DATABASE_NAME}
        for sha256, name in store.rows("SELECT sha256, name FROM stored_file ORDER BY sha256"):
            kept = store.files.place_of(sha256)
            if not kept.exists():
                raise BackupDoesNotMatch(fault=f"存档文件“{name}”不在原处")
            sources[f"{FILES_NAME}/{sha256[:2]}/{sha256}"] = kept
        about = About(
            township=str(store.value("SELECT township FROM office")),
            made_at=made_at,
            business_date=str(store.value("SELECT last_business_date FROM office") or ""),
            head=head(store),
            lines=int(store.value("SELECT count(*) FROM audit_line")),
            suite=suite.name,
            cipher=suite.cipher,
            hash=suite.hash_name,
            salt=base64.b64encode(secrets.token_bytes(16)).decode(),
            tables=tables,
            files={},
        )
        about = _pack(part, sources, about, suite, store.keyslots.data_key)
        if fault := _fault_of(part, sources, store.keyslots):
            raise BackupDoesNotMatch(fault=fault)
    return about


def _copy_database(store: Store, folder: Path) -> dict[str, str]:
    """Copy the database into `folder` under the same key; gives the digests of the live rows.

    The copy is made by a reader of its own: SQLite copies nothing from a connection that is writing, and what is written
    now (the line of this act) belongs to the time after the copy.
    """
    with _opened_beside(store, store.folder) as reader, _opened_beside(store, folder) as copy:
        reader.database.connection().backup(copy.database.connection())
        return row_digests(reader)


@contextmanager
def _opened_beside(store: Store, folder: Path) -> Iterator[Store]:
    """A connection of its own to the database in `folder`, under the office's key."""
    beside = Store(folder, store.keyslots)
    beside.database.connect()
    try:
        yield beside
    finally:
        beside.close()


def _pack(part: Path, sources: dict[str, Path], about: About, suite: Suite, data_key: bytes) -> About:
    """Write the members and, last, their list with its seal; gives the list."""
    salt = base64.b64decode(about.salt)
    key = suite.key(data_key, salt, "members")
    files = {}
    # stored, not deflated: what is enciphered does not shrink
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
        for name, source in sources.items():
            digest = suite.digest()
            with package.open(name, "w", force_zip64=True) as target:
                plain = _pieces_of(source)
                for piece in plain if name == KEYSLOTS_NAME else suite.enciphered(key, name, plain):
                    digest.update(piece)
                    target.write(piece)
            files[name] = digest.hexdigest()
        about = replace(about, files=files)
        about = replace(about, mac=list_mac(suite.key(data_key, salt, "list"), about.sealed_body()))
        package.writestr(ABOUT, json.dumps({"format": FORMAT, **asdict(about)}, ensure_ascii=False, indent=1))
    return about


def _pieces_of(source: Path) -> Iterator[bytes]:
    with open(source, "rb") as stream:
        while piece := stream.read(PIECE):
            yield piece


def _fault_of(part: Path, sources: dict[str, Path], keyslots: Keyslots) -> str | None:
    """What is wrong with a container that was just written, or None: it is unpacked, every file compared, its database opened."""
    with TemporaryDirectory(dir=part.parent, prefix=".校验-") as folder:
        try:
            about = unpack(part, Path(folder), keyslots)
            prove(Store(Path(folder), keyslots), about, part)
        except BackupDamaged as no:
            return str(no.facts["fault"])
        for name, source in sources.items():
            if name != DATABASE_NAME and _sha256(source) != _sha256(Path(folder) / name):
                return f"{name} 写入后与原文件不一致"
    return None


# -- reading ------------------------------------------------------------------------------------------------


def read_container(path: Path) -> About:
    """What a container says of itself; without a key nobody can tell whether it says the truth.

    Raises CannotRead, BackupDamaged, NewerBackup.
    """
    with _opened(path) as package:
        return _about(package, path)


def broken_member(path: Path) -> str | None:
    """The first member that is not what the list says, found without any key; None when all are. Raises as `read_container`."""
    with _opened(path) as package:
        about = _about(package, path)
        suite = suite_of(about.suite)
        for name, digest in about.files.items():
            with package.open(name) as stream:
                if suite.digest_of(stream) != digest:
                    return name
    return None


def unpack_keyslots(path: Path, folder: Path) -> None:
    """Write a container's key file into `folder`: with a password it opens the rest. Raises as `unpack`."""
    with _opened(path) as package:
        about = _about(package, path)
        body = package.read(KEYSLOTS_NAME)
        digest = suite_of(about.suite).digest()
        digest.update(body)
        if digest.hexdigest() != about.files[KEYSLOTS_NAME]:
            raise BackupDamaged(name=path.name, fault=f"{KEYSLOTS_NAME} 与清单不一致")
        _write(folder / KEYSLOTS_NAME, iter([body]))


def unpack(path: Path, folder: Path, keyslots: Keyslots) -> About:
    """Write a container's files into `folder`, each opened by its seal; nothing else in it is looked at.

    Raises CannotRead, BackupDamaged, NewerBackup and the WorldErrors of writing.
    """
    with _opened(path) as package:
        about = _about(package, path)
        suite = suite_of(about.suite)
        salt = base64.b64decode(about.salt)
        for name, digest in about.files.items():
            with package.open(name) as stream:
                if suite.digest_of(stream) != digest:
                    raise BackupDamaged(name=path.name, fault=f"{name} 与清单不一致")
        if list_mac(suite.key(keyslots.data_key, salt, "list"), about.sealed_body()) != about.mac:
            raise BackupDamaged(name=path.name, fault="清单被改动，或不是用这个办公点的密钥写的")
        key = suite.key(keyslots.data_key, salt, "members")
        for name in about.files:
            with package.open(name) as stream:
                plain = name == KEYSLOTS_NAME
                try:
                    _write(
                        folder / name,
                        iter(lambda: stream.read(PIECE), b"")
                        if plain
                        else suite.deciphered(key, name, stream),
                    )
                except PieceBroken as error:
                    raise BackupDamaged(name=path.name, fault=f"{name} 解不开") from error
    return about


def _write(target: Path, pieces: Iterator[bytes]) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "wb") as stream:
            for piece in pieces:
                stream.write(piece)
    except OSError as error:
        raise world_error(error, target) from error


def prove(store: Store, about: About, path: Path) -> None:
    """Open an unpacked database that is not open yet, and compare every row with what the container says; close it again.

    Raises BackupDamaged, DatabaseDiskFull.
    """
    try:
        store.database.connect()
        fault = _difference(store, about.tables)
    except Exception as error:  # a damaged file ends the reading by any of the library's errors
        if isinstance(full := world_error_of(error, store.folder), DatabaseDiskFull):
            raise full from error
        raise BackupDamaged(name=path.name, fault="数据库打不开") from error
    finally:
        store.close()
    if fault:
        raise BackupDamaged(name=path.name, fault=fault)


def _difference(store: Store, tables: dict[str, str]) -> str | None:
    """What is wrong with a copied database, or None: the file's own checks, then every row."""
    said = page_faults(store.database.connection())
    return said[0] if said else (None if row_digests(store) == tables else "数据与备份时不一致")


def row_digests(store: Store) -> dict[str, str]:
    """Of every table the number of its rows and a SHA-256 over them, in the order in which they lie (a backup keeps it)."""
    digests = {}
    for (table,) in store.rows(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ):
        digest, count = hashlib.sha256(), 0
        for row in store.each(f'SELECT * FROM main."{table}"'):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
            count += 1
        digests[str(table)] = f"{count}:{digest.hexdigest()}"
    return digests


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
            **{name: str(body[name]) for name in ("township", "made_at", "business_date", "head", "suite", "cipher", "hash", "salt", "mac")},
            lines=int(body["lines"]), tables=dict(body["tables"]), files=dict(body["files"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupDamaged(name=path.name, fault="没有清单，或清单读不出来") from error
    suite_of(about.suite)
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
