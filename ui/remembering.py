"""What a window remembers for an operator: widths, order of columns, shade, text size. Never anybody's data.

It lies in the settings of the machine's user (on a stick, in the stick's own), under a short hash of the office's folder and the operator's number.
"""

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QSettings

from app.places import Places, places

_MOST_OFFICES = 12


def window_settings() -> QSettings:
    """The window's settings: the machine's, or on a stick a file beside the offices."""
    file = places().settings
    if file is None:
        return QSettings("xiangcai", "window")
    return QSettings(str(file), QSettings.Format.IniFormat)


class Remembered:
    """The window's memory of one operator in one office."""

    def __init__(self, folder: Path, operator_id: int) -> None:
        office = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
        self._group = f"office-{office}/operator-{operator_id}"
        self._settings = window_settings()

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


class KnownOffices:
    """The offices that were opened on this machine, the last one first: there may be several on one PC."""

    def __init__(self) -> None:
        self._settings = window_settings()

    def folders(self) -> list[Path]:
        """Their folders; what is not there any more (a stick that was taken out) is left out but not forgotten."""
        return [folder for folder in self._kept() if folder.exists()]

    def keep(self, folder: Path) -> None:
        """Remember the folder as the last one."""
        first = folder.resolve()
        kept = [first, *(known for known in self._kept() if known != first)]
        self._settings.setValue("offices", json.dumps([_written(known) for known in kept[:_MOST_OFFICES]]))

    def _kept(self) -> list[Path]:
        text = self._settings.value("offices")
        try:
            kept = json.loads(text) if isinstance(text, str) else []
        except ValueError:
            kept = []
        names = kept if isinstance(kept, list) else []
        return [_beside(places()) / name for name in names if isinstance(name, str)]


def _beside(known: Places) -> Path:
    """What a path is written from: on a stick its own folder, for the stick's letter changes from machine to machine."""
    return known.offices.resolve() if known.is_portable else Path()


def _written(folder: Path) -> str:
    beside = _beside(places())
    return str(folder.relative_to(beside) if beside != Path() and folder.is_relative_to(beside) else folder)
