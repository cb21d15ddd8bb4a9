"""台账 › 对账: a statement comes in, interest in it is posted, what is left is matched by hand; the balances agree."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.desk import Desk
from app.statements.queries import proposals, reconcile, statements
from tests.app.ledger.lived import Lived, live
from tests.app.statements.test_doors import as_booked, statement
from tests.ui.conftest import Opened
from tests.ui.screens.answering import acts, answer, press
from ui.routes import Place, Room
from ui.screens.ledger.screen import LedgerScreen


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def opened_at(open_frame: Callable[..., Opened], name: str = "经办甲") -> tuple[Opened, LedgerScreen]:
    opened = open_frame(name, date(2024, 7, 5))
    opened.frame.go(Place(Room.LEDGER, tab="reconcile"))
    screen = opened.frame.screen_now
    assert isinstance(screen, LedgerScreen)
    opened.settle()
    return opened, screen


def test_a_statement_is_taken_posted_from_and_reconciled(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    store = lived.month.store
    opened, screen = opened_at(open_frame)
    tab = screen.reconciling
    assert "请先登记" in tab.verdict.text()
    assert {words for words, enabled in acts(opened).items() if enabled} >= {"登记对账单"}
    assert not acts(opened)["据此记账"]
    moves = [*as_booked(lived), ("2024-06-28", "结息", 50)]
    path = statement(tmp_path / "6月.xlsx", moves)
    press(opened, "Ctrl+N")
    answer(opened, screen, file=str(path))
    assert "还有 1 笔没有对上凭证" in screen.bar.words.text()
    assert tab.table.rows == len(moves)
    assert tab.statement.count() == 1
    assert "✓ 调节后相符" in tab.verdict.text()
    press(opened, "Ctrl+N")
    answer(opened, screen, file=str(path))
    assert "已经登记过" in screen.question.bar.words.text()
    screen.question.reject()

    tab.only_open.setChecked(True)
    assert tab.table.rows == 1
    tab.table.go_to_id(proposals(store)[0].id)
    press(opened, "F2")
    answer(opened, screen)
    assert "利息 0.50 元已记账" in screen.bar.words.text()
    assert reconcile(store).bank_items == ()
    assert tab.table.rows == 0


def test_by_hand_and_apart_again(open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path) -> None:
    store = lived.month.store
    moves = as_booked(lived)
    interest = next(one for one in moves if "利息" in one[1])
    parts = [("2024-06-21", "结息一", 40), ("2024-06-22", "结息二", 60)]
    path = statement(tmp_path / "6月.xlsx", [*(one for one in moves if one != interest), *parts])
    opened, screen = opened_at(open_frame)
    tab = screen.reconciling
    press(opened, "Ctrl+N")
    answer(opened, screen, file=str(path))
    tab.only_open.setChecked(True)
    tab.table.view.selectAll()
    press(opened, "F9")
    opened.settle()
    assert "请在上面选中" in screen.bar.words.text()
    tab.vouchers.go_to_row(0)
    press(opened, "F9")
    opened.settle()
    assert "已对账" in screen.bar.words.text()
    assert statements(store)[0].open_lines == 0
    tab.only_open.setChecked(False)
    tab.table.go_to_row(tab.table.rows - 1)
    tab.take_apart()
    opened.settle()
    assert statements(store)[0].open_lines == 2
    press(opened, "F7")
    assert "余额调节表" in screen.preview.windowTitle()
    screen.preview.close()
    screen.reconciling.ask_undo()
    answer(opened, screen, reason="取错了")
    assert statements(store) == []


def test_what_the_bank_itself_took_back_needs_no_voucher(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    wrong = [("2024-06-28", "来账 错账", 999), ("2024-06-29", "冲正", -999)]
    moves = [
        one for one in as_booked(lived) if "利息" not in one[1]
    ]  # a voucher stays open, and is the current one below
    path = statement(tmp_path / "6月.xlsx", [*moves, *wrong])
    opened, screen = opened_at(open_frame)
    tab = screen.reconciling
    press(opened, "Ctrl+N")
    answer(opened, screen, file=str(path))
    tab.only_open.setChecked(True)
    tab.vouchers.go_to_row(0)
    tab.table.view.selectAll()
    press(opened, "F9")
    opened.settle()
    assert "2 笔收支互相冲抵" in screen.bar.words.text()
    assert statements(lived.month.store)[0].open_lines == 0
    assert [one.fen for one in reconcile(lived.month.store).book_in] == [100]
    tab.only_open.setChecked(False)
    tab.table.go_to_row(tab.table.rows - 1)
    tab.take_apart()
    opened.settle()
    assert "已取消与 银行冲正 的对账" in screen.bar.words.text()


@pytest.mark.usefixtures("lived")
def test_an_auditor_only_looks(open_frame: Callable[..., Opened]) -> None:
    opened, _ = opened_at(open_frame, "审计戊")
    assert not any(acts(opened)[words] for words in ("登记对账单", "自动对账", "据此记账", "撤销对账单"))
