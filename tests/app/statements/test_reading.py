"""Statements as banks give them: any column order, three ways of amounts, latest first; proved or refused with the row."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statements.profiles import (
    NoSuchStatementProfile,
    StatementProfileBroken,
    find_statement_profile,
    read_statement_profile,
    statement_profiles,
)
from app.statements.reading import (
    NotAStatement,
    ReadStatement,
    SeveralStatements,
    StatementClosesElsewhere,
    StatementDoesNotAddUp,
    StatementEmpty,
    StatementRowUnreadable,
    read_statement,
)
from tests.sheets import workbook

Rows = list[list[object]]

TWO: Rows = [
    ["XX农村商业银行对公账户明细"],
    ["户名：云溪镇财政所代发专户", None, "期初余额：1,000.00"],
    ["交易日期", "摘要", "借方发生额（元）", "贷方发生额(元)", "账户余额", "对方户名", "交易流水号"],
    ["2024-06-03", "财政拨款", "", "5,000.00", "6,000.00", "县财政局", "A0001"],
    ["20240610", "代发", 4500, 0, 1500, "", "A0002"],
    ["2024年6月21日", "结息", "-", "1.23", "1501.23", "", "A0003"],
    ["合计", "", "4500.00", "5001.23"],
    ["期末余额", "1,501.23"],
]


def read(tmp_path: Path, rows: Sequence[Sequence[object]], profile: str = "") -> ReadStatement:
    path = workbook(tmp_path / "对账单.xlsx", ("明细", rows))
    return read_statement(path, find_statement_profile(profile) if profile else None)


def facts(found: ReadStatement) -> list[tuple[int, str, int, int]]:
    return [(one.row, one.day, one.fen, one.balance_fen) for one in found.lines]


WANTED = [
    (4, "2024-06-03", 500_000, 600_000),
    (5, "2024-06-10", -450_000, 150_000),
    (6, "2024-06-21", 123, 150_123),
]


def test_debit_and_credit_in_two_columns(tmp_path: Path) -> None:
    found = read(tmp_path, TWO)
    assert facts(found) == WANTED
    assert (found.profile.name, found.opening_fen, found.closing_fen) == ("two_columns", 100_000, 150_123)
    assert (found.lines[0].counterparty, found.lines[0].reference, found.lines[0].summary) == (
        "县财政局",
        "A0001",
        "财政拨款",
    )
    assert (found.first_day, found.last_day) == ("2024-06-03", "2024-06-21")


def test_the_columns_may_stand_in_any_order_and_the_latest_first(tmp_path: Path) -> None:
    rows: Rows = [TWO[2][::-1], *(row[::-1] for row in TWO[5:2:-1])]
    found = read(tmp_path, rows)
    assert [one[1:] for one in facts(found)] == [one[1:] for one in WANTED]
    assert [one.row for one in found.lines] == [4, 3, 2]


def test_one_column_with_the_side_beside_it(tmp_path: Path) -> None:
    rows: Rows = [
        ["余额", "借贷标志", "交易金额", "日期", "用途"],
        [6000, "贷", "5000.00", "2024-06-03 09:15:22", "拨款"],
        [1500, "借", "4,500.00", "2024-06-10 16:00", "代发"],
        [1510, "借", -10, "2024-06-11", "冲正"],
    ]
    found = read(tmp_path, rows)
    assert found.profile.name == "one_column"
    assert [one.fen for one in found.lines] == [500_000, -450_000, 1_000]
    rows[2][1] = "不明"
    with pytest.raises(StatementRowUnreadable, match="第 3 行读不出来：“不明”不是借或贷"):
        read(tmp_path, rows)


def test_one_column_with_signs(tmp_path: Path) -> None:
    rows: Rows = [["记账日期", "发生额", "余额"], ["2024.6.3", 5000, 6000], ["2024.6.10", "-4,500.00", 1500]]
    found = read(tmp_path, rows)
    assert (found.profile.name, [one.fen for one in found.lines]) == ("signed", [500_000, -450_000])


def test_movements_of_one_day_latest_first(tmp_path: Path) -> None:
    rows: Rows = [
        ["日期", "收入", "支出", "余额"],
        ["2024-06-03", None, 5, 17],
        ["2024-06-03", 2, None, 22],
        ["2024-06-03", 10, None, 20],
    ]
    assert [one.fen for one in read(tmp_path, rows).lines] == [1_000, 200, -500]


def test_a_statement_over_pages_with_repeated_headings(tmp_path: Path) -> None:
    rows: Rows = [*TWO[:5], ["本页合计 2 笔", "", "4500.00", "5000.00", "1500.00"], TWO[2], *TWO[5:]]
    assert [one.fen for one in read(tmp_path, rows).lines] == [500_000, -450_000, 123]


def test_text_of_a_bank_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    lines = [
        "交易日期,收入,支出,余额,摘要",
        "2024-06-03,5000.00,,6000.00,拨款",
        "2024-06-10,,4500.00,1500.00,代发",
    ]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    assert [one.fen for one in read_statement(path).lines] == [500_000, -450_000]


def test_a_missing_row_is_found_by_its_balance(tmp_path: Path) -> None:
    with pytest.raises(
        StatementDoesNotAddUp,
        match=r"第 5 行余额是 1,501.23 元，按上一行余额加收减支应为 6,001.23 元，差 -4,500.00 元",
    ):
        read(tmp_path, [*TWO[:4], *TWO[5:]])


@pytest.mark.parametrize(("row", "which"), [(1, "期初"), (7, "期末")])
def test_a_stated_balance_that_the_lines_do_not_lead_to(tmp_path: Path, row: int, which: str) -> None:
    rows: Rows = [list(one) for one in TWO]
    rows[row][-1] = f"{which}余额：999.00"
    with pytest.raises(StatementClosesElsewhere, match=f"{which}余额是 999.00 元"):
        read(tmp_path, rows)


@pytest.mark.parametrize(
    ("place", "cell", "said"),
    [(0, "2024-06-31", "不是日期"), (3, "五千", "不是金额"), (3, "1.005", "3 位小数"), (4, None, "没有余额")],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, place: int, cell: object, said: str) -> None:
    rows: Rows = [list(one) for one in TWO]
    rows[3][place] = cell
    with pytest.raises(StatementRowUnreadable, match=f"“明细”第 4 行读不出来：.*{said}"):
        read(tmp_path, rows)


def test_days_out_of_order_are_refused(tmp_path: Path) -> None:
    rows: Rows = [
        ["日期", "收入", "支出", "余额"],
        ["2024-06-03", 10, None, 10],
        ["2024-06-01", 2, None, 12],
        ["2024-06-05", 1, None, 13],
    ]
    with pytest.raises(StatementRowUnreadable, match="2024-06-01 早于上一行的 2024-06-03"):
        read(tmp_path, rows)


def test_what_is_no_statement(tmp_path: Path) -> None:
    with pytest.raises(NotAStatement, match=r"没有找到对账单的栏目.*two_columns"):
        read(tmp_path, [["姓名", "金额"], ["张三", 5]])
    with pytest.raises(StatementEmpty, match="没有收支明细"):
        read(tmp_path, TWO[:3])
    with pytest.raises(NotAStatement):
        read(tmp_path, TWO, "signed")
    with pytest.raises(NoSuchStatementProfile, match="收支分两列"):
        find_statement_profile("无")


def test_dates_of_a_workbook(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["日期", "收入", "支出", "余额"],
        [date(2024, 6, 3), 10, None, 10],
        [datetime(2024, 6, 4, 8, 30), None, 4, 6],
    ):
        sheet.append(row)
    book.save(tmp_path / "d.xlsx")
    assert [one.day for one in read_statement(tmp_path / "d.xlsx").lines] == ["2024-06-03", "2024-06-04"]


@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.integers(-10_000, 10_000).filter(bool)), min_size=1, max_size=12
    ),
    st.integers(-5_000, 5_000),
    st.booleans(),
    st.data(),
)
def test_what_adds_up_is_read_and_what_does_not_is_refused(
    moves: list[tuple[int, int]], opening: int, backward: bool, data: st.DataObject
) -> None:
    from tempfile import TemporaryDirectory

    balance = opening
    rows: Rows = []
    for day, fen in sorted(moves, key=lambda move: move[0]):
        balance += fen
        rows.append([f"2024-06-{day:02d}", f"{fen / 100:.2f}", f"{balance / 100:.2f}"])
    heading: Rows = [["日期", "金额", "余额"]]
    with TemporaryDirectory() as folder:
        shown = rows[::-1] if backward else rows
        found = read(Path(folder), [*heading, *shown])
        assert found.closing_fen - found.opening_fen == sum(fen for _, fen in moves)
        if len(rows) > 2:
            place = data.draw(st.integers(1, len(rows) - 2))
            wrong = [*rows[:place], *rows[place + 1 :]]
            with pytest.raises((StatementDoesNotAddUp, StatementRowUnreadable)):
                read(Path(folder), [*heading, *(wrong[::-1] if backward else wrong)])


def test_shipped_layouts_are_whole_and_broken_ones_are_said(tmp_path: Path) -> None:
    assert list(statement_profiles()) == ["two_columns", "one_column", "signed"]
    path = tmp_path / "x.toml"
    head = 'name = "x"\ntitle = "某行"\n'
    balances = "[balances]\nopening = []\nclosing = []\n"
    for columns, said in [
        ('[columns]\nday = ["日"]\n', "要么写 amount"),
        ('[columns]\nday = ["日"]\namount = ["额"]\nside = ["向"]\n', "sides"),
        ('[columns]\nday = ["日"]\namount = ["额"]\nmystery = ["谜"]\n', "mystery"),
        ("", "缺少或多出字段"),
    ]:
        path.write_text(head + columns + balances, encoding="utf-8")
        with pytest.raises(StatementProfileBroken, match=said):
            read_statement_profile(path)


def test_lines_at_the_foot_are_no_movements(tmp_path: Path) -> None:
    foot: Rows = [["打印日期：2024-07-01"], ["第1页 共2页"], ["打印柜员：00123", "农商银行"]]
    assert facts(read(tmp_path, [*TWO, *foot])) == WANTED


def test_a_day_beside_a_stated_balance_is_no_amount(tmp_path: Path) -> None:
    rows: Rows = [list(one) for one in TWO]
    rows[1] = ["期初余额（2024年6月1日）：", "1,000.00"]
    rows[-1] = ["期末余额(20240630) 1,501.23"]
    assert facts(read(tmp_path, rows)) == WANTED
    rows[1] = ["期初余额（2024-06-01）", "1,000.01"]
    with pytest.raises(StatementClosesElsewhere, match=r"期初余额是 1,000.01 元"):
        read(tmp_path, rows)


def test_the_account_emptied_is_a_movement_whatever_it_is_called(tmp_path: Path) -> None:
    """The sum that goes out is the balance there was, so that the row would pass for a stated closing balance."""
    emptied: Rows = [*TWO[:-2], ["2024-06-30", "期末余额上缴国库", "1501.23", "", "0.00", "", "A0004"]]
    found = read(tmp_path, emptied)
    assert (found.lines[-1].fen, found.closing_fen) == (-150_123, 0)
    within: Rows = [
        TWO[2], ["2024-06-01", "期初余额", "", "", "1000.00"], *TWO[3:-2], ["2024-06-30", "期末余额", "", "", "1501.23"],
    ]  # fmt: skip
    assert [one[1:] for one in facts(read(tmp_path, within))] == [one[1:] for one in WANTED]


def test_movements_on_two_sheets_are_not_half_read(tmp_path: Path) -> None:
    july: Rows = [TWO[2], ["2024-07-03", "来账", "", "1.00", "1502.23"]]
    path = workbook(tmp_path / "两月.xlsx", ("6月", TWO), ("7月", july), ("说明", [["本对账单"]]))
    with pytest.raises(SeveralStatements, match="2 张工作表都有收支明细（6月、7月）"):
        read_statement(path)
    path = workbook(tmp_path / "一月.xlsx", ("空表", TWO[:3]), ("6月", TWO))
    assert facts(read_statement(path)) == WANTED
