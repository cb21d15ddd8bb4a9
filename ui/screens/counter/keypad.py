"""Big keys on the screen, for fingers: digits, X, one back, all away. They write into whichever field is given."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from ui.theme import Tone, colour, ground

_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "X", "0", "退格")
_LEAST = 76


class Keypad(QWidget):
    """`typed` carries one sign, `back` is one back."""

    typed = Signal(str)
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(10)
        self.keys: dict[str, QPushButton] = {}
        for place, words in enumerate(_KEYS):
            key = QPushButton(words)
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            key.setMinimumSize(_LEAST + 34, _LEAST)
            key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            key.setProperty("sign", words)
            key.clicked.connect(self._press)
            self.keys[words] = key
            grid.addWidget(key, place // 3, place % 3)

    def dress(self, points: float) -> None:
        """The keys' text size and colours, in the shade worn now."""
        for words, key in self.keys.items():
            tone = Tone.WARN if words == "退格" else Tone.CALM
            size = points * (0.8 if words == "退格" else 1.15)
            key.setStyleSheet(
                f"QPushButton {{ background: {ground(tone).name()}; color: {colour(tone).name()}; border-radius: 8px;"
                f" border: 1px solid {colour(tone).name()}; font-size: {size}pt; font-weight: bold; }}"
                f" QPushButton:pressed {{ background: {colour(tone).name()}; color: {ground(tone).name()}; }}"
            )

    @Slot()
    def _press(self) -> None:
        sign = str(self.sender().property("sign"))
        if sign == "退格":
            self.back.emit()
        else:
            self.typed.emit(sign)
