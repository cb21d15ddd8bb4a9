"""Which pages are meant, and how they come onto a device."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSize

from app.desk import Cancelled, Progress
from tests.ui.printing.sheet_models import model, row
from ui.printing.frame import Foot
from ui.printing.ink import Ink
from ui.printing.output import NoSuchPages, pages_chosen
from ui.printing.page_view import page_image
from ui.printing.paper import A4, VOUCHER, Document, Page, Paper, Place, mm
from ui.printing.pdf import laid_out, pdf_bytes
from ui.printing.sheets.painting import sheet_document

WHITE = "#ffffff"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("", [1, 2, 3, 4, 5]), ("2", [2]), ("1-3,5", [1, 2, 3, 5]), ("5，1－2", [1, 2, 5]), ("3 至 4", [3, 4]), (" 2、2 ", [2])],
)  # fmt: skip
def test_pages_are_chosen_as_a_clerk_writes_them(written: str, meant: list[int]) -> None:
    assert pages_chosen(written, 5) == meant


@pytest.mark.parametrize("written", ["0", "6", "3-2", "1-9", "全部", "1--2", "，"])
def test_pages_that_are_not_there_are_refused_with_the_count(written: str) -> None:
    with pytest.raises(NoSuchPages) as refused:
        pages_chosen(written, 5)
    assert "共 5 页" in refused.value.sentence


@given(st.sets(st.integers(1, 60), min_size=1))
def test_any_choice_can_be_written(pages: set[int]) -> None:
    assert pages_chosen(",".join(map(str, sorted(pages, reverse=True))), 60) == sorted(pages)


def page_that_says(said: list[int]) -> Page:
    def page(ink: Ink, place: Place) -> None:
        said.append(place.number)
        ink.squares([QRectF(0, 0, mm(10), mm(10))])

    return page


@pytest.mark.usefixtures("qapp")
def test_a_pdf_is_left_off_between_two_pages() -> None:
    said: list[int] = []
    progress = Progress()

    def stopping(ink: Ink, place: Place) -> None:
        page_that_says(said)(ink, place)
        progress.cancel = place.number == 3

    document = Document("试", A4, lambda: iter([stopping] * 8))
    with pytest.raises(Cancelled):
        pdf_bytes(document, progress)
    assert said == [1, 2, 3]


@pytest.mark.usefixtures("qapp")
def test_a_sheet_is_not_painted_before_it_is_looked_at() -> None:
    said: list[int] = []
    document = Document("试", A4, lambda: iter([page_that_says(said)] * 5))
    assert len(list(document.pages())) == 5
    assert said == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("paper", [A4, VOUCHER])
def test_nothing_is_printed_outside_the_paper(paper: Paper) -> None:
    """The layout that Qt is given is as wide and high as the paper, without margins of its own."""
    layout = paper.layout()
    full = layout.fullRect()
    assert (round(full.width()), round(full.height())) == (paper.width, paper.height)
    assert layout.paintRect() == full


@pytest.mark.usefixtures("qapp")
def test_a_document_can_be_laid_out_again() -> None:
    document = sheet_document([model([[row(number, 5) for number in range(1, 60)]])], foot=Foot("打印"))
    first, second = (page_image(document.paper, laid_out(document), 1, QSize(594, 420)) for _ in range(2))
    assert first == second
    assert first.pixelColor(2, 2).name() == WHITE
    assert any(first.pixelColor(x, 210).name() != WHITE for x in range(594))
