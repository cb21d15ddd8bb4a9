"""年终结账: what stops it is named, what it carries adds up, the books take nothing more, and the way back needs two people."""

from pathlib import Path

import pytest

from app.archive.use_cases import archive_batch, make_dossier
from app.batches.use_cases import approve_batch, create_batch, reissue_batch, review_batch, submit_batch
from app.desk import Desk
from app.doctor import check_up
from app.funds.queries import allotments, ledger_balance
from app.funds.use_cases import add_interest, add_receipt
from app.reports.use_cases import send_back_report, submit_report
from app.returns.use_cases import bounce_payment
from app.yearend.queries import balances, carried_returns, closing_plan, open_returns, years
from app.yearend.use_cases import (
    CannotClose,
    LaterYearClosed,
    ReopenedBySame,
    ReopenReasonMissing,
    ask_reopen,
    close_year,
    reopen_year,
    turn_down_reopen,
)
from models.domain.flows.roads import NoRoad
from models.domain.flows.year_flow import YearState
from models.domain.money import Fen
from models.domain.permission import NotPermitted
from models.domain.posting import Ledger
from models.store.closing import YearIsClosed
from tests.app.batches.months import AGED, Month
from tests.app.ledger.lived import Lived, live, to_bank_and_back
from tests.faults import each_statement_failing

CLOSING = "2025-01-10"


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def at(lived: Lived, day: str = CLOSING) -> Desk:
    return lived.month.later(lived.month.clerk, day)


def approver(lived: Lived, day: str = CLOSING) -> Desk:
    return lived.month.later(lived.month.approver, day)


def reported(lived: Lived, day: str = "2024-07-02") -> None:
    submit_report(at(lived, day), month="2024-06")


def test_everything_that_stops_it_is_named(lived: Lived) -> None:
    store = lived.month.store
    lived.month.aged(2, period="2024-07")
    create_batch(at(lived, "2024-07-01"), program=AGED, period="2024-07")
    plan = closing_plan(store, 2024, "2024-12-31")
    told = "".join(plan.stops)
    assert len(plan.stops) == 3
    assert "2024 年还没有过完" in told
    assert "2024-06（未上报）" in told
    assert "2080502-2024-07-01（" in told
    with pytest.raises(CannotClose, match="2024-06") as refused:
        close_year(at(lived), year=2024)
    assert "2080502-2024-07-01" in refused.value.sentence
    with pytest.raises(CannotClose, match="没有记过账"):
        close_year(at(lived), year=2023)


def test_money_under_way_stops_it_and_failed_money_does_not(lived: Lived) -> None:
    reported(lived)
    store = lived.month.store
    with store.writing():  # as after a bank file that nobody answered
        store.execute("UPDATE batch SET state = 'settling' WHERE id = ?", (lived.first,))
        store.execute(
            "UPDATE payment SET bucket = 'in_flight' WHERE batch_id = ? AND line = 5", (lived.first,)
        )
    assert any("2080502-2024-06-01" in one for one in closing_plan(store, 2024, CLOSING).stops)


def test_it_carries_balances_open_returns_and_allotments(lived: Lived) -> None:
    reported(lived)
    clerk, store = at(lived, "2024-12-20"), lived.month.store
    bounced = lived.month.payment(lived.first, 4)
    bounce_payment(clerk, payment_id=bounced, reason="账户已销户")
    submit_report(at(lived, "2025-01-04"), month="2024-12")
    left = sum(one.available_fen for one in allotments(store))
    deposit = ledger_balance(store, Ledger.DEPOSIT)

    plan = closing_plan(store, 2024, CLOSING)
    assert plan.stops == ()
    (open_one,) = plan.returns
    assert (open_one.payment_id, open_one.fen, open_one.failed_on) == (bounced, 5000, "2024-12-20")
    assert open_one.kind == "退票"
    assert open_one.voucher.startswith("2024-12/记-")
    assert len(open_one.slip_sha256) == 64
    assert "新财〔2024〕1号" in open_one.documents

    answer = close_year(at(lived), year=2024).answer
    assert (answer["returns"], answer["returned_fen"], answer["carried_fen"]) == (1, 5000, left)
    kept = {
        (ledger, fen)
        for ledger, fen in store.rows("SELECT ledger, sum(fen) FROM year_balance GROUP BY ledger")
    }
    assert (Ledger.DEPOSIT, deposit) in kept
    assert (Ledger.RETURNED, 5000) in kept
    assert sum(fen for ledger, fen in kept if ledger in ("deposit", "expense")) == sum(
        fen for ledger, fen in kept if ledger not in ("deposit", "expense")
    )
    assert [one.payment_id for one in carried_returns(store, 2024)] == [bounced]
    assert [(one.year, one.available_fen) for one in allotments(store) if one.available_fen] == [(2025, left)]
    assert check_up(store) == []
    # the money of the old year goes on its way in the new one, and the register says what became of it
    reissue(lived)
    assert check_up(store) == []
    (after,) = carried_returns(store)
    assert after.now.value == "reissued"


def reissue(lived: Lived) -> None:
    reissue_batch(at(lived), batch_id=lived.first)


def test_money_that_failed_before_and_was_reissued_after_the_year_is_in_the_register(lived: Lived) -> None:
    reported(lived)
    bounced = lived.month.payment(lived.first, 4)
    bounce_payment(at(lived, "2024-12-20"), payment_id=bounced, reason="账户已销户")
    submit_report(at(lived, "2025-01-04"), month="2024-12")
    reissue(lived)
    store = lived.month.store
    plan = closing_plan(store, 2024, CLOSING)
    assert [one.payment_id for one in plan.returns] == [bounced]
    assert plan.returned_fen == sum(one.fen for one in balances(store, 2024) if one.ledger is Ledger.RETURNED)


def test_a_reissue_made_before_and_sent_after_the_year_is_in_the_register(
    lived: Lived, tmp_path: Path
) -> None:
    """The money lies in 退回待处理 until the reissue is sent, whenever it was made; a reissue of January that came to nothing too."""
    reported(lived)
    month, store = lived.month, lived.month.store
    payment = month.payment(lived.first, 4)
    bounce_payment(at(lived, "2024-12-20"), payment_id=payment, reason="账户已销户")
    again = int(str(reissue_batch(at(lived, "2024-12-30"), batch_id=lived.first).answer["batch"]))
    day = "2024-12-31"
    submit_batch(at(lived, day), batch_id=again, reasons=month.reasons(again))
    review_batch(month.later(month.reviewer, day), batch_id=again)
    approve_batch(approver(lived, day), batch_id=again)
    to_bank_and_back(month, again, tmp_path / "again", {}, day="2025-01-05")
    submit_report(at(lived, "2025-01-06"), month="2024-12")
    plan = closing_plan(store, 2024, CLOSING)
    assert plan.stops == ()
    assert [(one.payment_id, one.now.value) for one in plan.returns] == [(payment, "reissued")]
    assert plan.returned_fen == sum(one.fen for one in balances(store, 2024) if one.ledger is Ledger.RETURNED)
    close_year(at(lived), year=2024)
    assert open_returns(store, 2025) == []
    assert check_up(store) == []


def test_a_closed_year_takes_nothing(lived: Lived) -> None:
    reported(lived)
    close_year(at(lived), year=2024)
    store, clerk = lived.month.store, at(lived)
    with pytest.raises(YearIsClosed, match="2024 年已经年终结账") as refused:
        add_receipt(clerk, allotment_id=1, fen=Fen(100), received_on=clerk.today.replace(year=2024, month=12))
    assert "2025 年" in refused.value.sentence
    add_interest(clerk, fen=Fen(100))  # the new year goes on
    send_back_report(approver(lived), month="2024-06", reason="重报")
    with pytest.raises(YearIsClosed, match="2024-06"):
        submit_report(clerk, month="2024-06")
    for sql in (
        "INSERT INTO voucher (month, number, posted_on, event, summary, operator_id) VALUES ('2024-12', 9, '2024-12-31', 'receipt', 'x', 1)",
        "INSERT INTO month_tally (batch_id, month, event, households, people, payments, fen) VALUES (1, '2024-12', 'paid', 1, 1, 1, 1)",
        "UPDATE month_tally SET fen = fen + 1",
        "UPDATE monthly_return SET figures = '{}'",
        "INSERT INTO monthly_return (month, state, figures, changed_on) VALUES ('2024-11', 'reported', '', '')",
        "DELETE FROM year_close",
        "UPDATE year_close SET state = 'open', reopen_reason = 'x', asked_by = 1, reopened_by = 2",
        "UPDATE year_balance SET fen = 1",
        "DELETE FROM year_balance",
    ):
        with pytest.raises(Exception, match=r"closed_year|year_close|year_balance"), store.writing():
            store.execute(sql)
    assert check_up(store) == []


def test_a_batch_of_the_old_year_is_archived_in_the_new(lived: Lived) -> None:
    reported(lived)
    close_year(at(lived), year=2024)
    make_dossier(at(lived), batch_id=lived.first)
    archive_batch(at(lived), batch_id=lived.first)
    assert check_up(lived.month.store) == []


def test_years_close_in_their_order(lived: Lived) -> None:
    add_interest(at(lived, "2025-02-01"), fen=Fen(100))
    with pytest.raises(CannotClose, match="2024 年还没有结账"):
        close_year(at(lived, "2026-01-05"), year=2025)


def test_the_way_back_needs_a_reason_and_another_person(lived: Lived) -> None:
    reported(lived)
    with pytest.raises(NoRoad, match="未结账"):
        ask_reopen(at(lived), year=2024, reason="漏记")
    close_year(at(lived), year=2024)
    with pytest.raises(NoRoad):
        close_year(at(lived), year=2024)
    with pytest.raises(ReopenReasonMissing):
        ask_reopen(at(lived), year=2024, reason=" ")
    with pytest.raises(NoRoad):
        reopen_year(approver(lived), year=2024)
    with pytest.raises(NotPermitted):
        reopen_year(at(lived), year=2024)
    ask_reopen(at(lived), year=2024, reason="漏记到账一笔")
    with pytest.raises(YearIsClosed):  # asking opens nothing
        submit_report(at(lived), month="2024-12")
    turn_down_reopen(approver(lived), year=2024, reason="不同意")
    ask_reopen(at(lived), year=2024, reason="漏记到账一笔")
    reopen_year(approver(lived), year=2024)
    store = lived.month.store
    assert years(store)[0].state is YearState.OPEN or years(store)[-1].state is YearState.OPEN
    assert store.value("SELECT reopen_reason FROM year_close WHERE year = 2024") == "漏记到账一笔"
    assert [row[0] for row in store.rows("SELECT act FROM audit_line WHERE act LIKE 'year.%' ORDER BY seq")] == [
        "year.close", "year.ask_reopen", "year.turn_down", "year.ask_reopen", "year.reopen",
    ]  # fmt: skip
    add_receipt(
        at(lived), allotment_id=1, fen=Fen(100), received_on=at(lived).today.replace(year=2024, month=12)
    )
    submit_report(at(lived), month="2024-12")
    close_year(at(lived), year=2024)
    assert check_up(store) == []


def test_who_asked_does_not_open_and_later_years_come_first(lived: Lived) -> None:
    reported(lived)
    close_year(at(lived), year=2024)
    store = lived.month.store
    ask_reopen(at(lived), year=2024, reason="漏记")
    with store.writing():  # as one who holds both posts
        store.execute("UPDATE operator SET posts = 'clerk,approver' WHERE name = '经办甲'")
    from tests.conftest import seat

    both = lived.month.later(seat(lived.month.admin, "经办甲"), CLOSING)
    with pytest.raises(ReopenedBySame):
        reopen_year(both, year=2024)
    turn_down_reopen(approver(lived), year=2024)
    add_interest(at(lived, "2025-03-01"), fen=Fen(5))
    close_year(at(lived, "2026-01-05"), year=2025)
    with pytest.raises(LaterYearClosed, match="2025"):
        ask_reopen(at(lived, "2026-01-05"), year=2024, reason="漏记")


def test_books_changed_behind_a_closed_year_are_told(lived: Lived) -> None:
    reported(lived)
    close_year(at(lived), year=2024)
    store = lived.month.store
    connection = store.database.connection()
    connection.execute("DROP TRIGGER year_balance_is_final")
    connection.execute("UPDATE year_balance SET fen = fen + 1 WHERE ledger = 'deposit'")
    told = {one.code for one in check_up(store)}
    assert {"books.closed_year", "audit.seals"} <= told


def test_a_fault_at_any_statement_leaves_nothing(lived: Lived) -> None:
    reported(lived)
    desk = at(lived)
    assert each_statement_failing(lived.month.store, lambda: close_year(desk, year=2024, programs=None)) > 10


def test_a_month_by_hand_is_open_money(admin: Desk, tmp_path: Path) -> None:
    """Two of three fail in December; one is still open at the year's end, whatever January brought."""
    month = Month(admin)
    month.policy()
    month.fund()
    month.aged(3)
    batch = month.approved(month.create())
    to_bank_and_back(month, batch, tmp_path, {1: "账户已销户"})
    submit_report(month.later(month.clerk, "2024-07-02"), month="2024-06")
    close_year(month.later(month.clerk, CLOSING), year=2024)
    (row,) = carried_returns(month.store, 2024)
    assert (row.kind, row.line, row.failed_on) == ("发放失败", 1, "2024-06-20")
    assert check_up(month.store) == []
