"""Every report of one lived June is, cell by cell, the workbook that was looked at and kept; LibreOffice computes the same."""

from pathlib import Path

import openpyxl
import pytest

from app.reports.catalogue.shelf import entries
from app.reports.sheet_book import write_sheets
from tests.app.reports.catalogue.golden import (
    CREATED,
    ELSEWHERE,
    FOLDER,
    described,
    sheets_of_june,
    write_all,
)
from tests.office import recalculated

NAMES = [one.name for one in entries() if one.name not in ELSEWHERE]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("june")
    (folder / "out").mkdir()
    write_all(folder, folder / "out")
    return folder / "out"


def test_there_is_one_for_every_report() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.xlsx")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_what_it_was(written: Path, name: str) -> None:
    now, kept = described(written / f"{name}.xlsx"), described(FOLDER / f"{name}.xlsx")
    assert now.keys() == kept.keys()
    for sheet, was in kept.items():
        for part, expected in was.items():
            assert now[sheet][part] == expected, (sheet, part)


@pytest.mark.office
def test_libreoffice_computes_every_sum_as_it_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    write_sheets(path, [sheet for _, sheets in sheets_of_june(tmp_path) for sheet in sheets], created=CREATED)
    formulas, stored, again = (
        openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True), recalculated(path),
    )  # fmt: skip
    live = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                live += 1
                value, computed = (book[sheet.title][cell.coordinate].value for book in (stored, again))
                where = (sheet.title, cell.coordinate, cell.value)
                if isinstance(value, str) or value is None:
                    assert (computed or "") == (value or ""), where
                else:
                    assert round(float(str(computed)) * 10_000) == round(float(value) * 10_000), where
    assert live > 200
