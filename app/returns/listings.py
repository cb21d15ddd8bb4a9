"""Returns on the screen: answer files, their lines with what became of each, the payments that failed, and whose a line may be."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.notices.steps import holidays_of
from app.pages import Column, Join, Listing, Shows
from app.returns.queries import NOTE, UNSETTLED
from app.returns.use_cases import NoSuchLine
from models.domain.matching import REASON_NAMES, ReasonClass, what_to_do
from models.domain.money import Fen
from models.domain.workdays import add_workdays
from models.store.opening import Store

MEND_WORKDAYS: Final = 3
"""Working days in which a failed payment is put right (DOMAIN §3)."""

OUTCOME_NAMES: Final = {
    "paid": "成功",
    "failed": "失败",
    "waiting": "待确认",
    "unknown": "对不上",
    "already_posted": "以前已登记",
}
_ADVICE: Final = {str(one): what_to_do(one) for one in ReasonClass}

RETURNS: Final = Listing(
    name="returns",
    title="回盘文件",
    source="bank_return r",
    id="r.id",
    order="r.id DESC",
    joins=(
        Join("b", "JOIN batch b ON b.id = r.batch_id"),
        Join("g", "JOIN program g ON g.id = b.program_id"),
    ),
    columns=(
        Column("file_name", "回盘文件", "r.file_name", width=30),
        Column("number", "批次号", "b.number", Shows.CODE, 22),
        Column("program", "补贴项目", "g.name", width=18),
        Column("received_on", "登记日期", "r.received_on", Shows.DAY, 11),
        Column("lines", "行数", "r.lines", Shows.COUNT, 7, total=True),
        Column("paid", "成功", "(SELECT count(*) FROM return_line l WHERE l.return_id = r.id AND l.outcome = 'paid')",
               Shows.COUNT, 7, total=True),
        Column("failed", "失败", "(SELECT count(*) FROM return_line l WHERE l.return_id = r.id AND l.outcome = 'failed')",
               Shows.COUNT, 7, total=True),
        Column("waiting", "待认领",
               f"(SELECT count(*) FROM return_line l WHERE l.return_id = r.id AND {UNSETTLED})",
               Shows.COUNT, 7, total=True),
    ),
)  # fmt: skip
"""The answer files, the latest first."""

RETURN_LINES: Final = Listing(
    name="return_lines",
    title="回盘明细",
    source="return_line l",
    id="l.id",
    # what waits for a person stands first, then what failed
    order="CASE l.outcome WHEN 'waiting' THEN 0 WHEN 'unknown' THEN 1 WHEN 'failed' THEN 2 ELSE 3 END, l.return_id, l.line",
    joins=(
        Join("a", "LEFT JOIN attempt a ON a.id = l.attempt_id"),
        Join("p", "LEFT JOIN payment p ON p.id = a.payment_id"),
        Join("r", "JOIN bank_return r ON r.id = l.return_id"),
        Join("s", "LEFT JOIN return_line_aside s ON s.line_id = l.id"),
    ),
    columns=(
        Column("line", "行", "l.line", Shows.COUNT, 5),
        Column("outcome", "结果", "l.outcome", Shows.CODE, 9, words=OUTCOME_NAMES),
        Column("name", "户名", "l.name", width=9),
        Column("account", "账号", "l.account_number", Shows.ACCOUNT, 11),
        Column("fen", "金额（元）", "l.fen", Shows.MONEY, 11, total=True),
        Column("answer", "银行的话", "CASE WHEN l.reason <> '' AND l.reason <> l.answer THEN l.answer || '：' || l.reason ELSE l.answer END", width=20),
        Column("advice", "怎么办", "CASE l.outcome WHEN 'failed' THEN a.reason_class ELSE '' END", width=34, words=_ADVICE),
        Column("beneficiary", "享受人", "CASE WHEN l.outcome IN ('paid', 'failed', 'already_posted') THEN p.name ELSE '' END", width=9),
        Column("note", "说明", NOTE, width=40),
        Column("file_name", "回盘文件", "r.file_name", width=24, hidden=True),
    ),
)  # fmt: skip
"""The lines of all answers; `among("l.return_id = ?", one)` for those of one file."""


def failed_payments(store: Store) -> Listing:
    """The basket 失败与退票: what failed or bounced and is neither reissued nor closed, with the day by which it is due."""
    calendar = holidays_of(store)
    days = [
        row[0]
        for row in store.rows(
            "SELECT DISTINCT changed_on FROM payment WHERE bucket IN ('failed', 'returned') AND changed_on <> ''"
        )
    ]
    due = {day: add_workdays(date.fromisoformat(day), MEND_WORKDAYS, calendar).isoformat() for day in days}
    cases = "".join(f" WHEN '{day}' THEN '{by}'" for day, by in due.items())
    due_on = f"CASE p.changed_on{cases} ELSE '' END" if cases else "''"
    return Listing(
        name="failed_payments",
        title="失败与退票",
        source="payment p",
        id="p.id",
        where="p.bucket IN ('failed', 'returned')",
        order="p.changed_on, p.batch_id, p.line",
        joins=(
            Join("b", "JOIN batch b ON b.id = p.batch_id"),
            Join("g", "JOIN program g ON g.id = p.program_id"),
            Join("v", "JOIN village v ON v.id = p.village_id"),
            Join("c", "LEFT JOIN account c ON c.person_id = p.payee_id AND c.valid_to IS NULL"),
        ),
        columns=(
            Column("due_on", "应办结", due_on, Shows.DAY, 11),
            Column("name", "享受人", "p.name", width=9),
            Column("owed_fen", "金额（元）", "p.owed_fen", Shows.MONEY, 11, total=True),
            Column("bucket", "状态", "p.bucket", Shows.CODE, 9, words={"failed": "发放失败", "returned": "退票"}),
            Column("reason_class", "原因", "p.reason_class", Shows.CODE, 9, words=REASON_NAMES),
            Column("advice", "怎么办", "p.reason_class", width=34, words=_ADVICE),
            Column("mended", "账户",
                   "CASE WHEN c.number IS NULL THEN 'none' WHEN c.number = p.account_number THEN 'same' ELSE 'new' END",
                   Shows.CODE, 8, words={"none": "没有登记", "same": "还没更新", "new": "已更新"}),
            Column("payee_name", "收款人", "p.payee_name", width=9),
            Column("account_number", "原账号", "p.account_number", Shows.ACCOUNT, 11),
            Column("new_account", "现账号", "c.number", Shows.ACCOUNT, 11),
            Column("village", "村（社区）", "v.name", width=10),
            Column("program", "补贴项目", "g.name", width=18),
            Column("number", "批次号", "b.number", Shows.CODE, 22),
            Column("changed_on", "失败日期", "p.changed_on", Shows.DAY, 11),
            Column("words", "银行的话", "p.reason", width=18),
            Column("phone", "联系电话", "p.phone", Shows.PHONE, 13),
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchShare:
    """What some payments are of one batch: how many and how much."""

    batch: int
    number: str
    payments: tuple[int, ...]
    fen: Fen


def by_batch(store: Store, payments: list[int]) -> list[BatchShare]:
    """Open failed payments by their batch, as a reissue takes them; those that are open no more are left out."""
    found: dict[int, tuple[str, list[int], int]] = {}
    for payment, batch, number, fen in store.rows(
        "SELECT p.id, b.id, b.number, p.owed_fen FROM payment p JOIN batch b ON b.id = p.batch_id"
        " WHERE p.bucket IN ('failed', 'returned') AND p.id IN (SELECT value FROM json_each(?)) ORDER BY b.id, p.line",
        ("[" + ",".join(map(str, payments)) + "]",),
    ):
        name, ids, total = found.get(batch, (number, [], 0))
        found[batch] = (name, [*ids, payment], total + fen)
    return [BatchShare(batch, number, tuple(ids), Fen(fen)) for batch, (number, ids, fen) in found.items()]


@dataclass(frozen=True, slots=True)
class LineView:
    """A line that waits, and the batch its file answers; `said` is 'paid', 'failed' or '' where its words do not decide."""

    id: int
    line: int
    name: str
    account_tail: str
    fen: Fen | None
    words: str
    note: str
    said: str
    number: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment in flight that a line may mean; `alike` counts the fields that agree (name, account, amount)."""

    payment: int
    line: int
    name: str
    payee: str
    account: str
    fen: Fen
    alike: int


def line_view(store: Store, line_id: int) -> LineView:
    """One line of an answer. Raises NoSuchLine."""
    row = store.row(
        "SELECT l.id, l.line, l.name, substr(l.account_number, -4), l.fen, trim(l.answer || ' ' || l.reason), l.note, l.said,"
        " b.number, r.file_name FROM return_line l JOIN bank_return r ON r.id = l.return_id JOIN batch b ON b.id = r.batch_id"
        " WHERE l.id = ?",
        (line_id,),
    )
    if row is None:
        raise NoSuchLine(line=line_id)
    return LineView(*row)


def candidates(store: Store, line_id: int, most: int = 40) -> list[Candidate]:
    """The payments in flight of the line's batch that it may mean, the likeliest first.

    An amount that differs fits only the payment that the line names: the bank paid it in part.
    """
    return [
        Candidate(*row)
        for row in store.rows(
            "SELECT p.id, p.line, p.name, a.name, a.account_number, a.fen, (a.name = l.name) + (a.account_number ="
            " l.account_number) + (substr(a.account_number, -4) = substr(l.account_number, -4)) + (a.id IS l.attempt_id) * 4"
            " AS alike FROM return_line l JOIN bank_return r ON r.id = l.return_id JOIN bank_file f ON f.batch_id = r.batch_id"
            " JOIN attempt a ON a.bank_file_id = f.id AND a.state = 'open' JOIN payment p ON p.id = a.payment_id"
            " WHERE l.id = ?1 AND (l.fen IS NULL OR a.fen = l.fen OR a.id = l.attempt_id) ORDER BY alike DESC, p.line LIMIT ?2",
            (line_id, most),
        )
    ]


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """A batch that waits for the bank's answer."""

    id: int
    number: str
    program: str
    payments: int


def waiting_batches(store: Store) -> list[WaitingBatch]:
    """The batches with payments in flight, the earliest sent first."""
    return [
        WaitingBatch(*row)
        for row in store.rows(
            "SELECT b.id, b.number, g.name, sum(t.payments) FROM batch b JOIN program g ON g.id = b.program_id"
            " JOIN batch_tally t ON t.batch_id = b.id AND t.bucket = 'in_flight' WHERE t.payments > 0"
            " GROUP BY b.id ORDER BY b.sent_on, b.id"
        )
    ]


def payment_of_line(store: Store, line_id: int) -> tuple[int, str, Fen, str] | None:
    """The payment that a settled line paid: id, beneficiary, fen and bucket; None for a line that is nobody's."""
    row = store.row(
        "SELECT p.id, p.name, p.owed_fen, p.bucket FROM return_line l JOIN attempt a ON a.id = l.attempt_id"
        " JOIN payment p ON p.id = a.payment_id WHERE l.id = ? AND l.outcome IN ('paid', 'failed', 'already_posted')",
        (line_id,),
    )
    return None if row is None else (int(row[0]), str(row[1]), Fen(row[2]), str(row[3]))
