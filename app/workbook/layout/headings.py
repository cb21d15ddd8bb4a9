"""What the headings of a sheet mean: where they stand, one to three levels deep, and which column is which field (DOMAIN §6).

Headings are known by name, never by place. Two columns that could both be a field are never chosen between: they are
ambiguous, and somebody is asked.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final, NamedTuple

from app.workbook.cell_values import Cell, cell_is_blank
from app.workbook.layout.forms import INVISIBLE, Form, checked_mapping, heading_key
from app.workbook.layout.members import SHARED, Member, Path, alike_blocks, members_across
from app.workbook.marks import MARK_HEADING
from app.workbook.remarks import column_name

HEADING_ROWS: Final = 15
"""The heading begins in one of the first 15 rows that hold anything."""
DEEPEST_HEADING: Final = 3
"""Headings have up to three levels."""

Head = Sequence[tuple[int, Sequence[Cell]]]
"""The first rows of a sheet: Excel numbers and cells."""


@dataclass(frozen=True)
class Remembered:
    """A mapping that the office confirmed for a heading once: its name, and heading → field name."""

    name: str
    mapping: Mapping[str, str]


@dataclass(frozen=True)
class Header:
    """A heading found: its rows (from 1), its columns (from 0, in sheet order), the headings as written.

    `scale` is what a money column's numbers are multiplied by (10000 under 万元). `ambiguous` maps a field to the columns
    that could all be it; `missing` lists what is needed and not there; `texts` are the cells of the heading and of the
    titles above it, for recognising them when they come again. `members` are the people of one row, where it holds several;
    `lists` the columns of each, where they are not of one household but lines of lists printed side by side.
    `keys` are all headings as compared, by column, "" where there is none; `written` the same as they stand there.
    `remembered` names the mapping that was used, `by_content` the fields that no heading names. `mark_column` is the column
    that marking added to a workbook which comes back: its heading and its texts are no part of the table.
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
    members: tuple[Member, ...] = ()
    lists: tuple[range, ...] = ()
    keys: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    remembered: str = ""
    by_content: tuple[str, ...] = ()
    mark_column: int | None = None

    @property
    def fingerprint(self) -> str:
        """What the same heading has again next month, its columns in any order."""
        return fingerprint_of(self.keys)

    @property
    def used(self) -> set[int]:
        """The columns that mean something."""
        several = (*self.ambiguous.values(), *(one.columns.values() for one in self.members))
        return {*self.columns.values(), *(column for columns in several for column in columns)}


def fingerprint_of(keys: Iterable[str]) -> str:
    """The fingerprint of a set of headings (as compared), whatever their order."""
    return hashlib.sha256("\n".join(sorted(set(keys) - {""})).encode()).hexdigest()[:32]


# -- one heading ----------------------------------------------------------------------------------------------

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
ELSEWHERE: Final = re.compile(
    r"大写|扣|退|上年|上期|上月|上次|去年|往年|历年|原|旧|变更前|调整|结转|累计|配偶|子女|父亲|母亲|经办|联系人|干部|审核|担保|负责人"
    r"|收款|领款|监护|代领|委托|赡养|抚养|死亡|户主|法人"
)
"""What stands beside the thing itself: other people, other times, other sums. Such a group or bracket is no ornament."""
_GROUP_TAIL: Final = re.compile(r"(?:基本)?(?:信息|情况|资料|登记|明细)$")
_SHEET_UNIT: Final = re.compile(
    rf"(?:^|[\s(（:：])(?:金额|计量|货币|计价)?单位\s*[:：]\s*((?:{_UNIT_WORD})(?![\u4e00-\u9fff]))"
)


class Reading(NamedTuple):
    """What one column's heading may mean: the better reading has the higher rank."""

    rank: int
    field: str
    unit: str


_BY_MAPPING, _BY_NAME, _BY_NAME_IN_GROUP, _BY_WEAK_NAME, _BY_BARE_NAME = 5, 4, 3, 2, 1


def _plain_reading(key: str, form: Form) -> Reading | None:
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
            return Reading(_BY_WEAK_NAME if found[1] else _BY_NAME, found[0], unit)
    inside = "".join(_ANY_BRACKET.findall(key))
    if inside and not ELSEWHERE.search(inside):
        found = form.keys.get(_ANY_BRACKET.sub("", key))
        if found is not None and not found[1]:
            return Reading(_BY_BARE_NAME, found[0], bracket[1] if bracket else "")
    return None


def field_named(key: str, form: Form) -> str:
    """The field of a form that a heading names, its unit and brackets aside; "" for none."""
    reading = _plain_reading(key, form)
    return reading.field if reading else ""


def _reading(column: int, path: Path, form: Form, mapping: Mapping[str, str]) -> Reading | None:
    """What the column means whose headings, from the top level down, are `path` (keys, none empty)."""
    texts = [text for text, _ in path]
    for key in ("".join(texts), *texts[-1:], f"{column_name(column).casefold()}列"):
        if key and key in mapping:
            unit = _UNIT_BRACKET.search(key)
            return Reading(_BY_MAPPING, mapping[key], unit[1] if unit else "") if mapping[key] else None
    if not texts:
        return None
    leaf, groups = texts[-1], texts[:-1]
    for group in (*(["".join(groups)] if len(groups) > 1 else []), *reversed(groups)):
        for shorter in (group, _GROUP_TAIL.sub("", group)):
            joined = _plain_reading(shorter + leaf, form)
            if joined is not None and joined.rank >= _BY_NAME:
                return joined
    alone = _plain_reading(leaf, form)
    if alone is None or not groups:
        return alone
    if any(map(ELSEWHERE.search, groups)) or alone.rank < _BY_NAME:
        return None
    return alone


def _paths(levels: Sequence[Sequence[str]]) -> list[Path]:
    """For each column its headings from the top down, each with the column where it stands.

    A group's text reaches right over the columns below it; a text with nothing under it in its own column is a field of
    its own (merged downwards), not a group.
    """
    width = max(map(len, levels))
    rows = [[*level, *[""] * (width - len(level))] for level in levels]
    paths: list[Path] = [[] for _ in range(width)]
    for depth, row in enumerate(rows):
        below = rows[depth + 1 :]
        carried = ("", 0)
        for column, text in enumerate(row):
            has_below = any(level[column] for level in below)
            if text:
                carried = (text, column) if has_below else ("", 0)
                paths[column].append((text, column))
            elif has_below and carried[0]:
                paths[column].append(carried)
    return paths


# -- a whole heading ------------------------------------------------------------------------------------------


def _header(head: Head, first: int, depth: int, form: Form, known: "_Known") -> Header:
    """The heading as it would be if it were the `depth` rows from place `first` of `head`."""
    rows = [cells for _, cells in head[first : first + depth]]
    paths = _paths([[heading_key(cell) if isinstance(cell, str) else "" for cell in cells] for cells in rows])
    keys = tuple("".join(text for text, _ in path) for path in paths)
    mapping, remembered = known.for_heading(keys)
    readings = [_reading(column, path, form, mapping) for column, path in enumerate(paths)]
    lists, folded = _lists_beside(paths, readings, form)
    by_label = None if lists else members_across(
        paths, [None if reading is None else reading.field for reading in readings],
        lambda key: getattr(_plain_reading(key, form), "field", None),
    )  # fmt: skip
    members: tuple[dict[str, int], ...] = folded
    columns: dict[str, int] = dict(folded[0]) if folded else {}
    ambiguous: dict[str, tuple[int, ...]] = {}
    if by_label is None and not folded:
        columns, ambiguous = _settled(readings, form)
    elif by_label is not None:
        columns, ambiguous, members = _settled_across(readings, by_label, form)
    written = tuple(_as_written(rows, column) for column in range(len(paths)))
    scale = _scales(columns, readings, _sheet_unit(cells for _, cells in head[:first]), form)
    headings = _told_apart(paths, written) if members else written
    own = {name: headings[column] for name, column in columns.items()}
    header = Header(
        first=head[first][0],
        last=head[first + depth - 1][0],
        columns=dict(sorted(columns.items(), key=itemgetter(1))),
        headings=own,
        scale=scale,
        unknown=(),
        ambiguous=ambiguous,
        ambiguous_headings={
            name: tuple(f"{column_name(column)} 列“{written[column]}”" for column in several)
            for name, several in ambiguous.items()
        },
        missing=form.lacking({*columns, *ambiguous}),
        texts=frozenset(
            heading_key(cell) for _, cells in head[: first + depth] for cell in cells if isinstance(cell, str)
        ) - {""},
        members=tuple(
            Member.of(place, one, {name: headings[column] for name, column in one.items()}, own)
            for place, one in enumerate(members)
        ),
        lists=lists,
        keys=keys,
        written=written,
        remembered=remembered,
    )  # fmt: skip
    return with_unknown(header)


def with_unknown(header: Header) -> Header:
    """The heading with the texts of the columns that mean nothing here."""
    used = header.used
    return replace(
        header,
        unknown=tuple(text for column, text in enumerate(header.written) if text and column not in used),
    )


def _scales(
    columns: dict[str, int], readings: Sequence[Reading | None], sheet_unit: int, form: Form
) -> dict[str, int]:
    """Money field → what its numbers are multiplied by; a column in a unit that nothing here reads is dropped."""
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
    return scale


def _settled(
    readings: Sequence[Reading | None], form: Form, *, stand_in: bool = True
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
    if stand_in:
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


_OF_THE_ROW: Final = ("amount", "quantity", "cost", "account")
"""What is said of one beneficiary: where it stands once in a row of several people, the row is about one of them."""


def _settled_across(
    readings: Sequence[Reading | None], by_label: Mapping[int, Mapping[str, int]], form: Form
) -> tuple[dict[str, int], dict[str, tuple[int, ...]], tuple[dict[str, int], ...]]:
    """As `_settled` for a row of several people: the fields of the row, what is ambiguous, each one's own columns.

    The first is who stands outside the groups (the head, as a rule); label 0 holds what else is said of the head.
    """
    labelled = {column for block in by_label.values() for column in block.values()}
    outside = [None if column in labelled else reading for column, reading in enumerate(readings)]
    columns, ambiguous = _settled(outside, form)
    blocks = [dict(by_label[label]) for label in sorted(by_label) if label]
    whole = [block for block in blocks if not form.lacking(block)]
    first: dict[str, int] = {}
    if form.lacking({*columns, *ambiguous}):
        columns, ambiguous = _settled(outside, form, stand_in=False)
        for name in ("name", "id_number"):
            columns.pop(name, None)
    else:
        first = {**by_label.get(0, {}), **{name: at for name, at in columns.items() if name not in SHARED}}
    said_once = [name for name in _OF_THE_ROW if name in columns]
    if said_once and not any(name in block for block in whole for name in said_once):
        whole = [] if first else whole[:1]
    people = ([first] if first else []) + whole
    for person in people:
        for name, column in person.items():
            columns.setdefault(name, column)
    if len(people) > 1:
        for name, own in (("head", "name"), ("head_id", "id_number")):
            if name in form.fields and own in people[0]:
                columns.setdefault(name, people[0][own])
    return columns, ambiguous, tuple(people) if len(people) > 1 else ()


def _lists_beside(
    paths: Sequence[Path], readings: Sequence[Reading | None], form: Form
) -> tuple[tuple[range, ...], tuple[dict[str, int], ...]]:
    """The lists that are printed side by side: the columns of each, and field → column in each; nothing where there are none.

    A list has a number of its own for every line, or (where no household can be meant) an amount, an account of its own.
    """
    blocks = alike_blocks(paths)
    settled = [
        _settled([reading if column in block else None for column, reading in enumerate(readings)], form)
        for block in blocks
    ]
    own = ("serial",) if "relation" in form.fields else ("serial", *_OF_THE_ROW)
    if any(
        ambiguous
        or form.lacking(columns)
        or columns.keys() != settled[0][0].keys()
        or not any(name in columns for name in own)
        for columns, ambiguous in settled
    ):
        return (), ()
    return tuple(blocks), tuple(columns for columns, _ in settled)


def _as_written(rows: Sequence[Sequence[Cell]], column: int) -> str:
    """The lowest heading of a column, as it stands in the sheet, on one line."""
    for cells in reversed(rows):
        cell = cells[column] if column < len(cells) else None
        if not cell_is_blank(cell):
            return INVISIBLE.sub("", str(cell))
    return ""


def _told_apart(paths: Sequence[Path], written: Sequence[str]) -> tuple[str, ...]:
    """The headings with their group's, or their column's letters, where several are the same."""
    joined = [
        "".join(text for text, _ in path[:-1]) + text for path, text in zip(paths, written, strict=True)
    ]
    told = [text if written.count(text) == 1 else whole for text, whole in zip(written, joined, strict=True)]
    return tuple(
        text if not text or told.count(text) == 1 else f"{text}（{column_name(column)} 列）"
        for column, text in enumerate(told)
    )


def _sheet_unit(titles: Iterable[Sequence[Cell]]) -> int:
    """The factor of 单位：万元 above the heading."""
    for cells in titles:
        for cell in cells:
            found = _SHEET_UNIT.search(cell) if isinstance(cell, str) else None
            if found:
                return _MONEY_UNITS.get(found[1], 1)
    return 1


_LOST_ID: Final = 10**14
_ID_LIKE: Final = re.compile(r"[0-9]{15,19}|[0-9]{17}x").fullmatch
LEAST_ID: Final = 15


def looks_like_id(cell: Cell) -> bool:
    """Whether a cell may be an ID or an account: 15 digits or more, as text or as a number."""
    if isinstance(cell, str):
        return len(cell) >= LEAST_ID and _ID_LIKE(heading_key(cell)) is not None
    return isinstance(cell, (int, float)) and abs(cell) >= _LOST_ID


# -- among the first rows -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """The mapping that somebody gave for this file, else those that the office remembers, by fingerprint."""

    given: Mapping[str, str]
    remembered: Mapping[str, Remembered]

    def for_heading(self, keys: Sequence[str]) -> tuple[Mapping[str, str], str]:
        """The mapping of a heading, and the name of the remembered one that it is."""
        if self.given or not self.remembered:
            return self.given, ""
        found = self.remembered.get(fingerprint_of(keys))
        return ({}, "") if found is None else (found.mapping, found.name)


def best_header(
    head: Head,
    form: Form,
    mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, Remembered] | None = None,
) -> Header | None:
    """The heading among the first rows of a sheet that comes nearest to the form; it may miss needed columns.

    `head` are (Excel row, cells) of the first rows, blank ones included or not. Rows are combined up to three deep; the
    combination with the most needed, then the most known columns is taken, the shallowest and first of equals. A heading
    that the office remembers goes before all. None when no row bears a known heading.
    """
    known = _Known(checked_mapping(mapping or {}, form), remembered or {})
    filled = [(number, cells) for number, cells in head if any(not cell_is_blank(cell) for cell in cells)]
    marked = _mark_column(filled)
    if marked is not None:
        filled = [(number, [*cells[:marked], None, *cells[marked + 1 :]]) for number, cells in filled]
    best: tuple[tuple[int, ...], Header] | None = None
    for first in range(min(HEADING_ROWS, len(filled))):
        for depth in range(1, DEEPEST_HEADING + 1):
            if first + depth > len(filled) or filled[first + depth - 1][0] - filled[first][0] >= depth:
                break  # a heading has no blank row inside
            if any(map(looks_like_id, filled[first + depth - 1][1])):
                break  # somebody's row
            header = _header(filled, first, depth, form, known)
            score = (
                bool(header.remembered),
                -len(header.missing),
                len(header.columns) + len(header.ambiguous) + sum(len(one.columns) for one in header.members),
                -len(header.ambiguous),
                sum(header.keys[column] != "" for column in header.columns.values()),
                -depth,
            )
            if (header.columns or header.ambiguous) and (best is None or score > best[0]):
                best = (score, header)
    return None if best is None else replace(best[1], mark_column=marked)


def _mark_column(head: Head) -> int | None:
    """The column 问题与改法 that marking added, from 0."""
    key = heading_key(MARK_HEADING)
    places = (
        column for _, cells in head for column, cell in enumerate(cells)
        if isinstance(cell, str) and heading_key(cell) == key
    )  # fmt: skip
    return next(places, None)


def find_header(head: Head, form: Form, mapping: Mapping[str, str] | None = None) -> Header | None:
    """As `best_header`, but None unless every needed column is there (be it ambiguous)."""
    header = best_header(head, form, mapping)
    return None if header is None or header.missing else header
