"""dossier, dossier-list, batch archive, archive verify."""

import argparse
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from app.access.queries import sit_down
from app.archive.queries import Verified, dossiers, verify_office, verify_zip
from app.archive.use_cases import NoDossier, archive_batch, make_dossier
from app.cli.frame import DEFAULT_OPERATOR, Answer, Commands, RefusedWithAnswer, password, table
from app.desk import Desk
from models.domain.refusal import Refusal
from models.store.durable import replacing
from models.store.opening import open_office


class FilesDamaged(Refusal):
    """A kept file is not what was received."""

    form = "存档校验没有通过：{first}（共 {count} 个文件有问题）。请从备份恢复，并查明原因。"


class NothingToVerify(Refusal):
    """Neither a dossier nor an office was named."""

    form = "没有指明要校验什么。请给出案卷 ZIP，或用 --office 指明办公点文件夹。"


def add_commands(commands: Commands) -> None:
    """The archive's commands."""
    dossier = commands.add("dossier", _dossier, "编制批次案卷（ZIP）")
    dossier.add_argument("batch", metavar="BATCH", help="批次编号")
    dossier.add_argument("--out", type=Path, required=True, metavar="ZIP")
    listed = commands.add("dossier-list", _list, "已编制的案卷")
    listed.add_argument("--batch", metavar="BATCH")
    archived = commands.add("batch archive", _archive, "归档已结清的批次（没有案卷的先编制案卷）")
    archived.add_argument("batch", metavar="ID", help="批次编号")
    # a dossier proves itself without an office, so this command opens one only where it is asked to
    verify = commands.add_plain("archive verify", _verify, "校验案卷 ZIP，或办公点保存的全部文件")
    verify.add_argument("zip", nargs="?", type=Path, metavar="ZIP")
    verify.add_argument("--office", type=Path, metavar="DIR", help="办公点文件夹")
    verify.add_argument(
        "--as",
        dest="operator",
        default=os.environ.get("XIANGCAI_OPERATOR", DEFAULT_OPERATOR),
        metavar="OPERATOR",
    )
    verify.add_argument("--sample", type=int, metavar="N", help="只抽查这么多个文件")
    verify.add_argument("--date", metavar="YYYY-MM-DD", help="业务日期（校验不使用）")


def _dossier(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = make_dossier(desk, batch_id=options.batch).answer
    with replacing(options.out) as part:
        part.write_bytes(desk.store.files.read(str(answer["sha256"]), str(answer["name"])))
    return Answer(
        {**answer, "file": str(options.out)},
        [
            f"批次 {answer['number']} 的案卷已写到 {options.out}：{answer['files']} 个文件。",
            f"SHA-256 {answer['sha256']}",
        ],
    )


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    found = dossiers(desk.store, options.batch)
    return Answer(
        {"dossiers": [asdict(one) for one in found]},
        table(
            ["批次", "案卷", "编制日期", "SHA-256"],
            [(one.number, one.name, one.made_on, one.sha256) for one in found],
        ),
    )


def _archive(desk: Desk, options: argparse.Namespace) -> Answer:
    lines = []
    try:
        answer = archive_batch(desk, batch_id=options.batch).answer
    except NoDossier:
        # nobody took the dossier out; it is made first, in an act and an audit line of its own
        made = make_dossier(desk, batch_id=options.batch).answer
        lines.append(f"还没有案卷，已先编制并存档：{made['name']}，{made['files']} 个文件。")
        answer = archive_batch(desk, batch_id=options.batch).answer
    return Answer(answer, [*lines, f"批次 {answer['number']} 已归档。"])


def _verify(options: argparse.Namespace) -> Answer:
    if options.zip is not None:
        return _answer(verify_zip(options.zip), f"案卷 {options.zip.name}")
    if options.office is None:
        raise NothingToVerify
    store = open_office(
        options.office, options.operator, password("XIANGCAI_PASSWORD", f"{options.operator} 的密码：")
    )
    try:
        sit_down(store, options.operator, datetime.now())
        return _answer(verify_office(store, options.sample), "办公点保存的文件")
    finally:
        store.close()


def _answer(found: Verified, what: str) -> Answer:
    body: dict[str, object] = {
        "ok": not found.bad,
        "files": found.files,
        "first_bad": found.bad[0].name if found.bad else None,
        "bad": [asdict(one) for one in found.bad],
    }
    if found.bad:
        raise RefusedWithAnswer(FilesDamaged(first=found.bad[0].sentence, count=len(found.bad)), body)
    return Answer(body, [f"{what}全部完好（{found.files} 个）。"])
