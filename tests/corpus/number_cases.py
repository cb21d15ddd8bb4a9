"""Account files and allotments: account numbers and sums of money in every state that workbooks bring them in."""

from tests.corpus.offices import FIVE, ONE, TWO, Found, book, table_text, taken_in

ACCOUNTS, ALLOTMENTS = "accounts", "allotments"
CARD, OTHER_CARD = "6217000000000000129", "622848000000000007"
"""Valid by DOMAIN §5."""
_HEADING = ("村", "姓名", "身份证号码", "开户银行", "账号")
_GOOD = ("上溪村", "张三", ONE, "农商行", CARD)

# -- account numbers ------------------------------------------------------------------------------------------


def an_account(name: str, cell: object, kept: str, *found: str) -> None:
    """李四's row with this account cell, under 张三's good one; `kept` is the number taken in, '' for none."""
    error = isinstance(cell, tuple) and str(cell[1]).startswith("#")
    taken_in(
        ACCOUNTS,
        f"account: {name}",
        book([_HEADING, _GOOD, ("上溪村", "李四", TWO, "农商行", cell)]),
        (("张三", CARD), ("李四", kept)) if kept else (("张三", CARD),),
        *[(3, "账号", code) for code in found],
        remarks=["error_cells"] if error else [],
        rows=2,
    )


an_account("as text", OTHER_CARD, OTHER_CARD)
an_account("in groups", " ".join(OTHER_CARD[at : at + 4] for at in range(0, 18, 4)), OTHER_CARD)
an_account(
    "full width", OTHER_CARD.translate({0x30 + digit: 0xFF10 + digit for digit in range(10)}), OTHER_CARD
)
an_account("an apostrophe", f"'{OTHER_CARD}", OTHER_CARD)
an_account("zero width and bidi", f"\u200e{OTHER_CARD}\u2060", OTHER_CARD)
an_account("a passbook with leading zeros", "00123456789012", "00123456789012")
an_account("a short number as a number", 123456789012.0, "123456789012")
an_account("15 digits as a number", 123456789012345.0, "123456789012345")
an_account("16 digits as a number", 1234567890123456.0, "", "account.precision_lost")
an_account("19 digits as a number", float(CARD), "", "account.precision_lost")
an_account("a number shown in a text", "6.2E+18", "", "account.format")
an_account("a number with decimals", 12345678.5, "", "account.format")
an_account("dashes", "6228-4800-0000-0000-07", "", "account.format")
an_account("underscores", "622848_000000000007", "", "account.format")
an_account(
    "Arabic digits",
    OTHER_CARD.translate({0x30 + digit: 0x660 + digit for digit in range(10)}),
    "",
    "account.format",
)
an_account("O for 0", OTHER_CARD.replace("0", "O", 1), "", "account.format")
an_account("seven digits", "1234567", "", "account.format")
an_account("thirty-three digits", "1" * 33, "", "account.format")
an_account("nan", "nan", "", "account.format")
an_account("an error", ("=1/0", "#DIV/0!"), "", "account.format")
an_account("empty", None, "", "account.missing")
an_account("blanks", " \u3000", "", "account.missing")
an_account("a card that fails its check", CARD[:-1] + "0", CARD[:-1] + "0", "account.luhn")
an_account("another household's", CARD, CARD, "account.shared")
taken_in(ACCOUNTS, "somebody unknown", book([_HEADING, _GOOD, ("上溪村", "王五", FIVE, "农商行", OTHER_CARD)]), (("张三", CARD),), (3, "身份证号码", "person.unknown"), rows=2)  # fmt: skip
taken_in(ACCOUNTS, "another name", book([_HEADING, ("上溪村", "张山", ONE, "农商行", CARD)]), (("张三", CARD),), (2, "姓名", "name.mismatch"))  # fmt: skip
taken_in(ACCOUNTS, "the same row twice", book([_HEADING, _GOOD, _GOOD]), (("张三", CARD),), (3, "账号", "row.repeated"), rows=2, accepted=2)  # fmt: skip
taken_in(ACCOUNTS, "two numbers of one person", book([_HEADING, _GOOD, (*_GOOD[:4], OTHER_CARD)]), (("张三", CARD),), (3, "账号", "account.conflict"), rows=2)  # fmt: skip
taken_in(ACCOUNTS, "text keeps leading zeros", table_text([_HEADING, (*_GOOD[:4], "0012345678")]).encode("gbk"), (("张三", "0012345678"),), file="交来.csv")  # fmt: skip

# -- money ----------------------------------------------------------------------------------------------------

_MONEY = ("文号", "资金级次", "补贴项目", "下达日期", "指标金额（元）")
_LAND = "耕地地力保护补贴"


def money(name: str, cell: object, fen: int, *found: str, heading: str = "", title: str = "") -> None:
    """An allotment of this sum; `fen` is what is taken in, 0 for nothing."""
    headings = (*_MONEY[:4], heading or _MONEY[4])
    above = [[title]] if title else []
    error = isinstance(cell, tuple) and str(cell[1]).startswith("#")
    said: list[Found] = [(2 + len(above), headings[4], code) for code in found]
    taken_in(
        ALLOTMENTS,
        f"money: {name}",
        book([*above, headings, ("财农〔2024〕8号", "中央", _LAND, "2024-05-20", cell)]),
        (("财农〔2024〕8号", fen),) if fen else (),
        *said,
        remarks=["error_cells"] if error else [],
        rows=1,
    )


money("a whole number", 571000.0, 57_100_000)
money("two decimals", 571000.25, 57_100_025)
money("binary noise", 0.1 + 0.2, 30)
money("as text", "571000.25", 57_100_025)
money("thousands", "571,000.25", 57_100_025)
money("full width", "５７１，０００．２５", 57_100_025)
money("a currency sign", "¥571,000.25", 57_100_025)
money("the unit behind", "571000.25元", 0, "amount.not_a_number")
money("万元 in the heading", 57.100025, 57_100_025, heading="指标金额（万元）")
money("万元 in the title", "57.1", 57_100_000, heading="指标金额", title="单位：万元")
money("万元 with too many digits", "57.10000251", 0, "amount.decimals", heading="指标金额（万元）")
money("a hidden third decimal", 571000.255, 0, "amount.decimals")
money("commas in the wrong places", "57,10,00.25", 0, "amount.not_a_number")
money("underscores", "571_000", 0, "amount.not_a_number")
money("an exponent", "5.71E+5", 0, "amount.not_a_number")
money("hexadecimal", "0x8B60", 0, "amount.not_a_number")
money("nan", "nan", 0, "amount.not_a_number")
money("infinity", "Infinity", 0, "amount.not_a_number")
money("Arabic digits", "٥٧١٠٠٠", 0, "amount.not_a_number")
money("digits of Thai", "๕๗๑๐๐๐", 0, "amount.not_a_number")
money("a fraction", "½", 0, "amount.not_a_number")
money("in words", "伍拾柒万壹仟元整", 0, "amount.not_a_number")
money("a sum written out", "=571000+1", 0, "amount.not_a_number")
money("less than nothing", -5.0, 0, "amount.not_positive")
money("nothing", 0.0, 0, "amount.not_positive")
money("truth", ("=TRUE()", True), 0, "amount.not_a_number")
money("an error", ("=1/0", "#DIV/0!"), 0, "amount.not_a_number")
money("a formula's result", ("=571000+0.25", 571000.25), 57_100_025)
