"""What the doors of programs share: the catalogue an office starts with, the form of a policy file, short names."""

import csv
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.resources import resource
from models.domain.exclusion import DEFAULT_CONFLICTS
from models.domain.refusal import Refusal
from models.store.durable import read_bytes
from models.store.opening import Store

LONGEST_SHORT_NAME: Final = 7
MOST_SHORT_BYTES: Final = 12
LEVELS: Final = ("中央", "省", "市", "县", "乡镇")
LOCAL_CODE: Final = re.compile(r"9[0-9]{11}")
CATALOGUE_CODE: Final = re.compile(r"[0-8][0-9]{6}")

_PLACE: Final = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")


class NotUtf8(Refusal):
    """A policy file in another encoding."""

    form = "“{name}”第 {line} 行有不是 UTF-8 的文字。请在编辑器里另存为 UTF-8 编码后重试。"


class BrokenPolicyFile(Refusal):
    """A policy file that is not TOML."""

    form = "“{name}”第 {line} 行第 {column} 列写法不对：“{text}”。文本要加英文引号，一行写一个“字段 = 值”。请改正后重新导入。"


class NoPolicyInFile(Refusal):
    """A file without a single policy, or with something beside them."""

    form = "“{name}”里{fault}。每项政策以 [[policy]] 一行开头，下面写它的字段。请改正后重新导入。"


class NoSuchLevel(Refusal):
    """A level of money that does not exist."""

    form = "资金级次“{written}”不对，可以填写：{allowed}，或不填。"


class ShortNameTooLong(Refusal):
    """A short name that would have to be cut."""

    form = "银行摘要简称“{written}”有 {count} {unit}，最多 {most} {unit}。程序不会自行截短，请另拟一个简称。"


class ShortNameNotWritable(Refusal):
    """A short name with a character that banks' files cannot hold."""

    form = "银行摘要简称“{written}”里的“{sign}”不在 GBK 字符集内，银行文件写不出来。请换一个字。"


class ShortNameMissing(Refusal):
    """A program whose name is too long to serve as its own short name."""

    form = "项目“{name}”还没有银行摘要简称。请填写不超过 7 个字的简称（印在存折上），程序不会自行截短。"


def seed_catalogue(store: Store) -> int:
    """Fill the programs with the coded catalogue (resources/programs.csv), inside `writing`; gives how many.

    The 12-byte short names stay '' until the office sets them: a cut name could mean another program.
    """
    with open(resource("programs.csv"), encoding="utf-8-sig", newline="") as stream:
        rows = [
            (row["code"], row["name"], row["bank_short_name"], row["department"])
            for row in csv.DictReader(stream)
        ]
    return store.execute_many(
        "INSERT INTO program (code, name, bank_short_name, department) VALUES (?, ?, ?, ?)", rows
    )


def seed_conflicts(store: Store) -> int:
    """Fill the exclusion matrix with the usual pairs of DOMAIN §4, inside `writing`; gives how many."""
    return store.execute_many(
        "INSERT INTO program_conflict (program_a, program_b, mode, scope) VALUES (?, ?, ?, ?)",
        DEFAULT_CONFLICTS,
    )


def checked_short_name(written: str) -> str:
    """A bank short name for the passbook, at most 7 characters. Raises ShortNameTooLong; never cuts (DOMAIN §4)."""
    name = written.strip()
    if len(name) > LONGEST_SHORT_NAME:
        raise ShortNameTooLong(written=name, count=len(name), unit="个字", most=LONGEST_SHORT_NAME)
    return name


def checked_short_name_12(written: str) -> str:
    """A bank short name for banks that take 12 bytes in GBK; '' for none. Raises ShortNameTooLong, ShortNameNotWritable."""
    name = written.strip()
    for sign in name:
        try:
            sign.encode("gbk")
        except UnicodeEncodeError:
            raise ShortNameNotWritable(written=name, sign=sign) from None
    if len(name.encode("gbk")) > MOST_SHORT_BYTES:
        raise ShortNameTooLong(
            written=name, count=len(name.encode("gbk")), unit="字节", most=MOST_SHORT_BYTES
        )
    if len(name) > MOST_SHORT_BYTES // 2:
        raise ShortNameTooLong(written=name, count=len(name), unit="个字", most=MOST_SHORT_BYTES // 2)
    return name


def checked_level(written: str) -> str:
    """A level of money 资金级次, '' for none. Raises NoSuchLevel."""
    if written and written not in LEVELS:
        raise NoSuchLevel(written=written, allowed="、".join(LEVELS))
    return written


def short_name_for(name: str, written: str) -> str:
    """The short name of a new program: the one written, else the name itself where it is short enough.

    Raises ShortNameTooLong, ShortNameMissing.
    """
    if written.strip():
        return checked_short_name(written)
    if len(name) > LONGEST_SHORT_NAME:
        raise ShortNameMissing(name=name)
    return name


def read_policy_file(path: Path) -> list[Mapping[str, object]]:
    """The `[[policy]]` tables of a TOML file, in the order written; what they hold is read by the policy rules.

    Raises CannotRead, NotUtf8, BrokenPolicyFile with the line, NoPolicyInFile.
    """
    body = read_bytes(path)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8(name=path.name, line=body.count(b"\n", 0, error.start) + 1) from None
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(path.name, text, str(error)) from None
    others = sorted(set(whole) - {"policy"})
    tables = whole.get("policy", [])
    if others:
        raise NoPolicyInFile(name=path.name, fault=f"有不属于任何政策的“{others[0]}”")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, Mapping) for table in tables):
        raise NoPolicyInFile(name=path.name, fault="没有政策")
    return tables


def _broken(name: str, text: str, said: str) -> BrokenPolicyFile:
    lines = text.splitlines() or [""]
    found = _PLACE.search(said)
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
    return BrokenPolicyFile(
        name=name, line=line, column=column, text=lines[min(line, len(lines)) - 1].strip()[:40]
    )
