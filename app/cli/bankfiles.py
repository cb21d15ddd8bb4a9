"""bank-file, bank-file-again, bank-file-check, bank-profile list/learn/forget."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from app.bankfiles.pointing import ColumnSaidTwice
from app.bankfiles.profiles import MEANINGS, UNIT_NAMES, profiles
from app.bankfiles.queries import bank_files, known_bank_file, write_bank_files
from app.bankfiles.use_cases import forget_profile, learn_profile, make_bank_files
from app.cli.frame import Answer, Commands, NotAPair, pairs, table
from app.desk import Desk
from models.domain.money import Fen, yuan_text


def add_commands(commands: Commands) -> None:
    """The bank files' commands."""
    made = commands.add("bank-file", _make, "生成报盘文件，批次转为已报盘")
    made.add_argument("batch", metavar="BATCH")
    made.add_argument("--profile", required=True, metavar="NAME", help="银行格式，见 bank-profile list")
    made.add_argument("--out", type=Path, required=True, metavar="DIR")
    again = commands.add("bank-file-again", _again, "重新写出已存档的报盘文件")
    again.add_argument("batch", metavar="BATCH")
    again.add_argument("--out", type=Path, required=True, metavar="DIR")
    check = commands.add("bank-file-check", _check, "核对要交给银行的文件是不是生成时的原样")
    check.add_argument("file", type=Path, metavar="FILE")
    commands.add("bank-profile list", _profiles, "银行格式一览")
    learned = commands.add("bank-profile learn", _learn, "从一份样表（报盘或回盘）学一家银行的格式")
    learned.add_argument(
        "name", metavar="NAME", help="给这个格式起的名称；再学一次同名的，补上另一个方向或重新学"
    )
    learned.add_argument("file", type=Path, metavar="FILE", help="样表：工作簿或文本，里面有几行明细")
    learned.add_argument(
        "--column",
        action="append",
        required=True,
        metavar="列=义",
        help=f"哪一列（列标题或“C列”）是什么：{'、'.join(MEANINGS.values())}；可写多次，有处理结果的是回盘",
    )
    learned.add_argument(
        "--heading-row", type=int, metavar="N", help="列标题在第几行，0 是没有（不写则自己找）"
    )
    learned.add_argument(
        "--unit", choices=tuple(UNIT_NAMES), default="yuan", help="金额的单位：yuan 元，fen 分"
    )
    for option, words in (("success", "成功"), ("failure", "失败"), ("unfinished", "没有办完")):
        learned.add_argument(
            f"--{option}", action="append", default=[], metavar="字样", help=f"处理结果里表示{words}的字样"
        )
    learned.add_argument(
        "--bytes", action="append", default=[], metavar="列=数", help="这一列最多多少字节（报盘）"
    )
    learned.add_argument("--lines", type=int, default=0, metavar="N", help="每个报盘文件最多多少行")
    forgotten = commands.add("bank-profile forget", _forget, "忘记自己学的银行格式")
    forgotten.add_argument("name", metavar="NAME")


def _make(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = make_bank_files(desk, batch_id=options.batch, profile=options.profile).answer
    written = write_bank_files(desk.store, batch_id=options.batch, folder=options.out)
    files = cast(Sequence[Mapping[str, object]], answer["files"])
    total = Fen(cast(int, answer["total_fen"]))
    return Answer(
        {**answer, "written": [str(path) for path in written]},
        [
            f"批次 {answer['number']} 已报盘：{len(files)} 个文件，{answer['count']} 笔，合计 {yuan_text(total)} 元。",
            *(f"{file['name']}  {file['count']} 笔  SHA-256 {file['sha256']}" for file in files),
            f"已写到 {options.out}。",
        ],
    )


def _check(desk: Desk, options: argparse.Namespace) -> Answer:
    found, number = known_bank_file(desk.store, options.file)
    return Answer(
        {
            "batch": number,
            "file": found.name,
            "count": found.lines,
            "total_fen": found.total_fen,
            "sha256": found.sha256,
        },
        [
            f"与批次 {number} 的报盘文件 {found.name} 完全一致：{found.lines} 笔，合计 {yuan_text(found.total_fen)} 元。"
        ],
    )


def _again(desk: Desk, options: argparse.Namespace) -> Answer:
    written = write_bank_files(desk.store, batch_id=options.batch, folder=options.out)
    files = bank_files(desk.store, options.batch)
    return Answer(
        {
            "files": [
                {"name": f.name, "count": f.lines, "total_fen": f.total_fen, "sha256": f.sha256}
                for f in files
            ],
            "written": [str(path) for path in written],
        },
        [f"已重新写出 {path}" for path in written],
    )


def _profiles(desk: Desk, options: argparse.Namespace) -> Answer:
    known = list(profiles(desk.store).values())
    return Answer(
        {
            "profiles": [
                {
                    "name": p.name,
                    "title": p.title,
                    "file_type": p.file_type,
                    "encoding": p.encoding,
                    "amount_unit": p.amount_unit,
                    "columns": [c.heading for c in p.columns],
                    "answer_columns": [c.heading for c in p.answer.columns],
                    "line_limit": p.line_limit,
                }
                for p in known
            ]
        },
        table(
            ["名称", "说明", "类型", "编码", "报盘列", "回盘列"],
            [
                (p.name, p.title, p.file_type, p.encoding, "、".join(c.heading for c in p.columns),
                 "、".join(c.heading for c in p.answer.columns))
                for p in known
            ],
        ),
    )  # fmt: skip


def _learn(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = learn_profile(
        desk,
        name=options.name,
        path=options.file,
        columns=_once(options.column, "列=义"),
        heading_row=options.heading_row,
        amount_unit=options.unit,
        success=options.success,
        failure=options.failure,
        unfinished=options.unfinished,
        most_bytes=_bytes(options.bytes),
        line_limit=options.lines,
    ).answer
    columns = cast(Mapping[str, str], answer["columns"])
    does = [words for words, can in (("报盘", answer["can_send"]), ("读回盘", answer["can_read"])) if can]
    return Answer(
        answer,
        [
            f"已从 {options.file.name} 学会“{answer['profile']}”：{answer['lines']} 行明细，"
            f"合计 {yuan_text(Fen(cast(int, answer['total_fen'])))} 元，各列都核对过。",
            "；".join(f"{column} 是{meaning}" for column, meaning in columns.items()) + "。",
            f"现在可以用它{'、'.join(does)}。"
            + ("" if len(does) == 2 else "另一个方向，请用另一份样表以同样的名称再学一次。"),
        ],
    )


def _once(written: Sequence[str], form_shown: str) -> dict[str, str]:
    """Pairs of columns, none of them twice. Raises NotAPair, ColumnSaidTwice."""
    found = pairs(written, form_shown)
    columns = [one.partition("=")[0].strip() for one in written]
    for column in found:
        if columns.count(column) > 1:
            raise ColumnSaidTwice(column=column)
    return found


def _bytes(written: Sequence[str]) -> dict[str, int]:
    """列=数 options. Raises NotAPair."""
    limits = _once(written, "列=数")
    for column, most in limits.items():
        if not (most.isascii() and most.isdigit()):
            raise NotAPair(written=f"{column}={most}", form_shown="列=数")
    return {column: int(most) for column, most in limits.items()}


def _forget(desk: Desk, options: argparse.Namespace) -> Answer:
    done = forget_profile(desk, name=options.name)
    return Answer(done.answer, [f"银行格式“{done.answer['forgotten']}”已忘记。"])
