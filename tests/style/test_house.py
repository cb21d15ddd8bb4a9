"""Rules of the house that no other tool checks."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import app
import models
import ui
from models.domain.refusal import Refusal, WorldError
from tests.style.house import FLOORS, ROOT, sources, texts, tree, where
from tests.style.test_licences import normal

HAN = re.compile(r"[一-鿿]")
FACT = re.compile(r"\{[^{}]*\}")
# what an office meets in Latin letters in its own handbook: commands, keys of a form, kinds of file, codes, variables
LATIN_ALLOWED = re.compile(
    r"python -m app|用 (?!python)[a-z]+([ -][a-z]+)*|--[a-z][a-z-]*( [a-z]+( 或 [a-z]+)*)?|（[a-z_]+）|\[\[[a-z]+\]\]|[a-z]+（[一-鿿]+）|\.[a-z]{2,4}\b"
    r"|fonts-[a-z-]+|XIANGCAI_[A-Z_]+|YYYY(-MM(-DD)?)?|[A-Za-z]+\.(toml|db|json|zip)|Excel|Debian|[A-Z]{2,}[0-9-]*"
)


def every_module() -> list[str]:
    """Every module of the three floors, entry points aside (those run when they are imported)."""
    return [
        found.name
        for package in (app, models, ui)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not found.name.endswith("__main__")
    ]


def subclasses(kind: type[Exception]) -> set[type[Exception]]:
    """A class's descendants, all generations."""
    return {kind} | {below for child in kind.__subclasses__() for below in subclasses(child)}


for name in every_module():
    importlib.import_module(name)

SENTENCES = sorted(
    (
        kind
        for root in (Refusal, WorldError)
        for kind in subclasses(root)
        if kind.__module__.split(".")[0] in FLOORS
    ),
    key=lambda kind: (kind.__module__, kind.__name__),
)
SPOKEN = [kind for kind in SENTENCES if kind not in (Refusal, WorldError)]


@pytest.mark.parametrize("kind", SPOKEN, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_no_is_a_chinese_sentence(kind: type[Refusal] | type[WorldError]) -> None:
    form = getattr(kind, "form", "")
    assert HAN.search(form), "no Chinese sentence"
    assert form.endswith(("。", "。”", "}")), form
    said = LATIN_ALLOWED.sub("", FACT.sub("", form))
    assert not re.search(r"[A-Za-z]{2,}", said), f"English in what a clerk reads: {said}"
    assert kind.__doc__, "no docstring"


def test_refusals_have_names_of_their_own() -> None:
    """Scripts tell refusals apart by class name, so that two of the same name must not exist."""
    codes = [kind.__name__ for kind in SPOKEN]
    assert not sorted({code for code in codes if codes.count(code) > 1})


def test_money_never_meets_a_float() -> None:
    wrong = [
        where(path, node)
        for path in sources("models/domain")
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "module", ["datetime.now", "datetime.today", "date.today", "time.time", "open", "read_text"]
)
def test_the_domain_has_neither_clock_nor_file(module: str) -> None:
    wrong = [
        where(path, node)
        for path in sources("models/domain")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (ast.unparse(node.func) == module or ast.unparse(node.func).endswith(f".{module}"))
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_workbook_room_imports_workbook_libraries() -> None:
    libraries = {"openpyxl", "python_calamine", "xlsxwriter"}
    wrong = [
        where(path, node)
        for path in sources(*FLOORS)
        if not path.is_relative_to(ROOT / "app/workbook")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and libraries & {name.split(".")[0] for name in imported(node)}
    ]
    assert not wrong, "\n".join(wrong)


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The modules that one statement imports."""
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]


# put together here so that this file does not find itself
TELLTALES = [
    "/" + "work" + "/",
    "/" + "root" + "/",
    "/" + "home" + "/",
    "--index" + "-url",
    "--extra-index" + "-url",
    "pypi" + ".org",
    "files.python" + "hosted",
    "mirror" + "s.",
    "artifact" + "ory",
    "PIP_" + "INDEX",
]


@pytest.mark.parametrize("telltale", TELLTALES)
def test_no_text_names_a_machine_or_an_index(telltale: str) -> None:
    wrong = [where(path) for path, text in texts() if telltale in text]
    assert not wrong, "\n".join(wrong)


def test_every_locked_package_has_a_hash() -> None:
    for name in ("runtime.txt", "dev.txt"):
        lock = (ROOT / "requirements" / name).read_text("utf-8")
        entries = re.split(r"\n(?=[A-Za-z0-9])", lock)
        assert len(entries) > 10
        for entry in entries:
            assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
            assert "--hash=sha256:" in entry, entry


def test_the_tests_run_on_the_libraries_that_are_shipped() -> None:
    runtime, dev = (pins(ROOT / "requirements" / name) for name in ("runtime.txt", "dev.txt"))
    assert {name: dev.get(name) for name in runtime} == runtime


def test_the_libraries_asked_for_are_those_that_the_program_imports() -> None:
    imported = {
        name.partition(".")[0]
        for path in sources(*FLOORS)
        for node in ast.walk(tree(path))
        for name in imported_by(node)
    }
    libraries = imported - set(FLOORS) - sys.stdlib_module_names
    asked = (ROOT / "requirements" / "runtime.in").read_text("utf-8")
    # shiboken6 comes with PySide6
    assert {normal(packages_distributions()[name][0]) for name in libraries - {"shiboken6"}} == {
        normal(name) for name in re.findall(r"^[A-Za-z0-9._-]+", asked, re.MULTILINE)
    }


def imported_by(node: ast.AST) -> list[str]:
    """The modules that a statement imports, relative ones aside."""
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def pins(lock: Path) -> dict[str, str]:
    """The pinned versions of a lock."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE))


def test_the_readme_begins_with_the_two_commands_and_they_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for command in ("demo", "test"):
        assert re.search(rf"^make {command}\b", readme, re.MULTILINE), command
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_every_room_stands_in_the_corridor() -> None:
    """A package that no layer names could import anything unseen."""
    contracts = (ROOT / "pyproject.toml").read_text("utf-8")
    rooms = [path.parent.name for path in (ROOT / "app").glob("*/__init__.py")]
    assert len(rooms) > 10
    assert not [room for room in rooms if f"app.{room}" not in contracts]


def test_no_contract_looks_away() -> None:
    contracts = (ROOT / "pyproject.toml").read_text("utf-8")
    assert "ignore_imports" not in contracts  # an exception written there would be a hole in the wall
    assert "unmatched_ignore" not in contracts


def test_scripts_can_be_run_and_are_whole() -> None:
    for name in ("setup.sh", ".ci/run"):
        script = ROOT / name
        assert script.stat().st_mode & 0o111, name
        assert "set -euo pipefail" in script.read_text("utf-8"), name
        subprocess.run(["bash", "-n", str(script)], check=True)
