"""What every page beside the guide is to the screen of 导入."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from models.domain.permission import Permission
from ui.screens.list_screen import ListScreen
from ui.widgets.paged_table import PagedTable


class IntakePage(QWidget):
    """A tab: its name for places, its words, and the screen by which it asks and acts."""

    name: ClassVar[str]
    words: ClassVar[str]

    def __init__(self, screen: ListScreen) -> None:
        super().__init__()
        self.screen_of = screen
        self.office = screen.office
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 6, 0, 0)
        self.column.setSpacing(8)

    @property
    def list_table(self) -> PagedTable | None:
        """The list that export and print mean; a page without one has none."""
        return None

    def load(self) -> None:
        """Show what is in the store now."""

    def enter(self) -> None:
        """The page is shown: the keyboard is where it is used first."""

    def tools(self) -> Sequence[QAction]:
        """The acts of the page."""
        return ()

    def tool(
        self, name: str, words: str, picture: str, key: str, act: object, *, enabled: bool = True
    ) -> QAction:
        """One act, grey where it can do nothing, or where the operator's posts do not allow it."""
        may = enabled and self.office.may(Permission.IMPORT)
        return self.screen_of._tool_of(f"{self.name}.{name}", words, picture, key, act, enabled=may)
