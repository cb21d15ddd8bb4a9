"""Every write and sync call of a month failed in turn: killed there, told that the disk is full, told that it is broken."""

import os
import random
import re
import subprocess
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from app.workbook.process.reader import end_warm_process
from models.domain.refusal import Refusal, WorldError
from tests.safety.conftest import Reference, needs_strace, seed_of, wanted
from tests.safety.month import STEPS, take_steps
from tests.safety.test_kills import acknowledged

CALLS: Final = "pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink"
SAMPLED: Final = 14
"""Of each kind of fault, in `make test`; `make soak` fails every call."""
DONE, CRASHED, REFUSED, WORLD_FAILED, UNPROMISED, KILLED = 0, 1, 2, 3, 5, -9
"""How a step's process may end; `UNPROMISED` could do its step but not say so."""


class Call(NamedTuple):
    """The `number`-th call of its name in a process that opens the office, takes step `step` and closes it (so strace counts)."""

    step: int
    name: str
    number: int


def one_step(office: Path, files: Path, acks: Path, step: int) -> int:
    """A month's next step, acknowledged after its use case came back; gives how it ended."""
    unpromised = False

    def acknowledge(number: int) -> None:
        nonlocal unpromised
        unpromised = True
        with acks.open("ab", buffering=0) as said:
            said.write(f"{number}\n".encode())
            os.fsync(said.fileno())
        unpromised = False

    try:
        take_steps(office, files, acknowledge, until=step + 1)
    except Refusal:
        return REFUSED
    except WorldError:
        return WORLD_FAILED
    except OSError:
        if unpromised:
            return UNPROMISED
        raise
    return DONE


def traced_step(office: Path, files: Path, acks: Path, step: int, *strace: str) -> int:
    """One step in a process of its own (a fork: nothing is imported again) that strace holds from before it opens the office."""
    end_warm_process()  # a reading process that two of us talk to would answer neither
    wait, go = os.pipe()
    child = os.fork()
    if not child:
        status = CRASHED
        try:
            os.read(wait, 1)
            status = one_step(office, files, acks, step)
        except BaseException:  # whatever it is, nothing of pytest may run in the child
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(child), "-e", f"trace={CALLS}", *strace], stderr=subprocess.PIPE, text=True
    )
    assert tracer.stderr is not None
    assert "attached" in tracer.stderr.readline()
    os.write(go, b"!")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    tracer.communicate(timeout=60)
    os.close(wait)
    os.close(go)
    return status


@pytest.fixture(scope="module")
def calls(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    """These calls of the month's steps; strace counts each thread and process for itself."""
    folder = tmp_path_factory.mktemp("calls")
    found: set[Call] = set()
    for step in range(len(STEPS)):
        office, log = reference.copy(folder / "office", after=step), folder / "log"
        status = traced_step(office, reference.files, folder / "acks", step, "-o", str(log))
        assert status == DONE, STEPS[step][0]
        assert reference.whole(office, acknowledged=step + 1) == step + 1
        numbers: Counter[tuple[str, str]] = Counter()
        for process, name in re.findall(r"^(\d+) +(\w+)\(", log.read_text("utf-8", "replace"), re.MULTILINE):
            numbers[process, name] += 1
            found.add(Call(step, name, numbers[process, name]))
    assert len({call.name for call in found}) > 4
    return sorted(found)


@needs_strace
@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=ENOSPC", "error=EIO"])
def test_a_call_that_fails_loses_and_doubles_nothing(
    reference: Reference, tmp_path: Path, calls: list[Call], fault: str
) -> None:
    """The office is as before the step or as after it, whatever was promised holds, and the month goes on from there.

    What it is compared with is the office's every row, so the one step after says enough: the rest is other calls' turn.
    """
    rng = random.Random(seed_of(fault))
    ends: Counter[int] = Counter()
    for call in rng.sample(calls, wanted(SAMPLED, len(calls))):
        office, acks = reference.copy(tmp_path / "office", after=call.step), tmp_path / "acks"
        acks.unlink(missing_ok=True)
        stays = (
            "+" if "ENOSPC" in fault and call.name != "write" else ""
        )  # a full disk is full for the next one too
        inject = f"inject={call.name}:{fault}:when={call.number}{stays}"
        status = traced_step(office, reference.files, acks, call.step, "-e", inject, "-o", "/dev/null")
        ends[status] += 1
        where = f"{STEPS[call.step][0]}: {call.name} {call.number}, {fault}: ended with {status}"
        promised = max(acknowledged(acks), call.step)
        assert status in (DONE, REFUSED, WORLD_FAILED, UNPROMISED, KILLED), where
        assert promised == call.step + 1 or status != DONE, where
        reference.whole(office, acknowledged=promised)
        further = min(call.step + 2, len(STEPS))
        take_steps(office, reference.files, lambda step: None, until=further)
        assert reference.whole(office, acknowledged=further) == further, where
    print(f"{fault}: {ends.total()} of {len(calls)} calls: 0 lost, 0 doubled; ended {dict(ends)}")
