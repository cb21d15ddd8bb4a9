"""Three banks of nobody's: how each takes files and answers them, and what a clerk points at on its examples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sheets import workbook

Rows = Sequence[Sequence[object]]
CARDS = ("6228580000000000017", "6228580000000000025")


def _text(encoding: str, separator: str) -> Callable[[Path, Rows], Path]:
    def write(path: Path, rows: Rows) -> Path:
        text = "".join(separator.join(map(str, row)) + "\r\n" for row in rows)
        path.write_bytes(text.encode(encoding))
        return path

    return write


def _sheet(path: Path, rows: Rows) -> Path:
    return workbook(path, ("说明", []), ("代发", rows))


@dataclass(frozen=True)
class Bank:
    """One bank: how it writes, an example of a file to it and of an answer, what is said of both."""

    name: str
    write: Callable[[Path, Rows], Path]
    suffix: str
    out: Rows
    out_columns: dict[str, str]
    back: Rows
    back_columns: dict[str, str]
    words: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)


REEDS = Bank(
    name="芦荡村镇银行",  # text between bars, GBK, headings, fen, a totals line
    write=_text("gbk", "|"),
    suffix=".txt",
    out=[
        ["编号", "收款人", "收款账号", "币种", "代发额(分)", "附言"],
        [1, "张三", CARDS[0], "CNY", 10050, "耕地补贴"],
        [2, "李四", CARDS[1], "CNY", 200, "耕地补贴"],
        ["合计", 2, "", "", 10250, ""],
    ],
    out_columns={"编号": "序号", "收款人": "户名", "收款账号": "账号", "币种": "固定内容", "代发额(分)": "金额", "附言": "摘要"},
    back=[
        ["编号", "收款人", "收款账号", "代发额(分)", "入账额(分)", "回执", "说明"],
        [1, "张三", CARDS[0], 10050, 10050, "S", ""],
        [2, "李四", CARDS[1], 200, 0, "F", "账户已销户"],
        ["合计", 2, "", 10250, 10050, "", ""],
    ],
    back_columns={
        "编号": "序号", "收款人": "户名", "收款账号": "账号", "代发额(分)": "金额", "入账额(分)": "实处理金额", "回执": "处理结果",
        "说明": "失败原因",
    },
    words={"success": ["S"], "failure": ["F"]},
    settings={"amount_unit": "fen"},
)  # fmt: skip

HILLS = Bank(
    name="石岭信用联社",  # a workbook, the answer with a title and notes
    write=_sheet,
    suffix=".xlsx",
    out=[
        ["客户姓名", "客户账号", "发放金额（元）", "证件号", "用途", "备用"],
        ["张三", CARDS[0], 100.5, "110105194912310021", "耕地补贴", None],
        ["李四", CARDS[1], 2.0, "440524188001010014", "耕地补贴", None],
        ["合计", None, 102.5, None, None, None],
    ],
    out_columns={"客户姓名": "户名", "客户账号": "账号", "发放金额": "金额", "证件号": "证件号码", "E列": "摘要"},
    back=[
        ["批量代发结果清单"],
        ["客户姓名", "客户账号", "发放金额（元）", "交易码", "交易说明"],
        ["张三", CARDS[0], 100.5, "0000", "交易成功"],
        ["李四", CARDS[1], 2.0, "E201", "无此账号"],
        ["合计", None, 102.5],
        ["打印人：柜员03"],
    ],
    back_columns={"客户姓名": "户名", "客户账号": "账号", "发放金额（元）": "金额", "交易码": "处理结果", "交易说明": "失败原因"},
    words={"success": ["0000"], "failure": ["E201"], "unfinished": ["P100"]},
)  # fmt: skip

FERRY = Bank(
    name="渡口农商行",  # text between blanks, UTF-8, nothing but lines
    write=_text("utf-8", " "),
    suffix=".dat",
    out=[["张三", CARDS[0], "100.50", "07"], ["李四", CARDS[1], "2.00", "07"]],
    out_columns={"A列": "户名", "B列": "账号", "C列": "金额", "D列": "固定内容"},
    back=[["张三", CARDS[0], "100.50", "07", "成功"], ["李四", CARDS[1], "2.00", "07", "户名不符"]],
    back_columns={"A": "户名", "B": "账号", "C": "金额", "E": "处理结果"},
    words={"success": ["成功"], "failure": ["户名不符"]},
    settings={"heading_row": 0},
)

BANKS = (REEDS, HILLS, FERRY)
