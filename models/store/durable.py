"""Writing a file so that a power cut leaves the old one or the new one, never half of one."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from models.domain.refusal import Refusal, WorldError
from models.store.folder import office_around


class DiskFull(WorldError):
    """No room left where the file was to go."""

    form = "磁盘空间不足，“{name}”没有写成，原有文件没有改动。请腾出空间或换一个位置后重试。"


class CannotWrite(WorldError):
    """The place refuses us: read-only, no rights, stick pulled, or the file is open in another program."""

    form = "无法写入“{name}”（{cause}）。请确认文件没有在 WPS 或 Excel 中打开、U 盘没有拔出、文件夹允许写入，然后重试。"


class CannotRead(WorldError):
    """The file is not there or may not be read."""

    form = "无法读取“{name}”（{cause}）。请确认文件存在并且可以打开，然后重试。"


class WouldWriteIntoOffice(Refusal):
    """A file that goes out was to be written among the office's own files."""

    form = "“{folder}”是办公点的数据文件夹，不能把“{name}”写在里面，以免盖住数据。请换一个文件夹后重试。"


_CAUSES = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只读",
    errno.ENOENT: "位置不存在",
    errno.ENOTDIR: "位置不是文件夹",
    errno.EISDIR: "同名的是文件夹",
    errno.EEXIST: "同名的是文件",
    errno.EIO: "磁盘读写错误",
    errno.EBUSY: "文件被占用",
    errno.ENAMETOOLONG: "文件名太长",
}


def cause_of(error: OSError) -> str:
    """Chinese words for an operating-system error; the number where we have no words for it."""
    return _CAUSES.get(error.errno or 0, f"系统错误 {error.errno}")


def world_error(error: OSError, path: Path) -> WorldError:
    """The sentence for an error met while writing `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(name=path.name)
    if is_shared(error):
        return CannotWrite(name=path.name, cause="文件正被别的程序占用")
    return CannotWrite(name=path.name, cause=cause_of(error))


_SHARED: Final = (5, 32, 33)  # Windows: access denied, sharing violation, lock violation
_WAITS: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds; a virus scanner is done within these


def is_shared(error: OSError) -> bool:
    """Whether another program (a virus scanner, an indexer, WPS) holds the file just now."""
    return getattr(error, "winerror", None) in _SHARED or error.errno in (errno.EBUSY, errno.ETXTBSY)


def put_in_place(part: Path, path: Path) -> None:
    """Rename `part` to `path`, again while another program holds either, and make it last. Raises OSError."""
    for wait in (*_WAITS, None):
        try:
            os.replace(part, path)
            break
        except OSError as error:
            if wait is None or not is_shared(error):
                raise
            time.sleep(wait)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """As `replacing_own`, for a file that goes out: it is written over nothing of an office. Raises WouldWriteIntoOffice."""
    if (folder := office_around(path)) is not None:
        raise WouldWriteIntoOffice(folder=folder, name=path.name)
    with replacing_own(path) as part:
        yield part


@contextmanager
def replacing_own(path: Path) -> Iterator[Path]:
    """Give a `.part` path to write to; on leaving well it is synced and takes the place of `path`.

    On any error the part is removed and `path` is what it was. OSError becomes a WorldError with a sentence.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with open(part, "rb+") as stream:
            os.fsync(stream.fileno())
        put_in_place(part, path)
    except OSError as error:
        _remove(part)
        raise world_error(error, path) from error
    except BaseException:
        _remove(part)
        raise


def _remove(part: Path) -> None:
    with suppress(OSError):  # the fault that brought us here is the one to tell
        part.unlink(missing_ok=True)


def read_bytes(path: Path) -> bytes:
    """The file's bytes, or CannotRead with a sentence; a name that is no text could be written nowhere."""
    name = path.name.encode("utf-8", "replace").decode()
    if name != path.name:
        raise CannotRead(name=name, cause="文件名里有认不出的字符，请先改名")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe or a device may never end
            raise CannotRead(name=name, cause="不是普通文件")
        return path.read_bytes()
    except OSError as error:
        raise CannotRead(name=path.name, cause=cause_of(error)) from error
