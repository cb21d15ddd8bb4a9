"""Columns are found by their headings, wherever they stand; rows are data unless they surely are something else."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workbook.columns import (
    ACCOUNTS,
    ALLOTMENTS,
    DATA_ROW,
    LIST,
    NOTE,
    PEOPLE,
    ROSTER,
    SUBTOTAL,
    TOTAL,
    AmbiguousColumns,
    Form,
    NoSuchField,
    NoTableFound,
    Table,
    best_header,
    column_letters,
    data_rows,
    find_header,
    find_tables,
    heading_key,
    sheets_without_table,
)
from app.workbook.reading import Cell, Grid, Sheet, Workbook, open_workbook
from tests.app.workbook.crafted import SAMPLES, workbook

ID = "330624195810179114"
OTHER_ID = "330624198706138885"
HEADING: list[Cell] = ["序号", "村", "姓名", "身份证号码", "补贴金额（元）", "账号", "备注"]
PERSON: list[Cell] = [1, "上溪村", "孔水健", ID, 100, "6228584014259577928", None]


def sheet_of(rows: Sequence[Sequence[Cell]], name: str = "花名册", *, hidden: bool = False) -> Sheet:
    """A sheet in memory, as the readers give it: "" where nothing is."""
    width = max((len(row) for row in rows), default=0)
    lines = [["" if cell is None else cell for cell in row] + [""] * (width - len(row)) for row in rows]
    return Sheet(name, hidden=hidden, load=lambda: Grid(width, lambda: iter(lines)))


def book_of(*sheets: Sheet) -> Workbook:
    return Workbook("花名册.xlsx", list(sheets))


def table_of(
    rows: Sequence[Sequence[Cell]], form: Form = ROSTER, mapping: dict[str, str] | None = None
) -> Table:
    (table,) = find_tables(book_of(sheet_of(rows)), form, mapping)
    return table


def kinds_under(heading: Sequence[Cell], *rows: Sequence[Cell], form: Form = ROSTER) -> list[tuple[int, str]]:
    return [(row.number, row.kind) for row in data_rows(table_of([heading, *rows], form))]


# -- the samples ------------------------------------------------------------------------------------------

TRUTHS = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES.glob("*/truth.json")
}
HEADER_ROWS = {
    ("yunxi", "people"): 3,
    ("yunxi", "accounts"): 2,
    ("yunxi", "roster"): 3,
    ("yunxi-by-village", "people"): 3,
    ("yunxi-by-village", "accounts"): 2,
    ("yunxi-by-village", "roster"): 3,
    ("yunxi-old-xls", "people"): 1,
    ("yunxi-old-xls", "accounts"): 2,
    ("yunxi-old-xls", "roster"): 1,
}


def sample_cases() -> list[tuple[str, str, Form, int]]:
    cases = []
    for township, truth in TRUTHS.items():
        cases.append((township, truth["registry"]["file"], PEOPLE, truth["registry"]["rows"]))
        cases.append((township, truth["accounts"]["file"], ACCOUNTS, truth["accounts"]["rows"]))
        cases += [(township, roster["file"], ROSTER, roster["rows"]) for roster in truth["rosters"].values()]
        cases.append((township, truth["allotments"]["file"], ALLOTMENTS, len(truth["allotments"]["lines"])))
    return cases


def test_the_three_townships_are_there() -> None:
    assert len(TRUTHS) == 3
    assert len(sample_cases()) == 33


@pytest.mark.parametrize(("township", "file", "form", "rows"), sample_cases())
def test_samples_give_the_rows_of_the_truth(township: str, file: str, form: Form, rows: int) -> None:
    tables = find_tables(open_workbook(SAMPLES / township / file), form)
    found = Counter(row.kind for table in tables for row in data_rows(table))
    assert found[DATA_ROW] == rows
    assert found[SUBTOTAL] == 0
    assert all(not table.header.unknown for table in tables)
    if (township, form.name) in HEADER_ROWS:
        assert {table.header.last for table in tables} == {HEADER_ROWS[township, form.name]}
    if township == "yunxi-by-village" and form is PEOPLE:
        assert [table.sheet.name for table in tables] == TRUTHS[township]["villages"]
        assert found[NOTE] == 6


def test_merged_household_cells_are_filled_over_their_rows() -> None:
    tables = find_tables(open_workbook(SAMPLES / "yunxi-by-village" / "户籍底册.xlsx"), PEOPLE)
    households = set()
    for table in tables:
        for row in data_rows(table):
            if row.kind == DATA_ROW:
                cells = dict(zip(table.fields, row.cells, strict=True))
                assert cells["village"] == table.sheet.name
                assert cells["household_no"]
                assert cells["head"]
                households.add(cells["household_no"])
    assert len(households) == TRUTHS["yunxi-by-village"]["registry"]["households"]


@pytest.mark.parametrize(("file", "rows"), [("死亡人员名单", 6), ("财政供养人员名单", 8)])
def test_sample_lists(file: str, rows: int) -> None:
    (table,) = find_tables(open_workbook(SAMPLES / "yunxi" / f"{file}.xlsx"), LIST)
    assert [row.kind for row in data_rows(table)] == [DATA_ROW] * rows
    assert {"name", "id_number"} < set(table.fields)


def test_money_in_a_merge_counts_once() -> None:
    path = Path(__file__).parent / "files" / "merged.xls"
    workbook_read = open_workbook(path)
    (table,) = find_tables(workbook_read, ROSTER)
    rows = [
        (row.number, row.kind, dict(zip(table.fields, row.cells, strict=True))) for row in data_rows(table)
    ]
    assert [(number, kind) for number, kind, _ in rows] == [
        (6, DATA_ROW),
        (7, DATA_ROW),
        (8, DATA_ROW),
        (9, TOTAL),
    ]
    assert [cells["household_no"] for _, _, cells in rows] == ["A1", "A1", "A1", "合计"]
    assert [cells["amount"] for _, _, cells in rows] == [300, None, None, 300]
    assert sheets_without_table(workbook_read, [table]) == []


# -- headings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "field", "headings"),
    [
        (PEOPLE, "serial", "序号/编号"),
        (PEOPLE, "sex", "性别"),
        (PEOPLE, "village", "村/行政村/村（社区）/村名/所在村"),
        (PEOPLE, "group", "组/村民小组/小组/组别"),
        (PEOPLE, "household_no", "户编号/户号/户编码"),
        (PEOPLE, "head", "户主/户主姓名/农户姓名"),
        (PEOPLE, "name", "姓名/家庭成员姓名/享受对象姓名/对象姓名"),
        (PEOPLE, "relation", "与户主关系/家庭关系"),
        (PEOPLE, "id_number", "身份证号/身份证号码/公民身份号码/证件号码/证件号"),
        (PEOPLE, "birth", "出生日期/出生年月日"),
        (PEOPLE, "phone", "联系电话/手机号/电话"),
        (ACCOUNTS, "holder", "户名"),
        (ACCOUNTS, "account", "账号/银行账号/社保卡账号/社保卡金融账号/一卡通账号/一卡通账（卡）号"),
        (ACCOUNTS, "bank", "开户银行/开户行/代发银行"),
        (ACCOUNTS, "medium", "介质/账户类型/卡折标志"),
        (ROSTER, "quantity", "面积（亩）/补贴面积（亩）/公益林面积（亩）"),
        (ROSTER, "rate", "补贴标准（元|亩）/补偿标准（元|亩）"),
        (ROSTER, "amount", "补贴金额（元）/应发金额(元)/金额/实发金额"),
        (ROSTER, "remark", "备注/说明"),
        (ROSTER, "heads", "保障人数"),
        (ROSTER, "grade", "残疾等级"),
        (ROSTER, "care_level", "护理等级"),
        (ROSTER, "age", "年龄"),
        (ROSTER, "cost", "改造费用（元）"),
        (LIST, "died_on", "死亡日期"),
        (LIST, "source", "来源"),
        (LIST, "employer", "单位"),
        (ALLOTMENTS, "document", "文号"),
        (ALLOTMENTS, "level", "资金级次"),
        (ALLOTMENTS, "allotted", "指标金额"),
        (ALLOTMENTS, "allotted_on", "下达日期"),
        (ALLOTMENTS, "received", "到账金额"),
        (ALLOTMENTS, "received_on", "到账日期"),
    ],
)
def test_the_names_of_domain_6(form: Form, field: str, headings: str) -> None:
    others = {"name": "姓名", "id_number": "身份证号", "account": "账号"}
    if form is ALLOTMENTS:
        others = {"document": "文号", "program": "补贴项目", "allotted": "指标金额"}
    for heading in headings.split("/"):
        written = heading.replace("|", "/")
        rest = [other for name, other in others.items() if name != field]
        header = find_header([(1, [*rest, written])], form)
        assert header is not None
        assert header.columns[field] == len(rest)
        assert header.headings[field] == written


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (" 身 份 证\n号 码 ", "id_number"),
        ("*身份证号（必填）", "id_number"),
        ("身份证号码(18位)", "id_number"),
        ("补贴金额\r\n（元）", "amount"),
        ("补贴金额:元", "amount"),
        ("补贴金额［元］", "amount"),
        ("一卡通账【卡】号", "account"),
        ("村\u200b（社区）", "village"),
        ("補貼金額", None),
        ("金额（大写）", None),
        ("扣款金额", None),
        ("上年金额", None),
        ("金额（上年）", None),
        ("监护人电话", None),
        ("补贴金额（角）", None),
    ],
)
def test_headings_as_they_are_typed(written: str, field: str | None) -> None:
    known = [heading for heading in HEADING if heading not in ("身份证号码", "村", "账号", "补贴金额（元）")]
    header = best_header([(1, [*known, written])], ROSTER)
    assert header is not None
    assert [name for name, column in header.columns.items() if column == len(known)] == (
        [field] if field else []
    )


def test_heading_key() -> None:
    assert heading_key("＊补贴　金额\n（元）：") == "补贴金额(元)"
    assert [column_letters(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("above", range(6))
def test_the_heading_may_stand_under_titles(above: int) -> None:
    titles: list[list[Cell]] = [
        ["云溪镇花名册"],
        ["填报单位：云溪镇财政所", None, "2024年6月1日"],
        ["编号"],
        [],
        ["一"],
        ["二"],
    ]
    table = table_of([*titles[:above], HEADING, PERSON])
    assert (table.header.first, table.header.last) == (above + 1, above + 1)
    assert [(row.number, row.kind) for row in data_rows(table)] == [(above + 2, DATA_ROW)]


@given(st.permutations(range(len(HEADING))))
def test_columns_are_found_in_any_order(order: list[int]) -> None:
    table = table_of([[HEADING[place] for place in order], [PERSON[place] for place in order]])
    (row,) = data_rows(table)
    cells = dict(zip(table.fields, row.cells, strict=True))
    assert cells == dict(
        zip(("serial", "village", "name", "id_number", "amount", "account", "remark"), PERSON, strict=True)
    )


def test_the_roster_in_full() -> None:
    written = "序号 户主姓名 户主身份证号 收款人姓名 收款人身份证号 银行账号 开户银行 村 组 享受人 享受人身份证号 联系电话 数量 标准 金额 备注"
    header = find_header([(1, written.split())], ROSTER)
    assert header is not None
    assert list(header.columns) == [
        "serial", "head", "head_id", "payee_name", "payee_id", "account", "bank", "village", "group", "name", "id_number",
        "phone", "quantity", "rate", "amount", "remark",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "headings", "fields"),
    [
        (ROSTER, "户主姓名 身份证号码", "name id_number"),
        (ROSTER, "户主姓名 户主身份证号", "name id_number"),
        (ROSTER, "户主 姓名 身份证号", "head name id_number"),
        (ROSTER, "户主 户主身份证号 姓名 身份证号", "head head_id name id_number"),
        (ROSTER, "户主姓名 户主身份证号 身份证号", None),
        (ROSTER, "姓名 户主身份证号", None),
        (ROSTER, "户名 身份证号 账号", "name id_number account"),
        (ROSTER, "领款人 身份证号", "name id_number"),
        (PEOPLE, "户主姓名 与户主关系 身份证号码", "name relation id_number"),
        (PEOPLE, "户名 姓名 身份证号码", "head name id_number"),
        (ACCOUNTS, "户主姓名 身份证号码 账号", "name id_number account"),
        (ACCOUNTS, "户名 身份证号码 账号", "holder id_number account"),
        (ACCOUNTS, "户主姓名 户名 身份证号码 账号", "name holder id_number account"),
        (ACCOUNTS, "姓名 户名 身份证号码 账号", "name holder id_number account"),
        (ACCOUNTS, "姓名 身份证号码", None),
        (LIST, "身份证号", "id_number"),
    ],
)
def test_who_a_row_is_about(form: Form, headings: str, fields: str | None) -> None:
    header = find_header([(1, headings.split())], form)
    assert (None if header is None else " ".join(header.columns)) == fields


def test_a_heading_of_two_levels() -> None:
    rows: list[list[Cell]] = [
        ["序号", "户主信息", None, "监护人", None, None, "享受人", None, "补贴", None, "备注"],
        [
            None,
            "姓名",
            "身份证号",
            "姓名",
            "身份证号",
            "电话",
            "姓名",
            "身份证号",
            "面积（亩）",
            "金额（元）",
            None,
        ],
        [1, "甲", ID, "乙", OTHER_ID, "1", "丙", ID, 2, 3, "无"],
    ]
    table = table_of(rows)
    assert (table.header.first, table.header.last) == (1, 2)
    assert table.columns == {
        "serial": 0, "head": 1, "head_id": 2, "guardian_name": 3, "guardian_id": 4, "name": 6, "id_number": 7, "quantity": 8,
        "amount": 9, "remark": 10,
    }  # fmt: skip
    assert table.header.unknown == ("电话",)
    assert [row.number for row in data_rows(table)] == [3]


def test_a_heading_of_three_levels() -> None:
    rows: list[list[Cell]] = [
        ["序号", "基本信息", None, "资金", None, "备注"],
        [None, "姓名", "身份证号", "指标", "本次", None],
        [None, None, None, "面积", "金额", None],
        [1, "甲", ID, 2, 3, None],
    ]
    table = table_of(rows)
    assert (table.header.first, table.header.last) == (1, 3)
    assert table.columns == {"serial": 0, "name": 1, "id_number": 2, "quantity": 3, "amount": 4, "remark": 5}


def test_a_group_of_last_year_is_not_this_years_amount() -> None:
    rows: list[list[Cell]] = [["姓名", "身份证号", "上年", "本年"], [None, None, "金额", "金额"]]
    header = find_header([(1, rows[0]), (2, rows[1])], ROSTER)
    assert header is not None
    assert header.columns["amount"] == 3


def test_allotments_by_groups() -> None:
    rows: list[list[Cell]] = [
        ["文号", "补贴项目", "指标", None, "到账", None],
        [None, None, "日期", "金额（万元）", "日期", "金额（元）"],
    ]
    header = find_header([(1, rows[0]), (2, rows[1])], ALLOTMENTS)
    assert header is not None
    assert list(header.columns) == [
        "document",
        "program",
        "allotted_on",
        "allotted",
        "received_on",
        "received",
    ]
    assert header.scale == {"allotted": 10_000}


@pytest.mark.parametrize(
    ("title", "heading", "scale"),
    [
        ("", "补贴金额（万元）", {"amount": 10_000}),
        ("", "补贴金额/万元", {"amount": 10_000}),
        ("", "补贴金额（千元）", {"amount": 1_000}),
        ("单位：万元", "补贴金额", {"amount": 10_000}),
        ("（金额单位: 万元）", "补贴金额", {"amount": 10_000}),
        ("填报日期：2024年6月  单位：万元", "补贴金额", {"amount": 10_000}),
        ("单位：万元", "补贴金额（元）", {}),
        ("单位：元", "补贴金额", {}),
        ("填报单位：万元村", "补贴金额", {}),
        ("单位：万元村委会", "补贴金额", {}),
    ],
)
def test_units_of_money(title: str, heading: str, scale: dict[str, int]) -> None:
    header = find_header([(1, [title or "花名册"]), (2, ["姓名", "身份证号", heading])], ROSTER)
    assert header is not None
    assert header.scale == scale


# -- what is not guessed ------------------------------------------------------------------------------------

TWO_AMOUNTS: list[Cell] = ["姓名", "身份证号", "应发金额", "实发金额"]


def test_two_filled_columns_for_one_field_are_asked() -> None:
    with pytest.raises(AmbiguousColumns) as refused:
        table_of([TWO_AMOUNTS, ["甲", ID, 100, 90]])
    assert refused.value.sentence == (
        "工作表“花名册”里C 列“应发金额”、D 列“实发金额”都可能是“金额”，程序不替您选。"
        "请删去或改名多余的一列，或指明用哪一列（--mapping 金额=应发金额）后重试。"
    )


def test_an_empty_or_equal_column_is_no_choice() -> None:
    table = table_of([TWO_AMOUNTS, ["甲", ID, None, 90], TWO_AMOUNTS, ["乙", OTHER_ID, None, 80]])
    assert (table.columns["amount"], table.headings["amount"]) == (3, "实发金额")
    table = table_of([TWO_AMOUNTS, ["甲", ID, 90, 90], ["乙", OTHER_ID, 80, 80]])
    assert table.columns["amount"] == 2


def test_a_mapping_settles_it() -> None:
    for written in ("amount", "金额"):
        assert (
            table_of([TWO_AMOUNTS, ["甲", ID, 100, 90]], mapping={"实发金额": written}).columns["amount"] == 3
        )
    assert table_of([TWO_AMOUNTS, ["甲", ID, 100, 90]], mapping={"实发 金额": ""}).columns["amount"] == 2
    assert table_of([["张王李赵", "身份证号"], ["甲", ID]], mapping={"张王李赵": "姓名"}).columns["name"] == 0
    with pytest.raises(NoSuchField, match="“工资”不是“花名册”的栏目"):
        table_of([TWO_AMOUNTS], mapping={"实发金额": "工资"})


def test_a_weaker_name_gives_way() -> None:
    table = table_of([["姓名", "身份证号", "合计", "补贴金额"], ["甲", ID, 7, 8]])
    assert table.columns["amount"] == 3
    assert table_of([["姓名", "身份证号", "合计"], ["甲", ID, 7]]).columns["amount"] == 2


def test_no_table_says_what_is_missing() -> None:
    with pytest.raises(NoTableFound) as refused:
        find_tables(
            book_of(sheet_of([["标题"], ["序号", "姓名", "住址", "金额"], [1, "甲", "x", 2]])), ROSTER
        )
    assert refused.value.sentence == (
        "“花名册.xlsx”里没有找到“花名册”的表头：需要有“姓名”、“身份证号码”这些栏。"
        "最接近的是工作表“花名册”第 2 行，缺“身份证号码”，认不出的栏有：住址。请核对是否选错文件，或改正表头后重试；"
        "也可以指明哪一栏是什么（--mapping 姓名=栏名）。"
    )


@pytest.mark.parametrize(
    "rows", [[], [[None]], [["随便写的一句话"]], [[1, 2, 3]] * 30, [["x"]] * 17 + [HEADING]]
)
def test_a_sheet_without_a_heading_has_no_table(rows: list[list[Cell]]) -> None:
    with pytest.raises(NoTableFound):
        find_tables(book_of(sheet_of(rows)), ROSTER)


def test_sheets_that_are_not_read_are_told(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        {"说明": [["本工作簿由各村填报"]], "上溪村": [HEADING, PERSON], "旧表": [HEADING, PERSON], "空": []},
        hidden=["旧表"],
    )
    read = open_workbook(path)
    tables = find_tables(read, ROSTER)
    assert [table.sheet.name for table in tables] == ["上溪村"]
    assert sheets_without_table(read, tables) == ["说明", "旧表（隐藏）"]


def test_only_a_hidden_table_is_no_table() -> None:
    with pytest.raises(NoTableFound, match="隐藏的工作表（花名册）没有读取"):
        find_tables(book_of(sheet_of([HEADING, PERSON], hidden=True)), ROSTER)


# -- rows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (PERSON, DATA_ROW),
        ([1, "上溪村", "孔水健", None, 100, None, None], DATA_ROW),
        ([1, "上溪村", None, ID, None, None, None], DATA_ROW),
        ([None, None, None, "12345", None, None, None], DATA_ROW),
        ([None, None, None, 330624195703145088.0, None, None, None], DATA_ROW),
        ([None, None, "孔水健", None, None, None, None], DATA_ROW),
        ([None, None, None, None, 100, None, None], DATA_ROW),
        (["合计", "上溪村", "孔水健", None, 100, None, None], DATA_ROW),
        (["合计", None, None, ID, 100, None, None], DATA_ROW),
        ([2, "上溪村", "注小明", "无", 100, None, None], DATA_ROW),
        ([2, None, "王小计", None, 100, None, None], DATA_ROW),
        ([2, "上溪村", "何合计", None, None, None, None], DATA_ROW),
        ([2, None, "小计", None, 100, None, None], SUBTOTAL),
        (["合计（大写）：壹佰元整", None, None, None, 100, None, None], TOTAL),
        ([None, None, None, None, None, "6228584014259577928", None], DATA_ROW),
        (["合计", None, None, None, 100, None, None], TOTAL),
        (["合　计", None, None, None, 100.0, None, None], TOTAL),
        ([None, "总 计：", None, None, 100, None, None], TOTAL),
        ([None, None, "合计", None, 100, None, None], TOTAL),
        (["合计", "2户", "3人", None, 100, None, None], TOTAL),
        (["全镇合计", None, None, None, 100, None, None], TOTAL),
        (["合计金额（元）", None, None, None, 100, None, None], TOTAL),
        (["小计", None, None, None, 100, None, None], SUBTOTAL),
        (["本页小计", None, None, None, 100, None, None], SUBTOTAL),
        (["上溪村小计", None, None, None, 100, None, None], SUBTOTAL),
        ([None, "上溪村", "小计", None, 100, None, None], SUBTOTAL),
        (["上溪村合计", None, None, None, 100, None, None], SUBTOTAL),
        (["金额大写：壹佰元整", None, None, None, None, None, None], NOTE),
        (["合计（大写）", "壹佰元整", None, None, None, None, None], NOTE),
        (["说明：本表一式两份，村委会、财政所各存一份。", None, None, None, None, None, None], NOTE),
        (["填表人：", None, None, "审核人：", None, None, "填表日期：2024年6月1日"], NOTE),
        (["单位负责人", "张三", None, "审核", "李四", None, None], NOTE),
        (["注：1.面积按亩计", None, None, None, None, None, None], NOTE),
        ([None, "财政所长（签字）", None, None, None, None, None], NOTE),
        (["二、下溪村", None, None, None, None, None, None], NOTE),
        (["以下空白", None, None, None, None, None, None], NOTE),
        (["第1页共3页", None, None, None, None, None, None], NOTE),
        ([None, None, None, None, None, None, None, "已核对"], NOTE),
    ],
)
def test_kinds_of_rows(row: list[Cell], kind: str) -> None:
    assert kinds_under(HEADING, PERSON, row) == [(2, DATA_ROW), (3, kind)]


def test_signatures_under_a_name_and_a_household_number_are_nobody() -> None:
    heading = ["户编号", "姓名", "身份证号"]
    rows: list[list[Cell]] = [
        ["单位（盖章）：云溪镇人民政府", "负责人签字：", None],
        ["经办", "审核", None],
        ["H1", "盖章宝", "330624195501010015"],
    ]
    assert kinds_under(heading, *rows, form=PEOPLE) == [(2, NOTE), (3, NOTE), (4, DATA_ROW)]


@pytest.mark.parametrize(
    "row",
    [
        [],
        [None, " ", "\u3000", "", None],
        [7, None, None, None, None, None, None],
        HEADING,
        [f" {heading} " for heading in HEADING],
        ["姓名", "身份证号码"],
    ],
)
def test_blank_rows_and_repeated_headings_are_left_out(row: list[Cell]) -> None:
    assert kinds_under(HEADING, row, PERSON) == [(3, DATA_ROW)]


def test_titles_repeated_at_a_page_break_are_left_out() -> None:
    title: list[Cell] = ["云溪镇花名册"]
    groups: list[Cell] = [None, None, "人员", None]
    heading: list[Cell] = ["序号", "村", "姓名", "身份证号"]
    page: list[list[Cell]] = [title, groups, heading]
    table = table_of([*page, [1, "上溪村", "甲", ID], *page, [2, "上溪村", "乙", OTHER_ID]])
    assert [row.number for row in data_rows(table)] == [4, 8]


def test_cells_made_to_look_empty_are_nothing() -> None:
    (row,) = data_rows(table_of([HEADING, [1, " ", "孔水健", ID, "\u3000\u3000", "\xa0", " " * 9]]))
    assert row.cells == (1, None, "孔水健", ID, None, None, None)


def test_a_merge_that_begins_in_the_heading_does_not_flow_into_the_data(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["村", "姓名", "身份证号"], [None, "甲", ID]]
    path = workbook(tmp_path / "a.xlsx", {"甲": rows}, merges=["A1:A2"])
    (table,) = find_tables(open_workbook(path), ROSTER)
    assert [row.cells for row in data_rows(table)] == [(None, "甲", ID)]


def test_a_form_of_one_column() -> None:
    assert [row.cells for row in data_rows(table_of([["身份证号"], [ID], [OTHER_ID]], LIST))] == [
        (ID,),
        (OTHER_ID,),
    ]


# -- a township in any layout --------------------------------------------------------------------------------


@given(seed=st.integers(0, 2**32), people=st.integers(0, 12))
def test_a_roster_in_any_layout_reads_back_to_itself(seed: int, people: int) -> None:
    chance = random.Random(seed)
    headings = {
        "serial": ["序号", "编号"],
        "village": ["村", "行政村", "村（社区）", "所在村"],
        "name": ["姓名", "享受对象姓名", "户主姓名", "农户姓名"],
        "id_number": ["身份证号", "公民身份号码", "证件号码"],
        "quantity": ["面积（亩）", "补贴面积（亩）"],
        "amount": ["补贴金额（元）", "金额", "应发金额(元)"],
        "account": ["账号", "一卡通账（卡）号", "社保卡金融账号"],
    }
    fields = chance.sample(list(headings), len(headings))
    made = [
        {
            "serial": float(place),
            "village": chance.choice(["上溪村", "下溪村"]),
            "name": chance.choice("孔何武高谭") + chance.choice(["水健", "柏", "𬭩", "合计"]),
            "id_number": chance.choice([ID, OTHER_ID, "33062419580518084X", 330624195703145088.0, None]),
            "quantity": chance.choice([12.49, "面积不详", None]),
            "amount": chance.choice([100.5, 0.0, "１００"]),
            "account": chance.choice(["6228584014259577928", None]),
        }
        for place in range(1, people + 1)
    ]
    heading: list[Cell] = [chance.choice(headings[field]) for field in fields]
    titles: list[list[Cell]] = [["云溪镇花名册"], ["填报单位：云溪镇"]]
    groups: list[list[Cell]] = [[None, "人员"]]
    top = titles[: chance.randrange(3)]
    rows: list[list[Cell]] = [
        *top,
        *(groups if chance.random() < 0.3 else []),
        heading,
    ]
    expected = []
    for person in made:
        if chance.random() < 0.1:
            rows.append([])
        if chance.random() < 0.1:
            rows.append(list(heading))
        rows.append([person[field] for field in fields])  # type: ignore[misc]
        expected.append((len(rows), person))
    closing: list[list[Cell]] = [
        ["合计", None, None, None, None, None, None],
        [],
        ["说明：无"],
        ["填表人：", None, "审核："],
    ]
    rows += closing[: chance.randrange(5)]
    table = table_of(rows)
    found = [
        (row.number, dict(zip(table.fields, row.cells, strict=True)))
        for row in data_rows(table)
        if row.kind == DATA_ROW
    ]
    assert found == expected
