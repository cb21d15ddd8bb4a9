"""Our own client of fcitx 4 and 5: keys go to it over D-Bus before they reach a field, what it commits is put into the field.

The portal's interface is the same for both. Keys wait for its answer, a few tenths of a millisecond; where it does not answer
in time the key goes to the field as it is, and a client that lost its server is silent from then on.
"""

import contextlib
from collections import deque
from typing import Any, Final

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, QSocketNotifier, Qt, Slot
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication, QWidget

from ui.input_method.choosing import FCITX

_METHODS: Final = DBusAddress("/org/freedesktop/portal/inputmethod", FCITX, "org.fcitx.Fcitx.InputMethod1")
_CONTEXT: Final = "org.fcitx.Fcitx.InputContext1"
_SHOWS_PREEDIT: Final = (1 << 1) | (1 << 4)
_LONGEST_S: Final = 1.0
_MOST_SILENT: Final = 3
"""So many keys without an answer, and it is taken for dead: nobody types at a key a second."""
_LONGEST_AT_FIRST_S: Final = 2.0
"""A fcitx that has just been started reads its dictionaries first."""


class NoFcitx(Exception):
    """Nobody answers at the portal. Never shown: the program goes on without an input method of its own."""


class FcitxClient(QObject):
    """One input context for the whole program; it follows the cursor from field to field."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        try:
            self._bus: DBusConnection = open_dbus_connection("SESSION")
            made = self._asked(
                _METHODS, "CreateInputContext", "a(ss)", ([("program", "xiangcai")],), _LONGEST_AT_FIRST_S
            )
            self._context = DBusAddress(str(made[0]), FCITX, _CONTEXT)
        except (OSError, TimeoutError, KeyError, ValueError, IndexError) as fault:
            raise NoFcitx from fault
        self._heard: deque[Message] = deque(maxlen=500)
        rule = MatchRule(type="signal", interface=_CONTEXT, path=self._context.object_path)
        self._bus.send(message_bus.AddMatch(rule))
        self._bus.filter(rule, queue=self._heard)
        self._tell("SetCapability", "t", (_SHOWS_PREEDIT,))
        self.alive = True
        self._silent = 0
        self._preedit = ""
        self._ears = QSocketNotifier(self._bus.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._ears.activated.connect(self._listen)
        application.installEventFilter(self)
        application.focusObjectChanged.connect(self._follow)

    # -- speaking ------------------------------------------------------------------------------------------------

    def _asked(
        self, to: DBusAddress, method: str, signature: str, body: tuple[Any, ...], longest: float = _LONGEST_S
    ) -> tuple[Any, ...]:
        reply = self._bus.send_and_get_reply(new_method_call(to, method, signature, body), timeout=longest)
        if reply.header.message_type.name == "error":
            raise ValueError(reply.body)
        answer: tuple[Any, ...] = reply.body
        return answer

    def _tell(self, method: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> None:
        with contextlib.suppress(OSError):
            self._bus.send(new_method_call(self._context, method, signature, body))

    @Slot()
    def _listen(self) -> None:
        """Take what came by itself: a candidate that was clicked."""
        try:
            self._bus.recv_messages(timeout=0)
        except TimeoutError:
            pass
        except (OSError, EOFError, ConnectionError):
            self._end()
        self._obey()

    def _end(self) -> None:
        self.alive = False
        self._ears.setEnabled(False)

    # -- keys ----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Offer a key to fcitx first; one that it takes does not reach the field."""
        if (
            self.alive
            and isinstance(event, QKeyEvent)
            and event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
            and watched is QApplication.focusWidget()
            and _takes_text(watched)
        ):
            return self._offer(event)
        return False

    def _offer(self, event: QKeyEvent) -> bool:
        released = event.type() == QEvent.Type.KeyRelease
        key = (
            event.nativeVirtualKey(),
            event.nativeScanCode(),
            event.nativeModifiers(),
            released,
            event.timestamp() & 0xFFFFFFFF,
        )
        try:
            taken = bool(self._asked(self._context, "ProcessKeyEvent", "uuubu", key)[0])
        except TimeoutError:
            self._silent += 1
            if self._silent >= _MOST_SILENT:
                self._end()
            return False
        except (OSError, ValueError, EOFError, IndexError):
            self._end()
            return False
        self._silent = 0
        self._obey()
        if taken:
            self._point()
        return taken

    # -- what it says --------------------------------------------------------------------------------------------

    def _obey(self) -> None:
        while self._heard:
            said = self._heard.popleft()
            member = said.header.fields.get(HeaderFields.member)
            if member == "CommitString":
                self._put(str(said.body[0]))
            elif member == "UpdateFormattedPreedit":
                self._show_preedit("".join(str(text) for text, _ in said.body[0]), int(said.body[1]))

    def _put(self, text: str) -> None:
        field = QGuiApplication.focusObject()
        if field is not None:
            commit = QInputMethodEvent()
            commit.setCommitString(text)
            QCoreApplication.sendEvent(field, commit)
            self._preedit = ""

    def _show_preedit(self, text: str, cursor: int) -> None:
        field = QGuiApplication.focusObject()
        if field is None or (not text and not self._preedit):
            return
        self._preedit = text
        underlined = QTextCharFormat()
        underlined.setFontUnderline(True)
        at = len(text.encode()[: max(cursor, 0)].decode(errors="ignore"))
        marks = [
            QInputMethodEvent.Attribute(QInputMethodEvent.AttributeType.TextFormat, 0, len(text), underlined),
            QInputMethodEvent.Attribute(QInputMethodEvent.AttributeType.Cursor, at, 1, None),
        ]
        QCoreApplication.sendEvent(field, QInputMethodEvent(text, marks))

    # -- where it is ---------------------------------------------------------------------------------------------

    @Slot(QObject)
    def _follow(self, field: QObject | None) -> None:
        """Another field has the cursor: one that takes no text takes no candidates either."""
        if not self.alive:
            return
        self._preedit = ""
        self._tell("Reset")
        self._tell("FocusIn" if _takes_text(field) else "FocusOut")
        self._point()

    def _point(self) -> None:
        """Say where the cursor stands, so that the candidates open there."""
        field = QGuiApplication.focusObject()
        if isinstance(field, QWidget) and _takes_text(field):
            found = field.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
            at = found if isinstance(found, QRect) else field.rect()
            corner, scale = field.mapToGlobal(QPoint(at.x(), at.y())), field.devicePixelRatioF()
            place = (corner.x(), corner.y(), at.width(), at.height())
            self._tell("SetCursorRect", "iiii", tuple(round(one * scale) for one in place))


def _takes_text(field: QObject | None) -> bool:
    """Whether a field wants an input method: ID, account and amount fields do not, and passwords neither."""
    return (
        isinstance(field, QWidget)
        and field.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        and bool(field.inputMethodQuery(Qt.InputMethodQuery.ImEnabled))
    )


def connect(application: QApplication) -> FcitxClient | None:
    """Our client, where fcitx answers."""
    try:
        return FcitxClient(application)
    except NoFcitx:
        return None
