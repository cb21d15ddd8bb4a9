"""demo DIR: one month of the sample township."""

import argparse
import sys
from pathlib import Path

from app.cli.frame import DONE, OUR_MISTAKE, Answer, Commands
from app.demo import run_demo


def add_commands(commands: Commands) -> None:
    """Demo."""
    demo = commands.add_plain("demo", _demo, "示例乡镇走完一个月")
    demo.add_argument("folder", type=Path, metavar="DIR")


def _demo(options: argparse.Namespace) -> Answer:
    figures = run_demo(
        options.folder, lambda line: print(line, file=sys.stderr if options.json else sys.stdout)
    )
    agreed = figures["paid_fen"] == figures["books_fen"] == figures["return_fen"] and figures["balanced"]
    right = agreed and not figures["problems"]
    return Answer(
        figures,
        ["三处数字一致。" if right else "数字不一致，请把这个结果交给维护人员。"],
        DONE if right else OUR_MISTAKE,
    )
