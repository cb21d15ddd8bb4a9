"""The printers of this machine, and how far each is out on each paper.

What a printer is out by belongs to the machine that it stands at, not to the office: it lies in the settings of the
machine's user, as the window's widths do.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from ui.printing.paper import A3, A4, A4_WIDE, A5_WIDE, VOUCHER, Paper
from ui.remembering import window_settings

FORMS: Final = (A4, A4_WIDE, A5_WIDE, A3, VOUCHER)
"""The papers that a printer is set right for."""
NO_PRINTER: Final = "这台电脑没有安装打印机。可以存为 PDF，拷到有打印机的电脑上打印，内容和版式一样。"
MOST_OFF_MM: Final = 30.0
_ALIKE_MM: Final = 1.5


@dataclass(frozen=True)
class Offset:
    """How far everything is moved, in millimetres: right and down; negative is left and up."""

    right: float = 0.0
    down: float = 0.0


class Offsets:
    """What has been found out about the printers, by printer and paper."""

    def __init__(self) -> None:
        self._settings = window_settings()

    def _all(self) -> dict[str, list[float]]:
        text = self._settings.value("printing/offsets")
        try:
            found = json.loads(text) if isinstance(text, str) else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def get(self, printer: str, paper: Paper) -> Offset:
        """The offset of a printer on a paper; none where nobody measured it."""
        kept = self._all().get(_key(printer, paper))
        return Offset(*kept) if isinstance(kept, list) and len(kept) == 2 else Offset()

    def known(self, papers: Sequence[Paper]) -> list[tuple[str, Paper, Offset]]:
        """What was measured, by printer, in the order of these papers."""
        kept = self._all()
        printers = sorted({key.rpartition("|")[0] for key in kept})
        return [
            (printer, paper, self.get(printer, paper))
            for printer in printers
            for paper in papers
            if _key(printer, paper) in kept
        ]

    def keep(self, printer: str, paper: Paper, offset: Offset) -> None:
        """Remember what was measured; none is forgotten."""
        kept = self._all()
        kept.pop(_key(printer, paper), None)
        if offset != Offset():
            kept[_key(printer, paper)] = [offset.right, offset.down]
        self._settings.setValue("printing/offsets", json.dumps(kept))


def _key(printer: str, paper: Paper) -> str:
    return f"{printer}|{paper.name}"


class LastPaper:
    """Which of several papers was taken last for a kind of document, and which printer."""

    def __init__(self) -> None:
        self._settings = window_settings()

    def get(self, what: str) -> str:
        """The name that was kept, '' for none."""
        return str(self._settings.value(f"printing/last/{what}") or "")

    def keep(self, what: str, name: str) -> None:
        """Remember a name."""
        self._settings.setValue(f"printing/last/{what}", name)


def printer_names() -> list[str]:
    """The printers of this machine, the system's own choice first."""
    names = list(QPrinterInfo.availablePrinterNames())
    usual = QPrinterInfo.defaultPrinterName()
    return sorted(names, key=lambda name: (name != usual, name))


def printer_for(name: str, paper: Paper, document: str, copies: int = 1) -> QPrinter:
    """A printer set to a paper, at its finest, painting from the paper's very edge. Its own form of that size is taken by name."""
    device = QPrinterInfo.printerInfo(name)
    printer = QPrinter(device, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(document)
    printer.setFullPage(True)
    printer.setPageLayout(_layout(device, paper))
    printer.setFullPage(True)
    printer.setCopyCount(copies)
    printer.setCollateCopies(True)
    return printer


def _layout(device: QPrinterInfo, paper: Paper) -> QPageLayout:
    asked = paper.layout()
    known = next((size for size in device.supportedPageSizes() if _same(size, asked.pageSize())), None)
    if known is not None:
        asked.setPageSize(known)
    return asked


def _same(one: QPageSize, other: QPageSize) -> bool:
    size, asked = (each.size(QPageSize.Unit.Millimeter) for each in (one, other))
    return abs(size.width() - asked.width()) < _ALIKE_MM and abs(size.height() - asked.height()) < _ALIKE_MM
