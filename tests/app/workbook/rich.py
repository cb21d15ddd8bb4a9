"""Workbooks that offices have made their own: formats, merges, rules, charts, notes; and the comparison of two of them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

HEADINGS = ("序号", "村", "姓名", "身份证号", "面积（亩）", "金额（元）", "日期")
HEADING_ROW = 3


def rich_workbook(path: Path, rows: int = 12) -> Path:
    """An .xlsx with about everything that marking must leave alone, written by xlsxwriter; data on the second sheet."""
    book = xlsxwriter.Workbook(str(path))
    cover = book.add_worksheet("封面")
    cover.write("A1", "云溪镇 & <2024>")
    cover.write_comment("A1", "封面的批注", {"author": "镇财政所"})
    sheet = book.add_worksheet("花名册")
    other = book.add_worksheet("别的表")
    title = book.add_format({"bold": True, "font_size": 18, "align": "center", "font_name": "黑体"})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "bg_color": "#D9E1F2", "text_wrap": True}
    )
    text = book.add_format({"border": 1, "num_format": "@"})
    money = book.add_format({"border": 1, "num_format": "#,##0.00", "font_color": "#0000FF"})
    day = book.add_format({"border": 1, "num_format": "yyyy/m/d", "bg_color": "#E2EFDA"})
    sheet.merge_range("A1:G1", "云溪镇补贴花名册", title)
    sheet.write("A2", "单位：元")
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(2, column, heading, head)
    for place in range(rows):
        row = 3 + place
        sheet.write_number(row, 0, place + 1, text)
        sheet.write_string(row, 2, f"张三{place}", text)
        sheet.write_string(row, 3, f"33062419570314{place:04}", text)
        sheet.write_number(row, 4, place * 1.5, money)
        sheet.write_formula(row, 5, f"=E{row + 1}*100.58", money, place * 1.5 * 100.58)
        sheet.write_number(row, 6, 45000 + place, day)
        if place % 4 == 0 and place + 3 < rows:
            sheet.merge_range(row, 1, row + 3, 1, f"上溪村{place}", text)
    last = 3 + rows
    sheet.write_formula(last, 5, f"=SUM(F4:F{last})", money, 0)
    sheet.write_comment("C5", "张三家的事", {"author": "村会计", "visible": True})
    sheet.set_column("C:D", 22)
    sheet.set_column("E:F", 14, money)
    sheet.set_column("I:L", 9, None, {"hidden": True})
    sheet.set_row(6, 31)
    sheet.set_row(8, None, None, {"hidden": True})
    sheet.autofilter(2, 0, last - 1, len(HEADINGS) - 1)
    sheet.freeze_panes(3, 1)
    sheet.conditional_format(3, 4, last, 4, {"type": "cell", "criteria": ">", "value": 10, "format": title})
    sheet.data_validation(3, 1, last, 1, {"validate": "list", "source": ["上溪村", "下溪村"]})
    sheet.repeat_rows(0, 2)
    sheet.print_area(0, 0, last, 6)
    sheet.set_footer("&C第 &P 页")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": ["花名册", 3, 4, last - 1, 4]})
    other.insert_chart("B2", chart)
    other.write("A1", "合计")
    other.write_formula("A2", "=SUM(花名册!F4:F9)", None, 3)
    other.write_url("A3", "https://example.org/")
    book.define_name("别的表!本表", "=别的表!$A$1")
    book.define_name("全部", "=花名册!$A$1:$G$9")
    sheet.activate()
    book.close()
    return path


def parts(body: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in files.items():
            package.writestr(name, body)
    return out.getvalue()


def loaded(body: bytes) -> Any:
    """The workbook as openpyxl reads it, formulas as formulas."""
    return openpyxl.load_workbook(io.BytesIO(body), rich_text=True)


def sheet_facts(sheet: Any, *, but_columns: Sequence[int] = ()) -> dict[str, object]:
    """All that a sheet is beside its fills and notes, without some columns (from 0)."""
    left_out = {column + 1 for column in but_columns}
    cells = {}
    for row in sheet.iter_rows():
        for cell in row:
            look = (cell.number_format, cell.font, cell.border, cell.alignment, cell.protection)
            is_bare = cell.value is None and not cell.has_style
            if cell.column not in left_out and not is_bare:
                cells[cell.coordinate] = (cell.value, cell.data_type, *map(repr, look))
    return {
        "cells": cells,
        "merges": sorted(map(str, sheet.merged_cells.ranges)),
        "widths": {
            key: (one.min, one.max, one.width, one.hidden, one.number_format, repr(one.font))
            for key, one in sheet.column_dimensions.items()
        },
        "heights": {
            key: (one.height, one.hidden, one.outlineLevel)
            for key, one in sheet.row_dimensions.items()
            if one.height is not None or one.hidden
        },
        "rules": [
            (str(ranges.sqref), [rule.type for rule in rules])
            for ranges, rules in sheet.conditional_formatting._cf_rules.items()
        ],
        "choices": [
            (str(one.sqref), one.type, one.formula1) for one in sheet.data_validations.dataValidation
        ],
        "filter": sheet.auto_filter.ref,
        "panes": sheet.freeze_panes,
        "print": (sheet.print_area, sheet.print_title_rows),
        "footer": sheet.oddFooter.center.text,
        "links": links(sheet),
        "state": sheet.sheet_state,
    }


def fills(sheet: Any) -> dict[str, str]:
    """Cells with a solid fill, and its colour."""
    return {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.patternType == "solid"
    }


def links(sheet: Any) -> dict[str, str]:
    """Cells with a link, and where it leads."""
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.hyperlink)
    return {cell.coordinate: cell.hyperlink.location or cell.hyperlink.target for cell in cells}


def notes(sheet: Any) -> dict[str, str]:
    """Cells with a note, and its text."""
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
