"""An import killed half-way leaves nothing: the office opens, holds nothing of it, and the import done again succeeds."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from models.store.opening import open_office
from tests.bench.townships import write_people
from tests.conftest import PASSWORD, found

ROWS = 30_000
CLERK = "经办甲"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A people file of a whole township."""
    return write_people(tmp_path_factory.mktemp("big") / "户籍底册.xlsx", ROWS)


def start(office: Path, *words: str) -> subprocess.Popen[bytes]:
    """A headless command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "app", *words, "--office", str(office), "--as", CLERK, "--json"],
        cwd=ROOT, env={**os.environ, "XIANGCAI_PASSWORD": PASSWORD}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def answer(process: subprocess.Popen[bytes]) -> dict[str, object]:
    """What a command answered that was left to finish."""
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    return dict(json.loads(out))


def holds_nothing(office: Path) -> None:
    """No row of the import, no run, no file, and nothing wrong with the office."""
    store = open_office(office, CLERK, PASSWORD)
    for table in ("person", "household", "import_run", "import_finding", "stored_file"):
        assert store.value(f"SELECT count(*) FROM {table}") == 0, table
    assert store.value("SELECT count(*) FROM audit_line WHERE act = 'import.people'") == 0
    store.close()
    assert not [found for found in office.glob("files/**/*") if found.is_file()]
    assert answer(start(office, "doctor"))["ok"] is True


def holds_all(office: Path) -> bool:
    """Whether the import is whole: every person and its run."""
    store = open_office(office, CLERK, PASSWORD)
    people, runs = (store.value(f"SELECT count(*) FROM {table}") for table in ("person", "import_run"))
    store.close()
    return bool((people, runs) == (ROWS, 1))


def kill_when(process: subprocess.Popen[bytes], is_time: Callable[[], bool]) -> bool:
    """Kill the process as soon as it is time; gives whether it was still at work."""
    while process.poll() is None and not is_time():
        time.sleep(0.002)
    was_at_work = process.poll() is None
    if was_at_work:
        process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    return was_at_work


def test_an_import_killed_at_any_moment_leaves_nothing(workbook: Path, tmp_path: Path) -> None:
    found(tmp_path / "whole", villages=()).store.close()
    began = time.monotonic()
    assert answer(start(tmp_path / "whole", "import", "people", str(workbook)))["accepted"] == ROWS
    took = time.monotonic() - began

    office = tmp_path / "office"
    found(office, villages=()).store.close()
    seed = int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}")
    rng = Random(seed)
    for part in (0.35, 0.55, 0.75):
        delay = took * (part + rng.random() * 0.2)
        process = start(office, "import", "people", str(workbook))
        end = time.monotonic() + delay
        if not kill_when(process, lambda end=end: time.monotonic() >= end):  # type: ignore[misc]
            return  # this machine was quicker than a moment ago: the import is whole
        if holds_all(office):
            return  # it had committed, and was only telling about it
        holds_nothing(office)
    assert answer(start(office, "import", "people", str(workbook)))["accepted"] == ROWS


def test_an_import_killed_while_it_commits_leaves_all_or_nothing(workbook: Path, tmp_path: Path) -> None:
    office = tmp_path / "office"
    found(office, villages=()).store.close()
    (database,) = office.glob("*.db")
    log = database.with_name(database.name + "-wal")

    def is_written() -> bool:
        return log.exists() and log.stat().st_size > 1_000_000

    process = start(office, "import", "people", str(workbook))
    kill_when(process, is_written)
    store = open_office(office, CLERK, PASSWORD)
    people, runs = (store.value(f"SELECT count(*) FROM {table}") for table in ("person", "import_run"))
    store.close()
    assert (people, runs) in ((0, 0), (ROWS, 1))
    if not people:
        holds_nothing(office)
        assert answer(start(office, "import", "people", str(workbook)))["accepted"] == ROWS
