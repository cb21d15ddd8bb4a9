"""What every page beside the guide is to the screen of 导入."""

from PySide6.QtGui import QAction

from models.domain.permission import Permission
from ui.screens.tab import Tab


class IntakePage(Tab):
    """A tab for whoever may import."""

    def enter(self) -> None:
        """The page is shown: the keyboard is where it is used first."""

    def tool(
        self, name: str, words: str, picture: str, key: str, act: object, *, enabled: bool = True
    ) -> QAction:
        """One act, grey where it can do nothing, or where the operator's posts do not allow it."""
        return self.act(
            name, words, picture, key, act, enabled=enabled and self.office.may(Permission.IMPORT)
        )
