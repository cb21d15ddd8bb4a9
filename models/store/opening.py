"""The one place that opens an office's database, and the one way to write to it.

An office is a folder: `office.db` (SQLCipher, raw 256-bit key), `keyslots.json`, `files/`. Beside them lie `office.lock`
(who has it open), `wrong-passwords.json` and `last-backup.json`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2 as sqlcipher

from models.domain.refusal import Refusal
from models.store.database import CommitUncertain, OfficeDatabase, faults_as_sentences, world_error_of
from models.store.durable import sync_folder
from models.store.files import FileStore
from models.store.folder import DATABASE_NAME, FILES_NAME, KEYSLOTS_NAME, LAST_BACKUP_NAME
from models.store.health import page_faults, quick_fault
from models.store.holding import Holding, hold
from models.store.keyslots import (
    FULL_COST,
    KdfCost,
    Keyslots,
    KeyslotsMissing,
    RecoveryCodeWrong,
    WrongPassword,
)
from models.store.lockout import WrongPasswords
from models.store.migrations import MIGRATIONS
from models.store.rekeying import finish_rekey
from models.store.seals import Seals, is_watching
from models.store.trail import append_line
from models.tables.base import bind

KEYSLOTS_HASH: Final = "keyslots.sha256"
"""The setting that holds the hash of the key file as last committed."""

_LEAST_SQLITE = (3, 51, 3)  # older ones carry the WAL-reset bug

Row = tuple[Any, ...]


class OfficeExists(Refusal):
    """`init` was asked for a folder that already holds an office."""

    form = "“{folder}”里已经有一个办公点。请直接打开它，或换一个文件夹新建。"


class NoOffice(Refusal):
    """The folder holds no office."""

    form = "“{folder}”里没有办公点。请核对文件夹，或先用 init 新建。"
    in_window = "“{folder}”里没有办公点。放在 U 盘或移动硬盘上的，请先插上；搬过地方的，按“浏览”选到现在的文件夹；还没有办公点的，按“新建或示例”。"


class NewerOffice(Refusal):
    """The data were written by a later program."""

    form = "这个办公点的数据版本是 {found}，本程序只认识到 {known}。请升级程序后再打开，数据没有改动。"


class DamagedDatabase(Refusal):
    """The database does not open with the right key, or its pages are not what was written."""

    form = "数据库“{name}”打不开：内容已损坏，或与密钥文件不是同一个办公点的。请用最近的备份恢复{backup}。"


class OfficeUnsoundAtOpening(Refusal):
    """The quick look at opening found something: the office is for looking until it is restored."""

    form = "打开时检查发现数据不对：{fault}。现在只能查看，不能办理业务。请运行体检，并用最近的备份恢复{backup}。"


class OnlyForLooking(Refusal):
    """The office lies where nothing can be written."""

    form = "“{folder}”不能写入（光盘、写保护的 U 盘或没有权限），只能查看。要办理业务，请把整个文件夹复制到硬盘后再打开。"


class UnsavedOnReadOnly(Refusal):
    """A copy on a read-only medium that still carries work beside the database file."""

    form = "“{folder}”不能写入，而且里面有没有并入数据库的内容，直接看会看到旧数据。请把整个文件夹复制到硬盘后再打开。"


class FoundingUnfinished(Refusal):
    """The founding of the office was cut off; nothing is in it."""

    form = "“{folder}”里的办公点没有建完（新建时中断），里面没有数据。请删除这个文件夹后重新新建。"


class TooOldSqlite(Refusal):
    """The library underneath is older than what we trust with money."""

    form = "程序自带的数据库组件版本是 {found}，低于 {least}，不能保证断电安全。请重新安装程序。"


class _TakenBack(Exception):
    """Ends a dry run."""


class Store:
    """An open office: its database, its files, its keys. Close it when done."""

    def __init__(self, folder: Path, keyslots: Keyslots, *, read_only: bool = False) -> None:
        self.folder = folder
        self.keyslots = keyslots
        self.files = FileStore(folder / FILES_NAME, keyslots.data_key)
        self.seals = Seals(keyslots.data_key)
        path = folder / DATABASE_NAME
        # an immutable file is read without the -wal and -shm that could not be made
        name = f"{path.resolve().as_uri()}?mode=ro&immutable=1" if read_only else str(path)
        self.database = OfficeDatabase(
            name, passphrase=f"x'{keyslots.data_key.hex()}'", autoconnect=False, uri=read_only
        )
        self.database.is_read_only = self.is_read_only = read_only
        self.fault: str | None = None
        """What the look at opening found; while it stands, nothing is written."""
        self.wrong_before = 0
        """Wrong passwords under this name since the last right one."""
        self.holding: Holding | None = None
        self._reader: Any = None
        self._writing = False
        self._trying = False

    # -- reading ----------------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        return list(self.database.execute_sql(sql, parameters).fetchall())

    def each(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Row]:
        """The rows of a query one by one, for those that do not fit in memory."""
        return iter(self.database.execute_sql(sql, parameters))

    def row(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row, or None."""
        found: Row | None = self.database.execute_sql(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    # -- writing ----------------------------------------------------------------------------------------

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """One statement, inside `writing`; gives the cursor (rowcount, lastrowid)."""
        return self.database.execute_sql(sql, parameters)

    def insert(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """One INSERT, inside `writing`; gives the new row's id."""
        return int(self.execute(sql, parameters).lastrowid)

    def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> int:
        """One statement over many rows, streamed; gives the number of rows changed."""
        if self.database.before_statement is not None:
            self.database.before_statement(sql)
        return int(self.database.connection().executemany(sql, rows).rowcount)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The one way to write: one transaction, all or nothing, with the files staged inside it.

        Raises WorldError when the disk or another program is in the way; anything raised inside rolls back.
        """
        if self._writing:
            raise RuntimeError("a use case never calls a use case")
        self.refuse_unless_writable()
        self._writing = True
        try:
            with faults_as_sentences(self.folder):
                self.database.execute_sql("BEGIN IMMEDIATE")
                try:
                    yield
                    self._record_keyslots()
                    self._seal()
                    self._commit()
                except BaseException:
                    # after some faults SQLite has rolled back by itself
                    if self.database.connection().in_transaction:
                        self.database.connection().rollback()
                    self.seals.ended(well=False)
                    self.files.forget()
                    self.keyslots.forget()
                    raise
            self.seals.ended(well=True)
            self.files.settle()
            self.keyslots.settle()
        finally:
            self._writing = False

    def _commit(self) -> None:
        """Commit. Whether one that met a disk error lies in the log only the next opening knows: till then the files are left."""
        try:
            self.database.execute_sql("COMMIT")
        except Exception as error:
            if "disk I/O error" not in str(error):
                raise
            self.files.leave()
            self.keyslots.leave()
            raise CommitUncertain from error

    def refuse_unless_writable(self) -> None:
        """Refuse what would write where only looking is possible. Raises OnlyForLooking, OfficeUnsoundAtOpening."""
        if self.is_read_only:
            raise OnlyForLooking(folder=self.folder)
        if self.fault is not None:
            raise OfficeUnsoundAtOpening(fault=self.fault, backup=backup_hint(self.folder))

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Do as in `writing`, then take it all back: what a dry run is made of."""
        self._trying = True
        try:
            with self.writing():
                yield
                raise _TakenBack
        except _TakenBack:
            pass
        finally:
            self._trying = False

    def root(self) -> str:
        """The root of all seals, inside `writing` after what was written until now: it goes into the audit line."""
        self._record_keyslots()
        self._seal()
        return self.seals.root(self.database.connection())

    def _seal(self) -> None:
        connection = self.database.connection()
        if self._trying or not is_watching(connection):
            return
        for sql, parameters in self.seals.reseal(connection, self._beside()):
            self.execute(sql, parameters)

    def _beside(self) -> Any:
        if self._reader is None:
            self._reader = self.database.read_beside()
        return self._reader

    def _record_keyslots(self) -> None:
        """The key file's hash goes with the transaction that changes it, so that an older one put back is told."""
        if self.keyslots.is_staged:
            self.execute(
                "INSERT INTO setting (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
                (KEYSLOTS_HASH, self.keyslots.sha256),
            )

    def keep_file(self, body: bytes, name: str, purpose: str, at: str) -> str:
        """Keep a file as received, inside `writing`; gives its SHA-256. The same bytes are kept once."""
        sha256 = self.files.stage(body)
        self.execute(
            "INSERT INTO stored_file (sha256, name, size, purpose, stored_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (sha256, name, len(body), purpose, at),
        )
        return sha256

    def close(self) -> None:
        """Close the database and let the office go; the store is not used after."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if not self.database.is_closed():
            self.database.close()
        if self.holding is not None:
            self.holding.let_go()
            self.holding = None


def backup_hint(folder: Path) -> str:
    """“（最近一份：…）” of the last backup that was verified, or '' when none is known."""
    try:
        kept = json.loads((folder / LAST_BACKUP_NAME).read_text(encoding="utf-8"))
        return f"（最近一份已验证的备份：{kept['file']}，{kept['made_at']}）"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _connect(store: Store) -> int:
    """Connect, and give the version of the data. Raises TooOldSqlite, DamagedDatabase, NewerOffice, WorldErrors."""
    if sqlcipher.sqlite_version_info < _LEAST_SQLITE:
        raise TooOldSqlite(found=sqlcipher.sqlite_version, least=".".join(map(str, _LEAST_SQLITE)))
    try:
        store.database.connect()
        found = int(store.value("PRAGMA user_version"))
    except Exception as error:
        if world := world_error_of(error, store.folder):
            raise world from error
        raise DamagedDatabase(name=DATABASE_NAME, backup=backup_hint(store.folder)) from error
    if found > len(MIGRATIONS):
        raise NewerOffice(found=found, known=len(MIGRATIONS))
    bind(store.database)
    return found


def _migrate(store: Store, found: int, now: datetime) -> None:
    """Take the data to this program's version: a copy of them is kept first, then one transaction a version."""
    if found == len(MIGRATIONS):
        return
    if found:
        _keep_copy(store, found)
        if broken := store.seals.broken(store.database.connection()):
            raise DamagedDatabase(name=DATABASE_NAME, backup=backup_hint(store.folder)) from RuntimeError(
                broken
            )
    for version, sql in enumerate(MIGRATIONS[found:], start=found + 1):
        with store.writing():
            for statement in statements_of(sql):
                store.execute(statement)
            store.seals.forget_columns()
            for seal, parameters in store.seals.seal_all(store.database.connection()):
                store.execute(seal, parameters)
            store.seals.forget_touched(store.database.connection())
            if found:
                at = now.isoformat(sep=" ", timespec="seconds")
                append_line(
                    store, at=at, day=at[:10], operator_id=None, post="", act="office.upgrade", subject="office",
                    counts=json.dumps({"from": version - 1, "to": version}),
                )  # fmt: skip
            store.execute(f"PRAGMA user_version = {version}")
    store.database.close()  # the watch over what is touched is set up anew for the new schema
    store.database.connect()


def _keep_copy(store: Store, found: int) -> None:
    """The database as the older program left it, under the same key, beside it; proved before anything is changed."""
    path = store.folder / f"{DATABASE_NAME}.before-{found + 1}"
    path.unlink(missing_ok=True)
    copy = sqlcipher.connect(str(path), isolation_level=None)
    try:
        copy.execute(f'PRAGMA key = "{store.database.connect_params["passphrase"]}"')
        with faults_as_sentences(store.folder):
            store.database.connection().backup(copy)
        if page_faults(copy):
            raise DamagedDatabase(name=DATABASE_NAME, backup=backup_hint(store.folder))
    finally:
        copy.close()
    sync_folder(store.folder)


def statements_of(sql: str) -> Iterator[str]:
    """Split a migration into its statements (a trigger's body holds semicolons), so that each runs in the transaction."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlcipher.complete_statement(pending):
            yield pending
            pending = ""


def create_office(
    folder: Path, operator: str, password: str, cost: KdfCost = FULL_COST, now: datetime | None = None
) -> tuple[Store, str]:
    """Make an empty office in `folder` and open it; gives the recovery code beside the store.

    Raises OfficeExists when one is there already; a folder with other things in it is left as it is around ours. On any
    fault no office is left.
    """
    if (folder / DATABASE_NAME).exists() or (folder / KEYSLOTS_NAME).exists():
        raise OfficeExists(folder=folder)
    keyslots, code = Keyslots.make(folder / KEYSLOTS_NAME, operator, password, cost)
    store = Store(folder, keyslots)
    try:
        store.holding = hold(folder, operator, now or datetime.now())
        _migrate(store, _connect(store), now or datetime.now())
        with store.writing():
            store.execute("INSERT INTO setting (name, body) VALUES (?, ?)", (KEYSLOTS_HASH, keyslots.sha256))
        sync_folder(folder)
        sync_folder(folder.parent)
    except BaseException:
        discard_office(store)
        raise
    return store, code


def discard_office(store: Store) -> None:
    """Take away an office whose founding failed: nothing is in it, and nobody was told its recovery code."""
    store.close()
    for name in (KEYSLOTS_NAME, DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm"):
        with suppress(OSError):  # the fault that brought us here is the one to tell
            (store.folder / name).unlink(missing_ok=True)


def open_office(folder: Path, operator: str, password: str, now: datetime | None = None) -> Store:
    """Open the office in `folder` with one operator's password; `now` is the clock that wrong passwords wait by.

    Raises NoOffice, KeyslotsMissing, NoSlot, WrongPassword, LockedOut, DamagedKeyslots, DamagedDatabase, NewerOffice,
    FoundingUnfinished, OfficeInUse, NetworkDrive. A folder that cannot be written opens for looking (`read_only`); so
    does an office that the look at opening finds unsound (`fault`).
    """
    now = now or datetime.now()
    _refuse_without_office(folder)
    finish_rekey(folder)
    wrong = WrongPasswords(folder)
    wrong.refuse_locked(operator, now)
    try:
        keyslots = Keyslots.open(folder / KEYSLOTS_NAME, operator, password)
    except WrongPassword:
        wrong.count(operator, now)
        raise
    store = _open_with(folder, keyslots, operator, now)
    store.wrong_before = wrong.clear(operator)
    return store


def open_with_recovery_code(folder: Path, written: str, now: datetime | None = None) -> Store:
    """Open the office with the printed recovery code, to give somebody a new password. Raises as `open_office`, and RecoveryCodeWrong."""
    now = now or datetime.now()
    _refuse_without_office(folder)
    finish_rekey(folder)
    wrong = WrongPasswords(folder)
    wrong.refuse_locked("恢复码", now)
    try:
        keyslots = Keyslots.open_with_code(folder / KEYSLOTS_NAME, written)
    except RecoveryCodeWrong:
        wrong.count("恢复码", now)
        raise
    store = _open_with(folder, keyslots, "恢复码", now)
    store.wrong_before = wrong.clear("恢复码")
    return store


def _refuse_without_office(folder: Path) -> None:
    if not (folder / DATABASE_NAME).exists():
        raise NoOffice(folder=folder)
    if not (folder / KEYSLOTS_NAME).exists():
        raise KeyslotsMissing(folder=folder, name=KEYSLOTS_NAME)


def _open_with(folder: Path, keyslots: Keyslots, operator: str, now: datetime) -> Store:
    holding = hold(folder, operator, now)
    read_only = holding is None
    if read_only and _has_work_beside(folder):
        raise UnsavedOnReadOnly(folder=folder)
    store = Store(folder, keyslots, read_only=read_only)
    store.holding = holding
    try:
        with faults_as_sentences(folder):
            _make_ready(store, now)
    except BaseException:
        store.close()
        raise
    return store


def _make_ready(store: Store, now: datetime) -> None:
    """Connect, look whether the data are sound, take them to this program's version and settle what a crash left."""
    found = _connect(store)
    if found == 0:
        raise FoundingUnfinished(folder=store.folder)
    connection = store.database.connection()
    if not store.is_read_only:
        # a cut while the WAL is carried over leaves torn pages in the file, whole in the WAL: first the one, then the look
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    store.fault = quick_fault(connection, (store.folder / DATABASE_NAME).stat().st_size)
    if not store.is_read_only and store.fault is None:
        _migrate(store, found, now)
        _settle(store)


def _has_work_beside(folder: Path) -> bool:
    wal = folder / f"{DATABASE_NAME}-wal"
    return wal.exists() and wal.stat().st_size > 0


def _settle(store: Store) -> None:
    """What a crash left between a commit and the renaming of files takes its name, or goes."""
    recorded = store.value("SELECT body FROM setting WHERE name = ?", (KEYSLOTS_HASH,))
    store.keyslots.recover(recorded)
    store.files.recover(
        lambda sha256: store.value("SELECT 1 FROM stored_file WHERE sha256 = ?", (sha256,)) is not None
    )
    for (sha256,) in store.rows(
        "SELECT sha256 FROM discarded_file WHERE sha256 NOT IN (SELECT sha256 FROM stored_file)"
    ):
        store.files.remove(sha256)
