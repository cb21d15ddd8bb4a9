"""系统: operators, backups, the trail, the check-up, and what the office is set to."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtGui import QAction

from app.changes import Topic
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.system.about_page import AboutPage
from ui.screens.system.audit_page import AuditPage
from ui.screens.system.backups_page import BackupsPage
from ui.screens.system.doctor_page import DoctorPage
from ui.screens.system.holidays_page import HolidaysPage
from ui.screens.system.input_page import InputPage
from ui.screens.system.names_page import NamesPage
from ui.screens.system.operators_page import OperatorsPage
from ui.screens.system.page import SystemPage
from ui.screens.system.printers_page import PrintersPage
from ui.screens.system.profiles_page import ProfilesPage
from ui.screens.system.upgrade_page import UpgradePage
from ui.screens.tabbed_screen import TabbedScreen

_PAGES: tuple[type[SystemPage], ...] = (
    OperatorsPage, BackupsPage, AuditPage, DoctorPage, HolidaysPage, NamesPage, ProfilesPage, PrintersPage, InputPage, UpgradePage,
    AboutPage,
)  # fmt: skip


class SystemScreen(TabbedScreen):
    """A page a tab; each is read when it is first shown."""

    room: ClassVar[Room] = Room.SYSTEM
    topics: ClassVar[frozenset[Topic]] = frozenset(Topic)
    help_page = "system"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.pages: dict[str, SystemPage] = {}
        for kind in _PAGES:
            page = kind(self)
            self.pages[kind.name] = page
            self.add_tab(kind.name, kind.words, page, page.list_table)
        self.begin()

    @property
    def page(self) -> SystemPage:
        """The page that is shown."""
        return self.pages[self.tab]

    def tools(self) -> Sequence[QAction]:
        """The acts of the page, and what a table can do where it has one."""
        more = self.table_tools() if self.page.list_table is not None else []
        return [*self.page.tools(), *more]

    def load_tab(self, name: str) -> None:
        """The page reads what it shows."""
        self.pages[name].load()

    def open_at(self, place: Place) -> None:
        """A page by its name."""
        super().open_at(place)
        self.page.setFocus()
