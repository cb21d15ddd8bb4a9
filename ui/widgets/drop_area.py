"""A place to drop a file, with a button for those who pick: the file is only named here, whoever listens opens it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from ui.widgets.facts import heading, quiet


class DropArea(QFrame):
    """`dropped` carries the path of the first file, `several` those of all; `asked` that the button was pressed."""

    dropped = Signal(object)
    several = Signal(object)
    asked = Signal()

    def __init__(self, words: str, hint: str, button: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAcceptDrops(True)
        self.pick = QPushButton(button)
        self.pick.setAutoDefault(False)
        self.pick.clicked.connect(self.asked)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(heading(words, 1.15))
        texts.addWidget(quiet(hint))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.addLayout(texts, 1)
        row.addWidget(self.pick, 0, Qt.AlignmentFlag.AlignVCenter)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        """Files are welcome."""
        if event.mimeData().hasUrls():
            self._mark(over=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802  # Qt's name
        """It went elsewhere."""
        self._mark(over=False)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        """Take the files."""
        self._mark(over=False)
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            self.dropped.emit(Path(local[0]))
            self.several.emit([Path(one) for one in local])

    def _mark(self, *, over: bool) -> None:
        self.setObjectName("bar" if over else "card")
        self.setProperty("tone", "calm" if over else "")
        self.style().unpolish(self)
        self.style().polish(self)
