"""节假日: the days off and the weekend days worked, by which notices of working days and the three-day clock are counted."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QDate, QLocale, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel

from app.changes import Changes
from app.desk import Desk
from app.notices.queries import holidays
from app.notices.use_cases import set_holiday
from models.domain.dates import date_from_cell
from models.domain.permission import Permission
from ui.screens.list_screen import ListScreen
from ui.screens.system.page import SystemPage
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import TextTable, quiet

_KINDS = {"off": "放假", "work": "上班（调休）", "plain": "取消登记"}


class HolidaysPage(SystemPage):
    """One year of the table."""

    name = "holidays"
    words = "节假日"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.year = QComboBox()
        self.year.setMinimumWidth(110)
        self.year.currentIndexChanged.connect(lambda _place: self._fill())
        label = QLabel("年度(&Y)")
        label.setBuddy(self.year)
        self.said = quiet("")
        line = QHBoxLayout()
        line.addWidget(label)
        line.addWidget(self.year)
        line.addSpacing(16)
        line.addWidget(self.said, 1)
        self.table = TextTable(["日期", "星期", "安排", "名称"], stretch=3)
        self.table.cellActivated.connect(lambda _row, _column: self.ask_day())
        self.column.addLayout(line)
        self.column.addWidget(self.table, 1)

    def tools(self) -> Sequence[QAction]:
        """Enter a day, or take it out."""
        return [
            self.tool("new", "登记日子", "plus", "Ctrl+N", self.ask_new, Permission.SET_RULES),
            self.tool("edit", "修改", "pencil", "F2", self.ask_day, Permission.SET_RULES),
        ]

    def load(self) -> None:
        """The years there are, and the chosen one."""
        known = sorted(
            {day[:4] for day, _, _ in holidays(self.office.store)} | {str(self.office.today.year)},
            reverse=True,
        )
        if [self.year.itemText(place) for place in range(self.year.count())] != known:
            kept = self.year.currentText() or str(self.office.today.year)
            self.year.blockSignals(True)
            self.year.clear()
            self.year.addItems(known)
            self.year.setCurrentText(kept)
            self.year.blockSignals(False)
        self._fill()

    def _fill(self) -> None:
        year = int(self.year.currentText() or self.office.today.year)
        found = holidays(self.office.store, year)
        off = sum(kind == "off" for _, kind, _ in found)
        self.said.setText(
            f"{year} 年登记了 {off} 天放假、{len(found) - off} 天调休上班。没有登记的，周一到周五是工作日。"
            if found
            else f"{year} 年还没有登记。国务院办公厅通知下来以后，请逐日登记，否则公示的工作日会算错。"
        )
        self.table.fill(
            [[day, _weekday(day), (_KINDS[kind], Tone.GOOD if kind == "off" else Tone.WARN), name] for day, kind, name in found],
            [(day, kind, name) for day, kind, name in found],
        )  # fmt: skip

    @Slot()
    def ask_new(self) -> Question:
        """A day that is not in the table."""
        return self._ask(self.office.today.isoformat(), "off", "")

    @Slot()
    def ask_day(self) -> Question | None:
        """The day of the current row."""
        found = self.table.key()
        if not isinstance(found, tuple):
            self.bar.say("请先选中一天。", Tone.CALM)
            return None
        return self._ask(*found)

    def _ask(self, day: str, kind: str, name: str) -> Question:
        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return set_holiday(
                desk, day=date_from_cell(given["day"]), kind=given["kind"], name=given["name"].strip()
            )

        return self.holder.ask(
            "节假日", "登记",
            [
                Asked("day", "日期(&D)", "day", value=day),
                Asked("kind", "安排(&K)", "choice", value=kind, choices=list(_KINDS.items())),
                Asked("name", "名称(&N)", value=name, hint="春节、国庆节"),
            ],
            work, lambda done: f"{done.answer['day']} 已登记为{_KINDS[str(done.answer['kind'])]}。",
            words="已经张贴的公示不受影响，期限不变。",
        )  # fmt: skip


def _weekday(day: str) -> str:
    of_week = QDate.fromString(day, "yyyy-MM-dd").dayOfWeek()
    return QLocale().dayName(of_week, QLocale.FormatType.LongFormat) if of_week else ""
