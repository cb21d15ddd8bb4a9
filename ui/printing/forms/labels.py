"""Labels for archive boxes, from plain words: the face that is read on the shelf's edge, the spine, cut out of A4."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from PySide6.QtCore import QLineF, QRectF

from ui.printing.breaking import balanced, broken
from ui.printing.fonts import Role, face
from ui.printing.ink import HAIR, Ink, Side
from ui.printing.paper import A4, A4_WIDE, Document, Page, Paper, Place, mm
from ui.printing.qr import paint_qr

SPINES: Final = (20, 30, 40, 50)
"""How thick archive boxes are sold, in millimetres; their spine is 310 mm high, of which a label covers 210."""
_SPINE_HEIGHT: Final = mm(186)
_FACE: Final = (mm(150), mm(100))
_GAP: Final = mm(6)
_SIGNS: Final = re.compile(r"[0-9]{1,4}|\S")
_LARGEST_UPRIGHT: Final = 18.0
_LEAST_UPRIGHT: Final = 11.0
"""Points under which a title on a spine is rather set in two columns."""
_UPRIGHT_STEP: Final = 11.5
"""From one character to the next under it, in dots for each point."""


class BoxLabel(Protocol):
    """What a box says, in plain words: its office and title, archive code 档号, fonds, class, year, retention, codes from–to."""

    @property
    def office(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def fonds(self) -> str: ...
    @property
    def class_name(self) -> str: ...
    @property
    def year(self) -> str: ...
    @property
    def retention(self) -> str: ...
    @property
    def span(self) -> str: ...


def _facts(label: BoxLabel) -> Sequence[tuple[str, str]]:
    """Words and values as they stand on the face and the spine."""
    return (
        ("全宗号", label.fonds), ("类别", label.class_name), ("年度", label.year), ("保管期限", label.retention),
        ("档号", label.code), ("起止件号", label.span),
    )  # fmt: skip


def _code(label: BoxLabel) -> str:
    """What the label's QR code says: whose box, and which."""
    return f"{label.office}档案\n{label.code}\n{label.title}"


def face_labels(labels: Sequence[BoxLabel]) -> Document:
    """盒面: two on a page of A4, 150×100 mm each."""
    return _sheets("档案盒盒面标签", A4, labels, _FACE, 1, 2, _paint_face)


def spine_labels(labels: Sequence[BoxLabel], thick: int = 30) -> Document:
    """脊背: as many on a page of A4 across as fit, `thick` mm wide each."""
    across = int((A4_WIDE.inside.width() + _GAP) // (mm(thick) + _GAP))
    return _sheets("档案盒脊背标签", A4_WIDE, labels, (mm(thick), _SPINE_HEIGHT), across, 1, _paint_spine)


def _sheets(
    name: str,
    paper: Paper,
    labels: Sequence[BoxLabel],
    size: tuple[float, float],
    across: int,
    down: int,
    paint: Callable[[Ink, QRectF, BoxLabel], None],
) -> Document:
    each = across * down

    def page_of(some: Sequence[BoxLabel]) -> Page:
        def page(ink: Ink, _place: Place) -> None:
            for number, label in enumerate(some):
                row, column = divmod(number, across)
                box = QRectF(
                    paper.inside.left() + column * (size[0] + _GAP), paper.inside.top() + row * (size[1] + _GAP), *size
                )  # fmt: skip
                ink.frame(box, 2 * HAIR)
                paint(ink, box, label)

        return page

    def pages() -> Iterator[Page]:
        for begin in range(0, len(labels), each):
            yield page_of(labels[begin : begin + each])

    return Document(name, paper, pages, lines=len(labels))


def _paint_face(ink: Ink, box: QRectF, label: BoxLabel) -> None:
    inside = box.adjusted(mm(6), mm(5), -mm(6), -mm(5))
    small, text, title = face(Role.TEXT, 12), face(Role.HEADING, 13), face(Role.TITLE, 20)
    ink.words(
        QRectF(inside.left(), inside.top(), inside.width(), mm(8)), label.office, text, Side.AlignHCenter
    )
    lines = balanced(title, label.title, inside.width())[:2]
    height = mm(24)
    ink.lines(
        QRectF(inside.left(), inside.top() + mm(9), inside.width(), height), lines, title, Side.AlignHCenter
    )
    top, line = inside.top() + mm(9) + height, mm(9)
    code = mm(24)
    for words, value in _facts(label):
        ink.words(QRectF(inside.left(), top, mm(24), line), words, text)
        room = QRectF(inside.left() + mm(26), top, inside.width() - mm(26) - code, line)
        ink.words(room, value, small)
        ink.rules(
            [QLineF(room.left(), room.bottom() - mm(1.2), room.right() - mm(3), room.bottom() - mm(1.2))]
        )
        top += line
    paint_qr(ink, QRectF(inside.right() - code, inside.bottom() - code, code, code), _code(label))


def _paint_spine(ink: Ink, box: QRectF, label: BoxLabel) -> None:
    """From top to bottom: the facts in cells, the title upright in the middle, the code at the foot."""
    top = box.top()
    rules = []
    for words, value in _facts(label):
        top = _fact(ink, QRectF(box.left(), top, box.width(), 0), words, value)
        rules.append(QLineF(box.left(), top, box.right(), top))
    ink.rules(rules)
    code = min(box.width(), mm(22))
    _upright(ink, QRectF(box.left(), top, box.width(), box.bottom() - top - code), label.title)
    paint_qr(ink, QRectF(box.center().x() - code / 2, box.bottom() - code, code, code), _code(label))


def _fact(ink: Ink, box: QRectF, words: str, value: str) -> float:
    """One cell of a spine, as high as its value is long; gives its lower edge."""
    head, small = face(Role.HEADING, 8), face(Role.TEXT, 8.5)
    lines = broken(small, value, box.width() - mm(1))
    ink.words(
        QRectF(box.left(), box.top() + mm(0.6), box.width(), head.height), words, head, Side.AlignHCenter
    )
    height = len(lines) * small.height
    ink.lines(
        QRectF(box.left(), box.top() + mm(0.8) + head.height, box.width(), height),
        lines,
        small,
        Side.AlignHCenter,
    )
    return box.top() + mm(2) + head.height + height


def _upright(ink: Ink, box: QRectF, words: str) -> None:
    """Characters under each other, a number on one line, smaller where they are many, in two columns where very many."""
    inside, signs = box.adjusted(mm(1), mm(3), -mm(1), -mm(3)), _SIGNS.findall(words)
    points, columns = _LARGEST_UPRIGHT, 1
    while points * _UPRIGHT_STEP * -(-len(signs) // columns) > inside.height():
        points -= 0.5
        if points < _LEAST_UPRIGHT and columns == 1:
            points, columns = _LARGEST_UPRIGHT, 2
    each, width, step = -(-len(signs) // columns), inside.width() / columns, points * _UPRIGHT_STEP
    top = inside.top() + (inside.height() - step * each) / 2
    for place, sign in enumerate(signs):
        column, row = divmod(place, each)
        chosen = face(Role.TITLE, min(points, points * width / max(width, 0.6 * len(sign) * points * 10)))
        slot = QRectF(inside.right() - (column + 1) * width, top + row * step, width, step)
        ink.words(slot, sign, chosen, Side.AlignHCenter)
