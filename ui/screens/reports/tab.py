"""A tab of 报表 beside the monthly return."""

from ui.screens.tab import Tab


class ReportTab(Tab):
    """What the other tabs of 报表 add to the title, and what a place's words mean to them."""

    @property
    def crumb(self) -> str:
        """What stands behind the room's name while this tab is shown."""
        return ""

    def open_words(self, words: str) -> bool:
        """Open what a place's words name; False where they mean nothing here."""
        return False
