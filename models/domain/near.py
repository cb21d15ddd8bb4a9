"""IDs that one slip of the pen away from a given one (DOMAIN §9, near hits of comparison lists)."""

_DIGITS = "0123456789X"


def one_slip_away(number: str) -> set[str]:
    """All texts one wrong, swapped, missing or extra character away from `number` (OSA distance 1), itself excluded.

    About 600 for an ID of 18 characters: looking them up beats comparing with 420,000 people.
    """
    cuts = [(number[:place], number[place:]) for place in range(len(number) + 1)]
    slips = {left + right[1:] for left, right in cuts if right}
    slips |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    slips |= {left + digit + right[1:] for left, right in cuts if right for digit in _DIGITS}
    slips |= {left + digit + right for left, right in cuts for digit in _DIGITS}
    slips.discard(number)
    return slips
