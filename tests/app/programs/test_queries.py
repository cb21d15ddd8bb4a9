from typing import Any

import pytest

from app.desk import Desk
from app.programs.queries import (
    AmbiguousProgram,
    NoPolicyInForce,
    NoSuchPolicy,
    NoSuchProgram,
    conflicts,
    conflicts_of,
    find_program,
    policies_of,
    policy_for,
    policy_of,
    program_of,
    programs,
)
from app.programs.use_cases import add_policies, end_policy
from models.domain.exclusion import DEFAULT_CONFLICTS
from models.domain.period import NotPeriod, PeriodTooCoarse

LAND: dict[str, Any] = {
    "program": "2130122",
    "document": "新农〔2024〕3号",
    "from": "2024-01-01",
    "frequency": "year",
    "target": "household",
    "family": "per_unit",
    "unit": "亩",
    "rate": "100.58",
}


def put(desk: Desk, *tables: dict[str, Any]) -> None:
    add_policies(desk, tables=tables, source_name="policies.toml")


def test_the_catalogue_is_whole(desk: Desk) -> None:
    known = programs(desk.store)
    assert len(known) == 55
    assert {one.bank_short_name_12 for one in known} == {""}
    assert all(1 <= len(one.bank_short_name) <= 7 and one.department and not one.is_local for one in known)
    assert conflicts(desk.store) == list(DEFAULT_CONFLICTS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2110501", "2110501"),
        (" ２１１０５０１ ", "2110501"),
        ("非国有林生态保护补偿（到人到户）", "2110501"),
        ("非国有林生态保护补偿(到人到户)", "2110501"),
        ("耕地地力补贴", "2130122"),
        ("耕地地力", "2130122"),
        ('小麦"一喷三防"补助', "2130125"),
    ],
)
def test_a_program_is_found_by_code_name_or_a_part_that_only_it_has(desk: Desk, text: str, code: str) -> None:
    assert find_program(desk.store, text).code == code


def test_a_part_of_several_names_lists_them(desk: Desk) -> None:
    with pytest.raises(
        AmbiguousProgram, match="2081901 城市居民最低生活保障金、2081902 农村居民最低生活保障金"
    ):
        find_program(desk.store, "最低生活保障金")


@pytest.mark.parametrize("text", ["", "  ", "火星补贴", "21301"])
def test_no_program(desk: Desk, text: str) -> None:
    with pytest.raises((NoSuchProgram, AmbiguousProgram)) as no:
        find_program(desk.store, text)
    assert no.type is NoSuchProgram


def test_unknown_ids_are_refused(desk: Desk) -> None:
    with pytest.raises(NoSuchProgram):
        program_of(desk.store, 999)
    with pytest.raises(NoSuchPolicy):
        policy_of(desk.store, 999)


def test_the_policy_in_force_on_the_last_day_of_its_period(desk: Desk) -> None:
    put(desk, LAND, {**LAND, "from": "2025-07-01", "rate": "110"})
    land = find_program(desk.store, "2130122").id
    period, stored = policy_for(desk.store, land, "2024-06")
    assert (period, stored.version) == ("2024", 1)
    assert policy_of(desk.store, stored.id) == stored
    # 31 December 2025 belongs to the second version
    assert policy_for(desk.store, land, "2025-01")[1].version == 2


def test_versions_of_two_frequencies_each_read_their_own_months(desk: Desk) -> None:
    monthly = {**LAND, "frequency": "month", "document": "新农〔2023〕1号", "from": "2023-01-01"}
    put(desk, monthly, {**LAND, "from": "2024-06-01"})
    land = find_program(desk.store, "2130122").id
    assert policy_for(desk.store, land, "2024-03")[0] == "2024-03"
    assert policy_for(desk.store, land, "2024-07")[0] == "2024"


def test_a_period_outside_every_policy_names_the_dates(desk: Desk) -> None:
    land = find_program(desk.store, "2130122").id
    with pytest.raises(NoPolicyInForce, match="还没有登记任何政策"):
        policy_for(desk.store, land, "2024")
    put(desk, LAND)
    with pytest.raises(NoPolicyInForce, match="在 2023-12-31 没有生效的政策：第 1 版 2024-01-01 起"):
        policy_for(desk.store, land, "2023")
    with pytest.raises(NotPeriod):
        policy_for(desk.store, land, "去年")


def test_a_period_too_coarse_says_so(desk: Desk) -> None:
    put(desk, {**LAND, "frequency": "month"})
    with pytest.raises(PeriodTooCoarse):
        policy_for(desk.store, find_program(desk.store, "2130122").id, "2024")


def test_a_policy_comes_back_as_it_was_stored_with_the_dates_that_hold_now(desk: Desk) -> None:
    from datetime import date

    put(desk, LAND)
    land = find_program(desk.store, "2130122")
    before = policies_of(desk.store, land.id)[0].policy
    assert (before.rate, before.unit, before.valid_to) == (1005800, "亩", None)
    end_policy(desk, program=land.code, version=1, day=date(2024, 12, 31))
    after = policies_of(desk.store, land.id)[0].policy
    assert after.valid_to == date(2024, 12, 31)
    with pytest.raises(NoPolicyInForce, match="2024-01-01 至 2024-12-31"):
        policy_for(desk.store, land.id, "2025")


def test_conflicts_are_seen_from_both_sides(desk: Desk) -> None:
    assert {pair.other("2080705") for pair in conflicts_of(desk.store, "2080705")} == {"2110401"}
    assert {pair.other("2110401") for pair in conflicts_of(desk.store, "2110401")} == {"2080705"}
    assert conflicts_of(desk.store, "2130122") == []
