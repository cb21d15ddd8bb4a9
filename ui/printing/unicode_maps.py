"""What a reader of a PDF takes its characters for.

Qt names a glyph by the first character below U+10000 that the font draws with it. Where a font draws 石 and the Kangxi
radical ⽯ with one glyph, as Noto and 思源 do, the text would be read and searched as radicals; a rare name's 𠮷, which lies
beyond, would have no name at all. Both are put right in the character maps (ToUnicode) of the finished file; nothing else
in it changes.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_MAP: Final = re.compile(
    rb"<< /Length \d+ >>\nstream\n(?P<map>/CIDInit(?:(?!endstream).)*?)\nendstream", re.DOTALL
)
_GLYPHS: Final = re.compile(rb"<<\n/Length (\d+)\n>>\nstream\n")
"""What follows a map: a bit for each glyph of the font."""
_NEAR: Final = 1_000
_BLOCK: Final = re.compile(rb"\d+ beginbfrange\n.*?endbfrange\n", re.DOTALL)
_MOST_IN_A_BLOCK: Final = 100
_RANGE: Final = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]{4})> (?:<([0-9A-F]{4})>|\[([^\]]*)\])")
_KANGXI: Final = range(0x2F00, 0x2FE0)
_TWINS: Final = range(0xF900, 0xFB00)
# the radicals of U+2E80–2EFF that a font may draw like a whole character; Unicode's tables do not decompose them
_RADICALS: Final = dict(
    zip(
        "⺁⺈⺊⺌⺍⺎⺏⺐⺑⺒⺓⺔⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺶⺷⺹⺺⺻⺼⺽⺾⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂刀卜小小兀尣尢尣巳幺彑忄㣺扌攵旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒羊羊耂肀聿肉臼艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)


@dataclass(frozen=True)
class _Names:
    """A map in the file: where it lies, the names of its glyphs by their number, and the numbers that have none."""

    span: tuple[int, int]
    text: bytes
    codes: dict[int, int]
    nameless: tuple[int, ...]


def with_plain_characters(body: bytes, rare: Sequence[str] = ()) -> bytes:
    """The same PDF, its characters read as the ones that were printed.

    `rare` are the characters beyond U+FFFF that were drawn, each once, as they came. They are given to the glyphs without
    a name when these are as many and all of one font; otherwise nothing is guessed.
    """
    maps = [_names(body, found) for found in _MAP.finditer(body)]
    without = [one for one in maps if one.nameless]
    edits = []
    for one in maps:
        codes = {glyph: _plain(code) for glyph, code in one.codes.items()}
        if without == [one] and len(one.nameless) == len(rare):
            codes |= dict(zip(one.nameless, map(ord, rare), strict=True))
        if codes != one.codes:
            edits.append((*one.span, _written(one.text, codes)))
    return _edited(body, edits) if edits else body


def _names(body: bytes, found: re.Match[bytes]) -> _Names:
    codes = {
        glyph: code
        for first, last, only, several in _RANGE.findall(found["map"])
        for glyph, code in zip(
            range(int(first, 16), int(last, 16) + 1), _codes(first, last, only, several), strict=True
        )
    }
    count = max(codes, default=-1) + 1
    if (bits := _GLYPHS.search(body, found.end(), found.end() + _NEAR)) is not None:
        shown = body[bits.end() : bits.end() + int(bits[1])]
        count = max(count, sum(byte.bit_count() for byte in shown))
    return _Names(
        found.span(), found["map"], codes, tuple(glyph for glyph in range(1, count) if glyph not in codes)
    )


def _codes(first: bytes, last: bytes, only: bytes, several: bytes) -> Iterator[int]:
    if only:
        yield from range(int(only, 16), int(only, 16) + int(last, 16) - int(first, 16) + 1)
    else:
        yield from (int(code.strip(b"<>"), 16) for code in several.split())


@lru_cache
def _plain(code: int) -> int:
    """The character that a radical or a compatibility twin stands for."""
    sign = chr(code)
    if code in _KANGXI or code in _TWINS:
        sign = unicodedata.normalize("NFKC", sign)
    return ord(_RADICALS.get(sign, sign))


def _written(text: bytes, codes: dict[int, int]) -> bytes:
    """A map of these names as a stream, each by itself: what followed each other may do so no more."""
    lines = [
        b"<%04X> <%s>\n" % (glyph, chr(code).encode("utf-16-be").hex().upper().encode())
        for glyph, code in sorted(codes.items())
    ]
    some = [lines[begin : begin + _MOST_IN_A_BLOCK] for begin in range(0, len(lines), _MOST_IN_A_BLOCK)]
    blocks = b"".join(b"%d beginbfchar\n%sendbfchar\n" % (len(part), b"".join(part)) for part in some)
    first, *others = _BLOCK.split(text)
    plain = first + blocks + b"".join(others)
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(plain), plain)


def _edited(body: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """The file with pieces replaced, and its table of objects moved along."""
    table = body.rindex(b"\nxref\n") + 1
    pieces, at, moves = [], 0, []
    for begin, end, piece in edits:
        pieces += [body[at:begin], piece]
        at = end
        moves.append((begin, len(piece) - (end - begin)))

    def moved(offset: int) -> int:
        return offset + sum(by for begin, by in moves if begin < offset)

    rows = re.sub(rb"(\d{10}) 00000 n ", lambda row: b"%010d 00000 n " % moved(int(row[1])), body[table:])
    rows = re.sub(rb"startxref\n\d+", b"startxref\n%d" % moved(table), rows)
    return b"".join([*pieces, body[at:table], rows])
