"""operator …, recovery …, rekey, unmask: who may open the office, and what they uncover."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import cast

from app.access.queries import is_recovery_confirmed
from app.access.use_cases import (
    change_password,
    change_posts,
    confirm_recovery_code,
    recover_access,
    remove_operator,
    renew_data_key,
    renew_recovery_code,
    reset_password,
    set_second_review,
    unmask_person,
)
from app.cli.founding import posts_written
from app.cli.frame import Answer, Commands, password
from app.desk import Desk
from app.registry.queries import find_person
from models.domain.money import fen_from_text
from models.domain.permission import POST_NAMES
from models.store.keyslots import code_on_paper

_KEEP = "请打印锁好：所有密码都忘记时，只有它能打开数据；恢复码也丢失，数据就找不回来了。"


def add_commands(commands: Commands) -> None:
    """Passwords, posts, the recovery code, the data key, whole numbers of one person."""
    commands.add("operator password", _password, "修改自己的密码（新密码：XIANGCAI_NEW_PASSWORD 或提示输入）")
    reset = commands.add("operator reset", _reset, "系统管理员为忘记密码的操作员重设密码")
    reset.add_argument("name", metavar="NAME")
    remove = commands.add("operator remove", _remove, "移除操作员，其密码不再能打开办公点")
    remove.add_argument("name", metavar="NAME")
    posts = commands.add("operator posts", _posts, "调整操作员的岗位")
    posts.add_argument("name", metavar="NAME")
    posts.add_argument(
        "--post", action="append", nargs="+", required=True, type=posts_written, metavar="POST",
        help="岗位，可多个：" + "、".join(f"{post.value}（{name}）" for post, name in POST_NAMES.items()),
    )  # fmt: skip
    recover = commands.add_plain(
        "operator recover", _recover, "用打印的恢复码（XIANGCAI_RECOVERY_CODE 或提示输入）为操作员重设密码"
    )
    recover.add_argument("name", metavar="NAME")
    recover.add_argument("--office", required=True, type=Path, metavar="DIR", help="办公点文件夹")
    recover.add_argument("--as", dest="operator", metavar="OPERATOR", help="（不使用）")
    recover.add_argument("--date", metavar="YYYY-MM-DD", help="业务日期（不使用）")
    commands.add("operator confirm-code", _confirm, "把打印的恢复码输回一次，确认抄写无误")
    commands.add("operator renew-code", _renew, "换一个恢复码，旧的作废")
    second = commands.add("operator second-review", _second, "批次金额达到多少元要两个人复核")
    group = second.add_mutually_exclusive_group(required=True)
    group.add_argument("--above", metavar="YUAN", help="起点金额（元）")
    group.add_argument("--off", action="store_true", help="不需要第二复核")
    commands.add("rekey", _rekey, "更换数据密钥（密钥或旧密码泄露之后），其他操作员由管理员重设密码")
    unmask = commands.add("unmask", _unmask, "查看一个人的完整证件号、电话和账号（写明原因，记入日志）")
    unmask.add_argument("find", metavar="FIND", help="身份证号、尾号、账号尾号或姓名")
    unmask.add_argument("--reason", required=True, metavar="TEXT")


def _password(desk: Desk, options: argparse.Namespace) -> Answer:
    done = change_password(
        desk,
        old=password("XIANGCAI_PASSWORD", "现在的密码："),
        new=password("XIANGCAI_NEW_PASSWORD", "新密码："),
    )
    return Answer(done.answer, [f"已修改“{desk.operator.name}”的密码。"])


def _reset(desk: Desk, options: argparse.Namespace) -> Answer:
    done = reset_password(
        desk,
        name=options.name,
        password=password("XIANGCAI_NEW_PASSWORD", f"为 {options.name} 设置新密码："),
    )
    return Answer(done.answer, [f"已为“{options.name}”重设密码。"])


def _remove(desk: Desk, options: argparse.Namespace) -> Answer:
    done = remove_operator(desk, name=options.name)
    return Answer(done.answer, [f"已移除操作员“{options.name}”，经办过的业务仍记在其名下。"])


def _posts(desk: Desk, options: argparse.Namespace) -> Answer:
    held = [post for words in options.post for posts in words for post in posts]
    done = change_posts(desk, name=options.name, posts=held)
    return Answer(done.answer, [f"“{options.name}”的岗位由{done.counts['from']}改为{done.counts['to']}。"])


def _recover(options: argparse.Namespace) -> Answer:
    done = recover_access(
        options.office,
        code=password("XIANGCAI_RECOVERY_CODE", "恢复码："),
        name=options.name,
        password=password("XIANGCAI_NEW_PASSWORD", f"为 {options.name} 设置新密码："),
        now=datetime.now(),
    )
    return Answer(
        done.answer,
        [
            f"已为“{options.name}”重设密码。用过的恢复码作废。",
            f"新的恢复码：{code_on_paper(str(done.answer['recovery_code']))}",
            _KEEP,
        ],
    )


def _confirm(desk: Desk, options: argparse.Namespace) -> Answer:
    done = confirm_recovery_code(desk, written=password("XIANGCAI_RECOVERY_CODE", "恢复码："))
    return Answer(done.answer, ["恢复码核对无误。"])


def _renew(desk: Desk, options: argparse.Namespace) -> Answer:
    done = renew_recovery_code(desk)
    return Answer(
        {**done.answer, "confirmed": is_recovery_confirmed(desk.store)},
        [f"新的恢复码：{code_on_paper(str(done.answer['recovery_code']))}", _KEEP, "旧的恢复码已经作废。"],
    )


def _second(desk: Desk, options: argparse.Namespace) -> Answer:
    done = set_second_review(desk, above_fen=None if options.off else fen_from_text(options.above))
    said = "批次不再需要第二复核。" if options.off else f"合计 {options.above} 元以上的批次要两个人复核。"
    return Answer(done.answer, [said])


def _rekey(desk: Desk, options: argparse.Namespace) -> Answer:
    done = renew_data_key(desk, password=password("XIANGCAI_PASSWORD", f"{desk.operator.name} 的密码："))
    others = cast(list[str], done.answer["without_password"])
    return Answer(
        done.answer,
        [
            "已更换数据密钥，旧密码、旧恢复码和旧的密钥文件都打不开现在的数据（旧备份仍用旧密钥）。",
            f"新的恢复码：{code_on_paper(str(done.answer['recovery_code']))}",
            _KEEP,
            *([f"请用 operator reset 为其他操作员重设密码：{'、'.join(others)}"] if others else []),
        ],
    )


def _unmask(desk: Desk, options: argparse.Namespace) -> Answer:
    found = unmask_person(desk, person_id=find_person(desk.store, options.find), reason=options.reason).answer
    accounts = cast(list[dict[str, str]], found["accounts"])
    return Answer(
        found,
        [
            f"{found['name']}　证件号 {found['id_number']}　电话 {found['phone'] or '（无）'}",
            *(f"账号 {one['number']}　户名 {one['holder']}　{one['bank']}" for one in accounts),
            "本次查看已记入日志。",
        ],
    )
