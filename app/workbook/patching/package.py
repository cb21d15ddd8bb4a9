"""The zip around a workbook: parts read by name, and the same zip written again with some parts changed.

Parts that are not changed are copied as they are stored, compressed bytes and all.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final
from urllib.parse import unquote

from app.workbook.patching.xml import (
    CannotPatch,
    Edit,
    attributes,
    checked,
    inserted,
    inside,
    masked,
    root_of,
    spliced,
    unescaped,
)
from app.zips import ZIP_DAMAGE

_CHUNK: Final = 1 << 20
_LEVEL: Final = 6
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s4B4H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_UTF8: Final = 0x800
_ENCRYPTED: Final = 0x1
_DESCRIPTOR: Final = 0x8
_LARGEST: Final = 0xFFFFFFFF
_BROKEN: Final = (*ZIP_DAMAGE, OSError)  # from memory: an OSError is bz2's word for damage

CONTENT_TYPES: Final = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Deflated:
    """A part made ready for the zip."""

    crc: int
    size: int
    body: bytes


def deflated(chunks: Iterable[bytes]) -> Deflated:
    """Compress a part that comes piece by piece."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    crc = size = 0
    pieces = []
    for chunk in chunks:
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        pieces.append(packer.compress(chunk))
    pieces.append(packer.flush())
    return Deflated(crc, size, b"".join(pieces))


class Package:
    """A workbook's zip and the changes to be made to it. Raises CannotPatch for a zip that is out of the ordinary."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except _BROKEN as error:
            raise CannotPatch(part="压缩包", cause="目录已损坏") from error
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in self._zip.infolist():
            name = _key(entry.filename)
            if name in self._entries:
                raise CannotPatch(part="压缩包", cause=f"有两个“{entry.filename}”")
            if entry.flag_bits & _ENCRYPTED:
                raise CannotPatch(part="压缩包", cause="有加密的部分")
            self._entries[name] = entry
        self._changed: dict[str, tuple[str, Deflated]] = {}
        self._dropped: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries or _key(name) in self._changed

    @property
    def names(self) -> list[str]:
        """The names of the parts as received."""
        return [entry.filename for entry in self._entries.values()]

    def read(self, name: str) -> bytes:
        """A part as received. Raises CannotPatch when it is not there or damaged."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part as received, piece by piece."""
        entry = self._entries.get(_key(name))
        if entry is None:
            raise CannotPatch(part=f"“{name}”", cause="压缩包里没有这一部分")
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except _BROKEN as error:
            raise CannotPatch(part=f"“{name}”", cause="内容已损坏") from error

    def change(self, name: str, chunks: Iterable[bytes]) -> None:
        """Put a part in the place of the one of that name, or beside the others. Raises CannotPatch if it is not XML."""
        self._changed[_key(name)] = (name, deflated(checked(chunks)))

    def change_unchecked(self, name: str, body: bytes) -> None:
        """As `change`, for a part that need not be XML."""
        self._changed[_key(name)] = (name, deflated([body]))

    def drop(self, name: str) -> None:
        """Leave a part out of the zip."""
        self._dropped.add(_key(name))

    def free_name(self, form: str) -> str:
        """The first name of `form` (with {}) that no part has."""
        return next(name for name in map(form.format, count(1)) if name not in self)

    def packed(self) -> bytes:
        """The zip with the changes. Raises CannotPatch."""
        out = io.BytesIO()
        directory: list[bytes] = []
        for name, entry in self._entries.items():
            if name in self._dropped:
                continue
            changed = self._changed.get(name)
            raw_name, stored = self._stored(entry)
            if changed is not None:
                part = changed[1]
                directory.append(
                    _append(out, raw_name, entry, zipfile.ZIP_DEFLATED, part.crc, part.size, part.body)
                )
            else:
                directory.append(
                    _append(out, raw_name, entry, entry.compress_type, entry.CRC, entry.file_size, stored)
                )
        for name, (written, part) in self._changed.items():
            if name not in self._entries:
                entry = zipfile.ZipInfo(written)
                directory.append(
                    _append(
                        out, written.encode(), entry, zipfile.ZIP_DEFLATED, part.crc, part.size, part.body
                    )
                )
        start = out.tell()
        if start > _LARGEST or len(directory) >= 0xFFFF:
            raise CannotPatch(part="压缩包", cause="太大")
        listed = b"".join(directory)
        out.write(listed)
        out.write(_END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(listed), start, 0))
        return out.getvalue()

    def _stored(self, entry: zipfile.ZipInfo) -> tuple[bytes, memoryview]:
        """A part's name and bytes as they lie in the zip."""
        try:
            header = _LOCAL.unpack_from(self._body, entry.header_offset)
        except struct.error as error:
            raise CannotPatch(part="压缩包", cause="目录已损坏") from error
        start = entry.header_offset + _LOCAL.size
        body = start + header[9] + header[10]
        if header[0] != b"PK\3\4" or body + entry.compress_size > len(self._body):
            raise CannotPatch(part="压缩包", cause="目录与内容不符")
        return self._body[start : start + header[9]], memoryview(self._body)[
            body : body + entry.compress_size
        ]


def _append(
    out: io.BytesIO,
    name: bytes,
    entry: zipfile.ZipInfo,
    method: int,
    crc: int,
    size: int,
    stored: bytes | memoryview,
) -> bytes:
    """Write a part with its local header; gives its line of the directory."""
    offset = out.tell()
    if max(offset, size, len(stored)) > _LARGEST:
        raise CannotPatch(part="压缩包", cause="太大")
    year, month, day, hour, minute, second = entry.date_time
    day_bits = (max(year, 1980) - 1980) << 9 | month << 5 | day
    time_bits = hour << 11 | minute << 5 | second // 2
    flags = entry.flag_bits & ~_DESCRIPTOR | (0 if name.isascii() else _UTF8 if _is_utf8(name) else 0)
    sizes = (crc, len(stored), size, len(name), 0)
    out.write(_LOCAL.pack(b"PK\3\4", 20, flags, method, time_bits, day_bits, *sizes))
    out.write(name)
    out.write(stored)
    return _CENTRAL.pack(
        b"PK\1\2", 20, entry.create_system, 20, 0, flags, method, time_bits, day_bits, *sizes, 0, 0,
        entry.internal_attr, entry.external_attr, offset,
    ) + name  # fmt: skip


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _key(name: str) -> str:
    """A part's name as compared: parts are named without regard to case; some writers use backslashes."""
    return name.replace("\\", "/").lstrip("/").casefold()


# -- relationships and content types --------------------------------------------------------------------------

RELATIONSHIPS: Final = b"http://schemas.openxmlformats.org/package/2006/relationships"
_EMPTY_RELATIONSHIPS: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="'
    + RELATIONSHIPS
    + b'"></Relationships>'
)


def relationships_name(part: str) -> str:
    """The part that holds a part's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of a part: its id, its type, and the part it leads to ('' outside the workbook)."""

    id: str
    type: str
    target: str


class Relationships:
    """A part's relationships, to be read and added to."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._part = part
        self._name = relationships_name(part)
        self._is_new = self._name not in package
        self._xml = _EMPTY_RELATIONSHIPS if self._is_new else package.read(self._name)
        self._added: list[bytes] = []
        self._dropped: list[Edit] = []
        mask = masked(self._xml)
        self._root = root_of(mask)
        self._standing = inside(mask, self._root)
        self.all = [self._read(attributes(mask[one.start : one.inner_start])) for one in self._standing]

    def _read(self, written: Mapping[bytes, bytes]) -> Relationship:
        target = unquote(unescaped(written.get(b"Target", b"")))
        if written.get(b"TargetMode") == b"External":
            target = ""
        elif target.startswith("/"):
            target = target[1:]
        else:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(self._part), target))
        return Relationship(unescaped(written.get(b"Id", b"")), unescaped(written.get(b"Type", b"")), target)

    def target_of(self, kind: str) -> str | None:
        """The part of the first relationship whose type ends in /`kind`."""
        return next((one.target for one in self.all if one.type.endswith(f"/{kind}") and one.target), None)

    def add(self, kind: str, target: str) -> str:
        """Add a relationship of a type to a part; gives its id."""
        taken = {one.id for one in self.all}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        made = Relationship(f"rId{number}", kind, target)
        self.all.append(made)
        where = posixpath.relpath(target, posixpath.dirname(self._part) or ".")
        tag = f'Relationship Id="{made.id}" Type="{kind}" Target="{where}"/>'
        self._added.append(b"<" + self._root.prefix + tag.encode())
        return made.id

    def drop(self, link: Relationship) -> None:
        """Take one out that stood there."""
        place = self.all.index(link)
        one = self._standing.pop(place)
        del self.all[place]
        self._dropped.append((one.start, one.end, b""))

    def save(self) -> None:
        """Put them back into the package, if any was added or taken out."""
        edits = list(self._dropped)
        if self._added:
            edits.append(inserted(self._root, self._xml, self._root.inner_end, b"".join(self._added)))
        if edits:
            self._package.change(self._name, [spliced(self._xml, edits)])


class ContentTypes:
    """What the package says its parts are."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._xml = package.read(CONTENT_TYPES)
        mask = masked(self._xml)
        self._root = root_of(mask)
        self._added: list[bytes] = []
        self._defaults: set[str] = set()
        self._overrides: dict[str, str] = {}
        self._places: dict[str, Edit] = {}
        self._dropped: list[Edit] = []
        for one in inside(mask, self._root):
            written = attributes(mask[one.start : one.inner_start])
            if one.name == b"Default":
                self._defaults.add(unescaped(written.get(b"Extension", b"")).casefold())
            else:
                part = _key(unescaped(written.get(b"PartName", b"")))
                self._overrides[part] = unescaped(written.get(b"ContentType", b""))
                self._places[part] = (one.start, one.end, b"")

    def of(self, part: str) -> str:
        """A part's own content type, '' when it has the one of its extension."""
        return self._overrides.get(_key(part), "")

    def add(self, part: str, content_type: str) -> None:
        """Say what a new part is."""
        if self._overrides.setdefault(_key(part), "") != content_type:
            self._overrides[_key(part)] = content_type
            tag = (
                b'Override PartName="/'
                + escaped_name(part)
                + b'" ContentType="'
                + content_type.encode()
                + b'"/>'
            )
            self._added.append(b"<" + self._root.prefix + tag)

    def add_extension(self, extension: str, content_type: str) -> None:
        """Say what parts of an extension are, where nothing is said of it."""
        if extension not in self._defaults:
            self._defaults.add(extension)
            tag = f'Default Extension="{extension}" ContentType="{content_type}"/>'
            self._added.insert(0, b"<" + self._root.prefix + tag.encode())

    def drop(self, part: str) -> None:
        """Say nothing more of a part."""
        if _key(part) in self._places:
            self._dropped.append(self._places.pop(_key(part)))

    def save(self) -> None:
        """Put them back into the package, if any was added or taken out."""
        edits = list(self._dropped)
        if self._added:
            edits.append(inserted(self._root, self._xml, self._root.inner_end, b"".join(self._added)))
        if edits:
            self._package.change(CONTENT_TYPES, [spliced(self._xml, edits)])


def escaped_name(part: str) -> bytes:
    """A part's name for an attribute."""
    return part.replace("&", "&amp;").encode()
