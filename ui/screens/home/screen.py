"""首页待办: what is due, each line opens its place; the month at a glance beside it."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.changes import Topic
from app.due import URGENCY_NAMES, Due, DueKind, Urgency, due_now, month_at_a_glance, months_with_money
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.screen import Screen
from ui.theme import Tone, colour, ground
from ui.widgets.bar_chart import Bar, BarChart
from ui.widgets.facts import card, heading, quiet

_ROOMS: dict[DueKind, tuple[Room, str]] = {
    DueKind.BATCH: (Room.BATCHES, ""),
    DueKind.NOTICE: (Room.BATCHES, "notice"),
    DueKind.OBJECTION: (Room.NOTICES, ""),
    DueKind.FAILED: (Room.BANKFILES, "failed"),
    DueKind.LEFTOVER: (Room.BANKFILES, "failed"),
    DueKind.NOT_RETURNED: (Room.BANKFILES, "returns"),
    DueKind.RETURN_LINE: (Room.BANKFILES, "lines"),
    DueKind.REPORT: (Room.REPORTS, ""),
    DueKind.ALLOTMENT: (Room.FUNDS, ""),
    DueKind.ACCOUNT: (Room.ENROLMENT, "no_account"),
    DueKind.QUESTION: (Room.ENROLMENT, "questions"),
    DueKind.HIT: (Room.REGISTRY, "hits"),
    DueKind.BACKUP: (Room.SYSTEM, "backups"),
    DueKind.RECOVERY: (Room.SYSTEM, "operators"),
    DueKind.YEAR: (Room.ARCHIVE, "years"),
    DueKind.LOAN: (Room.ARCHIVE, "loans"),
    DueKind.EXPIRED: (Room.ARCHIVE, "due"),
    DueKind.DISPOSAL: (Room.ARCHIVE, "disposals"),
}
_TONES = {Urgency.OVERDUE: Tone.BAD, Urgency.TODAY: Tone.WARN, Urgency.SOON: Tone.CALM}


class DueLine(QWidget):
    """One thing that waits: its urgency in words and colour, its title, its sentence."""

    def __init__(self, due: Due) -> None:
        super().__init__()
        tone = _TONES[due.urgency]
        tag = QLabel(URGENCY_NAMES[due.urgency])
        tag.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tag.setFixedWidth(self.fontMetrics().horizontalAdvance("逾期") + 18)
        tag.setStyleSheet(
            f"background: {ground(tone).name()}; color: {colour(tone).name()}; border-radius: 3px; padding: 2px;"
        )
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(heading(due.title))
        words.addWidget(quiet(due.sentence))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(tag, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(quiet("打开 ›"), 0, Qt.AlignmentFlag.AlignVCenter)
        labels: list[QLabel] = list(self.findChildren(QLabel))
        for label in labels:
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class HomeScreen(Screen):
    """The first screen of the day."""

    room: ClassVar[Room] = Room.HOME
    topics: ClassVar[frozenset[Topic]] = frozenset(Topic)
    help_page = "home"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.title = heading("", 1.1)
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        self.nothing = quiet("")
        due = card(self.title, self.nothing, self.list)
        self.month = QComboBox()
        self.month.currentTextChanged.connect(self._show_month)
        self.totals = QLabel()
        self.totals.setWordWrap(True)
        self.chart = BarChart("这个月还没有发放批次。")
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        top = QWidget()
        row = QHBoxLayout(top)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(heading("本月发放", 1.1), 1)
        row.addWidget(self.month)
        chart = card(top, self.totals, self.legend, self.chart)
        box = chart.layout()
        if isinstance(box, QVBoxLayout):
            box.addStretch()
        both = QHBoxLayout()
        both.setSpacing(10)
        both.addWidget(due, 3)
        both.addWidget(chart, 2)
        self.column.addLayout(both, 1)
        self._dues: list[Due] = []

    def tools(self) -> Sequence[QAction]:
        """The acts of a usual day."""
        made: dict[str, QAction] = self.__dict__.setdefault("_made_tools", {})
        if not made:
            goes = (
                ("导入", "table-import", Room.INTAKE, Permission.IMPORT),
                ("发放批次", "cash-banknote", Room.BATCHES, None),
                ("银行", "building-bank", Room.BANKFILES, None),
                ("备份", "device-floppy", Room.SYSTEM, Permission.BACK_UP),
            )
            for words, picture, room, permission in goes:
                may = permission is None or self.office.may(permission)
                made[words] = self.tool(
                    words, picture, "", lambda _=False, room=room: self.go.emit(Place(room)), enabled=may
                )
        return list(made.values())

    def refresh(self) -> None:
        """What waits now, and the month."""
        self._dues = due_now(self.office.store, self.office.today, self.office.operator.posts)
        urgent = sum(one.urgency is not Urgency.SOON for one in self._dues)
        self.title.setText(f"待办 {len(self._dues)} 项" + (f"，其中 {urgent} 项要今天办" if urgent else ""))
        self.nothing.setText("今天没有要办的事。" if not self._dues else "")
        self.nothing.setVisible(not self._dues)
        self.list.clear()
        for due in self._dues:
            line = QListWidgetItem()
            widget = DueLine(due)
            line.setData(Qt.ItemDataRole.AccessibleTextRole, f"{due.title} {due.sentence}")
            self.list.addItem(line)
            self.list.setItemWidget(line, widget)
        self._fit_lines()
        self._fill_months()
        self.list.setFocus()

    def _fit_lines(self) -> None:
        """Each line as high as its words need at this width."""
        width = self.list.viewport().width()
        for row in range(self.list.count()):
            line = self.list.item(row)
            line.setSizeHint(QSize(0, self.list.itemWidget(line).heightForWidth(width)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Another width: other heights."""
        super().resizeEvent(event)
        self._fit_lines()

    def _fill_months(self) -> None:
        this = self.office.today.strftime("%Y-%m")
        months = list(dict.fromkeys([this, *months_with_money(self.office.store)]))
        chosen = self.month.currentText()
        with_money = next((one for one in months if month_at_a_glance(self.office.store, one)), this)
        self.month.blockSignals(True)
        self.month.clear()
        self.month.addItems(months)
        self.month.setCurrentText(chosen if chosen in months else with_money)
        self.month.blockSignals(False)
        self._show_month(self.month.currentText())

    @Slot(str)
    def _show_month(self, month: str) -> None:
        found = month_at_a_glance(self.office.store, month)
        self.chart.fill(
            [
                Bar(
                    one.program,
                    [(one.paid_fen, Tone.GOOD), (one.failed_fen, Tone.BAD), (one.open_fen, Tone.WARN)],
                    f"{one.payments:,} 笔",
                )
                for one in found
            ]
        )
        sums = [
            sum(part) for part in zip(*((o.paid_fen, o.failed_fen, o.open_fen) for o in found), strict=True)
        ] or [0] * 3
        named = zip(("已发", "失败", "未完"), (Tone.GOOD, Tone.BAD, Tone.WARN), sums, strict=True)
        self.legend.setText(
            "<br>".join(
                f"<span style='color:{colour(tone).name()}'>■</span> {words}　{yuan_text(Fen(fen))} 元"
                for words, tone, fen in named
            )
        )
        self.legend.setVisible(bool(found))
        self.totals.setText(f"{len(found)} 个项目" if found else "")
        self.totals.setVisible(bool(found))

    @Slot(QListWidgetItem)
    def _open(self, line: QListWidgetItem) -> None:
        due = self._dues[self.list.row(line)]
        room, tab = _ROOMS[due.kind]
        self.go.emit(Place(room, tab=tab, id=due.id, words=due.day if due.kind is DueKind.REPORT else ""))
