"""Every screen opened and closed again and again: memory stays, no widget, no timer and no thread is left behind.

50 times in `make soak`, fewer in `make test`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = bool(os.environ.get("XIANGCAI_SOAK"))
TIMES = 50
MOST_MB = 5.0
MOST_MB_OF_WINDOWS = 20.0
"""PySide keeps some bytes of every signal that was connected from Python, and so some hundred kB of a whole window."""


@pytest.mark.timeout(1800 if SOAK else 300)
@pytest.mark.parametrize(
    ("which", "times", "most"), [("window", 10, MOST_MB), ("windows", 3, MOST_MB_OF_WINDOWS)]
)
def test_going_through_every_screen_costs_nothing(
    which: str, times: int, most: float, sample: Path, tmp_path: Path
) -> None:
    """From screen to screen in one window, as a clerk does all day; and the window made anew for another operator."""
    office = tmp_path / "office"
    shutil.copytree(sample, office)
    (office / "office.lock").unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.leaks", str(office), which, str(TIMES if SOAK else times)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    before, after = json.loads(done.stdout.splitlines()[-1])
    print(f"memory, widgets, timers, threads: {before} → {after}")
    assert after[1:] == before[1:]
    assert after[0] - before[0] < most
