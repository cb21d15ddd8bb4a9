"""A document as a PDF, without a screen or a printer."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QPdfWriter

from app.desk import Progress
from models.store.durable import replacing
from ui.printing.output import painted
from ui.printing.paper import DOTS_PER_INCH, Document, Page
from ui.printing.unicode_maps import with_plain_characters

_CREATOR: Final = "乡财一卡通"


class Pdf:
    """A PDF being made: `steps` paints page by page, `body` is the whole once they are done."""

    def __init__(self, document: Document) -> None:
        self._rare: dict[str, None] = {}
        self._whole = QByteArray()
        self._buffer = QBuffer(self._whole)
        self._buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._writer = QPdfWriter(self._buffer)
        self._writer.setResolution(DOTS_PER_INCH)
        self._writer.setPageLayout(document.paper.layout())
        self._writer.setTitle(document.name)
        self._writer.setCreator(_CREATOR)

    def steps(
        self, pages: Sequence[Page], numbers: Sequence[int] | None = None
    ) -> Generator[int, None, None]:
        """Paint the pages of these numbers, all where none are given."""
        chosen = range(1, len(pages) + 1) if numbers is None else numbers
        yield from painted(self._writer, pages, chosen, rare=self._rare)

    def body(self) -> bytes:
        """The file, its text readable as the characters that are printed."""
        self._buffer.close()
        return with_plain_characters(bytes(self._whole.data()), tuple(self._rare))


def laid_out(document: Document, progress: Progress | None = None) -> list[Page]:
    """All pages of a document, not painted yet. Raises Cancelled."""
    pages: list[Page] = []
    for page in document.pages():
        if page is not None:
            pages.append(page)
        if progress is not None:
            progress.step(0)
    return pages


def pdf_bytes(document: Document, progress: Progress | None = None) -> bytes:
    """The PDF; `progress` counts pages. Raises Cancelled."""
    pages = laid_out(document, progress)
    if progress is not None:
        progress.total = len(pages)
    pdf = Pdf(document)
    for done in pdf.steps(pages):
        if progress is not None:
            progress.step(done)
    return pdf.body()


def keep_pdf(body: bytes, path: Path) -> None:
    """Put a PDF into its place; a half-written one never bears the name. Raises the WorldErrors of writing."""
    with replacing(path) as part:
        part.write_bytes(body)


def write_pdf(document: Document, path: Path, progress: Progress | None = None) -> int:
    """Write a document as a PDF; gives its size in bytes. Raises Cancelled and the WorldErrors of writing."""
    body = pdf_bytes(document, progress)
    keep_pdf(body, path)
    return len(body)
