"""Small workbooks as villages send them, for tests."""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter


def workbook(path: Path, *sheets: tuple[str, Sequence[Sequence[object]]]) -> Path:
    """Write sheets of (name, rows); text as text, numbers as numbers, None as nothing."""
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif isinstance(cell, (int, float)):
                    sheet.write_number(row, column, cell)
    book.close()
    return path


def codes(answer: object) -> list[tuple[int, str]]:
    """(row, code) of an import's findings."""
    return [(found["row"], found["code"]) for found in answer["findings"]]  # type: ignore[index]
