"""Dates as workbooks hold them (DOMAIN §6): date cells, serials, 20240315, 2024.3.15, 2024年3月15日.

A date is read exactly or refused; a two-digit year or a missing day is never completed.
"""

import re
from datetime import date, datetime, timedelta
from typing import Final

from models.domain.refusal import Unreadable
from models.domain.written import shown, trimmed

FIRST_YEAR: Final = 1850
LAST_YEAR: Final = 2150

# Excel's day 0. The serials taken are 1954-10-03 to 2064-04-08: the dates an office writes as numbers.
_SERIAL_START: Final = date(1899, 12, 30)
_FIRST_SERIAL: Final = 20000
_LAST_SERIAL: Final = 60000

_SIGNS: Final = str.maketrans("．－／", ".-/")
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SEPARATED: Final = re.compile(
    r"([0-9]{4})\s*([-./])\s*([0-9]{1,2})\s*\2\s*([0-9]{1,2})(?:[ T]0?0:00(?::00)?)?"
)
_CHINESE: Final = re.compile(r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]")


class NotDate(Unreadable):
    """A cell that is no date."""

    form = "“{written}”不是日期。请写成 2024-03-15 或 2024年3月15日，年份在 1850 至 2150 之间。"


def date_from_cell(value: object) -> date:
    """Read a cell's date; a date cell with a time gives its day.

    Numbers: 20000–60000 are Excel serials (1900 system), eight digits are YYYYMMDD; text is YYYYMMDD, or
    year, month and day between equal separators (- . /), or 年月日. Raises NotDate for everything else: a
    day no calendar has, years outside 1850–2150, numbers with a fraction, bool, None.
    """
    read = _read(value)
    if read is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise NotDate(written=shown(value))
    return read


def _read(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _from_number(value)
    return None


def _from_number(number: int) -> date | None:
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _SERIAL_START + timedelta(days=number)
    if FIRST_YEAR * 10000 <= number < (LAST_YEAR + 1) * 10000:
        return _day(number // 10000, number // 100 % 100, number % 100)
    return None


def _from_text(text: str) -> date | None:
    cleaned = trimmed(text).translate(_SIGNS)
    if found := _COMPACT.fullmatch(cleaned) or _CHINESE.fullmatch(cleaned):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _SEPARATED.fullmatch(cleaned):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
