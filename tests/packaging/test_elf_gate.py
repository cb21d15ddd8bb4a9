"""The gate on glibc, on small real files: a wheel's library passes, the machine's own newer programs do not."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
import shiboken6

from tests.packaging.recipes import COMMON, recipe

gate = recipe("common/elf_gate")
WHEELS_LIBRARY = Path(shiboken6.__file__).parent / "Shiboken.abi3.so"
MACHINES_PROGRAM = Path("/usr/bin/env")  # Debian 12: asks for glibc 2.34

# what objdump says of a file whose functions came with different versions of glibc
TOLD = """
x.so:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libm.so.6
  NEEDED               libours.so.1

Version References:
  required from libm.so.6:
    0x09691a79 0x00 03 GLIBC_2.29
    0x06969189 0x00 05 GLIBC_2.4
  required from libstdc++.so.6:
    0x08922974 0x02 04 GLIBCXX_3.4.9

DYNAMIC SYMBOL TABLE:
0000000000000000      DF *UND*\t0000000000000000 (GLIBC_2.29) exp
0000000000000000  w   DF *UND*\t0000000000000000 (GLIBC_2.29) pow
0000000000000000      DF *UND*\t0000000000000000 (GLIBC_2.4)  __stack_chk_fail
"""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ran:
        stdout = TOLD

    monkeypatch.setattr(gate.subprocess, "run", lambda *_a, **_k: Ran)


@pytest.mark.usefixtures("told")
def test_the_highest_version_of_each_family_counts(tmp_path: Path) -> None:
    found = gate.look_at(tmp_path / "x.so")
    assert found.versions == {"GLIBC": (2, 29), "GLIBCXX": (3, 4, 9)}
    assert found.needed == ["libm.so.6", "libours.so.1"]


@pytest.mark.usefixtures("told")
def test_a_fault_names_the_file_the_version_and_the_symbols(tmp_path: Path) -> None:
    said = list(gate.faults([gate.look_at(tmp_path / "x.so")], "amd64"))
    assert said[0] == f"{tmp_path / 'x.so'}: 要 GLIBC_2.29，下限是 2.28（exp、pow）"
    assert "libours.so.1，既没有带上，也没有写进依赖" in said[1]
    assert len(said) == 2
    # on aarch64 the floor is 2.31, but the file is not for it
    assert [
        line for line in gate.faults([gate.look_at(tmp_path / "x.so")], "arm64") if "elf64-x86-64" in line
    ]
    assert not [line for line in gate.faults([gate.look_at(tmp_path / "x.so")], "arm64") if "GLIBC_" in line]


def test_versions_are_compared_as_numbers() -> None:
    assert gate.parsed("2.4") < gate.parsed("2.28") < gate.parsed("2.31")


def test_a_folder_of_wheels_passes_once_everything_is_carried(tmp_path: Path) -> None:
    folder = tmp_path / "程序"
    folder.mkdir()
    shutil.copy(WHEELS_LIBRARY, folder)
    (said,) = gate.faults(gate.binaries(folder), "amd64")
    assert "libshiboken6" in said
    shutil.copy(next(WHEELS_LIBRARY.parent.glob("libshiboken6.abi3.so*")), folder)
    assert list(gate.faults(gate.binaries(folder), "amd64")) == []
    assert "libc6 (>= 2.28)" in gate.depends(gate.binaries(folder))
    assert "libx11-6" not in gate.depends(gate.binaries(folder)), "only what is needed is asked for"


def test_the_gate_stops_a_program_of_this_machine(tmp_path: Path) -> None:
    shutil.copy(WHEELS_LIBRARY.parent / "libshiboken6.abi3.so.6.7", tmp_path)
    ran = run_gate(tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    shutil.copy(MACHINES_PROGRAM, tmp_path)
    ran = run_gate(tmp_path)
    assert ran.returncode == 1
    assert "env: 要 GLIBC_2.34，下限是 2.28（__libc_start_main" in ran.stderr


def test_an_empty_folder_is_no_pass(tmp_path: Path) -> None:
    assert run_gate(tmp_path).returncode == 1


def run_gate(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["python3", str(COMMON / "elf_gate.py"), str(folder)], capture_output=True, text=True, check=False
    )


def test_links_and_texts_are_no_programs(tmp_path: Path) -> None:
    elf = tmp_path / "a.so"
    elf.write_bytes(b"\x7fELF" + struct.pack("<12x"))
    (tmp_path / "b.so").symlink_to(elf)
    (tmp_path / "c.so").write_text("GROUP ( libc.so.6 )")
    assert [path.name for path in sorted(tmp_path.iterdir()) if gate.is_elf(path)] == ["a.so"]


def test_the_floors_are_those_of_the_oldest_desktops() -> None:
    assert gate.FLOORS["amd64"]["GLIBC"] == (2, 28)
    assert gate.FLOORS["arm64"]["GLIBC"] == (2, 31)
    assert set(gate.FLOORS) == set(gate.FORMATS)
