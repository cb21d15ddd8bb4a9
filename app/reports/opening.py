"""The form of an office's opening figures 期初数: what this year had reached before its first month with this program."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from app.programs.queries import find_program, programs
from app.reports.monthly_return import FIELDS, NONE, Figures
from app.workbook.reading import Cell, cell_is_blank, open_workbook
from app.workbook.writing import Column, Kind, SheetSpec, write_workbook
from models.domain.money import NotMoney, fen_from_cell
from models.domain.refusal import Refusal
from models.store.opening import Store

CODE_HEADING: Final = "项目编码"
HEADINGS: Final[Mapping[str, str]] = {
    "should_fen": "应到位金额（元）",
    "received_fen": "已到位金额（元）",
    "owed_households": "应发户次",
    "owed_people": "应发人次",
    "owed_fen": "应发金额（元）",
    "paid_households": "实发户次",
    "paid_people": "实发人次",
    "paid_fen": "实发金额（元）",
    "failed_payments": "失败笔数",
    "failed_fen": "失败金额（元）",
    "reissued_payments": "补发笔数",
    "reissued_fen": "补发金额（元）",
}
_MOST_COUNT: Final = 10**9


class NotOpeningForm(Refusal):
    """The workbook is not the form that we gave."""

    form = "“{name}”不是期初数登记表：缺少列“{missing}”。请用 report opening-form 输出空表，填好后再登记。"
    in_window = "“{name}”不是期初数登记表：缺少列“{missing}”。请按“期初空表”存出空表，填好后再登记。"


class OpeningCellWrong(Refusal):
    """A cell that is no amount or no count."""

    form = "“{name}”第 {row} 行“{heading}”的“{written}”不对：{why}。请改正后重新登记，其余各行也还没有登记。"


class OpeningRowTwice(Refusal):
    """A program stands in the form twice."""

    form = "“{name}”第 {row} 行的项目“{program}”在第 {before} 行已经填过。请合并成一行后重新登记。"


class OpeningEmpty(Refusal):
    """A form without a figure."""

    form = "“{name}”里没有填写任何数字。没有期初数的办公点不需要登记；有的请填好后再登记。"


def write_opening_form(store: Store, path: Path, *, created: datetime) -> int:
    """Write the empty form, one line a program; gives the number of lines. Raises the WorldErrors of writing."""
    known = programs(store)
    empty: Sequence[None] = (None,) * len(FIELDS)
    write_workbook(
        path,
        [
            SheetSpec(
                "期初数",
                (
                    Column(CODE_HEADING, width=14),
                    Column("补贴项目", width=30),
                    Column("主管部门", width=12),
                    *(
                        Column(heading, Kind.MONEY if field.endswith("_fen") else Kind.COUNT, 14)
                        for field, heading in HEADINGS.items()
                    ),
                ),
                ((one.code, one.name, one.department, *empty) for one in known),
                title="期初数登记表",
                left="本年 1 月至启用前一个月的累计数，没有发生的留空",
                right="单位：元",
                frozen_columns=2,
                autofilter=False,
            )
        ],
        created=created,
    )
    return len(known)


def read_opening_form(store: Store, path: Path) -> dict[int, Figures]:
    """The figures by program, blank cells as 0 and blank lines left out.

    Raises NotOpeningForm, OpeningCellWrong, OpeningRowTwice, OpeningEmpty, NoSuchProgram, and what reading raises.
    """
    found: dict[int, Figures] = {}
    rows: dict[int, int] = {}
    for number, code, cells in _lines(path):
        if all(cell_is_blank(cell) for cell in cells.values()):
            continue
        program = find_program(store, code)
        if program.id in found:
            raise OpeningRowTwice(name=path.name, row=number, program=program.name, before=rows[program.id])
        figures = NONE
        for field, cell in cells.items():
            if not cell_is_blank(cell):
                figures = replace(figures, **{field: _value(path, number, field, cell)})
        found[program.id] = figures
        rows[program.id] = number
    if not found:
        raise OpeningEmpty(name=path.name)
    return found


def _lines(path: Path) -> Iterator[tuple[int, str, dict[str, Cell]]]:
    """(Excel row, program code, cell by field) of the lines under the heading of the first sheet that has one."""
    for sheet in open_workbook(path).sheets:
        places: dict[str, int] | None = None
        for number, row in sheet.rows():
            if places is None:
                if any(cell == CODE_HEADING for cell in row):
                    places = _places(path, row)
            elif not cell_is_blank(code := row[places[CODE_HEADING]]):
                written = (
                    str(int(code)) if isinstance(code, float) and code.is_integer() else str(code).strip()
                )
                yield number, written, {field: row[places[heading]] for field, heading in HEADINGS.items()}
        if places is not None:
            return
    raise NotOpeningForm(name=path.name, missing=CODE_HEADING)


def _places(path: Path, row: Sequence[Cell]) -> dict[str, int]:
    headings = {str(cell).strip(): place for place, cell in enumerate(row) if not cell_is_blank(cell)}
    for heading in (CODE_HEADING, *HEADINGS.values()):
        if heading not in headings:
            raise NotOpeningForm(name=path.name, missing=heading)
    return headings


def _value(path: Path, row: int, field: str, cell: Cell) -> int:
    heading = HEADINGS[field]
    try:
        hundredths = fen_from_cell(cell)
    except NotMoney as no:
        raise OpeningCellWrong(
            name=path.name, row=row, heading=heading, written=cell, why=no.sentence.rstrip("。")
        ) from no
    if hundredths < 0:
        raise OpeningCellWrong(name=path.name, row=row, heading=heading, written=cell, why="不能小于 0")
    if field.endswith("_fen"):
        return hundredths
    count, rest = divmod(hundredths, 100)
    if rest or count > _MOST_COUNT:
        raise OpeningCellWrong(name=path.name, row=row, heading=heading, written=cell, why="应为整数")
    return count
