"""A table of 100,000 styled rows out as a workbook, beside the bare writer library on the same cells and formats."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import xlsxwriter

from app.pages import View
from app.registry.listings import PEOPLE
from app.workbook.table_out import Shown, write_table
from app.workbook.writing import Column, Kind, SheetSpec, write_workbook
from tests.bench.bench_tables import fill
from tests.bench.measuring import Measured, bench, empty_office, peak_mb, timed
from tests.bench.townships import VILLAGES as VILLAGES_OF_PEOPLE

ROWS = 100_000
MADE = datetime(2024, 6, 30, 12, 0)
COLUMNS = (
    Column("序号", Kind.COUNT, 6, align="center"),
    Column("户主姓名", width=10, align="center"),
    Column("身份证号", width=20, align="center", wrap=False),
    Column("银行账号", width=21, align="center", wrap=False),
    Column("开户银行", width=14),
    Column("村（社区）", width=11, align="center"),
    Column("组", width=6, align="center"),
    Column("联系电话", width=13, align="center", wrap=False),
    Column("数量（亩）", Kind.QUANTITY, 10, total=True),
    Column("补贴金额", Kind.MONEY, 13, total=True),
    Column("发放日期", Kind.DATE, 11),
    Column("备注", width=14),
)  # fmt: skip
VILLAGES = ("上溪村", "下溪村", "石门村", "竹岙社区", "云台村")
FIRST_DAY = date(2024, 6, 20)


def rows() -> Iterator[list[object]]:
    """The rows, made as they are asked for."""
    for number in range(1, ROWS + 1):
        yield [
            number, f"张{chr(0x4E00 + number % 5000)}{chr(0x5E00 + number % 70)}", f"33062419{number:010d}", f"622858{number:013d}",
            "新昌农商银行", VILLAGES[number % 5], f"{number % 9 + 1}组", f"138{number:08d}", number % 900_000 + 3, number * 137 % 5_000_000 + 1,
            FIRST_DAY, "已核实" if number % 7 else "",
        ]  # fmt: skip


def _bare(path: Path, columns: Sequence[Column], lines: Iterable[Sequence[object]]) -> None:
    """What the library itself takes for the same cells: one format a column, each cell by its own call."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("发放明细")
    formats = [
        book.add_format({"font_name": "宋体", "font_size": 10.5, "border": 1, "valign": "vcenter", "num_format": one.kind.value})
        for one in columns
    ]  # fmt: skip
    heading = book.add_format({"font_name": "黑体", "bold": True, "border": 1, "align": "center"})
    for place, one in enumerate(columns):
        sheet.set_column(place, place, one.width)
        sheet.write_string(0, place, one.heading, heading)
    for number, row in enumerate(lines, 1):
        for place, value in enumerate(row):
            if value is None or value == "":
                sheet.write_blank(number, place, None, formats[place])
            elif isinstance(value, str):
                sheet.write_string(number, place, value, formats[place])
            elif isinstance(value, date):
                sheet.write_datetime(number, place, value, formats[place])
            elif isinstance(value, int):
                places = {Kind.MONEY: 2, Kind.QUANTITY: 4}.get(columns[place].kind, 0)
                sheet.write_number(number, place, Decimal(value).scaleb(-places), formats[place])
    book.close()


def _side_by_side(ours: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float]:
    """Seconds of each, the better of two runs in turn: what else the machine does must not fall on one of them alone."""
    runs = [(timed(ours), timed(bare)) for _ in range(2)]
    return min(one for one, _ in runs), min(two for _, two in runs)


@bench("100,000 styled rows to a workbook", "large")
def exports() -> Measured:
    """Ours also finds the height of every row, checks every length, and sums two columns as live formulas."""
    with TemporaryDirectory() as folder:

        def ours() -> None:
            spec = SheetSpec(
                "发放明细",
                COLUMNS,
                rows(),
                title="云溪镇发放明细",
                left="填报单位：云溪镇财政所",
                right="单位：元",
            )
            write_workbook(Path(folder) / "ours.xlsx", [spec], created=MADE)

        seconds, floor = _side_by_side(ours, lambda: _bare(Path(folder) / "bare.xlsx", COLUMNS, rows()))
        return Measured(
            seconds, floor, "xlsxwriter, constant memory, the same cells, one format a column",
            notes={"rows_per_s": ROWS / seconds},
        )  # fmt: skip


@bench("a table of 100,000 people out as a workbook", "large")
def table_out() -> Measured:
    """Ours also reads the rows from the database, page by page, masks them, and writes down who took them."""
    with empty_office(VILLAGES_OF_PEOPLE) as desk, TemporaryDirectory() as folder:
        fill(desk, ROWS)
        shown = Shown(PEOPLE, View(), [one.name for one in PEOPLE.columns if not one.hidden], masked=True)
        write_table(desk, path=Path(folder) / "ours.xlsx", table=shown)
        peak = peak_mb()
        book = openpyxl.load_workbook(Path(folder) / "ours.xlsx", read_only=True).worksheets[0]
        heading, *lines = list(book.iter_rows(min_row=2, max_row=ROWS + 2, values_only=True))
        columns = [Column(str(one), width=12) for one in heading]
        seconds, floor = _side_by_side(
            lambda: write_table(desk, path=Path(folder) / "ours.xlsx", table=shown),
            lambda: _bare(Path(folder) / "bare.xlsx", columns, lines),
        )
        return Measured(
            seconds, floor, "xlsxwriter, constant memory, the same cells read beforehand", peak,
            notes={"rows_per_s": ROWS / seconds},
        )  # fmt: skip
