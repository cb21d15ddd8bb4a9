"""Sharing out: the shares sum exactly, each within one of its exact share."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.apportion import CannotApportion, apportion

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


@given(st.integers(-(10**13), 10**13), weights)
def test_the_shares_sum_exactly_and_are_fair(total: int, given_weights: list[int]) -> None:
    shares = apportion(total, given_weights)
    assert sum(shares) == total
    whole = sum(given_weights)
    for share, weight in zip(shares, given_weights, strict=True):
        assert abs(share - Fraction(total * weight, whole)) < 1
        assert weight or not share


@given(weights, st.data())
def test_no_share_is_more_than_its_weight_when_the_total_is_not(
    given_weights: list[int], drawn: st.DataObject
) -> None:
    total = drawn.draw(st.integers(0, sum(given_weights)))
    assert all(
        share <= weight for share, weight in zip(apportion(total, given_weights), given_weights, strict=True)
    )


def test_equal_remainders_are_served_in_order() -> None:
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    assert apportion(2, [1, 1, 1]) == [1, 1, 0]
    assert apportion(-2, [1, 1, 1]) == [-1, -1, 0]


def test_nothing_over_nothing_is_nothing() -> None:
    assert apportion(0, []) == []
    assert apportion(0, [0, 0]) == [0, 0]


@pytest.mark.parametrize(("total", "bad"), [(1, []), (1, [0, 0]), (5, [3, -1])])
def test_nothing_to_share_by_is_refused(total: int, bad: list[int]) -> None:
    with pytest.raises(CannotApportion) as refused:
        apportion(total, bad)
    assert refused.value.sentence.startswith(f"无法分摊 {total} 分")
