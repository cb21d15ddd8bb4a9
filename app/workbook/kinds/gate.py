"""What a package (.xlsx, .xlsb, .ods: a zip of parts) must be before any parser sees it (issue: hostile files).

Everything is counted as it unpacks, whatever is declared; nothing is ever written anywhere or fetched.
"""

import codecs
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final

from app.workbook.unreadable import (
    DamagedWorkbook,
    EncryptedWorkbook,
    ForbiddenMarkup,
    NotAWorkbook,
    OddPartName,
    OverInflated,
    PartTwice,
    TooLarge,
    TooManyParts,
    UnreadableWorkbook,
)
from app.zips import ZIP_DAMAGE

MOST_BYTES: Final = 300 * 1_000_000
"""A file as sent: a county's 420,000 people are 30 MB."""
MOST_UNPACKED: Final = 3_000 * 1_000_000
MOST_PARTS: Final = 5_000
MOST_RATIO: Final = 250
"""Deflate packs a million equal rows at most 1,030 times, real rows 6 to 60 times."""
RATIO_FROM: Final = 32 * 1_000_000
"""Below this many unpacked bytes no ratio hurts."""
BLOCK: Final = 1 << 18

_ENCRYPTED: Final = 0x1
_FORBIDDEN: Final = (b"<!DOCTYPE", b"<!ENTITY")
_CARRY: Final = 64
_MANIFEST: Final = "meta-inf/manifest.xml"
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_ZIP_FAULTS: Final = (*ZIP_DAMAGE, OSError)  # from memory: an OSError is bz2's word for damage
_KINDS: Final = (
    (b"word/document.xml", "Word 文档"),
    (b"ppt/presentation.xml", "演示文稿"),
    (b"application/vnd.oasis.opendocument.text", "ODF 文字文档"),
    (b"application/vnd.oasis.opendocument.presentation", "ODF 演示文稿"),
)
_END_OF_ZIP: Final = b"PK\x05\x06"
_END_WITHIN: Final = 22 + 0xFFFF
"""A zip that has no end so near to its last byte was not copied to the end: what it was is not to be told."""
_WORKBOOK_PARTS: Final = (b"xl/workbook", b"xl\\workbook", b"content.xml", b"[Content_Types].xml")


class Package:
    """The parts of a zip by their names, with / between folders; each part unpacks in blocks, counted.

    Raises what its functions name, and DamagedWorkbook wherever the zip itself is not whole.
    """

    def __init__(self, body: bytes, name: str) -> None:
        self.name = name
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except _ZIP_FAULTS as fault:
            raise refusal_of_zip(body, name) from fault
        self._parts = self._admitted()
        self._by_folded = {part.casefold(): part for part in self._parts}

    def _admitted(self) -> dict[str, zipfile.ZipInfo]:
        """The parts by name. Raises TooManyParts, OddPartName, PartTwice, EncryptedWorkbook, TooLarge."""
        listed = self._zip.infolist()
        if len(listed) > MOST_PARTS:
            raise TooManyParts(name=self.name, count=len(listed), limit=MOST_PARTS)
        parts: dict[str, zipfile.ZipInfo] = {}
        folded: set[str] = set()
        for entry in listed:
            part = entry.filename.replace("\\", "/")
            if part.startswith("/") or _DRIVE.match(part) or ".." in part.split("/"):
                raise OddPartName(name=self.name, part=part[:60])
            if part.endswith("/"):
                continue
            if part.casefold() in folded:
                raise PartTwice(name=self.name, part=part[:60])
            folded.add(part.casefold())
            if entry.flag_bits & _ENCRYPTED:
                raise EncryptedWorkbook(name=self.name)
            parts[part] = entry
        if sum(entry.file_size for entry in parts.values()) > MOST_UNPACKED:
            raise TooLarge(name=self.name, what="解压后", limit=MOST_UNPACKED // 1_000_000)
        return parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def find(self, part: str) -> str | None:
        """The part of that name, whatever its case; None when it is not there."""
        return part if part in self._parts else self._by_folded.get(part.casefold())

    def blocks(self, part: str) -> Iterator[bytes]:
        """A part's bytes as they unpack. Raises OverInflated, TooLarge, DamagedWorkbook."""
        entry = self._parts[part]
        ours = 0
        limit = max(RATIO_FROM, entry.compress_size * MOST_RATIO)
        if entry.file_size > limit:  # what it says itself is taken at its word where it is too much
            raise OverInflated(name=self.name, part=part, ratio=MOST_RATIO)
        try:
            with self._zip.open(entry) as stream:
                while block := stream.read(BLOCK):
                    ours += len(block)
                    self._unpacked += len(block)
                    if ours > limit:
                        raise OverInflated(name=self.name, part=part, ratio=MOST_RATIO)
                    if self._unpacked > 2 * MOST_UNPACKED:  # each part is looked at and read
                        raise TooLarge(name=self.name, what="解压后", limit=MOST_UNPACKED // 1_000_000)
                    yield block
        except _ZIP_FAULTS as fault:
            raise DamagedWorkbook(name=self.name) from fault

    def xml_blocks(self, part: str) -> Iterator[bytes]:
        """A part's XML in UTF-8, whatever its encoding. Raises as `blocks`, and ForbiddenMarkup."""
        before = b""
        for block in _in_utf8(self.blocks(part), self.name):
            # no other sign is as rare, and one byte is found at the speed of memory
            if b"!" in block or b"!" in before:
                text = before + block
                if any(mark in text for mark in _FORBIDDEN):
                    raise ForbiddenMarkup(name=self.name, part=part)
            before = block[-_CARRY:]
            yield block

    def read(self, part: str, limit: int = 64_000_000) -> bytes:
        """A part's bytes, for parts that must be small. Raises as `blocks`, and TooLarge over `limit`."""
        return self._joined(part, self.blocks(part), limit)

    def read_xml(self, part: str, limit: int = 64_000_000) -> bytes:
        """As `read`, in UTF-8. Raises as `xml_blocks`."""
        return self._joined(part, self.xml_blocks(part), limit)

    def _joined(self, part: str, blocks: Iterator[bytes], limit: int) -> bytes:
        read = bytearray()
        for block in blocks:
            read += block
            if len(read) > limit:
                raise TooLarge(name=self.name, what=f"其中的 {part}", limit=limit // 1_000_000)
        return bytes(read)


_DECLARED: Final = re.compile(rb"""\s*<\?xml[^<>]*encoding=["']([A-Za-z0-9._-]+)["']""")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
                 (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))  # fmt: skip


def _in_utf8(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """XML in any encoding as UTF-8; the declaration stays as it was. Raises DamagedWorkbook."""
    first = next(blocks, b"")
    encoding = next((encoding for mark, encoding in _MARKS if first.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(first)
        encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding in ("utf-8", "us-ascii", "ascii"):
        yield first
        yield from blocks
        return
    try:
        decoder = codecs.getincrementaldecoder("gb18030" if encoding in ("gb2312", "gbk") else encoding)()
        yield decoder.decode(first).encode()
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", True).encode()
    except (LookupError, UnicodeError) as fault:
        raise DamagedWorkbook(name=name) from fault


def refusal_of_zip(body: bytes, name: str) -> UnreadableWorkbook:
    """Why a zip could not be read as a workbook: it is another kind of file, or it is not whole."""
    for mark, kind in _KINDS:
        if mark in body:
            return NotAWorkbook(name=name, kind=kind)
    if _END_OF_ZIP in body[-_END_WITHIN:] and not any(mark in body for mark in _WORKBOOK_PARTS):
        return NotAWorkbook(name=name, kind="压缩包")
    return DamagedWorkbook(name=name)


def manifest_is_encrypted(package: Package) -> bool:
    """Whether an .ods says in its manifest that its parts are encrypted."""
    part = package.find(_MANIFEST)
    return part is not None and b"encryption-data" in package.read(part)
