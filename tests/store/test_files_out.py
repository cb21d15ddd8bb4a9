"""Files that go out of an office never lie in it, so that none is written over its data."""

from pathlib import Path

import pytest

from app.cli import main
from app.desk import Desk
from models.store.durable import CannotWrite, WouldWriteIntoOffice, replacing
from models.store.folder import DATABASE_NAME, KEYSLOTS_NAME, office_around
from tests.conftest import PASSWORD


@pytest.mark.parametrize("name", [DATABASE_NAME, KEYSLOTS_NAME, "月报.xlsx", "files/ab/月报.xlsx"])
def test_nothing_goes_out_into_an_office(admin: Desk, name: str) -> None:
    folder = admin.store.folder
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(WouldWriteIntoOffice, match="不能把“"), replacing(folder / name) as part:
        part.write_bytes(b"a report")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_beside_an_office_is_not_in_it(admin: Desk, tmp_path: Path) -> None:
    assert office_around(admin.store.folder / "x.xlsx") == admin.store.folder.resolve()
    with replacing(tmp_path / "x.xlsx") as part:
        part.write_bytes(b"a report")
    assert (tmp_path / "x.xlsx").read_bytes() == b"a report"


def test_where_nobody_may_look_writing_says_why(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(tmp_path / "round")
    for place in (tmp_path / "round" / "x.xlsx", tmp_path / ("长" * 200) / "x.xlsx"):
        with pytest.raises(CannotWrite, match=r"无法写入“x\.xlsx”"), replacing(place) as part:
            part.write_bytes(b"a report")


def test_a_report_over_the_database_is_refused(
    admin: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office = admin.store.folder
    admin.store.close()
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    words = ["report", "monthly", "2024-06", "--out", str(office / DATABASE_NAME)]
    assert main([*words, "--office", str(office), "--as", "经办甲"]) == 2
    assert "请换一个文件夹后重试" in capsys.readouterr().err
    assert main(["doctor", "--office", str(office), "--as", "经办甲"]) == 0
