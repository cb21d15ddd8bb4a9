"""doctor, audit list."""

import argparse
import json
from dataclasses import asdict

from app.audit.queries import audit_lines, broken_line, head
from app.cli.frame import Answer, Commands, RefusedWithAnswer, table
from app.desk import Desk
from app.doctor import CHECKS, check_up
from models.domain.refusal import Refusal


class OfficeUnsound(Refusal):
    """The check-up found something."""

    form = "体检发现 {count} 处问题：\n{problems}\n请不要继续办理业务，先备份现状并查明原因。"


def add_commands(commands: Commands) -> None:
    """The check-up and the audit trail."""
    commands.add("doctor", _doctor, "体检：文件、账簿、批次、状态、日志和存档")
    listed = commands.add("audit list", _audit, "审计日志")
    listed.add_argument("--last", type=int, default=100, metavar="N", help="最近多少行（默认 100）")


def _doctor(desk: Desk, options: argparse.Namespace) -> Answer:
    problems = check_up(desk.store)
    body: dict[str, object] = {
        "ok": not problems,
        "problems": [asdict(one) for one in problems],
        "checks": list(CHECKS),
    }
    if problems:
        told = "\n".join(f"  {one.code}  {one.sentence}" for one in problems)
        raise RefusedWithAnswer(OfficeUnsound(count=len(problems), problems=told), body)
    return Answer(body, [f"{len(CHECKS)} 项检查全部通过：文件完好，账账相符，账与业务相符，日志和存档完好。"])


def _audit(desk: Desk, options: argparse.Namespace) -> Answer:
    lines = audit_lines(desk.store, last=options.last)
    broken = broken_line(desk.store)
    return Answer(
        {"head": head(desk.store), "broken_line": broken, "lines": [asdict(line) for line in lines]},
        [
            *table(
                ["序号", "时间", "业务日期", "操作员", "事项", "对象", "数字"],
                [
                    (line.seq, line.at, line.business_date, line.operator, line.act, line.subject,
                     json.dumps(line.counts, ensure_ascii=False))
                    for line in lines
                ],
            ),
            f"校验码 {head(desk.store)}，" + ("链条完整。" if broken is None else f"从第 {broken} 行起对不上，请运行 doctor。"),
        ],
    )  # fmt: skip
