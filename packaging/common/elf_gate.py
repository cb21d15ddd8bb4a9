"""The gate on what the system must have: no file of a bundle asks for a newer glibc or libstdc++ than the oldest desktop has,
and every library it needs is either in the bundle or declared as a dependency.

    python3 elf_gate.py FOLDER [--architecture amd64|arm64] [--depends | --versions-only]

Says each fault with the file and the symbols that ask; exit code 1 when there is one. `--depends` prints the Debian
dependencies that follow from the needed libraries instead; `--versions-only` does not ask where libraries come from.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Version = tuple[int, ...]

# UOS 20 has glibc 2.28 and gcc 8's libstdc++; on aarch64 the oldest desktop is Kylin V10 SP1 (glibc 2.31, gcc 9)
FLOORS: dict[str, dict[str, Version]] = {
    "amd64": {"GLIBC": (2, 28), "GLIBCXX": (3, 4, 25), "CXXABI": (1, 3, 11), "GCC": (8, 0, 0)},
    "arm64": {"GLIBC": (2, 31), "GLIBCXX": (3, 4, 28), "CXXABI": (1, 3, 12), "GCC": (9, 0, 0)},
}
OBJDUMPS = {"amd64": "x86_64-linux-gnu-objdump", "arm64": "aarch64-linux-gnu-objdump"}
FORMATS = {"amd64": "elf64-x86-64", "arm64": "elf64-littleaarch64"}

# library → the Debian package that has it; “|” where a newer suite renamed it
SYSTEM_LIBRARIES = {
    "ld-linux-x86-64.so.2": "libc6 (>= 2.28)",
    "ld-linux-aarch64.so.1": "libc6 (>= 2.28)",
    "libc.so.6": "libc6 (>= 2.28)",
    "libdl.so.2": "libc6 (>= 2.28)",
    "libm.so.6": "libc6 (>= 2.28)",
    "libpthread.so.0": "libc6 (>= 2.28)",
    "libresolv.so.2": "libc6 (>= 2.28)",
    "librt.so.1": "libc6 (>= 2.28)",
    "libutil.so.1": "libc6 (>= 2.28)",
    "libgcc_s.so.1": "libgcc-s1 | libgcc1",
    "libstdc++.so.6": "libstdc++6 (>= 8)",
    "libz.so.1": "zlib1g",
    "libuuid.so.1": "libuuid1",
    "libzstd.so.1": "libzstd1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb.so.1": "libxcb1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# only the printing plugin needs it: without it the program prints to PDF and says so
OPTIONAL = {"libcups.so.2": "libcups2t64 | libcups2"}

_REFERENCE = re.compile(r"^\s+0x[0-9a-f]+ 0x[0-9a-f]+ \d+ ([A-Z]+)_([0-9.]+)$", re.MULTILINE)
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_FORMAT = re.compile(r"file format (\S+)")
_UNDEFINED = re.compile(r"\*UND\*\s+[0-9a-f]+\s+\(?([A-Z]+_[0-9.]+)\)?\s+(\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Binary:
    """What one file asks of the system."""

    path: Path
    format: str
    needed: list[str]
    versions: dict[str, Version]
    """Family (GLIBC, GLIBCXX …) → the highest version it asks for."""
    symbols: dict[str, list[str]] = field(default_factory=dict)
    """Version as written (GLIBC_2.34) → the symbols asked for in it."""


def is_elf(path: Path) -> bool:
    """Whether the file is a program or a library; a link is looked at where it points to."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def look_at(path: Path, architecture: str = "amd64") -> Binary:
    """What `objdump` says of a file; the cross tools' own where it is for another machine and they are here."""
    tool = shutil.which(OBJDUMPS[architecture]) or "objdump"
    told = subprocess.run([tool, "-p", "-T", str(path)], capture_output=True, text=True, check=True).stdout
    versions: dict[str, Version] = {}
    for family, version in _REFERENCE.findall(told):
        versions[family] = max(versions.get(family, ()), parsed(version))
    symbols: dict[str, list[str]] = {}
    for version, symbol in _UNDEFINED.findall(told):
        symbols.setdefault(version, []).append(symbol)
    known = _FORMAT.search(told)
    return Binary(path, known[1] if known else "", _NEEDED.findall(told), versions, symbols)


def parsed(version: str) -> Version:
    """(2, 28) of “2.28”."""
    return tuple(int(part) for part in version.split("."))


def binaries(folder: Path, architecture: str = "amd64") -> list[Binary]:
    """Every program and library of a folder, in order."""
    return [look_at(path, architecture) for path in sorted(folder.rglob("*")) if is_elf(path)]


def faults(found: Iterable[Binary], architecture: str, *, versions_only: bool = False) -> Iterator[str]:
    """A sentence for each thing that the oldest desktop would not load."""
    found = list(found)
    known = {binary.path.name for binary in found} | SYSTEM_LIBRARIES.keys() | OPTIONAL.keys()
    for binary in found:
        if binary.format != FORMATS[architecture]:
            yield f"{binary.path}: 是 {binary.format}，不是 {FORMATS[architecture]}"
        for family, floor in FLOORS[architecture].items():
            asked = binary.versions.get(family, ())
            if asked > floor:
                name = f"{family}_{'.'.join(map(str, asked))}"
                by = "、".join(sorted(binary.symbols.get(name, []))[:5])
                yield f"{binary.path}: 要 {name}，下限是 {'.'.join(map(str, floor))}（{by}）"
        for library in binary.needed:
            if library not in known and not versions_only:
                yield f"{binary.path}: 要 {library}，既没有带上，也没有写进依赖"


def depends(found: Iterable[Binary]) -> list[str]:
    """The Debian dependencies of what is needed and not carried, each once, in order."""
    found = list(found)
    carried = {binary.path.name for binary in found}
    needed = {library for binary in found for library in binary.needed} - carried
    return sorted({SYSTEM_LIBRARIES[library] for library in needed if library in SYSTEM_LIBRARIES})


def highest(found: Iterable[Binary]) -> dict[str, Version]:
    """Family → the highest version that any file asks for."""
    top: dict[str, Version] = {}
    for binary in found:
        for family, version in binary.versions.items():
            top[family] = max(top.get(family, ()), version)
    return top


def main() -> int:
    """Look at a folder; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--architecture", choices=sorted(FLOORS), default="amd64")
    parser.add_argument("--depends", action="store_true")
    parser.add_argument("--versions-only", action="store_true")
    chosen = parser.parse_args()
    found = binaries(chosen.folder, chosen.architecture)
    if chosen.depends:
        print(", ".join(depends(found)))
        return 0
    wrong = list(faults(found, chosen.architecture, versions_only=chosen.versions_only))
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    if not found:
        print(f"{chosen.folder} 里没有程序", file=sys.stderr)
        return 1
    top = highest(found)
    told = "，".join(
        f"{family} {'.'.join(map(str, top[family]))}"
        for family in FLOORS[chosen.architecture]
        if family in top
    )
    print(f"{len(found)} 个程序和库，最高要 {told}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
