"""Handing a file to the program that the system has for it."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_with_system(path: Path) -> bool:
    """Open a file with the system's program; False where there is none."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
