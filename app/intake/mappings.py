"""Remembered mappings 栏目对照: which heading somebody said is which field, recognised when the same heading comes again.

A mapping is known by its heading's fingerprint: the set of its headings, in any order of the columns. One heading more or
less is another heading, and is asked about anew.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.desk import Desk
from app.workbook.columns import Form, Header, Remembered, Table, column_letters, heading_key
from app.workbook.layout.forms import checked_mapping
from models.domain.refusal import Refusal
from models.store.opening import Store

LEFT_OUT = ("不读", "不用")
"""What is written for the field of a column that is to be left out."""


class NoSuchMapping(Refusal):
    """No mapping of that name is remembered."""

    form = "没有名为“{name}”的栏目对照。{known}"


class MappingWords(Refusal):
    """`--mapping` that is neither a name nor a field and a heading."""

    form = "--mapping 的写法不对：“{written}”。写“栏目=表头”（如 姓名=享受人），可以写多个；或写一个记住的对照名称。"


class NamedMapping(dict[str, str]):
    """Heading → field as somebody said it, and the name to remember it under ('' for one made up here)."""

    name: str = ""


@dataclass(frozen=True)
class MappingView:
    """A remembered mapping as listed: heading as compared → field's Chinese title, '' for a column left out."""

    name: str
    kind: str
    columns: Mapping[str, str]
    headings: Sequence[str]
    remembered_on: str
    operator: str


def chosen_mapping(store: Store, form: Form, words: Iterable[str]) -> NamedMapping | None:
    """The mapping that words say: FIELD=HEADING, or the name of a remembered one, or a name and what it is to mean.

    None for no words. Raises NoSuchMapping, MappingWords, NoSuchField.
    """
    chosen = NamedMapping()
    names = []
    for written in words:
        name, sign, heading = re.sub("＝", "=", written, count=1).partition("=")
        if sign and heading.strip():
            chosen[heading.strip()] = "" if name.strip() in LEFT_OUT else name.strip()
        elif sign or not name.strip():
            raise MappingWords(written=written)
        else:
            names.append(name.strip())
    if len(names) > 1:
        raise MappingWords(written=" ".join(names))
    if names and not chosen:
        chosen.update(_named(store, form, names[0]))
    chosen.name = names[0] if names else ""
    checked_mapping(chosen, form)
    return chosen if chosen else None


def remembered_mappings(store: Store, form: Form) -> dict[str, Remembered]:
    """The mappings that the office remembers for a kind of file, by the fingerprint of their heading."""
    rows = store.rows("SELECT fingerprint, name, body FROM column_mapping WHERE kind = ?", (form.name,))
    return {row[0]: Remembered(row[1], json.loads(row[2])) for row in rows}


def mapping_used(tables: Sequence[Table], remembered: Mapping[str, Remembered]) -> dict[str, str] | None:
    """The remembered mapping by which a workbook was read; None where there was none."""
    used: dict[str, str] = {}
    for table in tables:
        if table.header.remembered:
            used.update(remembered[table.header.fingerprint].mapping)
    return used or None


def remember_mapping(desk: Desk, tables: Sequence[Table], given: Mapping[str, str]) -> list[str]:
    """Remember what somebody said of the headings of a workbook, inside `writing`; gives the names it is known by.

    A column that was named by its letters is remembered by its heading; where that is not its alone, nothing is.
    """
    store, kind = desk.store, tables[0].form
    own_name = getattr(given, "name", "")
    names: list[str] = []
    for table in tables:
        mapping = _by_headings(table.header, checked_mapping(given, kind))
        if not mapping:
            continue
        fingerprint = table.header.fingerprint
        known = store.value(
            "SELECT name FROM column_mapping WHERE kind = ? AND fingerprint = ?", (kind.name, fingerprint)
        )
        name = own_name or known or (names[0] if names else _fresh_name(store, kind))
        store.execute(
            "INSERT INTO column_mapping (kind, name, fingerprint, body, headings, operator_id, remembered_on)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, fingerprint) DO UPDATE SET name = excluded.name,"
            " body = excluded.body, headings = excluded.headings, operator_id = excluded.operator_id,"
            " remembered_on = excluded.remembered_on",
            (
                kind.name, name, fingerprint, json.dumps(mapping, ensure_ascii=False),
                json.dumps([text for text in table.header.written if text], ensure_ascii=False),
                desk.operator.id, desk.day,
            ),
        )  # fmt: skip
        if name not in names:
            names.append(name)
    return names


def _by_headings(header: Header, mapping: Mapping[str, str]) -> dict[str, str]:
    """The part of a mapping that a heading has, by whole headings that are one column's alone; else nothing."""
    found: dict[str, str] = {}
    for column, key in enumerate(header.keys):
        letters = f"{column_letters(column).casefold()}列"
        leaf = heading_key(header.written[column])
        said = next((one for one in (key, leaf, letters) if one and one in mapping), None)
        if said is None:
            continue
        if not key or header.keys.count(key) > 1:
            return {}
        found[key] = mapping[said]
    return found


def _named(store: Store, form: Form, name: str) -> dict[str, str]:
    rows = store.rows("SELECT body FROM column_mapping WHERE kind = ? AND name = ?", (form.name, name))
    if not rows:
        known = store.rows(
            "SELECT DISTINCT name FROM column_mapping WHERE kind = ? ORDER BY name", (form.name,)
        )
        listed = "、".join(f"“{row[0]}”" for row in known)
        raise NoSuchMapping(
            name=name,
            known=f"记住的有：{listed}。"
            if listed
            else f"“{form.title}”还没有记住的对照，请先用“栏目=表头”指明。",
        )
    return {heading: field for row in rows for heading, field in json.loads(row[0]).items()}


def _fresh_name(store: Store, form: Form) -> str:
    taken = {row[0] for row in store.rows("SELECT name FROM column_mapping WHERE kind = ?", (form.name,))}
    return next(name for place in range(1, len(taken) + 2) if (name := f"{form.title}{place}") not in taken)


def mappings(store: Store, forms: Mapping[str, Form]) -> list[MappingView]:
    """What the office remembers, by kind and name; `forms` are the kinds by name."""
    return [
        MappingView(
            row[0],
            row[1],
            {
                heading: forms[row[1]].fields[field].title if field in forms[row[1]].fields else ""
                for heading, field in json.loads(row[2]).items()
            },
            json.loads(row[3]),
            row[4],
            row[5],
        )
        for row in store.rows(
            "SELECT m.name, m.kind, m.body, m.headings, m.remembered_on, o.name FROM column_mapping m"
            " JOIN operator o ON o.id = m.operator_id ORDER BY m.kind, m.name, m.id"
        )
    ]


def forget(store: Store, name: str) -> int:
    """Forget a mapping by its name, inside `writing`; gives how many headings it was known by. Raises NoSuchMapping."""
    count = int(store.value("SELECT count(*) FROM column_mapping WHERE name = ?", (name,)))
    if not count:
        raise NoSuchMapping(name=name, known="请用 mapping list 查看。")
    store.execute("DELETE FROM column_mapping WHERE name = ?", (name,))
    return count
