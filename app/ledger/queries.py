"""Windows of the ledger: vouchers and the trial balance. The acts post; here nothing is computed but sums."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.domain.money import Fen
from models.domain.posting import EVENT_NAMES, LEDGER_NAMES, Event, Ledger
from models.domain.refusal import Refusal
from models.store.opening import Row, Store

_WRITTEN: Final = re.compile(
    r"(?:(?P<month>[0-9]{4}-[0-9]{2})\s*[/ -]\s*)?(?:记\s*[-字]?\s*)?0*(?P<number>[0-9]{1,9})号?"
)
_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")


class NoSuchVoucher(Refusal):
    """No voucher of that number."""

    form = "没有找到凭证“{written}”。请写明月份和号数，例如 2024-06/记-0001，或用 voucher list 查看。"
    in_window = "没有找到凭证“{written}”。请在“台账”的凭证里查找。"


class NotMonth(Refusal):
    """A text that is no month."""

    form = "“{written}”不是月份。请写成 2024-06 的样子。"


@dataclass(frozen=True, slots=True)
class VoucherLineView:
    """A line of a voucher, fen on one side; red entries are negative."""

    ledger: str
    ledger_name: str
    debit_fen: Fen
    credit_fen: Fen
    document: str
    batch: str
    program: str


@dataclass(frozen=True, slots=True)
class VoucherView:
    """A posted voucher 记账凭证. `name` is its number on paper, 记-0001, within its month; `fen` the sum of its debits.

    `reverses` and `reversed_by` name the other voucher as month/number, '' where there is none.
    """

    id: int
    month: str
    number: int
    name: str
    posted_on: str
    event: str
    event_name: str
    summary: str
    attachments: int
    batch: str
    reverses: str
    reversed_by: str
    operator: str
    fen: Fen


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One account of the trial balance: each pair on the side where it stands, in fen."""

    ledger: str
    ledger_name: str
    opening_debit_fen: Fen
    opening_credit_fen: Fen
    debit_fen: Fen
    credit_fen: Fen
    closing_debit_fen: Fen
    closing_credit_fen: Fen


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """A trial balance 试算平衡表 of a month, or of all time for month ''. `total` sums the rows."""

    month: str
    rows: tuple[BalanceRow, ...]
    total: BalanceRow

    @property
    def balances(self) -> bool:
        """Whether debits equal credits in all three pairs."""
        total = self.total
        return (
            total.opening_debit_fen == total.opening_credit_fen
            and total.debit_fen == total.credit_fen
            and total.closing_debit_fen == total.closing_credit_fen
        )


def month_of(text: str) -> str:
    """A month as stored, 'YYYY-MM'. Raises NotMonth."""
    if not _MONTH.fullmatch(text.strip()):
        raise NotMonth(written=text)
    return text.strip()


def voucher_name(number: int) -> str:
    """A voucher's number as it stands on paper: 记-0001."""
    return f"记-{number:04d}"


_HEADS: Final = """
    SELECT v.id, v.month, v.number, v.posted_on, v.event, v.summary, v.attachments, coalesce(b.number, ''),
           coalesce((SELECT w.month || '/' || w.number FROM voucher w WHERE w.id = v.reverses_id), ''),
           coalesce((SELECT r.month || '/' || r.number FROM voucher r WHERE r.reverses_id = v.id), ''), o.name,
           (SELECT sum(l.debit_fen) FROM voucher_line l WHERE l.voucher_id = v.id)
      FROM voucher v JOIN operator o ON o.id = v.operator_id LEFT JOIN batch b ON b.id = v.batch_id
"""


def vouchers(store: Store, month: str | None = None) -> list[VoucherView]:
    """The vouchers of a month ('YYYY-MM') or all, by number. Raises NotMonth."""
    if month is None:
        return [_head(row) for row in store.rows(_HEADS + " ORDER BY v.month, v.number")]
    return [
        _head(row) for row in store.rows(_HEADS + " WHERE v.month = ? ORDER BY v.number", (month_of(month),))
    ]


def find_voucher(store: Store, written: str, month: str | None = None) -> VoucherView:
    """The voucher that “2024-06/记-0001”, “2024-06/1”, or “记-0001” with a `month` names. Raises NoSuchVoucher, NotMonth."""
    found = _WRITTEN.fullmatch(written.strip())
    within = found and (found["month"] or month)
    if not found or not within:
        raise NoSuchVoucher(written=written)
    row = store.row(_HEADS + " WHERE v.month = ? AND v.number = ?", (month_of(within), int(found["number"])))
    if row is None:
        raise NoSuchVoucher(written=written)
    return _head(row)


def lines_of(store: Store, voucher_id: int) -> list[VoucherLineView]:
    """The lines of a voucher, debits as posted first."""
    return [
        VoucherLineView(
            ledger, LEDGER_NAMES[Ledger(ledger)], Fen(debit), Fen(credit), document, batch, program
        )
        for ledger, debit, credit, document, batch, program in store.rows(
            "SELECT l.ledger, l.debit_fen, l.credit_fen, coalesce(a.document, ''), coalesce(b.number, ''),"
            " coalesce(g.name, '') FROM voucher_line l LEFT JOIN allotment a ON a.id = l.allotment_id"
            " LEFT JOIN batch b ON b.id = l.batch_id LEFT JOIN program g ON g.id = l.program_id"
            " WHERE l.voucher_id = ? ORDER BY l.debit_fen = 0, l.id",
            (voucher_id,),
        )
    ]


def trial_balance(store: Store, month: str | None = None) -> TrialBalance:
    """The trial balance of a month: what stood before it, its turnovers, what stands after. Raises NotMonth."""
    within = "" if month is None else month_of(month)
    sums = {
        row[0]: row[1:]
        for row in store.rows(
            "SELECT l.ledger, sum(CASE WHEN v.month < ?1 THEN l.debit_fen - l.credit_fen ELSE 0 END),"
            " sum(CASE WHEN v.month >= ?1 THEN l.debit_fen ELSE 0 END),"
            " sum(CASE WHEN v.month >= ?1 THEN l.credit_fen ELSE 0 END)"
            " FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id WHERE ?1 = '' OR v.month <= ?1 GROUP BY l.ledger",
            (within,),
        )
    }
    rows = tuple(
        _balance(ledger, LEDGER_NAMES[ledger], *sums.get(ledger.value, (0, 0, 0))) for ledger in Ledger
    )
    return TrialBalance(within, rows, _sum(rows))


def _balance(ledger: str, name: str, opening: int, debit: int, credit: int) -> BalanceRow:
    closing = opening + debit - credit
    return BalanceRow(
        str(ledger), name, Fen(max(opening, 0)), Fen(max(-opening, 0)), Fen(debit), Fen(credit), Fen(max(closing, 0)),
        Fen(max(-closing, 0)),
    )  # fmt: skip


def _sum(rows: Sequence[BalanceRow]) -> BalanceRow:
    def total(column: str) -> Fen:
        return Fen(sum(getattr(row, column) for row in rows))

    return BalanceRow(
        "", "合计", total("opening_debit_fen"), total("opening_credit_fen"), total("debit_fen"), total("credit_fen"),
        total("closing_debit_fen"), total("closing_credit_fen"),
    )  # fmt: skip


def _head(row: Row) -> VoucherView:
    (
        voucher_id,
        month,
        number,
        posted_on,
        event,
        summary,
        attachments,
        batch,
        reverses,
        reversed_by,
        operator,
        fen,
    ) = row
    return VoucherView(
        voucher_id, month, number, voucher_name(number), posted_on, event, EVENT_NAMES[Event(event)], summary,
        attachments, batch, reverses, reversed_by, operator, Fen(fen),
    )  # fmt: skip


def voucher_of_line(store: Store, line_id: int) -> int:
    """The id of the voucher that a line stands in. Raises NoSuchVoucher."""
    found = store.value("SELECT voucher_id FROM voucher_line WHERE id = ?", (line_id,))
    if found is None:
        raise NoSuchVoucher(written=line_id)
    return int(found)


def months_of(store: Store) -> list[str]:
    """The months that have vouchers, the latest first."""
    return [row[0] for row in store.rows("SELECT DISTINCT month FROM voucher ORDER BY month DESC")]


def voucher_of(store: Store, voucher_id: int) -> VoucherView:
    """The voucher of a row id. Raises NoSuchVoucher."""
    row = store.row(_HEADS + " WHERE v.id = ?", (voucher_id,))
    if row is None:
        raise NoSuchVoucher(written=voucher_id)
    return _head(row)


def batch_of_voucher(store: Store, voucher_id: int) -> int | None:
    """The batch that a voucher was posted for, or None."""
    found = store.value("SELECT batch_id FROM voucher WHERE id = ?", (voucher_id,))
    return None if found is None else int(found)
