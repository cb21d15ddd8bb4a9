"""What the safety tests share: an office to spoil, the month's files, the states that are right after each step."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.doctor import check_up
from models.store.opening import open_office
from tests.conftest import PASSWORD, found
from tests.safety.month import CLERK, CLOCK, STEPS, done_steps, state, take_steps, write_files


@dataclass(frozen=True)
class Reference:
    """An office as founded, what comes in from outside, and what the office holds after each number of steps."""

    offices: tuple[Path, ...]
    files: Path
    states: tuple[dict[str, str], ...]

    def copy(self, to: Path, *, after: int = 0) -> Path:
        """The office as founded, or after some steps, to be spoilt."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.offices[after], to)
        return to

    def whole(self, office: Path, *, acknowledged: int, all_checks: bool = True) -> int:
        """Open an office after a fault: it is exactly as after some step, and no acknowledged one is lost. Gives the steps done."""
        store = open_office(office, CLERK, PASSWORD, CLOCK)
        try:
            assert store.fault is None
            done = done_steps(store)
            assert acknowledged <= done <= acknowledged + 1, f"{acknowledged} acknowledged, {done} found"
            assert state(store) == self.states[done], f"not the state after step {done}"
            if all_checks:
                assert check_up(store) == []
        finally:
            store.close()
        return done


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("month")
    walked, files = folder / "walked", folder / "files"
    found(walked).store.close()
    write_files(files)
    states, offices = [], []
    for number in range(len(STEPS) + 1):
        take_steps(walked, files, lambda step: None, until=number)
        store = open_office(walked, CLERK, PASSWORD, CLOCK)
        states.append(state(store))
        store.close()
        (walked / "office.lock").unlink(missing_ok=True)
        offices.append(shutil.copytree(walked, folder / f"office-{number}"))
    return Reference(tuple(offices), files, tuple(states))


def wanted(in_test: int, in_soak: int) -> int:
    """How many times: a few in `make test`, many in `make soak`."""
    return in_soak if os.environ.get("XIANGCAI_SOAK") == "1" else in_test


def seed_of(name: str) -> int:
    """A seed, printed so that a failure can be had again: XIANGCAI_SEED, or chance."""
    seed = int(os.environ.get("XIANGCAI_SEED") or int.from_bytes(os.urandom(4), "big"))
    print(f"{name}: seed {seed}")
    return seed


def may_trace() -> bool:
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=none", "true"], capture_output=True, check=False
    )
    return tried.returncode == 0


needs_strace = pytest.mark.skipif(
    not may_trace(), reason="strace is not here or may not trace on this machine"
)
