"""The books on the screen: vouchers and their lines, the books of allotments, batches and programs, the trial balance; and
behind every sum of a book the lines that it is made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.batches.listings import BATCHES, PAYMENTS
from app.funds.listings import ALLOTMENTS
from app.funds.queries import ALLOTTED_SQL, RECEIVED_SQL, USED_SQL
from app.ledger.books import APPROVED
from app.ledger.queries import month_of
from app.pages import Column, Join, Listing, Shows
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.flows.batch_flow import BATCH_STATE_NAMES
from models.domain.posting import EVENT_NAMES, GROWS_ON_DEBIT, LEDGER_NAMES, Event, Ledger

_AGREES: Final = {"1": "相符", "0": "不符"}

VOUCHERS: Final = Listing(
    name="vouchers",
    title="记账凭证",
    source="voucher w",
    id="w.id",
    order="w.month DESC, w.number DESC",
    joins=(
        Join("b", "LEFT JOIN batch b ON b.id = w.batch_id"),
        Join("o", "JOIN operator o ON o.id = w.operator_id"),
    ),
    columns=(
        Column("name", "凭证号", "w.month || ' ' || printf('记-%04d', w.number)", Shows.CODE, 16),
        Column("posted_on", "日期", "w.posted_on", Shows.DAY, 11),
        Column("event", "业务", "w.event", Shows.CODE, 11, words=EVENT_NAMES),
        Column("summary", "摘要", "w.summary", width=42),
        Column("fen", "金额（元）", "(SELECT sum(l.debit_fen) FROM voucher_line l WHERE l.voucher_id = w.id)", Shows.MONEY, 14, total=True),
        Column("batch", "批次号", "b.number", Shows.CODE, 18),
        Column("operator", "制单", "o.name", width=8),
        Column("attachments", "附件", "w.attachments", Shows.COUNT, 5),
    ),
)  # fmt: skip
"""All vouchers, the latest first."""

VOUCHER_LINES: Final = Listing(
    name="voucher_lines",
    title="明细账",
    source="voucher_line l",
    id="l.id",
    order="l.voucher_id, l.id",
    joins=(
        Join("v", "JOIN voucher v ON v.id = l.voucher_id"),
        Join("a", "LEFT JOIN allotment a ON a.id = l.allotment_id"),
        Join("b", "LEFT JOIN batch b ON b.id = l.batch_id"),
        Join("g", "LEFT JOIN program g ON g.id = l.program_id"),
    ),
    columns=(
        Column("posted_on", "日期", "v.posted_on", Shows.DAY, 11),
        Column("name", "凭证号", "v.month || ' ' || printf('记-%04d', v.number)", Shows.CODE, 16),
        Column("ledger", "科目", "l.ledger", Shows.CODE, 18, words=LEDGER_NAMES),
        Column("summary", "摘要", "v.summary", width=34),
        Column("debit_fen", "借方（元）", "nullif(l.debit_fen, 0)", Shows.MONEY, 14, total=True),
        Column("credit_fen", "贷方（元）", "nullif(l.credit_fen, 0)", Shows.MONEY, 14, total=True),
        Column("document", "文号", "a.document", Shows.CODE, 19),
        Column("batch", "批次号", "b.number", Shows.CODE, 18),
        Column("program", "项目", "g.name", width=18),
    ),
)  # fmt: skip
"""Every line of every voucher, in the order they were posted."""

ALLOTTED: Final = Listing(
    name="allotted",
    title="指标变动",
    source="(SELECT -a.id AS id, a.id AS allotment_id, a.issued_on AS day, 'entered' AS kind, a.allotted_fen AS fen,"
    " a.document AS document, a.remark AS reason FROM allotment a UNION ALL SELECT c.id, c.allotment_id, c.changed_on, c.kind,"
    " c.fen, c.document, c.reason FROM allotment_change c) e",
    id="e.id",
    order="e.day, e.id",
    columns=(
        Column("day", "日期", "e.day", Shows.DAY, 11),
        Column("kind", "类别", "e.kind", Shows.CODE, 12,
               words={"entered": "下达", "adjust": "调整", "cut": "核减", "carry_out": "结转到下年"}),
        Column("fen", "金额（元）", "e.fen", Shows.MONEY, 14, total=True),
        Column("document", "文号", "e.document", Shows.CODE, 22),
        Column("reason", "说明", "e.reason", width=40),
    ),
)  # fmt: skip
"""How an allotment came to what it is: as it was entered, then every change."""


# -- the books ------------------------------------------------------------------------------------------------


def _booked(ledger: Ledger, of: str, more: str = "") -> str:
    """What the vouchers have on an account for one allotment, batch or program, positive on the side it grows on."""
    grows = "l.debit_fen - l.credit_fen" if ledger in GROWS_ON_DEBIT else "l.credit_fen - l.debit_fen"
    return (
        f"(SELECT coalesce(sum({grows}), 0) FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id"
        f" WHERE {of} AND l.ledger = '{ledger}'{more})"
    )


_NOT_RECOVERED: Final = f" AND v.event <> '{Event.RECOVER}'"
_FUNDED: Final = _booked(Ledger.FUNDED, "l.allotment_id = a.id")
_SPENT: Final = _booked(Ledger.EXPENSE, "l.allotment_id = a.id")

ALLOTMENT_BOOK: Final = Listing(
    name="allotment_book",
    title="指标台账",
    source="allotment a",
    id="a.id",
    where="a.withdrawn_on IS NULL",
    order="a.issued_on, a.document_key, a.id",
    joins=(Join("g", "JOIN program g ON g.id = a.program_id"),),
    columns=(
        Column("document", "文号", "a.document", Shows.CODE, 19),
        Column("program", "补贴项目", "g.name", width=18),
        Column("allotted_fen", "指标（元）", ALLOTTED_SQL, Shows.MONEY, 13, total=True),
        Column("received_fen", "到账（元）", RECEIVED_SQL, Shows.MONEY, 13, total=True),
        Column("used_fen", "已用（元）", USED_SQL, Shows.MONEY, 13, total=True),
        Column("available_fen", "可用（元）", f"min({ALLOTTED_SQL}, {RECEIVED_SQL}) - {USED_SQL}", Shows.MONEY, 13, total=True),
        Column("funded_fen", "账面拨入（元）", _FUNDED, Shows.MONEY, 13),
        Column("expense_fen", "账面支出（元）", _SPENT, Shows.MONEY, 13),
        Column("agrees", "核对", f"iif({RECEIVED_SQL} = {_FUNDED} AND {USED_SQL} = {_SPENT}, '1', '0')", Shows.CODE, 6, words=_AGREES),
        Column("level", "级次", "a.level", Shows.CODE, 5),
        Column("year", "年度", "a.year", Shows.CODE, 5),
    ),
)  # fmt: skip
"""Allotments in document order, what the acts say beside what the vouchers say."""


def _tally(buckets: str) -> str:
    return f"(SELECT coalesce(sum(t.fen), 0) FROM batch_tally t WHERE t.batch_id = b.id AND t.bucket IN ({buckets}))"


_SHOWN_BUCKETS: Final = (
    Bucket.PAID, Bucket.FAILED, Bucket.RETURNED, Bucket.REISSUED, Bucket.STOPPED, Bucket.IN_FLIGHT, Bucket.PENDING,
    Bucket.RECOVERED, Bucket.CLOSED_UNPAID,
)  # fmt: skip
_SUMMED: Final = (
    Bucket.PAID,
    Bucket.FAILED,
    Bucket.RETURNED,
    Bucket.IN_FLIGHT,
)  # as many as the status bar has room for
_LIVE: Final = f"b.kind = 'regular' AND b.state IN ({', '.join(repr(state.value) for state in APPROVED)})"
_EXPENSE: Final = _booked(Ledger.EXPENSE, "l.batch_id = b.id", _NOT_RECOVERED)
_PAYABLE: Final = _booked(Ledger.PAYABLE, "l.batch_id = b.id")
_RETURNED: Final = _booked(Ledger.RETURNED, "l.batch_id = b.id")
# a payment that is made again stays on 退回待处理 until its reissue goes to the bank
_WAITS_FOR_REISSUE: Final = (
    "(SELECT coalesce(sum(p.owed_fen), 0) FROM batch r JOIN payment s ON s.batch_id = r.id AND s.bucket = 'pending'"
    " JOIN payment p ON p.id = s.source_id WHERE r.source_batch_id = b.id AND p.batch_id = b.id AND p.bucket = 'reissued')"
)
_BATCH_AGREES: Final = (
    f"iif(b.owed_fen = (SELECT coalesce(sum(t.fen), 0) FROM batch_tally t WHERE t.batch_id = b.id)"
    f" AND {_EXPENSE} = CASE WHEN {_LIVE} THEN b.owed_fen - {_tally(repr('stopped'))} ELSE 0 END"
    f" AND {_PAYABLE} = CASE WHEN b.kind = 'regular' AND b.state = 'approved' THEN {_tally(repr('pending'))} ELSE 0 END"
    f" AND {_RETURNED} = {_tally(repr('failed') + ', ' + repr('returned'))} + {_WAITS_FOR_REISSUE}, '1', '0')"
)

BATCH_BOOK: Final = Listing(
    name="batch_book",
    title="批次台账",
    source="batch b",
    id="b.id",
    order="b.id DESC",
    joins=(Join("g", "JOIN program g ON g.id = b.program_id"),),
    columns=(
        Column("number", "批次号", "b.number", Shows.CODE, 18),
        Column("program", "补贴项目", "g.name", width=16),
        Column("period", "期间", "b.period", Shows.CODE, 8),
        Column("state", "状态", "b.state", Shows.CODE, 8, words=BATCH_STATE_NAMES),
        Column("agrees", "核对", _BATCH_AGREES, Shows.CODE, 6, words=_AGREES),
        Column("owed_fen", "应发（元）", "b.owed_fen", Shows.MONEY, 12, total=True),
        *(
            Column(f"{bucket}_fen", f"{BUCKET_NAMES[bucket]}（元）", f"nullif({_tally(repr(bucket.value))}, 0)", Shows.MONEY, 11,
                   total=bucket in _SUMMED, hidden=bucket in (Bucket.PENDING, Bucket.RECOVERED, Bucket.CLOSED_UNPAID))
            for bucket in _SHOWN_BUCKETS
        ),
        Column("expense_fen", "账面支出（元）", _EXPENSE, Shows.MONEY, 12),
        Column("payable_fen", "账面应付（元）", f"nullif({_PAYABLE}, 0)", Shows.MONEY, 12),
        Column("returned_book_fen", "账面退回（元）", f"nullif({_RETURNED}, 0)", Shows.MONEY, 12),
    ),
)  # fmt: skip
"""Batches, where their money is, and their accounts beside."""


def _of_program(buckets: str) -> str:
    return (
        "nullif((SELECT coalesce(sum(t.fen), 0) FROM batch_tally t JOIN batch b ON b.id = t.batch_id"
        f" WHERE b.program_id = g.id AND t.bucket IN ({buckets})), 0)"
    )


PROGRAM_BOOK: Final = Listing(
    name="program_book",
    title="项目台账",
    source="program g",
    id="g.id",
    where="EXISTS (SELECT 1 FROM allotment a WHERE a.program_id = g.id AND a.withdrawn_on IS NULL)"
    " OR EXISTS (SELECT 1 FROM batch b WHERE b.program_id = g.id AND b.state <> 'cancelled')"
    " OR EXISTS (SELECT 1 FROM voucher_line l WHERE l.program_id = g.id)",
    order="g.code",
    columns=(
        Column("name", "补贴项目", "g.name", width=22),
        Column("department", "主管部门", "g.department", width=9),
        Column("allotted_fen", "指标（元）", f"(SELECT coalesce(sum({ALLOTTED_SQL}), 0) FROM allotment a"
               " WHERE a.program_id = g.id AND a.withdrawn_on IS NULL)", Shows.MONEY, 12, total=True),
        Column("funded_fen", "账面拨入（元）", _booked(Ledger.FUNDED, "l.program_id = g.id"), Shows.MONEY, 12, total=True),
        Column("expense_fen", "账面支出（元）", _booked(Ledger.EXPENSE, "l.program_id = g.id"), Shows.MONEY, 12, total=True),
        Column("batches", "批次数", "nullif((SELECT count(*) FROM batch b WHERE b.program_id = g.id AND b.state <> 'cancelled'), 0)",
               Shows.COUNT, 6),
        Column("paid_fen", "已发（元）", _of_program("'paid'"), Shows.MONEY, 12, total=True),
        Column("open_fen", "未完（元）", _of_program("'pending', 'in_flight'"), Shows.MONEY, 11),
        Column("failed_fen", "失败退票（元）", _of_program("'failed', 'returned'"), Shows.MONEY, 12, total=True),
        Column("payable_fen", "账面应付（元）", f"nullif({_booked(Ledger.PAYABLE, 'l.program_id = g.id')}, 0)", Shows.MONEY, 12),
        Column("returned_fen", "退回待处理（元）", f"nullif({_booked(Ledger.RETURNED, 'l.program_id = g.id')}, 0)", Shows.MONEY, 12),
        Column("code", "编码", "g.code", Shows.CODE, 13, hidden=True),
    ),
)  # fmt: skip
"""The programs that have money or batches, by code."""


def trial_balance_of(month: str = "") -> Listing:
    """The trial balance 试算平衡表 of a month ('YYYY-MM'), or of all time, as a list; the same figures as `trial_balance`.

    Raises NotMonth.
    """
    within = month_of(month) if month else ""
    accounts = " UNION ALL ".join(
        f"SELECT {place} AS id, '{ledger}' AS ledger" for place, ledger in enumerate(Ledger, 1)
    )
    before, during = (f"v.month < '{within}'", f"v.month = '{within}'") if within else ("0", "1")
    net = "l.debit_fen - l.credit_fen"
    sums = (
        f"SELECT l.ledger AS ledger, sum(CASE WHEN {before} THEN {net} ELSE 0 END) AS opening,"
        f" sum(CASE WHEN {during} THEN l.debit_fen ELSE 0 END) AS debit,"
        f" sum(CASE WHEN {during} THEN l.credit_fen ELSE 0 END) AS credit,"
        f" sum(CASE WHEN {before} OR {during} THEN {net} ELSE 0 END) AS closing"
        " FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id GROUP BY l.ledger"
    )
    pairs = (
        ("opening_debit_fen", "期初借方（元）", "max(t.opening, 0)"),
        ("opening_credit_fen", "期初贷方（元）", "max(-t.opening, 0)"),
        ("debit_fen", "本期借方（元）", "t.debit"),
        ("credit_fen", "本期贷方（元）", "t.credit"),
        ("closing_debit_fen", "期末借方（元）", "max(t.closing, 0)"),
        ("closing_credit_fen", "期末贷方（元）", "max(-t.closing, 0)"),
    )
    return Listing(
        name="trial_balance",
        title=f"试算平衡表{within}",
        source=f"(SELECT k.id AS id, k.ledger AS ledger, s.opening AS opening, s.debit AS debit, s.credit AS credit,"
        f" s.closing AS closing FROM ({accounts}) k LEFT JOIN ({sums}) s ON s.ledger = k.ledger) t",
        id="t.id",
        columns=(
            Column("ledger", "科目", "t.ledger", Shows.CODE, 20, words=LEDGER_NAMES),
            *(
                Column(
                    name, heading, f"nullif({sql}, 0)", Shows.MONEY, 15, total=not name.startswith("opening")
                )
                for name, heading, sql in pairs
            ),
        ),
    )


# -- behind a sum ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Behind:
    """What a sum is made of: its words, and the list of exactly these rows."""

    words: str
    listing: Listing


_OF_ALLOTMENT: Final = {
    "allotted_fen": (ALLOTTED, "e.allotment_id = ?"),
    "received_fen": (VOUCHER_LINES, "l.allotment_id = ? AND l.ledger = 'funded'"),
    "used_fen": (VOUCHER_LINES, "l.allotment_id = ? AND l.ledger = 'expense'"),
    "available_fen": (VOUCHER_LINES, "l.allotment_id = ? AND l.ledger IN ('funded', 'expense')"),
    "funded_fen": (VOUCHER_LINES, "l.allotment_id = ? AND l.ledger = 'funded'"),
    "expense_fen": (VOUCHER_LINES, "l.allotment_id = ? AND l.ledger = 'expense'"),
}
_OF_BATCH: Final = {
    "owed_fen": (PAYMENTS, "p.batch_id = ?"),
    **{f"{bucket}_fen": (PAYMENTS, f"p.batch_id = ? AND p.bucket = '{bucket}'") for bucket in Bucket},
    "expense_fen": (
        VOUCHER_LINES,
        f"l.batch_id = ? AND l.ledger = 'expense' AND v.event <> '{Event.RECOVER}'",
    ),
    "payable_fen": (VOUCHER_LINES, "l.batch_id = ? AND l.ledger = 'payable'"),
    "returned_book_fen": (VOUCHER_LINES, "l.batch_id = ? AND l.ledger = 'returned'"),
}
_ITS_PAYMENTS: Final = "p.batch_id IN (SELECT b.id FROM batch b WHERE b.program_id = ?)"
_OF_PROGRAM: Final = {
    "allotted_fen": (ALLOTMENTS, "a.program_id = ?"),
    "funded_fen": (VOUCHER_LINES, "l.program_id = ? AND l.ledger = 'funded'"),
    "expense_fen": (VOUCHER_LINES, "l.program_id = ? AND l.ledger = 'expense'"),
    "batches": (BATCHES, "b.program_id = ? AND b.state <> 'cancelled'"),
    "paid_fen": (PAYMENTS, f"{_ITS_PAYMENTS} AND p.bucket = 'paid'"),
    "open_fen": (PAYMENTS, f"{_ITS_PAYMENTS} AND p.bucket IN ('pending', 'in_flight')"),
    "failed_fen": (PAYMENTS, f"{_ITS_PAYMENTS} AND p.bucket IN ('failed', 'returned')"),
    "payable_fen": (VOUCHER_LINES, "l.program_id = ? AND l.ledger = 'payable'"),
    "returned_fen": (VOUCHER_LINES, "l.program_id = ? AND l.ledger = 'returned'"),
}
_BOOKS: Final[Mapping[str, tuple[str, Mapping[str, tuple[Listing, str]]]]] = {
    ALLOTMENT_BOOK.name: ("document", _OF_ALLOTMENT),
    BATCH_BOOK.name: ("number", _OF_BATCH),
    PROGRAM_BOOK.name: ("name", _OF_PROGRAM),
}


def behind(book: Listing, column: str, row_id: int, row_name: str) -> Behind | None:
    """The lines of one sum: of `book`, in its `column`, in the row `row_id` that is called `row_name`; None where a column
    is no sum.
    """
    found = _BOOKS.get(book.name, ("", {}))[1].get(column)
    if found is None:
        return None
    listing, where = found
    heading = book.column(column).heading.removesuffix("（元）")
    return Behind(f"{row_name}　{heading}", listing.among(where, row_id))


def behind_balance(month: str, column: str, row_id: int) -> Behind | None:
    """The voucher lines of one sum of the trial balance of a month, or of all time; None where a column is no sum."""
    ledger = list(Ledger)[row_id - 1]
    if not column.endswith("_fen"):
        return None
    when = {"opening": "v.month < ?", "closing": "v.month <= ?"}.get(
        column.split("_", maxsplit=1)[0], "v.month = ?"
    )
    side = {"debit_fen": " AND l.debit_fen <> 0", "credit_fen": " AND l.credit_fen <> 0"}.get(column, "")
    heading = trial_balance_of(month).column(column).heading.removesuffix("（元）")
    words = f"{LEDGER_NAMES[ledger]}　{month}　{heading}".replace("　　", "　")
    lines = VOUCHER_LINES.among(f"l.ledger = '{ledger}'{side}")
    if month:
        return Behind(words, lines.among(when, month))
    return Behind(words, lines if not column.startswith("opening") else lines.among("0"))
