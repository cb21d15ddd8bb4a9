"""What goes to the people: 惠农补贴明白卡 of a household or of a whole village, and 个人发放史."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from app.reports.catalogue import looks, parameters
from app.reports.catalogue.phones import department_phones
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import Group, Row, SheetModel
from app.workbook.table_columns import Column
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.masking import mask_account, mask_id
from models.domain.period import period_text
from models.domain.refusal import Refusal

CARD_COLUMNS: Final = (
    looks.SERIAL, looks.PROGRAM, looks.PERIOD, looks.named(looks.NAME, "享受人"),
    Column("数量", width=10, align="right"), Column("标准", width=10, align="right"), looks.money("补贴金额", 12),
    looks.money("实发金额", 12), Column("发放情况", width=12, align="center"), looks.named(looks.DAY, "发放日期"),
    looks.DOCUMENT, Column("主管部门及电话", width=18),
)  # fmt: skip


class WhoseCard(Refusal):
    """A card for nobody."""

    form = "明白卡要指明一户（户里任何一个人）或一个村。请选好后重试。"


# a household's payments, those first computed with what became of them at the end of their chain
_CARDS: Final = """
    WITH RECURSIVE chain (root, id, bucket) AS (
      SELECT p.id, p.id, p.bucket FROM payment p JOIN batch b ON b.id = p.batch_id
       WHERE b.kind = 'regular' AND p.bucket <> 'stopped' AND b.state IN ('approved', 'sent', 'settling', 'settled', 'archived')
         AND substr(b.approved_on, 1, 4) = ?1 AND {within}
      UNION ALL
      SELECT c.root, s.id, s.bucket FROM chain c JOIN payment s ON s.source_id = c.id AND s.bucket <> 'stopped'
       WHERE c.bucket = 'reissued')
    SELECT r.household_id, g.name, r.period, r.name, r.quantity_text, r.rate_text, r.owed_fen,
           CASE f.bucket WHEN 'paid' THEN f.owed_fen - f.recovered_fen ELSE 0 END, f.bucket,
           CASE f.bucket WHEN 'paid' THEN coalesce((SELECT max(a.answered_on) FROM attempt a WHERE a.payment_id = f.id), '') ELSE '' END,
           y.document, g.department, f.account_number
      FROM chain c JOIN payment r ON r.id = c.root JOIN payment f ON f.id = c.id JOIN program g ON g.id = r.program_id
      JOIN batch b ON b.id = r.batch_id JOIN policy y ON y.id = b.policy_id
     WHERE c.bucket <> 'reissued' ORDER BY r.household_id, g.department, g.code, r.period, r.line"""
_HOUSEHOLDS: Final = """
    SELECT h.id, coalesce(h.number, ''), coalesce(d.name, ''), coalesce(d.id_number, ''), v.name, h.group_text,
           (SELECT count(*) FROM person m WHERE m.household_id = h.id AND m.merged_into IS NULL AND m.is_dead = 0)
      FROM household h JOIN village v ON v.id = h.village_id LEFT JOIN person d ON d.id = h.head_id
     WHERE h.id IN (SELECT value FROM json_each(?)) ORDER BY v.id, h.group_number, h.id"""


def _cards(asked: Asked) -> list[SheetModel]:
    person, village = asked["person"], asked["village"]
    if not (person or village):
        raise WhoseCard
    within, of = (
        ("p.household_id = (SELECT household_id FROM person WHERE id_number = ?2)", person)
        if person
        else ("p.village_id = (SELECT id FROM village WHERE name = ?2)", village)
    )
    phones = department_phones(asked.store)
    rows: dict[int, list[Row]] = {}
    accounts: dict[int, dict[str, None]] = {}
    for (
        household,
        program,
        period,
        name,
        quantity,
        rate,
        owed,
        paid,
        bucket,
        day,
        document,
        department,
        account,
    ) in asked.store.each(_CARDS.format(within=within), (asked["year"], of)):
        own = rows.setdefault(household, [])
        if account:
            accounts.setdefault(household, {})[mask_account(account)] = None
        own.append(
            [len(own) + 1, program, period_text(period), name, quantity, rate, owed, paid, BUCKET_NAMES[Bucket(bucket)], day,
             document, "　".join(filter(None, [department, phones.get(department, "")]))]
        )  # fmt: skip
    groups = [
        Group(rows[household], _whose(facts, accounts.get(household, {})), "本户合计")
        for household, *facts in asked.store.rows(_HOUSEHOLDS, (json.dumps(list(rows)),))
    ]
    return [
        SheetModel(
            name="明白卡",
            title=f"{asked.township}惠民惠农财政补贴资金明白卡（{asked['year']}年度）",
            columns=CARD_COLUMNS,
            groups=groups,
            left=f"发放单位：{asked.township}财政所",
            total_label="",
            in_words="实发金额",
            notes=["补贴已通过“一卡通”发放到卡（折）。对补贴有疑问，请向村（社区）或表中主管部门咨询。"],
            signatures=("户主签收：", "经办人：", "日期："),
            made=asked.made,
            group_pages=True,
        )
    ]


def _whose(facts: Sequence[object], accounts: Iterable[str]) -> str:
    """Whose card it is; the numbers masked, for it is handed over a counter."""
    number, head, id_number, village, group, people = facts
    return "　".join(
        filter(
            None,
            [
                f"户主：{head or '（未登记）'}", mask_id(str(id_number)) if id_number else "", f"户编号：{number}" if number else "",
                f"{village}{group}{'组' if str(group).isdecimal() else ''}", f"家庭人口：{people} 人", f"账号：{'、'.join(accounts)}" if accounts else "",
            ],
        )
    )  # fmt: skip


CARD: Final = Report(
    name="card",
    title="惠农补贴明白卡",
    about="一户一年领了哪些补贴、依据什么、多少钱、哪天到账；可以打一户，也可以打全村，一户一页。",
    parameters=(
        parameters.YEAR,
        replace(parameters.PERSON.optional, hint="写了就只打他这一户"),
        replace(parameters.VILLAGE, needed=False),
    ),
    sheets=_cards,
    columns=CARD_COLUMNS,
    grouping="一户一页",
)


# -- one person over the years -----------------------------------------------------------------------------------------

HISTORY_COLUMNS: Final = (
    looks.SERIAL, looks.PROGRAM, looks.PERIOD, looks.BATCH, Column("身份", width=9, align="center"),
    looks.named(looks.NAME, "享受人"), looks.named(looks.NAME, "收款人"), looks.ACCOUNT, looks.money("应发金额", 13),
    looks.money("实发金额", 13), looks.named(looks.DAY, "发放日期"), Column("结果", width=10, align="center"), looks.REMARK,
)  # fmt: skip

# a reissue is the money of its source once more: owed there already
_HISTORY: Final = """
    SELECT substr(p.period, 1, 4) AS year, g.name, p.period, b.number,
           CASE WHEN p.person_id = ?1 THEN 0 WHEN p.payee_id = ?1 THEN 1 ELSE 2 END, p.name, p.payee_name, p.account_number,
           CASE WHEN EXISTS (SELECT 1 FROM payment s WHERE s.id = p.source_id AND ?1 IN (s.person_id, s.payee_id)) THEN NULL
                ELSE p.owed_fen END,
           CASE p.bucket WHEN 'paid' THEN p.owed_fen - p.recovered_fen ELSE 0 END,
           CASE WHEN p.bucket IN ('paid', 'returned', 'recovered') THEN
             coalesce((SELECT max(a.answered_on) FROM attempt a WHERE a.payment_id = p.id), '') ELSE '' END, p.bucket, p.reason, p.id
      FROM payment p JOIN batch b ON b.id = p.batch_id JOIN program g ON g.id = p.program_id
     WHERE (p.person_id = ?1 OR p.payee_id = ?1) AND b.approved_on IS NOT NULL AND b.state <> 'cancelled'
    UNION ALL
    SELECT substr(m.period, 1, 4), g.name, m.period, '以前的账', 0, m.name, m.payee_name, m.account_number, m.owed_fen,
           CASE m.outcome WHEN 'paid' THEN m.owed_fen ELSE 0 END, coalesce(m.paid_on, ''), m.outcome, m.reason, m.id
      FROM past_payment m JOIN program g ON g.id = m.program_id WHERE m.person_id = ?1
     ORDER BY 1, 3, 2, 14"""
_ROLES: Final = ("享受人", "收款人")


def _history(asked: Asked) -> list[SheetModel]:
    store = asked.store
    row = store.row(
        "SELECT p.id, p.name, p.id_number, v.name, h.group_text, coalesce(h.number, '') FROM person p"
        " JOIN household h ON h.id = p.household_id JOIN village v ON v.id = h.village_id WHERE p.id_number = ?",
        (asked["person"],),
    )
    assert row is not None  # the parameter was read from this very table  # noqa: S101
    person, name, id_number, village, group, number = row
    years: dict[str, list[Row]] = {}
    found = store.rows(_HISTORY, (person,))
    for line, (year, program, period, batch, role, *middle, bucket, reason, _) in enumerate(found, 1):
        years.setdefault(year, []).append(
            [
                line,
                program,
                period_text(period),
                batch,
                _ROLES[role],
                *middle,
                BUCKET_NAMES[Bucket(bucket)],
                reason,
            ]
        )
    return [
        SheetModel(
            name="个人发放史",
            title=f"{asked.township}补贴个人发放史",
            columns=HISTORY_COLUMNS,
            groups=[Group(rows, f"{year}年", "小计") for year, rows in years.items()],
            preface=[
                "　".join(filter(None, [f"姓名：{name}", f"证件号：{mask_id(id_number)}", f"{village}{group}", f"户编号：{number}" if number else ""]))
            ],
            left=asked.office,
            in_words="实发金额",
            notes=["身份写“收款人”的，是代家里人收的款；已补发的一笔，应发列在原来那一行，实发列在补发的那一行。"],
            signatures=("核对人：", "经办人：", "日期："),
            made=asked.made,
            frozen_columns=2,
        )
    ]  # fmt: skip


HISTORY: Final = Report(
    name="history",
    title="个人发放史",
    about="一个人历年所有补贴：作为享受人的，和替家里人收款的；含导入的以前年度。",
    parameters=(parameters.PERSON,),
    sheets=_history,
    columns=HISTORY_COLUMNS,
    grouping="按年度",
)
