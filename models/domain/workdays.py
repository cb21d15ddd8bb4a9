"""Working days and the last day of a notice (公示), over the office's own editable holiday table (DOMAIN §8).

The table names only days that differ from the plain week: False for a weekday off, True for a weekend day
that is worked in exchange (调休). The seed in resources/holidays.csv was written once from the public
chinesecalendar package (State Council notices, 2018–2026); later years are entered by the office.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal, TypeAlias

from models.domain.dates import date_from_cell
from models.domain.refusal import Refusal, Unreadable
from models.domain.written import shown

Holidays: TypeAlias = Mapping[date, bool]
DayKind = Literal["workdays", "calendar", "months"]

_SATURDAY = 5
_DAY = timedelta(days=1)


class NotHoliday(Unreadable):
    """A line of a holiday table that is neither a day off nor a worked weekend."""

    form = "节假日表中 {day} 的类别“{written}”无法识别。请填写 off（放假）或 work（调休上班）。"


class NotNoticeDays(Refusal):
    """A notice period that no calendar can end: fewer than one day, or of an unknown kind."""

    form = "公示天数“{days}”（{kind}）无法计算。请把公示期设为不少于 1 的工作日、自然日或月数。"


class TooFewWorkdays(Refusal):
    """The holiday table leaves no working days to count."""

    form = "从 {day} 起按节假日表数不满 {days} 个工作日。请检查节假日表是否把工作日都设成了放假。"


def holidays_from_rows(rows: Iterable[tuple[str, str]]) -> dict[date, bool]:
    """Read (day, kind) pairs of a holiday table; kind is “off” or “work”. Raises NotDate or NotHoliday."""
    holidays: dict[date, bool] = {}
    for day, kind in rows:
        if kind not in ("off", "work"):
            raise NotHoliday(day=shown(day), written=shown(kind))
        holidays[date_from_cell(day)] = kind == "work"
    return holidays


def is_workday(day: date, holidays: Holidays) -> bool:
    """Say whether offices work on `day`: as the table says, else Monday to Friday."""
    return holidays.get(day, day.weekday() < _SATURDAY)


def add_workdays(day: date, n: int, holidays: Holidays) -> date:
    """Give the n-th working day after `day` (before it for a negative n; `day` itself for 0).

    Raises TooFewWorkdays where the table has none left within a generous stretch.
    """
    step = _DAY if n > 0 else -_DAY
    found = day
    left = abs(n)
    # Holidays never take half of a year; the bound is there for a table that somebody filled wrongly.
    for _ in range(abs(n) * 4 + 60):
        if not left:
            break
        found += step
        left -= is_workday(found, holidays)
    if left:
        raise TooFewWorkdays(day=day, days=abs(n))
    return found


def last_notice_day(first_day: date, days: int, kind: DayKind, holidays: Holidays) -> date:
    """Give the last day of a notice whose first day, the day after posting, counts as day 1.

    `days` counts working days, calendar days or, for kind “months”, months: one month from 5 March ends on
    4 April, and where the month is too short it ends on its last day. Raises NotNoticeDays or
    TooFewWorkdays.
    """
    if days < 1:
        raise NotNoticeDays(days=days, kind=kind)
    if kind == "workdays":
        return add_workdays(first_day - _DAY, days, holidays)
    if kind == "calendar":
        return first_day + _DAY * (days - 1)
    if kind == "months":
        return _months_later(first_day, days)
    raise NotNoticeDays(days=days, kind=kind)


def _months_later(first: date, months: int) -> date:
    """Give the last day of `months` whole months that begin on `first`."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    if first.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, first.day) - _DAY
