"""Windows of the audit trail: its lines, its head for paper, and the first line that does not hold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.desk import FIRST_HASH, line_hash
from models.store.opening import Store

HEAD_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class AuditView:
    """One act: when, by whom and under which post, on what, with which figures."""

    seq: int
    at: str
    business_date: str
    operator: str
    post: str
    act: str
    subject: str
    counts: Mapping[str, object]


def audit_lines(store: Store, *, last: int = 100) -> list[AuditView]:
    """The `last` lines of the trail, the oldest of them first."""
    rows = store.rows(
        "SELECT l.seq, l.at, l.business_date, coalesce(o.name, ''), l.post, l.act, l.subject, l.counts FROM audit_line l"
        " LEFT JOIN operator o ON o.id = l.operator_id ORDER BY l.seq DESC LIMIT ?",
        (last,),
    )
    return [
        AuditView(seq, at, day, operator, post, act, subject, json.loads(counts))
        for seq, at, day, operator, post, act, subject, counts in reversed(rows)
    ]


def head(store: Store) -> str:
    """The first 8 hex digits of the last line's hash; printed on paper, they tie the paper to the trail as it was."""
    return str(store.value("SELECT hash FROM audit_line ORDER BY seq DESC LIMIT 1") or FIRST_HASH)[
        :HEAD_LENGTH
    ]


def broken_line(store: Store) -> int | None:
    """The number of the first line that was changed, removed or put in, or None when the chain is whole.

    Lines cut off at the end leave a whole chain: the head on older paper shows them.
    """
    before, expected = FIRST_HASH, 1
    for seq, at, day, operator_id, post, act, subject, counts, stated_before, stated in store.each(
        "SELECT seq, at, business_date, operator_id, post, act, subject, counts, before_hash, hash FROM audit_line"
        " ORDER BY seq"
    ):
        fields = (seq, at, day, operator_id, post, act, subject, counts)
        if seq != expected or stated_before != before or line_hash(before, fields) != stated:
            return expected
        before, expected = stated, seq + 1
    return None
