"""Which way Chinese comes in, chosen before Qt starts: our own client where fcitx runs, Qt's ibus plugin where ibus runs.

Measured under Xvfb (LIBRARIES, Chinese input): a copied fcitx plugin does not load, its ABI is another; the plugins that the
wheels do carry are ibus and compose.
"""

import os
import sys
from collections.abc import Callable, MutableMapping
from enum import StrEnum
from typing import Final

FCITX: Final = "org.freedesktop.portal.Fcitx"
IBUS: Final = ("org.freedesktop.portal.IBus", "org.freedesktop.IBus")
WAY: Final = "XIANGCAI_INPUT"
"""The variable in which the choice is kept for this process, and in which somebody may force another one."""
_LONGEST_S: Final = 0.5


class Way(StrEnum):
    """The ways in."""

    OWN = "own"
    """Our own client speaks to fcitx over D-Bus."""
    IBUS = "ibus"
    """Qt's own ibus plugin."""
    ALONE = "alone"
    """Nothing of ours: Windows, a Mac, or a machine without either."""


def choose(
    environment: MutableMapping[str, str], owned: Callable[[str], bool], platform: str = sys.platform
) -> Way:
    """The way for this machine; sets what Qt reads of it. `owned` says whether a name is on the session's bus."""
    if platform != "linux" or environment.get("QT_QPA_PLATFORM") == "offscreen":
        return Way.ALONE
    if environment.get("DISPLAY"):
        # the wheels' Wayland plugin knows no input method of a Chinese desktop; X11 is there on all of them
        environment.setdefault("QT_QPA_PLATFORM", "xcb")
    forced = environment.get(WAY, "")
    if forced == Way.ALONE or not environment.get("DBUS_SESSION_BUS_ADDRESS"):
        return Way.ALONE
    if forced == Way.OWN or (not forced and owned(FCITX)):
        environment["QT_IM_MODULE"] = "none"
        return Way.OWN
    if forced == Way.IBUS or any(map(owned, IBUS)):
        environment["QT_IM_MODULE"] = "ibus"
        environment["IBUS_USE_PORTAL"] = "1"
        return Way.IBUS
    return Way.ALONE


def is_on_the_bus(name: str) -> bool:
    """Whether somebody serves this name on the session's bus; no bus is a no."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    try:
        bus = open_dbus_connection("SESSION")
    except (OSError, KeyError, ValueError):
        return False
    try:
        asked = new_method_call(
            DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus"), "NameHasOwner", "s", (name,)
        )  # fmt: skip
        return bool(bus.send_and_get_reply(asked, timeout=_LONGEST_S).body[0])
    except (OSError, TimeoutError, ValueError, IndexError):
        return False
    finally:
        bus.close()


def prepare() -> Way:
    """Choose for this machine; called before the application is made, and remembered for the page that shows it."""
    way = choose(os.environ, is_on_the_bus)
    os.environ[WAY] = way.value
    return way
