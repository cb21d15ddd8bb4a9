"""Every write and sync call of a month failed in turn: killed there, told that the disk is full, told that it is broken."""

import os
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.safety.conftest import Reference, needs_strace, seed_of, wanted
from tests.safety.month import REFUSED, STEPS, WORLD_FAILED, take_steps
from tests.safety.test_kills import acknowledged

ROOT = Path(__file__).parents[2]
CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink"
SAMPLED = 7
"""Of each kind of fault, in `make test`; `make soak` fails every call."""
KILLED = 128 + 9


def month(office: Path, files: Path, acks: Path, *strace: str) -> subprocess.CompletedProcess[str]:
    """The month in a process of its own under strace."""
    return subprocess.run(
        ["strace", "-f", "-qq", "--seccomp-bpf", *strace, sys.executable, "-m", "tests.safety.month", str(office), str(files), str(acks)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def calls(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int]]:
    """These calls of the month, each by its name and its number among those of its name (so strace counts them)."""
    folder = tmp_path_factory.mktemp("calls")
    office, log = reference.copy(folder / "office"), folder / "log"
    done = month(office, reference.files, folder / "acks", "-e", f"trace={CALLS}", "-o", str(log))
    assert done.returncode == 0, done.stderr
    assert reference.whole(office, acknowledged=len(STEPS)) == len(STEPS)
    numbers: Counter[str] = Counter()
    found = []
    for name in re.findall(r"^\d+ +(\w+)\(", log.read_text("utf-8", "replace"), re.MULTILINE):
        numbers[name] += 1
        found.append((name, numbers[name]))
    assert len(numbers) > 4
    return found


@needs_strace
@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=ENOSPC", "error=EIO"])
def test_a_call_that_fails_loses_and_doubles_nothing(
    reference: Reference, tmp_path: Path, calls: list[tuple[str, int]], fault: str
) -> None:
    rng = random.Random(seed_of(fault))
    places = rng.sample(calls, wanted(SAMPLED, len(calls)))
    for name, place in places:
        office, acks = reference.copy(tmp_path / "office"), tmp_path / "acks"
        acks.unlink(missing_ok=True)
        inject = f"inject={name}:{fault}:when={place}" + (
            "+" if "ENOSPC" in fault and name != "write" else ""
        )
        done = month(office, reference.files, acks, "-e", f"trace={CALLS}", "-e", inject, "-o", "/dev/null")
        where = f"{name} {place}, {fault}: {done.stderr[-300:]}"
        if "SIGKILL" in fault:
            assert done.returncode in (0, -9, KILLED), where
        elif acknowledged(acks) == len(STEPS):  # nothing but tidying up was left to fail
            assert done.returncode in (0, WORLD_FAILED), where
        else:  # a sentence, or the acknowledgement itself could not be written
            assert done.returncode in (REFUSED, WORLD_FAILED) or "acknowledge" in done.stderr, where
            assert "Traceback" not in done.stderr or "acknowledge" in done.stderr, where
        reference.whole(office, acknowledged=acknowledged(acks))
        take_steps(office, reference.files, lambda step: None)
        assert reference.whole(office, acknowledged=len(STEPS)) == len(STEPS), where
    print(f"{fault}: {len(places)} of {len(calls)} calls: 0 lost, 0 doubled")
