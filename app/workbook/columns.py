"""The columns of a workbook: where its heading stands, which column holds which field, which rows are data (DOMAIN §6).

Headings are known by name (app.workbook.headings), by a mapping that somebody gave or the office remembers, or by what the
columns hold (app.workbook.by_content). Two columns that could both be a field are never chosen between: they are asked
about (`AmbiguousColumns`). A row is data unless it surely is something else (app.workbook.row_kinds).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, product
from operator import itemgetter
from typing import Final, NamedTuple

from app.workbook.by_content import completed, without_heading
from app.workbook.cell_values import Cell, cell_is_blank
from app.workbook.forms import (
    ACCOUNTS,
    ALLOTMENTS,
    HISTORY,
    LIST,
    PEOPLE,
    ROSTER,
    SURVIVAL,
    Field,
    Form,
    NoSuchField,
    checked_mapping,
    heading_key,
)
from app.workbook.headings import (
    DEEPEST_HEADING,
    HEADING_ROWS,
    LEAST_ID,
    Header,
    Remembered,
    best_header,
    find_header,
    looks_like_id,
)
from app.workbook.members import SHARED, Member, MemberRow
from app.workbook.reading import Sheet, Workbook
from app.workbook.remarks import Remark, column_name
from app.workbook.row_kinds import DATA_ROW, NOTE, SUBTOTAL, TOTAL, RowKinds
from models.domain.refusal import Refusal

__all__ = [
    "ACCOUNTS",
    "ALLOTMENTS",
    "DATA_ROW",
    "HISTORY",
    "LIST",
    "NOTE",
    "PEOPLE",
    "ROSTER",
    "SUBTOTAL",
    "SURVIVAL",
    "TOTAL",
    "AmbiguousColumns",
    "DataRow",
    "Field",
    "Form",
    "Header",
    "MappedHeadingMissing",
    "MappingFitsNoMore",
    "MemberRow",
    "NoSuchField",
    "NoTableFound",
    "Remembered",
    "Table",
    "best_header",
    "column_letters",
    "data_rows",
    "find_header",
    "find_tables",
    "headers_of",
    "heading_key",
    "sheets_without_table",
    "table_remarks",
]

column_letters = column_name


class NoTableFound(Refusal):
    """No sheet has the columns that this kind of file needs."""

    form = "“{name}”里没有找到“{title}”的表头：需要有{needed}这些栏。{nearest}请核对是否选错文件，或改正表头后重试；也可以指明哪一栏是什么（--mapping {example}）。"


class AmbiguousColumns(Refusal):
    """Two columns could both be the same field."""

    form = (
        "工作表“{sheet}”里{columns}都可能是“{title}”，程序不替您选。"
        "请删去或改名多余的一列，或指明用哪一列（--mapping {title}={example}）后重试。"
    )


class MappedHeadingMissing(Refusal):
    """A mapping that somebody gave speaks of a heading that no sheet has."""

    form = "“{name}”里没有“{heading}”这一栏，不能照所给的对照读取。表里有：{known}。请核对后重试。"


class MappingFitsNoMore(Refusal):
    """The heading is one that the office remembers, but its columns hold something else by now."""

    form = (
        "工作表“{sheet}”的表头与记住的对照“{mapping}”相同，但“{heading}”这一栏多数不是{title}，没有照旧读取。"
        "请核对表格，或重新指明哪一栏是什么（--mapping {title}=栏名）。"
    )


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
        """Field → column of the sheet, from 0; of the first member where a row holds several."""
        return self.header.columns

    @property
    def headings(self) -> Mapping[str, str]:
        """Field → heading as written."""
        return self.header.headings

    @property
    def scale(self) -> Mapping[str, int]:
        """Money field → what its numbers are multiplied by to be yuan."""
        return self.header.scale

    @property
    def members(self) -> tuple[Member, ...]:
        """The people of one row, where it holds several; else nobody."""
        return self.header.members

    def column_of_member(self, heading: str) -> int | None:
        """The column of a heading that only one member of the row has (成员2姓名)."""
        for member in self.members:
            for name, column in member.columns.items():
                if member.headings.get(self.headings[name]) == heading:
                    return column
        return None


class DataRow(NamedTuple):
    """A row under the heading: its Excel number, its cells in the order of `Table.fields`, what kind of row it is.

    A row of several people comes once for each of them; its number is then a `MemberRow`.
    """

    number: int
    cells: tuple[Cell, ...]
    kind: str


# -- tables ---------------------------------------------------------------------------------------------------


def find_tables(
    workbook: Workbook,
    form: Form,
    mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, Remembered] | None = None,
) -> list[Table]:
    """The tables of a workbook, at most one a sheet, in sheet order; hidden sheets are left out.

    `mapping` (heading, joined with its group's, or letters like B列 → field name or its Chinese title, "" to leave a column
    out) goes before the known names; without one, so do the mappings that the office remembers, by fingerprint.
    Raises NoTableFound when no sheet has one, AmbiguousColumns, NoSuchField, MappedHeadingMissing, MappingFitsNoMore, and
    what reading the cells raises.
    """
    headers = headers_of(workbook, form, mapping, remembered)
    tables = [
        _settled(Table(sheet, form, header))
        for sheet, header in headers
        if header is not None and not header.missing
    ]
    if not tables:
        raise NoTableFound(
            name=workbook.name,
            title=form.title,
            needed="、".join(f"“{form.titles(choice)}”" for choice in form.needed),
            nearest=_nearest_text(workbook, form, headers),
            example=f"{form.fields[form.needed[0][0]].title}=栏名",
        )
    _refuse_unknown_headings(workbook, tables, mapping or {}, form)
    return tables


def headers_of(
    workbook: Workbook,
    form: Form,
    mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, Remembered] | None = None,
) -> list[tuple[Sheet, Header | None]]:
    """The sheets that are not hidden, each with the heading nearest to the form, be it ambiguous or not whole.

    Only where no sheet has a whole one are sheets without any looked at. Raises NoSuchField, and what reading raises.
    """
    sheets = [(sheet, _head_of(sheet)) for sheet in workbook.sheets if not sheet.hidden]
    found = [(sheet, best_header(head, form, mapping, remembered)) for sheet, head in sheets]
    headers = [
        (sheet, header if header is None else completed(sheet, header, form)) for sheet, header in found
    ]
    if any(header is not None and not header.missing for _, header in headers):
        return headers
    return [
        (sheet, without_heading(head, sheet, form, mapping) or header)
        for (sheet, head), (_, header) in zip(sheets, headers, strict=True)
    ]


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


def _nearest_text(workbook: Workbook, form: Form, headers: Sequence[tuple[Sheet, Header | None]]) -> str:
    hidden = "、".join(sheet.name for sheet in workbook.sheets if sheet.hidden)
    text = f"隐藏的工作表（{hidden}）没有读取。" if hidden else ""
    known = [(sheet.name, header) for sheet, header in headers if header is not None]
    if not known:
        return text
    sheet, nearest = max(known, key=lambda one: len(one[1].columns))
    missing = "、".join(f"“{form.titles(choice)}”" for choice in nearest.missing)
    unknown = "、".join(nearest.unknown[:8])
    seen_but_unknown = f"，认不出的栏有：{unknown}" if unknown else ""
    return f"最接近的是工作表“{sheet}”第 {nearest.last} 行，缺{missing}{seen_but_unknown}。{text}"


def _refuse_unknown_headings(
    workbook: Workbook, tables: Sequence[Table], mapping: Mapping[str, str], form: Form
) -> None:
    """Raises MappedHeadingMissing where a given mapping names a column that is nowhere."""
    headers = [table.header for table in tables]
    there = {key for header in headers for key in chain(header.keys, map(heading_key, header.written))}
    there |= {
        f"{column_name(column).casefold()}列" for column in range(max(_width(table) for table in tables))
    }
    for heading, key in zip(mapping, checked_mapping(mapping, form), strict=True):
        if key not in there:
            known = "、".join(text for text in dict.fromkeys(headers[0].written) if text)
            raise MappedHeadingMissing(name=workbook.name, heading=heading, known=known)


def _width(table: Table) -> int:
    return max((len(cells) for _, cells in _head_of(table.sheet)), default=0)


def _settled(table: Table) -> Table:
    """The table, where its rows settle what its headings leave open; raises AmbiguousColumns where they do not.

    Of several columns that could be a field, empty ones and ones that say the same in every row are no choice.
    """
    header = table.header
    if header.remembered:
        _refuse_other_contents(table)
    if not header.ambiguous:
        return table
    columns, headings = dict(header.columns), dict(header.headings)
    for name, candidates in header.ambiguous.items():
        column = _only_choice(table, candidates)
        said = [one.split("“", 1)[1].removesuffix("”") for one in header.ambiguous_headings[name]]
        if column is None:
            raise AmbiguousColumns(
                sheet=table.sheet.name,
                columns="、".join(header.ambiguous_headings[name]),
                title=table.form.fields[name].title,
                example=said[0] if len(set(said)) == len(said) else f"{column_name(candidates[0])}列",
            )
        columns[name] = column
        headings[name] = said[candidates.index(column)]
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
        values = [
            (column, cells[column])
            for column in candidates
            if column < len(cells) and cells[column] is not None
        ]
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


_LOOKED_AT: Final = 500
_NUMBERS: Final = ("id_number", "account")


def _refuse_other_contents(table: Table) -> None:
    """Raises MappingFitsNoMore where a column that is remembered as IDs or accounts mostly holds something else."""
    places = {name: table.columns[name] for name in _NUMBERS if name in table.columns}
    rows = list(islice(table.sheet.filled_lines(table.header.last, ()), _LOOKED_AT))
    kinds = RowKinds(table.header, table.form)
    lines = [line for line in rows if kinds.kind_of(line) == DATA_ROW]
    for name, place in places.items():
        cells = [line[place] for line in lines if place < len(line) and not cell_is_blank(line[place])]
        if 2 * sum(map(_is_long_number, cells)) < len(cells):
            raise MappingFitsNoMore(
                sheet=table.sheet.name,
                mapping=table.header.remembered,
                heading=table.headings[name],
                title=table.form.fields[name].title,
            )


def _is_long_number(cell: Cell) -> bool:
    return looks_like_id(cell) or (isinstance(cell, str) and 8 <= sum(map(str.isdigit, cell)) <= 32)


# -- what the clerk is told -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ColumnsByContent(Remark):
    """Columns that no heading names and that were read as what they hold: (heading or letters, field's title)."""

    columns: tuple[tuple[str, str], ...]
    code = "sheet.columns_by_content"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        read = "、".join(f"“{heading}”读作“{title}”" for heading, title in self.columns)
        return (
            f"工作表“{self.sheet}”里有的栏没有认得的表头，按格子里的内容认出：{read}。"
            "请核对；不对的请改正表头，或指明哪一栏是什么（--mapping）后重新导入。"
        )


@dataclass(frozen=True)
class MembersAcross(Remark):
    """Rows that hold several people each; `read` says whether each was read."""

    most: int
    code = "sheet.members_across"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return f"工作表“{self.sheet}”一行登记一户，每行最多 {self.most} 人，已逐人读取，行数按人数计。请核对人数。"


@dataclass(frozen=True)
class HiddenSheet(Remark):
    """A sheet that nobody sees and that holds something; it is not read."""

    code = "sheet.hidden"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return f"工作表“{self.sheet}”是隐藏的，里面有内容，没有读取。如果也要导入，请取消隐藏后重新导入。"


@dataclass(frozen=True)
class MappingRemembered(Remark):
    """A sheet that was read by a mapping that the office remembers."""

    mapping: str
    code = "sheet.mapping_remembered"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return f"工作表“{self.sheet}”的表头以前确认过，按记住的对照“{self.mapping}”读取。"


def table_remarks(workbook: Workbook, tables: Sequence[Table]) -> list[Remark]:
    """What the clerk should know of how a workbook was read, and of what is hidden, struck out or in error in it.

    Reads to the end. Raises UnreadableWorkbook.
    """
    remarks: list[Remark] = []
    for table in tables:
        header, name = table.header, table.sheet.name
        if header.remembered:
            remarks.append(MappingRemembered(name, header.remembered))
        if header.by_content:
            named = ((header.headings[one], table.form.fields[one].title) for one in header.by_content)
            remarks.append(ColumnsByContent(name, tuple(named)))
        if header.members:
            remarks.append(MembersAcross(name, len(header.members)))
        remarks += table.sheet.remarks
    remarks += [HiddenSheet(sheet.name) for sheet in workbook.sheets if sheet.hidden and not sheet.is_empty]
    return remarks


# -- rows -----------------------------------------------------------------------------------------------------

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
    subtotals and notes come too, as rows of their own kind. Rows of several people come once for each of them.
    """
    if not table.fields:
        return iter(())
    return _rows_of_members(table) if table.members else _rows(table)


def _lines(table: Table) -> Iterator[Sequence[Cell]]:
    once = table.form.fields
    members = chain.from_iterable(member.columns.items() for member in table.members)
    filled = [column for name, column in chain(table.columns.items(), members) if not once[name].once]
    return table.sheet.filled_lines(table.header.last, filled)


def _rows(table: Table) -> Iterator[DataRow]:
    places = [table.columns[name] for name in table.fields]
    pick: Callable[[Sequence[Cell]], tuple[Cell, ...]] = (
        itemgetter(*places) if len(places) > 1 else lambda line: (line[places[0]],)
    )
    id_column = table.columns.get("id_number")
    kinds = RowKinds(table.header, table.form)
    none_if_blank = _BLANK_TEXTS.get
    make = tuple.__new__  # half the price of DataRow(...), a row at a time over 420,000 of them
    for number, line in enumerate(_lines(table), table.header.last + 1):
        key = "" if id_column is None else line[id_column]
        if key.__class__ is str and len(key) >= LEAST_ID and key[0].isdigit():
            kind: str | None = DATA_ROW
        else:
            kind = kinds.kind_of(line)
            if kind is None:
                continue
        cells = pick(line)
        yield make(DataRow, (number, tuple(map(none_if_blank, cells, cells)), kind))


def _rows_of_members(table: Table) -> Iterator[DataRow]:
    """Rows of several people: each who is named, in order; what is shared by all is given to each."""
    kinds = RowKinds(table.header, table.form)
    fields = table.fields
    shared = [name for name in fields if name in SHARED]
    for number, line in enumerate(_lines(table), table.header.last + 1):
        kind = kinds.kind_of(line)
        if kind is None:
            continue
        present = [one for one in table.members if kind == DATA_ROW and _is_named(one, line)]
        of_all = {name: _cell(line, table.columns[name]) for name in shared}
        if not present:
            yield DataRow(number, tuple(_cell(line, table.columns[name]) for name in fields), kind)
            continue
        if "head" in of_all and "head_id" in of_all:
            of_all["head"], of_all["head_id"] = _head_of_row(table, line, present)
        for member in present:
            cells = [
                of_all[name] if name in of_all else _cell(line, member.columns.get(name)) for name in fields
            ]
            yield DataRow(MemberRow.of(number, member), tuple(cells), kind)


def _head_of_row(table: Table, line: Sequence[Cell], present: Sequence[Member]) -> tuple[Cell, Cell]:
    """The head's name and ID, by which the people of one row are known as one household.

    Where the row names the head beside the members, the ID is that of the member of this name. The first who is named
    stands for a head whose own cells are empty.
    """
    head, head_id = (_cell(line, table.columns[name]) for name in ("head", "head_id"))
    first = table.members[0].columns
    if table.columns["head"] != first.get("name") and table.columns["head_id"] == first.get("id_number"):
        names = [heading_key(str(_cell(line, one.columns.get("name")))) for one in present]
        named = names.index(heading_key(str(head))) if heading_key(str(head)) in names else None
        head_id = None if named is None else _cell(line, present[named].columns.get("id_number"))
    if head is None and head_id is None:
        head, head_id = (_cell(line, present[0].columns.get(name)) for name in ("name", "id_number"))
    return head, head_id


def _is_named(member: Member, line: Sequence[Cell]) -> bool:
    """Whether anything is said of this member but a relation, which stands there in advance, or a remark on the row."""
    return any(
        _cell(line, column) is not None
        for name, column in member.columns.items()
        if name not in ("relation", "remark")
    )


def _cell(line: Sequence[Cell], column: int | None) -> Cell:
    if column is None or column >= len(line) or cell_is_blank(line[column]):
        return None
    return line[column]
