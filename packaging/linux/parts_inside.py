"""Runs inside the old root after PyInstaller: what was really put in, and under which licence.

    python parts_inside.py BUNDLE BUILD SITE      BUILD is PyInstaller's own folder, with its lists of what was collected

Writes BUNDLE/_internal/licences/<part>/… (the texts, as their authors ship them) and parts.json beside the bundle. A library of the
system whose licence nobody has looked at stops the build.
"""

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

# looked at by a person, package by package: what About calls it (resources/licences.csv), its licence; the text beside it says more
OF_DEBIAN = {
    "fonts-wqy-microhei": ("文泉驿微米黑", "Apache-2.0 OR GPL-3.0-or-later WITH Font-exception-2.0"),
    "libbz2-1.0": ("bzip2", "bzip2-1.0.6"),
    "libexpat1": ("Expat", "MIT"),
    "libffi7": ("libffi", "MIT"),
    "liblzma5": ("XZ Utils", "0BSD"),
    "libssl1.1": ("OpenSSL", "OpenSSL"),
    "libxcb-cursor0": ("xcb-util", "MIT"),
    "libxcb-icccm4": ("xcb-util", "MIT"),
    "libxcb-image0": ("xcb-util", "MIT"),
    "libxcb-keysyms1": ("xcb-util", "MIT"),
    "libxcb-render-util0": ("xcb-util", "MIT"),
    "libxcb-util1": ("xcb-util", "MIT"),
    "libxkbcommon-x11-0": ("libxkbcommon", "MIT"),
    "libxkbcommon0": ("libxkbcommon", "MIT"),
}
FONT = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
STARTER = "pyinstaller"
# of the hooks only those are taken that run in the program, and those are under this licence
HOOKS = {"pyinstaller-hooks-contrib": "Apache-2.0"}
# Qt's wheels name the licence without its text
LGPL = {"pyside6-essentials", "shiboken6"}
_TEXT = re.compile(r"(licen[cs]e|copying|notice|copyright)", re.IGNORECASE)
_SOURCE = re.compile(r"'(/[^']+)'")

Part = dict[str, str]


def collected(build: Path) -> set[str]:
    """Where everything that PyInstaller took came from."""
    return {path for toc in build.glob("*.toc") for path in _SOURCE.findall(toc.read_text("utf-8"))}


def from_wheels(site: Path, sources: set[str], shown: Mapping[str, str]) -> Iterator[tuple[Part, list[Path]]]:
    """The wheels of which a file was taken, and PyInstaller's own starter."""
    for wheel in sorted(distributions(path=[str(site)]), key=lambda one: one.name.lower()):
        name = re.sub(r"[-_.]+", "-", wheel.name).lower()
        files = [Path(str(wheel.locate_file(file))) for file in wheel.files or []]
        if name != STARTER and not any(
            str(file) in sources for file in files if file.suffix in {".py", ".so"}
        ):
            continue
        texts = [file for file in files if ".dist-info" in str(file) and _TEXT.search(file.name)]
        if name in LGPL:
            texts += [Path("/usr/share/common-licenses/LGPL-3"), Path("/usr/share/common-licenses/GPL-3")]
        yield (
            {
                "kind": "pypi",
                "name": name,
                "version": wheel.version,
                "licence": shown.get(name) or licence_of(wheel),
            },
            texts,
        )


def shown_licences(resources: Path) -> dict[str, str]:
    """What About says, by lower-case name: a person has looked at each."""
    with open(resources / "licences.csv", encoding="utf-8-sig", newline="") as stream:
        return {row["name"].lower(): row["licence"] for row in csv.DictReader(stream)} | HOOKS


def licence_of(wheel: Distribution) -> str:
    """What a wheel says of its licence: the expression, else the short word, else the classifiers."""
    told = wheel.metadata
    short = told["License-Expression"] or told["License"] or ""
    if short and "\n" not in short and short != "UNKNOWN":
        return short
    classified = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License")
    ]
    return "; ".join(classified) or "see text"


def from_debian(bundle: Path, sources: set[str]) -> Iterator[tuple[Part, list[Path]]]:
    """The system's own libraries that were taken, and the font."""
    carried = {path.name for path in bundle.rglob("*.so*")}
    taken = {
        path for path in sources if path.startswith(("/usr/lib/", "/lib/")) and Path(path).name in carried
    }
    packages = {package_of(path) for path in taken | {FONT}}
    for name in sorted(packages):
        if name not in OF_DEBIAN:
            raise SystemExit(f"{name}: nobody has looked at its licence yet (parts_inside.py)")
        version = told_by("dpkg-query", "-W", "-f", "${Version}", name)
        text = [Path("/usr/share/doc", name, "copyright")]
        yield {"kind": "deb", "name": name, "version": version, "licence": OF_DEBIAN[name][1]}, text


def package_of(path: str) -> str:
    """The Debian package that a file belongs to. /lib is a link to /usr/lib in some suites, so the name decides."""
    return told_by("dpkg-query", "-S", f"*/{Path(path).name}").splitlines()[0].split(":")[0]


def told_by(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def others(bundle: Path) -> Iterator[tuple[Part, list[Path]]]:
    """The interpreter and the icons."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield (
        {"kind": "generic", "name": "cpython", "version": version, "licence": "PSF-2.0"},
        [Path(sys.base_prefix, "lib", "python3.11", "LICENSE.txt")],
    )
    drawn = bundle / "_internal" / "resources" / "icons" / "LICENSE.txt"
    yield {"kind": "generic", "name": "tabler-icons", "version": "3", "licence": "MIT"}, [drawn]


def main() -> int:
    """Copy the texts and write the list."""
    bundle, build, site = (Path(given).resolve() for given in sys.argv[1:4])
    sources = collected(build)
    shown = shown_licences(bundle / "_internal" / "resources")
    parts: list[Part] = []
    for part, texts in [*others(bundle), *from_wheels(site, sources, shown), *from_debian(bundle, sources)]:
        if not texts:
            raise SystemExit(f"{part['name']}: no text of its licence")
        folder = bundle / "_internal" / "licences" / part["name"]
        folder.mkdir(parents=True)
        for text in texts:
            shutil.copyfile(text, folder / text.name)
        parts.append(part)
    (bundle.parent / "parts.json").write_text(json.dumps(parts, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
