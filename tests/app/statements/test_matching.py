"""The bank's movements and the books' paired."""

from hypothesis import given
from hypothesis import strategies as st

from app.statements.matching import WINDOW, Movement, days_apart, paired


def bank(*movements: tuple[int, str, int] | tuple[int, str, int, str]) -> list[Movement]:
    return [Movement(*one) for one in movements]


def pairs(found: object) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    return {(one.bank, one.books) for one in found}  # type: ignore[attr-defined]


def test_the_same_amount_near_in_days() -> None:
    found = paired(
        bank((1, "2024-06-03", 500), (2, "2024-06-04", -500)),
        bank((7, "2024-06-05", 500), (8, "2024-06-01", -500)),
    )
    assert pairs(found) == {((1,), (7,)), ((2,), (8,))}


def test_beyond_the_window_nothing_is_guessed() -> None:
    assert paired(bank((1, "2024-06-01", 500)), bank((7, "2024-06-12", 500))) == []
    assert WINDOW == 10


def test_of_several_the_one_that_names_the_same_goes_first_then_the_nearest() -> None:
    lines = bank(
        (1, "2024-06-03", -900, "代发 2130122-2024-01"), (2, "2024-06-03", -900, "代发 2080502-2024-06")
    )
    vouchers = bank(
        (7, "2024-06-03", -900, "报盘 2080502-2024-06"), (8, "2024-06-09", -900, "报盘 2130122-2024-01")
    )
    assert pairs(paired(lines, vouchers)) == {((1,), (8,)), ((2,), (7,))}
    plain = bank((7, "2024-06-09", -900), (8, "2024-06-04", -900))
    assert pairs(paired(bank((1, "2024-06-03", -900)), plain)) == {((1,), (8,))}


def test_many_movements_are_one_voucher() -> None:
    lines = bank(
        (1, "2024-06-03", -100, "代发"), (2, "2024-06-03", -250, "代发"), (3, "2024-06-03", -30, "手续费")
    )
    assert pairs(paired(lines, bank((7, "2024-06-02", -350)))) == {((1, 2), (7,))}
    assert pairs(paired(lines, bank((7, "2024-06-02", -380)))) == {((1, 2, 3), (7,))}
    assert paired(lines, bank((7, "2024-06-02", -130))) == []  # no subset is tried


def test_many_vouchers_are_one_movement() -> None:
    vouchers = bank((7, "2024-06-02", 100, "退票"), (8, "2024-06-02", 250, "退票"), (9, "2024-06-02", -250))
    assert pairs(paired(bank((1, "2024-06-05", 350)), vouchers)) == {((1,), (7, 8))}


def test_a_reversal_and_its_voucher_are_nothing() -> None:
    vouchers = [
        Movement(7, "2024-06-02", 100),
        Movement(8, "2024-06-20", -100, "", 7),
        Movement(9, "2024-06-20", 100),
    ]
    assert pairs(paired(bank((1, "2024-06-02", 100)), vouchers)) == {((), (7, 8))}


_MOVEMENTS = st.lists(st.tuples(st.integers(1, 28), st.integers(-4, 4).filter(bool)), max_size=8)


@given(_MOVEMENTS, _MOVEMENTS)
def test_every_pairing_agrees_and_uses_a_movement_once(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    left = [Movement(place, f"2024-06-{day:02d}", fen) for place, (day, fen) in enumerate(one)]
    right = [Movement(place, f"2024-06-{day:02d}", fen) for place, (day, fen) in enumerate(other)]
    found = paired(left, right)
    for pairing in found:
        assert sum(left[place].fen for place in pairing.bank) == sum(
            right[place].fen for place in pairing.books
        )
        assert all(
            days_apart(left[a].day, right[b].day) <= WINDOW for a in pairing.bank for b in pairing.books
        )
    for used in ([i for p in found for i in p.bank], [i for p in found for i in p.books]):
        assert len(used) == len(set(used))
    # nothing that is plainly the same is left over
    taken = {i for p in found for i in p.bank}, {i for p in found for i in p.books}
    for a in left:
        for b in right:
            same = a.fen == b.fen and days_apart(a.day, b.day) <= WINDOW
            assert not same or a.id in taken[0] or b.id in taken[1]
