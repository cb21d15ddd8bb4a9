"""How a benchmark is named, run and reported."""

import importlib
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.desk import Desk
from tests.conftest import found, seat

WORKBOOKS = Path("build/bench")
"""Where the made-up workbooks are kept between runs."""


@dataclass(frozen=True)
class Measured:
    """Seconds of ours and of the floor, the peak memory of the whole process in MB, what the floor is, other figures."""

    ours: float
    floor: float
    floor_name: str
    peak_mb: float = 0.0
    notes: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """For the parent process."""
        return {**asdict(self), "peak_mb": self.peak_mb or peak_mb()}


@dataclass(frozen=True)
class Bench:
    """One benchmark and how often it is repeated."""

    run: Callable[[], Measured]
    size: str


BENCHES: dict[str, Bench] = {}


def bench(name: str, size: str = "small") -> Callable[[Callable[[], Measured]], Callable[[], Measured]]:
    """Register a benchmark under the name that the README uses."""

    def named(run: Callable[[], Measured]) -> Callable[[], Measured]:
        BENCHES[name] = Bench(run, size)
        return run

    return named


def load_benches() -> None:
    """Import every bench_*.py beside this file."""
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"tests.bench.{path.stem}")


def timed(act: Callable[[], object]) -> float:
    """Seconds that `act` takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def peak_mb() -> float:
    """Peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def empty_office(villages: tuple[str, ...] = ()) -> Iterator[Desk]:
    """The clerk's desk in a new office that is removed after."""
    folder = Path(tempfile.mkdtemp(prefix="xiangcai-bench-"))
    try:
        desk = seat(found(folder / "office", villages), "经办甲")
        yield desk
        desk.store.close()
    finally:
        shutil.rmtree(folder)
