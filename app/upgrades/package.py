"""An upgrade package 升级包: one file with a list, its signature, and an installer for each platform.

The list says the version, the notes and the SHA-256 of every installer; the publisher's Ed25519 signature is over the list's
own bytes. The public keys are shipped with the program (resources/upgrade_keys.txt), the private one is nowhere near it.
Nothing of a package is believed before the signature is.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from app.resources import resource
from app.zips import ZIP_DAMAGE
from models.domain.refusal import Refusal
from models.store.durable import CannotRead, cause_of, replacing

SUFFIX: Final = ".xcup"
LIST: Final = "upgrade.json"
SIGNATURE: Final = "upgrade.sig"
FORMAT: Final = 1
PRODUCT: Final = "xiangcai"
_PURPOSE: Final = b"xiangcai upgrade list\0"  # a signature over anything else is not one over a list
_MOST_LIST: Final = 1 << 20
_PIECE: Final = 1 << 20
_VERSION: Final = re.compile(r"(\d{1,5})\.(\d{1,5})\.(\d{1,5})", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class NotAnUpgrade(Refusal):
    """The file is no upgrade package."""

    form = "“{name}”不是乡财一卡通的升级包（{fault}）。请向发布单位重新索取扩展名为 .xcup 的升级包。"


class NotSigned(Refusal):
    """The signature is not the publisher's."""

    form = "升级包“{name}”的签名不对：不是发布单位签发的，或者签发以后被改动过。没有升级。请不要使用它，向发布单位重新索取。"


class NoPublisher(Refusal):
    """The program was built without the publisher's key."""

    form = "本程序没有装入发布单位的公钥，无法核验升级包，所以不能用升级包升级。请直接运行新版本的安装程序。"


class UpgradeDamaged(Refusal):
    """A member is not what the list says."""

    form = "升级包“{name}”已损坏：{member} 与清单不一致。没有升级。请重新拷贝；仍不行的，向发布单位重新索取。"


class NewerPackage(Refusal):
    """A format that this program does not know."""

    form = "升级包“{name}”是更新的格式（{found}，本程序认识到 {known}）。请直接运行新版本的安装程序，或先升级到中间的版本。"


@dataclass(frozen=True, slots=True)
class Installer:
    """The installer of one platform, as the list has it."""

    file: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a package says, once its signature is believed.

    `since` is the oldest version that it upgrades, `schema` the version of the data that its program writes, `installers`
    are by platform (windows-x64-user, linux-x64 …).
    """

    version: str
    since: str
    schema: int
    made_on: str
    notes: tuple[str, ...]
    installers: Mapping[str, Installer]


def version_parts(version: str) -> tuple[int, int, int]:
    """A version's three numbers, for comparing. Raises ValueError."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(version)
    return int(found[1]), int(found[2]), int(found[3])


def publisher_keys() -> list[bytes]:
    """The public keys that are shipped with the program, 32 bytes each."""
    lines = resource("upgrade_keys.txt").read_text(encoding="utf-8").splitlines()
    return [bytes.fromhex(line.split()[0]) for line in lines if line.strip() and not line.startswith("#")]


# -- reading ------------------------------------------------------------------------------------------------


def read_upgrade(path: Path, keys: list[bytes]) -> Upgrade:
    """What a package says. Raises CannotRead, NotAnUpgrade, NoPublisher, NotSigned, NewerPackage."""
    with _opened(path) as package:
        return _believed(package, path, keys)


def take_out(path: Path, keys: list[bytes], platform: str, folder: Path) -> Path:
    """Write the platform's installer into `folder`, proved on its way, with the signed list beside it; gives its path.

    Raises as `read_upgrade`, UpgradeDamaged, and the WorldErrors of writing; then nothing is left there.
    """
    with _opened(path) as package:
        installer = _believed(package, path, keys).installers[platform]
        target = folder / installer.file
        with replacing(target) as part, open(part, "wb") as copy:
            _prove(package, path, installer, copy)
        for name in (SIGNATURE, LIST):
            with replacing(folder / name) as part:
                part.write_bytes(_member(package, path, name))
    return target


def prove(path: Path, keys: list[bytes]) -> Upgrade:
    """Read every installer of a package through. Raises as `take_out`."""
    with _opened(path) as package:
        upgrade = _believed(package, path, keys)
        for installer in upgrade.installers.values():
            _prove(package, path, installer, None)
    return upgrade


def _prove(package: zipfile.ZipFile, path: Path, installer: Installer, copy: IO[bytes] | None) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with package.open(installer.file) as stream:
            # one piece more than said is enough to know; a list cannot make us read for ever
            while size <= installer.bytes and (piece := stream.read(_PIECE)):
                digest.update(piece)
                size += len(piece)
                if copy is not None:
                    copy.write(piece)
    except ZIP_DAMAGE as error:
        raise UpgradeDamaged(name=path.name, member=installer.file) from error
    if (digest.hexdigest(), size) != (installer.sha256, installer.bytes):
        raise UpgradeDamaged(name=path.name, member=installer.file)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        stream = open(path, "rb")
    except OSError as error:
        raise CannotRead(name=path.name, cause=cause_of(error)) from error
    with stream:
        try:
            package = zipfile.ZipFile(stream)
        except ZIP_DAMAGE as error:
            raise NotAnUpgrade(name=path.name, fault="文件不完整，或是别的文件") from error
        with package:
            try:
                yield package
            except OSError as error:
                raise CannotRead(name=path.name, cause=cause_of(error)) from error


def _believed(package: zipfile.ZipFile, path: Path, keys: list[bytes]) -> Upgrade:
    return believed(
        _member(package, path, LIST), _member(package, path, SIGNATURE), name=path.name, keys=keys
    )


def believed(body: bytes, signature: bytes, *, name: str, keys: list[bytes]) -> Upgrade:
    """What a list says, after its signature. Raises NoPublisher, NotSigned, NewerPackage, NotAnUpgrade."""
    if not keys:
        raise NoPublisher
    if not any(_is_signed(body, signature, key) for key in keys):
        raise NotSigned(name=name)
    try:
        said = json.loads(body)
        if said["product"] != PRODUCT:
            raise NotAnUpgrade(name=name, fault="是别的程序的升级包")
        if said["format"] > FORMAT:
            raise NewerPackage(name=name, found=said["format"], known=FORMAT)
        return _upgrade(said)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise NotAnUpgrade(name=name, fault="清单读不出来") from error


def _member(package: zipfile.ZipFile, path: Path, name: str) -> bytes:
    try:
        if package.getinfo(name).file_size > _MOST_LIST:
            raise NotAnUpgrade(name=path.name, fault=f"{name} 太大")
        return package.read(name)
    except ZIP_DAMAGE as error:
        raise NotAnUpgrade(name=path.name, fault=f"没有 {name}，或读不出来") from error


def _is_signed(body: bytes, signature: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _PURPOSE + body)
    except InvalidSignature:
        return False
    return True


def _upgrade(said: Any) -> Upgrade:
    upgrade = Upgrade(
        version=str(said["version"]),
        since=str(said["since"]),
        schema=int(said["schema"]),
        made_on=str(said["made_on"]),
        notes=tuple(str(line) for line in said["notes"]),
        installers={
            str(platform): Installer(str(one["file"]), str(one["sha256"]), int(one["bytes"]))
            for platform, one in said["installers"].items()
        },
    )
    version_parts(upgrade.version)
    version_parts(upgrade.since)
    for installer in upgrade.installers.values():
        if not _NAME.fullmatch(installer.file):
            raise ValueError(installer.file)
    return upgrade


# -- writing ------------------------------------------------------------------------------------------------


def list_body(upgrade: Upgrade) -> bytes:
    """The bytes of a list, as they are signed."""
    said = {"format": FORMAT, "product": PRODUCT, **asdict(upgrade)}
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()


def to_sign(body: bytes) -> bytes:
    """What the publisher's signature is over."""
    return _PURPOSE + body
