"""report monthly/submit/confirm/send-back/list/opening/opening-form."""

import argparse
from dataclasses import asdict
from pathlib import Path

from app.access.queries import several_posts_line
from app.cli.catalogue import catalogue_json, catalogue_lines
from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.reports.figures import monthly_figures
from app.reports.monthly_return import as_json, checks_of
from app.reports.opening import HEADINGS, write_opening_form
from app.reports.queries import differences, reports, sent_file
from app.reports.sheet import write_monthly
from app.reports.tie_out import tie_out, tie_out_sheets, untied
from app.reports.use_cases import confirm_report, send_back_report, set_opening, submit_report
from models.domain.flows.report_flow import REPORT_STATE_NAMES
from models.domain.money import Fen, yuan_text
from models.store.durable import replacing

_SPANS = {"month": "本月", "year": "累计"}


def add_commands(commands: Commands) -> None:
    """The reports' commands."""
    monthly = commands.add("report monthly", _monthly, "输出月报表（月报、指标明细、核对）")
    monthly.add_argument("month", metavar="YYYY-MM")
    monthly.add_argument("--out", type=Path, required=True, metavar="FILE")
    submit = commands.add("report submit", _submit, "上报月报")
    submit.add_argument("month", metavar="YYYY-MM")
    submit.add_argument("--out", type=Path, metavar="FILE", help="同时写出上报的文件")
    confirm = commands.add("report confirm", _confirm, "登记上级已确认")
    confirm.add_argument("month", metavar="YYYY-MM")
    back = commands.add("report send-back", _send_back, "登记上级退回")
    back.add_argument("month", metavar="YYYY-MM")
    back.add_argument("--reason", required=True, metavar="TEXT")
    sent = commands.add("report sent", _sent, "重新写出上报过的月报文件（与上报时完全相同）")
    sent.add_argument("month", metavar="YYYY-MM")
    sent.add_argument("--out", type=Path, required=True, metavar="FILE")
    commands.add("report list", _list, "报表目录，各月月报的状态和上报后的变化")
    form = commands.add("report opening-form", _opening_form, "输出期初数登记表（空表）")
    form.add_argument("--out", type=Path, required=True, metavar="FILE")
    opening = commands.add("report opening", _opening, "登记期初数")
    opening.add_argument("file", type=Path, metavar="FILE")
    opening.add_argument("--month", required=True, metavar="YYYY-MM", help="办公点第一个上报的月份")


def _monthly(desk: Desk, options: argparse.Namespace) -> Answer:
    figures = monthly_figures(desk.store, options.month)
    tied = tie_out(desk.store, figures.month, figures)
    write_monthly(
        options.out,
        figures,
        created=desk.now,
        beside=tie_out_sheets(tied),
        posts=several_posts_line(desk.store),
    )
    month, year = figures.month_total, figures.year_total
    failed = [check.name for check in checks_of(figures) if not check.passed] + untied(tied)
    return Answer(
        {**as_json(figures), "file": str(options.out)},
        [
            f"{figures.month} 月报（{REPORT_STATE_NAMES[figures.state]}）已写到 {options.out}：{len(figures.rows)} 个项目。",
            f"本月应发 {yuan_text(Fen(month.owed_fen))} 元，实发 {yuan_text(Fen(month.paid_fen))} 元，"
            f"失败 {month.failed_payments} 笔 {yuan_text(Fen(month.failed_fen))} 元，"
            f"补发 {month.reissued_payments} 笔 {yuan_text(Fen(month.reissued_fen))} 元。",
            f"累计到位 {yuan_text(Fen(year.received_fen))} 元，累计实发 {yuan_text(Fen(year.paid_fen))} 元，"
            f"结余 {yuan_text(Fen(year.balance_fen))} 元。",
            *(f"核对不符：{name}" for name in failed),
            *([] if failed else [f"{len(checks_of(figures)) + len(tied.ties)} 项核对全部通过。"]),
        ],
    )


def _submit(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = submit_report(desk, month=options.month).answer
    lines = [f"{answer['month']} 月报已上报，文件已存档（{str(answer['sha256'])[:12]}）。"]
    if options.out is not None:
        body = desk.store.files.read(str(answer["sha256"]), str(answer["file"]))
        with replacing(options.out) as part:
            part.write_bytes(body)
        lines.append(f"上报的文件已写到 {options.out}。")
    failed = answer["checks_failed"]
    if isinstance(failed, list):
        lines += [f"核对不符：{name}" for name in failed]
    return Answer(answer, lines)


def _sent(desk: Desk, options: argparse.Namespace) -> Answer:
    name, sha256 = sent_file(desk.store, options.month)
    body = desk.store.files.read(sha256, name)
    with replacing(options.out) as part:
        part.write_bytes(body)
    return Answer(
        {"month": options.month, "file": str(options.out), "sha256": sha256},
        [f"{options.month} 上报时的月报已写到 {options.out}。"],
    )


def _confirm(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = confirm_report(desk, month=options.month).answer
    return Answer(answer, [f"{answer['month']} 月报已确认。"])


def _send_back(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = send_back_report(desk, month=options.month, reason=options.reason).answer
    return Answer(answer, [f"{answer['month']} 月报已登记为退回。改正后请重新上报。"])


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    found = reports(desk.store)
    changed = {one.month: differences(desk.store, one.month) for one in found}
    lines = table(
        ["月份", "状态", "日期", "原因", "上报后变化"],
        [
            (one.month, one.state_name, one.changed_on, one.reason, len(changed[one.month]) or "")
            for one in found
        ],
    )
    for month, several in changed.items():
        lines += [
            f"{month} {one.name} {_SPANS[one.span]}{HEADINGS[one.field].removesuffix('（元）')}："
            f"上报 {_shown(one.field, one.reported)}，现在 {_shown(one.field, one.now)}"
            for one in several
        ]
    return Answer(
        {
            "reports": [
                {**asdict(one), "differences": [asdict(difference) for difference in changed[one.month]]}
                for one in found
            ],
            "catalogue": catalogue_json(),
        },
        [*lines, "", *catalogue_lines()],
    )


def _shown(field: str, value: int) -> str:
    return f"{yuan_text(Fen(value))} 元" if field.endswith("_fen") else str(value)


def _opening_form(desk: Desk, options: argparse.Namespace) -> Answer:
    lines = write_opening_form(desk.store, options.out, created=desk.now)
    return Answer(
        {"file": str(options.out), "programs": lines},
        [f"期初数登记表已写到 {options.out}：{lines} 个项目。填好有发生的行，用 report opening 登记。"],
    )


def _opening(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = set_opening(desk, path=options.file, month=options.month).answer
    return Answer(answer, [f"已登记 {answer['programs']} 个项目 {answer['month']} 之前的期初数。"])
