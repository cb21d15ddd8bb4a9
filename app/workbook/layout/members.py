"""Rows that hold several people: one row a household, its members across (户主 + 成员1姓名, 成员1身份证号, 与户主关系 …).

Members are told by the numbers in their headings (成员1姓名, 姓名2), by groups above them (成员1 | 成员2), or by headings
that come again and again under 家庭成员. What is not regular is left alone, and then asked about.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Path = list[tuple[str, int]]
"""A column's headings from the top level down (as compared), each with the column where it stands."""


@dataclass(frozen=True)
class Member:
    """One of the people of a row: their place in it (from 0), field → column, table's heading → their own heading."""

    place: int
    columns: Mapping[str, int]
    headings: Mapping[str, str]

    @classmethod
    def of(
        cls, place: int, columns: Mapping[str, int], own: Mapping[str, str], of_table: Mapping[str, str]
    ) -> "Member":
        """`own` and `of_table` are field → heading; a field this member has no column for is said at their name."""
        name = own.get("name") or own.get("id_number", "")
        # a column that is the head's name and somebody's own is, in a finding, their own
        fields = sorted(of_table, key=SHARED.__contains__, reverse=True)
        personal = {
            of_table[field]: own.get(field, of_table[field] if field in SHARED else name) for field in fields
        }
        return cls(place, columns, personal)


SHARED: Final = frozenset(("serial", "household_no", "village", "group", "head", "head_id"))
"""What is said once in a row and is true of everybody in it."""


class MemberRow(int):
    """The Excel number of a row of several people, for one of them; equal to the number, but knows whose it is."""

    member: int
    headings: Mapping[str, str]

    @classmethod
    def of(cls, number: int, member: Member) -> "MemberRow":
        """The row `number` as this member's."""
        row = cls(number)
        row.member, row.headings = member.place, member.headings
        return row

    def heading(self, of_table: str) -> str:
        """The member's own heading for a field whose heading in the table is `of_table`."""
        return self.headings.get(of_table, of_table)


_NUMBER: Final = "([0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_SOMEBODY: Final = "(?:共同生活|户内|其他|家庭)?(?:家庭)?(?:成员|人口|人员|家属)"
_INFORMATION: Final = "(?:的)?(?:基本)?(?:信息|情况|资料)?"
_ONE: Final = (
    rf"(?:第{_NUMBER}(?:个|名|位)?(?:{_SOMEBODY}|人)?|{_NUMBER}号?{_SOMEBODY}|{_SOMEBODY}\(?第?{_NUMBER}\)?)"
)
_ONE_ALONE: Final = re.compile(_ONE + _INFORMATION).fullmatch
_ONE_AND_MORE: Final = re.compile(_ONE + r"[(的.、:_-]*(.+?)\)?").fullmatch
_NUMBERED: Final = re.compile(rf"(.*[^0-9(_.、-])[(_.、-]?{_NUMBER}\)?").fullmatch
_SEVERAL: Final = re.compile(rf"(?:同户|本户)?{_SOMEBODY}(?:名单|明细)?{_INFORMATION}").fullmatch
_HEAD: Final = re.compile(rf"(?:户主|家长|农户){_INFORMATION}").fullmatch
_HANS: Final = {han: place for place, han in enumerate("一二三四五六七八九", 1)}
_MOST_MEMBERS: Final = 30
_OF_THE_HEAD: Final = 0

FieldOf = Callable[[str], str | None]


def members_across(
    paths: Sequence[Path], fields: Sequence[str | None], field_of: FieldOf
) -> Mapping[int, Mapping[str, int]] | None:
    """The people of a row by their number: field → column; under 0 what else is said of the head. None for ordinary rows.

    `fields` are what the columns would mean in an ordinary row, `field_of` what a heading means by its name alone.
    """
    for find in (_by_number, _by_group, _by_repetition):
        labels = find(paths, fields, field_of)
        blocks = None if labels is None else _blocks(labels)
        if blocks is not None and any("name" in block or "id_number" in block for block in blocks.values()):
            heads = _of_the_head(
                paths, fields, field_of, {at for one in blocks.values() for at in one.values()}
            )
            return {**blocks, _OF_THE_HEAD: heads} if heads else blocks
    return None


def alike_blocks(paths: Sequence[Path]) -> list[range]:
    """The columns of each list, where all headings of a row come twice or more in the same order: 序号 姓名 … 序号 姓名 …"""
    columns = [column for column, path in enumerate(paths) if path]
    texts = [tuple(text for text, _ in paths[column]) for column in columns]
    for size in range(len(columns) // 2, 1, -1):
        starts = range(0, len(columns), size)
        if len(columns) % size == 0 and all(texts[start : start + size] == texts[:size] for start in starts):
            return [range(columns[start], columns[start + size - 1] + 1) for start in starts]
    return []


def _blocks(labels: Mapping[int, tuple[int, str]]) -> dict[int, dict[str, int]] | None:
    """Column → (whose, field) turned round; None where somebody has a field twice."""
    blocks: dict[int, dict[str, int]] = {}
    for column, (label, name) in labels.items():
        block = blocks.setdefault(label, {})
        if name in block:
            return None
        block[name] = column
    return blocks


def _by_number(
    paths: Sequence[Path], fields: Sequence[str | None], field_of: FieldOf
) -> dict[int, tuple[int, str]] | None:
    """成员1姓名, 第一人身份证号, 姓名1, or the group 成员1 over 姓名. A number alone does not make a member of 联系电话2."""
    labels: dict[int, tuple[int, str]] = {}
    for column, path in enumerate(paths):
        found = _numbered(path, field_of)
        if found is not None and 0 < found[0] <= _MOST_MEMBERS and found[1] not in SHARED:
            labels[column] = found
    if not any(name in ("name", "id_number") for _, name in labels.values()):
        return None
    people = {label for label, name in labels.values() if name in ("name", "id_number")}
    return {column: label for column, label in labels.items() if label[0] in people}


def _numbered(path: Path, field_of: FieldOf) -> tuple[int, str] | None:
    texts = [text for text, _ in path]
    if not texts:
        return None
    leaf, groups = texts[-1], texts[:-1]
    for group in reversed(groups):
        found = _ONE_ALONE(group)
        name = field_of(leaf) or field_of("成员" + leaf)
        if found and name:
            return _value(*found.groups()), name
    for whole in (leaf, "".join(texts)):
        if found := _ONE_ALONE(whole):
            return _value(*found.groups()), "name"
        if found := _ONE_AND_MORE(whole):
            *number, more = found.groups()
            for rest in (more, more[1:] if more[0] in "个名位号人" else ""):
                if name := rest and (field_of(rest) or field_of("成员" + rest)):
                    return _value(*number), name
        if (found := _NUMBERED(whole)) and (name := field_of(found[1])):
            return _value(found[2]), name
    return None


def _value(*texts: str | None) -> int:
    text = next(text for text in texts if text)
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _HANS.get(text, 0)
    return _HANS.get(tens, 1) * 10 + _HANS.get(ones, 0)


def _by_group(
    paths: Sequence[Path], fields: Sequence[str | None], field_of: FieldOf
) -> dict[int, tuple[int, str]] | None:
    """Groups 家庭成员 | 家庭成员 | 家庭成员, each over a name of its own."""
    labels: dict[int, tuple[int, str]] = {}
    order: dict[int, int] = {}
    for column, (path, name) in enumerate(zip(paths, fields, strict=True)):
        start = next((at for text, at in reversed(path[:-1]) if _SEVERAL(text)), None)
        if start is not None and name is not None and name not in SHARED:
            labels[column] = (order.setdefault(start, len(order) + 1), name)
    names = [name for _, name in labels.values()]
    return labels if len(order) > 1 and names.count("name") == len(order) else None


def _by_repetition(
    paths: Sequence[Path], fields: Sequence[str | None], field_of: FieldOf
) -> dict[int, tuple[int, str]] | None:
    """姓名 身份证号 关系 姓名 身份证号 关系 …, under one group 家庭成员 or under none, always in the same order."""
    groups = [next((at for text, at in reversed(path[:-1]) if _SEVERAL(text)), None) for path in paths]
    starts = {start for start in groups if start is not None}
    if len(starts) > 1:
        return None
    region = [
        column for column, (name, start) in enumerate(zip(fields, groups, strict=True))
        if name is not None and name not in SHARED and (not starts or start is not None)
    ]  # fmt: skip
    blocks: list[list[int]] = []
    for column in region:
        if not blocks or any(fields[at] == fields[column] for at in blocks[-1]):
            blocks.append([])
        blocks[-1].append(column)
    if not starts and len(blocks) > 1 and _differ(blocks[0], blocks[1], fields):
        blocks = blocks[1:]  # who stands before the members
    if len(blocks) < 2:
        return None
    unit = [fields[column] for column in min(blocks, key=len)]
    if any([fields[column] for column in block[: len(unit)]] != unit for block in blocks):
        return None
    if any(len(block) > len(unit) for block in blocks[:-1]) or not {"name", "id_number"} <= set(unit):
        return None
    if any(last + 1 != first for block in blocks for last, first in pairwise(block[: len(unit)])):
        return None
    if not starts and "relation" not in unit and len(blocks) < 3:
        return None
    return {
        column: (place, str(fields[column]))
        for place, block in enumerate(blocks, 1)
        for column in block[: len(unit)]
    }


def _differ(one: Sequence[int], other: Sequence[int], fields: Sequence[str | None]) -> bool:
    return [fields[column] for column in one] != [fields[column] for column in other][: len(one)]


def _of_the_head(
    paths: Sequence[Path], fields: Sequence[str | None], field_of: FieldOf, taken: set[int]
) -> dict[str, int]:
    """What else is said of the head: 户主性别, 户主联系电话, or 性别 under 户主."""
    found: dict[str, int] = {}
    for column, path in enumerate(paths):
        if column in taken or fields[column] is not None or not path:
            continue
        leaf = path[-1][0]
        if any(_HEAD(text) for text, _ in path[:-1]):
            name = field_of(leaf)
        else:
            name = field_of(leaf.removeprefix("户主").removeprefix("的")) if leaf.startswith("户主") else None
        if name is not None and name not in SHARED and name not in ("name", "id_number", "relation"):
            found.setdefault(name, column)
    return found
