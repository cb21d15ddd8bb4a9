"""Made-up townships of any size, for the benchmarks: people by household with valid IDs, as a workbook or as rows."""

from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from models.domain.idnumber import check_digit

HEADINGS = (
    "序号",
    "户编号",
    "村（社区）",
    "村民小组",
    "姓名",
    "与户主关系",
    "性别",
    "身份证号码",
    "出生日期",
    "联系电话",
    "备注",
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬凤建国志永海山"
_RELATIONS = ("户主", "配偶", "子", "女")
VILLAGES = tuple(
    f"{name}村" for name in ("上溪", "下溪", "石门", "竹岙", "里岙", "外岙", "前山", "后山", "东塘", "西塘")
)


def people(count: int) -> Iterator[tuple[object, ...]]:
    """`count` rows in the order of HEADINGS: households of three or so, ten villages, every ID valid and used once."""
    household = 0
    for serial in range(count):
        place = serial % 3
        household += place == 0
        # every birth date once in each of 99 counties: unique up to 2.4 million people
        born = serial % (75 * 12 * 28)
        year, month, day = 1940 + born % 75, 1 + born // 75 % 12, 1 + born // 900
        male = place != 1
        first = (
            f"{330600 + serial // (75 * 12 * 28) % 99}{year}{month:02d}{day:02d}{serial % 499 * 2 + male:03d}"
        )
        yield (
            serial + 1, f"33062419900{household:07d}", VILLAGES[household % 10], f"{household % 8 + 1}组",
            _SURNAMES[serial % 32] + _GIVEN[serial // 32 % 36] + _GIVEN[serial // 1152 % 36], _RELATIONS[place], "男" if male else "女",
            first + check_digit(first), f"{year}-{month:02d}-{day:02d}", f"13{serial % 10**9:09d}", "",
        )  # fmt: skip


def write_people(path: Path, count: int, changed_each: int = 0) -> Path:
    """A people workbook of `count` rows with a title, made once and kept; every so many rows have another remark."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("户籍底册")
    sheet.write_string(0, 0, "云溪镇户籍人口底册")
    sheet.write_row(1, 0, HEADINGS)
    for number, row in enumerate(people(count), start=2):
        sheet.write_number(number, 0, row[0])
        for column, cell in enumerate(row[1:], start=1):
            sheet.write_string(number, column, str(cell))
        if changed_each and number % changed_each == 0:
            sheet.write_string(number, len(row) - 1, "已核实")
    book.close()
    return path
