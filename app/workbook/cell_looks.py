"""How written cells look, and how much room their texts take: an office's fonts, 小标宋 over 黑体 over 宋体."""

from typing import Final

import xlsxwriter
from xlsxwriter.format import Format

from app.workbook.table_columns import Column, Kind

TITLE_FONT: Final = "方正小标宋简体"
HEADING_FONT: Final = "黑体"
DEFAULT_FONT: Final = "宋体"
"""The fonts of official papers, by the names that Windows and WPS know; elsewhere a Chinese font stands in (charset 134)."""
TABLE_SIZE: Final = 10.5

_GB2312: Final = 134
# a column of n characters is 7n + 5 pixels of 3/4 pt, of which the cell's own edges take some
_CHARACTER_PT: Final = 5.25
_EDGES_PT: Final = 3.75
PADDING_PT: Final = 4.5
INDENT_PT: Final = 6.75
LINE_RATIO: Final = 1.3


class Formats:
    """The cell formats of a workbook, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def make(self, **properties: object) -> Format:
        """The format with these properties of xlsxwriter, in the middle of its row and in `DEFAULT_FONT` unless told."""
        wanted = {"font_name": DEFAULT_FONT, "font_charset": _GB2312, "valign": "vcenter", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def cell(self, column: Column, size: float, *, bold: bool) -> Format:
        """The format of a table cell."""
        align = column.side
        return self.make(
            font_size=size,
            num_format=column.kind.value,
            align=align,
            indent=int(is_indented(column)),
            border=1,
            bold=bold,
            **({"text_wrap": True} if wraps(column) else {"shrink": True}),
        )


def wraps(column: Column) -> bool:
    """Whether its text goes on to a next line; what does not wrap is made smaller."""
    return column.kind is Kind.TEXT and column.wrap


def is_indented(column: Column) -> bool:
    """Whether its text stands a little off the left edge."""
    return column.kind is Kind.TEXT and column.side == "left"


def column_pt(column: Column) -> float:
    """How wide it is, in pt."""
    return column.width * _CHARACTER_PT + _EDGES_PT


def halves_of(room_pt: float, size: float) -> int:
    """How many half-width characters stand on a line."""
    return max(2, int(2 * room_pt / size) // 2 * 2)


def lines_of(text: str, room_pt: float, size: float) -> int:
    """How many lines a text takes in so much room; a Chinese character is as wide as the type is high, others half."""
    if not text:
        return 1
    halves = halves_of(room_pt, size)
    # GB 18030 has one byte for what is half as wide, and at least two for the rest
    return sum(max(1, -(-len(part.encode("gb18030", "replace")) // halves)) for part in text.split("\n"))
