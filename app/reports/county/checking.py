"""Tags of a form checked before it is kept: what is no tag, and what stands where it cannot, named with its cell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from app.reports.county.tags import SETS_BY_MARK, SINGLE_NAMES, RowSet, known_names, nearest, tag_key
from app.workbook.filling.form import Form
from app.workbook.filling.sheet import TagCell
from app.workbook.filling.tags import odd_braces, tags_in

_IN_A_BOX: Final = "标签写在文本框里，填不进去。请写到单元格里。"
_IN_A_FORMULA: Final = "标签写在公式里，填不进去。请把标签单独写在一格，公式引用那一格。"
_ONLY_THE_FIRST: Final = (
    "公式只取了逐行填的那一行的一格（{cell}），填好以后只算第一行。要合计请写成 SUM({cell})。"
)
_FIGURE: Final = re.compile(r"(?:金额|笔数|户数|人数|余额|结余)$").search
_TWO_BRACES: Final = re.compile("[{｛]{2}|[}｝]{2}").search


@dataclass(frozen=True, slots=True)
class TagFault:
    """A tag that cannot be filled, or a formula that would compute wrongly: where it stands, as written, what is wrong, what to do."""

    sheet: str
    cell: str
    written: str
    sentence: str


def row_sets(form: Form) -> list[RowSet]:
    """The kinds of repeated rows that a form has, each once, in the order met."""
    marks = (tag_key(tag) for cell in form.tag_cells for tag in cell.tags)
    return list(dict.fromkeys(SETS_BY_MARK[mark] for mark in marks if mark in SETS_BY_MARK))


def count_tags(form: Form) -> int:
    """How many tags a form has."""
    return sum(len(cell.tags) for cell in form.tag_cells)


def needs_batch(form: Form) -> bool:
    """Whether a batch has to be chosen on filling."""
    single = any(
        SINGLE_NAMES[tag_key(tag)].needs_batch
        for _, row_set, cells in _rows(form)
        for cell in cells
        for tag in cell.tags
        if tag_key(tag) in SINGLE_NAMES and (row_set is None or tag_key(tag) not in row_set.names)
    )
    headers = (tag for header in form.header_texts for tag in tags_in(header.text))
    in_header = any(SINGLE_NAMES[tag_key(tag)].needs_batch for tag in headers if tag_key(tag) in SINGLE_NAMES)
    return single or in_header or any(one.needs_batch for one in row_sets(form))


def faults_of(form: Form) -> list[TagFault]:
    """Every fault of a form's tags, in the order of sheets and rows, then of its text boxes and formulas."""
    faults = [
        fault for _, row_set, cells in _rows(form) for cell in cells for fault in _faults(cell, row_set)
    ]
    faults += [fault for sheet, _, cells in _rows(form) for fault in _marks_twice(sheet, cells)]
    for header in form.header_texts:
        cell = TagCell(header.sheet, 0, "", header.text)
        faults += [
            TagFault(header.sheet, "页眉页脚", fault.written, fault.sentence) for fault in _faults(cell, None)
        ]
    for box in form.box_texts:
        faults += [TagFault(box.sheet, "文本框", tag, _IN_A_BOX) for tag in tags_in(box.text)]
    return [*faults, *_formula_faults(form)]


def _formula_faults(form: Form) -> Iterator[TagFault]:
    """Tags inside formulas, which nothing fills; formulas that take one figure of a repeated row, which is the first row's only."""
    rows = {
        (cells[0].sheet.casefold(), cells[0].row): {
            cell.column for cell in cells if any(_FIGURE(tag_key(tag)) for tag in cell.tags)
        }
        for _, row_set, cells in _rows(form)
        if row_set is not None
    }
    computed = {
        (one.sheet.casefold(), one.row, one.column)
        for one in form.formulas
        if (one.sheet.casefold(), one.row) in rows
    }
    for one in form.formulas:
        for tag in (tag for text in one.text.texts for tag in tags_in(text)):
            yield TagFault(one.sheet, one.ref, tag, _IN_A_FORMULA)
        if (one.sheet.casefold(), one.row) in rows:
            continue
        for sheet, column, row in dict.fromkeys(one.text.single_cells):
            place = (sheet or one.sheet).casefold(), row
            if place in rows and (column in rows[place] or (*place, column) in computed):
                taken = f"{column}{row}"
                yield TagFault(one.sheet, one.ref, taken, _ONLY_THE_FIRST.format(cell=taken))


def _rows(form: Form) -> Iterator[tuple[str, RowSet | None, list[TagCell]]]:
    """The cells with braces row by row, with what the row is filled with where it is repeated."""
    for (sheet, _), group in groupby(form.tag_cells, key=lambda cell: (cell.sheet, cell.row)):
        cells = list(group)
        marks = [tag_key(tag) for cell in cells for tag in cell.tags if tag_key(tag) in SETS_BY_MARK]
        yield sheet, SETS_BY_MARK[marks[0]] if marks else None, cells


def _marks_twice(sheet: str, cells: list[TagCell]) -> Iterator[TagFault]:
    marked = [(cell, tag) for cell in cells for tag in cell.tags if tag_key(tag) in SETS_BY_MARK]
    for cell, tag in marked[1:]:
        sentence = f"这一行已经有“{{{{{marked[0][1]}}}}}”，一行只能写一个。请删去一个，或把另一种内容写到单独的一行。"
        yield TagFault(sheet, cell.ref, tag, sentence)


def _faults(cell: TagCell, row_set: RowSet | None) -> Iterator[TagFault]:
    for tag in cell.tags:
        key = tag_key(tag)
        if key in SETS_BY_MARK and cell.row:
            continue
        if key in SINGLE_NAMES or (row_set is not None and key in row_set.names):
            continue
        yield TagFault(cell.sheet, cell.ref, tag, _no_such_tag(tag, row_set))
    for written in odd_braces(cell.text):
        name = tag_key(written.strip("{}｛｝"))
        if name in known_names() or _TWO_BRACES(written):
            sentence = f"标签前后各要两个花括号。请写成“{{{{{name}}}}}”。"
            yield TagFault(cell.sheet, cell.ref, written, sentence)


def _no_such_tag(tag: str, row_set: RowSet | None) -> str:
    homes = [one for one in SETS_BY_MARK.values() if tag_key(tag) in one.names]
    if homes and row_set is None:
        marks = "”或“".join(f"{{{{{one.mark}}}}}" for one in homes)
        return f"“{{{{{tag}}}}}”只能写在逐行填的那一行。请在这一行任一格再写“{marks}”。"
    if homes and row_set is not None:
        return f"“{{{{{row_set.mark}}}}}”的行里没有“{{{{{tag}}}}}”。{_meant(nearest(tag, row_set.names))}"
    return f"没有“{{{{{tag}}}}}”这个标签。{_meant(nearest(tag))}"


def _meant(name: str) -> str:
    return f"是不是“{{{{{name}}}}}”？" if name else "请对照标签清单改写。"


def listed(faults: list[TagFault], most: int = 10) -> str:
    """The faults in one sentence, the first ones where they are many."""
    said = [f"“{one.sheet}”{one.cell}：{one.sentence}" for one in faults[:most]]
    return "".join(said) + (f"……共 {len(faults)} 处。" if len(faults) > most else "")
