"""The one place that opens an office's database, and the one way to write to it.

An office is a folder: `office.db` (SQLCipher, raw 256-bit key), `keyslots.json`, `files/`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from models.domain.refusal import Refusal, WorldError
from models.store.files import FileStore
from models.store.keyslots import FULL_COST, KdfCost, Keyslots
from models.store.migrations import MIGRATIONS
from models.tables.base import bind

DATABASE_NAME = "office.db"
KEYSLOTS_NAME = "keyslots.json"
FILES_NAME = "files"

_LEAST_SQLITE = (3, 51, 3)  # older ones carry the WAL-reset bug
_BULK_CACHE_KIB = 256 * 1024  # an encrypted page outside the cache is decrypted again at every touch
_BUSY_MILLISECONDS = 10_000

Row = tuple[Any, ...]


class OfficeExists(Refusal):
    """`init` was asked for a folder that already holds an office."""

    form = "“{folder}”里已经有一个办公点。请直接打开它，或换一个文件夹新建。"


class NoOffice(Refusal):
    """The folder holds no office."""

    form = "“{folder}”里没有办公点。请核对文件夹，或先用 init 新建。"


class NewerOffice(Refusal):
    """The data were written by a later program."""

    form = "这个办公点的数据版本是 {found}，本程序只认识到 {known}。请升级程序后再打开，数据没有改动。"


class DamagedDatabase(Refusal):
    """The database does not open with the right key."""

    form = "数据库“{name}”打不开：内容已损坏，或与密钥文件不是同一个办公点的。请用最近的备份恢复。"


class TooOldSqlite(Refusal):
    """The library underneath is older than what we trust with money."""

    form = "程序自带的数据库组件版本是 {found}，低于 {least}，不能保证断电安全。请重新安装程序。"


class DatabaseBusy(WorldError):
    """Another program holds the file for writing."""

    form = "数据正被另一个程序占用。请关闭其他正在使用这个办公点的窗口后重试，已有数据不受影响。"


class DatabaseDiskFull(WorldError):
    """The disk is full while writing the database."""

    form = "磁盘空间不足，刚才的操作没有保存，已有数据不受影响。请腾出空间后重试。"


class DatabaseFault(WorldError):
    """The disk under the database fails or is read-only."""

    form = "读写数据时磁盘出错（{cause}），刚才的操作没有保存。请检查磁盘后重试。"


class _TakenBack(Exception):
    """Ends a dry run."""


class _OfficeDatabase(SqlCipherDatabase):  # type: ignore[misc]  # peewee's extension carries no types
    """peewee's SQLCipher database, keyed and set up in the order that power cuts were tried with."""

    before_statement: Callable[[str], None] | None = None

    def _connect(self) -> Any:
        connection = super()._connect()
        try:
            for pragma in (
                "cipher_log = off",
                "synchronous = EXTRA",
                "journal_mode = WAL",
                "foreign_keys = ON",
                "temp_store = MEMORY",
                "trusted_schema = OFF",
                f"busy_timeout = {_BUSY_MILLISECONDS}",
                f"cache_size = -{_BULK_CACHE_KIB}",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def execute_sql(self, sql: str, params: Any = None, *more: Any) -> Any:
        if self.before_statement is not None:
            self.before_statement(sql)
        return super().execute_sql(sql, params, *more)


class Store:
    """An open office: its database, its files, its keys. Close it when done."""

    def __init__(self, folder: Path, keyslots: Keyslots) -> None:
        self.folder = folder
        self.keyslots = keyslots
        self.files = FileStore(folder / FILES_NAME, keyslots.data_key)
        self.database = _OfficeDatabase(
            str(folder / DATABASE_NAME), passphrase=f"x'{keyslots.data_key.hex()}'", autoconnect=False
        )
        self._writing = False

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
        self._writing = True
        try:
            with faults_as_sentences():
                self.database.execute_sql("BEGIN IMMEDIATE")
                try:
                    yield
                    self.database.execute_sql("COMMIT")
                except BaseException:
                    # after some faults SQLite has rolled back by itself
                    if self.database.connection().in_transaction:
                        self.database.connection().rollback()
                    self.files.forget()
                    raise
            self.files.settle()
        finally:
            self._writing = False

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Do as in `writing`, then take it all back: what a dry run is made of."""
        try:
            with self.writing():
                yield
                raise _TakenBack
        except _TakenBack:
            pass

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
        """Close the database; the store is not used after."""
        if not self.database.is_closed():
            self.database.close()


@contextmanager
def faults_as_sentences() -> Iterator[None]:
    """Turn the database's complaints about the world into WorldErrors; our own mistakes pass through."""
    try:
        yield
    except (sqlcipher.OperationalError, sqlcipher.DatabaseError) as error:
        raise _world_error_of(error) or error from error
    except Exception as error:
        cause = error.__cause__ or error.__context__
        if type(error).__module__ == "peewee" and isinstance(cause, sqlcipher.Error):
            raise _world_error_of(cause) or error from error
        raise


def _world_error_of(error: Exception) -> WorldError | None:
    said = str(error)
    if "database is locked" in said or "database table is locked" in said:
        return DatabaseBusy()
    if "disk is full" in said:
        return DatabaseDiskFull()
    if "disk I/O error" in said:
        return DatabaseFault(cause="读写错误")
    if "readonly" in said or "unable to open" in said:
        return DatabaseFault(cause="不能写入")
    return None


def _connect(store: Store, name: str) -> None:
    if sqlcipher.sqlite_version_info < _LEAST_SQLITE:
        raise TooOldSqlite(found=sqlcipher.sqlite_version, least=".".join(map(str, _LEAST_SQLITE)))
    try:
        store.database.connect()
        found = int(store.value("PRAGMA user_version"))
    except Exception as error:
        store.close()
        if world := _world_error_of(error):
            raise world from error
        raise DamagedDatabase(name=name) from error
    if found > len(MIGRATIONS):
        store.close()
        raise NewerOffice(found=found, known=len(MIGRATIONS))
    bind(store.database)
    _migrate(store, found)


def _migrate(store: Store, found: int) -> None:
    for version, sql in enumerate(MIGRATIONS[found:], start=found + 1):
        with store.writing():
            for statement in statements_of(sql):
                store.execute(statement)
            store.execute(f"PRAGMA user_version = {version}")


def statements_of(sql: str) -> Iterator[str]:
    """Split a migration into its statements (a trigger's body holds semicolons), so that each runs in the transaction."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlcipher.complete_statement(pending):
            yield pending
            pending = ""


def create_office(folder: Path, operator: str, password: str, cost: KdfCost = FULL_COST) -> tuple[Store, str]:
    """Make an empty office in `folder` and open it; gives the recovery code beside the store.

    Raises OfficeExists when one is there already; a folder with other things in it is left as it is around ours.
    """
    if (folder / DATABASE_NAME).exists() or (folder / KEYSLOTS_NAME).exists():
        raise OfficeExists(folder=folder)
    keyslots, code = Keyslots.make(folder / KEYSLOTS_NAME, operator, password, cost)
    store = Store(folder, keyslots)
    _connect(store, DATABASE_NAME)
    return store, code


def open_office(folder: Path, operator: str, password: str) -> Store:
    """Open the office in `folder` with one operator's password.

    Raises NoOffice, NoSlot, WrongPassword, DamagedKeyslots, DamagedDatabase, NewerOffice.
    """
    if not (folder / KEYSLOTS_NAME).exists() or not (folder / DATABASE_NAME).exists():
        raise NoOffice(folder=folder)
    store = Store(folder, Keyslots.open(folder / KEYSLOTS_NAME, operator, password))
    _connect(store, DATABASE_NAME)
    store.files.recover(
        lambda sha256: store.value("SELECT 1 FROM stored_file WHERE sha256 = ?", (sha256,)) is not None
    )
    return store
