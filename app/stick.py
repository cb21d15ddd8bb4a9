"""The program put on a stick: a copy of its folder with the mark that makes it keep everything beside itself."""

import os
import shutil
from pathlib import Path
from typing import Final

from app.places import PORTABLE_MARK, program_folder
from models.domain.refusal import Refusal
from models.store.durable import sync_folder, world_error

FOLDER: Final = "xiangcai"
INSTALLED: Final = "installed.json"
_MARK_SAYS: Final = (
    "有这个文件，程序就是便携的：办公点、窗口设置和日志都放在旁边的“一卡通数据”文件夹里，不留在电脑上。\n"
)


class NotInstalledProgram(Refusal):
    """Run from its sources."""

    form = "这个程序是从源代码运行的，不能做成便携版。请先用安装程序安装，再用安装好的程序做。"


class StickTaken(Refusal):
    """Something of that name is there already."""

    form = "“{folder}”已经存在，不会覆盖。请先把它改名或移走（里面若有办公点数据请先备份），再重新做。"


def carry_to(stick: Path) -> Path:
    """Copy the installed program into `stick`/xiangcai and mark it; gives the new folder. Half a copy is never left under that name.

    Raises NotInstalledProgram, StickTaken and the WorldErrors of writing.
    """
    program, target = program_folder(), stick / FOLDER
    if not any((program / below / INSTALLED).is_file() for below in (".", "_internal")):
        raise NotInstalledProgram
    if target.exists():
        raise StickTaken(folder=target)
    part = stick / f"{FOLDER}.part"
    try:
        shutil.rmtree(part, ignore_errors=True)
        # sticks know no links: what is linked is copied
        shutil.copytree(program, part, symlinks=False)
        (part / PORTABLE_MARK).write_text(_MARK_SAYS, encoding="utf-8")
        os.replace(part, target)
        sync_folder(stick)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise world_error(error, target) from error
    return target
