"""What a marked workbook 错误回单 says: its marks, and the page that counts them, before anything is written.

The names here are known to whoever reads a workbook, too: a workbook that was marked and comes back is read without the
column and the sheet that marking added.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

ERROR: Final = "error"
WARNING: Final = "warning"
LEVEL_NAMES: Final[Mapping[str, str]] = {ERROR: "错误", WARNING: "提醒"}

MARK_HEADING: Final = "问题与改法"
"""The heading of the column that marking adds after a table."""
SUMMARY_SHEET: Final = "问题汇总"
"""The name of the sheet that marking adds before the others; numbered when the workbook has one of its own."""
SUMMARY_TITLE: Final = "问题汇总（错误回单）"
"""The first cell of that sheet, by which it is known."""
NOTE_AUTHOR: Final = "乡财一卡通"
NOTE_SEPARATOR: Final = f"—— {MARK_HEADING} ——"
"""Stands between a note of the clerk's own and what marking appends to it."""
MOST_NOTES: Final = 5_000
"""Notes a sheet; Excel and WPS open sheets with more of them in minutes, and the column says the same."""
LONGEST_TEXT: Final = 32_767
"""What a cell of Excel holds, in UTF-16 units."""
LONGEST_NOTE: Final = 2_000
LONGEST_EXAMPLE: Final = 400
MARK_WIDTH: Final = 60
"""The width of the column, in characters."""

FILLS: Final[Mapping[str, str]] = {ERROR: "FFFFC8CE", WARNING: "FFFFEB9D"}
"""ARGB of a marked cell by its level: one step beside the usual light red and yellow, so that ours are known again."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One problem as it is shown in the sheet: the Excel row (from 1), the column (from 0; None for the row's first).

    `heading` names the column and `kind` the sort of problem in Chinese; `level` is "error" or "warning".
    """

    sheet: str
    row: int
    column: int | None
    level: str
    sentence: str
    heading: str = ""
    kind: str = ""

    @property
    def line(self) -> str:
        """The mark as a line of the column 问题与改法."""
        return f"【{LEVEL_NAMES[self.level]}】{self.heading}{'：' if self.heading else ''}{self.sentence}"


@dataclass(frozen=True)
class Summary:
    """The figures of the run that found the marks, and the sheets that it did not read."""

    name: str
    rows: int
    accepted: int
    rejected: int
    unread_sheets: Sequence[str] = ()


def is_summary(name: str, first_cell: object) -> bool:
    """Whether a sheet of this name with this first cell was added by marking."""
    return name.startswith(SUMMARY_SHEET) and first_cell == SUMMARY_TITLE


def summary_name(taken: Iterable[str]) -> str:
    """A name for the page that no sheet of the workbook has."""
    names = {name.casefold() for name in taken}
    name, again = SUMMARY_SHEET, 1
    while name.casefold() in names:
        again += 1
        name = f"{SUMMARY_SHEET}（{again}）"
    return name


# -- one sheet's marks ----------------------------------------------------------------------------------------


@dataclass
class SheetMarks:
    """The marks of one sheet, put together by cell and by row; columns from 0, rows from 1."""

    levels: dict[int, dict[int, str]] = field(default_factory=dict)
    """Row → column → the worst level of the cell."""
    notes: dict[tuple[int, int], str] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)
    """Row → the text of its cell in the column 问题与改法."""


def marks_by_sheet(marks: Iterable[Mark]) -> dict[str, list[Mark]]:
    """Sheet → its marks by row and column, in the order in which sheets are first named."""
    sheets: dict[str, list[Mark]] = {}
    for mark in marks:
        sheets.setdefault(mark.sheet, []).append(mark)
    for several in sheets.values():
        several.sort(key=lambda mark: (mark.row, -1 if mark.column is None else mark.column, mark.level))
    return sheets


def sheet_marks(marks: Iterable[Mark], anchors: "Merged") -> SheetMarks:
    """Put a sheet's marks (ordered by row and column) together; a cell under a merge shows them in the merge's first."""
    made = SheetMarks()
    notes: dict[tuple[int, int], list[str]] = {}
    lines: dict[int, list[str]] = {}
    for mark in marks:
        row, column = anchors.anchor(mark.row, mark.column or 0)
        levels = made.levels.setdefault(row, {})
        levels[column] = min(mark.level, levels.get(column, mark.level))  # "error" < "warning"
        place = f"第 {mark.row} 行：" if row != mark.row else ""
        notes.setdefault((row, column), []).append(f"【{LEVEL_NAMES[mark.level]}】{place}{mark.sentence}")
        lines.setdefault(mark.row, []).append(mark.line)
    for cell, several in notes.items():
        if len(made.notes) == MOST_NOTES:
            break
        made.notes[cell] = shortened("\n".join(dict.fromkeys(several)), LONGEST_NOTE)
    made.lines = {row: shortened("\n".join(dict.fromkeys(several))) for row, several in lines.items()}
    return made


def shortened(text: str, most: int = LONGEST_TEXT) -> str:
    """The text cut to so many UTF-16 units, as Excel counts, with an ellipsis; a cell as written may be endless."""
    if len(text) <= most and len(text.encode("utf-16-le", "replace")) <= 2 * most:
        return text
    return text.encode("utf-16-le", "replace")[: 2 * most - 2].decode("utf-16-le", "ignore") + "…"


class Merged:
    """Which cells are hidden under a merge: ranges as (first row from 1, first column from 0, last row, last column)."""

    _SMALL = 1_000

    def __init__(self, ranges: Iterable[tuple[int, int, int, int]] = ()) -> None:
        self._anchors: dict[tuple[int, int], tuple[int, int]] = {}
        self._large: list[tuple[int, int, int, int]] = []
        self.last_column = -1
        for first_row, first_column, last_row, last_column in ranges:
            self.last_column = max(self.last_column, last_column)
            if (last_row - first_row + 1) * (last_column - first_column + 1) > self._SMALL:
                self._large.append((first_row, first_column, last_row, last_column))
                continue
            for row in range(first_row, last_row + 1):
                for column in range(first_column, last_column + 1):
                    self._anchors[row, column] = (first_row, first_column)

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The cell in which the value of this cell is seen: the first of its merge, or itself."""
        found = self._anchors.get((row, column))
        if found is not None:
            return found
        for first_row, first_column, last_row, last_column in self._large:
            if first_row <= row <= last_row and first_column <= column <= last_column:
                return first_row, first_column
        return row, column


# -- the page -------------------------------------------------------------------------------------------------


class Look(Enum):
    """How a cell of the page looks."""

    TITLE = "title"
    TEXT = "text"
    HEADING = "heading"
    CELL = "cell"
    COUNT = "count"
    ERROR = "error"
    WARNING = "warning"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class PageCell:
    """A cell of the page: a text or a count, how it looks, and the cell of the workbook that it leads to."""

    value: str | int
    look: Look
    to_sheet: str = ""
    to_cell: str = ""


PAGE_WIDTHS: Final = (10, 26, 10, 10, 16, 66)
"""The widths of the page's columns, in characters."""
_LEVEL_LOOKS: Final[Mapping[str, Look]] = {ERROR: Look.ERROR, WARNING: Look.WARNING}


def page(summary: Summary, marks: Sequence[Mark]) -> list[list[PageCell]]:
    """The rows of the sheet 问题汇总: what came of the file, what to do next, problems by kind, problems by sheet.

    Rows whose only cell is a title or a text run over the whole page.
    """
    counted = f"文件：{summary.name}。共 {summary.rows} 行，通过 {summary.accepted} 行，退回 {summary.rejected} 行。"
    rows = [[PageCell(SUMMARY_TITLE, Look.TITLE)], [PageCell(counted, Look.TEXT)]]
    rows += [[PageCell(text, Look.TEXT)] for text in _next_steps(summary, marks)]
    if marks:
        rows += [[], *_by_kind(marks), [], *_by_sheet(marks)]
    if summary.unread_sheets:
        unread = "、".join(f"“{name}”" for name in summary.unread_sheets)
        text = f"没有读取的工作表：{unread}。其中如有要导入的数据，请取消隐藏并补上表头后重新导入。"
        rows += [[], [PageCell(text, Look.TEXT)]]
    return rows


def _next_steps(summary: Summary, marks: Sequence[Mark]) -> list[str]:
    if not marks:
        return ["没有发现问题，不用改。"]
    levels = Counter(mark.level for mark in marks)
    steps = []
    if levels[ERROR]:
        steps.append(
            f"浅红色单元格是错误（{levels[ERROR]} 处），所在的 {summary.rejected} 行没有导入："
            f"请照各表最后一列“{MARK_HEADING}”改正。"
        )
    if levels[WARNING]:
        steps.append(f"浅黄色单元格是提醒（{levels[WARNING]} 处），所在的行可以导入：请核对，无误则不用改。")
    steps.append(
        f"改好后保存，把整个文件重新导入。本页、“{MARK_HEADING}”一列和颜色、批注不用删，导入时不当作数据。"
    )
    return steps


def _by_kind(marks: Sequence[Mark]) -> list[list[PageCell]]:
    """Level and kind of problem, the worst and most frequent first, with the sentence and the place of the first one."""
    counts = Counter((mark.level, mark.kind) for mark in marks)
    firsts: dict[tuple[str, str], Mark] = {}
    sheets: dict[tuple[str, str], set[str]] = {}
    for mark in marks:
        firsts.setdefault((mark.level, mark.kind), mark)
        sheets.setdefault((mark.level, mark.kind), set()).add(mark.sheet)
    rows = [_headings("级别", "问题", "处数", "表数", "第一处", "怎样改（第一处的说明）")]
    for key, count in sorted(counts.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0][1])):
        level, kind = key
        first = firsts[key]
        rows.append(
            [
                PageCell(LEVEL_NAMES[level], _LEVEL_LOOKS[level]),
                PageCell(kind, Look.CELL),
                PageCell(count, Look.COUNT),
                PageCell(len(sheets[key]), Look.COUNT),
                _link(first),
                PageCell(shortened(first.sentence, LONGEST_EXAMPLE), Look.CELL),
            ]
        )
    return rows


def _by_sheet(marks: Sequence[Mark]) -> list[list[PageCell]]:
    rows = [_headings("序号", "工作表", "错误", "提醒", "第一处", "有问题的行")]
    for place, (sheet, several) in enumerate(marks_by_sheet(marks).items(), 1):
        levels = Counter(mark.level for mark in several)
        marked = list(dict.fromkeys(mark.row for mark in several))
        shown = "、".join(map(str, marked[:_SHOWN_ROWS]))
        more = f"……共 {len(marked)} 行" if len(marked) > _SHOWN_ROWS else f"，共 {len(marked)} 行"
        rows.append(
            [
                PageCell(place, Look.COUNT),
                PageCell(sheet, Look.CELL),
                PageCell(levels[ERROR], Look.COUNT),
                PageCell(levels[WARNING], Look.COUNT),
                _link(several[0]),
                PageCell(f"第 {shown} 行{more}", Look.CELL),
            ]
        )
    return rows


_SHOWN_ROWS: Final = 20


def _headings(*texts: str) -> list[PageCell]:
    return [PageCell(text, Look.HEADING) for text in texts]


def _link(mark: Mark) -> PageCell:
    return PageCell(f"第 {mark.row} 行", Look.LINK, mark.sheet, cell_name(mark.row, mark.column or 0))


def row_height(row: Sequence[PageCell]) -> int:
    """The height in pt that a row of the page needs: said in the file, because not every office program finds it."""
    if row and row[0].look is Look.TITLE:
        return 30
    widths = (sum(PAGE_WIDTHS),) if len(row) == 1 else PAGE_WIDTHS
    lines = [_lines_of(str(cell.value), width) for cell, width in zip(row, widths, strict=False)]
    return _LINE_PT * max(1, *lines) + 4 if lines else _LINE_PT


def mark_height(text: str) -> int:
    """The height in pt in which a cell of the column 问题与改法 is seen whole, as far as Excel lets a row grow.

    0 for a single line, which any row shows.
    """
    lines = sum(max(1, _lines_of(line, MARK_WIDTH)) for line in text.split("\n"))
    return min(_LINE_PT * lines, _HIGHEST) if lines > 1 else 0


def _lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column so many characters wide, a Han character being two."""
    return -(-len(text.encode("gb18030", "replace")) // (width - 2))


_LINE_PT: Final = 15
_HIGHEST: Final = 409


def cell_name(row: int, column: int) -> str:
    """A cell's name in Excel, from its row (from 1) and column (from 0): C5."""
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """A column's letters, from its number from 0: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        text = chr(ord("A") + place) + text
    return text
