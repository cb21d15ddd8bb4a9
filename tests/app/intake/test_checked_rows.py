"""What the checks of every kind of file share: chunks of data rows, where a thing stood first, a row that says what is wrong."""

from pathlib import Path

import pytest

from app.intake.checked_rows import CheckedRow, FirstPlaces, SheetForm, data_chunks
from app.intake.findings import ACCOUNTS, Finding
from app.workbook.columns import ACCOUNTS as ACCOUNT_FORM
from app.workbook.columns import DATA_ROW, TOTAL, DataRow, find_tables
from app.workbook.reading import open_workbook


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 6, 7])
def test_every_data_row_is_in_one_chunk(rows: int) -> None:
    sheet = []
    for number in range(rows):
        sheet += [DataRow(2 * number, (number,), DATA_ROW), DataRow(2 * number + 1, ("合计",), TOTAL)]
    chunks = list(data_chunks(sheet, 3))
    assert [row.cells[0] for chunk in chunks for row in chunk] == list(range(rows))
    assert all(len(chunk) == 3 for chunk in chunks[:-1])
    assert all(chunks)


def test_where_a_thing_stood_first() -> None:
    places = FirstPlaces()
    assert places.before("甲", "上溪村", 3) == ""
    assert places.before("甲", "上溪村", 3) == ""
    assert places.before("甲", "上溪村", 9) == "本表第 3 行"
    assert places.before("甲", "下溪村", 4) == "工作表“上溪村”第 3 行"
    assert ("甲" in places, "乙" in places) == (True, False)


def test_an_error_rejects_the_row_and_a_warning_does_not(tmp_path: Path) -> None:
    path = tmp_path / "账户.csv"
    path.write_text("姓名,身份证号,银行账号\n张三,33062419570314510,6217000000000000120\n", "utf-8-sig")
    (table,) = find_tables(open_workbook(path), ACCOUNT_FORM)
    found: list[Finding] = []
    form = SheetForm(table, ACCOUNTS, found)
    row = CheckedRow(form, DataRow(2, ("张三", "33062419570314510", "6217000000000000120"), DATA_ROW))
    assert (row.cell("village"), row.text("village"), row.text("name")) == (None, "", "张三")
    row.say("account.luhn", "account")
    after_a_warning = row.rejected
    row.say_of_id("id.length", "33062419570314510")
    assert (after_a_warning, row.rejected) == (False, True)
    assert [(one.column, one.code, one.row) for one in found] == [
        ("银行账号", "account.luhn", 2),
        ("身份证号", "id.length", 2),
    ]
    assert "17 位" in found[1].sentence
