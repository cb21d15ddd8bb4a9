"""The columns of a workbook: where its heading stands, which column holds which field, which rows are data (DOMAIN §6).

Headings are known by name (resources/columns.toml), never by place. Two columns that could both be a field are never
chosen between: they are asked about (`AmbiguousColumns`). A row is data unless it surely is something else.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice, product
from operator import itemgetter
from typing import Final, NamedTuple

from app.resources import resource
from app.workbook.reading import Cell, Sheet, Workbook, cell_is_blank
from models.domain.refusal import Refusal

DATA_ROW: Final = "data"
TOTAL: Final = "total"
SUBTOTAL: Final = "subtotal"
NOTE: Final = "note"

HEADING_ROWS: Final = 15
"""The heading begins in one of the first 15 rows that hold anything."""
DEEPEST_HEADING: Final = 3
"""Headings have up to three levels."""


class NoTableFound(Refusal):
    """No sheet has the columns that this kind of file needs."""

    form = "“{name}”里没有找到“{title}”的表头：需要有{needed}这些栏。{nearest}请核对是否选错文件，或改正表头后重试。"


class AmbiguousColumns(Refusal):
    """Two columns could both be the same field."""

    form = "工作表“{sheet}”里{columns}都可能是“{title}”，程序不替您选。请删去或改名多余的一列后重试。"


class NoSuchField(Refusal):
    """A mapping names a field that this kind of file does not have."""

    form = "对照表里的“{written}”不是“{title}”的栏目。可以用：{known}。"


@dataclass(frozen=True)
class Field:
    """One thing a column may hold: its Chinese title, and the headings under which offices send it."""

    name: str
    title: str
    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    money: bool = False
    once: bool = False


@dataclass(frozen=True)
class Form:
    """A kind of file: what columns it needs (each entry a choice of fields), what it may have, what its headings mean.

    `stands_in` names the fields that take another's place where that has no column: the head's name and ID in a roster
    of households. `keys` maps a heading after clean-up to (field, whether it is one of the weaker names).
    """

    name: str
    title: str
    needed: tuple[tuple[str, ...], ...]
    optional: tuple[str, ...]
    stands_in: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, tuple[str, bool]]
    fields: Mapping[str, Field]

    def titles(self, choice: Iterable[str]) -> str:
        """The Chinese of one entry of `needed`."""
        return "或".join(self.fields[name].title for name in choice)


@dataclass(frozen=True)
class Header:
    """A heading found: its rows (from 1), its columns (from 0, in sheet order), the headings as written.

    `scale` is what a money column's numbers are multiplied by (10000 under 万元). `ambiguous` maps a field to the columns
    that could all be it; `missing` lists what is needed and not there; `texts` are the cells of the heading and of the
    titles above it, for recognising them when they come again.
    """

    first: int
    last: int
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    scale: Mapping[str, int]
    unknown: tuple[str, ...]
    ambiguous: Mapping[str, tuple[int, ...]]
    ambiguous_headings: Mapping[str, tuple[str, ...]]
    missing: tuple[tuple[str, ...], ...]
    texts: frozenset[str]


@dataclass(frozen=True)
class Table:
    """A sheet whose columns are known."""

    sheet: Sheet
    form: Form
    header: Header
    fields: tuple[str, ...] = field(init=False)
    """The fields that have a column, in the order of a `DataRow`'s cells."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self.header.columns))

    @property
    def columns(self) -> Mapping[str, int]:
        """Field → column of the sheet, from 0."""
        return self.header.columns

    @property
    def headings(self) -> Mapping[str, str]:
        """Field → heading as written."""
        return self.header.headings

    @property
    def scale(self) -> Mapping[str, int]:
        """Money field → what its numbers are multiplied by to be yuan."""
        return self.header.scale


class DataRow(NamedTuple):
    """A row under the heading: its Excel number, its cells in the order of `Table.fields`, what kind of row it is."""

    number: int
    cells: tuple[Cell, ...]
    kind: str


# -- forms ----------------------------------------------------------------------------------------------------


@cache
def _forms() -> Mapping[str, Form]:
    tables = tomllib.loads(resource("columns.toml").read_text(encoding="utf-8"))
    fields = {
        name: Field(
            name, table["title"], tuple(table["names"]), tuple(table.get("also", ())),
            money=table.get("money", False), once=table.get("once", False),
        )
        for name, table in tables["field"].items()
    }  # fmt: skip
    return {name: _form(name, table, fields) for name, table in tables["form"].items()}


def _form(name: str, table: Mapping[str, object], fields: Mapping[str, Field]) -> Form:
    needed = tuple(tuple(choice) for choice in table["needed"])  # type: ignore[attr-defined]
    optional: tuple[str, ...] = tuple(table["optional"])  # type: ignore[arg-type]
    stands_in: Mapping[str, Sequence[str]] = table.get("stands_in", {})  # type: ignore[assignment]
    own: Mapping[str, Sequence[str]] = table.get("names", {})  # type: ignore[assignment]
    taken = [*(one for choice in needed for one in choice), *optional]
    keys: dict[str, tuple[str, bool]] = {}
    for weak in (True, False):
        for one in taken:
            for heading in fields[one].also if weak else fields[one].names:
                keys[heading_key(heading)] = (one, weak)
    for one, headings in own.items():
        keys.update({heading_key(heading): (one, False) for heading in headings})
    return Form(
        name, str(table["title"]), needed, optional, {key: tuple(value) for key, value in stands_in.items()}, keys,
        {one: fields[one] for one in taken},
    )  # fmt: skip


# -- headings -------------------------------------------------------------------------------------------------

_BRACKETS: Final = str.maketrans("[]{}【】〔〕〖〗「」『』〈〉《》", "()" * 9)
_INVISIBLE: Final = re.compile("[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_EDGES: Final = "*:;,.。、·★☆※'\""
_MONEY_UNITS: Final[Mapping[str, int]] = {
    "元": 1,
    "万元": 10_000,
    "千元": 1_000,
    "百元": 100,
    "亿元": 100_000_000,
}
_UNIT_WORD: Final = "万元|千元|百元|亿元|元|角|分"
_UNIT_BRACKET: Final = re.compile(
    rf"\((?:单位:?|人民币:?)?((?:{_UNIT_WORD})(?:[/.、每].{{1,8}})?|[^()/]{{1,3}}/[^()]{{1,6}}|亩|公顷|平方米|m2|头|只|羽|台|套|株|立方米"
    r"|人|户|个|月|年|岁|周岁|次|天|人民币)\)"
)
_UNIT_TAIL: Final = re.compile(rf"[/:,、]?((?:{_UNIT_WORD})(?:/.{{1,4}})?|亩)$")
_ANY_BRACKET: Final = re.compile(r"\([^()]*\)")
# What stands beside the thing itself: other people, other times, other sums. Such a group or bracket is no mere ornament.
_ELSEWHERE: Final = re.compile(
    r"大写|扣|退|上年|上期|上月|上次|去年|往年|历年|原|旧|变更前|调整|结转|累计|配偶|子女|父亲|母亲|经办|联系人|干部|审核|担保|负责人"
    r"|收款|领款|监护|代领|委托|赡养|抚养|死亡|户主|法人"
)
_GROUP_TAIL: Final = re.compile(r"(?:基本)?(?:信息|情况|资料|登记|明细)$")
_SHEET_UNIT: Final = re.compile(
    rf"(?:^|[\s(（:：])(?:金额|计量|货币|计价)?单位\s*[:：]\s*((?:{_UNIT_WORD})(?![\u4e00-\u9fff]))"
)


def heading_key(text: str) -> str:
    """A heading as compared: half-width (NFKC), without blanks and unseen characters, brackets (), edges trimmed.

    >>> heading_key("补贴金额 （元）")
    '补贴金额(元)'
    """
    return (
        _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_BRACKETS).strip(_EDGES).casefold()
    )


class _Reading(NamedTuple):
    """What one column's heading may mean: the better reading has the higher rank."""

    rank: int
    field: str
    unit: str


_BY_MAPPING, _BY_NAME, _BY_NAME_IN_GROUP, _BY_WEAK_NAME, _BY_BARE_NAME = 5, 4, 3, 2, 1


def _plain_reading(key: str, form: Form) -> _Reading | None:
    """A heading's meaning by its name, with or without its unit; then by its name without whatever is in brackets."""
    if not key:
        return None
    bracket = _UNIT_BRACKET.search(key)
    tail = _UNIT_TAIL.search(key)
    tries = [(key, bracket[1] if bracket else "")]
    if bracket:
        tries.append((key[: bracket.start()] + key[bracket.end() :], bracket[1]))
    if tail:
        tries.append((key[: tail.start()], tail[1]))
    for name, unit in tries:
        found = form.keys.get(name)
        if found is not None:
            return _Reading(_BY_WEAK_NAME if found[1] else _BY_NAME, found[0], unit)
    inside = "".join(_ANY_BRACKET.findall(key))
    if inside and not _ELSEWHERE.search(inside):
        found = form.keys.get(_ANY_BRACKET.sub("", key))
        if found is not None and not found[1]:
            return _Reading(_BY_BARE_NAME, found[0], bracket[1] if bracket else "")
    return None


def _reading(path: Sequence[str], form: Form, mapping: Mapping[str, str]) -> _Reading | None:
    """What a column means whose heading, from the top level down, is `path` (keys, none empty)."""
    if not path:
        return None
    leaf, groups = path[-1], path[:-1]
    for key in ("".join(path), leaf):
        if key in mapping:
            unit = _UNIT_BRACKET.search(key)
            return _Reading(_BY_MAPPING, mapping[key], unit[1] if unit else "") if mapping[key] else None
    for group in (*(["".join(groups)] if len(groups) > 1 else []), *reversed(groups)):
        for shorter in (group, _GROUP_TAIL.sub("", group)):
            joined = _plain_reading(shorter + leaf, form)
            if joined is not None and joined.rank >= _BY_NAME:
                return joined
    alone = _plain_reading(leaf, form)
    if alone is None or not groups:
        return alone
    if any(map(_ELSEWHERE.search, groups)) or alone.rank < _BY_NAME:
        return None
    return alone


def _paths(levels: Sequence[Sequence[str]]) -> list[list[str]]:
    """For each column its headings from the top down; a group's text reaches right over the columns below it.

    A text with nothing under it in its own column is a field of its own (merged downwards), not a group.
    """
    width = max(map(len, levels))
    rows = [[*level, *[""] * (width - len(level))] for level in levels]
    paths: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(rows):
        below = rows[depth + 1 :]
        carried = ""
        for column, text in enumerate(row):
            has_below = any(level[column] for level in below)
            if text:
                carried = text if has_below else ""
                paths[column].append(text)
            elif has_below and carried:
                paths[column].append(carried)
    return paths


def _header(
    head: Sequence[tuple[int, Sequence[Cell]]], first: int, depth: int, form: Form, mapping: Mapping[str, str]
) -> Header:
    """The heading as it would be if it were the `depth` rows from place `first` of `head`."""
    rows = [cells for _, cells in head[first : first + depth]]
    keys = [[heading_key(cell) if isinstance(cell, str) else "" for cell in cells] for cells in rows]
    paths = _paths(keys)
    readings = [_reading(path, form, mapping) for path in paths]
    columns, ambiguous = _settled(readings, form)
    written = [_as_written(rows, column) for column in range(len(paths))]
    sheet_unit = _sheet_unit(cells for _, cells in head[:first])
    scale: dict[str, int] = {}
    for name, column in list(columns.items()):
        reading = readings[column]
        unit = reading.unit if reading is not None else ""
        if form.fields[name].money or (name == "rate" and unit):
            factor = (
                _MONEY_UNITS.get(unit.split("/")[0])
                if unit.startswith(tuple("万千百亿元角分"))
                else sheet_unit
            )
            if factor is None:  # 角 and 分: nobody writes them, and nothing here reads them
                del columns[name]
            elif factor != 1:
                scale[name] = factor
    present = {*columns, *ambiguous}
    used = {*columns.values(), *(column for several in ambiguous.values() for column in several)}
    return Header(
        first=head[first][0],
        last=head[first + depth - 1][0],
        columns=dict(sorted(columns.items(), key=itemgetter(1))),
        headings={name: written[column] for name, column in columns.items()},
        scale=scale,
        unknown=tuple(text for column, text in enumerate(written) if text and column not in used),
        ambiguous=ambiguous,
        ambiguous_headings={
            name: tuple(f"{column_letters(column)} 列“{written[column]}”" for column in several)
            for name, several in ambiguous.items()
        },
        missing=tuple(choice for choice in form.needed if not present.intersection(choice)),
        texts=frozenset(
            heading_key(cell) for _, cells in head[: first + depth] for cell in cells if isinstance(cell, str)
        ) - {""},
    )  # fmt: skip


def _settled(
    readings: Sequence[_Reading | None], form: Form
) -> tuple[dict[str, int], dict[str, tuple[int, ...]]]:
    """Field → its column, and field → columns between which only a person can choose."""
    best: dict[str, tuple[int, list[int]]] = {}
    for column, reading in enumerate(readings):
        if reading is None:
            continue
        rank, others = best.get(reading.field, (0, []))
        if reading.rank > rank:
            best[reading.field] = (reading.rank, [column])
        elif reading.rank == rank:
            others.append(column)
    columns = {name: several[0] for name, (_, several) in best.items() if len(several) == 1}
    ambiguous = {name: tuple(several) for name, (_, several) in best.items() if len(several) > 1}
    _stand_in(columns, ambiguous, form)
    return columns, ambiguous


def _stand_in(columns: dict[str, int], ambiguous: Mapping[str, tuple[int, ...]], form: Form) -> None:
    """Let the head (or holder, or payee) be the one the row is about where the sheet names nobody else.

    Name and ID move together: beside an ID of the head and another ID, the head's name is nobody else's.
    """
    if "name" in columns or "name" in ambiguous:
        return
    names = form.stands_in.get("name", ())
    ids = form.stands_in.get("id_number", ())
    has_own_id = "id_number" in columns or "id_number" in ambiguous
    for name in names:
        if name not in columns:
            continue
        own_of_name = {"head": "head_id", "payee_name": "payee_id"}.get(name, "")
        if own_of_name in columns:
            if has_own_id:
                return
            columns["id_number"] = columns.pop(own_of_name)
            has_own_id = True
        columns["name"] = columns.pop(name)
        break
    if not has_own_id:
        for id_field in ids:
            if id_field in columns:
                columns["id_number"] = columns.pop(id_field)
                return


def _as_written(rows: Sequence[Sequence[Cell]], column: int) -> str:
    """The lowest heading of a column, as it stands in the sheet, on one line."""
    for cells in reversed(rows):
        cell = cells[column] if column < len(cells) else None
        if not cell_is_blank(cell):
            return _INVISIBLE.sub("", str(cell))
    return ""


def _sheet_unit(titles: Iterable[Sequence[Cell]]) -> int:
    """The factor of 单位：万元 above the heading."""
    for cells in titles:
        for cell in cells:
            found = _SHEET_UNIT.search(cell) if isinstance(cell, str) else None
            if found:
                return _MONEY_UNITS.get(found[1], 1)
    return 1


def column_letters(column: int) -> str:
    """A column's letters in Excel, from its number from 0: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


# -- tables ---------------------------------------------------------------------------------------------------


def best_header(
    head: Sequence[tuple[int, Sequence[Cell]]], form: Form, mapping: Mapping[str, str] | None = None
) -> Header | None:
    """The heading among the first rows of a sheet that comes nearest to the form; it may miss needed columns.

    `head` are (Excel row, cells) of the first rows, blank ones included or not. Rows are combined up to three deep; the
    combination with the most needed, then the most known columns is taken, the shallowest and first of equals.
    None when no row bears a known heading.
    """
    meant = _checked_mapping(mapping or {}, form)
    filled = [(number, cells) for number, cells in head if any(not cell_is_blank(cell) for cell in cells)]
    best: tuple[tuple[int, int, int, int], Header] | None = None
    for first in range(min(HEADING_ROWS, len(filled))):
        for depth in range(1, DEEPEST_HEADING + 1):
            if first + depth > len(filled) or filled[first + depth - 1][0] - filled[first][0] >= depth:
                break  # a heading has no blank row inside
            header = _header(filled, first, depth, form, meant)
            score = (
                -len(header.missing),
                len(header.columns) + len(header.ambiguous),
                -len(header.ambiguous),
                -depth,
            )
            if header.columns and (best is None or score > best[0]):
                best = (score, header)
    return None if best is None else best[1]


def find_header(
    head: Sequence[tuple[int, Sequence[Cell]]], form: Form, mapping: Mapping[str, str] | None = None
) -> Header | None:
    """As `best_header`, but None unless every needed column is there (be it ambiguous)."""
    header = best_header(head, form, mapping)
    return None if header is None or header.missing else header


def find_tables(workbook: Workbook, form: Form, mapping: Mapping[str, str] | None = None) -> list[Table]:
    """The tables of a workbook, at most one a sheet, in sheet order; hidden sheets are left out.

    `mapping` (heading → field name or its Chinese title, "" to leave a column out) goes before the known names.
    Raises NoTableFound when no sheet has one, AmbiguousColumns, NoSuchField, and what reading the cells raises.
    """
    tables: list[Table] = []
    nearest: tuple[str, Header] | None = None
    for sheet in workbook.sheets:
        if sheet.hidden:
            continue
        header = best_header(_head_of(sheet), form, mapping)
        if header is None:
            continue
        if not header.missing:
            table = _without_ambiguity(Table(sheet, form, header))
            tables.append(table)
        elif nearest is None or len(header.columns) > len(nearest[1].columns):
            nearest = (sheet.name, header)
    if not tables:
        raise NoTableFound(
            name=workbook.name,
            title=form.title,
            needed="、".join(f"“{form.titles(choice)}”" for choice in form.needed),
            nearest=_nearest_text(workbook, form, nearest),
        )
    return tables


def sheets_without_table(workbook: Workbook, tables: Sequence[Table]) -> list[str]:
    """The sheets that hold something and gave no table, hidden ones marked, for telling the clerk what was not read."""
    read = {table.sheet.name for table in tables}
    return [
        f"{sheet.name}（隐藏）" if sheet.hidden else sheet.name
        for sheet in workbook.sheets
        if sheet.name not in read and not sheet.is_empty
    ]


def _head_of(sheet: Sheet) -> list[tuple[int, list[Cell]]]:
    """The first rows that hold anything."""
    filled = ((number, cells) for number, cells in sheet.rows() if any(cell is not None for cell in cells))
    return list(islice(filled, HEADING_ROWS + DEEPEST_HEADING - 1))


def _nearest_text(workbook: Workbook, form: Form, nearest: tuple[str, Header] | None) -> str:
    hidden = "、".join(sheet.name for sheet in workbook.sheets if sheet.hidden)
    text = f"隐藏的工作表（{hidden}）没有读取。" if hidden else ""
    if nearest is None:
        return text
    sheet, header = nearest
    missing = "、".join(f"“{form.titles(choice)}”" for choice in header.missing)
    unknown = "、".join(header.unknown[:8])
    seen_but_unknown = f"，认不出的栏有：{unknown}" if unknown else ""
    return f"最接近的是工作表“{sheet}”第 {header.last} 行，缺{missing}{seen_but_unknown}。{text}"


def _checked_mapping(mapping: Mapping[str, str], form: Form) -> dict[str, str]:
    names = (
        {one.title: name for name, one in form.fields.items()}
        | {name: name for name in form.fields}
        | {"": ""}
    )
    checked = {}
    for heading, written in mapping.items():
        if written not in names:
            known = "、".join(one.title for one in form.fields.values())
            raise NoSuchField(written=written, title=form.title, known=known)
        checked[heading_key(heading)] = names[written]
    return checked


def _without_ambiguity(table: Table) -> Table:
    """The table, where its rows settle what its headings leave open; raises AmbiguousColumns where they do not.

    Of several columns that could be a field, empty ones and ones that say the same in every row are no choice.
    """
    header = table.header
    if not header.ambiguous:
        return table
    columns, headings = dict(header.columns), dict(header.headings)
    for name, candidates in header.ambiguous.items():
        column = _only_choice(table, candidates)
        if column is None:
            raise AmbiguousColumns(
                sheet=table.sheet.name,
                columns="、".join(header.ambiguous_headings[name]),
                title=table.form.fields[name].title,
            )
        columns[name] = column
        headings[name] = (
            header.ambiguous_headings[name][candidates.index(column)].split("“", 1)[1].removesuffix("”")
        )
    in_order = dict(sorted(columns.items(), key=itemgetter(1)))
    return replace(
        table,
        header=replace(header, columns=in_order, headings=headings, ambiguous={}, ambiguous_headings={}),
    )


def _only_choice(table: Table, candidates: Sequence[int]) -> int | None:
    """The one of `candidates` that holds anything, or the first when all that hold anything agree; else None."""
    filled: set[int] = set()
    agree = True
    for number, cells in table.sheet.rows():
        if number <= table.header.last:
            continue
        values = [(column, cells[column]) for column in candidates if cells[column] is not None]
        if not values or all(
            isinstance(value, str) and heading_key(value) in table.header.texts for _, value in values
        ):
            continue
        filled.update(column for column, _ in values)
        agree = agree and len({value for _, value in values}) == 1 and len(values) == len(candidates)
        if len(filled) > 1 and not agree:
            return None
    if len(filled) == 1:
        return filled.pop()
    return candidates[0] if agree else None


# -- rows -----------------------------------------------------------------------------------------------------

_LEAST_ID: Final = 15
_LOST_ID: Final = 10**14
_ID_LIKE: Final = re.compile(r"[0-9]{15,19}|[0-9]{17}x").fullmatch
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
    r"|单位(?:领导|盖章|公章)|(?:财政)?所长|分管|主管|村(?:支部?)?书记|村主任|镇长|乡长|会计|出纳|签[字名章]|盖章|公章|\(?(?:盖章|公章|签章)"
    r"|(?:日期|时间|单位|联系人|联系电话|电话)[:]|以下空白|以[上下]|本[表页]|第[0-9]+页|共[0-9]+页|[-—=_─]{3,}|打印|监督|领导签"
)


# What a row of signatures holds, wherever in the cell it stands.
_STAMP: Final = re.compile(r"盖章|签章|公章|签字|签名|^[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日$")
# Alone in the name's column: a sentence, or the heading of the rows below, and nobody's name.
_NOT_A_NAME: Final = re.compile(r"[,;:、。!?]|^[^·]{7,}$|(?:村|社区|居委会|小组|组|队)$")


# What clerks type to make a cell look empty, up to four signs of any kind or many of one. One look-up a cell, all of it
# in C, costs a third of asking each text whether it is blank.
_BLANK_TEXTS: Final[Mapping[Cell, None]] = {
    "": None,
    **{"".join(signs): None for length in range(1, 5) for signs in product(" \u3000\xa0\t\n", repeat=length)},
    **{sign * length: None for sign in " \u3000\xa0\t" for length in range(5, 65)},
}


def data_rows(table: Table) -> Iterator[DataRow]:
    """The rows under the heading with their true Excel numbers; blank rows and repeated headings are left out.

    A merge over several rows gives its value to each of them, save money and quantities, which count once. Totals,
    subtotals and notes come too, as rows of their own kind.
    """
    if not table.fields:
        return
    fields = table.form.fields
    places = [table.columns[name] for name in table.fields]
    filled = [table.columns[name] for name in table.fields if not fields[name].once]
    pick: Callable[[Sequence[Cell]], tuple[Cell, ...]] = (
        itemgetter(*places) if len(places) > 1 else lambda line: (line[places[0]],)
    )
    id_column = table.columns.get("id_number")
    kinds = _RowKinds(table)
    start = table.header.last
    none_if_blank = _BLANK_TEXTS.get
    make = tuple.__new__  # half the price of DataRow(...), a row at a time over 420,000 of them
    for number, line in enumerate(table.sheet.filled_lines(start, filled), start + 1):
        key = "" if id_column is None else line[id_column]
        if key.__class__ is str and len(key) >= _LEAST_ID and key[0].isdigit():
            kind: str | None = DATA_ROW
        else:
            kind = kinds.kind_of(line)
            if kind is None:
                continue
        cells = pick(line)
        yield make(DataRow, (number, tuple(map(none_if_blank, cells, cells)), kind))


class _RowKinds:
    """Tells data from everything else that stands under a heading; asked only for rows without an ordinary ID."""

    def __init__(self, table: Table) -> None:
        header = table.header
        self._texts = header.texts
        self._mapped = tuple(header.columns.values())
        self._serial = header.columns.get("serial")
        self._name = header.columns.get("name")
        self._figures = [column for name, column in header.columns.items() if table.form.fields[name].once]
        telling = ("name", "id_number", "account", "document")
        self._telling = {header.columns[name] for name in telling if name in header.columns} | set(
            self._figures
        )
        beside = ("village", "account", "relation", "birth", "household_no", "document", "program", "phone")
        self._beside = [header.columns[name] for name in beside if name in header.columns]

    def kind_of(self, line: Sequence[Cell]) -> str | None:
        """DATA_ROW, TOTAL, SUBTOTAL or NOTE; None for a blank row and for a heading or title that comes again."""
        if line.count("") == len(line):
            return None
        filled = [(column, cell) for column, cell in enumerate(line) if not cell_is_blank(cell)]
        if all(column == self._serial and not isinstance(cell, str) for column, cell in filled):
            return None  # numbered in advance and never filled in
        texts = [(column, heading_key(cell)) for column, cell in filled if isinstance(cell, str)]
        if len(texts) == len(filled) and all(text in self._texts for _, text in texts):
            return None
        if any(map(_looks_like_id, (cell for _, cell in filled))):
            return DATA_ROW
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
        if not numbered and not any(column in filled for column in self._beside):
            return False
        name = filled.get(self._name)
        key = heading_key(name) if isinstance(name, str) else ""
        has_sign = any(letter.isdigit() or letter == ":" for letter in key)
        return 2 <= len(key) <= 20 and not has_sign and not _SUM_IN_NAME(key)


def _looks_like_id(cell: Cell) -> bool:
    if isinstance(cell, str):
        return len(cell) >= _LEAST_ID and _ID_LIKE(heading_key(cell)) is not None
    return isinstance(cell, (int, float)) and abs(cell) >= _LOST_ID


PEOPLE: Final = _forms()["people"]
ACCOUNTS: Final = _forms()["accounts"]
ROSTER: Final = _forms()["roster"]
ALLOTMENTS: Final = _forms()["allotments"]
LIST: Final = _forms()["list"]
