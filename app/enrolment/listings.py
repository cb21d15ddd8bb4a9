"""Who is entitled to what, on the screen; what household events leave open; who is suspended; one of them in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.enrolment.single import NoSuchEnrolment, term_text
from app.pages import Column, Join, Listing, Shows
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from models.domain.quantity import Quantity, quantity_text
from models.store.opening import Store

_PAYEE: Final = "coalesce(CASE WHEN e.target = 'household' THEN h.head_id END, e.person_id)"
WITHOUT_ACCOUNT: Final = f"e.state = 'active' AND NOT EXISTS (SELECT 1 FROM account a WHERE a.valid_to IS NULL AND a.person_id = {_PAYEE})"
STATES: Final = {"active": "享受中", "ended": "已到期", "stopped": "已停", "suspended": "暂停"}
QUESTION_KINDS: Final = {
    "beneficiary_died": "享受人已死亡",
    "payee_died": "代收款人已死亡",
    "head_missing": "暂时没有户主",
    "shared": "分户后归哪一户",
    "means": "家庭情况变了",
    "twice": "两户合一重复享受",
    "land": "土地是否随迁",
}
_ADVICE: Final = {
    "beneficiary_died": "从死亡的次月停止",
    "payee_died": "先更换收款人，再继续",
    "head_missing": "先确定户主，再继续",
    "shared": "按村委会核定，继续或停止后在新户登记",
    "means": "重新核实条件，继续或停止",
    "twice": "保留一项，停止另一项",
    "land": "按土地归属，继续或停止",
}


def _columns(today: str) -> tuple[Column, ...]:
    return (
        Column("name", "享受人", "p.name", width=9, order="p.name_key"),
        Column("program", "补贴项目", "g.name", width=18),
        Column("state", "状态",
               "CASE WHEN e.state = 'stopped' THEN 'stopped' WHEN EXISTS (SELECT 1 FROM suspension s WHERE s.program_id ="
               " e.program_id AND s.person_id = e.person_id AND s.ended_on IS NULL) THEN 'suspended'"
               f" WHEN e.valid_to < '{today}' THEN 'ended' ELSE 'active' END", Shows.CODE, 8, words=STATES),
        Column("kind", "登记方式", "CASE e.period WHEN '' THEN 'standing' ELSE 'period' END", Shows.CODE, 9,
               words={"standing": "长期", "period": "按期名册"}),
        Column("valid_from", "从", "e.valid_from", Shows.DAY, 11),
        Column("valid_to", "到", "e.valid_to", Shows.DAY, 11),
        Column("computed_fen", "每期金额（元）", "e.computed_fen", Shows.MONEY, 12, total=True),
        Column("quantity", "数量", "CASE WHEN e.quantity IS NULL THEN NULL ELSE printf('%.2f', e.quantity / 10000.0) END",
               Shows.CODE, 8),
        Column("grade", "等级", "e.grade || e.care_level", Shows.CODE, 8),
        Column("village", "村（社区）", "v.name", width=10),
        Column("group", "组", "h.group_text", Shows.CODE, 6),
        Column("head", "户主", "d.name", width=9),
        Column("id_number", "身份证号", "p.id_number", Shows.ID, 19),
        Column("stop_reason", "停止理由", "e.stop_reason", width=18),
        Column("remark", "备注（开始理由）", "e.remark", width=18),
        Column("roster", "来自花名册", "r.file_name", width=22),
        Column("trace", "计算依据", "e.trace", width=34, hidden=True),
    )  # fmt: skip


def enrolments_on(today: str) -> Listing:
    """All enrolments, with how each stands on a day ('YYYY-MM-DD')."""
    return Listing(
        name="enrolments",
        title="享受对象",
        source="enrolment e JOIN household h ON h.id = e.household_id",
        id="e.id",
        order="e.id DESC",
        joins=(
            Join("g", "JOIN program g ON g.id = e.program_id"),
            Join("p", "JOIN person p ON p.id = e.person_id"),
            Join("v", "JOIN village v ON v.id = h.village_id"),
            Join("d", "LEFT JOIN person d ON d.id = h.head_id"),
            Join("r", "LEFT JOIN import_run r ON r.id = e.run_id"),
        ),
        columns=_columns(today),
    )


QUESTIONS: Final = Listing(
    name="questions",
    title="户变动待定",
    source="enrolment_question q",
    id="q.id",
    where="q.state = 'open'",
    joins=(
        Join("e", "JOIN enrolment e ON e.id = q.enrolment_id"),
        Join("p", "JOIN person p ON p.id = e.person_id"),
        Join("g", "JOIN program g ON g.id = e.program_id"),
        Join("t", "JOIN household_event t ON t.id = q.event_id"),
    ),
    columns=(
        Column("name", "享受人", "p.name", width=10),
        Column("program", "补贴项目", "g.name", width=20),
        Column("kind", "要决定什么", "q.kind", Shows.CODE, 18, words=QUESTION_KINDS),
        Column("advice", "一般怎么办", "q.kind", Shows.CODE, 26, words=_ADVICE),
        Column("happened_on", "变动日期", "t.happened_on", Shows.DAY, 11),
        Column("reason", "变动原因", "t.reason", width=24),
        Column("computed_fen", "每期金额（元）", "e.computed_fen", Shows.MONEY, 12, total=True),
    ),
)  # fmt: skip
"""Enrolments that a household event leaves open until somebody decides."""

SUSPENSIONS: Final = Listing(
    name="suspensions",
    title="暂停发放",
    source="suspension s",
    id="s.id",
    order="s.ended_on IS NOT NULL, s.id DESC",
    joins=(
        Join("p", "JOIN person p ON p.id = s.person_id"),
        Join("g", "JOIN program g ON g.id = s.program_id"),
        Join("h", "JOIN household h ON h.id = p.household_id"),
        Join("v", "JOIN village v ON v.id = h.village_id"),
    ),
    columns=(
        Column("name", "享受人", "p.name", width=9),
        Column("program", "补贴项目", "g.name", width=20),
        Column("state", "状态", "CASE WHEN s.ended_on IS NULL THEN 'open' ELSE 'ended' END", Shows.CODE, 8,
               words={"open": "暂停中", "ended": "已恢复"}),
        Column("starts_on", "从", "s.starts_on", Shows.DAY, 11),
        Column("ended_on", "恢复日期", "s.ended_on", Shows.DAY, 11),
        Column("reason", "原因", "s.reason", width=30),
        Column("village", "村（社区）", "v.name", width=10),
        Column("id_number", "身份证号", "p.id_number", Shows.ID, 19),
    ),
)  # fmt: skip
"""Who gets no more of a program until certified 生存认证, open ones first."""


@dataclass(frozen=True, slots=True)
class PaidOnce:
    """A payment made of an enrolment."""

    number: str
    period: str
    fen: Fen
    bucket: str
    reason: str


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """One enrolment in full: who, what, when, why, and what was paid of it."""

    id: int
    person_id: int
    name: str
    program: str
    place: str
    term: str
    facts: Sequence[tuple[str, str]]
    fen: Fen
    trace: str
    roster: str
    remark: str
    stop_reason: str
    payments: Sequence[PaidOnce]


def enrolment_view(store: Store, enrolment: int) -> EnrolmentView:
    """One enrolment. Raises NoSuchEnrolment."""
    row = store.row(
        "SELECT e.person_id, p.name, g.name, v.name || ' ' || h.group_text, e.period, e.valid_from, e.valid_to, e.quantity,"
        " e.grade, e.care_level, e.heads, e.cost_fen, e.approved_fen, e.computed_fen, e.trace, coalesce(r.file_name, ''),"
        " e.remark, e.stop_reason FROM enrolment e JOIN person p ON p.id = e.person_id JOIN program g ON g.id = e.program_id"
        " JOIN household h ON h.id = e.household_id JOIN village v ON v.id = h.village_id"
        " LEFT JOIN import_run r ON r.id = e.run_id WHERE e.id = ?",
        (enrolment,),
    )
    if row is None:
        raise NoSuchEnrolment(enrolment=enrolment)
    person, name, program, place, period, first, until, quantity, grade, care, heads, cost, approved = row[
        :13
    ]
    facts = [
        ("数量", quantity_text(Quantity(quantity)) if quantity is not None else ""),
        ("等级", grade or care),
        ("保障人数", str(heads or "")),
        ("费用", f"{yuan_text(cost)} 元" if cost is not None else ""),
        ("核定金额", f"{yuan_text(approved)} 元" if approved is not None else ""),
    ]
    payments = [
        PaidOnce(number, period_text(of), Fen(fen), BUCKET_NAMES[Bucket(bucket)], reason)
        for number, of, fen, bucket, reason in store.rows(
            "SELECT b.number, m.period, m.owed_fen, m.bucket, m.reason FROM payment m JOIN batch b ON b.id = m.batch_id"
            " WHERE m.enrolment_id = ? OR m.source_id IN (SELECT id FROM payment WHERE enrolment_id = ?) ORDER BY m.id DESC",
            (enrolment, enrolment),
        )
    ]
    return EnrolmentView(
        enrolment, person, name, program, place, term_text(period, first, until),
        [(words, text) for words, text in facts if text], Fen(row[13]), row[14], row[15], row[16], row[17], payments,
    )  # fmt: skip


def programs_with_enrolments(store: Store) -> list[tuple[int, str, str, int]]:
    """The programs that somebody is entitled to: id, code, name, how many enrolments; the largest first."""
    return [
        (row[0], row[1], row[2], row[3])
        for row in store.rows(
            "SELECT g.id, g.code, g.name, count(*) FROM enrolment e JOIN program g ON g.id = e.program_id"
            " WHERE e.state = 'active' GROUP BY g.id ORDER BY count(*) DESC"
        )
    ]


def programs_to_start(store: Store, day: str) -> list[tuple[str, str]]:
    """The programs with a policy in force on a day, as (code, name): somebody can be enrolled in these."""
    return [
        (row[0], row[1])
        for row in store.rows(
            "SELECT DISTINCT g.code, g.name FROM program g JOIN policy y ON y.program_id = g.id WHERE y.valid_from <= ?1"
            " AND (y.valid_to IS NULL OR y.valid_to >= ?1) ORDER BY g.code",
            (day,),
        )
    ]
