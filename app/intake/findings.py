"""Findings: what is wrong with one cell of a workbook, where it stands, and how to mend it (the table of DOMAIN §6).

A finding is a value, never raised. `error` rejects its row and only that row; `warning` lets the row in, marked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.workbook.columns import MemberRow

ERROR = "error"
WARNING = "warning"

KIND_TITLES: Final[Mapping[str, str]] = {
    "id.missing": "身份证号没有填",
    "id.precision_lost": "身份证号丢了末几位",
    "id.other_document": "不是居民身份证号",
    "id.format": "身份证号有多余字符",
    "id.length": "身份证号位数不对",
    "id.date": "身份证号出生日期不对",
    "id.checksum": "身份证号校验位不对",
    "id.fifteen": "15 位旧身份证号",
    "id.duplicate": "身份证号重复",
    "row.repeated": "重复的行",
    "person.unknown": "户籍底册里没有",
    "person.deceased": "已经死亡",
    "name.missing": "姓名没有填",
    "name.mismatch": "姓名与登记不一致",
    "name.odd": "姓名可疑",
    "birth.unreadable": "出生日期读不出",
    "birth.mismatch": "出生日期不一致",
    "sex.mismatch": "性别不一致",
    "village.unknown": "村名认不出",
    "village.mismatch": "村与登记不一致",
    "head.missing": "户里没有户主",
    "account.precision_lost": "账号丢了末几位",
    "account.format": "账号写法不对",
    "account.missing": "账号没有填",
    "account.luhn": "卡号校验位不对",
    "account.shared": "账号与别户共用",
    "account.conflict": "一人两个账号",
    "account.mismatch": "账号与登记不一致",
    "quantity.not_a_number": "数量不是数字",
    "amount.not_a_number": "金额不是数字",
    "amount.not_positive": "金额不大于零",
    "amount.decimals": "金额多于两位小数",
    "rate.mismatch": "标准与政策不一致",
    "amount.mismatch": "金额与政策不一致",
    "age.outside": "年龄不在规定范围",
    "payment.duplicate": "重复享受",
    "program.conflict": "与其他项目冲突",
    "program.missing": "没有写项目",
    "program.unknown": "项目认不出",
    "period.missing": "没有写期间",
    "period.unreadable": "期间读不出",
    "paid_on.unreadable": "发放日期读不出",
    "outcome.unknown": "发放结果看不出",
    "certified_on.unreadable": "认证日期读不出",
    "certified_on.outside": "认证日期不在有效期内",
    "certified.unclear": "认证结果看不出",
    "certified.not": "认证没有通过",
    "total.mismatch": "合计与各行之和不一致",
}
"""What each kind of finding is called, on the marked workbook, in the window and in the trail."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one cell: sheet, Excel row, column heading, the value as found, level, code and a sentence."""

    sheet: str
    row: int
    column: str
    written: str
    level: str
    code: str
    sentence: str

    def as_json(self) -> dict[str, object]:
        """The form of `--json`."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "written": self.written,
            "level": self.level,
            "code": self.code,
            "sentence": self.sentence,
        }


# code → (level, sentence); `{written}` is the cell as found, other facts are named by the check
PEOPLE: Mapping[str, tuple[str, str]] = {
    "id.missing": (ERROR, "身份证号是空的。请补填后重新导入这一行。"),
    "id.precision_lost": (
        ERROR,
        "身份证号按数字存放，末几位已经丢失（显示为 {written}）。请把这一列设为“文本”格式，照证件重新填写 18 位号码。",
    ),
    "id.other_document": (
        WARNING,
        "“{written}”不是居民身份证号，按其他证件登记。请核对证件类型，无误则不用改。",
    ),
    "id.format": (ERROR, "身份证号“{written}”含有数字和 X 以外的字符。请照证件改正。"),
    "id.length": (ERROR, "身份证号“{written}”是 {length} 位，应为 18 位。请照证件改正。"),
    "id.date": (ERROR, "身份证号“{written}”中的出生日期 {birth} 不存在。请照证件改正。"),
    "id.checksum": (ERROR, "身份证号“{written}”的校验位不对，可能有一位填错。请照证件逐位核对。"),
    "id.fifteen": (
        WARNING,
        "“{written}”是 15 位旧号，已按 18 位 {upgraded} 登记。请核对新证件，无误则不用改。",
    ),
    "id.duplicate": (
        ERROR,
        "身份证号“{written}”在{first}已经出现。请删去重复的一行，或改正填错的号码。",
    ),
    "name.missing": (ERROR, "姓名是空的。请补填后重新导入这一行。"),
    "name.mismatch": (
        WARNING,
        "这个身份证号登记的姓名是“{known}”，本表写的是“{written}”。请核对是改名还是号码填错。",
    ),
    "name.odd": (WARNING, "姓名“{written}”里有认不出的字符，或长短不合常理。请照证件核对。"),
    "birth.unreadable": (
        WARNING,
        "出生日期“{written}”读不出来，已按身份证号登记为 {birth}。请改成 2024-03-15 这样的写法。",
    ),
    "birth.mismatch": (
        WARNING,
        "出生日期“{written}”与身份证号里的 {birth} 不一致，已按身份证号登记。请核对。",
    ),
    "sex.mismatch": (WARNING, "性别“{written}”与身份证号表示的“{sex}”不一致，已按身份证号登记。请核对。"),
    "village.unknown": (
        ERROR,
        "“{written}”不是本办公点的村（社区）。请改成登记的全称，或先在“别名”里确认它是哪个村；新设的村请先登记。",
    ),
    "head.missing": (
        WARNING,
        "这一户没有可用的户主。请在本户成员中注明一位“户主”，否则发给户主的补贴无法编制。",
    ),
}

ACCOUNTS: Mapping[str, tuple[str, str]] = {
    **{
        code: PEOPLE[code]
        for code in PEOPLE
        if code.startswith("id.") and code not in ("id.other_document", "id.duplicate")
    },
    "row.repeated": (WARNING, "这个人的同一个账号在{first}已经出现，只登记一次。可以删去这一行。"),
    "account.conflict": (
        ERROR,
        "这个人在{first}已有账号 {known}，这里又是 {written}。请与本人核对，只留一个正确的账号。",
    ),
    "person.unknown": (ERROR, "身份证号“{written}”不在户籍底册里。请核对号码，或先导入这个人的户籍。"),
    "name.mismatch": PEOPLE["name.mismatch"],
    "village.unknown": PEOPLE["village.unknown"],
    "account.precision_lost": (
        ERROR,
        "账号按数字存放，末几位已经丢失（显示为 {written}）。请把这一列设为“文本”格式，照卡或存折重新填写。",
    ),
    "account.format": (ERROR, "账号“{written}”不是 8 到 32 位数字。请照卡或存折改正。"),
    "account.missing": (ERROR, "账号是空的。请补填后重新导入这一行。"),
    "account.luhn": (WARNING, "卡号“{written}”的校验位不对，可能有一位填错。已先登记，请照卡核对。"),
    "account.shared": (
        WARNING,
        "账号“{written}”已经登记在另一户“{holder}”名下。已先登记，请核对是否共用账户。",
    ),
}

ROSTER: Mapping[str, tuple[str, str]] = {
    **{code: ACCOUNTS[code] for code in ACCOUNTS if code.startswith("id.")},
    "person.unknown": ACCOUNTS["person.unknown"],
    "person.deceased": (
        ERROR,
        "登记的死亡日期是 {died}，早于 {period}，不应再发放。请从名单中删去；已多发的请办理追回。",
    ),
    "name.missing": PEOPLE["name.missing"],
    "name.mismatch": (ERROR, PEOPLE["name.mismatch"][1]),
    "village.unknown": PEOPLE["village.unknown"],
    "village.mismatch": (WARNING, "这个人登记在“{known}”，本表写的是“{written}”。已按登记的村编入，请核对。"),
    "account.precision_lost": (
        WARNING,
        "账号按数字存放，末几位已经丢失（显示为 {written}），将使用登记的账号。请把这一列设为“文本”格式。",
    ),
    "account.format": (WARNING, "账号“{written}”不是 8 到 32 位数字，将使用登记的账号。请核对。"),
    "account.missing": (WARNING, "没有填账号，收款人“{payee}”也没有登记账号。请先登记账号，否则不能报盘。"),
    "account.mismatch": (
        WARNING,
        "账号“{written}”不是收款人“{payee}”登记的账号（尾号 {tail}），将使用登记的账号。请核对。",
    ),
    "quantity.not_a_number": (ERROR, "“{written}”不是可以计算的数量。请只填数字，例如 3.79。"),
    "amount.not_a_number": (ERROR, "金额“{written}”不是数字。请只填数字，例如 381.20。"),
    "amount.not_positive": (ERROR, "金额是 {written}，应大于零。扣回请走“追回”，不要在名单里填负数。"),
    "amount.decimals": (ERROR, "金额“{written}”不止两位小数。请按四舍五入后的两位小数填写。"),
    "rate.mismatch": (WARNING, "本表的标准是 {written}，政策规定是 {rate}。金额按政策核对，请改正标准。"),
    "amount.mismatch": (ERROR, "金额是 {written} 元，按政策应为 {computed} 元（{trace}）。请核对后改正。"),
    "age.outside": (
        ERROR,
        "到 {day} 年龄为 {age} 周岁，不在本项目规定的年龄段内（{rule}）。请核对身份证号或从名单中删去。",
    ),
    "payment.duplicate": (ERROR, "本项目 {period} 已经有这个对象：{where}。同一期只能发一次，请删去这一行。"),
    "program.conflict": (
        ERROR,
        "已享受“{other}”（{period}），与本项目{mode}。请核对应享受哪一项，停掉另一项后再报。",
    ),
    "total.mismatch": (
        WARNING,
        "合计写的是 {written} 元，各行金额相加是 {sum} 元，差 {difference} 元。请核对是否漏行或改动过。",
    ),
}
NAME_CANNOT_BE_SEEN = "姓名显示为“{written}”，没有可用的姓名。请改正公式或照证件填写后重新导入这一行。"
VILLAGE_NOT_SAID = (
    "这一行没有写村（社区），从工作表名“{sheet}”和表头也认不出是哪个村。请补填登记的全称；新设的村请先登记。"
)
CONFLICT_IS_A_HINT = "已享受“{other}”（{period}），与本项目需要{mode}。已先编入，请核对后说明理由。"


class Places:
    """Where things stood in a file, as one small number each: the sheets are many, and so are the rows."""

    def __init__(self) -> None:
        self._sheets: list[str] = []

    def number(self, sheet: str, row: int) -> int:
        """A row of a sheet as one number."""
        if not self._sheets or self._sheets[-1] != sheet:
            self._sheets.append(sheet)
        place = (len(self._sheets) - 1) * _PLACES + row
        return place if row.__class__ is int else place + getattr(row, "member", 0) * _ROWS

    def words(self, place: int, sheet: str) -> str:
        """A place in the words of a sentence about a row of `sheet`."""
        its_sheet, row = self._sheets[place // _PLACES], place % _ROWS
        return f"本表第 {row} 行" if its_sheet == sheet else f"工作表“{its_sheet}”第 {row} 行"


_ROWS = 1 << 21
"""More rows than a sheet can have."""
_PLACES = 64 * _ROWS
"""A row may hold so many people, each with a place of their own."""


def finding(
    table: Mapping[str, tuple[str, str]],
    code: str,
    sheet: str,
    row: int,
    column: str,
    written: str,
    facts: Mapping[str, object] | None = None,
    *,
    level: str | None = None,
    form: str | None = None,
) -> Finding:
    """Make the finding `code` of a form's table; `facts` fill its sentence.

    `level` and `form` override the table where a rule has several modes.
    """
    if isinstance(row, MemberRow):
        column, row = row.heading(column), int(row)
    usual_level, usual_form = table[code]
    if code == "name.missing" and written:
        usual_form = NAME_CANNOT_BE_SEEN
    if code == "village.unknown" and not written:
        usual_form = VILLAGE_NOT_SAID
    sentence = (form or usual_form).format(**{"written": written, "sheet": sheet, **(facts or {})})
    return Finding(sheet, row, column, written, level or usual_level, code, sentence)


def counts_by_code(findings: Iterable[Finding]) -> dict[str, int]:
    """How many of each code, most frequent first."""
    return dict(Counter(found.code for found in findings).most_common())
