"""Crafted .ods files, text tables, web pages, XML workbooks, and what is no table at all."""

from datetime import date, datetime, time, timedelta

from app.workbook.cell_values import NO_VALUE, ErrorCell
from app.workbook.unreadable import (
    DamagedWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    ForbiddenMarkup,
    NoTableInPage,
    NotAWorkbook,
    NotYetReadable,
    OutsideSheet,
    TooLarge,
    UnpairedQuote,
    UnreadableText,
)
from tests.corpus.cases import reads, refused
from tests.corpus.packages import ods, zipped

# -- .ods -----------------------------------------------------------------------------------------------------


def table(inside: str, *, facts: str = "") -> str:
    return f'<table:table table:name="表" {facts}>{inside}</table:table>'


def row(*inside: str, facts: str = "") -> str:
    return f"<table:table-row {facts}>{''.join(inside)}</table:table-row>"


def text(shown: str, facts: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {facts}><text:p>{shown}</text:p></table:table-cell>'


def value(kind: str, fact: str, shown: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {fact}><text:p>{shown}</text:p></table:table-cell>'


def sheet(
    name: str,
    inside: str,
    rows: dict[int, list[object]],
    *remarks: str,
    facts: str = "",
    styles: str = "",
    merges: dict[tuple[int, int], int] | None = None,
    hidden: tuple[str, ...] = (),
) -> None:
    reads(
        f"ods: {name}",
        "a.ods",
        lambda: ods(table(inside, facts=facts), styles=styles),
        {"表": rows},
        *remarks,
        merges=merges,
        hidden=hidden,
    )


_EMPTY = "<table:table-cell/>"
_SHOWN_ERROR = '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
sheet(
    "every kind of cell",
    row(
        text("甲"),
        value("float", 'office:value="1.5"', "2"),
        value("percentage", 'office:value="0.5"', "50%"),
        value("currency", 'office:value="12.3"', "¥12.30"),
        value("boolean", 'office:boolean-value="true"', "TRUE"),
    ),
    {1: ["甲", 1.5, 0.5, 12.3, True]},
)
sheet(
    "dates and times",
    row(
        value("date", 'office:date-value="2024-03-15"'),
        value("date", 'office:date-value="2024-03-15T12:30:00"'),
        value("time", 'office:time-value="PT06H30M00S"'),
        value("time", 'office:time-value="PT36H00M00S"'),
    ),
    {1: [date(2024, 3, 15), datetime(2024, 3, 15, 12, 30), time(6, 30), timedelta(hours=36)]},
)
sheet("errors", row(_SHOWN_ERROR), {1: [ErrorCell("#DIV/0!")]}, "error_cells")
sheet(
    "an error beside a value",
    row(
        '<table:table-cell table:formula="of:=A2" office:value-type="float" office:value="0"><text:p>#REF!</text:p></table:table-cell>'
    ),
    {1: [ErrorCell("#REF!")]},
    "error_cells",
)
sheet(
    "a formula without a value",
    row('<table:table-cell table:formula="of:=A2"/>', text("甲")),
    {1: [NO_VALUE, "甲"]},
    "formulas_without_value",
)
sheet(
    "text in lines and spaces",
    row(
        '<table:table-cell office:value-type="string"><text:p>甲<text:s text:c="2"/>乙<text:line-break/>丙</text:p><text:p>丁<text:tab/>戊</text:p></table:table-cell>'
    ),
    {1: ["甲  乙\n丙\n丁\t戊"]},
)
sheet(
    "notes and readings are no text",
    row(
        '<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation><text:p><text:ruby><text:ruby-base>小</text:ruby-base><text:ruby-text>xiao</text:ruby-text></text:ruby></text:p></table:table-cell>'
    ),
    {1: ["小"]},
)
sheet("cells repeated", row(text("甲", 'table:number-columns-repeated="3"')), {1: ["甲", "甲", "甲"]})
sheet(
    "rows repeated",
    row(text("甲"), facts='table:number-rows-repeated="3"'),
    {1: ["甲"], 2: ["甲"], 3: ["甲"]},
)
sheet(
    "blank cells and rows repeated to the end",
    row(text("甲"), '<table:table-cell table:number-columns-repeated="16383"/>')
    + row(
        '<table:table-cell table:number-columns-repeated="16384"/>',
        facts='table:number-rows-repeated="1048575"',
    ),
    {1: ["甲"]},
)
sheet(
    "opposite corners",
    row(text("甲"))
    + row(_EMPTY, facts='table:number-rows-repeated="1048574"')
    + row('<table:table-cell table:number-columns-repeated="16383"/>', text("乙")),
    {1: ["甲"], 1048576: [*[None] * 16383, "乙"]},
)
sheet(
    "merges",
    row(text("甲", 'table:number-rows-spanned="2"')) + row("<table:covered-table-cell/>", text("乙")),
    {1: ["甲"], 2: [None, "乙"]},
    merges={(1, 0): 2},
)
sheet(
    "hidden rows and columns",
    '<table:table-column table:visibility="collapse"/>'
    + row(text("甲"), facts='table:visibility="collapse"')
    + row(text("乙"), facts='table:visibility="filter"'),
    {1: ["甲"], 2: ["乙"]},
    "hidden_rows",
    "hidden_columns",
)
sheet(
    "a hidden sheet",
    row(text("甲")),
    {1: ["甲"]},
    facts='table:style-name="h"',
    styles='<style:style style:name="h"><style:table-properties table:display="false"/></style:style>',
    hidden=("表",),
)
sheet(
    "struck through",
    row(text("甲", 'table:style-name="k"')) + row(text("乙")),
    {1: ["甲"], 2: ["乙"]},
    "struck_rows",
    styles='<style:style style:name="k"><style:text-properties style:text-line-through-style="solid"/></style:style>',
)
sheet(
    "rows in groups",
    f"<table:table-header-rows>{row(text('甲'))}</table:table-header-rows><table:table-row-group>{row(text('乙'))}</table:table-row-group>",
    {1: ["甲"], 2: ["乙"]},
)
refused(
    "ods: rows repeated without end",
    "a.ods",
    lambda: ods(
        table(
            row(
                text("甲", 'table:number-columns-repeated="16384"'),
                facts='table:number-rows-repeated="1048576"',
            )
        )
    ),
    TooLarge,
)
refused(
    "ods: too many columns",
    "a.ods",
    lambda: ods(table(row(text("甲", 'table:number-columns-repeated="99999"')))),
    OutsideSheet,
)
refused(
    "ods: a count that is none",
    "a.ods",
    lambda: ods(table(row(text("甲", 'table:number-columns-repeated="-1"')))),
    DamagedWorkbook,
)
refused(
    "ods: a document type",
    "a.ods",
    lambda: (
        ods("").replace(b"x", b"x")
        and zipped(
            {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<!DOCTYPE a><a/>"}
        )
    ),
    ForbiddenMarkup,
)
refused(
    "ods: with a password",
    "a.ods",
    lambda: zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b"\1\2",
            "META-INF/manifest.xml": "<manifest:encryption-data/>",
        }
    ),
    EncryptedWorkbook,
)
refused(
    "ods: a text document",
    "a.ods",
    lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
    NotAWorkbook,
)
refused("ods: tags that do not close", "a.ods", lambda: ods("<table:table>"), DamagedWorkbook)
refused("ods: no table", "a.ods", lambda: ods(""), DamagedWorkbook)
reads(
    "ods: a manifest with a document type",
    "a.ods",
    lambda: ods(
        table(row(text("甲"))),
        extra={"META-INF/manifest.xml": '<!DOCTYPE manifest:manifest PUBLIC "a" "Manifest.dtd"><a/>'},
    ),
    {"表": {1: ["甲"]}},
)

# -- .fods ----------------------------------------------------------------------------------------------------


def fods(tables: str, body: str = "spreadsheet") -> bytes:
    """An OpenDocument in one XML file."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n<office:document xmlns:office='o' xmlns:table='t' xmlns:text='x' xmlns:style='s'"
        " office:mimetype='application/vnd.oasis.opendocument.spreadsheet'>"
        f"<office:body><office:{body}>{tables}</office:{body}></office:body></office:document>"
    ).encode()


reads(
    "fods: cells of several kinds",
    "a.fods",
    fods(
        table(
            row(
                text("姓名"),
                value("float", 'office:value="1.5"', "2"),
                value("date", 'office:date-value="2024-03-15"'),
            )
        )
    ),
    {"表": {1: ["姓名", 1.5, date(2024, 3, 15)]}},
)
reads("fods: under the name .xls", "a.xls", fods(table(row(text("甲")))), {"表": {1: ["甲"]}})
refused("fods: a text document", "a.fods", fods("", "text"), NotAWorkbook)
refused("fods: tags that do not close", "a.fods", fods("<table:table>"), DamagedWorkbook)
refused(
    "fods: entities of its own",
    "a.fods",
    fods("").replace(b"\n<office", b"<!DOCTYPE a [<!ENTITY b 'c'>]>\n<office"),
    ForbiddenMarkup,
)

# -- text -----------------------------------------------------------------------------------------------------

_ROWS: dict[int, list[str | None]] = {
    1: ["姓名", "账号", "备注"],
    2: ["张三", "00123", "一"],
    3: ["李四", None, "二"],
}


def lines(separator: str, end: str = "\r\n") -> str:
    return end.join(separator.join(cell or "" for cell in cells) for cells in _ROWS.values())


for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"):
    for separator in ",\t;|":
        reads(
            f"text in {encoding} cut by {separator!r}",
            "a.csv",
            lines(separator).encode(encoding),
            _ROWS,
        )
for end in ("\n", "\r"):
    reads(f"text with line ends {end!r}", "a.txt", lines("\t", end).encode("gbk"), _ROWS)
reads("TSV under the name .xls", "花名册.xls", lines("\t").encode("gbk"), {"花名册": _ROWS})
reads("text of GBK that would pass for UTF-8", "a.csv", "联通,移动".encode("gbk"), {1: ["联通", "移动"]})
reads("a rare character in GB18030", "a.csv", "姓名,𬭩垚䶮".encode("gb18030"), {1: ["姓名", "𬭩垚䶮"]})
reads(
    "a private character keeps itself",
    "a.csv",
    "姓名,\ue5e5".encode("gb18030"),
    {1: ["姓名", "\ue5e5"]},
)
reads(
    "text with quotes",
    "a.csv",
    '姓名,备注\n张三,"上溪村\n3组, 5号 ""老屋"""\n'.encode(),
    {1: ["姓名", "备注"], 2: ["张三", '上溪村\n3组, 5号 "老屋"']},
)
reads(
    "text with blank lines",
    "a.csv",
    "标题\n\n\n姓名,金额\n张三,1\n\n".encode(),
    {1: ["标题"], 4: ["姓名", "金额"], 5: ["张三", "1"]},
)
reads("text with numbers kept from Excel", "a.csv", b'a,="00123",=1+1\n', {1: ["a", "00123", "=1+1"]})
reads(
    "text that names its separator",
    "a.csv",
    "sep=;\n姓名;1,5\n".encode(),
    {1: ["sep="], 2: ["姓名", "1,5"]},
)
reads(
    "text of one column",
    "a.txt",
    b"330624195810179114\n33062419581017912X\n",
    {1: ["330624195810179114"], 2: ["33062419581017912X"]},
)
reads("text of one cell", "a.txt", "甲".encode(), {1: ["甲"]})
refused(
    "text with a quote that has no end",
    "a.csv",
    '姓名,备注\n"张三,1\n李四,2\n'.encode(),
    UnpairedQuote,
)
refused("text in no encoding", "a.csv", b"\xff\xff\x81 a,b\n" * 3, UnreadableText)
refused(
    "text with a broken character at its end",
    "a.csv",
    "姓名,张三\n".encode("gb18030") * 50 + b"\x81",
    UnreadableText,
)
refused("text with control characters", "a.csv", b"a,b\n\x01\x02\x03", NotAWorkbook)

# -- web pages ------------------------------------------------------------------------------------------------


def page(
    name: str,
    body: str,
    rows: dict[int, list[object]],
    *remarks: str,
    encoding: str = "utf-8",
    merges: dict[tuple[int, int], int] | None = None,
) -> None:
    reads(
        f"page: {name}",
        "花名册.xls",
        body.encode(encoding),
        {"花名册": rows},
        *remarks,
        merges=merges,
    )


page(
    "a table",
    "<html><body><table><tr><th>姓名</th><th>金额</th></tr><tr><td>张三</td><td>1.5</td></tr></table></body></html>",
    {1: ["姓名", "金额"], 2: ["张三", "1.5"]},
)
page(
    "in GBK",
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><table><tr><td>张三</td></tr></table>',
    {1: ["张三"]},
    encoding="gbk",
)
page(
    "in UTF-8, said to be GBK",
    '<meta charset="gb2312"><table><tr><td>张三李四王五</td></tr></table>',
    {1: ["张三李四王五"]},
)
page("only a table", "<table border=1><tr><td>甲<td>乙<tr><td>丙</table>", {1: ["甲", "乙"], 2: ["丙"]})
page(
    "a title above",
    "<h3>云溪镇花名册</h3><p>单位：万元</p><table><tr><td>姓名</td></tr></table><p>制表：张三</p>",
    {1: ["云溪镇花名册"], 2: ["单位：万元"], 3: ["姓名"], 4: ["制表：张三"]},
)
page(
    "two tables",
    "<table><tr><td>标题</td></tr></table><table><tr><td>姓名</td></tr></table>",
    {1: ["标题"], 2: ["姓名"]},
)
page(
    "spans",
    '<table><tr><td rowspan="2">户1</td><td>甲</td></tr><tr><td>乙</td></tr><tr><td colspan="2">合计</td><td>3</td></tr></table>',
    {1: ["户1", "甲"], 2: [None, "乙"], 3: ["合计", None, "3"]},
    merges={(1, 0): 2},
)
page(
    "lines and entities",
    "<table><tr><td>上溪村<br>3组&nbsp;&lt;5号&gt; &#x4e2d;</td></tr></table>",
    {1: ["上溪村\n3组\xa0<5号> 中"]},
)
page("blanks as a browser shows them", "<table><tr><td>\n   张  三\n </td></tr></table>", {1: ["张 三"]})
page(
    "numbers that Excel keeps beside the shown ones",
    '<table xmlns:x="urn:x"><tr><td x:num="1234.5678">1,234.57</td><td x:num="3.3062419570314509E+17">3.30624E+17</td><td x:num="45366">2024/3/15</td><td x:num>7</td></tr></table>',
    {1: [1234.5678, 330624195703145090.0, "2024/3/15", "7"]},
)
page(
    "numbers that LibreOffice keeps beside the shown ones",
    '<table><tr><td sdval="1234.5678" sdnum="1033;">1234.57</td></tr></table>',
    {1: [1234.5678]},
)
page(
    "scripts and styles are no text",
    "<style>td{color:red}</style><script>var a='<table>';</script><table><tr><td>甲</td></tr></table>",
    {1: ["甲"]},
)
page(
    "hidden rows",
    '<table><tr style="display: none"><td>甲</td></tr><tr><td>乙</td></tr></table>',
    {1: ["甲"], 2: ["乙"]},
    "hidden_rows",
)
page(
    "struck through",
    "<table><tr><td><s>甲</s></td></tr><tr><td>乙<del>丙</del></td></tr></table>",
    {1: ["甲"], 2: ["乙丙"]},
    "struck_rows",
)
page(
    "a span of millions",
    '<table><tr><td colspan="9999999" rowspan="9999999">甲</td><td>乙</td></tr></table>',
    {1: ["甲", "乙"]},
    merges=None,
)
page(
    "a table in a table",
    "<table><tr><td>外<table><tr><td>内</td></tr></table></td></tr></table>",
    {1: ["外"], 2: ["内"]},
)
page(
    "in one MIME file",
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\nPHRhYmxlPjx0cj48dGQ+55SyPC90ZD48L3RyPjwvdGFibGU+\r\n--x--\r\n',
    {1: ["甲"]},
)
refused("page: no table", "a.xls", "<html><body>系统正在维护</body></html>".encode(), NoTableInPage)
refused(
    "page: entities of its own",
    "a.xls",
    b'<!DOCTYPE html [<!ENTITY a "b">]><html><table><tr><td>&a;</td></tr></table></html>',
    ForbiddenMarkup,
)
refused("other XML", "a.xls", b'<?xml version="1.0"?><rss/>', NotYetReadable)

# -- XML workbooks of 2003 --------------------------------------------------------------------------------------


def xml2003(inside: str, *, styles: str = "", facts: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Styles>{styles}</Styles><Worksheet ss:Name="表"><Table>{inside}</Table>{facts}</Worksheet></Workbook>'
    ).encode()


def data(kind: str, shown: str, facts: str = "") -> str:
    return f'<Cell {facts}><Data ss:Type="{kind}">{shown}</Data></Cell>'


reads(
    "XML of 2003: every kind of cell",
    "a.xls",
    xml2003(
        f"<Row>{data('String', '甲')}{data('Number', '1.5')}{data('DateTime', '2024-03-15T00:00:00.000')}{data('Boolean', '1')}{data('Error', '#N/A')}</Row>"
    ),
    {"表": {1: ["甲", 1.5, date(2024, 3, 15), True, ErrorCell("#N/A")]}},
    "error_cells",
)
reads(
    "XML of 2003: places",
    "a.xls",
    xml2003(
        f'<Row ss:Index="3">{data("String", "甲", "ss:Index=" + chr(34) + "2" + chr(34))}{data("String", "乙")}</Row><Row>{data("String", "丙", "ss:MergeAcross=" + chr(34) + "1" + chr(34))}{data("String", "丁")}</Row>'
    ),
    {"表": {3: [None, "甲", "乙"], 4: ["丙", None, "丁"]}},
)
reads(
    "XML of 2003: merges, hidden rows, struck through",
    "a.xls",
    xml2003(
        f'<Row ss:Hidden="1">{data("String", "甲", "ss:MergeDown=" + chr(34) + "1" + chr(34))}</Row><Row>{data("String", "乙", "ss:StyleID=" + chr(34) + "k" + chr(34) + " ss:Index=" + chr(34) + "2" + chr(34))}</Row>',
        styles='<Style ss:ID="k"><Font ss:StrikeThrough="1"/></Style>',
    ),
    {"表": {1: ["甲"], 2: [None, "乙"]}},
    "hidden_rows",
    "struck_rows",
    merges={(1, 0): 2},
)
reads(
    "XML of 2003: a hidden sheet",
    "a.xls",
    xml2003(
        f"<Row>{data('String', '甲')}</Row>",
        facts="<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>",
    ),
    {"表": {1: ["甲"]}},
    hidden=("表",),
)
reads(
    "XML of 2003: a formula without a value, a bad number",
    "a.xls",
    xml2003(f'<Row><Cell ss:Formula="=1+1"/>{data("Number", "1_0")}</Row>'),
    {"表": {1: [NO_VALUE, "1_0"]}},
    "formulas_without_value",
    "odd_numbers",
)
refused("XML of 2003: tags that do not close", "a.xls", xml2003("<Row>")[:-40], DamagedWorkbook)
refused(
    "XML of 2003: places backwards",
    "a.xls",
    xml2003('<Row ss:Index="3"/><Row ss:Index="2"/>'),
    DamagedWorkbook,
)
refused(
    "XML of 2003: a document type",
    "a.xls",
    xml2003("").replace(b"<?mso", b"<!DOCTYPE a><?mso"),
    DamagedWorkbook,
)

# -- what is no table at all ------------------------------------------------------------------------------------

for kind, begins in (
    ("PDF", b"%PDF-1.7\n"), ("PNG", b"\x89PNG\r\n\x1a\n"), ("JPEG", b"\xff\xd8\xff\xe0"), ("GIF", b"GIF89a"), ("RAR", b"Rar!\x1a\x07"),
    ("7z", b"7z\xbc\xaf\x27\x1c"), ("gzip", b"\x1f\x8b\x08"), ("RTF", b"{\\rtf1"), ("SQLite", b"SQLite format 3\0"), ("a program", b"MZ\x90\0"),
):  # fmt: skip
    refused(f"no table: {kind}", "花名册.xlsx", begins + bytes(200), NotAWorkbook)
refused("no table: nothing", "a.xlsx", b"", EmptyFile)
refused("no table: blanks", "a.csv", b"\r\n  \t\0", EmptyFile)
refused("no table: a mark and nothing else", "a.csv", b"\xef\xbb\xbf", EmptyFile)
refused("no table: bytes of any kind", "a.xls", bytes(range(256)) * 4, UnreadableText)
