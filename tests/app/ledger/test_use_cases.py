"""Reversing a voucher: only what no act's state stands on, once, with a reason, in red."""

from pathlib import Path

import pytest

from app.desk import Desk
from app.ledger.queries import find_voucher, lines_of, trial_balance, vouchers
from app.ledger.use_cases import AlreadyReversed, NotReversible, ReversalReasonMissing, reverse_voucher
from models.domain.permission import NotPermitted
from tests.app.ledger.lived import Lived, live
from tests.faults import each_statement_failing

INTEREST = "2024-06/记-0010"


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def test_interest_entered_wrongly_is_reversed_in_red(lived: Lived) -> None:
    clerk = lived.month.later(lived.month.clerk, "2024-07-02")
    answer = reverse_voucher(clerk, voucher=INTEREST, reason="利息记错").answer
    assert (answer["name"], answer["reverses"], answer["fen"]) == ("2024-07/记-0001", INTEREST, 100)
    red = find_voucher(clerk.store, "2024-07/1")
    assert (red.event_name, red.reverses, red.fen) == ("红字冲销", "2024-06/10", -100)
    assert [(line.debit_fen, line.credit_fen) for line in lines_of(clerk.store, red.id)] == [
        (-100, 0),
        (0, -100),
    ]
    assert find_voucher(clerk.store, INTEREST).reversed_by == "2024-07/1"
    assert trial_balance(clerk.store).balances
    with pytest.raises(AlreadyReversed, match="2024-07/1"):
        reverse_voucher(clerk, voucher=INTEREST, reason="再冲")
    with pytest.raises(NotReversible, match="本身就是冲销"):
        reverse_voucher(clerk, voucher="2024-07/1", reason="再冲")


def test_vouchers_of_acts_are_not_reversed_alone(lived: Lived) -> None:
    store = lived.month.store
    for one in vouchers(store):
        if one.event != "interest":
            with pytest.raises(NotReversible, match="不能单独冲销"):
                reverse_voucher(
                    lived.month.later(lived.month.clerk, "2024-07-02"),
                    voucher=f"{one.month}/{one.number}",
                    reason="错",
                )
    assert len(vouchers(store)) == 10


def test_a_reversal_needs_a_reason_and_a_clerk(lived: Lived) -> None:
    with pytest.raises(ReversalReasonMissing):
        reverse_voucher(lived.month.later(lived.month.clerk, "2024-07-02"), voucher=INTEREST, reason=" ")
    with pytest.raises(NotPermitted):
        reverse_voucher(lived.month.later(lived.month.approver, "2024-07-02"), voucher=INTEREST, reason="错")


def test_a_fault_at_any_statement_leaves_nothing(lived: Lived) -> None:
    clerk = lived.month.later(lived.month.clerk, "2024-07-02")
    act = lambda: reverse_voucher(clerk, voucher=INTEREST, reason="利息记错")  # noqa: E731
    assert each_statement_failing(lived.month.store, act) > 6
