"""The publisher's side: a key that is made once, packages that the program believes, and the same bytes each time."""

from pathlib import Path
from types import ModuleType

import pytest

from app.upgrades.package import NotSigned, prove, take_out
from tests.packaging.recipes import recipe
from tests.style.house import ROOT

PASSWORD = "口令-十二个字符以上-2024"


@pytest.fixture(scope="module")
def packing() -> ModuleType:
    return recipe("upgrade/pack")


@pytest.fixture(scope="module")
def keys() -> ModuleType:
    return recipe("upgrade/make_key")


@pytest.fixture
def installers(tmp_path: Path) -> list[Path]:
    found = []
    for name in (
        "xiangcai-3.0.0-windows-x64-user.exe",
        "xiangcai_3.0.0_amd64.deb",
        "xiangcai_3.0.0_arm64.deb",
    ):
        (tmp_path / name).write_bytes(name.encode() * 9000)
        found.append(tmp_path / name)
    return found


def test_what_is_packed_with_the_private_key_is_believed_by_the_public_one(
    tmp_path: Path, packing: ModuleType, keys: ModuleType, installers: list[Path]
) -> None:
    listed = tmp_path / "upgrade_keys.txt"
    listed.write_text("# 说明\n", encoding="utf-8")
    public = keys.make_key(tmp_path / "私钥.pem", PASSWORD, "云溪县财政局 2024-07", listed)
    other = keys.make_key(tmp_path / "另一把.pem", PASSWORD, "备用", listed)
    assert listed.read_text("utf-8").splitlines()[1:] == [f"{public}  云溪县财政局 2024-07", f"{other}  备用"]
    private = (tmp_path / "私钥.pem").read_bytes()
    assert b"ENCRYPTED PRIVATE KEY" in private
    assert (tmp_path / "私钥.pem").stat().st_mode & 0o077 == 0

    upgrade = packing.listed(
        installers, version="3.0.0", since="1.0.0", schema=7, made_on="2024-07-01", notes=["新增月报"]
    )
    out = tmp_path / "xiangcai-3.0.0.xcup"
    packing.pack(out, upgrade, installers, private, PASSWORD)
    assert prove(out, [bytes.fromhex(public)]) == upgrade
    with pytest.raises(NotSigned):
        prove(out, [bytes.fromhex(other)])
    program = take_out(out, [bytes.fromhex(public)], "linux-arm64", tmp_path / "shelf")
    assert program.read_bytes() == installers[2].read_bytes()

    again = tmp_path / "again.xcup"
    packing.pack(again, upgrade, list(reversed(installers)), private, PASSWORD)
    assert again.read_bytes() == out.read_bytes()


def test_no_weak_pass_phrase_no_key_in_the_tree_and_none_overwritten(
    tmp_path: Path, keys: ModuleType
) -> None:
    listed = tmp_path / "keys.txt"
    with pytest.raises(ValueError, match="至少要 12"):
        keys.make_key(tmp_path / "a.pem", "short", "x", listed)
    with pytest.raises(ValueError, match="源代码文件夹"):
        keys.make_key(ROOT / "private.pem", PASSWORD, "x", listed)
    (tmp_path / "a.pem").write_text("somebody's")
    with pytest.raises(FileExistsError):
        keys.make_key(tmp_path / "a.pem", PASSWORD, "x", listed)
    assert not listed.exists()


def test_installers_that_cannot_be_told_apart(
    packing: ModuleType, tmp_path: Path, installers: list[Path]
) -> None:
    strange = tmp_path / "setup.exe"
    strange.write_bytes(b"MZ")
    facts = {"version": "3.0.0", "since": "1.0.0", "schema": 7, "made_on": "2024-07-01", "notes": []}
    with pytest.raises(ValueError, match="给哪种电脑"):
        packing.listed([strange], **facts)
    with pytest.raises(ValueError, match="有两个"):
        packing.listed([installers[1], installers[1]], **facts)


def test_no_private_key_lies_in_the_tree() -> None:
    marks = ("BEGIN PRIVATE KEY", "BEGIN ENCRYPTED PRIVATE KEY")
    folders = [ROOT / name for name in ("app", "models", "packaging", "requirements", "resources", "ui")]
    for path in [one for folder in folders for one in folder.rglob("*") if one.is_file()]:
        assert not any(mark.encode() in path.read_bytes() for mark in marks), path
