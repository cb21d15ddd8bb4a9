"""An upgrade from the stick to the installer's start, and the way back: prove, back up, write down, hand over.

The program does not write over itself. It hands a proved installer to Windows, or tells the administrator of a Linux machine
the one line to run; files that are in use are the installer's business, and it waits until this program is closed.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.backups.use_cases import back_up
from app.desk import Desk
from app.upgrades.installation import (
    Earlier,
    Installation,
    NothingBefore,
    Way,
    replaced_version,
)
from app.upgrades.package import Upgrade, read_upgrade
from app.upgrades.queries import backup_before
from app.upgrades.shelf import Shelf
from app.upgrades.use_cases import begin_going_back, begin_upgrade
from models.domain.permission import Permission
from models.domain.refusal import WorldError
from models.store.durable import cause_of
from models.store.migrations import MIGRATIONS


class CannotStart(WorldError):
    """Windows did not start the installer."""

    form = "安装程序“{program}”没有启动（{cause}）。办公点已备份，没有升级。请让管理员直接运行它。"


@dataclass(frozen=True, slots=True)
class Ready:
    """What is ready to run: `command` for an administrator's console; `backup` was made and proved just before.

    `restore` names the backup that the older program needs, '' where it can open the office as it is.
    """

    version: str
    program: Path
    command: Sequence[str]
    backup: Path
    restore: str = ""

    @property
    def line(self) -> str:
        """The command as it is typed."""
        return " ".join(f'"{word}"' if " " in word else word for word in self.command)


def look_into(package: Path, keys: list[bytes], here: Installation) -> Upgrade:
    """A package that fits this machine. Raises what `read_upgrade` and `Installation.installer_of` raise."""
    upgrade = read_upgrade(package, keys)
    here.installer_of(upgrade, package.name)
    return upgrade


def prepare_upgrade(
    desk: Desk, *, package: Path, backup_folder: Path, here: Installation, shelf: Shelf
) -> Ready:
    """Prove the package, keep its installer, back the office up, write the upgrade down; then it may be started.

    Raises NotPermitted, what `look_into` and `back_up` raise, UpgradeDamaged and the WorldErrors of writing; then nothing
    was changed.
    """
    desk.require(Permission.UPGRADE)
    upgrade = look_into(package, shelf.keys, here)
    program = shelf.put(package, upgrade, here)
    backup = _backed_up(desk, backup_folder)
    sha256 = here.installer_of(upgrade, package.name).sha256
    begin_upgrade(desk, here=here.version, version=upgrade.version, sha256=sha256, backup=backup)
    return Ready(upgrade.version, program, _command(here, program, older=False), backup)


def earlier_version(here: Installation, shelf: Shelf) -> Earlier | None:
    """The version that this machine can go back to, or None."""
    return replaced_version(here) if here.way is Way.WINDOWS else shelf.before(here)


def prepare_going_back(desk: Desk, *, backup_folder: Path, here: Installation, shelf: Shelf) -> Ready:
    """Back the office up and write down that the program goes back; then it may be started.

    Raises NotPermitted, NotInstalled, OnAStick, NothingBefore and what `back_up` raises.
    """
    desk.require(Permission.UPGRADE)
    here.refuse_unless_installed()
    earlier = earlier_version(here, shelf)
    if earlier is None:
        raise NothingBefore
    restore = backup_before(desk.store, earlier.version) if earlier.schema < len(MIGRATIONS) else ""
    backup = _backed_up(desk, backup_folder)
    begin_going_back(desk, here=here.version, version=earlier.version, backup=backup)
    return Ready(
        earlier.version, earlier.program, _command(here, earlier.program, older=True), backup, restore
    )


def _backed_up(desk: Desk, folder: Path) -> Path:
    return Path(str(back_up(desk, folder=folder).answer["file"]))


def _command(here: Installation, program: Path, *, older: bool) -> list[str]:
    if here.way is Way.WINDOWS:
        return [str(program)]
    return ["sudo", "apt", "install", *(["--allow-downgrades"] if older else []), str(program)]


def starts_by_itself(here: Installation) -> bool:
    """Whether the program may start the installer; a Linux package needs an administrator at a console."""
    return here.way is Way.WINDOWS


def start(ready: Ready, run: Callable[[str], None] | None = None) -> None:
    """Start the installer; Windows asks for an administrator where it is needed. Raises CannotStart.

    `run` stands for Windows in a test. The program has to close itself next.
    """
    if run is None and sys.platform == "win32":
        run = os.startfile
    if run is None:
        raise CannotStart(program=ready.program.name, cause="这不是 Windows")
    try:
        run(str(ready.program))
    except OSError as error:
        raise CannotStart(program=ready.program.name, cause=cause_of(error)) from error
