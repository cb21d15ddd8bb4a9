"""The headless commands of upgrades."""

import json
from pathlib import Path

import pytest

from app.cli import main, upgrades
from app.cli.frame import DONE, REFUSED
from app.desk import Desk
from app.upgrades.shelf import Shelf
from tests.app.upgrades.packages import KEYS, PROGRAMS, installed, write_package
from tests.conftest import PASSWORD


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed program of version 2.0.3 that knows the tests' publisher."""
    monkeypatch.setattr(upgrades, "publisher_keys", lambda: KEYS)
    monkeypatch.setattr(upgrades, "installation", lambda: installed(tmp_path))
    monkeypatch.setattr(upgrades, "usual_shelf", lambda keys: Shelf(tmp_path / "升级", keys))
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    return tmp_path


def test_a_package_is_verified_without_an_office(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", "verify", str(write_package(machine / "a.xcup")), "--json"]) == DONE
    said = json.loads(capsys.readouterr().out)
    assert (said["version"], said["platforms"]) == ("2.1.0", sorted(PROGRAMS))
    broken = write_package(machine / "b.xcup", bodies={})
    assert main(["upgrade", "verify", str(broken)]) == REFUSED
    assert "已损坏" in capsys.readouterr().err


def test_an_upgrade_is_prepared_and_the_line_to_run_is_told(
    machine: Path, admin: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.store.close()
    office = ["--office", str(admin.store.folder), "--backup", str(machine / "u")]
    package = write_package(machine / "a.xcup")
    assert main(["upgrade", "install", str(package), *office, "--start"]) == DONE
    said = capsys.readouterr().out
    program = machine / "升级" / "2.1.0" / PROGRAMS["linux-x64"][0]
    assert f"sudo apt install {program}" in said
    assert len(list((machine / "u").iterdir())) == 1


def test_going_back_where_nothing_is_kept(
    machine: Path, admin: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.store.close()
    office = ["--office", str(admin.store.folder), "--backup", str(machine / "u"), "--json"]
    assert main(["upgrade", "back", *office]) == REFUSED
    assert json.loads(capsys.readouterr().out)["refused"] == "NothingBefore"
    assert not (machine / "u").exists()
