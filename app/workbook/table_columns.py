"""The columns of a table that goes out, on paper or as a workbook: what each holds, how wide it is, whether it is summed."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Private = Literal["", "id", "account", "phone"]


class Kind(Enum):
    """What a column holds: how its values are given, and how Excel shows them."""

    TEXT = "@"
    """str; IDs, accounts and document numbers too: they are never numbers."""
    COUNT = "#,##0"
    """int."""
    MONEY = "#,##0.00"
    """Fen as int, shown as yuan."""
    QUANTITY = "#,##0.00##"
    """int in 1/10000 of the unit (areas)."""
    RATE = "0.00##"
    """int in 1/10000 yuan."""
    SHARE = "0.00%"
    """int in 1/10000: 9,950 is 99.50%."""
    DATE = "yyyy-mm-dd"
    """date."""


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it holds, its width in characters; `total` sums it, `group` is a heading above several.

    `align` is "left", "center" or "right", "" for what its kind asks for. Text wraps; with `wrap` False (IDs, codes) it
    is made smaller instead where it does not fit, as figures always are. `private` says whose number it is ("id", "account",
    "phone"): it is masked wherever nobody asked for the whole of it.
    """

    heading: str
    kind: Kind = Kind.TEXT
    width: float = 12
    total: bool = False
    group: str = ""
    align: str = ""
    wrap: bool = True
    private: Private = ""

    @property
    def side(self) -> str:
        """Where its values stand: what `align` says, else what its kind asks for."""
        return self.align or {Kind.TEXT: "left", Kind.DATE: "center"}.get(self.kind, "right")
