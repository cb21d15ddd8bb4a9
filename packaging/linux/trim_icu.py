"""Makes Qt's libicudata small: 32 MB of all the world's languages become what a Chinese desktop asks for.

    python3 trim_icu.py FOLDER      the folder with libicudata.so.*; needs binutils

The library is one symbol, `icudtNN_dat`: a packed archive (ICU's “common data”, format CmnD 1). Its table of contents is read,
the items that nobody here asks for are left out, and a library of the same name and symbol is linked around the rest. What is
missing falls back to `root`, as ICU does for any language that it does not know.
"""

import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

LANGUAGES = {"root", "en", "en_US", "zh", "zh_CN", "zh_Hans", "zh_Hans_CN"}
# in a system set to GB18030 or GBK, Qt reads the names of files through these
CONVERTERS = {"gb18030", "ibm-1386_P100-2001", "windows-936-2000"}
# Qt sorts, folds cases, knows time zones and reads encodings through ICU; words, numbers and names of places it has itself
UNUSED = {"brkitr", "curr", "lang", "rbnf", "region", "translit", "unit"}

_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]+)*$")
_SYMBOL = re.compile(r"^([0-9a-f]+) .*\s([0-9a-f]+)\s+(?:\S+\s+)?(icudt\d+_dat)$", re.MULTILINE)
_SECTION = re.compile(r"^\s*\d+ \.rodata\s+[0-9a-f]+\s+([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)", re.MULTILINE)
_ALIGNED = 16


def is_kept(name: str) -> bool:
    """Whether an item is kept: `coll/zh.res` is, `coll/vi.res` is not."""
    folder, _, leaf = name.rpartition("/")
    stem, _, kind = leaf.rpartition(".")
    if kind == "cnv":
        return stem in CONVERTERS
    if folder.rpartition("/")[2] in UNUSED:
        return False
    if kind == "res" and _LANGUAGE.match(stem):
        return stem in LANGUAGES | {"res_index"}
    return kind != "cfu"


def items(packed: bytes) -> list[tuple[str, bytes]]:
    """Name and bytes of every item, in the order of the table of contents."""
    start = struct.unpack_from("<H", packed)[0]
    count = struct.unpack_from("<I", packed, start)[0]
    table = [struct.unpack_from("<II", packed, start + 4 + 8 * at) for at in range(count)]
    ends = [offset for _, offset in table[1:]] + [len(packed) - start]
    return [
        (_text_at(packed, start + name), packed[start + offset : start + end])
        for (name, offset), end in zip(table, ends, strict=True)
    ]


def _text_at(packed: bytes, place: int) -> str:
    return packed[place : packed.index(b"\0", place)].decode("ascii")


def pack(head: bytes, kept: list[tuple[str, bytes]]) -> bytes:
    """The archive of these items, behind the same head. Items stay sorted by name: ICU searches by halves."""
    names = [name.encode("ascii") + b"\0" for name, _ in kept]
    names_start = 4 + 8 * len(kept)
    place = names_start + sum(map(len, names))
    name_place, table, bodies = names_start, [], []
    for name, (_, body) in zip(names, kept, strict=True):
        gap = -place % _ALIGNED
        bodies.append(b"\xaa" * gap + body)
        table.append(struct.pack("<II", name_place, place + gap))
        name_place += len(name)
        place += gap + len(body)
    return head + struct.pack("<I", len(kept)) + b"".join(table) + b"".join(names) + b"".join(bodies)


def archive_in(library: Path) -> tuple[str, bytes]:
    """The symbol's name and its bytes. Raises ValueError when the library is not of the known form."""
    told = subprocess.run(
        ["objdump", "-T", "-h", str(library)], capture_output=True, text=True, check=True
    ).stdout
    symbol, section = _SYMBOL.search(told), _SECTION.search(told)
    if symbol is None or section is None:
        raise ValueError(f"{library} is no libicudata of the known form")
    begin = int(symbol[1], 16) - int(section[1], 16) + int(section[2], 16)
    packed = library.read_bytes()[begin : begin + int(symbol[2], 16)]
    if packed[2:4] != b"\xda\x27" or packed[12:16] != b"CmnD":
        raise ValueError(f"{library}: the symbol is not ICU's common data")
    return symbol[3], packed


def link(symbol: str, packed: bytes, library: Path) -> None:
    """Write a library that has this one symbol."""
    with tempfile.TemporaryDirectory() as folder:
        blob, source, assembled = (Path(folder, name) for name in ("blob", "blob.s", "blob.o"))
        blob.write_bytes(packed)
        source.write_text(
            f'.section .rodata\n.globl {symbol}\n.type {symbol}, %object\n.balign 16\n{symbol}:\n.incbin "{blob}"\n'
            f'.size {symbol}, . - {symbol}\n.section .note.GNU-stack,"",%progbits\n',
            "ascii",
        )
        subprocess.run(["as", "-o", str(assembled), str(source)], check=True)
        subprocess.run(
            ["ld", "-shared", "-soname", library.name, "-o", str(library), str(assembled)], check=True
        )


def main() -> int:
    """Trim the one libicudata of the folder."""
    (library,) = Path(sys.argv[1]).rglob("libicudata.so.*")
    symbol, packed = archive_in(library)
    head = packed[: struct.unpack_from("<H", packed)[0]]
    kept = [(name, body) for name, body in items(packed) if is_kept(name)]
    library.unlink()
    link(symbol, pack(head, kept), library)
    print(f"{library.name}: {len(packed):,} → {library.stat().st_size:,}, {len(kept)} items")
    return 0


if __name__ == "__main__":
    sys.exit(main())
