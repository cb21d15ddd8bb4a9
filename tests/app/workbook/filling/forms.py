"""Five forms as five counties make them: merged heads, two repeated blocks, formulas across sheets, protection, pictures."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

_THIN = Border(*(Side(style="thin"),) * 4)


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def merged_heads() -> bytes:
    """One block under a two-level head of merged cells; a total below, signatures, print setup, a rule, a list to choose from."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "发放情况表"
    sheet.merge_cells("A1:F1")
    sheet["A1"] = "{{镇名}}惠农补贴发放情况表（{{ 月份 }}）"
    sheet["A1"].font = Font("方正小标宋简体", 18)
    sheet["A1"].alignment = Alignment("center", "center")
    sheet.row_dimensions[1].height = 36
    sheet["A2"] = "填报单位：{{单位}}"
    sheet["F2"] = "单位：元"
    for ref in ("A3:A4", "B3:C4", "D3:E3", "F3:F4"):
        sheet.merge_cells(ref)
    for ref, text in {
        "A3": "序号",
        "B3": "项目",
        "D3": "发放",
        "D4": "人数",
        "E4": "金额",
        "F3": "占比",
    }.items():
        sheet[ref] = text
    sheet.merge_cells("B5:C5")
    row = {
        "A5": "{{每个项目一行}}{{序号}}",
        "B5": "{{项目名称}}",
        "D5": "{{人数}}",
        "E5": "{{金额}}",
        "F5": "=E5/E$6",
    }
    total = {"A6": "合计", "D6": "=SUM(D5:D5)", "E6": "=SUM(E5)", "F6": "=SUM(F5:F5)"}
    for ref, text in {**row, **total}.items():
        sheet[ref] = text
    for line in sheet["A3:F6"]:
        for cell in line:
            cell.border = _THIN
            cell.font = Font("仿宋", 11)
    sheet["E5"].number_format = sheet["E6"].number_format = "#,##0.00"
    sheet["F5"].number_format = "0.0%"
    sheet.row_dimensions[5].height = 21.5
    sheet["A8"] = "负责人：          制表人：{{制表人}}          附 {{项目数}} 个项目"
    sheet.merge_cells("A8:F8")
    for letter, width in zip("ABCDEF", (6, 12, 18, 9.5, 16, 9), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.print_area = "A1:F8"
    sheet.print_title_rows = "1:4"
    sheet.page_setup.orientation = "landscape"
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.center is not None
    sheet.oddFooter.center.text = "{{镇名}} 第&P页"
    rules = DataValidation(type="list", formula1='"低保,特困,其他"', allow_blank=True)
    rules.add("B5")
    sheet.add_data_validation(rules)
    red = PatternFill("solid", bgColor="FFC7CE")
    sheet.conditional_formatting.add("E5:E5", FormulaRule(formula=["$E5>100000"], fill=red))  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add("E6", FormulaRule(formula=["$E$6<>$D$6"], fill=red))  # type: ignore[no-untyped-call]
    sheet.freeze_panes = "A5"
    return _saved(book)


def two_blocks() -> bytes:
    """Two repeated rows on one sheet, each with its subtotal, and a total across both."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "汇总"
    cells = {
        "A1": "{{镇名}}补贴汇总", "A2": "一、按项目", "A3": "项目", "B3": "人数", "C3": "金额", "D3": "累计",
        "A4": "{{每个项目一行}}{{项目名称}}", "B4": "{{人数}}", "C4": "{{金额}}", "D4": "=SUM(C$4:C4)",
        "A5": "小计", "B5": "=SUM(B4:B4)", "C5": "=SUM(C4:C4)",
        "A7": "二、按村", "A8": "村", "B8": "人数", "C8": "金额", "D8": "占全镇",
        "A9": "{{村名}}", "B9": "{{人数}}", "C9": "{{金额}}", "D9": "=ROUND(C9/$C$10,4)", "E9": "{{每个村一行}}",
        "A10": "小计", "B10": "=SUM(B9:B9)", "C10": "=SUM(C9:C9)",
        "A12": "两表合计", "B12": "=B5+B10", "C12": "=SUM(C4:C4,C9:C9)", "D12": "=COUNTA(A4,A9)",
        "A13": "核对", "C13": '=IF(C12=C5+C10,"相符","不符")',
    }  # fmt: skip
    for ref, text in cells.items():
        sheet[ref] = text
    for ref in ("C4", "C5", "C9", "C10", "C12", "D4"):
        sheet[ref].number_format = "#,##0.00"
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("D4:E4")
    sheet["A12"].comment = Comment("两个小计之和", "县局")
    book.defined_names["总额"] = DefinedName("总额", attr_text="汇总!$C$12")
    book.defined_names["各村"] = DefinedName("各村", attr_text="汇总!$C$9:$C$9")
    sheet["A14"] = "各村合计"
    sheet["C14"] = "=SUM(各村)"
    sheet.row_breaks.append(Break(6))
    return _saved(book)


def across_sheets() -> bytes:
    """A face that sums what stands on other sheets, whose rows grow; names of sheets with blanks and in quotes."""
    book = openpyxl.Workbook()
    face = book.active
    assert face is not None
    face.title = "封面"
    villages = book.create_sheet("分村 明细")
    failed = book.create_sheet("失败'明细")
    untouched = book.create_sheet("代码")
    face["A1"] = "{{镇名}}（{{月份}}）"
    face["A2"], face["B2"] = "各村合计", "=SUM('分村 明细'!C3:C3)"
    face["A3"], face["B3"] = "失败合计", "='失败''明细'!D4"
    face["A4"], face["B4"] = "实发", "=B2-B3"
    face["A5"], face["B5"] = "最多的村", "=MAX('分村 明细'!C3)"
    face["A6"], face["B6"] = "第一个村", "='分村 明细'!A3"
    face["A7"], face["B7"] = "查代码", '=VLOOKUP("低保",代码!A1:B2,2,FALSE)'
    for ref, text in {
        "A1": "村",
        "B1": "人数",
        "C1": "金额",
        "A3": "{{每个村一行}}{{村名}}",
        "B3": "{{人数}}",
        "C3": "{{金额}}",
    }.items():
        villages[ref] = text
    villages["A4"], villages["B4"], villages["C4"] = "合计", "=SUM(B3:B3)", "=SUM(C3:C3)"
    for ref, text in {"A2": "姓名", "B2": "身份证号", "C2": "账号", "D2": "金额", "E2": "占失败",
                      "A3": "{{每笔失败一行}}{{姓名}}", "B3": "{{身份证号}}", "C3": "{{账号}}", "D3": "{{金额}}", "E3": "=D3/封面!B3"}.items():  # fmt: skip
        failed[ref] = text
    failed["A4"], failed["D4"] = "合计", "=SUM(D3:D3)"
    untouched["A1"], untouched["B1"], untouched["A2"], untouched["B2"] = "特困", "01", "低保", "02"
    untouched.sheet_state = "hidden"
    face.freeze_panes = "A2"
    return _saved(book)


def protected_sheet() -> bytes:
    """A locked sheet with unlocked cells, formats of its own, shared formulas beside the block."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "上报表"
    sheet["A1"] = "单位：{{单位}}"
    sheet["A3"], sheet["B3"], sheet["C3"] = "{{每个项目一行}}{{项目名称}}", "{{金额}}", "=B3*2"
    sheet["A4"], sheet["B4"] = "合计", "=SUM(B3:B3)"
    sheet["C4"] = "=SUBTOTAL(9,C3:C3)"
    for row in range(6, 10):
        sheet[f"A{row}"] = row
        sheet[f"B{row}"] = f"=A{row}+B$4"
    sheet["B3"].protection = Protection(locked=False)
    sheet["B3"].number_format = '[Red]0.00"元"'
    sheet.protection.sheet = True
    sheet.protection.password = "county"
    sheet.protection.formatCells = False
    book.security.lockStructure = True
    return _saved(book)


def _png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + b"\xc0\x30\x30" * 24 for _ in range(24))
    head = struct.pack(">IIBBBBB", 24, 24, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def pictures() -> bytes:
    """A chart over the block and one beside it, a picture below, a table (ListObject), rich text; written by another library."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("图表")
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "red"})
    money = book.add_format({"num_format": "#,##0.00", "border": 1})
    sheet.write_rich_string("A1", bold, "{{镇名}}", red, "各村发放", "（{{月份}}）")
    sheet.write_row("A3", ["村", "人数", "金额"], bold)
    sheet.write("A4", "{{每个村一行}}{{村名}}")
    sheet.write("B4", "{{人数}}")
    sheet.write("C4", "{{金额}}", money)
    sheet.write("A5", "合计")
    sheet.write_formula("B5", "=SUM(B4:B4)", None, 1)
    sheet.write_formula("C5", "=SUM(C4:C4)", money, 1)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"name": "=图表!$C$3", "categories": "=图表!$A$4:$A$4", "values": "=图表!$C$4:$C$4"})
    sheet.insert_chart("E3", chart)
    sheet.insert_image("A8", "seal.png", {"image_data": io.BytesIO(_png())})
    sheet.add_table("A30:B31", {"name": "代码表", "columns": [{"header": "代码"}, {"header": "名称"}]})
    sheet.write_row("A31", ["01", "低保"])
    sheet.write_comment("A5", "合计由公式得出")
    sheet.set_footer("&L{{单位}}&R第 &P 页")
    sheet.autofilter("A3:C4")
    book.close()
    return out.getvalue()


FORMS: Mapping[str, Callable[[], bytes]] = {
    "merged_heads": merged_heads,
    "two_blocks": two_blocks,
    "across_sheets": across_sheets,
    "protected_sheet": protected_sheet,
    "pictures": pictures,
}
