"""Reading a workbook in its own process, second look included, against the library that only parses it."""

import time
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from app.workbook.process.reader import warm_up
from app.workbook.reading import open_workbook
from tests.bench.measuring import WORKBOOKS, Measured, bench, peak_mb, timed
from tests.bench.townships import HEADINGS, people

FLOOR = "bare calamine: the same file parsed and its rows iterated in this process"


def write_roster(path: Path, count: int) -> Path:
    """A workbook of `count` rows and 12 columns with shared texts and two of numbers, made once and kept."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("花名册")
    sheet.write_row(0, 0, (*HEADINGS, "补贴金额（元）"))
    for number, row in enumerate(people(count), start=1):
        sheet.write_number(number, 0, row[0])
        for column, cell in enumerate(row[1:], start=1):
            sheet.write_string(number, column, str(cell) or "无")
        sheet.write_number(number, len(HEADINGS), number * 12055 / 100)
    book.close()
    return path


def _bare(path: Path) -> None:
    for _ in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows():
        pass


def _read(path: Path) -> tuple[float, float]:
    """Seconds to the first row, and to the last one with all that was noticed."""
    start = time.perf_counter()
    (sheet,) = open_workbook(path).sheets
    lines = sheet.numbered_lines(0, ())
    next(lines)
    first = time.perf_counter() - start
    for _ in lines:
        pass
    assert sheet.remarks == []
    return first, time.perf_counter() - start


def _measure(count: int) -> Measured:
    path = write_roster(WORKBOOKS / f"roster-{count}.xlsx", count)
    warm_up()
    time.sleep(0.5)  # as when a clerk has a file dialog open
    first, ours = _read(path)
    ours_mb = peak_mb()
    floor = timed(lambda: _bare(path))
    return Measured(ours, floor, FLOOR, ours_mb, {"first_row_s": first, "library_mb": peak_mb()})


@bench("workbook read, 30,000 × 12")
def read_30k() -> Measured:
    """A large township."""
    return _measure(30_000)


@bench("workbook read, 420,000 × 12", "large")
def read_420k() -> Measured:
    """A county."""
    return _measure(420_000)
