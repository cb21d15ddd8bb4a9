"""Dates as workbooks hold them."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.dates import NotDate, date_from_cell

DAYS = st.dates(date(1850, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    "written",
    [
        *("20240315", "2024.3.15", "2024/3/15", "2024-03-15", "2024-3-15", "2024年3月15日", "2024年03月15日"),
        *(
            "２０２４．３．１５",
            " 2024-03-15\xa0",
            "2024 年 3 月 15 日",
            "2024-03-15 00:00:00",
            "2024/3/15 0:00",
        ),
        *("'20240315", "2024年3月15号", 20240315, 20240315.0, 45366, 45366.0),
        *(date(2024, 3, 15), datetime(2024, 3, 15), datetime(2024, 3, 15, 23, 59, tzinfo=UTC)),
    ],
)
def test_one_day_in_many_forms(written: object) -> None:
    assert date_from_cell(written) == date(2024, 3, 15)
    assert type(date_from_cell(written)) is date


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            None,
            True,
            "2024",
            "2024-03",
            "24-3-15",
            "2024年3月",
            "2024-02-30",
            "20240230",
            "2024-13-01",
            "2024.3-15",
        ),
        *(
            "2024-03-15 08:30",
            "45366",
            "2024 03 15",
            "202403150",
            "不详",
            "٢٠٢٤-03-15",
            "1849-12-31",
            "2151-01-01",
        ),
        *(
            "2024-03-15abc",
            "15/3/2024",
            b"20240315",
            time(1),
            45366.5,
            19999,
            60001,
            18491231,
            21510101,
            20240230,
            0,
        ),
        *(
            float("nan"),
            float("inf"),
            1e300,
            -20240315,
            date(1849, 12, 31),
            date(2151, 1, 1),
            datetime(9999, 1, 1),
        ),
    ],
)
def test_what_is_no_date(written: object) -> None:
    with pytest.raises(NotDate):
        date_from_cell(written)


def test_the_ends_of_the_serials() -> None:
    assert date_from_cell(20000) == date(1954, 10, 3)
    assert date_from_cell(60000) == date(2064, 4, 8)


@given(DAYS)
def test_every_form_of_every_day(day: date) -> None:
    year, month, number = f"{day.year:04d}", day.month, day.day
    for written in (
        f"{year}{month:02d}{number:02d}",
        f"{year}-{month:02d}-{number:02d}",
        f"{year}.{month}.{number}",
        f"{year}/{month}/{number}",
        f"{year}年{month}月{number}日",
        int(f"{year}{month:02d}{number:02d}"),
        day,
    ):
        assert date_from_cell(written) == day


@given(
    st.text()
    | st.text(alphabet="0123456789-./年月日 ")
    | st.floats()
    | st.integers()
    | st.datetimes()
    | st.dates()
)
def test_any_cell_is_a_date_in_range_or_refused(written: object) -> None:
    try:
        day = date_from_cell(written)
    except NotDate:
        return
    assert 1850 <= day.year <= 2150
    if isinstance(written, str):
        digits = [character for character in written if character.isdigit()]
        assert len(digits) >= 6
