"""The list of parts, the hashes, and ICU made small."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.licences import shipped_libraries
from tests.packaging.recipes import LINUX, recipe
from tests.style.house import ROOT

sbom, digests, icu, parts = (
    recipe(name) for name in ("common/sbom", "common/digests", "linux/trim_icu", "linux/parts_inside")
)

PARTS = [
    {"kind": "pypi", "name": "python-calamine", "version": "0.9.1", "licence": "MIT"},
    {"kind": "deb", "name": "libssl1.1", "version": "1.1.1w-0+deb11u1", "licence": "OpenSSL"},
    {"kind": "generic", "name": "cpython", "version": "3.11.2", "licence": "PSF-2.0"},
    {"kind": "pypi", "name": "cryptography", "version": "50.0.2", "licence": "Apache-2.0 OR BSD-3-Clause"},
    {"kind": "pypi", "name": "segno", "version": "1.6.6", "licence": "BSD License"},
]


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ \\\n;]+)", text, re.MULTILINE))


def test_the_builders_lock_ships_what_was_tested() -> None:
    runtime, build = locked("runtime.txt"), locked("build.txt")
    assert {name: build.get(name) for name in runtime} == runtime
    assert build["pyinstaller"] == locked("dev.txt")["pyinstaller"]
    entries = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / "requirements/build.txt").read_text("utf-8"))
    assert not [entry for entry in entries if "--hash=sha256:" not in entry]


def test_the_licence_list_agrees_with_the_lock() -> None:
    listed = {
        one.name: one.version
        for one in shipped_libraries()
        if one.version and one.name in locked("runtime.txt")
    }
    assert listed == locked("runtime.txt")


def test_about_names_every_library_that_the_builder_may_take() -> None:
    listed = {(one.name, one.licence) for one in shipped_libraries()}
    assert set(parts.OF_DEBIAN.values()) <= listed


def test_a_list_of_parts_names_each_with_version_licence_and_address() -> None:
    made = sbom.bill_of_materials(PARTS, "0.1.0", 1_700_000_000)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.5")
    assert made["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    by_name = {one["name"]: one for one in made["components"]}
    assert by_name["libssl1.1"]["purl"] == "pkg:deb/debian/libssl1.1@1.1.1w-0%2Bdeb11u1"
    assert by_name["python-calamine"]["purl"] == "pkg:pypi/python-calamine@0.9.1"
    assert by_name["cryptography"]["licenses"] == [{"expression": "Apache-2.0 OR BSD-3-Clause"}]
    assert by_name["segno"]["licenses"] == [{"license": {"name": "BSD License"}}]
    assert made["dependencies"][0]["dependsOn"] == [one["bom-ref"] for one in made["components"]]


def test_the_same_parts_give_the_same_list_and_others_another() -> None:
    one, same = (sbom.bill_of_materials(list(order), "0.1.0", 5) for order in (PARTS, PARTS[::-1]))
    assert one == same
    assert one["serialNumber"] != sbom.bill_of_materials(PARTS[1:], "0.1.0", 5)["serialNumber"]


def test_a_wheels_hash_is_the_files(tmp_path: Path) -> None:
    wheel = tmp_path / "python_calamine-0.9.1-cp311-cp311-manylinux_2_17_x86_64.whl"
    wheel.write_bytes(b"wheel")
    (tmp_path / "python_calamine-0.9.10-cp311-cp311-win_amd64.whl").write_bytes(b"another")
    made = sbom.component(PARTS[0], tmp_path)
    assert made["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(b"wheel").hexdigest()}]
    assert "hashes" not in sbom.component(PARTS[1], tmp_path)


def test_both_lists_of_hashes_and_nothing_else_is_listed(tmp_path: Path) -> None:
    (tmp_path / "乡财_0.1.0_amd64.deb").write_bytes(b"abc")
    (tmp_path / "乡财_0.1.0_amd64.cdx.json").write_text("{}")
    (tmp_path / "notes.txt").touch()
    digests.write_lists(tmp_path)
    assert len((tmp_path / "SHA256SUMS").read_text("utf-8").splitlines()) == 2
    # GB/T 32905-2016, example 1
    assert "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0  乡财_0.1.0_amd64.deb" in (
        tmp_path / "SM3SUMS"
    ).read_text("utf-8")
    subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=tmp_path, check=True)


# -- what was really collected --------------------------------------------------------------------------------


def test_only_wheels_of_which_something_was_taken_are_listed(tmp_path: Path) -> None:
    for name, files in {"taken": ["taken/a.py"], "left": ["left/b.py"]}.items():
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\nLicense-Expression: MIT\n"
        )
        (folder / "LICENSE").write_text("words")
        listed = [*files, f"{name}-1.0.dist-info/LICENSE", f"{name}-1.0.dist-info/METADATA"]
        (folder / "RECORD").write_text("".join(f"{one},,\n" for one in listed))
    ((found, texts),) = parts.from_wheels(tmp_path, {str(tmp_path / "taken/a.py")}, {})
    assert found == {"kind": "pypi", "name": "taken", "version": "1.0", "licence": "MIT"}
    assert [text.name for text in texts] == ["LICENSE"]
    ((looked_at, _),) = parts.from_wheels(tmp_path, {str(tmp_path / "taken/a.py")}, {"taken": "Zlib"})
    assert looked_at["licence"] == "Zlib", "what a person wrote down counts more"


def test_a_library_that_nobody_looked_at_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libnew.so.1").touch()
    monkeypatch.setattr(
        parts, "told_by", lambda *command: "libnew1:amd64: /lib/libnew.so.1" if "-S" in command else "1"
    )
    with pytest.raises(SystemExit, match="libnew1"):
        list(parts.from_debian(tmp_path, {"/lib/libnew.so.1"}))


# -- ICU ------------------------------------------------------------------------------------------------------

NAMES = st.text(st.sampled_from("abcxyz/_."), min_size=1, max_size=20)


@given(st.dictionaries(NAMES, st.binary(max_size=70), min_size=1, max_size=12))
def test_an_archive_packed_and_read_is_the_same(found: dict[str, bytes]) -> None:
    head = (32).to_bytes(2, "little") + b"\xda\x27" + bytes(28)
    kept = sorted(found.items())
    packed = icu.pack(head, kept)
    read = icu.items(packed)
    assert [name for name, _ in read] == [name for name, _ in kept]
    for (_, body), (_, padded) in zip(kept, read, strict=True):
        assert padded.startswith(body)
        assert set(padded[len(body) :]) <= {0xAA}, "only padding follows"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("icudt73l/zh.res", True),
        ("icudt73l/coll/zh.res", True),
        ("icudt73l/coll/vi.res", False),
        ("icudt73l/zu_ZA.res", False),
        ("icudt73l/root.res", True),
        ("icudt73l/res_index.res", True),
        ("icudt73l/zoneinfo64.res", True),
        ("icudt73l/gb18030.cnv", True),
        ("icudt73l/ibm-943_P15A-2003.cnv", False),
        ("icudt73l/cnvalias.icu", True),
        ("icudt73l/translit/root.res", False),
    ],
)
def test_what_a_chinese_desktop_asks_for_is_kept(name: str, kept: bool) -> None:
    assert icu.is_kept(name) is kept


def test_qt_sorts_and_decodes_with_the_small_library(tmp_path: Path) -> None:
    whole = next((Path(PySide6.__file__).parent / "Qt/lib").glob("libicudata.so.*"))
    small = tmp_path / whole.name
    shutil.copyfile(whole, small)
    subprocess.run(["python3", str(LINUX / "trim_icu.py"), str(tmp_path)], check=True, capture_output=True)
    assert small.stat().st_size < 6_000_000 < whole.stat().st_size
    said = [said_with(library) for library in ("", str(small))]
    assert said[0] == said[1]
    assert said[0]["names"] == ["阿大", "陈七", "李四", "王五", "重八"]
    assert said[0]["codecs"] == [True, True]


def said_with(library: str) -> dict[str, object]:
    script = (
        "import functools, json\n"
        "from PySide6.QtCore import QCollator, QDateTime, QLocale, QStringDecoder, QTimeZone\n"
        "c = QCollator(QLocale('zh_CN')); QLocale.setDefault(QLocale('zh_CN'))\n"
        "names = sorted(['王五', '重八', '李四', '阿大', '陈七'], key=functools.cmp_to_key(c.compare))\n"
        "zone = QTimeZone(b'Asia/Shanghai').displayName(QDateTime(2024, 6, 1, 0, 0, 0), QTimeZone.NameType.LongName)\n"
        "codecs = [QStringDecoder(name).isValid() for name in ('GB18030', 'GBK')]\n"
        "print(json.dumps({'names': names, 'zone': zone, 'codecs': codecs}))\n"
    )
    env = {**os.environ, "LD_PRELOAD": library}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=env)
    told: dict[str, object] = json.loads(ran.stdout)
    return told
