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

from app.intake.listings import LEVEL_NAMES
from models.domain.masking import mask_numbers
from ui.theme import Tone, colour

_HEADINGS = ("级别", "工作表", "行", "栏目", "问题与改法")
_KEYS = ("level", "sheet", "row", "column", "sentence")
_ROW_SPARE = 10

# the first words of a kind, for the list at the left
KIND_WORDS: Mapping[str, str] = {
    "id.missing": "身份证号为空", "id.precision_lost": "身份证号丢了末几位", "id.other_document": "其他证件",
    "id.format": "身份证号有别的字符", "id.length": "身份证号位数不对", "id.date": "身份证号日期不存在",
    "id.checksum": "身份证号校验位不对", "id.fifteen": "15 位旧号", "id.duplicate": "身份证号重复", "row.repeated": "同一行重复",
    "person.unknown": "不在户籍底册", "person.deceased": "已经死亡", "name.missing": "姓名为空", "name.mismatch": "姓名不一致",
    "name.odd": "姓名有认不出的字", "birth.unreadable": "出生日期读不出", "birth.mismatch": "出生日期不一致", "sex.mismatch": "性别不一致",
    "village.unknown": "没有这个村", "village.mismatch": "村不一致", "head.missing": "没有户主",
    "account.precision_lost": "账号丢了末几位", "account.format": "账号不对", "account.missing": "没有账号", "account.conflict": "账号前后不同",
    "account.luhn": "卡号校验位不对", "account.shared": "几户共用账号", "account.mismatch": "不是登记的账号",
    "quantity.not_a_number": "数量不是数字", "amount.not_a_number": "金额不是数字", "amount.not_positive": "金额不大于零",
    "amount.decimals": "金额超过两位小数", "rate.mismatch": "标准不是政策规定", "amount.mismatch": "金额与政策不符", "age.outside": "年龄不符",
    "payment.duplicate": "同一期重复", "program.conflict": "项目互斥", "total.mismatch": "合计不符",
}  # fmt: skip

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
                f"{LEVEL_NAMES[level]}　{KIND_WORDS.get(code, '其他')}　{counts[level, code]:,}"
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
