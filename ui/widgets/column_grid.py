"""A workbook's first rows with a choice over every column: what is this column? The clerk points, the rows show why."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QHeaderView, QTableWidget, QTableWidgetItem

from ui.theme import Tone, colour, ground

_ROW_SPARE = 10
_CHOICE_SPARE = 16
_NARROWEST, _WIDEST = 118, 210


class ColumnGrid(QTableWidget):
    """`chosen` carries a column (from 0) and what was chosen for it ('' for nothing)."""

    chosen = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setTabKeyNavigation(False)

    def fill(
        self,
        letters: Mapping[int, str],
        rows: Sequence[tuple[int, Sequence[str]]],
        heading_rows: Collection[int],
        fields: Mapping[int, str],
        choices: Sequence[tuple[str, str]],
        fixed: Collection[int] = (),
    ) -> None:
        """Show rows by their numbers; `fields` are what columns are taken for, `choices` (value, words) what they may be.

        Of a column that is `fixed` nothing else may be chosen.
        """
        self.clear()
        width = max(letters, default=-1) + 1
        self.setColumnCount(width)
        self.setRowCount(len(rows) + 1)
        self.setHorizontalHeaderLabels([letters.get(one, "") for one in range(width)])
        self.setVerticalHeaderLabels(["是什么", *(str(number) for number, _ in rows)])
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _ROW_SPARE)
        self.setRowHeight(0, self.fontMetrics().height() + _CHOICE_SPARE)
        for place in letters:
            choice = self._choice(place, choices, fields.get(place, ""))
            choice.setEnabled(place not in fixed)
            self.setCellWidget(0, place, choice)
        self._fill_rows(rows, heading_rows, {place for place, field in fields.items() if field}, width)
        for one in range(width):
            self.setColumnWidth(one, min(max(self.sizeHintForColumn(one) + 8, _NARROWEST), _WIDEST))

    def _fill_rows(
        self,
        rows: Sequence[tuple[int, Sequence[str]]],
        heading_rows: Collection[int],
        read: Collection[int],
        width: int,
    ) -> None:
        head, last = QColor(ground(Tone.GOOD)), max(heading_rows, default=0)
        for row, (number, cells) in enumerate(rows, 1):
            for place in range(width):
                cell = QTableWidgetItem(cells[place] if place < len(cells) else "")
                if number in heading_rows:
                    cell.setBackground(head)
                elif number > last and place not in read:
                    cell.setForeground(colour(Tone.MUTED))
                self.setItem(row, place, cell)

    def _choice(self, place: int, choices: Sequence[tuple[str, str]], field: str) -> QComboBox:
        choice = QComboBox()
        choice.addItem("（不读）", "")
        for value, words in choices:
            choice.addItem(words, value)
        choice.setCurrentIndex(max(0, choice.findData(field)))
        choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        choice.activated.connect(lambda _row: self.chosen.emit(place, str(choice.currentData())))
        return choice
