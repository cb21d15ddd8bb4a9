"""kill -9 at any moment of a month: every acknowledged step is there, none is doubled, and going on reaches the same end."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from app.workbook.process.reader import end_warm_process
from tests.safety.conftest import Reference, seed_of, wanted
from tests.safety.month import STEPS, take_steps

KILLS = wanted(60, 1000)


def start(office: Path, files: Path, acks: Path) -> int:
    """The month in a process of its own (a fork: nothing is imported again); gives its number."""
    end_warm_process()  # a reading process that two of us talk to would answer neither
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        handle = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def acknowledge(number: int) -> None:
            os.write(handle, f"{number}\n".encode())
            os.fsync(handle)

        take_steps(office, files, acknowledge)
        status = 0
    finally:
        os._exit(status)  # nothing of pytest runs in the child


def acknowledged(acks: Path) -> int:
    """The last step that was promised."""
    said = acks.read_text().split() if acks.exists() else []
    numbers = [int(one) for one in said]
    assert numbers == sorted(set(numbers)), "a step was acknowledged twice"
    return numbers[-1] if numbers else 0


def kill_after(child: int, acks: Path, step: int, moment: float) -> bool:
    """Kill a month some moment after its step was acknowledged; gives whether it was still under way."""
    while acknowledged(acks) < step:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.001)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.timeout(36_000)
def test_killed_at_any_moment_nothing_is_lost_or_doubled(reference: Reference, tmp_path: Path) -> None:
    rng = random.Random(seed_of("kills"))
    kills, months, office, acks = 0, 0, tmp_path / "office", tmp_path / "acks"
    where: set[int] = set()
    while kills < KILLS:
        reference.copy(office)
        acks.unlink(missing_ok=True)
        months += 1
        done = 0
        while done < len(STEPS) - 1:
            # while it opens, or somewhere within the next few steps
            step = done + rng.choice((0, 0, 1, 1, 2, 3))
            child = start(office, reference.files, acks)
            kills += kill_after(child, acks, min(step, len(STEPS) - 1), rng.random() * 0.03)
            # killed between commit and word twice running, two steps are there that were never promised
            done = reference.whole(
                office, acknowledged=max(acknowledged(acks), done), all_checks=kills % 5 == 0
            )
            where.add(done)
        child = start(office, reference.files, acks)
        assert os.waitpid(child, 0)[1] == 0
        assert reference.whole(office, acknowledged=len(STEPS)) == len(STEPS)
    print(
        f"{kills} kills over {months} months, after {len(where)} of {len(STEPS) + 1} steps: 0 lost, 0 doubled"
    )
    assert len(where) > len(STEPS) // 2
