"""The field for IDs, accounts, amounts and scans: a reader of cards is a keyboard, and no input method may come between."""

import re
import unicodedata

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]")


def clean_code(text: str) -> str:
    """What was scanned or pasted as it is meant: half-width, upper-case, without blanks and unseen signs."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).upper().replace("'", "")


class CodeEdit(QLineEdit):
    """A line for codes: the input method is off, what comes is cleaned, Enter moves on and presses no button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def inputMethodQuery(self, query: Qt.InputMethodQuery, argument: object = None) -> object:  # noqa: N802  # Qt's
        """Say that no input method is wanted: the one thing that input methods heed."""
        if query == Qt.InputMethodQuery.ImEnabled:
            return False
        return super().inputMethodQuery(query)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802  # Qt's name
        """Take what an input method sends all the same, cleaned."""
        self.insert(clean_code(event.commitString()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Clean what is typed; Enter says that the field is done, and goes no further."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returnPressed.emit()
            event.accept()
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
            event.accept()
            return
        if (
            event.text()
            and event.text().isprintable()
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            cleaned = clean_code(event.text())
            if cleaned:
                self.insert(cleaned)
            event.accept()
            return
        super().keyPressEvent(event)

    def paste(self) -> None:
        """Put in what the clipboard holds, cleaned."""
        from PySide6.QtGui import QGuiApplication

        held: QMimeData = QGuiApplication.clipboard().mimeData()
        if held.hasText():
            self.insert(clean_code(held.text()))
