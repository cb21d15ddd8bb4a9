"""A monkey at the desk: seeded random keys and clicks on whatever is in front, the same again for the same seed."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDateEdit,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from ui.routes import Place, Room
from ui.window.frame import Frame

KEYS = (
    "Tab", "Tab", "Shift+Tab", "Up", "Down", "Down", "Left", "Right", "PgDown", "PgUp", "Home", "End", "Return", "Return",
    "Escape", "Space", "F1", "F2", "F3", "F5", "F7", "F8", "F9", "Ctrl+A", "Ctrl+C", "Ctrl+Shift+C", "Ctrl+V", "Ctrl+D",
    "Ctrl+F", "Ctrl+G", "Ctrl+K", "Ctrl+N", "Ctrl+R", "Ctrl+S", "Ctrl+Shift+L", "Ctrl+Return", "Ctrl+Tab", "Alt+Left",
    "Alt+Right", "Ctrl+=", "Ctrl+-", "Delete", "Backspace", "Ctrl+Home", "Ctrl+End",
)  # fmt: skip
WORDS = (
    "0", "-1", "2024-06", "2024", "13800000000", "99999999999999999999", "0.005", "1,000.00", "王", "张三", "　", "330624",
    "'; -- %", "%_", "﹡", "𬱖", "a" * 300, "新财〔2024〕1号", "/tmp", "2024-02-30",
)  # fmt: skip
_NAMES = re.compile(r"<[^>]*>|[/\\][\w./\\-]+|[\w.-]+\.(xlsx?|csv|zip|toml|pdf|db)\b|[0-9a-f]{12,}")
"""Tags, paths, files and checksums."""
_ENGLISH = re.compile(r"[A-Za-z]{4,}")
_KNOWN = re.compile(
    r"Ctrl|Shift|Home|PgUp|PgDn|Excel|xlsx|admin|SHA-256|UTF-8|GBK|GB18030|HTML|Python|PySide6|Linux|Windows|WPS|Esc"
)
_TYPED = (QLineEdit, QPlainTextEdit, QComboBox, QDateEdit)
_STRUCK = (QAbstractButton, QTabBar, QHeaderView, QComboBox, QLineEdit, QPlainTextEdit, QDateEdit)
_LEAVES = ("退出", "关闭办公点", "锁定", "换人登录", "查询大厅", "退出查询")


@dataclass
class Monkey:
    """One seed in one window; `log` says what it did, for a failure's sake."""

    frame: Frame
    seed: int
    settle: Callable[[], None]
    aloud: bool = False
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    # -- what is in front ----------------------------------------------------------------------------------------

    @property
    def front(self) -> QWidget:
        """A menu, a dialog, or the window."""
        return QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.frame

    def _targets(self) -> Iterator[QWidget]:
        found: list[QWidget] = list(self.front.findChildren(QWidget))
        for one in found:
            if not one.isVisible() or not one.isEnabled() or one.window() is not self.front.window():
                continue
            if isinstance(one, QAbstractItemView):
                yield one.viewport()
            elif isinstance(one, _STRUCK) and not self._would_leave(one):
                yield one

    def _would_leave(self, one: QWidget) -> bool:
        words = one.text() if isinstance(one, QAbstractButton) else ""
        # what shows a menu and waits for it would wait for ever: nobody else clicks
        waits = one is self.frame.look or one.objectName() == "qt_toolbar_ext_button"
        return waits or any(word in words for word in _LEAVES)

    def _note(self, words: str) -> None:
        self.log.append(words)
        if self.aloud:  # a hang has no other witness
            print(words, flush=True)

    # -- acts ----------------------------------------------------------------------------------------------------

    def play(self, events: int) -> None:
        """So many events, then everything that is open closed again."""
        for number in range(events):
            act = self.chance.choices(
                (self._key, self._click, self._type, self._menu, self._go), (35, 40, 15, 6, 4)
            )[0]
            act()
            QApplication.processEvents()
            if not number % 5:
                self.settle()
                self.look()
        self.settle()
        self.leave_dialogs()

    def _key(self) -> None:
        keys = self.chance.choice(KEYS)
        at = self.front.focusWidget() or self.front
        self._note(f"{keys} in {_called(at)}")
        stroke = QKeySequence(keys)[0]  # type: ignore[index]  # the stubs know no index
        QTest.keyPress(at, stroke.key(), stroke.keyboardModifiers())
        if isValid(at) and at.isVisible():  # the key may have closed what it was pressed in
            QTest.keyRelease(at, stroke.key(), stroke.keyboardModifiers())

    def _click(self) -> None:
        front = self.front
        if isinstance(front, QMenu):
            actions = [
                one
                for one in front.actions()
                if one.isEnabled() and not any(w in one.text() for w in _LEAVES)
            ]
            if not actions:
                front.close()
                return
            action = self.chance.choice(actions)
            self._note(f"menu {action.text()}")
            QTest.mouseClick(front, Qt.MouseButton.LeftButton, pos=front.actionGeometry(action).center())
            return
        targets = list(self._targets())
        if not targets:
            return
        one = self.chance.choice(targets)
        at = QPoint(self.chance.randrange(max(1, one.width())), self.chance.randrange(max(1, one.height())))
        twice = self.chance.random() < 0.15
        self._note(f"{'double ' if twice else ''}click {_called(one)} at {at.x()},{at.y()}")
        keys = self.chance.choice(
            (Qt.KeyboardModifier.NoModifier,) * 6
            + (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
        )
        QTest.mouseClick(one, Qt.MouseButton.LeftButton, keys, at)
        if twice and isValid(one) and one.isVisible():
            QTest.mouseDClick(one, Qt.MouseButton.LeftButton, keys, at)

    def _type(self) -> None:
        fields = [one for one in self._targets() if isinstance(one, _TYPED)]
        at: QWidget | None = (
            self.chance.choice(fields) if fields and self.chance.random() < 0.5 else self.front.focusWidget()
        )
        if at is None:
            return
        words = self.chance.choice(WORDS)
        self._note(f"type {words[:20]!r} in {_called(at)}")
        at.setFocus()
        if words.isascii() and len(words) < 40:
            QTest.keyClicks(at, words)
        else:
            commit = QInputMethodEvent()
            commit.setCommitString(words)
            QApplication.sendEvent(at, commit)

    def _menu(self) -> None:
        targets = [one for one in self._targets() if isinstance(one.parentWidget(), QAbstractItemView)]
        if targets:
            one = self.chance.choice(targets)
            at = QPoint(
                self.chance.randrange(max(1, one.width())), self.chance.randrange(max(1, one.height()))
            )
            self._note(f"right click {_called(one)}")
            QApplication.sendEvent(
                one, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, one.mapToGlobal(at))
            )

    def _go(self) -> None:
        if self.front is self.frame:
            room = self.chance.choice(list(Room))
            self._note(f"go {room}")
            self.frame.go(Place(room))

    # -- what must hold ------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Nothing in English, whatever is in front."""
        found: list[QWidget] = list(self.front.findChildren(QWidget))
        for one in found:
            if not isinstance(one, QLabel | QAbstractButton) or not one.isVisible():
                continue
            words = _NAMES.sub("", one.text())
            assert not _ENGLISH.search(_KNOWN.sub("", words)) or _is_of_office(words), f"{words!r} is English"

    def leave_dialogs(self) -> None:
        """Esc leads out of everything that is open; no dialog is a trap."""
        for _ in range(12):
            front = self.front
            if front is self.frame:
                return
            QTest.keyClick(front, Qt.Key.Key_Escape)
            QApplication.processEvents()
            if self.front is front:
                front.close()
                QApplication.processEvents()
        raise AssertionError(f"{_called(self.front)} does not close")


def _is_of_office(words: str) -> bool:
    """What somebody typed (a long run of one letter) may stand on the screen."""
    return "aaaa" in words


def _called(one: QWidget) -> str:
    words = one.text() if isinstance(one, QAbstractButton | QLineEdit) else ""
    parent = one.parentWidget()
    return f"{type(one).__name__}({words[:20]}) of {type(parent).__name__}"
