"""The marked workbook: 10,000 rows × 24 columns with 500 findings, patched in place."""

from pathlib import Path

import openpyxl
import xlsxwriter

from app.workbook.marking import mark_workbook
from app.workbook.marks import Mark, Summary
from tests.bench.measuring import WORKBOOKS, Measured, bench, peak_mb, timed

ROWS, COLUMNS, FINDINGS = 10_000, 24, 500


def _workbook(path: Path) -> Path:
    """A styled sheet of texts and numbers; kept between runs."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("花名册")
    heading = book.add_format({"bold": True, "border": 1, "align": "center"})
    text, money = book.add_format({"border": 1}), book.add_format({"border": 1, "num_format": "#,##0.00"})
    sheet.merge_range(0, 0, 0, COLUMNS - 1, "2024 年补贴花名册", heading)
    for column in range(COLUMNS):
        sheet.write_string(1, column, f"栏{column + 1}", heading)
    for row in range(2, ROWS + 2):
        for column in range(COLUMNS):
            if column % 3 == 2:
                sheet.write_number(row, column, row * column / 100, money)
            else:
                sheet.write_string(row, column, f"3306241957{row:05}{column:03}", text)
    book.close()
    return path


@bench("marked workbook, 10,000 × 24, 500 findings")
def marked_workbook() -> Measured:
    """Patched in place; the floor loads and saves the same file through openpyxl."""
    path = _workbook(WORKBOOKS / "marking-10000.xlsx")
    marks = [
        Mark("花名册", 3 + place * (ROWS // FINDINGS), place % COLUMNS, "error" if place % 3 else "warning", "请照证件改正。")
        for place in range(FINDINGS)
    ]  # fmt: skip
    summary = Summary(path.name, ROWS, ROWS - 300, 300)
    body = path.read_bytes()
    before = peak_mb()
    ours = timed(lambda: mark_workbook(body, path.name, marks, {"花名册": 2}, summary))
    ours_mb = peak_mb()
    out = WORKBOOKS / "marking-floor.xlsx"
    floor = timed(lambda: openpyxl.load_workbook(path).save(out))
    return Measured(
        ours, floor, "openpyxl loads and saves the same file", ours_mb, {"over_start_mb": ours_mb - before}
    )
