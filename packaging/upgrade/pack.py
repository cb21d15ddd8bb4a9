"""Puts installers into a signed upgrade package.

    python packaging/upgrade/pack.py --key PRIVATE.PEM --notes NOTES.TXT [--since 0.1.0] [--out FILE.xcup] INSTALLER...

The platform is read from an installer's name (…-windows-x64-user.exe, …-windows-x64-machine.exe, …_amd64.deb, …_arm64.deb),
the version from pyproject.toml. NOTES.TXT has what is new, a Chinese sentence a line. The same installers, notes and day give
the same bytes: Ed25519 signatures have no chance in them.
"""

import argparse
import hashlib
import re
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from make_key import password_of  # noqa: E402

from app.upgrades.package import (  # noqa: E402
    LIST,
    SIGNATURE,
    SUFFIX,
    Installer,
    Upgrade,
    list_body,
    prove,
    to_sign,
    version_parts,
)

PLATFORMS: Final = (
    (re.compile(r".*-windows-x64-user\.exe"), "windows-x64-user"),
    (re.compile(r".*-windows-x64-machine\.exe"), "windows-x64-machine"),
    (re.compile(r".*[_-](amd64|x86_64)\.deb"), "linux-x64"),
    (re.compile(r".*[_-](arm64|aarch64)\.deb"), "linux-arm64"),
)
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def platform_of(installer: Path) -> str:
    """The platform that an installer is for. Raises ValueError."""
    for form, platform in PLATFORMS:
        if form.fullmatch(installer.name):
            return platform
    raise ValueError(f"看不出 {installer.name} 是给哪种电脑的")


def listed(
    installers: Sequence[Path], *, version: str, since: str, schema: int, made_on: str, notes: Sequence[str]
) -> Upgrade:
    """The list of a package. Raises ValueError and OSError."""
    version_parts(version), version_parts(since)
    found: dict[str, Installer] = {}
    for one in installers:
        platform = platform_of(one)
        if platform in found:
            raise ValueError(f"给 {platform} 的安装程序有两个")
        with open(one, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        found[platform] = Installer(one.name, digest, one.stat().st_size)
    return Upgrade(version, since, schema, made_on, tuple(notes), found)


def pack(
    out: Path, upgrade: Upgrade, installers: Sequence[Path], private: bytes, password: str | None
) -> None:
    """Write the package: the list and its signature first, then the installers, stored as they are (they are packed already)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(private, password.encode() if password else None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("不是 Ed25519 私钥")
    body = list_body(upgrade)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, member in ((LIST, body), (SIGNATURE, key.sign(to_sign(body)))):
            package.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), member)
        for one in sorted(installers, key=lambda path: path.name):
            entry = zipfile.ZipInfo(one.name, _ZIP_EPOCH)
            entry.file_size = one.stat().st_size
            with package.open(entry, "w") as target, open(one, "rb") as source:
                while piece := source.read(1 << 20):
                    target.write(piece)
    prove(out, [key.public_key().public_bytes_raw()])


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("installers", nargs="+", type=Path, metavar="INSTALLER")
    parser.add_argument("--key", required=True, type=Path)
    parser.add_argument("--notes", required=True, type=Path)
    parser.add_argument("--since", default="0.1.0", help="the oldest version that it upgrades")
    parser.add_argument("--made-on", default=date.today().isoformat())
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    from models.store.migrations import MIGRATIONS

    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    notes = [line.strip() for line in options.notes.read_text("utf-8").splitlines() if line.strip()]
    out = options.out or ROOT / "dist" / f"xiangcai-{version}{SUFFIX}"
    try:
        upgrade = listed(
            options.installers,
            version=version, since=options.since, schema=len(MIGRATIONS), made_on=options.made_on, notes=notes,
        )  # fmt: skip
        pack(out, upgrade, options.installers, options.key.read_bytes(), password_of("私钥口令："))
    except (OSError, ValueError) as error:
        print(f"没有做成升级包：{error}", file=sys.stderr)
        return 1
    print(
        f"{out}：版本 {version}，{len(upgrade.installers)} 个平台，{out.stat().st_size / 1e6:.1f} MB，已核验。"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
