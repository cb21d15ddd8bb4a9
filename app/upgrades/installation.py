"""How this program came onto the machine: what upgrades it, and what it can go back to.

The installers leave a line beside the resources (installed.json). A program run from its sources has none, and is upgraded
by whoever fetched the sources.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.licences import VERSION
from app.places import places
from app.resources import resource
from app.upgrades.package import Installer, Upgrade, version_parts
from models.domain.refusal import Refusal
from models.store.migrations import MIGRATIONS

SAID: Final = "installed.json"
GO_BACK: Final = "goback.exe"
CURRENT: Final = "current"
BEFORE: Final = "before"
STARTED: Final = ("xiangcai.exe", "xiangcai-cli.exe", "python311.dll", "xiangcai", "xiangcai-cli")
"""What a program folder may have that the system starts or loads first."""


class NotInstalled(Refusal):
    """Run from its sources."""

    form = "这个程序不是用安装程序装的（从源代码运行），不能用升级包升级。请更新源代码，或用安装程序安装。"


class OnAStick(Refusal):
    """Carried about, installed nowhere."""

    form = "这是 U 盘上的便携版，升级包只用于装在电脑上的程序。请把新版本的程序文件夹拷到 U 盘替换旧的；办公点不在程序文件夹里，不受影响。"


class OtherPlatform(Refusal):
    """No installer for this machine in the package."""

    form = "升级包“{name}”里没有适合这台电脑的安装程序：这台是 {here}，包里只有 {found}。请向发布单位索取适合这台电脑的升级包。"


class NotNewer(Refusal):
    """The same version, or an older one."""

    form = "升级包“{name}”是版本 {found}，这台电脑上已经是 {here}，不用升级，也不会用旧的覆盖新的。要退回旧版本请用“退回上一个版本”。"


class TooOldForIt(Refusal):
    """A version in between has to come first."""

    form = "升级包“{name}”（版本 {found}）只能从 {since} 或更新的版本升级，这台电脑上是 {here}。请先升级到 {since}。"


class NothingBefore(Refusal):
    """No version to go back to."""

    form = "这台电脑上没有保留可以退回的版本。要用旧版本，请由管理员用旧版本的安装程序安装（说明见安装手册“退回”一节）。"


class Way(StrEnum):
    """What brought the program here."""

    WINDOWS = "windows"
    DEB = "deb"
    STICK = "stick"
    SOURCES = "sources"


PLATFORM_NAMES: Final = {
    "windows-x64-user": "Windows 64 位（当前用户）",
    "windows-x64-machine": "Windows 64 位（所有用户）",
    "linux-x64": "Linux x86_64",
    "linux-arm64": "Linux aarch64",
    "": "源代码",
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that the machine can go back to; `program` does it (Windows) or is its installer (Linux)."""

    version: str
    schema: int
    program: Path


@dataclass(frozen=True, slots=True)
class Installation:
    """The program on this machine. `root` is where the installer put it."""

    way: Way
    platform: str
    version: str
    root: Path

    @property
    def platform_name(self) -> str:
        """The platform in Chinese."""
        return PLATFORM_NAMES.get(self.platform, self.platform)

    def refuse_unless_installed(self) -> None:
        """Only an installer changes what an installer brought. Raises NotInstalled, OnAStick."""
        if self.way is Way.SOURCES:
            raise NotInstalled
        if self.way is Way.STICK:
            raise OnAStick

    def installer_of(self, upgrade: Upgrade, name: str) -> Installer:
        """The installer for this machine in the package of that name, where it fits.

        Raises NotInstalled, OnAStick, OtherPlatform, NotNewer, TooOldForIt.
        """
        self.refuse_unless_installed()
        if self.platform not in upgrade.installers:
            found = "、".join(PLATFORM_NAMES.get(one, one) for one in upgrade.installers) or "空的"
            raise OtherPlatform(name=name, here=self.platform_name, found=found)
        if version_parts(upgrade.version) <= version_parts(self.version):
            raise NotNewer(name=name, found=upgrade.version, here=self.version)
        if version_parts(self.version) < version_parts(upgrade.since):
            raise TooOldForIt(name=name, found=upgrade.version, since=upgrade.since, here=self.version)
        return upgrade.installers[self.platform]


def installation() -> Installation:
    """How this program was installed."""
    program = resource("..").resolve()
    said = _said(program)
    if not said:
        return Installation(Way.SOURCES, "", VERSION, program)
    if places().is_portable:
        return Installation(Way.STICK, "", said["version"], program)
    way = Way(said["way"])
    root = program.parent if way is Way.WINDOWS else program
    platform = said["platform"]
    if way is Way.WINDOWS:
        scope = root / "scope"
        platform += f"-{scope.read_text(encoding='ascii').strip() if scope.exists() else 'user'}"
    return Installation(way, platform, said["version"], root)


def replaced_version(here: Installation) -> Earlier | None:
    """On Windows: the version that the last upgrade replaced, which still lies beside this one."""
    said = _said(here.root / BEFORE)
    if here.way is not Way.WINDOWS or not said or not (here.root / GO_BACK).exists():
        return None
    return Earlier(said["version"], int(said.get("schema", len(MIGRATIONS))), here.root / GO_BACK)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A program file by its hashes, hex, as whoever trusts it compares them."""

    file: str
    sha256: str
    sm3: str


def fingerprints(here: Installation) -> list[Fingerprint]:
    """The files that start the program, those that a virus scanner asks about; none where it runs from its sources."""
    folder = here.root / CURRENT if here.way is Way.WINDOWS else here.root.parent
    files = [folder / name for name in STARTED] if here.way in (Way.WINDOWS, Way.DEB) else []
    return [_fingerprint(one) for one in files if one.is_file()]


def _fingerprint(file: Path) -> Fingerprint:
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    body = file.read_bytes()
    sm3 = Hash(SM3())
    sm3.update(body)
    return Fingerprint(file.name, hashlib.sha256(body).hexdigest(), sm3.finalize().hex())


def _said(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / SAID).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: str(value) for name, value in found.items()} if {"way", "version"} <= found.keys() else {}
