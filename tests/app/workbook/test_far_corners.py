"""Cells at opposite ends of a sheet: reading and knowing the columns cost what the cells are, not the room between them."""

import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from app.workbook.columns import (
    PEOPLE,
    NoTableFound,
    data_rows,
    find_tables,
    sheets_without_table,
    table_remarks,
)
from app.workbook.kinds.sheet_frame import column_of
from app.workbook.marked_copy import marked_copy
from app.workbook.marking import mark_workbook
from app.workbook.marks import Summary
from app.workbook.process.frames import is_filled
from app.workbook.reading import Workbook, read_workbook
from tests.corpus.packages import ods, xlsx
from tests.corpus.table_cases import row, table, text

ID = "330624195810179114"
SECONDS = 20
"""What a dense walk of one of these sheets takes many minutes for."""
LAST_ROW, LAST_COLUMN = 1_048_576, "XFD"

Cells = Mapping[tuple[int, str], str]
TABLE: Cells = {(1, "A"): "姓名", (1, "B"): "身份证号", (2, "A"): "何水健", (2, "B"): ID}
CORNER: Cells = {(LAST_ROW, LAST_COLUMN): "甲"}


def by_rows(cells: Cells) -> Iterator[tuple[int, dict[str, str]]]:
    for number in dict.fromkeys(number for number, _ in cells):
        yield number, {column: value for (at, column), value in cells.items() if at == number}


def as_xlsx(*sheets: Cells) -> bytes:
    return xlsx(
        *(
            "<sheetData>"
            + "".join(
                f'<row r="{number}">'
                + "".join(
                    f'<c r="{column}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
                    for column, value in columns.items()
                )
                + "</row>"
                for number, columns in by_rows(cells)
            )
            + "</sheetData>"
            for cells in sheets
        )
    )


def as_ods(*sheets: Cells) -> bytes:
    tables = (table(_ods_rows(cells)) for cells in sheets)
    return ods("".join(one.replace('"表"', f'"表{place}"') for place, one in enumerate(tables)))


def _ods_rows(cells: Cells) -> str:
    rows, above = [], 0
    for number, columns in by_rows(cells):
        if number > above + 1:
            rows.append(
                row("<table:table-cell/>", facts=f'table:number-rows-repeated="{number - above - 1}"')
            )
        inside, left = [], -1
        for column, value in columns.items():
            gap = column_of(column) - left - 1
            inside += [f'<table:table-cell table:number-columns-repeated="{gap}"/>'] * (gap > 0) + [
                text(value)
            ]
            left = column_of(column)
        rows.append(row(*inside))
        above = number
    return "".join(rows)


def rows_and_time(body: bytes, name: str) -> tuple[Workbook, int, float]:
    """The workbook, its data rows, and the seconds that everything an import and its marking do took."""
    start = time.monotonic()
    book = read_workbook(body, name)
    tables = find_tables(book, PEOPLE)
    rows = sum(len({one.number for one in data_rows(table) if one.cells[0] == "何水健"}) for table in tables)
    table_remarks(book, tables)
    sheets_without_table(book, tables)
    headings = {table.sheet.name: table.header.last for table in tables}
    mark_workbook(body, name, [], headings, Summary(name, rows, rows, 0, []))
    return book, rows, time.monotonic() - start


FAR: Mapping[str, tuple[list[Cells], int]] = {
    "a table and a corner": ([{**TABLE, **CORNER}], 1),
    "headings at the right end": (
        [{(number, {"A": "XFA", "B": "XFB"}[at]): value for (number, at), value in TABLE.items()}],
        1,
    ),
    "three sheets with corners": ([{**TABLE, **CORNER}] * 3, 3),
    "a sheet of corners only": ([TABLE, {(1, "A"): "甲", **CORNER}], 1),
    "a cell at the right end above a table": (
        [
            {
                **{(1, "A"): "姓名", (1, "B"): "身份证号", (1, LAST_COLUMN): "甲"},
                **{(n, at): value for n in range(2, 602) for at, value in (("A", "何水健"), ("B", ID))},
            }
        ],
        600,
    ),
    "cells down the right end": (
        [{**TABLE, **{(n, LAST_COLUMN): "甲" for n in range(1000, LAST_ROW, 4000)}}],
        1,
    ),
}


@pytest.mark.parametrize("as_file", [as_xlsx, as_ods])
@pytest.mark.parametrize("name", FAR)
def test_what_lies_far_apart_is_read_in_seconds(name: str, as_file: Callable[..., bytes]) -> None:
    sheets, expected = FAR[name]
    _, rows, seconds = rows_and_time(as_file(*sheets), "a.xlsx" if as_file is as_xlsx else "a.ods")
    assert rows == expected
    assert seconds < SECONDS


@pytest.mark.parametrize("as_file", [as_xlsx, as_ods])
def test_a_heading_without_its_table_and_a_corner(as_file: Callable[..., bytes]) -> None:
    start = time.monotonic()
    with pytest.raises(NoTableFound, match="缺“身份证号码”"):
        find_tables(read_workbook(as_file({(1, "A"): "姓名", **CORNER}), "a.xlsx"), PEOPLE)
    assert time.monotonic() - start < SECONDS


def test_a_wide_sheet_made_anew_has_every_cell() -> None:
    book = read_workbook(as_ods({**TABLE, **CORNER}), "a.ods")
    made = read_workbook(marked_copy(book, [], {}, Summary("a.ods", 1, 1, 0, [])), "a.xlsx").sheets[1]
    assert [(number, [cell for cell in cells if cell]) for number, cells in made.rows()] == [
        (1, ["姓名", "身份证号"]),
        (2, ["何水健", ID]),
        (LAST_ROW, ["甲"]),
    ]


def test_blank_rows_are_written_out_in_narrow_sheets_only() -> None:
    assert is_filled(1_000, 64)
    assert not is_filled(1_001, 1)
    assert is_filled(3, 16_384)
    assert not is_filled(4, 16_384)
