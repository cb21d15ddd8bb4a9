"""打印预览: the document as it will be printed, with zoom, choice of pages, paper and printer; print, or PDF.

Pages are laid out a few at a time between two looks at the window, so that it never freezes and Esc always works.
"""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from models.domain.refusal import Refusal, WorldError
from ui.printing.controls import Controls
from ui.printing.output import pages_chosen, painted
from ui.printing.page_view import FIT_PAGE, FIT_WIDTH, PageView
from ui.printing.paper import Document, Page
from ui.printing.pdf import Pdf, keep_pdf
from ui.printing.printers import NO_PRINTER, LastPaper, Offsets, printer_for, printer_names
from ui.printing.trail import Trail
from ui.theme import Tone
from ui.widgets.notice_bar import NoticeBar

_SLICE_S: Final = 0.02
"""How long the window's thread lays out or prints before it looks at the window again."""


class Preview(QDialog):
    """One document, on one of several papers. `trail` hears of every print and every PDF."""

    def __init__(
        self,
        documents: Sequence[Document],
        parent: QWidget | None = None,
        *,
        trail: Trail | None = None,
        may_export: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"打印预览 — {documents[0].name}")
        self.documents, self._trail = documents, trail
        self.document = documents[0]
        self.pages: list[Page] = []
        self._is_whole = False
        self._work: Generator[object, None, None] | None = None
        self._finish: Callable[[], None] = lambda: None
        self._kind = "+".join(one.paper.name for one in documents)
        self.bar = NoticeBar()
        self.view = PageView()
        self.controls = Controls(_choices(documents), printer_names(), may_export=may_export)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)
        self._arrange()
        self._connect()
        if not self.controls.printers.count():
            self.bar.say(NO_PRINTER, Tone.CALM)
        kept = LastPaper().get(self._kind)
        self._take(next((place for place, one in enumerate(documents) if one.paper.name == kept), 0))

    def _arrange(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.setSpacing(6)
        box.addWidget(self.controls)
        box.addWidget(self.bar)
        box.addWidget(self.view, 1)
        self.resize(1120, 640)
        self.view.setFocus()

    def _connect(self) -> None:
        controls = self.controls
        controls.print_asked.connect(self.print_now)
        controls.pdf_asked.connect(self.ask_pdf)
        controls.cancel_asked.connect(self.cancel)
        controls.paper_chosen.connect(self._paper_chosen)
        controls.zoom_chosen.connect(self.view.set_zoom)
        controls.page_asked.connect(self.view.go_to)
        self.view.at.connect(controls.show_page)
        self.view.zoomed.connect(controls.set_zoom)
        for key, zoom in (("Ctrl+0", FIT_PAGE), ("Ctrl+1", 1.0), ("Ctrl+2", FIT_WIDTH)):
            QShortcut(QKeySequence(key), self, lambda zoom=zoom: controls.set_zoom(zoom))

    # -- laying out ----------------------------------------------------------------------------------------------

    @Slot(int)
    def _paper_chosen(self, place: int) -> None:
        LastPaper().keep(self._kind, self.documents[place].paper.name)
        self._take(place)

    def _take(self, place: int) -> None:
        """Lay the document out on that paper."""
        self.document = self.documents[place]
        self.controls.show_paper(place)
        self.pages, self._is_whole = [], False
        self.view.show_pages(self.document.paper, [])
        self._begin(self._lay_out(), "正在排版", self._laid_out)

    def _lay_out(self) -> Generator[object, None, None]:
        for page in self.document.pages():
            if page is not None:
                self.pages.append(page)
                if len(self.pages) == 1:
                    self.view.show_pages(self.document.paper, self.pages)
            yield len(self.pages)

    def _laid_out(self) -> None:
        self._is_whole = True
        self.controls.set_idle(is_whole=True)
        self.view.show_pages(self.document.paper, self.pages)
        self.controls.show_count(len(self.pages))

    @property
    def is_busy(self) -> bool:
        """Whether pages are being laid out or printed."""
        return self._work is not None

    def _begin(self, work: Generator[object, None, None], words: str, finish: Callable[[], None]) -> None:
        self._stop()
        self._work, self._finish = work, finish
        self.controls.set_busy(words)
        self._timer.start()

    @Slot()
    def _go_on(self) -> None:
        until = monotonic() + _SLICE_S
        while (work := self._work) is not None and monotonic() < until:
            try:
                self.controls.show_done(next(work))
            except StopIteration:
                self._end()
                self._finish()
            except (Refusal, WorldError) as no:
                self._end()
                self.bar.say(no.sentence, Tone.BAD)

    def _end(self) -> None:
        self._timer.stop()
        self._work = None
        self.controls.set_idle(is_whole=self._is_whole)

    def _stop(self) -> None:
        """End what is being done, and let it close what it holds."""
        work = self._work
        self._end()
        if work is not None:
            work.close()

    @Slot()
    def cancel(self) -> None:
        """Leave off printing or laying out."""
        if self.is_busy:
            self._stop()
            self.controls.show_count(len(self.pages))
            self.view.show_pages(self.document.paper, self.pages)
            more = "" if self._is_whole else "这份文件没有排完，不能打印；要打印请重新打开预览。"
            self.bar.say(f"已取消。{more}", Tone.CALM)

    # -- out -----------------------------------------------------------------------------------------------------

    def _chosen(self) -> list[int] | None:
        try:
            return pages_chosen(self.controls.range.text(), len(self.pages))
        except Refusal as no:
            self.bar.say(no.sentence, Tone.BAD)
            return None

    @Slot()
    def print_now(self) -> None:
        """Print the pages that are chosen on the printer that is chosen."""
        name, numbers = self.controls.printers.currentText(), self._chosen()
        if self.is_busy or not self._is_whole or numbers is None or not name:
            return
        printer = printer_for(name, self.document.paper, self.document.name, self.controls.copies.value())
        self.print_on(printer, name, numbers)

    def print_on(self, printer: QPrinter, name: str, numbers: Sequence[int]) -> None:
        """Print these pages, moved as the printer was measured on this paper."""
        offset = Offsets().get(name, self.document.paper)
        work = painted(
            printer,
            self.pages,
            numbers,
            resolution=printer.resolution(),
            moved_mm=(offset.right, offset.down),
        )

        def steps() -> Generator[object, None, None]:
            done = False
            try:
                yield from work
                done = True
            finally:
                work.close()
                if not done:
                    printer.abort()

        def finish() -> None:
            if self._trail is not None:
                self._trail.printed(self._what(numbers), self.document.lines)
            self.bar.say(f"已送到打印机“{name}”：{len(numbers)} 页。", Tone.GOOD)

        self._begin(steps(), "正在打印", finish)

    @Slot()
    def ask_pdf(self) -> None:
        """Ask where the PDF goes."""
        if self.is_busy or not self._is_whole or self._chosen() is None:
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self, "存为 PDF", str(Path.home() / f"{self.document.name}.pdf"), "PDF 文件 (*.pdf)"
        )
        if chosen:
            self.save_pdf(Path(chosen))

    def save_pdf(self, path: Path) -> None:
        """Write the pages that are chosen as a PDF."""
        numbers = self._chosen()
        if numbers is None:
            return
        pdf = Pdf(self.document)

        def steps() -> Generator[object, None, None]:
            yield from pdf.steps(self.pages, numbers)
            keep_pdf(pdf.body(), path)

        def finish() -> None:
            if self._trail is not None:
                self._trail.saved(f"{self._what(numbers)} PDF", self.document.lines)
            self.bar.say(f"已存到 {path}：{len(numbers)} 页。", Tone.GOOD)

        self._begin(steps(), "正在生成 PDF", finish)

    def _what(self, numbers: Sequence[int]) -> str:
        """The document's name, and how many pages of it where it is not the whole."""
        return self.document.name + ("" if len(numbers) == len(self.pages) else f"（{len(numbers)} 页）")

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Closed in the middle: what is being done ends."""
        self._stop()
        super().closeEvent(event)

    def reject(self) -> None:
        """Esc leaves off what is being done first, and closes the window when nothing is."""
        if self.is_busy and self.pages:
            self.cancel()
        else:
            self._stop()
            super().reject()


def _choices(documents: Sequence[Document]) -> list[str]:
    """What there is to choose from: the papers of one document, or documents by their names."""
    names = {one.name for one in documents}
    return [one.paper.name if len(names) == 1 else f"{one.name}（{one.paper.name}）" for one in documents]
