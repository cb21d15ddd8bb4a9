"""The program on a stick."""

import sys
from pathlib import Path

import pytest

from app.cli import main
from app.places import places, program_folder
from app.stick import NotInstalledProgram, StickTaken, carry_to
from models.store.durable import CannotWrite


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed program, as the .deb lays it out."""
    program = tmp_path / "opt" / "files"
    inner = program / "_internal"
    inner.mkdir(parents=True)
    (inner / "installed.json").write_text("{}")
    (program / "xiangcai").write_text("program")
    (program / "xiangcai").chmod(0o755)
    (program / "xiangcai-cli").symlink_to("xiangcai")
    monkeypatch.setattr(sys, "_MEIPASS", str(inner), raising=False)
    return program


def test_a_stick_gets_all_of_it_without_links_and_is_portable(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "U 盘"
    stick.mkdir()
    made = carry_to(stick)
    assert sorted(path.name for path in made.iterdir()) == [
        "_internal",
        "portable.txt",
        "xiangcai",
        "xiangcai-cli",
    ]
    assert not (made / "xiangcai-cli").is_symlink()
    assert (made / "xiangcai-cli").stat().st_mode & 0o100
    assert not (installed / "portable.txt").exists(), "the installed one stays as it was"
    monkeypatch.setattr(sys, "_MEIPASS", str(made / "_internal"))
    assert program_folder() == made
    assert places().is_portable
    assert places().offices == stick / "一卡通数据"


@pytest.mark.usefixtures("installed")
def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "xiangcai").mkdir()
    with pytest.raises(StickTaken, match="已经存在"):
        carry_to(tmp_path)
    assert list((tmp_path / "xiangcai").iterdir()) == []


def test_a_program_from_its_sources_is_not_carried(tmp_path: Path) -> None:
    with pytest.raises(NotInstalledProgram):
        carry_to(tmp_path)


def test_a_stick_that_fills_up_keeps_no_half(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "U盘"
    stick.mkdir()
    monkeypatch.setattr("app.stick.os.replace", lambda *_: (_ for _ in ()).throw(OSError(5, "gone")))
    with pytest.raises(CannotWrite):
        carry_to(stick)
    assert list(stick.iterdir()) == []
    assert (installed / "xiangcai").exists()


@pytest.mark.usefixtures("installed")
def test_the_command_says_where_the_data_will_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portable", str(tmp_path)]) == 0
    assert str(tmp_path / "一卡通数据") in capsys.readouterr().out
