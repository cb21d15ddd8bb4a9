"""A layout learned from an example 从样表学: somebody points at its columns, and every row has to bear that out (DOMAIN §7)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.bankfiles.examples import Example
from app.bankfiles.fields import BLANK, answer_heading, answer_money, cell_text
from app.bankfiles.pointing import CannotWriteLike, Pointed, check_columns
from app.bankfiles.profiles import NEEDED_BACK
from app.bankfiles.proving import Row, check_line, check_words, lines_of, totals_form
from app.workbook.columns import column_letters
from app.workbook.layout.headings import fingerprint_of
from models.domain.money import Fen
from models.domain.written import compacted

USUAL_LINES: Final = 50_000
_MOST_COLUMNS: Final = 26
_MOST_SHOWN: Final = 6
_EMPTY: Final = "-"
"""What an empty field between blanks is written as, so that the fields after it stay where they are."""


@dataclass(frozen=True)
class Learned:
    """What an example taught: its part of a profile's table, the answer's fingerprint, and the control figures that it bore out."""

    table: dict[str, Any]
    fingerprint: str
    lines: int
    total: Fen
    has_totals: bool


def learn(example: Example, said: Pointed) -> Learned:
    """Prove by every row of the example what was said of its columns, and give the layout. Raises what app.bankfiles.pointing has."""
    check_columns(example, said)
    lines, totals = lines_of(example, said)
    for row, cells in lines:
        check_line(example, said, row, cells)
    total = Fen(sum(answer_money(cells[said.places["amount"]], said.amount_unit) or 0 for _, cells in lines))
    form: dict[str, Any] = {
        "file_type": example.file_type,
        "encoding": example.encoding,
        "separator": example.separator,
        "empty": _EMPTY if example.separator == BLANK else "",
        "amount_unit": said.amount_unit,
        "heading_line": said.heading_row > 0,
        "totals": totals_form(example, said, totals, len(lines), total),
    }
    if said.is_answer:
        check_words(example, said, lines)
        form["columns"] = _answer_columns(example, said)
        form |= {name: sorted(getattr(said, name)) for name in ("success", "failure", "unfinished")}
        headings = map(answer_heading, example.headings(said.heading_row))
        form["fingerprint"] = fingerprint_of(headings) if said.heading_row else ""
        table: dict[str, Any] = {"answer": form}
    else:
        suffix = ".xlsx" if example.file_type == "xlsx" else _suffix(example.name)
        form["columns"] = _sent_columns(example, said, lines)
        form["file_name"] = f"{{number}}_{{short_name}}_{{part}}{suffix}"
        form["line_limit"] = said.line_limit or USUAL_LINES
        table = form
    return Learned(table, form.get("fingerprint", ""), len(lines), total, totals is not None)


def _answer_columns(example: Example, said: Pointed) -> list[dict[str, Any]]:
    """The columns of an answer: by their headings those that mean something, without headings all of them by their places."""
    if said.heading_row:
        headings = example.headings(said.heading_row)
        return [
            {"heading": answer_heading(headings[place]), "holds": holds, "optional": holds not in NEEDED_BACK}
            for place, holds in sorted(said.columns.items())
        ]
    return [
        {"heading": f"{column_letters(place)}列", "holds": said.columns.get(place, "constant")}
        for place in range(example.width)
    ]


def _sent_columns(example: Example, said: Pointed, lines: Sequence[Row]) -> list[dict[str, Any]]:
    """The columns of a file to the bank, all of them; one that nobody pointed at has to be empty. Raises CannotWriteLike."""
    if example.foreign:
        raise CannotWriteLike(
            name=example.name,
            fault=example.foreign,
            instead="请与银行核对能不能收回车换行结尾、字段不带引号的文件；能收的，请用那样的样表学。",
        )
    first = example.rows[0][0]
    if said.heading_row and (said.heading_row != first or (example.file_type == "xlsx" and first != 1)):
        raise CannotWriteLike(
            name=example.name,
            fault="在列标题之上还有内容",
            instead="请与银行核对能不能只有一行列标题和明细。",
        )
    if example.width > _MOST_COLUMNS:
        raise CannotWriteLike(
            name=example.name, fault=f"有 {example.width} 列，多于 {_MOST_COLUMNS} 列", instead="请与银行核对哪些列可以不写。"
        )  # fmt: skip
    headings = example.headings(said.heading_row)
    columns: list[dict[str, Any]] = []
    for place in range(example.width):
        name = example.column_name(place, said.heading_row)
        column: dict[str, Any] = {
            "heading": headings[place] if said.heading_row else name,
            "holds": said.columns.get(place, "constant"),
        }
        different = {cell_text(cells[place]) for _, cells in lines}
        if column["holds"] == "constant":
            column["constant"] = _constant(example, name, place in said.columns, different)
        elif column["holds"] == "serial" and [cell_text(cells[place]) for _, cells in lines] != [
            str(number) for number in range(1, len(lines) + 1)
        ]:
            raise CannotWriteLike(
                name=example.name, fault=f"的“{name}”列不是从 1 起的 1、2、3", instead="请把这一列指为别的含义，或与银行核对序号的写法。"
            )  # fmt: skip
        if most := said.most_bytes.get(place, 0):
            column["most_bytes"] = most
        columns.append(column)
    return columns


def _constant(example: Example, column: str, was_pointed_at: bool, different: set[str]) -> str:
    """What stands in every line of a column that is the same for all payments. Raises CannotWriteLike."""
    if different == {""}:
        return ""
    listed = "、".join(f"“{text or '空'}”" for text in sorted(different)[:_MOST_SHOWN])
    if not was_pointed_at:
        raise CannotWriteLike(
            name=example.name, fault=f"的“{column}”列没有指明是什么（写有{listed}）",
            instead="请指明这一列；每一笔都一样的，指为“固定内容”。",
        )  # fmt: skip
    if len(different) > 1:
        raise CannotWriteLike(
            name=example.name,
            fault=f"的“{column}”列指为固定内容，却写有{listed}",
            instead="请指明这一列是什么。",
        )
    return different.pop()


def _suffix(name: str) -> str:
    found = re.search(r"\.[A-Za-z]{2,4}$", compacted(name))
    return found[0].lower() if found else ".txt"
