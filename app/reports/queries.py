"""Windows of reports: the months and where their returns are, what changed since a return was sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.ledger.queries import month_of
from app.reports.figures import MOVED_MONTHS, monthly_figures
from app.reports.monthly_return import FIELDS, NONE, Figures, MonthlyReturn, as_json
from models.domain.flows.report_flow import REPORT_STATE_NAMES, ReportState
from models.domain.refusal import Refusal
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class ReportView:
    """A month with activity or with a return: its state, when that changed and why, the file as sent."""

    month: str
    state: ReportState
    changed_on: str
    reason: str
    file_sha256: str

    @property
    def state_name(self) -> str:
        """未上报, 已上报 …"""
        return REPORT_STATE_NAMES[self.state]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is no longer what was reported; `span` is 'month' or 'year', the values in fen or counts."""

    program: str
    name: str
    span: str
    field: str
    reported: int
    now: int


def reports(store: Store) -> list[ReportView]:
    """Every month in which something moved or a return was made, the earliest first; one that has not begun only if it was made."""
    return [
        ReportView(month, ReportState(state), changed_on, reason, sha256)
        for month, state, changed_on, reason, sha256 in store.rows(
            "SELECT m.month, coalesce(r.state, 'unreported'), coalesce(r.changed_on, ''), coalesce(r.reason, ''),"
            f" coalesce(r.file_sha256, '') FROM (SELECT month FROM {MOVED_MONTHS} UNION SELECT month FROM monthly_return"
            " UNION SELECT month FROM opening_figure) m LEFT JOIN monthly_return r ON r.month = m.month"
            " WHERE r.month IS NOT NULL OR m.month <= substr((SELECT max(coalesce(o.last_business_date, ''), a.day) FROM office o,"
            " (SELECT business_date AS day FROM audit_line ORDER BY seq DESC LIMIT 1) a), 1, 7)"
            " ORDER BY m.month"
        )
    ]


class NotSentYet(Refusal):
    """There is no file of a month that was not reported."""

    form = "{month} 的月报还没有上报过，没有上报时的文件。请用 report monthly 输出现在的数字。"
    in_window = "{month} 的月报还没有上报过，没有上报时的文件。现在的数字请按“保存月报”存出来。"


def sent_file(store: Store, month: str) -> tuple[str, str]:
    """Name and SHA-256 of a month's workbook as it was last sent. Raises NotMonth, NotSentYet."""
    month = month_of(month)
    row = store.row(
        "SELECT f.name, f.sha256 FROM monthly_return r JOIN stored_file f ON f.sha256 = r.file_sha256 WHERE r.month = ?",
        (month,),
    )
    if row is None:
        raise NotSentYet(month=month)
    return str(row[0]), str(row[1])


def differences(store: Store, month: str) -> list[Difference]:
    """What changed since the month was reported; nothing for one that was not."""
    kept = store.value(
        "SELECT figures FROM monthly_return WHERE month = ? AND state IN ('reported', 'confirmed')", (month,)
    )
    if kept is None:
        return []
    reported, now = _by_program(json.loads(kept)), _by_program(as_json(monthly_figures(store, month)))
    found = []
    for code in sorted(reported.keys() | now.keys()):
        one, other = reported.get(code, {}), now.get(code, {})
        name = str((other or one)["name"])
        for span in ("month", "year"):
            was, now_is = _figures(one, span), _figures(other, span)
            found += [
                Difference(code, name, span, field, was.get(field, 0), now_is.get(field, 0))
                for field in FIELDS
                if was.get(field, 0) != now_is.get(field, 0)
            ]
    return found


def sent_year(store: Store, month: str) -> Mapping[str, Mapping[str, int]] | None:
    """What a month's return said of each program's 累计, as it was sent; None where it was not, or was sent back."""
    kept = store.value(
        "SELECT figures FROM monthly_return WHERE month = ? AND state IN ('reported', 'confirmed')", (month,)
    )
    if kept is None:
        return None
    return {code: _figures(one, "year") for code, one in _by_program(json.loads(kept)).items()}


def _by_program(body: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    programs = body["programs"]
    assert isinstance(programs, list)  # our own form, written by `as_json`  # noqa: S101
    return {str(one["program"]): one for one in programs}


def _figures(program: Mapping[str, object], span: str) -> Mapping[str, int]:
    found = program.get(span, {})
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of a month's return as it is read: a program's, a department's 小计 or the 合计, of 本月 ('month') or 累计 ('year')."""

    department: str
    name: str
    documents: tuple[str, ...]
    levels: tuple[str, ...]
    span: str
    figures: Figures
    paid_on: tuple[str, ...] = ()
    remark: str = ""
    is_sum: bool = False


def report_lines(found: MonthlyReturn) -> list[ReportLine]:
    """The lines of a return in the order of its workbook: 本月 and 累计 of each program, then of its department, then of all."""
    lines: list[ReportLine] = []
    for department, rows in found.departments.items():
        for row in rows:
            lines += [
                ReportLine(
                    department,
                    row.name,
                    row.documents,
                    row.levels,
                    "month",
                    row.month,
                    row.paid_on,
                    row.remark,
                ),
                ReportLine(department, row.name, (), (), "year", row.year),
            ]
        sums = sum((row.month for row in rows), NONE), sum((row.year for row in rows), NONE)
        lines += [
            ReportLine(department, "小计", (), (), span, one, is_sum=True)
            for span, one in zip(("month", "year"), sums, strict=True)
        ]
    totals = found.month_total, found.year_total
    return lines + [
        ReportLine("", "合计", (), (), span, one, is_sum=True)
        for span, one in zip(("month", "year"), totals, strict=True)
    ]


def month_to_report(store: Store) -> str:
    """The earliest month that waits to be reported, the latest known one where none waits, '' for an empty office.

    A month in which money only came in waits for nobody: the next return tells it in its 累计.
    """
    known = reports(store)
    moved = {row[0] for row in store.rows("SELECT DISTINCT month FROM month_tally")}
    waiting = [
        one.month
        for one in known
        if one.state is ReportState.SENT_BACK or (one.state is ReportState.UNREPORTED and one.month in moved)
    ]
    return waiting[0] if waiting else known[-1].month if known else ""
