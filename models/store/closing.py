"""Closed years 已结账的年度: what their books refuse, said before the database says it."""

from models.domain.refusal import Refusal
from models.store.opening import Store


class YearIsClosed(Refusal):
    """Something dated in a year whose books are closed."""

    form = "{year} 年已经年终结账，{day} 的业务不能再记入。请改用 {next} 年的日期；确实要改 {year} 年的账，请先申请反结账。"


def closed_through(store: Store) -> int | None:
    """The last closed year; nothing is booked in it or before it. None while no year is closed."""
    year = store.value("SELECT max(year) FROM year_close WHERE state <> 'open'")
    return None if year is None else int(year)


def refuse_closed_year(store: Store, day: str) -> None:
    """Refuse a day or a month ('YYYY-MM…') of a closed year. Raises YearIsClosed."""
    last = closed_through(store)
    if last is not None and int(day[:4]) <= last:
        raise YearIsClosed(year=day[:4], day=day, next=last + 1)
