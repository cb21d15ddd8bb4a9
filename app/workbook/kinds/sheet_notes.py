"""What is noticed while a sheet is read, before it is put into words."""

from array import array
from dataclasses import dataclass, field
from typing import Final

MOST_PLACES: Final = 1_000
"""So many places of a kind are kept; all are counted."""


@dataclass
class Notes:
    """What one sheet holds beside its values. Rows are Excel's numbers, columns count from 0."""

    hidden_rows: "array[int]" = field(default_factory=lambda: array("l"))
    struck_rows: "array[int]" = field(default_factory=lambda: array("l"))
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    filtered: bool = False
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    error_count: int = 0
    without_values: list[tuple[int, int]] = field(default_factory=list)
    without_value_count: int = 0
    repeats: list[tuple[int, int]] = field(default_factory=list)
    repeat_count: int = 0
    odds: list[tuple[int, int, str]] = field(default_factory=list)
    odd_count: int = 0

    def error(self, row: int, column: int, text: str) -> None:
        """A cell shows an error."""
        self.error_count += 1
        if len(self.errors) < MOST_PLACES:
            self.errors.append((row, column, text[:40]))

    def without_value(self, row: int, column: int) -> None:
        """A formula has no stored value."""
        self.without_value_count += 1
        if len(self.without_values) < MOST_PLACES:
            self.without_values.append((row, column))

    def repeated(self, row: int, column: int) -> None:
        """A cell comes a second time; the later one counts."""
        self.repeat_count += 1
        if len(self.repeats) < MOST_PLACES:
            self.repeats.append((row, column))

    def odd(self, row: int, column: int, text: str) -> None:
        """A cell says it is a number and is none."""
        self.odd_count += 1
        if len(self.odds) < MOST_PLACES:
            self.odds.append((row, column, text[:40]))
