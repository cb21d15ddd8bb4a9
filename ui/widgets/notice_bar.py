"""A quiet bar inside a screen: refusals, outcomes, hints. It never takes the keyboard away."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from ui.icons import icon
from ui.theme import Tone, colour

_ICONS = {
    Tone.GOOD: "circle-check",
    Tone.WARN: "alert-triangle",
    Tone.BAD: "alert-circle",
    Tone.CALM: "info-circle",
    Tone.MUTED: "info-circle",
}
_GOOD_NEWS_MS = 8_000


class NoticeBar(QFrame):
    """One sentence with its tone; good news goes by itself, the rest stays until closed or said anew."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.picture = QLabel()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again = QPushButton("重试(&R)")
        self.again.hide()
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setToolTip("关闭提示")
        self.close_button.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 6, 5)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        row.addWidget(self.again)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._retry: Callable[[], object] | None = None
        self.again.clicked.connect(self._try_again)
        self._going = QTimer(self)
        self._going.setSingleShot(True)
        self._going.setInterval(_GOOD_NEWS_MS)
        self._going.timeout.connect(self.clear)
        self.hide()

    def say(self, sentence: str, tone: Tone = Tone.BAD, retry: Callable[[], object] | None = None) -> None:
        """Show a sentence; `retry` is offered as a button."""
        self.setProperty("tone", str(tone))
        self.style().unpolish(self)
        self.style().polish(self)
        self.picture.setPixmap(icon(_ICONS[tone], colour(tone)).pixmap(18, 18))
        self.close_button.setIcon(icon("x"))
        self.words.setText(sentence)
        self._retry = retry
        self.again.setVisible(retry is not None)
        self.show()
        if tone is Tone.GOOD:
            self._going.start()
        else:
            self._going.stop()

    @Slot()
    def clear(self) -> None:
        """Say nothing more."""
        self._retry = None
        self.hide()

    @Slot()
    def _try_again(self) -> None:
        if (retry := self._retry) is not None:
            self.clear()
            retry()
