"""The parts of the Windows program, for the list beside its installers (packaging/common/sbom.py makes CycloneDX of it).

python parts.py WHEELS LICENCES.CSV > PARTS.JSON
"""

import csv
import json
import sys
from pathlib import Path
from typing import Final

_PYTHON: Final = {
    "kind": "generic",
    "name": "cpython-embeddable-amd64",
    "version": "3.11.9",
    "licence": "PSF-2.0",
}
_RUNTIME: Final = {
    "kind": "generic", "name": "msvc-runtime", "version": "14.39.33520", "licence": "Microsoft Visual C++ Redistributable",
}  # fmt: skip


def parts(wheels: Path, licences: Path) -> list[dict[str, str]]:
    """The interpreter, Microsoft's run-time and every wheel. Raises KeyError for a wheel whose licence nobody wrote down."""
    with open(licences, encoding="utf-8-sig", newline="") as stream:
        known = {row["name"].lower().replace("_", "-"): row["licence"] for row in csv.DictReader(stream)}
    found = []
    for wheel in sorted(wheels.glob("*.whl"), key=lambda path: path.name.lower()):
        name, version = wheel.name.split("-")[:2]
        plain = name.lower().replace("_", "-")
        found.append({"kind": "pypi", "name": plain, "version": version, "licence": known[plain]})
    return [_PYTHON, _RUNTIME, *found]


if __name__ == "__main__":
    print(json.dumps(parts(Path(sys.argv[1]), Path(sys.argv[2])), ensure_ascii=False, indent=1))
