"""Small workbooks for tests, written cell by cell."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl

SAMPLES = Path(__file__).parents[2] / "samples"

Rows = Sequence[Sequence[object]]


def workbook(
    path: Path,
    sheets: Mapping[str, Rows],
    *,
    merges: Iterable[str] = (),
    at: tuple[int, int] = (1, 1),
    hidden: Iterable[str] = (),
) -> Path:
    """Write an .xlsx; `at` is where each sheet's first cell stands, `merges` are ranges of the first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(rows, at[0]):
            for column, value in enumerate(cells, at[1]):
                if value is not None:
                    sheet.cell(row, column, value)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    for merge in merges:
        book.worksheets[0].merge_cells(merge)
    book.save(path)
    return path
