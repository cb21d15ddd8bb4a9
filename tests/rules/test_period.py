"""Periods: read by the program's frequency, exactly or not at all."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.period import (
    Frequency,
    NotPeriod,
    Period,
    PeriodHasRun,
    PeriodTooCoarse,
    first_day,
    last_day,
    months_of,
    period_text,
    periods_overlap,
    previous_period,
    read_period,
)

YEARS = st.integers(1901, 2199)
PERIODS = st.one_of(
    YEARS.map(str),
    st.builds("{}Q{}".format, YEARS, st.integers(1, 4)),
    st.builds("{}-{:02d}".format, YEARS, st.integers(1, 12)),
    st.builds("{}-{:02d}/{}".format, YEARS, st.integers(1, 12), st.integers(2, 99)),
)


@pytest.mark.parametrize(
    ("written", "frequency", "period"),
    [
        *(("2024", "year", "2024"), ("2024年", "year", "2024"), ("2024年度", "year", "2024")),
        *(("2024-06", "year", "2024"), ("2024Q2", "year", "2024"), ("2024年6月", "year", "2024")),
        *(
            ("2024Q2", "quarter", "2024Q2"),
            ("2024-06", "quarter", "2024Q2"),
            ("2024-07", "quarter", "2024Q3"),
        ),
        *(
            ("2024年二季度", "quarter", "2024Q2"),
            ("2024年第4季度", "quarter", "2024Q4"),
            ("2024q1", "quarter", "2024Q1"),
        ),
        *(("2024-06", "month", "2024-06"), ("2024-6", "month", "2024-06"), ("2024.6", "month", "2024-06")),
        *(
            ("2024/06", "month", "2024-06"),
            ("202406", "month", "2024-06"),
            (" ２０２４年６月份", "month", "2024-06"),
        ),
        *(
            ("2024-06/1", "month", "2024-06"),
            ("2024-06", "once", "2024-06"),
            ("2024-06/1", "once", "2024-06"),
        ),
        *(
            ("2024-06/2", "once", "2024-06/2"),
            ("2024年6月第2次", "once", "2024-06/2"),
            ("2024-6/12", "once", "2024-06/12"),
        ),
    ],
)
def test_periods_by_frequency(written: str, frequency: Frequency, period: str) -> None:
    assert read_period(written, frequency) == period


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "24-06",
            "2024-13",
            "2024-00",
            "2024Q5",
            "2024Q0",
            "2024-06-15",
            "2024/6/2",
            "2024-06/0",
            "2024-06/100",
        ),
        *("2024年上半年", "2024-1-6", "六月", "٢٠٢٤", "1899", "2200", "2024-06/", "2024五季度"),
    ],
)
@pytest.mark.parametrize("frequency", ["year", "quarter", "month", "once"])
def test_what_is_no_period(written: str, frequency: Frequency) -> None:
    with pytest.raises(NotPeriod):
        read_period(written, frequency)


@pytest.mark.parametrize(
    ("written", "frequency"),
    [("2024", "quarter"), ("2024", "month"), ("2024Q2", "month"), ("2024", "once"), ("2024Q2", "once")],
)
def test_too_coarse(written: str, frequency: Frequency) -> None:
    with pytest.raises(PeriodTooCoarse):
        read_period(written, frequency)


def test_a_run_is_never_dropped() -> None:
    for frequency in ("year", "quarter", "month"):
        with pytest.raises(PeriodHasRun):
            read_period("2024-06/2", frequency)


@pytest.mark.parametrize(
    ("period", "months", "text", "previous"),
    [
        ("2024", ("2024-01", "2024-12"), "2024年", "2023"),
        ("2024Q2", ("2024-04", "2024-06"), "2024年二季度", "2024Q1"),
        ("2024Q1", ("2024-01", "2024-03"), "2024年一季度", "2023Q4"),
        ("2024-06", ("2024-06", "2024-06"), "2024年6月", "2024-05"),
        ("2024-01", ("2024-01", "2024-01"), "2024年1月", "2023-12"),
        ("2024-06/2", ("2024-06", "2024-06"), "2024年6月第2次", "2024-06"),
        ("2024-06/3", ("2024-06", "2024-06"), "2024年6月第3次", "2024-06/2"),
    ],
)
def test_stored_periods(period: str, months: tuple[str, str], text: str, previous: str) -> None:
    assert months_of(period) == months
    assert period_text(period) == text
    assert previous_period(period) == previous


def test_days() -> None:
    assert (first_day("2024-02"), last_day("2024-02")) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (first_day("2023Q1"), last_day("2023Q1")) == (date(2023, 1, 1), date(2023, 3, 31))
    assert (first_day("2024"), last_day("2024")) == (date(2024, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    "period", ["2024-6", "2024-06/1", "2024年", "", "2024-06/2/3", "2024-13", "２０２４", "2024-06\n"]
)
def test_only_stored_forms_are_taken_apart(period: str) -> None:
    for rule in (months_of, first_day, last_day, period_text, previous_period):
        with pytest.raises(NotPeriod):
            rule(period)


def test_nothing_comes_before_the_first_period() -> None:
    for period in ("1900", "1900Q1", "1900-01"):
        with pytest.raises(NotPeriod):
            previous_period(period)


@given(PERIODS, PERIODS)
def test_overlap_is_a_shared_day(a: Period, b: Period) -> None:
    shared = max(first_day(a), first_day(b)) <= min(last_day(a), last_day(b))
    assert periods_overlap(a, b) == periods_overlap(b, a) == shared


@given(PERIODS)
def test_the_previous_period_ends_the_day_before_or_is_the_run_before(period: Period) -> None:
    previous = previous_period(period)
    if "/" in period:
        assert months_of(previous) == months_of(period)
    else:
        assert last_day(previous) + timedelta(days=1) == first_day(period)


@given(PERIODS)
def test_what_is_said_is_read_back(period: Period) -> None:
    frequency: Frequency = "once" if "-" in period else "quarter" if "Q" in period else "year"
    assert read_period(period, frequency) == period
    assert read_period(period_text(period), frequency) == period


@given(
    st.text() | st.text(alphabet="0123456789-/.Q年月第季度次二"),
    st.sampled_from(("year", "quarter", "month", "once")),
)
def test_a_text_is_read_as_a_stored_period_or_refused(text: str, frequency: Frequency) -> None:
    try:
        period = read_period(text, frequency)
    except NotPeriod:
        return
    assert read_period(period, frequency) == period
    assert first_day(period) <= last_day(period)
