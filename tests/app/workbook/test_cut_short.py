"""Files that were not copied to the end, traps that say what they are, and what is no file at all."""

import os
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from app.workbook.reading import DamagedWorkbook, OverlongCell, UnpairedQuote, open_workbook, read_workbook
from app.workbook.unreadable import OverInflated
from models.store.durable import CannotRead
from tests.corpus.packages import bomb, cells, ods, xlsx, zipped
from tests.corpus.table_cases import row, table, text

FILES = Path(__file__).parent / "files"
WORKBOOKS = {
    "a.xlsx": xlsx(cells(1, "甲")),
    "types-last.xlsx": zipped(
        {"xl/worksheets/sheet1.xml": os.urandom(5_000), "[Content_Types].xml": b"<Types/>"}
    ),
    "a.ods": ods(table(row(text("甲")))),
    "a.xls": (FILES / "merged.xls").read_bytes(),
}


@pytest.mark.parametrize("is_padded", [False, True])
@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_file_whose_end_is_missing_was_not_copied_to_the_end(name: str, is_padded: bool) -> None:
    body = WORKBOOKS[name]
    for tenths in range(1, 10):
        half = body[: len(body) * tenths // 10]
        with pytest.raises(DamagedWorkbook, match="没有拷贝完整，读不出来。请重新拷贝"):
            for sheet in read_workbook(half.ljust(len(body) * is_padded, b"\0"), name).sheets:
                list(sheet.rows())


def read_text(body: str) -> None:
    list(read_workbook(body.encode(), "a.csv").sheets[0].rows())


def test_a_cell_longer_than_any_is_no_quote() -> None:
    with pytest.raises(OverlongCell, match="第 2 行有一个格子超过 1000000 个字"):
        read_text("姓名,备注\n何水健," + "甲" * 1_000_001 + "\n")
    with pytest.raises(OverlongCell, match="第 3 行"):
        read_text('姓名,备注\n"何水健",a\n何水健,' + "甲" * 1_000_001 + "\n")
    with pytest.raises(UnpairedQuote):
        read_text('姓名,备注\n"何水健,' + "甲\n" * 600_000)


def test_a_part_that_says_it_is_too_much_is_not_unpacked() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for part, body in bomb("xl/media/a.bin", 1).items():
            if part != "xl/worksheets/sheet1.xml":
                package.writestr(part, body)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(500):
                sheet.write(b"\n" * 1_000_000)
    trap = bytearray(packed.getvalue())
    # what would be unpacked first is no longer there: only what is declared can be the reason
    local = trap.index(b"xl/worksheets/sheet1.xml") + 200
    trap[local : local + 1_000] = b"\xff" * 1_000
    start = time.monotonic()
    with pytest.raises(OverInflated):
        list(read_workbook(bytes(trap), "a.xlsx").sheets[0].rows())
    assert time.monotonic() - start < 10


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
def test_only_ordinary_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    for path in (tmp_path / "a.xlsx", Path("/dev/zero")):
        with pytest.raises(CannotRead, match="不是普通文件"):
            open_workbook(path)
    with pytest.raises(CannotRead, match="文件夹"):
        open_workbook(tmp_path)
