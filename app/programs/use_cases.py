"""Doors of programs: programs come and change, policies come and end, programs are set to exclude each other."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.programs.queries import (
    ProgramView,
    StoredPolicy,
    find_program,
    policies_of,
    program_key,
    program_of,
)
from app.programs.steps import (
    CATALOGUE_CODE,
    LOCAL_CODE,
    NoPolicyInFile,
    checked_level,
    checked_short_name,
    checked_short_name_12,
    short_name_for,
)
from models.domain.document_number import document_key
from models.domain.exclusion import MODES, SCOPE_NAMES, SCOPES, Conflict, Mode, Scope, conflict
from models.domain.permission import Permission
from models.domain.policy import Policy
from models.domain.policy_form import policy_parameters, read_policy
from models.domain.refusal import Refusal
from models.store.opening import Store


class ProgramCodeWrong(Refusal):
    """A code that is neither the catalogue's nor a local item's."""

    form = "项目编码“{code}”不对。目录内项目是 7 位数字；地方项目是“9”加 6 位县级区划代码再加 5 位顺序号，共 12 位。请改正。"


class ProgramExists(Refusal):
    """The code or the name is taken."""

    form = "项目“{code} {name}”已经有了，不用再添加。需要改简称或主管部门请用 program change。"
    in_window = "项目“{code} {name}”已经有了，不用再添加。要改简称或主管部门，请选中它按 F2。"


class ProgramNameMissing(Refusal):
    """A program without a name."""

    form = "项目 {code} 没有名称。请填写文件上的全称。"


class NotInCatalogue(Refusal):
    """A policy of a catalogue code that the catalogue does not have."""

    form = "目录里没有编码为 {code} 的项目。请核对编码；确是新列入目录的，请先用 program add 添加。"
    in_window = "目录里没有编码为 {code} 的项目。请核对编码；确是新列入目录的，请先按“新项目”登记。"


class NamedOtherwise(Refusal):
    """A policy names another program than its code means."""

    form = "编码 {code} 是“{known}”，政策里写的却是“{written}”。请核对编码和名称。"


class PolicyStartTaken(Refusal):
    """Two policies of one program from the same day."""

    form = "项目“{program}”从 {day} 起已经有第 {version} 版政策（{document}），没有重复登记。更正请先把那一版的开始或结束日期核对清楚。"


class PolicyOverlaps(Refusal):
    """An earlier policy that would reach into a later one."""

    form = "项目“{program}”从 {first} 起已有第 {version} 版政策，新登记的 {day} 起这一版要写结束日期（to），且不晚于 {last}。"


class EndsBeforeItBegins(Refusal):
    """A policy ended before its first day."""

    form = "第 {version} 版政策从 {first} 起执行，不能在 {day} 结束。请核对日期。"


class NoSuchVersion(Refusal):
    """The program has no policy of that version."""

    form = "项目“{program}”没有第 {version} 版政策。请用 policy list 查看。"
    in_window = "项目“{program}”没有第 {version} 版政策。请按 F5 重新读取。"


class ExcludesItself(Refusal):
    """A program set against itself."""

    form = "项目“{program}”不能与自己互斥。请选两个不同的项目。"


class WrongConflict(Refusal):
    """A mode or a scope that does not exist."""

    form = "互斥方式“{written}”不对，可以填写：{allowed}。"


class NoSuchConflict(Refusal):
    """Nothing is set between the two programs."""

    form = "“{program}”与“{other}”之间没有设置互斥，不用取消。"


@use_case("program.add", Permission.SET_RULES, dated=False)
def add_program(
    desk: Desk,
    *,
    code: str,
    name: str,
    bank_short_name: str = "",
    bank_short_name_12: str = "",
    department: str = "",
    level: str = "",
    through_card: bool = True,
) -> Changes:
    """A new program: a local item (9 + county code + 5 digits) or one newly come into the catalogue (7 digits).

    Raises ProgramCodeWrong, ProgramExists, ProgramNameMissing, NoSuchLevel, ShortNameTooLong, ShortNameMissing,
    ShortNameNotWritable.
    """
    program_id = _insert_program(
        desk.store,
        code=program_key(code),
        name=name.strip(),
        short=bank_short_name,
        short_12=bank_short_name_12,
        department=department.strip(),
        level=level,
        through_card=through_card,
    )
    made = program_of(desk.store, program_id)
    return changes(
        Topic.PROGRAMS,
        subject=f"program {made.code}",
        counts={"name": made.name},
        answer={"program": made.code, "name": made.name},
    )


@use_case("program.change", Permission.SET_RULES, dated=False)
def change_program(
    desk: Desk,
    *,
    program: str,
    bank_short_name: str | None = None,
    bank_short_name_12: str | None = None,
    department: str | None = None,
    level: str | None = None,
    through_card: bool | None = None,
) -> Changes:
    """Set a program's short names, department, level, or whether it goes through the card; None leaves as it is.

    Raises NoSuchProgram, AmbiguousProgram, NoSuchLevel, ShortNameTooLong, ShortNameMissing, ShortNameNotWritable.
    """
    found = find_program(desk.store, program)
    asked: dict[str, str | bool] = {}
    if bank_short_name is not None:
        asked["bank_short_name"] = short_name_for(found.name, bank_short_name)
    if bank_short_name_12 is not None:
        asked["bank_short_name_12"] = checked_short_name_12(bank_short_name_12)
    if department is not None:
        asked["department"] = department.strip()
    if level is not None:
        asked["level"] = checked_level(level)
    if through_card is not None:
        asked["through_card"] = through_card
    changed = _set_program(desk.store, found, asked)
    return changes(
        Topic.PROGRAMS,
        subject=f"program {found.code}",
        counts=changed,
        answer={"program": found.code, "changed": changed},
    )


@use_case("policy.add", Permission.SET_RULES, dated=False)
def add_policies(desk: Desk, *, tables: Sequence[Mapping[str, object]], source_name: str) -> Changes:
    """Take in the `[[policy]]` tables of one file, all or none: each becomes the next version of its program.

    A local program that is not there is made; what a policy says of a program's short names, department or level is set.
    A policy that begins after another closes it the day before; the exclusions it names go into the matrix.
    Raises PolicyRefused, NotInCatalogue, NamedOtherwise, PolicyStartTaken, PolicyOverlaps, NoPolicyInFile and what a
    short name is refused for.
    """
    read = sorted(((read_policy(table), table) for table in tables), key=lambda one: one[0].valid_from)
    if not read:
        raise NoPolicyInFile(name=source_name, fault="没有政策")
    made: list[str] = []
    stored = [_add_policy(desk.store, policy, table, made) for policy, table in read]
    return changes(
        Topic.PROGRAMS,
        subject=f"policies of {source_name}",
        counts={"policies": len(stored), "programs": len(made)},
        answer={"source": source_name, "policies": stored, "programs_made": made},
    )


@use_case("policy.end", Permission.SET_RULES, dated=False)
def end_policy(desk: Desk, *, program: str, version: int, day: date) -> Changes:
    """Let a policy hold through `day` and no longer; a day in the next version's time is refused.

    Raises NoSuchProgram, AmbiguousProgram, NoSuchVersion, EndsBeforeItBegins, PolicyOverlaps.
    """
    found = find_program(desk.store, program)
    known = policies_of(desk.store, found.id)
    ended = next((stored for stored in known if stored.version == version), None)
    if ended is None:
        raise NoSuchVersion(program=found.name, version=version)
    if day < ended.policy.valid_from:
        raise EndsBeforeItBegins(version=version, first=ended.policy.valid_from, day=day)
    later = next((stored for stored in known if stored.policy.valid_from > ended.policy.valid_from), None)
    if later is not None and day >= later.policy.valid_from:
        raise _overlap(found.name, ended.policy, later)
    desk.store.execute("UPDATE policy SET valid_to = ? WHERE id = ?", (day.isoformat(), ended.id))
    return changes(
        Topic.PROGRAMS,
        subject=f"policy {ended.id}",
        counts={"valid_to": day.isoformat()},
        answer={"program": found.code, "version": version, "valid_to": day.isoformat()},
    )


@use_case("conflict.set", Permission.SET_RULES, dated=False)
def set_conflict(
    desk: Desk, *, program: str, other: str, mode: str = "互斥", scope: str = "person"
) -> Changes:
    """Set how two programs exclude each other (DOMAIN §4: 互斥, 择高, 提示; person, household, plot).

    Raises NoSuchProgram, AmbiguousProgram, ExcludesItself, WrongConflict.
    """
    one, two = _two_programs(desk.store, program, other)
    chosen_mode: Mode | None = next((known for known in MODES if known == mode), None)
    if chosen_mode is None:
        raise WrongConflict(written=mode, allowed="、".join(MODES))
    chosen_scope: Scope | None = next(
        (known for known in SCOPES if scope in (known, SCOPE_NAMES[known])), None
    )
    if chosen_scope is None:
        raise WrongConflict(
            written=scope, allowed="、".join(f"{known}（{SCOPE_NAMES[known]}）" for known in SCOPES)
        )
    pair = conflict(one.code, two.code, chosen_mode, chosen_scope)
    _set_conflict(desk.store, pair, keep_scope=False)
    return changes(
        Topic.PROGRAMS, subject=f"conflict {pair.program_a} {pair.program_b}", counts={"mode": mode, "scope": chosen_scope},
        answer=pair._asdict(),
    )  # fmt: skip


@use_case("conflict.remove", Permission.SET_RULES, dated=False)
def remove_conflict(desk: Desk, *, program: str, other: str) -> Changes:
    """Let two programs stand beside each other again.

    Raises NoSuchProgram, AmbiguousProgram, ExcludesItself, NoSuchConflict.
    """
    one, two = _two_programs(desk.store, program, other)
    pair = conflict(one.code, two.code)
    gone = desk.store.execute(
        "DELETE FROM program_conflict WHERE program_a = ? AND program_b = ?", (pair.program_a, pair.program_b)
    ).rowcount
    if not gone:
        raise NoSuchConflict(program=one.name, other=two.name)
    return changes(
        Topic.PROGRAMS, subject=f"conflict {pair.program_a} {pair.program_b}", counts={"removed": gone},
        answer={"program_a": pair.program_a, "program_b": pair.program_b, "removed": True},
    )  # fmt: skip


def _two_programs(store: Store, program: str, other: str) -> tuple[ProgramView, ProgramView]:
    one, two = find_program(store, program), find_program(store, other)
    if one.code == two.code:
        raise ExcludesItself(program=one.name)
    return one, two


def _add_policy(
    store: Store, policy: Policy, table: Mapping[str, object], made: list[str]
) -> dict[str, object]:
    program = _program_for(store, policy, table, made)
    known = policies_of(store, program.id)
    _make_room(store, program, policy, known)
    version = max((stored.version for stored in known), default=0) + 1
    policy_id = store.insert(
        "INSERT INTO policy (program_id, version, document, document_key, valid_from, valid_to, family, frequency, target,"
        " parameters) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            program.id,
            version,
            policy.document,
            document_key(policy.document),
            policy.valid_from.isoformat(),
            policy.valid_to.isoformat() if policy.valid_to else None,
            policy.family,
            policy.frequency,
            policy.target,
            json.dumps(policy_parameters(policy), ensure_ascii=False),
        ),
    )
    scopes = _stated_scopes(table)
    for pair in policy.conflicts:
        _set_conflict(store, pair, keep_scope=pair.other(policy.program) not in scopes)
    return {
        "policy": policy_id,
        "program": program.code,
        "name": program.name,
        "version": version,
        "from": policy.valid_from.isoformat(),
        "to": policy.valid_to.isoformat() if policy.valid_to else None,
    }


def _program_for(store: Store, policy: Policy, table: Mapping[str, object], made: list[str]) -> ProgramView:
    """The program of a policy, made where it is a local item that is not there yet."""
    program_id = store.value("SELECT id FROM program WHERE code = ?", (policy.program,))
    if program_id is None:
        if not LOCAL_CODE.fullmatch(policy.program):
            raise NotInCatalogue(code=policy.program)
        program_id = _insert_program(
            store,
            code=policy.program,
            name=policy.name,
            short=policy.bank_short_name,
            short_12=policy.bank_short_name_12,
            department=policy.department,
            level=policy.level,
            through_card=policy.through_card,
        )
        made.append(policy.program)
        return program_of(store, program_id)
    program = program_of(store, program_id)
    if policy.name and program_key(policy.name) != program_key(program.name):
        raise NamedOtherwise(code=program.code, known=program.name, written=policy.name)
    stated: dict[str, str | bool] = {
        field: getattr(policy, field) for field in ("department", "level", "through_card") if field in table
    }
    if policy.bank_short_name:
        stated["bank_short_name"] = checked_short_name(policy.bank_short_name)
    if policy.bank_short_name_12:
        stated["bank_short_name_12"] = checked_short_name_12(policy.bank_short_name_12)
    _set_program(store, program, stated)
    return program_of(store, program_id)


def _make_room(store: Store, program: ProgramView, policy: Policy, known: Sequence[StoredPolicy]) -> None:
    """Close the policy before the new one the day before it begins; refuse one that reaches into a later one."""
    for stored in known:
        if stored.policy.valid_from == policy.valid_from:
            raise PolicyStartTaken(
                program=program.name,
                day=policy.valid_from,
                version=stored.version,
                document=stored.policy.document,
            )
    later = next((stored for stored in known if stored.policy.valid_from > policy.valid_from), None)
    if later is not None and (policy.valid_to is None or policy.valid_to >= later.policy.valid_from):
        raise _overlap(program.name, policy, later)
    before = next(
        (stored for stored in reversed(known) if stored.policy.valid_from < policy.valid_from), None
    )
    if before is not None and (before.policy.valid_to is None or before.policy.valid_to >= policy.valid_from):
        last = policy.valid_from - timedelta(days=1)
        store.execute("UPDATE policy SET valid_to = ? WHERE id = ?", (last.isoformat(), before.id))


def _overlap(program: str, policy: Policy, later: StoredPolicy) -> PolicyOverlaps:
    return PolicyOverlaps(
        program=program,
        first=later.policy.valid_from,
        version=later.version,
        day=policy.valid_from,
        last=later.policy.valid_from - timedelta(days=1),
    )


def _stated_scopes(table: Mapping[str, object]) -> set[object]:
    """The programs for which a policy's own form names a scope."""
    rows = table.get("conflicts")
    if not isinstance(rows, list | tuple):
        return set()
    return {row["program"] for row in rows if isinstance(row, Mapping) and "scope" in row}


def _set_conflict(store: Store, pair: Conflict, *, keep_scope: bool) -> None:
    """Set a pair; `keep_scope` leaves the scope that the office chose for it, where the pair is there already."""
    scope = "" if keep_scope else ", scope = excluded.scope"
    store.execute(
        "INSERT INTO program_conflict (program_a, program_b, mode, scope) VALUES (?, ?, ?, ?)"
        f" ON CONFLICT (program_a, program_b) DO UPDATE SET mode = excluded.mode{scope}",
        pair,
    )


def _insert_program(
    store: Store,
    *,
    code: str,
    name: str,
    short: str,
    short_12: str,
    department: str,
    level: str,
    through_card: bool,
) -> int:
    is_local = LOCAL_CODE.fullmatch(code) is not None
    if not is_local and not CATALOGUE_CODE.fullmatch(code):
        raise ProgramCodeWrong(code=code)
    if not name:
        raise ProgramNameMissing(code=code)
    for known, known_name in store.rows("SELECT code, name FROM program"):
        if known == code or program_key(known_name) == program_key(name):
            raise ProgramExists(code=known, name=known_name)
    return store.insert(
        "INSERT INTO program (code, name, bank_short_name, bank_short_name_12, department, level, through_card, is_local)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            code,
            name,
            short_name_for(name, short),
            checked_short_name_12(short_12),
            department,
            checked_level(level),
            int(through_card),
            int(is_local),
        ),
    )


def _set_program(store: Store, program: ProgramView, asked: Mapping[str, str | bool]) -> dict[str, str]:
    """Write what differs; gives each changed field as “old → new” for the audit line."""
    changed = {field: value for field, value in asked.items() if value != getattr(program, field)}
    if changed:
        assignments = ", ".join(f"{field} = ?" for field in changed)
        store.execute(
            f"UPDATE program SET {assignments} WHERE id = ?", (*map(_stored, changed.values()), program.id)
        )
    return {field: f"{getattr(program, field)} → {value}" for field, value in changed.items()}


def _stored(value: str | bool) -> str | int:
    return int(value) if isinstance(value, bool) else value
