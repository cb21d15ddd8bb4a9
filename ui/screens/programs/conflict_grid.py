"""The exclusion matrix 互斥关系: programs against programs; a cell says how two of them exclude each other."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.programs.queries import ProgramView
from models.domain.exclusion import Conflict
from ui.theme import Tone, colour, ground

_TONES = {"互斥": Tone.BAD, "择高": Tone.WARN, "提示": Tone.CALM}
_SCOPES = {"person": "人", "household": "户", "plot": "地块"}
_ROW_SPARE = 10


class ConflictGrid(QTableWidget):
    """`asked` carries the two codes of the cell that was opened."""

    asked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._programs: list[ProgramView] = []
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.cellDoubleClicked.connect(self._open)
        self.installEventFilter(self)

    def fill(self, programs: Sequence[ProgramView], conflicts: Sequence[Conflict]) -> None:
        """Show these programs and what is between them."""
        self._programs = list(programs)
        by_pair: Mapping[tuple[str, str], Conflict] = {
            (one.program_a, one.program_b): one for one in conflicts
        }
        count = len(self._programs)
        self.setRowCount(count)
        self.setColumnCount(count)
        short = [one.bank_short_name or one.name for one in self._programs]
        self.setVerticalHeaderLabels(short)
        self.setHorizontalHeaderLabels(short)
        for place, one in enumerate(self._programs):
            self.verticalHeaderItem(place).setToolTip(one.name)
            self.horizontalHeaderItem(place).setToolTip(one.name)
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(metrics.height() + _ROW_SPARE)
        self.horizontalHeader().setDefaultSectionSize(metrics.horizontalAdvance("国" * 7) + 18)
        for row, one in enumerate(self._programs):
            for column, other in enumerate(self._programs):
                pair = by_pair.get((min(one.code, other.code), max(one.code, other.code)))
                self.setItem(row, column, self._cell(one, other, pair))

    def _cell(self, one: ProgramView, other: ProgramView, pair: Conflict | None) -> QTableWidgetItem:
        cell = QTableWidgetItem("—" if one is other else "")
        cell.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        if one is other:
            cell.setFlags(Qt.ItemFlag.NoItemFlags)
            cell.setBackground(ground(Tone.MUTED))
        elif pair is not None:
            tone = _TONES[pair.mode]
            cell.setText(f"{pair.mode}·{_SCOPES[pair.scope]}")
            cell.setForeground(QColor(colour(tone)))
            cell.setBackground(ground(tone))
            cell.setToolTip(f"{one.name} 与 {other.name}：{pair.mode}（同一{_SCOPES[pair.scope]}）")
        return cell

    def pair(self) -> tuple[str, str] | None:
        """The codes of the cell that is current."""
        row, column = self.currentRow(), self.currentColumn()
        if row < 0 or column < 0 or row == column:
            return None
        return self._programs[row].code, self._programs[column].code

    @Slot()
    def _open(self) -> None:
        if (pair := self.pair()) is not None:
            self.asked.emit(*pair)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Enter opens a cell."""
        if (
            watched is self
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self._open()
            return True
        return super().eventFilter(watched, event)
