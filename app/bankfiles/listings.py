"""Bank files on the screen: the batches that wait for the bank, are there, or came back, and the files of one of them."""

from typing import Final

from app.pages import Column, Join, Listing, Shows
from models.domain.flows.batch_flow import BATCH_STATE_NAMES
from models.store.opening import Store

_STATES: Final = {str(state): name for state, name in BATCH_STATE_NAMES.items()}

AT_THE_BANK: Final = Listing(
    name="bank_batches",
    title="报盘批次",
    source="batch b",
    id="b.id",
    where="b.state = 'approved' OR EXISTS (SELECT 1 FROM bank_file f WHERE f.batch_id = b.id)",
    # what is to be sent stands first
    order="b.state <> 'approved', b.id DESC",
    joins=(Join("g", "JOIN program g ON g.id = b.program_id"),),
    columns=(
        Column("number", "批次号", "b.number", Shows.CODE, 22),
        Column("program", "补贴项目", "g.name", width=16),
        Column("state", "状态", "b.state", Shows.CODE, 7, words=_STATES),
        Column("pending", "待报笔数",
               "(SELECT nullif(sum(t.payments), 0) FROM batch_tally t WHERE t.batch_id = b.id AND t.bucket = 'pending')",
               Shows.COUNT, 8, total=True),
        Column("pending_fen", "待报金额（元）",
               "(SELECT nullif(sum(t.fen), 0) FROM batch_tally t WHERE t.batch_id = b.id AND t.bucket = 'pending')",
               Shows.MONEY, 12, total=True),
        Column("in_flight", "在途笔数",
               "(SELECT nullif(sum(t.payments), 0) FROM batch_tally t WHERE t.batch_id = b.id AND t.bucket = 'in_flight')",
               Shows.COUNT, 8, total=True),
        Column("period", "期间", "b.period", Shows.CODE, 9),
        Column("sent_on", "报盘日期", "b.sent_on", Shows.DAY, 11),
        Column("files", "份数", "(SELECT count(*) FROM bank_file f WHERE f.batch_id = b.id)", Shows.COUNT, 6),
        Column("sent_fen", "已报金额（元）",
               "(SELECT coalesce(sum(f.total_fen), 0) FROM bank_file f WHERE f.batch_id = b.id)", Shows.MONEY, 14, total=True),
    ),
)  # fmt: skip
"""Approved batches and those that were sent."""


def program_of_batch(store: Store, batch_id: int) -> str:
    """The code of a batch's program: by it a window remembers which bank's form was taken last."""
    return str(
        store.value(
            "SELECT g.code FROM batch b JOIN program g ON g.id = b.program_id WHERE b.id = ?", (batch_id,)
        )
    )
