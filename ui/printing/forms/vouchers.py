"""记账凭证 on voucher paper of 240×140 mm, or two on a page of A4; a long one goes on on the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QRectF

from app.ledger.queries import VoucherLineView, VoucherView
from models.domain.money import Fen, yuan_text
from models.domain.words import amount_in_words
from ui.printing.breaking import broken
from ui.printing.fonts import Face, Role, face
from ui.printing.frame import Foot
from ui.printing.ink import HAIR, RED, Ink, Side
from ui.printing.paper import A4, VOUCHER, Document, Page, Paper, Place, mm

ROWS: Final = 7
"""Lines of a voucher that fit on its paper."""
_HEADINGS: Final = ("摘　　要", "会计科目", "文号、批次、项目", "借方（元）", "贷方（元）")
_SHARES: Final = (0.26, 0.17, 0.29, 0.14, 0.14)
_SIGNED: Final = ("财政所长：", "审核：", "记账：")
_TITLE: Final = 19.0
_TEXT: Final = 10.0
_LEAST: Final = 6.0
_LINE: Final = mm(7)
_ROW: Final = mm(9.6)
_PAD: Final = mm(1.2)


@dataclass(frozen=True)
class VoucherPaper:
    """A voucher and its lines, as they are printed for an office."""

    office: str
    voucher: VoucherView
    lines: Sequence[VoucherLineView]

    @property
    def total(self) -> Fen:
        """The sum of either side."""
        return Fen(sum(one.debit_fen for one in self.lines))


def voucher_document(papers: Sequence[VoucherPaper], foot: Foot, paper: Paper = VOUCHER) -> Document:
    """The vouchers: one part a sheet on voucher paper, two on a page of A4."""

    def pages() -> Iterator[Page]:
        parts = [part for one in papers for part in _parts(one)]
        each = 2 if paper == A4 else 1
        for begin in range(0, len(parts), each):
            yield _VoucherPage(parts[begin : begin + each], foot, paper).paint

    return Document("记账凭证", paper, pages, lines=sum(len(one.lines) for one in papers))


@dataclass(frozen=True)
class _Part:
    """The lines of a voucher that stand on one paper, and which part it is of how many."""

    paper: VoucherPaper
    lines: Sequence[VoucherLineView]
    number: int
    of: int

    @property
    def is_last(self) -> bool:
        return self.number == self.of


def _parts(paper: VoucherPaper) -> Iterator[_Part]:
    count = max(1, -(-len(paper.lines) // ROWS))
    for number in range(count):
        yield _Part(paper, paper.lines[number * ROWS : (number + 1) * ROWS], number + 1, count)


@dataclass(frozen=True)
class _VoucherPage:
    parts: Sequence[_Part]
    foot: Foot
    paper: Paper

    def paint(self, ink: Ink, place: Place) -> None:
        inside = self.paper.inside
        half = self.paper.whole.height() / 2
        for number, part in enumerate(self.parts):
            top = inside.top() + number * half
            _Form(ink, QRectF(inside.left(), top, inside.width(), inside.height()), part).paint()
        if self.paper == A4 and len(self.parts) > 1:
            middle = self.paper.whole.height() / 2
            ink.rules([QLineF(0, middle, mm(5), middle)])  # where it is cut
        self.foot.paint(ink, self.paper, place, 7.0)


class _Form:
    """One voucher's form in its room."""

    def __init__(self, ink: Ink, room: QRectF, part: _Part) -> None:
        self.ink, self.room, self.part = ink, room, part
        self.text = face(Role.TEXT, _TEXT)

    def paint(self) -> None:
        """Title, heading, lines, total, signatures."""
        title, voucher = face(Role.TITLE, _TITLE), self.part.paper.voucher
        top = self.room.top()
        self.ink.words(
            QRectF(self.room.left(), top, self.room.width(), title.height),
            "记账凭证",
            title,
            Side.AlignHCenter,
        )
        top += title.height
        half = title.width("记账凭证") * 0.7
        centre = self.room.center().x()
        self.ink.rules(
            QLineF(centre - half, top + gap, centre + half, top + gap) for gap in (0.0, 2.5 * HAIR)
        )
        self._head(top + mm(1))
        top += _LINE + mm(1)
        begin = top
        for number, cells in enumerate([_HEADINGS, *(self._cells(place) for place in range(ROWS))]):
            top = self._row(top, cells, heading=not number)
        top = self._total(top)
        self.ink.frame(QRectF(self.room.left(), begin, self.room.width(), top - begin), 2 * HAIR)
        self._signatures(top, voucher)

    def _head(self, top: float) -> None:
        part, voucher = self.part, self.part.paper.voucher
        more = f"（{part.number}/{part.of}）" if part.of > 1 else ""
        box = QRectF(self.room.left(), top, self.room.width(), _LINE)
        for side, words in (
            (Side.AlignLeft, f"单位：{part.paper.office}"),
            (Side.AlignHCenter, f"日期：{voucher.posted_on}"),
            (Side.AlignRight, f"{voucher.month}　{voucher.name}{more}"),
        ):
            self.ink.words(box, words, self.text, side)

    def _cells(self, place: int) -> Sequence[str | Fen]:
        if place >= len(self.part.lines):
            return ("",) * len(_HEADINGS)
        line = self.part.lines[place]
        about = " ".join(filter(None, (line.document, line.batch, line.program)))
        summary = self.part.paper.voucher.summary if place == 0 else ""
        return summary, line.ledger_name, about, line.debit_fen, line.credit_fen

    def _row(self, top: float, cells: Sequence[str | Fen], *, heading: bool = False) -> float:
        left = self.room.left()
        rules = [QLineF(left, top, self.room.right(), top)]
        for share, cell in zip(_SHARES, cells, strict=True):
            box = QRectF(left, top, self.room.width() * share, _ROW)
            rules.append(QLineF(box.topLeft(), box.bottomLeft()))
            inner = box.adjusted(_PAD, 0, -_PAD, 0)
            if heading:
                self.ink.words(inner, str(cell), face(Role.HEADING, _TEXT), Side.AlignHCenter)
            elif isinstance(cell, str):
                self._words(inner, cell)
            elif cell:
                self._figure(inner, cell)
            left += box.width()
        self.ink.rules(rules)
        return top + _ROW

    def _words(self, box: QRectF, words: str) -> None:
        """Words in their cell, on two or three lines where one is too short, smaller before anything is cut."""
        points, lines = _TEXT, [words]
        while words and points >= _LEAST:
            chosen: Face = face(Role.TEXT, points)
            lines = broken(chosen, words, box.width())
            if len(lines) * chosen.height <= box.height() - _PAD:
                self.ink.lines(box, lines, chosen)
                return
            points -= 0.5
        self.ink.lines(box, lines, face(Role.TEXT, _LEAST))

    def _figure(self, box: QRectF, fen: Fen) -> None:
        self.ink.words(box, yuan_text(fen), self.text, Side.AlignRight, RED if fen < 0 else None)

    def _total(self, top: float) -> float:
        total, part = self.part.paper.total, self.part
        said = f"合计（大写）：{amount_in_words(total)}" if part.is_last else "接下页"
        words = QRectF(self.room.left(), top, self.room.width() * sum(_SHARES[:3]), _ROW)
        self.ink.words(words.adjusted(_PAD, 0, -_PAD, 0), said, face(Role.HEADING, _TEXT))
        left = words.right()
        rules = [QLineF(self.room.left(), top, self.room.right(), top)]
        for share in _SHARES[3:]:
            box = QRectF(left, top, self.room.width() * share, _ROW)
            rules.append(QLineF(box.topLeft(), box.bottomLeft()))
            if part.is_last:
                self._figure(box.adjusted(_PAD, 0, -_PAD, 0), total)
            left += box.width()
        self.ink.rules(rules)
        return top + _ROW

    def _signatures(self, top: float, voucher: VoucherView) -> None:
        signed = (*_SIGNED, f"制单：{voucher.operator}", f"附件 {voucher.attachments} 张")
        width = self.room.width() / len(signed)
        for place, words in enumerate(signed):
            box = QRectF(self.room.left() + place * width, top + mm(0.8), width, _LINE)
            side = Side.AlignRight if place == len(signed) - 1 else Side.AlignLeft
            self.ink.words(box, words, self.text, side)
