"""From the stick to the installer's start and back: what fits, what is backed up first, what is written down, what stays."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import places as places_module
from app.audit.queries import broken_line
from app.backups.container import broken_member
from app.desk import Desk
from app.upgrades import installation as installation_module
from app.upgrades.installation import (
    Installation,
    NothingBefore,
    NotInstalled,
    NotNewer,
    OnAStick,
    OtherPlatform,
    TooOldForIt,
    Way,
    installation,
)
from app.upgrades.package import UpgradeDamaged
from app.upgrades.queries import last_upgrade
from app.upgrades.shelf import Shelf
from app.upgrades.upgrading import (
    CannotStart,
    Ready,
    earlier_version,
    look_into,
    prepare_going_back,
    prepare_upgrade,
    start,
)
from models.domain.permission import NotPermitted
from models.store.migrations import MIGRATIONS
from tests.app.upgrades.packages import KEYS, PROGRAMS, installed, upgrade_of, write_package


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "升级", KEYS)


def acts(desk: Desk) -> list[str]:
    return [row[0] for row in desk.store.rows("SELECT act FROM audit_line ORDER BY seq")][-2:]


# -- what fits ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "changed", "refusal", "words"),
    [
        ({"version": "2.1.0"}, {}, NotNewer, "已经是 2.1.0"),
        ({"version": "2.10.0"}, {}, NotNewer, "已经是 2.10.0"),
        ({"version": "0.9.9"}, {}, TooOldForIt, "请先升级到 1.0.0"),
        ({"platform": "linux-arm64"}, {}, OtherPlatform, "这台是 Linux aarch64"),
        ({}, {"installers": {}}, OtherPlatform, "包里只有 空的"),
        ({"way": Way.SOURCES, "platform": ""}, {}, NotInstalled, "从源代码运行"),
        ({"way": Way.STICK, "platform": ""}, {}, OnAStick, "便携版"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_happens(
    admin: Desk, shelf: Shelf, tmp_path: Path, here: dict[str, Any], changed: dict[str, Any],
    refusal: type[Exception], words: str,
) -> None:  # fmt: skip
    package = write_package(tmp_path / "a.xcup", upgrade_of(**changed))
    before = acts(admin)
    with pytest.raises(refusal, match=words):
        prepare_upgrade(
            admin,
            package=package,
            backup_folder=tmp_path / "u",
            here=replace(installed(tmp_path), **here),
            shelf=shelf,
        )
    assert acts(admin) == before
    assert not (tmp_path / "u").exists()
    assert not shelf.folder.exists()


def test_a_damaged_installer_is_found_before_the_backup(admin: Desk, shelf: Shelf, tmp_path: Path) -> None:
    package = write_package(tmp_path / "a.xcup", bodies={PROGRAMS["linux-x64"][0]: b"!<arch>\nother"})
    with pytest.raises(UpgradeDamaged):
        prepare_upgrade(
            admin, package=package, backup_folder=tmp_path / "u", here=installed(tmp_path), shelf=shelf
        )
    assert not (tmp_path / "u").exists()
    assert "upgrade.begin" not in acts(admin)


def test_only_an_administrator_upgrades(desk: Desk, shelf: Shelf, tmp_path: Path) -> None:
    package = write_package(tmp_path / "a.xcup")
    with pytest.raises(NotPermitted, match="不能升级程序"):
        prepare_upgrade(
            desk, package=package, backup_folder=tmp_path / "u", here=installed(tmp_path), shelf=shelf
        )
    assert not shelf.folder.exists()


# -- forward ------------------------------------------------------------------------------------------------


def test_an_upgrade_is_proved_backed_up_and_written_down(admin: Desk, shelf: Shelf, tmp_path: Path) -> None:
    package = write_package(tmp_path / "a.xcup")
    here = installed(tmp_path)
    assert look_into(package, KEYS, here).notes == ("月报加了合计行", "修正了分户时的提示")
    ready = prepare_upgrade(admin, package=package, backup_folder=tmp_path / "u", here=here, shelf=shelf)
    assert ready.program.read_bytes() == PROGRAMS["linux-x64"][1]
    assert broken_member(ready.backup) is None
    assert ready.line == f"sudo apt install {ready.program}"
    assert acts(admin) == ["backup.make", "upgrade.begin"]
    last = last_upgrade(admin.store)
    assert last is not None
    assert (last.before, last.version, last.backup, last.is_back) == (
        "2.0.3",
        "2.1.0",
        ready.backup.name,
        False,
    )
    assert broken_line(admin.store) is None


def test_windows_gets_the_installer_of_its_scope_and_is_started(
    admin: Desk, shelf: Shelf, tmp_path: Path
) -> None:
    here = installed(tmp_path, way=Way.WINDOWS, platform="windows-x64-machine")
    ready = prepare_upgrade(
        admin,
        package=write_package(tmp_path / "a.xcup"),
        backup_folder=tmp_path / "u",
        here=here,
        shelf=shelf,
    )
    assert ready.program.read_bytes() == PROGRAMS["windows-x64-machine"][1]
    started: list[str] = []
    start(ready, started.append)
    assert started == [str(ready.program)]


def test_an_installer_that_windows_does_not_start() -> None:
    ready = Ready("2.1.0", Path("C:/升级/setup.exe"), ["setup.exe"], Path("u/备份.zip"))

    def refuse(_program: str) -> None:
        raise PermissionError(13, "cancelled by the user")

    with pytest.raises(CannotStart, match=r"setup\.exe”没有启动（没有权限）"):
        start(ready, refuse)


# -- back ---------------------------------------------------------------------------------------------------


def test_linux_goes_back_to_the_kept_package(admin: Desk, shelf: Shelf, tmp_path: Path) -> None:
    old, new = installed(tmp_path, version="1.5.0"), installed(tmp_path, version="2.1.0")
    earlier = write_package(tmp_path / "a.xcup", upgrade_of("2.0.0", schema=len(MIGRATIONS) - 1))
    later = write_package(tmp_path / "b.xcup")
    prepare_upgrade(admin, package=earlier, backup_folder=tmp_path / "u", here=old, shelf=shelf)
    assert earlier_version(replace(old, version="2.0.0"), shelf) is None
    there = prepare_upgrade(
        admin, package=later, backup_folder=tmp_path / "v", here=replace(old, version="2.0.0"), shelf=shelf
    )
    ready = prepare_going_back(admin, backup_folder=tmp_path / "w", here=new, shelf=shelf)
    assert (ready.version, ready.program.parent.name) == ("2.0.0", "2.0.0")
    assert ready.line == f"sudo apt install --allow-downgrades {ready.program}"
    # its data are older than what this program writes: the backup made when it was left is the way back
    assert ready.restore == there.backup.name
    last = last_upgrade(admin.store)
    assert last is not None
    assert (last.before, last.version, last.is_back) == ("2.1.0", "2.0.0", True)


def test_a_kept_installer_that_was_changed_is_not_gone_back_to(
    admin: Desk, shelf: Shelf, tmp_path: Path
) -> None:
    earlier = write_package(tmp_path / "a.xcup", upgrade_of("2.0.0"))
    ready = prepare_upgrade(
        admin, package=earlier, backup_folder=tmp_path / "u", here=installed(tmp_path, version="1.5.0"), shelf=shelf
    )  # fmt: skip
    ready.program.write_bytes(b"!<arch>\nsomebody else's")
    with pytest.raises(UpgradeDamaged):
        prepare_going_back(
            admin, backup_folder=tmp_path / "w", here=installed(tmp_path, version="2.1.0"), shelf=shelf
        )
    assert not (tmp_path / "w").exists()


def test_the_shelf_keeps_two_versions(admin: Desk, shelf: Shelf, tmp_path: Path) -> None:
    for version in ("2.0.0", "2.0.9", "2.0.10"):
        package = write_package(tmp_path / f"{version}.xcup", upgrade_of(version))
        shelf.put(package, upgrade_of(version), installed(tmp_path))
    assert sorted(one.name for one in shelf.folder.iterdir()) == ["2.0.10", "2.0.9"]


def test_windows_goes_back_to_the_folder_beside(admin: Desk, shelf: Shelf, tmp_path: Path) -> None:
    here = installed(tmp_path, way=Way.WINDOWS, platform="windows-x64-user", version="2.1.0")
    with pytest.raises(NothingBefore):
        prepare_going_back(admin, backup_folder=tmp_path / "w", here=here, shelf=shelf)
    (tmp_path / "before").mkdir()
    said = {"way": "windows", "platform": "windows-x64", "version": "2.0.3", "schema": len(MIGRATIONS)}
    (tmp_path / "before" / "installed.json").write_text(json.dumps(said))
    (tmp_path / "goback.exe").write_bytes(b"MZ")
    ready = prepare_going_back(admin, backup_folder=tmp_path / "w", here=here, shelf=shelf)
    assert (ready.version, ready.program, ready.restore) == ("2.0.3", tmp_path / "goback.exe", "")
    assert broken_member(ready.backup) is None


# -- how it was installed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "scope", "expected"),
    [
        (None, None, (Way.SOURCES, "")),
        ("{", None, (Way.SOURCES, "")),
        ('{"way": "windows", "platform": "windows-x64", "version": "3.0.0"}', "machine", (Way.WINDOWS, "windows-x64-machine")),
        ('{"way": "windows", "platform": "windows-x64", "version": "3.0.0"}', None, (Way.WINDOWS, "windows-x64-user")),
        ('{"way": "deb", "platform": "linux-arm64", "version": "3.0.0"}', None, (Way.DEB, "linux-arm64")),
    ],
)  # fmt: skip
def test_the_installers_line_is_read(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: str | None,
    scope: str | None,
    expected: tuple[Way, str],
) -> None:
    program = tmp_path / "current"
    (program / "resources").mkdir(parents=True)
    if said is not None:
        (program / "installed.json").write_text(said)
    if scope is not None:
        (tmp_path / "scope").write_text(scope)
    monkeypatch.setattr(installation_module, "resource", lambda name: program / "resources" / name)
    found: Installation = installation()
    assert (found.way, found.platform) == expected


def test_a_program_on_a_stick_is_known_by_its_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "current"
    (program / "resources").mkdir(parents=True)
    (program / "installed.json").write_text(
        '{"way": "windows", "platform": "windows-x64", "version": "3.0.0"}'
    )
    monkeypatch.setattr(installation_module, "resource", lambda name: program / "resources" / name)
    monkeypatch.setattr(places_module, "program_folder", lambda: program)
    assert installation().way is Way.WINDOWS
    (program / "portable.txt").write_text("")
    assert (installation().way, installation().version) == (Way.STICK, "3.0.0")
