"""How a computation is written out, so that a clerk can show it to somebody who objects (DOMAIN §4)."""

from typing import Final

from models.domain.money import Fen, round_half_up, yuan_text
from models.domain.quantity import Rate, rate_text

OVER_QUANTITY_CAP: Final = " 超过上限，按 "
AT_AMOUNT_CAP: Final = "，单笔上限 "
"""What a trace says where a cap was reached; a notice looks for it."""
_DECIMALS_SHOWN: Final = 8


def rate_yuan(rate: Rate) -> str:
    """Write a rate with thousands commas."""
    whole, decimals = rate_text(rate).split(".")
    return f"{int(whole):,}.{decimals}"


def exact_yuan(numerator: int, denominator: int) -> str:
    """Write numerator ÷ denominator fen unrounded in yuan; what does not end is cut after 8 decimals and marked."""
    sign = "-" if numerator < 0 else ""
    scaled, beyond = divmod(abs(numerator) * 10**_DECIMALS_SHOWN, denominator * 100)
    whole, rest = divmod(scaled, 10**_DECIMALS_SHOWN)
    decimals = f"{rest:0{_DECIMALS_SHOWN}d}"
    if beyond:
        return f"{sign}{whole:,}.{decimals}…"
    return f"{sign}{whole:,}.{decimals.rstrip('0').ljust(2, '0')}"


def rounded(numerator: int, denominator: int) -> tuple[Fen, str]:
    """Round an amount of numerator ÷ denominator fen, and write “= 301.375 → 301.38 元”."""
    fen = Fen(round_half_up(numerator, denominator))
    if numerator % denominator == 0:
        return fen, f"= {yuan_text(fen)} 元"
    return fen, f"= {exact_yuan(numerator, denominator)} → {yuan_text(fen)} 元"
