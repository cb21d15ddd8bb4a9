"""What the reading noticed about a sheet and the clerk should know, each as a sentence (DOMAIN §6: said, and asked)."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

_SHOWN: Final = 8


@dataclass(frozen=True)
class Remark(ABC):
    """Something about a sheet; `code` is stable for scripts, `sentence` is what the clerk sees."""

    sheet: str
    code: ClassVar[str]

    @property
    @abstractmethod
    def sentence(self) -> str:
        """What was noticed and what to do."""

    def as_json(self) -> dict[str, object]:
        """The form of `--json`."""
        return {"sheet": self.sheet, "code": self.code, "sentence": self.sentence}


@dataclass(frozen=True)
class _OfRows(Remark):
    """About whole rows: runs (first, last) of Excel numbers."""

    runs: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """How many rows."""
        return sum(last - first + 1 for first, last in self.runs)

    @property
    def rows(self) -> Iterable[int]:
        """Every row's number."""
        return (row for first, last in self.runs for row in range(first, last + 1))

    @property
    def shown(self) -> str:
        """The rows in words, a few runs of them."""
        return _listed([f"{first}–{last}" if last > first else f"{first}" for first, last in self.runs])


@dataclass(frozen=True)
class _OfCells(Remark):
    """About single cells: (row, column from 0, text); `count` may be more than are listed."""

    cells: tuple[tuple[int, int, str], ...]
    count: int

    @property
    def shown(self) -> str:
        """The first of them in words."""
        return _listed(
            [f"{column_name(column)}{row}{f'（{text}）' if text else ''}" for row, column, text in self.cells]
        )


@dataclass(frozen=True)
class HiddenRows(_OfRows):
    """Rows with content that the clerk does not see; they are read like the others."""

    filtered: bool = False
    code = "sheet.hidden_rows"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        by = "（表上有筛选）" if self.filtered else ""
        return (
            f"工作表“{self.sheet}”有 {self.count} 行是隐藏的{by}：第 {self.shown} 行，里面的内容也读取了。"
            "请核对这些行要不要；不要的请在表里删去后重新导入。"
        )


@dataclass(frozen=True)
class HiddenColumns(Remark):
    """Columns that the clerk does not see: runs (first, last) from 0, both included."""

    runs: tuple[tuple[int, int], ...]
    code = "sheet.hidden_columns"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        shown = _listed(
            [
                column_name(first) + (f"–{column_name(last)}" if last > first else "")
                for first, last in self.runs
            ]
        )
        return f"工作表“{self.sheet}”有隐藏的列（{shown}），里面的内容也读取了。请取消隐藏，核对后再用。"


@dataclass(frozen=True)
class StruckRows(_OfRows):
    """Rows with text that is struck through: as a rule somebody meant to take them out."""

    code = "sheet.struck_rows"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return (
            f"工作表“{self.sheet}”有 {self.count} 行带删除线：第 {self.shown} 行，内容照样读取了。"
            "如果划掉表示不要，请在表里删去这些行后重新导入。"
        )


@dataclass(frozen=True)
class ErrorCells(_OfCells):
    """Cells that show an error instead of a value."""

    code = "sheet.error_cells"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return (
            f"工作表“{self.sheet}”有 {self.count} 个格子显示错误值：{self.shown}，不是空白，也没有可用的值。"
            "请改正公式或直接填上数值后重新导入。"
        )


@dataclass(frozen=True)
class FormulasWithoutValue(_OfCells):
    """Formulas whose result was never stored: the cell reads as empty although Excel would show something."""

    code = "sheet.formulas_without_value"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return (
            f"工作表“{self.sheet}”有 {self.count} 个公式没有保存计算结果：{self.shown}，没有可用的值。"
            "请用 WPS 或 Excel 打开，等计算完成后保存，再重新导入。"
        )


@dataclass(frozen=True)
class RepeatedCells(_OfCells):
    """Cells that the file holds twice; the later one counts, as in Excel."""

    code = "sheet.repeated_cells"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return (
            f"工作表“{self.sheet}”的文件内部有 {self.count} 个格子写了两次：{self.shown}，按后写的读取。"
            "请用 WPS 或 Excel 打开核对，另存为 .xlsx 后重新导入。"
        )


@dataclass(frozen=True)
class OddNumbers(_OfCells):
    """Cells that are said to be numbers and are none; they are read as the text that stands there."""

    code = "sheet.odd_numbers"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return (
            f"工作表“{self.sheet}”有 {self.count} 个格子标为数字却不是数字：{self.shown}，按文字读取。"
            "请用 WPS 或 Excel 打开核对，另存为 .xlsx 后重新导入。"
        )


@dataclass(frozen=True)
class LookDiffers(Remark):
    """The second look at the sheet counts or sums otherwise than the reading."""

    read: tuple[int, float]
    looked: tuple[int, float]
    code = "sheet.look_differs"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return (
            f"工作表“{self.sheet}”读取后复核不一致：读到 {self.read[0]} 个有内容的格子、数字合计 {self.read[1]:,.2f}，"
            f"复核是 {self.looked[0]} 个、合计 {self.looked[1]:,.2f}。请用 WPS 或 Excel 打开，另存为 .xlsx 后重新导入。"
        )


def _listed(shown: Sequence[str]) -> str:
    return "、".join(shown[:_SHOWN]) + (" 等" if len(shown) > _SHOWN else "")


def column_name(column: int) -> str:
    """A column's letters, from its number from 0: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def runs_of(rows: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Rows in order as runs (first, last)."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        elif not runs or runs[-1][1] < row:
            runs.append((row, row))
    return tuple(runs)
