"""A table on paper: title, conditions, who and when, headings on every page, page x of y. With a preview."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QMarginsF, QRectF, Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPen
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

_MARGIN_MM: Final = 12.0
_TITLE_PT: Final = 15.0
_TEXT_PT: Final = 9.0
_PADDING: Final = 0.35


@dataclass(frozen=True)
class Sheet:
    """What is printed: `rows` are texts; `figures` says which columns stand at the right."""

    title: str
    conditions: str
    headings: Sequence[str]
    figures: Sequence[bool]
    rows: Sequence[Sequence[str]]
    signed: str
    totals: str = ""


def landscape_printer() -> QPrinter:
    """A printer set to A4 landscape."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Landscape,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    return printer


class Preview(QPrintPreviewDialog):
    """The sheet as it will be printed. It holds its printer: Qt does not, and would paint on one that is gone."""

    def __init__(self, sheet: Sheet, printer: QPrinter, parent: QWidget | None = None) -> None:
        super().__init__(printer, parent)
        self._held = printer
        self._sheet = sheet
        self.setWindowTitle(f"打印预览 — {sheet.title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.paintRequested.connect(self._paint)
        self.resize(1000, 620)

    @Slot(QPrinter)
    def _paint(self, printer: QPrinter) -> None:
        print_sheet(self._sheet, printer)


def preview(sheet: Sheet, parent: QWidget | None = None) -> Preview:
    """Show the sheet as it will be printed; printing is a button there."""
    dialog = Preview(sheet, landscape_printer(), parent)
    dialog.open()
    return dialog


def print_sheet(sheet: Sheet, printer: QPrinter) -> int:
    """Paint the sheet; gives the number of pages."""
    painter = QPainter(printer)
    try:
        return _Paper(sheet, printer, painter).paint()
    finally:
        painter.end()


class _Paper:
    """One printing: the measures of the paper and where the columns stand."""

    def __init__(self, sheet: Sheet, printer: QPrinter, painter: QPainter) -> None:
        self.sheet, self.printer, self.painter = sheet, printer, painter
        area = printer.pageLayout().paintRectPixels(printer.resolution())
        self.width, self.height = float(area.width()), float(area.height())
        self.text = QFont(painter.font())
        self.text.setPointSizeF(_TEXT_PT)
        metrics = QFontMetricsF(self.text, printer)
        self.line = metrics.height() * (1 + _PADDING)
        self.pad = metrics.averageCharWidth() * 0.7
        self.widths = self._column_widths(metrics)

    def _column_widths(self, metrics: QFontMetricsF) -> list[float]:
        seen = [self.sheet.headings, *self.sheet.rows[:200]]
        wanted = [
            max(metrics.horizontalAdvance(row[place]) for row in seen) + 2 * self.pad
            for place in range(len(self.sheet.headings))
        ]
        total = sum(wanted)
        room = self.width / total if total else 1.0
        return [width * min(room, 1.6) for width in wanted]

    def paint(self) -> int:
        """All pages."""
        self.painter.setFont(self.text)
        head = self._head_height()
        each = max(1, int((self.height - head - 2.4 * self.line) / self.line) - 1)
        rows = self.sheet.rows
        pages = max(1, -(-len(rows) // each))
        for number in range(pages):
            if number:
                self.printer.newPage()
            top = self._head()
            top = self._row(top, self.sheet.headings, bold=True)
            for row in rows[number * each : (number + 1) * each]:
                top = self._row(top, row)
            self._foot(number + 1, pages)
        return pages

    def _head_height(self) -> float:
        return 2.2 * self.line + (self.line if self.sheet.conditions or self.sheet.totals else 0)

    def _head(self) -> float:
        font = QFont(self.text)
        font.setPointSizeF(_TITLE_PT)
        font.setBold(True)
        self.painter.setFont(font)
        self.painter.drawText(
            QRectF(0, 0, self.width, 2.0 * self.line), Qt.AlignmentFlag.AlignCenter, self.sheet.title
        )
        self.painter.setFont(self.text)
        if self.sheet.conditions or self.sheet.totals:
            box = QRectF(0, 2.1 * self.line, self.width, self.line)
            self.painter.drawText(
                box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.sheet.conditions
            )
            self.painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.sheet.totals
            )
        return self._head_height()

    def _row(self, top: float, cells: Sequence[str], *, bold: bool = False) -> float:
        font = QFont(self.text)
        font.setBold(bold)
        self.painter.setFont(font)
        metrics = QFontMetricsF(font, self.printer)
        self.painter.setPen(QPen(Qt.GlobalColor.black, self.line / 40))
        for box, text, figure in self._boxes(top, cells):
            self.painter.drawRect(box)
            side = Qt.AlignmentFlag.AlignCenter if bold else (
                Qt.AlignmentFlag.AlignRight if figure else Qt.AlignmentFlag.AlignLeft
            )  # fmt: skip
            inner = box.adjusted(self.pad, 0, -self.pad, 0)
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
            self.painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, cut)
        return top + self.line

    def _boxes(self, top: float, cells: Sequence[str]) -> Iterator[tuple[QRectF, str, bool]]:
        left = 0.0
        for width, text, figure in zip(self.widths, cells, self.sheet.figures, strict=True):
            yield QRectF(left, top, width, self.line), text, figure
            left += width

    def _foot(self, number: int, pages: int) -> None:
        self.painter.setFont(self.text)
        box = QRectF(0, self.height - self.line, self.width, self.line)
        self.painter.drawText(
            box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.sheet.signed
        )
        self.painter.drawText(
            box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"第 {number} 页 共 {pages} 页"
        )


class LetterPreview(QPrintPreviewDialog):
    """A letter as it will be printed, A4 portrait; it holds its printer as `Preview` does."""

    def __init__(self, title: str, html: str, parent: QWidget | None = None) -> None:
        printer = landscape_printer()
        printer.setPageOrientation(QPageLayout.Orientation.Portrait)
        super().__init__(printer, parent)
        self._held = printer
        self._html = html
        self.setWindowTitle(f"打印预览 — {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.paintRequested.connect(self._paint)
        self.resize(760, 620)

    @Slot(QPrinter)
    def _paint(self, printer: QPrinter) -> None:
        print_letter(self._html, printer)


def preview_letter(title: str, html: str, parent: QWidget | None = None) -> LetterPreview:
    """Show a letter or form of one or a few pages (HTML that Qt knows) as it will be printed."""
    dialog = LetterPreview(title, html, parent)
    dialog.open()
    return dialog


def print_letter(html: str, printer: QPrinter) -> int:
    """Paint a letter; gives the number of pages."""
    from PySide6.QtCore import QSizeF
    from PySide6.QtGui import QTextDocument

    document = QTextDocument()
    font = QFont(document.defaultFont())
    font.setPointSizeF(_LETTER_PT)
    document.setDefaultFont(font)
    document.documentLayout().setPaintDevice(printer)
    area = printer.pageLayout().paintRectPixels(printer.resolution())
    document.setPageSize(QSizeF(area.width(), area.height()))
    document.setHtml(html)
    document.print_(printer)
    return document.pageCount()


_LETTER_PT: Final = 11.0
