"""A bank's file taken apart: the fields of a line of text, headings as they are compared, totals rows, amounts."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from app.bankfiles.profiles import AmountUnit
from app.workbook.reading import Cell
from models.domain.money import Fen, NotMoney, fen_from_cell
from models.domain.written import compacted, outer_trimmed

BLANK: Final = " "
"""The separator of a text whose fields have one blank or several between them."""
_TOTAL_WORDS: Final = ("合计", "总计", "总合计", "本页合计")
_UNIT: Final = re.compile(r"[(（\[【][元人民币RMB¥]+[)）\]】]$")


def answer_heading(cell: Cell) -> str:
    """A heading as it is compared: half-width, without blanks and without a unit of yuan in brackets."""
    return _UNIT.sub("", compacted(unicodedata.normalize("NFKC", str(cell))))


def is_total(row: Sequence[Cell]) -> bool:
    """Whether a cell says 合计, wherever the columns stand; a line of a person has an account beside it."""
    return any(isinstance(cell, str) and compacted(cell).rstrip("：:") in _TOTAL_WORDS for cell in row)


def text_fields(line: str, separator: str, width: int = 0) -> list[str]:
    """The fields of a line of text; between blanks what is more than `width` belongs to the last one, the bank's words."""
    if separator == BLANK:
        return line.split(None, width - 1)
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=separator))]
    except csv.Error:
        return [line]  # a field longer than any bank's: this is no line of theirs


def cell_text(cell: Cell) -> str:
    """A cell as text, without what nobody sees at its ends; a whole number without its point."""
    if isinstance(cell, str):
        return cell if cell.isalnum() else outer_trimmed(cell)
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    return outer_trimmed(str(cell))


def answer_money(cell: Cell, unit: AmountUnit) -> Fen | None:
    """An amount in the unit of the file; None where it cannot be read exactly, or is a part of a fen."""
    try:
        fen = fen_from_cell(cell)
    except NotMoney:
        return None
    if unit == "yuan":
        return fen
    whole, rest = divmod(fen, 100)
    return None if rest else Fen(whole)
