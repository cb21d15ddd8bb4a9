"""A county's form filled with 3,000 rows: the floor writes the same cells with the bare writer library."""

import io
from collections.abc import Mapping

import openpyxl
import xlsxwriter
from openpyxl.styles import Border, Font, Side

from app.workbook.filling.form import Form
from app.workbook.filling.tags import Filling, count, money
from tests.bench.measuring import Measured, bench, timed

ROWS = 3_000
COLUMNS = ("序号", "村名", "组", "户主姓名", "户主身份证号", "享受人", "享受人身份证号", "账号", "开户银行", "联系电话", "数量", "标准", "金额", "原因")  # fmt: skip


def _form() -> bytes:
    """A roster's form: merged title, heading, one styled repeated row with two formulas, totals across."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.merge_cells("A1:P1")
    sheet["A1"] = "{{镇名}}发放清册"
    thin = Border(*(Side(style="thin"),) * 4)
    for place, name in enumerate(COLUMNS, 1):
        sheet.cell(3, place, name)
        sheet.cell(4, place, f"{{{{{name}}}}}")
    sheet["O4"], sheet["P4"] = "=M4*2", "=SUM(M$4:M4)"
    sheet["Q4"] = "{{每人一行}}"
    sheet["A5"], sheet["M5"], sheet["O5"] = "合计", "=SUM(M4:M4)", "=SUM(O4)"
    for line in sheet["A3:P5"]:
        for cell in line:
            cell.border, cell.font = thin, Font("仿宋", 11)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows() -> list[Mapping[str, Filling]]:
    return [
        {
            **{name: Filling(f"{name}{place}") for name in COLUMNS},
            "序号": count(place),
            "账号": Filling(f"6217{place:015d}"),
            "金额": money(place * 101),
        }
        for place in range(1, ROWS + 1)
    ]


def _bare(rows: list[Mapping[str, Filling]]) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    look = book.add_format({"border": 1, "font_name": "仿宋"})
    for number, row in enumerate(rows, 3):
        for column, name in enumerate(COLUMNS):
            value = row[name]
            if value.number:
                sheet.write_number(number, column, float(value.number), look)
            else:
                sheet.write_string(number, column, value.text, look)
        sheet.write_formula(number, 14, f"=M{number}*2", look)
        sheet.write_formula(number, 15, f"=SUM(M$4:M{number})", look)
    book.close()


@bench("county form of 3,000 rows")
def county_form() -> Measured:
    """The form is read, its tags found, its rows grown, its formulas moved; aim 0.5 s."""
    body, rows = _form(), _rows()

    def ours() -> None:
        form = Form(body, "清册.xlsx")
        form.filled(lambda _name: Filling("云溪镇"), lambda name: rows if name == "每人一行" else None)

    return Measured(timed(ours), timed(lambda: _bare(rows)), "the bare writer library on the same cells")
