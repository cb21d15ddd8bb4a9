"""Imports on the screen: the runs so far, what each found, and a look into a workbook before anything is taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from app.intake.cells import as_written
from app.intake.mappings import remembered_mappings
from app.pages import Column, Join, Listing, Shows
from app.workbook.columns import (
    ACCOUNTS,
    ALLOTMENTS,
    HISTORY,
    LIST,
    PEOPLE,
    ROSTER,
    SURVIVAL,
    Form,
    Header,
    column_letters,
    headers_of,
)
from app.workbook.reading import Cell, Sheet, cell_is_blank, read_workbook
from models.domain.flows.import_flow import IMPORT_STATE_NAMES
from models.store.durable import read_bytes
from models.store.opening import Store

FORMS: Final[Mapping[str, Form]] = {
    "people": PEOPLE,
    "accounts": ACCOUNTS,
    "roster": ROSTER,
    "allotments": ALLOTMENTS,
    "list": LIST,
    "survival": SURVIVAL,
    "history": HISTORY,
}
KIND_NAMES: Final = {
    "people": "户籍底册",
    "accounts": "账户清册",
    "roster": "花名册",
    "allotments": "资金指标",
    "list": "比对名单",
    "survival": "生存认证",
    "history": "以前的发放",
}
LIST_NAMES: Final = {
    "deaths": "死亡人员",
    "payroll": "财政供养人员",
    "relocation": "迁移人员",
    "cadres": "村干部",
}
LEVEL_NAMES: Final = {"error": "退回", "warning": "提醒"}

RUNS: Final = Listing(
    name="runs",
    title="导入记录",
    source="import_run r",
    id="r.id",
    order="r.id DESC",
    joins=(
        Join("g", "LEFT JOIN program g ON g.id = r.program_id"),
        Join("o", "JOIN operator o ON o.id = r.operator_id"),
    ),
    columns=(
        Column("run", "次", "r.id", Shows.COUNT, 5),
        Column("kind", "类别", "r.kind", Shows.CODE, 10, words=KIND_NAMES),
        Column("file_name", "文件", "r.file_name", width=26),
        Column("program", "项目", "g.name", width=18),
        Column("period", "期间", "r.period", Shows.CODE, 9),
        Column("rows", "行数", "r.rows", Shows.COUNT, 7, total=True),
        Column("accepted", "入库", "r.accepted", Shows.COUNT, 7, total=True),
        Column("rejected", "退回", "r.rejected", Shows.COUNT, 7, total=True),
        Column("state", "状态", "r.state", Shows.CODE, 8, words={str(k): v for k, v in IMPORT_STATE_NAMES.items()}),
        Column("operator", "操作员", "o.name", width=9),
        Column("business_date", "日期", "r.business_date", Shows.DAY, 11),
    ),
)  # fmt: skip
"""Everything that was taken in, the latest first."""

FINDINGS: Final = Listing(
    name="findings",
    title="问题清单",
    source="import_finding f",
    id="f.id",
    columns=(
        Column("level", "级别", "f.level", Shows.CODE, 6, words=LEVEL_NAMES),
        Column("sheet", "工作表", "f.sheet", width=12),
        Column("row", "行", "f.row", Shows.COUNT, 6),
        Column("column_name", "栏目", "f.column_name", width=12),
        Column("sentence", "问题与改法", "f.sentence", width=70),
    ),
)
"""What runs found; `among("f.run_id = ?", run)` for one of them."""


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column of a sheet: where it is, its heading as written, the field it is read as ('' for none), some cells."""

    place: int
    letters: str
    heading: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetLook:
    """A sheet as the import would read it; `missing` are needed fields (their Chinese) that no column has."""

    name: str
    first: int
    last: int
    columns: tuple[ColumnLook, ...]
    missing: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    expected_rows: int
    remembered: str


_HEAD_ROWS: Final = 40
_SAMPLES: Final = 3


def look_into(
    store: Store, path: Path, kind: str, mapping: Mapping[str, str] | None = None
) -> list[SheetLook]:
    """The sheets of a workbook with what their columns are taken for, before anything is read in; a mapping that the office
    remembers counts where none is given.

    Raises CannotRead, and what reading a workbook raises.
    """
    form = FORMS[kind]
    remembered = remembered_mappings(store, form)
    workbook = read_workbook(read_bytes(path), path.name)
    looks = []
    for sheet, header in headers_of(workbook, form, mapping, remembered):
        head = list(islice(sheet.rows(fill=True), _HEAD_ROWS))
        if not any(not cell_is_blank(cell) for _, cells in head for cell in cells):
            continue
        if header is not None:
            looks.append(_look(sheet, head, header, form))
    return looks


def _look(sheet: Sheet, head: Sequence[tuple[int, Sequence[Cell]]], header: Header, form: Form) -> SheetLook:
    named = {place: name for name, place in header.columns.items()}
    width = max(len(cells) for _, cells in head)
    below = [cells for number, cells in head if number > header.last]
    columns = []
    for place in range(width):
        heading = header.headings[named[place]] if place in named else _heading(head, header, place)
        samples = [
            as_written(cells[place])
            for cells in below
            if place < len(cells) and not cell_is_blank(cells[place])
        ]
        if heading or samples:
            columns.append(
                ColumnLook(
                    place, column_letters(place), heading, named.get(place, ""), tuple(samples[:_SAMPLES])
                )
            )
    rows = tuple((number, tuple(as_written(cell) for cell in cells)) for number, cells in head)
    missing = tuple(form.titles(choice) for choice in header.missing)
    return SheetLook(
        sheet.name,
        header.first,
        header.last,
        tuple(columns),
        missing,
        rows,
        sheet.expected_rows,
        header.remembered,
    )


def _heading(head: Sequence[tuple[int, Sequence[Cell]]], header: Header, place: int) -> str:
    """The heading of a column that is not read: its lowest cell that holds something."""
    found = [
        as_written(cells[place]).strip()
        for number, cells in head
        if header.first <= number <= header.last and place < len(cells) and not cell_is_blank(cells[place])
    ]
    return found[-1] if found else ""


def rows_around(path: Path, sheet_name: str, row: int, around: int = 4) -> list[tuple[int, tuple[str, ...]]]:
    """Some rows of a sheet as they stand in the workbook, to show where a finding is."""
    workbook = read_workbook(read_bytes(path), path.name)
    sheet = next((one for one in workbook.sheets if one.name == sheet_name), None)
    if sheet is None:
        return []
    return [
        (number, tuple(as_written(cell) for cell in cells))
        for number, cells in sheet.rows(fill=False)
        if row - around <= number <= row + around
    ]
