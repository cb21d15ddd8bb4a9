"""The sheet by which a printer is set right: rulers from the paper's edges; what they show is what it is out by."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QLineF, QRectF

from ui.printing.fonts import Role, face
from ui.printing.ink import HAIR, Ink, Side
from ui.printing.paper import Document, Page, Paper, Place, mm

MARK_MM: Final = 20
"""The cross stands so far from the left and the upper edge of the paper."""
_RULER_MM: Final = 60
_SENTENCES: Final = (
    "1. 用尺量十字中心到纸的左边、上边的距离，都应是 20 毫米。",
    "2. 到左边量得 18 毫米，说明印得偏左 2 毫米，“向右”填 2；量得 21 毫米，填 -1。上下同理填“向下”。",
    "3. 在“系统 → 打印机”里填好保存，再印一张，直到两个距离都是 20 毫米。",
)


def calibration_document(paper: Paper, printer: str) -> Document:
    """One sheet on that paper."""

    def page(ink: Ink, _place: Place) -> None:
        _rulers(ink)
        text, left, width = face(Role.TEXT, 11), mm(30), mm(paper.width - 42)
        title = QRectF(left, mm(28), width, mm(10))
        ink.words(title, "打印校准页", face(Role.TITLE, 18))
        ink.words(
            title.translated(0, mm(10)),
            f"{printer}　{paper.name}　{paper.width:g}×{paper.height:g} 毫米",
            text,
        )
        top = mm(52)
        for sentence in _SENTENCES:
            top += ink.paragraph(QRectF(left, top, width, 0), sentence, text) + mm(1.5)
        edge = mm(8)
        ink.frame(paper.whole.adjusted(edge, edge, -edge, -edge))
        ink.words(
            QRectF(0, mm(paper.height - 16), mm(paper.width - 12), mm(6)), "四周的框应距纸边 8 毫米", face(Role.REMARK, 9), Side.AlignRight,
        )  # fmt: skip

    def pages() -> Iterator[Page]:
        yield page

    return Document("打印校准页", paper, pages)


def _rulers(ink: Ink) -> None:
    """A cross at the mark, and from it two rulers that count from the edges of the paper."""
    at, small = mm(MARK_MM), face(Role.TEXT, 7)
    lines = [QLineF(at - mm(8), at, mm(_RULER_MM), at), QLineF(at, at - mm(8), at, mm(_RULER_MM))]
    for millimetre in range(MARK_MM, _RULER_MM + 1):
        long = mm(3 if millimetre % 10 == 0 else 2 if millimetre % 5 == 0 else 1)
        lines += [
            QLineF(mm(millimetre), at, mm(millimetre), at - long),
            QLineF(at, mm(millimetre), at - long, mm(millimetre)),
        ]
    ink.rules(lines, HAIR / 2)
    for millimetre in range(MARK_MM + 10, _RULER_MM + 1, 10):
        ink.words(
            QRectF(mm(millimetre) - mm(4), at - mm(6.5), mm(8), mm(3)),
            str(millimetre),
            small,
            Side.AlignHCenter,
        )
        ink.words(
            QRectF(at - mm(8), mm(millimetre) - mm(1.5), mm(4.5), mm(3)),
            str(millimetre),
            small,
            Side.AlignRight,
        )
