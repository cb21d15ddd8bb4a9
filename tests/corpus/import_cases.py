"""People files in every layout that DOMAIN §6 names, and numbers in every state: who comes in, and what is said of the others."""

from datetime import date

from app.workbook.columns import AmbiguousColumns, NoTableFound, PeopleSideBySide
from tests.corpus.offices import (
    BOTH,
    FOUR,
    HEADING,
    ONE,
    THREE,
    TWO,
    TWO_PEOPLE,
    WOMAN,
    book,
    person,
    table_text,
    taken_in,
    turned_away,
)
from tests.corpus.packages import ods
from tests.corpus.table_cases import data, row, table, text, xml2003

PEOPLE = "people"
PLAIN = [HEADING, *TWO_PEOPLE]

# -- where the heading stands ---------------------------------------------------------------------------------

taken_in(PEOPLE, "heading in row 1", book(PLAIN), BOTH)
taken_in(PEOPLE, "a merged title above", book([["云溪镇户籍底册"], *PLAIN], merges=["A1:D1"]), BOTH)
taken_in(
    PEOPLE,
    "heading in row 6 under titles and a unit",
    book(
        [["云溪镇"], ["户籍底册"], [], ["填报单位：上溪村"], ["2024年6月"], *PLAIN], merges=["A1:D1", "A2:D2"]
    ),
    BOTH,
)
taken_in(
    PEOPLE,
    "two levels",
    book(
        [["村", "人员", None, None], [None, "姓名", "与户主关系", "身份证号码"], *TWO_PEOPLE],
        merges=["A1:A2", "B1:D1"],
    ),
    BOTH,
)
taken_in(
    PEOPLE,
    "three levels",
    book(
        [
            ["村", "人员情况", None, None],
            [None, "基本信息", None, "证件"],
            [None, "姓名", "与户主关系", "身份证号码"],
            *TWO_PEOPLE,
        ],
        merges=["A1:A3", "B1:D1", "B2:C2"],
    ),
    BOTH,
)
taken_in(
    PEOPLE, "heading again inside", book([*PLAIN, HEADING, person("王五", THREE)]), (*BOTH, ("王五", THREE))
)
taken_in(
    PEOPLE,
    "title and heading again on every page",
    book([["户籍底册"], *PLAIN, ["户籍底册"], HEADING, person("王五", THREE)]),
    (*BOTH, ("王五", THREE)),
)
taken_in(
    PEOPLE,
    "columns in another order",
    book([[cells[place] for place in (3, 0, 2, 1)] for cells in PLAIN]),
    BOTH,
)
taken_in(
    PEOPLE,
    "headings with blanks and line ends",
    book([["村 名", "姓  名", "与户主\n关系", "身份证\n号  码"], *TWO_PEOPLE]),
    BOTH,
)
taken_in(
    PEOPLE,
    "headings in full width",
    book([["村（社区）", "姓名", "与户主关系", "身份证号码（１８位）"], *TWO_PEOPLE]),
    BOTH,
)
taken_in(
    PEOPLE,
    "other names of the columns",
    book([["行政村", "家庭成员姓名", "家庭关系", "公民身份号码"], *TWO_PEOPLE]),
    BOTH,
)
taken_in(PEOPLE, "starts in column C", book([[None, None, *cells] for cells in PLAIN]), BOTH)
taken_in(
    PEOPLE,
    "an ID column without a name",
    book([["村", "姓名", "与户主关系", None], *TWO_PEOPLE]),
    BOTH,
    remarks=["columns_by_content"],
)
taken_in(
    PEOPLE,
    "no heading at all",
    book(TWO_PEOPLE),
    BOTH,
    remarks=["columns_by_content"],
)
turned_away(
    PEOPLE,
    "two columns of IDs",
    book(
        [
            ["村", "姓名", "身份证号码", "身份证号码"],
            ["上溪村", "张三", ONE, TWO],
            ["上溪村", "李四", TWO, ONE],
        ]
    ),
    AmbiguousColumns,
    "工作表“Sheet1”里C 列“身份证号码”、D 列“身份证号码”都可能是“身份证号码”，程序不替您选。"
    "请删去或改名多余的一列，或指明用哪一列（--mapping 身份证号码=C列）后重试。",
)
turned_away(
    PEOPLE,
    "two lists side by side",
    book(
        [
            ["姓名", "身份证号码", None, "姓名", "身份证号码"],
            ["张三", ONE, None, "李四", TWO],
            ["王五", THREE, None, "赵六", FOUR],
        ]
    ),
    PeopleSideBySide,
    "工作表“Sheet1”把 2 组人并排写在一行（A 列“姓名”、D 列“姓名”），分不清是一户还是各不相干，没有读取。"
    "请改成一行一人；是一户的，请在表头写明是谁，例如“成员1姓名”“成员2姓名”，再导入。",
)
taken_in(
    PEOPLE,
    "two columns of IDs, one of them empty",
    book(
        [
            ["村", "姓名", "身份证号码", "身份证号码"],
            ["上溪村", "张三", None, ONE],
            ["上溪村", "李四", None, TWO],
        ]
    ),
    BOTH,
)
turned_away(
    PEOPLE,
    "another table",
    book([["日期", "天气"], ["6月1日", "晴"]]),
    NoTableFound,
    "“交来.xlsx”里没有找到“户籍底册”的表头：需要有“姓名”、“身份证号码”这些栏。请核对是否选错文件，或改正表头后重试；"
    "也可以指明哪一栏是什么（--mapping 姓名=栏名）。",
)
turned_away(
    PEOPLE,
    "the ID column is missing",
    book([["村", "姓名", "电话"], ["上溪村", "张三", "13800000000"]]),
    NoTableFound,
    "“交来.xlsx”里没有找到“户籍底册”的表头：需要有“姓名”、“身份证号码”这些栏。最接近的是工作表“Sheet1”第 1 行，缺“身份证号码”。"
    "请核对是否选错文件，或改正表头后重试；也可以指明哪一栏是什么（--mapping 姓名=栏名）。",
)
taken_in(PEOPLE, "a heading and nobody", book([HEADING]), ())

# -- sheets ---------------------------------------------------------------------------------------------------

taken_in(
    PEOPLE,
    "one sheet a village",
    book({"上溪村": [HEADING[1:], ("张三", "户主", ONE)], "下溪村": [HEADING[1:], ("李四", "户主", TWO)]}),
    (("张三", ONE, "上溪村"), ("李四", TWO, "下溪村")),
)
taken_in(
    PEOPLE, "data on the second sheet", book({"封面": [["户籍底册"]], "明细": PLAIN}), BOTH, unread=["封面"]
)
taken_in(
    PEOPLE,
    "a hidden sheet is said and not read",
    book({"明细": PLAIN, "去年": [HEADING, person("王五", THREE)]}, hidden_sheets=["去年"]),
    BOTH,
    remarks=["hidden"],
    unread=["去年（隐藏）"],
)
taken_in(
    PEOPLE, "an empty sheet is not worth a word", book({"明细": PLAIN, "Sheet2": [], "Sheet3": []}), BOTH
)
taken_in(
    PEOPLE,
    "the village over its rows",
    book(
        [
            ["姓名", "与户主关系", "身份证号码"],
            ["上溪村"],
            ["张三", "户主", ONE],
            ["下溪村"],
            ["李四", "户主", TWO],
        ]
    ),
    (("张三", ONE, "上溪村"), ("李四", TWO, "下溪村")),
)
taken_in(
    PEOPLE,
    "the village in the title",
    book([["云溪镇下溪村户籍底册"], HEADING[1:], ["张三", "户主", ONE]]),
    (("张三", ONE, "下溪村"),),
)

# -- rows -----------------------------------------------------------------------------------------------------

taken_in(
    PEOPLE,
    "vertically merged household cells",
    book(
        [
            ["户编号", *HEADING],
            ["1", *person("张三", ONE)],
            [None, None, "张小三", "子", TWO],
            ["2", *person("李四", THREE)],
        ],
        merges=["A2:A3", "B2:B3"],
    ),
    (("张三", ONE), ("张小三", TWO), ("李四", THREE)),
)
taken_in(
    PEOPLE,
    "小计, 合计, 大写",
    book([*PLAIN, ["小计", "2人"], ["合计", None, None, 2], ["合计（大写）", "贰人整"]]),
    BOTH,
)
taken_in(
    PEOPLE,
    "signatures and notes",
    book(
        [
            *PLAIN,
            [],
            ["填表人：赵六", None, "审核人：钱七"],
            ["注：本表一式两份"],
            ["（盖章）", None, None, "2024年6月3日"],
        ]
    ),
    BOTH,
)
for counted in (
    [1.0, 2.0, 3.0, 4.0],
    ["1", "2", "3", "4"],
    ["①", "②", "③", "④"],
    ["甲", "乙", "丙", "1"],
    ["（1）", "（2）", "（3）", "（4）"],
    ["栏次", 1.0, 2.0, 3.0],
    ["甲", "乙", "1", "2=1×3"],
):
    taken_in(
        PEOPLE,
        f"the columns counted under the heading: {counted}",
        book([HEADING, counted, *TWO_PEOPLE]),
        BOTH,
    )
taken_in(
    PEOPLE,
    "a row of figures that does not count is somebody's",
    book([HEADING, *TWO_PEOPLE, ["上溪村", "1", "户主", "2"]]),
    BOTH,
    (4, "身份证号码", "id.length"),
    (4, "姓名", "name.odd"),
    (4, "与户主关系", "head.missing"),
    rows=3,
)
taken_in(PEOPLE, "phantom rows below", book(PLAIN, blanks_to=900), BOTH)
taken_in(
    PEOPLE,
    "numbered in advance",
    book([["序号", *HEADING], [1, *TWO_PEOPLE[0]], [2, *TWO_PEOPLE[1]], [3], [4], [5]]),
    BOTH,
)
taken_in(PEOPLE, "a hidden row is read and said", book(PLAIN, hidden_rows=[3]), BOTH, remarks=["hidden_rows"])
taken_in(
    PEOPLE,
    "a hidden column is read and said",
    book(PLAIN, hidden_columns=["C"]),
    BOTH,
    remarks=["hidden_columns"],
)
taken_in(
    PEOPLE,
    "a filter that hides rows",
    book(PLAIN, hidden_rows=[2], filtered="A1:D3"),
    BOTH,
    remarks=["hidden_rows"],
)
taken_in(
    PEOPLE, "a struck-through row is read and said", book(PLAIN, struck=[3]), BOTH, remarks=["struck_rows"]
)
taken_in(
    PEOPLE,
    "three people a row",
    book(
        [
            [
                "村",
                "户主姓名",
                "户主身份证号",
                "成员1姓名",
                "成员1关系",
                "成员1身份证号",
                "成员2姓名",
                "成员2关系",
                "成员2身份证号",
            ],
            ["上溪村", "张三", ONE, "李四", "配偶", TWO, "张小三", "子", THREE],
            ["上溪村", "王五", FOUR, None, None, None, None, None, None],
        ]
    ),
    (("张三", ONE), ("李四", TWO), ("张小三", THREE), ("王五", FOUR)),
    remarks=["members_across"],
)
taken_in(
    PEOPLE,
    "formulas with their results",
    book([HEADING, person("张三", ('="330624"&"x"', ONE)), (("=A2", "上溪村"), "李四", "户主", TWO)]),
    BOTH,
)

# -- kinds of file --------------------------------------------------------------------------------------------

_TEXT = table_text(PLAIN)
for encoding in ("gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"):
    taken_in(PEOPLE, f"text in {encoding}", _TEXT.encode(encoding), BOTH, file="交来.csv")
taken_in(PEOPLE, "tabs under the name .xls", table_text(PLAIN, "\t").encode("gbk"), BOTH, file="交来.xls")
taken_in(PEOPLE, "a workbook under the name .et", book(PLAIN), BOTH, file="交来.et")
taken_in(PEOPLE, "a workbook under the name .csv", book(PLAIN), BOTH, file="交来.csv")
taken_in(
    PEOPLE,
    "a page under the name .xls",
    (
        "<html><head><meta charset=gbk></head><table border=1>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in PLAIN)
        + "</table></html>"
    ).encode("gbk"),
    BOTH,
    file="交来.xls",
)
taken_in(
    PEOPLE,
    "OpenDocument",
    lambda: ods(table("".join(row(*(text(str(cell)) for cell in cells)) for cells in PLAIN))),
    BOTH,
    file="交来.ods",
)
taken_in(
    PEOPLE,
    "XML of 2003",
    xml2003(
        "".join("<Row>" + "".join(data("String", str(cell)) for cell in cells) + "</Row>" for cells in PLAIN)
    ),
    BOTH,
    file="交来.xls",
)

# -- IDs in every state ---------------------------------------------------------------------------------------


def is_error(cell: object) -> bool:
    """Whether a cell of these files is a formula that failed."""
    return isinstance(cell, tuple) and str(cell[1]).startswith("#")


def an_id(name: str, cell: object, kept: str, *found: str) -> None:
    """A row with this ID cell beside a good one; `kept` is what comes of it, '' when the row is rejected."""
    known = (("张三", ONE),)
    taken_in(
        PEOPLE,
        f"ID: {name}",
        book([HEADING, person("张三", ONE), person("李四", cell, "配偶")]),
        (*known, ("李四", kept)) if kept else known,
        *[(3, "身份证号码", code) for code in found],
        remarks=["error_cells"] if is_error(cell) else [],
        rows=2,
    )


an_id("blanks around and inside", f" {TWO[:6]} {TWO[6:]} ", TWO)
an_id("no-break and wide blanks", f"\u3000{TWO}\xa0", TWO)
an_id("zero width", f"\u200b{TWO[:9]}\ufeff{TWO[9:]}", TWO)
an_id("bidi marks", f"\u202a{TWO}\u202c", TWO)
an_id("bidi override", f"\u202e{TWO}", TWO)
an_id("an apostrophe", f"'{TWO}", TWO)
an_id("full width", TWO.translate({ord("0") + place: 0xFF10 + place for place in range(10)}), TWO)
an_id("a small x", "11010519491231002x", "11010519491231002X")
an_id(
    "Arabic digits",
    TWO[:17].translate({ord("0") + place: 0x0660 + place for place in range(10)}) + TWO[17],
    "",
    "id.format",
)
an_id(
    "mathematical digits",
    TWO.translate({ord("0") + place: 0x1D7CE + place for place in range(10)}),
    "",
    "id.format",
)
an_id("superscripts", TWO[:-1] + "²", "", "id.format")
an_id("underscores", f"{TWO[:6]}_{TWO[6:]}", "", "id.format")
an_id("dashes", f"{TWO[:6]}-{TWO[6:14]}-{TWO[14:]}", "", "id.format")
an_id("O for 0", TWO.replace("0", "O", 1), "", "id.format")
an_id("l for 1", TWO.replace("1", "l", 1), "", "id.format")
an_id("as a number", float(TWO), "", "id.precision_lost")
an_id("typed as a number", float(TWO[:15] + "000"), "", "id.precision_lost")
an_id("a number of 16 digits", 1234567890123456.0, "", "id.precision_lost")
an_id("a number of 15 digits", float("130503670401001"), "130503196704010016", "id.fifteen")
an_id("15 digits", "130503670401001", "130503196704010016", "id.fifteen")
an_id("as a number shown in a text", "3.30624E+17", "", "id.format")
an_id("nan", "nan", "", "id.format")
an_id("truth", ("=TRUE()", True), "", "id.format")
an_id("an error", ("=NA()", "#N/A"), "", "id.format")
an_id("empty", None, "", "id.missing")
an_id("blanks only", "\u3000 ", "", "id.missing")
an_id("a dash for none", "-", "", "id.format")
an_id("无", "无", "", "id.format")
an_id("17 digits", TWO[:17], "", "id.length")
an_id("19 digits", TWO + "1", "", "id.length")
an_id("a day that no calendar has", "330624195502300013", "", "id.date")
an_id("month 13", "330624195513010013", "", "id.date")
an_id("the year 0", "330624000001010013", "", "id.date")
an_id("one digit wrong", TWO[:16] + str((int(TWO[16]) + 1) % 10) + TWO[17], "", "id.checksum")
an_id(
    "two digits changed places",
    TWO[:9] + TWO[10] + TWO[9] + TWO[11:],
    "",
    "id.date" if TWO[9:11] in ("50", "05") else "id.checksum",
)
an_id("the same as above", ONE, "", "id.duplicate")
an_id("a passport", "E12345678", "E12345678", "id.other_document")
an_id("two numbers in a cell", f"{TWO}\n{THREE}", "", "id.length")
an_id("a private character", f"{TWO[:17]}\ue001", "", "id.format")
an_id("a foreigner's", "911124198108030024", "911124198108030024")
an_id("Hong Kong, Macao, Taiwan", "810000199408230021", "810000199408230021")

# -- names ----------------------------------------------------------------------------------------------------


def a_name(name: str, cell: object, kept: str, *found: str) -> None:
    """A row with this name beside a good one."""
    known = (("张三", ONE),)
    taken_in(
        PEOPLE,
        f"name: {name}",
        book([HEADING, person("张三", ONE), ("上溪村", cell, "配偶", TWO)]),
        (*known, (kept, TWO)) if kept else known,
        *[(3, "姓名", code) for code in found],
        remarks=["error_cells"] if is_error(cell) else [],
        rows=2,
    )


a_name("blanks inside, which the bank compares", "李 四", "李 四")
a_name("a wide blank inside", "李\u3000四", "李\u3000四")
a_name("zero width inside", "李\u200b四", "李四")
a_name("beyond the BMP", "李𬭩", "李𬭩")
a_name("a middle dot of another kind", "古丽扎尔•吐尔逊", "古丽扎尔•吐尔逊")
a_name("a private character is asked about and kept", "李\ue5e5", "李\ue5e5", "name.odd")
a_name("a private character of a higher plane", "李\U000f0001", "李\U000f0001", "name.odd")
a_name("a question mark", "李？", "李？", "name.odd")
a_name("an empty square", "李□", "李□", "name.odd")
a_name("a digit", "李4", "李4", "name.odd")
a_name("one character", "李", "李", "name.odd")
a_name("twenty-one characters", "李" * 21, "李" * 21, "name.odd")
a_name("empty", None, "", "name.missing")
a_name("an error", ("=NA()", "#N/A"), "", "name.missing")

# -- dates ----------------------------------------------------------------------------------------------------

_DATED = (*HEADING, "出生日期")
_SERIAL = float((date(1955, 1, 1) - date(1899, 12, 30)).days)


def a_date(name: str, cell: object, *found: str, **options: object) -> None:
    """The birth date of a row, which its ID knows better: read when nothing is said."""
    taken_in(
        PEOPLE,
        f"date: {name}",
        book([_DATED, (*person("张三", ONE), cell)], **options),  # type: ignore[arg-type]
        (("张三", ONE),),
        *[(2, "出生日期", code) for code in found],
        remarks=["error_cells"] if is_error(cell) else [],
    )


for written in (
    "19550101",
    "1955-01-01",
    "1955-1-1",
    "1955/1/1",
    "1955.1.1",
    "1955．01．01",
    "1955年1月1日",
    "1955年01月01日",
    "１９５５年１月１日",
    " 1955-01-01\u200b",
):
    a_date(f"{written!r}", written)
a_date("a number of eight digits", 19550101.0)
a_date("a serial", _SERIAL)
a_date("a serial with a format", _SERIAL, formats={4: "yyyy/m/d"})
a_date("a serial from 1904", _SERIAL - 1462, formats={4: "yyyy-mm-dd"}, since_1904=True)
a_date("another day", "1955-01-02", "birth.mismatch")
a_date("no day", "一九五五年", "birth.unreadable")
a_date("a day that no calendar has", "1955-02-30", "birth.unreadable")
a_date("Arabic digits", "١٩٥٥-٠١-٠١", "birth.unreadable")
a_date("underscores", "1955_01_01", "birth.unreadable")
a_date("month first", "01/13/1955", "birth.unreadable")
a_date("an error", ("=NA()", "#N/A"), "birth.unreadable")

# -- what is said of a row ------------------------------------------------------------------------------------

taken_in(PEOPLE, "an unknown village", book([HEADING, person("张三", ONE, village="无名村"), person("李四", TWO)]), BOTH[1:], (2, "村", "village.unknown"), (2, "与户主关系", "head.missing"), rows=2)  # fmt: skip
taken_in(
    PEOPLE,
    "a household without its head",
    book([["户编号", *HEADING], ["1", *person("张三", ONE, "配偶")], ["2", *person("李四", TWO)]]),
    BOTH,
    (2, "与户主关系", "head.missing"),
)
taken_in(
    PEOPLE,
    "a sex that the ID denies",
    book([[*HEADING, "性别"], [*person("李四", WOMAN), "男"]]),
    (("李四", WOMAN),),
    (2, "性别", "sex.mismatch"),
)
taken_in(
    PEOPLE,
    "three wrong cells in two rows",
    book([HEADING, person("", ONE), person("李？", TWO, village="无名村"), person("王五", THREE)]),
    (("王五", THREE),),
    (2, "姓名", "name.missing"),
    (2, "与户主关系", "head.missing"),
    (3, "与户主关系", "head.missing"),
    (3, "姓名", "name.odd"),
    (3, "村", "village.unknown"),
    rows=3,
)
taken_in(
    PEOPLE,
    "the same person on two sheets",
    book(
        {"上溪村": [HEADING, person("张三", ONE)], "下溪村": [HEADING, person("张三", ONE, village="下溪村")]}
    ),
    (("张三", ONE),),
    (2, "身份证号码", "id.duplicate"),
    (2, "与户主关系", "head.missing"),
    rows=2,
)
