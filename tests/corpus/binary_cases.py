"""Crafted .xls and .xlsb files."""

import struct
from datetime import date, time, timedelta

from app.workbook.cell_values import NO_VALUE, ErrorCell
from app.workbook.unreadable import DamagedWorkbook, EncryptedWorkbook, NoSheets, NotAWorkbook, NotYetReadable
from tests.corpus.binaries import (
    Biff,
    at,
    cell12,
    compound,
    formula,
    label,
    number,
    record,
    row12,
    text8,
    wide,
    xlsb,
)
from tests.corpus.cases import reads, refused

_TEXT_FOLLOWS = struct.pack("<BBBBBBH", 0, 0, 0, 0, 0, 0, 0xFFFF)


def old(
    name: str,
    records: bytes,
    rows: dict[int, list[object]],
    *remarks: str,
    before: bytes = b"",
    since_1904: bool = False,
    merges: dict[tuple[int, int], int] | None = None,
) -> None:
    """An .xls of one sheet of these records."""

    def build() -> bytes:
        book = Biff(since_1904=since_1904)
        book.globals += before
        return book.sheet("花名册", records).file()

    reads(f"xls: {name}", "a.xls", build, {"花名册": rows}, *remarks, merges=merges)


old(
    "numbers",
    number(0, 0, 1.5)
    + record(0x27E, at(0, 1), struct.pack("<I", 100 << 2 | 3))
    + record(0x27E, at(0, 2), struct.pack("<I", (-7 & 0x3FFFFFFF) << 2 | 2)),
    {1: [1.5, 1.0, -7.0]},
)
old(
    "several numbers in one record",
    record(
        0xBD,
        struct.pack("<HH", 1, 0),
        *(struct.pack("<HI", 0, value << 2 | 2) for value in (3, 4, 5)),
        struct.pack("<H", 2),
    ),
    {2: [3.0, 4.0, 5.0]},
)
old(
    "texts in their cells",
    label(0, 0, "上溪村") + record(0x204, at(0, 1), text8("abc", wide=False)),
    {1: ["上溪村", "abc"]},
)
old("texts with runs", record(0xD6, at(0, 0), text8("甲乙"), struct.pack("<HHH", 1, 0, 1)), {1: ["甲乙"]})


def shared(*texts: bytes, count: int | None = None) -> bytes:
    return record(0xFC, struct.pack("<II", len(texts), len(texts) if count is None else count), *texts)


def points(row: int, column: int, place: int) -> bytes:
    return record(0xFD, at(row, column), struct.pack("<I", place))


old(
    "shared texts",
    points(0, 0, 1) + points(0, 1, 0),
    {1: ["乙", "甲"]},
    before=shared(text8("甲"), text8("乙")),
)
old(
    "shared texts with runs and readings",
    points(0, 0, 0) + points(0, 1, 1),
    {1: ["甲乙", "丙"]},
    before=shared(
        struct.pack("<HBHI", 2, 0x0D, 1, 3) + "甲乙".encode("utf-16-le") + bytes(4) + b"xyz", text8("丙")
    ),
)
old(
    "shared texts over records",
    points(0, 0, 0) + points(0, 1, 1),
    {1: ["上溪村里", "丙"]},
    before=record(0xFC, struct.pack("<II", 2, 2), struct.pack("<HB", 4, 1) + "上溪".encode("utf-16-le"))
    + record(0x3C, b"\1" + "村里".encode("utf-16-le"), text8("丙")),
)
old(
    "a shared text that changes its width",
    points(0, 0, 0),
    {1: ["上溪ab"]},
    before=record(0xFC, struct.pack("<II", 1, 1), struct.pack("<HB", 4, 1) + "上溪".encode("utf-16-le"))
    + record(0x3C, b"\0ab"),
)
old(
    "more shared texts said than there are", points(0, 0, 0), {1: ["甲"]}, before=shared(text8("甲"), count=9)
)
old(
    "rare characters",
    points(0, 0, 0),
    {1: ["𬭩"]},
    before=shared(struct.pack("<HB", 2, 1) + "𬭩".encode("utf-16-le")),
)
old(
    "truth and errors",
    record(0x205, at(0, 0), b"\1\0")
    + record(0x205, at(0, 1), b"\x2a\1")
    + record(0x205, at(0, 2), b"\x07\1"),
    {1: [True, ErrorCell("#N/A"), ErrorCell("#DIV/0!")]},
    "error_cells",
)
old(
    "formulas",
    formula(0, 0, struct.pack("<d", 2.5))
    + formula(0, 1, struct.pack("<BBBBBBH", 1, 0, 1, 0, 0, 0, 0xFFFF))
    + formula(0, 2, _TEXT_FOLLOWS)
    + record(0x207, text8("文"))
    + formula(0, 3, struct.pack("<BBBBBBH", 3, 0, 0, 0, 0, 0, 0xFFFF))
    + number(0, 4, 1),
    {1: [2.5, True, "文", None, 1.0]},
)
old(
    "an error of a formula",
    formula(0, 0, struct.pack("<BBBBBBH", 2, 0, 0x17, 0, 0, 0, 0xFFFF)),
    {1: [ErrorCell("#REF!")]},
    "error_cells",
)
old(
    "a formula whose text was not stored",
    formula(0, 0, _TEXT_FOLLOWS) + number(0, 1, 1),
    {1: [NO_VALUE, 1.0]},
    "formulas_without_value",
)
old("a formula in an older record", record(0x0406, at(0, 0), struct.pack("<d", 3.0), bytes(8)), {1: [3.0]})
old(
    "what is no number",
    number(0, 0, float("nan")) + number(0, 1, float("inf")),
    {1: [ErrorCell("#NUM!"), ErrorCell("#NUM!")]},
    "error_cells",
)
old(
    "dates",
    number(0, 0, 45366, 1) + number(0, 1, 0.25, 4) + number(0, 2, 1.5, 3) + number(0, 3, -2, 1),
    {1: [date(2024, 3, 15), time(6), timedelta(hours=36), -2.0]},
)
old("dates from 1904", number(0, 0, 43904, 1), {1: [date(2024, 3, 15)]}, since_1904=True)
old(
    "hidden rows and columns",
    record(0x208, struct.pack("<HHHHHHHH", 1, 0, 1, 300, 0, 0, 0x20, 0))
    + record(0x7D, struct.pack("<HHHHHH", 1, 1, 2000, 0, 1, 0))
    + number(0, 0, 1)
    + number(1, 1, 2),
    {1: [1.0], 2: [None, 2.0]},
    "hidden_rows",
    "hidden_columns",
)
old("struck through", number(0, 0, 1, 2) + number(1, 0, 2), {1: [1.0], 2: [2.0]}, "struck_rows")
old("a cell twice", number(0, 0, 1) + number(0, 0, 2), {1: [2.0]}, "repeated_cells")
old("rows out of order", number(5, 0, 6) + number(0, 0, 1), {1: [1.0], 6: [6.0]})
old("opposite corners", number(0, 0, 1) + number(65535, 255, 2), {1: [1.0], 65536: [*[None] * 255, 2.0]})
old(
    "merges",
    number(0, 0, 1) + record(0xE5, struct.pack("<HHHHH", 1, 0, 2, 0, 0)),
    {1: [1.0]},
    merges={(1, 0): 3},
)
old(
    "a chart inside the sheet",
    number(0, 0, 1)
    + record(0x809, struct.pack("<HHHH", 0x600, 0x20, 0, 0), bytes(8))
    + number(9, 9, 9)
    + record(0x0A)
    + number(1, 0, 2),
    {1: [1.0], 2: [2.0]},
)
old("no cells", b"", {})
old(
    "a format cut short",
    number(0, 0, 1),
    {1: [1.0]},
    before=record(0x41E, struct.pack("<HHB", 164, 90, 0), b"0.00"),
)

reads(
    "xls: hidden sheets",
    "a.xls",
    lambda: (
        Biff()
        .sheet("甲", number(0, 0, 1))
        .sheet("乙", number(0, 0, 2), hidden=1)
        .sheet("丙", number(0, 0, 3), hidden=2)
        .file()
    ),
    {"甲": {1: [1.0]}, "乙": {1: [2.0]}, "丙": {1: [3.0]}},
    hidden=("乙", "丙"),
)
reads(
    "xls: a chart among the sheets",
    "a.xls",
    lambda: Biff().sheet("图", kind=2).sheet("表", number(0, 0, 1)).file(),
    {"表": {1: [1.0]}},
)
reads(
    "xls: of 1995, in Chinese",
    "a.xls",
    lambda: (
        Biff(version=0x0500, codepage=936)
        .sheet(
            "花名册", record(0x204, at(0, 0), struct.pack("<H", 6) + "上溪村".encode("gbk")), number(0, 1, 1)
        )
        .file("Book")
    ),
    {"花名册": {1: ["上溪村", 1.0]}},
)
reads(
    "xls: under the name of WPS",
    "花名册.et",
    lambda: Biff().sheet("表", number(0, 0, 1)).file(),
    {"表": {1: [1.0]}},
)
reads(
    "xls: named in capitals",
    "a.xls",
    lambda: Biff().sheet("表", number(0, 0, 1)).file("WORKBOOK"),
    {"表": {1: [1.0]}},
)


def with_password() -> bytes:
    book = Biff()
    book.globals = record(0x2F, bytes(6)) + book.globals
    return book.sheet("表", number(0, 0, 1)).file()


def in_circles() -> bytes:
    body = bytearray(Biff().sheet("表", number(0, 0, 1)).file())
    body[512 + 4 * 3 : 512 + 4 * 4] = struct.pack("<I", 2)  # the stream's first sectors point at one another
    return bytes(body)


refused("xls: with a password", "a.xls", with_password, EncryptedWorkbook)
refused(
    "a workbook with a password",
    "a.xlsx",
    lambda: compound({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}),
    EncryptedWorkbook,
)
refused("xls: a Word document", "a.xls", lambda: compound({"WordDocument": b"x"}), NotAWorkbook)
refused("xls: slides", "a.xls", lambda: compound({"PowerPoint Document": b"x"}), NotAWorkbook)
refused("xls: nobody knows what", "a.xls", lambda: compound({"甲": b"x"}), NotAWorkbook)
refused("xls: no records", "a.xls", lambda: compound({"Workbook": b""}), DamagedWorkbook)
refused("xls: cut off", "a.xls", lambda: Biff().sheet("表", number(0, 0, 1)).file()[:1800], DamagedWorkbook)
refused(
    "xls: only the head", "a.xls", lambda: Biff().sheet("表", number(0, 0, 1)).file()[:512], DamagedWorkbook
)
refused("xls: sectors in circles", "a.xls", in_circles, DamagedWorkbook)
refused(
    "xls: a text that is not there",
    "a.xls",
    lambda: Biff().sheet("表", points(0, 0, 7)).file(),
    DamagedWorkbook,
)
refused(
    "xls: a sheet without an end",
    "a.xls",
    lambda: Biff().sheet("表", struct.pack("<HH", 0x203, 60000)).file(),
    DamagedWorkbook,
)
refused("xls: only a chart", "a.xls", lambda: Biff().sheet("图", kind=2).file(), NoSheets)
refused(
    "xls: bytes that are not of its code page",
    "a.xls",
    lambda: (
        Biff(version=0x0500, codepage=936)
        .sheet("表", record(0x204, at(0, 0), struct.pack("<H", 2) + b"\xff\xff"))
        .file("Book")
    ),
    DamagedWorkbook,
)
refused("Excel 2", "a.xls", lambda: b"\x09\x00\x04\x00\x02\x00\x10\x00", NotYetReadable)
refused("Excel 4", "a.xls", lambda: b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00", NotYetReadable)

# -- .xlsb ----------------------------------------------------------------------------------------------------


def real(column: int, value: float, style: int = 0) -> tuple[int, bytes]:
    return cell12(5, column, struct.pack("<d", value), style)


reads(
    "xlsb: every kind of cell",
    "a.xlsb",
    lambda: xlsb(
        {
            "表": [
                row12(0),
                real(0, 1.5),
                cell12(2, 1, struct.pack("<I", 7 << 2 | 2)),
                cell12(7, 2, struct.pack("<I", 1)),
                cell12(6, 3, wide("丙")),
                cell12(4, 4, b"\1"),
                cell12(3, 5, b"\x2a"),
                row12(2),
                cell12(8, 0, wide("文") + bytes(8)),
                cell12(9, 1, struct.pack("<d", 2.5) + bytes(8)),
                cell12(10, 2, b"\0" + bytes(8)),
                cell12(11, 3, b"\x17" + bytes(8)),
                cell12(62, 4, b"\0" + wide("富")),
            ]
        },
        strings=("甲", "乙"),
    ),
    {
        "表": {
            1: [1.5, 7.0, "乙", "丙", True, ErrorCell("#N/A")],
            3: ["文", 2.5, False, ErrorCell("#REF!"), "富"],
        }
    },
    "error_cells",
)
reads("xlsb: dates", "a.xlsb", lambda: xlsb({"表": [row12(0), real(0, 45366, 1)]}), {1: [date(2024, 3, 15)]})
reads(
    "xlsb: dates from 1904",
    "a.xlsb",
    lambda: xlsb({"表": [row12(0), real(0, 43904, 1)]}, since_1904=True),
    {1: [date(2024, 3, 15)]},
)
reads(
    "xlsb: hidden rows, columns and sheets, struck-through rows",
    "a.xlsb",
    lambda: xlsb(
        {
            "表": [
                (60, struct.pack("<IIIIH", 1, 1, 2000, 0, 1)),
                row12(0, hidden=True),
                real(0, 1),
                real(1, 2),
                row12(1),
                real(0, 3, 2),
            ],
            "乙": [],
        },
        hidden=("乙",),
    ),
    {"表": {1: [1.0, 2.0], 2: [3.0]}, "乙": {}},
    "hidden_rows",
    "hidden_columns",
    "struck_rows",
    hidden=("乙",),
)
reads(
    "xlsb: opposite corners",
    "a.xlsb",
    lambda: xlsb({"表": [row12(0), real(0, 1), row12(1048575), real(16383, 2)]}),
    {1: [1.0], 1048576: [*[None] * 16383, 2.0]},
)
reads(
    "xlsb: merges",
    "a.xlsb",
    lambda: xlsb({"表": [row12(0), real(0, 1), (176, struct.pack("<IIII", 0, 2, 0, 0))]}),
    {1: [1.0]},
    merges={(1, 0): 3},
)
refused(
    "xlsb: a text that is not there",
    "a.xlsb",
    lambda: xlsb({"表": [row12(0), cell12(7, 0, struct.pack("<I", 9))]}),
    DamagedWorkbook,
)
refused(
    "xlsb: rows backwards",
    "a.xlsb",
    lambda: xlsb({"表": [row12(5), real(0, 1), row12(4), real(0, 2)]}),
    DamagedWorkbook,
)
refused(
    "xlsb: a column beyond the last",
    "a.xlsb",
    lambda: xlsb({"表": [row12(0), real(16384, 1)]}),
    DamagedWorkbook,
)
refused(
    "xlsb: a text longer than its record",
    "a.xlsb",
    lambda: xlsb({"表": [row12(0), cell12(6, 0, struct.pack("<I", 99))]}),
    DamagedWorkbook,
)
