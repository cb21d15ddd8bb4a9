"""The doors of reports: opening figures, and a month's return on its way: 未上报 → 已上报 → 已确认, 已上报 → 退回 → 已上报."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from app.access.queries import several_posts_line
from app.access.steps import put_setting
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.ledger.queries import month_of
from app.reports.catalogue.phones import SETTING as PHONES_SETTING
from app.reports.catalogue.phones import checked_phone, department_phones
from app.reports.figures import monthly_figures, state_of
from app.reports.monthly_return import MonthlyReturn, as_json, checks_of
from app.reports.opening import read_opening_form
from app.reports.sheet import write_monthly
from app.reports.tie_out import TieOut, tie_out, tie_out_sheets, untied
from models.domain.flows.report_flow import REPORT_STATE_NAMES, ReportState, ReportStep, follow
from models.domain.money import Fen
from models.domain.permission import Permission
from models.domain.refusal import Refusal
from models.store.closing import refuse_closed_year
from models.store.durable import read_bytes
from models.store.opening import Store

_SENT = (ReportState.REPORTED, ReportState.CONFIRMED)


class PriorMonthNotReported(Refusal):
    """Months are reported in their order."""

    form = "{prior}的月报现在是“{state}”，要先上报 {prior}，才能上报 {month}。请先用 report submit {prior} 上报。"
    in_window = (
        "{prior}的月报现在是“{state}”，要先上报 {prior}，才能上报 {month}。请在左边选中 {prior}，先上报它。"
    )


class MonthNotBegun(Refusal):
    """A month in the future."""

    form = "{month} 还没有开始（业务日期是 {today}），不能上报。请核对月份。"


class OpeningNotGiven(Refusal):
    """Money stands in opening allotments, but the first return has no opening figures for it."""

    form = "项目“{programs}”登记了期初指标，但没有期初数，{month} 作为第一个上报月份累计数会不全。请先用 report opening 登记期初数。"
    in_window = "项目“{programs}”登记了期初指标，但没有期初数，{month} 作为第一个上报月份累计数会不全。请先按“登记期初数”登记。"


class OpeningIsFixed(Refusal):
    """Opening figures that a reported month was built on."""

    form = "{month} 的月报已经上报，期初数不能再改。上级退回这个月的月报以后才能修改。"


class OpeningTooLate(Refusal):
    """Opening figures for a month before which money already moved here."""

    form = "{earliest} 已经有发放，期初数只能登记在它或更早的月份之前，不能登记到 {month}。请把月份改为 {earliest}。"


class SendBackReasonMissing(Refusal):
    """A return sent back without a word."""

    form = "退回 {month} 的月报必须写明原因。请填写后重试。"


@use_case("report.opening", Permission.REPORT)
def set_opening(desk: Desk, *, path: Path, month: str) -> Changes:
    """Take the opening figures from their form: what the year had reached before `month`, the office's first.

    Given again before the first return, they replace those given before. Raises NotMonth, OpeningIsFixed,
    OpeningTooLate, and what reading the form raises.
    """
    store = desk.store
    month = month_of(month)
    reported = store.value("SELECT min(month) FROM monthly_return WHERE state IN ('reported', 'confirmed')")
    if reported is not None:
        raise OpeningIsFixed(month=reported)
    earliest = store.value("SELECT min(month) FROM month_tally")
    if earliest is not None and month > earliest:
        raise OpeningTooLate(earliest=earliest, month=month)
    found = read_opening_form(store, path)
    store.keep_file(read_bytes(path), path.name, "opening", desk.at)
    store.execute("DELETE FROM opening_figure")
    store.execute_many(
        "INSERT INTO opening_figure (program_id, month, body) VALUES (?, ?, ?)",
        [(program_id, month, json.dumps(asdict(figures))) for program_id, figures in found.items()],
    )
    received, paid = (
        Fen(sum(getattr(one, field) for one in found.values())) for field in ("received_fen", "paid_fen")
    )
    return changes(
        Topic.REPORTS,
        subject=f"opening {month}",
        counts={"programs": len(found), "received_fen": received, "paid_fen": paid},
        answer={"month": month, "programs": len(found), "received_fen": received, "paid_fen": paid},
    )


@use_case("report.submit", Permission.REPORT)
def submit_report(desk: Desk, *, month: str) -> Changes:
    """Report a month upward 上报: its figures and its workbook are kept as sent.

    Checks and relations of the tie-out that do not hold do not stop it (the county sees 不符 in the workbook); the answer names them.
    Raises NotMonth, MonthNotBegun, NoRoad (it is reported already), YearIsClosed, PriorMonthNotReported, OpeningNotGiven.
    """
    store = desk.store
    month = month_of(month)
    state = follow(state_of(store, month), ReportStep.REPORT)
    refuse_closed_year(store, month)
    if month > desk.day[:7]:
        raise MonthNotBegun(month=month, today=desk.day)
    _refuse_before_prior(store, month)
    figures = monthly_figures(store, month)
    name = f"{figures.township}补贴资金月报-{month}.xlsx"
    tied = tie_out(store, month, figures)
    sha256 = store.keep_file(_workbook(desk, figures, tied, state), name, "monthly_return", desk.at)
    body = as_json(figures) | {"state": state.value}
    store.execute(
        "INSERT INTO monthly_return (month, state, figures, file_sha256, changed_on) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (month) DO UPDATE SET state = excluded.state, figures = excluded.figures,"
        " file_sha256 = excluded.file_sha256, changed_on = excluded.changed_on, reason = ''",
        (month, state.value, json.dumps(body, ensure_ascii=False), sha256, desk.day),
    )
    failed = [check.name for check in checks_of(figures) if not check.passed] + untied(tied)
    total = figures.month_total
    return changes(
        Topic.REPORTS,
        subject=f"report {month}",
        counts={
            "programs": len(figures.rows),
            "owed_fen": total.owed_fen,
            "paid_fen": total.paid_fen,
            "sha256": sha256,
        },
        answer={
            "month": month,
            "state": state.value,
            "programs": len(figures.rows),
            "owed_fen": total.owed_fen,
            "paid_fen": total.paid_fen,
            "balance_fen": figures.year_total.balance_fen,
            "file": name,
            "sha256": sha256,
            "checks_failed": failed,
        },
    )


@use_case("report.confirm", Permission.CONFIRM_REPORT)
def confirm_report(desk: Desk, *, month: str) -> Changes:
    """Write down that the county took the month's return 确认. Raises NotMonth, NoRoad."""
    return _step(desk, month_of(month), ReportStep.CONFIRM, "")


@use_case("report.send_back", Permission.CONFIRM_REPORT)
def send_back_report(desk: Desk, *, month: str, reason: str) -> Changes:
    """Write down that the county sent the month's return back 退回, and why. Raises NotMonth, NoRoad, SendBackReasonMissing."""
    month = month_of(month)
    follow(state_of(desk.store, month), ReportStep.SEND_BACK)
    if not reason.strip():
        raise SendBackReasonMissing(month=month)
    return _step(desk, month, ReportStep.SEND_BACK, reason.strip())


@use_case("report.phones", Permission.SET_RULES, dated=False)
def set_department_phones(desk: Desk, *, phones: Mapping[str, str]) -> Changes:
    """Set the phones of some departments, printed on 明白卡; "" takes one away. Raises DepartmentUnknown, DepartmentPhoneUnusable."""
    store = desk.store
    given = {department: checked_phone(store, department, phone) for department, phone in phones.items()}
    kept = {department: phone for department, phone in (department_phones(store) | given).items() if phone}
    put_setting(desk, PHONES_SETTING, json.dumps(kept, ensure_ascii=False))
    return changes(Topic.REPORTS, subject="setting report.phones", counts=given, answer={"phones": kept})


def _step(desk: Desk, month: str, step: ReportStep, reason: str) -> Changes:
    state = follow(state_of(desk.store, month), step)
    desk.store.execute(
        "UPDATE monthly_return SET state = ?, changed_on = ?, reason = ? WHERE month = ?",
        (state.value, desk.day, reason, month),
    )
    return changes(
        Topic.REPORTS,
        subject=f"report {month}",
        counts={"state": state.value} | ({"reason": reason} if reason else {}),
        answer={"month": month, "state": state.value, "reason": reason},
    )


def _refuse_before_prior(store: Store, month: str) -> None:
    """The last month before this one in which money moved must have been reported (DOMAIN §3).

    Money that only came in before the office's first payment, or before its first return, is told in that return's 累计.
    """
    prior = store.value(
        "SELECT max(month) FROM (SELECT month FROM month_tally UNION SELECT month FROM monthly_return"
        " UNION SELECT month FROM opening_figure UNION SELECT month FROM voucher WHERE month >"
        " (SELECT min(month) FROM (SELECT month FROM month_tally UNION SELECT month FROM monthly_return)))"
        " WHERE month < ?",
        (month,),
    )
    if prior is None:
        _refuse_without_opening(store, month)
    elif (state := state_of(store, prior)) not in _SENT:
        raise PriorMonthNotReported(prior=prior, state=REPORT_STATE_NAMES[state], month=month)


def _refuse_without_opening(store: Store, month: str) -> None:
    missing = [
        row[0]
        for row in store.rows(
            "SELECT DISTINCT g.name FROM allotment a JOIN program g ON g.id = a.program_id WHERE a.is_opening = 1"
            " AND a.withdrawn_on IS NULL AND a.year = ? AND NOT EXISTS"
            " (SELECT 1 FROM opening_figure f WHERE f.program_id = a.program_id) ORDER BY g.id",
            (int(month[:4]),),
        )
    ]
    if missing:
        raise OpeningNotGiven(programs="”“".join(missing), month=month)


def _workbook(desk: Desk, figures: MonthlyReturn, tied: TieOut, state: ReportState) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "monthly.xlsx"
        sheets = tie_out_sheets(tied)[:1]
        write_monthly(
            path, figures, created=desk.now, state=state, beside=sheets, posts=several_posts_line(desk.store)
        )
        return path.read_bytes()
