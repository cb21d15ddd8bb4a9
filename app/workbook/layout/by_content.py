"""Which column is which by what it holds, where no heading says so: 18 characters that pass the ID check are IDs (DOMAIN §6).

Only where exactly one column qualifies, by nine tenths of its filled cells; what two columns could be is asked about.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from operator import itemgetter
from typing import Final

from app.workbook.cell_values import Cell, ErrorCell, cell_is_blank, held_cells
from app.workbook.layout.forms import INVISIBLE, Form, checked_mapping, heading_key, is_known_heading
from app.workbook.layout.headings import ELSEWHERE, Head, Header, looks_like_id, with_unknown
from app.workbook.layout.row_kinds import DATA_ROW, RowKinds
from app.workbook.reading import Sheet
from app.workbook.remarks import column_name
from models.domain.bankaccount import clean_account, luhn_fails
from models.domain.division import is_village_name
from models.domain.idnumber import clean_id, id_fault
from models.domain.person_name import name_key
from models.domain.written import HAN

SAMPLE: Final = 2_000
"""So many rows are looked at."""
_NEEDED_TENTHS: Final = 9
_DISTINCT_TENTHS: Final = 6

# What a heading can say that is no ID, account or phone number of the person, however much it looks like one.
_ANOTHER_NUMBER: Final = re.compile(
    r"残疾证|低保证|医保|户口|编号|流水|合同|工资|公司|企业|证书|有效期|签发|学号|车牌|订单|票"
)
_PHONE: Final = re.compile("1[3-9][0-9]{9}").fullmatch
_CARD: Final = re.compile("[0-9]{16,19}").fullmatch
_NAME: Final = re.compile(f"[{HAN}]{{2,4}}|[{HAN}]{{1,10}}(?:·[{HAN}]{{1,10}})+").fullmatch
_NO_NAME: Final = re.compile("[村组镇乡县市区社行户]$")
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁"
    "岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤"
    "阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官"
)
_RELATIONS: Final = re.compile(
    "户主|本人|配偶|妻子?|丈?夫|[儿长次三四独养继孙外生]*[子女]|长孙|外孙|曾孙|[养继祖外岳]?[父母]亲?|公公|婆婆|儿媳|孙媳|媳妇|女婿"
    "|兄弟?|姐妹?|弟弟?|妹妹?|哥哥|姐姐|侄[子女]|外甥女?|其他"
).fullmatch

_Test = Callable[[Cell], bool]
_Filled = Mapping[int, Cell]
"""What a line holds, by column."""


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if isinstance(cell, (ErrorCell, float)) else str(cell)


def _is_id(cell: Cell) -> bool:
    return isinstance(cell, str) and id_fault(clean_id(cell)) is None


def _is_card(cell: Cell) -> bool:
    number = clean_account(cell) if isinstance(cell, str) else ""
    return _CARD(number) is not None and not luhn_fails(number) and not _is_id(cell)


def _is_phone(cell: Cell) -> bool:
    return _PHONE(clean_account(_text(cell))) is not None


def _is_name(cell: Cell) -> bool:
    key = name_key(_text(cell))
    return _NAME(key) is not None and not _NO_NAME.search(key) and (key[0] in _SURNAMES or "·" in key)


def _is_village(cell: Cell) -> bool:
    return is_village_name(_text(cell))


def _is_relation(cell: Cell) -> bool:
    return _RELATIONS(heading_key(_text(cell))) is not None


_SURE: Final[Mapping[str, _Test]] = {"id_number": _is_id, "account": _is_card, "phone": _is_phone}
"""What no other column looks like: taken under a heading that nobody knows too."""
_LIKELY: Final[Mapping[str, _Test]] = {"village": _is_village, "relation": _is_relation}
"""Taken only where there is no heading at all."""
_LOOKED_FOR: Final = (*_SURE, "name", "birth", *_LIKELY)
_LETTERS: Final = re.compile("([a-z]{1,3})列").fullmatch
_LONG_NUMBER: Final = re.compile("[0-9]{6}").search


def completed(sheet: Sheet, header: Header, form: Form) -> Header:
    """The heading with the columns that it does not name, found by what they hold; what two could be is ambiguous.

    `by_content` of the result names the fields found so. Raises what reading the cells raises.
    """
    wanted = [
        name
        for name in _LOOKED_FOR
        if name in form.fields and name not in (*header.columns, *header.ambiguous)
    ]
    if not wanted or not _may_be_open(header):
        return header
    rows = list(islice(_data_lines(sheet, header, form), SAMPLE))
    open_columns = _open_columns(header, sorted(set().union(*rows)))
    columns, ambiguous = dict(header.columns), dict(header.ambiguous)
    for name in wanted if open_columns else ():
        lacking = form.lacking({*columns, *ambiguous})
        is_needed = lacking != form.lacking({*columns, *ambiguous, name})
        candidates = [
            column for column, key in open_columns.items()
            if column not in columns.values() and (not key or is_needed or name in (*_SURE, "birth"))
        ]  # fmt: skip
        if name == "name" and not is_needed:
            continue
        found = _columns_of(name, rows, candidates, columns.get("id_number"))
        if len(found) == 1:
            columns[name] = found[0]
        elif found and is_needed:
            ambiguous[name] = tuple(found)
    return _with(header, columns, ambiguous, form)


def without_heading(
    head: Head, sheet: Sheet, form: Form, mapping: Mapping[str, str] | None = None
) -> Header | None:
    """A sheet whose headings say nothing, or that has none, read by what its columns hold; None where that says too little.

    `mapping` may name columns by their letters (B列). The row right above the first ID is taken for a heading when all of
    it is words.
    """
    first = next((place for place, (_, cells) in enumerate(head) if any(map(_is_id, cells))), None)
    if first is None:
        return None
    given = {
        column: name for heading, name in checked_mapping(mapping or {}, form).items()
        if (column := _column_of_letters(heading)) is not None and name
    }  # fmt: skip
    heading = _heading_above(head, first)
    written = [] if heading is None else [INVISIBLE.sub("", str(cell or "")) for cell in heading]
    first_row = head[first][0] - (heading is not None)
    keys = tuple(map(heading_key, written))
    titles = frozenset(
        heading_key(cell) for _, cells in head[:first] for cell in cells if isinstance(cell, str)
    )
    bare = Header(
        first=first_row,
        last=first_row if heading is not None else first_row - 1,
        columns={name: column for column, name in sorted(given.items())},
        headings={
            name: (written[column] if column < len(written) else "") or _letters(column)
            for column, name in given.items()
        },
        scale={},
        unknown=(),
        ambiguous={},
        ambiguous_headings={},
        missing=form.lacking(given.values()),
        texts=titles - {""},
        keys=keys,
        written=tuple(written),
    )
    found = completed(sheet, bare, form)
    return None if found.missing else found


def _heading_above(head: Head, first: int) -> Sequence[Cell] | None:
    if not first or head[first - 1][0] != head[first][0] - 1:
        return None
    cells = head[first - 1][1]
    filled = [cell for cell in cells if not cell_is_blank(cell)]
    is_heading = len(filled) > 1 and all(isinstance(cell, str) and not _LONG_NUMBER(cell) for cell in filled)
    return cells if is_heading else None


def _column_of_letters(text: str) -> int | None:
    found = _LETTERS(text)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _letters(column: int) -> str:
    return f"{column_name(column)} 列"


def _with(
    header: Header, columns: dict[str, int], ambiguous: dict[str, tuple[int, ...]], form: Form
) -> Header:
    fresh = {name: column for name, column in columns.items() if name not in header.columns}
    if not fresh and len(ambiguous) == len(header.ambiguous):
        return header

    def said(column: int) -> str:
        return (header.written[column] if column < len(header.written) else "") or _letters(column)

    return with_unknown(
        replace(
            header,
            columns=dict(sorted(columns.items(), key=itemgetter(1))),
            headings={**header.headings, **{name: said(column) for name, column in fresh.items()}},
            ambiguous=ambiguous,
            ambiguous_headings={
                name: header.ambiguous_headings.get(name)
                or tuple(f"{column_name(column)} 列“{said(column)}”" for column in several)
                for name, several in ambiguous.items()
            },
            missing=form.lacking({*columns, *ambiguous}),
            by_content=tuple(fresh),
        )
    )


def _may_be_open(header: Header) -> bool:
    """Whether any column inside the heading's breadth is left, or the heading misses something."""
    return bool(header.missing) or bool(_open_columns(header, range(len(header.keys))))


def _open_columns(header: Header, columns: Iterable[int]) -> dict[int, str]:
    """Those of the columns that no heading gives away, with their heading as compared, "" where they have none."""
    used = header.used
    open_columns = {}
    for column in columns:
        key = header.keys[column] if column < len(header.keys) else ""
        if (
            column == header.mark_column
            or column in used
            or is_known_heading(key)
            or ELSEWHERE.search(key)
            or _ANOTHER_NUMBER.search(key)
        ):
            continue
        open_columns[column] = key
    return open_columns


def _columns_of(name: str, rows: Sequence[_Filled], candidates: Sequence[int], ids: int | None) -> list[int]:
    """The candidates that hold this field."""
    if name == "birth":
        return [column for column in candidates if ids is not None and _agree(rows, ids, column)]
    test = {**_SURE, **_LIKELY, "name": _is_name}[name]
    found = [column for column in candidates if _holds(rows, column, test)]
    return [column for column in found if _differ_mostly(rows, column)] if name == "name" else found


def _filled(rows: Iterable[_Filled], column: int) -> list[Cell]:
    return [line[column] for line in rows if column in line]


def _holds(rows: Sequence[_Filled], column: int, test: _Test) -> bool:
    cells = _filled(rows, column)
    return bool(cells) and 10 * sum(map(test, cells)) >= _NEEDED_TENTHS * len(cells)


def _differ_mostly(rows: Sequence[_Filled], column: int) -> bool:
    cells = _filled(rows, column)
    return 10 * len(set(cells)) >= _DISTINCT_TENTHS * len(cells)


def _agree(rows: Sequence[_Filled], ids: int, column: int) -> bool:
    """Whether a column holds the birth dates that the IDs say."""
    pairs = [
        (clean_id(str(line[ids]))[6:14], line[column])
        for line in rows
        if column in line and _is_id(line.get(ids))
    ]
    agreeing = sum(_day(cell) == birth for birth, cell in pairs)
    return bool(pairs) and 10 * agreeing >= _NEEDED_TENTHS * len(pairs)


def _day(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell:%Y%m%d}"
    return "".join(part.zfill(2) for part in re.findall("[0-9]+", _text(cell))[:3])


def _data_lines(sheet: Sheet, header: Header, form: Form) -> Iterator[_Filled]:
    kinds = RowKinds(header, form)
    for _, line in sheet.numbered_lines(header.last, ()):
        filled = {column: cell for column, cell in held_cells(line) if not cell_is_blank(cell)}
        if kinds.kind_of(line) == DATA_ROW or (header.missing and any(map(looks_like_id, filled.values()))):
            yield filled
