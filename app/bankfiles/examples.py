"""An example of a bank's file 样表: its rows as they stand, how it is written, and what its columns seem to be."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from app.bankfiles.fields import BLANK, answer_heading, text_fields
from app.bankfiles.profiles import FileType, shipped_profiles
from app.workbook.columns import column_letters
from app.workbook.kinds.text_tables import text_form_of
from app.workbook.reading import Cell, cell_is_blank, read_workbook, row_is_blank
from models.domain.refusal import Refusal
from models.store.durable import read_bytes

_HEADING_ROWS: Final = 20
_LEAST_HEADINGS: Final = 3
_NUMBER_LIKE: Final = re.compile(r"[0-9]{4,}|^[0-9.,¥￥-]+$")
_ALSO_CALLED: Final[Mapping[str, str]] = {
    "编号": "serial", "姓名": "name", "收款人": "name", "收款人姓名": "name", "收款户名": "name", "客户姓名": "name",
    "账户名称": "name", "银行账号": "account", "收款账号": "account", "收款人账号": "account", "客户账号": "account",
    "身份证号": "id_number", "身份证号码": "id_number", "证件号": "id_number", "交易金额": "amount", "代发金额": "amount",
    "发放金额": "amount", "附言": "remark", "用途": "remark", "开户银行": "bank", "开户行": "bank", "批次编号": "batch",
    "处理结果": "status", "交易结果": "status", "交易状态": "status", "状态": "status", "结果": "status", "失败说明": "reason",
    "错误信息": "reason", "原因": "reason", "成功金额": "done_amount", "实发金额": "done_amount", "实际金额": "done_amount",
}  # fmt: skip
"""Headings that banks use beside those of the shipped layouts."""


class EmptyExample(Refusal):
    """A file without a single row."""

    form = "样表“{name}”里没有内容。请选一份有几行明细的文件。"


@dataclass(frozen=True)
class Example:
    """A file of a bank: rows that hold anything, by their number in the file (from 1), each `width` cells wide."""

    name: str
    sha256: str
    file_type: FileType
    encoding: str
    separator: str
    width: int
    rows: Sequence[tuple[int, Sequence[Cell]]]
    foreign: str = ""
    """What the text has that this program's own never has, for a sentence: its line ends, its quotes. '' for nothing."""

    def headings(self, heading_row: int) -> list[str]:
        """The headings as written in a row, '' for none; with row 0 the columns have only their places."""
        found = next((cells for number, cells in self.rows if number == heading_row), ())
        return ["" if cell_is_blank(cell) else str(cell).strip() for cell in found] or [""] * self.width

    def column_name(self, place: int, heading_row: int) -> str:
        """What a column is called in a sentence: its heading, or its letters."""
        return self.headings(heading_row)[place] or f"{column_letters(place)}列"


def read_example(path: Path) -> Example:
    """Read a bank's file as an example; of a workbook the first sheet that is not hidden and holds anything.

    Raises CannotRead, UnreadableWorkbook, EmptyExample.
    """
    body = read_bytes(path)
    sheets = [sheet for sheet in read_workbook(body, path.name).sheets if not sheet.hidden]
    rows = next(
        (found for sheet in sheets if (found := [one for one in sheet.rows() if not row_is_blank(one[1])])),
        None,
    )
    if rows is None:
        raise EmptyExample(name=path.name)
    text = text_form_of(body, path.name)
    encoding, separator = text or ("gb18030", "")
    if separator == BLANK:
        rows = list(_between_blanks(body.decode(encoding)))
    width = max(place + 1 for _, cells in rows for place, cell in enumerate(cells) if not cell_is_blank(cell))
    if text:
        width = max(len(cells) for _, cells in rows)
    padded = [(number, [*cells[:width], *[None] * (width - len(cells))]) for number, cells in rows]
    return Example(
        path.name,
        sha256(body).hexdigest(),
        "text" if text else "xlsx",
        _as_the_bank_says(body, encoding) if text else encoding,
        separator,
        width,
        padded,
        _foreign(body.decode(encoding), separator) if text else "",
    )


def _between_blanks(text: str) -> Iterator[tuple[int, list[Cell]]]:
    """The fields of lines without another separator; most lines have as many, what one has more is the bank's words."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    ((usual, _),) = Counter(len(line.split()) for _, line in lines).most_common(1)
    return ((number, list(text_fields(line, BLANK, usual))) for number, line in lines)


def _foreign(text: str, separator: str) -> str:
    """What of a text's writing app.bankfiles.layout does not write: other line ends than CR LF, fields in quotes."""
    if re.search(r"(?<!\r)\n|\r(?!\n)", text):
        return "的行尾不是回车换行（CRLF）"
    quoted = re.search(rf'(?:^|{re.escape(separator)})=?"', text, re.MULTILINE)
    return "的字段写在引号里" if quoted else ""


def _as_the_bank_says(body: bytes, encoding: str) -> str:
    """The narrowest encoding that a text is in: what an old bank system reads is not more than it wrote."""
    if encoding == "utf-8-sig":
        return encoding if body.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        body.decode("gbk")
    except UnicodeDecodeError:
        return encoding
    return "gbk" if encoding == "gb18030" else encoding


def seeming_columns(example: Example, heading_row: int) -> dict[int, str]:
    """What columns seem to hold by their headings, by place: a clerk looks at it before anything is learned."""
    known = {**_ALSO_CALLED, **_shipped_headings()}
    found: dict[int, str] = {}
    for place, heading in enumerate(example.headings(heading_row)):
        meaning = known.get(re.sub(r"[(（].*[)）]$", "", answer_heading(heading)))
        if meaning and meaning not in found.values():
            found[place] = meaning
    return found


def seeming_word(word: str) -> str:
    """What a bank's word for a result seems to say by the shipped layouts: success, failure, unfinished, or '' for nobody knows."""
    for answer in (profile.answer for profile in shipped_profiles().values()):
        for meaning, words in (
            ("success", answer.success), ("failure", answer.failure), ("unfinished", answer.unfinished)
        ):  # fmt: skip
            if word in words:
                return meaning
    return ""


def heading_row_of(example: Example) -> int:
    """The first row that looks like headings: several words, no long number among them; 0 where none does."""
    for number, cells in example.rows:
        if number > _HEADING_ROWS:
            break
        words = [cell for cell in cells if not cell_is_blank(cell)]
        if len(words) >= min(_LEAST_HEADINGS, example.width) and not any(
            not isinstance(cell, str) or _NUMBER_LIKE.search(cell) for cell in words
        ):
            return number
    return 0


def _shipped_headings() -> dict[str, str]:
    """What the columns of the shipped layouts hold, by their headings as compared."""
    return {
        answer_heading(column.heading): column.holds
        for profile in shipped_profiles().values()
        for column in (*profile.columns, *profile.answer.columns)
        if column.holds != "constant"
    }
