"""A window that fits the screen: on a small screen with large scaling (1366×768 at 150 %) everything is drawn a little smaller.

The least window is what the fullest screen needs; behind the edge of a screen nobody finds a button. Qt learns of it only
when the application is made, so that one that turns out too large is made again.
"""

import os
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

LEAST_WIDTH: Final = 1024
LEAST_HEIGHT: Final = 600
_TITLE: Final = 32
_VARIABLE: Final = "QT_SCALE_FACTOR"


def fitting_factor(screen: QSize) -> float:
    """By how much everything has to shrink so that the least window fits on what is free of the screen; 1.0 where it does."""
    return min(1.0, screen.width() / LEAST_WIDTH, screen.height() / (LEAST_HEIGHT + _TITLE))


def fitting_application(make: Callable[[], QApplication]) -> QApplication:
    """The application, made again under a smaller scale where its window would not fit."""
    application = make()
    factor = fitting_factor(application.primaryScreen().availableSize())
    if factor < 1.0:
        application.shutdown()
        del application
        os.environ[_VARIABLE] = f"{factor * _asked():.3f}"
        application = make()
    return application


def _asked() -> float:
    """The scale that somebody set for all Qt programs."""
    try:
        return float(os.environ.get(_VARIABLE, "1")) or 1.0
    except ValueError:
        return 1.0
