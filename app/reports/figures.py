"""The figures of a monthly return 月报 (DOMAIN §12), summed from what the acts left beside the payments.

Nothing here touches a payment: a month of three million of them is as quick as a month of three. What counts as what:

- 应到位 is allotted in the month (or carried in), adjusted or cut; 已到位 is what 拨入 says was received or carried in. Money
  of an office's opening stands in its opening figures, never in these.
- 应发 is owed at approval less what was stopped later, of regular batches; 实发 is paid less returned and recovered, of all;
  补发 is what reissues paid, and is inside 实发; 失败 is what the bank refused and what came back later.
- what is recovered in a later year goes to the treasury: it stands in 备注 and leaves 实发 of the closed year alone.
- 户 and 人 are distinct within one batch; 累计 adds the months of a calendar year, so there they are 户次, 人次.
- 上月累计 is what the last return of the year said when it was sent: the county has those figures. What was booked into its
  months afterwards is counted in 本月 of the next return, and 备注 says so, as books do after a month is closed.
- 结余 is 已到位 less 实发, both 累计.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final

from app.audit.queries import head
from app.ledger.queries import month_of
from models.domain.flows.report_flow import ReportState
from models.domain.money import Fen, yuan_text
from models.domain.posting import Event
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of figures; `…_fen` in fen, the others are counts."""

    should_fen: int = 0
    received_fen: int = 0
    owed_households: int = 0
    owed_people: int = 0
    owed_fen: int = 0
    paid_households: int = 0
    paid_people: int = 0
    paid_fen: int = 0
    failed_payments: int = 0
    failed_fen: int = 0
    reissued_payments: int = 0
    reissued_fen: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in FIELDS))

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) - getattr(other, name) for name in FIELDS))

    @property
    def balance_fen(self) -> int:
        """结余: received less paid."""
        return self.received_fen - self.paid_fen


FIELDS: Final = tuple(field.name for field in fields(Figures))
NONE: Final = Figures()


@dataclass(frozen=True, slots=True)
class ProgramFigures:
    """A program in a month; `before` is 上月累计 (this calendar year's earlier months and the opening)."""

    department: str
    code: str
    name: str
    documents: tuple[str, ...]
    levels: tuple[str, ...]
    month: Figures
    before: Figures
    opening: Figures
    paid_on: tuple[str, ...]
    remark: str

    @property
    def year(self) -> Figures:
        """累计."""
        return self.before + self.month


@dataclass(frozen=True, slots=True)
class AllotmentFigures:
    """An allotment as it stood at the end of the month, in fen; `limit_fen` is the smaller of allotted and received."""

    department: str
    program: str
    document: str
    level: str
    year: int
    issued_on: str
    allotted_fen: int
    received_fen: int
    used_fen: int

    @property
    def limit_fen(self) -> int:
        """What may be used."""
        return min(self.allotted_fen, self.received_fen)


@dataclass(frozen=True, slots=True)
class BookFigures:
    """What the vouchers of the year say, up to the end of the month, without openings and carry-overs; in fen."""

    funded_fen: int
    carried_fen: int
    expense_fen: int
    come_back_fen: int


@dataclass(frozen=True, slots=True)
class MonthlyReturn:
    """A whole month's return. `rows` by department, then in the order of the catalogue."""

    month: str
    township: str
    state: ReportState
    audit_head: str
    rows: tuple[ProgramFigures, ...]
    allotments: tuple[AllotmentFigures, ...]
    books: BookFigures

    @property
    def departments(self) -> Mapping[str, tuple[ProgramFigures, ...]]:
        """The rows by department, in order."""
        names = dict.fromkeys(row.department for row in self.rows)
        return {name: tuple(row for row in self.rows if row.department == name) for name in names}

    @property
    def month_total(self) -> Figures:
        """合计 of 本月."""
        return sum((row.month for row in self.rows), NONE)

    @property
    def before_total(self) -> Figures:
        """合计 of 上月累计."""
        return sum((row.before for row in self.rows), NONE)

    @property
    def opening_total(self) -> Figures:
        """合计 of the opening figures of this year."""
        return sum((row.opening for row in self.rows), NONE)

    @property
    def year_total(self) -> Figures:
        """合计 of 累计."""
        return self.before_total + self.month_total


@dataclass(frozen=True, slots=True)
class Check:
    """A cross-check 核对: `one` + `other` must be `whole`, in fen."""

    name: str
    one_fen: int
    other_fen: int
    whole_fen: int

    @property
    def passed(self) -> bool:
        """Whether it does."""
        return self.one_fen + self.other_fen == self.whole_fen


MONEY_NAMES: Final = {
    "should_fen": "应到位",
    "received_fen": "已到位",
    "owed_fen": "应发金额",
    "paid_fen": "实发金额",
    "failed_fen": "失败金额",
    "reissued_fen": "补发金额",
}


def monthly_figures(store: Store, month: str) -> MonthlyReturn:
    """The figures of a month ('YYYY-MM') as the office stands now. Raises NotMonth."""
    month = month_of(month)
    january = f"{month[:4]}-01"
    monthly: dict[int, Figures] = {}
    before: dict[int, Figures] = {}
    for program_id, at, found in (*_funds(store, january, month), *_events(store, january, month)):
        side = monthly if at == month else before
        side[program_id] = side.get(program_id, NONE) + found
    opening = opening_figures(store, january, month)
    for program_id, found in opening.items():
        before[program_id] = before.get(program_id, NONE) + found
    sent_month, late = _booked_late(store, january, month)
    for program_id, found in late.items():
        before[program_id] = before.get(program_id, NONE) - found
        monthly[program_id] = monthly.get(program_id, NONE) + found
    documents, levels = _documents(store, january, month)
    paid_on, remarks = _paid_on(store, month), _remarks(store, month)
    rows = tuple(
        ProgramFigures(
            department,
            code,
            name,
            documents.get(program_id, ()),
            levels.get(program_id, ()),
            monthly.get(program_id, NONE),
            before.get(program_id, NONE),
            opening.get(program_id, NONE),
            paid_on.get(program_id, ()),
            "；".join(
                filter(
                    None, (remarks.get(program_id, ""), _late_words(sent_month, late.get(program_id, NONE)))
                )
            ),
        )
        for program_id, department, code, name in store.rows(
            "SELECT id, department, code, name FROM program ORDER BY department, id"
        )
        if program_id in monthly or program_id in before
    )
    return MonthlyReturn(
        month,
        str(store.value("SELECT township FROM office")),
        state_of(store, month),
        head(store),
        rows,
        _allotments(store, month),
        _books(store, january, month),
    )


def state_of(store: Store, month: str) -> ReportState:
    """Where a month's return is; 未上报 where nothing was done yet."""
    return ReportState(
        store.value("SELECT state FROM monthly_return WHERE month = ?", (month,)) or ReportState.UNREPORTED
    )


def checks_of(figures: MonthlyReturn) -> tuple[Check, ...]:
    """The cross-checks of a return, in the order in which its 核对 sheet has them."""
    month, before, year = figures.month_total, figures.before_total, figures.year_total
    opening, books = figures.opening_total, figures.books
    return (
        *(
            Check(
                f"累计 = 上月累计 + 本月：{name}",
                getattr(before, field),
                getattr(month, field),
                getattr(year, field),
            )
            for field, name in MONEY_NAMES.items()
        ),
        *(
            Check(
                f"小计 = 各项目之和：{department} {name}（累计）",
                sum(getattr(row.year, field) for row in rows),
                0,
                getattr(sum((row.year for row in rows), NONE), field),
            )
            for department, rows in figures.departments.items()
            for field, name in MONEY_NAMES.items()
        ),
        Check("已到位 − 实发 = 结余（累计）", year.received_fen, -year.paid_fen, year.balance_fen),
        Check(
            "账簿“补贴资金拨入” + 期初与结转 = 已到位（累计）",
            books.funded_fen,
            books.carried_fen + opening.received_fen,
            year.received_fen,
        ),
        Check("账簿“补贴支出” + 期初 = 应发金额（累计）", books.expense_fen, opening.owed_fen, year.owed_fen),
        Check(
            "账簿“退回待处理补贴款”转入 + 期初 = 失败金额（累计）",
            books.come_back_fen,
            opening.failed_fen,
            year.failed_fen,
        ),
    )


def as_json(figures: MonthlyReturn) -> dict[str, object]:
    """The form that scripts read and that is kept with the return."""

    def one(found: Figures) -> dict[str, int]:
        return {**asdict(found), "balance_fen": found.balance_fen}

    return {
        "month": figures.month,
        "state": figures.state.value,
        "audit_head": figures.audit_head,
        "programs": [
            {
                "department": row.department,
                "program": row.code,
                "name": row.name,
                "documents": list(row.documents),
                "levels": list(row.levels),
                "month": one(row.month),
                "year": one(row.year),
                "paid_on": list(row.paid_on),
                "remark": row.remark,
            }
            for row in figures.rows
        ],
        "total": {"month": one(figures.month_total), "year": one(figures.year_total)},
        "checks": [
            {
                "name": check.name,
                "passed": check.passed,
                "difference_fen": check.one_fen + check.other_fen - check.whole_fen,
            }
            for check in checks_of(figures)
        ],
    }


# -- where the figures come from ---------------------------------------------------------------------------

# A carry-over counts in the year it is carried into, from that year's January; what left an allotment counts when it left
# within the allotment's own year, so that a balance carried in January is still December's.
_FUNDS: Final = f"""
    WITH moved (program_id, month, should, received) AS (
      SELECT program_id, max(substr(issued_on, 1, 7), year || '-01'), allotted_fen, 0 FROM allotment
       WHERE withdrawn_on IS NULL AND is_opening = 0 AND carried_from IS NULL
      UNION ALL
      SELECT a.program_id, substr(c.changed_on, 1, 7), c.fen, 0 FROM allotment_change c
        JOIN allotment a ON a.id = c.allotment_id WHERE a.withdrawn_on IS NULL AND c.kind <> 'carry_out'
      UNION ALL
      SELECT a.program_id, substr(c.changed_on, 1, 7), c.fen, c.fen FROM allotment_change c
        JOIN allotment a ON a.id = c.allotment_id WHERE c.kind = 'carry_out' AND substr(c.changed_on, 1, 4) = a.year || ''
      UNION ALL
      SELECT l.program_id, max(v.month, a.year || '-01'), l.credit_fen, l.credit_fen FROM voucher_line l
        JOIN voucher v ON v.id = l.voucher_id JOIN allotment a ON a.id = l.allotment_id
       WHERE l.ledger = 'funded' AND v.event = '{Event.CARRY_OVER}' AND l.credit_fen > 0
      UNION ALL
      SELECT l.program_id, v.month, 0, l.credit_fen - l.debit_fen FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id
       WHERE l.ledger = 'funded' AND v.event IN ('{Event.RECEIPT}', '{Event.REVERSE}'))
    SELECT program_id, month, sum(should), sum(received) FROM moved
     WHERE program_id IS NOT NULL AND month BETWEEN ? AND ? GROUP BY program_id, month
"""


def _funds(store: Store, first: str, last: str) -> Iterator[tuple[int, str, Figures]]:
    for program_id, month, should, received in store.rows(_FUNDS, (first, last)):
        yield program_id, month, Figures(should_fen=should, received_fen=received)


def _events(store: Store, first: str, last: str) -> Iterator[tuple[int, str, Figures]]:
    for program_id, month, kind, event, households, people, payments, fen in store.rows(
        "SELECT b.program_id, t.month, b.kind, t.event, sum(t.households), sum(t.people), sum(t.payments), sum(t.fen)"
        " FROM month_tally t JOIN batch b ON b.id = t.batch_id WHERE t.month BETWEEN ? AND ?"
        " GROUP BY b.program_id, t.month, b.kind, t.event",
        (first, last),
    ):
        yield program_id, month, _of_event(kind, event, households, people, payments, fen)


def _of_event(kind: str, event: str, households: int, people: int, payments: int, fen: int) -> Figures:
    match kind, event:
        case "regular", "owed":
            return Figures(owed_households=households, owed_people=people, owed_fen=fen)
        case "regular", "stopped":
            return Figures(owed_households=-households, owed_people=-people, owed_fen=-fen)
        case "regular", "paid":
            return Figures(paid_households=households, paid_people=people, paid_fen=fen)
        case "reissue", "paid":
            return Figures(
                paid_households=households,
                paid_people=people,
                paid_fen=fen,
                reissued_payments=payments,
                reissued_fen=fen,
            )
        case _, "failed":
            return Figures(failed_payments=payments, failed_fen=fen)
        case _, "returned":
            return Figures(
                paid_households=-households,
                paid_people=-people,
                paid_fen=-fen,
                failed_payments=payments,
                failed_fen=fen,
            )
        case _, "recovered":
            return Figures(paid_households=-households, paid_people=-people, paid_fen=-fen)
    return NONE


def _booked_late(store: Store, first: str, month: str) -> tuple[str, dict[int, Figures]]:
    """The last month reported before this one in its year, and what was booked up to it after it was sent, by program."""
    row = store.row(
        "SELECT month, figures FROM monthly_return WHERE month >= ? AND month < ? AND state IN ('reported', 'confirmed')"
        " ORDER BY month DESC LIMIT 1",
        (first, month),
    )
    if row is None:
        return "", {}
    sent_month, body = row
    now: dict[int, Figures] = dict(opening_figures(store, first, sent_month))
    for program_id, _, found in (*_funds(store, first, sent_month), *_events(store, first, sent_month)):
        now[program_id] = now.get(program_id, NONE) + found
    ids: dict[str, int] = dict(store.rows("SELECT code, id FROM program"))
    sent = {
        ids[one["program"]]: Figures(*(one["year"][field] for field in FIELDS))
        for one in json.loads(body)["programs"]
    }
    late = {one: now.get(one, NONE) - sent.get(one, NONE) for one in now.keys() | sent.keys()}
    return sent_month, {one: found for one, found in late.items() if found != NONE}


def _late_words(sent_month: str, late: Figures) -> str:
    parts = [
        f"{name} {yuan_text(Fen(fen))} 元"
        for field, name in MONEY_NAMES.items()
        if (fen := getattr(late, field))
    ]
    return f"本月含 {sent_month} 上报后变动：{'、'.join(parts)}" if parts else ""


def opening_figures(store: Store, first: str, last: str) -> dict[int, Figures]:
    """The opening figures by program that belong to the months `first` to `last` of one year."""
    return {
        program_id: Figures(**json.loads(body))
        for program_id, body in store.rows(
            "SELECT program_id, body FROM opening_figure WHERE month BETWEEN ? AND ?", (first, last)
        )
    }


_LEVELS: Final = ("中央", "省", "市", "县", "乡镇")


def _documents(
    store: Store, first: str, last: str
) -> tuple[dict[int, tuple[str, ...]], dict[int, tuple[str, ...]]]:
    documents: dict[int, dict[str, None]] = {}
    levels: dict[int, set[str]] = {}
    for program_id, document, level in store.rows(
        "SELECT program_id, document, level FROM allotment WHERE withdrawn_on IS NULL"
        " AND (max(substr(issued_on, 1, 7), year || '-01') BETWEEN ?1 AND ?2"
        " OR is_opening = 1 AND year || '' = substr(?1, 1, 4)) ORDER BY issued_on, document_key, id",
        (first, last),
    ):
        documents.setdefault(program_id, {})[document] = None
        levels.setdefault(program_id, set()).add(level)
    return (
        {program_id: tuple(found) for program_id, found in documents.items()},
        {
            program_id: tuple(level for level in _LEVELS if level in found)
            for program_id, found in levels.items()
        },
    )


def _paid_on(store: Store, month: str) -> dict[int, tuple[str, ...]]:
    """When the batches went to the bank of which something was paid in the month."""
    days: dict[int, list[str]] = {}
    for program_id, day in store.rows(
        "SELECT DISTINCT b.program_id, b.sent_on FROM month_tally t JOIN batch b ON b.id = t.batch_id"
        " WHERE t.month = ? AND t.event = 'paid' AND b.sent_on IS NOT NULL ORDER BY b.program_id, b.sent_on",
        (month,),
    ):
        days.setdefault(program_id, []).append(day)
    return {program_id: tuple(found) for program_id, found in days.items()}


_REMARKED: Final = {
    "stopped": "停发",
    "returned": "退票",
    "recovered": "追回",
    "recovered_late": "追回以前年度",
    "closed_unpaid": "关闭未付",
}


def _remarks(store: Store, month: str) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for program_id, event, payments, fen in store.rows(
        "SELECT b.program_id, t.event, sum(t.payments), sum(t.fen) FROM month_tally t JOIN batch b ON b.id = t.batch_id"
        " WHERE t.month = ? AND t.event IN ('stopped', 'returned', 'recovered', 'recovered_late', 'closed_unpaid')"
        " GROUP BY b.program_id, t.event HAVING sum(t.fen) <> 0 ORDER BY b.program_id, t.event",
        (month,),
    ):
        count = f" {payments} 笔" if payments else ""
        found.setdefault(program_id, []).append(f"{_REMARKED[event]}{count} {yuan_text(Fen(fen))} 元")
    return {program_id: "；".join(parts) for program_id, parts in found.items()}


def _allotments(store: Store, month: str) -> tuple[AllotmentFigures, ...]:
    """The allotments as they stood at the end of the month; those of earlier years only while money is left on them."""
    found = (
        AllotmentFigures(*row)
        for row in store.rows(
            """
            SELECT g.department, g.name, a.document, a.level, a.year, a.issued_on,
                   a.allotted_fen + (SELECT coalesce(sum(c.fen), 0) FROM allotment_change c
                     WHERE c.allotment_id = a.id AND substr(c.changed_on, 1, 7) <= ?1),
                   (SELECT coalesce(sum(l.credit_fen - l.debit_fen), 0) FROM voucher_line l
                      JOIN voucher v ON v.id = l.voucher_id
                     WHERE l.allotment_id = a.id AND l.ledger = 'funded' AND v.month <= ?1),
                   (SELECT coalesce(sum(l.debit_fen - l.credit_fen), 0) FROM voucher_line l
                      JOIN voucher v ON v.id = l.voucher_id
                     WHERE l.allotment_id = a.id AND l.ledger = 'expense' AND v.month <= ?1)
              FROM allotment a JOIN program g ON g.id = a.program_id
             WHERE a.withdrawn_on IS NULL AND substr(a.issued_on, 1, 7) <= ?1
             ORDER BY g.department, g.id, a.issued_on, a.document_key, a.id""",
            (month,),
        )
    )
    return tuple(one for one in found if one.year >= int(month[:4]) or one.limit_fen != one.used_fen)


def _books(store: Store, first: str, last: str) -> BookFigures:
    funded, expense, come_back = store.rows(
        f"""
        SELECT coalesce(sum(CASE WHEN l.ledger = 'funded' AND v.event NOT IN ('{Event.OPENING}', '{Event.CARRY_OVER}')
                            THEN l.credit_fen - l.debit_fen END), 0),
               coalesce(sum(CASE WHEN l.ledger = 'expense' AND v.event IN ('{Event.APPROVE}', '{Event.STOP}', '{Event.RESTORE}')
                            THEN l.debit_fen - l.credit_fen END), 0),
               coalesce(sum(CASE WHEN l.ledger = 'returned' AND v.event IN ('{Event.FAIL}', '{Event.BOUNCE}')
                            THEN l.credit_fen END), 0)
          FROM voucher v CROSS JOIN voucher_line l ON l.voucher_id = v.id WHERE v.month BETWEEN ?1 AND ?2""",
        (first, last),
    )[0]
    return BookFigures(funded, store.value(_CARRIED, (first, last)), expense, come_back)


_CARRIED: Final = f"""
    SELECT coalesce(sum(fen), 0) FROM (
      SELECT max(v.month, a.year || '-01') AS month, l.credit_fen AS fen FROM voucher_line l
        JOIN voucher v ON v.id = l.voucher_id JOIN allotment a ON a.id = l.allotment_id
       WHERE l.ledger = 'funded' AND v.event = '{Event.CARRY_OVER}' AND l.credit_fen > 0
      UNION ALL
      SELECT v.month, -l.debit_fen FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id
        JOIN allotment a ON a.id = l.allotment_id
       WHERE l.ledger = 'funded' AND v.event = '{Event.CARRY_OVER}' AND l.debit_fen > 0 AND substr(v.month, 1, 4) = a.year || '')
     WHERE month BETWEEN ? AND ?
"""
