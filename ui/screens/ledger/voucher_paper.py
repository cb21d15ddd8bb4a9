"""记账凭证 on paper: two on a page of A4, as an office binds them; a long one goes on in the next half."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QMarginsF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPen
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

from app.ledger.queries import VoucherLineView, VoucherView
from models.domain.money import Fen, yuan_text
from models.domain.words import amount_in_words

ROWS: Final = 7
"""Lines of a voucher that fit on half a page."""
_MARGIN_MM: Final = 12.0
_TITLE_PT: Final = 17.0
_TEXT_PT: Final = 9.0
_LEAST_PT: Final = 5.5
_WIDTHS: Final = (0.27, 0.19, 0.24, 0.15, 0.15)
_HEADINGS: Final = ("摘要", "会计科目", "文号、批次、项目", "借方金额（元）", "贷方金额（元）")
_Side = Qt.AlignmentFlag
_RED: Final = QColor("#b42318")


@dataclass(frozen=True)
class Paper:
    """A voucher and its lines, as they are printed."""

    office: str
    voucher: VoucherView
    lines: Sequence[VoucherLineView]

    @property
    def total(self) -> Fen:
        """The sum of either side."""
        return Fen(sum(one.debit_fen for one in self.lines))


class VoucherPreview(QPrintPreviewDialog):
    """The vouchers as they will be printed. It holds its printer: Qt does not, and would paint on one that is gone."""

    def __init__(self, papers: Sequence[Paper], printer: QPrinter, parent: QWidget | None = None) -> None:
        super().__init__(printer, parent)
        self._held = printer
        self._papers = papers
        self.setWindowTitle("打印预览 — 记账凭证")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.paintRequested.connect(self._paint)
        self.resize(1000, 620)

    @Slot(QPrinter)
    def _paint(self, printer: QPrinter) -> None:
        print_vouchers(self._papers, printer)


def preview_vouchers(papers: Sequence[Paper], parent: QWidget | None = None) -> VoucherPreview:
    """Show the vouchers on A4 upright; printing is a button there."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    dialog = VoucherPreview(papers, printer, parent)
    dialog.open()
    return dialog


def print_vouchers(papers: Sequence[Paper], printer: QPrinter) -> int:
    """Paint the vouchers; gives the number of halves of pages."""
    painter = QPainter(printer)
    try:
        area = printer.pageLayout().paintRectPixels(printer.resolution())
        half = area.height() / 2
        count = 0
        for paper in papers:
            for part in _parts(paper):
                if count and count % 2 == 0:
                    printer.newPage()
                top = half * (count % 2)
                _Half(painter, QRectF(0, top, area.width(), half), paper, part).paint()
                count += 1
        return count
    finally:
        painter.end()


@dataclass(frozen=True)
class _Part:
    lines: Sequence[VoucherLineView]
    number: int
    of: int


def _parts(paper: Paper) -> Iterator[_Part]:
    count = max(1, -(-len(paper.lines) // ROWS))
    for number in range(count):
        yield _Part(paper.lines[number * ROWS : (number + 1) * ROWS], number + 1, count)


class _Half:
    """One half of a page."""

    def __init__(self, painter: QPainter, room: QRectF, paper: Paper, part: _Part) -> None:
        self.painter, self.room, self.paper, self.part = painter, room, paper, part
        self.text = QFont(painter.font())
        self.text.setPointSizeF(_TEXT_PT)
        painter.setFont(self.text)
        self.line = painter.fontMetrics().height() * 1.75
        self.row = min((room.height() - 5.2 * self.line) / (ROWS + 2), 1.35 * self.line)
        self.pad = painter.fontMetrics().averageCharWidth() * 0.8

    def paint(self) -> None:
        """Title, heading, lines, total, signatures."""
        painter, voucher = self.painter, self.paper.voucher
        title = QFont(self.text)
        title.setPointSizeF(_TITLE_PT)
        title.setBold(True)
        painter.setPen(Qt.GlobalColor.black)
        painter.setFont(title)
        painter.drawText(
            QRectF(0, self.room.top(), self.room.width(), 1.9 * self.line), _Side.AlignCenter, "记账凭证"
        )
        painter.setFont(self.text)
        top = self.room.top() + 1.9 * self.line
        more = f"（{self.part.number}/{self.part.of}）" if self.part.of > 1 else ""
        head = QRectF(0, top, self.room.width(), self.line)
        for side, words in (
            (_Side.AlignLeft, f"单位：{self.paper.office}"),
            (_Side.AlignHCenter, f"日期：{voucher.posted_on}"),
            (_Side.AlignRight, f"{voucher.month} {voucher.name}{more}"),
        ):
            painter.drawText(head, side | _Side.AlignVCenter, words)
        top += self.line
        painter.setPen(QPen(Qt.GlobalColor.black, self.line / 45))
        top = self._row(top, _HEADINGS, centred=True)
        for place in range(ROWS):
            top = self._row(top, self._cells(place))
        top = self._total(top)
        self._foot(top)

    def _cells(self, place: int) -> Sequence[str | Fen]:
        if place >= len(self.part.lines):
            return ("",) * len(_HEADINGS)
        line = self.part.lines[place]
        about = " ".join(filter(None, (line.document, line.batch, line.program)))
        summary = self.paper.voucher.summary if place == 0 else ""
        return summary, line.ledger_name, about, line.debit_fen, line.credit_fen

    def _row(self, top: float, cells: Sequence[str | Fen], *, centred: bool = False) -> float:
        left = 0.0
        for share, cell in zip(_WIDTHS, cells, strict=True):
            box = QRectF(left, top, self.room.width() * share, self.row)
            self.painter.drawRect(box)
            inner = box.adjusted(self.pad, 0, -self.pad, 0)
            if isinstance(cell, str):
                side = _Side.AlignCenter if centred else _Side.AlignLeft | _Side.AlignVCenter
                self._words(inner, cell, side)
            elif cell:
                self._figure(inner, cell)
            left += self.room.width() * share
        return top + self.row

    def _words(self, box: QRectF, words: str, side: Qt.AlignmentFlag) -> None:
        """Words in their cell, on two lines where one is too short, smaller before anything is cut."""
        font = QFont(self.text)
        flags = side.value | Qt.TextFlag.TextWordWrap.value | Qt.TextFlag.TextWrapAnywhere.value
        while font.pointSizeF() > _LEAST_PT:
            need = self.painter.fontMetrics().boundingRect(box.toRect(), flags, words)
            if need.height() <= box.height():
                break
            font.setPointSizeF(font.pointSizeF() - 0.5)
            self.painter.setFont(font)
        self.painter.drawText(box, flags, words)
        self.painter.setFont(self.text)

    def _figure(self, box: QRectF, fen: Fen) -> None:
        pen = self.painter.pen()
        if fen < 0:
            self.painter.setPen(_RED)
        self.painter.drawText(box, _Side.AlignRight | _Side.AlignVCenter, yuan_text(fen))
        self.painter.setPen(pen)

    def _total(self, top: float) -> float:
        total, last = self.paper.total, self.part.number == self.part.of
        words = QRectF(0, top, self.room.width() * sum(_WIDTHS[:3]), self.row)
        self.painter.drawRect(words)
        said = f"合计（大写）：{_in_words(total)}" if last else "接下页"
        self.painter.drawText(
            words.adjusted(self.pad, 0, -self.pad, 0), _Side.AlignLeft | _Side.AlignVCenter, said
        )
        left = words.right()
        for share in _WIDTHS[3:]:
            box = QRectF(left, top, self.room.width() * share, self.row)
            self.painter.drawRect(box)
            if last:
                self._figure(box.adjusted(self.pad, 0, -self.pad, 0), total)
            left += self.room.width() * share
        return top + self.row

    def _foot(self, top: float) -> None:
        voucher = self.paper.voucher
        signed = (
            "财政所长：",
            "审核：",
            "记账：",
            f"制单：{voucher.operator}",
            f"附件 {voucher.attachments} 张",
        )
        width = self.room.width() / len(signed)
        for place, words in enumerate(signed):
            box = QRectF(place * width, top + 0.2 * self.line, width, self.line)
            side = _Side.AlignRight if place == len(signed) - 1 else _Side.AlignLeft
            self.painter.drawText(box, side | _Side.AlignVCenter, words)


def _in_words(fen: Fen) -> str:
    return f"负{amount_in_words(Fen(-fen))}" if fen < 0 else amount_in_words(fen)
