"""What a check found: kinds with counts at the left, the rows of a kind at the right; a row jumps to its cell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QTableView,
    QWidget,
)

from app.intake.findings import KIND_TITLES
from app.intake.listings import LEVEL_NAMES
from models.domain.masking import mask_numbers
from ui.theme import Tone, colour

_HEADINGS = ("级别", "工作表", "行", "栏目", "问题与改法")
_KEYS = ("level", "sheet", "row", "column", "sentence")
_ROW_SPARE = 10

Finding = Mapping[str, Any]
Index = QModelIndex | QPersistentModelIndex


class _FindingModel(QAbstractTableModel):
    """Findings of the kind that is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.findings: Sequence[Finding] = ()

    def fill(self, findings: Sequence[Finding]) -> None:
        self.beginResetModel()
        self.findings = findings
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802  # Qt's name
        return 0 if parent.isValid() else len(self.findings)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802  # Qt's name
        return 0 if parent.isValid() else len(_HEADINGS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        found = self.findings[index.row()]
        key = _KEYS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if key == "level":
                return LEVEL_NAMES[str(found[key])]
            return mask_numbers(str(found[key])) if key == "sentence" else str(found[key])
        if role == Qt.ItemDataRole.ForegroundRole and key == "level":
            return colour(Tone.BAD if found["level"] == "error" else Tone.WARN)
        return None

    def headerData(  # noqa: N802  # Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _HEADINGS[section]
        return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None


class FindingTable(QWidget):
    """`chosen` carries the finding that is current."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.kinds = QListWidget()
        self.kinds.setFixedWidth(self.fontMetrics().horizontalAdvance("退回　身份证号丢了末几位　9,999") + 40)
        self.kinds.setSpacing(2)
        self.kinds.currentRowChanged.connect(self._choose_kind)
        self.model = _FindingModel()
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAlternatingRowColors(True)
        self.view.setWordWrap(False)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _ROW_SPARE)
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.horizontalHeader().setStretchLastSection(True)
        for place, signs in enumerate((5, 11, 6, 14)):
            self.view.setColumnWidth(place, self.fontMetrics().horizontalAdvance("0") * signs + 26)
        self.view.selectionModel().currentRowChanged.connect(self._current)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.kinds)
        row.addWidget(self.view, 1)
        self._all: Sequence[Finding] = ()
        self._codes: list[tuple[str, str]] = []

    def fill(self, findings: Sequence[Finding]) -> None:
        """Show these findings, those that reject first."""
        self._all = sorted(findings, key=lambda one: one["level"] != "error")
        counts = Counter((str(one["level"]), str(one["code"])) for one in self._all)
        self._codes = sorted(counts, key=lambda one: (one[0] != "error", -counts[one]))
        self.kinds.blockSignals(True)
        self.kinds.clear()
        self.kinds.addItem(QListWidgetItem(f"全部　{len(self._all):,}"))
        for level, code in self._codes:
            line = QListWidgetItem(
                f"{LEVEL_NAMES[level]}　{KIND_TITLES.get(code, '其他')}　{counts[level, code]:,}"
            )
            line.setForeground(colour(Tone.BAD if level == "error" else Tone.WARN))
            self.kinds.addItem(line)
        self.kinds.setCurrentRow(0)
        self.kinds.blockSignals(False)
        self._choose_kind(0)

    @Slot(int)
    def _choose_kind(self, row: int) -> None:
        if row <= 0:
            self.model.fill(self._all)
        else:
            level, code = self._codes[row - 1]
            self.model.fill([one for one in self._all if one["code"] == code and one["level"] == level])
        if self.model.findings:
            self.view.selectRow(0)

    @Slot(QModelIndex, QModelIndex)
    def _current(self, index: QModelIndex, _old: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model.findings):
            self.chosen.emit(self.model.findings[index.row()])
