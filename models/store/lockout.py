"""Wrong passwords are counted per operator in a file beside the keys: five of them, and that name waits ten minutes.

It hinders whoever sits at the keyboard. Who can copy or delete files guesses elsewhere; against that stands the cost of
the key derivation, not this file.
"""

import json
import math
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from models.domain.refusal import Refusal, WorldError
from models.store.durable import replacing_own

LOCKOUT_NAME: Final = "wrong-passwords.json"
MOST_WRONG: Final = 5
WAIT_SECONDS: Final = 600


class LockedOut(Refusal):
    """Too many wrong passwords under this name."""

    form = "“{operator}”连续输错密码 {wrong} 次，还要等 {minutes} 分钟才能再试。忘记密码请由系统管理员重设，或使用恢复码。"


class WrongPasswords:
    """The counts of one office. Times are the wall clock's; a clock that is set back makes the wait begin anew."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCKOUT_NAME

    def refuse_locked(self, operator: str, now: datetime) -> None:
        """Refuse a name that has to wait. Raises LockedOut with the minutes left."""
        kept = self._read()
        entry = kept.get(operator)
        if entry is None or entry["wrong"] < MOST_WRONG:
            return
        stamp = now.timestamp()
        if stamp < entry["seen"]:  # the clock went back: what was waited so far cannot be known
            entry |= {"until": stamp + WAIT_SECONDS, "seen": stamp}
            self._write(kept)
        left = entry["until"] - stamp
        if left <= 0:
            del kept[operator]
            self._write(kept)
            return
        entry["seen"] = stamp
        self._write(kept)
        raise LockedOut(operator=operator, wrong=MOST_WRONG, minutes=math.ceil(left / 60))

    def count(self, operator: str, now: datetime) -> int:
        """Count one more wrong password; gives how many in a row that makes."""
        kept = self._read()
        stamp = now.timestamp()
        entry = kept.setdefault(operator, {"wrong": 0, "until": 0, "seen": stamp})
        entry["wrong"] += 1
        entry |= {"until": stamp + WAIT_SECONDS, "seen": stamp}
        self._write(kept)
        return int(entry["wrong"])

    def clear(self, operator: str) -> int:
        """Forget the wrong passwords of a name after a right one; gives how many there were."""
        kept = self._read()
        entry = kept.pop(operator, None)
        if entry is None:
            return 0
        self._write(kept)
        return int(entry["wrong"])

    def _read(self) -> dict[str, dict[str, float]]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return {
                str(name): {part: float(entry[part]) for part in ("wrong", "until", "seen")}
                for name, entry in kept.items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}  # a damaged count locks nobody out

    def _write(self, kept: dict[str, dict[str, float]]) -> None:
        # a folder that cannot be written (looking at a copy on a read-only medium) has nowhere to count
        with suppress(WorldError), replacing_own(self._path) as part:
            part.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
