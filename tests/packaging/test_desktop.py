"""How a Linux desktop knows the program: one name everywhere, its files by their names, links that go as they came."""

import json
import re
import subprocess
import sys
import tomllib
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.backups.keeping import file_name
from app.licences import VERSION
from tests.packaging.recipes import COMMON, LINUX, recipe
from tests.style.house import ROOT
from ui.__main__ import DESKTOP_ID

DESKTOP = LINUX / "desktop"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


def parsed(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot()  # noqa: S314 - our own file


def entry() -> dict[str, str]:
    text = (DESKTOP / f"{DESKTOP_ID}.desktop").read_text("utf-8")
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def mime_types() -> dict[str, str]:
    """Type → its pattern."""
    tree = parsed(DESKTOP / f"{DESKTOP_ID}.xml")
    return {one.attrib["type"]: one.find(f"{MIME}glob").attrib["pattern"] for one in tree}  # type: ignore[union-attr]


def settings(name: str) -> str:
    """What a variable of the recipes is."""
    script = f'. "{LINUX}/settings.sh"; printf %s "${name}"'
    return subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True).stdout


def test_one_id_in_every_place() -> None:
    assert settings("APP_ID") == DESKTOP_ID
    assert {path.name.split(".")[2] for path in DESKTOP.iterdir()} == {DESKTOP_ID.split(".")[2]}
    assert entry()["Icon"] == DESKTOP_ID
    assert entry()["Exec"] == f"{settings('PROGRAM_HOME')}/files/xiangcai %f"
    tree = parsed(DESKTOP / f"{DESKTOP_ID}.metainfo.xml")
    assert tree.findtext("id") == DESKTOP_ID
    assert tree.findtext("launchable") == f"{DESKTOP_ID}.desktop"


def test_the_version_is_pyprojects_everywhere() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert wanted == VERSION, "app/licences.py shows another version in About"
    assert settings("VERSION") == wanted


def test_our_files_are_known_by_the_names_that_the_program_gives_them() -> None:
    types = mime_types()
    made = file_name("云溪镇", datetime(2024, 6, 30, 17, 0))
    assert [kind for kind, pattern in types.items() if fnmatch(made, pattern)] == [
        "application/x-xiangcai-backup"
    ]
    assert not [kind for kind, pattern in types.items() if fnmatch("镇里的资料.zip", pattern)]
    assert set(entry()["MimeType"].rstrip(";").split(";")) <= set(types)


def test_the_icon_is_drawn_in_every_size(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    icons = recipe("common/icons")
    ran = subprocess.run(
        [
            sys.executable,
            str(COMMON / "icons.py"),
            str(COMMON / "xiangcai.svg"),
            str(tmp_path),
            DESKTOP_ID,
        ],
        check=False,
    )
    assert ran.returncode == 0
    for size in icons.SIZES:
        drawn = QImage(str(tmp_path / f"hicolor/{size}x{size}/apps/{DESKTOP_ID}.png"))
        assert (drawn.width(), drawn.height()) == (size, size)
        assert drawn.pixelColor(0, 0).alpha() < 255, "the corner is not see-through"
        assert drawn.pixelColor(size // 2, size // 2).alpha() == 255, "nothing is drawn"
    assert (tmp_path / f"hicolor/scalable/apps/{DESKTOP_ID}.svg").is_file()


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A small installation with the links script, in a root of its own."""
    home = tmp_path / "opt" / "apps" / DESKTOP_ID
    for below in (
        "applications/a.desktop",
        "icons/hicolor/48x48/apps/a.png",
        "mime/packages/a.xml",
        "metainfo/a.xml",
    ):
        (home / "entries" / below).parent.mkdir(parents=True)
        (home / "entries" / below).touch()
    (home / "files").mkdir()
    (home / "files" / "xiangcai").touch()
    (home / "files" / "xiangcai-cli").touch()
    text = (LINUX / "maintainer" / "links").read_text("utf-8").replace("@HOME@", str(home))
    text = text.replace("/usr/", f"{tmp_path}/usr/").replace("/etc/os-release", f"{tmp_path}/os-release")
    (tmp_path / "links").write_text(text, "utf-8")
    return tmp_path


def links(root: Path, act: str) -> dict[str, str]:
    """Run the script; what is linked afterwards."""
    subprocess.run(["sh", str(root / "links"), act], check=True, env={"PATH": "/usr/bin:/bin"})
    return {
        str(path.relative_to(root)): str(path.readlink())
        for path in sorted((root / "usr").rglob("*"))
        if path.is_symlink()
    }


def test_links_go_as_they_came(installed: Path) -> None:
    made = links(installed, "make")
    assert set(made) == {
        "usr/bin/xiangcai", "usr/bin/xiangcai-cli", "usr/share/applications/a.desktop",
        "usr/share/icons/hicolor/48x48/apps/a.png", "usr/share/metainfo/a.xml", "usr/share/mime/packages/a.xml",
    }  # fmt: skip
    assert all(Path(target).is_file() for target in made.values())
    assert links(installed, "make") == made, "a second time changes nothing"
    assert links(installed, "remove") == {}


def test_somebody_elses_file_stays(installed: Path) -> None:
    theirs = installed / "usr" / "bin" / "xiangcai"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    other = installed / "usr" / "bin" / "xiangcai-cli"
    links(installed, "make")
    other.unlink()
    other.symlink_to("/elsewhere")
    assert links(installed, "remove") == {"usr/bin/xiangcai-cli": "/elsewhere"}
    assert theirs.read_text() == "theirs"


def test_uos_shows_the_entries_by_itself(installed: Path) -> None:
    (installed / "os-release").write_text("NAME=UOS\nID=uos\n")
    (installed / "usr").mkdir()
    assert links(installed, "make") == {}


def test_no_script_of_the_package_removes_more_than_empty_folders() -> None:
    for script in (LINUX / "maintainer").iterdir():
        subprocess.run(["sh", "-n", str(script)], check=True)
        text = script.read_text("utf-8")
        assert not re.search(r"rm\s+-\w*r", text), script.name
        assert "一卡通数据" not in text


def test_the_store_description_says_where_it_lies() -> None:
    """UOS reads /opt/apps/<id>/info."""
    text = (LINUX / "deb.sh").read_text("utf-8")
    found = re.search(r"<<INFO\n(.*?)\nINFO", text, re.DOTALL)
    assert found
    info = json.loads(
        found[1].replace("$APP_ID", DESKTOP_ID).replace("$version", "1.0").replace("$ARCHITECTURE", "amd64")
    )
    assert (info["appid"], info["version"], info["arch"]) == (DESKTOP_ID, "1.0", ["amd64"])
