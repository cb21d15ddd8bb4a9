"""Which columns stand where: ticked are shown, dragged or moved by keys, the first few can stay at the left."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

_LOGICAL = Qt.ItemDataRole.UserRole


class ColumnChooser(QDialog):
    """`taken` carries [(column, shown)] in the new order and how many are frozen."""

    taken = Signal(object, int)
    reset_asked = Signal()

    def __init__(
        self, columns: Sequence[tuple[int, str, bool]], frozen: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("列设置")
        self.resize(340, 440)
        self.lines = QListWidget()
        self.lines.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        for logical, heading, is_shown in columns:
            line = QListWidgetItem(heading)
            line.setData(_LOGICAL, logical)
            line.setCheckState(Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
            self.lines.addItem(line)
        self.lines.setCurrentRow(0)
        up, down = QPushButton("上移(&U)"), QPushButton("下移(&D)")
        up.clicked.connect(lambda: self._move(-1))
        down.clicked.connect(lambda: self._move(1))
        self.frozen = QSpinBox()
        self.frozen.setRange(0, 5)
        self.frozen.setValue(frozen)
        reset = QPushButton("恢复默认")
        reset.clicked.connect(self._reset)
        take = QPushButton("使用")
        take.setObjectName("primary")
        take.setDefault(True)
        take.clicked.connect(self._take)
        leave = QPushButton("取消")
        leave.clicked.connect(self.reject)
        for button in (up, down, reset, leave):
            button.setAutoDefault(False)
        moves, foot = QHBoxLayout(), QHBoxLayout()
        moves.addWidget(up)
        moves.addWidget(down)
        moves.addStretch()
        moves.addWidget(QLabel("左侧冻结列数"))
        moves.addWidget(self.frozen)
        foot.addWidget(reset)
        foot.addStretch()
        foot.addWidget(leave)
        foot.addWidget(take)
        box = QVBoxLayout(self)
        box.addWidget(QLabel("勾选的列会显示；拖动可以换位置。"))
        box.addWidget(self.lines)
        box.addLayout(moves)
        box.addLayout(foot)

    def _move(self, step: int) -> None:
        row = self.lines.currentRow()
        if 0 <= row + step < self.lines.count():
            line = self.lines.takeItem(row)
            self.lines.insertItem(row + step, line)
            self.lines.setCurrentRow(row + step)

    @Slot()
    def _take(self) -> None:
        lines = [self.lines.item(row) for row in range(self.lines.count())]
        chosen = [(int(line.data(_LOGICAL)), line.checkState() == Qt.CheckState.Checked) for line in lines]
        if any(is_shown for _, is_shown in chosen):
            self.taken.emit(chosen, self.frozen.value())
            self.accept()

    @Slot()
    def _reset(self) -> None:
        self.reset_asked.emit()
        self.accept()
