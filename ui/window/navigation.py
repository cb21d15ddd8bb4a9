"""The left side of the window: the rooms by the words of the trade."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.icons import icon
from ui.routes import ROOM_ICONS, ROOM_KEYS, ROOM_NAMES, Room
from ui.widgets.facts import heading

_ICON_COLOUR = QColor("#c9d4e6")
_ROW_SPARE = 17


class Navigation(QWidget):
    """The list of rooms; `chosen` carries the Room. Each has a key."""

    chosen = Signal(object)

    def __init__(self, rooms: Mapping[Room, str] = ROOM_NAMES) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setObjectName("side")
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        for room, words in rooms.items():
            line = QListWidgetItem(icon(ROOM_ICONS[room], _ICON_COLOUR), f" {words}")
            line.setData(Qt.ItemDataRole.UserRole, room.value)
            line.setToolTip(f"{words}  {ROOM_KEYS[room]}")
            self.list.addItem(line)
        self.list.currentRowChanged.connect(self._chosen)
        head = QWidget()
        head.setObjectName("sideHead")
        title = heading("乡财一卡通", 1.25)
        self.office = QLabel()
        inner = QVBoxLayout(head)
        inner.setContentsMargins(16, 12, 8, 8)
        inner.setSpacing(2)
        inner.addWidget(title)
        inner.addWidget(self.office)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(head)
        box.addWidget(self.list, 1)
        self.fit()

    def fit(self) -> None:
        """Row height and width for the text size worn now."""
        metrics = self.fontMetrics()
        for row in range(self.list.count()):
            self.list.item(row).setSizeHint(QSize(0, metrics.height() + _ROW_SPARE))
        self.list.setIconSize(QSize(metrics.height() + 1, metrics.height() + 1))
        self.setFixedWidth(metrics.horizontalAdvance("银行报盘与回盘") + metrics.height() + 52)

    def show_room(self, room: Room) -> None:
        """Mark where one is, without going there again."""
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == room.value:
                self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    @Slot(int)
    def _chosen(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(Room(self.list.item(row).data(Qt.ItemDataRole.UserRole)))
