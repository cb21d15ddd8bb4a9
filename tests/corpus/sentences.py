"""What a clerk reads when a file of the corpus is refused, word for word: sentence → the cases that it is said of."""

from collections.abc import Mapping, Sequence
from typing import Final

SENTENCES: Final[Mapping[str, Sequence[str]]] = {
    "“a.xls”设置了打开密码，程序读不到内容。请用 WPS 或 Excel 打开，取消密码后另存一份再试。": (
        "xls: with a password",
    ),
    "“a.xlsx”设置了打开密码，程序读不到内容。请用 WPS 或 Excel 打开，取消密码后另存一份再试。": (
        "a workbook with a password",
        "a zip with a password",
    ),
    "“a.xls”不是表格文件（内容是Word 文档）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "xls: a Word document",
    ),
    "“a.xls”不是表格文件（内容是演示文稿）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": ("xls: slides",),
    "“a.xls”不是表格文件（内容是认不出的 Office 文件）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "xls: nobody knows what",
    ),
    "“a.xls”的内容已损坏或没有拷贝完整，读不出来。请重新拷贝，或用 WPS、Excel 打开后另存为 .xlsx 再试。": (
        "xls: no records",
        "xls: cut off",
        "xls: only the head",
        "xls: sectors in circles",
        "xls: a text that is not there",
        "xls: a sheet without an end",
        "xls: bytes that are not of its code page",
        "XML of 2003: tags that do not close",
        "XML of 2003: places backwards",
        "XML of 2003: a document type",
    ),
    "“a.xls”里没有普通工作表（只有图表或宏），没有可读的数据。请核对是否选错文件。": ("xls: only a chart",),
    "“a.xls”其实是很旧的 Excel（2.0–4.0）文件，只是取了表格的名字。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "Excel 2",
        "Excel 4",
    ),
    "“a.xlsb”的内容已损坏或没有拷贝完整，读不出来。请重新拷贝，或用 WPS、Excel 打开后另存为 .xlsx 再试。": (
        "xlsb: a text that is not there",
        "xlsb: rows backwards",
        "xlsb: a column beyond the last",
        "xlsb: a text longer than its record",
    ),
    "“a.ods”太大（展开后的内容超过 320 MB），没有读取。请删去多余的空行、图片和工作表，或拆成几个文件后重试。": (
        "ods: rows repeated without end",
    ),
    "“a.ods”在第 1048576 行以下或 XFD 列以右还有内容，WPS 和 Excel 放不下，没有读取。请删去多余的行和列，另存为 .xlsx 后重试。": (
        "ods: too many columns",
    ),
    "“a.ods”的内容已损坏或没有拷贝完整，读不出来。请重新拷贝，或用 WPS、Excel 打开后另存为 .xlsx 再试。": (
        "ods: a count that is none",
        "ods: tags that do not close",
        "ods: no table",
    ),
    "“a.ods”里的“content.xml”带有表格不该有的声明（DOCTYPE 或 ENTITY），没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "ods: a document type",
    ),
    "“a.ods”设置了打开密码，程序读不到内容。请用 WPS 或 Excel 打开，取消密码后另存一份再试。": (
        "ods: with a password",
    ),
    "“a.ods”不是表格文件（内容是ODF 文档）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "ods: a text document",
    ),
    "“a.csv”第 3 行附近的引号不成对，后面的行会连在一起，没有读取。请改正引号，或另存为 .xlsx 后重试。": (
        "text with a quote that has no end",
    ),
    "“a.csv”的文字编码认不出来（试过 UTF-8、UTF-16 和 GB18030）。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "text in no encoding",
        "text with a broken character at its end",
    ),
    "“a.csv”不是表格文件（内容是认不出的数据）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "text with control characters",
    ),
    "“a.xls”其实是网页文件，里面没有表格。请核对是否下载错了文件，或用 WPS、Excel 打开后另存为 .xlsx 再试。": (
        "page: no table",
    ),
    "“a.xls”里的“a.xls”带有表格不该有的声明（DOCTYPE 或 ENTITY），没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "page: entities of its own",
    ),
    "“a.xls”其实是网页或 XML 文件，只是取了表格的名字。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "other XML",
    ),
    "“花名册.xlsx”不是表格文件（内容是PDF 文档）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "no table: PDF",
    ),
    "“花名册.xlsx”不是表格文件（内容是图片）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "no table: PNG",
        "no table: JPEG",
        "no table: GIF",
    ),
    "“花名册.xlsx”不是表格文件（内容是压缩包）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "no table: RAR",
        "no table: 7z",
        "no table: gzip",
    ),
    "“花名册.xlsx”不是表格文件（内容是RTF 文档）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "no table: RTF",
    ),
    "“花名册.xlsx”不是表格文件（内容是数据库）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "no table: SQLite",
    ),
    "“花名册.xlsx”不是表格文件（内容是程序）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "no table: a program",
    ),
    "“a.xlsx”是空文件，里面没有内容。请核对是否拷贝完整，重新取一份后再试。": ("no table: nothing",),
    "“a.csv”是空文件，里面没有内容。请核对是否拷贝完整，重新取一份后再试。": (
        "no table: blanks",
        "no table: a mark and nothing else",
    ),
    "“a.xls”的文字编码认不出来（试过 UTF-8、UTF-16 和 GB18030）。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "no table: bytes of any kind",
    ),
    "“a.xlsx”里的“xl/worksheets/sheet1.xml”带有表格不该有的声明（DOCTYPE 或 ENTITY），没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a document type in the sheet",
        "a document type in UTF-16",
        "a document type after a long comment",
    ),
    "“a.xlsx”里的“xl/workbook.xml”带有表格不该有的声明（DOCTYPE 或 ENTITY），没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a document type in the workbook",
    ),
    "“a.xlsx”里的“xl/sharedStrings.xml”带有表格不该有的声明（DOCTYPE 或 ENTITY），没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a billion laughs in the texts",
        "an outside entity",
    ),
    "“a.xlsx”里的“xl/worksheets/sheet1.xml”解压后膨胀到 250 倍以上，不是正常的表格，没有读取。如果确实是表格，请用 WPS 或 Excel 打开，删去末尾的空行空列，另存为 .xlsx 后重试。": (
        "a sheet that unpacks without end",
    ),
    "“a.xlsx”里的“xl/sharedStrings.xml”解压后膨胀到 250 倍以上，不是正常的表格，没有读取。如果确实是表格，请用 WPS 或 Excel 打开，删去末尾的空行空列，另存为 .xlsx 后重试。": (
        "texts that unpack without end",
    ),
    "“a.xlsx”的内容已损坏或没有拷贝完整，读不出来。请重新拷贝，或用 WPS、Excel 打开后另存为 .xlsx 再试。": (
        "a size that lies",
        "a packing nobody knows",
        "a byte changed",
        "cut off",
        "cut off in the middle",
        "a sheet that is not there",
        "a text that is not there",
        "a text before the first",
        "a text that is not there, in row 500",
        "row 0",
        "a reference that is none",
        "a row number that is none",
        "tags that do not close",
        "an entity that is none",
        "a sheet without an end",
        "text after the end",
    ),
    "“a.xlsx”里有 5007 个部件，超过 5000 个，不是正常的表格，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "too many parts",
    ),
    "“a.xlsx”里有路径可疑的部件（../evil.xml），不是正常的表格，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a part named ../evil.xml",
        "a part named ..\\evil.xml",
    ),
    "“a.xlsx”里有路径可疑的部件（xl/../../evil.xml），不是正常的表格，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a part named xl/../../evil.xml",
    ),
    "“a.xlsx”里有路径可疑的部件（/etc/passwd），不是正常的表格，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a part named /etc/passwd",
    ),
    "“a.xlsx”里有路径可疑的部件（C:/evil.xml），不是正常的表格，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a part named C:/evil.xml",
    ),
    "“a.xlsx”里有路径可疑的部件（//server/a.xml），不是正常的表格，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a part named \\\\server\\a.xml",
    ),
    "“a.xlsx”里的部件“xl/workbook.xml”出现了两次，内容以哪个为准说不清，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a part twice",
    ),
    "“a.xlsx”里的部件“XL/WORKBOOK.XML”出现了两次，内容以哪个为准说不清，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "a part twice but for capitals",
    ),
    "“a.xlsx”里没有普通工作表（只有图表或宏），没有可读的数据。请核对是否选错文件。": ("only a chart",),
    "“a.xlsx”不是表格文件（内容是Word 文档）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "a Word document",
    ),
    "“a.xlsx”不是表格文件（内容是演示文稿）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": ("slides",),
    "“a.xlsx”不是表格文件（内容是压缩包）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "a zip of anything",
    ),
    "“a.xlsx”不是表格文件（内容是空的压缩包）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "an empty zip",
    ),
    "“a.fods”不是表格文件（内容是ODF 文档）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。": (
        "fods: a text document",
    ),
    "“a.fods”的内容已损坏或没有拷贝完整，读不出来。请重新拷贝，或用 WPS、Excel 打开后另存为 .xlsx 再试。": (
        "fods: tags that do not close",
    ),
    "“a.fods”里的“a.fods”带有表格不该有的声明（DOCTYPE 或 ENTITY），没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。": (
        "fods: entities of its own",
    ),
    "“a.xlsx”在第 1048576 行以下或 XFD 列以右还有内容，WPS 和 Excel 放不下，没有读取。请删去多余的行和列，另存为 .xlsx 后重试。": (
        "a row below the last",
        "a column beyond the last",
    ),
}
