"""Quantities (亩, 头, 台, 户…) and rates (元 per unit): integers in 1/10000 (DOMAIN §4).

Read as strictly as money: at most four decimals, exactly, or refused.
"""

from functools import lru_cache
from typing import Final, NewType

from models.domain.money import decimals_of
from models.domain.refusal import Unreadable
from models.domain.written import ratio_of_cell, shown

Quantity = NewType("Quantity", int)
Rate = NewType("Rate", int)

SCALE: Final = 10000
_DECIMALS: Final = 4
# One hundred billion units: the last size at which a cell's 15 digits still reach the fourth decimal.
_TOO_MANY: Final = 10**11


class NotQuantity(Unreadable):
    """A cell or text that is no quantity: not a number, negative, too large, or finer than 1/10000."""

    form = "“{written}”不是数量。请填写不小于 0、小于一千亿的数字，最多四位小数，例如 2.50。"


class QuantityTooFine(NotQuantity):
    """A quantity that really stores more than four decimals."""

    form = "数量“{written}”实际存有 {decimals} 位小数，最多四位。请按确认的数量重新填写。"


class NotRate(Unreadable):
    """A cell or text that is no rate: not a number, negative, too large, or finer than 1/10000 yuan."""

    form = "“{written}”不是补贴标准。请填写不小于 0、小于一千亿的数字，最多四位小数，例如 100.58。"


class RateTooFine(NotRate):
    """A rate that really stores more than four decimals."""

    form = "补贴标准“{written}”实际存有 {decimals} 位小数，最多四位。请按文件规定的标准重新填写。"


def quantity_from_cell(value: object) -> Quantity:
    """Read a quantity, in 1/10000 of the unit, from int, float (as Excel shows it), Decimal or text.

    Raises NotQuantity, or QuantityTooFine where a fifth decimal is really stored.
    """
    return Quantity(_ten_thousandths(value, NotQuantity, QuantityTooFine))


def quantity_from_text(text: str) -> Quantity:
    """Read a quantity written as text; refuses like quantity_from_cell."""
    return quantity_from_cell(text)


def quantity_text(quantity: Quantity) -> str:
    """Write a quantity with two decimals, more only where it has them: 25000 → “2.50”, 35750 → “3.575”."""
    return _trimmed_decimals(quantity)


def quantity_shown(quantity: Quantity) -> str:
    """The same with thousands apart, for paper where it stands beside money: 186000000 → “18,600.00”."""
    whole, point, decimals = quantity_text(Quantity(abs(quantity))).partition(".")
    return f"{'-' if quantity < 0 else ''}{int(whole):,}{point}{decimals}"


def rate_from_cell(value: object) -> Rate:
    """Read a rate, in 1/10000 yuan, from int, float, Decimal or text. Raises NotRate or RateTooFine."""
    return Rate(_ten_thousandths(value, NotRate, RateTooFine))


def rate_from_text(text: str) -> Rate:
    """Read a rate in yuan written as text, “100.58”; refuses like rate_from_cell."""
    return rate_from_cell(text)


def rate_text(rate: Rate) -> str:
    """Write a rate in yuan with two decimals, more only where it has them: 1005800 → “100.58”."""
    return _trimmed_decimals(rate)


def _ten_thousandths(value: object, refusal: type[Unreadable], too_fine: type[Unreadable]) -> int:
    if isinstance(value, float) and 0 <= value < _TOO_MANY:
        # Exact for the reason given in fen_from_cell: at most 15 digits.
        units = round(value * SCALE)
        if units / SCALE == value:
            return units
    ratio = ratio_of_cell(value)
    if ratio is None or ratio[0] < 0 or ratio[0] >= _TOO_MANY * ratio[1]:
        raise refusal(written=shown(value))
    units, beyond = divmod(ratio[0] * SCALE, ratio[1])
    if beyond:
        raise too_fine(written=shown(value), decimals=decimals_of(*ratio))
    return units


@lru_cache(maxsize=1 << 16)  # a batch writes the same few rates and quantities again and again
def _trimmed_decimals(units: int) -> str:
    whole, rest = divmod(abs(units), SCALE)
    decimals = f"{rest:0{_DECIMALS}d}".rstrip("0").ljust(2, "0")
    return f"{'-' if units < 0 else ''}{whole}.{decimals}"
