"""The streams of an OLE compound file, in which old workbooks lie. Layout by [MS-CFB]."""

import struct
from collections.abc import Iterator, Sequence
from typing import Final

_END: Final = 0xFFFFFFFA
_FREE: Final = 0xFFFFFFFF
_ENTRY: Final = 128
_STREAM, _ROOT = 2, 5
_MINI_SECTOR: Final = 64


class BrokenCompound(Exception):
    """The file's own tables lead nowhere."""


class CompoundFile:
    """The streams by name in lower case. Raises BrokenCompound."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        try:
            self._size = 1 << struct.unpack_from("<H", body, 30)[0]
            if self._size not in (512, 4096):
                raise BrokenCompound
            fat_count, directory = struct.unpack_from("<II", body, 44)
            self._cutoff, mini_start, _, difat = struct.unpack_from("<IIII", body, 56)
            self._fat = self._table(fat_count, difat)
            self._entries = self._list(self._chain(directory))
            mini = self._chain(mini_start)
            self._mini_fat = struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4])
        except struct.error as fault:
            raise BrokenCompound from fault

    @property
    def is_cut_short(self) -> bool:
        """Whether the file ends before its directory, or before the sectors that its table says are in use."""
        used = max((sector for sector, next_one in enumerate(self._fat) if next_one != _FREE), default=-1)
        return not self._entries or (used + 2) * self._size > len(self._body)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def _table(self, count: int, difat: int) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self._body, 76))
        numbers = self._size // 4
        seen: set[int] = set()
        while difat < _END and difat not in seen:
            seen.add(difat)
            entries = struct.unpack_from(f"<{numbers}I", self._body, (difat + 1) * self._size)
            sectors += entries[:-1]
            difat = entries[-1]
        fat: list[int] = []
        for sector in sectors[:count]:
            place = (sector + 1) * self._size
            if sector < _END and place < len(self._body):
                held = self._body[place : place + self._size]
                fat += struct.unpack(f"<{numbers}I", held.ljust(self._size, b"\xff"))
        return fat

    def _list(self, directory: bytes) -> dict[str, tuple[int, int, int]]:
        """Name → (first sector, length, kind); the root is under its own kind."""
        entries: dict[str, tuple[int, int, int]] = {}
        for start in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            entry = directory[start : start + _ENTRY]
            kind = entry[66]
            if kind not in (_STREAM, _ROOT):
                continue
            length = min(struct.unpack_from("<H", entry, 64)[0], 64)
            name = entry[: max(0, length - 2)].decode("utf-16-le", "replace").casefold()
            entries.setdefault("" if kind == _ROOT else name, (*struct.unpack_from("<II", entry, 116), kind))
        return entries

    def read(self, name: str) -> bytes:
        """A stream's bytes. Raises BrokenCompound."""
        if name not in self._entries:
            raise BrokenCompound
        first, length, _ = self._entries[name]
        if length >= self._cutoff:
            return self._chain(first)[:length]
        mini = self._chain(self._entries[""][0]) if "" in self._entries else b""
        parts = []
        for sector in _followed(self._mini_fat, first):
            parts.append(mini[sector * _MINI_SECTOR : (sector + 1) * _MINI_SECTOR])
        return b"".join(parts)[:length]

    def _chain(self, first: int) -> bytes:
        size = self._size
        return b"".join(
            self._body[(sector + 1) * size : (sector + 2) * size] for sector in _followed(self._fat, first)
        )


def _followed(table: Sequence[int], sector: int) -> Iterator[int]:
    """The sectors of a chain. Raises BrokenCompound where it runs in a circle or out of the table."""
    seen: set[int] = set()
    while sector < _END:
        if sector in seen or sector >= len(table):
            raise BrokenCompound
        seen.add(sector)
        yield sector
        sector = table[sector]
