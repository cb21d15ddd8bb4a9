"""batch publicize, notice print/object/decide/list/phone, holiday list/set."""

import argparse
from pathlib import Path

from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.notices.photos import photos_of
from app.notices.queries import holidays, notices_of, objections_of, print_notice
from app.notices.use_cases import (
    decide_objection,
    keep_photo,
    object_to,
    publicize_batch,
    set_holiday,
    set_objection_phone,
)
from models.domain.dates import date_from_cell
from models.domain.flows.notice_flow import NOTICE_STATE_NAMES, NoticeState

_DAY_KINDS = {"workdays": "个工作日", "calendar": "个自然日", "months": "个月"}
_OUTCOMES = {"": "待处理", "upheld": "成立", "rejected": "不成立"}
_HOLIDAY_KINDS = {"off": "放假", "work": "调休上班", "plain": "按平常周次"}


def add_commands(commands: Commands) -> None:
    """The notices' commands."""
    publicize = commands.add("batch publicize", _publicize, "公示已复核的批次")
    publicize.add_argument("batch", metavar="ID", help="批次编号")
    publicize.add_argument("--days", type=int, metavar="N", help="公示天数（不少于政策规定）")
    printed = commands.add("notice print", _print, "输出公示名单（每村一张表，已脱敏）")
    printed.add_argument("batch", metavar="BATCH")
    printed.add_argument("--out", type=Path, required=True, metavar="FILE")
    objected = commands.add("notice object", _object, "登记公示异议")
    objected.add_argument("batch", metavar="BATCH")
    objected.add_argument("--person", required=True, metavar="NAME", help="异议人")
    objected.add_argument("--text", required=True, metavar="TEXT", help="异议内容")
    decided = commands.add("notice decide", _decide, "登记异议处理结果")
    decided.add_argument("objection", type=int, metavar="ID")
    decided.add_argument(
        "--outcome", required=True, metavar="upheld|rejected", help="upheld 成立，rejected 不成立"
    )
    decided.add_argument("--answer", required=True, metavar="TEXT", help="给异议人的答复")
    photo = commands.add("notice photo", _photo, "存一张公示照片，进案卷")
    photo.add_argument("batch", metavar="BATCH")
    photo.add_argument("file", type=Path, metavar="FILE", help="jpg、png，不超过 20 MB")
    photo.add_argument("--place", default="", metavar="VILLAGE", help="贴在哪个村")
    photo.add_argument("--taken-on", metavar="YYYY-MM-DD", help="拍摄日期，默认业务日期")
    listed = commands.add("notice list", _list, "批次的公示与异议")
    listed.add_argument("batch", metavar="BATCH")
    phone = commands.add("notice phone", _phone, "设置公示上的异议电话")
    phone.add_argument("phone", metavar="PHONE")
    year = commands.add("holiday list", _holidays, "节假日表")
    year.add_argument("--year", type=int, metavar="YYYY")
    entry = commands.add("holiday set", _set_holiday, "登记放假或调休上班的日子")
    entry.add_argument("day", metavar="YYYY-MM-DD")
    entry.add_argument("kind", metavar="off|work|plain", help="off 放假，work 调休上班，plain 按平常周次")
    entry.add_argument("--name", default="", metavar="NAME")


def _publicize(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = publicize_batch(desk, batch_id=options.batch, days=options.days).answer
    kind = _DAY_KINDS[str(answer["day_kind"])]
    return Answer(
        answer,
        [
            f"批次 {answer['number']} 已公示：{answer['villages']} 个村 {answer['rows']} 行，{answer['days']} {kind}，"
            f"{answer['first_day']} 至 {answer['last_day']}。",
            "请用 notice print 输出名单张贴。",
        ],
    )


def _print(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = print_notice(desk.store, batch_id=options.batch, path=options.out)
    lines = [f"公示名单已写到 {options.out}：{answer['villages']} 个村 {answer['rows']} 行。"]
    if not answer["phone"]:
        lines.append("还没有设置异议电话，表上留了空。请用 notice phone 设置后重新输出。")
    return Answer(answer, lines)


def _object(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = object_to(desk, batch_id=options.batch, person=options.person, text=options.text).answer
    return Answer(
        answer, [f"已登记第 {answer['objection']} 号异议。处理之前，批次 {answer['number']} 不能审批。"]
    )


def _decide(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = decide_objection(
        desk, objection_id=options.objection, outcome=options.outcome, answer=options.answer
    ).answer
    lines = [f"第 {answer['objection']} 号异议已处理：{_OUTCOMES[options.outcome]}。"]
    if options.outcome == "upheld":
        lines.append("异议成立的，请停发该笔，或退回批次改正后重算。")
    return Answer(answer, lines)


def _photo(desk: Desk, options: argparse.Namespace) -> Answer:
    taken_on = date_from_cell(options.taken_on) if options.taken_on else None
    made = keep_photo(
        desk, batch_id=options.batch, path=options.file, place=options.place, taken_on=taken_on
    ).answer
    return Answer(made, [f"批次 {made['number']} 的公示照片“{made['name']}”已存，编制案卷时带上。"])


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    notices, objections = notices_of(desk.store, options.batch), objections_of(desk.store, options.batch)
    photos = photos_of(desk.store, options.batch)
    return Answer(
        {
            "notices": [notice.as_json() for notice in notices],
            "photos": [one.as_json() for one in photos],
            "objections": [one.as_json() for one in objections],
        },
        [
            *table(
                ["公示", "张贴", "第一天", "最后一天", "天数", "情况"],
                [
                    (n.id, n.posted_on, n.first_day, n.last_day, f"{n.days} {_DAY_KINDS[n.day_kind]}",
                     NOTICE_STATE_NAMES[NoticeState(n.state)])
                    for n in notices
                ],
            ),
            *table(["照片", "拍摄", "地点", "文件"], [(p.id, p.taken_on, p.place, p.name) for p in photos]),
            *table(
                ["异议", "日期", "异议人", "内容", "结果", "答复"],
                [(o.id, o.raised_on, o.person, o.text, _OUTCOMES[o.outcome], o.answer) for o in objections],
            ),
        ],
    )  # fmt: skip


def _phone(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = set_objection_phone(desk, phone=options.phone).answer
    return Answer(answer, [f"公示上的异议电话已设为 {answer['phone']}。"])


def _holidays(desk: Desk, options: argparse.Namespace) -> Answer:
    found = holidays(desk.store, options.year)
    return Answer(
        {"holidays": [{"day": day, "kind": kind, "name": name} for day, kind, name in found]},
        table(["日期", "类别", "名称"], [(day, _HOLIDAY_KINDS[kind], name) for day, kind, name in found]),
    )


def _set_holiday(desk: Desk, options: argparse.Namespace) -> Answer:
    day = date_from_cell(options.day)
    answer = set_holiday(desk, day=day, kind=options.kind, name=options.name).answer
    return Answer(
        answer, [f"{day.isoformat()} 已设为“{_HOLIDAY_KINDS[options.kind]}”。已经张贴的公示不受影响。"]
    )
