"""打印预览: lazily laid out, cancelled at once, out on paper or as a PDF, and written into the trail."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Opened
from tests.ui.printing.reading import text_of_pdf
from tests.ui.printing.sheet_models import model, row
from ui.printing import preview
from ui.printing.frame import Foot
from ui.printing.ink import Ink
from ui.printing.page_view import FIT_PAGE
from ui.printing.paper import A3, A4, Document, Page, Place
from ui.printing.preview_window import Preview
from ui.printing.printers import NO_PRINTER, Offset, Offsets, printer_for
from ui.printing.sheets.painting import sheet_document

FOOT = Foot("打印：经办甲　日志校验码：1f2e3d4c")
OpenFrame = Callable[..., Opened]


def sheet(rows: int = 60, *papers: object) -> list[Document]:
    made = model([[row(number, 100) for number in range(1, rows + 1)]])
    return [sheet_document([made], foot=FOOT, paper=paper) for paper in papers or (A4,)]  # type: ignore[arg-type]


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Callable[..., Preview]]:
    opened: list[Preview] = []

    def show(documents: list[Document], **more: object) -> Preview:
        opened.append(preview(documents, **more))  # type: ignore[arg-type]
        return opened[-1]

    yield show
    for one in opened:
        one.close()
        one.deleteLater()
    QApplication.processEvents()


def settled(qtbot: QtBot, window: Preview) -> Preview:
    qtbot.waitUntil(lambda: not window.is_busy, timeout=20_000)
    return window


def assert_idle(window: Preview) -> None:
    """Nothing is being done any more."""
    assert not window.is_busy


def endless() -> Iterator[Page | None]:
    def page(_ink: Ink, _place: Place) -> None:
        """Nothing on it."""

    while True:
        yield page


def test_pages_are_counted_and_walked_through(qtbot: QtBot, shown: Callable[..., Preview]) -> None:
    window = settled(qtbot, shown(sheet(90)))
    assert len(window.pages) == 3
    assert "共 3 页" in window.controls.count.text()
    window.controls.page.setValue(3)
    assert window.view.verticalScrollBar().value() > 0
    window.view.verticalScrollBar().setValue(0)
    assert window.controls.page.value() == 1


def test_a_page_is_painted_only_when_it_is_in_sight(qtbot: QtBot, shown: Callable[..., Preview]) -> None:
    painted: list[int] = []

    def page(_ink: Ink, place: Place) -> None:
        painted.append(place.number)

    window = settled(qtbot, shown([Document("长", A4, lambda: iter([page] * 300))]))
    window.view.viewport().repaint()
    assert set(painted) <= {1, 2}
    window.controls.page.setValue(150)
    window.view.viewport().repaint()
    assert max(painted) in (150, 151)
    assert len(set(painted)) <= 6


def test_an_endless_document_never_freezes_the_window_and_esc_ends_it(
    qtbot: QtBot, shown: Callable[..., Preview]
) -> None:
    window = shown([Document("无尽", A4, endless)])
    for _ in range(5):
        began = time.monotonic()
        QApplication.processEvents()
        assert time.monotonic() - began < 0.5
    assert window.is_busy
    assert not window.controls.pdf_button.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert_idle(window)
    assert "没有排完" in window.bar.words.text()
    assert not window.controls.pdf_button.isEnabled()  # half a document does not go out
    assert window.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_without_a_printer_the_pdf_is_offered(
    qtbot: QtBot, shown: Callable[..., Preview], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ui.printing.preview_window.printer_names", list)
    window = settled(qtbot, shown(sheet()))
    assert window.bar.words.text() == NO_PRINTER
    assert not window.controls.print_button.isEnabled()
    window.controls.range.setText("2")
    window.save_pdf(tmp_path / "第二页.pdf")
    settled(qtbot, window)
    text = text_of_pdf((tmp_path / "第二页.pdf").read_bytes())
    assert "第2页共2页" in "".join(text.split())
    assert "第1页" not in "".join(text.split())


def test_pages_that_are_not_there_are_said(
    qtbot: QtBot, shown: Callable[..., Preview], tmp_path: Path
) -> None:
    window = settled(qtbot, shown(sheet()))
    window.controls.range.setText("7")
    window.save_pdf(tmp_path / "无.pdf")
    assert "共 2 页" in window.bar.words.text()
    assert not (tmp_path / "无.pdf").exists()


def test_a_cancelled_pdf_leaves_nothing(qtbot: QtBot, shown: Callable[..., Preview], tmp_path: Path) -> None:
    window = settled(qtbot, shown(sheet(2_000)))
    window.save_pdf(tmp_path / "半.pdf")
    assert window.is_busy
    window.cancel()
    QApplication.processEvents()
    assert not list(tmp_path.glob("*.pdf*"))
    assert window.controls.pdf_button.isEnabled()


def test_the_paper_that_was_taken_last_comes_first(qtbot: QtBot, shown: Callable[..., Preview]) -> None:
    window = settled(qtbot, shown(sheet(60, A4, A3)))
    assert window.document.paper == A4
    window.controls.papers.setCurrentIndex(1)
    window.controls.papers.activated.emit(1)
    assert settled(qtbot, window).document.paper == A3
    assert settled(qtbot, shown(sheet(60, A4, A3))).document.paper == A3


def test_the_wheel_zooms_with_ctrl_and_the_keys_fit(qtbot: QtBot, shown: Callable[..., Preview]) -> None:
    window = settled(qtbot, shown(sheet()))
    before = window.view.zoom
    for modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
        event = QWheelEvent(
            QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(window.view.viewport(), event)
        assert (window.view.zoom > before) == (modifiers is Qt.KeyboardModifier.ControlModifier)
    window.controls.set_zoom(FIT_PAGE)
    assert window.view.verticalScrollBar().maximum() < window.view.height() * 2
    assert window.controls.zoom.currentText() == "整页"


def file_printer(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    printer.setPageLayout(A4.layout())
    printer.setFullPage(True)
    return printer


def left_edge(path: Path) -> float:
    """Where the first word of the first page stands, in points from the paper's left edge."""
    told = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    return min(float(found) for found in re.findall(r'xMin="([\d.]+)"', told))


def test_what_is_printed_is_moved_as_the_printer_was_measured(
    qtbot: QtBot, shown: Callable[..., Preview], tmp_path: Path
) -> None:
    window = settled(qtbot, shown(sheet(3)))
    edges = []
    for right in (0.0, 5.0):
        Offsets().keep("针式", A4, Offset(right, 0.0))
        path = tmp_path / f"{right}.pdf"
        window.print_on(file_printer(path), "针式", [1])
        settled(qtbot, window)
        edges.append(left_edge(path))
    assert "已送到打印机“针式”：1 页" in window.bar.words.text()
    assert edges[1] - edges[0] == pytest.approx(5 * 72 / 25.4, abs=0.3)
    assert edges[0] == pytest.approx(
        15 * 72 / 25.4, abs=1.5
    )  # the paper's own margin, nothing of the printer's


def test_a_printer_that_takes_nothing_is_said(
    qtbot: QtBot, shown: Callable[..., Preview], tmp_path: Path, qtlog: Any
) -> None:
    window = settled(qtbot, shown(sheet(3)))
    with qtlog.disabled():
        window.print_on(file_printer(tmp_path / "没有这个文件夹" / "纸.pdf"), "针式", [1])
        settled(qtbot, window)
    assert "打印机打不开" in window.bar.words.text()
    assert window.controls.pdf_button.isEnabled()


def test_what_goes_out_is_in_the_trail(
    open_frame: OpenFrame, qtbot: QtBot, shown: Callable[..., Preview], tmp_path: Path
) -> None:
    opened = open_frame()
    window = settled(qtbot, shown(sheet(5), office=opened.office))
    window.save_pdf(tmp_path / "清册.pdf")
    settled(qtbot, window)
    window.print_on(file_printer(tmp_path / "纸.pdf"), "针式", [1])
    settled(qtbot, window)
    opened.settle()
    lines = opened.office.store.rows(
        "SELECT act, subject, counts FROM audit_line WHERE act IN ('table.export', 'table.print') ORDER BY seq"
    )
    assert [act for act, _, _ in lines] == ["table.export", "table.print"]
    assert all("石门镇补贴发放清册" in subject and '"rows": 5' in counts for _, subject, counts in lines)


def test_an_administrator_prints_but_saves_nothing(
    open_frame: OpenFrame, qtbot: QtBot, shown: Callable[..., Preview]
) -> None:
    opened = open_frame("admin")
    window = settled(qtbot, shown(sheet(5), office=opened.office))
    assert not window.controls.pdf_button.isEnabled()


def test_a_printer_that_is_gone_still_gives_the_paper(qapp: QApplication) -> None:
    layout = printer_for("没有这台", A3, "试").pageLayout()
    assert (round(layout.fullRect(layout.Unit.Millimeter).width()), layout.mode()) == (
        297,
        layout.Mode.FullPageMode,
    )
