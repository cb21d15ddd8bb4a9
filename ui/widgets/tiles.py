"""Counts side by side that one can press: each says a number in its tone, and shows only its rows when pressed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui.theme import Tone, colour, ground


@dataclass(frozen=True)
class Tile:
    """One count: its name for the listener, its words, the figure as text, its tone."""

    name: str
    words: str
    figure: str
    tone: Tone = Tone.MUTED


class Tiles(QWidget):
    """`chosen` carries the name of the tile that was pressed, '' when it was pressed again: everything is meant."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch()
        self.buttons: dict[str, QPushButton] = {}
        self._tiles: dict[str, Tile] = {}
        self.now = ""

    def fill(self, tiles: Sequence[Tile]) -> None:
        """Show these; the one that was pressed stays pressed where it is still there."""
        names = [tile.name for tile in tiles]
        if names != list(self.buttons):
            for button in self.buttons.values():
                self._row.removeWidget(button)
                button.deleteLater()
            self.buttons = {}
            for place, tile in enumerate(tiles):
                button = QPushButton()
                button.setCheckable(True)
                button.setAutoDefault(False)
                button.clicked.connect(lambda _=False, name=tile.name: self._press(name))
                self._row.insertWidget(place, button)
                self.buttons[tile.name] = button
        self._tiles = {tile.name: tile for tile in tiles}
        if self.now not in self.buttons:
            self.now = ""
        self._paint()

    def clear_choice(self) -> None:
        """No tile is pressed any more."""
        self.now = ""
        self._paint()

    def _press(self, name: str) -> None:
        self.now = "" if self.now == name else name
        self._paint()
        self.chosen.emit(self.now)

    def _paint(self) -> None:
        for name, button in self.buttons.items():
            tile, pressed = self._tiles[name], name == self.now
            button.setText(f"{tile.words}　{tile.figure}")
            button.setChecked(pressed)
            edge = colour(tile.tone).name()
            button.setStyleSheet(
                f"QPushButton {{ background: {ground(tile.tone).name()}; color: {edge}; font-weight: bold; padding: 5px 14px;"
                f" border-radius: 4px; border: {'2px' if pressed else '1px'} solid {edge if pressed else ground(tile.tone).name()}; }}"
                f" QPushButton:focus {{ border: 2px solid {edge}; }}"
            )

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Shown again, perhaps in the other shade."""
        super().showEvent(event)
        self._paint()
