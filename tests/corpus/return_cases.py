"""Bank returns 回盘 in every kind of file: what each line says, or the refusal word for word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.returns.answers import AnswerEmpty, AnswerTotalsDiffer, NotThisAnswer, UnknownAnswer
from models.domain.refusal import Refusal
from tests.corpus.offices import ONE, TWO, book, table_text
from tests.corpus.packages import ods
from tests.corpus.table_cases import data, row, table, text, xml2003

Line = tuple[str, int | None, str | None]
"""Name, fen, verdict."""


@dataclass(frozen=True)
class ReturnCase:
    """A return file, the layout that it is known as, and its lines; or its refusal."""

    name: str
    file: str
    made: bytes | Callable[[], bytes]
    profile: str = ""
    lines: Sequence[Line] = ()
    refused: type[Refusal] | None = None
    sentence: str = ""

    def build(self) -> bytes:
        """The file's bytes."""
        return self.made if isinstance(self.made, bytes) else self.made()


RETURNS: list[ReturnCase] = []
CARD, OTHER = "6228580000000000017", "6228580000000000025"
RURAL = ("序号", "户名", "账号", "金额", "摘要", "证件号码", "处理状态", "失败原因")
GOOD = ("1", "张三", CARD, 100.5, "耕地补贴", ONE, "成功", None)
BAD = ("2", "李四", OTHER, 20.0, "耕地补贴", TWO, "失败", "账户已销户")
TABLE = [RURAL, GOOD, BAD]
BOTH: Sequence[Line] = (("张三", 10050, "paid"), ("李四", 2000, "failed"))


def answers(
    name: str,
    made: bytes | Callable[[], bytes],
    lines: Sequence[Line],
    file: str = "回盘.xlsx",
    profile: str = "rural_bank",
) -> None:
    """The file is read so."""
    RETURNS.append(ReturnCase(name, file, made, profile, lines))


def turned_away(
    name: str,
    made: bytes | Callable[[], bytes],
    refused: type[Refusal],
    sentence: str,
    file: str = "回盘.xlsx",
) -> None:
    """The file is refused with just this sentence."""
    RETURNS.append(ReturnCase(name, file, made, refused=refused, sentence=sentence))


answers("a workbook", book(TABLE), BOTH)
answers("titles above", book([["新昌农商银行代发结果"], ["2024年6月"], *TABLE]), BOTH)
answers(
    "columns in another order",
    book([[cells[place] for place in (7, 6, 5, 4, 3, 2, 1, 0)] for cells in TABLE]),
    BOTH,
)
answers(
    "amounts as text", book([RURAL, (*GOOD[:3], "100.50", *GOOD[4:]), (*BAD[:3], "20.00", *BAD[4:])]), BOTH
)
answers("thousands", book([RURAL, (*GOOD[:3], "1,100.50", *GOOD[4:])]), (("张三", 110050, "paid"),))
answers(
    "an amount that cannot be read waits for somebody",
    book([RURAL, (*GOOD[:3], "1_00", *GOOD[4:])]),
    (("张三", None, None),),
)
answers(
    "an error in the amount",
    book([RURAL, (*GOOD[:3], ("=1/0", "#DIV/0!"), *GOOD[4:])]),
    (("张三", None, None),),
)
answers("three decimals", book([RURAL, (*GOOD[:3], 100.505, *GOOD[4:])]), (("张三", None, None),))
answers("a totals line that agrees", book([*TABLE, ("合计", None, None, 120.5)]), BOTH)
answers("a state that is no answer yet", book([RURAL, (*GOOD[:6], "处理中", None)]), (("张三", 10050, None),))
answers("no state at all", book([RURAL, (*GOOD[:6], None, None)]), (("张三", 10050, None),))
answers("data on the second sheet", book({"说明": [["回盘说明"]], "结果": TABLE}), BOTH)
answers(
    "OpenDocument",
    lambda: ods(table("".join(row(*(text(str(cell or "")) for cell in cells)) for cells in TABLE))),
    BOTH,
    "回盘.ods",
)
answers("XML of 2003", xml2003("".join("<Row>" + "".join(data("String", str(cell or "")) for cell in cells) + "</Row>" for cells in TABLE)), BOTH, "回盘.xls")  # fmt: skip
answers(
    "a page",
    ("<table>" + "".join("<tr>" + "".join(f"<td>{cell or ''}</td>" for cell in cells) + "</tr>" for cells in TABLE) + "</table>").encode("gbk"),
    BOTH,
    "回盘.xls",
)  # fmt: skip
for encoding in ("gbk", "utf-8-sig", "utf-16"):
    answers(f"text in {encoding}", table_text(TABLE).encode(encoding), BOTH, "回盘.csv")

_ICBC = (
    f"1 B001 张三 {CARD} {ONE} 001 10050 耕地 10050 全部成功\r\n2 B001 李四 {OTHER} {TWO} 001 2000 耕地 0 202"
)
answers("ten fields of GBK text", _ICBC.encode("gbk"), BOTH, "回盘.txt", "icbc_text")
answers(
    "ten fields and line feeds only", _ICBC.replace("\r", "").encode("gbk"), BOTH, "回盘.txt", "icbc_text"
)

NO_BANK = (
    "“回盘.xlsx”不像任何一种银行的回盘文件。找过的列名：工行式代发工作簿：姓名、卡号、应处理金额、备注、实处理金额、处理标志；"
    "农商银行代发工作簿：户名、账号、金额、处理状态、失败原因。请核对是否选错文件；格式确实不同的，请用 --profile 指明银行格式，"
    "或用 bank-profile learn 从样表学会这家银行的格式。"
)
answers("a totals line of text", f"{_ICBC}\r\n合计 2 12050".encode("gbk"), BOTH, "回盘.txt", "icbc_text")
for count, fen in (("2_0", "12050"), ("2", "12_050"), ("2", "1.2E4"), ("２", "nan")):
    turned_away(
        f"a totals line of text that says {count} and {fen}",
        f"{_ICBC}\n合计 {count} {fen}".encode("gb18030"),
        NotThisAnswer,
        f"“回盘.txt”不是“工行式代发文本”格式的回盘文件：合计行“合计 {count} {fen}”读不出笔数和金额。请核对文件和 --profile 后重试。",
        "回盘.txt",
    )
turned_away(
    "a totals line that does not agree",
    book([*TABLE, ("合计", None, None, 999.0)]),
    AnswerTotalsDiffer,
    "“回盘.xlsx”的合计行与明细不符：合计写 999.00 元，明细相加是 2 笔、120.50 元，没有登记任何一行。文件可能不完整或被改动过，请向银行重新索取。",
)
turned_away(
    "headings and nothing", book([RURAL]), AnswerEmpty, "“回盘.xlsx”里没有一行回盘明细。请核对文件是否完整。"
)
turned_away("a roster", book([["村", "姓名", "金额"], ["上溪村", "张三", 1.0]]), UnknownAnswer, NO_BANK)
turned_away("the state is missing", book([cells[:6] for cells in TABLE]), UnknownAnswer, NO_BANK)
