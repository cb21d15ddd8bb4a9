"""Payments laid out as a bank's file: what cannot be written is said before any file is made."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from app.bankfiles.profiles import MEANINGS, Column, Profile
from app.bankfiles.sheet import Cell, sheet_bytes
from app.programs.queries import ProgramView
from models.domain.money import Fen
from models.domain.refusal import Refusal

_LINE_END: Final = "\r\n"
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_FILE_NAMES: Final = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')
_MOST_SHOWN: Final = 20
_MOST_BYTES_OF_A_CHARACTER: Final = 4

_COUNTED_IN: Final = "gb18030"
"""Byte limits are counted as a bank's old system stores a text, whatever the file is written in (DOMAIN §7)."""


class CannotBeWritten(Refusal):
    """Fields the bank's layout has no way to write; none is replaced or cut."""

    form = (
        "有 {count} 处内容写不进“{profile}”格式，没有生成任何文件：{listed}。"
        "请与银行核对户名的写法后在账户清册中更正，或改用能写这些字的格式；暂时不能处理的，可先停发该笔。"
    )


class RemarkTooLong(Refusal):
    """The program's short names do not fit the bank's remark; it is never cut."""

    form = (
        "项目“{program}”的摘要“{remark}”在“{profile}”格式中占 {size} 字节，最多 {most} 字节，不能截断。"
        "请先用 program change {code} --short12 设置不超过 6 个汉字的简称，再生成报盘文件。"
    )
    in_window = "项目“{program}”的摘要“{remark}”在“{profile}”格式中占 {size} 字节，最多 {most} 字节，不能截断。请先在“补贴项目”里按 F2 设置不超过 6 个汉字的 12 字节摘要，再生成报盘文件。"


class Line(NamedTuple):
    """What one payment gives to a bank file."""

    payment_id: int
    line: int
    name: str
    account: str
    id_number: str
    bank: str
    fen: Fen
    serial: str


@dataclass(frozen=True)
class LaidOut:
    """One file ready to be kept: its lines in order, its bytes, its control totals."""

    part: int
    name: str
    body: bytes
    lines: Sequence[Line]
    total_fen: Fen
    sha256: str


def remark_of(profile: Profile, program: ProgramView) -> str:
    """The text for the passbook: the first of the program's two short names that fits whole.

    Raises RemarkTooLong; a short name is never cut (DOMAIN §4).
    """
    column = profile.column("remark")
    most = column.most_bytes if column else 0
    for remark in (program.bank_short_name, program.bank_short_name_12):
        if remark and (not most or _size(remark) <= most):
            return remark
    short_name = program.bank_short_name
    raise RemarkTooLong(
        program=program.name,
        code=program.code,
        remark=short_name,
        profile=profile.title,
        size=_size(short_name),
        most=most,
    )


def lay_out(
    profile: Profile, lines: Sequence[Line], *, remark: str, batch_number: str, short_name: str
) -> Iterator[LaidOut]:
    """Write the lines in the bank's layout, in as many files as its line limit asks for.

    Raises CannotBeWritten with the payments concerned before the first file is made.
    """
    columns = [_values(column, profile, lines, remark, batch_number) for column in profile.columns]
    _refuse_unwritable(profile, lines, columns)
    rows = list(zip(*columns, strict=True))
    for part, start in enumerate(range(0, len(lines), profile.line_limit), start=1):
        chosen = lines[start : start + profile.line_limit]
        body = _body(profile, rows[start : start + profile.line_limit])
        total = Fen(sum(line.fen for line in chosen))
        name = _file_name(profile, batch_number, short_name, part)
        yield LaidOut(part, name, body, chosen, total, sha256(body).hexdigest())


def _values(
    column: Column, profile: Profile, lines: Sequence[Line], remark: str, batch_number: str
) -> Sequence[Cell]:
    match column.holds:
        case "serial":
            return [line.serial for line in lines]
        case "name":
            return [line.name for line in lines]
        case "account":
            return [line.account for line in lines]
        case "id_number":
            return [line.id_number for line in lines]
        case "bank":
            return [line.bank for line in lines]
        case "amount":
            return [line.fen for line in lines]
    fixed = {"remark": remark, "batch": batch_number, "constant": column.constant}[column.holds]
    return [fixed] * len(lines)


def _refuse_unwritable(profile: Profile, lines: Sequence[Line], columns: Sequence[Sequence[Cell]]) -> None:
    faults: list[str] = []
    for column, values in zip(profile.columns, columns, strict=True):
        if column.holds == "amount":
            continue
        # nearly always all are fine: one look over all of them together, else for the culprits one by one
        different = set(map(str, values))
        if not _fault(profile, "".join(different), 0) and not any(
            _size(value) > column.most_bytes
            for value in different
            if 0 < column.most_bytes < _MOST_BYTES_OF_A_CHARACTER * len(value)
        ):
            continue
        for line, value in zip(lines, values, strict=True):
            if fault := _fault(profile, str(value), column.most_bytes):
                named = MEANINGS[column.holds]
                faults.append(f"第 {line.line} 行 {line.name} 的{named}“{value}”{fault}")
    if faults:
        listed = "；".join(faults[:_MOST_SHOWN]) + ("；等" if len(faults) > _MOST_SHOWN else "")
        raise CannotBeWritten(count=len(faults), profile=profile.title, listed=listed)


def _fault(profile: Profile, value: str, most_bytes: int) -> str:
    """What keeps a text out of the bank's file, or ''."""
    try:
        value.encode(profile.encoding)
    except UnicodeEncodeError as error:
        lost = "".join(dict.fromkeys(value[error.start : error.end]))
        return f"含有 {profile.encoding.upper()} 写不出的字“{lost.encode('utf-8', 'replace').decode()}”"
    if _UNWRITABLE.search(value):
        return "含有控制字符"
    if most_bytes and (size := _size(value)) > most_bytes:
        return f"占 {size} 字节，最多 {most_bytes} 字节"
    if profile.file_type == "text" and any(mark in value for mark in (profile.separator, "\u3000", "\xa0")):
        return "含有空格或分隔符，会错开后面的字段"
    return ""


def _size(text: str) -> int:
    return len(text.encode(_COUNTED_IN, "replace"))


def _body(profile: Profile, rows: Sequence[Sequence[Cell]]) -> bytes:
    headings = [column.heading for column in profile.columns]
    whole = [*rows, _totals(profile, rows)] if profile.totals else rows
    if profile.file_type == "xlsx":
        scale = 100 if profile.amount_unit == "fen" else 1  # the sheet writes hundredths of what it shows
        return sheet_bytes(
            headings, [[cell * scale if isinstance(cell, int) else cell for cell in line] for line in whole]
        )
    lines = [headings, *whole] if profile.heading_line else whole
    texts = (
        profile.separator.join(
            _amount(profile, cell) if isinstance(cell, int) else cell or profile.empty for cell in line
        )
        for line in lines
    )
    return _LINE_END.join([*texts, ""]).encode(profile.encoding)


def _totals(profile: Profile, rows: Sequence[Sequence[Cell]]) -> list[Cell]:
    """The totals line of the layout: its words as they stand, the count and the sum where they belong."""
    place = [column.holds for column in profile.columns].index("amount")
    figures: dict[str, Cell] = {"{count}": str(len(rows)), "{sum}": sum(int(row[place]) for row in rows)}
    line = [figures.get(said, said) for said in profile.totals]
    return line if profile.file_type == "text" else [*line, *[""] * (len(profile.columns) - len(line))]


def _amount(profile: Profile, fen: int) -> str:
    return str(fen) if profile.amount_unit == "fen" else f"{fen // 100}.{fen % 100:02d}"


def _file_name(profile: Profile, batch_number: str, short_name: str, part: int) -> str:
    written = profile.file_name.format(number=batch_number, short_name=short_name, part=part)
    return _NOT_IN_FILE_NAMES.sub("-", written)
