"""Whether a database is whole: what the file says of its own pages, what its tables say of each other, and its schema.

The quick look at every opening takes under a second however large the office is; the whole look is the check-up's.
"""

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from sqlcipher3 import dbapi2 as sqlcipher

from models.store.migrations import MIGRATIONS

_SECONDS: Final = 0.8
_PAGES_AT_OPENING: Final = 160 << 20  # bytes; every page's HMAC of this much is checked in about 0.4 s
_STEPS_BETWEEN_LOOKS: Final = 20_000


def page_faults(connection: Any) -> list[str]:
    """What SQLCipher's page checks and SQLite's own checks have against the file."""
    try:
        said = [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check")]
        said += [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    except sqlcipher.Error as error:  # a damaged page ends the reading
        said = [str(error)]
    return said


def quick_fault(connection: Any, size: int, *, seconds: float = _SECONDS) -> str | None:
    """The first thing found wrong within `seconds`, in Chinese, or None; `size` is the file's, in bytes."""
    deadline = time.monotonic() + seconds
    try:
        if size <= _PAGES_AT_OPENING and (
            bad := connection.execute("PRAGMA cipher_integrity_check").fetchone()
        ):
            return f"文件内容与校验值不符：{bad[0]}"
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            return next((fault for look in _LOOKS for fault in look(connection)), None)
        finally:
            connection.set_progress_handler(None, 0)
    except sqlcipher.OperationalError as error:
        if "interrupted" in str(error):  # time is up, and nothing was found until now
            return None
        return f"读取时出错：{error}"
    except sqlcipher.Error as error:
        return f"读取时出错：{error}"


def _control_totals(connection: Any) -> Iterator[str]:
    """What batches, payments and vouchers say of the same money."""
    for number, owed, kept in connection.execute(
        "SELECT b.number, b.owed_fen, coalesce(sum(t.fen), 0) FROM batch b LEFT JOIN batch_tally t ON t.batch_id = b.id"
        " GROUP BY b.id HAVING b.owed_fen <> coalesce(sum(t.fen), 0) OR b.payments <> coalesce(sum(t.payments), 0) LIMIT 1"
    ):
        yield f"批次 {number} 的应发合计与汇总表相差 {abs(owed - kept)} 分"
    (debit, credit) = connection.execute(
        "SELECT coalesce(sum(debit_fen), 0), coalesce(sum(credit_fen), 0) FROM voucher_line"
    ).fetchone()
    if debit != credit:
        yield f"全部凭证借贷相差 {abs(debit - credit)} 分"


def _foreign_keys(connection: Any) -> Iterator[str]:
    for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"表 {table} 第 {rowid} 行指向的 {parent} 不存在"


_LOOKS: Final[tuple[Callable[[Any], Iterator[str]], ...]] = (_control_totals, _foreign_keys)


def _schema_of(connection: Any) -> dict[tuple[str, str], str]:
    return {
        (kind, name): " ".join(sql.split())
        for kind, name, sql in connection.execute(
            "SELECT type, name, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
    }


@cache
def _released(migrations: tuple[str, ...]) -> dict[tuple[str, str], str]:
    connection = sqlcipher.connect(":memory:", isolation_level=None)
    try:
        for sql in migrations:
            connection.executescript(sql)
        return _schema_of(connection)
    finally:
        connection.close()


_KINDS: Final = {"table": "表", "index": "索引", "trigger": "约束", "view": "视图"}


def schema_faults(connection: Any) -> list[str]:
    """What of the schema is missing, changed or added, against the one that the migrations make."""
    has, should = _schema_of(connection), _released(tuple(MIGRATIONS))
    return [
        f"{_KINDS[key[0]]} {key[1]} "
        + ("缺失" if key not in has else "是外来的" if key not in should else "被改动")
        for key in sorted(has.keys() | should.keys())
        if has.get(key) != should.get(key)
    ]
