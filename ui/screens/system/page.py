"""What every page of 系统 is to its screen."""

from PySide6.QtGui import QAction

from models.domain.permission import Permission
from ui.screens.tab import Tab


class SystemPage(Tab):
    """A tab whose acts ask for a permission each, or for none."""

    def tool(
        self, name: str, words: str, picture: str, key: str, act: object, permission: Permission | None = None
    ) -> QAction:
        """One act, grey where the operator's posts do not allow it."""
        may = permission is None or self.office.may(permission)
        return self.act(name, words, picture, key, act, enabled=may)
