"""archive due/custody, disposal propose/witness/carry-out/withdraw/list/show: what leaves the archive."""

import argparse
from dataclasses import asdict
from pathlib import Path

from app.archive.disposal.papers import custody_sheet, disposal_sheet, due_sheet
from app.archive.disposal.queries import DisposalView, disposal_of, disposals, due_volumes
from app.archive.disposal.use_cases import (
    carry_out_disposal,
    propose_disposal,
    withdraw_disposal,
    witness_disposal,
)
from app.changes import Changes
from app.cli.frame import Answer, Commands, pairs, table
from app.cli.shelves import signed, written_out
from app.desk import Desk
from models.domain.flows.disposal_flow import (
    DISPOSAL_KIND_NAMES,
    DISPOSAL_STATE_NAMES,
    DisposalKind,
    DisposalState,
)


def add_commands(commands: Commands) -> None:
    """The commands of disposal."""
    due = commands.add("archive due", _due, "保管期满、可以鉴定的案卷")
    due.add_argument("--out", type=Path, metavar="FILE", help="存成工作簿")
    custody = commands.add("archive custody", _custody, "会计档案保管清册（工作簿）")
    custody.add_argument("--year", type=int)
    custody.add_argument("--out", type=Path, required=True, metavar="FILE")
    proposed = commands.add("disposal propose", _propose, "编制销毁清册或移交清册")
    proposed.add_argument("volumes", nargs="+", metavar="CODE", help="档号")
    proposed.add_argument("--kind", choices=[str(kind) for kind in DisposalKind], default="destroy")
    proposed.add_argument("--reason", required=True, help="依据")
    proposed.add_argument("--taker", default="", help="移交给谁")
    proposed.add_argument(
        "--opinion", action="append", default=[], metavar="CODE=TEXT", help="案卷的鉴定意见，可多次"
    )
    for name, handler, words in (
        ("disposal witness", _witness, "监销、监交签字"),
        ("disposal carry-out", _carry_out, "执行清册"),
        ("disposal withdraw", _withdraw, "撤回清册"),
    ):
        commands.add(name, handler, words).add_argument("disposal", metavar="NUMBER", help="清册编号")
    commands.add("disposal list", _list, "销毁清册和移交清册")
    shown = commands.add("disposal show", _show, "一份清册")
    shown.add_argument("disposal", metavar="NUMBER", help="清册编号")
    shown.add_argument("--out", type=Path, metavar="FILE", help="存成工作簿")


def _due(desk: Desk, options: argparse.Namespace) -> Answer:
    if options.out is not None:
        return written_out(desk, options.out, [due_sheet(desk.store, desk.day, signed(desk))])
    found = due_volumes(desk.store, desk.day)
    return Answer(
        {
            "due": [
                {"code": one.volume.code, "title": one.volume.title, "since": one.since, "held": one.held}
                for one in found
            ]
        },
        table(
            ["档号", "题名", "可销毁日期", "未了结事项"],
            [(one.volume.code, one.volume.title, one.since, one.held) for one in found],
        ),
    )


def _custody(desk: Desk, options: argparse.Namespace) -> Answer:
    return written_out(desk, options.out, [custody_sheet(desk.store, signed(desk), options.year)])


def _propose(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(
        propose_disposal(
            desk,
            kind=DisposalKind(options.kind),
            volumes=options.volumes,
            reason=options.reason,
            taker=options.taker,
            opinions=pairs(options.opinion, "档号=鉴定意见"),
        )
    )


def _witness(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(witness_disposal(desk, disposal=options.disposal))


def _carry_out(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(carry_out_disposal(desk, disposal=options.disposal))


def _withdraw(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(withdraw_disposal(desk, disposal=options.disposal))


def _told(done: Changes) -> Answer:
    answer = done.answer
    wanting = f"，还缺 {answer['wanting']} 位监督人签字" if answer["state"] == "proposed" else ""
    state = DISPOSAL_STATE_NAMES[DisposalState(str(answer["state"]))]
    return Answer(answer, [f"清册 {answer['number']} {state}{wanting}。"])


def _row(one: DisposalView) -> tuple[object, ...]:
    return (
        one.number, DISPOSAL_KIND_NAMES[one.kind], DISPOSAL_STATE_NAMES[one.state], len(one.volumes), one.operator,
        "、".join(name for _, name, _ in one.witnesses), one.made_on, one.done_on,
    )  # fmt: skip


def _list(desk: Desk, _options: argparse.Namespace) -> Answer:
    found = disposals(desk.store)
    return Answer(
        {"disposals": [asdict(one) for one in found]},
        table(["编号", "种类", "状态", "案卷", "编制人", "监督人", "编制日期", "执行日期"], map(_row, found)),
    )


def _show(desk: Desk, options: argparse.Namespace) -> Answer:
    if options.out is not None:
        return written_out(desk, options.out, [disposal_sheet(desk.store, options.disposal, signed(desk))])
    found = disposal_of(desk.store, options.disposal)
    return Answer(
        asdict(found),
        [
            "  ".join(map(str, _row(found))),
            *table(["档号", "题名", "保管期限"], [(one.code, one.title, one.kept) for one in found.volumes]),
        ],
    )
