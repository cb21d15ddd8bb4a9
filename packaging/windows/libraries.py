"""The Windows libraries: which of the locked ones, and what of each is shipped.

python libraries.py list RUNTIME.TXT       the locked list without what only other platforms need
python libraries.py unpack WHEELS FOLDER   the wheels' contents, trimmed
"""

import re
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

# what of PySide6 a program with windows, printing and pictures loads; everything else of its 189 MB is left out
QT_MODULES: Final = ("QtCore", "QtGui", "QtWidgets", "QtPrintSupport", "QtSvg")
QT_LIBRARIES: Final = (*(f"Qt6{one[2:]}.dll" for one in QT_MODULES), "pyside6.abi3.dll")
QT_PLUGINS: Final = (
    "platforms/qwindows.dll", "platforms/qoffscreen.dll", "styles/qmodernwindowsstyle.dll", "iconengines/qsvgicon.dll",
    "imageformats/qsvg.dll", "imageformats/qjpeg.dll", "imageformats/qico.dll", "printsupport/windowsprintersupport.dll",
)  # fmt: skip
QT_TEXTS: Final = ("translations/qtbase_zh_CN.qm",)
# PySide6 and shiboken6 look for Microsoft's run-time beside themselves
RUNTIMES: Final = re.compile(r"(msvcp140(_1|_2)?|vcruntime140(_1)?|concrt140)\.dll")
SHIBOKEN: Final = re.compile(
    r"(Shiboken\.pyd|shiboken6\.abi3\.dll|__init__\.py|_config\.py|_git_shiboken_module_version\.py)"
)
NEVER: Final = (".pyi", ".h", ".lib", ".c", ".pyx", ".hpp", ".typed")
_LEFT_OUT: Final = ("/tests/", "/test/", "/Scripts/")


def windows_list(text: str) -> str:
    """A hash-locked list without the requirements that are for other platforms."""
    kept: list[str] = []
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if block and not line.startswith((" ", "\t")):
            if 'sys_platform == "linux"' not in block[0] and "sys_platform == 'linux'" not in block[0]:
                kept += block
            block = []
        if line and not line.startswith("#"):
            block.append(line)
    return "\n".join(re.sub(r" ;[^\\]*", " ", line) for line in kept) + "\n"


def is_shipped(member: str) -> bool:
    """Whether a file of a wheel belongs into the program."""
    path = PurePosixPath(member)
    if path.suffix in NEVER or any(part in f"/{member}" for part in _LEFT_OUT):
        return False
    if path.parts[0] == "PySide6":
        return _is_shipped_of_qt(PurePosixPath(*path.parts[1:]))
    if path.parts[0] == "shiboken6":
        return len(path.parts) == 2 and bool(SHIBOKEN.fullmatch(path.name) or RUNTIMES.fullmatch(path.name))
    return ".data/scripts/" not in member


def _is_shipped_of_qt(path: PurePosixPath) -> bool:
    if len(path.parts) == 1:
        name = path.name
        return (
            path.suffix == ".py"
            or name in QT_LIBRARIES
            or (path.suffix == ".pyd" and path.stem in QT_MODULES)
            or bool(RUNTIMES.fullmatch(name))
        )
    inner = str(PurePosixPath(*path.parts[1:]))
    return (path.parts[0] == "plugins" and inner in QT_PLUGINS) or str(path) in QT_TEXTS


def unpack(wheels: Path, folder: Path) -> None:
    """Write what is shipped of every wheel into `folder`."""
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as package:
            for member in sorted(package.namelist()):
                if not member.endswith("/") and is_shipped(member):
                    target = folder / member
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(package.read(member))


def main() -> int:
    """The command."""
    match sys.argv[1:]:
        case ["list", path]:
            print(windows_list(Path(path).read_text(encoding="utf-8")), end="")
        case ["unpack", wheels, folder]:
            unpack(Path(wheels), Path(folder))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
