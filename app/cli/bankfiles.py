"""bank-file, bank-file-again, bank-file-check, bank-profile list."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from app.bankfiles.profiles import profiles
from app.bankfiles.queries import bank_files, known_bank_file, write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.cli.frame import Answer, Commands, table
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
    known = list(profiles().values())
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
