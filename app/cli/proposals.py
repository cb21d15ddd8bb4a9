"""import proposals | accept | decline: what the registry makes of damaged numbers, and what somebody decides."""

import argparse
from collections.abc import Mapping
from typing import cast

from app.changes import Changes
from app.cli.frame import DONE, REJECTED_ROWS, Answer, Commands, Handler, table
from app.desk import Desk
from app.enrolment.use_cases import accept_roster_proposals
from app.intake.proposals import ProposalView, proposals_of
from app.intake.queries import kind_of_run
from app.intake.source import NoSuchRun
from app.intake.use_cases import decline_proposals
from app.registry.use_cases import accept_registry_proposals
from models.domain.masking import mask_account, mask_id, mask_numbers

STATE_NAMES = {"open": "待定", "accepted": "已采纳", "declined": "不采纳"}
SHOWN = 20


def add_commands(commands: Commands) -> None:
    """The commands for proposals."""
    listed = commands.add("import proposals", _proposals, "一次导入里号码损坏的改正建议")
    listed.add_argument("run", type=int, metavar="RUN")
    _deciding(commands, "import accept", _accept, "采纳改正建议，把这些行按改正后的号码导入")
    _deciding(commands, "import decline", _decline, "不采纳改正建议")


def _deciding(commands: Commands, name: str, handler: Handler, help_text: str) -> None:
    parser = commands.add(name, handler, help_text)
    parser.add_argument("run", type=int, metavar="RUN")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--proposal", type=int, nargs="+", metavar="ID", help="建议的编号，可以写几个")
    which.add_argument("--code", metavar="CODE", help="这一类问题的全部建议，例如 id.precision_lost")
    which.add_argument("--all", action="store_true", help="全部待定的建议")


def _proposals(desk: Desk, options: argparse.Namespace) -> Answer:
    if kind_of_run(desk.store, options.run) is None:
        raise NoSuchRun(run=options.run)
    found = proposals_of(desk.store, options.run)
    still_open = sum(one.state == "open" for one in found)
    lines = [
        f"改正建议 {len(found)} 条，待定 {still_open} 条。采纳用 import accept，不采纳用 import decline。"
    ]
    if found:
        headings = ["编号", "工作表", "行", "栏目", "表上写的", "建议改为", "状态", "依据"]
        lines += table(headings, [_cells(one) for one in found])
    return Answer({"run": options.run, "proposals": [one.as_json() for one in found]}, lines)


def _cells(one: ProposalView) -> tuple[object, ...]:
    hide = mask_account if one.field == "account" else mask_id
    return (
        one.proposal, one.sheet, one.row, one.column, mask_numbers(one.written), hide(one.proposed), STATE_NAMES[one.state],
        one.why,
    )  # fmt: skip


def _accept(desk: Desk, options: argparse.Namespace) -> Answer:
    kind = kind_of_run(desk.store, options.run)
    if kind is None:
        raise NoSuchRun(run=options.run)
    accept = accept_roster_proposals if kind == "roster" else accept_registry_proposals
    done: Changes = accept(desk, run_id=options.run, numbers=options.proposal, code=options.code)
    body = done.answer
    lines = [
        f"第 {body['run']} 次导入（接第 {body['for_run']} 次）：按改正后的号码导入 {body['rows']} 行，"
        f"通过 {body['accepted']} 行，退回 {body['rejected']} 行。"
    ]
    findings = cast(list[Mapping[str, object]], body["findings"])
    lines += [
        f"{found['sheet']} 第 {found['row']} 行 {found['column']}：{mask_numbers(str(found['sentence']))}"
        for found in findings[:SHOWN]
    ]
    if len(findings) > SHOWN:
        lines.append(f"……共 {len(findings)} 条，加 --json 可看全部。")
    return Answer(body, lines, REJECTED_ROWS if body["rejected"] else DONE)


def _decline(desk: Desk, options: argparse.Namespace) -> Answer:
    done = decline_proposals(desk, run_id=options.run, numbers=options.proposal, code=options.code)
    declined = cast(list[int], done.answer["declined"])
    return Answer(done.answer, [f"已记下：{len(declined)} 条改正建议不采纳，数据没有改动。"])
