"""Nobody who sits at the window is sent to a command: a refusal that names one says it otherwise there."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import app
import models
from models.domain.refusal import Refusal, WorldError

COMMAND = re.compile(r"(?<![A-Za-z])--?[a-z]{2,}|[a-z]{2,} [a-z]{2,}|bank-file|(?<![“\w])dossier |\binit\b")
AT_A_TERMINAL = ("app.cli", "app.__main__", "app.upgrades", "app.demo")
"""Rooms whose words only somebody at a terminal reads."""
ONLY_TYPED = {"MappingWords"}
"""Refusals of what was typed at a terminal."""


def kinds(base: type[Refusal] | type[WorldError]) -> Iterator[type[Refusal] | type[WorldError]]:
    for one in base.__subclasses__():
        yield one
        yield from kinds(one)


def all_kinds() -> list[type[Refusal] | type[WorldError]]:
    for package in (app, models):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    return [
        one
        for base in (Refusal, WorldError)
        for one in kinds(base)
        if hasattr(one, "form") and not one.__module__.startswith(("tests.", *AT_A_TERMINAL))
    ]


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.__name__)
def test_a_refusal_speaks_the_words_of_the_window(kind: type[Refusal] | type[WorldError]) -> None:
    shown = kind.in_window or kind.form
    if kind.__name__ not in ONLY_TYPED:
        assert not COMMAND.search(shown), f"{kind.__module__}.{kind.__name__}: {shown}"
    facts = set(re.findall(r"{(\w+)", kind.form))
    assert set(re.findall(r"{(\w+)", kind.in_window)) <= facts
