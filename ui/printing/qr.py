"""A QR code as squares: what it says is plain text that any telephone shows, and never more than the sheet says itself."""

from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QRectF

from ui.printing.ink import Ink

_QUIET = 2
"""Modules left white around it; the paper gives the rest of the four that the standard asks."""


@lru_cache(maxsize=256)
def _modules(text: str) -> tuple[tuple[bool, ...], ...]:
    import segno

    made = segno.make(text, error="m", micro=False)
    return tuple(tuple(bool(module) for module in row) for row in made.matrix)


def paint_qr(ink: Ink, box: QRectF, text: str) -> None:
    """Paint the code of a text into a square box; runs of black are one rectangle each."""
    rows = _modules(text)
    size = box.width() / (len(rows) + 2 * _QUIET)
    left, top = box.left() + _QUIET * size, box.top() + _QUIET * size
    ink.squares(
        QRectF(left + begin * size, top + line * size, (end - begin) * size, size)
        for line, row in enumerate(rows)
        for begin, end in _runs(row)
    )


def _runs(row: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    begin = None
    for place, black in enumerate((*row, False)):
        if black and begin is None:
            begin = place
        elif not black and begin is not None:
            yield begin, place
            begin = None
