"""county form add/list/fill/withdraw/show, county tags."""

import argparse
from dataclasses import asdict
from pathlib import Path

from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.reports.county.queries import (
    filled_form,
    form_file,
    forms,
    listed_tags,
    tags_like,
    write_tag_list,
)
from app.reports.county.use_cases import add_form, log_filling, withdraw_form
from app.reports.queries import month_to_report
from models.store.durable import replacing


def add_commands(commands: Commands) -> None:
    """The county forms' commands."""
    add = commands.add("county add", _add, "登记上级表样：检查标签，存入办公点")
    add.add_argument("file", type=Path, metavar="FILE", help="上级发来的 .xlsx，单元格里写好了标签")
    add.add_argument("--name", default="", metavar="NAME", help="表样的名称（不写用文件名）")
    fill = commands.add("county fill", _fill, "用一个月的数填表样")
    fill.add_argument("name", metavar="NAME", help="表样的名称")
    fill.add_argument("--month", default="", metavar="YYYY-MM", help="月份（不写为下一个要上报的月份）")
    fill.add_argument("--batch", default="", metavar="ID", help="批次编号（表样按批次填时）")
    fill.add_argument("--out", type=Path, required=True, metavar="FILE")
    commands.add("county list", _list, "列出上级表样")
    tags = commands.add("county tags", _tags, "列出全部标签、含义和样子")
    tags.add_argument("--like", default="", metavar="TEXT", help="只列名称或含义里有这几个字的")
    tags.add_argument("--out", type=Path, metavar="FILE", help="同时写成工作簿")
    save = commands.add("county save", _save, "把登记时的表样原样写出来")
    save.add_argument("name", metavar="NAME")
    save.add_argument("--out", type=Path, required=True, metavar="FILE")
    withdraw = commands.add("county withdraw", _withdraw, "不再使用一张表样（文件仍留在办公点）")
    withdraw.add_argument("name", metavar="NAME")


def _add(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = add_form(desk, path=options.file, name=options.name).answer
    repeated = answer["repeated"]
    rows = f"，逐行填：{'、'.join(map(str, repeated))}" if isinstance(repeated, list) and repeated else ""
    batch = "填的时候要选定批次。" if answer["needs_batch"] else ""
    return Answer(answer, [f"表样“{answer['form']}”已登记：{answer['tags']} 个标签{rows}。{batch}"])


def _fill(desk: Desk, options: argparse.Namespace) -> Answer:
    month = options.month or month_to_report(desk.store) or desk.day[:7]
    filled = filled_form(desk, options.name, month, options.batch)
    with replacing(options.out) as part:
        part.write_bytes(filled.body)
    log_filling(desk, name=filled.name, month=month, batch=options.batch, rows=filled.rows)
    return Answer(
        {"form": filled.name, "month": month, "rows": filled.rows, "file": str(options.out)},
        [
            f"“{filled.name}”（{month}）已填好，写到 {options.out}：逐行填了 {filled.rows} 行。合计在打开时由表里的公式算出。"
        ],
    )


def _list(desk: Desk, _options: argparse.Namespace) -> Answer:
    found = forms(desk.store)
    rows = [(one.name, one.file_name, one.tags, one.added_on, one.operator) for one in found]
    return Answer(
        {"forms": [asdict(one) for one in found]}, table(["表样", "文件", "标签", "登记日期", "登记人"], rows)
    )


def _tags(desk: Desk, options: argparse.Namespace) -> Answer:
    found = tags_like(options.like) if options.like else list(listed_tags())
    lines = table(
        ["标签", "含义", "样子", "写在哪里"],
        [(one.written, one.tag.meaning, one.tag.example, one.where) for one in found],
    )
    if options.out is not None:
        write_tag_list(options.out, desk.now)
        lines.append(f"标签清单已写到 {options.out}。")
    return Answer({"tags": [{**asdict(one.tag), "mark": one.mark} for one in found]}, lines)


def _save(desk: Desk, options: argparse.Namespace) -> Answer:
    found, body = form_file(desk.store, options.name)
    with replacing(options.out) as part:
        part.write_bytes(body)
    return Answer(
        {"form": found.name, "sha256": found.sha256, "file": str(options.out)},
        [f"表样“{found.name}”已原样写到 {options.out}。"],
    )


def _withdraw(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = withdraw_form(desk, name=options.name).answer
    return Answer(answer, [f"表样“{answer['form']}”不再使用。"])
