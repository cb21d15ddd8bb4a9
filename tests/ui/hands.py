"""A clerk's hands: keys and clicks on what is shown, and nothing else. No screen's attribute is touched from here.

Chinese is committed as an input method commits it; Qt's own file dialog is answered for her; a button is found by its words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QMenu,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from ui.window.entrance import Entrance
from ui.window.frame import Frame

_LANE_MS = 30_000
_LONGEST_LIST = 400


class Hands:
    """One pair of hands at one program."""

    def __init__(self, qtbot: QtBot, entrance: Entrance) -> None:
        self.qtbot = qtbot
        self.entrance = entrance

    # -- what is seen --------------------------------------------------------------------------------------------

    @property
    def window(self) -> QWidget:
        """The window that keys go to: a menu, a dialog, or what stands below."""
        top = QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.entrance.window
        assert top is not None
        return top

    @property
    def focus(self) -> QWidget:
        """Where the cursor stands."""
        self.window.activateWindow()
        QApplication.processEvents()
        focus = self.window.focusWidget() or self.window
        assert focus.isVisible(), f"{focus} has the cursor and is not shown"
        return focus

    def wait(self) -> None:
        """Until nothing is being done any more."""
        QApplication.processEvents()
        # a button pressed by its letter is seen to go down for a moment before it acts
        self.qtbot.waitUntil(lambda: not any(one.isDown() for one in self._buttons()))
        frame = self.entrance.frame
        if frame is not None and self.entrance.window is frame:
            self.qtbot.waitUntil(lambda: frame.office.lane.job is None, timeout=_LANE_MS)
        QApplication.processEvents()

    def _buttons(self) -> list[QAbstractButton]:
        found: list[QAbstractButton] = list(self.window.findChildren(QAbstractButton))
        return [one for one in found if one.isVisible()]

    def text(self) -> str:
        """Everything that the front window says, its own words only."""
        labels: list[QLabel] = list(self.window.findChildren(QLabel))
        return "\n".join(one.text() for one in labels if one.isVisible())

    def sees(self, words: str) -> None:
        """These words stand somewhere in the front window."""
        assert words in self.text(), f"{words!r} is not said, but:\n{self.text()}"

    # -- keys ----------------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys one after another, e.g. 'Ctrl+N', 'F9', 'Return'; what they begin is waited for."""
        for words in keys:
            stroke = QKeySequence(words)[0]  # type: ignore[index]  # the stubs know no index
            QTest.keyClick(self.focus, stroke.key(), stroke.keyboardModifiers())
            self.wait()

    def type(self, words: str) -> None:
        """Type at the cursor: ASCII by keys, Chinese as an input method commits it."""
        at = self.focus
        for sign in words:
            if sign.isascii():
                QTest.keyClicks(at, sign)
            else:
                commit = QInputMethodEvent()
                commit.setCommitString(sign)
                assert at.inputMethodQuery(Qt.InputMethodQuery.ImEnabled), (
                    f"{at} takes no Chinese; {self.text()}"
                )
                QApplication.sendEvent(at, commit)

    def write(self, words: str) -> None:
        """Type over what stands in the field."""
        self.press("Ctrl+A")
        self.type(words)

    def pick(self, words: str) -> None:
        """Choose in the list at the cursor: typed where it is a long one, else by the arrow keys."""
        at = self.focus
        box = at if isinstance(at, QComboBox) else at.parentWidget()
        assert isinstance(box, QComboBox), f"{at} is no list"
        if box.isEditable():
            self.press("Ctrl+A")
            self.type(words)
            assert box.findText(box.currentText(), Qt.MatchFlag.MatchExactly) >= 0, (
                f"{words!r} is not offered"
            )
            return
        QTest.keyClick(box, Qt.Key.Key_Home)
        for _ in range(_LONGEST_LIST):
            if words in box.currentText():
                return
            before = box.currentIndex()
            QTest.keyClick(box, Qt.Key.Key_Down)
            assert box.currentIndex() != before, (
                f"{words!r} is not offered, but {box.currentText()!r}; {self.text()}"
            )

    def until(self, words: str) -> None:
        """Tab until the field with these words before it has the cursor."""
        for _ in range(40):
            if words in self._label_of(self.focus):
                return
            self.press("Tab")
        raise AssertionError(f"no field is called {words!r}")

    def _label_of(self, field: QWidget) -> str:
        labels: list[QLabel] = list(self.window.findChildren(QLabel))
        for label in labels:
            buddy = label.buddy()
            if buddy is not None and (
                buddy is field or buddy.isAncestorOf(field) or buddy.focusProxy() is field
            ):
                return label.text()
        return ""

    # -- the mouse -----------------------------------------------------------------------------------------------

    def click(self, words: str) -> None:
        """Click the button, the link or the tab that has these words."""
        bars: list[QTabBar] = list(self.window.findChildren(QTabBar))
        for bar in filter(QTabBar.isVisible, bars):
            for place in range(bar.count()):
                if bar.tabText(place).startswith(words):
                    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
                    self.wait()
                    return
        shown = [one for one in self._buttons() if words in one.text().replace("&", "")]
        assert shown, f"no button says {words!r}"
        assert shown[0].isEnabled(), f"{words!r} is grey"
        QTest.mouseClick(shown[0], Qt.MouseButton.LeftButton, pos=QPoint(8, shown[0].height() // 2))
        self.wait()

    def menu(self, words: str) -> None:
        """Choose in the menu that is open."""
        top = self.window
        assert isinstance(top, QMenu)
        actions: list[QAction] = list(top.actions())
        action = next(one for one in actions if words in one.text())
        QTest.mouseClick(top, Qt.MouseButton.LeftButton, pos=top.actionGeometry(action).center())
        self.wait()

    # -- files ---------------------------------------------------------------------------------------------------

    @contextmanager
    def naming(self, path: Path) -> Iterator[None]:
        """Qt's own file dialog, asked for a file while this is open, answers `path`."""
        asked: list[str] = []

        def answer(_parent: QWidget, title: str, *_more: object) -> tuple[str, str]:
            asked.append(title)
            return str(path), ""

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(QFileDialog, "getOpenFileName", answer)
            yield
        assert asked, "no file was asked for"
        self.wait()

    # -- who -----------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        """The opened office's window."""
        frame = self.entrance.frame
        assert frame is not None
        return frame

    def close(self) -> None:
        """Leave the program as it stands."""
        frame, self.entrance.frame = self.entrance.frame, None
        if frame is not None and isValid(frame):
            frame.close()
            self.qtbot.waitUntil(lambda: not isValid(frame) or not frame.isVisible(), timeout=_LANE_MS)
        elif self.entrance.window is not None and isValid(self.entrance.window):
            self.entrance.window.close()
        self.entrance.window = None
