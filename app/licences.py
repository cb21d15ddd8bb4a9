"""What the program is made of: the libraries that are shipped with it and their licences, from resources/licences.csv."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.resources import resource

VERSION: Final = "0.1.0"
"""The program's own version, as pyproject.toml has it."""


@dataclass(frozen=True, slots=True)
class ShippedLibrary:
    """A library: its name, its version ('' where any will do), its licence, what it is used for."""

    name: str
    version: str
    licence: str
    use: str


def shipped_libraries() -> list[ShippedLibrary]:
    """Everything that is shipped, in the order of the list."""
    with open(resource("licences.csv"), encoding="utf-8-sig", newline="") as stream:
        return [ShippedLibrary(**row) for row in csv.DictReader(stream)]


def own_licence() -> str:
    """The text of the program's own licence, which lies beside the resources."""
    path: Path = resource("..") / "LICENSE"
    return path.read_text(encoding="utf-8")
