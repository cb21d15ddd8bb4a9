"""Run beside a real fcitx under Xvfb: types nihao in a field and in a code field, and prints what stands in them then.

`python -m tests.ui.typed_by_fcitx REMOTE`: the command by which this fcitx is told to turn pinyin on.
"""

import json
import subprocess
import sys
import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from ui.input_method.choosing import FCITX, is_on_the_bus, prepare
from ui.input_method.fcitx import connect
from ui.widgets.code_edit import CodeEdit

_CODES = {"a": 38, "h": 43, "i": 31, "n": 57, "o": 32, " ": 65}
"""What the X server calls the keys of a usual keyboard."""


def strike(field: QWidget, sign: str) -> None:
    """One key, as it comes from the X server."""
    key = Qt.Key.Key_Space if sign == " " else Qt.Key(ord(sign.upper()))
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, _CODES[sign], ord(sign), 0, sign)
        QApplication.sendEvent(field, event)
    QTest.qWait(60)


def turn_on(remote: str) -> None:
    """Pinyin on, however long its dictionaries take."""
    for _ in range(40):
        for asked in (["-o"], ["-s", "pinyin"]):
            subprocess.run([remote, *asked], check=False, timeout=20)
        QTest.qWait(250)
        said = subprocess.run([remote, "-n"], check=False, timeout=20, capture_output=True, text=True)
        if "pinyin" in said.stdout:
            return


def main(remote: str) -> None:
    """Type, and say what came of it."""
    for _ in range(60):
        if is_on_the_bus(FCITX):
            break
        time.sleep(0.25)
    way = prepare()
    application = QApplication([])
    client = connect(application)
    window = QWidget()
    column = QVBoxLayout(window)
    name, code = QLineEdit(), CodeEdit()
    column.addWidget(name)
    column.addWidget(code)
    window.show()
    window.activateWindow()  # no window manager does it under Xvfb
    QTest.qWaitForWindowActive(window)
    name.setFocus()
    QTest.qWait(300)
    turn_on(remote)
    strike(name, "n")  # its dictionary is read at the first key
    QTest.qWait(1_000)
    code.setFocus()
    QTest.qWait(200)
    name.clear()
    name.setFocus()
    QTest.qWait(300)
    for sign in "nihao ":
        strike(name, sign)
    QTest.qWait(400)
    code.setFocus()
    QTest.qWait(100)
    for sign in "nihao":
        strike(code, sign)
    QTest.qWait(200)
    print(
        json.dumps(
            {
                "way": way,
                "client": client is not None,
                "active": window.isActiveWindow(),
                "name": name.text(),
                "code": code.text(),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
