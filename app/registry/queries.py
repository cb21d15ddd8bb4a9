"""Windows of the registry: dry runs, and a person's whole card."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from app.desk import Desk
from app.intake.source import Outcome
from app.registry.history import take_history
from app.registry.run_changes import changes_of_run
from app.registry.steps import take_accounts, take_list, take_people
from models.domain.permission import Permission
from models.domain.person_name import name_key
from models.domain.refusal import Refusal
from models.store.opening import Store

_NAMED: Final = 6  # people named in one sentence


class NobodyFound(Refusal):
    """No person answers to what was asked."""

    form = "没有找到“{asked}”。可以输入完整身份证号、身份证号或账号的后 4 位以上，或姓名。"


class SeveralFound(Refusal):
    """More than one person answers."""

    form = "“{asked}”对应 {count} 个人：{people}。请改用完整的身份证号。"


def preview_people(
    desk: Desk,
    *,
    path: Path,
    mapping: Mapping[str, str] | None = None,
    with_changes: bool = False,
    with_rows: bool = False,
) -> dict[str, object]:
    """What a people file would do: the same work as `import_people`, rolled back.

    On wish its `changes` field by field, and `row_verdicts`, 通过, 警告 or 拒绝 for each row.
    """
    return _preview(desk, lambda: take_people(desk, path, mapping, with_rows=with_rows), with_changes)


def preview_accounts(
    desk: Desk,
    *,
    path: Path,
    mapping: Mapping[str, str] | None = None,
    with_changes: bool = False,
    with_rows: bool = False,
) -> dict[str, object]:
    """What an account file would do, rolled back; on wish its `changes` field by field, and each row's verdict."""
    return _preview(desk, lambda: take_accounts(desk, path, mapping, with_rows=with_rows), with_changes)


def _preview(desk: Desk, take: Callable[[], Outcome], with_changes: bool) -> dict[str, object]:
    desk.require(Permission.IMPORT)
    with desk.store.trying():
        outcome = take()
        fields = {"changes": changes_of_run(desk.store, outcome.run)} if with_changes else {}
    return {**outcome.as_json(dry_run=True), **fields}


def preview_list(
    desk: Desk, *, path: Path, kind: str, mapping: Mapping[str, str] | None = None
) -> dict[str, object]:
    """What a comparison list would do, with its hits, rolled back."""
    desk.require(Permission.IMPORT)
    with desk.store.trying():
        outcome, hits = take_list(desk, path, kind, mapping)
    return {**outcome.as_json(dry_run=True), "hits": hits}


def preview_history(
    desk: Desk, *, path: Path, program: str = "", period: str = "", mapping: Mapping[str, str] | None = None
) -> dict[str, object]:
    """What a workbook of earlier payments would do, rolled back."""
    desk.require(Permission.IMPORT)
    with desk.store.trying():
        outcome, figures = take_history(desk, path, program=program, period=period, mapping=mapping)
    return {**outcome.as_json(dry_run=True), **figures}


def find_people(store: Store, asked: str, most: int = 50) -> list[int]:
    """Ids of the people whom a text may mean: an ID, the end of an ID or an account, or a name."""
    asked = asked.strip()
    exact = store.rows("SELECT id FROM person WHERE id_number = ?", (asked.upper(),))
    if exact:
        return [row[0] for row in exact]
    if asked.isascii() and asked[:-1].isdigit() and len(asked) >= 4:
        rows = store.rows(
            "SELECT id FROM person WHERE substr(id_number, -4) = substr(?1, -4) AND substr(id_number, -length(?1)) = ?1 UNION"
            " SELECT person_id FROM account WHERE substr(number, -4) = substr(?1, -4) AND substr(number, -length(?1)) = ?1"
            " LIMIT ?2",
            (asked.upper(), most),
        )
    else:
        rows = store.rows(
            "SELECT id FROM person WHERE name_key = ? ORDER BY id LIMIT ?", (name_key(asked), most)
        )
    return [row[0] for row in rows]


def find_person(store: Store, asked: str) -> int:
    """The one person whom a text means, by the kept record where several are theirs.

    Raises NobodyFound, SeveralFound (naming them with masked IDs).
    """
    found = find_people(store, asked)
    if not found:
        raise NobodyFound(asked=asked)
    if len(found) == 1:
        return found[0]
    people = store.rows(
        "SELECT p.id, p.name, v.name, substr(p.id_number, -4) FROM person p JOIN household h ON h.id = p.household_id"
        " JOIN village v ON v.id = h.village_id"
        f" WHERE p.id IN (SELECT coalesce(merged_into, id) FROM person WHERE id IN ({', '.join('?' * len(found))}))",
        found,
    )
    if len(people) == 1:
        return int(people[0][0])
    listed = "、".join(f"{name}（{village}，尾号 {tail}）" for _, name, village, tail in people[:_NAMED])
    raise SeveralFound(asked=asked, count=len(people), people=listed)


def person_card(store: Store, person_id: int) -> dict[str, object]:
    """Everything about one person: household, members, accounts, enrolments, payments with attempts, comparison hits.

    IDs and accounts are whole: masking belongs to the output.
    """

    def table(sql: str, *names: str) -> list[dict[str, object]]:
        return [dict(zip(names, row, strict=True)) for row in store.rows(sql, (person_id,))]

    person = table(
        "SELECT p.id, p.name, p.id_number, p.sex, p.birth, p.phone, p.relation, p.is_dead, p.died_on, p.remark, h.id,"
        " h.number, v.name, h.group_text, head.name FROM person p JOIN household h ON h.id = p.household_id"
        " JOIN village v ON v.id = h.village_id LEFT JOIN person head ON head.id = h.head_id WHERE p.id = ?",
        "person", "name", "id_number", "sex", "birth", "phone", "relation", "is_dead", "died_on", "remark", "household",
        "household_no", "village", "group", "head",
    )  # fmt: skip
    return {
        **person[0],
        "members": table(
            "SELECT m.id, m.name, m.id_number, m.relation FROM person m WHERE m.household_id ="
            " (SELECT household_id FROM person WHERE id = ?) ORDER BY m.id",
            "person", "name", "id_number", "relation",
        ),
        "guardians": table(
            "SELECT role, name, id_number, relation, reason FROM guardian WHERE person_id = ? ORDER BY id",
            "role", "name", "id_number", "relation", "reason",
        ),
        "accounts": table(
            "SELECT number, holder, bank, medium, valid_from, valid_to FROM account WHERE person_id = ?"
            " ORDER BY valid_from, id",
            "number", "holder", "bank", "medium", "valid_from", "valid_to",
        ),
        "enrolments": table(
            "SELECT g.code, g.name, e.period, e.valid_from, e.valid_to, e.computed_fen, e.trace, e.state FROM enrolment e"
            " JOIN program g ON g.id = e.program_id WHERE e.person_id = ? ORDER BY e.valid_from, e.id",
            "program", "program_name", "period", "valid_from", "valid_to", "computed_fen", "trace", "state",
        ),
        "payments": table(
            "SELECT m.id, b.number, g.code, g.name, m.period, m.owed_fen, m.bucket, m.reason, m.trace, m.payee_name,"
            " m.account_number, (SELECT group_concat(f.made_on || ' ' || a.state || ' ' || a.reason, '; ') FROM attempt a"
            " JOIN bank_file f ON f.id = a.bank_file_id WHERE a.payment_id = m.id) FROM payment m"
            " JOIN batch b ON b.id = m.batch_id JOIN program g ON g.id = m.program_id"
            " WHERE m.person_id = ?1 OR m.payee_id = ?1 ORDER BY m.id",
            "payment", "batch", "program", "program_name", "period", "owed_fen", "bucket", "reason", "trace", "payee",
            "account", "attempts",
        ),
        "comparison_hits": table(
            "SELECT e.kind, e.name, e.id_number, e.happened_on, e.source, x.how, x.state, x.reason FROM comparison_hit x"
            " JOIN comparison_entry e ON e.id = x.entry_id WHERE x.person_id = ? ORDER BY e.id",
            "kind", "listed_name", "listed_id", "happened_on", "source", "how", "state", "reason",
        ),
        "past_payments": table(
            "SELECT g.code, g.name, m.period, m.owed_fen, m.paid_on, m.outcome, m.reason, m.payee_name, m.account_number, m.run_id"
            " FROM past_payment m JOIN program g ON g.id = m.program_id WHERE m.person_id = ? ORDER BY m.period, m.id",
            "program", "program_name", "period", "owed_fen", "paid_on", "outcome", "reason", "payee", "account", "run",
        ),
        "same_person": table(
            "SELECT o.id, o.name, o.id_number, x.kept_id = o.id, x.reason, x.merged_on FROM person_merge x JOIN person o"
            " ON o.id IN (x.kept_id, x.merged_id) AND o.id <> ?1 WHERE x.undone_on IS NULL AND ?1 IN (x.kept_id, x.merged_id)"
            " ORDER BY o.id",
            "person", "name", "id_number", "is_kept", "reason", "merged_on",
        ),
        "suspensions": table(
            "SELECT g.code, g.name, s.starts_on, s.reason, s.ended_on FROM suspension s JOIN program g ON g.id = s.program_id"
            " WHERE s.person_id = ? ORDER BY s.id",
            "program", "program_name", "starts_on", "reason", "ended_on",
        ),
    }  # fmt: skip


def remembered_names(store: Store) -> list[tuple[str, str, str]]:
    """(kind, what is written, what it means) of everything the office confirmed: kinds 'village', 'bank' and 'relation'."""
    return [
        (row[0], row[1], row[2])
        for row in store.rows(
            "SELECT 'village', a.name_key, v.name FROM village_alias a JOIN village v ON v.id = a.village_id"
            " UNION ALL SELECT 'bank', name_key, name FROM bank_alias"
            " UNION ALL SELECT 'relation', name_key, name FROM relation_alias ORDER BY 1 DESC, 3, 2"
        )
    ]


def villages(store: Store) -> list[str]:
    """The names of the office's villages 村（社区）, in the order they came."""
    return [row[0] for row in store.rows("SELECT name FROM village ORDER BY id")]
