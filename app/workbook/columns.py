"""The columns of a workbook: where its heading stands, which column holds which field, which rows are data (DOMAIN §6).

Headings are known by name (app.workbook.layout.headings), by a mapping that somebody gave or the office remembers, or by what the
columns hold (app.workbook.layout.by_content). Two columns that could both be a field are never chosen between: they are asked
about (`AmbiguousColumns`). A row is data unless it surely is something else (app.workbook.layout.row_kinds); rows come from
`data_rows` (app.workbook.layout.tables).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from operator import itemgetter
from typing import Final

from app.workbook.cell_values import Cell, cell_is_blank
from app.workbook.layout.by_content import completed, without_heading
from app.workbook.layout.forms import (
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
from app.workbook.layout.headings import (
    DEEPEST_HEADING,
    HEADING_ROWS,
    Header,
    Remembered,
    best_header,
    find_header,
    looks_like_id,
)
from app.workbook.layout.members import MemberRow
from app.workbook.layout.row_kinds import DATA_ROW, NOTE, SUBTOTAL, TOTAL, RowKinds
from app.workbook.layout.tables import DataRow, Table, data_rows
from app.workbook.layout.told import table_remarks
from app.workbook.marks import SUMMARY_SHEET, is_summary
from app.workbook.reading import Sheet, Workbook
from app.workbook.remarks import column_name
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
    "PeopleSideBySide",
    "Remembered",
    "Table",
    "best_header",
    "column_letters",
    "data_rows",
    "find_header",
    "find_tables",
    "headers_of",
    "heading_key",
    "is_ours",
    "sheets_without_table",
    "table_remarks",
]

column_letters = column_name


class NoTableFound(Refusal):
    """No sheet has the columns that this kind of file needs."""

    form = "“{name}”里没有找到“{title}”的表头：需要有{needed}这些栏。{nearest}请核对是否选错文件，或改正表头后重试；也可以指明哪一栏是什么（--mapping {example}）。"
    in_window = "“{name}”里没有找到“{title}”的表头：需要有{needed}这些栏。{nearest}请核对是否选错文件，或在“核对栏目”里指明哪一列是什么。"


class AmbiguousColumns(Refusal):
    """Two columns could both be the same field."""

    form = (
        "工作表“{sheet}”里{columns}都可能是“{title}”，程序不替您选。"
        "请删去或改名多余的一列，或指明用哪一列（--mapping {title}={example}）后重试。"
    )
    in_window = "工作表“{sheet}”里{columns}都可能是“{title}”，程序不替您选。请在“核对栏目”里把多余的一列改成“（不读）”。"


class PeopleSideBySide(Refusal):
    """The same headings come twice or more in one row, and nothing says whether these are households or lists."""

    form = (
        "工作表“{sheet}”把 {count} 组人并排写在一行（{columns}），分不清是一户还是各不相干，没有读取。"
        "请改成一行一人；是一户的，请在表头写明是谁，例如“成员1姓名”“成员2姓名”，再导入。"
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
    in_window = "工作表“{sheet}”的表头与记住的对照“{mapping}”相同，但“{heading}”这一栏多数不是{title}，没有照旧读取。请核对表格，或在“核对栏目”里重新指明。"


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
    Raises NoTableFound when no sheet has one, AmbiguousColumns, PeopleSideBySide, NoSuchField, MappedHeadingMissing, MappingFitsNoMore, and
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
    sheets = [
        (sheet, _head_of(sheet)) for sheet in workbook.sheets if not sheet.hidden and not is_ours(sheet)
    ]
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
        if sheet.name not in read and not sheet.is_empty and not is_ours(sheet)
    ]


def is_ours(sheet: Sheet) -> bool:
    """Whether the sheet is the page of counts that marking put before the clerk's own."""
    if not sheet.name.startswith(SUMMARY_SHEET):
        return False
    return is_summary(sheet.name, next((cells[0] for _, cells in sheet.rows() if cells), None))


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
            _refuse_side_by_side(table)
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


def _refuse_side_by_side(table: Table) -> None:
    """Raises PeopleSideBySide where names and IDs come equally often, under headings of their own that are the same."""
    header = table.header
    names, ids = (header.ambiguous.get(name, ()) for name in ("name", "id_number"))
    if len(names) != len(ids) or len({header.keys[column] for column in ids}) != 1 or sorted((*names, *ids))[::2] not in (
        sorted(names), sorted(ids),
    ):  # fmt: skip
        return
    columns = "、".join(header.ambiguous_headings["name"])
    raise PeopleSideBySide(sheet=table.sheet.name, count=len(names), columns=columns)


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
    rows = islice(table.sheet.numbered_lines(table.header.last, ()), _LOOKED_AT)
    kinds = RowKinds(table.header, table.form)
    lines = [line for _, line in rows if kinds.kind_of(line) == DATA_ROW]
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
