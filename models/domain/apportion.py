"""Sharing a whole number out in proportion, so that the shares sum exactly (最大余数法)."""

from collections.abc import Sequence

from models.domain.refusal import Refusal


class CannotApportion(Refusal):
    """There is nothing to share by."""

    form = "无法分摊 {total} 分：各份的权数必须不小于 0，且不能全部为 0。请检查各行的数量或资金来源。"


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` in proportion to `weights`, one whole share a weight, by the largest remainder.

    The shares sum to `total` exactly; each differs from its exact share by less than 1; a weight of 0 gets 0. Equal
    remainders are served in the order given. A negative total is shared like its positive. Raises CannotApportion
    where a weight is negative, or all are 0 and the total is not.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or (whole == 0 and total != 0):
        raise CannotApportion(total=total)
    if whole == 0:
        return [0] * len(weights)
    sign = -1 if total < 0 else 1
    shares, remainders = [], []
    for weight in weights:
        share, remainder = divmod(abs(total) * weight, whole)
        shares.append(share)
        remainders.append(remainder)
    # sorted() is stable: who stands first is served first among equals.
    order = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
    for place in order[: abs(total) - sum(shares)]:
        shares[place] += 1
    return [sign * share for share in shares]
