#!/usr/bin/env python3
"""校验一个年度档案包：不需要原来的程序，有 Python 3.8 以上就能用，不联网，不改动任何文件。

    python3 verify.py                      校验这个文件所在的文件夹
    python3 verify.py 档案包.zip           校验一个压缩包
    python3 verify.py … --head 校验头      并与纸上打印的校验头核对

全部相符时退出码是 0；有一处不符就逐个列出，退出码是 1。
"""

from __future__ import annotations

import hashlib
import os
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import IO, NamedTuple, Protocol

LIST = "校验清单.txt"
PIECE = 1 << 20
WORD = 0xFFFFFFFF
LEAST_HEAD = 16  # digits of the head on paper that are enough to tell it
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, KeyError, RuntimeError, OverflowError,
    NotImplementedError,  # zipfile's answer to a compression number that a flipped byte made
)  # fmt: skip


class Digests(NamedTuple):
    """What a file is known by."""

    sha256: str
    sm3: str
    size: int


class Fault(NamedTuple):
    """A file, and what is wrong with it."""

    name: str
    words: str


class Hash(Protocol):
    """What takes bytes in and gives hexadecimal digits."""

    def update(self, body: bytes, /) -> None:
        """Take in more."""

    def hexdigest(self) -> str:
        """The digits."""


def left(word: int, bits: int) -> int:
    """A 32-bit word turned to the left."""
    bits %= 32
    return (word << bits | word >> (32 - bits)) & WORD


class Sm3:
    """SM3 (GB/T 32905) in plain Python, for a Python whose OpenSSL does not have it: slow, and the same digits."""

    def __init__(self) -> None:
        self._words: tuple[int, ...] = (
            0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
        )  # fmt: skip
        self._rest = b""
        self._size = 0

    def update(self, body: bytes) -> None:
        """Take in more."""
        self._size += len(body)
        body = self._rest + body
        whole = len(body) // 64 * 64
        for place in range(0, whole, 64):
            self._block(body[place : place + 64])
        self._rest = body[whole:]

    def hexdigest(self) -> str:
        """The digest of everything; nothing may be taken in after."""
        size = self._size
        self.update(b"\x80" + b"\0" * ((55 - size) % 64) + (size * 8).to_bytes(8, "big"))
        return "".join(f"{word:08x}" for word in self._words)

    def _block(self, block: bytes) -> None:
        words = [int.from_bytes(block[place : place + 4], "big") for place in range(0, 64, 4)]
        for place in range(16, 68):
            mixed = words[place - 16] ^ words[place - 9] ^ left(words[place - 3], 15)
            mixed ^= left(mixed, 15) ^ left(mixed, 23)
            words.append(mixed ^ left(words[place - 13], 7) ^ words[place - 6])
        a, b, c, d, e, f, g, h = self._words
        for place in range(64):
            constant = 0x79CC4519 if place < 16 else 0x7A879D8A
            first = left((left(a, 12) + e + left(constant, place)) & WORD, 7)
            one = a ^ b ^ c if place < 16 else a & b | a & c | b & c
            two = e ^ f ^ g if place < 16 else e & f | ~e & g
            one = (one + d + (first ^ left(a, 12)) + (words[place] ^ words[place + 4])) & WORD
            two = (two + h + first + words[place]) & WORD
            a, b, c, d = one, a, left(b, 9), c
            e, f, g, h = two ^ left(two, 9) ^ left(two, 17), e, left(f, 19), g
        turned = (a, b, c, d, e, f, g, h)
        self._words = tuple(self._words[place] ^ turned[place] for place in range(8))


class Folder:
    """A package as a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Every file in it, with / between folders."""
        found = []
        for folder, _, names in os.walk(str(self.path)):
            found += [(Path(folder) / name).relative_to(self.path).as_posix() for name in names]
        return found

    def open(self, name: str) -> IO[bytes]:
        """One file, for reading."""
        return self.path.joinpath(*name.split("/")).open("rb")


class Zip:
    """A package as a zip."""

    def __init__(self, path: Path) -> None:
        self.package = zipfile.ZipFile(str(path))

    def names(self) -> list[str]:
        """Every file in it."""
        return [one.filename for one in self.package.infolist() if not one.is_dir()]

    def open(self, name: str) -> IO[bytes]:
        """One file, for reading."""
        return self.package.open(name)


def new_sm3() -> Hash:
    """OpenSSL's SM3, or the one above."""
    try:
        return hashlib.new("sm3")
    except ValueError:
        return Sm3()


def digests(package: Folder | Zip, name: str) -> Digests:
    """(SHA-256, SM3, size) of one file."""
    sha256, sm3, size = hashlib.sha256(), new_sm3(), 0
    with package.open(name) as stream:
        while True:
            piece = stream.read(PIECE)
            if not piece:
                return Digests(sha256.hexdigest(), sm3.hexdigest(), size)
            sha256.update(piece)
            sm3.update(piece)
            size += len(piece)


def stated_in(text: str) -> dict[str, Digests]:
    """What a hash list says, by file; {} for one that was tampered with."""
    stated: dict[str, Digests] = {}
    for line in text.split("\n"):  # names may hold what else counts as the end of a line
        if not line or line.startswith("#"):
            continue
        parts = line.split("  ", 3)
        if len(parts) != 4 or not parts[2].isdigit() or parts[3] in stated:
            return {}
        if parts[3].startswith("/") or ".." in parts[3].split("/"):
            return {}
        stated[parts[3]] = Digests(parts[0], parts[1], int(parts[2]))
    return stated


def check(path: str, head: str = "") -> tuple[str, int, list[Fault]]:
    """(its head, files looked at, faults) of a package; `head` is the one on paper, '' for none."""
    place = Path(path)
    try:
        package: Folder | Zip = Folder(place) if place.is_dir() else Zip(place)
        names = package.names()
    except BROKEN:
        return "", 0, [Fault(place.name, "打不开，不是完整的档案包")]
    if names.count(LIST) != 1:
        return "", 0, [Fault(LIST, "重复出现" if LIST in names else "缺失")]
    try:
        with package.open(LIST) as stream:
            body = stream.read()
        stated = stated_in(body.decode("utf-8"))
    except BROKEN:
        return "", 0, [Fault(LIST, "读不出来，内容已损坏")]
    found = hashlib.sha256(body).hexdigest()
    faults: list[Fault] = []
    if head and not is_head(head, found):
        faults.append(Fault(LIST, f"已被改动：校验头是 {found}，与纸上的不同"))
    if not stated:
        faults.append(Fault(LIST, "已被改动，看不懂"))
        return found, 0, faults
    there = set(names)
    for name in sorted(stated):
        fault = fault_of(package, name, stated[name]) if name in there else "缺失"
        if fault:
            faults.append(Fault(name, fault))
    strangers = sorted(there - set(stated) - {LIST})
    faults += [Fault(name, "不在校验清单里，是后来放进去的") for name in strangers]
    faults += [Fault(name, "重复出现") for name in sorted(there) if names.count(name) > 1]
    return found, len(stated), faults


def fault_of(package: Folder | Zip, name: str, stated: Digests) -> str:
    """What is wrong with one file, '' for nothing."""
    try:
        return "" if digests(package, name) == stated else "内容已被改动"
    except BROKEN:
        return "读不出来，内容已损坏"


def is_head(written: str, found: str) -> bool:
    """Whether a head typed from paper, where it stands in groups, is this one."""
    plain = "".join(written.split()).replace("-", "").lower()
    return len(plain) >= LEAST_HEAD and found.startswith(plain)


def main(arguments: list[str]) -> int:
    """Check, tell, and give the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    head, rest = "", []
    given = iter(arguments)
    for one in given:
        if one == "--head":
            head = next(given, "")
        elif one in ("-h", "--help"):
            print(__doc__)
            return 0
        else:
            rest.append(one)
    found, files, faults = check(rest[0] if rest else str(Path(__file__).resolve().parent), head)
    for fault in faults:
        print(f"✕ {fault.name}：{fault.words}")
    if found:
        print(f"校验头 {found}")
    if faults:
        print(f"校验没有通过：{len(faults)} 处不符，第一处是“{faults[0].name}”{faults[0].words}。")
        return 1
    print(f"✓ 全部相符：{files} 个文件。")
    if not head:
        print("请把上面的校验头与封存单上打印的核对：清单本身有没有被换过，只有这样才看得出来。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
