"""Power cuts at any call of a recorded month, on orderly and unruly disks, with torn and reordered writes."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.safety.conftest import Reference, needs_strace, seed_of, wanted
from tests.safety.disk import TRACED, Disk, Op, read_record
from tests.safety.month import STEPS

ROOT = Path(__file__).parents[2]
CUTS = wanted(400, 10_000)


@dataclass(frozen=True)
class Record:
    """A month as its calls; `founded` is the folder as it was before them."""

    folder: Path
    founded: Path
    ops: tuple[Op, ...]


@pytest.fixture(scope="module")
def record(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Record:
    return recorded(reference, tmp_path_factory.mktemp("record"))


def recorded(reference: Reference, folder: Path, *plants: str) -> Record:
    """A month in a process of its own, every call that writes recorded; bugs may be planted in it."""
    disk = folder / "disk"
    reference.copy(disk / "office")
    reference.copy(folder / "founded")
    log = folder / "log"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-y", "-xx", "-s", "100000000", "--seccomp-bpf", "-e", f"trace={TRACED}", "-o", str(log),
         sys.executable, "-m", "tests.safety.month", str(disk / "office"), str(reference.files), str(disk / "acks"), *plants],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ops = tuple(read_record(log, disk))
    log.unlink()
    shutil.rmtree(disk)
    return Record(disk, folder / "founded", ops)


def begun(record: Record) -> Disk:
    """The disk before the month."""
    shutil.copytree(record.founded, record.folder / "office")
    disk = Disk.of(record.folder)
    shutil.rmtree(record.folder)
    return disk


def promised(record: Record, ops: int) -> int:
    """How many steps were acknowledged before the cut: what was written to the user's eyes counts, not what is on the disk."""
    said = b"".join(op.body for op in record.ops[:ops] if op.path.endswith("/acks") and op.kind == "write")
    return len(said.split())


def laid_out(image: dict[str, bytes], record: Record, to: Path) -> Path:
    """The disk's content as files again; what the memory held (-shm) is gone."""
    shutil.rmtree(to, ignore_errors=True)
    for path, body in image.items():
        name = Path(path).relative_to(record.folder)
        if name.parts[0] != "office" or name.name.endswith("-shm"):
            continue
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(body)
    return to / "office"


def cuts(record: Record, rng: random.Random, most: int = CUTS // 2) -> Iterator[tuple[int, Disk]]:
    """The disk at cuts drawn by chance from all calls, in order; each cut may be met more than once."""
    places = sorted(rng.randrange(1, len(record.ops)) for _ in range(most))
    disk, at = begun(record), 0
    for place in places:
        for op in record.ops[at:place]:
            disk.do(op)
        at = place
        yield place, disk


EXPORTS = """
import os, sys
from pathlib import Path
from models.store import durable
for plant in sys.argv[2:]:
    from tests.safety.plants import PLANTS
    PLANTS[plant]()
folder = Path(sys.argv[1])
handle = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
for number in range(1, 9):
    with durable.replacing(folder / "export.txt") as part:
        part.write_bytes(bytes([48 + number]) * 5000)
    os.write(handle, f"{number}\\n".encode())
    os.fsync(handle)
"""


def recorded_exports(folder: Path, *plants: str) -> tuple[Path, tuple[Op, ...]]:
    """A file written eight times over as exports are, each time acknowledged; the folder and its calls."""
    disk, log = folder / "disk", folder / "log"
    disk.mkdir(parents=True)
    done = subprocess.run(
        ["strace", "-f", "-qq", "-y", "-xx", "-s", "100000000", "--seccomp-bpf", "-e", f"trace={TRACED}", "-o", str(log),
         sys.executable, "-c", EXPORTS, str(disk), *plants],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return disk, tuple(read_record(log, disk))


def exports_survive(folder: Path, *plants: str) -> int:
    """Cut at every call, often: the export is whole, and at least the acknowledged one."""
    disk_folder, ops = recorded_exports(folder, *plants)
    rng, met = random.Random(7), 0
    for place in range(1, len(ops) + 1):
        disk = Disk()
        for op in ops[:place]:
            disk.do(op)
        said = b"".join(op.body for op in ops[:place] if op.path.endswith("/acks") and op.kind == "write")
        for _ in range(10):
            image = disk.unruly(rng)
            body = image.get(str(disk_folder / "export.txt"), b"0" * 5000)
            assert len(body) == 5000, f"cut {place}: half a file"
            assert len(set(body)) == 1, f"cut {place}: two files in one"
            assert body[0] - 48 >= len(said.split()), f"cut {place}: acknowledged and lost"
            met += 1
    return met


@needs_strace
def test_an_export_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    print(f"{exports_survive(tmp_path)} cuts in exports: 0 halves, 0 lost")


@needs_strace
@pytest.mark.timeout(36_000)
def test_the_record_is_whole(reference: Reference, record: Record, tmp_path: Path) -> None:
    """Replayed to its end the record gives the very office that the month made; else the cuts would prove nothing."""
    disk = begun(record)
    for op in record.ops:
        disk.do(op)
    office = laid_out(disk.orderly(), record, tmp_path)
    assert reference.whole(office, acknowledged=len(STEPS)) == len(STEPS)
    assert promised(record, len(record.ops)) == len(STEPS)
    kinds = {op.kind for op in record.ops}
    assert {"write", "sync", "truncate", "rename", "create"} <= kinds


@needs_strace
@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("kind", ["orderly", "unruly"])
def test_a_power_cut_loses_and_doubles_nothing(
    reference: Reference, record: Record, tmp_path: Path, kind: str
) -> None:
    met, where = survive(reference, record, tmp_path, kind, random.Random(seed_of(kind)))
    print(
        f"{met} cuts among {len(record.ops)} calls on an {kind} disk: 0 lost, 0 doubled, {len(where)} places"
    )
    assert len(where) > len(STEPS) // 2


def survive(
    reference: Reference, record: Record, tmp_path: Path, kind: str, rng: random.Random, most: int = CUTS // 2
) -> tuple[int, set[int]]:
    """Cut a recorded month again and again; gives how often, and after which steps. Raises AssertionError for what was lost."""
    where: set[int] = set()
    met = 0
    for place, disk in cuts(record, rng, most):
        image = disk.orderly(record.ops[place], rng) if kind == "orderly" else disk.unruly(rng)
        office = laid_out(image, record, tmp_path)
        met += 1
        try:
            promise = promised(record, place)
            where.add(reference.whole(office, acknowledged=promise, all_checks=met % 10 == 0))
        except Exception as error:
            raise AssertionError(f"cut {place} of {len(record.ops)} on an {kind} disk: {error}") from error
    return met, where
