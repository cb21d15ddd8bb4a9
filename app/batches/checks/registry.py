"""Checks against the registry and its lists: the dead, comparison lists, certificates, household events."""

from collections.abc import Iterator, Mapping
from typing import Final

from app.batches.checks.scope import LINE, LIVE, Scope, each_once, row_about, rows_about
from app.batches.sheet import CheckRow
from app.registry.household_cards import QUESTION_WORDS
from app.registry.list_hits import MEANT
from models.domain.exclusion import RELIEF_PROGRAMS
from models.domain.masking import mask_id
from models.domain.period import last_day, period_text
from models.domain.policy import Payee
from models.store.opening import Row

# known from the registry, else from an exact hit on a list of deaths
_DEAD: Final = f"""
    WITH dead AS MATERIALIZED (
        SELECT person_id, coalesce(max(own), min(listed)) AS died_on FROM (
            SELECT id AS person_id, died_on AS own, NULL AS listed FROM person WHERE is_dead = 1
            UNION ALL
            SELECT x.person_id, NULL, e.happened_on FROM comparison_entry e JOIN comparison_hit x ON x.entry_id = e.id
             WHERE e.kind = 'deaths' AND {MEANT}) GROUP BY person_id)"""


_ANOTHER_PAYEE: Final[Mapping[Payee, str]] = {
    "head": "请先变更户主，再重算。",
    "person": "请停发这一笔。",
    "guardian": "请用户籍底册导入现在的监护人，再重算。",
}


def _died(day: str | None) -> str:
    return f"已于 {day} 死亡" if day else "已死亡（日期不详）"


def _last_month(scope: Scope) -> str:
    return last_day(scope.batch.period).isoformat()[:7]


def person_deceased(scope: Scope) -> Iterator[CheckRow]:
    """Beneficiaries who died in a month before the period ends; for a household program the head counts instead."""
    if not scope.of_person:
        return
    rows = scope.rows(
        f"{_DEAD} SELECT {LINE}, d.died_on FROM dead d JOIN payment p ON p.person_id = d.person_id WHERE {LIVE}"
        " AND (d.died_on IS NULL OR substr(d.died_on, 1, 7) < ?2) ORDER BY p.line",
        _last_month(scope),
    )
    for row in rows:
        yield row_about(row, f"{row[2]} {_died(row[4])}，不应再发 {period_text(scope.batch.period)}的补贴。")


def head_deceased(scope: Scope) -> Iterator[CheckRow]:
    """Dead heads of the households that are paid."""
    if scope.of_person:
        return
    rows = scope.rows(
        f"{_DEAD} SELECT {LINE}, x.name, d.died_on FROM dead d JOIN person x ON x.id = d.person_id"
        f" JOIN payment p ON p.household_id = x.household_id AND p.head_id_number = x.id_number WHERE {LIVE} ORDER BY p.line"
    )
    for row in rows:
        yield row_about(row, f"户主 {row[4]} {_died(row[5])}，请先变更户主。")


def payee_deceased(scope: Scope) -> Iterator[CheckRow]:
    """Dead payees whom the two checks above do not name already."""
    named_above = (
        "p.payee_id = p.person_id AND (d.died_on IS NULL OR substr(d.died_on, 1, 7) < ?2)"
        if scope.of_person
        else "p.payee_id_number = p.head_id_number AND ?2 = ?2"
    )
    rows = scope.rows(
        f"{_DEAD} SELECT {LINE}, p.payee_name, d.died_on FROM payment p JOIN dead d ON d.person_id = p.payee_id WHERE {LIVE}"
        f" AND NOT ({named_above}) ORDER BY p.line",
        _last_month(scope),
    )
    for row in rows:
        yield row_about(row, f"收款人 {row[4]} {_died(row[5])}，{_ANOTHER_PAYEE[scope.stored.policy.payee]}")


def death_near(scope: Scope) -> list[CheckRow]:
    """Beneficiaries whom a list of deaths may mean: one digit off, or the same name and birth date or village."""
    how = {
        "one_digit": "身份证号只差一位",
        "name_and_birth": "姓名和出生日期相同",
        "name_and_village": "姓名和村相同",
    }
    rows = _hits(scope, "deaths", "x.how <> 'exact' AND x.state = 'open'")
    return each_once(
        row_about(
            row,
            f"{row[4]}与死亡名单上的 {row[5]}（{mask_id(row[6])}）{row[9] or how[row[7]]}，请核实是否同一人。",
        )
        for row in rows
    )


def _hits(scope: Scope, kind: str, how: str = MEANT) -> list[Row]:
    """Payments whose beneficiary or payee a list may mean: `LINE`, who, the listed name and ID, how, the list's source, why."""
    listed = (
        "WITH hit AS MATERIALIZED (SELECT x.person_id, e.name, e.id_number, x.how, e.source, x.why FROM comparison_entry e"
        f" JOIN comparison_hit x ON x.entry_id = e.id WHERE e.kind = ?2 AND {how})"
    )
    return scope.rows(
        f"{listed} SELECT {LINE}, '受益人', hit.name, hit.id_number, hit.how, hit.source, hit.why FROM hit"
        f" JOIN payment p ON p.person_id = hit.person_id WHERE {LIVE} UNION ALL"
        f" SELECT {LINE}, '收款人', hit.name, hit.id_number, hit.how, hit.source, hit.why FROM payment p JOIN hit"
        f" ON hit.person_id = p.payee_id WHERE {LIVE} AND p.payee_id <> p.person_id",
        kind,
    )


def on_payroll(scope: Scope) -> list[CheckRow]:
    """财政供养人员 beside relief: the programs of the exclusion rules, and local items, whose rules we cannot know."""
    if scope.program.code not in RELIEF_PROGRAMS and not scope.program.is_local:
        return []
    return each_once(
        row_about(row, f"{row[4]}在财政供养人员名单上（{row[8] or '未注明单位'}）。")
        for row in _hits(scope, "payroll")
    )


def relocated(scope: Scope) -> list[CheckRow]:
    """Beneficiaries and payees on a list of relocations."""
    return each_once(
        row_about(row, f"{row[4]}在搬迁名单上，请核实现住地和享受资格。")
        for row in _hits(scope, "relocation")
    )


def cadre(scope: Scope) -> list[CheckRow]:
    """Village cadres, and whoever lives with one."""
    rows = scope.rows(
        "WITH hit AS MATERIALIZED (SELECT c.id, c.name, c.household_id FROM comparison_entry e JOIN comparison_hit x"
        f" ON x.entry_id = e.id JOIN person c ON c.id = x.person_id WHERE e.kind = 'cadres' AND {MEANT})"
        f" SELECT {LINE}, iif(hit.id = p.person_id, '本人', '同户 ' || hit.name || ' ') FROM hit"
        f" JOIN payment p ON p.household_id = hit.household_id WHERE {LIVE} ORDER BY hit.id <> p.person_id"
    )
    return each_once(rows_about(rows, "{0}在村干部名单上。"))


def survival_overdue(scope: Scope) -> Iterator[CheckRow]:
    """Who is suspended until certified, or whose last certificate for the program is over."""
    rows = scope.rows(
        f"SELECT {LINE}, coalesce((SELECT s.starts_on FROM suspension s WHERE s.program_id = p.program_id"
        " AND s.person_id = p.person_id AND s.ended_on IS NULL), '') AS since, coalesce((SELECT max(c.valid_until)"
        " FROM survival_certificate c WHERE c.program_id = p.program_id AND c.person_id = p.person_id), '') AS until"
        f" FROM payment p WHERE {LIVE} AND (since <> '' AND since <= ?3 OR until <> '' AND until < ?2) ORDER BY p.line",
        scope.day.isoformat(),
        last_day(scope.batch.period).isoformat(),
    )
    for row in rows:
        yield row_about(
            row,
            f"{row[2]} 因没有生存认证，从 {row[4]} 起暂停发放。"
            if row[4]
            else f"{row[2]} 的生存认证到 {row[5]} 已过期。",
        )


def undecided(scope: Scope) -> list[CheckRow]:
    """Payments on an enrolment that a household event left open."""
    rows = scope.rows(
        f"SELECT {LINE}, v.happened_on, q.kind FROM enrolment_question q JOIN payment p ON p.enrolment_id = q.enrolment_id"
        f" JOIN household_event v ON v.id = q.event_id WHERE {LIVE} AND q.state = 'open' ORDER BY p.line, q.id"
    )
    return each_once(
        row_about(row, f"{row[4]} 的户变动还没有处理完：{QUESTION_WORDS[row[5]]}。") for row in rows
    )
