"""`make bench [NAME …]`: every benchmark in a process of its own, each figure beside its floor from the same run.

Prints a table; `--json FILE` keeps it. The machines are noisy: a figure is the median of its runs.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.bench.measuring import BENCHES, Measured, load_benches

RUNS = {"small": 3, "large": 1}


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--one", metavar="NAME", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    load_benches()
    if options.one:
        print(json.dumps(BENCHES[options.one].run().as_json()))
        return
    results: dict[str, dict[str, object]] = {}
    print("benchmark\tours\tfloor\tratio\tpeak MB\twhat the floor is")
    for name in options.names or BENCHES:
        runs = [_in_own_process(name) for _ in range(RUNS[BENCHES[name].size])]
        ours, floor, peak = (
            median(part) for part in zip(*((r.ours, r.floor, r.peak_mb) for r in runs), strict=True)
        )
        ratio = f"{ours / floor:.2f}" if floor else "–"
        print(f"{name}\t{_time(ours)}\t{_time(floor)}\t{ratio}\t{peak:.0f}\t{runs[0].floor_name}", flush=True)
        results[name] = {
            "ours_s": ours,
            "floor_s": floor,
            "peak_mb": peak,
            "floor": runs[0].floor_name,
            "notes": runs[0].notes,
        }
    if options.json:
        options.json.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")


def _in_own_process(name: str) -> Measured:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--one", name],
        check=True,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


main()
