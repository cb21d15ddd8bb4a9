"""import people | accounts | allotments | list | roster, import undo, import list-runs."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import cast

from app.changes import Changes
from app.cli.frame import DONE, REJECTED_ROWS, Answer, Commands, RefusedWithAnswer, table
from app.desk import Desk
from app.enrolment.queries import preview_roster
from app.enrolment.use_cases import import_roster, undo_roster_run
from app.intake.queries import kind_of_run, preview_allotments, runs
from app.intake.source import AlreadyImported, NoSuchRun
from app.intake.use_cases import import_allotments, undo_allotments_run
from app.registry.queries import preview_accounts, preview_list, preview_people
from app.registry.use_cases import import_accounts, import_list, import_people, undo_registry_run
from models.domain.money import Fen, yuan_text

LIST_KINDS = ("deaths", "payroll", "relocation", "cadres")
KIND_NAMES = {
    "people": "户籍底册",
    "accounts": "账户清册",
    "allotments": "资金指标",
    "list": "比对名单",
    "roster": "花名册",
}
LEVEL_NAMES = {"error": "错误", "warning": "提醒"}
SHOWN_FINDINGS = 20


def add_commands(commands: Commands) -> None:
    """The import commands."""
    _importing(commands, "import people", _people, "导入户籍底册")
    _importing(commands, "import accounts", _accounts, "导入账户清册")
    _importing(commands, "import allotments", _allotments, "导入资金指标")
    listed = _importing(commands, "import list", _list, "导入比对名单")
    listed.add_argument("--kind", required=True, choices=LIST_KINDS)
    roster = _importing(commands, "import roster", _roster, "导入花名册")
    roster.add_argument("--program", required=True, metavar="P", help="项目编码或名称")
    roster.add_argument("--period", required=True, metavar="2024-06", help="发放期")
    undo = commands.add("import undo", _undo, "撤销一次导入")
    undo.add_argument("run", type=int, metavar="RUN")
    commands.add("import list-runs", _list_runs, "列出导入记录")


def _importing(
    commands: Commands, name: str, handler: Callable[[Desk, argparse.Namespace], Answer], help_text: str
) -> argparse.ArgumentParser:
    parser = commands.add(name, handler, help_text)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不导入")
    return parser


def _people(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        options,
        lambda: preview_people(desk, path=options.file),
        lambda: import_people(desk, path=options.file),
    )


def _accounts(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        options,
        lambda: preview_accounts(desk, path=options.file),
        lambda: import_accounts(desk, path=options.file),
    )


def _allotments(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        options,
        lambda: preview_allotments(desk, path=options.file),
        lambda: import_allotments(desk, path=options.file),
    )


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        options,
        lambda: preview_list(desk, path=options.file, kind=options.kind),
        lambda: import_list(desk, path=options.file, kind=options.kind),
    )


def _roster(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        options,
        lambda: preview_roster(desk, path=options.file, program=options.program, period=options.period),
        lambda: import_roster(desk, path=options.file, program=options.program, period=options.period),
    )


def _run(
    options: argparse.Namespace, preview: Callable[[], Mapping[str, object]], take: Callable[[], Changes]
) -> Answer:
    try:
        body = preview() if options.dry_run else take().answer
    except AlreadyImported as again:
        raise RefusedWithAnswer(again, {"already": again.run}) from again
    return Answer(body, _lines(body, options.file.name), REJECTED_ROWS if body["rejected"] else DONE)


def _lines(body: Mapping[str, object], file_name: str) -> list[str]:
    head = "检查（没有导入）" if body["run"] is None else f"第 {body['run']} 次导入"
    lines = [
        f"{head}：{file_name}，共 {body['rows']} 行，通过 {body['accepted']} 行，退回 {body['rejected']} 行。"
    ]
    if "accepted_fen" in body:
        lines.append(f"通过金额 {yuan_text(Fen(cast(int, body['accepted_fen'])))} 元。")
    findings = cast(list[Mapping[str, str]], body["findings"])
    lines += [
        f"{found['sheet']} 第 {found['row']} 行 {found['column']}【{LEVEL_NAMES[found['level']]}】{found['sentence']}"
        for found in findings[:SHOWN_FINDINGS]
    ]
    if len(findings) > SHOWN_FINDINGS:
        lines.append(f"……共 {len(findings)} 条，加 --json 可看全部。")
    return lines


def _undo(desk: Desk, options: argparse.Namespace) -> Answer:
    kind = kind_of_run(desk.store, options.run)
    if kind is None:
        raise NoSuchRun(run=options.run)
    undo = {"roster": undo_roster_run, "allotments": undo_allotments_run}.get(kind, undo_registry_run)
    done = undo(desk, run_id=options.run)
    return Answer(done.answer, [f"第 {options.run} 次导入（{KIND_NAMES[kind]}）已整体撤销。"])


def _list_runs(desk: Desk, options: argparse.Namespace) -> Answer:
    found = runs(desk.store)
    rows = [
        (run.run, KIND_NAMES[run.kind], run.program, run.period, run.file_name, run.rows, run.accepted, run.rejected,
         "已撤销" if run.state == "undone" else "有效", run.operator, run.business_date)
        for run in found
    ]  # fmt: skip
    headings = ["编号", "类别", "项目", "期间", "文件", "行数", "通过", "退回", "状态", "操作员", "日期"]
    return Answer({"runs": [asdict(run) for run in found]}, table(headings, rows))
