"""The list of parts beside an installer, as CycloneDX 1.5 (JSON).

    python sbom.py PARTS.JSON VERSION OUT.cdx.json [WHEELS]

PARTS.JSON is a list of {"kind": "pypi" | "deb" | "generic", "name", "version", "licence"}; with WHEELS, the folder they were unpacked
from, each wheel's SHA-256 is given. The same parts and day give the same bytes.
"""

import hashlib
import json
import os
import re
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROGRAM = "xiangcai"
_NAMESPACE = uuid.UUID("6c1f0d0e-2b55-5d3e-9d0a-7c6f4f7f3a10")
SPDX = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "Bootloader-exception", "Font-exception-2.0", "GPL-2.0-or-later",
    "GPL-3.0-or-later", "LGPL-3.0", "MIT", "MIT-0", "OpenSSL", "PSF-2.0", "Unicode-3.0", "bzip2-1.0.6",
}  # fmt: skip
"""Names that scanners know; any other licence is given by its author's words."""


def purl(part: dict[str, str]) -> str:
    """The part's address in the way that scanners know."""
    kind = {"deb": "deb/debian"}.get(part["kind"], part["kind"])
    return f"pkg:{kind}/{part['name']}@{part['version'].replace('+', '%2B').replace(':', '%3A')}"


def component(part: dict[str, str], wheels: Path | None) -> dict[str, Any]:
    """One part. A licence of SPDX names is given as such, anything else by its words."""
    licence = part["licence"]
    known = set(re.split(r" (?:OR|AND|WITH) ", licence)) <= SPDX
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl(part),
        "name": part["name"],
        "version": part["version"],
        "purl": purl(part),
        "licenses": [{"expression": licence} if known else {"license": {"name": licence}}],
    }
    if wheels is not None and (wheel := wheel_of(part, wheels)) is not None:
        made["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}]
    return made


def wheel_of(part: dict[str, str], wheels: Path) -> Path | None:
    """The wheel that a part was unpacked from."""
    if part["kind"] != "pypi":
        return None
    start = f"{part['name'].replace('-', '_')}-{part['version']}-"
    return next((path for path in sorted(wheels.glob("*.whl")) if path.name.lower().startswith(start)), None)


def bill_of_materials(
    parts: list[dict[str, str]], version: str, when: int, wheels: Path | None = None
) -> dict[str, Any]:
    """The whole list; `when` is the commit's time in seconds."""
    listed = [component(part, wheels) for part in sorted(parts, key=lambda one: (one["kind"], one["name"]))]
    program = f"pkg:generic/{PROGRAM}@{version}"
    body = json.dumps([version, when, listed], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, body)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": program,
                "name": PROGRAM,
                "version": version,
                "purl": program,
                "licenses": [{"expression": "Apache-2.0"}],
            },
        },
        "components": listed,
        "dependencies": [{"ref": program, "dependsOn": [one["bom-ref"] for one in listed]}],
    }


def main() -> int:
    """Write the list of a build."""
    parts, version, out = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    wheels = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    when = int(os.environ["SOURCE_DATE_EPOCH"])
    made = bill_of_materials(json.loads(parts.read_text("utf-8")), version, when, wheels)
    out.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
