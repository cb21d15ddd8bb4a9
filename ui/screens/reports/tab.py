"""A tab of 报表: read when it is shown, with acts of its own in the toolbar row."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.screens.list_screen import ListScreen


class ReportTab(QWidget):
    """`name` is what places call the tab, `words` what stands on it. The screen that holds it shows its acts and its refusals."""

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
    def crumb(self) -> str:
        """What stands behind the room's name while this tab is shown."""
        return ""

    def load(self) -> None:
        """Show what is in the store now."""

    def tools(self) -> Sequence[QAction]:
        """The acts of the toolbar row while this tab is shown."""
        return ()

    def act(
        self, name: str, words: str, picture: str, key: str, act: Callable[[], None], *, enabled: bool = True
    ) -> QAction:
        """An act of the toolbar row, made once and kept."""
        return self.holder._tool_of(name, words, picture, key, act, enabled=enabled)

    def open_words(self, words: str) -> bool:
        """Open what a place's words name; False where they mean nothing here."""
        return False
