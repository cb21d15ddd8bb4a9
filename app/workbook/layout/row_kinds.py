"""What kind of row stands under a heading: data, a total, a note. A row is data unless it surely is something else."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from app.workbook.cell_values import NO_VALUE, Cell, ErrorCell, WideLine, cell_is_blank, held_cells
from app.workbook.layout.forms import Form, heading_key
from app.workbook.layout.headings import Header, looks_like_id

DATA_ROW: Final = "data"
TOTAL: Final = "total"
SUBTOTAL: Final = "subtotal"
NOTE: Final = "note"

_TOTAL_WORD: Final = re.compile(
    r"(?:[全本]?[省市县区乡镇村]|总|应发|实发|金额|本表|全部)*(?:合计|总计|共计|总合计)(?:数|金额|\(.*\)|[:,].*|[0-9]+[户人名笔元]?)*"
).fullmatch
_SUM_TAIL: Final = r"(?:数|金额|\(.*\)|[:,].*|[0-9]+[户人名笔元]?)*"
_SUBTOTAL_WORD: Final = re.compile(rf".{{0,20}}(?:小计|合计|累计){_SUM_TAIL}").fullmatch
# In the name's own column only what no person is called: 小计, 上溪村合计, but not 何合计.
_SUM_IN_NAME: Final = re.compile(
    rf"(?:(?:.{{0,20}}[村组社区镇乡县页队类项])?(?:小计|合计|累计)|总计|共计|总合计){_SUM_TAIL}"
).fullmatch
_IN_WORDS: Final = re.compile(r"(?:合计|总计|金额|人民币|小计)*\(?大写")
_NOTE_WORD: Final = re.compile(
    r"(?:说明|备注|附注|附件|注)(?:[:、.;1一①(]|$)|填表|制表|审核|复核|填报|上报|报送|经办|经手|(?:单位|部门|村级?|项目|财务|乡镇|镇|所)?负责人"
    r"|单位\(?(?:领导|盖章|公章)|(?:财政)?所长|分管|主管|村(?:支部?)?书记|村主任|镇长|乡长|会计|出纳|签[字名章]|盖章|公章|\(?(?:盖章|公章|签章)"
    r"|(?:日期|时间|单位|联系人|联系电话|电话)[:]|以下空白|以[上下]|本[表页]|第[0-9]+页|共[0-9]+页|[-—=_─]{3,}|打印|监督|领导签"
)


# What a row of signatures holds, wherever in the cell it stands.
_STAMP: Final = re.compile(r"盖章|签章|公章|签字|签名|^[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日$")
# Alone in the name's column: a sentence, or the heading of the rows below, and nobody's name.
_NOT_A_NAME: Final = re.compile(r"[,;:、。!?]|^[^·]{7,}$|(?:村|社区|居委会|小组|组|队)$")


class RowKinds:
    """Tells data from everything else that stands under a heading; asked only for rows without an ordinary ID."""

    def __init__(self, header: Header, form: Form) -> None:
        self._texts = header.texts
        self._mapped = tuple(header.columns.values())
        self._marks = header.mark_column
        self._serial = header.columns.get("serial")
        self._name = header.columns.get("name")
        self._figures = [column for name, column in header.columns.items() if form.fields[name].once]
        telling = ("name", "id_number", "account", "document")
        self._telling = {header.columns[name] for name in telling if name in header.columns} | set(
            self._figures
        )
        beside = ("village", "account", "relation", "birth", "household_no", "document", "program", "phone")
        self._beside = [header.columns[name] for name in beside if name in header.columns]

    def kind_of(self, line: Sequence[Cell]) -> str | None:
        """DATA_ROW, TOTAL, SUBTOTAL or NOTE; None for a blank row and for a heading or title that comes again."""
        if not line.held if isinstance(line, WideLine) else line.count("") == len(line):
            return None
        filled = [
            (column, cell) for column, cell in held_cells(line)
            if column != self._marks and not cell_is_blank(cell)
        ]  # fmt: skip
        if all(column == self._serial and not isinstance(cell, str) for column, cell in filled):
            return None  # numbered in advance and never filled in
        if all(
            _is_prepared(cell) or (column == self._serial and not isinstance(cell, str))
            for column, cell in filled
        ):
            return None  # formulas drawn down in advance
        texts = [
            (column, heading_key(cell)) for column, cell in filled
            if isinstance(cell, str) and cell.__class__ is not ErrorCell
        ]  # fmt: skip
        if len(texts) == len(filled) and all(text in self._texts for _, text in texts):
            return None
        if any(map(looks_like_id, (cell for _, cell in filled))):
            return DATA_ROW
        if _numbers_the_columns([cell for _, cell in filled]):
            return None
        return self._kind_without_id(dict(filled), texts)

    def _kind_without_id(self, filled: Mapping[int, Cell], texts: Sequence[tuple[int, str]]) -> str:
        has_figures = any(not isinstance(filled.get(column, ""), str) for column in self._figures)
        opening = [text for _, text in texts[:3]]
        if opening and _NOTE_WORD.match(opening[0]) and not has_figures:
            return NOTE
        if not self._names_a_person(filled):
            if opening and _STAMP.search(opening[0]) and not has_figures:
                return NOTE
            for text in opening:
                if _IN_WORDS.match(text):
                    return TOTAL if has_figures else NOTE
                if _TOTAL_WORD(text):
                    return TOTAL
                if _SUBTOTAL_WORD(text):
                    return SUBTOTAL
        if not any(column in filled for column in self._mapped):
            return NOTE  # a word beside the table
        if len(filled) == 1 and texts and texts[0][0] not in self._telling:
            return NOTE  # the heading of a section, such as a village's name over its rows
        if len(filled) == 1 and texts and texts[0][0] == self._name and _NOT_A_NAME.search(texts[0][1]):
            return NOTE
        if texts and len(texts) == len(filled) and all(_NOTE_WORD.match(text) for _, text in texts):
            return NOTE
        return DATA_ROW

    def _names_a_person(self, filled: Mapping[int, Cell]) -> bool:
        """Whether the row has somebody's name and a number of its own, or says something else of them."""
        if self._name is None:
            return False
        numbered = self._serial is not None and isinstance(filled.get(self._serial), (int, float))
        if not numbered and not any(
            column in filled and not _is_sum(filled[column]) for column in self._beside
        ):
            return False
        name = filled.get(self._name)
        key = heading_key(name) if isinstance(name, str) else ""
        has_sign = any(letter.isdigit() or letter in ":：" for letter in str(name))
        is_other = _SUM_IN_NAME(key) or _STAMP.search(key) or _NOTE_WORD.match(key)
        return 2 <= len(key) <= 20 and not has_sign and not is_other


_LEAST_NUMBERED: Final = 3
_COLUMN_NUMBER: Final = re.compile(r"[(（]?([0-9]{1,2})[)）]?(?:[=＝].*)?").fullmatch
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"


def _numbers_the_columns(cells: Sequence[Cell]) -> bool:
    """Whether a row counts the columns 栏次: 1 2 3 4, ①②③, 甲 乙 1 2; nobody's row counts up from column to column."""
    counted = [_counted(cell) for cell in cells]
    if counted and counted[0] in ("栏次", "行次", "列次", "栏号"):
        counted = counted[1:]
    stems = 0
    while stems < min(len(counted), len(_STEMS)) and counted[stems] == _STEMS[stems]:
        stems += 1
    numbers = [str(number) for number in range(1, len(counted) - stems + 1)]
    return len(counted) >= _LEAST_NUMBERED and bool(numbers) and counted[stems:] == numbers


def _counted(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = heading_key(cell) if isinstance(cell, str) else ""
    found = _COLUMN_NUMBER(text)
    return text if found is None else found[1].lstrip("0")


def _is_sum(cell: Cell) -> bool:
    """Whether a cell says 合计 or 大写, where a village or a phone number would stand."""
    key = heading_key(cell) if isinstance(cell, str) else ""
    return bool(_IN_WORDS.match(key) or _TOTAL_WORD(key) or _SUM_IN_NAME(key))


def _is_prepared(cell: Cell) -> bool:
    """Whether a cell is a formula drawn down in advance, of which no result is stored."""
    return isinstance(cell, ErrorCell) and cell == NO_VALUE
