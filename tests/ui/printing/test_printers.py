"""What a printer is out by is remembered on this machine, by printer and paper, and set in 系统."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.conftest import Opened
from tests.ui.printing.reading import text_of
from ui.printing.forms.calibration import MARK_MM, calibration_document
from ui.printing.paper import A3, A4, VOUCHER, Paper
from ui.printing.printers import FORMS, Offset, Offsets
from ui.routes import Place, Room
from ui.screens.system.printers_page import PrintersPage
from ui.screens.system.screen import SystemScreen

TENTHS = st.integers(-300, 300).map(lambda tenths: tenths / 10)


@pytest.mark.usefixtures("own_settings")
@given(st.text('针式打印机LQ-630K|/\\ "', min_size=1, max_size=12), st.sampled_from(FORMS), TENTHS, TENTHS)
def test_an_offset_is_kept_exactly(printer: str, paper: Paper, right: float, down: float) -> None:
    Offsets().keep(printer, paper, Offset(right, down))
    assert Offsets().get(printer, paper) == Offset(right, down)


def test_each_printer_and_paper_has_its_own_and_none_is_forgotten() -> None:
    Offsets().keep("甲", A4, Offset(1.5, -2))
    Offsets().keep("甲", VOUCHER, Offset(3, 0))
    Offsets().keep("乙", A4, Offset(-1, -1))
    assert Offsets().get("乙", VOUCHER) == Offset()
    Offsets().keep("甲", A4, Offset())
    assert Offsets().known(FORMS) == [("乙", A4, Offset(-1, -1)), ("甲", VOUCHER, Offset(3, 0))]


def page_of(open_frame: Callable[..., Opened]) -> PrintersPage:
    opened = open_frame()
    opened.frame.go(Place(Room.SYSTEM, tab="printers"))
    screen = opened.frame.screen_now
    assert isinstance(screen, SystemScreen)
    page = screen.page
    assert isinstance(page, PrintersPage)
    return page


def test_a_printer_is_set_right_in_the_system(
    open_frame: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.screens.system.printers_page.printer_names", lambda: ["针式", "激光"])
    page = page_of(open_frame)
    page.printer.setCurrentText("针式")
    page.paper.setCurrentIndex(FORMS.index(VOUCHER))
    page.right.setValue(2.5)
    page.down.setValue(-1.0)
    page.save_button.click()
    assert Offsets().get("针式", VOUCHER) == Offset(2.5, -1.0)
    assert "向右移 2.5 毫米" in page.holder.bar.words.text()
    page.printer.setCurrentText("激光")
    assert page.right.value() == 0
    page.kept.setCurrentCell(0, 0)
    page.kept.cellActivated.emit(0, 0)
    assert (page.printer.currentText(), page.right.value()) == ("针式", 2.5)


def test_without_a_printer_the_sheet_can_still_be_had(
    open_frame: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.screens.system.printers_page.printer_names", list)
    page = page_of(open_frame)
    assert not page.save_button.isEnabled()
    assert page.none.isVisible()
    page.preview_sheet()
    assert "校准" in page.preview.windowTitle()
    page.preview.close()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("paper", [A4, A3, VOUCHER], ids=lambda paper: paper.name)
def test_the_sheet_says_what_to_measure(paper: Paper) -> None:
    text = text_of(calibration_document(paper, "针式"))
    assert f"{MARK_MM} 毫米" in text
    assert "针式" in text
