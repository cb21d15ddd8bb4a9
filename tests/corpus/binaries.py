"""Old binary workbooks for the corpus: compound files, BIFF records, .xlsb records."""

import struct
from collections.abc import Iterable, Mapping, Sequence

from tests.corpus.packages import zipped

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file; each stream is padded to the 4,096 bytes from which it lies in whole sectors."""
    bodies = {name: body.ljust(4096, b"\0") for name, body in streams.items()}
    entries = [("Root Entry", 5, _END, 0)]
    fat: list[int] = [_FAT, _END]  # sector 0 holds the table, sector 1 and following the directory
    directory = -(-(len(bodies) + 1) // 4)
    fat = [_FAT, *range(2, directory + 1), _END]
    content = b""
    for name, body in bodies.items():
        first, count = len(fat), -(-len(body) // _SECTOR)
        entries.append((name, 2, first, len(body)))
        fat += [*range(first + 1, first + count), _END]
        content += body.ljust(count * _SECTOR, b"\0")
    assert len(fat) <= 128, "one sector of table is enough for the corpus"
    listed = b""
    for name, kind, first, size in entries:
        title = (name + "\0").encode("utf-16-le")
        listed += title.ljust(64, b"\0") + struct.pack("<HBB", len(title), kind, 1)
        listed += struct.pack("<III", _FREE, _FREE, _FREE) + bytes(36) + struct.pack("<IQ", first, size)
    listed = listed.ljust(directory * _SECTOR, b"\0")
    table = struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    return header.ljust(_SECTOR, b"\xff") + table + listed + content


def record(kind: int, *parts: bytes) -> bytes:
    """A BIFF record."""
    body = b"".join(parts)
    return struct.pack("<HH", kind, len(body)) + body


def text8(text: str, *, wide: bool = True) -> bytes:
    """A text of BIFF8 with its 16-bit length."""
    return struct.pack("<HB", len(text), wide) + text.encode("utf-16-le" if wide else "latin-1")


class Biff:
    """Builds an .xls of one or more sheets."""

    def __init__(self, *, version: int = 0x0600, codepage: int = 1200, since_1904: bool = False) -> None:
        self.version = version
        self.globals = record(0x42, struct.pack("<H", codepage)) + record(0x22, struct.pack("<H", since_1904))
        for struck in (0, 0, 0, 0, 8):  # fonts 0 to 3 and 5: there is no font 4
            self.globals += record(0x31, struct.pack("<HHHHH", 200, struck, 0, 400, 0), bytes(5))
        for font, code in ((0, 0), (0, 14), (5, 0), (0, 46), (0, 21)):
            self.globals += record(0xE0, struct.pack("<HH", font, code), bytes(16))
        self.sheets: list[tuple[str, int, int, bytes]] = []

    def sheet(self, name: str, *records: bytes, hidden: int = 0, kind: int = 0) -> "Biff":
        """Add a sheet of these records."""
        self.sheets.append((name, hidden, kind, b"".join(records)))
        return self

    def stream(self) -> bytes:
        """The stream Workbook."""
        bof = record(
            0x809, struct.pack("<HHHH", self.version, 5, 0, 0), bytes(8 if self.version == 0x0600 else 0)
        )
        sheet_bof = record(
            0x809, struct.pack("<HHHH", self.version, 0x10, 0, 0), bytes(8 if self.version == 0x0600 else 0)
        )
        names = [self._name(name) for name, *_ in self.sheets]
        place = len(bof) + len(self.globals) + sum(4 + 6 + len(name) for name in names) + 4
        bounds, bodies = b"", b""
        for (_, hidden, kind, body), name in zip(self.sheets, names, strict=True):
            bounds += record(0x85, struct.pack("<IBB", place + len(bodies), hidden, kind), name)
            bodies += sheet_bof + body + record(0x0A)
        return bof + self.globals + bounds + record(0x0A) + bodies

    def _name(self, name: str) -> bytes:
        if self.version == 0x0600:
            return struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
        return struct.pack("<B", len(name.encode("gbk"))) + name.encode("gbk")

    def file(self, stream: str = "Workbook") -> bytes:
        """The whole .xls."""
        return compound({stream: self.stream()})


def at(row: int, column: int, style: int = 0) -> bytes:
    """Where a BIFF cell stands, from 0."""
    return struct.pack("<HHH", row, column, style)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """A NUMBER."""
    return record(0x203, at(row, column, style), struct.pack("<d", value))


def label(row: int, column: int, text: str, style: int = 0) -> bytes:
    """A LABEL of BIFF8."""
    return record(0x204, at(row, column, style), text8(text))


def formula(row: int, column: int, result: bytes) -> bytes:
    """A FORMULA with the 8 bytes of its result."""
    return record(0x06, at(row, column), result, bytes(8))


# -- .xlsb ----------------------------------------------------------------------------------------------------


def part12(records: Iterable[tuple[int, bytes]]) -> bytes:
    """A part of .xlsb records."""
    made = b""
    for kind, body in records:
        made += bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        length = len(body)
        while length > 127:
            made += bytes([length & 0x7F | 0x80])
            length >>= 7
        made += bytes([length]) + body
    return made


def wide(text: str) -> bytes:
    """A text of .xlsb."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row12(row: int, *, hidden: bool = False) -> tuple[int, bytes]:
    """A row's record."""
    return 0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0x10 if hidden else 0, 0, 0)


def cell12(kind: int, column: int, value: bytes, style: int = 0) -> tuple[int, bytes]:
    """A cell's record."""
    return kind, struct.pack("<II", column, style) + value


def xlsb(
    sheets: Mapping[str, Sequence[tuple[int, bytes]]],
    *,
    strings: Sequence[str] = (),
    hidden: Sequence[str] = (),
    since_1904: bool = False,
) -> bytes:
    """An .xlsb; style 1 is a date, style 2 struck through."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed: list[tuple[int, bytes]] = [(153, struct.pack("<II", since_1904, 0) + wide(""))]
    related = ""
    parts: dict[str, bytes | str] = {"[Content_Types].xml": "<Types/>"}
    for place, (name, records) in enumerate(sheets.items(), 1):
        listed.append((156, struct.pack("<II", name in hidden, place) + wide(f"rId{place}") + wide(name)))
        related += f'<Relationship Id="rId{place}" Type="{relation}/worksheet" Target="worksheets/sheet{place}.bin"/>'
        parts[f"xl/worksheets/sheet{place}.bin"] = part12([(145, b""), *records, (146, b"")])
    related += f'<Relationship Id="s" Type="{relation}/sharedStrings" Target="sharedStrings.bin"/>'
    related += f'<Relationship Id="t" Type="{relation}/styles" Target="styles.bin"/>'
    parts["xl/workbook.bin"] = part12(listed)
    parts["xl/sharedStrings.bin"] = part12((19, b"\0" + wide(text)) for text in strings)
    fonts = [(43, struct.pack("<HH", 220, bits) + bytes(20)) for bits in (0, 8)]
    styles = [
        (47, struct.pack("<HHH", 0, code, font) + bytes(10)) for code, font in ((0, 0), (14, 0), (0, 1))
    ]
    parts["xl/styles.bin"] = part12([*fonts, (617, struct.pack("<I", 3)), *styles, (618, b"")])
    parts["xl/_rels/workbook.bin.rels"] = f"<Relationships>{related}</Relationships>"
    parts["_rels/.rels"] = (
        f'<Relationships><Relationship Id="r" Type="{relation}/officeDocument" Target="xl/workbook.bin"/></Relationships>'
    )
    return zipped(parts)
