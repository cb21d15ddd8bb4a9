"""Lists by page: what SQL and the sorting here give is what a plain list of the same rows gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk import Desk
from app.pages import (
    Between,
    Chosen,
    Column,
    Holds,
    Listing,
    Shows,
    Sort,
    View,
    distinct_values,
    ids_holding,
    ids_of,
    initials_of,
    pinyin_table,
    rows_of,
    shown,
    sums_among,
    sums_of,
)
from app.registry.listings import HOUSEHOLDS, PEOPLE, NameInitials, search_people
from tests.builders import Make

NAMES = ("张三", "陈小玉", "王五", "单小玉", "阿布都·热合曼", "欧阳明", "曾国", "李四")


@pytest.fixture
def people(desk: Desk) -> dict[str, int]:
    make = Make(desk)
    villages = ("上溪村", "下溪村", "石门村")
    return {
        name: make.person(name, village=villages[place % 3], account=None if place == 3 else "")
        for place, name in enumerate(NAMES)
    }


def names(desk: Desk, view: View) -> list[str]:
    return [str(row[0]) for row in rows_of(desk.store, PEOPLE, ids_of(desk.store, PEOPLE, view)) if row]


def test_ids_come_in_order_and_rows_for_them(desk: Desk, people: dict[str, int]) -> None:
    assert names(desk, View()) == list(NAMES)
    ids = ids_of(desk.store, PEOPLE)
    assert rows_of(desk.store, PEOPLE, [ids[2], 999_999, ids[0]])[1] is None


def test_names_are_sorted_by_pinyin_both_ways(desk: Desk, people: dict[str, int]) -> None:
    up = names(desk, View(sorts=(Sort("name"),)))
    assert up[0] == "阿布都·热合曼"
    assert up.index("陈小玉") < up.index("李四") < up.index("欧阳明") < up.index("王五") < up.index("张三")
    assert names(desk, View(sorts=(Sort("name", descending=True),))) == up[::-1]


def test_several_columns_sort_in_turn(desk: Desk, people: dict[str, int]) -> None:
    view = View(sorts=(Sort("village"), Sort("name", descending=True)))
    rows = [row for row in rows_of(desk.store, PEOPLE, ids_of(desk.store, PEOPLE, view)) if row]
    table = pinyin_table()
    keys = [(row[4].translate(table), row[0]) for row in rows]
    assert [key[0] for key in keys] == sorted(key[0] for key in keys)
    for village in {row[4] for row in rows}:
        within = [row[0].translate(table) for row in rows if row[4] == village]
        assert within == sorted(within, reverse=True)


def test_an_id_column_is_sorted_as_it_stands(desk: Desk, people: dict[str, int]) -> None:
    numbers = [
        row[1]
        for row in rows_of(desk.store, PEOPLE, ids_of(desk.store, PEOPLE, View(sorts=(Sort("id_number"),))))
        if row
    ]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (Chosen("village", ("下溪村",)), {"陈小玉", "阿布都·热合曼", "李四"}),
        (Holds("name", "小玉"), {"陈小玉", "单小玉"}),
        (Chosen("account", ()), set()),
        (Between("birth", "1955-01-01", "1955-01-01"), set(NAMES)),
        (Between("birth", "1956-01-01"), set()),
        (Holds("is_dead", "在世"), set(NAMES)),
    ],
)
def test_filters(
    desk: Desk, people: dict[str, int], one: Chosen | Holds | Between, expected: set[str]
) -> None:
    view = View(filters=(one,))
    assert set(names(desk, view)) == expected
    assert sums_of(desk.store, PEOPLE, view).rows == len(expected)


def test_filters_hold_together_and_an_id_is_found_by_its_end(desk: Desk, people: dict[str, int]) -> None:
    tail = Make(desk).id_number_of(people["王五"])[-6:]
    both = View(filters=(Holds("id_number", tail), Chosen("village", ("石门村",))))
    assert names(desk, both) == ["王五"]
    assert names(desk, View(filters=(Holds("id_number", tail), Chosen("village", ("上溪村",))))) == []


def test_distinct_values_come_with_counts_under_the_other_filters(desk: Desk, people: dict[str, int]) -> None:
    assert distinct_values(desk.store, PEOPLE, "village") == [("上溪村", 3), ("石门村", 2), ("下溪村", 3)]
    view = View(filters=(Holds("name", "小玉"), Chosen("village", ("上溪村",))))
    assert distinct_values(desk.store, PEOPLE, "village", view) == [("上溪村", 1), ("下溪村", 1)]
    assert distinct_values(desk.store, PEOPLE, "name", None, "小") == [("陈小玉", 1), ("单小玉", 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("小玉", {"陈小玉", "单小玉"}),
        ("sxy", {"单小玉"}),
        ("dxy", {"单小玉"}),
        ("zs", {"张三"}),
        ("石门", {"王五", "欧阳明"}),
        ("", set()),
    ],
)
def test_find_in_a_table(desk: Desk, people: dict[str, int], text: str, expected: set[str]) -> None:
    found = ids_holding(desk.store, PEOPLE, text)
    assert {name for name, one in people.items() if one in found} == expected


def test_find_by_tails(desk: Desk, people: dict[str, int]) -> None:
    account = desk.store.value("SELECT number FROM account WHERE person_id = ?", (people["李四"],))
    assert ids_holding(desk.store, PEOPLE, account[-5:]) == {people["李四"]}
    assert ids_holding(desk.store, PEOPLE, account[-2:]) == set()


def test_sums_are_exact_to_the_fen(desk: Desk) -> None:
    big = Listing(
        "big", "大数", "json_each('[300000000000,1,299999999999]') j", "j.id",
        (Column("fen", "金额", "j.value", Shows.MONEY, total=True),),
    )  # fmt: skip
    assert sums_of(desk.store, big).sums == {"fen": (600_000_000_000, 3)}
    ids = ids_of(desk.store, big)
    assert sums_among(desk.store, big, ids[:2], ["fen"]).sums["fen"] == (300_000_000_001, 2)


def test_a_sort_by_money_is_by_amount_not_by_text(desk: Desk) -> None:
    listing = Listing(
        "m", "m", "json_each('[900,10000,50]') j", "j.id", (Column("fen", "金额", "j.value", Shows.MONEY),)
    )
    ids = ids_of(desk.store, listing, View(sorts=(Sort("fen"),)))
    assert [row[0] for row in rows_of(desk.store, listing, ids) if row] == [50, 900, 10000]


def test_groups_are_sorted_as_numbers(desk: Desk) -> None:
    groups = Listing(
        "g", "g", 'json_each(\'["10组","2组",""]\') j', "j.id", (Column("g", "组", "j.value", Shows.CODE),)
    )
    ids = ids_of(desk.store, groups, View(sorts=(Sort("g"),)))
    assert [row[0] for row in rows_of(desk.store, groups, ids) if row] == ["", "2组", "10组"]


def test_private_columns_are_masked_unless_asked() -> None:
    account = Column("a", "账号", "a", Shows.ACCOUNT)
    assert shown(account, "6217000000000000129") == "****0129"
    assert shown(account, "6217000000000000129", masked=False) == "6217000000000000129"
    assert shown(Column("i", "证件号", "i", Shows.ID), "330624195703145103") == "330624********5103"
    assert shown(Column("m", "金额", "m", Shows.MONEY), 30113) == "301.13"


@pytest.mark.parametrize("typed", ["陈", "cxy", "陈小玉"])
def test_search_while_typing(desk: Desk, people: dict[str, int], typed: str) -> None:
    hits = search_people(desk.store, typed, NameInitials(desk.store))
    assert people["陈小玉"] in [hit.id for hit in hits]


def test_search_by_either_end_of_an_id_and_by_an_account(desk: Desk, people: dict[str, int]) -> None:
    number = Make(desk).id_number_of(people["欧阳明"])
    account = desk.store.value("SELECT number FROM account WHERE person_id = ?", (people["欧阳明"],))
    for typed in (number, number[-4:], number[:14], account, account[-4:]):
        assert people["欧阳明"] in [hit.id for hit in search_people(desk.store, typed)], typed
    assert search_people(desk.store, "没有这个人") == []


def test_a_households_list_counts_its_members(desk: Desk, people: dict[str, int]) -> None:
    one, other = Make(desk).household_of(people["张三"]), Make(desk).household_of(people["李四"])
    with desk.store.writing():
        desk.store.execute("UPDATE person SET household_id = ? WHERE id = ?", (one, people["李四"]))
    members = {
        household: row[5]
        for household, row in zip(
            ids_of(desk.store, HOUSEHOLDS),
            rows_of(desk.store, HOUSEHOLDS, ids_of(desk.store, HOUSEHOLDS)),
            strict=True,
        )
        if row
    }
    assert (members[one], members[other]) == (2, 0)


@given(st.text(alphabet="单曾查张王李·ab1", max_size=6))
def test_initials_are_lower_case_and_as_long_as_the_name(name: str) -> None:
    for one in initials_of(name):
        assert len(one) == len(name)
        assert one == one.lower()
