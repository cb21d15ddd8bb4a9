"""Chinese on Linux: the way that is chosen, and real fcitx 4 and 5 under Xvfb, each where it is installed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ui.input_method.choosing import FCITX, IBUS, WAY, Way, choose

ROOT = Path(__file__).parents[2]
BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus", "DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("environment", "names", "way", "module"),
    [
        (BUS, {FCITX}, Way.OWN, "none"),
        (BUS, {FCITX, *IBUS}, Way.OWN, "none"),
        (BUS, {IBUS[0]}, Way.IBUS, "ibus"),
        (BUS, {IBUS[1]}, Way.IBUS, "ibus"),
        (BUS, set(), Way.ALONE, None),
        ({"DISPLAY": ":0"}, {FCITX}, Way.ALONE, None),
        ({**BUS, WAY: "alone"}, {FCITX}, Way.ALONE, None),
        ({**BUS, WAY: "ibus"}, {FCITX}, Way.IBUS, "ibus"),
        ({**BUS, "QT_QPA_PLATFORM": "offscreen"}, {FCITX}, Way.ALONE, None),
    ],
)
def test_the_way_is_chosen_by_who_answers(
    environment: dict[str, str], names: set[str], way: Way, module: str | None
) -> None:
    read = dict(environment)
    assert choose(read, names.__contains__, "linux") is way
    assert read.get("QT_IM_MODULE") == module
    assert read.get("QT_QPA_PLATFORM") == (
        environment.get("QT_QPA_PLATFORM") or ("xcb" if "DISPLAY" in read else None)
    )


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_are_left_alone(platform: str) -> None:
    read = dict(BUS)
    assert choose(read, lambda _name: True, platform) is Way.ALONE
    assert read == BUS


PROFILE = """[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=keyboard-us
Layout=

[Groups/0/Items/1]
Name=pinyin
Layout=

[GroupOrder]
0=Default
"""


OLD_PROFILE = "[Profile]\nIMName=pinyin\nEnabledIMList=fcitx-keyboard-us:True,pinyin:True\n"


@pytest.mark.parametrize(("program", "remote"), [("fcitx5", "fcitx5-remote"), ("fcitx", "fcitx-remote")])
def test_real_fcitx_types_chinese_and_leaves_codes_alone(tmp_path: Path, program: str, remote: str) -> None:
    for needed in (program, remote, "xvfb-run", "dbus-run-session"):
        if shutil.which(needed) is None:
            pytest.skip(f"no {needed} here")  # a desktop brings one; setup.sh cannot bring both
    kept = tmp_path / ".config" / "fcitx5"
    kept.mkdir(parents=True)
    (kept / "profile").write_text(PROFILE, "utf-8")
    old = tmp_path / ".config" / "fcitx"
    old.mkdir()
    (old / "profile").write_text(OLD_PROFILE, "utf-8")
    script = f"{program} -d >/dev/null 2>&1; sleep 2; {sys.executable} -m tests.ui.typed_by_fcitx {remote}; {remote} -e"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QT_")}
    done = subprocess.run(
        ["xvfb-run", "-a", "dbus-run-session", "--", "sh", "-c", script], cwd=ROOT, check=False, timeout=150,
        env={**environment, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config")},
        capture_output=True, text=True,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr
    found = json.loads(lines[-1])
    assert found == {"way": "own", "client": True, "active": True, "name": "你好", "code": "NIHAO"}
