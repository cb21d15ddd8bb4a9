"""init and operator: the office and who may open it."""

import argparse
import getpass
import re
import sys
from datetime import datetime
from pathlib import Path

from app.access.queries import operators
from app.access.use_cases import add_operator, confirm_recovery_code
from app.cli.frame import Answer, Commands, password, table
from app.desk import Desk
from app.founding import FIRST_OPERATOR, Founded, found_office
from models.domain.permission import POST_NAMES, Post, posts_text
from models.store.keyslots import RecoveryCodeWrong, code_on_paper


def add_commands(commands: Commands) -> None:
    """init, operator add, operator list."""
    init = commands.add_plain("init", _init, "新建办公点")
    init.add_argument("--office", required=True, type=Path, metavar="DIR")
    init.add_argument("--township", required=True, metavar="T", help="乡镇名称")
    init.add_argument("--code", required=True, metavar="C", help="行政区划代码")
    init.add_argument(
        "--village", action="append", default=[], nargs="+", metavar="NAME", help="村（社区）名称"
    )
    init.add_argument("--date", metavar="YYYY-MM-DD", help="业务日期（新建办公点不使用）")
    add = commands.add("operator add", _add_operator, "添加操作员")
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--post", action="append", nargs="+", required=True, type=posts_written, metavar="POST",
        help="岗位，可多个：" + "、".join(f"{post.value}（{name}）" for post, name in POST_NAMES.items()),
    )  # fmt: skip
    commands.add("operator list", _list_operators, "在岗操作员")


def posts_written(written: str) -> list[Post]:
    """Posts as written, by their word or their Chinese name; several with commas between."""
    by_name = {name: post for post, name in POST_NAMES.items()} | {post.value: post for post in Post}
    words = [word for word in re.split("[,，、|]", written) if word]
    unknown = next((word for word in words if word not in by_name), None)
    if unknown is not None:
        raise argparse.ArgumentTypeError(f"里没有岗位“{unknown}”，只能是 {'、'.join(Post)}")
    return [by_name[word] for word in words]


def _init(options: argparse.Namespace) -> Answer:
    founded = found_office(
        options.office,
        township=options.township,
        code=options.code,
        villages=[name for names in options.village for name in names],
        password=password("XIANGCAI_PASSWORD", f"为 {FIRST_OPERATOR} 设置密码："),
        now=datetime.now(),
    )
    try:
        confirmed = _typed_back(founded)
    finally:
        founded.desk.store.close()
    return Answer(
        {
            "office": str(options.office),
            "operator": FIRST_OPERATOR,
            "recovery_code": founded.recovery_code,
            "confirmed": confirmed,
        },
        [
            f"已新建办公点“{options.township}”，位置：{options.office}",
            f"系统管理员：{FIRST_OPERATOR}",
            f"恢复码：{code_on_paper(founded.recovery_code)}",
            "请把恢复码打印出来锁好：所有密码都忘记时，只有它能打开数据；恢复码也丢失，数据就找不回来了。",
            *([] if confirmed else ["打印之后请用 operator confirm-code 把恢复码输回一次，确认抄写无误。"]),
        ],
    )


def _typed_back(founded: Founded) -> bool:
    """At a terminal the set-up ends only when the code was typed back from paper; a script does so later."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"恢复码：{code_on_paper(founded.recovery_code)}　请抄在纸上。", file=sys.stderr)
    while True:
        try:
            confirm_recovery_code(founded.desk, written=getpass.getpass("请照纸上的恢复码输入一次："))
        except RecoveryCodeWrong as no:
            print(no.sentence, file=sys.stderr)
        else:
            return True


def _add_operator(desk: Desk, options: argparse.Namespace) -> Answer:
    done = add_operator(
        desk,
        name=options.name,
        posts=[post for words in options.post for posts in words for post in posts],
        password=password("XIANGCAI_NEW_PASSWORD", f"为 {options.name} 设置密码："),
    )
    return Answer(done.answer, [f"已添加操作员“{options.name}”，岗位：{done.counts['posts']}"])


def _list_operators(desk: Desk, options: argparse.Namespace) -> Answer:
    seats = operators(desk.store)
    return Answer(
        {
            "operators": [
                {"operator": seat.id, "name": seat.name, "posts": sorted(seat.posts)} for seat in seats
            ]
        },
        table(["姓名", "岗位"], [(seat.name, posts_text(seat.posts)) for seat in seats]),
    )
