"""Where a line may end: between Chinese characters, after a blank, never inside a number, never before a closing sign."""

from functools import lru_cache
from typing import Final

from ui.printing.fonts import Face

_NOT_FIRST: Final = frozenset("、，。；：！？）〕】》”’』」·%％‰,.;:!?)]}")
_NOT_LAST: Final = frozenset("（〔【《“‘『「([{￥")
_DIGITS: Final = frozenset("0123456789")
_COUNTED: Final = frozenset("号年月日户人笔亩组张页个元")
"""What stays with the number before it."""
_WORD: Final = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,%+-*_/#@:&()"
)  # stay together


def broken(face: Face, text: str, width: float) -> list[str]:
    """The lines of a text that may be `width` dots wide, at least one; whatever is longer than a line is cut anywhere."""
    if "\n" not in text and face.width(text) <= width:
        return [text]
    return [line for part in text.split("\n") for line in _paragraph(face, part, width)]


def balanced(face: Face, text: str, width: float) -> list[str]:
    """The same for a heading: in as few lines, but these about equally long."""
    lines = broken(face, text, width)
    if len(lines) == 1 or "\n" in text:
        return lines
    narrow = face.width(text) / len(lines)
    while narrow < width:
        tried = broken(face, text, narrow)
        if len(tried) == len(lines):
            return tried
        narrow += face.em / 2
    return lines


def _paragraph(face: Face, text: str, width: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for piece in _pieces(text):
        wide = face.width(piece)
        if used + wide <= width or not (line or piece.strip()):
            line, used = line + piece, used + wide
            continue
        if line:
            lines.append(line.rstrip())
        line, used = piece.lstrip(), face.width(piece.lstrip())
        while used > width and len(line) > 1:
            head = _fitting(face, line, width)
            lines.append(line[:head])
            line = line[head:]
            used = face.width(line)
    return [*lines, line.rstrip()]


def _fitting(face: Face, text: str, width: float) -> int:
    """How many characters fit, at least one."""
    used = 0.0
    for place, sign in enumerate(text):
        used += face.width(sign)
        if used > width:
            return max(1, place)
    return len(text)


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[str, ...]:
    """The text in pieces that are not parted."""
    pieces: list[str] = []
    for sign in text:
        if pieces and _together(pieces[-1][-1], sign):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return tuple(pieces)


def _together(before: str, sign: str) -> bool:
    if sign in _NOT_FIRST or before in _NOT_LAST or sign == " ":
        return True
    return before in _WORD and (sign in _WORD or (before in _DIGITS and sign in _COUNTED))


def longest_piece(face: Face, text: str) -> float:
    """How wide a column must be so that nothing of this text is cut inside a word or a number."""
    return max(
        (face.width(piece.strip()) for part in text.split("\n") for piece in _pieces(part)), default=0.0
    )
