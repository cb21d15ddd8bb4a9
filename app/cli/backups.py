"""backup, backup-place, backup-list, restore."""

import argparse
import os
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from app.audit.words import TABLE_NAMES
from app.backups.keeping import backups_in, fault_of
from app.backups.queries import compare_offices
from app.backups.sealing import SUITE_NAMES
from app.backups.use_cases import PlaceGone, back_up, restore, set_backup_place, switch_office
from app.cli.frame import DEFAULT_OPERATOR, Answer, Commands, password, table
from app.desk import Desk
from models.domain.refusal import Refusal, WorldError
from models.store.opening import open_office


def add_commands(commands: Commands) -> None:
    """The backups' commands."""
    backup = commands.add("backup", _backup, "把整个办公点备份成一个文件，并读回校验")
    backup.add_argument("folder", type=Path, metavar="DIR", help="放备份的文件夹（U 盘或另一块硬盘）")
    _suite_option(backup)
    place = commands.add("backup-place", _place, "设定自动备份放在哪里（每天一次、导入前、退出时）")
    place.add_argument(
        "folder", type=Path, nargs="?", metavar="DIR", help="放备份的文件夹；不写就是停止自动备份"
    )
    place.add_argument("--second", type=Path, metavar="DIR", help="第二个位置（U 盘），插着时也放一份")
    _suite_option(place)
    listed = commands.add_plain("backup-list", _list, "列出文件夹里的备份和标签，并核对是否完整")
    listed.add_argument("folder", type=Path, metavar="DIR")
    back = commands.add_plain("restore", _restore, "把备份恢复到一个新的文件夹")
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--office", required=True, type=Path, metavar="DIR", help="新的办公点文件夹")
    back.add_argument(
        "--replace",
        type=Path,
        metavar="DIR",
        help="恢复、比较之后，换到这个正在用的办公点的位置（原来的改名保留）",
    )
    back.add_argument(
        "--as",
        dest="operator",
        default=os.environ.get("XIANGCAI_OPERATOR", DEFAULT_OPERATOR),
        metavar="OPERATOR",
    )
    back.add_argument("--date", metavar="YYYY-MM-DD", help="业务日期（恢复不使用）")


def _suite_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--algorithm", dest="suite", choices=list(SUITE_NAMES),
        help="加密算法：" + "；".join(f"{name} {words}" for name, words in SUITE_NAMES.items()),
    )  # fmt: skip


def _backup(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = back_up(desk, folder=options.folder, suite=options.suite).answer
    return Answer(
        answer,
        [
            f"已备份到 {answer['file']}：{answer['rows']} 行数据，{answer['files']} 个文件，已读回校验。",
            f"标签：{answer['label']}",
        ],
    )


def _place(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = set_backup_place(desk, folder=options.folder, second=options.second, suite=options.suite).answer
    if not options.folder:
        return Answer(answer, ["已停止自动备份。"])
    also = f"，U 盘：{options.second}" if options.second else ""
    return Answer(
        answer, [f"自动备份放在 {options.folder}{also}，算法：{SUITE_NAMES[str(answer['suite'])]}。"]
    )


def _list(options: argparse.Namespace) -> Answer:
    if not options.folder.is_dir():
        raise PlaceGone(folder=options.folder)
    views = [replace(one, fault=fault_of(options.folder / one.file)) for one in backups_in(options.folder)]
    return Answer(
        {"backups": [asdict(one) for one in views]},
        table(
            ["文件", "时间", "业务日期", "校验码", "行数", "算法", "是否完整"],
            [
                (
                    one.file,
                    one.made_at,
                    one.business_date,
                    one.head,
                    one.rows,
                    one.cipher,
                    one.fault or "完整",
                )
                for one in views
            ],
        )
        if views
        else [f"“{options.folder}”里没有备份。"],
    )


def _restore(options: argparse.Namespace) -> Answer:
    word = password("XIANGCAI_PASSWORD", f"{options.operator} 的密码：")
    done = restore(options.file, folder=options.office, operator=options.operator, password=word)
    body = {**asdict(done), "folder": str(done.folder), "verified": True}
    lines = [
        f"已把 {done.township} {done.made_at} 的备份恢复到 {done.folder}：{done.rows} 行数据，{done.files} 个文件，逐行核对一致。",
        f"最后业务日期：{done.business_date or '（无）'}，日志校验码：{done.head}。",
    ]
    if options.replace:
        lines += _compared(options.replace, options.office, options.operator, word)
        switched = switch_office(
            options.replace, options.office, operator=options.operator, password=word, now=datetime.now()
        )
        body |= {"office": str(switched.office), "old": str(switched.old)}
        lines.append(f"已换到 {switched.office}；原来的改名保留在 {switched.old}。")
    return Answer(body, lines)


def _compared(office: Path, restored: Path, operator: str, word: str) -> list[str]:
    """What differs between the office in use and the restored one, as far as the first can still be read."""
    try:
        here = open_office(office, operator, word)
    except (Refusal, WorldError) as no:
        return [f"正在用的办公点打不开，不能比较：{no.sentence}"]
    try:
        there = open_office(restored, operator, word)
        try:
            found = compare_offices(here, there)
        finally:
            there.close()
    finally:
        here.close()
    return [
        f"正在用的（校验码 {found.here_head}）比备份多 {found.lost_acts} 次操作：",
        *(
            f"  {TABLE_NAMES.get(one.table, one.table)}：现在 {one.here} 行，备份 {one.there} 行"
            for one in found.differences
        ),
    ]
