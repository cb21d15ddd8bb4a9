"""What kind of file some bytes are, whether they open, and whether anything in them could run: for 可用性 and 安全性."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from app.archive.packing import BROKEN

_MAGIC: Final = (
    (b"%PDF-", "PDF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"GIF8", "GIF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"RIFF", "RIFF"),
    (b"ID3", "MP3"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "EXE"),
)
_TEXTS: Final = {"txt", "csv", "xml", "html", "htm", "json", "toml", "md"}
_OPENABLE: Final = {
    "pdf": {"PDF"}, "ofd": {"OFD"}, "jpg": {"JPEG"}, "jpeg": {"JPEG"}, "png": {"PNG"}, "tif": {"TIFF"}, "tiff": {"TIFF"},
    "bmp": {"BMP"}, "gif": {"GIF"}, "xlsx": {"XLSX"}, "et": {"XLSX", "OLE"}, "xls": {"OLE", "XLSX", "text"}, "docx": {"DOCX"},
    "doc": {"OLE", "DOCX"}, "wps": {"OLE", "DOCX"}, "zip": {"ZIP"}, "mp3": {"MP3"}, "wav": {"RIFF"}, "mp4": {"MP4"},
    **{ending: {"text"} for ending in _TEXTS},
}  # fmt: skip
"""The endings that are kept for long, and what may be behind each."""

_RUNNING: Final = {"exe", "bat", "cmd", "com", "scr", "js", "vbs", "ps1", "msi", "jar", "sh", "hta", "lnk"}
_PDF_RUNS: Final = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile)\b")
_MOST_OBJECTS: Final = 16 << 20
_BIGGEST: Final = 1 << 30  # bytes that a packed file may unfold to before it is no archive but an attack


@dataclass(frozen=True, slots=True)
class Looked:
    """One file looked into: its kind, why it cannot be used, what of it could do harm; '' for nothing."""

    kind: str
    unusable: str
    unsafe: str


def look_into(name: str, body: bytes) -> Looked:
    """What a file is, by its bytes, against what its name says."""
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    kind, fault, unsafe = _kind_of(body)
    if ending in _RUNNING or kind == "EXE":
        return Looked(kind, fault, "是可以运行的程序，不能归档")
    if not fault:
        may = _OPENABLE.get(ending)
        if may is None:
            fault = f"“.{ending}”不是长期保存的格式" if ending else "没有扩展名，不知道用什么打开"
        elif kind not in may:
            fault = f"内容不是“.{ending}”文件"
    return Looked(kind, fault, unsafe)


def _kind_of(body: bytes) -> tuple[str, str, str]:
    """(kind, why unusable, why unsafe) by the bytes alone."""
    if body.startswith(b"PK"):
        return _zip_kind(body)
    if body[4:8] == b"ftyp":
        return "MP4", "", ""
    for magic, kind in _MAGIC:
        if body.startswith(magic):
            return kind, *(_pdf(body) if kind == "PDF" else ("", _ole(body) if kind == "OLE" else ""))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = body.decode("gb18030")
        except UnicodeDecodeError:
            return "?", "认不出是什么文件", ""
    return ("text", "", "") if "\0" not in text else ("?", "认不出是什么文件", "")


def _pdf(body: bytes) -> tuple[str, str]:
    if b"%%EOF" not in body[-2048:]:
        return "不完整，末尾缺失", ""
    try:
        objects = _pdf_objects(body)
    except zlib.error:
        return "不完整，内容已损坏", ""
    if b"/Encrypt" in objects:
        return "有密码，以后打不开", ""
    return "", "里面有会运行的内容" if _PDF_RUNS.search(objects) else ""


def _pdf_objects(body: bytes) -> bytes:
    """What a PDF says of itself: its objects without the pictures and pages between them, whose bytes mean nothing by chance.

    Raises zlib.error where packed objects do not unfold.
    """
    told = []
    for piece in body.split(b"endstream"):
        said, _, held = piece.partition(b"stream")
        told.append(said)
        held = held.lstrip(b"\r\n")
        if b"/ObjStm" in said and held[:1] == b"x":
            told.append(zlib.decompressobj().decompress(held, _MOST_OBJECTS))
    return b"\n".join(told)


def _ole(body: bytes) -> str:
    return "里面有宏" if "_VBA_PROJECT".encode("utf-16-le") in body else ""


def _zip_kind(body: bytes) -> tuple[str, str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            entries = package.infolist()
            names = {entry.filename for entry in entries}
            if any(entry.flag_bits & 1 for entry in entries):
                return "ZIP", "有密码，以后打不开", ""
            if sum(entry.file_size for entry in entries) > _BIGGEST:
                return "ZIP", "", "展开后超过 1 GB，可能是恶意文件"
            bad = package.testzip()
    except BROKEN:
        return "ZIP", "压缩包已损坏", ""
    kind = "ZIP"
    if "OFD.xml" in names:
        kind = "OFD"
    elif "[Content_Types].xml" in names:
        kind = "DOCX" if any(name.startswith("word/") for name in names) else "XLSX"
    unsafe = "里面有宏" if any(name.lower().endswith("vbaproject.bin") for name in names) else ""
    return kind, f"里面的“{bad}”已损坏" if bad else "", unsafe
