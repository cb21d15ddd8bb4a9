"""Five counties' forms filled: every cell, every format, what LibreOffice computes, and all that had to stay."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.workbook.filling.form import Form, FormTooLong, NotAForm
from app.workbook.filling.tags import BLANK, Filling, count, money
from tests.app.workbook.filling.forms import (
    FORMS,
    across_sheets,
    merged_heads,
    pictures,
    protected_sheet,
    two_blocks,
)
from tests.office import recalculated

SINGLE = {
    "镇名": Filling("云溪镇"), "月份": Filling("2024年6月"), "单位": Filling("云溪<财政所> & 局"), "制表人": Filling("经办甲"),
    "项目数": count(4),
}  # fmt: skip
PROGRAMS = [
    {"序号": count(n), "项目名称": Filling(f"项目{n}"), "人数": count(3 * n), "金额": money(12_345 * n)} for n in range(1, 5)
]  # fmt: skip
VILLAGES = [
    {"村名": Filling(f"{n}村"), "人数": count(2 * n), "金额": money(100_050 * n)} for n in range(1, 4)
]
FAILED = [
    {"姓名": Filling(name), "身份证号": Filling("330624195703145103"), "账号": Filling("0217000000000000129"), "金额": money(5_000)}
    for name in ("=1+1", "@张三")
]  # fmt: skip
SETS: Mapping[str, Sequence[Mapping[str, Filling]]] = {
    "每个项目一行": PROGRAMS,
    "每个村一行": VILLAGES,
    "每笔失败一行": FAILED,
}


def filled(body: bytes, sets: Mapping[str, Sequence[Mapping[str, Filling]]] = SETS) -> bytes:
    return Form(body, "表.xlsx").filled(lambda name: SINGLE.get(name, BLANK), sets.get)


def opened(body: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(body))


def values(book: Workbook, sheet: str) -> dict[str, object]:
    return {
        cell.coordinate: cell.value
        for row in book[sheet].iter_rows()
        for cell in row
        if cell.value is not None
    }


def computed(tmp_path: Path, body: bytes) -> Workbook:
    path = tmp_path / "filled.xlsx"
    path.write_bytes(body)
    return recalculated(path)


@pytest.mark.parametrize("name", FORMS)
def test_every_cell_looks_as_its_cell_of_the_form(name: str) -> None:
    """Cell by cell: a cell of the filled form has the look of the cell it came from, rows their height, columns their width."""
    form, book = opened(FORMS[name]()), opened(filled(FORMS[name]()))
    assert book.sheetnames == form.sheetnames
    for before in form:
        after = book[before.title]
        origin = origins(before)
        assert after.max_row == len(origin)
        for number, source in enumerate(origin, 1):
            assert after.row_dimensions[number].height == before.row_dimensions[source].height
            for column in range(1, before.max_column + 1):
                one, other = before.cell(source, column), after.cell(number, column)
                assert looks(other) == looks(one)
                if one.number_format != "General":
                    assert other.number_format == one.number_format
                elif isinstance(other.value, float):
                    assert other.number_format == "#,##0.00"  # an amount has both decimals
        for letter, dimension in before.column_dimensions.items():
            assert after.column_dimensions[letter].width == dimension.width
        assert after.sheet_state == before.sheet_state
        assert after.freeze_panes == before.freeze_panes


def looks(cell: Any) -> list[str]:
    return [repr(part) for part in (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)]


def origins(sheet: Worksheet) -> list[int]:
    """For each row of the filled sheet, the row of the form that it came from; worked out apart from the code under test."""
    found = []
    for row in range(1, sheet.max_row + 1):
        texts = " ".join(str(cell.value) for cell in sheet[row])
        times = next((len(rows) for mark, rows in SETS.items() if mark in texts), 1)
        found += [row] * times
    return found


def test_merged_heads(tmp_path: Path) -> None:
    body = filled(merged_heads())
    book = opened(body)
    sheet = book["发放情况表"]
    assert sheet["A1"].value == "云溪镇惠农补贴发放情况表（2024年6月）"
    assert [[cell.value for cell in row] for row in sheet["A5:F9"]] == [
        [1, "项目1", None, 3, 123.45, "=E5/E$9"],
        [2, "项目2", None, 6, 246.9, "=E6/E$9"],
        [3, "项目3", None, 9, 370.35, "=E7/E$9"],
        [4, "项目4", None, 12, 493.8, "=E8/E$9"],
        ["合计", None, None, "=SUM(D5:D8)", "=SUM(E5:E8)", "=SUM(F5:F8)"],
    ]
    assert sheet["A11"].value == "负责人：          制表人：经办甲          附 4 个项目"
    merges = {"A1:F1", "A3:A4", "B3:C4", "D3:E3", "F3:F4", "B5:C5", "B6:C6", "B7:C7", "B8:C8", "A11:F11"}
    assert {one.coord for one in sheet.merged_cells.ranges} == merges
    assert (sheet.print_area, sheet.print_title_rows) == ("'发放情况表'!$A$1:$F$11", "$1:$4")
    assert [str(one.sqref) for one in sheet.data_validations.dataValidation] == ["B5:B8"]
    rules = {str(one.sqref): one.rules[0].formula for one in sheet.conditional_formatting}
    assert rules == {"E5:E8": ["$E5>100000"], "E9": ["$E$9<>$D$9"]}
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.center is not None
    assert sheet.oddFooter.center.text == "云溪镇 第&P页"
    again = computed(tmp_path, body)["发放情况表"]
    assert (again["D9"].value, again["E9"].value, round(again["F8"].value, 6)) == (30, 1234.5, 0.4)


def test_two_blocks_and_a_total_across_them(tmp_path: Path) -> None:
    body = filled(two_blocks())
    book = opened(body)
    found = values(book, "汇总")
    assert [found[f"D{row}"] for row in range(4, 8)] == [f"=SUM(C$4:C{row})" for row in range(4, 8)]
    assert [found[f"D{row}"] for row in range(12, 15)] == [f"=ROUND(C{row}/$C$15,4)" for row in range(12, 15)]
    assert (found["B8"], found["C15"], found["B17"]) == ("=SUM(B4:B7)", "=SUM(C12:C14)", "=B8+B15")
    assert (found["C17"], found["D17"]) == ("=SUM(C4:C7,C12:C14)", "=COUNTA(A4:A7,A12:A14)")
    assert found["C18"] == '=IF(C17=C8+C15,"相符","不符")'
    assert (book.defined_names["总额"].attr_text, book.defined_names["各村"].attr_text) == (
        "汇总!$C$17",
        "汇总!$C$12:$C$14",
    )
    assert [one.id for one in book["汇总"].row_breaks.brk] == [9]
    assert {cell.coordinate for row in book["汇总"].iter_rows() for cell in row if cell.comment} == {"A17"}
    again = computed(tmp_path, body)["汇总"]
    assert (again["B17"].value, again["C17"].value, again["C18"].value) == (42, 7237.5, "相符")
    assert [again[f"D{row}"].value for row in range(4, 8)] == [123.45, 370.35, 740.7, 1234.5]
    assert (again["C19"].value, again["D17"].value) == (6003, 7)


def test_formulas_across_sheets(tmp_path: Path) -> None:
    body = filled(across_sheets())
    book = opened(body)
    face = values(book, "封面")
    assert (face["B2"], face["B3"]) == ("=SUM('分村 明细'!C3:C5)", "='失败''明细'!D5")
    assert (face["B5"], face["B6"]) == ("=MAX('分村 明细'!C3:C5)", "='分村 明细'!A3")
    failed = book["失败'明细"]
    assert [failed[ref].value for ref in ("A3", "B3", "C4", "E4")] == [
        "=1+1", "330624195703145103", "0217000000000000129", "=D4/封面!B3",
    ]  # fmt: skip
    assert [failed[ref].data_type for ref in ("A3", "B3", "C3", "D3")] == ["s", "s", "s", "n"]
    again = computed(tmp_path, body)
    found = [again["封面"][f"B{row}"].value for row in range(2, 8)]
    assert found == [6003, 100, 5903, 3001.5, "1村", "02"]
    assert again["失败'明细"]["A3"].value == "=1+1"  # as text


def test_a_protected_sheet_stays_protected(tmp_path: Path) -> None:
    form, body = opened(protected_sheet()), filled(protected_sheet())
    book = opened(body)
    before, after = form["上报表"].protection, book["上报表"].protection
    assert (after.sheet, after.password, after.formatCells) == (True, before.password, False)
    assert book.security.lockStructure
    assert [book["上报表"][f"B{row}"].protection.locked for row in (3, 6, 7)] == [False, False, True]
    again = computed(tmp_path, body)["上报表"]
    assert [again[f"B{row}"].value for row in (7, 9, 12)] == [1234.5, 1240.5, 1243.5]
    assert again["C7"].value == 2469


def test_pictures_and_charts_are_left_alone() -> None:
    body = filled(pictures())
    with zipfile.ZipFile(io.BytesIO(pictures())) as before, zipfile.ZipFile(io.BytesIO(body)) as after:
        assert after.testzip() is None
        assert set(after.namelist()) == set(before.namelist())
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
        drawing, chart = (
            after.read("xl/drawings/drawing1.xml").decode(),
            after.read("xl/charts/chart1.xml").decode(),
        )
        table, comments = after.read("xl/tables/table1.xml").decode(), after.read("xl/comments1.xml").decode()
        boxes = after.read("xl/drawings/vmlDrawing1.vml").decode()
        sheet = after.read("xl/worksheets/sheet1.xml").decode()
    assert "xl/media/image1.png" not in changed
    assert "图表!$C$4:$C$6" in chart
    assert "图表!$A$4:$A$6" in chart
    assert "Cache>" not in chart
    # the chart begins over the block and stays; the picture under it goes two rows down, as large as it was
    assert drawing.count("<xdr:row>2</xdr:row>") == 1
    assert "<xdr:row>9</xdr:row>" in drawing
    assert 'ref="A32:B33"' in table
    assert 'ref="A7"' in comments
    assert "<x:Row>6</x:Row>" in boxes
    assert 'autoFilter ref="A3:C6"' in sheet
    assert "云溪镇</t>" in sheet  # the bold run of the rich title keeps its run
    assert "<b/>" in sheet


def test_no_rows_leave_one_blank_row_and_whole_formulas(tmp_path: Path) -> None:
    body = filled(two_blocks(), {name: [] for name in SETS})
    found = values(opened(body), "汇总")
    assert "A4" not in found
    assert (found["B5"], found["C12"]) == ("=SUM(B4:B4)", "=SUM(C4:C4,C9:C9)")
    assert computed(tmp_path, body)["汇总"]["C12"].value == 0


def test_no_stored_sum_survives() -> None:
    with zipfile.ZipFile(io.BytesIO(filled(pictures()))) as zipped:
        sheet, book = zipped.read("xl/worksheets/sheet1.xml"), zipped.read("xl/workbook.xml")
    assert b"</f><v>" not in sheet
    assert b'fullCalcOnLoad="1"' in book


def test_headings_are_repeated_on_the_pages_of_a_long_block() -> None:
    many = {**SETS, "每个村一行": VILLAGES * 20}
    sheet = opened(filled(across_sheets(), many))["分村 明细"]
    assert sheet.print_title_rows == "$1:$2"
    assert opened(filled(across_sheets()))["分村 明细"].print_title_rows is None


def test_a_list_of_calculations_is_left_out() -> None:
    """The part that names cells with formulas in their order would name cells that have moved."""
    source, out = io.BytesIO(two_blocks()), io.BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"</Types>",
                    b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>',
                )
            if name == "xl/_rels/workbook.xml.rels":
                part = part.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>',
                )
            after.writestr(name, part)
        after.writestr("xl/calcChain.xml", b'<calcChain xmlns="x"><c r="B5" i="1"/></calcChain>')
    with zipfile.ZipFile(io.BytesIO(filled(out.getvalue()))) as zipped:
        assert "xl/calcChain.xml" not in zipped.namelist()
        assert b"calcChain" not in zipped.read("[Content_Types].xml") + zipped.read(
            "xl/_rels/workbook.xml.rels"
        )
    assert values(opened(filled(out.getvalue())), "汇总") == values(opened(filled(two_blocks())), "汇总")


def test_what_cannot_be_filled_is_said() -> None:
    with pytest.raises(NotAForm, match=r"不是 \.xlsx 文件"):
        Form(b"\xd0\xcf\x11\xe0", "旧表.xls")
    with pytest.raises(NotAForm):
        Form(b"PK\x03\x04 nothing", "坏表.xlsx")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A1048575"] = "{{每个村一行}}", "合计"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(FormTooLong, match="1048577 行"):
        filled(out.getvalue())
    sheet["B1"] = "=SUM(一月:三月!C6)"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(NotAForm, match="几张工作表"):
        filled(out.getvalue())


def rewritten(body: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, change(before.read(name)) if name == part else before.read(name))
    return out.getvalue()


def test_a_form_whose_tags_carry_a_prefix() -> None:
    """Some programs write <x:row> for <row>."""

    def prefixed(xml: bytes) -> bytes:
        named = re.sub(rb"<(/?)(?![?!])", rb"<\1x:", xml)
        return named.replace(b'xmlns="http://schemas', b'xmlns:x="http://schemas')

    for name in ("merged_heads", "two_blocks"):
        form = FORMS[name]()
        other = rewritten(form, "xl/worksheets/sheet1.xml", prefixed)
        sheet = opened(form).sheetnames[0]
        assert values(opened(filled(other)), sheet) == values(opened(filled(form)), sheet)
        merges = [
            {one.coord for one in opened(filled(one_form))[sheet].merged_cells.ranges}
            for one_form in (form, other)
        ]
        assert merges[0] == merges[1]


def test_a_merge_that_begins_over_the_block_reaches_as_far_down_as_it_did() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.merge_cells("A1:A3")  # the heading's column runs beside the block
    sheet["A1"], sheet["B2"], sheet["B3"] = "各村", "{{每个村一行}}{{村名}}", "合计"
    out = io.BytesIO()
    book.save(out)
    after = opened(filled(out.getvalue())).worksheets[0]
    assert [one.coord for one in after.merged_cells.ranges] == ["A1:A5"]
    assert [after[f"B{row}"].value for row in range(2, 6)] == ["1村", "2村", "3村", "合计"]


def test_the_repeated_row_may_be_the_last_and_stand_beside_another_sheets() -> None:
    book = openpyxl.Workbook()
    for place in (1, 2):
        sheet = book.create_sheet(f"表{place}")
        sheet["A1"], sheet["A2"], sheet["B2"] = "村", "{{每个村一行}}{{村名}}", f"=表{3 - place}!A2"
    out = io.BytesIO()
    book.save(out)
    after = opened(filled(out.getvalue()))
    # a row of as many on another sheet goes along
    assert [after["表1"][f"B{row}"].value for row in range(2, 5)] == ["=表2!A2", "=表2!A3", "=表2!A4"]
