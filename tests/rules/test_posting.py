"""Vouchers balance for every event, and a year of events leaves books that agree."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import posting
from models.domain.money import Fen
from models.domain.posting import (
    EVENT_NAMES,
    LEDGER_NAMES,
    Event,
    FundingLine,
    FundingSpent,
    Ledger,
    Leg,
    NothingToPost,
    balance,
    difference,
    funding_left,
    spread,
    turnovers,
)

fens = st.integers(1, 10**13).map(Fen)


def funding_of(amounts: list[Fen]) -> list[FundingLine]:
    return [FundingLine(place, fen) for place, fen in enumerate(amounts, 1)]


fundings = st.lists(fens, min_size=1, max_size=6).map(funding_of)
few_fen = st.lists(st.integers(1, 200).map(Fen), min_size=1, max_size=6).map(funding_of)
vouchers: dict[str, st.SearchStrategy[list[Leg]]] = {
    "receipt": fens.map(lambda fen: posting.receipt(1, 2, fen)),
    "carry_over": fens.map(lambda fen: posting.carry_over(1, 2, 3, fen)),
    "approve": fundings.map(lambda funding: posting.approve(1, 2, funding)),
    "stop": fundings.map(lambda funding: posting.stop_after_approval(1, 2, funding)),
    "restore": fundings.map(lambda funding: posting.restore_after_stop(1, 2, funding)),
    "send": fens.map(lambda fen: posting.send(1, 2, fen)),
    "come_back": fens.map(lambda fen: posting.come_back(1, 2, fen)),
    "send_reissue": st.lists(fens, min_size=1, max_size=5).map(
        lambda amounts: posting.send_reissue(9, 2, list(enumerate(amounts, 1)))
    ),
    "refund": fens.map(lambda fen: posting.refund(1, 2, fen)),
    "close_unpaid": fens.map(lambda fen: posting.close_unpaid(1, 2, fen)),
    "interest": fens.map(posting.interest),
    "charge": fens.map(posting.charge),
    "hand_over": fens.map(posting.hand_over),
    "recover": fundings.map(lambda funding: posting.recover(1, 2, funding, year_closed=False)),
    "recover_closed": fundings.map(lambda funding: posting.recover(1, 2, funding, year_closed=True)),
}


@pytest.mark.parametrize("event", vouchers)
@given(drawn=st.data())
def test_every_voucher_balances_and_each_leg_has_one_side(event: str, drawn: st.DataObject) -> None:
    legs = drawn.draw(vouchers[event])
    assert len(legs) >= 2
    assert difference(legs) == 0
    assert all((leg.debit == 0) != (leg.credit == 0) for leg in legs)
    red = posting.reverse(legs)
    assert difference(red) == 0
    assert all(balance(ledger, [*legs, *red]) == 0 for ledger in Ledger)


def sides(legs: list[Leg]) -> list[tuple[str, str, int]]:
    return [(LEDGER_NAMES[leg.ledger], "借" if leg.debit else "贷", leg.debit or leg.credit) for leg in legs]


HUNDRED = [FundingLine(1, Fen(60)), FundingLine(2, Fen(40))]


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        (posting.receipt(1, 1, Fen(5)), [("代发专户存款", "借", 5), ("补贴资金拨入", "贷", 5)]),
        (
            posting.approve(1, 1, HUNDRED),
            [("补贴支出", "借", 60), ("补贴支出", "借", 40), ("应付补贴款", "贷", 100)],
        ),
        (
            posting.stop_after_approval(1, 1, HUNDRED),
            [("补贴支出", "借", -60), ("补贴支出", "借", -40), ("应付补贴款", "贷", -100)],
        ),
        (posting.send(1, 1, Fen(5)), [("应付补贴款", "借", 5), ("代发专户存款", "贷", 5)]),
        (posting.come_back(1, 1, Fen(5)), [("代发专户存款", "借", 5), ("退回待处理补贴款", "贷", 5)]),
        (
            posting.send_reissue(2, 1, [(1, Fen(5))]),
            [("退回待处理补贴款", "借", 5), ("代发专户存款", "贷", 5)],
        ),
        (posting.refund(1, 1, Fen(5)), [("退回待处理补贴款", "借", 5), ("代发专户存款", "贷", 5)]),
        (posting.close_unpaid(1, 1, Fen(5)), [("退回待处理补贴款", "借", 5), ("应缴财政款", "贷", 5)]),
        (posting.interest(Fen(5)), [("代发专户存款", "借", 5), ("应缴财政款", "贷", 5)]),
        (posting.charge(Fen(5)), [("应缴财政款", "借", 5), ("代发专户存款", "贷", 5)]),
        (
            posting.recover(1, 1, HUNDRED, year_closed=False),
            [("代发专户存款", "借", 100), ("补贴支出", "贷", 60), ("补贴支出", "贷", 40)],
        ),
        (
            posting.recover(1, 1, HUNDRED, year_closed=True),
            [("代发专户存款", "借", 100), ("应缴财政款", "贷", 100)],
        ),
    ],
)
def test_the_entries_are_those_of_the_books(legs: list[Leg], expected: list[tuple[str, str, int]]) -> None:
    assert sides(legs) == expected


def test_a_batch_with_every_kind_of_end_leaves_each_account_as_it_should() -> None:
    legs = posting.receipt(1, 7, Fen(1000)) + posting.approve(1, 7, [FundingLine(1, Fen(900))])
    legs += posting.stop_after_approval(1, 7, [FundingLine(1, Fen(100))]) + posting.send(1, 7, Fen(800))
    legs += posting.come_back(1, 7, Fen(300)) + posting.send_reissue(2, 7, [(1, Fen(200))])
    legs += posting.come_back(2, 7, Fen(50)) + posting.close_unpaid(1, 7, Fen(100))
    legs += posting.recover(1, 7, [FundingLine(1, Fen(80))], year_closed=False)
    assert {LEDGER_NAMES[ledger]: balance(ledger, legs) for ledger in Ledger} == {
        "代发专户存款": 1000 - 800 + 300 - 200 + 50 + 80,
        "补贴资金拨入": 1000,
        "应付补贴款": 0,
        "补贴支出": 900 - 100 - 80,
        "退回待处理补贴款": 300 - 200 + 50 - 100,
        "应缴财政款": 100,
    }
    assert sum(debit - credit for debit, credit in turnovers(legs).values()) == 0


def test_a_red_stop_takes_back_the_approval_on_its_own_side() -> None:
    approved = posting.approve(1, 2, HUNDRED)
    assert posting.stop_after_approval(1, 2, HUNDRED) == posting.reverse(approved)
    assert turnovers([*approved, *posting.reverse(approved)])[Ledger.EXPENSE] == (0, 0)


@pytest.mark.parametrize("fen", [0, -1])
@pytest.mark.parametrize(
    "post",
    [
        lambda fen: posting.receipt(1, 1, fen),
        lambda fen: posting.approve(1, 1, [FundingLine(1, fen)]),
        lambda fen: posting.send(1, 1, fen),
        lambda fen: posting.send_reissue(1, 1, [(1, fen)]),
        lambda fen: posting.recover(1, 1, [FundingLine(1, fen)], year_closed=False),
        lambda fen: spread(fen, HUNDRED),
        posting.interest,
    ],
)
def test_nothing_is_posted_for_no_money(post: Callable[[Fen], object], fen: int) -> None:
    with pytest.raises(NothingToPost) as refused:
        post(Fen(fen))
    assert f"{fen} 分" in refused.value.sentence


def test_an_approval_without_funding_is_not_posted() -> None:
    with pytest.raises(NothingToPost):
        posting.approve(1, 1, [])


@given(few_fen, st.data())
def test_stops_one_after_another_never_give_back_more_than_an_allotment_carries(
    funding: list[FundingLine], drawn: st.DataObject
) -> None:
    given_back: list[FundingLine] = []
    left = Fen(sum(line.fen for line in funding))
    while left:
        fen = drawn.draw(st.integers(max(1, left // 3), left).map(Fen))
        shares = spread(fen, funding_left(funding, given_back))
        assert sum(share.fen for share in shares) == fen
        given_back += shares
        left = Fen(left - fen)
        assert all(line.fen > 0 for line in funding_left(funding, given_back))
    assert funding_left(funding, given_back) == []


def test_more_than_is_left_is_refused_with_what_is_left() -> None:
    with pytest.raises(FundingSpent, match=r"101 分.*100 分"):
        spread(Fen(101), HUNDRED)


def test_events_and_accounts_have_chinese_names_of_their_own() -> None:
    assert set(EVENT_NAMES) == set(Event)
    assert set(LEDGER_NAMES) == set(Ledger)
    for names in (EVENT_NAMES, LEDGER_NAMES):
        assert len(set(names.values())) == len(names)
