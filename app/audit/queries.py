"""Windows of the audit trail: its lines, its head for paper, and the first line that does not hold."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.audit.words import subject_sql
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.seals import NO_ROOT, group_words
from models.store.trail import FIRST_HASH, line_hash

HEAD_LENGTH: Final = 8


class HeadNotInTrail(Refusal):
    """The head on paper is no line of this trail: its tail was cut, or an older file was put in its place."""

    form = (
        "日志里没有校验码“{head}”这一行：日志被截短，或者数据被换成了更早的一份（现在共 {lines} 行，校验码 {now}）。"
        "请不要继续办理，保留现场，并与最近的备份核对。"
    )


class HeadNotReadable(Refusal):
    """What was typed cannot be a head."""

    form = "校验码“{head}”不对，应为 8 位的数字和字母 a 到 f。请照审批单、月报或备份标签重新输入。"


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


def subjects_in_words(store: Store, *, last: int = 100) -> dict[int, str]:
    """What the `last` lines of the trail acted on, as the office calls it, by the lines' numbers."""
    words = subject_sql("l.subject")
    return dict(store.rows(f"SELECT l.seq, {words} FROM audit_line l ORDER BY l.seq DESC LIMIT ?", (last,)))


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
    for seq, at, day, operator_id, post, act, subject, counts, after, stated_before, stated in store.each(
        "SELECT seq, at, business_date, operator_id, post, act, subject, counts, after_hash, before_hash, hash"
        " FROM audit_line ORDER BY seq"
    ):
        fields = (seq, at, day, operator_id, post, act, subject, counts, after)
        if seq != expected or stated_before != before or line_hash(before, fields) != stated:
            return expected
        before, expected = stated, seq + 1
    return None


@dataclass(frozen=True, slots=True)
class TrailCheck:
    """What the check of the trail found; `printed_line` is the line whose head was read from paper."""

    lines: int
    head: str
    groups: int
    problems: tuple[str, ...]
    printed_line: int | None = None
    printed_at: str = ""


def check_trail(store: Store, printed_head: str | None = None) -> TrailCheck:
    """Whether the trail is whole, ends where this program ended it, and what it seals is what was sealed.

    With a head from paper also whether the trail still is the one that the paper speaks of. Raises HeadNotReadable,
    HeadNotInTrail.
    """
    lines = int(store.value("SELECT count(*) FROM audit_line"))
    printed = _printed(store, printed_head, lines) if printed_head is not None else (None, "")
    return TrailCheck(
        lines,
        head(store),
        int(store.value("SELECT count(*) FROM seal WHERE kind NOT IN ('root', 'head')")),
        tuple(trail_problems(store)) + tuple(seal_problems(store)),
        *printed,
    )


def _printed(store: Store, written: str, lines: int) -> tuple[int, str]:
    asked = unicodedata.normalize("NFKC", written).strip().lower()
    if len(asked) != HEAD_LENGTH or not set(asked) <= set("0123456789abcdef"):
        raise HeadNotReadable(head=written)
    row = store.row("SELECT seq, at FROM audit_line WHERE hash >= ? AND hash < ? || 'g'", (asked, asked))
    if row is None:
        raise HeadNotInTrail(head=asked, lines=lines, now=head(store))
    return row


def trail_problems(store: Store) -> list[str]:
    """Sentences about the trail itself: a line changed, taken out or put in, and a tail cut off or written by others."""
    found = []
    broken = broken_line(store)
    if broken is not None:
        found.append(f"审计日志从第 {broken} 行起对不上，这一行被改动、删除或插入过。")
    last = store.row("SELECT seq, hash FROM audit_line ORDER BY seq DESC LIMIT 1") or (0, FIRST_HASH)
    if not store.seals.head_is(store.database.connection(), *last):
        found.append(f"审计日志的末尾（第 {last[0]} 行）不是本程序最后写下的，日志被截短或续写过。")
    return found


def seal_problems(store: Store) -> list[str]:
    """Sentences about rows that something else than this program changed."""
    connection = store.database.connection()
    found = [
        f"{group_words(group)}与封签不符，在本程序之外被改动过。" for group in store.seals.broken(connection)
    ]
    after = store.value("SELECT after_hash FROM audit_line ORDER BY seq DESC LIMIT 1") or NO_ROOT
    if not found and after != store.seals.root(connection):
        found.append("全部数据的封签与日志最后一行记下的不一致，数据被整体换成了另一时点的。")
    return found


def head_of(store: Store, act: str, subject: str) -> str:
    """The head printed with an act: the first 8 digits of its last line's hash, '' when there is none."""
    found = store.value(
        "SELECT hash FROM audit_line WHERE act = ? AND subject = ? ORDER BY seq DESC LIMIT 1", (act, subject)
    )
    return str(found or "")[:HEAD_LENGTH]


def audit_line(store: Store, seq: int) -> AuditView | None:
    """The line of that number, or None."""
    row = store.row(
        "SELECT l.seq, l.at, l.business_date, coalesce(o.name, ''), l.post, l.act, l.subject, l.counts FROM audit_line l"
        " LEFT JOIN operator o ON o.id = l.operator_id WHERE l.seq = ?",
        (seq,),
    )
    if row is None:
        return None
    number, at, day, operator, post, act, subject, counts = row
    return AuditView(number, at, day, operator, post, act, subject, json.loads(counts))
