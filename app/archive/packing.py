"""A dossier as a zip: the same files give the same bytes, and a list of SHA-256 in it says what they were."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.zips import ZIP_DAMAGE
from models.store.durable import CannotRead, cause_of

SUMS: Final = "SHA256SUMS.txt"
_EPOCH: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the earliest a zip knows: the day of packing is no part of the content
_PIECE: Final = 1 << 20

BROKEN: Final = (*ZIP_DAMAGE, OSError)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files by name as a zip with their SHA-256 list, in the order of their names."""
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in (*((name, files[name]) for name in sorted(files)), (SUMS, sums.encode())):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            package.writestr(entry, body)
    return stream.getvalue()


def faults_of(source: Path | bytes) -> list[tuple[str, str]]:
    """(file, what is wrong with it in Chinese) of a dossier, in the order of its list; empty for a whole one.

    Raises CannotRead when the zip is not there.
    """
    name = source.name if isinstance(source, Path) else "案卷"
    try:
        stream = io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb")
    except OSError as error:
        raise CannotRead(name=name, cause=cause_of(error)) from error
    try:
        with stream, zipfile.ZipFile(stream) as package:
            return _faults(package)
    except BROKEN:
        return [(name, "不是完整的压缩包，内容已损坏")]


def _faults(package: zipfile.ZipFile) -> list[tuple[str, str]]:
    names = [entry.filename for entry in package.infolist() if not entry.is_dir()]
    if SUMS not in names:
        return [(SUMS, "案卷里没有校验清单")]
    stated: dict[str, str] = {}
    for line in package.read(SUMS).decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        if name in stated or not name:
            return [(SUMS, "校验清单已被改动")]
        stated[name] = digest
    faults = []
    for name, digest in stated.items():
        if name not in names:
            faults.append((name, "缺失"))
        elif _digest(package, name) != digest:
            faults.append((name, "内容已被改动"))
    faults += [(name, "不在校验清单里") for name in names if name not in stated and name != SUMS]
    faults += [(name, "重复出现") for name in dict.fromkeys(names) if names.count(name) > 1]
    return faults


def _digest(package: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with package.open(name) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except BROKEN:
        return ""
    return digest.hexdigest()


def listed_in(body: bytes) -> list[tuple[str, int, str]]:
    """(name, size in bytes, SHA-256 as stated) of what a dossier holds, its list aside; [] for one that is not whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            stated = {
                name: digest
                for digest, _, name in (
                    line.partition("  ") for line in package.read(SUMS).decode("utf-8").splitlines()
                )
            }
            return [
                (entry.filename, entry.file_size, stated.get(entry.filename, ""))
                for entry in package.infolist()
                if not entry.is_dir() and entry.filename != SUMS
            ]
    except BROKEN:
        return []
