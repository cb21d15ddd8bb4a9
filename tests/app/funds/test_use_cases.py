from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk import Desk
from app.funds.queries import NoSuchAllotment, allotment_of, allotments, ledger_balance, receipts, spread_over
from app.funds.steps import AllotmentExists, DepositTooSmall, OpeningReceipt, ReceiptUsed
from app.funds.use_cases import (
    BelowUsed,
    CannotWithdraw,
    CarriedBackwards,
    ChangeWithoutReason,
    DocumentMissing,
    IssuedInFuture,
    NoSuchReceipt,
    NothingToAdjust,
    NothingToCarry,
    NotPositive,
    OpeningDoesNotFit,
    ReceivedInFuture,
    TreasuryTooSmall,
    YearDoesNotFit,
    add_allotment,
    add_charge,
    add_interest,
    add_receipt,
    adjust_allotment,
    carry_allotment_over,
    cut_allotment,
    hand_to_treasury,
    open_allotment,
    open_treasury,
    reverse_receipt,
    withdraw_allotment,
)
from app.programs.queries import NoSuchProgram, find_program
from app.programs.steps import NoSuchLevel
from models.domain.money import Fen
from models.domain.permission import NotPermitted
from models.domain.posting import Ledger
from models.domain.refusal import Refusal
from tests.app.funds.money import LAND, allot, funded, legs, receive, use
from tests.faults import each_statement_failing


def figures(desk: Desk, allotment: int) -> tuple[int, int, int, int]:
    """Allotted, received, used, available."""
    known = allotment_of(desk.store, allotment)
    return known.allotted_fen, known.received_fen, known.used_fen, known.available_fen


# -- allotments ------------------------------------------------------------------------------------------------


def test_an_allotment_keeps_its_document_as_written_and_its_year(desk: Desk) -> None:
    one = allot(desk, 100, document="浙财农[2024]012号", issued_on="2023-12-20")
    known = allotment_of(desk.store, one)
    assert (known.document, known.year, known.program_name) == ("浙财农[2024]012号", 2023, "耕地地力保护补贴")


def test_the_same_document_level_and_year_is_allotted_once(desk: Desk) -> None:
    allot(desk, 100, document="浙财农[2024]012号")
    with pytest.raises(AllotmentExists, match=r"已经登记过，金额 1\.00 元"):
        allot(desk, 200, document="浙财农〔2024〕12号")
    allot(desk, 200, document="浙财农〔2024〕12号", level="县")


def test_allotments_that_cannot_be(desk: Desk) -> None:
    with pytest.raises(NotPositive):
        allot(desk, 0)
    with pytest.raises(DocumentMissing):
        allot(desk, 1, document="  ")
    with pytest.raises(NoSuchProgram):
        allot(desk, 1, program="火星补贴")
    with pytest.raises(NoSuchLevel):
        allot(desk, 1, level="国家")
    with pytest.raises(IssuedInFuture, match="2024-06-04"):
        allot(desk, 1, issued_on="2024-06-04")


@pytest.mark.parametrize(
    ("issued_on", "year", "fits"),
    [
        ("2023-12-20", 2024, True),  # 提前下达
        ("2024-05-20", 2023, True),
        ("2024-05-20", 2025, True),
        ("2021-03-01", 2024, True),  # what is left of earlier years
        ("2024-05-20", 2026, False),
        ("2024-05-20", 20240, False),
        ("2024-05-20", 2022, False),
    ],
)
def test_a_year_fits_its_document_and_today(desk: Desk, issued_on: str, year: int, fits: bool) -> None:
    if fits:
        assert allotment_of(desk.store, allot(desk, 1, issued_on=issued_on, year=year)).year == year
    else:
        with pytest.raises(YearDoesNotFit, match=f"不能是 {year}"):
            allot(desk, 1, issued_on=issued_on, year=year)


def test_only_the_clerk_enters_funds(admin: Desk, approver: Desk) -> None:
    for desk in (admin, approver):
        with pytest.raises(NotPermitted):
            add_allotment(desk, program=LAND, document="文", fen=Fen(1))


def test_adjusting_and_cutting_never_go_below_what_was_used(desk: Desk) -> None:
    one = funded(desk, 100_000)
    use(desk, one, 60_000)
    adjust_allotment(desk, allotment_id=one, fen=Fen(20_000), reason="追加", document="浙财农〔2024〕30号")
    assert figures(desk, one) == (120_000, 100_000, 60_000, 40_000)
    with pytest.raises(BelowUsed, match=r"现有指标 1,200\.00 元，已用 600\.00 元.*最多可减 600\.00 元"):
        cut_allotment(desk, allotment_id=one, fen=Fen(60_001), reason="收回")
    with pytest.raises(BelowUsed):
        adjust_allotment(desk, allotment_id=one, fen=Fen(-60_001), reason="调减")
    cut_allotment(desk, allotment_id=one, fen=Fen(60_000), reason="收回")
    assert figures(desk, one) == (60_000, 100_000, 60_000, 0)


def test_a_change_needs_a_reason_and_an_amount(desk: Desk) -> None:
    one = allot(desk, 100)
    with pytest.raises(ChangeWithoutReason):
        adjust_allotment(desk, allotment_id=one, fen=Fen(1), reason=" ")
    with pytest.raises(ChangeWithoutReason):
        cut_allotment(desk, allotment_id=one, fen=Fen(1), reason="")
    with pytest.raises(NothingToAdjust):
        adjust_allotment(desk, allotment_id=one, fen=Fen(0), reason="改")
    with pytest.raises(NotPositive):
        cut_allotment(desk, allotment_id=one, fen=Fen(-1), reason="改")
    with pytest.raises(BelowUsed):
        cut_allotment(desk, allotment_id=one, fen=Fen(101), reason="改")
    assert figures(desk, one)[0] == 100


def test_what_is_left_is_carried_into_the_next_year_with_its_money(desk: Desk) -> None:
    one = allot(desk, 100_000)
    receive(desk, one, 70_000)
    use(desk, one, 50_000)
    done = carry_allotment_over(desk, allotment_id=one).answer
    new = int(str(done["carried_to"]))
    assert (done["carried_fen"], done["year"]) == (20_000, 2025)
    assert figures(desk, one) == (80_000, 50_000, 50_000, 0)
    assert figures(desk, new) == (20_000, 20_000, 0, 20_000)
    assert allotment_of(desk.store, new).carried_from == one
    assert legs(desk.store, "carry_over") == [("funded", 20_000, 0), ("funded", 0, 20_000)]
    assert ledger_balance(desk.store, Ledger.FUNDED) == ledger_balance(desk.store, Ledger.DEPOSIT) == 70_000


def test_money_that_comes_late_is_carried_to_the_same_new_allotment(desk: Desk) -> None:
    one = allot(desk, 100_000)
    receive(desk, one, 70_000)
    new = int(str(carry_allotment_over(desk, allotment_id=one).answer["carried_to"]))
    receive(desk, one, 30_000)
    assert figures(desk, one) == (30_000, 30_000, 0, 30_000)
    assert carry_allotment_over(desk, allotment_id=one).answer["carried_to"] == new
    assert figures(desk, new) == (100_000, 100_000, 0, 100_000)
    assert figures(desk, one) == (0, 0, 0, 0)


def test_nothing_to_carry_and_backwards(desk: Desk) -> None:
    one = allot(desk, 100)
    with pytest.raises(NothingToCarry, match=r"到账 0\.00 元"):
        carry_allotment_over(desk, allotment_id=one)
    receive(desk, one, 100)
    for year in (2024, 2023):
        with pytest.raises(CarriedBackwards):
            carry_allotment_over(desk, allotment_id=one, year=year)


def test_an_allotment_entered_by_mistake_is_withdrawn(desk: Desk) -> None:
    one = allot(desk, 100)
    with pytest.raises(ChangeWithoutReason):
        withdraw_allotment(desk, allotment_id=one, reason="")
    withdraw_allotment(desk, allotment_id=one, reason="文号录错")
    assert allotments(desk.store) == []
    with pytest.raises(NoSuchAllotment):
        allotment_of(desk.store, one)
    allot(desk, 100)  # the same document again


def test_what_was_built_on_an_allotment_keeps_it(desk: Desk) -> None:
    one = funded(desk, 100)
    use(desk, one, 10)
    cut_allotment(desk, allotment_id=one, fen=Fen(1), reason="核减")
    with pytest.raises(CannotWithdraw, match="有到账记录、有调整、核减或结转、批次用过它的资金"):
        withdraw_allotment(desk, allotment_id=one, reason="误")
    two = funded(desk, 100, document="别〔2024〕1号")
    new = int(str(carry_allotment_over(desk, allotment_id=two).answer["carried_to"]))
    with pytest.raises(CannotWithdraw, match="是上年结转来的"):
        withdraw_allotment(desk, allotment_id=new, reason="误")


# -- receipts --------------------------------------------------------------------------------------------------


def test_a_receipt_posts_its_voucher_on_the_day_it_came(desk: Desk) -> None:
    one = allot(desk, 100)
    receive(desk, one, 60, "2024-05-28")
    assert legs(desk.store, "receipt") == [("deposit", 60, 0), ("funded", 0, 60)]
    assert desk.store.rows("SELECT month, number, posted_on FROM voucher") == [("2024-05", 1, "2024-05-28")]
    add_receipt(desk, allotment_id=one, fen=Fen(40), attachments=2)
    assert desk.store.rows("SELECT month, number, posted_on, attachments FROM voucher WHERE id = 2") == [
        ("2024-06", 1, "2024-06-03", 2)
    ]


def test_more_than_was_allotted_is_booked_and_said(desk: Desk) -> None:
    one = allot(desk, 100)
    done = add_receipt(desk, allotment_id=one, fen=Fen(130))
    assert done.answer["over_fen"] == 30
    assert figures(desk, one) == (100, 130, 0, 100)


def test_receipts_that_cannot_be(desk: Desk) -> None:
    one = allot(desk, 100)
    with pytest.raises(NotPositive):
        add_receipt(desk, allotment_id=one, fen=Fen(0))
    with pytest.raises(ReceivedInFuture, match="2024-06-04 晚于今天的业务日期 2024-06-03"):
        add_receipt(desk, allotment_id=one, fen=Fen(1), received_on=date(2024, 6, 4))
    with pytest.raises(NoSuchAllotment):
        add_receipt(desk, allotment_id=one + 1, fen=Fen(1))
    with pytest.raises(NoSuchReceipt):
        reverse_receipt(desk, receipt_id=1, reason="误")


def test_a_receipt_entered_by_mistake_is_reversed_in_red(desk: Desk) -> None:
    one = allot(desk, 100)
    receive(desk, one, 60)
    wrong = receive(desk, one, 60)
    with pytest.raises(ChangeWithoutReason):
        reverse_receipt(desk, receipt_id=wrong, reason="")
    reverse_receipt(desk, receipt_id=wrong, reason="重复登记")
    assert figures(desk, one) == (100, 60, 0, 60)
    assert legs(desk.store, "reverse") == [("deposit", -60, 0), ("funded", 0, -60)]
    last = receipts(desk.store, one)[0].id
    reverse_receipt(desk, receipt_id=last, reason="重复登记")
    assert [row[0] for row in desk.store.rows("SELECT reverses_id FROM voucher WHERE event = 'reverse'")] == [
        2,
        1,
    ]
    assert ledger_balance(desk.store, Ledger.DEPOSIT) == 0


def test_a_receipt_whose_money_was_used_stays(desk: Desk) -> None:
    one = allot(desk, 100)
    receipt = receive(desk, one, 60)
    use(desk, one, 50)
    with pytest.raises(ReceiptUsed, match=r"这笔到账 0\.60 元不能撤销：现在可用资金只有 0\.10 元"):
        reverse_receipt(desk, receipt_id=receipt, reason="误")
    assert figures(desk, one) == (100, 60, 50, 10)


# -- the special account ---------------------------------------------------------------------------------------


def test_interest_charge_and_hand_over(desk: Desk) -> None:
    add_interest(desk, fen=Fen(500), remark="二季度")
    add_charge(desk, fen=Fen(80))
    done = hand_to_treasury(desk, fen=Fen(420))
    assert done.answer == {"fen": 420, "deposit_fen": 0, "treasury_fen": 0}
    assert legs(desk.store, "interest") == [("deposit", 500, 0), ("treasury", 0, 500)]
    assert legs(desk.store, "charge") == [("treasury", 80, 0), ("deposit", 0, 80)]
    assert legs(desk.store, "hand_over") == [("treasury", 420, 0), ("deposit", 0, 420)]
    assert desk.store.rows("SELECT posted_on, summary FROM voucher ORDER BY id") == [
        ("2024-06-03", "专户利息 二季度"), ("2024-06-03", "专户手续费"), ("2024-06-03", "上缴财政"),
    ]  # fmt: skip


def test_the_account_is_never_overdrawn(desk: Desk) -> None:
    with pytest.raises(DepositTooSmall, match=r"余额 0\.00 元，不够支付 0\.01 元"):
        add_charge(desk, fen=Fen(1))
    funded(desk, 100)
    with pytest.raises(TreasuryTooSmall, match=r"上缴 1\.00 元多出 1\.00 元"):
        hand_to_treasury(desk, fen=Fen(100))
    add_interest(desk, fen=Fen(10))
    add_charge(desk, fen=Fen(10))
    for act in (add_interest, add_charge, hand_to_treasury, open_treasury):
        with pytest.raises(NotPositive):
            act(desk, fen=Fen(0))


# -- opening balances ------------------------------------------------------------------------------------------


def opened(desk: Desk, allotted: int = 1_000, received: int = 800, used: int = 300) -> int:
    done = open_allotment(
        desk,
        program=LAND,
        document="浙财农〔2024〕5号",
        allotted=Fen(allotted),
        received=Fen(received),
        used=Fen(used),
    )
    return int(str(done.answer["allotment"]))


def test_an_opening_allotment_has_left_what_it_really_has_left(desk: Desk) -> None:
    one = opened(desk)
    assert figures(desk, one) == (1_000, 800, 300, 500)
    assert legs(desk.store, "opening") == [("deposit", 500, 0), ("expense", 300, 0), ("funded", 0, 800)]
    assert (
        sum(line.fen for line in spread_over(desk.store, find_program(desk.store, LAND).id, Fen(500), 2024))
        == 500
    )
    receive(desk, one, 200)
    use(desk, one, 600)
    assert figures(desk, one) == (1_000, 1_000, 900, 100)


@pytest.mark.parametrize(("received", "used", "lines"), [(0, 0, 0), (800, 0, 2), (300, 300, 2)])
def test_opening_vouchers_have_no_empty_leg(desk: Desk, received: int, used: int, lines: int) -> None:
    one = opened(desk, received=received, used=used)
    assert len(legs(desk.store, "opening")) == lines
    assert figures(desk, one) == (1_000, received, used, received - used)


@pytest.mark.parametrize(("received", "used"), [(800, 801), (1_200, 1_001), (-1, 0), (100, -1)])
def test_opening_figures_that_contradict_each_other(desk: Desk, received: int, used: int) -> None:
    with pytest.raises(OpeningDoesNotFit):
        opened(desk, received=received, used=used)
    assert allotments(desk.store) == []


def test_a_wrong_opening_goes_as_a_whole(desk: Desk) -> None:
    one = opened(desk)
    with pytest.raises(OpeningReceipt):
        reverse_receipt(desk, receipt_id=receipts(desk.store, one)[0].id, reason="误")
    withdraw_allotment(desk, allotment_id=one, reason="金额录错")
    assert {ledger: ledger_balance(desk.store, ledger) for ledger in Ledger} == dict.fromkeys(Ledger, 0)
    assert receipts(desk.store) == []
    two = opened(desk, used=200)
    assert figures(desk, two) == (1_000, 800, 200, 600)
    receive(desk, two, 100)
    with pytest.raises(CannotWithdraw, match="有到账记录"):
        withdraw_allotment(desk, allotment_id=two, reason="误")


def test_opening_without_money_is_withdrawn_like_any_other(desk: Desk) -> None:
    withdraw_allotment(desk, allotment_id=opened(desk, received=0, used=0), reason="误")
    assert legs(desk.store, "reverse") == []


def test_what_is_held_for_the_treasury_at_the_start(desk: Desk) -> None:
    open_treasury(desk, fen=Fen(77), remark="上年利息")
    assert legs(desk.store, "opening") == [("deposit", 77, 0), ("treasury", 0, 77)]


# -- faults ----------------------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Desk, int], object]] = {
    "receipt": lambda desk, one: receive(desk, one, 5),
    "reverse": lambda desk, one: reverse_receipt(desk, receipt_id=1, reason="误"),
    "adjust": lambda desk, one: adjust_allotment(desk, allotment_id=one, fen=Fen(5), reason="追加"),
    "carry": lambda desk, one: carry_allotment_over(desk, allotment_id=one),
    "interest": lambda desk, one: add_interest(desk, fen=Fen(5)),
    "treasury": lambda desk, one: hand_to_treasury(desk, fen=Fen(5)),
    "open": lambda desk, one: opened(desk),
    "close": lambda desk, one: withdraw_allotment(desk, allotment_id=2, reason="误"),
    "open treasury": lambda desk, one: open_treasury(desk, fen=Fen(5)),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, name: str) -> None:
    one = funded(desk, 100)
    if name == "close":
        opened(desk)
    add_interest(desk, fen=Fen(50))
    assert each_statement_failing(desk.store, lambda: ACTS[name](desk, one)) > 4


# -- books -----------------------------------------------------------------------------------------------------

STEPS = st.tuples(
    st.sampled_from(["allot", "receive", "reverse", "adjust", "cut", "carry", "use", "open", "withdraw"]),
    st.integers(0, 30),
    st.integers(0, 30),
)


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=25))
def test_after_any_acts_nothing_is_overdrawn_and_the_books_agree(
    desk: Desk, steps: list[tuple[str, int, int]]
) -> None:
    for act, which, fen in steps:
        with suppress(Refusal):
            _act(desk, act, which, fen)
    for one in allotments(desk.store):
        assert one.available_fen == one.limit_fen - one.used_fen >= 0
        assert one.limit_fen == min(one.allotted_fen, one.received_fen)
        assert one.received_fen == desk.store.value(
            "SELECT coalesce(sum(credit_fen - debit_fen), 0) FROM voucher_line WHERE ledger = 'funded' AND allotment_id = ?",
            (one.id,),
        )
    assert ledger_balance(desk.store, Ledger.FUNDED) == sum(
        one.received_fen for one in allotments(desk.store)
    )


def _act(desk: Desk, act: str, which: int, fen: int) -> None:
    known = allotments(desk.store)
    if act == "allot" or not known:
        allot(desk, fen, document=f"文〔2024〕{which}号")
        return
    if act == "open":
        open_allotment(
            desk, program=LAND, document=f"初{which}号", allotted=Fen(30), received=Fen(fen), used=Fen(which)
        )
        return
    one = known[which % len(known)]
    if act == "receive":
        receive(desk, one.id, fen)
    elif act == "reverse":
        reverse_receipt(desk, receipt_id=which, reason="误")
    elif act == "adjust":
        adjust_allotment(desk, allotment_id=one.id, fen=Fen(fen - 15), reason="调")
    elif act == "cut":
        cut_allotment(desk, allotment_id=one.id, fen=Fen(fen), reason="减")
    elif act == "carry":
        carry_allotment_over(desk, allotment_id=one.id)
    elif act == "use" and fen:
        for line in spread_over(desk.store, one.program_id, Fen(fen), 2030):
            use(desk, line.allotment_id, line.fen)
    elif act == "withdraw":
        withdraw_allotment(desk, allotment_id=one.id, reason="误")
