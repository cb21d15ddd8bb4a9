"""资金指标: entered, received, changed and taken back by keys; the bar and the card say the same as the books."""

from collections.abc import Callable
from datetime import date

import pytest

from app.desk import Desk
from app.funds.queries import allotments, ledger_balance, receipts
from app.funds.use_cases import adjust_allotment
from models.domain.money import Fen
from models.domain.posting import Ledger
from tests.app.funds.money import LAND, allot, funded, use
from tests.conftest import seat
from tests.ui.conftest import Opened
from tests.ui.printing.reading import text_of
from tests.ui.screens.answering import acts, answer, enter, press
from ui.routes import Place, Room
from ui.screens.funds.screen import FundsScreen

DAY = date(2024, 6, 3)


def opened_at(
    open_frame: Callable[..., Opened], name: str = "经办甲", **place: object
) -> tuple[Opened, FundsScreen]:
    opened = open_frame(name, DAY)
    opened.frame.go(Place(Room.FUNDS, **place))  # type: ignore[arg-type]  # a tab or an id
    screen = opened.frame.screen_now
    assert isinstance(screen, FundsScreen)
    return opened, screen


def test_an_empty_office_is_told_what_to_do_first(open_frame: Callable[..., Opened]) -> None:
    _, screen = opened_at(open_frame)
    assert screen.allotments.empty.isVisible()
    assert "Ctrl+N" in screen.allotments.empty.text()
    assert "没有选中" in screen.card.title.text()
    screen.ask_adjust()
    assert "请先选中" in screen.bar.words.text()


def test_an_allotment_and_its_receipt_by_keys(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame)
    press(opened, "Ctrl+N")
    answer(
        opened,
        screen,
        program=LAND,
        document="浙财农[2024]12号",
        level="省",
        issued_on="2024-05-20",
        yuan="1,000.50",
    )
    assert [(one.document, one.allotted_fen) for one in allotments(admin.store)] == [
        ("浙财农[2024]12号", 100_050)
    ]
    assert screen.allotments.rows == 1
    press(opened, "Ctrl+R")
    assert screen.question.values()["allotment"] == str(allotments(admin.store)[0].id)
    answer(opened, screen, yuan="600", received_on="2024-05-28", remark="回单 1", attachments="2")
    assert (screen.card.bar.allotted, screen.card.bar.received, screen.card.bar.used) == (100_050, 60_000, 0)
    assert screen.card.receipts.rowCount() == 1
    assert "可用 600.00 元" in screen.bar.words.text()
    assert admin.store.value("SELECT attachments FROM voucher") == 2


def test_what_comes_next_is_received_for_the_newest(open_frame: Callable[..., Opened], admin: Desk) -> None:
    """The row that stood before must not take the money; one's surplus is not what another may use."""
    opened, screen = opened_at(open_frame)
    for document, yuan in (("浙财农[2024]12号", "100"), ("浙财农[2024]15号", "200")):
        press(opened, "Ctrl+N")
        answer(opened, screen, program=LAND, document=document, level="省", issued_on="2024-05-20", yuan=yuan)
        newest = max(one.id for one in allotments(admin.store))
        press(opened, "Ctrl+R")
        assert screen.question.values()["allotment"] == str(newest)
        answer(opened, screen, yuan="150", received_on="2024-05-28", remark="", attachments="1")
    assert (screen.total.allotted, screen.total.received) == (30_000, 30_000)
    assert screen.total.available == 10_000 + 15_000


def test_what_is_refused_keeps_what_was_typed(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame)
    screen.ask_new()
    answer(opened, screen, program=LAND, document="新财〔2024〕1号", yuan="12.345")
    assert not screen.question.bar.isHidden()
    assert screen.question.values()["yuan"] == "12.345"
    assert not allotments(admin.store)
    answer(opened, screen, yuan="12.34")
    assert allotments(admin.store)[0].allotted_fen == 1234


def test_adjusted_cut_carried_and_withdrawn(open_frame: Callable[..., Opened], admin: Desk) -> None:
    clerk = seat(admin, "经办甲")
    one = funded(clerk, 100_000)
    use(clerk, one, 30_000)
    wrong = allot(clerk, 5_000, document="新财〔2024〕9号")
    opened, screen = opened_at(open_frame, id=one)
    assert screen.allotments.current_id() == one
    assert screen.card.uses.rowCount() == 1
    press(opened, "F2")
    answer(opened, screen, yuan="-100", reason="多下达")
    assert screen.card.bar.allotted == 90_000
    screen.ask_cut()
    answer(opened, screen, yuan="800", reason="收回")
    assert "最多可减 600.00" in screen.question.bar.words.text()
    answer(opened, screen, yuan="100")
    assert screen.card.bar.allotted == 80_000
    assert [screen.card.changes.item(row, 1).text() for row in range(2)] == ["调整", "核减"]
    screen.ask_carry()
    answer(opened, screen, reason="年终")
    assert [(view.year, view.available_fen) for view in allotments(admin.store) if view.carried_from] == [
        (2025, 50_000)
    ]
    screen.allotments.go_to_id(wrong)
    screen.ask_withdraw()
    answer(opened, screen, reason="登重了")
    assert wrong not in [view.id for view in allotments(admin.store)]


def test_a_receipt_is_reversed_in_red(open_frame: Callable[..., Opened], admin: Desk) -> None:
    funded(seat(admin, "经办甲"), 100_000)
    opened, screen = opened_at(open_frame, tab="receipts")
    screen.print_receipt()
    assert "壹仟元整" in text_of(screen.preview.document)
    screen.preview.close()
    screen.ask_reverse()
    answer(opened, screen, reason="登错专户")
    assert receipts(admin.store) == []
    assert ledger_balance(admin.store, Ledger.DEPOSIT) == 0


def test_interest_a_charge_and_what_goes_to_the_treasury(
    open_frame: Callable[..., Opened], admin: Desk
) -> None:
    opened, screen = opened_at(open_frame, tab="account")
    for act, yuan in (("interest", "3.50"), ("charge", "1"), ("treasury", "2.5")):
        screen.ask_account(act)
        answer(opened, screen, yuan=yuan)
    assert ledger_balance(admin.store, Ledger.DEPOSIT) == 0
    assert screen.deposits.rows == 3
    assert screen.deposits.model.text(0, 6) == "0.00"
    assert "账面余额 0.00 元" in screen.account_words.text()
    screen.deposits.select_row(0)
    enter(screen.deposits.view)
    assert opened.frame.screen_now.room is Room.LEDGER


def test_a_use_opens_its_batch(open_frame: Callable[..., Opened], admin: Desk) -> None:
    clerk = seat(admin, "经办甲")
    one = funded(clerk, 100_000)
    batch = use(clerk, one, 30_000)
    opened, screen = opened_at(open_frame, id=one)
    went: list[Place] = []
    screen.go.disconnect(opened.frame.go)
    screen.go.connect(went.append)
    screen.card.uses.setCurrentCell(0, 0)
    enter(screen.card.uses)
    assert went == [Place(Room.BATCHES, id=batch)]


@pytest.mark.parametrize("name", ["复核丙", "审批丁", "审计戊"])
def test_others_may_look_and_change_nothing(open_frame: Callable[..., Opened], name: str) -> None:
    opened, screen = opened_at(open_frame, name)
    for tab in range(3):
        screen.tabs.setCurrentIndex(tab)
        allowed = [words for words, enabled in acts(opened).items() if enabled]
        assert set(allowed) <= {"导出", "打印", "列设置", "打印到账单"}


def test_the_card_says_the_whole_number_of_a_batch(open_frame: Callable[..., Opened], desk: Desk) -> None:
    one = funded(desk, 10_000)
    use(desk, one, 4_000)
    adjust_allotment(desk, allotment_id=one, fen=Fen(999_990_000), reason="追加", document="")
    opened, screen = opened_at(open_frame)
    try:
        opened.frame.set_text_size(3)
        opened.settle()
        uses = screen.card.uses
        assert uses.columnWidth(0) > uses.fontMetrics().horizontalAdvance(uses.item(0, 0).text())
        assert uses.isColumnHidden(2)  # nothing came back: the room is the number's
        bar = screen.card.bar
        lines = bar._legend_lines(bar.width())
        assert [text for line in lines for text, _ in line] == [
            "■ 已用 40.00",
            "■ 可用 60.00",
            "■ 未到账 9,999,900.00",
        ]
        for line in lines:
            wide = sum(bar.fontMetrics().horizontalAdvance(text) for text, _ in line)
            assert wide <= bar.width()
        assert bar.height() >= bar.heightForWidth(bar.width())
    finally:
        opened.frame.set_text_size(0)
