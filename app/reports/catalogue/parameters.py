"""What reports ask for: a month, a batch, a village …; how each is read, what it is by default, what there is to choose from."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from app.batches.steps import load_batch
from app.ledger.queries import month_of
from app.programs.queries import find_program, programs
from app.registry.queries import find_person
from app.reports.queries import month_to_report
from models.domain.division import village_key
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState
from models.domain.period import period_text, read_period
from models.domain.refusal import Refusal
from models.store.opening import Store


class NotYear(Refusal):
    """Not a year."""

    form = "“{written}”不是年度。请写成 2024 的样子。"


class VillageNotHere(Refusal):
    """A village that the office does not have."""

    form = "本办公点没有名为“{written}”的村（社区）。请用下列名称之一：{known}。"


class NotAChoice(Refusal):
    """None of the values that there are to choose from."""

    form = "{label}不能是“{written}”，只能是：{known}。"


class Choice(NamedTuple):
    """Something to choose: the value as it is given, and the words that a clerk reads."""

    value: str
    words: str


def _nothing(_store: Store, _day: str) -> str:
    return ""


def _no_choices(_store: Store) -> Sequence[Choice]:
    return ()


@dataclass(frozen=True)
class Parameter:
    """Something a report asks for. `read` gives it as stored; `choices` is empty where it is typed; `hint` shows how."""

    name: str
    label: str
    read: Callable[[Store, str], str]
    default: Callable[[Store, str], str] = _nothing
    choices: Callable[[Store], Sequence[Choice]] = _no_choices
    needed: bool = True
    hint: str = ""

    @property
    def optional(self) -> "Parameter":
        """The same, for a report that also does without: all programs, all villages."""
        return replace(self, needed=False, default=_nothing)


def one_of(written: str, choices: Sequence[Choice], label: str) -> str:
    """The choice that was written, by its value or its words. Raises NotAChoice."""
    for one in choices:
        if written in one:
            return one.value
    raise NotAChoice(
        label=label, written=written, known="、".join(f"{one.words}（{one.value}）" for one in choices)
    )


# -- days ----------------------------------------------------------------------------------------------------------


def _month_now(store: Store, day: str) -> str:
    return month_to_report(store) or day[:7]


def _quarter(_store: Store, written: str) -> str:
    return read_period(written, "quarter")


def _quarter_now(store: Store, day: str) -> str:
    return read_period(_month_now(store, day), "quarter")


def _year(_store: Store, written: str) -> str:
    found = _YEAR.fullmatch(written)
    if found is None:
        raise NotYear(written=written)
    return found[1]


def _months(store: Store) -> list[Choice]:
    """All months from the January of the first year in which something was booked to the last, the latest first."""
    first, last = store.row(
        "SELECT min(month), max(month) FROM (SELECT month FROM voucher UNION SELECT month FROM month_tally"
        " UNION SELECT substr(last_business_date, 1, 7) FROM office WHERE last_business_date IS NOT NULL)"
    ) or (None, None)
    if first is None:
        return []
    every = [
        f"{year}-{month:02d}" for year in range(int(first[:4]), int(last[:4]) + 1) for month in range(1, 13)
    ]
    return [Choice(month, period_text(month)) for month in reversed(every) if month <= last]


def _quarters(store: Store) -> list[Choice]:
    found = dict.fromkeys(read_period(one.value, "quarter") for one in _months(store))
    return [Choice(one, period_text(one)) for one in found]


def _years(store: Store) -> list[Choice]:
    found = dict.fromkeys(one.value[:4] for one in _months(store))
    return [Choice(one, f"{one}年") for one in found]


_YEAR: Final = re.compile(r"((?:19|20|21)[0-9]{2})年?度?")

MONTH: Final = Parameter(
    "month", "月份", lambda _store, written: month_of(written), _month_now, _months, hint="2024-06"
)
QUARTER: Final = Parameter("quarter", "季度", _quarter, _quarter_now, _quarters, hint="2024Q2")
YEAR: Final = Parameter(
    "year", "年度", _year, lambda store, day: _month_now(store, day)[:4], _years, hint="2024"
)
FIRST: Final = replace(
    MONTH, name="from", label="起始月份", default=lambda store, day: f"{_month_now(store, day)[:4]}-01"
)
LAST: Final = replace(MONTH, name="until", label="截止月份", default=lambda _store, day: day[:7])

# -- what the office has -------------------------------------------------------------------------------------------

_LISTED_STATES: Final = tuple(state for state in BatchState if state is not BatchState.CANCELLED)


_OF_PERIODS: Final = "b.kind = 'regular' AND (SELECT frequency FROM policy WHERE id = b.policy_id) <> 'once'"


def _batch(store: Store, written: str) -> str:
    return load_batch(store, written).number


def _batches(store: Store, which: str = "1") -> list[Choice]:
    """The batches, the latest first; cancelled ones have nothing to report."""
    marks = ", ".join("?" * len(_LISTED_STATES))
    rows = store.rows(
        "SELECT b.number, g.name, b.period, b.state, b.kind FROM batch b JOIN program g ON g.id = b.program_id"
        f" WHERE b.state IN ({marks}) AND {which} ORDER BY b.id DESC",
        [str(state) for state in _LISTED_STATES],
    )
    return [
        Choice(
            number,
            f"{number}　{program} {period_text(period)}{' 补发' if kind == 'reissue' else ''}　{BATCH_STATE_NAMES[BatchState(state)]}",
        )
        for number, program, period, state, kind in rows
    ]


def _latest_batch(store: Store, _day: str) -> str:
    return _first_of(_batches(store))


def _first_of(choices: Sequence[Choice]) -> str:
    return choices[0].value if choices else ""


def _programs(store: Store) -> list[Choice]:
    """The programs that have a policy."""
    held = {row[0] for row in store.rows("SELECT DISTINCT program_id FROM policy")}
    return [Choice(one.code, f"{one.name}（{one.code}）") for one in programs(store) if one.id in held]


def _village(store: Store, written: str) -> str:
    name = store.value(
        "SELECT name FROM village WHERE name_key = ?1 UNION ALL"
        " SELECT v.name FROM village_alias a JOIN village v ON v.id = a.village_id WHERE a.name_key = ?1 LIMIT 1",
        (village_key(written),),
    )
    if name is None:
        raise VillageNotHere(
            written=written, known="、".join(one.value for one in _villages(store)) or "（还没有）"
        )
    return str(name)


def _villages(store: Store) -> list[Choice]:
    return [Choice(row[0], row[0]) for row in store.rows("SELECT name FROM village ORDER BY id")]


def _first_village(store: Store, _day: str) -> str:
    return _first_of(_villages(store))


def _person(store: Store, written: str) -> str:
    return str(store.value("SELECT id_number FROM person WHERE id = ?", (find_person(store, written),)))


BATCH: Final = Parameter("batch", "批次", _batch, _latest_batch, _batches, hint="2130122-2024-01")
BATCH_OF_PERIODS: Final = replace(
    BATCH,
    default=lambda store, _day: _first_of(_batches(store, _OF_PERIODS)),
    choices=lambda store: _batches(store, _OF_PERIODS),
)
"""A batch that has a period before it: no reissue, of no one-off program."""
PROGRAM: Final = Parameter(
    "program", "补贴项目", lambda store, written: find_program(store, written).code, choices=_programs,
    needed=False, hint="编码或名称",
)  # fmt: skip
VILLAGE: Final = Parameter("village", "村（社区）", _village, _first_village, _villages)
PERSON: Final = Parameter("person", "人员", _person, hint="姓名、身份证号或账号末位")
