"""A sheet model on the screen: the lines that paper will have, as a table that makes a cell's text when it is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.reports.sheet_model import Row, SheetModel, cell_text

_ROW_SPARE: Final = 8
_CELL_SPARE: Final = 18
_WIDEST: Final = 320
_MEASURED: Final = 200
_MOST_SPANS: Final = 3_000
_SIDES: Final = {
    "left": Qt.AlignmentFlag.AlignLeft, "center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight,
}  # fmt: skip

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Shown:
    """A line: cells, or words across the table; sums and words stand out."""

    cells: Row
    words: str = ""
    bold: bool = False


def lines_of(model: SheetModel) -> list[Shown]:
    """The lines of a sheet from the first group's title to the last sum."""
    lines: list[Shown] = []
    for group in model.groups:
        if group.title:
            lines.append(Shown((), group.title, bold=True))
        lines += [Shown(row) for row in group.rows]
        if group.subtotal:
            lines.append(Shown(model.sums(group.rows, group.subtotal), bold=True))
    if model.has_totals and model.total_label:
        total = model.total
        lines.append(Shown(total, bold=True))
        if words := model.words_of(total):
            lines.append(Shown((), f"{model.total_label}（大写）：{words}", bold=True))
    return lines


class SheetRows(QAbstractTableModel):
    """The lines of one sheet for Qt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sheet: SheetModel | None = None
        self.lines: Sequence[Shown] = ()
        self._bold = QFont()
        self._bold.setBold(True)

    def show_sheet(self, sheet: SheetModel | None) -> None:
        """Show this one instead."""
        self.beginResetModel()
        self.sheet = sheet
        self.lines = lines_of(sheet) if sheet is not None else ()
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802  # Qt's name
        """How many lines there are."""
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802  # Qt's name
        """How many columns there are."""
        if self.sheet is None or (parent is not None and parent.isValid()):
            return 0
        return len(self.sheet.columns)

    def text(self, row: int, column: int) -> str:
        """A cell as it is read; words across the table stand in the first."""
        line = self.lines[row]
        if line.words:
            return line.words if column == 0 else ""
        assert self.sheet is not None  # noqa: S101  # a line has a sheet
        return cell_text(self.sheet.columns[column], line.cells[column])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt asks for one cell."""
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.FontRole and line.bold:
            return self._bold
        if role == Qt.ItemDataRole.TextAlignmentRole and self.sheet is not None:
            side = "left" if line.words else self.sheet.columns[index.column()].side
            return int(_SIDES[side] | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(  # noqa: N802  # Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """A column's heading; that of its group is told when one rests on it."""
        if orientation != Qt.Orientation.Horizontal or self.sheet is None:
            return None
        column = self.sheet.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading
        return (column.group or None) if role == Qt.ItemDataRole.ToolTipRole else None


class SheetView(QTableView):
    """The table of a sheet: it is looked at and copied from, never typed into."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = SheetRows(self)
        self.setModel(self.rows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)

    def show_sheet(self, sheet: SheetModel | None) -> None:
        """Show this sheet, its columns as wide as what stands first in them."""
        self.clearSpans()
        self.rows.show_sheet(sheet)
        if sheet is None:
            return
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _ROW_SPARE)
        across = [place for place, line in enumerate(self.rows.lines) if line.words]
        for place in across[:_MOST_SPANS]:
            self.setSpan(place, 0, 1, len(sheet.columns))
        self._fit(sheet)
        self.scrollToTop()

    def _fit(self, sheet: SheetModel) -> None:
        measure = self.fontMetrics()
        seen = [*self.rows.lines[:_MEASURED], *self.rows.lines[-2:]]
        for place, column in enumerate(sheet.columns):
            texts = [column.heading]
            texts += [cell_text(column, line.cells[place]) for line in seen if not line.words]
            widest = max(measure.horizontalAdvance(text) for text in texts)
            self.setColumnWidth(place, min(widest + _CELL_SPARE, _WIDEST))
