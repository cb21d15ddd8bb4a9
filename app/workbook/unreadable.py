"""Why a file is not read as a workbook: every no with its sentence."""

from models.domain.refusal import Refusal


class UnreadableWorkbook(Refusal):
    """A file that cannot be read whole as a workbook."""

    form = "“{name}”不能作为表格读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class EmptyFile(UnreadableWorkbook):
    """No byte, or nothing but blanks."""

    form = "“{name}”是空文件，里面没有内容。请核对是否拷贝完整，重新取一份后再试。"


class EncryptedWorkbook(UnreadableWorkbook):
    """A password is asked before the workbook opens."""

    form = "“{name}”设置了打开密码，程序读不到内容。请用 WPS 或 Excel 打开，取消密码后另存一份再试。"


class DamagedWorkbook(UnreadableWorkbook):
    """It says it is a workbook, but it cannot be read to the end."""

    form = (
        "“{name}”的内容已损坏或没有拷贝完整，读不出来。请重新拷贝，或用 WPS、Excel 打开后另存为 .xlsx 再试。"
    )


class NotAWorkbook(UnreadableWorkbook):
    """Another kind of file."""

    form = "“{name}”不是表格文件（内容是{kind}）。请选择 .xlsx、.xls、.et、.ods 或 .csv 表格。"


class UnreadableText(UnreadableWorkbook):
    """A text table whose bytes are in none of the encodings in use."""

    form = "“{name}”的文字编码认不出来（试过 UTF-8、UTF-16 和 GB18030）。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class UnpairedQuote(UnreadableWorkbook):
    """A text table in which a quoted cell has no end, so that rows would flow into one another."""

    form = "“{name}”第 {line} 行附近的引号不成对，后面的行会连在一起，没有读取。请改正引号，或另存为 .xlsx 后重试。"


class OverlongCell(UnreadableWorkbook):
    """A text table in which one cell is longer than any cell of a table."""

    form = (
        "“{name}”第 {line} 行有一个格子超过 {limit} 个字，表格里放不下，没有读取。"
        "请核对这一行是否拷贝完整、各栏之间有没有分隔符，改好后重试。"
    )


class NotYetReadable(UnreadableWorkbook):
    """A form of workbook that only WPS or Excel can open."""

    form = "“{name}”其实是{kind}，只是取了表格的名字。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class NoTableInPage(UnreadableWorkbook):
    """A web page, under whatever name, without a table."""

    form = "“{name}”其实是网页文件，里面没有表格。请核对是否下载错了文件，或用 WPS、Excel 打开后另存为 .xlsx 再试。"


class NoSheets(UnreadableWorkbook):
    """A workbook of charts or macros only."""

    form = "“{name}”里没有普通工作表（只有图表或宏），没有可读的数据。请核对是否选错文件。"


class TooLarge(UnreadableWorkbook):
    """More bytes than a township's or county's workbook can have, as sent or unpacked."""

    form = "“{name}”太大（{what}超过 {limit} MB），没有读取。请删去多余的空行、图片和工作表，或拆成几个文件后重试。"


class OutsideSheet(UnreadableWorkbook):
    """Cells beyond the last row or column that a sheet of Excel or WPS has."""

    form = "“{name}”在第 1048576 行以下或 XFD 列以右还有内容，WPS 和 Excel 放不下，没有读取。请删去多余的行和列，另存为 .xlsx 后重试。"


class OverInflated(UnreadableWorkbook):
    """A part that unpacks to very many times its packed size: a trap, or millions of formatted but empty rows."""

    form = (
        "“{name}”里的“{part}”解压后膨胀到 {ratio} 倍以上，不是正常的表格，没有读取。"
        "如果确实是表格，请用 WPS 或 Excel 打开，删去末尾的空行空列，另存为 .xlsx 后重试。"
    )


class TooManyParts(UnreadableWorkbook):
    """A package of more parts than any workbook has."""

    form = "“{name}”里有 {count} 个部件，超过 {limit} 个，不是正常的表格，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class OddPartName(UnreadableWorkbook):
    """A part that wants to be written outside the package (.., an absolute path, a drive)."""

    form = "“{name}”里有路径可疑的部件（{part}），不是正常的表格，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class PartTwice(UnreadableWorkbook):
    """Two parts of one name: which of them counts is anybody's guess."""

    form = "“{name}”里的部件“{part}”出现了两次，内容以哪个为准说不清，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class ForbiddenMarkup(UnreadableWorkbook):
    """A document type or entity declaration, by which XML can grow without end or fetch other files."""

    form = "“{name}”里的“{part}”带有表格不该有的声明（DOCTYPE 或 ENTITY），没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"


class TooSlow(UnreadableWorkbook):
    """Reading took longer than the file's size justifies and was stopped."""

    form = "读取“{name}”超过 {seconds} 秒仍未完成，已停止，什么也没有写入。请用 WPS 或 Excel 打开，另存为 .xlsx，或拆成几个文件后重试。"


class TooMuchMemory(UnreadableWorkbook):
    """Reading needed more memory than it may have and was stopped."""

    form = "读取“{name}”需要的内存超过 {limit} MB，已停止，什么也没有写入。请删去多余的空行空列和工作表，或拆成几个文件后重试。"


class RowsOutOfOrder(UnreadableWorkbook):
    """Rows come again or out of order so far down that those above were handed on before."""

    form = "“{name}”的工作表“{sheet}”里行号前后不一致（第 {row} 行附近），读不准，没有读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重试。"
