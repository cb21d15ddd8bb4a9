"""The period a payment is for (DOMAIN §3): 2024, 2024Q2, 2024-06, or 2024-06/2 for a second one-off run.

Periods are stored as such text, by the program's frequency; the functions below take stored periods,
`read_period` takes what a person wrote.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

from models.domain.refusal import Unreadable
from models.domain.written import shown, trimmed, without_blanks

Period: TypeAlias = str
Frequency = Literal["year", "quarter", "month", "once"]

_STORED: Final = re.compile(
    r"(?P<year>(?:19|20|21)[0-9]{2})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2])(?:/(?P<run>[2-9]|[1-9][0-9]))?)?"
).fullmatch
_YEAR: Final = r"(?P<year>(?:19|20|21)[0-9]{2})"
_RUN: Final = r"(?:/(?P<run>[1-9][0-9]?))?"
# What a person writes. A run follows only the forms that no one can take for a day: 2024/6/2 is refused.
_WRITTEN: Final = tuple(
    re.compile(pattern).fullmatch
    for pattern in (
        rf"{_YEAR}(?:年度?)?",
        rf"{_YEAR}-?Q(?P<quarter>[1-4])",
        rf"{_YEAR}(?:年度?)?第?(?P<quarter>[1-4一二三四])季度?",
        rf"{_YEAR}-(?P<month>0?[1-9]|1[0-2]){_RUN}",
        rf"{_YEAR}[./](?P<month>0?[1-9]|1[0-2])",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])",
        rf"{_YEAR}年(?P<month>0?[1-9]|1[0-2])月份?{_RUN}",
        rf"{_YEAR}年(?P<month>0?[1-9]|1[0-2])月份?第(?P<run>[1-9][0-9]?)次",
    )
)
_QUARTERS: Final = "一二三四"
_SAID: Final = {"year": "年", "quarter": "季度", "month": "月", "once": "次"}
_EXAMPLES: Final = {"year": "2024", "quarter": "2024Q2", "month": "2024-06", "once": "2024-06 或 2024-06/2"}


class NotPeriod(Unreadable):
    """A text that is no period."""

    form = "“{written}”不是期间。请写成 2024（年）、2024Q2（季度）、2024-06（月）或 2024-06/2（当月第二次）。"


class PeriodTooCoarse(NotPeriod):
    """A year or quarter given where the program is paid more often: which month is meant stays open."""

    form = "期间“{written}”不够具体：该项目按{frequency}发放。请写成 {example}。"


class PeriodHasRun(NotPeriod):
    """A run number given for a program that is paid regularly."""

    form = "期间“{written}”带有次数，但该项目按{frequency}发放，只有一次性项目可以带次数。请写成 {example}。"


class _Parts(NamedTuple):
    year: int
    quarter: int | None
    month: int | None
    run: int


def read_period(text: str, frequency: Frequency) -> Period:
    """Read a period as a program of this frequency stores it.

    A month given for a yearly program means its year, for a quarterly one its quarter; a quarter its year.
    Once keeps the month, with the run where it is the second or a later one. Reads 2024, 2024年, 2024Q2,
    2024年二季度, 2024-06, 2024.6, 2024/6, 202406, 2024年6月, 2024-06/2. Raises PeriodTooCoarse,
    PeriodHasRun or else NotPeriod; KeyError for a frequency that does not exist.
    """
    example, said = _EXAMPLES[frequency], _SAID[frequency]
    parts = _read(text)
    if parts is None:
        raise NotPeriod(written=shown(text))
    if frequency != "once" and parts.run > 1:
        raise PeriodHasRun(written=shown(text), frequency=said, example=example)
    if frequency == "year":
        return str(parts.year)
    if frequency == "quarter":
        quarter = parts.quarter or (parts.month and (parts.month + 2) // 3)
        if quarter:
            return f"{parts.year}Q{quarter}"
    elif parts.month:
        return f"{parts.year}-{parts.month:02d}" + (f"/{parts.run}" if parts.run > 1 else "")
    raise PeriodTooCoarse(written=shown(text), frequency=said, example=example)


def months_of(period: Period) -> tuple[str, str]:
    """Give the first and last month of a stored period as “YYYY-MM”. Raises NotPeriod."""
    year, first, last = _months(period)
    return f"{year}-{first:02d}", f"{year}-{last:02d}"


def first_day(period: Period) -> date:
    """Give the first day of a stored period. Raises NotPeriod."""
    year, first, _ = _months(period)
    return date(year, first, 1)


def last_day(period: Period) -> date:
    """Give the last day of a stored period. Raises NotPeriod."""
    year, _, last = _months(period)
    return date(year, last, monthrange(year, last)[1])


def periods_overlap(a: Period, b: Period) -> bool:
    """Say whether two stored periods share a month; two runs in one month do. Raises NotPeriod."""
    (year_a, first_a, last_a), (year_b, first_b, last_b) = _months(a), _months(b)
    return year_a == year_b and first_a <= last_b and first_b <= last_a


def period_text(period: Period) -> str:
    """Write a stored period for people: 2024年, 2024年二季度, 2024年6月, 2024年6月第2次. Raises NotPeriod."""
    year, quarter, month, run = _parts(period)
    if quarter:
        return f"{year}年{_QUARTERS[quarter - 1]}季度"
    if month:
        return f"{year}年{month}月" + (f"第{run}次" if run > 1 else "")
    return f"{year}年"


def previous_period(period: Period) -> Period:
    """Give the period before: the year, quarter or month; before a second or later run, the run before it.

    Raises NotPeriod, also for the first period there is (1900).
    """
    year, quarter, month, run = _parts(period)
    if quarter:
        before = f"{year}Q{quarter - 1}" if quarter > 1 else f"{year - 1}Q4"
    elif month and run > 1:
        before = f"{year}-{month:02d}" + (f"/{run - 1}" if run > 2 else "")
    elif month:
        before = f"{year}-{month - 1:02d}" if month > 1 else f"{year - 1}-12"
    else:
        before = str(year - 1)
    _parts(before)
    return before


def _read(text: str) -> _Parts | None:
    """Read a written period, or None."""
    cleaned = without_blanks(trimmed(text)).replace("q", "Q")
    return next((parts for reader in _WRITTEN if (parts := _found(reader, cleaned))), None)


def _found(reader: Callable[[str], re.Match[str] | None], text: str) -> _Parts | None:
    found = reader(text)
    if found is None:
        return None
    named = found.groupdict()
    quarter = named.get("quarter")
    return _Parts(
        int(named["year"]),
        (_QUARTERS.index(quarter) + 1 if quarter in _QUARTERS else int(quarter)) if quarter else None,
        int(named["month"]) if named.get("month") else None,
        int(named.get("run") or 1),
    )


@lru_cache(maxsize=1024)
def _parts(period: Period) -> _Parts:
    """Take a stored period apart. Remembered, because every line of a batch asks for the same one."""
    parts = _found(_STORED, period)
    if parts is None:
        raise NotPeriod(written=shown(period))
    return parts


def _months(period: Period) -> tuple[int, int, int]:
    """Give year, first month and last month of a stored period."""
    year, quarter, month, _ = _parts(period)
    if quarter:
        return year, 3 * quarter - 2, 3 * quarter
    return (year, month, month) if month else (year, 1, 12)
