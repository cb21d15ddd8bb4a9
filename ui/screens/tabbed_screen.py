"""A screen of several tables, one a tab; each is read when it is first shown and when its topics changed since."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from ui.office import Office
from ui.routes import Place
from ui.screens.list_screen import ListScreen
from ui.widgets.paged_table import PagedTable


class TabbedScreen(ListScreen):
    """Tabs by name; a tab is a table, or a page whose `table` attribute is one, or any page with a `load`."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.tabs = self.make_tabs()
        self._names: list[str] = []
        self._tables: list[PagedTable | None] = []
        self._stale: set[int] = set()
        self.column.addWidget(self.tabs, 1)

    def add_tab(self, name: str, words: str, page: QWidget, table: PagedTable | None = None) -> None:
        """One more tab; `name` is what places call it."""
        self._names.append(name)
        self._tables.append(page if isinstance(page, PagedTable) else table)
        self.tabs.addTab(page, words)

    def begin(self) -> None:
        """After the last tab."""
        self.tabs.currentChanged.connect(self._tab_changed)

    @property
    def tab(self) -> str:
        """The name of the tab that is shown."""
        return self._names[self.tabs.currentIndex()]

    def table_now(self) -> PagedTable | None:
        """The table of the tab that is shown."""
        return self._tables[self.tabs.currentIndex()]

    def show_tab(self, name: str) -> None:
        """Go to a tab by name."""
        if name in self._names:
            self.tabs.setCurrentIndex(self._names.index(name))

    def refresh(self) -> None:
        """Every tab is old; the one that is shown is read now."""
        self._stale = set(range(self.tabs.count()))
        self._load_shown()

    def load_tab(self, name: str) -> None:
        """Read what a tab without a table of its own shows; a subclass fills it in."""

    def _load_shown(self) -> None:
        place = self.tabs.currentIndex()
        if place in self._stale:
            self._stale.discard(place)
            if (table := self._tables[place]) is not None:
                table.load()
            self.load_tab(self._names[place])
        table = self._tables[place]
        self.set_sums(table.sums_text() if table is not None and table.loaded else "")

    @Slot(int)
    def _tab_changed(self, _place: int) -> None:
        if not self.stale:
            self._load_shown()
        self.tools_changed.emit()

    def open_at(self, place: Place) -> None:
        """A tab, and a row in it."""
        self.show_tab(place.tab)
        table = self.table_now()
        if table is not None:
            if place.id:
                table.go_to_id(place.id)
            table.view.setFocus()
