"""The encrypted database as a connection: its key, its pragmas, and what its complaints about the world mean to a clerk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from typing import Any

from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from models.domain.refusal import WorldError
from models.store.seals import watch

_BULK_CACHE_KIB = 256 * 1024  # an encrypted page outside the cache is decrypted again at every touch
_BUSY_MILLISECONDS = 10_000
_FIRST_ROOM = 64 * 1024  # bytes: twice a new -shm


class DatabaseBusy(WorldError):
    """Another program holds the file for writing."""

    form = "数据正被另一个程序占用。请关闭其他正在使用这个办公点的窗口后重试，已有数据不受影响。"


class DatabaseDiskFull(WorldError):
    """The disk is full while writing the database."""

    form = "磁盘空间不足，刚才的操作没有保存，已有数据不受影响。请腾出空间后重试。"


class CommitUncertain(WorldError):
    """The disk failed while the last word was written: the next opening finds it there or not."""

    form = "保存的最后一步磁盘出错，刚才的操作可能已经记下，也可能没有。请检查磁盘，重新打开程序，看清楚有没有记下，没有再办一次。"


class DatabaseFault(WorldError):
    """The disk under the database fails or is read-only."""

    form = "读写数据时磁盘出错（{cause}），刚才的操作没有保存。请检查磁盘后重试。"


class OfficeDatabase(SqlCipherDatabase):  # type: ignore[misc]  # peewee's extension carries no types
    """peewee's SQLCipher database, keyed and set up in the order that power cuts were tried with."""

    before_statement: Callable[[str], None] | None = None
    is_read_only = False

    def _connect(self) -> Any:
        connection = super()._connect()
        try:
            if self.is_read_only:
                for pragma in (
                    "cipher_log = off",
                    "query_only = ON",
                    "temp_store = MEMORY",
                    "trusted_schema = OFF",
                ):
                    connection.execute(f"PRAGMA {pragma}")
                return connection
            for pragma in (
                "cipher_log = off",
                "synchronous = EXTRA",
                "journal_mode = WAL",
                "foreign_keys = ON",
                "recursive_triggers = ON",  # so that REPLACE meets the triggers that keep rows from being deleted
                "temp_store = MEMORY",
                "trusted_schema = OFF",
                f"busy_timeout = {_BUSY_MILLISECONDS}",
                f"cache_size = -{_BULK_CACHE_KIB}",
            ):
                connection.execute(f"PRAGMA {pragma}")
            watch(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def read_beside(self) -> Any:
        """Another connection that only reads, and so sees the office as it was before the transaction under way."""
        beside = sqlcipher.connect(self.database, isolation_level=None, check_same_thread=False)
        try:
            beside.execute(f'PRAGMA key = "{self.connect_params["passphrase"]}"')
            for pragma in ("cipher_log = off", "query_only = ON", f"busy_timeout = {_BUSY_MILLISECONDS}"):
                beside.execute(f"PRAGMA {pragma}")
        except BaseException:
            beside.close()
            raise
        return beside

    def execute_sql(self, sql: str, params: Any = None, *more: Any) -> Any:
        if self.before_statement is not None:
            self.before_statement(sql)
        return super().execute_sql(sql, params, *more)


@contextmanager
def faults_as_sentences(folder: Path) -> Iterator[None]:
    """Turn the complaints of the database in `folder` about the world into WorldErrors; our own mistakes pass through."""
    try:
        yield
    except (sqlcipher.OperationalError, sqlcipher.DatabaseError) as error:
        raise world_error_of(error, folder) or error from error
    except Exception as error:
        cause = error.__cause__ or error.__context__
        if type(error).__module__ == "peewee" and isinstance(cause, sqlcipher.Error):
            raise world_error_of(cause, folder) or error from error
        raise


def world_error_of(error: Exception, folder: Path) -> WorldError | None:
    """The fault of the machine that a complaint of the database in `folder` means; None for a mistake of ours."""
    said = str(error)
    if "database is locked" in said or "database table is locked" in said:
        return DatabaseBusy()
    if "disk is full" in said:
        return DatabaseDiskFull()
    if "disk I/O error" in said:
        # so says SQLite too where its -shm and -wal find no room to begin
        return DatabaseDiskFull() if _is_full(folder) else DatabaseFault(cause="读写错误")
    if "readonly" in said or "unable to open" in said:
        return DatabaseFault(cause="不能写入")
    return None


def _is_full(folder: Path) -> bool:
    """Whether the disk has not even the room that an opened database asks for first."""
    try:
        return disk_usage(folder).free < _FIRST_ROOM
    except OSError:
        return False
