"""The registry as lists on the screen: people 人员, households 户, and the search that answers while one types."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.pages import Column, Join, Listing, Shows, initials_of
from app.registry.queries import find_people
from models.domain.person_name import name_key
from models.domain.written import HAN
from models.store.opening import Store

PEOPLE: Final = Listing(
    name="people",
    title="人员",
    source="person p",
    id="p.id",
    where="p.merged_into IS NULL",
    joins=(
        Join("h", "JOIN household h ON h.id = p.household_id"),
        Join("v", "JOIN village v ON v.id = h.village_id"),
        Join("d", "LEFT JOIN person d ON d.id = h.head_id"),
        Join("a", "LEFT JOIN account a ON a.person_id = p.id AND a.valid_to IS NULL"),
    ),
    columns=(
        Column("name", "姓名", "p.name", width=9, order="p.name_key"),
        Column("id_number", "身份证号", "p.id_number", Shows.ID, 19),
        Column("sex", "性别", "p.sex", Shows.CODE, 5),
        Column("birth", "出生日期", "p.birth", Shows.DAY, 11),
        Column("village", "村（社区）", "v.name", width=11),
        Column("group", "组", "h.group_text", Shows.CODE, 6),
        Column("household_no", "户编号", "h.number", Shows.CODE, 18),
        Column("head", "户主", "d.name", width=9),
        Column("relation", "与户主关系", "p.relation", width=9),
        Column("account", "银行账号", "a.number", Shows.ACCOUNT, 12),
        Column("bank", "开户银行", "a.bank", width=14),
        Column("phone", "联系电话", "p.phone", Shows.PHONE, 13),
        Column("is_dead", "状态", "p.is_dead", Shows.CODE, 6, words={"0": "在世", "1": "已故"}),
        Column("died_on", "死亡日期", "p.died_on", Shows.DAY, 11, hidden=True),
        Column("remark", "备注", "p.remark", width=14, hidden=True),
    ),
)  # fmt: skip
"""Everybody in the registry 人员; merged records are shown by the one that was kept."""

HOUSEHOLDS: Final = Listing(
    name="households",
    title="户",
    source="household h",
    id="h.id",
    where="h.ended_on IS NULL",
    joins=(
        Join("v", "JOIN village v ON v.id = h.village_id"),
        Join("d", "LEFT JOIN person d ON d.id = h.head_id"),
    ),
    columns=(
        Column("number", "户编号", "h.number", Shows.CODE, 18),
        Column("head", "户主", "d.name", width=9),
        Column("head_id", "户主身份证号", "d.id_number", Shows.ID, 19),
        Column("village", "村（社区）", "v.name", width=11),
        Column("group", "组", "h.group_text", Shows.CODE, 6),
        Column("members", "人口", "(SELECT count(*) FROM person m WHERE m.household_id = h.id AND m.merged_into IS NULL)",
               Shows.COUNT, 6),
        Column("phone", "户主电话", "d.phone", Shows.PHONE, 13),
    ),
)  # fmt: skip
"""The households that stand 户."""


@dataclass(frozen=True, slots=True)
class PersonHit:
    """Somebody whom a search may mean; the numbers are whole, masking belongs to the output."""

    id: int
    name: str
    id_number: str
    village: str
    group: str
    head: str
    account: str


class NameInitials:
    """The registry's names by their pinyin initials, read once: what is typed is found in a few milliseconds."""

    def __init__(self, store: Store) -> None:
        lines = (
            f"\n{initials}\t{row[0]}"
            for row in store.each("SELECT DISTINCT name_key FROM person")
            for initials in initials_of(row[0])
        )
        self._text = "".join(lines) + "\n"

    def names(self, initials: str, most: int) -> list[str]:
        """Names whose initials begin so, the exact ones first."""
        asked = re.escape(initials.lower())
        found: dict[str, None] = {}
        for form in (rf"\n{asked}\t([^\n]+)", rf"\n{asked}[a-z]+\t([^\n]+)"):
            for hit in re.finditer(form, self._text):
                found[hit[1]] = None
                if len(found) >= most:
                    return list(found)
        return list(found)


def search_people(
    store: Store, asked: str, initials: NameInitials | None = None, most: int = 30
) -> list[PersonHit]:
    """Whom a text may mean while it is typed: the beginning of a name, pinyin initials, either end of an ID or account."""
    asked = asked.strip()
    if not asked:
        return []
    key = asked.upper()
    if key.isascii() and key[:-1].isdigit() and (key[-1].isdigit() or key[-1] == "X"):
        ids = _by_number(store, key, most)
    elif asked.isascii() and asked.isalpha():
        names = initials.names(asked, most) if initials else []
        ids = _ids(
            store, f"SELECT id FROM person WHERE name_key IN ({', '.join('?' * len(names))})", names, most
        )
    else:
        name = name_key(asked)
        ids = _ids(
            store,
            "SELECT id FROM person WHERE name_key >= ? AND name_key < ?",
            [name, name + "\U0010ffff"],
            most,
        )
    marks = ", ".join("?" * len(ids))
    found = {
        row[0]: PersonHit(*row)
        for row in store.rows(
            "SELECT p.id, p.name, p.id_number, v.name, h.group_text, coalesce(d.name, ''), coalesce(a.number, '')"
            " FROM person p JOIN household h ON h.id = p.household_id JOIN village v ON v.id = h.village_id"
            " LEFT JOIN person d ON d.id = h.head_id LEFT JOIN account a ON a.person_id = p.id AND a.valid_to IS NULL"
            f" WHERE p.id IN ({marks})",
            ids,
        )
    }
    return [found[one] for one in ids if one in found]


def _ids(store: Store, sql: str, parameters: Sequence[object], most: int) -> list[int]:
    return [row[0] for row in store.rows(f"{sql} AND merged_into IS NULL LIMIT {most}", parameters)]


def _by_number(store: Store, number: str, most: int) -> list[int]:
    """By the beginning of an ID or an account, and from four digits on by their ends."""
    above = number + "~"
    found = _ids(store, "SELECT id FROM person WHERE id_number >= ? AND id_number < ?", [number, above], most)
    found += [
        row[0]
        for row in store.rows(
            "SELECT person_id FROM account WHERE number >= ? AND number < ? LIMIT ?", (number, above, most)
        )
    ]
    if len(number) >= _LEAST_TAIL:
        found += find_people(store, number, most)
    return list(dict.fromkeys(found))[:most]


_LEAST_TAIL: Final = 4


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whom a pasted row means: an id, or why nobody; `words` are for the clerk."""

    person: int | None
    words: str


def recognise(store: Store, rows: Sequence[Sequence[str]]) -> list[Recognised]:
    """Whom each row of a pasted range means: by an ID in any cell, else by an account, else by a name borne by one person.

    Never by name alone where two bear it.
    """
    return [_recognised(store, [cell.strip().upper() for cell in row]) for row in rows]


def _recognised(store: Store, cells: Sequence[str]) -> Recognised:
    for cell in cells:
        if _ID.fullmatch(cell):
            row = store.row("SELECT id, name FROM person WHERE id_number = ?", (cell,))
            if row is None:
                return Recognised(None, "证件号不在户籍底册")
            if any(_HAN_NAME.fullmatch(one) and name_key(one) != name_key(row[1]) for one in cells):
                return Recognised(int(row[0]), f"{row[1]}（姓名与粘贴的不同，请核对）")
            return Recognised(int(row[0]), str(row[1]))
        if cell.isascii() and cell.isdigit() and len(cell) >= _LEAST_ACCOUNT:
            found = store.rows(
                "SELECT DISTINCT person_id FROM account WHERE number = ? AND valid_to IS NULL", (cell,)
            )
            if len(found) == 1:
                return Recognised(int(found[0][0]), "按账号认出")
            return Recognised(None, "号码不对：既不是登记的证件号，也不是登记的账号")
    for cell in cells:
        if _HAN_NAME.fullmatch(cell):
            found = store.rows(
                "SELECT id FROM person WHERE name_key = ? AND merged_into IS NULL LIMIT 3", (name_key(cell),)
            )
            if len(found) == 1:
                return Recognised(int(found[0][0]), "按姓名认出，只有一位")
            if found:
                return Recognised(None, "有同名的人，请连同证件号一起粘贴")
    return Recognised(None, "没有认得出的证件号、账号或姓名")


_ID: Final = re.compile(r"\d{17}[\dX]|\d{15}")
_HAN_NAME: Final = re.compile(f"[{HAN}·•]{{2,20}}")
_LEAST_ACCOUNT: Final = 8
