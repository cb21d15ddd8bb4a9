"""One office, one program: who has an office open holds a lock on a file in its folder, and says in it who that is.

The lock is the operating system's and ends with the program, however that ends; so a file left by a crash holds nobody
back. Folders on network drives are refused (their locks and syncs promise too little); on a medium that cannot be written
an office opens for looking only.
"""

import errno
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from models.domain.refusal import Refusal, WorldError
from models.store.durable import world_error

LOCK_NAME: Final = "office.lock"
_LOCKED_BYTE: Final = 1 << 30  # far behind what is written, so that others may read who holds the office
_READ_ONLY: Final = (errno.EROFS, errno.EACCES, errno.EPERM)
_NO_LOCKS: Final = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
_NETWORK_KINDS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "ceph", "davfs", "fuse.davfs", "fuse.sshfs"}
)  # fmt: skip
_WAITS: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds
_REMOTE_DRIVE: Final = 4  # GetDriveTypeW


class OfficeInUse(WorldError):
    """Another program has the office open."""

    form = "这个办公点正由操作员“{operator}”在电脑“{host}”上使用（{since} 起，进程号 {pid}）。请先关闭那边的窗口再打开，已有数据不受影响。"


class NetworkDrive(Refusal):
    """A folder that is not on this machine."""

    form = "“{folder}”在网络盘或共享文件夹上，断网断电时数据会损坏。请把办公点文件夹放到本机硬盘后再打开。"


@dataclass(frozen=True)
class Holder:
    """Who has an office open."""

    operator: str
    host: str
    pid: int
    since: str


class Holding:
    """An office held by this process; let go of it when done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = True

    def let_go(self) -> None:
        """The office may be opened by others, when nobody else in this process holds it."""
        if not self._open:
            return
        self._open = False
        handle, count = _held[self._path]
        if count > 1:
            _held[self._path] = handle, count - 1
            return
        del _held[self._path]
        with suppress(OSError):  # the name is for people to read; the lock goes with the handle
            os.ftruncate(handle, 0)
        os.close(handle)


# the same process may open an office more than once (a worker beside the windows); other processes may not
_held: dict[Path, tuple[int, int]] = {}


def hold(folder: Path, operator: str, now: datetime) -> Holding | None:
    """Take an office for this process; None where the folder cannot be written, so that it is for looking only.

    Raises OfficeInUse naming who has it, NetworkDrive, and the WorldErrors of writing.
    """
    if is_on_network(folder):
        raise NetworkDrive(folder=folder)
    path = folder.resolve() / LOCK_NAME
    if path in _held:
        handle, count = _held[path]
        _held[path] = handle, count + 1
        return Holding(path)
    try:
        handle = _open_lock(path)
    except OSError as error:
        if error.errno in _READ_ONLY:
            return None
        raise world_error(error, path) from error
    try:
        if not _lock_in_time(handle, path):
            holder = holder_of(folder)
            raise OfficeInUse(operator=holder.operator, host=holder.host, pid=holder.pid, since=holder.since)
        try:
            _say_who(handle, operator, now)
        except OSError as error:
            raise world_error(error, path) from error
    except BaseException:
        os.close(handle)
        raise
    _held[path] = handle, 1
    return Holding(path)


def holder_of(folder: Path) -> Holder:
    """Who says to have the office open; empty words where nothing can be read."""
    try:
        said: Mapping[str, Any] = json.loads((folder / LOCK_NAME).read_text(encoding="utf-8"))
        return Holder(str(said["operator"]), str(said["host"]), int(said["pid"]), str(said["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Holder("（不详）", "（不详）", 0, "（不详）")


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _say_who(handle: int, operator: str, now: datetime) -> None:
    body = {
        "operator": operator,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "since": now.isoformat(sep=" ", timespec="seconds"),
    }
    os.ftruncate(handle, 0)
    os.write(handle, json.dumps(body, ensure_ascii=False).encode("utf-8"))


def _lock(handle: int, path: Path) -> bool:
    """Whether we have the lock now; where the file system knows no locks the process named in the file decides."""
    try:
        return _system_lock(handle)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    holder = holder_of(path.parent)
    return holder.pid in (0, os.getpid()) or (holder.host == socket.gethostname() and not _lives(holder.pid))


def _lock_in_time(handle: int, path: Path) -> bool:
    """Whether we have the lock now, or as soon as what a killed program was just starting has let go of it."""
    for wait in (*_WAITS, None):
        if _lock(handle, path):
            return True
        holder = holder_of(path.parent)
        if wait is None or holder.host != socket.gethostname() or _lives(holder.pid):
            return False
        time.sleep(wait)
    return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


if sys.platform == "win32":
    import ctypes
    import msvcrt

    def _system_lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

    def is_on_network(folder: Path) -> bool:
        """Whether a folder lies on another machine."""
        drive = folder.resolve().drive
        return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _REMOTE_DRIVE

else:
    import fcntl

    def _system_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def is_on_network(folder: Path) -> bool:
        """Whether a folder lies on another machine."""
        return file_system_of(folder.resolve(), _mounts()) in _NETWORK_KINDS


def _mounts() -> str:
    try:
        return Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def file_system_of(folder: Path, mountinfo: str) -> str:
    """The kind of file system that a folder lies on, by the system's list of mounts; '' when that does not say."""
    best, kind = -1, ""
    for line in mountinfo.splitlines():
        left, dash, right = line.partition(" - ")
        fields = left.split(" ")
        if not dash or len(fields) < 5:
            continue
        place = Path(fields[4].encode().decode("unicode_escape"))
        if folder.is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), right.split(" ")[0]
    return kind
