"""What goes into an installer: build.spec parses, every name in it is there, and nothing that the program imports is left out."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import PySide6
import pytest

from tests.packaging.recipes import COMMON, LINUX, recipe
from tests.style.house import ROOT, sources

shipped = recipe("common/what_is_shipped")
QT = Path(PySide6.__file__).parent
SITE = "/opt/site/PySide6"
SYSTEM = "/usr/lib/x86_64-linux-gnu"


def imports(folders: tuple[str, ...]) -> set[str]:
    """Every module that our own code names in an import."""
    found: set[str] = set()
    for path in sources(*folders):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_the_spec_parses_and_asks_only_for_what_is_there() -> None:
    spec = ast.parse((ROOT / "build.spec").read_text("utf-8"))
    asked = [
        node
        for node in ast.walk(spec)
        if isinstance(node, ast.ImportFrom) and node.module == "what_is_shipped"
    ]
    assert asked
    assert not [alias.name for node in asked for alias in node.names if not hasattr(shipped, alias.name)]
    for name in (shipped.ENTRY, shipped.RUNS_FIRST):
        assert (ROOT / name).is_file(), name
    for source, _target in shipped.resources(ROOT):
        assert source.exists(), source


def test_every_screen_and_command_is_taken() -> None:
    """They are imported by name when they are asked for, so that PyInstaller cannot see them."""
    from app.cli import ROOMS
    from ui.window.frame import SCREENS

    taken = set(shipped.modules(ROOT))
    assert {f"app.cli.{room}" for room in ROOMS} <= taken
    assert {at.module for at in SCREENS.values()} <= taken
    assert "app" in taken
    assert not [name for name in taken if name.endswith("__init__")]


def test_nothing_that_the_program_imports_is_shut_out() -> None:
    named = imports(("app", "models", "ui"))
    out = [name for name in named for shut in shipped.EXCLUDED if name == shut or name.startswith(f"{shut}.")]
    assert not out
    qt = {found[1] for name in named if (found := re.match(r"PySide6\.(Qt\w+)", name))}
    assert len(qt) > 3
    assert qt <= shipped.BINDINGS


def test_every_qt_name_is_in_the_wheel() -> None:
    """A name that a newer wheel spells otherwise would silently leave out what a desktop needs."""
    assert all(list((QT / "Qt/lib").glob(f"{name}.so*")) for name in shipped.QT_LIBRARIES)
    assert all((QT / "Qt/plugins" / f"{name}.so").is_file() for name in shipped.QT_PLUGINS)
    assert all((QT / "Qt/translations" / name).is_file() for name in shipped.QT_TRANSLATIONS)
    assert all((QT / f"{name}.abi3.so").is_file() for name in shipped.BINDINGS)


@pytest.mark.parametrize(
    ("target", "source", "taken"),
    [
        ("libQt6Core.so.6", f"{SITE}/Qt/lib/libQt6Core.so.6", True),
        ("PySide6/Qt/lib/libQt6Core.so.6", f"{SITE}/Qt/lib/libQt6Core.so.6", True),
        ("libQt6Quick.so.6", f"{SITE}/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", f"{SITE}/Qt/plugins/platforms/libqxcb.so", True),
        (
            "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
            f"{SITE}/Qt/plugins/platformthemes/libqgtk3.so",
            False,
        ),
        ("PySide6/Qt/translations/qtbase_de.qm", f"{SITE}/Qt/translations/qtbase_de.qm", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", f"{SITE}/Qt/translations/qtbase_zh_CN.qm", True),
        ("PySide6/QtNetwork.abi3.so", f"{SITE}/QtNetwork.abi3.so", False),
        ("libpyside6.abi3.so.6.7", f"{SITE}/libpyside6.abi3.so.6.7", True),
        ("libpyside6qml.abi3.so.6.7", f"{SITE}/libpyside6qml.abi3.so.6.7", False),
        ("libxcb-cursor.so.0", f"{SYSTEM}/libxcb-cursor.so.0", True),
        ("libglib-2.0.so.0", f"{SYSTEM}/libglib-2.0.so.0", False),
        ("libstdc++.so.6", f"{SYSTEM}/libstdc++.so.6", False),
        ("libcrypto.so.1.1", f"{SYSTEM}/libcrypto.so.1.1", True),
        ("sqlcipher3/_sqlite3.so", "/opt/site/sqlcipher3/_sqlite3.so", True),
        ("pypinyin/phrases_dict.json", "/opt/site/pypinyin/phrases_dict.json", False),
        ("pypinyin/pinyin_dict.json", "/opt/site/pypinyin/pinyin_dict.json", True),
        ("resources/style.qss", "/src/resources/style.qss", True),
    ],
)
def test_what_is_taken(target: str, source: str, taken: bool) -> None:
    assert shipped.is_shipped(target, source) is taken


def test_phrases_may_stay_behind_because_nothing_asks_for_them() -> None:
    """pypinyin reads them at import unless it is told not to."""
    for path in sources("app", "models", "ui"):
        text = path.read_text("utf-8")
        if re.search(r"^\s*(from|import) pypinyin", text, re.MULTILINE):
            before = text[: re.search(r"^\s*(from|import) pypinyin", text, re.MULTILINE).start()]  # type: ignore[union-attr]
            assert "PYPINYIN_NO_PHRASES" in before, path


@pytest.mark.parametrize(
    ("name", "arguments", "headless"),
    [
        ("xiangcai", [], False),
        ("xiangcai", ["/数据/云溪"], False),
        ("xiangcai", ["--command", "doctor"], True),
        ("/usr/bin/xiangcai-cli", ["doctor"], True),
        ("xiangcai-cli.exe", ["doctor"], True),
    ],
)
def test_one_program_answers_to_both_names(
    name: str, arguments: list[str], headless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, list[str]]] = []
    for floor in ("app", "ui"):
        door = ModuleType(f"{floor}.__main__")
        door.main = lambda floor=floor: heard.append((floor, sys.argv[1:])) or 7  # type: ignore[attr-defined, func-returns-value]
        monkeypatch.setitem(sys.modules, f"{floor}.__main__", door)
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    assert recipe("common/start").main() == 7
    assert heard == [("app" if headless else "ui", [one for one in arguments if one != "--command"])]


@pytest.mark.parametrize(("before", "after"), [(None, None), ("/opt/his", "/opt/his")])
def test_what_the_program_starts_finds_the_systems_libraries(before: str | None, after: str | None) -> None:
    env = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": "/nowhere"} | (
        {"LD_LIBRARY_PATH_ORIG": before} if before else {}
    )
    played = f"import os, runpy; runpy.run_path({str(COMMON / 'own_libraries.py')!r}); print(os.environ.get('LD_LIBRARY_PATH'))"
    told = subprocess.run([sys.executable, "-c", played], capture_output=True, text=True, check=True, env=env)
    assert told.stdout.strip() == str(after)


@pytest.mark.parametrize("script", sorted(LINUX.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_parse_and_say_how_they_are_used(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text("utf-8")
    if script.stat().st_mode & 0o111:
        assert text.startswith("#!/usr/bin/env bash\n")
        assert "set -euo pipefail" in text
    else:
        assert "Sourced, never run." in text
    for name in re.findall(r'"\$(HERE|COMMON)/([\w.]+)"', text):
        assert ((LINUX if name[0] == "HERE" else COMMON) / name[1]).exists(), name
