"""Where things lie on this machine: the folder that new offices are proposed in, the window's settings, the sample, the log.

A program on a stick is told apart by a file `portable.txt` in its own folder. It then leaves nothing on the machine it is
used on: its offices, its settings and its log lie in one folder beside the program's, and travel with it.
"""

import ctypes
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_data_path, user_log_path

DATA_NAME: Final = "一卡通数据"
PORTABLE_MARK: Final = "portable.txt"
_PROGRAM: Final = "xiangcai"
_FIXED_DRIVE: Final = 3  # GetDriveTypeW
_DATA_DRIVE: Final = Path("D:/")


@dataclass(frozen=True, slots=True)
class Places:
    """`offices` is the folder proposed for them; `settings` is a file, None where the machine keeps them; none of them need exist."""

    offices: Path
    sample: Path
    log: Path
    settings: Path | None = None

    @property
    def is_portable(self) -> bool:
        """Whether everything travels with the program."""
        return self.settings is not None


def places() -> Places:
    """The places of this machine and this login."""
    program = program_folder()
    if (program / PORTABLE_MARK).is_file():
        beside = program.parent / DATA_NAME
        return Places(beside, beside / "示例", beside / "日志", beside / "窗口设置.ini")
    own = user_data_path(_PROGRAM, appauthor=False)
    return Places(_data_folder(own), own / "示例", user_log_path(_PROGRAM, appauthor=False))


def program_folder() -> Path:
    """The folder with the program in it; what a packed program unfolds lies one below."""
    unfolded = getattr(sys, "_MEIPASS", None)
    return Path(unfolded).parent if unfolded is not None else Path(__file__).resolve().parents[1]


def _data_folder(own: Path) -> Path:
    """A folder that one sees and that outlives a new Windows on C:, where there is such a drive."""
    if platform.system() != "Windows":
        return Path.home() / DATA_NAME
    return (_DATA_DRIVE if _holds_data(_DATA_DRIVE) else own) / DATA_NAME


def _holds_data(drive: Path) -> bool:
    """Whether it is a disk of this machine that this login may write on: D: can as well be a disc or a stick."""
    windows = getattr(ctypes, "windll", None)
    fixed = windows is not None and windows.kernel32.GetDriveTypeW(f"{drive}\\") == _FIXED_DRIVE
    return bool(fixed) and os.access(drive, os.W_OK)
