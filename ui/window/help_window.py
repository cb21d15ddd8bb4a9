"""F1: the help of the screen one is at, Markdown from resources/help."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from app.resources import resource

_NOTHING = "# 帮助\n\n这个画面还没有写帮助。\n"


class HelpWindow(QDialog):
    """One page of help beside the window; the window stays usable."""

    def __init__(self, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("帮助")
        self.resize(560, 600)
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(False)
        self.text.setMarkdown(help_text(page))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.text)


def help_text(page: str) -> str:
    """The Markdown of a page with the keys that hold everywhere below it."""
    keys = resource("help") / "keys.md"
    return page_text(page) + "\n\n" + (keys.read_text(encoding="utf-8") if keys.exists() else "")


def page_text(page: str) -> str:
    """The Markdown of a page by itself."""
    path = resource("help") / f"{page}.md"
    return path.read_text(encoding="utf-8") if path.exists() else _NOTHING
