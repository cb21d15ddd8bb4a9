"""The gate of the Windows folder: every DLL that a program file asks for is in the folder or is Windows 10's own, and every
function that is asked of Microsoft's run-time is in the one that is shipped.

    python gate.py FOLDER
"""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

KINDS: Final = (".exe", ".dll", ".pyd")
WINDOWS_OWN: Final = frozenset(
    ("advapi32", "authz", "bcrypt", "bcryptprimitives", "comdlg32", "crypt32", "d3d11", "d3d12", "d3d9", "dwmapi", "dwrite", "dxgi",
     "gdi32", "imm32", "iphlpapi", "kernel32", "mpr", "msvcrt", "netapi32", "ntdll", "ole32", "oleaut32", "rpcrt4", "setupapi",
     "shell32", "shlwapi", "user32", "userenv", "uxtheme", "version", "winmm", "ws2_32", "wtsapi32", "ucrtbase")
)  # fmt: skip
RUNTIME: Final = re.compile(r"vcruntime140(_1)?\.dll")


def asked_for(file: Path) -> dict[str, set[str]]:
    """The DLLs that a file is bound to, in lower case, and the functions it asks of each."""
    found: dict[str, set[str]] = defaultdict(set)
    library = ""
    for line in _headers(file).splitlines():
        if named := re.match(r"\s*DLL Name: (\S+)", line):
            library = named[1].lower()
            found[library] = set()
        elif line.startswith("The Export Tables"):
            break
        elif library and (function := re.match(r"\s+[0-9a-f]+\s+\d+\s+(\w+)\s*$", line)):
            found[library].add(function[1])
    return dict(found)


def offered_by(file: Path) -> set[str]:
    """The functions that a DLL has for others."""
    _, _, names = _headers(file).partition("[Ordinal/Name Pointer] Table")
    return set(re.findall(r"^\s*\[ *\d+\].*?(\w+)$", names, re.MULTILINE))


def _headers(file: Path) -> str:
    return subprocess.run(
        ["x86_64-w64-mingw32-objdump", "-p", str(file)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    ).stdout


def is_windows_own(library: str) -> bool:
    """Whether a machine with Windows 10 has it."""
    return (
        library.startswith("api-ms-win-")
        or library.rsplit(".", 1)[0] in WINDOWS_OWN
        or library == "winspool.drv"
    )


def faults(folder: Path) -> list[str]:
    """What is missing, a line each."""
    files = sorted(one for one in folder.rglob("*") if one.suffix.lower() in KINDS)
    shipped = {one.name.lower() for one in files}
    runtimes = {one.name.lower(): offered_by(one) for one in sorted(folder.glob("vcruntime140*.dll"))}
    found = []
    for file in files:
        for library, functions in asked_for(file).items():
            if library not in shipped and not is_windows_own(library):
                found.append(f"{file.relative_to(folder)} 需要 {library}，文件夹里没有")
            if RUNTIME.fullmatch(library) and (missing := functions - runtimes.get(library, set())):
                found.append(
                    f"{file.relative_to(folder)} 需要 {library} 里没有的 {'、'.join(sorted(missing))}"
                )
    return found


def main() -> int:
    """The command."""
    found = faults(Path(sys.argv[1]))
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
