"""The log-in window, warm: from the start of the process to the window on the (offscreen) screen."""

import os
import subprocess
import sys
import time

from tests.bench.measuring import Measured, bench

_SHOW = "from ui.__main__ import start; from PySide6.QtTest import QTest; a, e = start([]); w = e.window; QTest.qWaitForWindowExposed(w)"
_BARE = "from PySide6.QtWidgets import QApplication, QWidget; a = QApplication([]); w = QWidget(); w.show(); a.processEvents()"


def _seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    )
    return time.perf_counter() - start


@bench("log-in window shown, warm")
def login() -> Measured:
    """The floor is an empty Qt window in a process of its own."""
    _seconds(_SHOW)
    return Measured(_seconds(_SHOW), _seconds(_BARE), "an empty Qt window")
