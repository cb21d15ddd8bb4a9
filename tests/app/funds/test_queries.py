from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk import Desk
from app.funds.queries import (
    AllotmentView,
    AmbiguousAllotment,
    NoSuchAllotment,
    NotEnoughFunds,
    allotment_of,
    allotments,
    find_allotment,
    ledger_balance,
    receipts,
    spread_over,
)
from app.programs.queries import find_program
from models.domain.money import Fen
from models.domain.posting import FundingLine, Ledger
from tests.app.funds.money import LAND, allot, funded, receive, use


def test_the_limit_is_the_smaller_of_allotted_and_received(desk: Desk) -> None:
    one = allot(desk, 100_000)
    assert (allotment_of(desk.store, one).limit_fen, allotment_of(desk.store, one).available_fen) == (0, 0)
    receive(desk, one, 60_000)
    assert allotment_of(desk.store, one).limit_fen == 60_000
    receive(desk, one, 60_000)
    known = allotment_of(desk.store, one)
    assert (known.received_fen, known.limit_fen, known.used_fen, known.available_fen) == (
        120_000,
        100_000,
        0,
        100_000,
    )


def test_what_batches_took_and_gave_back(desk: Desk) -> None:
    one = funded(desk, 100_000)
    use(desk, one, 30_000, back=10_000)
    known = allotment_of(desk.store, one)
    assert (known.used_fen, known.available_fen) == (20_000, 80_000)


def test_document_order_is_day_of_issue_then_document(desk: Desk) -> None:
    third = allot(desk, 1, document="浙财农〔2024〕3号", issued_on="2024-05-02")
    second = allot(desk, 1, document="浙财农〔2024〕2号", issued_on="2024-05-01")
    first = allot(desk, 1, document="浙财农〔2024〕1号", issued_on="2024-05-01")
    other = allot(desk, 1, program="2110501", document="浙财农〔2024〕1号", issued_on="2024-04-01")
    assert [one.id for one in allotments(desk.store)] == [other, first, second, third]
    land = find_program(desk.store, LAND).id
    assert [one.id for one in allotments(desk.store, land)] == [first, second, third]


def test_an_allotment_is_found_by_its_document_however_written(desk: Desk) -> None:
    one = allot(desk, 1, document="浙财社[2024]010号", level="省")
    two = allot(desk, 1, document="浙财社〔2024〕10号", level="县")
    assert find_allotment(desk.store, "浙财社（2024）10号", level="县").id == two
    assert find_allotment(desk.store, str(one)).id == one
    with pytest.raises(AmbiguousAllotment, match="有 2 条资金指标"):
        find_allotment(desk.store, "浙财社〔2024〕10号")
    for text in ("浙财社〔2024〕11号", "99"):
        with pytest.raises(NoSuchAllotment):
            find_allotment(desk.store, text)
    with pytest.raises(NoSuchAllotment):
        find_allotment(desk.store, str(one), program_id=find_program(desk.store, "2110501").id)


def test_receipts_and_balances_are_seen(desk: Desk) -> None:
    one = allot(desk, 100_000)
    receive(desk, one, 60_000, "2024-05-28")
    receive(desk, one, 40_000, "2024-05-20")
    assert [(row.received_on, row.fen) for row in receipts(desk.store, one)] == [
        ("2024-05-20", 40_000),
        ("2024-05-28", 60_000),
    ]
    assert ledger_balance(desk.store, Ledger.DEPOSIT) == 100_000
    assert ledger_balance(desk.store, Ledger.FUNDED) == 100_000


def test_spreading_takes_the_oldest_document_first(desk: Desk) -> None:
    one = funded(desk, 100, document="浙财农〔2024〕1号", issued_on="2024-05-01")
    allot(desk, 100, document="浙财农〔2024〕2号", issued_on="2024-05-02")  # nothing received
    two = funded(desk, 100, document="浙财农〔2024〕3号", issued_on="2024-05-03")
    land = find_program(desk.store, LAND).id
    assert spread_over(desk.store, land, Fen(150), 2024) == [
        FundingLine(one, Fen(100)),
        FundingLine(two, Fen(50)),
    ]
    assert spread_over(desk.store, land, Fen(100), 2024) == [FundingLine(one, Fen(100))]
    with pytest.raises(NotEnoughFunds, match=r"需要 2\.01 元，.*还可用 2\.00 元，差 0\.01 元"):
        spread_over(desk.store, land, Fen(201), 2024)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(1, 400))
def test_spread_sums_exactly_in_order_and_overdraws_nothing(available: list[int], fen: int) -> None:
    known = [_view(place, some) for place, some in enumerate(available, 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.funds.queries.allotments", lambda store, program_id: known)
        patch.setattr(
            "app.funds.queries.program_of", lambda store, program_id: type("P", (), {"name": "耕地"})
        )
        if fen > sum(available):
            with pytest.raises(NotEnoughFunds):
                spread_over(None, 1, Fen(fen), 2024)  # type: ignore[arg-type]
            return
        lines = spread_over(None, 1, Fen(fen), 2024)  # type: ignore[arg-type]
    assert sum(line.fen for line in lines) == fen
    assert all(0 < line.fen <= available[line.allotment_id - 1] for line in lines)
    assert all(before.allotment_id < after.allotment_id for before, after in pairwise(lines))
    assert all(line.fen == available[line.allotment_id - 1] for line in lines[:-1])


def _view(place: int, available: int) -> AllotmentView:
    fen = Fen(available)
    return AllotmentView(
        place, 1, LAND, "耕地", "", "", 2024, "2024-01-01", fen, fen, fen, Fen(0), fen, None, False, ""
    )
