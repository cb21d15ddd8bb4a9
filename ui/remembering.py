"""What a window remembers for an operator: widths, order of columns, shade, text size. Never anybody's data.

It lies in the settings of the machine's user, under a short hash of the office's folder and the operator's number.
"""

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QSettings


class Remembered:
    """The window's memory of one operator in one office."""

    def __init__(self, folder: Path, operator_id: int) -> None:
        office = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
        self._group = f"office-{office}/operator-{operator_id}"
        self._settings = QSettings("xiangcai", "window")

    def get(self, name: str, default: object = None) -> object:
        """What was kept under a name, as JSON would give it back."""
        text = self._settings.value(f"{self._group}/{name}")
        if not isinstance(text, str):
            return default
        try:
            return json.loads(text)
        except ValueError:
            return default

    def keep(self, name: str, value: object) -> None:
        """Keep a value (JSON-able); None forgets it."""
        if value is None:
            self._settings.remove(f"{self._group}/{name}")
        else:
            self._settings.setValue(f"{self._group}/{name}", json.dumps(value))


class LastOffice:
    """Which office was opened last on this machine, so that the log-in window can offer it."""

    def __init__(self) -> None:
        self._settings = QSettings("xiangcai", "window")

    def folder(self) -> Path | None:
        """The folder, None when it is not there any more."""
        text = self._settings.value("last_office")
        found = Path(text) if isinstance(text, str) and text else None
        return found if found is not None and found.exists() else None

    def keep(self, folder: Path) -> None:
        """Remember the folder."""
        self._settings.setValue("last_office", str(folder.resolve()))
