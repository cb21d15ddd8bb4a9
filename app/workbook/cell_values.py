"""What a cell can hold, and the dates that Excel keeps as numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

Cell = str | float | int | bool | date | datetime | time | timedelta | None
"""One cell: a number as stored (mostly float), text as written, a date, or None where there is nothing to see."""


class ErrorCell(str):
    """A cell that shows an error instead of a value: its text is the error (#N/A, #REF!); never taken for empty."""

    __slots__ = ()


NO_VALUE: Final = ErrorCell("公式没有结果")
"""A formula whose result was never stored: nobody knows what it shows."""


class WideLine(list[Cell]):
    """A line of a wide sheet that holds little: whoever walks it need only walk `held`, column → cell. Never changed."""

    __slots__ = ("held",)

    def __init__(self, width: int, held: Mapping[int, Cell], blank: Cell = "") -> None:
        super().__init__([blank] * width)
        self.held = held
        for column, cell in held.items():
            self[column] = cell


def held_cells(line: Sequence[Cell]) -> Iterable[tuple[int, Cell]]:
    """The cells of a line with their columns, in order; of a wide line only those that hold anything."""
    return line.held.items() if isinstance(line, WideLine) else enumerate(line)


def seen(line: Sequence[Cell]) -> list[Cell]:
    """The cells with None for what shows nothing: empty text, or blanks only."""
    if isinstance(line, WideLine):
        held = {column: cell for column, cell in line.held.items() if not cell_is_blank(cell)}
        return WideLine(len(line), held, None)
    return [None if cell.__class__ is str and (not cell or cell.isspace()) else cell for cell in line]


def cell_is_blank(cell: Cell) -> bool:
    """Whether the cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def row_is_blank(row: Sequence[Cell]) -> bool:
    """Whether no cell of the row shows anything."""
    return all(map(cell_is_blank, row))


# Marks on cells whose values cross from the reading process as plain ones (marshal carries neither dates nor classes).
DATE: Final = 1
"""A number under a date format."""
DATE_1904: Final = 2
"""The same in a workbook that counts from 1904."""
DURATION: Final = 3
"""A number under a format of elapsed time."""
ISO_DATE: Final = 4
"""A date as ISO 8601 text."""
ERROR: Final = 5
"""An error's text."""
DATE_PARTS: Final = 6
"""A date, date and time, time or length of time in parts (see `parts_of`)."""

_EPOCH: Final = datetime(1899, 12, 30)
_EPOCH_1904: Final = datetime(1904, 1, 1)
_LAST_SERIAL: Final = 2_958_466
"""1 January 10000 in the 1900 system, the first day that is no date."""
_FALSE_LEAP_DAY: Final = 60
"""29 February 1900, which Excel counts and no calendar has."""
_DAY_MS: Final = 86_400_000


@lru_cache(maxsize=65_536)
def date_of_serial(serial: float, since_1904: bool = False) -> Cell:
    """The date, date and time, or (below one day) time that a number stands for; the number itself where it is none.

    >>> date_of_serial(45366.0)
    datetime.date(2024, 3, 15)
    """
    if not 0 <= serial < _LAST_SERIAL - 1462 * since_1904:
        return serial
    whole_ms = round(serial * _DAY_MS)
    days, ms = divmod(whole_ms, _DAY_MS)
    if serial < 1:
        if days:  # so near to midnight that it is midnight
            return time(0, 0)
        return (datetime.min + timedelta(milliseconds=ms)).time()
    if not since_1904 and days == _FALSE_LEAP_DAY:
        return serial
    epoch = _EPOCH_1904 if since_1904 else _EPOCH
    moment = epoch + timedelta(days=days + (not since_1904 and days < _FALSE_LEAP_DAY), milliseconds=ms)
    return moment if ms else moment.date()


def duration_of_serial(serial: float) -> Cell:
    """The length of time that a number under a format like [h]:mm stands for."""
    if not abs(serial) < _LAST_SERIAL:
        return serial
    return timedelta(milliseconds=round(serial * _DAY_MS))


def parts_of(moment: date | time | timedelta) -> tuple[str, tuple[int, ...]]:
    """A date or time as plain values, for `marked`."""
    if isinstance(moment, timedelta):
        return "timedelta", (moment.days, moment.seconds, moment.microseconds)
    if isinstance(moment, time):
        return "time", (moment.hour, moment.minute, moment.second, moment.microsecond)
    if isinstance(moment, datetime):
        return "datetime", (*moment.timetuple()[:6], moment.microsecond)
    return "date", moment.timetuple()[:3]


_MADE: Final = {"date": date, "datetime": datetime, "time": time, "timedelta": timedelta}


def _iso(text: str) -> Cell:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return time.fromisoformat(text)
        except ValueError:
            return text
    if moment.tzinfo is not None:
        return text
    return moment.date() if moment.time() == time(0) else moment


def marked(value: object, mark: int) -> Cell:
    """The cell that a plain value and its mark stand for."""
    if mark in (DATE, DATE_1904) and isinstance(value, float):
        return date_of_serial(value, mark == DATE_1904)
    if mark == DURATION and isinstance(value, float):
        return duration_of_serial(value)
    if mark == ERROR:
        return ErrorCell(value)
    if mark == ISO_DATE:
        return _iso(str(value))
    if mark == DATE_PARTS and isinstance(value, tuple):
        kind, parts = value
        made: Cell = _MADE[kind](*parts)
        return made
    raise ValueError(mark)
