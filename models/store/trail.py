"""The audit trail 审计日志 on the disk: one line an act, each chained to the line before, the last one sealed."""

import hashlib
import json
from typing import TYPE_CHECKING, Final

from models.domain.refusal import Refusal

if TYPE_CHECKING:
    from models.store.opening import Store

FIRST_HASH: Final = "0" * 64


class AuditTailBroken(Refusal):
    """The last line of the audit trail is not the one that this program wrote last."""

    form = "审计日志的末尾在本程序之外被改动过（应接在第 {seq} 行之后），刚才的操作没有保存。请不要继续办理，运行体检查明，并从备份恢复。"


def line_hash(before: str, fields: tuple[object, ...]) -> str:
    """The hash of an audit line: SHA-256 over the hash before it and its own fields as JSON; needs no key to be checked."""
    return hashlib.sha256((before + json.dumps(fields, ensure_ascii=False)).encode()).hexdigest()


def append_line(
    store: "Store",
    *,
    at: str,
    day: str,
    operator_id: int | None,
    post: str,
    act: str,
    subject: str,
    counts: str,
) -> None:
    """Append a line inside `writing`; it carries the root of all seals after what was written until now.

    Raises AuditTailBroken, so that nothing is ever chained to a trail that was cut, and SealBroken.
    """
    last = store.row("SELECT seq, hash FROM audit_line ORDER BY seq DESC LIMIT 1")
    seq, before = (last[0] + 1, last[1]) if last else (1, FIRST_HASH)
    if not store.seals.head_is(store.database.connection(), seq - 1, before):
        raise AuditTailBroken(seq=seq - 1)
    fields = (seq, at, day, operator_id, post, act, subject, counts, store.root())
    written = line_hash(before, fields)
    store.execute(
        "INSERT INTO audit_line (seq, at, business_date, operator_id, post, act, subject, counts, after_hash, before_hash,"
        " hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*fields, before, written),
    )
    store.execute(*store.seals.seal_head(seq, written))
