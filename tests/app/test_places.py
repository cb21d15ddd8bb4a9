"""Where things lie: on a PC, on a PC with a D:, on a stick."""

import ctypes
import os
import platform
import sys
from pathlib import Path

import pytest

from app import places as room
from app.places import DATA_NAME, PORTABLE_MARK, places, program_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "经办"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return tmp_path / "经办"


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A packed program on a stick, as PyInstaller lays it out."""
    program = tmp_path / "U盘" / "乡财 程序"
    (program / "_internal").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(program / "_internal"), raising=False)
    return program


def test_on_linux_offices_lie_where_the_clerk_sees_them(home: Path) -> None:
    found = places()
    assert found.offices == home / DATA_NAME
    assert not found.is_portable
    assert found.settings is None
    assert home in found.sample.parents


def test_the_sample_does_not_lie_among_real_offices(home: Path) -> None:
    assert places().offices not in places().sample.parents


def test_a_program_with_the_mark_keeps_everything_beside_itself(home: Path, stick: Path) -> None:
    assert program_folder() == stick
    assert not places().is_portable, "a packed program is not portable by itself"
    (stick / PORTABLE_MARK).touch()
    found = places()
    beside = stick.parent / DATA_NAME
    assert found.is_portable
    assert found.offices == beside
    assert found.settings is not None
    assert {found.sample.parent, found.log.parent, found.settings.parent} == {beside}
    assert stick not in beside.parents, "an upgrade replaces the program's folder"


def test_a_folder_of_the_marks_name_is_no_mark(home: Path, stick: Path) -> None:
    (stick / PORTABLE_MARK).mkdir()
    assert not places().is_portable


class _Kernel:
    def __init__(self, kinds: dict[str, int]) -> None:
        self.kinds = kinds

    def GetDriveTypeW(self, root: str) -> int:
        return self.kinds.get(root.rstrip("/\\"), 1)


class _Windows:
    def __init__(self, kinds: dict[str, int]) -> None:
        self.kernel32 = _Kernel(kinds)


@pytest.mark.parametrize(
    ("kinds", "writable", "on_d"),
    [
        ({"D:": 3}, True, True),
        ({"D:": 3}, False, False),  # a login without rights
        ({"D:": 5}, True, False),  # a disc drive
        ({"D:": 2}, True, False),  # a stick
        ({"D:": 4}, True, False),  # a network drive
        ({}, True, False),
    ],
)
def test_on_windows_a_fixed_d_drive_that_can_be_written_is_proposed(
    kinds: dict[str, int], writable: bool, on_d: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(ctypes, "windll", _Windows(kinds), raising=False)
    monkeypatch.setattr(os, "access", lambda path, _how: writable and str(path).startswith("D:"))
    found = room._data_folder(tmp_path / "AppData")
    assert found == (Path("D:/") if on_d else tmp_path / "AppData") / DATA_NAME
