"""案卷封面 on A4, from plain words: whose, about what, from when to when, how long it is kept; and a code to find it by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QRectF

from ui.printing.breaking import balanced
from ui.printing.fonts import Role, face
from ui.printing.frame import Foot
from ui.printing.ink import HAIR, Ink, Side
from ui.printing.paper import A4, Document, Page, Place, mm
from ui.printing.qr import paint_qr

_NAME_WIDTH: Final = mm(34)
_LINE: Final = mm(10.5)
_QR: Final = mm(26)


@dataclass(frozen=True)
class Cover:
    """What a volume's cover says: the office, the title, facts by name (全宗号, 年度, 保管期限 …); `qr` is what its code says."""

    office: str
    title: str
    facts: Sequence[tuple[str, str]]
    qr: str = ""
    kind: str = "案卷"


def cover_document(covers: Sequence[Cover], foot: Foot) -> Document:
    """One cover a page."""

    def page_of(cover: Cover) -> Page:
        def page(ink: Ink, place: Place) -> None:
            _paint(ink, cover)
            foot.paint(ink, A4, place)

        return page

    def pages() -> Iterator[Page]:
        yield from map(page_of, covers)

    return Document(
        f"{covers[0].title}封面" if len(covers) == 1 else "案卷封面", A4, pages, lines=len(covers)
    )


def _paint(ink: Ink, cover: Cover) -> None:
    inside = A4.inside.adjusted(mm(8), mm(12), -mm(8), -mm(18))
    ink.frame(inside, 3 * HAIR)
    office, kind, title = face(Role.HEADING, 18), face(Role.TITLE, 34), face(Role.TITLE, 22)
    top = inside.top() + mm(14)
    ink.words(QRectF(inside.left(), top, inside.width(), mm(10)), cover.office, office, Side.AlignHCenter)
    top += mm(14)
    ink.words(
        QRectF(inside.left(), top, inside.width(), mm(18)), "　".join(cover.kind), kind, Side.AlignHCenter
    )
    top += mm(22)
    lines = balanced(title, cover.title, inside.width() - mm(24))
    ink.lines(QRectF(inside.left(), top, inside.width(), mm(36)), lines, title, Side.AlignHCenter)
    _facts(ink, cover, QRectF(inside.left() + mm(18), top + mm(40), inside.width() - mm(36), 0))
    if cover.qr:
        paint_qr(ink, QRectF(inside.right() - _QR - mm(4), inside.bottom() - _QR - mm(4), _QR, _QR), cover.qr)


def _facts(ink: Ink, cover: Cover, box: QRectF) -> None:
    name, value = face(Role.HEADING, 14), face(Role.TEXT, 14)
    top = box.top()
    for words, written in cover.facts:
        lines = balanced(value, written, box.width() - _NAME_WIDTH)
        height = max(_LINE, len(lines) * value.height + mm(3))
        ink.words(QRectF(box.left(), top, _NAME_WIDTH, height), words, name)
        room = QRectF(box.left() + _NAME_WIDTH, top, box.width() - _NAME_WIDTH, height)
        ink.lines(room, lines, value)
        ink.rules([QLineF(room.left(), room.bottom() - mm(1.5), room.right(), room.bottom() - mm(1.5))])
        top += height
