"""A slip on A5: what, its facts side by side, a sentence or two, lines to sign. For the counter and for the file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QRectF

from ui.printing.breaking import broken
from ui.printing.fonts import Role, face
from ui.printing.frame import Foot
from ui.printing.ink import HAIR, Ink, Side
from ui.printing.paper import A5_WIDE, Document, Page, Place, mm

_COLUMNS: Final = 2
_NAME: Final = mm(26)
_PAD: Final = mm(1.5)
_ROW: Final = mm(8)


@dataclass(frozen=True)
class Slip:
    """What a slip says; `facts` are names and values, `text` stands under them across the whole."""

    office: str
    title: str
    facts: Sequence[tuple[str, str]]
    text: Sequence[str] = ()
    signatures: Sequence[str] = ()


def slip_document(slip: Slip, foot: Foot) -> Document:
    """One page."""

    def page(ink: Ink, place: Place) -> None:
        inside, title, text = A5_WIDE.inside, face(Role.TITLE, 17), face(Role.TEXT, 10.5)
        ink.words(
            QRectF(inside.left(), inside.top(), inside.width(), title.height),
            slip.title,
            title,
            Side.AlignHCenter,
        )
        top = inside.top() + title.height + mm(3)
        ink.words(QRectF(inside.left(), top, inside.width(), text.height), f"单位：{slip.office}", text)
        bottom = _table(ink, slip, QRectF(inside.left(), top + text.height + mm(1.5), inside.width(), 0))
        for place_of, words in enumerate(slip.signatures):
            width = inside.width() / len(slip.signatures)
            ink.words(
                QRectF(inside.left() + place_of * width, bottom + mm(4), width, text.height), words, text
            )
        foot.paint(ink, A5_WIDE, place)

    def pages() -> Iterator[Page]:
        yield page

    return Document(slip.title, A5_WIDE, pages)


def _table(ink: Ink, slip: Slip, box: QRectF) -> float:
    """The facts two beside each other, the text under them; gives the lower edge."""
    name, value = face(Role.HEADING, 10), face(Role.TEXT, 10)
    half, top, rules = box.width() / _COLUMNS, box.top(), []
    for begin in range(0, len(slip.facts), _COLUMNS):
        pair = slip.facts[begin : begin + _COLUMNS]
        written = [broken(value, words, half - _NAME - 2 * _PAD) for _, words in pair]
        height = max(_ROW, max(map(len, written)) * value.height + _PAD)
        for place, ((words, _), lines) in enumerate(zip(pair, written, strict=True)):
            left = box.left() + place * half
            ink.words(QRectF(left + _PAD, top, _NAME - 2 * _PAD, height), words, name)
            ink.lines(QRectF(left + _NAME + _PAD, top, half - _NAME - 2 * _PAD, height), lines, value)
            rules += [
                QLineF(left + _NAME, top, left + _NAME, top + height),
                QLineF(left, top, left, top + height),
            ]
        top += height
        rules.append(QLineF(box.left(), top, box.right(), top))
    for words in slip.text:
        lines = broken(value, words, box.width() - 2 * _PAD)
        height = len(lines) * value.height + 2 * _PAD
        ink.lines(QRectF(box.left() + _PAD, top, box.width() - 2 * _PAD, height), lines, value)
        top += height
        rules.append(QLineF(box.left(), top, box.right(), top))
    ink.rules(rules)
    ink.frame(QRectF(box.left(), box.top(), box.width(), top - box.top()), 2 * HAIR)
    return top
