"""Two builds are told apart by any byte, mode or link."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.recipes import COMMON, recipe

compare = recipe("common/compare")


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Path, Path]:
    one = tmp_path / "一"
    (one / "below").mkdir(parents=True)
    (one / "below" / "a").write_bytes(b"a")
    (one / "b").write_bytes(b"b")
    (one / "c").symlink_to("b")
    shutil.copytree(one, tmp_path / "二", symlinks=True)
    return one, tmp_path / "二"


def test_the_same_is_the_same(twins: tuple[Path, Path]) -> None:
    assert compare.differences(*twins) == []


def relink(other: Path) -> None:
    (other / "c").unlink()
    (other / "c").symlink_to("below/a")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda other: (other / "below" / "a").write_bytes(b"A"), ["不同：below/a"]),
        (lambda other: (other / "b").chmod(0o700), ["不同：b"]),
        (lambda other: (other / "new").touch(), ["只在一边：new"]),
        (lambda other: (other / "below" / "a").unlink(), ["只在一边：below/a"]),
        (relink, ["不同：c"]),
    ],
)
def test_what_differs_is_named(
    twins: tuple[Path, Path], change: Callable[[Path], object], said: list[str]
) -> None:
    one, other = twins
    change(other)
    assert compare.differences(one, other) == said
    ran = subprocess.run(
        [sys.executable, str(COMMON / "compare.py"), str(one), str(other)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout.split()) == (1, said)


def test_two_zips_of_the_same_members_become_the_same(tmp_path: Path) -> None:
    made = []
    for name, members in (("one.zip", "cab"), ("other.zip", "bca")):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in members:
                archive.writestr(zipfile.ZipInfo(f"re/{member}.pyc"), member * 500)
        recipe("linux/sorted_zip").put_in_order(tmp_path / name)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == ["re/a.pyc", "re/b.pyc", "re/c.pyc"]
        assert archive.read("re/b.pyc") == b"b" * 500
