"""The books 账簿: what the acts say beside what the vouchers say, by allotment, batch, program, and for the bank account.

Every book states the figure of the vouchers on its own, so that a difference can be seen and not only computed away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.batches.steps import BatchRow, load_batch
from app.funds.queries import AllotmentView, allotments
from app.ledger.queries import month_of, voucher_name
from app.programs.queries import ProgramView, find_program, programs
from models.domain.buckets import BUCKET_NAMES, Bucket, Tally
from models.domain.flows.batch_flow import BatchState
from models.domain.money import Fen
from models.domain.posting import GROWS_ON_DEBIT, Event, Ledger
from models.store.opening import Store

APPROVED: Final = (
    BatchState.APPROVED,
    BatchState.SENT,
    BatchState.SETTLING,
    BatchState.SETTLED,
    BatchState.ARCHIVED,
)
"""States in which a batch's approval stands in the books."""


@dataclass(frozen=True, slots=True)
class BookLine:
    """A voucher's line in a book, with the balance after it, in fen."""

    day: str
    month: str
    voucher: str
    summary: str
    debit_fen: Fen
    credit_fen: Fen
    balance_fen: Fen


@dataclass(frozen=True, slots=True)
class AllotmentBook:
    """An allotment with what was booked on it; `expense_fen` is 支出 less what was recovered into it."""

    allotment: AllotmentView
    funded_fen: Fen
    expense_fen: Fen
    recovered_fen: Fen

    @property
    def agrees(self) -> bool:
        """Whether received and used are what 拨入 and 支出 say."""
        known = self.allotment
        return known.received_fen == self.funded_fen and known.used_fen == self.expense_fen


@dataclass(frozen=True, slots=True)
class BookedLedger:
    """One account of a batch: what the vouchers say, and what the payments' buckets say it should be."""

    ledger: Ledger
    booked_fen: Fen
    expected_fen: Fen


@dataclass(frozen=True, slots=True)
class BatchBook:
    """A batch: what is owed, where its money is, and its accounts beside."""

    batch: BatchRow
    program: str
    buckets: dict[Bucket, Tally]
    ledgers: tuple[BookedLedger, ...]

    @property
    def agrees(self) -> bool:
        """Whether buckets sum to what is owed and every account is what it should be."""
        whole = sum(tally.fen for tally in self.buckets.values())
        return whole == self.batch.owed_fen and all(
            one.booked_fen == one.expected_fen for one in self.ledgers
        )


@dataclass(frozen=True, slots=True)
class BankBook:
    """The special account 代发专户存款 in a month, or of all time for month ''."""

    month: str
    opening_fen: Fen
    lines: tuple[BookLine, ...]
    closing_fen: Fen


@dataclass(frozen=True, slots=True)
class ProgramBook:
    """A program in all its batches: money allotted, received, booked as spent, and where the payments are."""

    program: ProgramView
    allotted_fen: Fen
    received_fen: Fen
    expense_fen: Fen
    payable_fen: Fen
    returned_fen: Fen
    batches: int
    buckets: dict[Bucket, Tally]


def allotment_books(store: Store, program: str | None = None) -> list[AllotmentBook]:
    """The allotments in document order, of one program or all, with their lines summed. Raises NoSuchProgram."""
    only = None if program is None else find_program(store, program).id
    booked = {
        row[0]: row[1:]
        for row in store.rows(
            "SELECT l.allotment_id, sum(CASE l.ledger WHEN 'funded' THEN l.credit_fen - l.debit_fen ELSE 0 END),"
            " sum(CASE l.ledger WHEN 'expense' THEN l.debit_fen - l.credit_fen ELSE 0 END),"
            " sum(CASE WHEN l.ledger = 'expense' AND v.event = ? THEN l.credit_fen - l.debit_fen ELSE 0 END)"
            " FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id WHERE l.allotment_id IS NOT NULL"
            " GROUP BY l.allotment_id",
            (Event.RECOVER.value,),
        )
    }
    return [
        AllotmentBook(one, *(Fen(fen) for fen in booked.get(one.id, (0, 0, 0))))
        for one in allotments(store, only)
    ]


def batch_book(store: Store, batch: int | str) -> BatchBook:
    """One batch's book, counted from its payments. Raises NoSuchBatch."""
    row = load_batch(store, batch)
    buckets = {
        found[0]: Tally(found[1], Fen(found[2]))
        for found in store.rows(
            "SELECT bucket, count(*), sum(owed_fen) FROM payment WHERE batch_id = ? GROUP BY bucket",
            (row.id,),
        )
    }
    booked = {found[1]: Fen(found[2]) for found in booked_on_batches(store, row.id)}
    expected = {found[1]: Fen(found[2]) for found in expected_on_batches(store, row.id)}
    return BatchBook(
        row,
        str(store.value("SELECT name FROM program WHERE id = ?", (row.program_id,))),
        {bucket: buckets.get(bucket.value, Tally(0, Fen(0))) for bucket in Bucket},
        tuple(
            BookedLedger(ledger, booked.get(ledger.value, Fen(0)), expected.get(ledger.value, Fen(0)))
            for ledger in (Ledger.EXPENSE, Ledger.PAYABLE, Ledger.RETURNED)
        ),
    )


def booked_on_batches(store: Store, batch_id: int | None = None) -> list[tuple[int, str, int]]:
    """(batch, account, balance in fen) of 支出, 应付 and 退回待处理 by the vouchers, of one batch or all, none of 0.

    Recoveries are left out of 支出: they give back money and leave what was owed as it was.
    """
    return [
        (row[0], row[1], row[2])
        for row in store.rows(
            "SELECT l.batch_id, l.ledger, sum(CASE l.ledger WHEN 'expense' THEN l.debit_fen - l.credit_fen"
            " ELSE l.credit_fen - l.debit_fen END) AS fen FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id"
            " WHERE l.batch_id = coalesce(?, l.batch_id) AND l.ledger IN ('expense', 'payable', 'returned')"
            " AND NOT (l.ledger = 'expense' AND v.event = ?) GROUP BY l.batch_id, l.ledger HAVING fen <> 0",
            (batch_id, Event.RECOVER.value),
        )
    ]


_EXPECTED: Final = """
    WITH one (id, kind, state) AS (SELECT id, kind, state FROM batch WHERE id = coalesce(?1, id))
    SELECT b.id, 'expense', sum(p.owed_fen) AS fen FROM one b JOIN payment p ON p.batch_id = b.id
     WHERE b.kind = 'regular' AND p.bucket <> 'stopped' AND b.state IN ({approved}) GROUP BY b.id
    UNION ALL
    SELECT b.id, 'payable', sum(p.owed_fen) FROM one b JOIN payment p ON p.batch_id = b.id
     WHERE b.kind = 'regular' AND p.bucket = 'pending' AND b.state = 'approved' GROUP BY b.id
    UNION ALL
    SELECT b.id, 'returned', sum(p.owed_fen) FROM one b JOIN payment p ON p.batch_id = b.id
     WHERE p.bucket IN ('failed', 'returned') OR p.bucket = 'reissued' AND EXISTS (
           SELECT 1 FROM payment s WHERE s.source_id = p.id AND s.bucket <> 'stopped' AND s.bucket = 'pending') GROUP BY b.id
"""


def expected_on_batches(store: Store, batch_id: int | None = None) -> list[tuple[int, str, int]]:
    """(batch, account, balance in fen) as the payments' buckets say, by the posting rules (DOMAIN §10), none of 0.

    支出 has every live payment of an approved regular batch; 应付 what is approved and not sent; 退回待处理 what failed or
    was returned and is open, until its reissue is sent.
    """
    approved = ", ".join(f"'{state.value}'" for state in APPROVED)
    return [(row[0], row[1], row[2]) for row in store.rows(_EXPECTED.format(approved=approved), (batch_id,))]


def bank_book(store: Store, month: str | None = None) -> BankBook:
    """The special account with its running balance, in the order of days and voucher numbers. Raises NotMonth."""
    within = "" if month is None else month_of(month)
    opening = Fen(
        store.value(
            "SELECT coalesce(sum(l.debit_fen - l.credit_fen), 0) FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id"
            " WHERE l.ledger = 'deposit' AND v.month < ?",
            (within,),
        )
    )
    lines = _running(store, Ledger.DEPOSIT, "?2 = '' OR v.month = ?2", (within,), opening)
    return BankBook(within, opening, lines, lines[-1].balance_fen if lines else opening)


def lines_on(store: Store, allotment_id: int, ledger: Ledger) -> tuple[BookLine, ...]:
    """The lines of 拨入 or 支出 on one allotment with their running balance."""
    return _running(store, ledger, "l.allotment_id = ?2", (allotment_id,), Fen(0))


def program_books(store: Store, program: str | None = None) -> list[ProgramBook]:
    """The programs that have money or batches, by code; or the one named, whether it has or not. Raises NoSuchProgram."""
    wanted = programs(store) if program is None else [find_program(store, program)]
    allotted: dict[int, tuple[int, int]] = {}
    for view in allotments(store):
        before = allotted.get(view.program_id, (0, 0))
        allotted[view.program_id] = (before[0] + view.allotted_fen, before[1] + view.received_fen)
    booked: dict[int, dict[str, int]] = {}
    for program_id, ledger, turnover in store.rows(
        "SELECT program_id, ledger, sum(debit_fen - credit_fen) FROM voucher_line WHERE program_id IS NOT NULL"
        " GROUP BY program_id, ledger"
    ):
        booked.setdefault(program_id, {})[ledger] = (
            turnover if Ledger(ledger) in GROWS_ON_DEBIT else -turnover
        )
    batches: dict[int, int] = dict(
        store.rows("SELECT program_id, count(*) FROM batch WHERE state <> 'cancelled' GROUP BY program_id")
    )
    buckets: dict[int, dict[Bucket, Tally]] = {}
    for program_id, bucket, payments, fen in store.rows(
        "SELECT b.program_id, t.bucket, sum(t.payments), sum(t.fen) FROM batch_tally t JOIN batch b ON b.id = t.batch_id"
        " GROUP BY b.program_id, t.bucket"
    ):
        buckets.setdefault(program_id, {})[Bucket(bucket)] = Tally(payments, Fen(fen))
    return [
        _program_book(one, allotted.get(one.id, (0, 0)), booked.get(one.id, {}), batches.get(one.id, 0),
                      buckets.get(one.id, {}))
        for one in wanted
        if program is not None or one.id in allotted or one.id in booked or one.id in batches
    ]  # fmt: skip


def bucket_columns(buckets: dict[Bucket, Tally]) -> Sequence[tuple[str, int, Fen]]:
    """(Chinese name, payments, fen) of the buckets that hold anything."""
    return [
        (BUCKET_NAMES[bucket], tally.payments, tally.fen)
        for bucket, tally in buckets.items()
        if tally.payments
    ]


def _program_book(
    program: ProgramView,
    funds: tuple[int, int],
    booked: dict[str, int],
    batches: int,
    buckets: dict[Bucket, Tally],
) -> ProgramBook:
    return ProgramBook(
        program,
        Fen(funds[0]),
        Fen(funds[1]),
        Fen(booked.get(Ledger.EXPENSE, 0)),
        Fen(booked.get(Ledger.PAYABLE, 0)),
        Fen(booked.get(Ledger.RETURNED, 0)),
        batches,
        buckets,
    )


def _running(
    store: Store, ledger: Ledger, condition: str, parameters: Sequence[object], opening: Fen
) -> tuple[BookLine, ...]:
    """The lines of an account that meet a condition over `l` and `v`, with the balance after each."""
    sign = 1 if ledger in GROWS_ON_DEBIT else -1
    lines, balance = [], int(opening)
    for day, month, number, summary, debit, credit in store.rows(
        "SELECT v.posted_on, v.month, v.number, v.summary, l.debit_fen, l.credit_fen FROM voucher_line l"
        f" JOIN voucher v ON v.id = l.voucher_id WHERE l.ledger = ?1 AND ({condition})"
        " ORDER BY v.month, v.posted_on, v.number, l.id",
        (ledger.value, *parameters),
    ):
        balance += sign * (debit - credit)
        lines.append(
            BookLine(day, month, voucher_name(number), summary, Fen(debit), Fen(credit), Fen(balance))
        )
    return tuple(lines)
