"""Long lists by page: what a table on the screen shows of a query, however many rows it has.

A `Listing` is declared by a room's windows: where the rows come from and which columns there are. The ids come once, in
order; the rows come by page; filter, sort, distinct values and sums are SQL. Everything here only reads.
"""

import functools
import operator
import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from typing import Any, Final

from models.store.opening import Store

PAGE: Final = 200
"""How many rows a page holds."""
MOST_DISTINCT: Final = 500
"""How many distinct values a filter offers; the rest is found by typing."""
MOST_READ: Final = 50_000
"""How many distinct values are looked at before those are chosen."""


class Shows(Enum):
    """What a column holds, and so how it is written, sorted and masked."""

    TEXT = "text"
    """Text, sorted by pinyin."""
    CODE = "code"
    """Text sorted as it stands: numbers of things, periods, codes."""
    ID = "id"
    """An ID number, masked until somebody asks."""
    ACCOUNT = "account"
    """A bank account's number, masked until somebody asks."""
    PHONE = "phone"
    """A phone number, masked until somebody asks."""
    MONEY = "money"
    """Fen, shown as yuan."""
    COUNT = "count"
    """A whole number."""
    DAY = "day"
    """'YYYY-MM-DD', or empty."""


PRIVATE: Final = frozenset({Shows.ID, Shows.ACCOUNT, Shows.PHONE})
_FIGURES: Final = frozenset({Shows.MONEY, Shows.COUNT})


@dataclass(frozen=True)
class Column:
    """A column: `sql` gives its value; `words` say what stored words mean in Chinese; `width` is in characters."""

    name: str
    heading: str
    sql: str
    shows: Shows = Shows.TEXT
    width: int = 10
    words: Mapping[Any, str] = field(
        default_factory=dict
    )  # by the stored word, which a StrEnum member is too
    total: bool = False
    hidden: bool = False
    order: str = ""

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, right-aligned and summed in the selection."""
        return self.shows in _FIGURES


@dataclass(frozen=True)
class Join:
    """A table that a column may need: it never adds or removes rows, so it is left out where no column asks for it."""

    alias: str
    sql: str


@dataclass(frozen=True)
class Listing:
    """Where rows come from: `source` with its alias, `id` the row id, `where` what always holds, `order` as it comes."""

    name: str
    title: str
    source: str
    id: str
    columns: tuple[Column, ...]
    joins: tuple[Join, ...] = ()
    where: str = ""
    parameters: tuple[object, ...] = ()
    order: str = ""

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def among(self, where: str, *parameters: object) -> "Listing":
        """The same listing of fewer rows; `where` uses `?` for its parameters."""
        both = f"({self.where}) AND ({where})" if self.where else where
        return replace(self, where=both, parameters=(*self.parameters, *parameters))


@dataclass(frozen=True)
class Chosen:
    """A filter on one column: the values that stay, as stored."""

    column: str
    values: tuple[object, ...]


@dataclass(frozen=True)
class Holds:
    """A filter on one column: the text it holds; for IDs and accounts, how they end."""

    column: str
    text: str


@dataclass(frozen=True)
class Between:
    """A filter on one column: from and to, both included, None for open."""

    column: str
    low: object = None
    high: object = None


Filter = Chosen | Holds | Between


@dataclass(frozen=True)
class Sort:
    """One column of the order."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class View:
    """What is asked of a listing: filters that all hold, and the order."""

    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()


@dataclass(frozen=True)
class Sums:
    """How many rows, and for each figure column its sum and how many rows have a value."""

    rows: int
    sums: Mapping[str, tuple[int, int]]


def ids_of(store: Store, listing: Listing, view: View | None = None) -> "array[int]":
    """The ids of a view's rows, in order: a few bytes a row, so that a million rows are no burden.

    Where a column is sorted, its values come from SQLite in one piece and are sorted here by their distinct values, Chinese
    by pinyin: several times as fast as an ORDER BY that calls back for every comparison or drags rows about.
    """
    view = view or View()
    filtered, parameters = _where(listing, view.filters)
    first = listing.column(view.sorts[0].column) if view.sorts else None
    if first is None or (first.shows in PRIVATE and len(view.sorts) == 1):
        order = listing.order or listing.id
        if first is not None:  # numbers that hardly repeat: an index gives their order
            order = f"{first.sql}{' DESC' if view.sorts[0].descending else ''}, {listing.id}"
        rows = store.each(_select(listing, listing.id, filtered, order), parameters)
        return array("q", (row[0] for row in rows))
    texts = [_sort_text(listing.column(sort.column)) for sort in view.sorts]
    pieces = ", ".join(
        [f"group_concat({listing.id})", *(f"group_concat({text}, char(31))" for text in texts)]
    )
    row = store.row(_select(listing, pieces, filtered, ""), parameters)
    if row is None or row[0] is None:
        return array("q")
    ids = list(map(int, row[0].split(",")))
    ranked = [
        _ranks(listing.column(sort.column), piece.split("\x1f"), descending=sort.descending)
        for sort, piece in zip(view.sorts, row[1:], strict=True)
    ]
    keys, _ = functools.reduce(_under, ranked)
    return array("q", map(ids.__getitem__, sorted(range(len(ids)), key=keys.__getitem__)))


def _sort_text(column: Column) -> str:
    """The text that a column is sorted by, never NULL."""
    return f"coalesce({column.order or column.sql}, '')"


_Ranks = tuple[list[int], int]
"""A whole number for each row, by which its value stands before or after the others', and how many numbers there are."""


def _ranks(column: Column, values: Sequence[str], *, descending: bool) -> _Ranks:
    """The values' places in the column's order: a few distinct ones are compared, not a million rows."""
    keys = sorted(set(values), key=_sort_key(column), reverse=descending)
    places = {key: place for place, key in enumerate(keys)}
    return list(map(places.__getitem__, values)), len(keys)


def _under(first: _Ranks, second: _Ranks) -> _Ranks:
    """Rows by the first, and where that is equal by the second."""
    (firsts, count), (seconds, within) = first, second
    return list(map(operator.add, map(within.__mul__, firsts), seconds)), count * within


def _sort_key(column: Column) -> Callable[[str], Any]:
    if column.shows is Shows.TEXT:
        table = pinyin_table()
        return lambda text: text.translate(table)
    if column.is_figure:
        return lambda text: int(text) if text else -(1 << 62)
    if column.shows is Shows.CODE:
        return _natural
    return str


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    """A key by which 2组 stands before 10组."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(text) if part)


_DIGITS: Final = re.compile(r"(\d+)")


def rows_of(store: Store, listing: Listing, ids: Sequence[int]) -> list[tuple[Any, ...] | None]:
    """The values of all columns for these ids, in their order; None for a row that is gone."""
    columns = ", ".join(column.sql for column in listing.columns)
    marks = ", ".join("?" * len(ids))
    sql = _select(listing, f"{listing.id}, {columns}", f"{listing.id} IN ({marks})", "", always=False)
    found = {row[0]: row[1:] for row in store.each(sql, ids)}
    return [found.get(one) for one in ids]


def sums_of(store: Store, listing: Listing, view: View | None = None) -> Sums:
    """Count and sums of everything that a view shows; only columns marked `total` are summed."""
    filtered, parameters = _where(listing, (view or View()).filters)
    return _sums(store, listing, [one for one in listing.columns if one.total], filtered, parameters)


def sums_among(store: Store, listing: Listing, ids: Iterable[int], columns: Sequence[str]) -> Sums:
    """Count and sums over some rows, exact: whatever a clerk has selected."""
    text = "[" + ",".join(map(str, ids)) + "]"
    chosen = [listing.column(name) for name in columns if listing.column(name).is_figure]
    within = f"{listing.id} IN (SELECT value FROM json_each(?))"
    return _sums(store, listing, chosen, within, [text], always=False)


def distinct_values(
    store: Store, listing: Listing, column: str, view: View | None = None, holding: str = ""
) -> list[tuple[Any, int]]:
    """A column's values with how often each stands, as the other columns are filtered; at most MOST_DISTINCT of them."""
    asked = listing.column(column)
    others = [one for one in (view or View()).filters if one.column != column]
    filtered, parameters = _where(listing, others)
    if holding:
        also, more = _filter(listing, Holds(column, holding))
        filtered = f"{filtered} AND {also}" if filtered else also
        parameters = [*parameters, *more]
    inner = _select(listing, f"{asked.sql} AS found, count(*) AS times", filtered, "", group="found")
    rows = store.rows(f"{inner} LIMIT {MOST_READ}", parameters)
    key = _sort_key(asked)
    rows.sort(key=lambda row: key("" if row[0] is None else str(row[0])))
    return [(row[0], row[1]) for row in rows[:MOST_DISTINCT]]


def ids_holding(store: Store, listing: Listing, text: str, view: View | None = None) -> set[int]:
    """The rows that a text means in any column: a part of a text, pinyin initials, from four digits on the end of an ID,
    an account or a phone.
    """
    text = text.strip()
    if not text:
        return set()
    filtered, parameters = _where(listing, (view or View()).filters)
    clauses: list[str] = []
    more: list[object] = []
    for column in listing.columns:
        if column.shows in PRIVATE:
            if text.isascii() and len(text) >= _LEAST_TAIL:
                clauses.append(f"substr({column.sql}, -{len(text)}) = ?")
                more.append(text.upper())
        elif column.words:
            meant = [word for word, name in column.words.items() if text in name]
            clauses += [f"{column.sql} = ?"] * len(meant)
            more += meant
        elif column.shows is Shows.MONEY:
            if (plain := text.replace(",", "")).replace(".", "", 1).isdecimal():
                clauses.append(f"printf('%.2f', {column.sql} / 100.0) = ?")
                more.append(plain if "." in plain else f"{plain}.00")
        else:
            clauses.append(f"instr({column.sql}, ?) > 0")
            more.append(text)
            if column.shows is Shows.TEXT and text.isascii() and text.isalpha():
                _teach_initials(store)
                clauses.append(f"begins_with_initials({column.sql}, ?)")
                more.append(text.lower())
    sql = _select(
        listing, listing.id, " AND ".join(filter(None, [filtered, f"({' OR '.join(clauses)})"])), ""
    )
    return {row[0] for row in store.each(sql, [*parameters, *more])}


def _teach_initials(store: Store) -> None:
    """Give this thread's connection the function that knows names by their initials."""
    memo: dict[tuple[str, str], bool] = {}

    def begins_with_initials(text: object, asked: str) -> bool:
        if not isinstance(text, str):
            return False
        key = (text, asked)
        if key not in memo:
            memo[key] = any(one.startswith(asked) for one in initials_of(text))
        return memo[key]

    store.database.connection().create_function("begins_with_initials", 2, begins_with_initials)


_LEAST_TAIL: Final = 4


def shown(column: Column, value: object, *, masked: bool = True) -> str:
    """A value as the clerk reads it; IDs, accounts and phones masked unless she asked for them."""
    from models.domain.masking import mask_account, mask_id, mask_phone
    from models.domain.money import Fen, yuan_text

    if value is None or value == "":
        return ""
    if column.words:
        return column.words.get(str(value), str(value))
    if column.shows is Shows.MONEY:
        return yuan_text(Fen(int(str(value))))
    if column.shows is Shows.COUNT:
        return f"{value:,}"
    if masked and column.shows in PRIVATE:
        mask = {Shows.ID: mask_id, Shows.ACCOUNT: mask_account, Shows.PHONE: mask_phone}[column.shows]
        return mask(str(value))
    return str(value)


# -- the SQL -------------------------------------------------------------------------------------------------


def _select(
    listing: Listing, what: str, where: str, order: str, *, always: bool = True, group: str = ""
) -> str:
    clauses = [part for part in (listing.where if always else "", where) if part]
    tail = f" WHERE {' AND '.join(f'({clause})' for clause in clauses)}" if clauses else ""
    tail += f" GROUP BY {group}" if group else ""
    tail += f" ORDER BY {order}" if order else ""
    return f"SELECT {what} FROM {listing.source}{_joins(listing, what + tail)}{tail}"


def _joins(listing: Listing, text: str) -> str:
    """The joins whose alias the text names, and those that they need in turn."""
    needed: list[str] = []
    for join in reversed(listing.joins):
        if re.search(rf"\b{join.alias}\.", text + "".join(needed)):
            needed.append(f" {join.sql}")
    return "".join(reversed(needed))


def _where(listing: Listing, filters: Iterable[Filter]) -> tuple[str, list[object]]:
    clauses, parameters = [], [*listing.parameters]
    for one in filters:
        clause, more = _filter(listing, one)
        clauses.append(clause)
        parameters += more
    return " AND ".join(clauses), parameters


def _filter(listing: Listing, one: Filter) -> tuple[str, list[object]]:
    column = listing.column(one.column)
    if isinstance(one, Chosen):
        blank = f" OR coalesce({column.sql}, '') = ''" if any(v in (None, "") for v in one.values) else ""
        marks = ", ".join("?" * len(one.values))
        return f"({column.sql} IN ({marks}){blank})", list(one.values)
    if isinstance(one, Between):
        clauses, parameters = [], []
        for sign, bound in ((">=", one.low), ("<=", one.high)):
            if bound is not None:
                clauses.append(f"{column.sql} {sign} ?")
                parameters.append(bound)
        return " AND ".join(clauses) or "1", parameters
    if column.shows in PRIVATE:
        return f"substr({column.sql}, -length(?)) = ?", [one.text.upper()] * 2
    if column.words:
        meant = [word for word, name in column.words.items() if one.text in name] or [one.text]
        return f"{column.sql} IN ({', '.join('?' * len(meant))})", [*meant]
    if column.shows is Shows.MONEY:
        return f"printf('%.2f', {column.sql} / 100.0) LIKE ?", [f"{one.text.replace(',', '')}%"]
    return f"instr({column.sql}, ?) > 0", [one.text]


def _sums(
    store: Store, listing: Listing, columns: Sequence[Column], where: str, parameters: Sequence[object], *,
    always: bool = True,
) -> Sums:  # fmt: skip
    asked = ", ".join(["count(*)", *(f"coalesce(sum({one.sql}), 0), count({one.sql})" for one in columns)])
    row = store.row(_select(listing, asked, where, "", always=always), parameters) or (0,)
    return Sums(
        int(row[0]),
        {one.name: (int(row[2 * place + 1]), int(row[2 * place + 2])) for place, one in enumerate(columns)},
    )


# -- pinyin --------------------------------------------------------------------------------------------------


@cache
def readings() -> Mapping[int, tuple[str, ...]]:
    """Every reading of every Chinese character that pypinyin knows, without tones, the usual one first."""
    import os
    import unicodedata

    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import pinyin_dict

    def plain(reading: str) -> str:
        return "".join(sign for sign in unicodedata.normalize("NFD", reading) if sign.isascii()) or reading

    memo: dict[str, str] = {}
    found = {}
    for code, text in pinyin_dict.pinyin_dict.items():
        parts = text.split(",")
        for part in parts:
            if part not in memo:
                memo[part] = plain(part)
        found[code] = tuple(dict.fromkeys(memo[part] for part in parts))
    return found


@cache
def pinyin_table() -> Mapping[int, int]:
    """A translation of each Chinese character to one whose code point stands in the order of pinyin.

    The places begin above everything that a keyboard writes, so that Latin letters and digits come first.
    """
    first = 0x10000
    by_pinyin = sorted(readings().items(), key=lambda known: (known[1][0], known[0]))
    return {code: first + place for place, (code, _) in enumerate(by_pinyin)}


def initials_of(text: str) -> tuple[str, ...]:
    """The pinyin initials of a name, one for every reading of its first character: 单小玉 → dxy, sxy, cxy."""
    known = readings()
    if not text:
        return ()
    firsts = {reading[0] for reading in known.get(ord(text[0]), (text[0].lower(),))}
    rest = "".join(known.get(ord(sign), (sign.lower(),))[0][0] for sign in text[1:])
    return tuple(sorted(first + rest for first in firsts))
