"""A package is believed by its signature alone, and refused with a sentence whatever else is wrong with it."""

import json
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.upgrades.package import (
    LIST,
    SIGNATURE,
    NewerPackage,
    NoPublisher,
    NotAnUpgrade,
    NotSigned,
    UpgradeDamaged,
    list_body,
    prove,
    publisher_keys,
    read_upgrade,
    take_out,
    version_parts,
)
from models.store.durable import CannotRead
from tests.app.upgrades.packages import KEYS, PROGRAMS, PUBLISHER, STRANGER, upgrade_of, write_package


def test_a_good_package_says_what_was_signed_and_gives_its_installer(tmp_path: Path) -> None:
    path = write_package(tmp_path / "乡财 2.1.xcup")
    assert prove(path, KEYS) == upgrade_of()
    name, body = PROGRAMS["windows-x64-machine"]
    program = take_out(path, KEYS, "windows-x64-machine", tmp_path / "升级" / "2.1.0")
    assert (program.name, program.read_bytes()) == (name, body)
    assert sorted(one.name for one in program.parent.iterdir()) == sorted([LIST, SIGNATURE, name])


def test_either_of_two_publishers_keys_will_do(tmp_path: Path) -> None:
    path = write_package(tmp_path / "a.xcup")
    assert read_upgrade(path, [STRANGER.public_key().public_bytes_raw(), *KEYS]).version == "2.1.0"


def test_a_strangers_signature_and_one_for_another_list(tmp_path: Path) -> None:
    with pytest.raises(NotSigned, match="签名不对"):
        read_upgrade(write_package(tmp_path / "a.xcup", key=STRANGER), KEYS)
    good, other = write_package(tmp_path / "b.xcup"), tmp_path / "c.xcup"
    with zipfile.ZipFile(good) as package, zipfile.ZipFile(other, "w") as forged:
        forged.writestr(LIST, list_body(upgrade_of("9.9.9")))
        forged.writestr(SIGNATURE, package.read(SIGNATURE))
    with pytest.raises(NotSigned):
        read_upgrade(other, KEYS)


def test_a_signature_over_the_bare_list_is_none(tmp_path: Path) -> None:
    body = list_body(upgrade_of())
    path = tmp_path / "a.xcup"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(LIST, body)
        package.writestr(SIGNATURE, PUBLISHER.sign(body))
    with pytest.raises(NotSigned):
        read_upgrade(path, KEYS)


def test_without_a_publishers_key_nothing_is_believed(tmp_path: Path) -> None:
    with pytest.raises(NoPublisher, match="没有装入发布单位的公钥"):
        read_upgrade(write_package(tmp_path / "a.xcup"), [])


@given(at=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_a_byte_changed_anywhere_is_seen_or_means_nothing(
    tmp_path_factory: pytest.TempPathFactory, at: int, flip: int
) -> None:
    path = write_package(tmp_path_factory.mktemp("x") / "a.xcup")
    body = bytearray(path.read_bytes())
    body[at % len(body)] ^= flip
    path.write_bytes(body)
    try:
        found = prove(path, KEYS)
    except (NotAnUpgrade, NotSigned, UpgradeDamaged):
        return
    # a byte of the archive's own book-keeping (a date, an attribute): what is taken from it is the same
    assert found == upgrade_of()


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_package_that_was_compressed(tmp_path: Path, kind: int) -> None:
    whole = write_package(tmp_path / "a.xcup", kind=kind).read_bytes()
    for at in range(0, len(whole), 7):
        body = bytearray(whole)
        body[at : at + 20] = bytes(20)
        (tmp_path / "b.xcup").write_bytes(body)
        with suppress(NotAnUpgrade, NotSigned, UpgradeDamaged, CannotRead):
            assert prove(tmp_path / "b.xcup", KEYS) == upgrade_of()


@pytest.mark.parametrize("part", [0, 1, 20, 50, 90, 99])
def test_a_cut_package(tmp_path: Path, part: int) -> None:
    path = write_package(tmp_path / "a.xcup")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * part // 100])
    with pytest.raises(NotAnUpgrade, match="文件不完整，或是别的文件"):
        read_upgrade(path, KEYS)


@pytest.mark.parametrize(
    ("bodies", "member"),
    [
        ({}, "xiangcai_2.1.0_amd64.deb"),
        ({"xiangcai_2.1.0_amd64.deb": b"!<arch>\n" * 3999}, "xiangcai_2.1.0_amd64.deb"),
        ({"xiangcai_2.1.0_amd64.deb": b"!<arch>\n" * 4001}, "xiangcai_2.1.0_amd64.deb"),
        ({"xiangcai_2.1.0_amd64.deb": b"?<arch>\n" * 4000}, "xiangcai_2.1.0_amd64.deb"),
    ],
    ids=["missing", "short", "long", "other"],
)
def test_an_installer_that_is_not_the_listed_one_leaves_nothing(
    tmp_path: Path, bodies: dict[str, bytes], member: str
) -> None:
    path = write_package(tmp_path / "a.xcup", bodies=bodies)
    with pytest.raises(UpgradeDamaged, match=member):
        take_out(path, KEYS, "linux-x64", tmp_path / "shelf")
    assert not list((tmp_path / "shelf").iterdir())


def test_an_installer_that_unpacks_without_end_is_cut_at_its_listed_size(tmp_path: Path) -> None:
    endless = {"xiangcai_2.1.0_amd64.deb": b"\0" * 200_000_000}
    path = write_package(tmp_path / "a.xcup", bodies=endless, kind=zipfile.ZIP_DEFLATED)
    with pytest.raises(UpgradeDamaged):
        take_out(path, KEYS, "linux-x64", tmp_path / "shelf")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"product": "other"}, "别的程序"),
        ({"version": "2.1"}, "清单读不出来"),
        ({"version": None}, "清单读不出来"),
        ({"notes": 3}, "清单读不出来"),
        ({"installers": []}, "清单读不出来"),
        (
            {"installers": {"linux-x64": {"file": "../../etc/passwd", "sha256": "", "bytes": 1}}},
            "清单读不出来",
        ),
        ({"installers": {"linux-x64": {"file": "a.deb", "sha256": ""}}}, "清单读不出来"),
    ],
)
def test_a_signed_list_that_makes_no_sense(tmp_path: Path, said: dict[str, object], fault: str) -> None:
    with pytest.raises(NotAnUpgrade, match=fault):
        read_upgrade(write_package(tmp_path / "a.xcup", said=said), KEYS)


def test_a_later_format_says_so(tmp_path: Path) -> None:
    with pytest.raises(NewerPackage, match="更新的格式（2，本程序认识到 1）"):
        read_upgrade(write_package(tmp_path / "a.xcup", said={"format": 2}), KEYS)


def test_a_list_too_large_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "a.xcup"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(LIST, b" " * 3_000_000)
        package.writestr(SIGNATURE, b"")
    with pytest.raises(NotAnUpgrade, match="太大"):
        read_upgrade(path, KEYS)


def test_no_file_no_zip_and_another_zip(tmp_path: Path) -> None:
    with pytest.raises(CannotRead):
        read_upgrade(tmp_path / "没有.xcup", KEYS)
    other = tmp_path / "备份.zip"
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("backup.json", json.dumps({"format": 1}))
    with pytest.raises(NotAnUpgrade, match=r"没有 upgrade\.json"):
        read_upgrade(other, KEYS)


@pytest.mark.parametrize("written", ["1.2", "1.2.3.4", "v1.2.3", "1.2.x", "１.2.3", "", "1.2.3\n"])
def test_what_is_no_version(written: str) -> None:
    with pytest.raises(ValueError):
        version_parts(written)


def test_versions_are_compared_by_their_numbers() -> None:
    assert version_parts("0.10.0") > version_parts("0.9.12")


def test_the_shipped_keys_are_whole() -> None:
    assert all(len(key) == 32 for key in publisher_keys())
