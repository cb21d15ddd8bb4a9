"""Working days and notice periods, over an explicit holiday table."""

import csv
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.dates import NotDate
from models.domain.workdays import (
    NotHoliday,
    NotNoticeDays,
    TooFewWorkdays,
    add_workdays,
    holidays_from_rows,
    is_workday,
    last_notice_day,
)

SEED = Path(__file__).parents[2] / "resources" / "holidays.csv"


def seeded() -> dict[date, bool]:
    """Read the shipped holiday table."""
    with SEED.open(encoding="utf-8", newline="") as lines:
        return holidays_from_rows((line["day"], line["kind"]) for line in csv.DictReader(lines))


HOLIDAYS = seeded()
DAYS = st.dates(date(2018, 1, 1), date(2026, 12, 31))


def test_the_seed_names_only_days_that_differ_from_the_week() -> None:
    assert {day.year for day in HOLIDAYS} == set(range(2018, 2027))
    assert all((day.weekday() < 5) != works for day, works in HOLIDAYS.items())


def test_the_oracle_agrees_with_the_seed() -> None:
    day = date(2018, 1, 1)
    while day.year < 2027:
        assert is_workday(day, HOLIDAYS) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_holidays_and_exchanged_days() -> None:
    assert not is_workday(date(2024, 10, 1), HOLIDAYS)
    assert is_workday(date(2024, 9, 29), HOLIDAYS)  # a Sunday worked for 国庆节
    assert not is_workday(date(2024, 6, 15), HOLIDAYS)
    assert is_workday(date(2030, 10, 1), HOLIDAYS)  # a year nobody has entered: the plain week


def test_adding_workdays() -> None:
    assert add_workdays(date(2024, 9, 30), 1, HOLIDAYS) == date(2024, 10, 8)
    assert add_workdays(date(2024, 6, 14), 3, {}) == date(2024, 6, 19)
    assert add_workdays(date(2024, 10, 8), -1, HOLIDAYS) == date(2024, 9, 30)
    assert add_workdays(date(2024, 10, 1), 0, HOLIDAYS) == date(2024, 10, 1)


@pytest.mark.parametrize(
    ("first", "days", "kind", "last"),
    [
        (date(2024, 6, 3), 7, "calendar", date(2024, 6, 9)),
        (date(2024, 6, 3), 7, "workdays", date(2024, 6, 12)),  # 端午节 on the 10th
        (date(2024, 6, 1), 1, "workdays", date(2024, 6, 3)),
        (date(2024, 6, 3), 1, "workdays", date(2024, 6, 3)),
        (date(2024, 6, 3), 1, "calendar", date(2024, 6, 3)),
        (date(2024, 9, 30), 7, "workdays", date(2024, 10, 14)),
        (date(2024, 3, 5), 1, "months", date(2024, 4, 4)),
        (date(2024, 3, 1), 1, "months", date(2024, 3, 31)),
        (date(2024, 1, 31), 1, "months", date(2024, 2, 29)),
        (date(2023, 12, 1), 2, "months", date(2024, 1, 31)),
    ],
)
def test_the_last_day_of_a_notice(first: date, days: int, kind: str, last: date) -> None:
    assert last_notice_day(first, days, kind, HOLIDAYS) == last  # type: ignore[arg-type]


def test_refusals() -> None:
    with pytest.raises(NotNoticeDays):
        last_notice_day(date(2024, 6, 3), 0, "calendar", {})
    with pytest.raises(NotNoticeDays):
        last_notice_day(date(2024, 6, 3), 7, "weeks", {})  # type: ignore[arg-type]
    with pytest.raises(TooFewWorkdays):
        add_workdays(date(2024, 6, 3), 1, {date(2024, 6, 3) + timedelta(days=n): False for n in range(100)})
    with pytest.raises(NotHoliday):
        holidays_from_rows([("2024-10-01", "放假")])
    with pytest.raises(NotDate):
        holidays_from_rows([("十月一日", "off")])


@given(DAYS, st.integers(1, 60))
def test_exactly_so_many_workdays_are_posted(first: date, days: int) -> None:
    last = last_notice_day(first, days, "workdays", HOLIDAYS)
    posted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sum(is_workday(day, HOLIDAYS) for day in posted) == days
    assert is_workday(last, HOLIDAYS)


@given(DAYS, st.integers(1, 60))
def test_workdays_back_and_forth(day: date, n: int) -> None:
    later = add_workdays(day, n, HOLIDAYS)
    assert add_workdays(later, -n, HOLIDAYS) <= day < later
