"""Notices on the screen: those that hang or hung, with their countdown; the batches to be posted; the objections."""

from datetime import date
from typing import Final

from app.pages import Column, Join, Listing, Shows
from models.domain.flows.batch_flow import BATCH_STATE_NAMES
from models.domain.flows.notice_flow import NOTICE_STATE_NAMES

DAY_KINDS: Final = {"workdays": "个工作日", "calendar": "个自然日", "months": "个月"}
OUTCOMES: Final = {"": "未处理", "upheld": "异议成立", "rejected": "异议不成立"}
_UNDECIDED: Final = (
    "(SELECT nullif(count(*), 0) FROM objection o WHERE o.batch_id = n.batch_id AND o.outcome = '')"
)


def notices_on(day: date) -> Listing:
    """All notices, those that hang first, with the days that are left on `day` (0: the last day; below: it is over)."""
    today = day.isoformat()
    return Listing(
        name="notices",
        title="公示",
        source="public_notice n",
        id="n.id",
        order="n.state <> 'posted', CASE n.state WHEN 'posted' THEN n.last_day END, n.id DESC",
        joins=(
            Join("b", "JOIN batch b ON b.id = n.batch_id"),
            Join("g", "JOIN program g ON g.id = b.program_id"),
        ),
        columns=(
            Column("program", "补贴项目", "g.name", width=18),
            Column("state", "状态",
                   f"CASE WHEN n.state = 'posted' AND n.last_day < '{today}' THEN 'over' ELSE n.state END",
                   Shows.CODE, 9, words={**NOTICE_STATE_NAMES, "over": "期满待审批"}),
            Column("left", "还有（天）",
                   f"CASE WHEN n.state = 'posted' AND n.last_day >= '{today}'"
                   f" THEN cast(julianday(n.last_day) - julianday('{today}') AS INTEGER) END", Shows.COUNT, 9),
            Column("last_day", "公示到", "n.last_day", Shows.DAY, 11),
            Column("undecided", "异议待处理", _UNDECIDED, Shows.COUNT, 9, total=True),
            Column("objections", "异议", "(SELECT nullif(count(*), 0) FROM objection o WHERE o.batch_id = n.batch_id)",
                   Shows.COUNT, 6, total=True),
            Column("number", "批次号", "b.number", Shows.CODE, 22),
            Column("posted_on", "张贴日期", "n.posted_on", Shows.DAY, 11),
            Column("days", "期限",
                   "n.days || CASE n.day_kind WHEN 'workdays' THEN ' 个工作日' WHEN 'calendar' THEN ' 个自然日' ELSE ' 个月' END",
                   Shows.CODE, 11),
            Column("payments", "笔数", "b.payments", Shows.COUNT, 7),
            Column("owed_fen", "金额（元）", "b.owed_fen", Shows.MONEY, 13),
        ),
    )  # fmt: skip


TO_POST: Final = Listing(
    name="to_post",
    title="待公示",
    source="batch b JOIN policy y ON y.id = b.policy_id",
    id="b.id",
    # a list is posted before approval or, where the policy says so, after payment (DOMAIN §3); a reissue never
    where="b.kind = 'regular' AND json_extract(y.parameters, '$.listing') <> 'none'"
    " AND NOT EXISTS (SELECT 1 FROM public_notice n WHERE n.batch_id = b.id AND n.state <> 'withdrawn')"
    " AND (b.state = 'reviewed' AND json_extract(y.parameters, '$.publicity') = 'before'"
    " OR b.state IN ('sent', 'settling', 'settled') AND json_extract(y.parameters, '$.publicity') = 'after')",
    order="b.id",
    joins=(Join("g", "JOIN program g ON g.id = b.program_id"),),
    columns=(
        Column("program", "补贴项目", "g.name", width=20),
        Column("number", "批次号", "b.number", Shows.CODE, 22),
        Column("state", "状态", "b.state", Shows.CODE, 8, words=BATCH_STATE_NAMES),
        Column("days", "公示期限",
               "json_extract(y.parameters, '$.publicity_days') || CASE json_extract(y.parameters, '$.publicity_kind')"
               " WHEN 'workdays' THEN ' 个工作日' WHEN 'calendar' THEN ' 个自然日' ELSE ' 个月' END", Shows.CODE, 11),
        Column("payments", "笔数", "b.payments", Shows.COUNT, 7, total=True),
        Column("owed_fen", "金额（元）", "b.owed_fen", Shows.MONEY, 13, total=True),
    ),
)  # fmt: skip
"""The batches whose list is to be put up now."""

OBJECTIONS: Final = Listing(
    name="objections",
    title="公示异议",
    source="objection o",
    id="o.id",
    order="o.outcome <> '', o.id DESC",
    joins=(
        Join("b", "JOIN batch b ON b.id = o.batch_id"),
        Join("g", "JOIN program g ON g.id = b.program_id"),
    ),
    columns=(
        Column("person", "提出人", "o.person", width=12),
        Column("outcome", "结论", "o.outcome", Shows.CODE, 9, words={"rejected": "不成立", "upheld": "成立"}),
        Column("raised_on", "提出日期", "o.raised_on", Shows.DAY, 11),
        Column("body", "内容", "o.body", width=30),
        Column("answer", "答复", "o.answer", width=26),
        Column("decided_on", "处理日期", "o.decided_on", Shows.DAY, 11),
        Column("program", "补贴项目", "g.name", width=18),
        Column("number", "批次号", "b.number", Shows.CODE, 22),
    ),
)  # fmt: skip
"""Everything that was said against a notice, the undecided first."""
