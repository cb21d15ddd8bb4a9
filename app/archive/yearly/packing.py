"""Writing a year's package: a folder or a zip, file by file, with the hash list that proves it and the head that proves the list."""

import hashlib
import importlib.util
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes

from app.resources import resource
from models.domain.refusal import Refusal
from models.store.durable import replacing, world_error

LIST: Final = "校验清单.txt"
CHECKER: Final = "verify.py"
_PACKED: Final = frozenset(
    ["pdf", "ofd", "jpg", "jpeg", "png", "tif", "tiff", "xlsx", "docx", "zip", "mp3", "mp4"]
)
"""What is packed in itself and would only cost time to be packed again."""
_MOST_NAME: Final = 180  # bytes of a name that every file system takes with room to spare


class PlaceTaken(Refusal):
    """The package would be written into a folder that holds something."""

    form = "“{path}”已经有内容，没有写。请换一个文件夹名，或先移走原来的。"


class Sink(Protocol):
    """Where the files of a package go."""

    def put(self, name: str, body: bytes) -> None:
        """Write one file."""


@dataclass
class Packing:
    """A package being written: every file is hashed as it goes in, and no name is used twice."""

    sink: Sink
    lines: dict[str, str] = field(default_factory=dict)
    size: int = 0
    _taken: set[str] = field(default_factory=set)

    def add(self, name: str, body: bytes) -> tuple[str, str]:
        """Write a file under its name, numbered where that is taken; gives the name and its SHA-256."""
        name = self._free(name)
        sha256, sm3 = hashlib.sha256(body).hexdigest(), hashes.Hash(hashes.SM3())
        sm3.update(body)
        self.lines[name] = f"{sha256}  {sm3.finalize().hex()}  {len(body)}  {name}"
        self.size += len(body)
        self.sink.put(name, body)
        return name, sha256

    def _free(self, name: str) -> str:
        folder, _, leaf = name.rpartition("/")
        stem, dot, ending = leaf.rpartition(".")
        if not dot:
            stem, ending = leaf, ""
        while len(stem.encode()) > _MOST_NAME:
            stem = stem[:-1]
        again, found = 1, ""
        while not found or found.casefold() in self._taken:
            numbered = stem if again == 1 else f"{stem}（{again}）"
            found = f"{folder}/{numbered}{dot}{ending}".lstrip("/")
            again += 1
        self._taken.add(found.casefold())
        return found

    def seal(self, about: str) -> str:
        """Write the hash list, the last file; gives the head 校验头, its SHA-256, which is printed."""
        text = f"# {about}\n# SHA-256  SM3  字节数  文件\n" + "".join(
            f"{self.lines[name]}\n" for name in sorted(self.lines)
        )
        body = text.encode()
        self.sink.put(LIST, body)
        self.size += len(body)
        return hashlib.sha256(body).hexdigest()


@dataclass
class _Folder:
    path: Path

    def put(self, name: str, body: bytes) -> None:
        place = self.path.joinpath(*name.split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())


@dataclass
class _Zip:
    package: zipfile.ZipFile

    def put(self, name: str, body: bytes) -> None:
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        packed = name.rpartition(".")[2].lower() in _PACKED
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        entry.create_system = 3
        self.package.writestr(entry, body)


@contextmanager
def packing(path: Path) -> Iterator[Packing]:
    """A package at `path` (a zip where it ends so, else a new folder), whole or not at all. Raises PlaceTaken, WorldErrors."""
    if path.suffix.lower() == ".zip":
        with replacing(path) as part, zipfile.ZipFile(part, "w") as package:
            yield Packing(_Zip(package))
        return
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise PlaceTaken(path=path)
    part = path.with_name(f"{path.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield Packing(_Folder(part))
        if path.exists():
            path.rmdir()
        os.replace(part, path)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise world_error(error, path) from error
    except BaseException:  # a cancel too: half a package never stays
        shutil.rmtree(part, ignore_errors=True)
        raise


def checker_text() -> bytes:
    """The verifier that goes into every package."""
    return resource(f"archive/{CHECKER}").read_bytes()


def _checker() -> ModuleType:
    """The same verifier for our own use: what we find and what a stranger finds is one."""
    spec = importlib.util.spec_from_file_location("year_package_checker", resource(f"archive/{CHECKER}"))
    if spec is None or spec.loader is None:
        raise FileNotFoundError(CHECKER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def faults_of_package(path: Path, head: str = "") -> tuple[str, int, list[tuple[str, str]]]:
    """(its head, files looked at, [(file, what is wrong)]) of a package on the disk, against `head` where one is given."""
    check: Callable[[str, str], tuple[str, int, list[tuple[str, str]]]] = _checker().check
    return check(str(path), head)


def spoken_head(head: str) -> str:
    """A head as it is printed: in groups of eight, so that a person can compare it."""
    return " ".join(head[place : place + 8] for place in range(0, len(head), 8))
