"""Money on the screen: allotments with their use, receipts, the special account."""

from typing import Final

from app.funds.queries import ALLOTTED_SQL, RECEIVED_SQL, USED_SQL
from app.pages import Column, Join, Listing, Shows
from models.domain.posting import EVENT_NAMES

_AVAILABLE_SQL: Final = f"min({ALLOTTED_SQL}, {RECEIVED_SQL}) - {USED_SQL}"

# a document whose rest went into the next year stands there twice: each row says which of the two it is
_ORIGIN_SQL: Final = """CASE
    WHEN EXISTS (SELECT 1 FROM allotment n WHERE n.carried_from = a.id AND n.withdrawn_on IS NULL)
    THEN '已转' || (SELECT max(n.year) FROM allotment n WHERE n.carried_from = a.id AND n.withdrawn_on IS NULL) || '年'
    WHEN a.carried_from IS NOT NULL THEN (SELECT o.year FROM allotment o WHERE o.id = a.carried_from) || '年结转'
    WHEN a.is_opening THEN '期初' ELSE '下达' END"""

ALLOTMENTS: Final = Listing(
    name="allotments",
    title="资金指标",
    source="allotment a",
    id="a.id",
    where="a.withdrawn_on IS NULL",
    order="a.issued_on DESC, a.id DESC",
    joins=(Join("g", "JOIN program g ON g.id = a.program_id"),),
    columns=(
        Column("document", "文号", "a.document", Shows.CODE, 19),
        Column("origin", "来源", _ORIGIN_SQL, width=9),
        Column("program", "补贴项目", "g.name", width=10),
        Column("allotted_fen", "指标（元）", ALLOTTED_SQL, Shows.MONEY, 11, total=True),
        Column("received_fen", "到账（元）", RECEIVED_SQL, Shows.MONEY, 11, total=True),
        Column("used_fen", "已用（元）", USED_SQL, Shows.MONEY, 11, total=True),
        Column("available_fen", "可用（元）", _AVAILABLE_SQL, Shows.MONEY, 11, total=True),
        Column("level", "级次", "a.level", Shows.CODE, 5),
        Column("year", "年度", "a.year", Shows.CODE, 5),
        Column("issued_on", "下达日期", "a.issued_on", Shows.DAY, 11),
        Column("remark", "备注", "a.remark", width=16),
    ),
)  # fmt: skip
"""The allotments that stand, the latest first."""

RECEIPTS: Final = Listing(
    name="receipts",
    title="到账",
    source="receipt r",
    id="r.id",
    order="r.received_on DESC, r.id DESC",
    joins=(Join("a", "JOIN allotment a ON a.id = r.allotment_id"), Join("g", "JOIN program g ON g.id = a.program_id")),
    columns=(
        Column("received_on", "到账日期", "r.received_on", Shows.DAY, 11),
        Column("document", "文号", "a.document", Shows.CODE, 22),
        Column("program", "补贴项目", "g.name", width=24),
        Column("level", "级次", "a.level", Shows.CODE, 6),
        Column("fen", "金额（元）", "r.fen", Shows.MONEY, 15, total=True),
        Column("remark", "备注", "r.remark", width=24),
    ),
)  # fmt: skip
"""Money really received."""

# the balance after each line is a column of its own, so that it stays right however the lines are filtered and sorted
DEPOSITS: Final = Listing(
    name="deposits",
    title="代发专户存款账",
    source="(SELECT l.id AS id, l.voucher_id AS voucher_id, v.month AS month, v.number AS number, v.posted_on AS posted_on,"
    " v.event AS event, v.summary AS summary, l.debit_fen AS debit_fen, l.credit_fen AS credit_fen,"
    " sum(l.debit_fen - l.credit_fen) OVER (ORDER BY v.month, v.posted_on, v.number, l.id) AS balance_fen"
    " FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id WHERE l.ledger = 'deposit') d",
    id="d.id",
    order="d.month DESC, d.posted_on DESC, d.number DESC, d.id DESC",
    columns=(
        Column("posted_on", "日期", "d.posted_on", Shows.DAY, 11),
        Column("voucher", "凭证号", "d.month || ' ' || printf('记-%04d', d.number)", Shows.CODE, 16),
        Column("event", "业务", "d.event", Shows.CODE, 11, words=EVENT_NAMES),
        Column("summary", "摘要", "d.summary", width=40),
        Column("debit_fen", "收入（元）", "nullif(d.debit_fen, 0)", Shows.MONEY, 15, total=True),
        Column("credit_fen", "付出（元）", "nullif(d.credit_fen, 0)", Shows.MONEY, 15, total=True),
        Column("balance_fen", "余额（元）", "d.balance_fen", Shows.MONEY, 15),
    ),
)  # fmt: skip
"""What came into and went out of the special account 代发专户, the latest first."""
