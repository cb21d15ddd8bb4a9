"""The identity Σ owed = Σ buckets, and when a batch is settled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.buckets import (
    BUCKET_NAMES,
    OPEN_BUCKETS,
    Bucket,
    Tally,
    identity_difference,
    is_settled,
    total,
)
from models.domain.money import Fen

tallies = st.builds(
    lambda payments, fen: Tally(payments, Fen(fen)), st.integers(0, 10**6), st.integers(0, 10**12)
)


def test_every_bucket_has_a_name_of_its_own() -> None:
    assert set(BUCKET_NAMES) == set(Bucket)
    assert len(set(BUCKET_NAMES.values())) == len(Bucket)


@given(st.dictionaries(st.sampled_from(Bucket), tallies))
def test_the_difference_is_zero_exactly_when_the_buckets_sum_to_what_is_owed(
    buckets: dict[Bucket, Tally],
) -> None:
    owed = total(buckets)
    assert identity_difference(owed, buckets) == (0, 0)
    assert identity_difference(Tally(owed.payments + 1, Fen(owed.fen - 3)), buckets) == (1, -3)


@pytest.mark.parametrize("bucket", Bucket)
def test_one_payment_in_an_open_bucket_keeps_a_batch_from_being_settled(bucket: Bucket) -> None:
    assert is_settled({bucket: Tally(1, Fen(100))}) == (bucket not in OPEN_BUCKETS)
    assert is_settled({bucket: Tally(0, Fen(0))})


def test_open_are_pending_in_flight_failed_and_returned() -> None:
    assert {Bucket.PENDING, Bucket.IN_FLIGHT, Bucket.FAILED, Bucket.RETURNED} == OPEN_BUCKETS
