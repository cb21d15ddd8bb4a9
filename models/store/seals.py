"""Seals 封签 over the rows that money depends on: what another program changed in them is found, and stops the act that meets it.

Rows are sealed by group (a batch, some thousand of its payments, a month's vouchers, an allotment, 1,024 people's accounts …):
an HMAC-SHA256 under a key drawn from the data key. Every transaction reseals the groups that it touched, after it proved
that they were whole before it; what it touched is noted by triggers that live in the connection, not in the file. The sum
of all seals is the root; it goes into the audit line, so that no group can be put back to an older state by itself.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.domain.refusal import Refusal

_CHUNK_BITS: Final = 10
_LINE_BITS: Final = 20
_LINES: Final = 1 << _LINE_BITS
_MODULUS: Final = 1 << 256
_ROOT: Final = ("root", "")
_HEAD: Final = ("head", "")
NO_ROOT: Final = "0" * 64
_PUT: Final = (
    "INSERT INTO seal (kind, subject, mac) VALUES (?, ?, ?)"
    " ON CONFLICT (kind, subject) DO UPDATE SET mac = excluded.mac"
)


class SealBroken(Refusal):
    """Rows were changed by something else than this program."""

    form = "{subject}的数据在本程序之外被改动过，刚才的操作没有保存。请不要继续办理，运行体检查明，并从备份恢复。"


@dataclass(frozen=True)
class _Rows:
    """The rows of one table that belong to a group: how a row names its group, how the group finds its rows."""

    table: str
    key: str  # SQL over `{row}.column` that gives the group's subject
    where: str  # SQL condition over the table, `?1` is the subject
    order: str = "id"


@dataclass(frozen=True)
class _Kind:
    """One kind of group."""

    name: str
    words: str  # Chinese, `{subject}` is the subject
    rows: tuple[_Rows, ...]


def _by_batch(table: str, order: str = "id") -> _Rows:
    return _Rows(table, "{row}.batch_id", "batch_id = CAST(?1 AS INTEGER)", order)


def _of_year(table: str, order: str) -> _Rows:
    closings = "SELECT id FROM year_close WHERE year = CAST(?1 AS INTEGER)"
    year = "(SELECT year FROM main.year_close WHERE id = {row}.close_id)"
    return _Rows(table, year, f"close_id IN ({closings})", f"close_id, {order}")


def _chunk(table: str, column: str, order: str) -> _Rows:
    low = f"(CAST(?1 AS INTEGER) << {_CHUNK_BITS})"
    return _Rows(
        table,
        f"{{row}}.{column} >> {_CHUNK_BITS}",
        f"{column} >= {low} AND {column} < {low} + {1 << _CHUNK_BITS}",
        order,
    )


def _part(table: str, column: str) -> _Rows:
    """Rows by what they belong to and a thousand lines of it; both are one number, so that bulk statements pay little."""
    line = f"((CAST(?1 AS INTEGER) & {_LINES - 1}) << {_CHUNK_BITS})"
    return _Rows(
        table,
        f"(({{row}}.{column} << {_LINE_BITS}) | ({{row}}.line >> {_CHUNK_BITS}))",
        f"{column} = CAST(?1 AS INTEGER) >> {_LINE_BITS} AND line >= {line} AND line < {line} + {1 << _CHUNK_BITS}",
        "line",
    )


_KINDS: Final = (
    _Kind(
        "batch",
        "批次（编号 {subject}）",
        (
            _Rows("batch", "{row}.id", "id = CAST(?1 AS INTEGER)"),
            _by_batch("batch_act"),
            _by_batch("batch_funding", "allotment_id"),
            _by_batch("batch_funding_return"),
            _by_batch("check_sheet"),
            _by_batch("bank_file"),
        ),
    ),
    # one stopped payment of a county's batch touches a thousand lines, not all
    _Kind("payment", "批次（编号 {part}）第 {first}–{last} 行", (_part("payment", "batch_id"),)),
    _Kind("attempt", "报盘文件（编号 {part}）第 {first}–{last} 行", (_part("attempt", "bank_file_id"),)),
    _Kind(
        "month",
        "{subject} 的凭证",
        (
            _Rows("voucher", "{row}.month", "month = ?1", "number"),
            _Rows(
                "voucher_line",
                "(SELECT month FROM main.voucher WHERE id = {row}.voucher_id)",
                "voucher_id IN (SELECT id FROM voucher WHERE month = ?1)",
            ),
        ),
    ),
    _Kind(
        "allotment",
        "资金指标（编号 {subject}）",
        (
            _Rows("allotment", "{row}.id", "id = CAST(?1 AS INTEGER)"),
            _Rows("allotment_change", "{row}.allotment_id", "allotment_id = CAST(?1 AS INTEGER)"),
            _Rows("receipt", "{row}.allotment_id", "allotment_id = CAST(?1 AS INTEGER)"),
        ),
    ),
    _Kind("account", "收款账户（第 {subject} 段）", (_chunk("account", "person_id", "person_id, id"),)),
    _Kind("enrolment", "享受资格（第 {subject} 段）", (_chunk("enrolment", "id", "id"),)),
    _Kind(
        "year",
        "{subject} 年的年终结账",
        (
            _Rows("year_close", "{row}.year", "year = CAST(?1 AS INTEGER)"),
            _of_year("year_balance", "ledger, program_id, allotment_id"),
            _of_year("year_return", "payment_id"),
        ),
    ),
    _Kind(
        "disposal",
        "处置清册（编号 {subject}）",
        (
            _Rows("disposal", "{row}.id", "id = CAST(?1 AS INTEGER)"),
            _Rows("disposal_volume", "{row}.disposal_id", "disposal_id = CAST(?1 AS INTEGER)", "volume_id"),
            _Rows(
                "disposal_witness", "{row}.disposal_id", "disposal_id = CAST(?1 AS INTEGER)", "operator_id"
            ),
            _Rows("discarded_file", "{row}.disposal_id", "disposal_id = CAST(?1 AS INTEGER)", "sha256"),
        ),
    ),
    _Kind(
        "statement",
        "银行对账单（编号 {subject}）",
        (
            _Rows("bank_statement", "{row}.id", "id = CAST(?1 AS INTEGER)"),
            _Rows("statement_line", "{row}.statement_id", "statement_id = CAST(?1 AS INTEGER)", "place"),
        ),
    ),
    _Kind(
        "match",
        "对账（第 {subject} 段）",
        (
            _chunk("statement_match", "id", "id"),
            _chunk("matched_deposit", "match_id", "match_id, voucher_line_id"),
        ),
    ),
    _Kind(
        "rules",
        "项目、政策、操作员、设置、银行格式与无须认领的回盘",
        (
            _Rows("program", "''", "1"),
            _Rows("policy", "''", "1"),
            _Rows("program_conflict", "''", "1", "program_a, program_b"),
            _Rows("operator", "''", "1"),
            _Rows("setting", "''", "1", "name"),
            _Rows("bank_profile", "''", "1"),
            _Rows("return_line_aside", "''", "1", "line_id"),
        ),
    ),
)
_KIND_OF: Final = {kind.name: kind for kind in _KINDS}

Group = tuple[str, str]


def group_words(group: Group) -> str:
    """What a group is called, for a sentence."""
    name, subject = group
    if name not in _KIND_OF:
        return "封签的总数"
    number = int(subject) if subject.isdigit() else 0
    first = (number & (_LINES - 1)) << _CHUNK_BITS
    return _KIND_OF[name].words.format(
        subject=subject, part=number >> _LINE_BITS, first=max(first, 1), last=first + (1 << _CHUNK_BITS) - 1
    )


@cache
def _watching(present: frozenset[str]) -> tuple[str, ...]:
    """The statements that make a connection note which groups it touches. TEMP: nobody can take them out of the file."""
    note = "INSERT INTO touched (kind, subject) SELECT '{kind}', {key} WHERE {key} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM touched WHERE kind = '{kind}' AND subject = {key});"
    made = [
        "CREATE TEMP TABLE IF NOT EXISTS touched (kind TEXT NOT NULL, subject NOT NULL, PRIMARY KEY (kind, subject)) WITHOUT ROWID"
    ]
    for kind in _KINDS:
        for rows in (one for one in kind.rows if one.table in present):
            for event, sides in (("INSERT", ("NEW",)), ("DELETE", ("OLD",)), ("UPDATE", ("NEW", "OLD"))):
                # a deleted row is asked before it goes, so that what it points to is still there
                when = "BEFORE" if event == "DELETE" else "AFTER"
                body = " ".join(note.format(kind=kind.name, key=rows.key.format(row=side)) for side in sides)
                made.append(
                    f"CREATE TEMP TRIGGER IF NOT EXISTS watch_{rows.table}_{event.lower()} {when} {event}"
                    f" ON main.{rows.table} BEGIN {body} END"
                )
    return tuple(made)


def watch(connection: Any) -> None:
    """Make a connection note what it touches, from its opening on; a file without seals (being founded) is left alone."""
    if connection.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'seal'").fetchone():
        for statement in _watching(_tables(connection)):
            connection.execute(statement)


def is_watching(connection: Any) -> bool:
    """Whether the connection notes what it touches."""
    return bool(connection.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'touched'").fetchone())


def _tables(connection: Any) -> frozenset[str]:
    """The tables there are: an office on its way through the migrations does not have all of them yet."""
    return frozenset(
        name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
    )


def _columns(connection: Any, table: str) -> str:
    return ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))


class Seals:
    """The seals of one office, under the key of that office."""

    def __init__(self, data_key: bytes) -> None:
        self._key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"xiangcai seals").derive(data_key)
        self._queries: dict[str, str] = {}
        # what this program itself sealed last, while no other connection wrote
        self._known: dict[Group, str] = {}
        self._known_at: tuple[int, int] | None = None
        self._proved: set[Group] = set()  # in this transaction

    def forget_columns(self) -> None:
        """After a migration the tables have other columns."""
        self._queries.clear()

    def forget_touched(self, connection: Any) -> None:
        """After everything was sealed anew nothing is left to be resealed."""
        if is_watching(connection):
            connection.execute("DELETE FROM temp.touched")

    # -- one group ----------------------------------------------------------------------------------------

    def _query(self, connection: Any, rows: _Rows) -> str:
        """The rows of a group as text; '' for a table that a migration has yet to make."""
        if rows.table not in self._queries:
            columns = _columns(connection, rows.table)
            self._queries[rows.table] = columns and (
                f"SELECT CAST(json_array({columns}) AS BLOB) FROM main.{rows.table}"
                f" WHERE {rows.where} ORDER BY {rows.order}"
            )
        return self._queries[rows.table]

    def mac_of(self, connection: Any, group: Group) -> str | None:
        """The seal that a group's rows should carry as the connection sees them; None for a group without rows."""
        name, subject = group
        mac = hmac.new(self._key, f"{name}\0{subject}\0".encode(), "sha256")
        found = False
        for rows in _KIND_OF[name].rows:
            sql = self._query(connection, rows)
            if not sql:
                continue
            mac.update(f"\x1e{rows.table}\n".encode())
            for (row,) in connection.execute(sql, (subject,) if "?1" in sql else ()):
                mac.update(row)
                mac.update(b"\n")
                found = True
        return mac.hexdigest() if found else None

    def _weight(self, group: Group, mac: str | None) -> int:
        """What a group adds to the root."""
        if mac is None:
            return 0
        body = "\0".join((*group, mac)).encode()
        return int.from_bytes(hmac.digest(self._key, body, "sha256"), "big")

    # -- within a transaction -----------------------------------------------------------------------------

    def reseal(self, connection: Any, reader: Any) -> Iterator[tuple[str, tuple[object, ...]]]:
        """The statements that seal what the transaction touched, the new root last.

        `reader` is another connection: it sees the office as it was before the transaction. Raises SealBroken for a
        group that was not whole then.
        """
        touched = [
            (str(kind), str(subject))
            for kind, subject in connection.execute("SELECT kind, subject FROM temp.touched ORDER BY 1, 2")
        ]
        if not touched:
            return
        self._forget_if_others_wrote(connection)
        root = int(self.root(connection), 16)
        for group in touched:
            stored = _stored(connection, group)
            self._prove(reader, group, stored)
            mac = self.mac_of(connection, group)
            root = (root - self._weight(group, stored) + self._weight(group, mac)) % _MODULUS
            if mac is None:
                yield "DELETE FROM seal WHERE kind = ? AND subject = ?", group
                self._known.pop(group, None)
            else:
                yield _PUT, (*group, mac)
                self._known[group] = mac
        yield _PUT, (*_ROOT, f"{root:064x}")
        connection.execute("DELETE FROM temp.touched")

    def _forget_if_others_wrote(self, connection: Any) -> None:
        """PRAGMA data_version moves when another connection wrote; what we sealed ourselves needs no second look until then."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if self._known_at != (id(connection), version):
            self._known.clear()
            self._known_at = (id(connection), version)

    def _prove(self, reader: Any, group: Group, stored: str | None) -> None:
        """Whether the group was whole before this transaction. Raises SealBroken."""
        if group in self._proved or (stored is not None and self._known.get(group) == stored):
            return
        if self.mac_of(reader, group) != _stored(reader, group):
            raise SealBroken(subject=group_words(group))
        self._proved.add(group)

    def ended(self, *, well: bool) -> None:
        """A transaction ended; after a rollback nothing is known of the last seals."""
        self._proved.clear()
        if not well:
            self._known.clear()

    # -- the audit trail's end ----------------------------------------------------------------------------

    def head_mac(self, seq: int, line_hash: str) -> str:
        """What seals the last line of the audit trail."""
        return hmac.digest(self._key, f"head\0{seq}\0{line_hash}".encode(), "sha256").hex()

    def head_is(self, connection: Any, seq: int, line_hash: str) -> bool:
        """Whether this is the line that was written last: a tail cut off, or written anew by others, is not."""
        return _stored(connection, _HEAD) == (self.head_mac(seq, line_hash) if seq else None)

    def seal_head(self, seq: int, line_hash: str) -> tuple[str, tuple[object, ...]]:
        """The statement that seals a new last line."""
        return _PUT, (*_HEAD, self.head_mac(seq, line_hash))

    def root(self, connection: Any) -> str:
        """The sum of all seals, 64 hex digits."""
        return _stored(connection, _ROOT) or NO_ROOT

    # -- the whole office ---------------------------------------------------------------------------------

    def broken(self, connection: Any) -> list[Group]:
        """Every group whose rows are not what was sealed, and the root itself when the seals do not add up to it."""
        stored = {
            (str(kind), str(subject)): str(mac)
            for kind, subject, mac in connection.execute("SELECT kind, subject, mac FROM seal")
        }
        root = stored.pop(_ROOT, NO_ROOT)
        stored.pop(_HEAD, None)
        wrong = [
            group
            for group in sorted(stored.keys() | set(_groups(connection)))
            # a group without rows has no seal; one with rows that its own query does not find would be our mistake
            if group[0] not in _KIND_OF or (self.mac_of(connection, group) or "none") != stored.get(group)
        ]
        total = sum(self._weight(group, mac) for group, mac in stored.items()) % _MODULUS
        return wrong if f"{total:064x}" == root else [*wrong, _ROOT]

    def seal_all(self, connection: Any) -> Iterable[tuple[str, tuple[object, ...]]]:
        """The statements that seal every group anew: after a migration, or under another key."""
        last = connection.execute("SELECT seq, hash FROM audit_line ORDER BY seq DESC LIMIT 1").fetchone()
        yield "DELETE FROM seal", ()
        if last is not None:
            yield self.seal_head(*last)
        root = 0
        for group in sorted(set(_groups(connection))):
            mac = self.mac_of(connection, group)
            root = (root + self._weight(group, mac)) % _MODULUS
            yield "INSERT INTO seal (kind, subject, mac) VALUES (?, ?, ?)", (*group, mac)
        yield "INSERT INTO seal (kind, subject, mac) VALUES (?, ?, ?)", (*_ROOT, f"{root:064x}")


def _stored(connection: Any, group: Group) -> str | None:
    row = connection.execute("SELECT mac FROM main.seal WHERE kind = ? AND subject = ?", group).fetchone()
    return None if row is None else str(row[0])


def _groups(connection: Any) -> Iterator[Group]:
    """Every group that has rows, as often as it has tables."""
    for kind in _KINDS:
        for rows in (one for one in kind.rows if _columns(connection, one.table)):
            key = rows.key.format(row="r")
            for (subject,) in connection.execute(f"SELECT DISTINCT {key} FROM main.{rows.table} r"):
                yield kind.name, str(subject)
