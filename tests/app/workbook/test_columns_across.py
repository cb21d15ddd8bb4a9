"""One row a household, its members across: each is read, at cells of their own."""

import pytest

from app.workbook.columns import (
    ACCOUNTS,
    DATA_ROW,
    LIST,
    NOTE,
    PEOPLE,
    ROSTER,
    TOTAL,
    AmbiguousColumns,
    Form,
    MemberRow,
    PeopleSideBySide,
    data_rows,
    find_tables,
    table_remarks,
)
from app.workbook.reading import Cell
from tests.app.workbook.test_columns import book_of, sheet_of, table_of

HEAD = "330624195810179114"
WIFE = "330624198706138885"
SON = "11010519491231002X"
OTHER = "440524188001010014"

NUMBERED: list[Cell] = [
    "村", "户主姓名", "户主身份证号", "户主性别", "成员1姓名", "成员1身份证号", "成员1与户主关系",
    "成员2姓名", "成员2身份证号", "成员2与户主关系", "备注",
]  # fmt: skip
HOUSEHOLD: list[Cell] = ["上溪村", "甲", HEAD, "男", "乙", WIFE, "配偶", "丙", SON, "子", "低保户"]


def people_of(rows: list[list[Cell]], form: Form = PEOPLE) -> list[tuple[int, Cell, Cell, Cell, Cell]]:
    """(row, name, ID, relation, the head's ID) of everybody."""
    table = table_of(rows, form)
    found = []
    for row in data_rows(table):
        if row.kind == DATA_ROW:
            cells = dict(zip(table.fields, row.cells, strict=True))
            found.append(
                (
                    int(row.number),
                    cells["name"],
                    cells["id_number"],
                    cells.get("relation"),
                    cells.get("head_id"),
                )
            )
    return found


EVERYBODY = [(2, "甲", HEAD, None, HEAD), (2, "乙", WIFE, "配偶", HEAD), (2, "丙", SON, "子", HEAD)]
GROUPS: list[Cell] = ["村", "户主信息", None, "家庭成员1", None, None, "家庭成员2", None, None]
UNDER: list[Cell] = [
    None,
    "姓名",
    "身份证号",
    "姓名",
    "身份证号",
    "与户主关系",
    "姓名",
    "身份证号",
    "与户主关系",
]
BY_GROUP: list[Cell] = ["上溪村", "甲", HEAD, "乙", WIFE, "配偶", "丙", SON, "子"]


def test_numbered_headings() -> None:
    assert people_of([NUMBERED, HOUSEHOLD]) == EVERYBODY


@pytest.mark.parametrize(
    "one",
    [
        ("成员{n}姓名", "成员{n}身份证号", "成员{n}与户主关系"),
        ("家庭成员{n}姓名", "家庭成员{n}证件号码", "家庭成员{n}关系"),
        ("成员{c}姓名", "成员{c}身份证号码", "成员{c}与户主关系"),
        ("第{c}人姓名", "第{c}人身份证号", "第{c}人与户主关系"),
        ("成员{n}", "成员{n}身份证", "成员{n}关系"),
        ("成员姓名{n}", "成员身份证号{n}", "与户主关系{n}"),
        ("姓名（{n}）", "身份证号（{n}）", "关系（{n}）"),
        ("成员{o}姓名", "成员{o}身份证号", "成员{o}与户主关系"),
    ],
)
def test_ways_to_number(one: tuple[str, ...]) -> None:
    members = [text.format(n=n, c="一二"[n - 1], o="①②"[n - 1]) for n in (1, 2) for text in one]
    rows: list[list[Cell]] = [
        ["村", "户主姓名", "户主身份证号", *members],
        ["上溪村", "甲", HEAD, *HOUSEHOLD[4:10]],
    ]
    assert people_of(rows) == EVERYBODY


def test_numbers_beside_each_other_by_field() -> None:
    rows: list[list[Cell]] = [
        ["姓名1", "姓名2", "身份证号1", "身份证号2", "关系1", "关系2"],
        ["甲", "乙", HEAD, WIFE, "户主", "配偶"],
    ]
    assert people_of(rows) == [(2, "甲", HEAD, "户主", HEAD), (2, "乙", WIFE, "配偶", HEAD)]


@pytest.mark.parametrize(
    "groups",
    [
        GROUPS,
        ["村", "户主", None, "成员一", None, None, "成员二", None, None],
        ["村", "户主信息", None, "家庭成员", None, None, "家庭成员", None, None],
        ["村", "户主", None, "家庭成员情况", None, None, None, None, None],
    ],
)
def test_groups_above(groups: list[Cell]) -> None:
    assert people_of([groups, UNDER, BY_GROUP]) == [(3, *one[1:]) for one in EVERYBODY]


def test_groups_of_three_levels() -> None:
    top: list[Cell] = ["村", "户主", None, "家庭成员", None, None, None, None, None]
    second: list[Cell] = [None, None, None, "第1人", None, None, "第2人", None, None]
    assert people_of([top, second, UNDER, BY_GROUP]) == [(4, *one[1:]) for one in EVERYBODY]


def test_headings_that_come_again_and_again() -> None:
    rows: list[list[Cell]] = [
        ["村", "姓名", "身份证号", "电话", *["姓名", "身份证号", "关系"] * 2, "备注"],
        ["上溪村", "甲", HEAD, "13800000000", *HOUSEHOLD[4:]],
    ]
    assert people_of(rows) == EVERYBODY


@pytest.mark.parametrize(
    "heading",
    [
        ["村", "姓名", "身份证号", "姓名", "身份证号"],
        ["村", "姓名", "身份证号", "姓名", "身份证号", "关系", "姓名", "关系", "身份证号"],
        ["村", "关系", "姓名", "身份证号", "姓名", "身份证号"],
    ],
)
def test_what_is_not_regular_is_asked(heading: list[Cell]) -> None:
    row: list[Cell] = ["上溪村", *["甲", HEAD, "乙", WIFE, "丙", SON, "丁", OTHER][: len(heading) - 1]]
    with pytest.raises(PeopleSideBySide):
        table_of([heading, row], PEOPLE)


def test_a_second_telephone_is_no_second_person() -> None:
    table = table_of([["姓名", "身份证号", "联系电话", "联系电话2"], ["甲", HEAD, "1", "2"]], PEOPLE)
    assert not table.members
    assert table.columns["phone"] == 2


def test_who_is_not_there_is_nobody() -> None:
    gone: list[Cell] = ["上溪村", "丁", OTHER, "男", None, None, "配偶", None, None, None, None]
    assert people_of([NUMBERED, gone, HOUSEHOLD])[0] == (2, "丁", OTHER, None, OTHER)
    assert len(people_of([NUMBERED, gone, HOUSEHOLD])) == 4


def test_a_household_whose_head_is_not_written_stays_one() -> None:
    row: list[Cell] = ["上溪村", None, None, None, *HOUSEHOLD[4:]]
    assert people_of([NUMBERED, row]) == [(2, "乙", WIFE, "配偶", WIFE), (2, "丙", SON, "子", WIFE)]


def test_the_head_named_beside_the_members_is_one_of_them() -> None:
    heading: list[Cell] = ["户主姓名", *["成员姓名", "成员身份证号", "关系"] * 2]
    rows: list[list[Cell]] = [heading, ["甲", "乙", WIFE, "配偶", "甲", HEAD, "户主"]]
    assert people_of(rows) == [(2, "乙", WIFE, "配偶", HEAD), (2, "甲", HEAD, "户主", HEAD)]


def test_what_is_said_of_the_head_is_not_said_of_the_others() -> None:
    table = table_of([NUMBERED, HOUSEHOLD], PEOPLE)
    rows = [dict(zip(table.fields, row.cells, strict=True)) for row in data_rows(table)]
    assert [(row["sex"], row["remark"], row["village"]) for row in rows] == [
        ("男", "低保户", "上溪村"),
        (None, None, "上溪村"),
        (None, None, "上溪村"),
    ]


def test_each_has_headings_of_their_own() -> None:
    table = table_of([NUMBERED, HOUSEHOLD], PEOPLE)
    numbers = [row.number for row in data_rows(table)]
    assert all(isinstance(number, MemberRow) and number == 2 for number in numbers)
    said = [
        [number.heading(table.headings[name]) for name in ("name", "id_number", "relation")]
        for number in numbers
        if isinstance(number, MemberRow)
    ]
    assert said == [
        ["户主姓名", "户主身份证号", "户主姓名"],
        ["成员1姓名", "成员1身份证号", "成员1与户主关系"],
        ["成员2姓名", "成员2身份证号", "成员2与户主关系"],
    ]
    assert [table.column_of_member(text) for text in ("成员2身份证号", "户主姓名", "备注", "村", "没有")] == [
        8, 1, 10, None, None,
    ]  # fmt: skip


def test_equal_headings_are_told_apart() -> None:
    table = table_of([GROUPS, UNDER, BY_GROUP], PEOPLE)
    last = list(data_rows(table))[-1].number
    assert isinstance(last, MemberRow)
    assert last.heading(table.headings["id_number"]) == "家庭成员2身份证号"


def test_it_is_said() -> None:
    book = book_of(sheet_of([NUMBERED, HOUSEHOLD]))
    (remark,) = table_remarks(book, find_tables(book, PEOPLE))
    assert (
        remark.sentence == "工作表“花名册”一行登记一户，每行最多 3 人，已逐人读取，行数按人数计。请核对人数。"
    )


def test_one_amount_in_the_row_is_the_households() -> None:
    heading: list[Cell] = [*NUMBERED[:3], *NUMBERED[4:7], "保障金额（元）"]
    row: list[Cell] = ["上溪村", "甲", HEAD, "乙", WIFE, "配偶", 300]
    table = table_of([heading, row], ROSTER)
    assert not table.members
    assert [dict(zip(table.fields, one.cells, strict=True)) for one in data_rows(table)] == [
        {"village": "上溪村", "name": "甲", "id_number": HEAD, "amount": 300}
    ]


def test_amounts_of_their_own_are_theirs() -> None:
    heading: list[Cell] = ["姓名1", "身份证号1", "金额1", "姓名2", "身份证号2", "金额2"]
    table = table_of([heading, ["甲", HEAD, 100, "乙", WIFE, 50]], ROSTER)
    amounts = [dict(zip(table.fields, one.cells, strict=True))["amount"] for one in data_rows(table)]
    assert amounts == [100, 50]


def test_accounts_and_lists() -> None:
    heading: list[Cell] = ["户主姓名", "户主身份证号", "账号", "成员1姓名", "成员1身份证号"]
    row: list[Cell] = ["甲", HEAD, "6228584014259577928", "乙", WIFE]
    assert [one[1] for one in people_of([heading, row], ACCOUNTS)] == ["甲"]
    assert [one[1] for one in people_of([heading, row], LIST)] == ["甲", "乙"]


def test_totals_and_repeated_headings_between() -> None:
    total: list[Cell] = ["合计", "2户", None, None, "3人", *[None] * 6]
    assert people_of([NUMBERED, NUMBERED, HOUSEHOLD, total, NUMBERED, HOUSEHOLD]) == [
        (row, *one[1:]) for row in (3, 6) for one in EVERYBODY
    ]


FOLDED: list[Cell] = ["序号", "姓名", "身份证号", "金额", None, "序号", "姓名", "身份证号", "金额"]
LISTS: list[list[Cell]] = [
    FOLDED,
    [1, "甲", HEAD, 10, None, 3, "丙", SON, 30],
    [2, "乙", WIFE, 20, None, None, "合计", None, 60],
    FOLDED,
    ["填表人：某", None, None, None, None, 4, None, None, None],
]


def test_lists_printed_side_by_side_are_read_one_after_the_other() -> None:
    table = table_of(LISTS, ROSTER)
    place, own = table.fields.index("name"), table.fields.index("amount")
    rows = [(int(row.number), row.kind, row.cells[place], row.cells[own]) for row in data_rows(table)]
    assert rows == [
        (2, DATA_ROW, "甲", 10), (3, DATA_ROW, "乙", 20), (5, NOTE, None, None), (2, DATA_ROW, "丙", 30), (3, TOTAL, "合计", 60),
    ]  # fmt: skip
    (remark,) = table_remarks(book_of(sheet_of(LISTS)), [table])
    assert remark.code == "sheet.lists_beside"


def test_a_finding_of_the_right_list_stands_at_its_own_cell() -> None:
    table = table_of(LISTS, ROSTER)
    third = [row for row in data_rows(table) if row.kind == DATA_ROW][2]
    assert isinstance(third.number, MemberRow)
    heading = third.number.heading(table.headings["id_number"])
    assert heading == "身份证号（H 列）"
    assert table.column_of_member(heading) == 7


@pytest.mark.parametrize(
    ("form", "heading"),
    [
        (PEOPLE, ["姓名", "身份证号", "姓名", "身份证号"]),  # a household, or two lists: nobody knows
        (ROSTER, ["序号", "姓名", "身份证号", "姓名", "金额", "序号", "姓名", "身份证号", "姓名", "金额"]),
    ],
)
def test_lists_of_which_nobody_can_be_sure_are_refused(form: Form, heading: list[Cell]) -> None:
    row: list[Cell] = [{"姓名": "甲", "身份证号": HEAD}.get(str(name), 1) for name in heading]
    other: list[Cell] = [{"姓名": "乙", "身份证号": WIFE}.get(str(name), 2) for name in heading]
    half = len(heading) // 2
    with pytest.raises((PeopleSideBySide, AmbiguousColumns)):
        table_of([heading, row[:half] + other[half:], other[:half] + row[half:]], form)
