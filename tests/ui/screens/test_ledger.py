"""台账: from a sum to its lines, to the voucher, and back with Esc; vouchers on paper."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.desk import Desk
from app.ledger.queries import lines_of, vouchers
from app.pages import sums_of
from models.domain.money import Fen, yuan_text
from tests.app.ledger.lived import DAY, Lived, live
from tests.ui.conftest import Opened
from tests.ui.printing.reading import text_of
from tests.ui.screens.answering import acts, answer, enter, press
from ui.printing.forms.vouchers import ROWS, VoucherPaper, voucher_document
from ui.printing.frame import Foot
from ui.printing.paper import A4, VOUCHER, Paper
from ui.printing.pdf import laid_out
from ui.routes import Place, Room
from ui.screens.ledger.screen import LedgerScreen
from ui.widgets.paged_table import PagedTable


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def opened_at(
    open_frame: Callable[..., Opened], tab: str, name: str = "经办甲", row: int = 0
) -> tuple[Opened, LedgerScreen]:
    opened = open_frame(name, date.fromisoformat(DAY))
    opened.frame.go(Place(Room.LEDGER, tab=tab, id=row))
    screen = opened.frame.screen_now
    assert isinstance(screen, LedgerScreen)
    return opened, screen


def is_behind(screen: LedgerScreen) -> bool:
    """Whether the lines of a sum are open now."""
    return screen.is_behind


def at(table: PagedTable, row: int, column: str) -> None:
    """Put the current cell on a row and a column by name."""
    names = [one.name for one in table.listing.columns]
    table.view.setCurrentIndex(table.model.index(row, names.index(column)))


@pytest.mark.usefixtures("lived")
def test_from_a_sum_to_its_lines_to_the_voucher_and_back(open_frame: Callable[..., Opened]) -> None:
    opened, screen = opened_at(open_frame, "batches")
    at(screen.batches, 1, "expense_fen")
    shown = screen.batches.model.text(1, screen.batches.view.currentIndex().column())
    press(opened, "F7")
    assert is_behind(screen)
    lines = screen.behind.table
    assert lines is not None
    sums = sums_of(screen.office.store, lines.listing).sums
    assert yuan_text(Fen(sums["debit_fen"][0] - sums["credit_fen"][0])) == shown
    assert "账面支出" in opened.frame.crumb.text()
    name = lines.model.text(0, 1)
    enter(lines.view)
    assert screen.tab == "vouchers"
    assert not is_behind(screen)
    assert name in screen.card.title.text()
    assert screen.card.lines.rowCount() == 3


@pytest.mark.usefixtures("lived")
def test_escape_goes_back_to_the_sum(open_frame: Callable[..., Opened]) -> None:
    opened, screen = opened_at(open_frame, "programs")
    at(screen.programs, 0, "paid_fen")
    enter(screen.programs.view)
    assert is_behind(screen)
    assert acts(opened).keys() == {"导出", "打印", "列设置"}
    opened.frame._escape()
    assert not is_behind(screen)
    assert screen.tab == "programs"
    assert "查明细" in acts(opened)
    assert screen.programs.view.currentIndex().column() > 0


@pytest.mark.usefixtures("lived")
def test_a_cell_that_is_no_sum_says_so(open_frame: Callable[..., Opened]) -> None:
    _, screen = opened_at(open_frame, "allotments")
    at(screen.allotments, 0, "document")
    screen.look_behind()
    assert not is_behind(screen)
    assert "不是金额" in screen.bar.words.text()


@pytest.mark.usefixtures("lived")
def test_the_trial_balance_of_a_month_balances_and_opens(open_frame: Callable[..., Opened]) -> None:
    _, screen = opened_at(open_frame, "balance")
    screen.balance_month.setCurrentIndex(screen.balance_month.findData("2024-06"))
    assert "借贷平衡" in screen.verdict.text()
    at(screen.balance, 0, "credit_fen")
    screen.look_behind()
    assert "代发专户存款" in screen.behind.title.text()
    assert screen.behind.table is not None
    assert screen.behind.table.rows > 0


@pytest.mark.usefixtures("lived")
def test_the_bank_account_of_a_month(open_frame: Callable[..., Opened]) -> None:
    _, screen = opened_at(open_frame, "bank")
    every = screen.bank.rows
    screen.bank_month.setCurrentIndex(screen.bank_month.findData("2024-06"))
    assert 0 < screen.bank.rows <= every
    assert "期末" in screen.bank_words.text()
    screen.bank_month.setCurrentIndex(0)
    assert screen.bank.rows == every
    enter(screen.bank.view)
    assert screen.tab == "vouchers"


def test_interest_is_reversed_and_what_an_act_posted_is_not(
    open_frame: Callable[..., Opened], lived: Lived
) -> None:
    store = lived.month.store
    known = {one.event: one.id for one in vouchers(store)}
    opened, screen = opened_at(open_frame, "vouchers", row=known["interest"])
    screen.ask_reverse()
    answer(opened, screen, reason="多记")
    assert "红字凭证" in screen.bar.words.text()
    screen.show_voucher(known["approve"])
    screen.ask_reverse()
    answer(opened, screen, reason="试试")
    assert "不能单独冲销" in screen.question.bar.words.text()
    assert screen.question.values()["reason"] == "试试"


def test_reviewers_look_and_do_not_reverse(open_frame: Callable[..., Opened], lived: Lived) -> None:
    opened, _ = opened_at(open_frame, "vouchers", "复核丙")
    assert acts(opened)["打印凭证"]
    assert not acts(opened)["红字冲销"]


@pytest.mark.usefixtures("lived")
def test_selected_vouchers_are_previewed(open_frame: Callable[..., Opened]) -> None:
    _, screen = opened_at(open_frame, "vouchers")
    screen.vouchers.view.selectAll()
    screen.print_vouchers()
    assert "记账凭证" in screen.voucher_preview.windowTitle()
    screen.voucher_preview.close()


def printed(papers: list[VoucherPaper], paper: Paper) -> tuple[int, str]:
    document = voucher_document(papers, Foot(), paper)
    return len(laid_out(document)), text_of(document)


@pytest.mark.usefixtures("qapp")
def test_a_voucher_on_paper_has_its_figures_and_a_long_one_goes_on(lived: Lived) -> None:
    store = lived.month.store
    one = next(voucher for voucher in vouchers(store) if voucher.event == "approve")
    lines = lines_of(store, one.id)
    pages, text = printed([VoucherPaper("云溪镇财政所", one, lines)], VOUCHER)
    assert pages == 1
    assert text.count(yuan_text(one.fen)) >= 4  # two lines, and the total of both sides
    long = VoucherPaper("云溪镇财政所", one, [lines[0]] * (ROWS + 1))
    for paper, expected in ((VOUCHER, 2), (A4, 1)):
        pages, text = printed([long], paper)
        assert pages == expected
        assert "1/2" in text
        assert "2/2" in text
        assert "接下页" in text


def test_an_empty_office_has_empty_books(open_frame: Callable[..., Opened]) -> None:
    opened = open_frame("审计戊", date(2024, 6, 3))
    for tab in ("vouchers", "balance", "bank", "allotments", "batches", "programs"):
        opened.frame.go(Place(Room.LEDGER, tab=tab))
    screen = opened.frame.screen_now
    assert isinstance(screen, LedgerScreen)
    assert screen.vouchers.empty.text()
    screen.print_vouchers()
    assert "请先选中" in screen.bar.words.text()
