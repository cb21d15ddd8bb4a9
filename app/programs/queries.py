"""Windows of programs: which program is meant, which policy is in force, which programs exclude each other."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.domain.exclusion import Conflict
from models.domain.period import Period, last_day, read_period
from models.domain.policy import Policy
from models.domain.policy_form import read_policy
from models.domain.refusal import Refusal, Unreadable
from models.domain.written import compacted
from models.store.opening import Row, Store

_MOST_CANDIDATES: Final = 8
_SIGNS: Final = str.maketrans("[]{}【】〔〕〖〗「」『』“”„‘’'", '()()()()()()()""""""')


class NoSuchProgram(Refusal):
    """No program of that code or name."""

    form = "没有找到补贴项目“{written}”。请用 program list 查看编码和名称，地方项目要先登记。"
    in_window = "没有找到补贴项目“{written}”。请在“补贴项目”里核对名称和编码，地方项目要先登记。"


class AmbiguousProgram(Refusal):
    """A name that several programs bear, or a part of several names."""

    form = "“{written}”对应 {count} 个补贴项目：{candidates}。请改用编码。"


class NoPolicyInForce(Refusal):
    """The program has no policy on the last day of the period."""

    form = "项目“{program}”在 {day} 没有生效的政策：{known}。请先登记该时段的政策，或核对期间。"


class NoSuchPolicy(Refusal):
    """No policy of that number."""

    form = "没有编号为 {policy} 的政策。请用 policy list 查看。"
    in_window = "没有这一版政策，可能刚被别人改动过。请按 F5 重新读取。"


@dataclass(frozen=True, slots=True)
class ProgramView:
    """A program 补贴项目; `bank_short_name_12` is '' until somebody sets it."""

    id: int
    code: str
    name: str
    bank_short_name: str
    bank_short_name_12: str
    department: str
    level: str
    through_card: bool
    is_local: bool


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy as stored: its version within the program, and the rule with the dates that hold now."""

    id: int
    program_id: int
    version: int
    policy: Policy


_PROGRAM_SQL: Final = "SELECT id, code, name, bank_short_name, bank_short_name_12, department, level, through_card, is_local FROM program"
_POLICY_SQL: Final = "SELECT id, program_id, version, parameters, valid_from, valid_to FROM policy"


def programs(store: Store) -> list[ProgramView]:
    """All programs, by code: the catalogue first, local items (9…) after it."""
    return [_program(row) for row in store.rows(f"{_PROGRAM_SQL} ORDER BY code")]


def program_of(store: Store, program_id: int) -> ProgramView:
    """The program of a row id. Raises NoSuchProgram."""
    row = store.row(f"{_PROGRAM_SQL} WHERE id = ?", (program_id,))
    if row is None:
        raise NoSuchProgram(written=program_id)
    return _program(row)


def find_program(store: Store, text: str) -> ProgramView:
    """The program that `text` names: its code, or a name found exactly once (DESIGN §5).

    A whole name goes before a bank short name, and either before a part of one. Raises NoSuchProgram, or
    AmbiguousProgram with the candidates.
    """
    key = program_key(text)
    known = [(one, program_key(one.name), program_key(one.bank_short_name)) for one in programs(store)]
    tries: tuple[list[ProgramView], ...] = (
        [one for one, _, _ in known if one.code == key],
        [one for one, name, _ in known if name == key],
        [one for one, _, short in known if short == key],
        [one for one, name, short in known if key and (key in name or key in short)],
    )
    found = next((several for several in tries if several), [])
    if not found:
        raise NoSuchProgram(written=text)
    if len(found) > 1:
        raise AmbiguousProgram(written=text, count=len(found), candidates=_named(found))
    return found[0]


def program_key(text: str) -> str:
    """A program's name or code as compared: half-width, without blanks, brackets as (), quotes straight."""
    return unicodedata.normalize("NFKC", compacted(text)).translate(_SIGNS)


def policies_of(store: Store, program_id: int) -> list[StoredPolicy]:
    """The policies of a program, the earliest first."""
    return [
        _policy(row)
        for row in store.rows(f"{_POLICY_SQL} WHERE program_id = ? ORDER BY valid_from", (program_id,))
    ]


def policy_of(store: Store, policy_id: int) -> StoredPolicy:
    """The policy of a row id. Raises NoSuchPolicy."""
    row = store.row(f"{_POLICY_SQL} WHERE id = ?", (policy_id,))
    if row is None:
        raise NoSuchPolicy(policy=policy_id)
    return _policy(row)


def policy_for(store: Store, program_id: int, period_text: str) -> tuple[Period, StoredPolicy]:
    """The period that `period_text` means for a program, and the policy in force on that period's last day.

    Each policy reads the period by its own frequency (a month given for a yearly item means its year, DOMAIN §3);
    should versions of several frequencies then be in force, the narrowest period counts. Raises NoPolicyInForce with
    the dates that are known, NotPeriod for a text that no version of the program can read.
    """
    known = policies_of(store, program_id)
    if not known:
        raise NoPolicyInForce(
            program=program_of(store, program_id).name, day=period_text, known="还没有登记任何政策"
        )
    in_force: list[tuple[Period, StoredPolicy]] = []
    unread: Unreadable | None = None
    days: set[str] = set()
    for stored in known:
        try:
            period = read_period(period_text, stored.policy.frequency)
        except Unreadable as refusal:
            unread = refusal
            continue
        day = last_day(period)
        days.add(day.isoformat())
        if stored.policy.valid_from <= day and (
            stored.policy.valid_to is None or day <= stored.policy.valid_to
        ):
            in_force.append((period, stored))
    if in_force:
        return min(in_force, key=lambda found: last_day(found[0]))
    if not days and unread is not None:
        raise unread
    raise NoPolicyInForce(
        program=program_of(store, program_id).name,
        day="、".join(sorted(days)),
        known="、".join(map(_dates, known)),
    )


def conflicts_of(store: Store, code: str) -> list[Conflict]:
    """The programs that exclude the one of `code`, on whichever side of the pair it stands."""
    return _conflicts(store, " WHERE ? IN (program_a, program_b)", (code,))


def conflicts(store: Store) -> list[Conflict]:
    """The whole exclusion matrix 互斥关系."""
    return _conflicts(store)


def _conflicts(store: Store, where: str = "", parameters: Sequence[object] = ()) -> list[Conflict]:
    sql = (
        f"SELECT program_a, program_b, mode, scope FROM program_conflict{where} ORDER BY program_a, program_b"
    )
    return [Conflict(*row) for row in store.rows(sql, parameters)]


def _program(row: Row) -> ProgramView:
    program_id, code, name, short, short_12, department, level, through_card, is_local = row
    return ProgramView(
        program_id, code, name, short, short_12, department, level, bool(through_card), bool(is_local)
    )


def _policy(row: Row) -> StoredPolicy:
    # a later policy may have ended this one: the columns know the dates, the parameters the rule
    policy_id, program_id, version, parameters, valid_from, valid_to = row
    table = json.loads(parameters) | {"from": valid_from}
    table.pop("to", None)
    if valid_to is not None:
        table["to"] = valid_to
    return StoredPolicy(policy_id, program_id, version, read_policy(table))


def _dates(stored: StoredPolicy) -> str:
    until = f"至 {stored.policy.valid_to}" if stored.policy.valid_to else "起"
    return f"第 {stored.version} 版 {stored.policy.valid_from} {until}"


def _named(found: Sequence[ProgramView]) -> str:
    names = "、".join(f"{one.code} {one.name}" for one in found[:_MOST_CANDIDATES])
    return names + ("等" if len(found) > _MOST_CANDIDATES else "")
