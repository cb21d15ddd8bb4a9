"""doctor: the check-up."""

import argparse
from dataclasses import asdict

from app.cli.frame import Answer, Commands, RefusedWithAnswer
from app.desk import Desk
from app.doctor import CHECKS, check_up
from models.domain.refusal import Refusal


class OfficeUnsound(Refusal):
    """The check-up found something."""

    form = "体检发现 {count} 处问题：\n{problems}\n请不要继续办理业务，先备份现状并查明原因。"


def add_commands(commands: Commands) -> None:
    """The check-up."""
    commands.add("doctor", _doctor, "体检：文件、账簿、批次、状态、日志和存档")


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
