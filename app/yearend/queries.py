"""Windows of the year's end: where a year is, what keeps it from being closed, what its closing will carry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.funds.queries import AllotmentView, allotments
from app.ledger.books import booked_on_batches, expected_on_batches
from app.returns.days import CAME_BACK_SQL, WENT_ON_SQL
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState
from models.domain.flows.report_flow import REPORT_STATE_NAMES, ReportState
from models.domain.flows.year_flow import YEAR_STATE_NAMES, YearState
from models.domain.money import Fen, yuan_text
from models.domain.posting import GROWS_ON_DEBIT, LEDGER_NAMES, Ledger
from models.store.opening import Row, Store

_NAMED: Final = 8  # months or batches named in one sentence


@dataclass(frozen=True, slots=True)
class YearView:
    """A year in which something was booked, or that was closed."""

    year: int
    state: YearState
    vouchers: int
    closed_on: str
    closed_by: str
    reason: str
    asked_by: str

    @property
    def state_name(self) -> str:
        """未结账, 已结账, 申请反结账."""
        return YEAR_STATE_NAMES[self.state]


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account stood at on 31 December, on the side it grows on, by program and allotment ('' for none)."""

    ledger: Ledger
    program_id: int
    program: str
    allotment_id: int
    document: str
    fen: Fen

    @property
    def ledger_name(self) -> str:
        """The account's name."""
        return LEDGER_NAMES[self.ledger]


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """A payment whose failed or bounced money was open on 31 December 历年退回."""

    payment_id: int
    batch: str
    line: int
    program: str
    name: str
    id_number: str
    account_number: str
    bucket: Bucket
    fen: Fen
    failed_on: str
    reason: str
    voucher_id: int | None
    voucher: str
    slip_sha256: str
    documents: str
    now: Bucket

    @property
    def kind(self) -> str:
        """发放失败 or 退票."""
        return BUCKET_NAMES[self.bucket]


@dataclass(frozen=True, slots=True)
class ClosingPlan:
    """What closing a year would do: it is possible when `stops` is empty."""

    year: int
    stops: tuple[str, ...]
    balances: tuple[Balance, ...]
    returns: tuple[OpenReturn, ...]
    allotments: tuple[AllotmentView, ...]

    @property
    def returned_fen(self) -> Fen:
        """The open money."""
        return Fen(sum(one.fen for one in self.returns))

    @property
    def carried_fen(self) -> Fen:
        """What the year's allotments have left."""
        return Fen(sum(one.available_fen for one in self.allotments))


def years(store: Store) -> list[YearView]:
    """Every year in which something was booked or closed, the latest first."""
    return [
        YearView(int(row[0]), YearState(row[1]), *row[2:])
        for row in store.rows(
            "SELECT y.year, coalesce(c.state, 'open'), y.vouchers, coalesce(c.closed_on, ''), coalesce(o.name, ''),"
            " coalesce(c.reopen_reason, ''), coalesce(a.name, '') FROM (SELECT CAST(substr(month, 1, 4) AS INTEGER) AS year,"
            " count(*) AS vouchers FROM voucher GROUP BY 1 UNION SELECT year, 0 FROM year_close WHERE year NOT IN"
            " (SELECT CAST(substr(month, 1, 4) AS INTEGER) FROM voucher)) y"
            " LEFT JOIN year_close c ON c.year = y.year AND c.state <> 'open' LEFT JOIN operator o ON o.id = c.closed_by"
            " LEFT JOIN operator a ON a.id = c.asked_by ORDER BY y.year DESC"
        )
    ]


def year_state(store: Store, year: int) -> YearState:
    """Where a year is."""
    found = store.value("SELECT state FROM year_close WHERE year = ? AND state <> 'open'", (year,))
    return YearState(found or "open")


def closing_plan(store: Store, year: int, day: str) -> ClosingPlan:
    """What closing `year` on `day` ('YYYY-MM-DD') would carry, and what stops it, each stop a sentence with its names."""
    return ClosingPlan(
        year,
        tuple(_stops(store, year, day)),
        tuple(balances(store, year)),
        tuple(open_returns(store, year)),
        tuple(one for one in allotments(store) if one.year == year and one.available_fen > 0),
    )


# -- what stops it --------------------------------------------------------------------------------------------


def _stops(store: Store, year: int, day: str) -> Iterator[str]:
    if int(day[:4]) <= year:
        yield f"{year} 年还没有过完（业务日期是 {day}）。请在 {year + 1} 年 1 月 1 日以后结账。"
    if store.value("SELECT 1 FROM voucher WHERE substr(month, 1, 4) = ? LIMIT 1", (str(year),)) is None:
        yield f"{year} 年没有记过账，不用结账。请核对年度。"
    yield from _earlier_years(store, year)
    yield from _months(store, year)
    yield from _batches(store, year)
    yield from _books(store, year)


def _earlier_years(store: Store, year: int) -> Iterator[str]:
    earlier = [
        str(row[0])
        for row in store.rows(
            "SELECT DISTINCT CAST(substr(month, 1, 4) AS INTEGER) AS y FROM voucher WHERE y < ? AND y NOT IN"
            " (SELECT year FROM year_close WHERE state <> 'open') ORDER BY y",
            (year,),
        )
    ]
    if earlier:
        yield f"{'、'.join(earlier)} 年还没有结账，要按年度先后结账。请先结 {earlier[0]} 年。"


def _months(store: Store, year: int) -> Iterator[str]:
    rows = store.rows(
        "SELECT m.month, coalesce(r.state, 'unreported') FROM (SELECT month FROM month_tally UNION"
        " SELECT month FROM monthly_return) m LEFT JOIN monthly_return r ON r.month = m.month WHERE substr(m.month, 1, 4) = ?"
        " AND coalesce(r.state, 'unreported') NOT IN ('reported', 'confirmed') ORDER BY m.month",
        (str(year),),
    )
    if rows:
        named = _some([f"{month}（{REPORT_STATE_NAMES[ReportState(state)]}）" for month, state in rows])
        yield f"有 {len(rows)} 个月的月报没有上报：{named}。请先上报，再结账。"


def _batches(store: Store, year: int) -> Iterator[str]:
    rows = store.rows(
        "SELECT b.number, b.state FROM batch b WHERE substr(b.created_on, 1, 4) <= ?1 AND b.state NOT IN ('archived', 'cancelled',"
        " 'settled') AND (b.state <> 'settling' OR EXISTS (SELECT 1 FROM payment p WHERE p.batch_id = b.id"
        " AND p.bucket IN ('pending', 'in_flight'))) ORDER BY b.number",
        (str(year),),
    )
    if rows:
        named = _some([f"{number}（{BATCH_STATE_NAMES[BatchState(state)]}）" for number, state in rows])
        yield (
            f"有 {len(rows)} 个批次没有办完：{named}。请办到结清或作废；只剩失败和退票的不影响结账，会转为历年退回。"
        )


def _books(store: Store, year: int) -> Iterator[str]:
    booked = {(batch, ledger): fen for batch, ledger, fen in booked_on_batches(store)}
    expected = {(batch, ledger): fen for batch, ledger, fen in expected_on_batches(store)}
    wrong = {key[0] for key in booked.keys() | expected.keys() if booked.get(key, 0) != expected.get(key, 0)}
    if wrong:
        numbers = [
            str(store.value("SELECT number FROM batch WHERE id = ?", (batch,))) for batch in sorted(wrong)
        ]
        yield f"有 {len(wrong)} 个批次的账和款项去向对不上：{_some(numbers)}。请先运行体检查明。"
    deposit = sum(one.fen for one in balances(store, year) if one.ledger is Ledger.DEPOSIT)
    if deposit < 0:
        yield f"年末代发专户账面余额是 {yuan_text(Fen(deposit))} 元，不应小于 0。请核对银行对账单，补记到账。"


def _some(names: list[str]) -> str:
    more = f"等 {len(names)} 个" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more


# -- what is carried ------------------------------------------------------------------------------------------


def balances(store: Store, year: int) -> list[Balance]:
    """What the books stood at on 31 December, by account, program and allotment; what is 0 is left out."""
    found = []
    for ledger, program_id, program, allotment_id, document, debit_fen in store.rows(
        "SELECT l.ledger, coalesce(l.program_id, 0), coalesce(g.name, ''), coalesce(l.allotment_id, 0), coalesce(a.document, ''),"
        " sum(l.debit_fen - l.credit_fen) AS fen FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id"
        " LEFT JOIN program g ON g.id = l.program_id LEFT JOIN allotment a ON a.id = l.allotment_id"
        " WHERE v.month <= ? GROUP BY l.ledger, l.program_id, l.allotment_id HAVING fen <> 0"
        " ORDER BY g.code, a.issued_on, a.id",
        (f"{year}-12",),
    ):
        kind = Ledger(ledger)
        fen = Fen(debit_fen if kind in GROWS_ON_DEBIT else -debit_fen)
        found.append(Balance(kind, program_id, program, allotment_id, document, fen))
    order = list(Ledger)
    return sorted(found, key=lambda one: order.index(one.ledger))


def kept_balances(store: Store, year: int) -> list[Balance]:
    """The balances as a closed year kept them; [] for one that is open."""
    return [
        Balance(Ledger(ledger), program_id, program, allotment_id, document, Fen(fen))
        for ledger, program_id, program, allotment_id, document, fen in store.rows(
            "SELECT b.ledger, b.program_id, coalesce(g.name, ''), b.allotment_id, coalesce(a.document, ''), b.fen"
            " FROM year_balance b JOIN year_close c ON c.id = b.close_id LEFT JOIN program g ON g.id = b.program_id"
            " LEFT JOIN allotment a ON a.id = b.allotment_id WHERE c.year = ? AND c.state <> 'open'"
            " ORDER BY b.ledger, g.code, a.issued_on, a.id",
            (year,),
        )
    ]


def moved_balances(store: Store) -> list[tuple[int, Balance, Fen]]:
    """(year, balance as kept, what the books say now) of every closed year whose books moved after it was closed."""
    wrong = []
    for (year,) in store.rows("SELECT year FROM year_close WHERE state <> 'open' ORDER BY year"):
        now = {(one.ledger, one.program_id, one.allotment_id): one for one in balances(store, year)}
        kept = {(one.ledger, one.program_id, one.allotment_id): one for one in kept_balances(store, year)}
        for key in now.keys() | kept.keys():
            has, was = now.get(key), kept.get(key)
            if (has.fen if has else 0) != (was.fen if was else 0):
                shown = was or now[key]
                wrong.append((int(year), shown, Fen(has.fen if has else 0)))
    return wrong


_RETURN_COLUMNS: Final = (
    " b.number, p.line, g.name, p.name, p.id_number, p.account_number, r.bucket, r.fen, r.failed_on, p.reason, r.voucher_id,"
    " coalesce(v.month || '/' || printf('记-%04d', v.number), ''), r.slip_sha256,"
    " coalesce((SELECT group_concat(DISTINCT o.document) FROM batch_funding f JOIN allotment o ON o.id = f.allotment_id"
    " WHERE f.batch_id = coalesce(b.source_batch_id, b.id)), ''), p.bucket"
)
_RETURN_JOINS: Final = (
    " JOIN payment p ON p.id = r.payment_id JOIN batch b ON b.id = p.batch_id JOIN program g ON g.id = p.program_id"
    " LEFT JOIN voucher v ON v.id = r.voucher_id"
)


def open_returns(store: Store, year: int) -> list[OpenReturn]:
    """What was failed or bounced by 31 December and neither sent again nor closed by then, by batch and line: 退回待处理 in the books."""
    end = f"{year}-12-31"
    return _returns(
        store.rows(
            "WITH r AS (SELECT p.id AS payment_id, CASE a.state WHEN 'failed' THEN 'failed' ELSE 'returned' END AS bucket,"
            f" p.owed_fen AS fen, {CAME_BACK_SQL} AS failed_on, (SELECT max(w.id) FROM voucher w WHERE w.batch_id = p.batch_id"
            f" AND w.event = CASE a.state WHEN 'failed' THEN 'fail' ELSE 'bounce' END AND w.posted_on = {CAME_BACK_SQL}) AS voucher_id,"
            " coalesce(x.sha256, '') AS slip_sha256 FROM payment p JOIN attempt a ON a.id ="
            " (SELECT max(y.id) FROM attempt y WHERE y.payment_id = p.id) LEFT JOIN bank_return x ON x.id = a.return_id"
            " WHERE a.state IN ('failed', 'bounced')"
            f" AND coalesce({WENT_ON_SQL}, '9999') > ?1)"
            f" SELECT r.payment_id,{_RETURN_COLUMNS} FROM r{_RETURN_JOINS} WHERE r.failed_on <= ?1 ORDER BY b.number, p.line",
            (end,),
        )
    )


def carried_returns(store: Store, year: int | None = None) -> list[OpenReturn]:
    """The register 历年退回 as closed years kept it, of a year or all, with what became of each since (`now`)."""
    return _returns(
        store.rows(
            f"SELECT r.payment_id,{_RETURN_COLUMNS} FROM year_return r JOIN year_close c ON c.id = r.close_id{_RETURN_JOINS}"
            " WHERE c.state <> 'open' AND c.year = coalesce(?, c.year) ORDER BY c.year, b.number, p.line",
            (year,),
        )
    )


def _returns(rows: list[Row]) -> list[OpenReturn]:
    typed = [(*row[:7], Bucket(row[7]), *row[8:15], Bucket(row[15])) for row in rows]
    return [OpenReturn(*row) for row in typed]
