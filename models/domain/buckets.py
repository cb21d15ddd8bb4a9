"""Where a payment's money is (DOMAIN §3): each payment is in exactly one bucket, and the buckets sum to what is owed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from models.domain.money import Fen


class Bucket(StrEnum):
    """Where one payment's money is now."""

    PENDING = "pending"
    STOPPED = "stopped"
    IN_FLIGHT = "in_flight"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    RECOVERED = "recovered"
    REISSUED = "reissued"
    CLOSED_UNPAID = "closed_unpaid"


BUCKET_NAMES: Final = {
    Bucket.PENDING: "待发",
    Bucket.STOPPED: "停发",
    Bucket.IN_FLIGHT: "在途",
    Bucket.PAID: "已发",
    Bucket.FAILED: "发放失败",
    Bucket.RETURNED: "退票",
    Bucket.RECOVERED: "已追回",
    Bucket.REISSUED: "已补发",
    Bucket.CLOSED_UNPAID: "关闭未付",
}

# While a payment is in one of these, its batch is not settled (DOMAIN §3).
OPEN_BUCKETS: Final = frozenset({Bucket.PENDING, Bucket.IN_FLIGHT, Bucket.FAILED, Bucket.RETURNED})


class Tally(NamedTuple):
    """A number of payments and their sum in fen."""

    payments: int
    fen: Fen


NOTHING: Final = Tally(0, Fen(0))


def total(buckets: Mapping[Bucket, Tally]) -> Tally:
    """Give the count and the sum over all buckets."""
    return Tally(
        sum(tally.payments for tally in buckets.values()), Fen(sum(tally.fen for tally in buckets.values()))
    )


def identity_difference(owed: Tally, buckets: Mapping[Bucket, Tally]) -> Tally:
    """Give owed − Σ buckets, by count and by fen: (0, 0) for every batch at every moment (DOMAIN §3)."""
    found = total(buckets)
    return Tally(owed.payments - found.payments, Fen(owed.fen - found.fen))


def is_settled(buckets: Mapping[Bucket, Tally]) -> bool:
    """Say whether nothing is pending or in flight, and every failed or returned payment is reissued or closed."""
    return not any(buckets.get(bucket, NOTHING).payments for bucket in OPEN_BUCKETS)
