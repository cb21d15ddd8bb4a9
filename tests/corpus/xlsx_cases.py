"""Crafted .xlsx files."""

from datetime import date, datetime, time, timedelta

from app.workbook.cell_values import NO_VALUE, ErrorCell
from app.workbook.unreadable import (
    DamagedWorkbook,
    EncryptedWorkbook,
    ForbiddenMarkup,
    NoSheets,
    NotAWorkbook,
    OddPartName,
    OutsideSheet,
    OverInflated,
    PartTwice,
    TooManyParts,
)
from tests.corpus.cases import reads, refused
from tests.corpus.packages import (
    MAIN,
    STRICT,
    bomb,
    cells,
    two_parts_of_one_name,
    with_changed_byte,
    with_flags,
    with_method,
    with_raw_name,
    with_wrong_size,
    worksheet,
    xlsx,
    xlsx_parts,
    zipped,
)


def one(name: str, row: str, expected: list[object], *remarks: str, **options: object) -> None:
    """A workbook of one row (the XML of its cells), and what it must read as."""
    reads(
        name,
        "a.xlsx",
        lambda: xlsx(f'<row r="1">{row}</row>', **options),
        {1: expected} if expected else {},
        *remarks,
    )


def strings(*items: str) -> str:
    return "".join(f"<si>{item}</si>" for item in items)


# -- kinds of cell --------------------------------------------------------------------------------------------

one("a shared text", '<c r="A1" t="s"><v>1</v></c>', ["乙"], strings=strings("<t>甲</t>", "<t>乙</t>"))
one("an inline text", '<c r="A1" t="inlineStr"><is><t>甲</t></is></c>', ["甲"])
one(
    "inline text in runs",
    '<c r="A1" t="inlineStr"><is><r><t xml:space="preserve">甲 </t></r><r><rPr><b/></rPr><t>乙</t></r></is></c>',
    ["甲 乙"],
)
one(
    "shared text in runs",
    '<c r="A1" t="s"><v>0</v></c>',
    ["甲乙"],
    strings=strings("<r><t>甲</t></r><r><rPr><b/></rPr><t>乙</t></r>"),
)
one(
    "readings are no text",
    '<c r="A1" t="s"><v>0</v></c>',
    ["小笠原"],
    strings=strings('<t>小笠原</t><rPh sb="0" eb="3"><t>オガサワラ</t></rPh>'),
)
one(
    "readings are no inline text",
    '<c r="A1" t="inlineStr"><is><t>小</t><rPh sb="0" eb="1"><t>オ</t></rPh></is></c>',
    ["小"],
)
one("a formula's text", '<c r="A1" t="str"><f>A2&amp;"村"</f><v>上溪村</v></c>', ["上溪村"])
one("a formula's number", '<c r="A1"><f>1+1</f><v>2</v></c>', [2.0])
one("a shared formula", '<c r="A1"><f t="shared" si="0"/><v>7</v></c>', [7.0])
one(
    "a formula's empty text is stored",
    '<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c>',
    [None, 1.0],
)
one(
    "a formula without a value",
    '<c r="A1"><f>B1*2</f></c><c r="B1"><v>1</v></c>',
    [NO_VALUE, 1.0],
    "formulas_without_value",
)
one("truth", '<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>', [True, False])
for error in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!"):
    one(f"error {error}", f'<c r="A1" t="e"><v>{error}</v></c>', [ErrorCell(error)], "error_cells")
one(
    "an error of a formula",
    '<c r="A1" t="e"><f>VLOOKUP(1,B:C,2,0)</f><v>#N/A</v></c>',
    [ErrorCell("#N/A")],
    "error_cells",
)
one("a number said to be one", '<c r="A1" t="n"><v>1.5</v></c>', [1.5])
one("a long number is what is left of it", '<c r="A1"><v>330624195703145103</v></c>', [330624195703145088.0])
one(
    "numbers with exponents",
    '<c r="A1"><v>6.2E+18</v></c><c r="B1"><v>1.2e-3</v></c><c r="C1"><v>-.5</v></c>',
    [6.2e18, 0.0012, -0.5],
)
one("a number with blanks around", '<c r="A1"><v> 12 </v></c>', [12.0])
for written in ("1_000", "nan", "inf", "1e999", "１２", "٣", "0x10", "1,000"):
    one(f"{written} is no number", f'<c r="A1"><v>{written}</v></c>', [written], "odd_numbers")
one("a kind nobody knows", '<c r="A1" t="zz"><v>甲</v></c>', ["甲"], "odd_numbers")
one(
    "an empty value",
    '<c r="A1"><v></v></c><c r="B1"><v/></c><c r="C1"/><c r="D1"><v>1</v></c>',
    [None, None, None, 1.0],
)
one(
    "entities",
    '<c r="A1" t="inlineStr"><is><t>&lt;&amp;&#x4e2d;&#20013;&quot;&gt;</t></is></c>',
    ['<&中中">'],
)
one("an entity of an entity", '<c r="A1" t="s"><v>0</v></c>', ["&lt;"], strings=strings("<t>&amp;lt;</t>"))
one(
    "escaped characters",
    '<c r="A1" t="s"><v>0</v></c>',
    ["甲\t乙_x0009_"],
    strings=strings("<t>甲_x0009_乙_x005F_x0009_</t>"),
)
one("a rare character", '<c r="A1" t="s"><v>0</v></c>', ["𬭩䶮"], strings=strings("<t>𬭩䶮</t>"))
one("line ends", '<c r="A1" t="s"><v>0</v></c>', ["甲\n乙"], strings=strings("<t>甲\r\n乙</t>"))
one(
    "blanks kept in text",
    '<c r="A1" t="s"><v>0</v></c>',
    [" 甲 "],
    strings=strings('<t xml:space="preserve"> 甲 </t>'),
)
one(
    "an empty shared text",
    '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1"><v>1</v></c>',
    [None, None, 1.0],
    strings=strings("<t/>", ""),
)
one("CDATA", '<c r="A1" t="inlineStr"><is><t><![CDATA[<甲>]]></t></is></c>', ["<甲>"])
one("a comment in the rows", '<!-- <c r="A1"><v>9</v></c> --><c r="A1"><v>1</v></c>', [1.0])

# -- dates ----------------------------------------------------------------------------------------------------

one("a built-in date", '<c r="A1" s="1"><v>45366</v></c>', [date(2024, 3, 15)])
one("年月日", '<c r="A1" s="2"><v>45366</v></c>', [date(2024, 3, 15)])
one("年月日 built in", '<c r="A1" s="7"><v>45366</v></c>', [date(2024, 3, 15)])
one("a date with its time", '<c r="A1" s="9"><v>45366.5</v></c>', [datetime(2024, 3, 15, 12)])
one("a time", '<c r="A1" s="6"><v>0.25</v></c>', [time(6)])
one("elapsed time", '<c r="A1" s="3"><v>1.5</v></c>', [timedelta(hours=36)])
one("days in quotes are no date", '<c r="A1" s="4"><v>45366</v></c>', [45366.0])
one("red is no day", '<c r="A1" s="8"><v>45366</v></c>', [45366.0])
one("a negative date is a number", '<c r="A1" s="1"><v>-2</v></c>', [-2.0])
one("a date beyond the calendar is a number", '<c r="A1" s="1"><v>2958466</v></c>', [2958466.0])
one(
    "the first days of 1900",
    '<c r="A1" s="1"><v>1</v></c><c r="B1" s="1"><v>59</v></c><c r="C1" s="1"><v>61</v></c>',
    [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)],
)
one("29 February 1900 never was", '<c r="A1" s="1"><v>60</v></c>', [60.0])
one(
    "dates from 1904",
    '<c r="A1" s="1"><v>43904</v></c><c r="B1" s="6"><v>0.5</v></c>',
    [date(2024, 3, 15), time(12)],
    workbook='<workbookPr date1904="1"/>',
)
one(
    "dates from 1904 whatever an extension says",
    '<c r="A1" s="1"><v>43904</v></c>',
    [date(2024, 3, 15)],
    workbook='<workbookPr date1904="true"/><extLst><ext><x14:workbookPr/></ext></extLst>',
)
one(
    "a date in words of ISO",
    '<c r="A1" t="d"><v>2024-03-15</v></c><c r="B1" t="d"><v>2024-03-15T12:30:00</v></c><c r="C1" t="d"><v>昨天</v></c>',
    [date(2024, 3, 15), datetime(2024, 3, 15, 12, 30), "昨天"],
)
one("a style that is not there", '<c r="A1" s="99"><v>45366</v></c>', [45366.0])
one("no styles at all", '<c r="A1" s="1"><v>45366</v></c>', [45366.0], styles=None)
one(
    "Strict",
    '<c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>45366</v></c>',
    ["甲", date(2024, 3, 15)],
    strings=strings("<t>甲</t>"),
    namespace=STRICT,
)

# -- places ---------------------------------------------------------------------------------------------------

one("cells without references", "<c><v>1</v></c><c><v>2</v></c>", [1.0, 2.0])
one("small letters in references", '<c r="b1"><v>2</v></c>', [None, 2.0])
one("cells out of order", '<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c>', [1.0, None, 3.0])
one(
    "a cell twice: the later counts, and it is said",
    '<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>',
    [2.0],
    "repeated_cells",
)


def sheet(name: str, inside: str, rows: dict[int, list[object]], *remarks: str, **options: object) -> None:
    """A workbook of one sheet (what stands inside <worksheet>, or its rows)."""
    merges = options.pop("merges", None)
    reads(name, "a.xlsx", lambda: xlsx(inside, **options), rows, *remarks, merges=merges)  # type: ignore[arg-type]


sheet(
    "rows without numbers",
    '<row><c r="A1"><v>1</v></c></row><row><c r="A2"><v>2</v></c></row>',
    {1: [1.0], 2: [2.0]},
)
sheet(
    "rows out of order", cells(3, "丙") + cells(1, "甲") + cells(2, "乙"), {1: ["甲"], 2: ["乙"], 3: ["丙"]}
)
sheet(
    "a row twice",
    cells(1, "甲", "一") + cells(2, "乙") + cells(1, "丙"),
    {1: ["丙", "一"], 2: ["乙"]},
    "repeated_cells",
)
sheet(
    "a cell that belongs to another row",
    cells(1, "甲") + '<row r="2"><c r="B1"><v>5</v></c><c r="A2"><v>6</v></c></row>',
    {1: ["甲", 5.0], 2: [6.0]},
)
sheet(
    "two cells at opposite corners",
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
    {1: [1.0], 1048576: [*[None] * 16383, 2.0]},
)
sheet(
    "the other two corners",
    '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c></row>',
    {1: [*[None] * 16383, 1.0], 1048576: [2.0]},
)
sheet("a gap of blank rows", cells(1, "甲") + cells(900, "乙"), {1: ["甲"], 900: ["乙"]})
sheet(
    "a hundred rows of both ends",
    "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="XFD{row}"><v>1</v></c></row>'
        for row in range(1, 101)
    ),
    {row: [float(row), *[None] * 16382, 1.0] for row in range(1, 101)},
)
sheet(
    "an impossible dimension",
    '<dimension ref="A1:XFD1048576"/><sheetData>' + cells(2, "甲") + "</sheetData>",
    {2: ["甲"]},
)
sheet(
    "a dimension that is none",
    '<dimension ref="坏"/><sheetData>' + cells(2, "甲") + "</sheetData>",
    {2: ["甲"]},
)
sheet(
    "phantom rows below",
    cells(1, "甲")
    + "".join(
        f'<row r="{row}" ht="15"><c r="A{row}" s="1"/><c r="B{row}" s="1"/></row>' for row in range(2, 3000)
    ),
    {1: ["甲"]},
)
sheet(
    "phantom rows without cells",
    cells(1, "甲") + "".join(f'<row r="{row}" spans="1:2"/>' for row in range(2, 3000)) + cells(3000, "乙"),
    {1: ["甲"], 3000: ["乙"]},
)
sheet("no rows", "<sheetData/>", {})
sheet("no rows, said at length", "<sheetData></sheetData>", {})
sheet("cells of blanks", cells(1, "  ", "\u3000"), {})

# -- what is said beside the values -----------------------------------------------------------------------------

sheet(
    "hidden rows",
    cells(1, "甲") + '<row r="2" hidden="1"><c r="A2"><v>2</v></c></row><row r="3" hidden="1"/>',
    {1: ["甲"], 2: [2.0]},
    "hidden_rows",
)
sheet(
    "hidden rows of one shape",
    cells(1, "甲")
    + "".join(f'<row r="{row}" hidden="1"><c r="A{row}"><v>2</v></c></row>' for row in range(2, 60)),
    {1: ["甲"], **{row: [2.0] for row in range(2, 60)}},
    "hidden_rows",
)
sheet(
    "rows that say they are not hidden",
    '<row r="1" hidden="0"><c r="A1"><v>1</v></c></row><row r="2" hidden="false"><c r="A2"><v>2</v></c></row>',
    {1: [1.0], 2: [2.0]},
)
sheet(
    "a filter",
    '<sheetData><row r="1" hidden="1"><c r="A1"><v>1</v></c></row></sheetData><autoFilter ref="A1:A2"><filterColumn colId="0"/></autoFilter>',
    {1: [1.0]},
    "hidden_rows",
)
sheet(
    "hidden columns",
    '<cols><col min="2" max="2" width="9" hidden="1"/></cols><sheetData>'
    + cells(1, "甲", "乙")
    + "</sheetData>",
    {1: ["甲", "乙"]},
    "hidden_columns",
)
sheet(
    "a column of no width",
    '<cols><col min="1" max="1" width="0"/></cols><sheetData>' + cells(1, "甲") + "</sheetData>",
    {1: ["甲"]},
    "hidden_columns",
)
sheet(
    "hidden columns beyond the table",
    '<cols><col min="5" max="16384" hidden="1"/></cols><sheetData>' + cells(1, "甲") + "</sheetData>",
    {1: ["甲"]},
)
sheet(
    "struck-through rows",
    cells(1, "甲", "n:1") + '<row r="2"><c r="A2" s="5" t="inlineStr"><is><t>乙</t></is></c></row>',
    {1: ["甲", 1.0], 2: ["乙"]},
    "struck_rows",
)
sheet(
    "an empty cell struck through",
    '<row r="1"><c r="A1" s="5"/><c r="B1"><v>1</v></c></row>',
    {1: [None, 1.0]},
)
sheet(
    "struck through in its own runs",
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
    {1: ["甲乙"]},
    "struck_rows",
    strings="<si><r><rPr><strike/></rPr><t>甲</t></r><r><rPr><strike/></rPr><t>乙</t></r></si>",
)
sheet(
    "struck through in part",
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
    {1: ["甲乙"]},
    strings="<si><r><rPr><strike/></rPr><t>甲</t></r><r><t>乙</t></r></si>",
)
sheet(
    "merges over rows",
    "<sheetData>"
    + cells(1, "甲", "n:1")
    + cells(2, "", "n:2")
    + '</sheetData><mergeCells count="2"><mergeCell ref="A1:A2"/><mergeCell ref="C1:D1"/></mergeCells>',
    {1: ["甲", 1.0], 2: [None, 2.0]},
    merges={(1, 0): 2},
)
sheet(
    "a merge of the whole sheet",
    "<sheetData>" + cells(1, "甲") + '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    {1: ["甲"]},
    merges={(1, 0): 1048576},
)

# -- rows of many shapes, read by patterns ----------------------------------------------------------------------


def shape(row: int) -> str:
    """A row whose shape changes with its number."""
    serial = f'<c r="A{row}"><v>{row}</v></c>'
    name = f'<c r="B{row}" t="s"><v>{row % 3}</v></c>'
    remark = (
        f'<c r="C{row}" t="inlineStr"><is><t>{row}村</t></is></c>' if row % 2 else f'<c r="C{row}" s="1"/>'
    )
    amount = f'<c r="D{row}" s="4"><f>A{row}*2</f><v>{row * 2}</v></c>' if row % 5 else ""
    day = (
        f'<c r="E{row}" s="1"><v>{45000 + row}</v></c>' if row % 7 else f'<c r="E{row}" t="e"><v>#N/A</v></c>'
    )
    truth = f'<c r="F{row}" t="b"><v>{row % 2}</v></c>'
    return f'<row r="{row}" spans="1:6">{serial}{name}{remark}{amount}{day}{truth}</row>'


def of_shape(row: int) -> list[object]:
    return [
        float(row),
        ("甲", "乙", "丙")[row % 3],
        f"{row}村" if row % 2 else None,
        row * 2.0 if row % 5 else None,
        date.fromordinal(date(2023, 3, 15).toordinal() + row) if row % 7 else ErrorCell("#N/A"),
        bool(row % 2),
    ]


sheet(
    "rows of many shapes",
    "".join(map(shape, range(1, 1200))),
    {row: of_shape(row) for row in range(1, 1200)},
    "error_cells",
    strings=strings("<t>甲</t>", "<t>乙</t>", "<t>丙</t>"),
)
sheet(
    "rows of many shapes, spread out",
    "".join(shape(row).replace("><", ">\n  <") for row in range(1, 200)),
    {row: of_shape(row) for row in range(1, 200)},
    "error_cells",
    strings=strings("<t>甲</t>", "<t>乙</t>", "<t>丙</t>"),
)
sheet(
    "one row in a thousand is not like the others",
    "".join(
        cells(row, "甲", f"n:{row}")
        if row % 1000
        else f'<row r="{row}"><c r="B{row}" t="str"><v>{row}</v></c></row>'
        for row in range(1, 3001)
    ),
    {row: ["甲", float(row)] if row % 1000 else [None, str(row)] for row in range(1, 3001)},
)
sheet(
    "a bad number among a thousand",
    "".join(cells(row, "甲", "n:1_0" if row == 700 else f"n:{row}") for row in range(1, 1001)),
    {row: ["甲", "1_0" if row == 700 else float(row)] for row in range(1, 1001)},
    "odd_numbers",
)
sheet(
    "entities among a thousand rows",
    "".join(cells(row, f"甲&amp;{row}", f"n:{row}") for row in range(1, 1001)),
    {row: [f"甲&{row}", float(row)] for row in range(1, 1001)},
)
sheet(
    "a row comes again far down",
    "".join(cells(row, f"n:{row}") for row in range(1, 1001)) + cells(5, "n:-5"),
    {row: [-5.0 if row == 5 else float(row)] for row in range(1, 1001)},
    "repeated_cells",
)
sheet(
    "styles before references",
    "".join(
        f'<row r="{row}"><c s="0" r="A{row}" t="n"><v>{row}</v></c><c t="str" r="B{row}"><v>乙</v></c></row>'
        for row in range(1, 100)
    ),
    {row: [float(row), "乙"] for row in range(1, 100)},
)
sheet(
    "the kind before the style",
    "".join(
        f'<row r="{row}"><c r="A{row}" t="str" s="4"><v>9{row}</v></c><c r="B{row}" s="4"><v>{row}</v></c></row>'
        for row in range(1, 100)
    ),
    {row: [f"9{row}", float(row)] for row in range(1, 100)},
)

# -- parts of every hand ----------------------------------------------------------------------------------------

_PREFIXED = f'<?xml version="1.0"?><x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A1:A2"/></x:mergeCells></x:worksheet>'
sheet("a prefix before every name", _PREFIXED, {1: [1.0]}, merges={(1, 0): 2})
sheet(
    "single quotes",
    f"<?xml version='1.0'?><worksheet xmlns='{MAIN}'><sheetData><row r='1'><c r='A1' t='str'><v>甲</v></c></row></sheetData></worksheet>",
    {1: ["甲"]},
)
sheet(
    "a form's row is no row",
    worksheet(
        "<sheetData>"
        + cells(1, "甲")
        + "</sheetData><controls><control><anchor><from><xdr:row>7</xdr:row></from></anchor></control></controls>"
    ).replace("<worksheet ", "<!-- --><worksheet "),
    {1: ["甲"]},
)


def encoded(encoding: str, declared: str, *, mark: bytes = b"") -> bytes:
    part = f'<?xml version="1.0" encoding="{declared}"?><worksheet xmlns="{MAIN}"><sheetData>{cells(1, "甲乙")}</sheetData></worksheet>'
    parts = xlsx_parts(cells(1, "x"))
    return zipped({**parts, "xl/worksheets/sheet1.xml": mark + part.encode(encoding)})


for encoding, declared, mark in (
    ("utf-8", "UTF-8", b"\xef\xbb\xbf"), ("utf-16-le", "UTF-16", b"\xff\xfe"), ("utf-16-be", "UTF-16", b"\xfe\xff"),
    ("utf-16-le", "UTF-16", b""), ("gb18030", "GBK", b""), ("gb18030", "gb2312", b""),
):  # fmt: skip
    reads(
        f"a part in {encoding} said to be {declared}, mark {mark!r}",
        "a.xlsx",
        encoded(encoding, declared, mark=mark),
        {1: ["甲乙"]},
    )
reads(
    "names with backslashes",
    "a.xlsx",
    lambda: zipped({name.replace("/", "\\"): body for name, body in xlsx_parts(cells(1, "甲")).items()}),
    {1: ["甲"]},
)
reads(
    "names in capitals",
    "a.xlsx",
    lambda: zipped(
        {
            name.replace("xl/worksheets/sheet1", "XL/Worksheets/Sheet1"): body
            for name, body in xlsx_parts(cells(1, "甲")).items()
        }
    ),
    {1: ["甲"]},
)
reads(
    "targets from the root",
    "a.xlsx",
    lambda: zipped(
        {
            name: str(body).replace('Target="worksheets', 'Target="/xl/worksheets')
            for name, body in xlsx_parts(cells(1, "甲")).items()
        }
    ),
    {1: ["甲"]},
)
reads(
    "no relations of the package",
    "a.xlsx",
    lambda: zipped(
        {name: body for name, body in xlsx_parts(cells(1, "甲")).items() if name != "_rels/.rels"}
    ),
    {1: ["甲"]},
)
reads("parts stored, not packed", "a.xlsx", lambda: zipped(xlsx_parts(cells(1, "甲")), method=0), {1: ["甲"]})
reads("a name of the wrong kind", "花名册.xls", lambda: xlsx(cells(1, "甲")), {1: ["甲"]})
reads("a name of no kind", "花名册", lambda: xlsx(cells(1, "甲")), {1: ["甲"]})
reads(
    "a reference to another file is never followed",
    "a.xlsx",
    lambda: xlsx(
        cells(1, "甲"),
        extra={
            "xl/externalLinks/externalLink1.xml": '<externalLink><externalBook r:id="rId1"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships><Relationship Id="rId1" Type="externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>',
        },
    ),
    {1: ["甲"]},
)
reads(
    "hidden sheets",
    "a.xlsx",
    lambda: xlsx(cells(1, "甲"), cells(1, "乙"), cells(1, "丙"), states=("", "hidden", "veryHidden")),
    {"表1": {1: ["甲"]}, "表2": {1: ["乙"]}, "表3": {1: ["丙"]}},
    hidden=("表2", "表3"),
)
reads(
    "names of sheets with signs",
    "a.xlsx",
    lambda: xlsx(cells(1, "甲"), names=("上溪&amp;下溪",)),
    {"上溪&下溪": {1: ["甲"]}},
)
reads(
    "what is left of a macro module",
    "a.xlsx",
    lambda: zipped(
        {
            name: str(body).replace("</sheets>", '<sheet name="Module1" sheetId="9" r:id=""/></sheets>')
            for name, body in xlsx_parts(cells(1, "甲")).items()
        }
    ),
    {"表1": {1: ["甲"]}},
)
reads(
    "a chart sheet is left out",
    "a.xlsx",
    lambda: zipped(
        {
            name: str(body).replace(
                'relationships/worksheet" Target="worksheets/sheet2',
                'relationships/chartsheet" Target="worksheets/sheet2',
            )
            for name, body in xlsx_parts(cells(1, "甲"), "<chart/>").items()
        }
    ),
    {"表1": {1: ["甲"]}},
)
reads(
    "forty sheets",
    "a.xlsx",
    lambda: xlsx(*(cells(1, f"{place}村") for place in range(40))),
    {f"表{place + 1}": {1: [f"{place}村"]} for place in range(40)},
)

# -- refused ----------------------------------------------------------------------------------------------------

for at, body in (("sheet", cells(1, "甲")), ("workbook", cells(1, "甲"))):
    refused(
        f"a document type in the {at}",
        "a.xlsx",
        zipped(
            {
                name: str(part).replace(
                    "<worksheet " if at == "sheet" else "<workbook ",
                    '<!DOCTYPE a [<!ENTITY b "c">]><' + ("worksheet " if at == "sheet" else "workbook "),
                )
                for name, part in xlsx_parts(body).items()
            }
        ),
        ForbiddenMarkup,
    )
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + f']><sst xmlns="{MAIN}"><si><t>&i;</t></si></sst>'
)
refused(
    "a billion laughs in the texts",
    "a.xlsx",
    lambda: xlsx('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=_LAUGHS),
    ForbiddenMarkup,
)
refused(
    "an outside entity",
    "a.xlsx",
    lambda: xlsx(
        cells(1, "甲"),
        strings=f'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst xmlns="{MAIN}"><si><t>&x;</t></si></sst>',
    ),
    ForbiddenMarkup,
)
refused(
    "a document type in UTF-16",
    "a.xlsx",
    lambda: zipped(
        {
            **xlsx_parts(cells(1, "甲")),
            "xl/worksheets/sheet1.xml": (
                '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a>' + worksheet(cells(1, "甲"))[57:]
            ).encode("utf-16"),
        }
    ),
    ForbiddenMarkup,
)
refused(
    "a document type after a long comment",
    "a.xlsx",
    lambda: zipped(
        {
            **xlsx_parts(cells(1, "甲")),
            "xl/worksheets/sheet1.xml": "<!--"
            + "-x" * 300_000
            + "--><!DOCTYPE a>"
            + worksheet(cells(1, "甲"))[57:],
        }
    ),
    ForbiddenMarkup,
)
refused(
    "a sheet that unpacks without end",
    "a.xlsx",
    lambda: zipped(
        {
            **bomb("xl/media/a.bin", 1),
            "xl/worksheets/sheet1.xml": worksheet("<sheetData>" + " " * 64_000_000 + "</sheetData>"),
        }
    ),
    OverInflated,
)
refused(
    "texts that unpack without end",
    "a.xlsx",
    lambda: xlsx(cells(1, "甲"), strings=f'<sst xmlns="{MAIN}">' + " " * 64_000_000 + "</sst>"),
    OverInflated,
)
reads(
    "a picture that unpacks without end is never unpacked",
    "a.xlsx",
    lambda: zipped(bomb("xl/media/a.bin", 64_000_000)),
    {1: ["a"]},
)
refused(
    "a size that lies",
    "a.xlsx",
    lambda: with_wrong_size(xlsx(cells(1, "甲" * 500)), "xl/worksheets/sheet1.xml", 100),
    DamagedWorkbook,
)
refused(
    "too many parts",
    "a.xlsx",
    lambda: zipped(
        {**xlsx_parts(cells(1, "甲")), **{f"xl/media/{place}.png": b"" for place in range(5001)}}, method=0
    ),
    TooManyParts,
)
for name in (
    "../evil.xml",
    "xl/../../evil.xml",
    "/etc/passwd",
    "C:/evil.xml",
    "..\\evil.xml",
    "\\\\server\\a.xml",
):
    refused(
        f"a part named {name}",
        "a.xlsx",
        with_raw_name(xlsx_parts(cells(1, "甲")), name),
        OddPartName,
    )
refused(
    "a part twice",
    "a.xlsx",
    lambda: two_parts_of_one_name("xl/workbook.xml", "xl/workbook.xml", b"<workbook/>"),
    PartTwice,
)
refused(
    "a part twice but for capitals",
    "a.xlsx",
    lambda: two_parts_of_one_name("xl/workbook.xml", "XL/WORKBOOK.XML", b"<workbook/>"),
    PartTwice,
)
refused("a zip with a password", "a.xlsx", lambda: with_flags(xlsx(cells(1, "甲")), 1), EncryptedWorkbook)
refused("a packing nobody knows", "a.xlsx", lambda: with_method(xlsx(cells(1, "甲")), 99), DamagedWorkbook)
refused(
    "a byte changed",
    "a.xlsx",
    lambda: with_changed_byte(zipped(xlsx_parts(cells(1, "甲")), method=0), "xl/worksheets/sheet1.xml"),
    DamagedWorkbook,
)
refused("cut off", "a.xlsx", lambda: xlsx(cells(1, "甲"))[:-100], DamagedWorkbook)
refused(
    "cut off in the middle",
    "a.xlsx",
    lambda: xlsx(*(cells(1, "甲") for _ in range(9)))[:1500],
    DamagedWorkbook,
)
refused(
    "a sheet that is not there",
    "a.xlsx",
    lambda: zipped({name: body for name, body in xlsx_parts(cells(1, "甲")).items() if "sheet1" not in name}),
    DamagedWorkbook,
)
refused(
    "only a chart",
    "a.xlsx",
    lambda: zipped(
        {
            name: str(body).replace("relationships/worksheet", "relationships/chartsheet")
            for name, body in xlsx_parts("<chart/>").items()
        }
    ),
    NoSheets,
)
refused(
    "a Word document",
    "a.xlsx",
    lambda: zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"}),
    NotAWorkbook,
)
refused(
    "slides",
    "a.xlsx",
    lambda: zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<a/>"}),
    NotAWorkbook,
)
refused("a zip of anything", "a.xlsx", lambda: zipped({"照片.jpg": b"x"}), NotAWorkbook)
refused("an empty zip", "a.xlsx", lambda: zipped({}), NotAWorkbook)


def broken(name: str, inside: str, **options: object) -> None:
    refused(name, "a.xlsx", lambda: xlsx(inside, **options), DamagedWorkbook)


broken(
    "a text that is not there", '<row r="1"><c r="A1" t="s"><v>9</v></c></row>', strings=strings("<t>甲</t>")
)
broken(
    "a text before the first", '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', strings=strings("<t>甲</t>")
)
broken(
    "a text that is not there, in row 500",
    "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{9 if row == 500 else 0}</v></c></row>'
        for row in range(1, 600)
    ),
    strings=strings("<t>甲</t>"),
)
broken("row 0", '<row r="0"><c r="A0"><v>1</v></c></row>')
for name, beyond in (
    ("a row below the last", '<row r="1048577"><c r="A1048577"><v>1</v></c></row>'),
    ("a column beyond the last", '<row r="1"><c r="XFE1"><v>1</v></c></row>'),
):
    refused(name, "a.xlsx", xlsx(beyond), OutsideSheet)
broken("a reference that is none", '<row r="1"><c r="甲1"><v>1</v></c></row>')
broken("a row number that is none", '<row r="1_0"><c r="A10"><v>1</v></c></row>')
broken("tags that do not close", '<row r="1"><c r="A1"><v>1</v></row>')
broken("an entity that is none", '<row r="1"><c r="A1" t="str"><v>&nbsp;</v></c></row>')
broken(
    "a sheet without an end", f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{cells(1, "甲")}'
)
broken("text after the end", worksheet(cells(1, "甲")) + "<a/>")
