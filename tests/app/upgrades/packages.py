"""Packages for trying: a publisher of the tests' own, small installers, and every way to spoil a package."""

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.upgrades.installation import Installation, Way
from app.upgrades.package import LIST, SIGNATURE, Installer, Upgrade, list_body, to_sign
from models.store.migrations import MIGRATIONS

PUBLISHER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KEYS = [PUBLISHER.public_key().public_bytes_raw()]

PROGRAMS = {
    "windows-x64-user": ("xiangcai-2.1.0-windows-x64-user.exe", b"MZ user " * 4000),
    "windows-x64-machine": ("xiangcai-2.1.0-windows-x64-machine.exe", b"MZ machine " * 4000),
    "linux-x64": ("xiangcai_2.1.0_amd64.deb", b"!<arch>\n" * 4000),
}


def upgrade_of(version: str = "2.1.0", **changed: Any) -> Upgrade:
    """A list for the small installers."""
    installers = {
        platform: Installer(name, hashlib.sha256(body).hexdigest(), len(body))
        for platform, (name, body) in PROGRAMS.items()
    }
    upgrade = Upgrade(
        version, "1.0.0", len(MIGRATIONS), "2024-07-01", ("月报加了合计行", "修正了分户时的提示"), installers
    )
    return replace(upgrade, **changed)


def write_package(
    path: Path,
    upgrade: Upgrade | None = None,
    *,
    key: Ed25519PrivateKey = PUBLISHER,
    said: dict[str, Any] | None = None,
    bodies: dict[str, bytes] | None = None,
    kind: int = zipfile.ZIP_STORED,
) -> Path:
    """A package; `said` changes its list before it is signed, `bodies` its installers after."""
    body = list_body(upgrade or upgrade_of())
    if said is not None:
        body = json.dumps({**json.loads(body), **said}, ensure_ascii=False).encode()
    with zipfile.ZipFile(path, "w", kind) as package:
        package.writestr(LIST, body)
        package.writestr(SIGNATURE, key.sign(to_sign(body)))
        for name, program in (bodies if bodies is not None else dict(PROGRAMS.values())).items():
            package.writestr(name, program)
    return path


def installed(
    root: Path, *, way: Way = Way.DEB, platform: str = "linux-x64", version: str = "2.0.3"
) -> Installation:
    """A program on a machine."""
    return Installation(way, platform, version, root)
