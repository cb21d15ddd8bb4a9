"""survival due/suspend/certify/list."""

import argparse
from collections.abc import Mapping, Sequence
from typing import cast

from app.cli.days import day
from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.enrolment.queries import survival_due, suspensions
from app.enrolment.use_cases import certify_person, suspend_uncertified
from models.domain.masking import mask_id, mask_phone

SHOWN = 50


def add_commands(commands: Commands) -> None:
    """The commands of survival certificates."""
    due = commands.add("survival due", _due, "生存认证逾期、还没有认证的人")
    due.add_argument("--program", required=True, metavar="P")
    due.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="到哪一天（默认业务日期）")
    suspend = commands.add("survival suspend", _suspend, "暂停没有认证的人")
    suspend.add_argument("--program", required=True, metavar="P")
    suspend.add_argument(
        "--from",
        dest="starts_on",
        required=True,
        type=day,
        metavar="YYYY-MM-DD",
        help="从哪一天起暂停",
    )
    suspend.add_argument("--reason", required=True, metavar="TEXT")
    certify = commands.add("survival certify", _certify, "登记一个人已认证，暂停的恢复并补发")
    certify.add_argument("person", metavar="ID")
    certify.add_argument("--program", required=True, metavar="P")
    certify.add_argument("--until", required=True, type=day, metavar="YYYY-MM-DD", help="有效到哪一天")
    certify.add_argument("--manner", default="", metavar="TEXT", help="认证方式")
    listed = commands.add("survival list", _list, "暂停和恢复的记录")
    listed.add_argument("--program", default="", metavar="P")


def _due(desk: Desk, options: argparse.Namespace) -> Answer:
    until = options.on or desk.today
    found = survival_due(desk.store, options.program, until)
    rows = [
        (one.village, one.name, mask_id(one.id_number), mask_phone(one.phone), one.last_until or "从未认证",
         "已暂停" if one.has_suspension else "", "已死亡" if one.is_dead else "")
        for one in found[:SHOWN]
    ]  # fmt: skip
    lines = [f"到 {until} 还没有认证的 {len(found)} 人。"]
    lines += table(["村", "姓名", "身份证号", "电话", "上次有效到", "暂停", "备注"], rows) if rows else []
    if len(found) > SHOWN:
        lines.append("……加 --json 可看全部。")
    return Answer(
        {"on": until.isoformat(), "count": len(found), "people": [one.as_json() for one in found]}, lines
    )


def _suspend(desk: Desk, options: argparse.Namespace) -> Answer:
    done = suspend_uncertified(
        desk, program=options.program, starts_on=options.starts_on, reason=options.reason
    )
    return Answer(
        done.answer, [f"已从 {options.starts_on} 起暂停 {done.answer['count']} 人，认证后恢复并补发。"]
    )


def _certify(desk: Desk, options: argparse.Namespace) -> Answer:
    done = certify_person(
        desk, person=options.person, program=options.program, until=options.until, manner=options.manner
    )
    restored = cast(Sequence[Mapping[str, object]], done.answer["restored"])
    lines = ["已登记认证。"]
    lines += [f"已恢复，补发 {'、'.join(cast(Sequence[str], one['periods'])) or '无'}。" for one in restored]
    return Answer(done.answer, lines)


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    found = suspensions(desk.store, options.program)
    rows = [
        (one["suspension"], one["program_name"], one["name"], mask_id(str(one["id_number"])), one["starts_on"], one["reason"],
         one["ended_on"] or "未恢复", one["back_pay"])
        for one in found
    ]  # fmt: skip
    headings = ["编号", "项目", "姓名", "身份证号", "起", "理由", "恢复", "补发期间"]
    return Answer({"suspensions": found}, table(headings, rows))
