"""The headless commands: argument parsing and printing only; every room adds its own (`python -m app COMMAND …`)."""

import importlib
import sys
from collections.abc import Sequence

from app.cli.frame import Commands, run

ROOMS = (
    "founding",
    "access",
    "intake",
    "proposals",
    "programs",
    "funds",
    "registry",
    "batches",
    "notices",
    "bankfiles",
    "returns",
    "ledger",
    "statements",
    "reports",
    "county",
    "catalogue",
    "archive",
    "shelves",
    "disposal",
    "yearend",
    "audit",
    "doctor",
    "backups",
    "upgrades",
    "stick",
    "demo",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code."""
    commands = Commands()
    for room in ROOMS:
        importlib.import_module(f"app.cli.{room}").add_commands(commands)
    return run(commands, sys.argv[1:] if arguments is None else arguments)
