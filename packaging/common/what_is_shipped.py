"""What of the tree and of its libraries goes into an installer: build.spec asks here, and so do the tests.

Of Qt only what is listed is taken, so that a new wheel cannot bring in what nobody looked at. Of the build machine's own
libraries only those are taken that an office's desktop may lack; everything else is declared as a dependency.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

QT_LIBRARIES = {
    "libQt6Core",
    "libQt6DBus",
    "libQt6Gui",
    "libQt6PrintSupport",
    "libQt6Svg",
    "libQt6WaylandClient",
    "libQt6Widgets",
    "libQt6XcbQpa",
    "libicudata",
    "libicui18n",
    "libicuuc",
}
QT_PLUGINS = {
    "iconengines/libqsvgicon",
    "imageformats/libqico",
    "imageformats/libqjpeg",
    "imageformats/libqsvg",
    "platforminputcontexts/libcomposeplatforminputcontextplugin",
    "platforminputcontexts/libibusplatforminputcontextplugin",
    "platforms/libqoffscreen",
    "platforms/libqwayland-generic",
    "platforms/libqxcb",
    "printsupport/libcupsprintersupport",
    "wayland-decoration-client/libbradient",
    "wayland-shell-integration/libxdg-shell",
}
QT_TRANSLATIONS = {"qtbase_zh_CN.qm"}
BINDINGS = {"QtCore", "QtDBus", "QtGui", "QtPrintSupport", "QtSvg", "QtWidgets"}

# libxcb-cursor came with Qt 6.5 and no older desktop has it; libffi, libbz2 and libcrypto change
# their names from suite to suite; libexpat reads workbooks and is not left to an old machine's bugs
CARRIED_SYSTEM_LIBRARIES = {
    "libbz2",
    "libcrypto",
    "libexpat",
    "libffi",
    "liblzma",
    "libxcb-cursor",
    "libxcb-icccm",
    "libxcb-image",
    "libxcb-keysyms",
    "libxcb-render-util",
    "libxcb-util",
    "libxkbcommon",
    "libxkbcommon-x11",
}
SYSTEM_FOLDERS = ("/usr/lib/", "/lib/", "/lib64/")

EXCLUDED = [
    "PIL",
    "PySide6.QtNetwork",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtTest",
    "_codecs_iso2022",
    "_codecs_jp",
    "_codecs_kr",
    "_pyrepl",
    "_ssl",
    "curses",
    "lib2to3",
    "lxml",
    "numpy",
    "pydoc",
    "pydoc_data",
    # only rapidfuzz.distance is used; these fall back to Python when they are missing
    "rapidfuzz.fuzz_cpp",
    "rapidfuzz.fuzz_cpp_avx2",
    "rapidfuzz.process_cpp_impl",
    "readline",
    "setuptools",
    "sqlite3",
    "tkinter",
    "unittest",
]
"""Never needed, and large. The standard library's sqlite3 is shut out for safety as well: only sqlcipher3 opens an office."""

ENTRY = "packaging/common/start.py"
RUNS_FIRST = "packaging/common/own_libraries.py"
FLOORS = ("app", "models", "ui")
# what only strings name
_BY_STRING = ["sqlcipher3.dbapi2", "playhouse.sqlcipher_ext"]
# read only where phrases are asked for, and the program looks at single characters
_UNREAD = {"phrases_dict.json"}


def modules(root: Path) -> list[str]:
    """Every module of ours: commands and screens are imported by name when they are asked for."""
    found = (path for floor in FLOORS for path in sorted((root / floor).rglob("*.py")))
    return _BY_STRING + [_dotted(path.relative_to(root)) for path in found]


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def resources(root: Path) -> Iterator[tuple[Path, str]]:
    """The files beside the code, each with the folder it goes to."""
    yield root / "resources", "resources"
    yield root / "LICENSE", "."


def is_shipped(target: str, source: str) -> bool:
    """Whether a collected file is taken: its place in the folder and where it came from (a link: what it points to)."""
    path, origin = PurePosixPath(target), PurePosixPath(source)
    if "PySide6" in origin.parts:
        return _qt_is_shipped(origin)
    if ".so" in path.name and source.startswith(SYSTEM_FOLDERS):
        return plain_name(path.name) in CARRIED_SYSTEM_LIBRARIES
    return plain_name(path.name) not in {"libstdc++", "libgcc_s"} and path.name not in _UNREAD


def _qt_is_shipped(origin: PurePosixPath) -> bool:
    below = PurePosixPath(*origin.parts[origin.parts.index("PySide6") + 1 :])
    match below.parts:
        case ("Qt", "translations", name):
            return name in QT_TRANSLATIONS
        case ("Qt", "plugins", kind, name):
            return f"{kind}/{plain_name(name)}" in QT_PLUGINS
        case ("Qt", "lib", name):
            return plain_name(name) in QT_LIBRARIES
        case (name,) if name.startswith("Qt"):
            return plain_name(name) in BINDINGS
        case (_,):
            return not below.name.startswith("libpyside6qml")
        case _:
            return False


def plain_name(name: str) -> str:
    """`libQt6Core` of `libQt6Core.so.6`, `QtCore` of `QtCore.abi3.so`."""
    return name.split(".so", maxsplit=1)[0].removesuffix(".abi3")
