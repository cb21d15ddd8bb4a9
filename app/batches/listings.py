"""Batches on the screen: the list, the payments of one, and what changed against the period before."""

from dataclasses import dataclass
from typing import Final

from app.batches.steps import load_batch
from app.pages import Column, Join, Listing, Shows
from models.domain.buckets import BUCKET_NAMES
from models.domain.flows.batch_flow import BATCH_STATE_NAMES
from models.domain.money import Fen
from models.store.opening import Store

BATCHES: Final = Listing(
    name="batches",
    title="发放批次",
    source="batch b",
    id="b.id",
    order="b.id DESC",
    joins=(
        Join("g", "JOIN program g ON g.id = b.program_id"),
        Join("s", "LEFT JOIN batch s ON s.id = b.source_batch_id"),
    ),
    columns=(
        Column("number", "批次号", "b.number", Shows.CODE, 22),
        Column("program", "补贴项目", "g.name", width=22),
        Column("period", "期间", "b.period", Shows.CODE, 9),
        Column("state", "状态", "b.state", Shows.CODE, 9, words=BATCH_STATE_NAMES),
        Column("payments", "笔数", "b.payments", Shows.COUNT, 7, total=True),
        Column("owed_fen", "应发金额（元）", "b.owed_fen", Shows.MONEY, 14, total=True),
        Column("paid_fen", "已发金额（元）",
               "(SELECT coalesce(sum(t.fen), 0) FROM batch_tally t WHERE t.batch_id = b.id AND t.bucket = 'paid')",
               Shows.MONEY, 14, total=True),
        Column("failed", "失败笔数",
               "(SELECT coalesce(sum(t.payments), 0) FROM batch_tally t WHERE t.batch_id = b.id AND t.bucket IN ('failed', 'returned'))",
               Shows.COUNT, 9, total=True),
        Column("kind", "类型", "b.kind", Shows.CODE, 7, words={"regular": "发放", "reissue": "补发"}),
        Column("source", "补发自", "s.number", Shows.CODE, 19, hidden=True),
        Column("created_on", "编制日期", "b.created_on", Shows.DAY, 11),
        Column("approved_on", "审批日期", "b.approved_on", Shows.DAY, 11),
        Column("sent_on", "报盘日期", "b.sent_on", Shows.DAY, 11, hidden=True),
    ),
)  # fmt: skip
"""All batches, the latest first."""

PAYMENTS: Final = Listing(
    name="payments",
    title="发放明细",
    source="payment p",
    id="p.id",
    order="p.line",
    joins=(Join("v", "JOIN village v ON v.id = p.village_id"),),
    columns=(
        Column("line", "序号", "p.line", Shows.COUNT, 5),
        Column("name", "享受人", "p.name", width=9),
        Column("id_number", "享受人身份证号", "p.id_number", Shows.ID, 19),
        Column("village", "村（社区）", "v.name", width=10),
        Column("group", "组", "p.group_text", Shows.CODE, 5),
        Column("quantity", "数量", "p.quantity_text", Shows.CODE, 11),
        Column("rate", "标准", "p.rate_text", Shows.CODE, 8),
        Column("owed_fen", "金额（元）", "p.owed_fen", Shows.MONEY, 11, total=True),
        Column("bucket", "状态", "p.bucket", Shows.CODE, 9, words=BUCKET_NAMES),
        Column("reason", "原因", "p.reason", width=16),
        Column("payee_name", "收款人", "p.payee_name", width=9),
        Column("account_number", "银行账号", "p.account_number", Shows.ACCOUNT, 11),
        Column("bank", "开户银行", "p.bank", width=14),
        Column("head_name", "户主", "p.head_name", width=9, hidden=True),
        Column("payee_id_number", "收款人身份证号", "p.payee_id_number", Shows.ID, 19, hidden=True),
        Column("phone", "联系电话", "p.phone", Shows.PHONE, 13, hidden=True),
        Column("trace", "计算依据", "p.trace", width=34, hidden=True),
    ),
)  # fmt: skip
"""The payments of all batches; `among("p.batch_id = ?", batch)` for one of them."""


@dataclass(frozen=True, slots=True)
class VillageJump:
    """A village's count and sum now and in the batch before."""

    village: str
    payments: int
    fen: Fen
    payments_before: int
    fen_before: Fen


@dataclass(frozen=True, slots=True)
class Compared:
    """A batch against the one before of its program: which one, and how many are new, gone or changed; villages' sums."""

    number: str
    period: str
    villages: tuple[VillageJump, ...]


def batch_before(store: Store, batch_id: int) -> tuple[int, str, str] | None:
    """The batch before of the same program: id, number, period; None for the first one."""
    batch = load_batch(store, batch_id)
    row = store.row(
        "SELECT id, number, period FROM batch WHERE program_id = ? AND id < ? AND kind = 'regular' AND state <> 'cancelled'"
        " ORDER BY period DESC, id DESC LIMIT 1",
        (batch.program_id, batch.id),
    )
    return None if row is None else (int(row[0]), str(row[1]), str(row[2]))


def compare_villages(store: Store, batch_id: int) -> Compared | None:
    """The villages' counts and sums beside those of the batch before; None when there is none."""
    before = batch_before(store, batch_id)
    if before is None:
        return None
    rows = store.rows(
        "SELECT v.name, sum(CASE WHEN t.batch_id = ?1 THEN t.payments ELSE 0 END),"
        " sum(CASE WHEN t.batch_id = ?1 THEN t.fen ELSE 0 END), sum(CASE WHEN t.batch_id = ?2 THEN t.payments ELSE 0 END),"
        " sum(CASE WHEN t.batch_id = ?2 THEN t.fen ELSE 0 END) FROM batch_tally t JOIN village v ON v.id = t.village_id"
        " WHERE t.batch_id IN (?1, ?2) AND t.bucket <> 'stopped' GROUP BY v.id ORDER BY v.id",
        (batch_id, before[0]),
    )
    return Compared(before[1], before[2], tuple(VillageJump(*row) for row in rows))
