"""A tab of a screen: read when it is shown, with acts of its own in the toolbar row."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.screens.list_screen import ListScreen
from ui.widgets.paged_table import PagedTable


class Tab(QWidget):
    """`name` is what places call the tab, `words` what stands on it. The screen that holds it asks, says and shows its acts."""

    name: ClassVar[str]
    words: ClassVar[str]

    tools_changed = Signal()

    def __init__(self, holder: ListScreen) -> None:
        super().__init__()
        self.holder, self.office, self.bar = holder, holder.office, holder.bar
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 6, 0, 0)
        self.column.setSpacing(8)

    @property
    def list_table(self) -> PagedTable | None:
        """The list that export and print mean; a tab without one has none."""
        return None

    def load(self) -> None:
        """Show what is in the store now."""

    def tools(self) -> Sequence[QAction]:
        """The acts of the toolbar row while this tab is shown."""
        return ()

    def act(
        self, name: str, words: str, picture: str, key: str, act: object, *, enabled: bool = True
    ) -> QAction:
        """An act of the toolbar row, made once and kept; whoever may not do it sees it grey."""
        return self.holder._tool_of(f"{self.name}.{name}", words, picture, key, act, enabled=enabled)
