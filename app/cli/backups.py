"""backup, restore."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path

from app.backups.use_cases import back_up, restore
from app.cli.frame import DEFAULT_OPERATOR, Answer, Commands, password
from app.desk import Desk


def add_commands(commands: Commands) -> None:
    """The backups' commands."""
    backup = commands.add("backup", _backup, "把整个办公点备份成一个文件，并读回校验")
    backup.add_argument("folder", type=Path, metavar="DIR", help="放备份的文件夹（U 盘或另一块硬盘）")
    back = commands.add_plain("restore", _restore, "把备份恢复到一个新的文件夹")
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--office", required=True, type=Path, metavar="DIR", help="新的办公点文件夹")
    back.add_argument(
        "--as",
        dest="operator",
        default=os.environ.get("XIANGCAI_OPERATOR", DEFAULT_OPERATOR),
        metavar="OPERATOR",
    )
    back.add_argument("--date", metavar="YYYY-MM-DD", help="业务日期（恢复不使用）")


def _backup(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = back_up(desk, folder=options.folder).answer
    return Answer(
        answer,
        [f"已备份到 {answer['file']}：{answer['rows']} 行数据，{answer['files']} 个文件，已读回校验。"],
    )


def _restore(options: argparse.Namespace) -> Answer:
    done = restore(
        options.file,
        folder=options.office,
        operator=options.operator,
        password=password("XIANGCAI_PASSWORD", f"{options.operator} 的密码："),
    )
    return Answer(
        {**asdict(done), "folder": str(done.folder), "verified": True},
        [
            f"已把 {done.township} {done.made_at} 的备份恢复到 {done.folder}：{done.rows} 行数据，{done.files} 个文件。",
            f"最后业务日期：{done.business_date or '（无）'}。",
        ],
    )
