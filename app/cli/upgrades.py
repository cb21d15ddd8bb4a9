"""upgrade verify, upgrade install, upgrade back."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from app.cli.frame import Answer, Commands
from app.desk import Desk
from app.upgrades.installation import installation
from app.upgrades.package import Upgrade, prove, publisher_keys
from app.upgrades.shelf import usual_shelf
from app.upgrades.upgrading import Ready, prepare_going_back, prepare_upgrade, start, starts_by_itself


def add_commands(commands: Commands) -> None:
    """The commands of upgrades."""
    proved = commands.add_plain("upgrade verify", _verify, "核验一个升级包：签名、版本、说明、每个安装程序")
    proved.add_argument("file", type=Path, metavar="FILE")
    install = commands.add("upgrade install", _install, "核验升级包，备份办公点，然后开始升级")
    install.add_argument("file", type=Path, metavar="FILE")
    back = commands.add("upgrade back", _back, "备份办公点，然后退回上一个版本")
    for parser in (install, back):
        parser.add_argument("--backup", required=True, type=Path, metavar="DIR", help="升级前的备份放在哪里")
        parser.add_argument("--start", action="store_true", help="马上启动安装程序（只在 Windows）")


def _verify(options: argparse.Namespace) -> Answer:
    upgrade = prove(options.file, publisher_keys())
    return Answer(
        {
            "version": upgrade.version,
            "since": upgrade.since,
            "made_on": upgrade.made_on,
            "notes": list(upgrade.notes),
            "platforms": list(upgrade.installers),
        },
        [f"升级包完好，签名有效：版本 {upgrade.version}（{upgrade.made_on}）。", *_notes(upgrade)],
    )


def _notes(upgrade: Upgrade) -> Sequence[str]:
    return [f"  · {line}" for line in upgrade.notes]


def _install(desk: Desk, options: argparse.Namespace) -> Answer:
    here = installation()
    ready = prepare_upgrade(
        desk,
        package=options.file,
        backup_folder=options.backup,
        here=here,
        shelf=usual_shelf(publisher_keys()),
    )
    return _answer(ready, started=_started(ready, options), words=f"升级到 {ready.version}")


def _back(desk: Desk, options: argparse.Namespace) -> Answer:
    ready = prepare_going_back(
        desk, backup_folder=options.backup, here=installation(), shelf=usual_shelf(publisher_keys())
    )
    return _answer(ready, started=_started(ready, options), words=f"退回到 {ready.version}")


def _started(ready: Ready, options: argparse.Namespace) -> bool:
    if not options.start or not starts_by_itself(installation()):
        return False
    start(ready)
    return True


def _answer(ready: Ready, *, started: bool, words: str) -> Answer:
    lines = [f"已备份到 {ready.backup}，已读回校验。"]
    if ready.restore:
        lines.append(f"退回以后，旧版本打不开现在的数据：请把备份 {ready.restore} 恢复到新文件夹使用。")
    lines.append(
        f"安装程序已启动，将{words}。" if started else f"请管理员运行下面一行，{words}：\n  {ready.line}"
    )
    return Answer(
        {
            "version": ready.version,
            "program": str(ready.program),
            "command": list(ready.command),
            "backup": str(ready.backup),
            "restore": ready.restore,
            "started": started,
        },
        lines,
    )
