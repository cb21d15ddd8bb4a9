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
from collections.abc import Iterator
from typing import Final

from app.audit.queries import head
from app.ledger.queries import month_of
from app.reports.monthly_return import (
    FIELDS,
    MONEY_NAMES,
    NONE,
    AllotmentFigures,
    BookFigures,
    Figures,
    MonthlyReturn,
    ProgramFigures,
)
from models.domain.flows.report_flow import ReportState
from models.domain.money import Fen, yuan_text
from models.domain.posting import Event
from models.store.opening import Store


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


# A carry-over counts in the year it is carried into, from that year's January; what left an allotment counts when it left
# within the allotment's own year, so that a balance carried in January is still December's.
_MOVED: Final = f"""
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
       WHERE l.ledger = 'funded' AND v.event IN ('{Event.RECEIPT}', '{Event.REVERSE}'))"""
_FUNDS: Final = f"""{_MOVED}
    SELECT program_id, month, sum(should), sum(received) FROM moved
     WHERE program_id IS NOT NULL AND month BETWEEN ? AND ? GROUP BY program_id, month
"""
MOVED_MONTHS: Final = f"""({_MOVED}
    SELECT month FROM moved UNION SELECT month FROM month_tally UNION SELECT month FROM voucher)"""
"""A table of the months (`month`, YYYY-MM, each once) in which anything that a return tells moved: allotted, received, paid, booked."""


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
