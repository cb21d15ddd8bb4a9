"""The golden workbooks: every report of one lived June. `python -m tests.app.reports.catalogue.golden` writes them anew."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from app.desk import Desk
from app.reports.catalogue.report import make_sheets
from app.reports.catalogue.shelf import entries
from app.reports.sheet_book import write_sheets
from app.reports.sheet_model import SheetModel
from tests.app.ledger.lived import live
from tests.conftest import found

FOLDER: Final = Path(__file__).parent / "golden"
CREATED: Final = datetime(2024, 7, 1, 9, 0)
MADE: Final = "制表：经办甲　2024-07-01 09:00:00　审计链 0a1b2c3d"
ELSEWHERE: Final = frozenset({"notice", "reconciliation"})
"""June has no posted program and no bank statement: these two have tests of their own."""
GIVEN: Final[dict[str, dict[str, str]]] = {
    "roster": {"batch": "2080502-2024-06-01"},
    "changes": {"batch": "2080502-2024-06-01"},
    "card": {"village": "上溪村"},
}


def sheets_of_june(folder: Path) -> Iterator[tuple[str, list[SheetModel]]]:
    """Each report's name and sheets; who made it and when is always the same."""
    admin = found(folder / "office")
    lived = live(admin, folder)
    desk: Desk = lived.month.later(lived.month.clerk, "2024-06-30")
    person = str(desk.store.value("SELECT id_number FROM person ORDER BY id LIMIT 1"))
    for report in entries():
        if report.name not in ELSEWHERE:
            given = {"person": person} if report.name == "history" else GIVEN.get(report.name, {})
            yield report.name, [replace(one, made=MADE) for one in make_sheets(desk, report, given)]
    admin.store.close()


def write_all(folder: Path, to: Path) -> None:
    """Write all of them."""
    for name, sheets in sheets_of_june(folder):
        write_sheets(to / f"{name}.xlsx", sheets, created=CREATED)


def described(path: Path) -> dict[str, Any]:
    """Everything of a workbook that somebody sees or prints, by sheet and cell."""
    book, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    return {sheet.title: _sheet(sheet, values[sheet.title]) for sheet in book.worksheets}


def _sheet(sheet: Worksheet, values: Worksheet) -> dict[str, Any]:
    page = sheet.page_setup
    return {
        "cells": {
            cell.coordinate: (
                cell.value, values[cell.coordinate].value, cell.data_type, cell.number_format, cell.font.name, cell.font.sz,
                cell.font.b, cell.alignment.horizontal, cell.alignment.wrap_text, cell.alignment.shrink_to_fit,
                cell.border.left.style, cell.border.bottom.style, cell.fill.fgColor.rgb,
            )
            for row in sheet.iter_rows()
            for cell in row
        },
        "widths": {letters: column.width for letters, column in sheet.column_dimensions.items()},
        "heights": {number: row.height for number, row in sheet.row_dimensions.items()},
        "merges": sorted(str(merge) for merge in sheet.merged_cells.ranges),
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "page": (page.paperSize, page.orientation, page.fitToWidth, page.fitToHeight, sheet.print_area, sheet.print_title_rows),
        "breaks": [one.id for one in sheet.row_breaks.brk],
        "footer": sheet.oddFooter.center.text if sheet.oddFooter is not None else None,
    }  # fmt: skip


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        write_all(Path(scratch), FOLDER)
