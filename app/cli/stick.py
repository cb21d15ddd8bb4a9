"""portable: the program put on a stick."""

import argparse
from pathlib import Path

from app.cli.frame import Answer, Commands
from app.places import DATA_NAME
from app.stick import carry_to


def add_commands(commands: Commands) -> None:
    """The stick."""
    portable = commands.add_plain("portable", _portable, "把程序做成便携版放到 U 盘上，数据跟着 U 盘走")
    portable.add_argument("folder", type=Path, metavar="DIR", help="U 盘的文件夹")


def _portable(options: argparse.Namespace) -> Answer:
    made = carry_to(options.folder)
    offices = made.parent / DATA_NAME
    return Answer(
        {"folder": str(made), "offices": str(offices)},
        [
            f"便携版放在 {made}，办公点会放在 {offices}。",
            "U 盘容易丢：数据是加密的，仍请每天备份到另一个地方。",
        ],
    )
