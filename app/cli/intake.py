"""import people | accounts | allotments | list | roster | history | survival, import undo, changes, list-runs."""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from app.changes import Changes
from app.cli.days import day
from app.cli.frame import DONE, REJECTED_ROWS, WORLD_FAILED, Answer, Commands, RefusedWithAnswer, table
from app.desk import Desk
from app.enrolment.queries import preview_roster, preview_survival
from app.enrolment.use_cases import import_roster, import_survival, undo_roster_run, undo_survival_run
from app.intake.findings import Finding
from app.intake.mappings import chosen_mapping, mappings
from app.intake.marked import figures_of_run, findings_of_run, refuse_marking_over, write_marked_file
from app.intake.queries import kind_of_run, preview_allotments, runs
from app.intake.source import AlreadyImported, NoSuchRun
from app.intake.use_cases import forget_mapping, import_allotments, undo_allotments_run
from app.registry.queries import preview_accounts, preview_history, preview_list, preview_people
from app.registry.run_changes import changes_of_run, masked
from app.registry.use_cases import (
    import_accounts,
    import_history,
    import_list,
    import_people,
    undo_history_run,
    undo_registry_run,
)
from app.workbook.columns import ACCOUNTS, ALLOTMENTS, HISTORY, LIST, PEOPLE, ROSTER, SURVIVAL
from app.workbook.process.reader import warm_up
from models.domain.masking import mask_id, mask_numbers
from models.domain.money import Fen, yuan_text
from models.domain.refusal import WorldError
from models.store.opening import Store

LIST_KINDS = ("deaths", "payroll", "relocation", "cadres")
KIND_NAMES = {
    "people": "户籍底册",
    "accounts": "账户清册",
    "allotments": "资金指标",
    "list": "比对名单",
    "roster": "花名册",
    "history": "以前的发放",
    "survival": "生存认证",
}
FORMS = {
    "people": PEOPLE,
    "accounts": ACCOUNTS,
    "allotments": ALLOTMENTS,
    "list": LIST,
    "roster": ROSTER,
    "history": HISTORY,
    "survival": SURVIVAL,
}
LEVEL_NAMES = {"error": "错误", "warning": "提醒"}
SHOWN_FINDINGS = 20
SHOWN_CHANGES = 20


def add_commands(commands: Commands) -> None:
    """The import commands."""
    people = _importing(commands, "import people", _people, "导入户籍底册")
    accounts = _importing(commands, "import accounts", _accounts, "导入账户清册")
    _importing(commands, "import allotments", _allotments, "导入资金指标")
    listed = _importing(commands, "import list", _list, "导入比对名单")
    listed.add_argument("--kind", required=True, choices=LIST_KINDS)
    roster = _importing(commands, "import roster", _roster, "导入花名册")
    roster.add_argument("--program", required=True, metavar="P", help="项目编码或名称")
    roster.add_argument("--period", required=True, metavar="2024-06", help="发放期")
    for one in (people, accounts, roster):
        one.add_argument(
            "--rows", action="store_true", help="检查（--dry-run）时逐行给出结论：通过、警告、拒绝"
        )
    history = _importing(commands, "import history", _history, "导入以前月份、年度的发放记录（不入账）")
    history.add_argument("--program", default="", metavar="P", help="整个文件的项目，表里有项目栏时不用写")
    history.add_argument(
        "--period", default="", metavar="2023-06", help="整个文件的期间，表里有期间栏时不用写"
    )
    survival = _importing(commands, "import survival", _survival, "导入生存认证名单")
    survival.add_argument("--program", required=True, metavar="P", help="项目编码或名称")
    survival.add_argument("--until", required=True, type=day, metavar="YYYY-MM-DD", help="认证有效到哪一天")
    commands.add("mapping list", _list_mappings, "列出记住的栏目对照")
    forgotten = commands.add("mapping forget", _forget_mapping, "忘记一个栏目对照")
    forgotten.add_argument("name", metavar="NAME")
    changed = commands.add("import changes", _changes, "一次导入逐项改了什么")
    changed.add_argument("run", type=int, metavar="RUN")
    undo = commands.add("import undo", _undo, "撤销一次导入")
    undo.add_argument("run", type=int, metavar="RUN")
    commands.add("import list-runs", _list_runs, "列出导入记录")


def _importing(
    commands: Commands, name: str, handler: Callable[[Desk, argparse.Namespace], Answer], help_text: str
) -> argparse.ArgumentParser:
    parser = commands.add(name, handler, help_text)
    parser.set_defaults(meanwhile=warm_up)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不导入")
    parser.add_argument(
        "--mapping",
        action="append",
        default=[],
        metavar="NAME|FIELD=HEADING",
        help="指明哪一栏是什么，如 姓名=享受人（可以写多次，以后自动照此读取）；或写一个记住的对照名称",
    )
    parser.add_argument("--marked", type=Path, metavar="OUT", help="把原表标注错误后写到 OUT（错误回单）")
    return parser


def _people(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        desk,
        options,
        lambda: preview_people(
            desk, path=options.file, mapping=options.chosen, with_changes=True, with_rows=options.rows
        ),
        lambda: import_people(desk, path=options.file, mapping=options.chosen),
    )


def _accounts(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        desk,
        options,
        lambda: preview_accounts(
            desk, path=options.file, mapping=options.chosen, with_changes=True, with_rows=options.rows
        ),
        lambda: import_accounts(desk, path=options.file, mapping=options.chosen),
    )


def _allotments(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        desk,
        options,
        lambda: preview_allotments(desk, path=options.file, mapping=options.chosen),
        lambda: import_allotments(desk, path=options.file, mapping=options.chosen),
    )


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        desk,
        options,
        lambda: preview_list(desk, path=options.file, mapping=options.chosen, kind=options.kind),
        lambda: import_list(desk, path=options.file, mapping=options.chosen, kind=options.kind),
    )


def _roster(desk: Desk, options: argparse.Namespace) -> Answer:
    return _run(
        desk,
        options,
        lambda: preview_roster(
            desk,
            path=options.file,
            mapping=options.chosen,
            program=options.program,
            period=options.period,
            with_rows=options.rows,
        ),
        lambda: import_roster(
            desk, path=options.file, mapping=options.chosen, program=options.program, period=options.period
        ),
    )


def _history(desk: Desk, options: argparse.Namespace) -> Answer:
    about = {"path": options.file, "program": options.program, "period": options.period}
    return _run(
        desk,
        options,
        lambda: preview_history(desk, **about, mapping=options.chosen),
        lambda: import_history(desk, **about, mapping=options.chosen),
    )


def _survival(desk: Desk, options: argparse.Namespace) -> Answer:
    about = {"path": options.file, "program": options.program, "until": options.until}
    found = _run(
        desk,
        options,
        lambda: preview_survival(desk, **about, mapping=options.chosen),
        lambda: import_survival(desk, **about, mapping=options.chosen),
    )
    restored = cast(list[Mapping[str, object]], found.body["restored"])
    lines = [f"已认证 {found.body['certified']} 人，还有 {found.body['due']} 人没有认证。"]
    lines += [
        f"恢复 {one['name']}（{one['starts_on']} 起暂停），补发 {'、'.join(cast(list[str], one['periods'])) or '无'}。"
        for one in restored
    ]
    return Answer(found.body, [*found.lines, *lines], found.exit_code)


def _list_mappings(desk: Desk, options: argparse.Namespace) -> Answer:
    found = mappings(desk.store, FORMS)
    rows = [
        (
            one.name,
            KIND_NAMES[one.kind],
            "、".join(f"{heading}→{field or '不读'}" for heading, field in one.columns.items()),
            one.operator,
            one.remembered_on,
        )
        for one in found
    ]
    lines = table(["名称", "类别", "栏目", "操作员", "日期"], rows) if rows else ["还没有记住的栏目对照。"]
    return Answer({"mappings": [asdict(one) for one in found]}, lines)


def _forget_mapping(desk: Desk, options: argparse.Namespace) -> Answer:
    done = forget_mapping(desk, name=options.name)
    return Answer(done.answer, [f"已忘记栏目对照“{options.name}”，这样的文件下次会重新询问。"])


def _changes(desk: Desk, options: argparse.Namespace) -> Answer:
    if kind_of_run(desk.store, options.run) is None:
        raise NoSuchRun(run=options.run)
    found = changes_of_run(desk.store, options.run)
    return Answer({"run": options.run, "changes": found}, _change_lines(found))


def _change_lines(found: list[dict[str, object]]) -> list[str]:
    rows = [masked(change) for change in found[:SHOWN_CHANGES]]
    lines = [f"改动 {len(found)} 项。"] if found else ["没有改动已登记的内容。"]
    if found:
        cells = [(one["id"], one["name"], one["field_name"], one["old"], one["new"]) for one in rows]
        lines += table(["身份证号", "姓名", "栏目", "原来", "现在"], cells)
    if len(found) > SHOWN_CHANGES:
        lines.append("……加 --json 可看全部。")
    return lines


def _run(
    desk: Desk,
    options: argparse.Namespace,
    preview: Callable[[], Mapping[str, object]],
    take: Callable[[], Changes],
) -> Answer:
    if options.marked is not None:
        refuse_marking_over(options.file, options.marked)
    options.chosen = chosen_mapping(desk.store, FORMS[options.act], options.mapping)
    try:
        body = preview() if options.dry_run else take().answer
    except AlreadyImported as again:
        if options.marked is not None:
            known = [found.as_json() for found in findings_of_run(desk.store, again.run)]
            _marked(desk.store, options, Answer({**figures_of_run(desk.store, again.run), "findings": known}))
        raise RefusedWithAnswer(again, {"already": again.run}) from again
    answer = Answer(body, _lines(body, options.file.name), REJECTED_ROWS if body["rejected"] else DONE)
    return answer if options.marked is None else _marked(desk.store, options, answer)


def _marked(store: Store, options: argparse.Namespace, answer: Answer) -> Answer:
    """The answer, after the workbook is written marked. What was imported stays when the disk fails (exit code 3)."""
    findings = [Finding(**found) for found in cast(list[dict[str, Any]], answer.body["findings"])]
    figures = cast(Mapping[str, int], answer.body)
    try:
        where, rebuilt = write_marked_file(
            options.file, options.marked, FORMS[options.act], findings, figures, options.chosen, store
        )
    except WorldError as fault:
        print(fault.sentence, file=sys.stderr)
        return Answer({**answer.body, "marked": None}, answer.lines, WORLD_FAILED)
    print(f"错误回单已写到 {where}。{rebuilt}", file=sys.stderr)
    return Answer({**answer.body, "marked": str(where)}, answer.lines, answer.exit_code)


def _lines(body: Mapping[str, object], file_name: str) -> list[str]:
    head = "检查（没有导入）" if body["run"] is None else f"第 {body['run']} 次导入"
    lines = [
        f"{head}：{file_name}，共 {body['rows']} 行，通过 {body['accepted']} 行，退回 {body['rejected']} 行。"
    ]
    verdicts = cast(Mapping[str, int], body["verdicts"])
    if verdicts["warned"] or body["unchanged"]:
        same = f"；与以前导入相同、没有重读 {body['unchanged']} 行" if body["unchanged"] else ""
        lines.append(f"通过的行里有警告 {verdicts['warned']} 行{same}。")
    if "accepted_fen" in body:
        lines.append(f"通过金额 {yuan_text(Fen(cast(int, body['accepted_fen'])))} 元。")
    remarks = cast(list[Mapping[str, str]], body.get("remarks", []))
    lines += [f"【请确认】{mask_numbers(remark['sentence'])}" for remark in remarks]
    if body.get("mapping") and body["run"] is not None:
        lines.append(f"栏目对照记为“{body['mapping']}”，表头相同的文件以后自动照此读取。")
    findings = cast(list[Mapping[str, str]], body["findings"])
    lines += [
        f"{found['sheet']} 第 {found['row']} 行 {found['column']}【{LEVEL_NAMES[found['level']]}】"
        f"{mask_numbers(found['sentence'])}"
        for found in findings[:SHOWN_FINDINGS]
    ]
    if len(findings) > SHOWN_FINDINGS:
        lines.append(f"……共 {len(findings)} 条，加 --json 可看全部。")
    if proposals := cast(list[object], body["proposals"]):
        where = "" if body["run"] is None else f"，请用 import proposals {body['run']} 查看"
        lines.append(f"有 {len(proposals)} 个损坏的号码可按登记的号码改正{where}。程序不会自行改正。")
    lines += [
        f"{row['sheet']} 第 {row['row']} 行：{row['verdict']}"
        for row in cast(list[Mapping[str, object]], body.get("row_verdicts", []))
    ]
    hits = cast(list[Mapping[str, object]], body.get("hits", []))
    lines += [f"命中：{_hit_words(hit)}" for hit in hits[:SHOWN_FINDINGS]]
    if len(hits) > SHOWN_FINDINGS:
        lines.append(f"……共命中 {len(hits)} 条，请用 list hits 查看全部。")
    if body.get("changes"):
        lines += _change_lines(cast(list[dict[str, object]], body["changes"]))
    return lines


def _hit_words(hit: Mapping[str, object]) -> str:
    """A line of a comparison list and whom it means, in words."""
    how = "身份证号相同" if hit["how"] == "exact" else "可能是"
    words = f"“{hit['listed_name']}”{how} {hit['name']}（{mask_id(str(hit['id_number']))}）"
    periods = cast(list[str], hit.get("periods_paid_since", []))
    if periods:
        fen = yuan_text(Fen(cast(int, hit["to_recover_fen"])))
        words += f"，{hit['happened_on']} 之后又发了 {len(periods)} 期，应追回 {fen} 元"
    return words + "。"


def _undo(desk: Desk, options: argparse.Namespace) -> Answer:
    kind = kind_of_run(desk.store, options.run)
    if kind is None:
        raise NoSuchRun(run=options.run)
    undo = {
        "roster": undo_roster_run,
        "allotments": undo_allotments_run,
        "history": undo_history_run,
        "survival": undo_survival_run,
    }.get(kind, undo_registry_run)
    done = undo(desk, run_id=options.run)
    return Answer(done.answer, [f"第 {options.run} 次导入（{KIND_NAMES[kind]}）已整体撤销。"])


def _list_runs(desk: Desk, options: argparse.Namespace) -> Answer:
    found = runs(desk.store)
    rows = [
        (run.run, KIND_NAMES[run.kind], run.program, run.period, run.file_name, run.rows, run.accepted, run.rejected,
         "已撤销" if run.state == "undone" else "有效" if run.follows is None else f"有效（接第 {run.follows} 次）",
         run.operator, run.business_date)
        for run in found
    ]  # fmt: skip
    headings = ["编号", "类别", "项目", "期间", "文件", "行数", "通过", "退回", "状态", "操作员", "日期"]
    return Answer({"runs": [asdict(run) for run in found]}, table(headings, rows))
