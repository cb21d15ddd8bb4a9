"""人员与户: everybody and every household of the office; a row opens the person card beside the list."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.changes import Topic
from app.pages import Column
from app.registry.listings import HOUSEHOLDS, PEOPLE, recognise
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.list_screen import ListScreen
from ui.screens.registry.person_card import PersonCard
from ui.theme import Tone
from ui.widgets.paged_table import PagedTable
from ui.widgets.paste_dialog import PasteDialog, Verdict, clipboard_rows
from ui.widgets.splits import side_by_side


class RegistryScreen(ListScreen):
    """Two lists and a card."""

    room: ClassVar[Room] = Room.REGISTRY
    topics: ClassVar[frozenset[Topic]] = frozenset(
        {Topic.PEOPLE, Topic.PAYMENTS, Topic.ENROLMENTS, Topic.RETURNS}
    )
    help_page = "registry"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        empty = "还没有人员。请到“导入”，把户籍底册工作簿拖进去。"
        self.people = self.make_table(PEOPLE, tone_of=_tone_of, frozen=2, empty=empty)
        self.households = self.make_table(HOUSEHOLDS, frozen=2, empty=empty)
        self.tabs = self.make_tabs()
        self.tabs.addTab(self.people, "人员")
        self.tabs.addTab(self.households, "户")
        self.tabs.currentChanged.connect(self._tab_changed)
        self.card = PersonCard(office)
        self.card.hide()
        self.split = side_by_side(self.tabs, self.card, (740, 430))
        self.column.addWidget(self.split, 1)
        self.people.opened.connect(self.open_person)
        self.people.chosen.connect(self._follow)
        self.households.opened.connect(self._open_head)
        self.card.closed.connect(self.back)
        self.card.person_asked.connect(self.open_person)
        self.card.edit_asked.connect(self._edit)
        self.card.event_asked.connect(self._record_event)
        self.people.add_row_action("打开人员卡", self._open_current)

    def table_now(self) -> PagedTable:
        """The list of the tab that is open."""
        return self.households if self.tabs.currentIndex() else self.people

    def tools(self) -> Sequence[QAction]:
        """Open, correct, then what every table can do."""
        may = self.office.may(Permission.IMPORT)
        return [
            self._tool_of("open", "人员卡", "id", "", self._open_current),
            self._tool_of("edit", "更正", "pencil", "F2", self._edit_current, enabled=may),
            self._tool_of("paste", "粘贴名单", "copy", "Ctrl+V", self.paste),
            self._tool_of("all", "看全部", "users", "", self.show_all, enabled=self._only_some),
            self._tool_of("account", "登记账户", "credit-card", "F4", self._account_current, enabled=may),
            self._tool_of("event", "户变动", "home-2", "", self._event_current, enabled=may),
            *self.table_tools(),
        ]

    _only_some = False

    @Slot()
    def paste(self) -> None:
        """Show only the people of a list that was copied in WPS, after a look at what was recognised."""
        rows = clipboard_rows()
        if not rows:
            self.bar.say("剪贴板里没有内容。请先在 WPS 里选中一片格子，按 Ctrl+C 复制。", Tone.CALM)
            return

        def judge(pasted: Sequence[Sequence[str]]) -> list[Verdict]:
            found = recognise(self.office.store, pasted)
            return [
                Verdict(row, one.words, one.person is not None, one.person)
                for row, one in zip(pasted, found, strict=True)
            ]

        self.pasting = PasteDialog("粘贴名单", "只看这些人", rows, judge, self)
        self.pasting.taken.connect(self._show_some)
        self.pasting.open()

    @Slot(object)
    def _show_some(self, people: list[int]) -> None:
        self.tabs.setCurrentIndex(0)
        self._only_some = True
        self.people.load(PEOPLE.among("p.id IN (SELECT value FROM json_each(?))", json.dumps(people)))
        self.bar.say(f"只显示粘贴的 {len(people):,} 人。", Tone.CALM)
        self.tools_changed.emit()

    @Slot()
    def show_all(self) -> None:
        """Everybody again."""
        self._only_some = False
        self.people.load(PEOPLE)
        self.bar.clear()
        self.tools_changed.emit()

    def refresh(self) -> None:
        """Both lists and the card."""
        self.table_now().load()
        other = self.people if self.table_now() is self.households else self.households
        other.setProperty("stale", True)
        if self.card.isVisible():
            self.card.fill()

    @Slot(int)
    def _tab_changed(self, _place: int) -> None:
        table = self.table_now()
        if table.property("stale") or not table.rows:
            table.load()
            table.setProperty("stale", False)
        self.set_sums(table.sums_text())

    def open_at(self, place: Place) -> None:
        """A person by id."""
        if place.id:
            self.open_person(place.id)
        else:
            self.people.setFocus()

    @Slot(object)
    def open_person(self, person: int) -> None:
        """Show the card of somebody; the list goes to the row where it is in the list."""
        was_hidden = self.card.isHidden()
        self.card.show_person(person)
        self.card.show()
        if was_hidden:
            half = max(520, int(self.width() * 0.48))
            self.split.setSizes([self.width() - half, half])
        if self.people.current_id() != person:
            self.people.go_to_id(person)
        self.set_crumb(self.card.name.text())

    @Slot(object)
    def _follow(self, person: object) -> None:
        if self.card.isVisible() and isinstance(person, int) and person != self.card.person:
            self.card.show_person(person)
            self.set_crumb(self.card.name.text())

    @Slot(object)
    def _open_head(self, household: int) -> None:
        head = self.office.store.value(_SOMEBODY, (household,))
        if head is not None:
            self.open_person(int(head))

    @Slot()
    def _open_current(self) -> None:
        chosen = self.table_now().current_id()
        if chosen is None:
            self.bar.say("请先在表中选中一行。", Tone.CALM)
        elif self.table_now() is self.households:
            self._open_head(chosen)
        else:
            self.open_person(chosen)

    def _person_now(self) -> int | None:
        return self.card.person if self.card.isVisible() else self.people.current_id()

    @Slot()
    def _edit_current(self) -> None:
        if (person := self._person_now()) is not None:
            self._edit(person)

    @Slot(object)
    def _edit(self, person: int) -> None:
        from ui.screens.registry.correcting import ask_correction

        self.question = ask_correction(self, person)

    @Slot()
    def _account_current(self) -> None:
        from ui.screens.registry.account_question import ask_account

        if (person := self._person_now()) is None:
            self.bar.say("请先在表中选中一个人。", Tone.CALM)
        else:
            ask_account(self, person)

    @Slot()
    def _event_current(self) -> None:
        if (person := self._person_now()) is not None:
            self._record_event(person)

    @Slot(object)
    def _record_event(self, person: int) -> None:
        from ui.screens.registry.household_event import ask_event

        self.question = ask_event(self, person)

    @Slot()
    def back(self) -> bool:
        """Esc closes the card first."""
        if self.card.isVisible():
            self.card.hide()
            self.set_crumb("")
            self.people.setFocus()
            return True
        return False


_SOMEBODY = "SELECT coalesce(h.head_id, (SELECT min(p.id) FROM person p WHERE p.household_id = h.id)) FROM household h WHERE h.id = ?"


def _tone_of(column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
    return Tone.MUTED if column.name == "is_dead" and value else None
