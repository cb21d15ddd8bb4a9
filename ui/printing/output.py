"""Pages onto a device, one at a time, so that a window stays alive and a cancel is heard between two pages."""

import re
from collections.abc import Generator, Sequence
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPagedPaintDevice, QPainter

from models.domain.refusal import Refusal, WorldError
from ui.printing.ink import Ink
from ui.printing.paper import DOTS_PER_INCH, Page, Place, mm

_TO: Final = re.compile(r"\s*[-－–~至]\s*")
_BETWEEN: Final = re.compile(r"[,，、;；\s]+")
_RANGE: Final = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


class NoSuchPages(Refusal):
    """A choice of pages that cannot be read, or that the document does not have."""

    form = "页码“{written}”不对：这份文件共 {pages} 页，请写成 1-3,5 这样，或留空打印全部。"


class PrinterSilent(WorldError):
    """The printer takes nothing: it is switched off, was taken away, or its queue is broken."""

    form = "打印机打不开，什么也没有印。请检查打印机是否开机、连好线，或换一台打印机；也可以存为 PDF。"


def pages_chosen(written: str, pages: int) -> list[int]:
    """The numbers of the pages that are meant by “1-3,5”, each once, in order; all where nothing is written.

    Raises NoSuchPages.
    """
    if not written.strip():
        return list(range(1, pages + 1))
    chosen: set[int] = set()
    for part in filter(None, _BETWEEN.split(_TO.sub("-", written))):
        found = _RANGE.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= pages:
            raise NoSuchPages(written=written.strip(), pages=pages)
        chosen.update(range(first, last + 1))
    if not chosen:
        raise NoSuchPages(written=written.strip(), pages=pages)
    return sorted(chosen)


def painted(
    device: QPagedPaintDevice,
    pages: Sequence[Page],
    numbers: Sequence[int],
    *,
    resolution: int = DOTS_PER_INCH,
    moved_mm: tuple[float, float] = (0.0, 0.0),
    rare: dict[str, None] | None = None,
) -> Generator[int, None, None]:
    """Paint these pages of a document, giving after each how many are done; closing the iterator ends the painting.

    `resolution` is the device's dots to an inch, `moved_mm` how far right and down everything is moved on it. `rare` is filled as
    `Ink` says. Raises PrinterSilent.
    """
    painter = QPainter(device)
    if not painter.isActive():
        raise PrinterSilent
    try:
        painter.scale(resolution / DOTS_PER_INCH, resolution / DOTS_PER_INCH)
        painter.translate(QPointF(mm(moved_mm[0]), mm(moved_mm[1])))
        ink = Ink(painter, rare)
        for done, number in enumerate(numbers, 1):
            if done > 1:
                device.newPage()
            pages[number - 1](ink, Place(number, len(pages)))
            yield done
    finally:
        painter.end()
