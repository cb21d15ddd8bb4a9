"""audit list, audit check: the trail, and whether it is the one that paper speaks of."""

import argparse
from dataclasses import asdict

from app.audit.listings import ACT_NAMES
from app.audit.queries import audit_lines, broken_line, check_trail, head, subjects_in_words
from app.audit.words import facts_of
from app.cli.frame import Answer, Commands, RefusedWithAnswer, table
from app.desk import Desk
from app.intake.findings import KIND_TITLES
from models.domain.refusal import Refusal


class TrailUnsound(Refusal):
    """The trail, or what it seals, is not what this program wrote."""

    form = "审计日志核对不通过，{count} 处：\n{problems}\n请不要继续办理，保留现场，并从备份恢复。"


def add_commands(commands: Commands) -> None:
    """The audit trail."""
    listed = commands.add("audit list", _list, "审计日志")
    listed.add_argument("--last", type=int, default=100, metavar="N", help="最近多少行（默认 100）")
    check = commands.add("audit check", _check, "核对审计日志和封签；可与纸上最后一次印出的校验码对照")
    check.add_argument(
        "--head", metavar="8DIGITS", help="最后一次印出的校验码（审批单、月报或备份标签上的 8 位）"
    )


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    lines = audit_lines(desk.store, last=options.last)
    broken = broken_line(desk.store)
    subjects = subjects_in_words(desk.store, last=options.last)
    return Answer(
        {"head": head(desk.store), "broken_line": broken, "lines": [asdict(line) for line in lines]},
        [
            *table(
                ["序号", "时间", "业务日期", "操作员", "事项", "对象", "数字"],
                [
                    (line.seq, line.at, line.business_date, line.operator, ACT_NAMES.get(line.act, line.act),
                     subjects[line.seq], "，".join(f"{name} {value}" for name, value in facts_of(line.counts, KIND_TITLES)))
                    for line in lines
                ],
            ),
            f"校验码 {head(desk.store)}，" + ("链条完整。" if broken is None else f"从第 {broken} 行起对不上，请运行 doctor。"),
        ],
    )  # fmt: skip


def _check(desk: Desk, options: argparse.Namespace) -> Answer:
    found = check_trail(desk.store, options.head)
    body = {"ok": not found.problems, **asdict(found)}
    if found.problems:
        told = "\n".join(f"  {sentence}" for sentence in found.problems)
        raise RefusedWithAnswer(TrailUnsound(count=len(found.problems), problems=told), body)
    said = [f"日志 {found.lines} 行，前后相连；{found.groups} 组数据封签完好。现在的校验码：{found.head}"]
    if found.printed_line is not None:
        said.append(
            f"纸上的校验码是第 {found.printed_line} 行（{found.printed_at}），其后又有 {found.lines - found.printed_line} 行。"
        )
    return Answer(body, said)
