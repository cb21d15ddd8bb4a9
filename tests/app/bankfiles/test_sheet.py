"""The bare workbook sheet."""

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from app.bankfiles.sheet import sheet_bytes
from app.workbook.reading import open_workbook

# what a cell of XML can hold, blanks at its ends included
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12
)


@given(st.lists(st.tuples(texts, st.integers(min_value=0, max_value=10**13)), max_size=5))
def test_another_reader_reads_what_was_written(rows: list[tuple[str, int]]) -> None:
    body = sheet_bytes(["户名", "金额"], rows)
    sheet = openpyxl.load_workbook(BytesIO(body)).active
    assert sheet is not None
    read: list[Any] = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    expected = [(text or None, fen) for text, fen in rows]
    assert read[0] == ("户名", "金额")
    assert [(text or None, round(yuan * 100)) for text, yuan in read[1:]] == expected
    assert body == sheet_bytes(["户名", "金额"], rows)


def test_numbers_are_money_and_digits_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(sheet_bytes(["账号", "金额"], [("6228580000000000017", 5), ("003", 1234567)]))
    rows = [row for _, row in open_workbook(path).sheets[0].rows()]
    assert rows == [["账号", "金额"], ["6228580000000000017", 0.05], ["003", 12345.67]]
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [21, 9]  # nothing is shown cut
    cell = sheet["A2"]
    assert (cell.data_type, cell.number_format) == ("s", "@")
