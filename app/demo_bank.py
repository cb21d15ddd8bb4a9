"""演示银行 the demo bank: it answers a bank file of ours in its profile's return form, for `make demo` and the tests.

No real bank is behind it. It pays every line but those it is told to refuse, with the reason it is told.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from app.bankfiles.profiles import Column, Profile, find_profile, shipped_profiles
from app.bankfiles.sheet import Cell, sheet_bytes
from app.workbook.reading import open_workbook
from models.domain.money import fen_from_cell
from models.store.durable import replacing

NAME = "演示银行"


def answer_bank_file(
    path: Path,
    out: Path,
    *,
    profile: str,
    failures: Mapping[int, str] | None = None,
    unlisted: Collection[int] = (),
) -> Path:
    """Write the bank's answer to the file `path` into `out` and give it.

    `failures` maps lines of the file (from 1) to the reason they fail with; `unlisted` lines are left out of the answer.
    """
    layout = find_profile(shipped_profiles(), profile)
    refused = dict(failures or {})
    sent = _text_rows(path, layout) if layout.file_type == "text" else _sheet_rows(path)
    answered = [
        _answer(layout, row, refused.get(number))
        for number, row in enumerate(sent, start=1)
        if number not in unlisted
    ]
    body = _text(layout, answered) if layout.file_type == "text" else _sheet(layout, answered)
    with replacing(out) as part:
        part.write_bytes(body)
    return out


def _sheet_rows(path: Path) -> list[dict[str, str]]:
    """The rows of our workbook by heading, as text."""
    rows = [row for _, row in open_workbook(path).sheets[0].rows()]
    headings = [str(cell) for cell in rows[0]]
    return [
        {
            heading: str(fen_from_cell(cell)) if isinstance(cell, float) else str(cell or "")
            for heading, cell in zip(headings, row, strict=True)
        }
        for row in rows[1:]
    ]


def _text_rows(path: Path, layout: Profile) -> list[dict[str, str]]:
    """The rows of our text file by heading; the totals line is left out."""
    lines = path.read_bytes().decode(layout.encoding).splitlines()
    return [
        dict(zip([column.heading for column in layout.columns], line.split(layout.separator), strict=True))
        for line in lines
        if line.split(layout.separator)[0] != layout.totals_word
    ]


def _answer(layout: Profile, row: Mapping[str, str], reason: str | None) -> list[str | int]:
    """One line of the answer: what was sent, and what became of it. Amounts are fen."""
    columns = _columns(layout)
    has_reason = any(column.holds == "reason" for column in columns)
    fields: list[str | int] = []
    for column in columns:
        match column.holds:
            case "status" if reason is None:
                fields.append(_first(layout, "全部成功", "成功"))
            case "status":
                fields.append(
                    _first(layout, "失败") if has_reason and "失败" in layout.answer.failure else reason or ""
                )
            case "reason":
                fields.append(reason or "")
            case "done_amount":
                fields.append(0 if reason else _fen(layout, row))
            case "amount":
                fields.append(_fen(layout, row))
            case _:
                fields.append(row.get(column.heading, ""))
    return fields


def _columns(layout: Profile) -> list[Column]:
    """The columns the demo bank answers with: all it must, and those of ours that it echoes."""
    ours = {column.heading for column in layout.columns}
    return [column for column in layout.answer.columns if not column.optional or column.heading in ours]


def _first(layout: Profile, *words: str) -> str:
    """The first of the words that the profile knows."""
    known = layout.answer.success | layout.answer.failure
    return next(word for word in words if word in known)


def _fen(layout: Profile, row: Mapping[str, str]) -> int:
    """The amount sent, in fen (`_sheet_rows` and text layouts in fen give it as a whole number)."""
    return int(next(row[column.heading] for column in layout.columns if column.holds == "amount"))


def _sheet(layout: Profile, answered: list[list[str | int]]) -> bytes:
    rows: list[list[Cell]] = [list(fields) for fields in answered]
    return sheet_bytes([column.heading for column in _columns(layout)], rows)


def _text(layout: Profile, answered: list[list[str | int]]) -> bytes:
    """The lines, then the totals: count, sum, done count, done sum, and the code for all or part done."""
    held = [column.holds for column in _columns(layout)]
    amount, done = held.index("amount"), held.index("done_amount")
    paid = [fields for fields in answered if fields[done]]
    totals: list[str | int] = [
        layout.totals_word,
        len(answered),
        sum(int(fields[amount]) for fields in answered),
        len(paid),
        sum(int(fields[done]) for fields in paid),
        "0000" if len(paid) == len(answered) else "0001" if paid else "0009",
    ]
    lines = [layout.separator.join(str(field) for field in fields) for fields in [*answered, totals]]
    return "\r\n".join([*lines, ""]).encode(layout.encoding)
